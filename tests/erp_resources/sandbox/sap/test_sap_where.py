"""WHERE lines: what they select, and what they must never do."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.errors import RfcError
from erp_resources.sandbox.sap.where import compiled
from tests.erp_resources.sandbox.sap.client import Client, RfcFailureError
from tests.erp_resources.sandbox.sap.test_sap_read_table import data, options

COLUMNS = {
    "BUKRS": DataType.of("CHAR(4)"),
    "POSNR": DataType.of("NUMC(6)"),
    "SALDO": DataType.of("CURR(13,2)"),
    "BYTES": DataType.of("RAW(2)"),
    "NOTE": DataType.of("STRING"),
}


def codes(client: Client, *lines: str) -> list[str]:
    return data(client, "T001", "BUKRS", OPTIONS=options(*lines))


def ids(client: Client, *lines: str) -> list[str]:
    return data(client, "ZTYPES", "ID", OPTIONS=options(*lines))


def is_refused(lines: Sequence[str]) -> bool:
    try:
        compiled(lines, COLUMNS)
    except RfcError as error:
        return error.key == "OPTION_NOT_VALID"
    return False


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["BUKRS = '1000'"], ["1000"]),
        (["bukrs EQ '1000'"], ["1000"]),
        (["BUKRS <> '1000'"], ["0001", "2000", "3000"]),
        (["BUKRS NE '1000' AND BUKRS GT '0001'"], ["2000", "3000"]),
        (["BUKRS BETWEEN '0002' AND '2000'"], ["1000", "2000"]),
        (["BUKRS NOT BETWEEN '0002' AND '2000'"], ["0001", "3000"]),
        (["BUKRS IN ( '1000' , '3000' )"], ["1000", "3000"]),
        (["BUKRS NOT IN ('1000','3000')"], ["0001", "2000"]),
        (["BUTXT LIKE '%Söhne'"], ["1000"]),
        (["BUTXT LIKE 'S_P%'"], ["0001"]),
        (["BUTXT NOT LIKE '%.%' ESCAPE '#'"], ["1000", "2000", "3000"]),
        (["BUTXT = 'O''Brien | Sons'"], ["3000"]),
        (["SALDO > 1000 AND SALDO <= '1234.50'"], ["0001"]),
        (["SALDO = '99.05-'"], ["1000"]),
        (["SALDO = -99.05"], ["1000"]),
        (["KUNNR IS INITIAL"], ["3000"]),
        (["KUNNR IS NOT INITIAL"], ["0001", "1000", "2000"]),
        (["KUNNR IS NULL"], []),
        (["NOT ( BUKRS = '0001' OR", "BUKRS = '1000' )"], ["2000", "3000"]),
        (["NOT NOT BUKRS = '0001'"], ["0001"]),
        (["BUKRS = '0001' OR BUKRS = '1000'", "AND SALDO < 0"], ["0001", "1000"]),
        (["", "  BUKRS = '1000  '", ""], ["1000"]),
    ],
)  # fmt: skip
def test_conditions_select(client: Client, lines: list[str], expected: list[str]) -> None:
    assert codes(client, *lines) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ID = '2'", ["0002"]),
        ("DAY IS INITIAL", ["0002"]),
        ("DAY >= '20240229'", ["0001", "0003"]),
        ("BYTES = '01ABFF'", ["0002"]),
        ("BYTES IS INITIAL", ["0001"]),
        ("NUMBER < 0", ["0002", "0003"]),
        ("HUGE = '1234567890123456789012345678.901'", ["0001"]),
        ("HUGE = '1234567890123456789012345678.902'", []),
        ("SMALL IS INITIAL", ["0001"]),
    ],
)
def test_literals_take_the_type_of_the_column(
    client: Client, line: str, expected: list[str]
) -> None:
    assert ids(client, line) == expected


@pytest.mark.parametrize(
    "lines",
    [
        ["BUKRS='1000'"],
        ["BUKRS = 1000"],
        ["BUKRS = '10"],
        ["BUKRS = '10", "00'"],
        ["BUKRS = '1000"],
        ["BUKRS = '1000'X"],
        ["BUKRS ="],
        ["BUKRS == '1000'"],
        ["= '1000'"],
        ["'1000' = BUKRS"],
        ["NIX = '1000'"],
        ["BUKRS = BUKRS"],
        ["BUKRS = '1000' AND"],
        ["BUKRS = '1000' POSNR = '1'"],
        ["( BUKRS = '1000'"],
        ["BUKRS = '1000' )"],
        ["BUKRS = '10000'"],
        ["BUKRS IN ( )"],
        ["BUKRS IN ( '1' '2' )"],
        ["BUKRS LIKE 5"],
        ["BUKRS LIKE '%' ESCAPE '##'"],
        ["BUKRS NOT = '1000'"],
        ["SALDO LIKE '1%'"],
        ["SALDO = 'ten'"],
        ["SALDO = '-1-'"],
        ["POSNR = 'x'"],
        ["BYTES = 'XY'"],
        ["NOTE = 'x'"],
        ["BUKRS IS"],
        ["BUKRS IS '1000'"],
        ["BUKRS = '1000'; DROP TABLE T001"],
        ["BUKRS = '1000' UNION SELECT"],
        ["EXISTS ( SELECT * FROM USR02 )"],
        ["BUKRS IN ( SELECT BNAME FROM USR02 )"],
        ["1 = 1"],
        ["\"BUKRS\" = '1000'"],
        ["(" * 60 + "BUKRS = '1'" + ")" * 60],
        ["$1 = '1'"],
        ["*"],
    ],
)
def test_what_is_no_condition_is_refused(lines: list[str]) -> None:
    assert is_refused(lines)


def test_a_refusal_leaves_the_conversation_as_it_is(client: Client) -> None:
    with pytest.raises(RfcFailureError) as caught:
        codes(client, "BUKRS = '1000' OR 1 = 1")
    assert (caught.value.code, caught.value.key) == (5, "OPTION_NOT_VALID")
    assert codes(client, "BUKRS = '1000'") == ["1000"]


def test_thousands_of_conditions_are_none_too_many(client: Client) -> None:
    lines = ["BUKRS = '1000'", *["OR BUKRS = '2000'"] * 5000]
    assert codes(client, *lines) == ["1000", "2000"]


def test_values_are_bound_and_never_pasted() -> None:
    condition = compiled(["BUKRS = '''--' AND SALDO = 1.5"], COLUMNS)
    assert condition.values == {"v0": "'--", "v1": Decimal("1.5")}
    assert "--" not in condition.sql


@given(
    st.lists(
        st.lists(
            st.sampled_from(
                ["BUKRS", "SALDO", "=", "<>", "'1000'", "'", "''", "AND", "OR", "NOT", "(", ")",
                 "LIKE", "IN", ",", "BETWEEN", "IS", "INITIAL", "5", "--", ";", "\0", "é"]
            ),
            max_size=8,
        ).map(" ".join),
        max_size=4,
    )
)  # fmt: skip
def test_any_text_is_compiled_or_refused(lines: list[str]) -> None:
    assert is_refused(lines) or compiled(lines, COLUMNS).sql
