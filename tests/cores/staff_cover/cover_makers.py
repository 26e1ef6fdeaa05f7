"""Makers of tiny invented instances for the tests of staff cover."""

from collections.abc import Iterable
from random import Random
from typing import Any

from bcp_kit.cores.staff_cover.instance import (
    Assignment,
    CoverInstance,
    Demand,
    Lock,
    LockKind,
    PostGroup,
    Shift,
    Site,
    Worker,
    WorkLimits,
)
from bcp_kit.domain.staff import HelpRoute, Qualification

CARE, NURSE = Qualification.CARE_WORKER, Qualification.NURSE
DAY_SHIFT = Shift(key="day", start_min=540, end_min=1080, break_min=60)
LATE = Shift(key="late", start_min=780, end_min=1320, break_min=60)
NIGHT = Shift(key="night", start_min=1320, end_min=1860, break_min=60, night=True)
GROUPS = (
    PostGroup(key="nurse", qualified=frozenset({NURSE})),
    PostGroup(key="care", qualified=frozenset({CARE}), stand_ins=frozenset({NURSE})),
)


def worker(name: str, days: int = 3, **changes: Any) -> Worker:
    """A care worker of site A who can come to every shift on every day."""
    shifts = changes.pop("shifts", ("day", "late", "night"))
    fields: dict[str, Any] = {
        "id": name,
        "home": "A",
        "qualifications": frozenset({CARE}),
        "available": dict.fromkeys(range(days), shifts),
    }
    return Worker(**{**fields, **changes})


def helper(name: str, days: int = 3, **changes: Any) -> Worker:
    """A helper of a partner, lodged at site A."""
    return worker(
        name, days, **{"route": HelpRoute.PARTNER, "offer_id": "offer", "needs_lodging": True} | changes
    )


def ask(day: int, shift: str, group: str = "care", site: str = "A", **heads: int) -> Demand:
    """A demand; one life-keeping head when nothing else is said."""
    return Demand(site=site, day=day, shift=shift, group=group, **(heads or {"life": 1}))


def put(name: str, day: int, shift: str, group: str = "care", site: str = "A") -> Assignment:
    """An assignment."""
    return Assignment(worker_id=name, site=site, day=day, shift=shift, group=group)


def instance(workers: Iterable[Worker], demands: Iterable[Demand], **changes: Any) -> CoverInstance:
    """An instance of three days, one site and the shifts and groups above."""
    fields: dict[str, Any] = {
        "days": 3,
        "shifts": (DAY_SHIFT, LATE, NIGHT),
        "groups": GROUPS,
        "sites": (Site(id="A"),),
        "workers": tuple(workers),
        "demands": tuple(demands),
    }
    return CoverInstance(**{**fields, **changes})


def random_tiny(seed: int) -> CoverInstance:
    """A seeded instance of at most 4 workers, 3 days, 2 shifts, 2 groups and now and then 2 sites."""
    dice = Random(seed)  # noqa: S311 - invented data
    days, two_sites = dice.randint(1, 3), dice.random() < 0.3
    sites = (Site(id="A", lodging_places=dice.choice([None, 0, 1])), *((Site(id="B"),) if two_sites else ()))
    shifts = dice.choice([(DAY_SHIFT, NIGHT), (LATE, NIGHT), (DAY_SHIFT, LATE)])
    keys = [s.key for s in shifts]
    workers = [_random_worker(dice, n, days, keys, two_sites) for n in range(dice.randint(1, 4 - two_sites))]
    demands = [
        Demand(
            site=site.id,
            day=day,
            shift=key,
            group=group,
            life=dice.choice([0, 1]),
            standard=dice.choice([0, 0, 1]),
            other=dice.choice([0, 0, 1]),
        )
        for site in sites
        for day in range(days)
        for key in keys
        for group in ("nurse", "care")
        if dice.random() < 0.6
    ]
    limits = WorkLimits(
        rest_min=dice.choice([540, 660]),
        consecutive_days=dice.choice([1, 2, 6]),
        consecutive_nights=dice.choice([1, 2]),
        overtime_week_min=dice.choice([0, 480, 1200]),
        newcomer_pair=dice.random() < 0.7,
    )
    return CoverInstance(
        days=days,
        shifts=shifts,
        groups=GROUPS,
        sites=sites,
        workers=tuple(workers),
        demands=tuple(demands),
        limits=limits,
        travel_from_day=dice.choice([None, 0, 1]),
    )


def random_more(seed: int) -> CoverInstance:
    """As `random_tiny`, with wishes, overtime before, a limit of the month, and locks that may clash."""
    dice, asked = Random(f"more {seed}"), random_tiny(seed)  # noqa: S311 - invented data
    workers = [
        w.model_copy(
            update={
                "overtime_before_min": dice.choice([0, 0, 480]),
                "wishes_off": frozenset(d for d in range(asked.days) if dice.random() < 0.3),
            }
        )
        for w in asked.workers
    ]
    keys = [s.key for s in asked.shifts]
    limits = asked.limits.model_copy(update={"overtime_month_min": dice.choice([None, 480])})
    locks = _random_locks(dice, workers, asked.days, keys) if dice.random() < 0.6 else ()
    return asked.changed(workers=tuple(workers), limits=limits, locks=locks)


def _random_locks(dice: Random, workers: list[Worker], days: int, keys: list[str]) -> tuple[Lock, ...]:
    kinds = [dice.choice([*LockKind, LockKind.WORKS]) for _ in range(dice.randint(1, 3))]
    found = [
        Lock(
            worker_id=dice.choice(workers).id,
            day=dice.randrange(days),
            kind=kind,
            shift="" if kind is LockKind.OFF else dice.choice(keys),
        )
        for kind in kinds
    ]
    return tuple(dict.fromkeys(found))


def _random_worker(dice: Random, number: int, days: int, keys: list[str], two_sites: bool) -> Worker:
    route = dice.choice([None, None, None, HelpRoute.PARTNER, HelpRoute.DWAT])
    return Worker(
        id=f"w{number}",
        home=dice.choice("AB") if two_sites else "A",
        qualifications=frozenset(dice.choice([{CARE}, {CARE}, {NURSE}, {CARE, NURSE}])),
        week_min=dice.choice([480, 960, 2400]),
        night_ok=dice.random() < 0.8,
        newcomer=dice.random() < 0.3 and route is None,
        available={d: tuple(k for k in keys if dice.random() < 0.8) for d in range(days)},
        free_from_min=dice.choice([None, None, 420]),
        days_before=dice.choice([0, 0, 1]),
        nights_before=dice.choice([0, 0, 1]),
        in_force={d: dice.choice(keys) for d in range(days) if dice.random() < 0.5} if route is None else {},
        route=route,
        offer_id="" if route is None else f"offer{number}",
        needs_lodging=route is not None and dice.random() < 0.7,
    )
