"""The peers of the SAP scan: pyrfc with the usual script, and as fast as vectorised Python gets.

No peer reads behind a key: all skip rows, which the sandbox answers as fast.
"""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.benchmarks.harness import Answer, Work
from tests.benchmarks.sap_source import CLIENT, COLUMNS, PASSWORD, TABLE, TYPED, USER

if TYPE_CHECKING:
    import polars as pl

PAGE_ROWS = 50_000
DELIMITER = "|"


def split(number: str, packages: str) -> Work:
    """Each line split at its delimiters, as most scripts do."""
    connection = _connected(number, packages)

    def work() -> Answer:
        import polars as pl

        found = []
        for answer in _pages(connection):
            lines = [
                [cell.rstrip() for cell in row["WA"].split(DELIMITER)] for row in answer["DATA"]
            ]
            names = {field["FIELDNAME"]: pl.String for field in answer["FIELDS"]}
            found.append(_typed(pl.DataFrame(lines, schema=names, orient="row")))
        return _answer(found)

    return work


def vectorised(number: str, packages: str) -> Work:
    """Lines into one Polars column, cut and cast there."""
    connection = _connected(number, packages)

    def work() -> Answer:
        import polars as pl

        found = []
        for answer in _pages(connection):
            lines = pl.DataFrame(answer["DATA"], {"WA": pl.String})
            cuts = [
                pl.col("WA").str.slice(int(field["OFFSET"]), int(field["LENGTH"]))
                .str.strip_chars_end(" ").alias(field["FIELDNAME"])
                for field in answer["FIELDS"]
            ]  # fmt: skip
            found.append(_typed(lines.select(cuts)))
        return _answer(found)

    return work


def structures(number: str, packages: str) -> Work:
    """A typed TABLES parameter: a dictionary a row, made into a Polars frame."""
    connection = _connected(number, packages)

    def work() -> Answer:
        import polars as pl

        found: list[pl.DataFrame] = []
        after: dict[str, str] = {}
        while True:
            rows = connection.call(TYPED, MAX_ROWS=PAGE_ROWS, AFTER=after)["ROWS"]
            if rows:
                found.append(pl.DataFrame(rows))
            if len(rows) < PAGE_ROWS:
                return _answer(found)
            after = {name: rows[-1][name] for name in TABLE.primary_key}

    return work


def _connected(number: str, packages: str) -> Any:
    sys.path.append(packages)
    import pyrfc  # type: ignore[import-not-found]  # built against the stand-in by `make pyrfc`

    account = {"client": CLIENT, "user": USER, "passwd": PASSWORD, "lang": "EN"}
    return pyrfc.Connection(ashost="127.0.0.1", sysnr=number, **account)


def _pages(connection: Any) -> Iterator[dict[str, Any]]:
    fields = [{"FIELDNAME": name} for name in COLUMNS]
    skipped = 0
    while True:
        answer = connection.call(
            "RFC_READ_TABLE",
            QUERY_TABLE=TABLE.name,
            DELIMITER=DELIMITER,
            FIELDS=fields,
            ROWSKIPS=skipped,
            ROWCOUNT=PAGE_ROWS,
        )
        yield answer
        skipped += PAGE_ROWS
        if len(answer["DATA"]) < PAGE_ROWS:
            return


def _typed(texts: "pl.DataFrame") -> "pl.DataFrame":
    import polars as pl

    def number(name: str, decimals: int) -> pl.Expr:
        text = pl.col(name).str.strip_chars()
        negative = pl.lit("-") + text.str.strip_chars_end("-")
        signed = pl.when(text.str.ends_with("-")).then(negative).otherwise(text)
        return signed.cast(pl.Decimal(15, decimals)).alias(name)

    day, of_day = pl.col("ERDAT"), pl.col("ERZET")
    return texts.with_columns(
        pl.col("COUNTER").str.strip_chars().cast(pl.Int64),
        number("NETWR", 2),
        number("KWMENG", 3),
        pl.when(day != "00000000").then(day).str.to_date("%Y%m%d", strict=False).alias("ERDAT"),
        of_day.str.to_time("%H%M%S", strict=False),
    )


def _answer(frames: "list[pl.DataFrame]") -> Answer:
    rows = sum(frame.height for frame in frames)
    total = sum(int(frame["COUNTER"].sum()) for frame in frames)
    return Answer(rows, f"first column sums to {total}")
