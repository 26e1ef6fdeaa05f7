"""Second and third places of a run (F61), which share no building, flood zone or power with the first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.cores.shelter_matching.board import board
from bcp_kit.cores.shelter_matching.check import Places
from bcp_kit.cores.shelter_matching.dispersed import POWER_TIE, alternatives
from bcp_kit.cores.shelter_matching.instance import Instance
from bcp_kit.cores.shelter_matching.stress import Runner, one_by_one
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import FLOODS
from bcp_kit.domain.placements import Alternative, MatchingRun
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.second_places import apart_words
from bcp_kit.services.base import Context
from bcp_kit.services.matching_people import Unit
from bcp_kit.services.matching_read import Line, RunView
from bcp_kit.services.matching_rebuild import rebuilt
from bcp_kit.services.worker_pool import PoolRunner

QUICK_PAIRS = 1_000  # households x destinations up to which further places come with the run
MOST = 2  # further places
KM = 1000


def ties_of(shelter: Shelter) -> frozenset[str]:
    """Return what a place falls with: its building, flood zones, and the public power if it has none."""
    wet = (e for hazard in FLOODS if (e := shelter.exposure_to(hazard)) is not None)
    zones = {f"zone:{e.hazard.value}" for e in wet if e.in_zone is Known.YES}
    power = set() if shelter.feature("backup_power") is Known.YES else {POWER_TIE}
    return frozenset({f"site:{shelter.building}", *zones, *power})


def store_alternatives(ctx: Context, run_id: str = "", runner: Runner | None = None) -> MatchingRun:
    """Find second and third places for everybody placed by a run, keep them with it, and return the run.

    Raises: BcpKitError U-002 without a run, M-011 for a trial, D-001 when the run was changed meanwhile,
    U-003 when stopped.
    """
    ctx.demand(Action.RUN_MATCHING)
    seen = rebuilt(ctx, run_id)
    if seen.run.is_trial:
        raise BcpKitError(ErrorCode.TRIAL_NOT_KEPT)
    do = runner or PoolRunner(0, ctx.progress, "second.progress")
    run = with_alternatives(
        seen.run, seen.first.units, (seen.instance, seen.standing), seen.asked.shelters, do
    )
    with ctx.open_store() as uow:
        kept = uow.matching_runs.save(run)
        uow.commit()
    return kept


def with_alternatives(
    run: MatchingRun,
    units: Sequence[Unit],
    answer: tuple[Instance, Places],
    shelters: Iterable[Shelter],
    runner: Runner = one_by_one,
) -> MatchingRun:
    """Return the run with further places in the first-stage lines of the people of `units`.

    `answer` is the first stage with its places by household id.
    """
    instance, places = answer
    found = alternatives(board(instance, places), {s.id: ties_of(s) for s in shelters}, MOST, runner)
    row = {unit.household.id: h for h, unit in enumerate(units)}
    column = {d.id: j for j, d in enumerate(instance.destinations)}
    home = {p.id: u.household.id for u in units for p in u.people}

    def told(person_id: str) -> tuple[Alternative, ...]:
        unit = home.get(person_id, "")
        return tuple(
            Alternative(
                shelter_id=c.destination_id,
                distance_m=_metres(instance, row[unit], column[c.destination_id]),
                shares=c.shares,
            )
            for c in found.get(unit, ())
        )

    lines = (
        line.model_copy(update={"alternatives": told(line.person_id)}) if line.stage == 1 else line
        for line in run.placements
    )
    return run.model_copy(update={"placements": tuple(lines), "second_places": True})


def _metres(instance: Instance, household: int, destination: int) -> float | None:
    metres = float(instance.distance_m[household, destination])
    return None if metres != metres else round(metres, 1)  # noqa: PLR0124 - NaN is not itself


@dataclass(frozen=True)
class SecondCounts:
    """How many listed people placed in the first stage have a second and a third place, and whole apart.

    `apart` counts those whose second place shares nothing with the first.
    """

    placed: int
    second: int
    third: int
    apart: int


def second_counts(view: RunView) -> SecondCounts:
    """Return the counts of a run's further places."""
    placed = [x.placement for x in view.lines if x.placement.stage == 1 and x.placement.shelter_id]
    having = Counter(min(len(p.alternatives), MOST) for p in placed)
    return SecondCounts(
        placed=len(placed),
        second=len(placed) - having[0],
        third=having[MOST],
        apart=sum(bool(p.alternatives) and not p.alternatives[0].shares for p in placed),
    )


def second_lines(view: RunView) -> tuple[Line, ...]:
    """Return the first-stage lines of everybody who has a place: those with no second place come first."""
    placed = [x for x in view.lines if x.placement.stage == 1 and x.placement.shelter_id]
    return tuple(sorted(placed, key=lambda x: (len(x.placement.alternatives), x.placement.tier, x.person.id)))


def place_of_alternative(view: RunView, alternative: Alternative, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the name of a further place; a place that left the list since is said to be gone."""
    shelter = view.shelters.get(alternative.shelter_id)
    return shelter.name if shelter else text("second.gone", language)


def why_apart(view: RunView, alternative: Alternative, language: str = DEFAULT_LANGUAGE) -> str:
    """Return why a further place stands apart from those before, in words; "" where the place is gone."""
    shelter = view.shelters.get(alternative.shelter_id)
    if shelter is None:
        return ""
    return text("matching.list_mark", language).join(apart_words(shelter, alternative.shares, language))


def alternative_words(
    view: RunView, alternative: Alternative, *, hides_way: bool = False, language: str = DEFAULT_LANGUAGE
) -> str:
    """Return a further place as one line: name, length of the way (not for a protected home), why apart."""
    way = alternative.distance_m
    far = "" if way is None or hides_way else text("second.far", language, km=f"{way / KM:.1f}")
    return text(
        "second.line",
        language,
        place=place_of_alternative(view, alternative, language) + far,
        why=why_apart(view, alternative, language),
    )
