"""Small invented roster instances, and all rosters of one person by trying every one."""

from collections.abc import Iterator
from itertools import product
from random import Random

from bcp_kit.cores.rostering import check
from bcp_kit.cores.rostering.instance import Cover, Person, Request, Roster, RosterInstance, ShiftType

EARLY = ShiftType(key="E", minutes=480)
LATE = ShiftType(key="L", minutes=480, not_before=frozenset({"E"}))
NIGHT = ShiftType(key="N", minutes=600, not_before=frozenset({"E", "L"}))


def person(name: str = "A", **rules: object) -> Person:
    """Return somebody with wide rules, but for those given."""
    wide = {"id": name, "max_minutes": 99_999, "max_consecutive": 99, "max_weekends": 99}
    return Person.model_validate(wide | rules)


def instance(*people: Person, days: int = 7, **more: object) -> RosterInstance:
    """Return an instance of early, late and night shifts for the people."""
    fields = {"days": days, "shifts": (EARLY, LATE, NIGHT), "people": people}
    return RosterInstance.model_validate(fields | more)


def every_roster(asked: RosterInstance, who: Person) -> Iterator[Roster]:
    """Yield each roster that keeps all rules of one person."""
    keys = ["", *(s.key for s in asked.shifts)]
    for roster in product(keys, repeat=asked.days):
        if not any(check.broken(asked, who, roster)):
            yield roster


def random_instance(seed: int, days: int = 6) -> RosterInstance:
    """Return two invented people with rules of all sorts, wishes and wanted heads."""
    dice = Random(seed)  # noqa: S311 - nothing is secret here
    second = LATE if dice.random() < 0.6 else ShiftType(key="N", minutes=600, not_before=frozenset("E"))
    shifts = (EARLY, second)
    keys = [s.key for s in shifts]
    people = tuple(_random_person(dice, name, keys, days) for name in "AB")
    requests = [
        Request(
            person=dice.choice("AB"),
            day=dice.randrange(days),
            shift=dice.choice(keys),
            weight=dice.randint(1, 9),
            wanted=dice.random() < 0.6,
        )
        for _ in range(6)
    ]
    covers = [
        Cover(
            day=day,
            shift=key,
            heads=dice.randint(0, 2),
            under=dice.choice([3, 20]),
            over=dice.choice([1, 6]),
            people=frozenset("A") if dice.random() < 0.15 else frozenset(),
        )
        for day in range(days)
        for key in keys
    ]
    return RosterInstance(
        days=days,
        shifts=shifts,
        people=people,
        requests=tuple(requests),
        covers=tuple(covers),
        first_weekday=dice.randrange(7),
    )


def _random_person(dice: Random, name: str, keys: list[str], days: int) -> Person:
    before = tuple(dice.choice(["", *keys]) for _ in range(dice.choice([0, 0, 1, 3])))
    least = dice.choice([0, 960])
    return Person(
        id=name,
        min_minutes=least,
        max_minutes=least + dice.choice([480, 1080, 1500]),
        max_consecutive=dice.randint(2, 3),
        min_consecutive=dice.randint(1, 2),
        min_days_off=dice.randint(1, 3),
        max_weekends=dice.randint(0, 2),
        most_shifts={key: dice.randint(0, 2) for key in keys if dice.random() < 0.3},
        days_off=frozenset({dice.randrange(days)} if dice.random() < 0.3 else ()),
        fixed={dice.randrange(days): dice.choice(["", keys[0]])} if dice.random() < 0.2 else {},
        before=before,
    )
