"""Which tables a system's folder declares, read from its YAML without loading definitions."""

from pathlib import Path

import yaml

ERP_TABLE = "erp_assets.components.ErpTable"


def declared_tables(folder: Path) -> set[tuple[str, str]]:
    """Schema and table of each ``ErpTable`` document below ``folder``."""
    documents = [
        document
        for path in sorted(folder.rglob("defs.yaml"))
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]
    tables = [document["attributes"] for document in documents if document["type"] == ERP_TABLE]
    return {(table["schema"], table["table"]) for table in tables}
