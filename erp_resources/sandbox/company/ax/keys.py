"""What AX calls the customers, vendors and items, and which canonical position hides behind a name.

Account numbers are scrambled: nobody should match them to another ERP's by their digits. Item
numbers are the canonical codes, spelled in the three ways that their users have come to use.
"""

import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.company.arrays import Ints, numbered
from erp_resources.sandbox.company.exact import every

_NUMBERS = 10**6
_STEP = 7919  # odd and no multiple of 5: a permutation of the numbers below 10**6
_BACK = pow(_STEP, -1, _NUMBERS)
_OFFSETS = {"C-": 4711, "V-": 88_801}


def customer_numbers(positions: Ints) -> pa.Array:
    """``C-012630`` for the second customer."""
    return _scrambled("C-", positions)


def vendor_numbers(positions: Ints) -> pa.Array:
    """``V-096720`` for the second vendor."""
    return _scrambled("V-", positions)


def account_positions(numbers: pa.Array) -> Ints:
    """The canonical positions of customer or vendor accounts, all of one kind."""
    offset = _OFFSETS[numbers[0].as_py()[:2]] if len(numbers) else 0
    return (_digits(numbers, 2) - offset) * _BACK % _NUMBERS


def item_numbers(codes: pa.Array, positions: Ints) -> pa.Array:
    """``FG.000001``, ``FG000001`` or ``fg-000001`` for the canonical ``FG-000001``."""
    chosen = codes.take(pa.array(positions))
    dotted, plain = (pc.replace_substring(chosen, "-", sign) for sign in (".", ""))
    spelled = pc.if_else(pa.array(every(5, positions, 3)), plain, dotted)
    return pc.if_else(pa.array(every(11, positions, 7)), pc.ascii_lower(chosen), spelled)


def item_positions(numbers: pa.Array) -> Ints:
    """The canonical positions of items."""
    return _digits(pc.replace_substring_regex(numbers, r"^\D+", ""), 0) - 1


def _scrambled(prefix: str, positions: Ints) -> pa.Array:
    return numbered(prefix, (positions * _STEP + _OFFSETS[prefix]) % _NUMBERS, 6)


def _digits(texts: pa.Array, start: int) -> Ints:
    digits: Ints = pc.utf8_slice_codeunits(texts, start).cast(pa.int64()).to_numpy()
    return digits
