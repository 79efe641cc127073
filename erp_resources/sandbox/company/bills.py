"""Bills of material of four levels, and what making something uses up."""

from dataclasses import dataclass, replace

import numpy as np

from erp_resources.sandbox.company.arrays import Flags, Ints
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.exact import divide, joint, ordinals
from erp_resources.sandbox.company.masters import Items, Kind
from erp_resources.sandbox.company.periods import DAYS, FIRST_DAYS
from erp_resources.sandbox.company.records import stack, take

CREATED = -300
"""The day on which the first bills were made: before the books begin."""
FOREVER = 1 << 20
"""A last day that never comes."""
_CHANGE_DAYS = np.array([-120, *FIRST_DAYS[2:23], DAYS + 45])
_USABLE = np.array([100, 98, 95])  # percent


@dataclass(frozen=True)
class Bills:
    """The components of all bills, one per position, in order of their assembly.

    ``assembly`` and ``item`` are positions of items, ``number`` the place on the bill, ``quantity``
    thousandths per assembly, ``usable`` percent; in use from the day ``since`` to before ``until``.
    """

    assembly: Ints
    item: Ints
    number: Ints
    quantity: Ints
    usable: Ints
    since: Ints
    until: Ints

    def used_by(self, assemblies: Ints, days: Ints) -> tuple[Ints, Ints]:
        """What goes into each assembly on its day: the position of each, pair by pair."""
        first = np.searchsorted(self.assembly, assemblies, side="left")
        count = np.searchsorted(self.assembly, assemblies, side="right") - first
        made = np.repeat(np.arange(len(assemblies)), count)
        begins = np.cumsum(count) - count
        component = first[made] + np.arange(len(made)) - begins[made]
        used = (self.since[component] <= days[made]) & (days[made] < self.until[component])
        return made[used], component[used]

    def needed(self, quantities: Ints, components: Ints, in_pieces: Flags) -> Ints:
        """Thousandths of each component for so many thousandths of its assembly, scrap included."""
        usable = 1000 * self.usable[components]
        need = divide(quantities * self.quantity[components] * 100, usable)
        return np.where(in_pieces, -(-need // 1000) * 1000, need)


def design(items: Items, draws: Draws) -> Bills:
    """Bills for all made items: modules into finished goods, groups into modules, and so on."""
    parts = [_bills(level, items, draws) for level in Kind if level < Kind.RAW]
    assembly, item, number, last = (joint(part) for part in zip(*parts, strict=True))
    count = len(item)
    pieces = np.where(items.kind[item] == Kind.RAW, 8, 3)
    amount = 1000 + draws.skewed(8, count) % pieces * 1000
    weighed = draws.integers(50, 4000, count)
    amount = np.where(items.unit[item] > 0, weighed, amount)
    usable = _USABLE[draws.weighted([80, 10, 10], count)]
    changes = (last == 1) & draws.chance(300, count)
    until = np.where(changes, _CHANGE_DAYS[draws.integers(0, len(_CHANGE_DAYS), count)], FOREVER)
    since = np.full(count, CREATED)
    return _with_successors(Bills(assembly, item, number, amount, usable, since, until), items)


def _bills(level: int, items: Items, draws: Draws) -> tuple[Ints, Ints, Ints, Ints]:
    """Assembly, component, position on the bill, and whether it is the bill's last, raw one."""
    parents = np.flatnonzero(items.kind == level)
    raw = np.flatnonzero(items.kind == Kind.RAW)
    lower = np.flatnonzero(items.kind == level + 1)
    uses_raw = draws.integers(2, 5, len(parents))
    uses_lower = draws.integers(1, 4, len(parents)) if level < Kind.PART else 0 * uses_raw
    total = uses_lower + uses_raw
    assembly = np.repeat(parents, total)
    place = ordinals(np.cumsum(total) - total, len(assembly))
    is_lower = place < np.repeat(uses_lower, total)
    # Neighbours in a pool, so that no component comes twice on a bill.
    begin = np.repeat(draws.integers(0, 1 << 30, len(parents)), total) + place
    item = np.where(is_lower, lower[begin % len(lower)], raw[begin % len(raw)])
    last = place == np.repeat(total, total) - 1
    return assembly, item, 10 * (place + 1), last.astype(np.int64)


def _with_successors(old: Bills, items: Items) -> Bills:
    """Adds what comes after components that are replaced, in order of assembly."""
    replaced = take(old, old.until < FOREVER)
    raw = np.flatnonzero(items.kind == Kind.RAW)
    item = raw[(np.searchsorted(raw, replaced.item) + 1) % len(raw)]
    amount = np.where(items.unit[item] > 0, replaced.quantity // 2 + 1, 2000)
    until = np.full(len(item), FOREVER)
    new = replace(replaced, item=item, quantity=amount, since=replaced.until, until=until)
    bills = stack(old, new)
    return take(bills, np.lexsort((bills.since, bills.number, bills.assembly)))
