"""The single facts of a destination by key: read one, set some, note who confirmed them.

A key is a field of `Shelter`, or "feature.<key>", "exposures.<hazard>.<field>", "location.<field>",
"staff_by_type.<key>". None stands for "nobody knows", whatever the field itself keeps for that.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.shelters import Confirmation, ConfirmedHow, FamilyRule, Shelter

FEATURE = "feature."

FactValue = str | int | float | date | tuple[object, ...] | None

_EMPTY = ("", (), Known.UNKNOWN, FamilyRule.UNKNOWN)


def fact_value(shelter: Shelter, key: str) -> Any:
    """Return the value of one fact, None when nobody knows it.

    Raises: KeyError for a key that names no fact.
    """
    head, _, rest = key.partition(".")
    if key.startswith(FEATURE):
        found: Any = shelter.feature(rest)
    elif head == "exposures":
        hazard, field = rest.split(".")
        exposure = shelter.exposure_to(HazardKind(hazard))
        found = None if exposure is None else getattr(exposure, field)
    elif rest:
        part = getattr(shelter, head)
        found = part.get(rest) if isinstance(part, Mapping) else getattr(part, rest, None)
    elif head in Shelter.model_fields:
        found = getattr(shelter, head)
    else:
        raise KeyError(key)
    if found is False and key not in shelter.confirmations:
        return None
    return None if found is None or found in _EMPTY else found


def fact_text(shelter: Shelter, key: str) -> str:
    """Return the value of one fact as text that two equal values share; empty when nobody knows it."""
    value = fact_value(shelter, key)
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def with_facts(shelter: Shelter, facts: Mapping[str, FactValue]) -> Shelter:
    """Return the destination with these facts; None makes a fact unknown. Half a location is none.

    Raises: pydantic.ValidationError for a value that cannot be, KeyError for a key that names no fact.
    """
    tree = {name: getattr(shelter, name) for name in Shelter.model_fields}
    tree["features"] = dict(shelter.features)
    tree["staff_by_type"] = dict(shelter.staff_by_type)
    place = shelter.location.model_dump() if shelter.location else {}
    exposures = {e.hazard: e.model_dump() for e in shelter.exposures}
    for key, value in facts.items():
        head, _, rest = key.partition(".")
        if key.startswith(FEATURE):
            _put(tree["features"], rest, None if value in (None, Known.UNKNOWN) else Known(str(value)))
        elif head == "exposures":
            hazard, field = rest.split(".")
            _expose(exposures.setdefault(HazardKind(hazard), {}), HazardKind(hazard), field, value)
        elif head == "location":
            _put(place, rest, value)
        elif rest:
            _put(tree[head], rest, value)
        elif head in Shelter.model_fields:
            tree[head] = _empty_of(head) if value is None else value
        else:
            raise KeyError(key)
    here = place if {"latitude", "longitude"} <= place.keys() else None
    known = [e for e in exposures.values() if e.keys() - {"hazard"}]
    return Shelter.model_validate({**tree, "location": here, "exposures": tuple(known)})


def _empty_of(field: str) -> Any:
    """Return what a field holds while nobody knows it."""
    return Shelter.model_fields[field].get_default(call_default_factory=True)


def _put(tree: dict[str, Any], key: str, value: FactValue) -> None:
    if value is None:
        tree.pop(key, None)
    else:
        tree[key] = value


def _expose(part: dict[str, Any], hazard: HazardKind, field: str, value: FactValue) -> None:
    part["hazard"] = hazard
    part.setdefault("in_zone", Known.UNKNOWN)
    part[field] = Exposure.model_fields[field].default if value is None and field != "in_zone" else value
    if part["in_zone"] is None:
        part["in_zone"] = Known.UNKNOWN


def with_confirmations(
    before: Shelter, after: Shelter, confirmations: Mapping[str, Confirmation], keys: Iterable[str]
) -> Shelter:
    """Return `after` with who confirmed which fact; a fact that became unknown loses its confirmation.

    What the list as a whole was confirmed for (`confirmed_on` later than any single confirmation) is written
    down for each of `keys` that has a value, so that what is brought in later does not pass as confirmed.
    `confirmed_on` becomes the newest day.
    """
    whole = _of_the_list(before)
    kept = {**before.confirmations}
    if whole is not None:
        kept |= {key: whole.model_copy(update={"value": v}) for key in keys if (v := fact_text(before, key))}
    # A plain "no" is told from "nobody looked" by its confirmation, so all stand before values are read.
    stamped = after.model_copy(update={"confirmations": {**kept, **confirmations}})
    for key, confirmation in confirmations.items():
        kept[key] = _later(kept.get(key), confirmation.model_copy(update={"value": fact_text(stamped, key)}))
    known = {key: c for key, c in kept.items() if c.value}
    newest = max((c.on for c in known.values()), default=after.confirmed_on)
    return after.model_copy(update={"confirmations": known, "confirmed_on": newest})


def _later(known: Confirmation | None, new: Confirmation) -> Confirmation:
    """Return the new confirmation, unless the same value was confirmed on a later day already."""
    return known if known is not None and known.value == new.value and known.on > new.on else new


def _of_the_list(shelter: Shelter) -> Confirmation | None:
    """Return the confirmation of the list as a whole, where it is newer than any single one."""
    newest = max((c.on for c in shelter.confirmations.values()), default=None)
    if shelter.confirmed_on is None or (newest is not None and newest >= shelter.confirmed_on):
        return None
    return Confirmation(by=shelter.source, on=shelter.confirmed_on, how=ConfirmedHow.DOCUMENT)


def confirmation_of(shelter: Shelter, key: str) -> Confirmation | None:
    """Return who confirmed the fact as it stands now, or None.

    A list that was confirmed later than any single fact speaks for all that stands in it.
    """
    whole = _of_the_list(shelter)
    if whole is not None:
        return whole
    own = shelter.confirmations.get(key)
    return own if own is not None and own.value == fact_text(shelter, key) else None


def with_own_values(shelter: Shelter) -> Shelter:
    """Return the destination with confirmations that name no value taken for the values that stand there.

    A confirmation of what nobody knows is dropped.
    """
    if not shelter.confirmations:
        return shelter
    told = {
        k: c if c.value else c.model_copy(update={"value": _text_or_empty(shelter, k)})
        for k, c in shelter.confirmations.items()
    }
    return shelter.model_copy(update={"confirmations": {k: c for k, c in told.items() if c.value}})


def _text_or_empty(shelter: Shelter, key: str) -> str:
    try:
        return fact_text(shelter, key)
    except (KeyError, ValueError, AttributeError):
        return ""
