"""Which column a cell belongs to and what it holds: the order for a decoder."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "numc", "date", "time", "decimal", "int", "float", "raw", "utclong"]
"""What the cells of a column hold, and the Arrow type they become.

``text``, ``numc`` and ``utclong`` (as it is printed) utf8_view without trailing blanks; ``date``
date32; ``time`` time64[ns]; ``decimal`` decimal128(precision, scale); ``int`` int64; ``float``
float64; ``raw`` (hex digits in text) binary.
"""


@dataclass(frozen=True)
class Cut:
    """One column: where its cell stands in a line, and what it holds.

    Attributes:
        name: Of the column; in a typed table, of the field.
        offset: Of the cell's first character in its line, in UTF-16 units from 0. Means nothing
            in a typed table, nor where lines are split at a delimiter.
        length: Of the cell, in UTF-16 units; means nothing in the same cases.
        kind: What the cell holds.
        precision: All digits of a decimal, 1 to 38.
        scale: Those of them behind the point.
        keep_blanks: Leaves trailing blanks in a text.
    """

    name: str
    offset: int
    length: int
    kind: Kind
    precision: int = 0
    scale: int = 0
    keep_blanks: bool = False
