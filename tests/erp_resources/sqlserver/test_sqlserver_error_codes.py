"""What SQL Server's error numbers mean, in both drivers' and libraries' words: guarantee R1."""

from collections.abc import Callable

import arrow_odbc
import pyodbc
import pytest

from erp_resources.errors import (
    AccessDenied,
    ConnectionLost,
    DeadlineExceeded,
    ErpError,
    InvalidQuery,
    LoginRefused,
    PermanentError,
    SettingsError,
    SnapshotTooOld,
    SourceBusy,
    SourceUnavailable,
    TableNotFound,
    TransientError,
    ValueDoesNotFit,
)
from erp_resources.odbc.error_codes import translate
from erp_resources.sqlserver.dialect import SqlServerDialect
from erp_resources.sqlserver.error_codes import CLASSES
from tests.erp_resources.pool_source import report

# The published lists, as written down before the classifier.
SQLCLIENT = [1204, 1205, 1222, 49918, 49919, 49920, 4221, 40143, 40613, 40501, 40540, 40197]
SQLCLIENT += [42108, 42109, 10929, 10928, 10060, 10054, 10053, 997, 233]
EF_CORE = [49983, 49977, 49920, 49919, 49918, 49802, 49510, 45319, 45182, 45179, 45161, 45157]
EF_CORE += [45156, 45153, 42109, 42108, 41840, 41839, 41823, 41640, 41339, 41325, 41305, 41302]
EF_CORE += [41301, 40903, 40890, 40675, 40671, 40648, 40642, 40613, 40540, 40501, 40197, 40189]
EF_CORE += [40143, 37202, 35256, 30085, 25738, 22335, 18401, 17889, 17197, 14355, 11539, 11001]
EF_CORE += [10936, 10930, 10929, 10928, 10922, 10060, 10054, 10053, 9515, 9020, 8651, 8645, 8628]
EF_CORE += [4221, 4184, 4117, 3980, 3966, 3960, 3957, 3953, 3950, 3948, 3947, 3941, 3935, 3635]
EF_CORE += [2816, 2021, 1807, 1421, 1404, 1232, 1222, 1221, 1205, 1204, 1203, 997, 988, 982, 952]
EF_CORE += [941, 927, 926, 921, 669, 617, 615, 601, 233]
AZURE_SQL = [926, 4221, 40197, 40501, 40613, 49918, 49919, 49920, 10928, 10929, 40544, 40549]
AZURE_SQL += [40550, 40551, 40552, 40553]
# What those lists call transient and a person must correct: a wrong database, a server without TLS.
NOT_TRANSIENT_HERE = [4060, 20]
VERSION_STORE = [3957, 3958, 3959, 3960, 3961, 3966, 3967]
LOGIN = [18450, 18452, 18456, 18463, 18464, 18465, 18466, 18467, 18468, 18470, 18486, 18487, 18488]
FULL = [1101, 1105, 9002, 701, 802, 845]
NEVER = [102, 105, 130, 137, 156, 170, 195, 201, 207, 209, 213, 214, 258, 306, 319, 402, 512, 515]
NEVER += [536, 547, 911, 1033, 1038, 1785, 1934, 2627, 2714, 2812, 3701, 3902, 3903, 4104, 4121]
NEVER += [4145, 8117, 8120, 8134, 8144, 8152, 8178, 8180, 8623, 8632, 8672, 8729, 8935, 8951]
NEVER += [229, 230, 262, 297, 300, 208, 916, 15247, 50000, 50001, 99999, 3930, 3998, 3616]


def of_arrow_odbc(text: str) -> arrow_odbc.Error:
    error = arrow_odbc.Error.__new__(arrow_odbc.Error)  # its constructor takes a C pointer
    error.args = (text,)
    return error


FORMS: dict[str, Callable[[int], Exception]] = {
    "Microsoft by arrow-odbc": lambda number: of_arrow_odbc(
        "ODBC emitted an error calling 'SQLExecDirect':\n"
        f"State: {state(number)}, Native error: {number}, "
        "Message: [Microsoft][ODBC Driver 18 for SQL Server][SQL Server]Some text."
    ),
    "FreeTDS by arrow-odbc": lambda number: of_arrow_odbc(
        "ODBC emitted an error calling 'SQLExecute':\n"
        f"State: {state(number)}, Native error: {number}, "
        "Message: [FreeTDS][SQL Server]Some text."
    ),
    "Microsoft by pyodbc": lambda number: pyodbc.Error(
        state(number),
        f"[{state(number)}] [Microsoft][ODBC Driver 18 for SQL Server][SQL Server]Some text. "
        f"({number}) (SQLExecDirectW)",
    ),
    "FreeTDS by pyodbc": lambda number: pyodbc.Error(
        state(number),
        f"[{state(number)}] [FreeTDS][SQL Server]Some text. ({number}) (SQLPrepare)",
    ),
}
STATES = {18456: "28000", 208: "42S02", 207: "42S22", 1205: "40001", 8152: "22001", 8134: "22012"}
STATES |= {547: "23000", 515: "23000", 2627: "23000", 2714: "42S01", 10053: "08S01", 10054: "08S01"}
STATES |= {10060: "08001", 997: "08001", 233: "08001", 64: "08001", 9002: "HY000"}


def state(number: int) -> str:
    return STATES.get(number, "42000")


def meaning_of(error: BaseException, *, connecting: bool = False) -> ErpError:
    return translate(error, SqlServerDialect(), system="ax", connecting=connecting)


@pytest.mark.parametrize("form", FORMS)
def test_what_microsoft_calls_transient_is_transient(form: str) -> None:
    for number in {*SQLCLIENT, *EF_CORE, *AZURE_SQL, *VERSION_STORE, *FULL}:
        assert isinstance(meaning_of(FORMS[form](number)), TransientError), number


@pytest.mark.parametrize("form", FORMS)
def test_every_listed_number_has_its_class(form: str) -> None:
    for kind, numbers in CLASSES.items():
        for number in numbers:
            assert type(meaning_of(FORMS[form](number))) is kind, number
    cases = len(FORMS) * (sum(map(len, CLASSES.values())) + len(NEVER))
    report(f"R1: {cases} cases of SQL Server's numbers classified as listed")
    assert cases >= 250


@pytest.mark.parametrize("form", FORMS)
def test_every_other_number_is_permanent(form: str) -> None:
    for number in [*NEVER, *LOGIN, *NOT_TRANSIENT_HERE]:
        assert isinstance(meaning_of(FORMS[form](number)), PermanentError), number


def test_no_number_has_two_classes() -> None:
    numbers = [number for listed in CLASSES.values() for number in listed]
    assert len(numbers) == len(set(numbers)) >= 120


@pytest.mark.parametrize("number", VERSION_STORE)
def test_a_snapshot_that_is_gone_is_read_again_from_a_new_one(number: int) -> None:
    error = meaning_of(FORMS["Microsoft by arrow-odbc"](number))
    assert type(error) is SnapshotTooOld


@pytest.mark.parametrize(
    ("number", "kind", "remedy"),
    [
        (1205, SourceBusy, "deadlock"),
        (1222, SourceBusy, "ALLOW_SNAPSHOT_ISOLATION"),
        (1105, SourceBusy, "disk space"),
        (9002, SourceBusy, "transaction log"),
        (596, ConnectionLost, "new session"),
        (17187, SourceUnavailable, "accepts connections"),
        (18456, LoginRefused, "not tried again"),
        (18487, LoginRefused, "expired"),
        (4060, SettingsError, "`database`"),
        (40615, SettingsError, "firewall"),
        (229, AccessDenied, "SELECT"),
        (208, TableNotFound, "SELECT"),
        (207, InvalidQuery, "correct the statement"),
        (8115, ValueDoesNotFit, "38 digits"),
        (3952, SettingsError, "SET ALLOW_SNAPSHOT_ISOLATION ON"),
        (3961, SnapshotTooOld, "altered"),
        (3617, DeadlineExceeded, "call timeout"),
    ],
)
def test_a_message_says_what_to_do(number: int, kind: type[ErpError], remedy: str) -> None:
    for form in FORMS.values():
        error = meaning_of(form(number))
        assert type(error) is kind
        assert remedy in str(error)
        assert str(error).startswith("ax: Some text")


# What the drivers themselves say of network, TLS and time: told by the SQLSTATE alone.
OF_THE_DRIVERS = [
    ("08001", 111, "TCP Provider: Error code 0x6F", SourceUnavailable),
    ("08001", 26, "Error Locating Server/Instance Specified", SourceUnavailable),
    ("08001", 40, "Could not open a connection to SQL Server", SourceUnavailable),
    ("08001", 53, "The network path was not found", SourceUnavailable),
    ("08001", 64, "The specified network name is no longer available", SourceUnavailable),
    ("08001", 258, "Timeout error", SourceUnavailable),
    ("08S01", 104, "TCP Provider: Error code 0x68", ConnectionLost),
    ("08S01", 32, "TCP Provider: Error code 0x20", ConnectionLost),
    ("08S01", 10054, "TCP Provider: Error code 0x2746", ConnectionLost),
    ("08S01", 0, "Communication link failure", ConnectionLost),
    ("08S01", 20004, "Read from the server failed", ConnectionLost),
    ("08S01", 20006, "Write to the server failed", ConnectionLost),
    ("08S01", 20017, "Unexpected EOF from the server", ConnectionLost),
    ("01000", 20017, "Unexpected EOF from the server", ConnectionLost),
    ("08S01", 20047, "DBPROCESS is dead or not enabled", ConnectionLost),
    ("08001", 20002, "Adaptive Server connection failed", SourceUnavailable),
    ("08001", 20009, "Unable to connect", SourceUnavailable),
    ("HYT00", 0, "Query timeout expired", DeadlineExceeded),
    ("HYT00", 20003, "Adaptive Server connection timed out", DeadlineExceeded),
    ("HY008", 0, "Operation canceled", DeadlineExceeded),
]


@pytest.mark.parametrize(("state", "native", "text", "kind"), OF_THE_DRIVERS)
def test_an_error_of_a_driver_means_what_its_state_says(
    state: str, native: int, text: str, kind: type[ErpError]
) -> None:
    error = of_arrow_odbc(
        f"ODBC emitted an error calling 'SQLFetch':\nState: {state}, Native error: {native}, "
        f"Message: [Microsoft][ODBC Driver 18 for SQL Server]{text}"
    )
    assert type(meaning_of(error)) is kind


def test_of_several_records_the_first_tells_the_cause() -> None:
    prefix = "[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]"
    error = pyodbc.ProgrammingError(
        "42S02",
        f"[42S02] {prefix}Invalid object name 'dbo.x'. (208) (SQLExecDirectW); "
        f"[42S02] {prefix}Statement(s) could not be prepared. (8180)",
    )
    assert type(meaning_of(error)) is TableNotFound
    assert meaning_of(error).code == "42S02/208"
