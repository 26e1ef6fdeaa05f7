"""The smallest change that would give a household a place, found by computing and checked by solving again.

For each kind of change that some near place asks for: the least of it with which an answer exists that places
the household, places one more of its tier, and takes nothing from any goal that stands before. Then the
changed instance is asked whether a goal before would use the change up; if so, more of it is sought.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from bcp_kit.cores.shelter_matching import mending, tables
from bcp_kit.cores.shelter_matching.changes import KIND_RULE, Change, ChangeKind, SmallestChange, applied
from bcp_kit.cores.shelter_matching.instance import CARE_UNITS, RESOURCE_RULE, Goal, Level, Resource
from bcp_kit.cores.shelter_matching.offers import Area, Kind, kind_of, offered
from bcp_kit.cores.shelter_matching.prices import floor_of
from bcp_kit.cores.shelter_matching.rules import care_share
from bcp_kit.cores.shelter_matching.scene import Scene
from bcp_kit.cores.shelter_matching.tables import Array, Columns, Tables

SMALL_PAIRS = 6_000  # households x options up to which the whole instance is decided anew
NEAR = 8  # places asked what they would need
AROUND = 3  # places decided anew in a large instance
FREE_HOMES = 120  # households decided anew in a large instance
ROUNDS = 4  # of asking for more when a goal before uses the change up
MOST_HANDS = 12
Changes = tuple[Change, ...]


@dataclass(frozen=True)
class Wanted:
    """For whom a change is sought, the goal that must rise, what each goal must reach, who may move.

    `direct` gives by option what would have to change for the household while all others stay.
    """

    household: int
    goal: Goal
    least: Mapping[Goal, int]
    area: Area
    direct: Mapping[int, Changes]


def smallest_changes(scene: Scene, household: int, exact: bool = True) -> tuple[SmallestChange, ...]:
    """Return the smallest change of each kind that helps, the easier kinds first. Where none
    does it, the fewest changes at one place, kept for the household.

    Without `exact` the others stay where they are: quick, checked by the rules, not proven the smallest.
    Empty where the household fits as it is, and where nothing mends what stands in the way.
    """
    wanted = _wanted(scene, household, exact)
    if not wanted.direct or not all(wanted.direct.values()):
        return ()
    kinds = sorted({kind_of(c) for needed in wanted.direct.values() for c in needed}, key=_easier_first)
    seek = _smallest if exact else _simplest
    found = [change for kind in kinds if (change := seek(scene, wanted, kind)) is not None]
    return tuple(found) or (_kept(scene, wanted, exact),)


def _easier_first(kind: Kind) -> tuple[int, str]:
    return list(ChangeKind).index(kind[0]), kind[1] or ""


def _wanted(scene: Scene, household: int, exact: bool) -> Wanted:
    goal = scene.aim_of(household)
    least = {g: floor_of(g, scene.values[g]) for g in scene.goals_before(goal)}
    least[goal] = scene.values[goal] + 1
    direct = {}
    for destination in scene.nearest(household, NEAR):
        for level in scene.levels(household):
            option = scene.option(destination, level)
            needed = direct_changes(scene, household, option)
            if needed is not None:
                direct[option] = needed
    area = Area.everything(scene)
    if direct and (not exact or scene.tables.allowed.size > SMALL_PAIRS):
        area = _around(scene, household, direct)
    return Wanted(household, goal, least, area, direct)


def direct_changes(scene: Scene, household: int, option: int) -> Changes | None:
    """Return what would have to change for the household to have this option while all others stay.

    None where nothing mends what stands in the way.
    """
    home = scene.instance.households[household]
    clauses = scene.clauses(home.profile, option)
    beyond_m = scene.beyond_m(household, option % scene.width)
    if clauses is None or beyond_m is None or scene.is_pinned(household):
        return None
    needed = [clause.any_of[0] for clause in clauses]
    if beyond_m:
        needed.append(Change(kind=ChangeKind.FARTHER, amount=beyond_m))
    place = scene.instance.destinations[option % scene.width]
    short: dict[Resource, int] = {}
    for row, over in scene.short(household, option):
        resource = scene.rows[row].resource
        short[resource] = max(over, short.get(resource, 0))
    if short.pop(Resource.CARE, 0) and not any(c.kind is ChangeKind.HANDS for c in needed):
        hands = _hands(scene, household, option)
        if hands is None:
            return None
        needed.append(hands)
    needed += [
        Change(kind=ChangeKind.ROOM, destination_id=place.id, resource=r, amount=n) for r, n in short.items()
    ]
    return tuple(dict.fromkeys(needed))


def _hands(scene: Scene, household: int, option: int) -> Change | None:
    """Return the least care for one need class with which the household is cared for beside the others."""
    place = scene.instance.destinations[option % scene.width]
    there = [h for h in np.flatnonzero(scene.chosen == option).tolist() if h != household]
    homes = [scene.instance.households[h] for h in (*there, household)]
    for amount in range(1, MOST_HANDS + 1):
        for name in sorted(scene.instance.households[household].care):
            change = Change(kind=ChangeKind.HANDS, destination_id=place.id, fact=name, amount=amount)
            changed = change.at(place, scene.instance.open_by_h)
            if sum(care_share(home, changed) for home in homes) <= CARE_UNITS:
                return change
    return None


def _around(scene: Scene, household: int, direct: Mapping[int, Changes]) -> Area:
    """Return the options that need least, with those who are there; the household itself always moves."""
    order = sorted(direct, key=lambda o: (len(direct[o]), sum(c.size for c in direct[o])))
    near = list(dict.fromkeys(o % scene.width for o in order))[:AROUND]
    options = np.zeros(2 * scene.width, bool)
    options[near] = options[[scene.width + j for j in near]] = True
    there = np.flatnonzero((scene.chosen >= 0) & options[np.maximum(scene.chosen, 0)])
    tier = np.array([scene.instance.households[h].tier for h in there], int)
    homes = np.zeros(len(scene.chosen), bool)
    homes[there[np.argsort(-tier, kind="stable")][:FREE_HOMES]] = True
    homes[household] = True
    return Area(homes, options, whole=False)


def _smallest(scene: Scene, wanted: Wanted, kind: Kind) -> SmallestChange | None:
    """Return the least of one kind over the area, checked by solving the changed instance."""
    if kind[0] is ChangeKind.HANDS:
        return _smallest_hands(scene, wanted)
    simple, sure = _simplest(scene, wanted, kind), True
    if simple is not None and simple.size == 1:
        grown, certain = _used_up(scene, wanted, simple.changes)
        if grown is None:
            return simple.model_copy(update={"proven": wanted.area.whole and certain})
        wanted, sure = replace(wanted, least=grown), False
    return _least(scene, wanted, kind, 0 if simple is None else simple.size, sure)


def _least(scene: Scene, wanted: Wanted, kind: Kind, most: int, sure: bool) -> SmallestChange | None:
    """Return the cheapest on offer; more of it while goals before use it up.

    Then it is not proven the smallest: elsewhere less might not be used up. `sure`: nothing was so far.
    """
    for _ in range(ROUNDS):
        asked, offers = _question(scene, wanted, kind, most)
        solved = mending.cheapest(scene.tables, asked)
        if solved is None:
            return None
        units, picked = solved.units, solved.picked
        changes = tuple(
            offer.change if offer.most == 1 else offer.change.model_copy(update={"amount": int(n)})
            for offer, n in zip(offers, units, strict=True)
            if n
        )
        if not changes:
            return None
        grown, certain = _used_up(scene, wanted, changes)
        if grown is None:
            sure = sure and solved.proven
            mine = asked.columns.option[picked & (asked.columns.home == wanted.household)]
            told = _told(scene, wanted, changes, int(mine[0]), False)
            return told.model_copy(
                update={"proven": wanted.area.whole and certain and (sure or told.size == 1)}
            )
        wanted, most, sure = replace(wanted, least=grown), 0, False
    return None


def _simplest(scene: Scene, wanted: Wanted, kind: Kind) -> SmallestChange | None:
    """Return the least of one kind, and of one kind only, that some option needs while all others stay."""
    fits = [(o, c) for o, c in wanted.direct.items() if {kind_of(x) for x in c} == {kind}]
    if not fits:
        return None
    seconds = scene.instance.travel_s[wanted.household]
    option, changes = min(fits, key=lambda f: (sum(c.size for c in f[1]), seconds[f[0] % scene.width], f[0]))
    return _told(scene, wanted, changes, option, False)


def _smallest_hands(scene: Scene, wanted: Wanted) -> SmallestChange | None:
    """Try more hands one by one, at the nearest place first: each place shares its care in its own way."""
    places = [scene.instance.destinations[o % scene.width] for o in wanted.direct]
    classes = sorted(scene.instance.households[wanted.household].care)
    for amount in range(1, MOST_HANDS + 1):
        for place in dict.fromkeys(p.id for p in places if p.care_places):
            for name in classes:
                change = Change(kind=ChangeKind.HANDS, destination_id=place, fact=name, amount=amount)
                option = _placed_with(scene, wanted, (change,))
                if option is None:
                    continue
                grown, certain = _used_up(scene, wanted, (change,))
                if grown is None:
                    return _told(scene, wanted, (change,), option, wanted.area.whole and certain)
    return None


def _kept(scene: Scene, wanted: Wanted, exact: bool) -> SmallestChange:
    """Return the fewest changes at one place, kept for the household if more urgent people would use it."""
    seconds = scene.instance.travel_s[wanted.household]
    order = sorted(wanted.direct, key=lambda o: (len(wanted.direct[o]), seconds[o % scene.width], o))
    told = _told(scene, wanted, wanted.direct[order[0]], order[0], False)
    used_up = exact and _used_up(scene, wanted, told.changes)[0] is not None
    return told.model_copy(update={"kept_for": told.household_id if used_up else ""})


def _told(scene: Scene, wanted: Wanted, changes: Changes, option: int, proven: bool) -> SmallestChange:
    kinds = {kind_of(c) for c in changes}
    (kind, resource) = next(iter(kinds)) if len(kinds) == 1 else (ChangeKind.SEVERAL, None)
    metres = float(scene.instance.distance_m[wanted.household, option % scene.width])
    return SmallestChange(
        household_id=scene.instance.households[wanted.household].id,
        kind=kind,
        changes=changes,
        rule=RESOURCE_RULE[resource] if resource else KIND_RULE[kind],
        proven=proven,
        destination_id=scene.instance.destinations[option % scene.width].id,
        distance_m=-1 if np.isnan(metres) else round(metres),
    )


def _question(
    scene: Scene, wanted: Wanted, kind: Kind, most: int
) -> tuple[mending.Question, tuple[mending.Offer, ...]]:
    """Return the model's question for one kind of change, and the changes on offer."""
    columns, offers, needs = offered(scene, wanted.household, wanted.area, kind, most)
    plain = free_question(scene, scene.tables, wanted.area, columns, wanted.least)
    return replace(plain, must=wanted.household, offers=offers, needs=needs), offers


def free_question(
    scene: Scene, changed: Tables, area: Area, columns: Columns, least: Mapping[Goal, int]
) -> mending.Question:
    """Return the question over `columns` of the area while all others stay where they are."""
    at = np.flatnonzero((scene.chosen >= 0) & ~area.homes)
    fixed = Columns(at, scene.chosen[at])
    room = changed.limit - np.asarray(changed.taken(fixed).sum(axis=1)).ravel()
    floors = tuple(
        mending.Floor(
            changed.worth(g, columns.home, columns.option),
            value - int(changed.worth(g, fixed.home, fixed.option).sum()),
        )
        for g, value in least.items()
    )
    return mending.Question(columns, np.asarray(room), floors)


def changed_columns(scene: Scene, area: Area, changes: Changes) -> tuple[Tables, Columns]:
    """Return the tables of the changed instance, and the columns of the area there."""
    changed = tables.build(applied(scene.instance, changes))
    mask = changed.allowed & area.homes[:, None] & area.options[None, :]
    own = np.flatnonzero((scene.chosen >= 0) & area.homes)
    mask[own, scene.chosen[own]] = True
    return changed, Columns(*np.nonzero(mask))


def _placed_with(scene: Scene, wanted: Wanted, changes: Changes) -> int | None:
    """Return the option that the household gets in the changed instance beside all goals, None if none."""
    changed, columns = changed_columns(scene, wanted.area, changes)
    suited = columns.option < scene.width
    keep = (columns.home != wanted.household) | suited | (Level.STOP_OVER in scene.levels(wanted.household))
    columns = Columns(columns.home[keep], columns.option[keep])
    asked = free_question(scene, changed, wanted.area, columns, wanted.least)
    found = mending.best(changed, replace(asked, must=wanted.household), np.zeros(len(columns)))
    if found is None:
        return None
    return int(columns.option[found.picked & (columns.home == wanted.household)][0])


def _used_up(scene: Scene, wanted: Wanted, changes: Changes) -> tuple[dict[Goal, int] | None, bool]:
    """Return what the goals before reach in the changed instance if that is more than asked, None if not.

    The second says whether that is proven: the search may have ended at its time limit.
    """
    before = {g: v for g, v in wanted.least.items() if g is not wanted.goal}
    changed, columns = changed_columns(scene, wanted.area, changes)
    if all(_is_full(scene, changed, g, v) for g, v in before.items()):
        return None, True
    asked = free_question(scene, changed, wanted.area, columns, before)
    worth, weight = np.zeros(len(columns)), 1.0
    for floor in reversed(asked.floors):
        worth += weight * floor.worth
        weight *= 1 + sum(np.maximum.reduceat(np.abs(floor.worth), _first_of_home(columns)))
    found = mending.best(changed, replace(asked, floors=()), worth)
    if found is None:
        return None, False
    grown = {
        g: v + int(floor.worth[found.picked].sum()) - floor.least
        for (g, v), floor in zip(before.items(), asked.floors, strict=True)
    }
    if grown == before:
        return None, found.proven
    return grown | {wanted.goal: wanted.least[wanted.goal]}, found.proven


def _first_of_home(columns: Columns) -> Array:
    return np.flatnonzero(np.diff(columns.home, prepend=-1))


def _is_full(scene: Scene, changed: Tables, goal: Goal, value: int) -> bool:
    """True where a goal of people placed cannot rise: everybody who could be placed is."""
    if not goal.value[-1].isdigit():
        return False
    width = scene.width if goal.value.startswith("suited_") else 2 * scene.width
    can = np.asarray(changed.allowed[:, :width].any(axis=1))
    return value >= int(changed.members[can, int(goal.value[-1]) - 1].sum())
