"""RFC_READ_TABLE and its kin, as a client sees them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from erp_resources.sandbox.sap.installation import Installation
from tests.erp_resources.sandbox.sap.client import Client, RfcFailureError
from tests.erp_resources.sandbox.sap.conftest import INSTALLATION

Connect = Callable[..., Client]


def fields(*names: str) -> list[dict[str, str]]:
    return [{"FIELDNAME": name} for name in names]


def options(*lines: str) -> list[dict[str, str]]:
    return [{"TEXT": line} for line in lines]


def read(client: Client, table: str, *names: str, **given: Any) -> dict[str, Any]:
    function = given.pop("function", "RFC_READ_TABLE")
    return client.call(function, QUERY_TABLE=table, FIELDS=fields(*names), **given)


def data(client: Client, table: str, *names: str, **given: Any) -> list[str]:
    """The lines of DATA."""
    return [row["WA"] for row in read(client, table, *names, **given)["DATA"]]


def failure(client: Client, *args: str, **given: Any) -> RfcFailureError:
    with pytest.raises(RfcFailureError) as caught:
        read(client, *args, **given)
    return caught.value


def test_lines_stand_at_the_offsets_that_fields_tells(client: Client) -> None:
    answer = read(client, "T001", "BUKRS", "BUTXT", "WAERS", DELIMITER="|")
    described = [(f["FIELDNAME"], f["OFFSET"], f["LENGTH"], f["TYPE"]) for f in answer["FIELDS"]]
    assert described == [
        ("BUKRS", "000000", "000004", "C"),
        ("BUTXT", "000005", "000025", "C"),
        ("WAERS", "000031", "000005", "C"),
    ]
    assert answer["DATA"][1]["WA"] == f"1000|{'Böhm & Söhne':25}|EUR"


def test_without_a_delimiter_fields_touch_each_other(client: Client) -> None:
    answer = read(client, "T001", "WAERS", "BUKRS")
    assert [f["OFFSET"] for f in answer["FIELDS"]] == ["000000", "000005"]
    assert answer["DATA"][0]["WA"] == "EUR  0001"


def test_a_character_beyond_the_basic_plane_takes_two_places(client: Client) -> None:
    (line,) = data(client, "T001", "BUTXT", "BUKRS", OPTIONS=options("BUKRS = '2000'"))
    assert line == "東京 😀" + " " * 20 + "2000"


def test_no_fields_means_all(client: Client) -> None:
    assert len(read(client, "T001")["FIELDS"]) == 6


def test_the_delimiter_is_not_escaped(client: Client) -> None:
    (line,) = data(
        client, "T001", "BUTXT", "WAERS", DELIMITER="|", OPTIONS=options("BUKRS = '3000'")
    )
    assert line.count("|") == 2


def test_only_the_rows_of_the_own_client_are_there(connect: Connect) -> None:
    assert len(data(connect(), "T001", "BUKRS")) == 4
    assert data(connect(client="200"), "T001", "BUKRS") == ["0001"]
    others = options("MANDT = '200'")
    assert data(connect(), "T001", "BUKRS", OPTIONS=others) == []


def test_texts_of_fields_are_in_the_language_of_the_logon(connect: Connect) -> None:
    german = read(connect(language="DE"), "T001", "BUKRS", "WAERS")["FIELDS"]
    assert [field["FIELDTEXT"] for field in german] == ["Buchungskreis", ""]


def test_no_data_brings_the_fields_alone(client: Client) -> None:
    answer = read(client, "T001", "BUKRS", NO_DATA="X")
    assert (len(answer["FIELDS"]), answer["DATA"]) == (1, [])


def test_rows_come_page_by_page(client: Client) -> None:
    pages = [data(client, "T001", "BUKRS", ROWCOUNT=2, ROWSKIPS=skip) for skip in (0, 2, 4)]
    assert pages == [["0001", "1000"], ["2000", "3000"], []]


def test_rowskips_that_is_no_multiple_of_rowcount_is_refused(client: Client) -> None:
    assert failure(client, "T001", "BUKRS", ROWCOUNT=2, ROWSKIPS=1).key == "OPTION_NOT_VALID"


def test_lines_of_more_than_512_characters_are_refused(client: Client) -> None:
    error = failure(client, "ZNOTE", "LINE")
    assert (error.key, error.code, error.ends_conversation) == ("DATA_BUFFER_EXCEEDED", 5, False)
    client.ping()


def test_exactly_512_characters_are_not_too_many(client: Client) -> None:
    names = ["BUTXT"] * 20 + ["BUKRS"] * 3
    assert len(data(client, "T001", *names)) == 4
    assert failure(client, "T001", *names, "MANDT").key == "DATA_BUFFER_EXCEEDED"


def test_string_lines_have_any_width_and_no_padding(client: Client) -> None:
    answer = read(
        client, "ZNOTE", "ID", "LINE", "NOTE", "BLOB", DELIMITER="~", USE_ET_DATA_4_RETURN="X"
    )
    lines = [row["LINE"] for row in answer["ET_DATA"]]
    assert lines == [f"01~{'x' * 600}~so to speak~0102", "02~~ünï😀~"]
    assert answer["DATA"] == []


def test_string_lines_without_a_delimiter_are_padded(client: Client) -> None:
    answer = read(client, "T001", "WAERS", "BUKRS", USE_ET_DATA_4_RETURN="X")
    assert answer["ET_DATA"][0]["LINE"] == "EUR  0001"


def test_an_older_release_knows_no_string_lines(connect: Connect) -> None:
    names = {parameter.name for parameter in connect().describe("RFC_READ_TABLE").parameters}
    assert {"ET_DATA", "GET_SORTED"} <= names


class TestOfAnOlderRelease:
    @pytest.fixture
    def installation(self) -> Installation:
        return replace(INSTALLATION, returns_strings=False, add_ons=frozenset())

    def test_it_lacks_the_newer_parameters(self, client: Client) -> None:
        names = {parameter.name for parameter in client.describe("RFC_READ_TABLE").parameters}
        assert names.isdisjoint({"ET_DATA", "GET_SORTED", "USE_ET_DATA_4_RETURN"})
        assert len(data(client, "T001", "BUKRS")) == 4

    def test_it_lacks_the_add_ons(self, client: Client) -> None:
        with pytest.raises(RfcFailureError, match="FU_NOT_FOUND"):
            client.describe("/BODS/RFC_READ_TABLE")


class TestOfAnUnsortedDatabase:
    @pytest.fixture
    def installation(self) -> Installation:
        return replace(INSTALLATION, is_unsorted=True)

    def test_rows_come_in_another_order_at_each_call(self, client: Client) -> None:
        orders = {tuple(data(client, "T001", "BUKRS")) for _ in range(20)}
        assert len(orders) > 1
        assert {frozenset(order) for order in orders} == {frozenset(next(iter(orders)))}

    def test_unless_the_caller_asks_for_the_order_of_the_key(self, client: Client) -> None:
        orders = {tuple(data(client, "T001", "BUKRS", GET_SORTED="X")) for _ in range(5)}
        assert orders == {("0001", "1000", "2000", "3000")}


@pytest.mark.parametrize("function", ["/BODS/RFC_READ_TABLE", "/SAPDS/RFC_READ_TABLE"])
def test_wide_modules_take_2048_characters(client: Client, function: str) -> None:
    assert len(data(client, "ZNOTE", "LINE", function=function)[0]) == 600
    error = failure(client, "ZNOTE", *["LINE"] * 4, function=function)
    assert error.key == "DATA_BUFFER_EXCEEDED"


@pytest.mark.parametrize(
    ("repeated", "table"), [(0, "TBLOUT128"), (1, "TBLOUT2048"), (4, "TBLOUT8192")]
)
def test_the_smallest_table_that_fits_is_filled(client: Client, repeated: int, table: str) -> None:
    names = ["ID", *["LINE"] * repeated]
    answer = read(client, "ZNOTE", *names, function="/SAPDS/RFC_READ_TABLE2")
    filled = [name for name in answer if name.startswith("TBLOUT") and answer[name]]
    assert (answer["OUT_TABLE"], filled) == (table, [table])


def test_a_string_column_dumps_and_takes_the_conversation_with_it(client: Client) -> None:
    error = failure(client, "ZNOTE", "ID", "NOTE")
    assert (error.code, error.group) == (3, 2)
    assert error.key == "ASSIGN_CASTING_ILLEGAL_CAST"
    assert error.ends_conversation
    with pytest.raises(ConnectionError):
        client.ping()


class TestOfFloats:
    @pytest.fixture
    def installation(self) -> Installation:
        return replace(INSTALLATION, clusters=frozenset())

    def test_beside_other_fields_they_dump(self, client: Client) -> None:
        assert failure(client, "ZFLOAT", "ID", "VALUE").key == "ASSIGN_BASE_WRONG_ALIGNMENT"

    def test_alone_they_do_not(self, client: Client) -> None:
        lines = data(client, "ZFLOAT", "VALUE")
        assert lines[:2] == [" 1.000000000000000E-01", "-1.00000000000000E+300"]

    def test_one_module_can_do_it(self, client: Client) -> None:
        lines = data(client, "ZFLOAT", "ID", "VALUE", function="BBP_RFC_READ_TABLE")
        assert lines[2] == "03 9.007199254740992E+15"


def test_what_has_no_rows_of_its_own_is_refused(client: Client) -> None:
    for name in ("V_T001", "ZFLOAT", "BAPIRET2"):
        assert failure(client, name).key == "TABLE_WITHOUT_DATA"


def test_tables_and_fields_that_there_are_not_are_refused(client: Client) -> None:
    error = failure(client, "NIX")
    assert (error.key, error.message_class, error.message_number) == (
        "TABLE_NOT_AVAILABLE", "SV", "029",
    )  # fmt: skip
    assert failure(client, "T001", "NIX").key == "FIELD_NOT_VALID"


def test_a_user_reads_only_what_it_may(connect: Connect) -> None:
    narrow = connect(user="NARROW")
    assert len(data(narrow, "T001", "BUKRS")) == 4
    assert failure(narrow, "ZTYPES", "ID").key == "NOT_AUTHORIZED"
    assert failure(narrow, "USR02", "BNAME").key == "NOT_AUTHORIZED"


def test_the_system_tells_of_its_tables_clients_and_languages(client: Client) -> None:
    own = options("TABNAME LIKE 'ZN%'", "AND AS4LOCAL = 'A'")
    assert data(client, "DD02L", "TABNAME", OPTIONS=own) == ["ZNOTE"]
    german = options("TABNAME = 'T001' AND DDLANGUAGE = 'D'")
    assert data(client, "DD02T", "DDTEXT", OPTIONS=german) == ["Buchungskreise"]
    assert data(client, "T000", "MANDT") == ["100", "200"]
    assert data(client, "T002C", "SPRAS", OPTIONS=options("LAINST = 'X'")) == ["E", "D"]
