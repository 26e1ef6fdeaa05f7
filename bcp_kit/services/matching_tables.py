"""A run as tables: by place, by person with filters, beside another run; how far from the best, in words."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bcp_kit.cores.shelter_matching.instance import TIERS, Goal
from bcp_kit.domain.people import Person
from bcp_kit.domain.placements import MatchingRun, Placement, SolveStatus, StageResult
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.units import Location
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.matching_read import Line, RunView

KM = 1000


@dataclass(frozen=True)
class PlaceRow:
    """One place of a stage: listed people by tier, how many of them on a guess, and by decision."""

    shelter: Shelter
    by_tier: Mapping[int, int]
    guessed: int
    locked: int
    farthest_m: float

    @property
    def people(self) -> int:
        """Listed people who go there."""
        return sum(self.by_tier.values())


@dataclass(frozen=True)
class LineFilter:
    """Which lines to show; empty fields show all. `part` is a part of the name or of its reading."""

    tiers: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    shelter_id: str = ""
    part: str = ""
    unplaced: bool = False
    guessed: bool = False
    locked: bool = False


@dataclass(frozen=True)
class Move:
    """One person whose first place differs between two runs; None is no place."""

    person: Person
    tier: int
    before: Placement | None
    after: Placement | None


@dataclass(frozen=True)
class Comparison:
    """Two runs beside each other: who moved, who got a place, who lost it."""

    before: RunView
    after: RunView
    moved: tuple[Move, ...] = ()
    gained: tuple[Move, ...] = ()
    lost: tuple[Move, ...] = ()
    totals: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def home_of(person: Person) -> Location | None:
    """Return where a home is drawn or listed; nowhere for a protected address (H16)."""
    return None if person.protected_address else person.location


def place_rows(view: RunView, stage: int = 1) -> tuple[PlaceRow, ...]:
    """Return one row for each place of the list, those that most people go to first."""
    there: dict[str, list[Placement]] = defaultdict(list)
    for line in view.lines:
        if line.placement.stage == stage and line.placement.shelter_id:
            there[line.placement.shelter_id].append(line.placement)
    rows = [
        PlaceRow(
            shelter=shelter,
            by_tier={t: sum(p.tier == t for p in there[shelter.id]) for t in TIERS},
            guessed=sum(bool(p.guesses) for p in there[shelter.id]),
            locked=sum(bool(p.lock_id) for p in there[shelter.id]),
            farthest_m=max((p.distance_m or 0.0 for p in there[shelter.id]), default=0.0),
        )
        for shelter in view.shelters.values()
    ]
    return tuple(sorted(rows, key=lambda r: (-r.people, r.shelter.id)))


def lines_of(view: RunView, wanted: LineFilter) -> tuple[Line, ...]:
    """Return the lines that the filter lets through, in the order of the run."""
    return tuple(line for line in view.lines if _passes(line, wanted))


def _passes(line: Line, wanted: LineFilter) -> bool:
    person, placement = line.person, line.placement
    settled = placement.hospital or placement.stays_home
    checks = (
        not wanted.tiers or placement.tier in wanted.tiers,
        not wanted.needs or bool(set(wanted.needs) & set(person.needs)),
        not wanted.districts or person.district in wanted.districts,
        not wanted.shelter_id or placement.shelter_id == wanted.shelter_id,
        not wanted.part or wanted.part in person.name or wanted.part in person.name_kana,
        not wanted.unplaced or (placement.shelter_id is None and not settled),
        not wanted.guessed or bool(placement.guesses),
        not wanted.locked or bool(placement.lock_id),
    )
    return all(checks)


def districts_of(view: RunView) -> tuple[str, ...]:
    """Return the districts of the people of a run, in order; a protected home's district is left out."""
    return tuple(sorted({x.person.district for x in view.lines if x.person.district and home_of(x.person)}))


def needs_in(view: RunView) -> tuple[str, ...]:
    """Return the needs of the people of a run, the most common first."""
    counts = Counter(need for line in view.lines if line.placement.stage == 1 for need in line.person.needs)
    return tuple(need for need, _ in counts.most_common())


def compare(before: RunView, after: RunView) -> Comparison:
    """Return two runs beside each other, by first place."""
    old, new, new_sums = _first(before), _first(after), dict(_totals(after))
    moves = [
        Move(line.person, line.placement.tier, old.get(line.person.id), new.get(line.person.id))
        for line in _people(before, after)
        if _place(old.get(line.person.id)) != _place(new.get(line.person.id))
    ]
    moves.sort(key=lambda m: (m.tier, m.person.id))
    return Comparison(
        before,
        after,
        moved=tuple(m for m in moves if _place(m.before) and _place(m.after)),
        gained=tuple(m for m in moves if not _place(m.before)),
        lost=tuple(m for m in moves if not _place(m.after)),
        totals={key: (old_sum, new_sums[key]) for key, old_sum in _totals(before)},
    )


def _people(before: RunView, after: RunView) -> Iterable[Line]:
    seen = {line.person.id: line for line in before.lines if line.placement.stage == 1}
    return (seen | {x.person.id: x for x in after.lines if x.placement.stage == 1}).values()


def _first(view: RunView) -> dict[str, Placement]:
    return {x.person.id: x.placement for x in view.lines if x.placement.stage == 1}


def _place(placement: Placement | None) -> str:
    if placement is None:
        return ""
    if placement.hospital:
        return "hospital"
    return "home" if placement.stays_home else placement.shelter_id or ""


def _totals(view: RunView) -> list[tuple[str, float]]:
    """Return the figures by which two runs are compared; metres of listed people."""
    first = [x.placement for x in view.lines if x.placement.stage == 1]
    ways = [p.distance_m for p in first if p.distance_m is not None]
    left = view.unplaced
    by_tier = [(f"unplaced_{t}", float(sum(x.placement.tier == t for x in left))) for t in TIERS]
    return [
        ("placed", float(sum(p.shelter_id is not None for p in first))),
        *by_tier,
        ("waiting", float(len(view.waiting))),
        ("mean_m", sum(ways) / len(ways) if ways else 0.0),
        ("longest_m", max(ways, default=0.0)),
        ("guessed", float(sum(bool(p.guesses) for p in first))),
    ]


@dataclass(frozen=True)
class Gap:
    """How much better a better answer could be at most: people by tier, and metres of ways of everybody."""

    proven: bool
    people: Mapping[int, int]
    metres: float | None

    @property
    def all_people(self) -> int:
        """People of all tiers together."""
        return sum(self.people.values())


def gap_of(stage: StageResult) -> Gap:
    """Return the gap of a stage from its proven bounds; metres None where the run has no bound on travel."""
    people = {t: round(stage.bounds.get(f"tier_{t}", 0) - stage.values.get(f"tier_{t}", 0)) for t in TIERS}
    travel = Goal.TRAVEL.value
    metres = None
    if travel in stage.bounds and travel in stage.values:
        seconds = stage.values[travel]
        shorter = max(0.0, seconds - stage.bounds[travel])
        metres = shorter * stage.person_metres / seconds if seconds else 0.0
    return Gap(
        proven=stage.status is SolveStatus.OPTIMAL,
        people={t: max(0, n) for t, n in people.items()},
        metres=metres,
    )


def gap_sentence(stage: StageResult, language: str = DEFAULT_LANGUAGE) -> str:
    """Return in plain words how far the answer may be from the best one."""
    gap = gap_of(stage)
    if gap.proven:
        return text("matching.gap.proven", language)
    if gap.metres is None:
        return text("matching.gap.people", language, people=gap.all_people)
    km = f"{gap.metres / KM:.1f}"
    if not gap.all_people:
        return text("matching.gap.metres", language, km=km)
    return text("matching.gap.both", language, people=gap.all_people, km=km)


def tier_counts(stage: StageResult) -> str:
    """Return placed and all listed people by tier, as "placed/all" with a slash between tiers' figures."""
    placed, people = stage.placed_by_tier, stage.people_by_tier
    return "　".join(f"{placed.get(t, 0):,}/{people.get(t, 0):,}" for t in TIERS)


def lock_of(run: MatchingRun, placement: Placement) -> str:
    """Return the written reason of the decision that put somebody there, "" where nobody decided."""
    return next((k.reason for k in run.locks if k.id == placement.lock_id), "")
