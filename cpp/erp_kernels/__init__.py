"""Kernels for ERP data: Polars frames in, Polars frames out, exact, in C++ where it was built.

Each kernel has a façade here and a reference implementation in Python with the same
results, which runs where the C++ extension was not built or is switched off.
"""

from erp_kernels.acceleration import Implementation, implementation
from erp_kernels.errors import KernelError
from erp_kernels.fifo import FifoValuation, fifo_valuation

__all__ = ["FifoValuation", "Implementation", "KernelError", "fifo_valuation", "implementation"]
