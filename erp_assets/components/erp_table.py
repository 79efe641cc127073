"""``ErpTable``: one YAML document that declares one table of one ERP system as a raw asset."""

from typing import Any, Literal

import dagster as dg
from pydantic import ConfigDict, Field

from erp_assets.components import catalog
from erp_assets.components.naming import group_name
from erp_assets.components.partitions import MonthlyLoad
from erp_assets.components.raw_asset import RawTable, raw_asset
from erp_resources.connector import Filter, Operator


class Condition(dg.Model, dg.Resolvable):
    """One condition on one column: field, operator, value. Free SQL has no place."""

    field: str
    operator: Operator
    value: Any = Field(default=None, description="A scalar, or a list for `in`.")


class Load(dg.Model, dg.Resolvable):
    """How much of the table one load reads."""

    partition: MonthlyLoad


class ErpTable(dg.Component, dg.Model, dg.Resolvable):
    """A raw asset that mirrors one table of one ERP system, checked against the source."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    system: str = Field(description="Key of the connector resource, e.g. oracle.")
    owner: str = Field(alias="schema", description="Schema (owner) of the table in the source.")
    table: str = Field(description="Name in the source, e.g. GL_JE_LINES.")
    description: str = Field(description="What one row is, in business words.")
    primary_key: list[str] = Field(description="Natural key, in source spelling.")
    columns: list[str] = Field(default=[], description="Columns to read; all when left out.")
    filter: list[Condition] = Field(default=[], description="Conditions that rows must meet.")
    scales: dict[str, int] = Field(
        default={}, description="Decimals of numbers that the source declares without precision."
    )
    totals: list[str] = Field(default=[], description="Columns whose sums must equal the source's.")
    loading: Literal["full"] | Load = Field(
        default="full", alias="load", description="How much one load reads."
    )
    write: Literal["overwrite", "append"] = Field(
        default="overwrite", description="Replace what is in the lake, or add to it."
    )

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """One asset with one check; nothing when the system is off."""
        from erp_assets.defs.resources import mode_of

        if mode_of(self.system) == "off":
            return dg.Definitions()
        source = catalog.look_up(context.path, self.system, self.owner, self.table)
        table = RawTable(
            system=self.system,
            source=source.with_scales(self.scales),
            description=self.description,
            primary_key=tuple(self.primary_key),
            columns=tuple(self.columns),
            filters=tuple(Filter(c.field, c.operator, c.value) for c in self.filter),
            totals=tuple(self.totals),
            months=self.loading.partition if isinstance(self.loading, Load) else None,
            write=self.write,
            group=group_name(self.system, context.path),
        )
        return dg.Definitions(assets=[raw_asset(table)])
