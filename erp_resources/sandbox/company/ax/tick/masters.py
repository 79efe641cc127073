"""Changes of masters: addresses end and others begin; credit limits rise."""

from erp_resources.sandbox.company.ax.tick.day import Day

_MOVES, _LIMITS = 3, 3  # a day at scale 1


def move_parties(day: Day) -> None:
    """Some parties take over another's address; the old one stays as what was valid until now."""
    picks = day.picks(
        "addresses",
        _MOVES * day.scale,
        "SELECT _row FROM {LOGISTICSPOSTALADDRESS} WHERE VALIDTO > $now ORDER BY _row",
        now=day.now,
    )
    moved = day.read(
        """
        SELECT a.*, o.STREET AS street, o.ZIPCODE AS code, o.CITY AS city, o.ADDRESS AS printed
        FROM picks p JOIN {LOGISTICSPOSTALADDRESS} a USING (_row)
        JOIN {LOGISTICSPOSTALADDRESS} o ON o.COUNTRYREGIONID = a.COUNTRYREGIONID
        QUALIFY row_number() OVER (PARTITION BY a._row
          ORDER BY (o.RECID * 7919 + p.luck) % 10007, o.RECID) = 1
        ORDER BY a._row
        """,
        picks=picks,
    )
    ended = "SELECT _row, CAST($now AS TIMESTAMP) - INTERVAL 1 SECOND AS VALIDTO FROM moved"
    day.write("LOGISTICSPOSTALADDRESS", day.read(ended, moved=moved, now=day.now))
    begun = day.read(
        """
        SELECT LOCATION, street AS STREET, code AS ZIPCODE, city AS CITY, COUNTRYREGIONID,
               printed AS ADDRESS, CAST($now AS TIMESTAMP) AS VALIDFROM, VALIDTO
        FROM moved
        """,
        moved=moved,
        now=day.now,
    )
    day.insert("LOGISTICSPOSTALADDRESS", begun)


def raise_limits(day: Day) -> None:
    """Some customers get more credit."""
    picks = day.picks("limits", _LIMITS * day.scale, "SELECT _row FROM {CUSTTABLE} ORDER BY _row")
    limits = day.read(
        """
        SELECT c._row, exact.amount(c.CREDITMAX) + 1000 AS CREDITMAX
        FROM picks JOIN {CUSTTABLE} c USING (_row) ORDER BY c._row
        """,
        picks=picks,
    )
    day.write("CUSTTABLE", limits)
