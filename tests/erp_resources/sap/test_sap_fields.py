"""What the dictionary says of a table, and which functions a system reads tables by."""

from collections.abc import Iterator

import pytest

from erp_resources.connector import ForeignKey, TableQuery
from erp_resources.errors import AccessDenied, InvalidQuery, TableNotFound
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.installation import Installation
from erp_resources.sandbox.sap.users import User
from erp_resources.sap.interfaces import STANDARD, read_function
from erp_resources.sap.reader import SapConnector
from erp_rfc import Field, Function, Parameter
from tests.erp_resources.sap.conftest import ANY_ORDER, OLD, WIDE
from tests.erp_resources.sap.systems import USER, SapSystem, running


@pytest.fixture
def connector(sap: SapSystem) -> Iterator[SapConnector]:
    with sap.resource().connector() as connector:
        yield connector


def test_a_table_is_described_with_texts_keys_references_and_rows(connector: SapConnector) -> None:
    found = connector.describe("SAP", "T001")
    assert found.name == "SAP.T001"
    assert found.primary_key == ("MANDT", "BUKRS")
    assert found.comment == "Company codes"
    assert found.rows == 4, "those of the logon's client"
    code = found.column("BUKRS")
    assert (code.type, code.nullable, code.comment) == ("CHAR(4)", False, "Company code")
    assert code.texts == {"E": "Company code", "D": "Buchungskreis"}
    assert found.column("SALDO").reference == "T001-WAERS"
    assert found.foreign_keys == ()


def test_check_tables_are_foreign_keys(company: Database) -> None:
    with running(company) as system, system.resource().connector() as connector:
        found = connector.describe("SAP", "BKPF")
    assert ForeignKey(("MANDT", "BUKRS"), "SAP", "T001") in found.foreign_keys
    assert all(key.table != "T000" for key in found.foreign_keys)


def test_texts_are_those_of_the_logons_language(sap: SapSystem) -> None:
    with sap.resource(language="DE").connector() as connector:
        found = connector.describe("SAP", "T001")
    assert found.comment == "Buchungskreise"
    assert found.column("BUKRS").comment == "Buchungskreis"


def test_types_are_spelled_as_the_dictionary_declares_them(
    sap: SapSystem, connector: SapConnector
) -> None:
    for name in ("T001", "ZTYPES", "ZFLOAT", "ZNOTE", "USR02"):
        declared = sap.database.tables["SAP", name].table.columns
        found = connector.describe("SAP", name).columns
        assert [(c.name, c.type) for c in found] == [(c.name, c.type) for c in declared]


def test_only_dates_outside_the_key_may_be_missing(connector: SapConnector) -> None:
    columns = connector.describe("SAP", "ZTYPES").columns
    assert [column.name for column in columns if column.nullable] == ["DAY"]


def test_the_transparent_tables_are_listed(connector: SapConnector) -> None:
    found = connector.list_tables("SAP")
    assert found == sorted(found)
    assert {"T001", "ZTYPES", "DD02L"} <= set(found)
    assert "DFIES" not in found, "structures have no rows"
    assert connector.list_tables("DBO") == []


@pytest.mark.parametrize("installation", [None, OLD, ANY_ORDER])
def test_the_list_of_tables_is_read_in_pages(
    small: Database, installation: Installation | None
) -> None:
    with running(small, installation) as system:
        with system.resource().connector() as connector:
            whole = connector.list_tables("SAP")
        with system.resource(page_rows=3).connector() as connector:
            before = system.calls("RFC_READ_TABLE")
            assert connector.list_tables("SAP") == whole
        assert system.calls("RFC_READ_TABLE") - before > len(whole) / 3


@pytest.mark.parametrize("name", ["ZNOT_THERE", "", "T001'", "t" * 31, "DFIES"])
def test_a_table_that_is_not_there_or_has_no_rows_is_not_found(
    connector: SapConnector, name: str
) -> None:
    with pytest.raises(TableNotFound, match="sap: "):
        connector.describe("SAP", name)
    with pytest.raises(TableNotFound, match="SAP's schema is called SAP"):
        connector.describe("APPS", "T001")


@pytest.mark.parametrize("kind", ["view", "cluster"])
def test_a_view_or_cluster_is_refused(small: Database, kind: str) -> None:
    installation = Installation("CLU", clusters=frozenset({"ZFLOAT"}))
    with (
        running(small, installation) as system,
        system.resource().connector() as connector,
        pytest.raises(TableNotFound, match="TABLE_WITHOUT_DATA"),
    ):
        connector.describe("SAP", "V_T001" if kind == "view" else "ZFLOAT")


@pytest.mark.parametrize("typed", [False, True])
def test_a_table_that_the_user_may_not_read_is_denied_when_it_is_described(
    small: Database, typed: bool
) -> None:
    installation = Installation("TYS", typed_tables=frozenset({"ZTYPES"})) if typed else None
    user = User(USER, denied_tables=frozenset({"ZTYPES"}))
    with (
        running(small, installation, user) as system,
        system.resource().connector() as connector,
        pytest.raises(AccessDenied, match=r"table 'ZTYPES'.*S_TABU_NAM"),
    ):
        connector.describe("SAP", "ZTYPES")


def test_a_user_who_may_not_count_is_told_no_number_and_asked_once(small: Database) -> None:
    user = User(USER, denied_functions=frozenset({"EM_GET_NUMBER_OF_ENTRIES"}))
    with running(small, None, user) as system, system.resource().connector() as connector:
        found = [connector.describe("SAP", name) for name in ("T001", "ZTYPES", "T001")]
        assert [each.rows for each in found] == [None] * 3
        assert found[0].comment == "Company codes", "what else there is to know is found"
        assert connector.scan(TableQuery(found[0], ("BUKRS",))).collect().height == 4
        assert connector.control_totals(TableQuery(found[0])).rows == 4
        assert system.server.counters["logins"] == 2, "the refusal ended one connection"


def test_without_the_languages_tables_texts_are_those_of_the_logon(small: Database) -> None:
    user = User(USER, denied_tables=frozenset({"T002C", "DD02T"}))
    with running(small, None, user) as system, system.resource().connector() as connector:
        found = connector.describe("SAP", "T001")
    assert found.comment == ""
    assert found.column("BUKRS").comment == "Company code"
    assert found.column("BUKRS").texts is None


def test_a_table_is_asked_for_again_each_time_and_its_functions_once(
    sap: SapSystem, connector: SapConnector
) -> None:
    connector.describe("SAP", "T001")
    before = sap.calls("DDIF_FIELDINFO_GET")
    connector.describe("SAP", "T001")
    assert sap.calls("DDIF_FIELDINFO_GET") == before + 3, "the logon's language and both others"


@pytest.mark.parametrize(
    ("installation", "functions"),
    [
        (OLD, "RFC_READ_TABLE"),
        (WIDE, ", ".join(STANDARD)),
    ],
)
def test_examine_tells_system_release_and_functions(
    small: Database, installation: Installation, functions: str
) -> None:
    with running(small, installation) as system, system.resource().connector() as connector:
        (found,) = connector.examine()
    assert found == f"SAP {installation.sid} client 100, release 757; tables by {functions}"


def test_a_system_of_which_the_user_may_call_no_reading_function_is_told_so(
    small: Database,
) -> None:
    user = User(USER, denied_functions=frozenset({"RFC_METADATA_GET"}))
    with (
        running(small, OLD, user) as system,
        system.resource().connector() as connector,
        pytest.raises(AccessDenied, match="S_RFC"),
    ):
        connector.examine()


def test_a_configured_function_comes_first_and_must_exist(small: Database) -> None:
    with running(small, WIDE) as system:
        custom = ["/SAPDS/RFC_READ_TABLE2"]
        with system.resource(read_functions=custom).connector() as connector:
            assert "tables by /SAPDS/RFC_READ_TABLE2, RFC_READ_TABLE" in connector.examine()[0]
        with (
            system.resource(read_functions=["Z_NOPE"]).connector() as connector,
            pytest.raises(InvalidQuery, match="Z_NOPE"),
        ):
            connector.examine()
        with (
            system.resource(read_functions=["RFC_PING"]).connector() as connector,
            pytest.raises(InvalidQuery, match="does not have the interface of RFC_READ_TABLE"),
        ):
            connector.examine()


def test_an_interface_tells_tables_width_and_what_it_can() -> None:
    line = (Field("WA", "CHAR", 512, 0, 0, ()),)
    option = (Field("TEXT", "CHAR", 71, 0, 0, ()),)
    parameters = (
        _parameter("QUERY_TABLE", "IMPORT"),
        _parameter("ROWCOUNT", "IMPORT"),
        _parameter("GET_SORTED", "IMPORT"),
        _parameter("FIELDS", "TABLES", option),
        _parameter("OPTIONS", "TABLES", option),
        _parameter("DATA", "TABLES", line),
    )
    found = read_function(Function("Z_READ", parameters))
    assert (found.width, found.option_width, found.sorts, found.has_strings) == (
        512, 71, True, False,
    )  # fmt: skip


def _parameter(name: str, direction: str, fields: tuple[Field, ...] = ()) -> Parameter:
    kind = "TABLE" if fields else "CHAR"
    return Parameter(name, direction, kind, 0, 0, False, "", "", fields)  # type: ignore[arg-type]
