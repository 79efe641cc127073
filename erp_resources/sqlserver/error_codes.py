"""What SQL Server's error numbers mean, as data.

The lists follow Microsoft's own: SqlClient's ``SqlConfigurableRetryFactory``, EF Core's
``SqlServerTransientExceptionDetector``, "Transient connection errors" of Azure SQL, and the
"Database engine events and errors". A number in none of them is permanent: an unknown fault must
not be repeated blindly.
"""

from erp_resources.errors import (
    AccessDenied,
    ConnectionLost,
    DeadlineExceeded,
    ErpError,
    LoginRefused,
    SettingsError,
    SnapshotTooOld,
    SourceBusy,
    SourceUnavailable,
    TableNotFound,
    ValueDoesNotFit,
)
from erp_resources.odbc.dialect import Diagnosis, DiagnosticRecord

# Killed, shut down, ended by the governor or by its own client; the network broke.
SESSION_DEAD = frozenset({
    596, 3980, 6006, 10053, 10054, 17311, 17886, 40549, 40550, 40551, 40552, 40553,
})  # fmt: skip

# What FreeTDS calls the same, partly with the state of a mere warning (its sybdb.h).
LOST_BY_FREETDS = frozenset({20004, 20006, 20017, 20047})
UNREACHED_BY_FREETDS = frozenset({20002, 20009})
TIMED_OUT_IN_FREETDS = frozenset({20003})

# Starting, recovering, restoring, failing over, paused, stopping, not yet accepting logins.
NO_SESSION = frozenset({
    233, 615, 904, 921, 922, 924, 926, 927, 941, 942, 945, 952, 954, 955, 956, 976, 981, 982, 983,
    988, 997, 4221, 6001, 6005, 10060, 10061, 11001, 17142, 17147, 17148, 17187, 17197, 17830,
    18401, 18451, 18461, 35256, 40143, 40166, 40197, 40540, 40613, 42108, 42109, 49802,
})  # fmt: skip

# Locks, deadlocks, memory, workers, licences, disk and log full, limits and load of the service.
BUSY = frozenset({
    601, 617, 669, 701, 802, 844, 845, 846, 847, 1101, 1105, 1121, 1203, 1204, 1205, 1221, 1222,
    1232, 1404, 1421, 1807, 2021, 2816, 3635, 3935, 3941, 3956, 4117, 4184, 8628, 8645, 8651, 8657,
    8658, 9002, 9020, 9515, 10922, 10928, 10929, 10930, 10936, 11539, 14355, 17300, 17809, 17810,
    17889, 18458, 18459, 18460, 22335, 25738, 30085, 37202, 40189, 40501, 40544, 40642, 40648,
    40671, 40675, 40890, 40903, 41301, 41302, 41305, 41325, 41640, 41823, 41839, 41840, 45153,
    45156, 45157, 45161, 45179, 45182, 45319, 49510, 49918, 49919, 49920, 49977, 49983,
})  # fmt: skip

# The version store gave the versions up, a table was altered since, replica or option changed.
SNAPSHOT_GONE = frozenset({
    3947, 3948, 3950, 3953, 3957, 3958, 3959, 3960, 3961, 3966, 3967, 41339,
})  # fmt: skip

CALL_TOO_LONG = frozenset({3617})

# Password wrong or expired, login disabled or locked; lockout follows the policy of Windows.
LOGIN_REFUSED = frozenset({
    15113, 17806, 18450, 18452, 18456, 18463, 18464, 18465, 18466, 18467, 18468, 18470, 18471,
    18482, 18483, 18485, 18486, 18487, 18488, 40532, 40623,
})  # fmt: skip

NO_RIGHT = frozenset({229, 230, 262, 297, 300, 916, 2557, 3704, 6102, 8189, 15247, 15517, 15562})

NO_TABLE = frozenset({208, 2501, 2706, 4701, 4902, 15009, 15151})

# Overflow, conversion, truncation: of a value in the data, or of one in a filter.
BAD_VALUE = frozenset({
    220, 232, 241, 242, 244, 245, 248, 293, 295, 517, 535, 2628, 3606, 8114, 8115, 8152, 8169,
    9803, 9807,
})  # fmt: skip

# Database, intent, firewall and encryption that cannot be right; options a person must switch on.
BAD_SETTING = frozenset({
    20, 911, 978, 979, 3952, 4060, 4063, 4064, 17828, 17832, 17835, 17836, 40607, 40615, 40914,
    47073,
})  # fmt: skip

CLASSES: dict[type[ErpError], frozenset[int]] = {
    ConnectionLost: SESSION_DEAD | LOST_BY_FREETDS,
    SourceUnavailable: NO_SESSION | UNREACHED_BY_FREETDS,
    SourceBusy: BUSY,
    SnapshotTooOld: SNAPSHOT_GONE,
    DeadlineExceeded: CALL_TOO_LONG | TIMED_OUT_IN_FREETDS,
    LoginRefused: LOGIN_REFUSED,
    AccessDenied: NO_RIGHT,
    TableNotFound: NO_TABLE,
    ValueDoesNotFit: BAD_VALUE,
    SettingsError: BAD_SETTING,
}

REMEDIES: dict[type[ErpError], str] = {
    ConnectionLost: "read again on a new session",
    SourceUnavailable: "check that SQL Server is up and accepts connections",
    SourceBusy: "try again later or with fewer sessions",
    SnapshotTooOld: "read again from a new snapshot, or have tempdb's version store enlarged",
    DeadlineExceeded: "read in smaller pages, or raise the call timeout",
    LoginRefused: "correct the password or unlock the login; it is not tried again",
    AccessDenied: "grant the account the missing right (to read a table: SELECT)",
    TableNotFound: "the table does not exist or the account may not read it (needs SELECT)",
    ValueDoesNotFit: "compare or sum with a wider type",
    SettingsError: "correct the connection settings",
}

REMEDIES_BY_NUMBER: dict[int, str] = {
    20: "the server has no encryption: give it a certificate, or set `encrypt` to no on loopback",
    297: "grant the account the right that the message names",
    300: "grant the account the right that the message names",
    911: "check `database`: the server has none of that name",
    916: "create a user for the login in this database (CREATE USER ... FOR LOGIN ...)",
    978: "set `application_intent` to ReadOnly",
    979: "set `application_intent` to ReadWrite, or connect to the listener",
    1105: "the source has no disk space; free some or let its files grow",
    1205: "this read was the deadlock's victim; read again",
    1222: "a lock was held too long; have ALLOW_SNAPSHOT_ISOLATION switched on",
    3952: "ALTER DATABASE ... SET ALLOW_SNAPSHOT_ISOLATION ON",
    3961: "a table was altered during the snapshot; read again from a new one",
    4060: "check `database`, and that the login is a user of it",
    8115: "a sum or value has over 38 digits; leave its column out of the control totals",
    9002: "the source's transaction log is full; have it backed up or let it grow",
    18456: "check user, password and that the login may open `database`; it is not tried again",
    18487: "the password has expired; change it",
    18488: "the password must be changed first; set one without MUST_CHANGE",
    40615: "add this machine's address to the server's firewall rules",
    40914: "add this machine's network to the server's virtual network rules",
}

_KIND_OF = {number: kind for kind, numbers in CLASSES.items() for number in numbers}


_CERTIFICATE = Diagnosis(
    SettingsError,
    "add its authority to the system's certificates, or name its file in the environment variable "
    "SSL_CERT_FILE; `host` must be a name in the certificate",
)


def diagnose(record: DiagnosticRecord) -> Diagnosis | None:
    """What an error of the server means; ``None`` for one of a driver, whose SQLSTATE says enough.

    A driver's own errors carry small numbers of its platform, of which none is in the lists with
    another meaning, or, FreeTDS, some from 20000 on. Those about certificates have no number.
    """
    if record.state.startswith("08") and "certificate" in record.message.lower():
        return _CERTIFICATE
    kind = _KIND_OF.get(record.native)
    if kind is None:
        return None
    return Diagnosis(kind, REMEDIES_BY_NUMBER.get(record.native, REMEDIES[kind]))
