"""Numbers by which rows point at other tables: they must stand in the file or in the store."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.people import Person, Supporter, SupportLink
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.staff import HelpOffer, RosterEntry, StaffMember
from bcp_kit.intake.inspection import Inspection, Part
from bcp_kit.intake.records import Record
from bcp_kit.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class _Reference:
    """One field that holds the id of a `target`; an unknown one is an error or a warning."""

    of: Callable[[DomainModel], str]
    target: type[DomainModel]
    severity: Severity


def _id_in(field: str) -> Callable[[DomainModel], str]:
    def read(obj: DomainModel) -> str:
        return str(getattr(obj, field))

    return read


_REFERENCES: Mapping[type[DomainModel], _Reference] = {
    SupportLink: _Reference(_id_in("supporter_id"), Supporter, Severity.ERROR),
    StaffMember: _Reference(_id_in("facility_id"), Facility, Severity.ERROR),
    HelpOffer: _Reference(_id_in("facility_id"), Facility, Severity.ERROR),
    RosterEntry: _Reference(_id_in("staff_id"), StaffMember, Severity.ERROR),
    Person: _Reference(_id_in("usual_facility_id"), Facility, Severity.WARNING),
    Shelter: _Reference(_id_in("facility_id"), Facility, Severity.WARNING),
}
_TITLES = {Supporter: "支援者", Facility: "施設", StaffMember: "職員"}


def check_references(inspection: Inspection, uow: UnitOfWork) -> Inspection:
    """Return the inspection with a finding for each number that points at nothing.

    A row whose supporter, facility or member of staff is nowhere has an error; a usual facility that is
    nowhere is a remark, for a town need not have a list of facilities.
    """
    known: dict[type[DomainModel], set[str]] = {
        Supporter: {s.id for s in inspection.objects(Supporter)} | set(uow.supporters.ids()),
        Facility: {f.id for f in inspection.objects(Facility)} | set(uow.facilities.ids()),
        StaffMember: {s.id for s in inspection.objects(StaffMember)} | set(uow.staff.ids()),
    }
    return replace(inspection, parts=tuple(_checked(part, known) for part in inspection.parts))


def _checked(part: Part, known: Mapping[type[DomainModel], set[str]]) -> Part:
    return replace(part, records=tuple(_record(record, known) for record in part.records))


def _record(record: Record, known: Mapping[type[DomainModel], set[str]]) -> Record:
    new: list[Problem] = []
    for problem in _problems(record, known):
        if problem not in new and problem not in record.problems:
            new.append(problem)
    return replace(record, problems=(*record.problems, *new)) if new else record


def _problems(record: Record, known: Mapping[type[DomainModel], set[str]]) -> Iterable[Problem]:
    for item in record.items:
        reference = _REFERENCES.get(type(item.obj))
        if reference is None:
            continue
        number = reference.of(item.obj)
        if number and number not in known[reference.target]:
            yield Problem(
                code=ErrorCode.REFERENCE_UNKNOWN,
                severity=reference.severity,
                row=record.row,
                value=number,
                values={"reference": number, "what": _TITLES[reference.target]},
            )
