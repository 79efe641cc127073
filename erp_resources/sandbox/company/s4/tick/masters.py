"""Changes of masters: customers' telephone numbers, materials' standards, and who logged on."""

import pyarrow as pa

from erp_resources.sandbox.company.s4.tick import flow
from erp_resources.sandbox.company.s4.tick.day import Day

_TELEPHONES, _STANDARDS = 3, 2
"""A day at scale 1."""
_LOGONS = 8


def change(day: Day) -> None:
    """Change customers and materials, with change documents."""
    customers, materials = _telephones(day), _standards(day)
    day.write("KNA1", customers)
    day.write("MARA", materials)
    flow.document(day, customers, materials)


def log_on(day: Day) -> None:
    """Users who are not locked log on."""
    picks = day.picks("logons", _LOGONS, "SELECT _row FROM {USR02} WHERE UFLAG = 0 ORDER BY _row")
    logons = """
        SELECT _row, $today AS TRDAT,
               strftime(TIMESTAMP '2000-01-01 07:00:00' + to_seconds(luck * 30), '%H%M%S') AS LTIME
        FROM picks
        """
    day.write("USR02", day.read(logons, picks=picks, today=day.today))


def _telephones(day: Day) -> pa.Table:
    """Some customers have another telephone number."""
    picks = day.picks(
        "telephones", _TELEPHONES * day.scale, "SELECT _row FROM {KNA1} ORDER BY _row"
    )
    return day.read(
        """
        SELECT _row, 'DEBI' AS OBJECTCLAS, c.KUNNR AS OBJECTID, 'XD02' AS TCODE,
               'KNA1' AS TABNAME, c.MANDT || c.KUNNR AS TABKEY, 'TELF1' AS FNAME, 'U' AS CHNGIND,
               c.TELF1 AS VALUE_OLD, '' AS unit,
               '+49 711 ' || (100000 + (CAST(c.KUNNR AS BIGINT) * 7919 + p.luck * 101) % 900000)
                 AS VALUE_NEW, VALUE_NEW AS TELF1, $today AS UPDAT, $time AS UPTIM
        FROM picks p JOIN {KNA1} c USING (_row) ORDER BY _row
        """,
        picks=picks,
        today=day.today,
        time=day.time,
    )


def _standards(day: Day) -> pa.Table:
    """Some materials comply with another standard."""
    picks = day.picks("standards", _STANDARDS * day.scale, "SELECT _row FROM {MARA} ORDER BY _row")
    return day.read(
        """
        SELECT _row, 'MATERIAL' AS OBJECTCLAS, m.MATNR AS OBJECTID, 'MM02' AS TCODE,
               'MARA' AS TABNAME, m.MANDT || m.MATNR AS TABKEY, 'NORMT' AS FNAME, 'U' AS CHNGIND,
               m.NORMT AS VALUE_OLD, '' AS unit, 'DIN ' || (900 + p.luck) AS VALUE_NEW,
               VALUE_NEW AS NORMT, $today AS LAEDA, 'BATCH' AS AENAM
        FROM picks p JOIN {MARA} m USING (_row)
        WHERE m.NORMT <> 'DIN ' || (900 + p.luck) ORDER BY _row
        """,
        picks=picks,
        today=day.today,
    )
