"""An invented town in a plain store: six people, three supporters, two places, two matching runs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import Person, Supporter, SupportLink, SupportRole
from bcp_kit.domain.placements import MatchingRun, Placement, UnknownMode
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.store import StoreSettings, open_store

DAY = date(2026, 10, 1)
PEOPLE = (
    Person(
        id="full",
        register_no="1",
        name="𠮷田 葛子",
        birth_date=date(1941, 5, 3),
        address="見本市﨑町１",
        phone_home="000-1",
        needs=("care_level_3",),
    ),
    Person(id="alone", register_no="2", name="見本 独歩", address="見本市西町２", reason_text="足が弱い"),
    Person(id="no_answer", register_no="3", name="見本 未答", address="見本市西町３"),
    Person(id="refused", register_no="4", name="見本 不同意", address="見本市西町４"),
    Person(id="hidden", register_no="5", name="見本 秘匿", address="秘密の町５", protected_address=True),
    Person(id="nowhere", register_no="6", name="見本 行先", address="見本市東町６"),
)
SUPPORTERS = (
    Supporter(id="near", name="髙橋 一郎", address="見本市﨑町２", phone="090-1"),
    Supporter(id="group", name="見本自主防災会", address="見本市会館", phone="000-2"),
    Supporter(id="silent", name="答えぬ 人", address="見本市会館横", phone="000-3"),
)
LINKS = (
    SupportLink(person_id="full", supporter_id="near", rank=1, roles=(SupportRole.CARRY_OUT,)),
    SupportLink(person_id="full", supporter_id="group", rank=2),
    SupportLink(person_id="alone", supporter_id="silent"),
    SupportLink(person_id="hidden", supporter_id="group"),
)
SHELTERS = (
    Shelter(id="school", name="見本小学校", kind=DestinationKind.GENERAL, address="見本市東町"),
    Shelter(id="home", name="ひだまり苑", kind=DestinationKind.AGREEMENT_WELFARE, opens_after_h=24),
)


def _consents() -> list[Consent]:
    numbers = count(1)

    def answer(
        kind: ConsentKind, giver: str, given: ConsentAnswer = ConsentAnswer.GIVEN, person: str = ""
    ) -> Consent:
        return Consent(
            id=f"c{next(numbers)}", kind=kind, giver_id=giver, person_id=person, answer=given, given_on=DAY
        )

    makes = [answer(ConsentKind.MAKE_PLAN, p) for p in ("full", "alone", "hidden", "nowhere")]
    shares = [answer(ConsentKind.SHARE_PLAN, p) for p in ("full", "alone", "hidden")]
    return [
        *makes,
        answer(ConsentKind.MAKE_PLAN, "refused", ConsentAnswer.REFUSED),
        *shares,
        answer(ConsentKind.BE_NAMED, "near", person="full"),
        answer(ConsentKind.BE_NAMED, "group"),
    ]


def _run(hazard: HazardKind, made_at: datetime, first: str = "school") -> MatchingRun:
    placements = []
    for person in PEOPLE:
        place = None if person.id == "nowhere" else first
        placements.append(Placement(person_id=person.id, stage=1, shelter_id=place, distance_m=800))
        if place:
            placements.append(Placement(person_id=person.id, stage=2, shelter_id="home", guesses=("space",)))
    return MatchingRun(
        id=f"run-{hazard.value}-{first}",
        hazard=hazard,
        mode=UnknownMode.ASSUME,
        made_at=made_at,
        placements=tuple(placements),
    )


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    """Where the town's store lies."""
    return StoreSettings(data_dir=tmp_path / "data", plain=True)


@pytest.fixture
def ctx(settings: StoreSettings, noon: datetime) -> Context:
    """The disaster officer of the town, at noon, with ids that count up."""
    store = open_store(settings, clock=FixedClock(noon))
    numbers = count(1)
    context = Context(
        actor=Actor(name="防災担当", role=Role.DISASTER_OFFICER),
        open_store=store.open,
        clock=FixedClock(noon),
        new_id=lambda: f"id-{next(numbers)}",
    )
    with context.open_store() as uow:
        uow.people.add_many(PEOPLE)
        uow.supporters.add_many(SUPPORTERS)
        uow.links.add_many(LINKS)
        uow.shelters.add_many(SHELTERS)
        uow.consents.add_many(_consents())
        uow.layers.put("town", {"name": "見本市", "ordinance": None})
        uow.matching_runs.add(_run(HazardKind.EARTHQUAKE, noon))
        uow.matching_runs.add(_run(HazardKind.RIVER_FLOOD, noon))
        uow.matching_runs.add(_run(HazardKind.RIVER_FLOOD, noon + timedelta(hours=1), "home"))
        uow.commit()
    return context


@pytest.fixture
def later(ctx: Context, noon: datetime) -> Context:
    """The same officer a day later."""
    return replace(ctx, clock=FixedClock(noon + timedelta(days=1)))


@pytest.fixture
def change_person(ctx: Context) -> Callable[..., None]:
    """A function that changes one person's record."""

    def change(person_id: str, **fields: object) -> None:
        with ctx.open_store() as uow:
            uow.people.save(uow.people.need(person_id).model_copy(update=fields))
            uow.commit()

    return change
