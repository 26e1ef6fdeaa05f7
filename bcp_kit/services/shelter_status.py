"""The state of destinations in an event: begin and end one, report, open a new place, read the board."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import number
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelter_status import DisasterEvent, OpenState, StatusEntry, newest_by_place
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.services.base import Context
from bcp_kit.services.place_tables import place_index
from bcp_kit.storage.unit_of_work import UnitOfWork

STATES = "shelter_states"
WHY = "event"


@dataclass(frozen=True)
class BoardLine:
    """One place on the board: its newest report of this event, None while nobody has reported."""

    shelter: Shelter
    entry: StatusEntry | None

    @property
    def added(self) -> bool:
        """True for a place that was never on the list."""
        return bool(self.shelter.added_in_event)


@dataclass(frozen=True)
class Board:
    """All places in the running event, in the order of the list; `event` None: there is none."""

    event: DisasterEvent | None
    lines: tuple[BoardLine, ...]

    def count(self, state: OpenState | None) -> int:
        """Return how many places are in a state (None: nobody has reported)."""
        return sum((line.entry.state if line.entry else None) is state for line in self.lines)


@dataclass(frozen=True)
class Report:
    """What was reported about one place. `usable_share` None: as usual for the state."""

    shelter_id: str
    state: OpenState
    reason: str = ""
    usable_share: float | None = None
    people: int | None = None


@dataclass(frozen=True)
class NewPlace:
    """A place that opened in the event and was never on the list.

    `near` is the id of a listed place close by: its point stands in until the place has one of its own.
    """

    name: str
    address: str = ""
    near: str = ""
    kind: DestinationKind = DestinationKind.GENERAL
    capacity_people: int | None = None
    phone: str = ""
    reason: str = ""


def default_share(state: OpenState) -> float:
    """Return the usable share that a state starts with (catalogue `shelter_states`)."""
    return number(STATES, state.value)


def running_event(uow: UnitOfWork) -> DisasterEvent | None:
    """Return the event that is not ended, or None."""
    return next((event for event in uow.disaster_events.list() if event.is_running), None)


def current_event(ctx: Context) -> DisasterEvent | None:
    """Return the running event, or None."""
    ctx.demand(Action.SEE_SHELTER)
    with ctx.open_store() as uow:
        return running_event(uow)


def past_events(ctx: Context) -> tuple[DisasterEvent, ...]:
    """Return the events that are ended, the newest first."""
    ctx.demand(Action.SEE_SHELTER)
    with ctx.open_store() as uow:
        return tuple(e for e in reversed(uow.disaster_events.list()) if not e.is_running)


def begin_event(ctx: Context, name: str, hazard: HazardKind | None = None) -> DisasterEvent:
    """Begin an event; from now on states are reported and the matching looks at them.

    Raises: BcpKitError S-001 when one is running, U-004 for an empty name.
    """
    ctx.demand(Action.EDIT_SHELTER)
    if not name.strip():
        raise BcpKitError(ErrorCode.FACTS_NOT_POSSIBLE)
    with ctx.open_store() as uow:
        uow.lock()
        if running_event(uow) is not None:
            raise BcpKitError(ErrorCode.EVENT_RUNNING)
        event = DisasterEvent(
            id=ctx.new_id(),
            name=name.strip(),
            began_at=ctx.clock.now(),
            began_by=ctx.actor.name,
            hazard=hazard,
        )
        uow.disaster_events.add(event, WHY)
        uow.commit()
    return event


def end_event(ctx: Context) -> DisasterEvent:
    """End the running event; its reports stay as history and no longer count.

    Raises: BcpKitError S-002 when none is running.
    """
    ctx.demand(Action.EDIT_SHELTER)
    with ctx.open_store() as uow:
        uow.lock()
        event = _need_event(uow)
        ended = uow.disaster_events.save(event.model_copy(update={"ended_at": ctx.clock.now()}), WHY)
        uow.commit()
    return ended


def _need_event(uow: UnitOfWork) -> DisasterEvent:
    event = running_event(uow)
    if event is None:
        raise BcpKitError(ErrorCode.NO_EVENT_RUNNING)
    return event


def report_status(ctx: Context, reports: Sequence[Report]) -> tuple[StatusEntry, ...]:
    """Add what was reported about one or more places, all or none.

    Raises: BcpKitError S-002 without a running event, U-002 for an unknown place, U-004 for a share outside
    0–1 or a negative number of people.
    """
    ctx.demand(Action.EDIT_SHELTER)
    with ctx.open_store() as uow:
        uow.lock()
        event, now = _need_event(uow), ctx.clock.now()
        entries = tuple(_entry(ctx, event, report, now) for report in reports)
        if len(uow.shelters.ids(id=[r.shelter_id for r in reports])) < len({r.shelter_id for r in reports}):
            raise BcpKitError(ErrorCode.NOT_FOUND)
        uow.status_entries.add_many(entries, WHY)
        uow.commit()
    return entries


def _entry(ctx: Context, event: DisasterEvent, report: Report, now: datetime) -> StatusEntry:
    share = default_share(report.state) if report.usable_share is None else report.usable_share
    if not 0 <= share <= 1 or (report.people or 0) < 0:
        raise BcpKitError(ErrorCode.FACTS_NOT_POSSIBLE)
    return StatusEntry(
        id=ctx.new_id(),
        event_id=event.id,
        shelter_id=report.shelter_id,
        state=report.state,
        at=now,
        by=ctx.actor.name,
        usable_share=share,
        reason=report.reason.strip(),
        people=report.people,
    )


def add_place(ctx: Context, place: NewPlace) -> Shelter:
    """Add a place that opened in the running event and was never on the list; it is marked, and open.

    Raises: BcpKitError S-002 without a running event, U-004 for an empty name.
    """
    ctx.demand(Action.EDIT_SHELTER)
    if not place.name.strip() or (place.capacity_people or 0) < 0:
        raise BcpKitError(ErrorCode.FACTS_NOT_POSSIBLE)
    with ctx.open_store() as uow:
        uow.lock()
        event = _need_event(uow)
        shelter = Shelter(
            id=f"E{ctx.new_id()[:10]}",
            name=place.name.strip(),
            kind=place.kind,
            address=place.address.strip(),
            phone=place.phone.strip(),
            location=_point_of(uow, place),
            capacity_people=place.capacity_people,
            opens_after_h=0,
            added_in_event=event.id,
        )
        uow.shelters.add(shelter, WHY)
        report = Report(shelter.id, OpenState.OPEN, place.reason)
        uow.status_entries.add(_entry(ctx, event, report, ctx.clock.now()), WHY)
        uow.commit()
    return shelter


def _point_of(uow: UnitOfWork, place: NewPlace) -> Location | None:
    """Return where a new place lies: by the listed place close by, else by its address, else unknown."""
    if place.near:
        point = uow.shelters.need(place.near).location
        doubt = number("shelter_defaults", "near_place_m")
        return point and point.model_copy(update={"uncertainty_m": max(doubt, point.uncertainty_m)})
    try:
        return place_index(uow).find(place.address).location if place.address.strip() else None
    except BcpKitError:
        return None  # without a table of points


def keep_place(ctx: Context, shelter_id: str) -> Shelter:
    """Put a place that was added in an event on the list for good.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.EDIT_SHELTER)
    with ctx.open_store() as uow:
        uow.lock()
        shelter = uow.shelters.need(shelter_id)
        saved = uow.shelters.save(shelter.model_copy(update={"added_in_event": ""}), WHY)
        uow.commit()
    return saved


def board(ctx: Context) -> Board:
    """Return all places with their newest state in the running event."""
    ctx.demand(Action.SEE_SHELTER)
    with ctx.open_store() as uow:
        return board_of(uow)


def board_of(uow: UnitOfWork) -> Board:
    """Return the board within a unit of work. Places added in another event do not stand on it."""
    event = running_event(uow)
    event_id = event.id if event else ""
    newest = newest_by_place(uow.status_entries.list(event_id=event_id)) if event else {}
    listed = [s for s in uow.shelters.list() if s.added_in_event in ("", event_id)]
    return Board(event, tuple(BoardLine(s, newest.get(s.id)) for s in listed))


@dataclass(frozen=True)
class History:
    """All reports about one place, the newest first, with the events that they belong to."""

    shelter: Shelter
    entries: tuple[StatusEntry, ...]
    events: dict[str, DisasterEvent]


def history(ctx: Context, shelter_id: str) -> History:
    """Return what was ever reported about one place.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.SEE_SHELTER)
    with ctx.open_store() as uow:
        shelter = uow.shelters.need(shelter_id)
        entries = tuple(reversed(uow.status_entries.list(shelter_id=shelter_id)))
        events = {event.id: event for event in uow.disaster_events.list()}
    return History(shelter, entries, events)
