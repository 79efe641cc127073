"""Oracle's types, one by one: what is selected, asked for and landed."""

from pathlib import Path

import pyarrow as pa
import pytest

from erp_resources.connector import Column
from erp_resources.errors import InvalidQuery, UnsupportedType
from erp_resources.oracle.types import fetched, quoted, still_fits

US = pa.timestamp("us")
EXACT = [
    ("NUMBER(5)", pa.int64()),
    ("NUMBER(18)", pa.int64()),
    ("NUMBER(19)", pa.decimal128(19, 0)),
    ("NUMBER(38)", pa.decimal128(38, 0)),
    ("NUMBER(*,0)", pa.decimal128(38, 0)),
    ("NUMBER(12,2)", pa.decimal128(12, 2)),
    ("NUMBER(2,5)", pa.decimal128(5, 5)),
    ("NUMBER(5,-3)", pa.int64()),
    ("NUMBER(17,-3)", pa.decimal128(20, 0)),
    ("VARCHAR2(240)", pa.large_string()),
    ("VARCHAR2(240 CHAR)", pa.large_string()),
    ("NVARCHAR2(20)", pa.large_string()),
    ("CHAR(1)", pa.large_string()),
    ("CLOB", pa.large_string()),
    ("LONG", pa.large_string()),
    ("RAW(16)", pa.large_binary()),
    ("LONG RAW", pa.large_binary()),
    ("BLOB", pa.large_binary()),
    ("DATE", US),
    ("TIMESTAMP(0)", US),
    ("TIMESTAMP(6)", US),
    ("BINARY_DOUBLE", pa.float64()),
    ("BINARY_FLOAT", pa.float32()),
]


@pytest.mark.parametrize(("spelling", "arrow"), EXACT, ids=[spelling for spelling, _ in EXACT])
def test_a_type_is_asked_for_and_landed_as_its_exact_counterpart(
    spelling: str, arrow: pa.DataType
) -> None:
    (column,) = fetched(Column("C", spelling))
    assert (column.name, column.expression) == ("C", '"C"')
    assert column.wire == column.landed == arrow


@pytest.mark.parametrize("spelling", ["NUMBER", "NUMBER(*)", "FLOAT(126)"])
def test_a_number_without_precision_is_fetched_wide_and_landed_with_its_scale(
    spelling: str,
) -> None:
    (column,) = fetched(Column("C", spelling, scale=5))
    assert column.wire == pa.decimal256(76, 5)
    assert column.landed == pa.decimal128(38, 5)


def test_a_number_without_precision_and_without_known_scale_is_refused() -> None:
    with pytest.raises(UnsupportedType, match="erp catalog refresh"):
        fetched(Column("C", "NUMBER"))


def test_a_time_with_zone_lands_as_its_instant_and_its_offset() -> None:
    utc, offset = fetched(Column("C", "TIMESTAMP(6) WITH TIME ZONE"))
    assert utc.expression == 'SYS_EXTRACT_UTC("C")'
    assert utc.landed == pa.timestamp("us", "UTC")
    assert (offset.name, offset.landed) == ("C__OFFSET", pa.int16())


def test_a_local_time_zone_has_no_offset_to_keep() -> None:
    (utc,) = fetched(Column("C", "TIMESTAMP(6) WITH LOCAL TIME ZONE"))
    assert utc.landed == pa.timestamp("us", "UTC")


@pytest.mark.parametrize("zone", ["", " WITH TIME ZONE"])
def test_nanoseconds_that_delta_would_cut_land_as_text(zone: str) -> None:
    (column,) = fetched(Column("C", f"TIMESTAMP(9){zone}"))
    assert "FF9" in column.expression
    assert ("TZH" in column.expression) == bool(zone)
    assert column.landed == pa.large_string()


@pytest.mark.parametrize("spelling", ["SDO_GEOMETRY", "XMLTYPE", "JSON", "NUMBER(38,-5)", "BFILE"])
def test_a_type_without_exact_counterpart_is_refused_with_the_remedy(spelling: str) -> None:
    with pytest.raises(UnsupportedType, match=r"'C'.*`columns`"):
        fetched(Column("C", spelling))


@pytest.mark.parametrize("name", ['a"b', "", "a\0b"])
def test_a_name_that_cannot_be_quoted_is_refused(name: str) -> None:
    with pytest.raises(InvalidQuery):
        quoted(name)


@pytest.mark.parametrize("name", ["A B", "Ä", "a'; DROP TABLE x --", "SELECT"])
def test_other_names_are_quoted_whatever_they_hold(name: str) -> None:
    assert quoted(name) == f'"{name}"'


@pytest.mark.parametrize(
    ("was", "precision", "scale", "fits"),
    [
        ("NUMBER(5)", 5, 0, True),
        ("NUMBER(5)", 18, 0, True),
        ("NUMBER(5)", 5, 2, False),
        ("NUMBER(5)", 19, 0, False),
        ("NUMBER(5)", 0, -127, False),
        ("NUMBER(12,2)", 12, 2, True),
        ("NUMBER(12,2)", 10, 1, True),
        ("NUMBER(12,2)", 13, 2, False),
        ("NUMBER(12,2)", 12, 3, False),
    ],
)
def test_a_number_that_changed_its_type_is_noticed(
    was: str, precision: int, scale: int, fits: bool
) -> None:
    (column,) = fetched(Column("C", was))
    assert still_fits(column, "DB_TYPE_NUMBER", precision, scale) is fits


DOCUMENTED = [
    [cell.strip().strip("`") for cell in line.split("|")[1:3]]
    for line in (Path(__file__).parents[3] / "docs" / "oracle.md").read_text().splitlines()
    if line.startswith("| `")
]


@pytest.mark.parametrize(("spelling", "arrow"), DOCUMENTED, ids=[row[0] for row in DOCUMENTED])
def test_the_documented_mapping_is_the_one_in_the_code(spelling: str, arrow: str) -> None:
    landed = str(fetched(Column("C", spelling, scale=7))[0].landed)
    assert landed == arrow.replace("(38, s)", "(38, 7)")
