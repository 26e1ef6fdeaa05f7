"""Facilities of public lists: look through them, make one an agreement shelter, start a record of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bcp_kit.access.policy import Action
from bcp_kit.domain.candidates import FacilityCandidate
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location, straight_distance_m
from bcp_kit.services.base import Context
from bcp_kit.services.importing_merge import CANDIDATE_LAYER
from bcp_kit.storage.unit_of_work import UnitOfWork

Raw = dict[str, Any]

SOURCE = "公開されている施設の一覧"
WHY = "candidate"


@dataclass(frozen=True)
class Wanted:
    """What a candidate must be: words that stand in name, address or service; a category; near a place.

    `within_m` is the straight distance from `near`; candidates without a place are then left out.
    """

    words: str = ""
    category: ServiceCategory | None = None
    hospitals: bool | None = None
    near: Location | None = None
    within_m: float = 5_000


def find_candidates(
    ctx: Context, wanted: Wanted, limit: int = 100
) -> tuple[Sequence[FacilityCandidate], int]:
    """Return the first candidates that are as wanted, and how many there are; the nearest or by name.

    Raises: BcpKitError A-001.
    """
    ctx.demand(Action.SEE_SHELTER)
    with ctx.open_store() as uow:
        listed = _document(uow).values()
    found = sorted(
        (raw for raw in listed if _is_wanted(raw, wanted)), key=lambda raw: _rank(raw, wanted.near)
    )
    return tuple(FacilityCandidate.model_validate(raw) for raw in found[:limit]), len(found)


def _document(uow: UnitOfWork) -> dict[str, Raw]:
    """Return the candidates as they are stored: a search looks at thousands and shows a few."""
    document: dict[str, Raw] = uow.layers.get(CANDIDATE_LAYER) or {}
    return document


def _distance(raw: Raw, near: Location) -> float:
    place = raw.get("location")
    return float("inf") if place is None else straight_distance_m(Location(**place), near)


def _rank(raw: Raw, near: Location | None) -> tuple[float, str, str]:
    return 0.0 if near is None else _distance(raw, near), raw["name"], raw["id"]


def _is_wanted(raw: Raw, wanted: Wanted) -> bool:
    said = " ".join(str(raw.get(field, "")) for field in ("name", "address", "service_name", "operator"))
    return (
        all(word in said for word in wanted.words.split())
        and wanted.category in (None, raw.get("category"))
        and wanted.hospitals in (None, raw.get("hospital", False))
        and (wanted.near is None or _distance(raw, wanted.near) <= wanted.within_m)
    )


def adopt_as_shelters(ctx: Context, candidate_ids: Sequence[str]) -> tuple[Shelter, ...]:
    """Store candidates as destinations: agreement welfare shelters, hospitals as hospitals.

    The officer says with this that there is an agreement, or that one is being asked for: everything but
    name, address, place and telephone stays unknown, and the licensed number of places is no capacity.
    Several services of one building become one destination. Raises: BcpKitError A-001, U-002 for an unknown
    id, D-013 for one that is a destination already.
    """
    ctx.demand(Action.EDIT_SHELTER)
    with ctx.open_store() as uow:
        stored = _document(uow)
        chosen = [_need(stored, candidate_id) for candidate_id in dict.fromkeys(candidate_ids)]
        made = {shelter.id: shelter for shelter in map(_shelter, chosen)}
        if uow.shelters.list(id=list(made)):
            raise BcpKitError(ErrorCode.ALREADY_STORED)
        uow.shelters.add_many(list(made.values()), WHY)
        uow.commit()
    return tuple(made.values())


def _need(stored: dict[str, Raw], candidate_id: str) -> FacilityCandidate:
    if candidate_id not in stored:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return FacilityCandidate.model_validate(stored[candidate_id])


def _shelter(candidate: FacilityCandidate) -> Shelter:
    hospital = candidate.hospital
    return Shelter(
        id=f"s{(candidate.office_number or candidate.id)}",
        name=candidate.name,
        kind=DestinationKind.HOSPITAL if hospital else DestinationKind.AGREEMENT_WELFARE,
        operator=candidate.operator,
        facility_type=candidate.service_name,
        address=candidate.address,
        municipality=candidate.municipality,
        location=candidate.location,
        phone=candidate.phone,
        own_residents=None,
        beds=candidate.beds if hospital else None,
        source=SOURCE,
    )


def start_facility(ctx: Context, candidate_id: str, category: ServiceCategory | None = None) -> Facility:
    """Store a candidate as a facility with its own record, for a manager to go on with.

    `category` is needed where the list's kind of service told none. Raises: BcpKitError A-001, U-002, U-004
    (no category), D-013 when the record is there already.
    """
    ctx.demand(Action.EDIT_FACILITY)
    with ctx.open_store() as uow:
        candidate = _need(_document(uow), candidate_id)
        known = category or candidate.category
        if known is None:
            raise BcpKitError(ErrorCode.FACTS_NOT_POSSIBLE)
        facility = _facility(candidate, known)
        if uow.facilities.list(id=[facility.id]):
            raise BcpKitError(ErrorCode.ALREADY_STORED)
        uow.facilities.add(facility, WHY)
        uow.commit()
    return facility


def _facility(candidate: FacilityCandidate, category: ServiceCategory) -> Facility:
    number = candidate.office_number
    return Facility(
        id=candidate.id,
        name=candidate.name,
        operator=candidate.operator,
        category=category,
        service_key=candidate.service_key,
        office_number=number if len(number) == 10 and number.isdigit() else "",
        address=candidate.address,
        municipality=candidate.municipality,
        location=candidate.location,
        phone=candidate.phone,
        beds=candidate.beds or 0,
    )
