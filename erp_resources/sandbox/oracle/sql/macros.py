"""Oracle's functions that DuckDB lacks, as macros in the schema ``ora``."""

import duckdb

from erp_resources.sandbox.oracle.sql.rowids import ROWID_MACROS

_DIVIDE = """
CREATE MACRO ora.divide(a, b) AS (
  -- Long division in integers: the whole part, then two times ten decimals, cut off.
  CASE WHEN b = 0 THEN error('ORA-01476: divisor is equal to zero') ELSE
    CAST(CAST(ora.units(a) // ora.units(b) AS DECIMAL(38,0)) AS DECIMAL(38,20))
    + CAST(ora.tenths(ora.units(a) % ora.units(b), ora.units(b)) AS DECIMAL(18,0))
      * CAST('0.0000000001' AS DECIMAL(10,10))
    + CAST(ora.tenths(ora.rest(ora.units(a) % ora.units(b), ora.units(b)), ora.units(b))
           AS DECIMAL(18,0)) * CAST('0.00000000000000000001' AS DECIMAL(20,20))
  END)
"""

MACROS = (
    "CREATE SCHEMA ora",
    "CREATE MACRO ora.tenths(rest, b) AS (rest * 10000000000 // b)",
    "CREATE MACRO ora.rest(rest, b) AS (rest * 10000000000 % b)",
    # NUMBER as text: no trailing zeros, no zero before the point.
    """CREATE MACRO ora.number_text(n) AS (
      regexp_replace(CASE WHEN contains(CAST(n AS VARCHAR), '.')
        THEN rtrim(rtrim(CAST(n AS VARCHAR), '0'), '.') ELSE CAST(n AS VARCHAR) END,
        '^(-?)0\\.', '\\1.'))""",
    """CREATE MACRO ora.to_number(t) AS (CASE
      WHEN t IS NULL THEN NULL
      WHEN NOT regexp_full_match(trim(t), '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?')
        THEN error('ORA-01722: invalid number')
      WHEN regexp_full_match(trim(t), '[+-]?0*[0-9]{0,28}(\\.[0-9]{0,10}0*)?')
        THEN CAST(trim(t) AS DECIMAL(38,10))
      ELSE error('ORA-03001: unimplemented feature: text to a number of so many digits') END)""",
    # DuckDB rounds a value that has too many decimals for its type; Oracle would keep them.
    """CREATE MACRO ora.narrow(n) AS (CASE WHEN CAST(n AS DECIMAL(38,10)) = n
      THEN CAST(n AS DECIMAL(38,10))
      WHEN n IS NULL THEN NULL
      ELSE error('ORA-03001: unimplemented feature: a number of more than 10 decimals') END)""",
    "CREATE MACRO ora.add_micros(t, n) AS (make_timestamp(epoch_us(t) + n))",
    """CREATE MACRO ora.add_days(t, n) AS (CAST(make_timestamp(
      epoch_us(t) + CAST(round(n * 86400) AS BIGINT) * 1000000) AS TIMESTAMP_S))""",
    """CREATE MACRO ora.last_day(t) AS (CAST(
      CAST(last_day(t) AS TIMESTAMP) + (CAST(t AS TIMESTAMP) - date_trunc('day', t))
      AS TIMESTAMP_S))""",
    """CREATE MACRO ora.add_months(t, n) AS (CASE WHEN day(t) = day(last_day(t))
      THEN ora.last_day(CAST(t AS TIMESTAMP) + to_months(CAST(n AS INTEGER)))
      ELSE CAST(CAST(t AS TIMESTAMP) + to_months(CAST(n AS INTEGER)) AS TIMESTAMP_S) END)""",
    # An interval of months does not move to the last day: it fails.
    """CREATE MACRO ora.plus_months(t, n) AS (CASE
      WHEN day(t + to_months(CAST(n AS INTEGER))) <> day(t)
      THEN error('ORA-01839: date not valid for month specified')
      ELSE t + to_months(CAST(n AS INTEGER)) END)""",
    """CREATE MACRO ora.months_between(a, b) AS (
      CAST((year(a) - year(b)) * 12 + month(a) - month(b) AS DECIMAL(38,20))
      + CASE WHEN day(a) = day(b) OR (day(a) = day(last_day(a)) AND day(b) = day(last_day(b)))
        THEN 0 ELSE ora.divide(
          CAST((day(a) - day(b)) * 86400
            + CAST(epoch(CAST(a AS TIME)) - epoch(CAST(b AS TIME)) AS BIGINT) AS DECIMAL(38,0)),
          CAST(2678400 AS DECIMAL(38,0))) END)""",
    """CREATE MACRO ora.zoned(t, minutes) AS (CASE WHEN t IS NULL THEN NULL ELSE struct_pack(
      utc := t - to_minutes(minutes), offset_minutes := CAST(minutes AS SMALLINT)) END)""",
    """CREATE MACRO ora.local_time(z) AS (
      struct_extract(z, 'utc')
      + to_minutes(CAST(struct_extract(z, 'offset_minutes') AS BIGINT)))""",
    """CREATE MACRO ora.shifted(z, micros) AS (CASE WHEN z IS NULL OR micros IS NULL THEN NULL ELSE
      struct_pack(utc := make_timestamp(epoch_us(struct_extract(z, 'utc')) + micros),
        offset_minutes := struct_extract(z, 'offset_minutes')) END)""",
    """CREATE MACRO ora.substr_from(t, pos) AS (nullif(CASE
      WHEN pos >= 0 THEN substr(t, greatest(pos, 1))
      WHEN -pos > length(t) THEN '' ELSE substr(t, pos) END, ''))""",
    """CREATE MACRO ora.substr(t, pos, n) AS (nullif(CASE WHEN n IS NULL THEN NULL
      WHEN n < 1 THEN '' WHEN pos >= 0 THEN substr(t, greatest(pos, 1), n)
      WHEN -pos > length(t) THEN '' ELSE substr(t, length(t) + pos + 1, n) END, ''))""",
    """CREATE MACRO ora.instr_from(t, part, pos) AS (CASE
      WHEN t IS NULL OR part IS NULL OR pos IS NULL THEN NULL
      WHEN pos < 1 THEN error('ORA-03001: unimplemented feature: INSTR from the end')
      WHEN instr(substr(t, pos), part) = 0 THEN 0
      ELSE instr(substr(t, pos), part) + pos - 1 END)""",
    """CREATE MACRO ora.lpad(t, n, fill) AS (nullif(CASE WHEN n < 1 THEN '' WHEN fill IS NULL
      THEN NULL ELSE lpad(t, CAST(n AS INTEGER), fill) END, ''))""",
    """CREATE MACRO ora.rpad(t, n, fill) AS (nullif(CASE WHEN n < 1 THEN '' WHEN fill IS NULL
      THEN NULL ELSE rpad(t, CAST(n AS INTEGER), fill) END, ''))""",
    "CREATE MACRO ora.modulo(a, b) AS (CASE WHEN b = 0 THEN a ELSE a % b END)",
    "CREATE MACRO ora.units(n) AS (CAST(CAST(n AS DECIMAL(38,10)) * 10000000000 AS HUGEINT))",
    _DIVIDE,
    *ROWID_MACROS,
)


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the macros, once for each database."""
    for statement in MACROS:
        connection.execute(statement)
