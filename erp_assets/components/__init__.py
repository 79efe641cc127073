"""The vocabulary of ``defs.yaml``."""

from erp_assets.components.erp_table import ErpTable as ErpTable
