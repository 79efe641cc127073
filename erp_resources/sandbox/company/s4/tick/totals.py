"""Totals of the general ledger, FAGLFLEXT: kept up with the lines, and carried into a new year."""

import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.company.s4.tick.day import Day

_CARRIED = "VT"
_PERIODS = [_CARRIED, *(f"{period:02}" for period in range(1, 17))]
_MEASURES = {"TSL": "amount", "HSL": "local"}


def open_year(day: Day) -> None:
    """Carry the balances of the year before into the day's, unless that is open.

    Income and expense begin at zero; what they came to is retained, in local currency.
    """
    balances = day.read(
        """
        SELECT f.RBUKRS, f.RACCT, f.RTCUR, f.RCNTR, f.DRCRK, t.WAERS AS HWAER, a.GVTYP,
               CAST(CAST(f.RYEAR AS INTEGER) + 1 AS VARCHAR) AS RYEAR,
               {TSL} AS amount, {HSL} AS local
        FROM {FAGLFLEXT} f
        JOIN {SKA1} a ON a.SAKNR = f.RACCT JOIN {T001} t ON t.BUKRS = f.RBUKRS
        WHERE f.RYEAR = (SELECT max(RYEAR) FROM {FAGLFLEXT}) AND f.RYEAR < $today[:4]
        """.replace("{TSL}", _whole("TSL")).replace("{HSL}", _whole("HSL")),
        today=day.today,
    )
    _add(day, _carried(day, balances))


def add(day: Day, lines: pa.Table) -> None:
    """Add lines of documents to their period, and to what later years began with."""
    own = day.read(
        """
        SELECT BUKRS AS RBUKRS, HKONT AS RACCT, H_WAERS AS RTCUR, KOSTL AS RCNTR, SHKZG AS DRCRK,
               H_HWAER AS HWAER, GVTYP, GJAHR AS RYEAR, H_BUDAT[5:6] AS period, amount, local
        FROM lines
        """,
        lines=lines,
    )
    later = day.read(
        """
        SELECT o.* REPLACE (y.RYEAR AS RYEAR) FROM own o
        JOIN (SELECT DISTINCT RYEAR FROM {FAGLFLEXT}) y ON y.RYEAR > o.RYEAR
        """,
        own=own,
    )
    places = ["RBUKRS", "RACCT", "RTCUR", "RCNTR", "DRCRK", "RYEAR", "period", "amount", "local"]
    _add(day, pa.concat_tables([own.select(places), _carried(day, later).select(places)]))


def _carried(day: Day, balances: pa.Table) -> pa.Table:
    """Balances as the year RYEAR begins with them."""
    return day.read(
        """
        SELECT RBUKRS, RACCT, RTCUR, RCNTR, DRCRK, RYEAR, $carried AS period, amount, local
        FROM balances WHERE GVTYP <> 'X'
        UNION ALL
        SELECT RBUKRS, {RETAINED}, HWAER, '', CASE WHEN sum(local) < 0 THEN 'H' ELSE 'S' END, RYEAR,
               $carried, sum(local), sum(local)
        FROM balances WHERE GVTYP = 'X' GROUP BY RBUKRS, HWAER, RYEAR
        """,
        balances=balances,
        carried=_CARRIED,
    )


def _add(day: Day, postings: pa.Table) -> None:
    """Add postings to the totals of their place and period; new places get object numbers."""
    if not postings.num_rows:
        return
    periods = sorted(postings["period"].unique().to_pylist())
    columns = {f"{p}{period}": (m, period) for p, m in _MEASURES.items() for period in periods}
    sums = ", ".join(
        f"COALESCE(sum({measure}) FILTER (period = '{period}'), 0) AS {column}"
        for column, (measure, period) in columns.items()
    )
    added = ", ".join(f"COALESCE(f.{column}, 0) + s.{column} AS {column}" for column in columns)
    totals = day.read(
        """
        WITH sums AS (
          SELECT RBUKRS, RACCT, RTCUR, RCNTR, DRCRK, RYEAR, {sums} FROM postings
          GROUP BY RBUKRS, RACCT, RTCUR, RCNTR, DRCRK, RYEAR
        )
        SELECT f._row, s.RBUKRS, s.RACCT, s.RTCUR, s.RCNTR, s.DRCRK, s.RYEAR, t.FIKRS AS KOKRS,
               {added}, lpad('1', 18, '0') AS OBJNR00, lpad(CAST(
                 (SELECT max(CAST(OBJNR01 AS BIGINT)) FROM {FAGLFLEXT}) + row_number() OVER (
                   ORDER BY f._row NULLS FIRST, s.RYEAR, s.RBUKRS, s.RACCT, s.RTCUR, s.RCNTR,
                            s.DRCRK) AS VARCHAR), 18, '0') AS OBJNR01,
               '016' AS RPMAX, '0L' AS RLDNR, '0' AS RRCTY, '001' AS RVERS
        FROM sums s JOIN {T001} t ON t.BUKRS = s.RBUKRS
        LEFT JOIN {FAGLFLEXT} f USING (RBUKRS, RACCT, RTCUR, RCNTR, DRCRK, RYEAR)
        ORDER BY OBJNR01
        """.replace("{sums}", sums).replace("{added}", added),
        postings=postings,
    )
    known = totals.filter(pc.field("_row").is_valid())
    day.write("FAGLFLEXT", known.select(["_row", *columns]))
    day.insert("FAGLFLEXT", totals.filter(pc.field("_row").is_null()))


def _whole(prefix: str) -> str:
    """The balance at the end of a year."""
    return " + ".join(f"{prefix}{period}" for period in _PERIODS)
