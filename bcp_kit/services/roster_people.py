"""Who the people of a roster are: stored staff, new ones, or nobody until a person decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bcp_kit.catalogues import load
from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.domain.rosters import NEW, SKIP, RosterDecisions, RosterMapping
from bcp_kit.domain.staff import Employment, Qualification, StaffMember
from bcp_kit.intake.identity_keys import name_key
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.records import stable_id
from bcp_kit.intake.roster_people import PersonRow
from bcp_kit.intake.roster_words import form_words, role_words

_SHIFT_H, _FULL_WEEK_H = 8.0, 40.0


@dataclass(frozen=True)
class PersonUse:
    """One row and who it is: `staff_id` (empty: not decided or left out) and the staff it may be.

    `new` is the member of staff that will be added. `skipped`: the row is left out.
    """

    row: PersonRow
    staff_id: str = ""
    candidates: tuple[StaffMember, ...] = ()
    new: StaffMember | None = None
    skipped: bool = False
    problem: Problem | None = None


@dataclass(frozen=True)
class KnownStaff:
    """All stored staff and the names of facilities; `facility_id` is the roster's own."""

    facility_id: str
    staff: Sequence[StaffMember]
    facilities: Mapping[str, str]
    by_id: Mapping[str, StaffMember] = field(default_factory=dict)

    @classmethod
    def of(
        cls, facility_id: str, staff: Sequence[StaffMember], facilities: Mapping[str, str]
    ) -> "KnownStaff":
        """Return the staff with a way to find them by number."""
        return cls(facility_id, staff, facilities, {s.id: s for s in staff})

    def named(self, name: str) -> tuple[StaffMember, ...]:
        """Return the staff of that name, those of the facility first."""
        key = name_key(name)
        same = [s for s in self.staff if name_key(s.name) == key]
        return tuple(sorted(same, key=lambda s: s.facility_id != self.facility_id))


def uses_of_people(
    people: Sequence[PersonRow],
    known: KnownStaff,
    decisions: RosterDecisions,
    remembered: RosterMapping,
    meanings: Mapping[str, str],
) -> tuple[PersonUse, ...]:
    """Return who each row is; `meanings` are those of the marks, for what a new person's row tells."""
    return tuple(_use(row, known, decisions, remembered, meanings) for row in people)


def _use(
    row: PersonRow,
    known: KnownStaff,
    decisions: RosterDecisions,
    remembered: RosterMapping,
    meanings: Mapping[str, str],
) -> PersonUse:
    same = known.named(row.name)
    here = [s for s in same if s.facility_id == known.facility_id]
    told = decisions.people.get(row.key) or _remembered(row, known, remembered)
    numbered = known.by_id.get(row.number)
    if not told and numbered is not None and numbered in here:
        told = numbered.id
    if not told and len(here) == 1:
        told = here[0].id
    if not told and not same:
        told = NEW if decisions.new_for_unknown else SKIP if decisions.skip_unknown else ""
    if told == SKIP:
        return PersonUse(row, candidates=same, skipped=True)
    if told == NEW:
        made = _new_member(row, known.facility_id, meanings)
        return PersonUse(row, made.id, same, new=made if made.id not in known.by_id else None)
    if told in known.by_id:
        return PersonUse(row, told, same, problem=_two_homes(row, known.by_id[told], same, known))
    return PersonUse(row, candidates=same, problem=_undecided(row, here, same, known))


def _remembered(row: PersonRow, known: KnownStaff, remembered: RosterMapping) -> str:
    """Return who the name was last time, if that member of staff is still there."""
    who = remembered.names.get(name_key(row.name), "")
    return who if who == SKIP or who in known.by_id else ""


def _two_homes(
    row: PersonRow, chosen: StaffMember, same: Sequence[StaffMember], known: KnownStaff
) -> Problem | None:
    """Return a remark when the same name is registered at another facility too."""
    other = next((s for s in same if s.facility_id != chosen.facility_id), None)
    return None if other is None else _elsewhere(row, other, known, Severity.WARNING)


def _undecided(
    row: PersonRow, here: Sequence[StaffMember], same: Sequence[StaffMember], known: KnownStaff
) -> Problem:
    if len(here) > 1:
        values: dict[str, str | int] = {"cell": row.cell, "name": row.name, "count": len(here)}
        return Problem(code=ErrorCode.ROSTER_NAME_AMBIGUOUS, row=row.row, values=values)
    if same:
        return _elsewhere(row, same[0], known, Severity.ERROR)
    return Problem(
        code=ErrorCode.ROSTER_NAME_UNKNOWN, row=row.row, values={"cell": row.cell, "name": row.name}
    )


def _elsewhere(row: PersonRow, other: StaffMember, known: KnownStaff, severity: Severity) -> Problem:
    facility = known.facilities.get(other.facility_id, other.facility_id)
    values = {"cell": row.cell, "name": row.name, "facility": facility}
    return Problem(code=ErrorCode.ROSTER_TWO_HOMES, severity=severity, row=row.row, values=values)


def _new_member(row: PersonRow, facility_id: str, meanings: Mapping[str, str]) -> StaffMember:
    """Return the member of staff that a row tells of; the same row gives the same number.

    Who has nights in the roster can work them. A part-time week is as long as the roster's.
    """
    shifts = [
        m for mark in row.marks if (m := meanings.get(folded(mark.text), "")) in load.catalogue("shifts").rows
    ]
    rows = load.catalogue("shifts").rows
    employment = Employment(form_words().get(folded(row.form), Employment.FULL_TIME.value))
    days = len(row.marks) + len(row.blank)
    part_week = min(_FULL_WEEK_H, round(_SHIFT_H * len(shifts) * 7 / max(days, 7)))
    return StaffMember(
        id=stable_id("staff", facility_id, name_key(row.name)),
        facility_id=facility_id,
        name=row.name,
        qualifications=_qualifications(row.role),
        employment=employment,
        weekly_hours_max=_FULL_WEEK_H if employment is Employment.FULL_TIME else part_week,
        night_ok=any(rows[shift].data["night"] for shift in shifts),
    )


def _qualifications(role: str) -> tuple[Qualification, ...]:
    """Return the qualification of an occupation: the whole word, else the longest known word in it."""
    plain = folded(role)
    known = role_words()
    hits = [word for word in known if word == plain] or [word for word in known if word in plain]
    return (Qualification(known[max(hits, key=len)]),) if hits else ()
