"""What the names of faults mean to SAP: the keys of its dumps."""

from collections.abc import Mapping
from types import MappingProxyType

from erp_resources.sandbox.faults import NAMED, Fault, FaultName
from erp_resources.sandbox.sap.codes import ReturnCode

_DUMP = int(ReturnCode.ABAP_RUNTIME_FAILURE)

SAP_FAULTS: Mapping[FaultName, Fault] = MappingProxyType(
    {
        **NAMED,
        "deadlock": Fault(
            "error",
            "execute",
            code=_DUMP,
            text="DBIF_RSQL_SQL_ERROR: SQL error 133: transaction rolled back by detected deadlock",
        ),
        "fetch-error": Fault("error", "fetch", code=_DUMP, text="TIME_OUT: Time limit exceeded."),
        "snapshot-too-old": Fault(
            "error",
            "fetch",
            code=_DUMP,
            text="DBIF_RSQL_SQL_ERROR: SQL error 8: snapshot is too old",
        ),
        "disk-full": Fault(
            "error",
            "execute",
            code=_DUMP,
            text="TSV_TNEW_PAGE_ALLOC_FAILED: No more storage space available for extending an "
            "internal table.",
        ),
    }
)
"""A reader runs out of space where its rows pile up: in the memory of its work process."""
