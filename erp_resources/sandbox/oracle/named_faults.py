"""What the names of faults mean to Oracle: its numbers and its words."""

from collections.abc import Mapping
from types import MappingProxyType

from erp_resources.sandbox.faults import NAMED, Fault, FaultName

ORACLE_FAULTS: Mapping[FaultName, Fault] = MappingProxyType(
    {
        **NAMED,
        "deadlock": Fault(
            "error", "execute", code=60, text="deadlock detected while waiting for resource"
        ),
        "fetch-error": Fault(
            "error", "fetch", code=1115, text="IO error reading block from file 7 (block # 4711)"
        ),
        "snapshot-too-old": Fault(
            "error",
            "fetch",
            code=1555,
            text='snapshot too old: rollback segment number 9 with name "_SYSSMU9$" too small',
        ),
        "disk-full": Fault(
            "error",
            "execute",
            code=1652,
            text="unable to extend temp segment by 128 in tablespace TEMP",
        ),
    }
)
"""A reader's disk is full where its sorts spill: in the temporary tablespace."""
