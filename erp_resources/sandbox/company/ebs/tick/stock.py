"""Movements of goods: what is received, made, shipped and taken back, and the stock it leaves."""

import pyarrow as pa

from erp_resources.sandbox.company.ebs.tick.day import Day

RECEIPTS, JOBS = 15, 6
"""A day at scale 1."""
SALES_ISSUE, RETURN_RECEIPT, PURCHASE_RECEIPT, JOB_ISSUE, COMPLETION = 33, 15, 18, 35, 44
_CODES = pa.table(
    {
        "TRANSACTION_TYPE_ID": [33, 15, 18, 35, 44],
        "TRANSACTION_ACTION_ID": [1, 27, 27, 1, 31],
        "TRANSACTION_SOURCE_TYPE_ID": [2, 12, 1, 5, 5],
    }
)


def receive(day: Day) -> None:
    """Suppliers deliver what they delivered before, in new orders and at new prices."""
    picks = day.picks(
        "deliveries",
        RECEIPTS * day.scale,
        "SELECT _row FROM {MTL_MATERIAL_TRANSACTIONS} WHERE TRANSACTION_TYPE_ID = 18 ORDER BY _row",
    )
    wanted = day.read(
        """
        SELECT 18 AS kind, m.INVENTORY_ITEM_ID, m.ORGANIZATION_ID, NULL AS store,
               (SELECT max(TRANSACTION_SOURCE_ID) FROM {MTL_MATERIAL_TRANSACTIONS}
                WHERE TRANSACTION_TYPE_ID = 18) + 1 + p.serial AS source_id, NULL AS line_id,
               m.TRANSACTION_QUANTITY AS amount,
               ROUND(i.unit_cost * (0.93 + 0.0001 * (p.luck + p.luck % 500)), 5) AS price
        FROM picks p JOIN {MTL_MATERIAL_TRANSACTIONS} m USING (_row)
        JOIN items i USING (INVENTORY_ITEM_ID, ORGANIZATION_ID)
        ORDER BY p.serial
        """,
        picks=picks,
        items=day.items,
    )
    book(day, "Receiving", wanted)


def make(day: Day) -> None:
    """The factory makes what it made before, from what the bills of the day say."""
    picks = day.picks(
        "jobs",
        JOBS * day.scale,
        "SELECT _row FROM {MTL_MATERIAL_TRANSACTIONS} WHERE TRANSACTION_TYPE_ID = 44 ORDER BY _row",
    )
    jobs = day.read(
        """
        WITH numbers AS (
          SELECT TRANSACTION_SOURCE_ID // 10000000 AS level, max(TRANSACTION_SOURCE_ID) AS last
          FROM {MTL_MATERIAL_TRANSACTIONS} WHERE TRANSACTION_TYPE_ID = 44 GROUP BY ALL
        )
        SELECT m.INVENTORY_ITEM_ID, m.ORGANIZATION_ID, m.TRANSACTION_QUANTITY AS amount, n.last
               + row_number() OVER (PARTITION BY n.level ORDER BY p.serial) AS job
        FROM picks p JOIN {MTL_MATERIAL_TRANSACTIONS} m USING (_row)
        JOIN numbers n ON n.level = m.TRANSACTION_SOURCE_ID // 10000000
        ORDER BY p.serial
        """,
        picks=picks,
    )
    book(
        day,
        "WIP",
        pa.concat_tables([_used(day, jobs), _made(day, jobs)], promote_options="permissive"),
    )


def _made(day: Day, jobs: pa.Table) -> pa.Table:
    return day.read(
        """
        SELECT 44 AS kind, INVENTORY_ITEM_ID, ORGANIZATION_ID, NULL AS store, job AS source_id,
               NULL AS line_id, amount, NULL AS price
        FROM jobs ORDER BY job
        """,
        jobs=jobs,
    )


def _used(day: Day, jobs: pa.Table) -> pa.Table:
    """What goes into the jobs, scrap included; pieces are used whole."""
    return day.read(
        """
        WITH used AS (
          SELECT j.job, j.ORGANIZATION_ID, c.COMPONENT_ITEM_ID AS INVENTORY_ITEM_ID,
                 100 * CAST(CAST(j.amount AS DECIMAL(15, 3)) * 1000 AS HUGEINT)
                   * CAST(CAST(c.COMPONENT_QUANTITY AS DECIMAL(15, 3)) * 1000 AS HUGEINT) AS need,
                 CAST(CAST(c.COMPONENT_YIELD_FACTOR AS DECIMAL(9, 2)) * 100000 AS HUGEINT) AS usable
          FROM jobs j
          JOIN {BOM_STRUCTURES_B} b ON b.ASSEMBLY_ITEM_ID = j.INVENTORY_ITEM_ID
          JOIN {BOM_COMPONENTS_B} c USING (BILL_SEQUENCE_ID)
          WHERE c.EFFECTIVITY_DATE <= $date AND COALESCE(c.DISABLE_DATE > $date, TRUE)
        ), rounded AS (
          SELECT u.*, i.unit, (need + usable // 2) // usable AS thousandths
          FROM used u JOIN items i USING (INVENTORY_ITEM_ID, ORGANIZATION_ID)
        )
        SELECT 35 AS kind, INVENTORY_ITEM_ID, ORGANIZATION_ID, NULL AS store, job AS source_id,
               NULL AS line_id, NULL AS price, -0.001 * CAST(
                 CASE unit WHEN 'EA' THEN (thousandths + 999) // 1000 * 1000 ELSE thousandths END
                 AS BIGINT) AS amount
        FROM rounded ORDER BY job, INVENTORY_ITEM_ID
        """,
        jobs=jobs,
        date=day.now,
        items=day.items,
    )


def ship(day: Day, documents: pa.Table) -> None:
    """Ship what invoices bill; of what credit memos (type 2) turn back, every second comes back."""
    wanted = day.read(
        """
        SELECT CASE t.CUST_TRX_TYPE_ID WHEN 1 THEN 33 ELSE 15 END AS kind, l.INVENTORY_ITEM_ID,
               l.WAREHOUSE_ID AS ORGANIZATION_ID,
               CASE t.CUST_TRX_TYPE_ID WHEN 2 THEN 'RETURNS' END AS store,
               t.CUSTOMER_TRX_ID - 940000 AS source_id, l.CUSTOMER_TRX_LINE_ID + 6000000 AS line_id,
               -COALESCE(l.QUANTITY_INVOICED, l.QUANTITY_CREDITED) AS amount, NULL AS price
        FROM documents d JOIN {RA_CUSTOMER_TRX_ALL} t USING (CUSTOMER_TRX_ID)
        JOIN {RA_CUSTOMER_TRX_LINES_ALL} l USING (CUSTOMER_TRX_ID)
        WHERE l.INVENTORY_ITEM_ID IS NOT NULL
          AND (t.CUST_TRX_TYPE_ID = 1 OR t.CUSTOMER_TRX_ID % 2 = 0)
        ORDER BY l.CUSTOMER_TRX_LINE_ID
        """,
        documents=documents,
    )
    book(day, "Inventory", wanted)


def book(day: Day, category: str, wanted: pa.Table) -> None:
    """Book movements into stock and, at standard cost, into the ledger.

    Args:
        day: the day; the movements follow one another within its present half hour.
        category: the journals'.
        wanted: ``kind``, item and organization, ``store`` (or the item's own), ``source_id``,
            ``line_id``, ``amount`` (issues negative) and ``price`` (of purchases).
    """
    moved = _movements(day, wanted)
    day.insert("MTL_MATERIAL_TRANSACTIONS", moved)
    _keep(day, moved)
    day.post(category, _postings(day, moved))


def _movements(day: Day, wanted: pa.Table) -> pa.Table:
    return day.read(
        """
        WITH numbered AS (
          SELECT *, row_number() OVER () AS serial, count(*) OVER () AS many FROM wanted
        )
        SELECT (SELECT max(TRANSACTION_ID) FROM {MTL_MATERIAL_TRANSACTIONS}) + serial
                 AS TRANSACTION_ID,
               w.INVENTORY_ITEM_ID, w.ORGANIZATION_ID,
               COALESCE(w.store, i.store) AS SUBINVENTORY_CODE, c.*,
               w.source_id AS TRANSACTION_SOURCE_ID, w.line_id AS TRX_SOURCE_LINE_ID,
               w.amount AS TRANSACTION_QUANTITY, i.unit AS TRANSACTION_UOM,
               w.amount AS PRIMARY_QUANTITY,
               $now - to_seconds(1800 - CAST(serial * 1800 // many AS BIGINT)) AS TRANSACTION_DATE,
               401 + date_diff('month', DATE '2024-01-01', CAST($now AS DATE)) AS ACCT_PERIOD_ID,
               w.price AS TRANSACTION_COST, i.unit_cost AS ACTUAL_COST, NULL AS COSTED_FLAG,
               CASE WHEN w.price IS NOT NULL THEN i.currency END AS CURRENCY_CODE,
               NULL AS REASON_ID, NULL AS TRANSACTION_REFERENCE,
               CASE WHEN w.kind IN (33, 15) THEN i.cost_of_sales END AS DISTRIBUTION_ACCOUNT_ID,
               i.LEDGER_ID, i.currency, i.line, i.material_cost
        FROM numbered w
        JOIN codes c ON c.TRANSACTION_TYPE_ID = w.kind
        JOIN items i USING (INVENTORY_ITEM_ID, ORGANIZATION_ID)
        ORDER BY serial
        """,
        wanted=wanted,
        codes=_CODES,
        items=day.items,
        now=day.now,
    )


def _keep(day: Day, moved: pa.Table) -> None:
    """Change stock on hand: new rows where there was none, none where nothing is left."""
    stock = day.read(
        """
        WITH moved_here AS (
          SELECT INVENTORY_ITEM_ID, ORGANIZATION_ID, SUBINVENTORY_CODE, TRANSACTION_UOM AS unit,
                 sum(TRANSACTION_QUANTITY) AS amount, min(TRANSACTION_DATE) AS first
          FROM moved GROUP BY ALL
        ), held AS (
          SELECT m.*, s._row, s.ONHAND_QUANTITIES_ID, s.DATE_RECEIVED,
                 s.CREATION_DATE, s.CREATED_BY,
                 m.amount + COALESCE(s.TRANSACTION_QUANTITY, 0) AS held
          FROM moved_here m LEFT JOIN {MTL_ONHAND_QUANTITIES_DETAIL} s
            USING (INVENTORY_ITEM_ID, ORGANIZATION_ID, SUBINVENTORY_CODE)
        )
        SELECT _row, held = 0 AS _gone, INVENTORY_ITEM_ID, ORGANIZATION_ID, SUBINVENTORY_CODE,
               COALESCE(ONHAND_QUANTITIES_ID, row_number() OVER (
                 ORDER BY INVENTORY_ITEM_ID, ORGANIZATION_ID, SUBINVENTORY_CODE
               ) + (SELECT max(ONHAND_QUANTITIES_ID) FROM {MTL_ONHAND_QUANTITIES_DETAIL}))
                 AS ONHAND_QUANTITIES_ID,
               held AS PRIMARY_TRANSACTION_QUANTITY, held AS TRANSACTION_QUANTITY,
               unit AS TRANSACTION_UOM_CODE, COALESCE(DATE_RECEIVED, first) AS DATE_RECEIVED,
               NULL AS LOT_NUMBER, 2 AS IS_CONSIGNED,
               COALESCE(CREATION_DATE, $now) AS CREATION_DATE,
               COALESCE(CREATED_BY, 1001) AS CREATED_BY
        FROM held WHERE _row IS NOT NULL OR held <> 0
        ORDER BY INVENTORY_ITEM_ID, ORGANIZATION_ID, SUBINVENTORY_CODE
        """,
        moved=moved,
        now=day.now,
    )
    day.write("MTL_ONHAND_QUANTITIES_DETAIL", stock)


def _postings(day: Day, moved: pa.Table) -> pa.Table:
    """Inventory against what the other side is charged; the difference is a variance.

    It is charged the price paid, the material that should have been used, or the standard cost.
    """
    return day.read(
        """
        WITH valued AS (
          SELECT *, exact.worth(TRANSACTION_QUANTITY, ACTUAL_COST) AS worth,
                 CASE TRANSACTION_TYPE_ID
                   WHEN 18 THEN exact.worth(TRANSACTION_QUANTITY, TRANSACTION_COST)
                   WHEN 44 THEN exact.worth(TRANSACTION_QUANTITY, material_cost)
                   ELSE exact.worth(TRANSACTION_QUANTITY, ACTUAL_COST) END AS owed
          FROM moved
        )
        SELECT LEDGER_ID, currency AS CURRENCY_CODE,
               CAST(TRANSACTION_DATE AS DATE) AS EFFECTIVE_DATE,
               UNNEST([
                 ebs.leg({INVENTORY}, worth, worth, line := line),
                 CASE WHEN TRANSACTION_TYPE_ID IN (33, 15)
                        THEN ebs.leg({COST_OF_SALES}, -owed, -owed, line := line)
                      WHEN TRANSACTION_TYPE_ID = 18 THEN ebs.leg({ACCRUAL}, -owed, -owed)
                      ELSE ebs.leg({WORK_IN_PROCESS}, -owed, -owed) END,
                 CASE TRANSACTION_TYPE_ID
                   WHEN 18 THEN ebs.leg({PURCHASE_VARIANCE}, owed - worth, owed - worth)
                   ELSE ebs.leg({ABSORPTION}, owed - worth, owed - worth) END
               ], recursive := true)
        FROM valued
        """,
        moved=moved,
    )
