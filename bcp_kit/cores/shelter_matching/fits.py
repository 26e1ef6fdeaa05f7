"""Which profile may use which option, for all at once: the pair rules of `rules.py` as tables.

The rules say why not, one pair at a time; here only whether, which for a city is a hundred thousand pairs. A
test holds the two against each other.
"""

from collections.abc import Iterable

import numpy as np

from bcp_kit.cores.shelter_matching.instance import Destination, Instance, Level, Profile
from bcp_kit.domain.base import Known

LEVELS = (Level.SUITED, Level.STOP_OVER)
Array = np.ndarray


def profile_table(instance: Instance) -> Array:
    """Return which profile may use which option, bool (P, 2M): as `rules.profile_blocks` finds nothing."""
    places, count = instance.destinations, len(instance.destinations)
    if not count or not instance.profiles:
        return np.zeros((len(instance.profiles), 2 * count), bool)
    present = _features(instance)
    anywhere = _mask(_open_to_all(instance, d) for d in places)
    found = np.zeros((len(instance.profiles), 2 * count), bool)
    for p, profile in enumerate(instance.profiles):
        whoever = anywhere & _accepting(instance, profile)
        for step, level in enumerate(LEVELS):
            mine = whoever & _serving(instance, profile, level)
            for feature in profile.required if level is Level.SUITED else profile.critical:
                mine = mine & present[feature]
            if level is Level.SUITED:
                mine = mine & _suiting(instance, profile)
            found[p, step * count : (step + 1) * count] = mine
    return found


def _mask(answers: Iterable[bool]) -> Array:
    return np.array(list(answers), bool)


def _features(instance: Instance) -> dict[str, Array]:
    """Return by feature that some profile asks for which places have it, (M)."""
    wanted = {f for p in instance.profiles for f in (*p.required, *p.critical)}
    return {f: _mask(d.has(f) is Known.YES for d in instance.destinations) for f in wanted}


def _open_to_all(instance: Instance, place: Destination) -> bool:
    """H01, H08, H09: what does not depend on who comes."""
    if place.safe is not Known.YES or (instance.stage == 1 and place.direct is not Known.YES):
        return False
    return place.opens_after_h is not None and place.opens_after_h <= instance.open_by_h


def _accepting(instance: Instance, profile: Profile) -> Array:
    """H02: the place accepts a group of each member who needs a welfare shelter."""
    if not profile.accept_any_of:
        return np.ones(len(instance.destinations), bool)
    return _mask(_accepts(instance, profile, d) for d in instance.destinations)


def _accepts(instance: Instance, profile: Profile, place: Destination) -> bool:
    if place.kind not in instance.group_kinds:
        return True
    if not place.accepts_known:
        return False
    return place.accepts is None or all(set(place.accepts) & set(some) for some in profile.accept_any_of)


def _serving(instance: Instance, profile: Profile, level: Level) -> Array:
    """H02, H10: the kind of place serves these people at this level; moving on is for a suited place only."""
    best = instance.serves.get(profile.usual, {})
    if instance.stage == 2 and level is not Level.SUITED:
        return np.zeros(len(instance.destinations), bool)
    return _mask(level <= best.get(d.kind, 0) for d in instance.destinations)


def _suiting(instance: Instance, profile: Profile) -> Array:
    """H04, H05: the place cares for all need classes; who can only be at the usual facility is there."""
    elsewhere, classes = profile.familiar_facility_id, profile.care_classes
    return _mask(
        (not elsewhere or elsewhere == d.facility_id)
        and (not d.care_places or all(d.care_places.get(c, d.care_places.get("", 0)) for c in classes))
        for d in instance.destinations
    )
