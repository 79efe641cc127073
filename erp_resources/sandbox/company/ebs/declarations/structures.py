"""Oracle Bills of Material (schema BOM)."""

from erp_resources.sandbox.catalog import Column, ForeignKey, Table
from erp_resources.sandbox.company.ebs.declarations.who import WHO

BOM_STRUCTURES_B = Table(
    "BOM",
    "BOM_STRUCTURES_B",
    (
        Column("BILL_SEQUENCE_ID", "NUMBER(15)", False, "Bill identifier."),
        Column("ASSEMBLY_ITEM_ID", "NUMBER(15)", False, "Item that is made."),
        Column("ORGANIZATION_ID", "NUMBER(15)", False, "Inventory organization that makes it."),
        Column("ALTERNATE_BOM_DESIGNATOR", "VARCHAR2(10)", True, "Alternate; empty if primary."),
        Column("ASSEMBLY_TYPE", "NUMBER", False, "1 manufacturing bill, 2 engineering bill."),
        Column("COMMON_BILL_SEQUENCE_ID", "NUMBER(15)", False, "Bill whose components it uses."),
        Column("SPECIFIC_ASSEMBLY_COMMENT", "VARCHAR2(240)", True, "Comment."),
        Column("PENDING_FROM_ECN", "VARCHAR2(10)", True, "Change notice that created the bill."),
        Column("IMPLEMENTATION_DATE", "DATE", True, "Date on which the bill was implemented."),
        *WHO,
    ),
    ("BILL_SEQUENCE_ID",),
    "Bills of material: one row per item that is made and its bill.",
    (
        ForeignKey(("ASSEMBLY_ITEM_ID", "ORGANIZATION_ID"), "INV", "MTL_SYSTEM_ITEMS_B"),
        ForeignKey(("COMMON_BILL_SEQUENCE_ID",), "BOM", "BOM_STRUCTURES_B"),
    ),
)

BOM_COMPONENTS_B = Table(
    "BOM",
    "BOM_COMPONENTS_B",
    (
        Column("COMPONENT_SEQUENCE_ID", "NUMBER(15)", False, "Component identifier."),
        Column("BILL_SEQUENCE_ID", "NUMBER(15)", False, "Bill that the component is on."),
        Column("COMPONENT_ITEM_ID", "NUMBER(15)", False, "Item that is used."),
        Column("PK2_VALUE", "VARCHAR2(240)", True, "Inventory organization of the component."),
        Column("ITEM_NUM", "NUMBER", True, "Position on the bill."),
        Column("OPERATION_SEQ_NUM", "NUMBER", False, "Operation that uses the component."),
        Column("COMPONENT_QUANTITY", "NUMBER", False, "Quantity per assembly."),
        Column("COMPONENT_YIELD_FACTOR", "NUMBER", False, "Part of the component that is usable."),
        Column("PLANNING_FACTOR", "NUMBER", False, "Percentage used in planning."),
        Column("EFFECTIVITY_DATE", "DATE", False, "Moment from which the component is used."),
        Column("DISABLE_DATE", "DATE", True, "Moment from which it is no longer used."),
        Column("CHANGE_NOTICE", "VARCHAR2(10)", True, "Change notice that added it."),
        Column("WIP_SUPPLY_TYPE", "NUMBER", True, "1 push, 2 assembly pull, 6 phantom."),
        Column("INCLUDE_IN_COST_ROLLUP", "NUMBER", False, "1 yes, 2 no."),
        Column("COMPONENT_REMARKS", "VARCHAR2(240)", True, "Remarks."),
        *WHO,
    ),
    ("COMPONENT_SEQUENCE_ID",),
    "Components: one row per item used on a bill and span of time.",
    (ForeignKey(("BILL_SEQUENCE_ID",), "BOM", "BOM_STRUCTURES_B"),),
)
