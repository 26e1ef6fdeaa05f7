"""Changes to a town: a socket more, a confirmed feature, an agreed group, a longer way allowed.

A change is a value. Applied to an instance it gives another instance, so whatever is said about it can be
computed: solve that one too.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from pydantic import Field

from bcp_kit.cores.shelter_matching.instance import Destination, Goal, Instance, Pin, Resource
from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.placements import Reason


class ChangeKind(StrEnum):
    """What is changed, the easier first: words first, then equipment, then people."""

    CONFIRM = "confirm"
    SAFE = "safe"
    AGREE = "agree"
    DIRECT = "direct"
    OPEN = "open"
    FARTHER = "farther"
    EQUIP = "equip"
    ROOM = "room"
    HANDS = "hands"
    SEVERAL = "several"


KIND_RULE: Mapping[ChangeKind, str] = {
    ChangeKind.CONFIRM: "H05",
    ChangeKind.SAFE: "H01",
    ChangeKind.AGREE: "H02",
    ChangeKind.DIRECT: "H08",
    ChangeKind.OPEN: "H09",
    ChangeKind.FARTHER: "S01",
    ChangeKind.EQUIP: "H05",
    ChangeKind.ROOM: "H03",
    ChangeKind.HANDS: "H04",
    ChangeKind.SEVERAL: "W15",
}
ONE_FACT = frozenset(
    {ChangeKind.CONFIRM, ChangeKind.SAFE, ChangeKind.AGREE, ChangeKind.DIRECT, ChangeKind.EQUIP}
)


class Change(DomainModel):
    """One fact changed at one place (none for FARTHER, which changes the limit for everybody).

    `fact` is the feature, the group ("" confirms those listed), or the need class. `amount` counts units of
    `resource`, people cared for, minutes earlier, or metres; 1 for a fact.
    """

    kind: ChangeKind
    destination_id: str = ""
    fact: str = ""
    resource: Resource | None = None
    amount: int = Field(default=1, ge=1)

    @property
    def size(self) -> int:
        """How much is changed, in the unit of the kind."""
        return 1 if self.kind in ONE_FACT else self.amount

    @property
    def code(self) -> str:
        """The part as short text, for a reason's values; `change_of` reads it."""
        what = self.resource.value if self.resource else self.fact
        return f"{self.kind.value},{self.destination_id},{what},{self.amount}"

    def apply(self, instance: Instance) -> Instance:
        """Return the instance with this one fact changed; unchanged when the place does not exist."""
        if self.kind is ChangeKind.FARTHER:
            limit = instance.max_distance_m
            return instance.model_copy(
                update={"max_distance_m": None if limit is None else limit + self.amount}
            )
        places = tuple(
            self.at(d, instance.open_by_h) if d.id == self.destination_id else d
            for d in instance.destinations
        )
        shared = instance.shared
        if self.kind is ChangeKind.ROOM:
            shared = tuple(
                s.model_copy(update={"capacity": s.capacity + self.amount})
                if s.resource is self.resource and self.destination_id in s.destination_ids
                else s
                for s in shared
            )
        return instance.model_copy(update={"destinations": places, "shared": shared})

    def at(self, place: Destination, open_by_h: float) -> Destination:
        """Return the place with this fact changed."""
        return place.model_copy(update=self._update(place, open_by_h))

    def _update(self, place: Destination, open_by_h: float) -> dict[str, object]:
        """Return the fields of the place that change."""
        cared = place.care_places.get(self.fact, place.care_places.get("", 0))
        resource = self.resource or Resource.PEOPLE
        room = place.capacity.get(resource, 0) + self.amount
        fields: Mapping[ChangeKind, dict[str, object]] = {
            ChangeKind.CONFIRM: {"features": {**place.features, self.fact: Known.YES}},
            ChangeKind.EQUIP: {"features": {**place.features, self.fact: Known.YES}},
            ChangeKind.SAFE: {"safe": Known.YES},
            ChangeKind.AGREE: {"accepts_known": True, "accepts": self._accepted(place)},
            ChangeKind.DIRECT: {"direct": Known.YES},
            ChangeKind.OPEN: {"opens_after_h": open_by_h},
            ChangeKind.HANDS: {"care_places": {**place.care_places, self.fact: cared + self.amount}},
            ChangeKind.ROOM: {"capacity": {**place.capacity, resource: room}},
        }
        return fields.get(self.kind, {})

    def _accepted(self, place: Destination) -> tuple[str, ...] | None:
        listed = place.accepts or ()
        more = (self.fact,) if self.fact and self.fact not in listed else ()
        return (*listed, *more) or None


def change_of(code: str) -> Change:
    """Return the part that `Change.code` wrote.

    Raises: ValueError when the text is not such a code.
    """
    kind_name, destination_id, what, amount = code.split(",")
    kind = ChangeKind(kind_name)
    resource = Resource(what) if kind is ChangeKind.ROOM else None
    return Change(
        kind=kind,
        destination_id=destination_id,
        resource=resource,
        fact="" if resource else what,
        amount=int(amount),
    )


def applied(instance: Instance, changes: Iterable[Change]) -> Instance:
    """Return the instance with all parts changed."""
    for change in changes:
        instance = change.apply(instance)
    return instance


class SmallestChange(DomainModel):
    """The smallest change of a kind that gives a household a place, checked by solving the changed instance.

    `proven`: nothing smaller of the same kind does it, over the whole instance; else over the places around
    and with the others where they are. `kept_for` names the household for which an officer would have to keep
    the place, because more urgent people would use it. `destination_id` is the place the household would get,
    `distance_m` the way there.
    """

    household_id: str
    kind: ChangeKind
    changes: tuple[Change, ...] = Field(min_length=1)
    rule: str
    destination_id: str = ""
    proven: bool = False
    kept_for: str = ""
    distance_m: int = -1

    @property
    def size(self) -> int:
        """How much is changed in all, in the unit of the kind."""
        return sum(change.size for change in self.changes)

    def apply(self, instance: Instance) -> Instance:
        """Return the instance with the change made."""
        changed = applied(instance, self.changes)
        if not self.kept_for:
            return changed
        pin = Pin(destination_id=self.destination_id)
        homes = tuple(
            h.model_copy(update={"pin": pin}) if h.id == self.kept_for else h for h in changed.households
        )
        goals = (Goal.LOCKED, *(g for g in changed.goals if g is not Goal.LOCKED))
        return changed.model_copy(update={"households": homes, "goals": goals})

    def reason(self) -> Reason:
        """Return the change as a line of a placement: ids and numbers only."""
        first = self.changes[0]
        values: dict[str, str | int | float] = {
            "amount": self.size,
            "parts": "|".join(change.code for change in self.changes),
            "distance_m": self.distance_m,
            "proven": int(self.proven),
            "kept": int(bool(self.kept_for)),
        }
        facts = [change.fact for change in self.changes if change.fact]
        if facts and self.kind is not ChangeKind.SEVERAL:
            values["features"] = "|".join(facts)
        if first.resource is not None and self.kind is not ChangeKind.SEVERAL:
            values["resource"] = first.resource.value
        places = {change.destination_id for change in self.changes}
        name = self.kind if len(places) == 1 else ChangeKind.SEVERAL
        subject = self.destination_id if places <= {"", self.destination_id} else ""
        if len(places) == 1 and first.destination_id:
            subject = first.destination_id
        return Reason(
            rule=self.rule, message=f"matching.remedy.{name.value}", subject_id=subject, values=values
        )


def changes_of(reason: Reason) -> tuple[Change, ...]:
    """Return the parts that a stored remedy names; empty for a line that is none."""
    codes = str(reason.values.get("parts", ""))
    return tuple(change_of(code) for code in codes.split("|") if code)
