"""Stock arithmetic: what people need over days, what is there, how long it lasts, what to buy. Pure.

Residents, staff and people taken in are counted apart throughout: water shared with guests is short for both.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from pydantic import Field

from bcp_kit.catalogues.load import Row, catalogue, number
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.units import Persons

Figures = Mapping[str, float]


class Group(StrEnum):
    """For whom stock is counted."""

    RESIDENTS = "residents"
    STAFF = "staff"
    GUESTS = "guests"


class Headcount(DomainModel):
    """How many people there are of each group."""

    residents: Persons
    staff: Persons
    guests: Persons = 0

    def of(self, group: Group) -> int:
        """Return the number of one group."""
        return int(getattr(self, group.value))


class StockLine(DomainModel):
    """One line of stock as it is written: which item, how much, until when. None: no date."""

    item: str
    name: str
    amount: float = Field(ge=0)
    use_by: date | None = None
    guests: bool = False


class Supply(DomainModel):
    """The count of one item.

    `need` by group and `stock` (usable only) are in `unit`; `days` is the target, `lasts_days` how long one's
    own stock lasts one's own people (None: nobody uses it). `short` is for one's own people, `guest_short`
    for people taken in. `packs` to buy cover both; `cost_yen` is their price. `expired` passed its date.
    """

    item: str
    label_ja: str
    label_en: str
    unit: str
    per_day: Mapping[Group, float]
    need: Mapping[Group, float]
    stock: float
    guest_stock: float
    expired: float
    next_use_by: date | None
    days: float
    lasts_days: float | None
    short: float
    guest_short: float
    packs: int
    pack_unit_ja: str
    cost_yen: float
    row: Row

    @property
    def own_need(self) -> float:
        """What one's own people need."""
        return self.need[Group.RESIDENTS] + self.need[Group.STAFF]


def figure(figures: Figures, name: str, default: float) -> float:
    """Return a facility's own figure, else the default."""
    return figures.get(name, default)


def daily_use(row: Row, people: Headcount, figures: Figures) -> dict[Group, float]:
    """Return what each group uses a day of one item.

    Units: persons in, quantity a day out. Source: catalogue `stockpile` by the item's coefficient, or the
    facility's own figure of the item's name; `<item>_share` is the share of people who use it.
    """
    each = figure(figures, row.key, number("stockpile", row.data["coefficient"]))
    share = figure(figures, f"{row.key}_share", float(row.data["share"]))
    return {group: each * share * people.of(group) * (group in row.data["groups"]) for group in Group}


def usable(lines: Iterable[StockLine], item: str, today: date, *, guests: bool = False) -> float:
    """Return the stock of an item that is not past its date."""
    return sum(
        line.amount
        for line in lines
        if line.item == item and line.guests is guests and (line.use_by is None or line.use_by >= today)
    )


def count_item(
    row: Row, people: Headcount, lines: tuple[StockLine, ...], today: date, figures: Figures
) -> Supply:
    """Return the count of one item. `figures` may hold days, spare, prices and coefficients."""
    days = figure(figures, "days", number("stockpile", "days_min"))
    spare = figure(figures, "spare", 0.0)
    per_day = daily_use(row, people, figures)
    need = {group: amount * days * (1 + spare) for group, amount in per_day.items()}
    own_daily = per_day[Group.RESIDENTS] + per_day[Group.STAFF]
    stock, apart = usable(lines, row.key, today), usable(lines, row.key, today, guests=True)
    short = max(need[Group.RESIDENTS] + need[Group.STAFF] - stock, 0.0)
    guest_short = max(need[Group.GUESTS] - apart, 0.0)
    packs = math.ceil(round((short + guest_short) / float(row.data["pack"]), 6))
    dated = [line.use_by for line in lines if line.item == row.key and line.use_by and line.use_by >= today]
    price = figure(figures, f"{row.key}_yen", row.value or 0.0)
    return Supply(
        item=row.key,
        label_ja=row.label_ja,
        label_en=row.label_en,
        unit=row.unit.split("/")[1],
        per_day=per_day,
        need=need,
        stock=stock,
        guest_stock=apart,
        expired=sum(
            line.amount for line in lines if line.item == row.key and line.use_by and line.use_by < today
        ),
        next_use_by=min(dated, default=None),
        days=days,
        lasts_days=stock / own_daily if own_daily else None,
        short=short,
        guest_short=guest_short,
        packs=packs,
        pack_unit_ja=row.data["pack_unit_ja"],
        cost_yen=packs * float(row.data["pack"]) * price,
        row=row,
    )


def count_supplies(
    people: Headcount, lines: tuple[StockLine, ...], today: date, figures: Figures, *, lived_in: bool
) -> tuple[Supply, ...]:
    """Return the count of every item of the catalogue `supply_items` that this kind of place keeps."""
    rows = catalogue("supply_items").rows.values()
    return tuple(
        count_item(row, people, lines, today, figures)
        for row in rows
        if lived_in or not row.data.get("lived_in", False)
    )


def known_figures() -> tuple[str, ...]:
    """Return the names of figures that a facility may set in place of the catalogue's."""
    items = tuple(catalogue("supply_items").rows)
    own = ("days", "spare", "guests")
    return (*own, *items, *(f"{item}_share" for item in items), *(f"{item}_yen" for item in items))
