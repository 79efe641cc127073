"""What the names of faults mean to SQL Server: its numbers and its words."""

from collections.abc import Mapping
from types import MappingProxyType

from erp_resources.sandbox.faults import NAMED, Fault, FaultName

SQLSERVER_FAULTS: Mapping[FaultName, Fault] = MappingProxyType(
    {
        **NAMED,
        "deadlock": Fault(
            "error",
            "execute",
            code=1205,
            text="Transaction (Process ID 51) was deadlocked on lock resources with another "
            "process and has been chosen as the deadlock victim. Rerun the transaction.",
        ),
        "fetch-error": Fault(
            "error",
            "fetch",
            code=601,
            text="Could not continue scan with NOLOCK due to data movement.",
        ),
        "snapshot-too-old": Fault(
            "error",
            "fetch",
            code=3958,
            text="Transaction aborted when accessing versioned row. Requested versioned row was "
            "not found. Your tempdb is probably out of space.",
        ),
        "disk-full": Fault(
            "error",
            "execute",
            code=1105,
            text="Could not allocate space for object in database 'tempdb' because the 'PRIMARY' "
            "filegroup is full.",
        ),
    }
)
"""A reader's disk is full where its sorts spill: in tempdb."""
