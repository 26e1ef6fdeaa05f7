"""From the words of a plan to lines of stock, appliances and the generator. Pure functions over answers."""

from collections.abc import Iterator, Mapping
from datetime import date

from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.forms.checks.reading import first_number, kilowatts, last_day, litres, meals, people
from bcp_kit.forms.power import Appliance, Generator
from bcp_kit.forms.supplies import StockLine

Answers = Mapping[str, Answer]
Cells = Mapping[str, str]
FOOD, MEDICAL, TOILET, SHELTER = "nd_stock_food", "nd_stock_medical", "nd_toilet", "nd_shelter_prep"
COUNTED = {"おむつ": "diapers", "マスク": "masks"}
GUEST_ROW = "避難者"


def rows_of(answers: Answers, item_id: str) -> tuple[Cells, ...]:
    """Return the rows of a table, none when it is closed or not written."""
    given = answers.get(item_id)
    return given.rows if given and given.state is not AnswerState.NOT_APPLICABLE else ()


def stock_lines(answers: Answers) -> tuple[StockLine, ...]:
    """Return all stock that the natural-disaster plan names, with its dates; guests' stock apart."""
    return (*_food(answers), *_counted(answers), *_toilets(answers), *_for_guests(answers))


def _food(answers: Answers) -> Iterator[StockLine]:
    given = answers.get("nd_drinking_water")
    counted = given.number if given is not None else None  # the plan's own figure goes before the list
    water_listed = False
    for row in rows_of(answers, FOOD):
        name, said, until = row.get("article", ""), row.get("quantity", ""), last_day(row.get("use_by", ""))
        if "飲料水" in name:
            amount = counted if counted is not None else litres(said)
            if amount is not None and not water_listed:
                water_listed = True
                yield StockLine(item="water", name=name, amount=amount, use_by=until)
        elif meals(said):
            yield StockLine(item="meals", name=name, amount=meals(said), use_by=until)
    if not water_listed and counted is not None:
        yield StockLine(item="water", name="", amount=counted)


def _counted(answers: Answers) -> Iterator[StockLine]:
    for row in rows_of(answers, MEDICAL):
        name = row.get("article", "")
        item = next((item for word, item in COUNTED.items() if word in name), "")
        amount = first_number(row.get("quantity", "")) if item else None
        if amount is not None:
            yield StockLine(item=item, name=name, amount=amount, use_by=last_day(row.get("use_by", "")))


def _toilets(answers: Answers) -> Iterator[StockLine]:
    for row in rows_of(answers, TOILET):
        amount, name = first_number(row.get("stock_quantity", "")), row.get("subject", "")
        if amount is not None:
            yield StockLine(item="toilets", name=name, amount=amount, guests=GUEST_ROW in name)


def _for_guests(answers: Answers) -> Iterator[StockLine]:
    for row in rows_of(answers, SHELTER):
        name, said = row.get("item", ""), row.get("preparation", "")
        if "水" in name and (amount := litres(said)):
            yield StockLine(item="water", name=name, amount=amount, guests=True)
        if "食事" in name and meals(said):
            yield StockLine(item="meals", name=name, amount=meals(said), guests=True)


def guests_planned(answers: Answers) -> int:
    """Return how many people the plan takes in, 0 when it says none."""
    said = [
        people(row.get("preparation", ""))
        for row in rows_of(answers, SHELTER)
        if "人数" in row.get("item", "")
    ]
    return int(next((count for count in said if count), 0))


def appliances(answers: Answers) -> tuple[Appliance, ...]:
    """Return what must run, from the power table."""
    return tuple(appliance_of(row) for row in rows_of(answers, "nd_power_equipment"))


def appliance_of(row: Mapping[str, str]) -> Appliance:
    """Return one row of the power table as what must run."""
    return Appliance(
        name=row.get("equipment", ""),
        power_w=first_number(row.get("power_w", "")) or 0.0,
        hours_per_day=first_number(row.get("hours_per_day", "")) or 0.0,
    )


def generator_of(answers: Answers) -> Generator | None:
    """Return the generators of the plan as one; None where there are none, or not enough is said."""
    rated = fuel = burns = 0.0
    for row in rows_of(answers, "nd_generator"):
        rated += 1000 * (kilowatts(row.get("rated_output", "")) or 0.0)
        fuel += first_number(row.get("fuel_stock_l", "")) or 0.0
        burns += first_number(row.get("fuel_l_per_h", "")) or 0.0
    return Generator(rated_w=rated, fuel_l_per_h=burns, fuel_l=fuel) if rated and burns else None


def dates_of(lines: tuple[StockLine, ...]) -> tuple[tuple[date, str], ...]:
    """Return the dates of expiry, nearest first, with what they are of."""
    return tuple(sorted((line.use_by, line.name) for line in lines if line.use_by))
