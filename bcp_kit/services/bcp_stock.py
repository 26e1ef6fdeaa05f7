"""Stock arithmetic beside the fields of the plan: how much is needed, and how long what is there lasts."""

from dataclasses import dataclass

from bcp_kit.catalogues.load import Row, catalogue, number
from bcp_kit.forms.schema import Item


@dataclass(frozen=True)
class People:
    """Whom the stock is for. Guests (people taken in) are counted apart from one's own."""

    residents: int
    staff: int
    guests: int = 0

    @property
    def total(self) -> int:
        """All together."""
        return self.residents + self.staff + self.guests


@dataclass(frozen=True)
class StockEstimate:
    """What a coefficient of the catalogue makes of a number of people and days.

    `needed` and `in_stock` are in the unit of the coefficient without its "per person and day"; `lasts_days`
    is None when nobody said what is in stock. `coefficient` is the catalogue row, with its source and mark.
    """

    coefficient: Row
    people: People
    days: float
    needed: float
    in_stock: float | None = None
    lasts_days: float | None = None

    @property
    def unit(self) -> str:
        """The unit of the quantities, such as L."""
        return self.coefficient.unit.split("/")[0]


def needed_stock(per_person_day: float, people: int, days: float) -> float:
    """Return the quantity for `people` over `days`.

    Units: quantity per person and day, persons, days in; quantity out. Source: catalogue `stock_formulas`.
    """
    return per_person_day * people * days


def days_of_cover(in_stock: float, per_person_day: float, people: int) -> float | None:
    """Return how many days a stock lasts, or None when nobody uses it.

    Source: catalogue `stock_formulas`, days_of_cover.
    """
    daily = per_person_day * people
    return in_stock / daily if daily > 0 else None


def stock_estimates(item: Item, people: People, in_stock: float | None = None) -> tuple[StockEstimate, ...]:
    """Return the estimate for the least and for the recommended number of days; none for other items.

    Source: catalogue `stockpile` (`days_min`, `days_recommended`, and the item's coefficient).
    """
    coefficient = catalogue("stockpile").rows.get(item.coefficient_ref)
    if coefficient is None or coefficient.value is None:
        return ()
    per_day = coefficient.value
    lasts = None if in_stock is None else days_of_cover(in_stock, per_day, people.total)
    return tuple(
        StockEstimate(coefficient, people, days, needed_stock(per_day, people.total, days), in_stock, lasts)
        for days in (number("stockpile", "days_min"), number("stockpile", "days_recommended"))
    )
