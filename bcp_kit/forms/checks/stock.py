"""Checks of stock, dates of expiry, generator and fuel against the people there and the days to last."""

from collections.abc import Iterator
from datetime import timedelta

from bcp_kit.catalogues.load import number
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.forms.checks.case import Case, Hit, label_of
from bcp_kit.forms.checks.data import lists
from bcp_kit.forms.checks.reading import first_number, kilowatts, last_day, litres, meals, people
from bcp_kit.forms.power import start_load
from bcp_kit.forms.supply_lines import appliance_of

ND, IF = PlanKind.NATURAL_DISASTER, PlanKind.INFECTION
WATER, FOOD = "nd_drinking_water", "nd_stock_food"
SHELTER, TAKES_IN = "nd_shelter_prep", ("designated", "agreement_only")
DAYS = tuple(f"day_{day}" for day in range(1, 10))


def own_people(case: Case) -> int:
    """Return residents and staff."""
    return case.residents + case.staff_number


def days_min() -> float:
    """Return the least number of days that stock must last."""
    return number("stockpile", "days_min")


def water_stock(case: Case) -> float | None:
    """Return the litres of drinking water that the plan counts: its own field, else the stock list."""
    given = case.answer(ND, WATER)
    if given is not None and given.number is not None:
        return given.number
    listed = [litres(r.get("quantity", "")) for r in case.rows(FOOD) if "飲料水" in r.get("article", "")]
    return listed[0] if listed else None


def water_short(case: Case) -> Iterator[Hit]:
    """Drinking water lasts the least number of days for one's own people; guests are not counted here."""
    stock, daily = (
        water_stock(case),
        number("stockpile", "drinking_water_l_per_person_day") * own_people(case),
    )
    if stock is not None and stock < daily * days_min():
        shown = {
            "stock": f"{stock:g}", "needed": f"{daily * days_min():g}", "days": f"{stock / daily:.1f}",
            "people": own_people(case),
        }  # fmt: skip
        yield Hit(kind=ND, item_id=WATER, values=shown)


def meals_short(case: Case) -> Iterator[Hit]:
    """Meals in stock last the least number of days for one's own people."""
    counted = sum(meals(row.get("quantity", "")) for row in case.rows(FOOD))
    needed = number("stockpile", "meals_per_person_day") * own_people(case) * days_min()
    if 0 < counted < needed:
        shown = {"stock": f"{counted:g}", "needed": f"{needed:g}", "people": own_people(case)}
        yield Hit(kind=ND, item_id=FOOD, column="quantity", values=shown)


def toilets_short(case: Case) -> Iterator[Hit]:
    """Portable toilets last the least number of days, counted apart for residents and for staff."""
    per_day = number("stockpile", "toilet_uses_per_person_day")
    groups = {"利用者": case.residents, "職員": case.staff_number}
    for place, row in enumerate(case.rows("nd_toilet")):
        count = groups.get(row.get("subject", ""), 0)
        stock = first_number(row.get("stock_quantity", "").split("で")[-1])
        needed = count * per_day * days_min()
        if count and stock is not None and stock < needed:
            shown = {"name": row["subject"], "stock": f"{stock:g}", "needed": f"{needed:g}", "people": count}
            yield Hit(kind=ND, item_id="nd_toilet", row=place, column="stock_quantity", values=shown)


def guests(case: Case) -> int:
    """Return how many people the plan takes in, 0 when it takes in nobody."""
    given = case.answer(ND, "nd_shelter_designation")
    if given is None or not set(given.choices) & set(TAKES_IN):
        return 0
    said = [
        people(row.get("preparation", ""))
        for row in case.rows(SHELTER)
        if "人数" in row.get("item", "") and people(row.get("preparation", ""))
    ]
    return int(said[0] or 0) if said else 0


def guest_water_short(case: Case) -> Iterator[Hit]:
    """Water for the people taken in is kept apart and lasts the least number of days."""
    count = guests(case)
    needed = count * number("stockpile", "drinking_water_l_per_person_day") * days_min()
    for place, row in enumerate(case.rows(SHELTER)):
        if not count or "水" not in row.get("item", ""):
            continue
        stock = litres(row.get("preparation", "")) or 0.0
        if stock < needed:
            shown = {"stock": f"{stock:g}", "needed": f"{needed:g}", "people": count}
            yield Hit(kind=ND, item_id=SHELTER, row=place, column="preparation", values=shown)


def _dated(case: Case) -> Iterator[tuple[Hit, str]]:
    for item_id in (FOOD, "nd_stock_medical"):
        for place, row in enumerate(case.rows(item_id)):
            yield Hit(kind=ND, item_id=item_id, row=place, column="use_by"), label_of(row)


def stock_expired(case: Case) -> Iterator[Hit]:
    """Nothing in stock is past its date."""
    for hit, name in _dated(case):
        until = last_day(case.rows(hit.item_id)[hit.row or 0].get("use_by", ""))
        if until and until < case.today:
            yield hit.model_copy(update={"values": {"name": name, "on": until.isoformat()}})


def stock_expiring(case: Case) -> Iterator[Hit]:
    """What passes its date soon is on order."""
    soon = case.today + timedelta(days=number("check_rules", "expiry_soon_days"))
    for hit, name in _dated(case):
        until = last_day(case.rows(hit.item_id)[hit.row or 0].get("use_by", ""))
        if until and case.today <= until <= soon:
            yield hit.model_copy(update={"values": {"name": name, "on": until.isoformat()}})


def ppe_days(case: Case) -> Iterator[Hit]:
    """The days that protective goods last are stock divided by daily use, and enough to be supplied again."""
    for place, row in enumerate(case.rows("if_ppe_supply", IF)):
        stock, used = first_number(row.get("quantity", "")), first_number(row.get("daily_use", ""))
        told = first_number(row.get("days_left", ""))
        if not stock or not used:
            continue
        real = stock / used
        if (told is not None and abs(told - real) >= 1) or real < days_min():
            shown = {"name": label_of(row), "told": row.get("days_left", ""), "real": f"{real:.1f}"}
            yield Hit(kind=IF, item_id="if_ppe_supply", row=place, column="days_left", values=shown)


def generator_hours(case: Case) -> Iterator[Hit]:
    """The running time of the generator is its fuel divided by what it burns."""
    tolerance = number("check_rules", "generator_tolerance")
    for place, row in enumerate(case.rows("nd_generator")):
        burns, fuel = first_number(row.get("fuel_l_per_h", "")), first_number(row.get("fuel_stock_l", ""))
        told = first_number(row.get("runtime_h", ""))
        if burns and fuel and told and abs(told - fuel / burns) > tolerance * fuel / burns:
            shown = {"told": f"{told:g}", "real": f"{fuel / burns:.0f}"}
            yield Hit(kind=ND, item_id="nd_generator", row=place, column="runtime_h", values=shown)


def generator_overloaded(case: Case) -> Iterator[Hit]:
    """What the power table runs at once, the largest motor starting, stays below the generator's output."""
    given = [kilowatts(row.get("rated_output", "")) for row in case.rows("nd_generator")]
    rated_w = 1000 * sum(power for power in given if power)
    connected = tuple(
        appliance_of(row)
        for row in case.rows("nd_power_equipment")
        if any(word in row.get("generator_or_alternative", "") for word in lists().generator_words)
    )
    load_w = start_load(connected, sum(one.power_w for one in connected))
    if rated_w and load_w > rated_w:
        shown = {"load": f"{load_w:g}", "rated": f"{rated_w:g}"}
        yield Hit(kind=ND, item_id="nd_power_equipment", column="power_w", values=shown)


def _days_saying(case: Case, item: str, marks: tuple[str, ...]) -> tuple[int, int | None]:
    for place, row in enumerate(case.rows("nd_own_impact_timeline")):
        if row.get("item") == item:
            return sum(any(mark in row.get(day, "") for mark in marks) for day in DAYS), place
    return 0, None


def timeline_beyond_generator(case: Case) -> Iterator[Hit]:
    """The days that the timeline bridges with the generator are days for which there is fuel."""
    days, place = _days_saying(case, "電力", lists().generator_words)
    told = [first_number(row.get("runtime_h", "")) for row in case.rows("nd_generator")]
    hours = max((hours for hours in told if hours), default=None)
    if hours is not None and days and (days - 1) * 24 >= hours:
        shown = {"days": days, "hours": f"{hours:g}"}
        yield Hit(kind=ND, item_id="nd_own_impact_timeline", row=place, values=shown)


def timeline_beyond_water(case: Case) -> Iterator[Hit]:
    """The days that the timeline bridges with stored water are days for which there is water."""
    days, place = _days_saying(case, "飲料水", lists().stock_words)
    stock = water_stock(case)
    daily = number("stockpile", "drinking_water_l_per_person_day") * own_people(case)
    if stock is not None and daily and days > stock / daily:
        shown = {"days": days, "lasts": f"{stock / daily:.1f}"}
        yield Hit(kind=ND, item_id="nd_own_impact_timeline", row=place, values=shown)


def fuel_over_limit(case: Case) -> Iterator[Hit]:
    """Fuel from a fifth of the designated amount on must be notified to the fire service."""
    limits = {"ガソリン": "gasoline_limit_designated_l", "軽油": "diesel_limit_designated_l"}
    for place, row in enumerate(case.rows("nd_generator")):
        key = next((key for word, key in limits.items() if word in row.get("fuel_kind", "")), "")
        stock = first_number(row.get("fuel_stock_l", ""))
        if key and stock and stock >= number("fuel", key) * number("check_rules", "fuel_notice_share"):
            shown = {"stock": f"{stock:g}", "limit": f"{number('fuel', key) / 5:g}"}
            yield Hit(kind=ND, item_id="nd_generator", row=place, column="fuel_stock_l", values=shown)
