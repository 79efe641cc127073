"""What a table of the sandbox declares: what a data dictionary knows, in the source's spelling.

The company generators write these declarations; the engine stores their rows; each protocol's
dictionary views (``ALL_TAB_COLUMNS``, ``sys.columns``, ``DD03L``) are answered from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """One column; ``type`` is the source's own spelling, e.g. ``NUMBER(15,2)``.

    The rest is what an SAP dictionary knows besides: ``texts`` by language key (``comment`` is the
    English one), ``reference`` to the field with the currency or unit (``VBAK-WAERK``).
    """

    name: str
    type: str
    nullable: bool = True
    comment: str = ""
    texts: Mapping[str, str] = field(default_factory=dict, hash=False)
    reference: str = ""
    check_table: str = ""
    conversion: str = ""
    data_element: str = ""


@dataclass(frozen=True)
class ForeignKey:
    """``columns`` of this table refer to the primary key of ``table`` in ``schema``."""

    columns: tuple[str, ...]
    schema: str
    table: str


@dataclass(frozen=True)
class Table:
    """One table of one schema, as its dictionary describes it."""

    schema: str
    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    comment: str = ""
    foreign_keys: tuple[ForeignKey, ...] = field(default=())
    change_tracking: bool = False
    texts: Mapping[str, str] = field(default_factory=dict, hash=False)
