"""The roll call of staff as a use case: start it, note answers, count, compare with the estimate."""

from collections.abc import Sequence
from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.facility_event import CanCome, SafetyCall, SafetyReply
from bcp_kit.domain.staff import StaffMember
from bcp_kit.forms.messages import text
from bcp_kit.forms.roll_call import (
    BesideEstimate,
    CallLine,
    Tally,
    beside_estimate,
    call_lines,
    newest,
    open_lines,
    read_time,
    tally,
)
from bcp_kit.forms.sheets import Column, ColumnType, SheetKind, sheet
from bcp_kit.render.call_sheet import CallSheet, call_sheet
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.spreadsheet import TableOut, Written, write_csv, write_workbook
from bcp_kit.services.base import Context
from bcp_kit.storage.unit_of_work import UnitOfWork

_COLUMNS = (
    *("number", "id", "name", "qualifications", "phone", "safe", "family", "home", "can_come", "when"),
    *("hours", "means", "whereabouts", "note", "noted_by", "noted_at"),
)


@dataclass(frozen=True)
class CallView:
    """One roll call: its facility, the staff in the order of calling, the counts, the estimate beside."""

    call: SafetyCall
    facility: Facility
    lines: tuple[CallLine, ...]
    tally: Tally
    estimate: tuple[BesideEstimate, ...]

    @property
    def open(self) -> tuple[CallLine, ...]:
        """Who is still to be called, in order."""
        return open_lines(self.lines)


@dataclass(frozen=True)
class Note:
    """One answer as it was typed. `who`: staff number or name; `when`: a time in words (forms.roll_call)."""

    who: str
    safe: str = ""
    family: str = ""
    home: str = ""
    whereabouts: str = ""
    can_come: CanCome = CanCome.NO_ANSWER
    when: str = ""
    means: str = ""
    words: str = ""


def start_call(ctx: Context, facility_id: str, title: str = "", *, drill: bool = False) -> SafetyCall:
    """Begin a roll call of the facility's staff; `drill` keeps it apart from real ones.

    Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_STAFF, facility_id)
    now = ctx.clock.now()
    with ctx.open_store() as uow:
        facility = uow.facilities.need(facility_id)
        name = title.strip() or text("calls.default_title", day=f"{now:%Y-%m-%d %H:%M}")
        call = SafetyCall(id=ctx.new_id(), facility_id=facility.id, title=name, started_at=now, drill=drill)
        uow.safety_calls.add(call)
        uow.commit()
    return call


def list_calls(ctx: Context, facility_id: str) -> tuple[SafetyCall, ...]:
    """Return the roll calls of a facility, the newest first."""
    ctx.demand(Action.SEE_STAFF, facility_id)
    with ctx.open_store() as uow:
        return tuple(reversed(uow.safety_calls.list(facility_id=facility_id)))


def read_call(ctx: Context, call_id: str = "", facility_id: str = "") -> CallView:
    """Return a roll call, or the newest one of a facility.

    Raises: BcpKitError E-006 when there is none, U-002.
    """
    ctx.demand(Action.SEE_STAFF, facility_id)
    with ctx.open_store() as uow:
        return _view(ctx, uow, _call(uow, call_id, facility_id))


def _call(uow: UnitOfWork, call_id: str, facility_id: str) -> SafetyCall:
    if call_id:
        return uow.safety_calls.need(call_id)
    found = uow.safety_calls.latest(**({"facility_id": facility_id} if facility_id else {}))
    if found is None:
        raise BcpKitError(ErrorCode.NO_CALL_YET)
    return found


def _view(ctx: Context, uow: UnitOfWork, call: SafetyCall) -> CallView:
    ctx.demand(Action.SEE_STAFF, call.facility_id)
    facility = uow.facilities.need(call.facility_id)
    lines = call_lines(call, uow.staff.list(facility_id=facility.id), facility.location)
    counts = tally(call, lines)
    run = _estimated(uow, facility.id)
    beside = beside_estimate(run, counts, (line.person.id for line in lines))
    return CallView(call, facility, lines, counts, beside)


def _estimated(uow: UnitOfWork, facility_id: str) -> CoverRun | None:
    """Return the newest cover run that rests on chances: one made from answers says nothing beside them."""
    newest_run = uow.cover_runs.latest(facility_id=facility_id)
    if newest_run is None or not newest_run.settings.get("call_id"):
        return newest_run
    runs = reversed(uow.cover_runs.list(facility_id=facility_id))
    return next((run for run in runs if not run.settings.get("call_id")), None)


def note_reply(ctx: Context, call_id: str, note: Note) -> CallView:
    """Write one answer; earlier ones of the same person stay in the record, the newest counts.

    What is left empty keeps what was known before. Raises: BcpKitError E-002 (nobody, or several), E-003.
    """
    with ctx.open_store() as uow:
        uow.lock()
        call = uow.safety_calls.need(call_id)
        ctx.demand(Action.SEE_STAFF, call.facility_id)
        person = _person(note.who, uow.staff.list(facility_id=call.facility_id))
        reply = _reply(ctx, note, person, newest(call).get(person.id))
        saved = uow.safety_calls.save(call.model_copy(update={"replies": (*call.replies, reply)}))
        view = _view(ctx, uow, saved)
        uow.commit()
    return view


def _person(who: str, staff: Sequence[StaffMember]) -> StaffMember:
    wanted = "".join(who.split())
    found = [p for p in staff if p.id == who] or [p for p in staff if "".join(p.name.split()) == wanted]
    if len(found) != 1:
        raise BcpKitError(ErrorCode.CALL_UNKNOWN_PERSON, name=who)
    return found[0]


def _reply(ctx: Context, note: Note, person: StaffMember, before: SafetyReply | None) -> SafetyReply:
    now = ctx.clock.now()
    expected = read_time(note.when, now) if note.when.strip() else None
    if note.when.strip() and expected is None:
        raise BcpKitError(ErrorCode.CALL_TIME_UNREADABLE, value=note.when)
    come = CanCome.LATER if expected and note.can_come is CanCome.NO_ANSWER else note.can_come
    known = before or SafetyReply(staff_id=person.id, noted_at=now)
    kept = come is CanCome.NO_ANSWER or (come is known.can_come and expected is None)
    return SafetyReply(
        staff_id=person.id,
        safe=note.safe or known.safe,
        family=note.family or known.family,
        home=note.home or known.home,
        whereabouts=note.whereabouts.strip() or known.whereabouts,
        can_come=known.can_come if kept else come,
        expected_at=known.expected_at if kept else expected if come is CanCome.LATER else None,
        means=note.means or known.means,
        note=note.words.strip() or known.note,
        noted_by=ctx.actor.name,
        noted_at=now,
    )


def print_call_sheet(ctx: Context, facility_id: str, call_id: str = "") -> PrintedDocument:
    """Return the sheet to take along: one line for each member of staff in the order of calling.

    Without a call it is a blank sheet for the day; with one it holds the answers so far.
    """
    ctx.demand(Action.SEE_STAFF, facility_id)
    now = ctx.clock.now()
    with ctx.open_store() as uow:
        if call_id:
            view = _view(ctx, uow, uow.safety_calls.need(call_id))
        else:
            blank = SafetyCall(id="", facility_id=facility_id, title="", started_at=now)
            view = _view(ctx, uow, blank)
        uow.audit.note("print", "safety_calls", call_id or facility_id, "sheet")
        uow.commit()
    return call_sheet(CallSheet(view.facility, view.call, view.lines, view.tally, now))


def export_call(ctx: Context, call_id: str, *, as_csv: bool = False) -> Written:
    """Return the answers as Excel or CSV, one line for each member of staff.

    Staff number, whether and when they come stand in columns of their own, so that a roster tool can read it.
    """
    view = read_call(ctx, call_id)
    columns = tuple(
        Column(key=key, heading=text(f"calls.column.{key}"), type=ColumnType.TEXT, width=16)
        for key in _COLUMNS
    )
    table = TableOut(text("calls.export_tab"), columns, [_cells(view, line) for line in view.lines])
    with ctx.open_store() as uow:
        uow.audit.note("export", "safety_calls", call_id, "answers")
        uow.commit()
    return write_csv(table) if as_csv else write_workbook([table])


def _cells(view: CallView, line: CallLine) -> dict[str, str]:
    words = {column.key: column.choices for column in sheet(SheetKind.STAFF).columns}
    person, reply = line.person, line.reply
    cells = {
        "number": str(line.number),
        "id": person.id,
        "name": person.name,
        "qualifications": "、".join(words["qualifications"][q] for q in person.qualifications),
        "phone": person.phone,
        "can_come": text(f"calls.can_come.{CanCome.NO_ANSWER.value}"),
    }
    if reply is None:
        return cells
    hours = None if reply.expected_at is None else reply.expected_at - view.call.started_at
    return cells | {
        **{key: condition_words(getattr(reply, key)) for key in ("safe", "family", "home")},
        "can_come": text(f"calls.can_come.{reply.can_come.value}"),
        "when": f"{reply.expected_at:%Y-%m-%d %H:%M}" if reply.expected_at else "",
        "hours": "" if hours is None else f"{hours.total_seconds() / 3600:.1f}",
        "means": words["commute"].get(reply.means, reply.means),
        "whereabouts": reply.whereabouts,
        "note": reply.note,
        "noted_by": reply.noted_by,
        "noted_at": f"{reply.noted_at:%Y-%m-%d %H:%M}",
    }


def condition_words(value: str) -> str:
    """Return how a condition is said; a word that somebody else wrote stays as it is."""
    return text(f"calls.condition.{value}") if value in ("ok", "hit", "unknown") else value
