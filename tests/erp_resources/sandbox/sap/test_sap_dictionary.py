"""What the system tells of its tables, structures and function modules."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.engine import SapEngine
from erp_resources.sandbox.sap.interfaces import STRUCTURES
from erp_resources.sandbox.sap.protocol import Direction, RfcType
from erp_resources.sandbox.sap.structures import Structure
from tests.erp_resources.sandbox.sap.client import Client, RfcFailureError

Connect = Callable[..., Client]


def described(client: Client, table: str, **given: Any) -> dict[str, dict[str, Any]]:
    """The rows of DFIES_TAB by field."""
    rows = client.call("DDIF_FIELDINFO_GET", TABNAME=table, **given)["DFIES_TAB"]
    return {row["FIELDNAME"]: row for row in rows}


def test_fields_come_with_types_keys_and_references(client: Client) -> None:
    rows = described(client, "T001")
    assert list(rows) == ["MANDT", "BUKRS", "BUTXT", "WAERS", "SALDO", "KUNNR"]
    assert [name for name in rows if rows[name]["KEYFLAG"]] == ["MANDT", "BUKRS"]
    amount = rows["SALDO"]
    assert (amount["DATATYPE"], amount["INTTYPE"]) == ("CURR", "P")
    assert (amount["LENG"], amount["DECIMALS"], amount["INTLEN"], amount["OUTPUTLEN"]) == (
        "000013", "000002", "000007", "000018",
    )  # fmt: skip
    assert (amount["REFTABLE"], amount["REFFIELD"]) == ("T001", "WAERS")
    assert (rows["MANDT"]["CHECKTABLE"], rows["KUNNR"]["CONVEXIT"]) == ("T000", "ALPHA")
    assert rows["KUNNR"]["ROLLNAME"] == "KUNNR"


def test_offsets_are_those_of_a_unicode_row(client: Client) -> None:
    rows = described(client, "T001")
    offsets = [int(row["OFFSET"]) for row in rows.values()]
    assert offsets == [0, 6, 14, 64, 74, 82]


def test_texts_come_in_the_language_asked_for(connect: Connect) -> None:
    assert described(connect(), "T001")["BUKRS"]["FIELDTEXT"] == "Company code"
    assert described(connect(language="DE"), "T001")["BUKRS"]["FIELDTEXT"] == "Buchungskreis"
    german = described(connect(), "T001", LANGU="D")
    assert (german["BUTXT"]["SCRTEXT_L"], german["BUTXT"]["SCRTEXT_S"]) == (
        "Name der Firma",
        "Name der F",
    )
    assert german["WAERS"]["FIELDTEXT"] == ""


def test_one_field_can_be_asked_for(client: Client) -> None:
    rows = described(client, "T001", FIELDNAME="WAERS")
    assert (list(rows), rows["WAERS"]["POSITION"]) == (["WAERS"], "0004")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("T001", "TRANSP"), ("V_T001", "VIEW"), ("ZFLOAT", "CLUSTER"), ("BAPIRET2", "INTTAB")],
)
def test_it_says_what_kind_of_object_a_name_is(client: Client, name: str, kind: str) -> None:
    assert client.call("DDIF_FIELDINFO_GET", TABNAME=name)["DDOBJTYPE"] == kind


def test_the_header_counts_fields_and_keys(client: Client) -> None:
    header = client.call("DDIF_FIELDINFO_GET", TABNAME="T001")["X030L_WA"]
    assert (header["FLDCNT"], header["KEYCNT"], header["KEYLEN"], header["TABLEN"]) == (
        6, 2, 14, 102,
    )  # fmt: skip


def test_every_type_has_its_names(client: Client) -> None:
    rows = described(client, "ZTYPES") | described(client, "ZNOTE") | described(client, "ZFLOAT")
    names = {
        name: (row["DATATYPE"], row["INTTYPE"], int(row["LENG"])) for name, row in rows.items()
    }
    assert names["PERIOD"] == ("ACCP", "N", 6)
    assert names["DAY"] == ("DATS", "D", 8)
    assert names["NUMBER"] == ("INT4", "X", 10)
    assert names["LARGE"] == ("INT8", "8", 19)
    assert names["BYTES"] == ("RAW", "X", 3)
    assert names["MOMENT"] == ("UTCL", "p", 27)
    assert names["NOTE"] == ("STRG", "g", 0)
    assert names["BLOB"] == ("RSTR", "y", 0)
    assert names["VALUE"] == ("FLTP", "F", 16)


def test_an_unknown_name_is_not_found(client: Client) -> None:
    with pytest.raises(RfcFailureError) as caught:
        described(client, "NIX")
    assert (caught.value.key, caught.value.message_class, caught.value.message_number) == (
        "NOT_FOUND", "DA", "300",
    )  # fmt: skip


def test_entries_are_those_of_the_own_client(connect: Connect) -> None:
    tables = [{"TABNAME": "T001"}, {"TABNAME": "ZTYPES"}, {"TABNAME": "NIX"}]
    for number, expected in (("100", [4, 3, 0]), ("200", [1, 0, 0])):
        answer = connect(client=number).call("EM_GET_NUMBER_OF_ENTRIES", IT_TABLES=tables)
        assert [row["TABROWS"] for row in answer["IT_TABLES"]] == expected


def test_an_interface_names_its_parameters(client: Client) -> None:
    parameters = {one.name: one for one in client.describe("RFC_READ_TABLE").parameters}
    assert parameters["QUERY_TABLE"].direction is Direction.IMPORT
    assert not parameters["QUERY_TABLE"].is_optional
    assert parameters["ROWCOUNT"].type is RfcType.INT
    assert parameters["DATA"].direction is Direction.TABLES
    assert parameters["DATA"].structure.uc_length == 1024
    assert parameters["ET_DATA"].direction is Direction.EXPORT
    assert parameters["ET_DATA"].type is RfcType.TABLE


def test_the_older_way_to_ask_for_an_interface_agrees(client: Client) -> None:
    rows = client.call("RFC_GET_FUNCTION_INTERFACE", FUNCNAME="STFC_STRUCTURE")["PARAMS"]
    assert [(row["PARAMCLASS"], row["PARAMETER"], row["TABNAME"], row["EXID"]) for row in rows] == [
        ("I", "IMPORTSTRUCT", "RFCTEST", "u"),
        ("E", "ECHOSTRUCT", "RFCTEST", "u"),
        ("E", "RESPTEXT", "", "C"),
        ("T", "RFCTABLE", "RFCTEST", "u"),
    ]


def test_a_structure_and_a_row_of_a_table_can_be_described(client: Client) -> None:
    assert client.describe_type("RFCTEST") == STRUCTURES["RFCTEST"]
    assert client.describe_type("T001").fields[4].type.length == 13
    with pytest.raises(RfcFailureError, match="TABLE_NOT_ACTIVE"):
        client.describe_type("NIX")


def test_fields_are_aligned_as_abap_aligns_them() -> None:
    assert STRUCTURES["RFCTEST"].uc_length == 264
    spelled = ("CHAR(1)", "INT4", "RAW(1)", "INT2", "DEC(5,2)", "FLTP", "RAW(1)")
    structure = Structure.of("X", [(name, DataType.of(name)) for name in spelled])
    assert [field.uc_offset for field in structure.fields] == [0, 4, 8, 10, 12, 16, 24]
    assert [field.nuc_offset for field in structure.fields] == [0, 4, 8, 10, 12, 16, 24]
    assert (structure.uc_length, structure.nuc_length) == (32, 32)


def test_a_type_that_there_is_not_is_refused() -> None:
    for spelling in ("VARCHAR(3)", "char(3)", "CHAR(3", ""):
        with pytest.raises(ValueError, match="no type"):
            DataType.of(spelling)


def test_rows_that_differ_from_their_declaration_are_refused() -> None:
    database = Database()
    table = Table("SAP", "ZBAD", (Column("AMOUNT", "CURR(7,2)"),), ("AMOUNT",))
    database.load(table, pa.table({"AMOUNT": ["1.00"]}))
    engine = SapEngine(database, {})
    with pytest.raises(ValueError, match=r"ZBAD\.AMOUNT is stored as VARCHAR"):
        engine.system.dictionary.find("ZBAD")
    database.close()
