"""What sales documents leave behind: links of the document flow, and change documents."""

import pyarrow as pa

from erp_resources.sandbox.company.business import with_column
from erp_resources.sandbox.company.s4.flow_rows import identifiers
from erp_resources.sandbox.company.s4.tick.day import Day

_CHANGES = [
    "OBJECTCLAS", "OBJECTID", "TCODE", "TABNAME", "TABKEY", "FNAME", "CHNGIND", "VALUE_NEW",
    "VALUE_OLD", "unit",
]  # fmt: skip


def link(day: Day, links: pa.Table) -> None:
    """Enter links of the document flow (VBFA).

    Args:
        day: the day.
        links: VBELV, POSNV, VBTYP_V, VBELN, POSNN, VBTYP_N, RFMNG, MEINS, RFWRT, WAERS and MATNR;
            where goods are issued also BWART and MJAHR.
    """
    count = day.read("SELECT count(*) AS count FROM {VBFA}")["count"][0].as_py()
    rows = day.read(
        """
        SELECT *, '+' AS PLMIN, $today AS ERDAT, $time AS ERZET,
               CAST(RFMNG AS DOUBLE) AS RFMNG_FLO
        FROM links
        """,
        links=links,
        today=day.today,
        time=day.time,
    )
    day.insert("VBFA", with_column(rows, "RUUID", identifiers(count + 1, links.num_rows)))


def document(day: Day, *changed: pa.Table) -> None:
    """Enter change documents (CDHDR and CDPOS) of one position each.

    Args:
        day: the day.
        changed: rows with OBJECTCLAS, OBJECTID, TCODE, TABNAME, TABKEY, FNAME, CHNGIND, VALUE_NEW,
            VALUE_OLD and ``unit`` beside other columns.
    """
    rows = day.read(
        """
        SELECT *, s4.number((SELECT max(CAST(CHANGENR AS BIGINT)) FROM {CDHDR})
                            + row_number() OVER (ORDER BY TABNAME, TABKEY)) AS CHANGENR,
               'BATCH' AS USERNAME, $today AS UDATE, $time AS UTIME, 'U' AS CHANGE_IND,
               'D' AS LANGU, unit AS UNIT_OLD, unit AS UNIT_NEW
        FROM changes ORDER BY CHANGENR
        """,
        changes=pa.concat_tables([rows.select(_CHANGES) for rows in changed]),
        today=day.today,
        time=day.time,
    )
    day.insert("CDHDR", rows)
    day.insert("CDPOS", rows)
