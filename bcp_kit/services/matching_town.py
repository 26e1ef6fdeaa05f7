"""What the town should do first, and everybody's smallest changes, kept with a run (N3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from bcp_kit.access.policy import Action
from bcp_kit.cores.shelter_matching.changes import Change, ChangeKind, SmallestChange, change_of
from bcp_kit.cores.shelter_matching.explain import unsettled
from bcp_kit.cores.shelter_matching.instance import Resource
from bcp_kit.cores.shelter_matching.remedies import smallest_changes
from bcp_kit.cores.shelter_matching.scene import Scene
from bcp_kit.cores.shelter_matching.stress import Runner
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.placements import KeptChange, MatchingRun
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.base import Context
from bcp_kit.services.matching_rebuild import Rebuilt, rebuilt
from bcp_kit.services.matching_remedies import TownAdvice, advise_town
from bcp_kit.services.matching_words import resource_label
from bcp_kit.services.worker_pool import PoolRunner

REMEDY_SECONDS = 300.0  # for the whole town; who was not reached is told, the next run goes on with them
DM2, HOUR_MIN, KM = 100, 60, 1000


@dataclass(frozen=True)
class TownChangeKept:
    """One kept change for the town: whom it brings a place, and how many people a unit of it places."""

    change: Change
    placed: Mapping[int, int]
    suited: Mapping[int, int]
    proven: bool

    @property
    def people(self) -> int:
        """Listed people who gain a place."""
        return sum(self.placed.values())

    @property
    def suited_people(self) -> int:
        """Listed people who gain a place that suits."""
        return sum(self.suited.values())

    @property
    def each(self) -> float:
        """People who gain a place, or else a suited one, for a unit of what is changed."""
        return (self.people or self.suited_people) / _units(self.change)

    def each_words(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return people by unit in words, such as people for each socket."""
        unit = text(f"mending.unit.{self.change.kind.value}", language)
        if self.change.resource is not None:
            unit = text(
                "mending.unit.of_resource", language, what=resource_label(self.change.resource, language)
            )
            if self.change.resource is Resource.AREA:
                unit = text("mending.unit.area", language)
        return text("mending.by_unit", language, people=f"{self.each:.2g}", unit=unit)


def _units(change: Change) -> float:
    """Return how much is changed in the unit that people count in: m², hours, km, else pieces."""
    if change.resource is Resource.AREA:
        return change.size / DM2
    by_kind = {ChangeKind.OPEN: HOUR_MIN, ChangeKind.FARTHER: KM}
    return change.size / by_kind.get(change.kind, 1)


def kept_changes(run: MatchingRun) -> tuple[TownChangeKept, ...]:
    """Return the run's changes for the town, most people placed for a change first."""
    return tuple(
        TownChangeKept(change_of(kept.change), kept.placed, kept.suited, kept.proven) for kept in run.advice
    )


def store_advice(ctx: Context, run_id: str = "", most: int = 10) -> MatchingRun:
    """Find what the town should do first, keep it with the run, and return the run.

    Raises: BcpKitError U-002 without a run, M-011 for a trial, D-001 when it changed, U-003 when stopped.
    """
    ctx.demand(Action.RUN_MATCHING)
    seen = _of_kept(ctx, run_id)
    advice: TownAdvice = advise_town(ctx, seen.run.id, most)
    kept = tuple(
        KeptChange(change=c.change.code, placed=c.placed, suited=c.suited, proven=c.proven)
        for c in advice.changes
    )
    return _saved(ctx, seen.run.model_copy(update={"advised": True, "advice": kept}))


@dataclass(frozen=True)
class Mending:
    """A run with the smallest changes found so far. `left` households were not reached."""

    run: MatchingRun
    looked: int
    left: int
    stopped: bool


def store_remedies(
    ctx: Context, run_id: str = "", limit_s: float = REMEDY_SECONDS, runner: Runner | None = None
) -> Mending:
    """Find the smallest changes for everybody left over, the most urgent first, and keep them with the run.

    People without any place come before those whose place does not suit. A stop or the limit (seconds) keeps
    what was found; the next call goes on with the others. People who lack a second-stage place only are not
    looked at. Raises: BcpKitError U-002 without a run, M-011 for a trial, D-001 when it was changed.
    """
    ctx.demand(Action.RUN_MATCHING)
    seen = _of_kept(ctx, run_id)
    scene = seen.scene()
    todo = _not_mended(seen, scene) if scene.width else []
    ends = monotonic() + limit_s

    def until(done: float, stage: str) -> bool:
        return ctx.progress(done, stage) and monotonic() < ends

    found: dict[int, tuple[SmallestChange, ...]] = {}
    do = runner or PoolRunner(0, until, "mending.progress", portion=1)
    stopped = False
    try:
        for household, changes in zip(todo, do(smallest_changes, scene, todo), strict=True):
            found[household] = changes
            if runner is not None and not until(len(found) / len(todo), "mending.progress"):
                stopped = True
                break
    except BcpKitError as error:
        if error.code is not ErrorCode.STOPPED_BY_USER:
            raise
        stopped = True
    run = _saved(ctx, _with_remedies(seen, found)) if found else seen.run
    return Mending(run, len(found), len(todo) - len(found), stopped and len(found) < len(todo))


def _of_kept(ctx: Context, run_id: str) -> Rebuilt:
    seen = rebuilt(ctx, run_id)
    if seen.run.is_trial:
        raise BcpKitError(ErrorCode.TRIAL_NOT_KEPT)
    return seen


def _saved(ctx: Context, run: MatchingRun) -> MatchingRun:
    with ctx.open_store() as uow:
        kept = uow.matching_runs.save(run)
        uow.commit()
    return kept


def _not_mended(seen: Rebuilt, scene: Scene) -> list[int]:
    """Return the households that nobody looked at yet: without a place first, then by tier and id."""
    done = {p.person_id for p in seen.run.placements if p.stage == 1 and (p.mended or p.remedies)}
    homes = scene.instance.households
    todo = [h for h in unsettled(scene) if not done.issuperset(homes[h].member_ids)]
    return sorted(todo, key=lambda h: (bool(scene.chosen[h] >= 0), homes[h].tier, homes[h].id))


def _with_remedies(seen: Rebuilt, found: Mapping[int, tuple[SmallestChange, ...]]) -> MatchingRun:
    """Return the run with the changes in the first-stage lines of their people."""
    told = {
        person.id: tuple(change.reason() for change in changes)
        for household, changes in found.items()
        for person in seen.first.units[household].people
    }
    lines = (
        line.model_copy(update={"remedies": told[line.person_id], "mended": True})
        if line.stage == 1 and line.person_id in told
        else line
        for line in seen.run.placements
    )
    return seen.run.model_copy(update={"placements": tuple(lines)})


def mended_counts(run: MatchingRun) -> tuple[int, int]:
    """Return how many people without a first place were looked at, and how many there are."""
    left = [p for p in run.placements if p.stage == 1 and not (p.shelter_id or p.hospital or p.stays_home)]
    return sum(p.mended or bool(p.remedies) for p in left), len(left)
