"""BAPIs on users, and the two that end a unit of work; a changed user waits for the commit."""
# ruff: noqa: S608 -- the statements are made of this module's own names

from collections.abc import Mapping

import duckdb

from erp_resources.sandbox.database import GONE, SCN, RowLockedError, StoredTable
from erp_resources.sandbox.sap.conversation import Call, Handler, Value
from erp_resources.sandbox.sap.errors import dump
from erp_resources.sandbox.sap.records import Record, Scalar
from erp_resources.sandbox.sap.system_tables import SCHEMA

_USERS = "USR02"
_LOCKED_BY_ADMINISTRATOR = 64
_LOGON_FIELDS = (
    "GLTGV", "GLTGB", "USTYP", "CLASS", "ACCNT", "TZONE", "LTIME", "BCODE", "CODVN", "PASSCODE",
)  # fmt: skip


def bapi_message(kind: str, number: str, text: str, *variables: str) -> Record:
    """A row of BAPIRET2 from message class 01, in which users' administration speaks."""
    named = {f"MESSAGE_V{place}": value for place, value in enumerate(variables, start=1)}
    return {"TYPE": kind, "ID": "01", "NUMBER": number, "MESSAGE": text, **named}


def _stored(call: Call) -> StoredTable:
    stored = call.conversation.system.database.tables.get((SCHEMA, _USERS))
    if stored is None:
        raise dump("SAPSQL_INVALID_TABLENAME", f"The database has no table {_USERS}.")
    return stored


def _user(call: Call, name: str) -> dict[str, Scalar] | None:
    sql = (
        f"SELECT * FROM {call.conversation.rows(_stored(call))} "
        "WHERE MANDT = $client AND BNAME = $name"
    )
    values = {"client": call.conversation.client, "name": name}
    rows: list[dict[str, Scalar]] = call.conversation.read(sql, values).to_pylist()
    return rows[0] if rows else None


def _unknown(name: str) -> Record:
    return bapi_message("E", "124", f"User {name} does not exist", name)


def _detail(call: Call) -> Mapping[str, Value]:
    name = call.text("USERNAME").upper()
    user = _user(call, name)
    if user is None:
        return {"RETURN": [_unknown(name)], "PROFILES": []}
    is_locked = user["UFLAG"] == _LOCKED_BY_ADMINISTRATOR
    return {
        "LOGONDATA": {field: user[field] for field in _LOGON_FIELDS},
        "ADDRESS": {
            "LASTNAME": name.title(),
            "FULLNAME": name.title(),
            "E_MAIL": f"{name.lower()}@example.com",
        },
        "ISLOCKED": {"WRNG_LOGON": "U", "LOCAL_LOCK": "L" if is_locked else "U"},
        "PROFILES": [{"BAPIPROF": f"Z_{user['CLASS']!s}", "BAPITYPE": "S", "BAPIAKTPS": "A"}],
        "RETURN": [],
    }


def _lock(call: Call) -> Mapping[str, Value]:
    return {"RETURN": [_flagged(call, _LOCKED_BY_ADMINISTRATOR, "locked")]}


def _unlock(call: Call) -> Mapping[str, Value]:
    return {"RETURN": [_flagged(call, 0, "unlocked")]}


def _flagged(call: Call, flag: int, state: str) -> Record:
    """Set a user's lock and say how it went: S, or W (was so), E (unknown), A (in use)."""
    name = call.text("USERNAME").upper()
    user = _user(call, name)
    if user is None:
        return _unknown(name)
    if user["UFLAG"] == flag:
        return bapi_message("W", "188", f"User {name} is already {state}", name)
    try:
        _set_lock(call, name, flag)
    except RowLockedError:
        return bapi_message("A", "410", f"User {name} is being edited by another user", name)
    return bapi_message("S", "187", f"User {name} {state}", name)


def _set_lock(call: Call, name: str, flag: int) -> None:
    talk, stored = call.conversation, _stored(call)
    rows = talk.rows(stored)

    def stage(writer: duckdb.DuckDBPyConnection) -> None:
        writer.execute(
            f"CREATE TEMP TABLE staged AS SELECT * EXCLUDE ({SCN}) "
            f"REPLACE (CAST({flag} AS INTEGER) AS UFLAG), FALSE AS {GONE} "
            f"FROM {rows} WHERE MANDT = $1 AND BNAME = $2",
            [talk.client, name],
        )

    talk.change(stored, stage)


def _commit(call: Call) -> Mapping[str, Value]:
    call.conversation.commit()
    return {}


def _rollback(call: Call) -> Mapping[str, Value]:
    call.conversation.rollback()
    return {}


HANDLERS: Mapping[str, Handler] = {
    "BAPI_USER_GET_DETAIL": _detail,
    "BAPI_USER_LOCK": _lock,
    "BAPI_USER_UNLOCK": _unlock,
    "BAPI_TRANSACTION_COMMIT": _commit,
    "BAPI_TRANSACTION_ROLLBACK": _rollback,
}
