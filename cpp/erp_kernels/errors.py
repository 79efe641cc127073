"""What erp_kernels raises; the C++ extension raises the same class."""


class KernelError(ValueError):
    """The data cannot be processed exactly; the message names the row or column and why.

    Permanent: the same data fails again.
    """
