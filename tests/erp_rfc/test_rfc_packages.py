"""The tables of a call become Arrow columns: cut lines or typed fields, never a part."""

from __future__ import annotations

import gc
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

import erp_rfc
from erp_resources.sandbox.faults import Faults
from erp_rfc import Cut, RfcError
from tests.erp_rfc.conftest import Connect, needs_cpp

pytestmark = needs_cpp

T001 = [
    Cut("BUKRS", 3, 4, "text"),
    Cut("BUTXT", 7, 25, "text"),
    Cut("SALDO", 37, 13, "decimal", 13, 2),
]


def lines_of(
    connection: erp_rfc.Connection, table: str, columns: list[Cut], **parameters: object
) -> erp_rfc.Package:
    return connection.read_lines(
        "RFC_READ_TABLE", {"QUERY_TABLE": table, **parameters}, "DATA", columns, tables=["FIELDS"]
    )


def test_lines_are_cut_into_typed_columns(connection: erp_rfc.Connection) -> None:
    package = lines_of(connection, "T001", T001)
    assert pl.DataFrame(package).rows() == [
        ("0001", "SAP A.G.", Decimal("1234.50")),
        ("1000", "Böhm & Söhne", Decimal("-99.05")),
        ("2000", "東京 😀", Decimal("1000.00")),
        ("3000", "O'Brien | Sons", None),
    ]
    assert package.rows == 4


def test_a_number_that_abap_could_not_print_is_refused_and_counted(
    connection: erp_rfc.Connection,
) -> None:
    package = lines_of(connection, "T001", T001)
    assert package.refused == [(3, "SALDO", "*999999999.99")]
    assert package.refused_count == 1


def test_a_package_returns_the_small_tables_asked_for(connection: erp_rfc.Connection) -> None:
    fields = lines_of(connection, "T001", T001).exports["FIELDS"]
    assert isinstance(fields, list)
    assert [field["OFFSET"] for field in fields] == [f"{n:06}" for n in (0, 3, 7, 32, 37, 50)]


def test_scalar_outputs_of_a_package_are_its_exports(connection: erp_rfc.Connection) -> None:
    package = connection.read_table("DDIF_FIELDINFO_GET", {"TABNAME": "T001"}, "DFIES_TAB", [])
    assert "DDOBJTYPE" in package.exports
    assert "DFIES_TAB" not in package.exports


def test_a_line_of_any_width_is_split_at_its_delimiter(connection: erp_rfc.Connection) -> None:
    columns = [Cut("ID", 0, 0, "numc"), Cut("NOTE", 0, 0, "text"), Cut("LINE", 0, 0, "text")]
    package = connection.read_lines(
        "RFC_READ_TABLE",
        {
            "QUERY_TABLE": "ZNOTE",
            "USE_ET_DATA_4_RETURN": "X",
            "DELIMITER": "~",
            "FIELDS": [{"FIELDNAME": name} for name in ("ID", "NOTE", "LINE")],
        },
        "ET_DATA",
        columns,
        delimiter="~",
    )
    assert pl.DataFrame(package)["NOTE"].to_list() == ["so to speak", "ünï😀"]
    assert pl.DataFrame(package)["LINE"].to_list() == ["x" * 600, ""]


def test_a_delimiter_within_a_text_refuses_the_line(connection: erp_rfc.Connection) -> None:
    package = connection.read_lines(
        "RFC_READ_TABLE",
        {
            "QUERY_TABLE": "T001",
            "DELIMITER": "|",
            "FIELDS": [{"FIELDNAME": "BUKRS"}, {"FIELDNAME": "BUTXT"}],
        },
        "DATA",
        [Cut("BUKRS", 0, 0, "text"), Cut("BUTXT", 0, 0, "text")],
        delimiter="|",
    )
    assert pl.DataFrame(package).rows()[2:] == [("2000", "東京 😀"), (None, None)]
    assert [(row, column) for row, column, _ in package.refused] == [(3, "")]


def test_a_typed_table_has_the_types_of_its_fields(connection: erp_rfc.Connection) -> None:
    package = connection.read_table("Z_ERP_READ_ZTYPES", {}, "ROWS")
    batch = pa.record_batch(package)
    batch.validate(full=True)
    assert {field.name: str(field.type) for field in batch.schema} == {
        "MANDT": "string_view",
        "ID": "string_view",
        "TEXT": "string_view",
        "DAY": "date32[day]",
        "AT": "time64[ns]",
        "PERIOD": "string_view",
        "AMOUNT": "decimal128(7, 2)",
        "HUGE": "decimal128(31, 3)",
        "WHOLE": "decimal128(5, 0)",
        "SMALL": "int64",
        "MIDDLE": "int64",
        "NUMBER": "int64",
        "LARGE": "int64",
        "BYTES": "binary",
        "MOMENT": "string_view",
    }


def test_a_typed_table_has_the_values_of_its_rows(connection: erp_rfc.Connection) -> None:
    package = connection.read_table("Z_ERP_READ_ZTYPES", {}, "ROWS")
    frame = pl.DataFrame(package)
    assert frame["DAY"].to_list() == [date(2024, 2, 29), None, date(9999, 12, 31)]
    assert frame["AT"].to_list() == [time(23, 59, 59), time(0), None]
    assert frame["HUGE"][0] == Decimal("1234567890123456789012345678.901")
    assert frame["AMOUNT"].to_list() == [Decimal("12.30"), Decimal("-0.05"), Decimal("-99999.99")]
    assert frame["LARGE"].to_list() == [0, -7, 2**63 - 1]
    assert frame["BYTES"].to_list() == [b"\0\0\0", b"\x01\xab\xff", b"\xff\xff\xff"]
    assert package.refused == [(2, "AT", "240000")]


def test_a_string_of_a_typed_table_keeps_its_blanks(connection: erp_rfc.Connection) -> None:
    frame = pl.DataFrame(connection.read_table("Z_ERP_READ_ZNOTE", {}, "ROWS"))
    assert frame["NOTE"].to_list() == ["so to speak ", "ünï😀"]
    assert frame["BLOB"].to_list() == [b"\x01\x02", b""]
    assert frame["LINE"].to_list() == ["x" * 600, ""]


def test_a_float_of_a_typed_table_is_exact(echoing: erp_rfc.Connection) -> None:
    floats = [0.1, -1e300, float(2**53)]
    rows = [{"FLTP": number} for number in floats]
    package = echoing.read_table("Z_ECHO", {"T_ROWS": rows}, "T_ROWS")
    assert pl.DataFrame(package)["FLTP"].to_list() == floats


def test_a_string_may_be_longer_than_any_before(echoing: erp_rfc.Connection) -> None:
    texts = ["x" * length for length in (1, 200, 3, 100_000, 127, 128, 129)]
    rows = [{"STRING": text, "RAWSTRING": text.encode()} for text in texts]
    frame = pl.DataFrame(echoing.read_table("Z_ECHO", {"T_ROWS": rows}, "T_ROWS"))
    assert frame["STRING"].to_list() == texts
    assert frame["RAWSTRING"].to_list() == [text.encode() for text in texts]


def test_bytes_of_any_length_are_hex_digits_where_a_text_is_asked_for(
    echoing: erp_rfc.Connection,
) -> None:
    values = [b"\xff" * length for length in (63, 64, 100_000, 0)]
    rows = [{"RAWSTRING": value} for value in values]
    package = echoing.read_table(
        "Z_ECHO", {"T_ROWS": rows}, "T_ROWS", [Cut("RAWSTRING", 0, 0, "text")]
    )
    assert pl.DataFrame(package)["RAWSTRING"].to_list() == [value.hex().upper() for value in values]


def test_fields_are_chosen_by_name_and_read_as_the_kind_asked_for(
    connection: erp_rfc.Connection,
) -> None:
    columns = [
        Cut("AT", 0, 0, "text"),
        Cut("NUMBER", 0, 0, "decimal", 12, 1),
        Cut("BYTES", 0, 0, "text"),
        Cut("ID", 0, 0, "int"),
    ]
    package = connection.read_table("Z_ERP_READ_ZTYPES", {}, "ROWS", columns)
    assert pl.DataFrame(package).rows() == [
        ("235959", Decimal("0.0"), "000000", 1),
        ("000000", Decimal("-7.0"), "01ABFF", 2),
        ("240000", Decimal("-2147483648.0"), "FFFFFF", 3),
    ]
    assert package.refused_count == 0


@pytest.mark.parametrize(
    ("table", "columns", "words"),
    [
        ("NOWHERE", [], "no parameter 'NOWHERE'"),
        ("MAX_ROWS", [], "'MAX_ROWS' is no output"),
        ("ROWS", [Cut("NOWHERE", 0, 0, "text")], "no field 'NOWHERE'"),
        ("ROWS", [Cut("HUGE", 0, 0, "decimal", 39, 3)], "precision of 1 to 38"),
        ("ROWS", [Cut("HUGE", 0, 0, "decimal", 3, 4)], "scale within it"),
        ("ROWS", [Cut("HUGE", 0, 0, "number")], "no kind of column 'number'"),  # type: ignore[arg-type]
    ],
)
def test_a_table_or_column_that_there_is_not_is_refused(
    connection: erp_rfc.Connection, table: str, columns: list[Cut], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        connection.read_table("Z_ERP_READ_ZTYPES", {}, table, columns)


def test_a_table_without_rows_has_its_columns(connection: erp_rfc.Connection) -> None:
    options = ["BUKRS = 'none'"]
    for package in (
        lines_of(connection, "T001", T001, OPTIONS=options),
        connection.read_table("Z_ERP_READ_T001", {"OPTIONS": options}, "ROWS"),
    ):
        batch = pa.record_batch(package)
        batch.validate(full=True)
        assert batch.num_rows == 0
        assert "SALDO" in batch.schema.names


def test_a_package_outlives_its_connection_and_is_imported_twice(connect: Connect) -> None:
    connection = connect()
    package = lines_of(connection, "T001", T001)
    connection.close()
    first, second = pa.record_batch(package), pl.DataFrame(package)
    del package
    gc.collect()
    assert first.column("BUTXT").to_pylist() == second["BUTXT"].to_list()


def test_a_stream_has_one_batch(connection: erp_rfc.Connection) -> None:
    reader = pa.RecordBatchReader.from_stream(lines_of(connection, "T001", T001))
    assert [batch.num_rows for batch in reader] == [4]


@pytest.mark.parametrize("fault", ["drop", "fetch-error"])
def test_a_connection_that_dies_yields_no_partial_package(
    connection: erp_rfc.Connection, faults: Faults, fault: str
) -> None:
    assert lines_of(connection, "T001", T001).rows == 4
    faults.arm_named(fault)  # type: ignore[arg-type]
    with pytest.raises(RfcError):
        lines_of(connection, "T001", T001)
    assert not connection.is_valid()
    with pytest.raises(RfcError):
        connection.ping()
    connection.close()


def test_the_time_in_the_system_is_told(connection: erp_rfc.Connection, faults: Faults) -> None:
    lines_of(connection, "T001", T001)
    faults.arm("slow", at="execute", seconds=0.2)
    assert lines_of(connection, "T001", T001).invoke_seconds >= 0.2


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def test_many_packages_do_not_grow_the_process(echoing: erp_rfc.Connection) -> None:
    rows = [{"STRING": "x" * 100_000, "RAWSTRING": b"x" * 100_000}] * 5

    def read_many_times(calls: int) -> None:
        for _ in range(calls):
            package = echoing.read_table("Z_ECHO", {"T_ROWS": rows}, "T_ROWS")
            pl.DataFrame(package)
            package.__arrow_c_array__()  # capsules that nobody takes
            package.__arrow_c_stream__()

    read_many_times(20)
    gc.collect()
    before = resident_mib()
    read_many_times(100)
    gc.collect()
    growth = resident_mib() - before
    print(f"{growth:.2f} MiB after 100 packages")  # noqa: T201 - the measurement
    assert growth <= 25  # one leaked batch a call would be 100, one leaked container 150
