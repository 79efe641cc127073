"""Changes of masters: customers move house, and purchase prices rise and fall."""

from erp_resources.sandbox.company.ebs.tick.day import Day

_MOVES, _PRICES = 3, 5  # a day at scale 1


def move_customers(day: Day) -> None:
    """Some customers take over the address of another one in their country."""
    picks = day.picks(
        "addresses",
        _MOVES * day.scale,
        """
        SELECT y._row FROM {HZ_PARTIES} y SEMI JOIN {HZ_CUST_ACCOUNTS} a USING (PARTY_ID)
        ORDER BY y._row
        """,
    )
    addresses = day.read(
        """
        SELECT y._row, o.ADDRESS1, o.POSTAL_CODE, o.CITY
        FROM picks p JOIN {HZ_PARTIES} y USING (_row)
        JOIN {HZ_PARTIES} o ON o.COUNTRY = y.COUNTRY
        QUALIFY row_number() OVER (PARTITION BY y._row
          ORDER BY (o.PARTY_ID * 7919 + p.luck) % 10007, o.PARTY_ID) = 1
        ORDER BY y._row
        """,
        picks=picks,
    )
    day.write("HZ_PARTIES", addresses)


def change_prices(day: Day) -> None:
    """List prices of some bought items change by some percent, in all organizations."""
    picks = day.picks(
        "prices",
        _PRICES * day.scale,
        "SELECT _row FROM {MTL_SYSTEM_ITEMS_B} "
        "WHERE LIST_PRICE_PER_UNIT IS NOT NULL AND ORGANIZATION_ID = 120 ORDER BY _row",
    )
    prices = day.read(
        """
        SELECT i._row, ROUND(CAST(i.LIST_PRICE_PER_UNIT AS DECIMAL(18, 5))
                             * (0.97 + 0.0001 * p.luck), 5) AS LIST_PRICE_PER_UNIT
        FROM picks p JOIN {MTL_SYSTEM_ITEMS_B} m USING (_row)
        JOIN {MTL_SYSTEM_ITEMS_B} i USING (INVENTORY_ITEM_ID)
        ORDER BY i._row
        """,
        picks=picks,
    )
    day.write("MTL_SYSTEM_ITEMS_B", prices)
