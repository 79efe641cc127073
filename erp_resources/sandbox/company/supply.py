"""Supply of what is needed: plans lots ahead of each item's needs, level by level of the bills.

Some items are supplied late and go negative for a while; some lose their last lot and end negative.
"""

from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Flags, Ints
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.exact import ordinals, pack, starts
from erp_resources.sandbox.company.masters import Kind
from erp_resources.sandbox.company.periods import DAY, DAYS, HOUR
from erp_resources.sandbox.company.records import take

END = DAYS * DAY
GO_LIVE = 8 * HOUR
"""What would have been supplied before this moment is stock taken over from the old system."""
MADE = (Kind.FINISHED, Kind.MODULE, Kind.GROUP, Kind.PART)
_STREAMS = 97  # item and plant pairs fall into so many classes, two of which are late
_LATE, _SHORT = (11, 53), (29,)


@dataclass(frozen=True)
class Policy:
    """How many needs one lot covers, and at most how many seconds ahead (or late) it comes."""

    lot: int
    longest_lead: int


MAKE, BUY = Policy(lot=6, longest_lead=3 * DAY), Policy(lot=3, longest_lead=12 * DAY)


@dataclass(frozen=True)
class Needs:
    """So much of an item wanted at a plant at a moment (thousandths, seconds since day 0)."""

    item: Ints
    plant: Ints
    moment: Ints
    quantity: Ints


def cover(needs: Needs, policy: Policy, draws: Draws) -> Needs:
    """Lots that cover so many needs each, in time for the first of them; some late, some never."""
    stream = pack((needs.item, 32), (needs.plant, 2))
    order = np.lexsort((needs.moment, stream))
    ordered = take(needs, order)
    first = starts(stream[order])
    ordinal = ordinals(first, len(order))
    # The first lot is a small one: much of it is stock that was taken over.
    begin = np.flatnonzero((ordinal == 0) | (ordinal % policy.lot == 1))
    lots = take(ordered, begin)
    lots.quantity[:] = np.add.reduceat(ordered.quantity, begin)
    lead = draws.integers(HOUR, policy.longest_lead, len(begin))
    kind = stream[order][begin] * 7919 % _STREAMS
    late = np.isin(kind, _LATE)
    last = np.append(np.diff(stream[order][begin]) != 0, True)
    supplied = Needs(
        lots.item,
        lots.plant,
        lots.moment + np.where(late, lead, -lead),
        lots.quantity + _safety(begin, first, lots, late),
    )
    lost = np.isin(kind, _SHORT) & last
    return take(supplied, ~lost & (supplied.moment < END))


def _safety(begin: Ints, first: Ints, lots: Needs, late: Flags) -> Ints:
    """A reserve in whole units that comes with the first lot of an item."""
    reserve = (lots.quantity // 4000 + 1) * 1000
    return np.where(np.isin(begin, first) & ~late, reserve, 0)


def taken_over(lots: Needs) -> Flags:
    """Which lots were in stock when the books began."""
    return np.less(lots.moment, GO_LIVE)
