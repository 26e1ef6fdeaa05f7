"""Waves and doubt: the chance that life-keeping work holds by day and shift, and which measure helps most.

Attendance is drawn many times over (cores/staff_cover/draws.py). Each measure meets the same luck, so the
difference between with and without is the measure's alone.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import sqrt
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bcp_kit.access.policy import Action
from bcp_kit.cores.staff_cover import attendance
from bcp_kit.cores.staff_cover.draws import LUCKS, Crew, Luck, Presence, Spread, drawn, heads_by_day
from bcp_kit.cores.staff_cover.waves import holds_by_shift, rosters
from bcp_kit.cores.staff_cover.waves_board import Bools, Rosters
from bcp_kit.cores.staff_cover.waves_bound import Ceilings, ceilings
from bcp_kit.cores.staff_cover.waves_exact import Compared, compared
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.progress import Progress, silent
from bcp_kit.domain.scenario import Scenario
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, facts_of
from bcp_kit.services.cover_inputs import CoverFacts, CoverQuestion, question
from bcp_kit.services.solver_process import run_in_process
from bcp_kit.services.wave_measures import Helped, changed_commuters, measure_rows, with_measure
from bcp_kit.services.wave_places import DayPlaces, places_of

DEFAULT_DRAWS, MOST_DRAWS = 1000, 10_000


@dataclass(frozen=True)
class WavesCommand:
    """Which sites of one operator, in which scenario, how often drawn.

    `measures`: keys of `wave_measures`, None for all of them. `samples`: so many of the draws in which
    something is missing are also given to the full cover model. `places`: places for guests as well.
    `own_process` False draws in this process.
    """

    facility_ids: tuple[str, ...]
    scenario: Scenario
    draws: int = DEFAULT_DRAWS
    seed: int = 0
    measures: tuple[str, ...] | None = None
    samples: int = 0
    places: bool = True
    own_process: bool = True


@dataclass(frozen=True)
class Chance:
    """A share of draws: at least `low` (rosters that keep every rule), at most `high`; `error` of `low`."""

    low: float
    high: float
    error: float


@dataclass(frozen=True)
class ShiftChance:
    """One shift of one day: the chance that its life-keeping posts are filled, heads missing on average.

    `scarce` is the kind of post that is empty most often, "" where none ever is.
    """

    day: int
    shift: str
    chance: Chance
    missing: float
    scarce: str


@dataclass(frozen=True)
class DayChance:
    """One day: the chance that all its shifts hold, and the heads of staff present (10 %, half, 90 %)."""

    day: int
    chance: Chance
    heads: tuple[float, ...]


@dataclass(frozen=True)
class MeasureGain:
    """What a measure brings: shifts saved in the whole time (mean and standard error), and the new chance.

    `people` is how many it reaches; `gain` is the chance gained, with its standard error.
    """

    key: str
    size: int
    people: int
    saved: float
    saved_error: float
    chance: float
    gain: float
    gain_error: float


@dataclass(frozen=True)
class WavesReport:
    """The answer: `whole` is the chance that all shifts of all days hold, `short` the shifts that do not."""

    command: WavesCommand
    staff: int
    helpers: int
    whole: Chance
    short: float
    days: tuple[DayChance, ...]
    shifts: tuple[ShiftChance, ...]
    measures: tuple[MeasureGain, ...]
    compared: tuple[Compared, ...]
    places: tuple[DayPlaces, ...]
    seconds: float


def run_waves(ctx: Context, command: WavesCommand) -> WavesReport:
    """Draw attendances for the sites of a command and say what holds. Nothing is stored.

    Raises: BcpKitError U-001 for no site, 0 or too many draws, U-002 for an unknown site or measure, C-001
    for different operators, U-003 when stopped.
    """
    for facility_id in command.facility_ids:
        ctx.demand(Action.RUN_COVER, facility_id)
    if not 1 <= command.draws <= MOST_DRAWS:
        raise BcpKitError(ErrorCode.WRONG_USE)
    facts = facts_of(ctx, CoverCommand(command.facility_ids, command.scenario))
    if not command.own_process:
        return waves_of(facts, command, ctx.progress)
    return run_in_process(waves_job, WavesJob(facts, command), ctx.progress)


@dataclass(frozen=True)
class WavesJob:
    """What travels to the drawing process."""

    facts: CoverFacts
    command: WavesCommand


def waves_job(job: WavesJob, progress: Progress) -> WavesReport:
    """Draw in whatever process this is called in: beside a page the page would slow it down many times."""
    return waves_of(job.facts, job.command, progress)


@dataclass(frozen=True)
class _World:
    """One question with its draws and the fast rosters."""

    asked: CoverQuestion
    present: Presence
    found: Rosters

    def held(self) -> NDArray[np.int64]:
        """Return for each draw how many shifts hold."""
        found: NDArray[np.int64] = np.sum(list(self._by_shift().values()), axis=0)
        return found

    def _by_shift(self) -> Mapping[tuple[int, str], Bools]:
        return holds_by_shift(self.found.board, self.found.missing)

    def whole(self) -> Bools:
        """Return in which draws every shift holds."""
        all_held: Bools = self.found.short() == 0
        return all_held


def waves_of(facts: CoverFacts, command: WavesCommand, progress: Progress = silent) -> WavesReport:
    """Return what `run_waves` says, for facts at hand."""
    started = monotonic()
    rows = measure_rows()
    keys = tuple(rows) if command.measures is None else command.measures
    if any(key not in rows for key in keys):
        raise BcpKitError(ErrorCode.NOT_FOUND)
    steps = 2 + len(keys)
    _tell(progress, 0.0, "draws")
    plain = _world(Helped(facts, {}, 0), command, None)
    _tell(progress, 1 / steps, "bounds")
    bound = ceilings(plain.found.board, plain.present, plain.found.missing)
    gains = []
    for number, key in enumerate(keys):
        _tell(progress, (2 + number) / steps, "measures")
        gains.append(_gain(facts, command, key, plain))
    sample = np.flatnonzero(~plain.whole())[: command.samples].tolist()
    instance = plain.asked.instance
    return WavesReport(
        command=command,
        staff=sum(w.route is None for w in instance.workers),
        helpers=sum(w.route is not None for w in instance.workers),
        whole=_chance(plain.whole(), bound.by_day.sum(axis=1) == 0),
        short=float(np.mean(_shift_count(plain) - plain.held())),
        days=_days(plain, bound),
        shifts=_shifts(plain, bound),
        measures=tuple(sorted(gains, key=lambda g: (-g.saved, -g.gain, g.key))),
        compared=compared(plain.found, bound, plain.present, sample),
        places=(
            places_of(facts, command.scenario, plain.asked, plain.found, plain.present)
            if command.places
            else ()
        ),
        seconds=round(monotonic() - started, 1),
    )


def luck_of(draws: int, seed: int) -> Luck:
    """Return the luck of each key over the draws: it depends on the seed and the key alone."""

    def luck(key: str) -> NDArray[np.float64]:
        digest = sha256(f"{seed}|{key}".encode()).digest()
        dice = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))
        return dice.random((LUCKS, draws))

    return luck


def _tell(progress: Progress, done: float, stage: str) -> None:
    if not progress(done, f"waves.stage.{stage}"):
        raise BcpKitError(ErrorCode.STOPPED_BY_USER)


def _world(helped: Helped, command: WavesCommand, held: Rosters | None) -> _World:
    """Return one world: everybody counted on, so that the instance says which shifts are open to whom."""
    facts, scenario = helped.facts, command.scenario
    asked_of = changed_commuters(facts, scenario, helped.changes)
    settings = {f.id: facts.settings[f.id].attendance for f in facts.facilities}
    presences = []
    for commuter in asked_of:
        found = attendance.estimate(commuter, scenario, settings[commuter.staff.facility_id])
        sure = tuple(e.model_copy(update={"counted": True}) for e in found.estimates)
        presences.append(found.model_copy(update={"estimates": sure}))
    asked = question(facts, scenario, tuple(presences))
    crew = Crew({c.staff.id: c for c in asked_of}, settings)
    numbers = facts.first.numbers
    spread = Spread.model_validate({name: numbers[name] for name in Spread.model_fields})
    present = drawn(asked.instance, crew, scenario, spread, luck_of(command.draws, command.seed))
    return _World(asked, present, rosters(asked.instance, present, held=held))


def _gain(facts: CoverFacts, command: WavesCommand, key: str, plain: _World) -> MeasureGain:
    """Return what one measure brings under the same luck."""
    row = measure_rows()[key]
    size = round(facts.first.number(key))
    helped = with_measure(facts, command.scenario, row, size)
    found = _world(helped, command, plain.found)
    saved = (found.held() - plain.held()).astype(float)
    gain = found.whole().astype(float) - plain.whole()
    return MeasureGain(
        key=key,
        size=size,
        people=helped.people,
        saved=float(saved.mean()),
        saved_error=_error(saved),
        chance=float(found.whole().mean()),
        gain=float(gain.mean()),
        gain_error=_error(gain),
    )


def _error(values: NDArray[Any]) -> float:
    """Return the standard error of a mean over independent draws."""
    return float(np.std(values, ddof=1) / sqrt(len(values))) if len(values) > 1 else 0.0


def _chance(low: Bools, high: Bools) -> Chance:
    return Chance(float(low.mean()), float(high.mean()), _error(low.astype(float)))


def _shift_count(world: _World) -> int:
    return len({(p.day, p.shift) for p in world.found.board.posts})


def _days(world: _World, bound: Ceilings) -> tuple[DayChance, ...]:
    own = [n for n, w in enumerate(world.asked.instance.workers) if w.route is None]
    heads = heads_by_day(world.present[:, own, :])
    held: dict[int, Bools] = defaultdict(lambda: np.ones(len(world.present), dtype=bool))
    for (day, _), shift in holds_by_shift(world.found.board, world.found.missing).items():
        held[day] &= shift
    return tuple(
        DayChance(day, _chance(held[day], bound.by_day[:, day] == 0), heads[day])
        for day in range(world.asked.instance.days)
    )


def _shifts(world: _World, bound: Ceilings) -> tuple[ShiftChance, ...]:
    board, missing = world.found.board, world.found.missing
    found = []
    for (day, shift), held in holds_by_shift(board, missing).items():
        posts = [n for n, p in enumerate(board.posts) if (p.day, p.shift) == (day, shift)]
        found.append(
            ShiftChance(
                day=day,
                shift=shift,
                chance=_chance(held, bound.by_shift[day, shift] == 0),
                missing=float(missing[:, posts].sum(axis=1).mean()),
                scarce=_scarce(world, posts),
            )
        )
    order = {s.key: n for n, s in enumerate(world.asked.instance.shifts)}
    return tuple(sorted(found, key=lambda s: (s.day, order[s.shift])))


def _scarce(world: _World, posts: Sequence[int]) -> str:
    """Return the kind of post that is empty in most draws, "" for none."""
    empty: dict[str, int] = defaultdict(int)
    for post in posts:
        empty[world.found.board.posts[post].group] += int((world.found.missing[:, post] > 0).sum())
    group = max(empty, key=lambda g: empty[g], default="")
    return group if empty.get(group) else ""
