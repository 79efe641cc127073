"""Extended ROWIDs: object, file, block and row number, as one integer and as 18 characters.

A row's place follows from its stable row number, so that pages by ROWID are pages by row number:
every table has a file of its own, whose blocks hold ``ROWS_PER_BLOCK`` rows each.
"""

ROWS_PER_BLOCK = 100
FIRST_BLOCK = 128
"""The blocks before it are the segment's header."""
BLOCKS_PER_EXTENT = 128
BLOCK_BYTES = 8192
SLOTS = 65_536
"""Row numbers within a block go from 0 to this, whatever the block really holds."""

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BLOCKS, _FILES = 1 << 22, 1 << 10
_CHARS = 18
_PARTS = ((0, 6), (6, 9), (9, 15), (15, 18))


def file_of(object_id: int) -> int:
    """The relative file number of a table."""
    return object_id % (_FILES - 2) + 1


def rowid_of_table(object_id: int) -> int:
    """The ROWID, as an integer, of block 0 and row 0 in a table's file."""
    return (object_id * _FILES + file_of(object_id)) * _BLOCKS * SLOTS


def value_sql(object_id: int, row: str) -> str:
    """SQL of the ROWID, as an integer, of a row number."""
    place = f"({row} // {ROWS_PER_BLOCK} + {FIRST_BLOCK}) * {SLOTS} + {row} % {ROWS_PER_BLOCK}"
    return f"(CAST({place} AS HUGEINT) + {rowid_of_table(object_id)})"


def row_at_most(object_id: int, rowid: str) -> str:
    """SQL of the last row number whose ROWID is at most the given one (as an integer)."""
    return f"ora.row_floor({rowid} - {rowid_of_table(object_id)})"


def row_at_least(object_id: int, rowid: str) -> str:
    """SQL of the first row number whose ROWID is at least the given one (as an integer)."""
    return f"ora.row_ceiling({rowid} - {rowid_of_table(object_id)})"


def value_of(text: str) -> int:
    """The ROWID, as an integer, that 18 characters spell.

    Raises:
        ValueError: they spell none.
    """
    if len(text) != _CHARS or any(char not in _ALPHABET for char in text):
        raise ValueError(f"{text!r} is no ROWID")
    parts = []
    for first, last in _PARTS:
        number = 0
        for char in text[first:last]:
            number = number * 64 + _ALPHABET.index(char)
        parts.append(number)
    object_id, file, block, slot = parts
    return ((object_id * _FILES + file) * _BLOCKS + block) * SLOTS + slot


def _chars(number: str, count: int) -> str:
    """SQL of the base 64 characters of a BIGINT, most significant first."""
    shifts = range(6 * (count - 1), -1, -6)
    return ", ".join(
        f"substr('{_ALPHABET}', (({number} >> {shift}) & 63) + 1, 1)" for shift in shifts
    )


def _number(first: int, chars: int) -> str:
    """The number that ``chars`` base 64 characters from position ``first`` of ``t`` spell."""
    weights = range(6 * (chars - 1), -1, -6)
    return " + ".join(
        f"(instr('{_ALPHABET}', substr(t, {first + index}, 1)) - 1) * {1 << weight}::HUGEINT"
        for index, weight in enumerate(weights)
    )


_INSIDE = f"{FIRST_BLOCK * SLOTS}"
_LAST = _BLOCKS * SLOTS

ROWID_MACROS = (
    f"""CREATE MACRO ora.rowid_text(r) AS (CASE WHEN r IS NULL THEN NULL ELSE concat(
      {_chars("(CAST(r >> 38 AS BIGINT) >> 10)", 6)},
      {_chars("(CAST(r >> 38 AS BIGINT) & 1023)", 3)},
      {_chars(f"(CAST(r & {_BLOCKS * SLOTS - 1} AS BIGINT) >> 16)", 6)},
      {_chars(f"(CAST(r & {_BLOCKS * SLOTS - 1} AS BIGINT) & {SLOTS - 1})", 3)}) END)""",
    f"""CREATE MACRO ora.rowid_value(t) AS (CASE WHEN t IS NULL THEN NULL
      WHEN NOT regexp_full_match(t, '[A-Za-z0-9+/]{{18}}')
      THEN error('ORA-01410: invalid ROWID')
      ELSE ora.rowid_make({_number(1, 6)}, {_number(7, 3)}, {_number(10, 6)}, {_number(16, 3)})
      END)""",
    f"""CREATE MACRO ora.rowid_make(object, file, block, slot) AS (
      ((CAST(object AS HUGEINT) * {_FILES} + file) * {_BLOCKS} + block) * {SLOTS} + slot)""",
    # Both take a place in the table's file; a place outside of it lies before or behind all rows.
    f"""CREATE MACRO ora.row_floor(p) AS (CASE WHEN p IS NULL THEN NULL
      WHEN p < {_INSIDE} THEN -1 WHEN p >= {_LAST} THEN 9223372036854775807
      ELSE CAST((p // {SLOTS} - {FIRST_BLOCK}) * {ROWS_PER_BLOCK}
        + least(p % {SLOTS}, {ROWS_PER_BLOCK - 1}) AS BIGINT) END)""",
    f"""CREATE MACRO ora.row_ceiling(p) AS (CASE WHEN p IS NULL THEN NULL
      WHEN p < {_INSIDE} THEN 0 WHEN p >= {_LAST} THEN 9223372036854775807
      ELSE CAST((p // {SLOTS} - {FIRST_BLOCK}) * {ROWS_PER_BLOCK}
        + least(p % {SLOTS}, {ROWS_PER_BLOCK}) AS BIGINT) END)""",
)
