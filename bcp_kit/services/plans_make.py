"""From register and matching to the content of a plan: stages by hazard, what the law asks and is absent."""

import calendar
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bcp_kit.catalogues import load
from bcp_kit.catalogues.vocabulary import needs
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import Person, Supporter
from bcp_kit.domain.placements import Placement
from bcp_kit.domain.plans import EvacuationPlan, PlannedStage
from bcp_kit.domain.shelters import Shelter
from bcp_kit.services.plan_touched import basis_of
from bcp_kit.storage.json_items import fields_before, items_of
from bcp_kit.storage.unit_of_work import UnitOfWork

DEFAULTS = "plans_defaults"
_PLACEMENTS = "placements"
_TAKEN = (  # of a placement; why and what else could be done stays with the run
    "person_id",
    "stage",
    "shelter_id",
    "distance_m",
    "travel_min",
    "distance_is_straight",
    "hospital",
    "stays_home",
    "vehicle_kind",
    "waived",
    "guesses",
    "alternatives",
)


@dataclass(frozen=True)
class Runs:
    """Matching runs by hazard (their ids), with what a plan takes from their placements by person.

    A placement waits as JSON text until its person's turn: as records those of a large town fill a gigabyte.
    """

    by_hazard: Mapping[HazardKind, str]
    packed: Mapping[str, tuple[tuple[HazardKind, str], ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, uow: UnitOfWork, run_ids: Iterable[str]) -> "Runs":
        """Return the runs with an index; of two runs for a hazard the later one counts.

        Raises: BcpKitError U-002 (no such run).
        """
        made: dict[HazardKind, tuple[datetime, str]] = {}
        for run_id in run_ids:
            head = fields_before(uow.matching_runs.text(run_id), _PLACEMENTS)
            hazard, made_at = HazardKind(head["hazard"]), datetime.fromisoformat(head["made_at"])
            if hazard not in made or made_at >= made[hazard][0]:
                made[hazard] = (made_at, run_id)
        by_hazard = {hazard: made[hazard][1] for hazard in HazardKind if hazard in made}
        packed: dict[str, tuple[tuple[HazardKind, str], ...]] = {}
        for hazard, run_id in by_hazard.items():
            for item in items_of(uow.matching_runs.text(run_id), _PLACEMENTS):
                own = {name: item[name] for name in _TAKEN if name in item}
                words = Placement.model_validate(own).model_dump_json(exclude_defaults=True)
                packed[own["person_id"]] = (*packed.get(own["person_id"], ()), (hazard, words))
        return cls(by_hazard, packed)

    def of_person(self, person_id: str) -> list[tuple[HazardKind, Placement]]:
        """Return the person's placements in the order of hazards and stages."""
        found = [
            (hazard, Placement.model_validate_json(words)) for hazard, words in self.packed.get(person_id, ())
        ]
        order = list(self.by_hazard)
        return sorted(found, key=lambda each: (order.index(each[0]), each[1].stage))

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the runs in the order of hazards."""
        return tuple(self.by_hazard.values())


def usual_transport(person: Person) -> str:
    """Return how the person is moved by the most demanding of the needs, "" where none says so."""
    known = needs()
    found = [known[key] for key in person.needs if key in known and known[key].transport]
    return max(found, key=lambda need: need.helpers).transport[0] if found else ""


def stage_of(
    hazard: HazardKind, placement: Placement, shelters: Mapping[str, Shelter], transport: str
) -> PlannedStage | None:
    """Return one stage of the way, or None where no place was found."""
    nowhere = placement.shelter_id is None
    if nowhere and not placement.stays_home and not placement.hospital:
        return None
    shelter = shelters.get(placement.shelter_id or "")
    return PlannedStage(
        hazard=hazard,
        stage=placement.stage,
        shelter_id=placement.shelter_id or "",
        distance_m=placement.distance_m,
        travel_min=placement.travel_min,
        distance_is_straight=placement.distance_is_straight,
        opens_after_h=shelter.opens_after_h if shelter else None,
        transport="" if placement.stays_home else placement.vehicle_kind or transport,
        rests_on_guess=bool(placement.guesses),
        stays_home=placement.stays_home,
        hospital=placement.hospital and nowhere,
        waived=placement.waived,
        alternatives=placement.alternatives,
    )


def ways(
    person: Person, runs: Runs, shelters: Mapping[str, Shelter]
) -> tuple[tuple[PlannedStage, ...], tuple[HazardKind, ...]]:
    """Return the stages in order of hazard and stage, and the hazards for which no place was found.

    A hazard counts as unplaced when its first stage leads nowhere.
    """
    stages: list[PlannedStage] = []
    unplaced: list[HazardKind] = []
    transport = usual_transport(person)
    for hazard, placement in runs.of_person(person.id):
        stage = stage_of(hazard, placement, shelters, transport)
        if stage is not None:
            stages.append(stage)
        elif placement.stage == 1:
            unplaced.append(hazard)
    return tuple(stages), tuple(unplaced)


def missing_contents(
    person: Person, plan: EvacuationPlan, supporters: Sequence[Supporter]
) -> tuple[str, ...]:
    """Return the keys of lawful contents that the plan lacks (catalogue `law_minimum`).

    Fields joined by | are served by any of them, fields joined by + need all. Law: Art. 49-14(3).
    """
    present = _present(person, plan, supporters)

    def holds(spec: str) -> bool:
        if "|" in spec:
            return any(holds(part) for part in spec.split("|"))
        return all(present[part] for part in spec.split("+"))

    rows = load.catalogue("law_minimum").rows.values()
    return tuple(row.key for row in rows if not holds(str(row.data["field"])))


def _present(person: Person, plan: EvacuationPlan, supporters: Sequence[Supporter]) -> Mapping[str, bool]:
    reason = bool(person.needs or person.reason_text.strip())
    goes_nowhere = all(stage.stays_home for stage in plan.stages)
    routes = plan.answers.get("route_text", "").strip() or any(stage.route_text for stage in plan.stages)
    return {
        "name": bool(person.name.strip()),
        "birth_date": person.birth_date is not None,
        "sex": True,  # 回答しない is an answer too
        "address": bool(person.address.strip()),
        "tel_home": bool(person.phone_home),
        "tel_mobile": bool(person.phone_mobile),
        "fax": bool(person.fax),
        "email": bool(person.email),
        "reason_categories": reason,
        "reason_text": reason,
        "supporters": any(s.name and s.address and s.phone for s in supporters),
        "destinations": bool(plan.stages) and not plan.unplaced,
        "route_text": bool(routes) or (bool(plan.stages) and goes_nowhere),
        "municipality-defined": True,  # each municipality's own list; nothing to check against
    }


def months_later(day: date, months: int) -> date:
    """Return the same day of the month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Drafting:
    """What drafting one plan takes beside the person: runs, places, the day, and where new ids come from."""

    runs: Runs
    shelters: Mapping[str, Shelter]
    today: date
    author: str
    new_id: Callable[[], str]


def draft(
    person: Person,
    supporters: Sequence[Supporter],
    before: EvacuationPlan | None,
    number: str,
    work: Drafting,
) -> EvacuationPlan:
    """Return the person's plan as the runs have it; answers, checks and number of the plan before stay.

    The plan before is returned itself when nothing changed.
    """
    plan = before or EvacuationPlan(
        id=work.new_id(),
        number=number,
        person_id=person.id,
        created_on=work.today,
        updated_on=work.today,
        next_review_on=months_later(work.today, round(load.number(DEFAULTS, "review_after"))),
        author=work.author,
    )
    stages, unplaced = ways(person, work.runs, work.shelters)
    filled = plan.model_copy(
        update={
            "matching_run_ids": work.runs.ids,
            "stages": stages,
            "unplaced": unplaced,
            "stays_home": bool(stages) and all(stage.stays_home for stage in stages),
            "hospital": any(stage.hospital for stage in stages),
        }
    )
    basis = plan.basis
    if plan.verified_on is None:  # nobody has looked yet: what it rests on is what stands now
        basis = basis_of(person, supporters, filled, work.shelters)
    missing = missing_contents(person, filled, supporters)
    filled = filled.model_copy(update={"missing": missing, "basis": basis})
    same = {"matching_run_ids": plan.matching_run_ids, "updated_on": plan.updated_on}
    if before is not None and filled.model_copy(update=same) == plan:
        return plan
    return filled.model_copy(update={"updated_on": work.today})
