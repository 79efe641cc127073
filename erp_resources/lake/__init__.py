"""Where tables land: Delta tables behind a Polars IO manager, written, audited, then published."""

from erp_resources.lake.io_manager import DeltaIOManager as DeltaIOManager
