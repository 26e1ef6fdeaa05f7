"""The papers for an inspection and the sheets of records: everything that is stored, gathered and printed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.bcp import CONTINUITY_KINDS, ContinuityPlan, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.practice import PracticeKind, PracticeRecord
from bcp_kit.domain.practice_settings import PracticeSettings
from bcp_kit.domain.site_facts import FactRow, SiteFacts
from bcp_kit.forms.messages import text
from bcp_kit.forms.practice.difference import differences
from bcp_kit.forms.practice.inspection import CheckStanding, InspectionFacts, PlanStanding, inspect
from bcp_kit.forms.practice.words import day_words
from bcp_kit.forms.schema import Requirement
from bcp_kit.render.continuity_plan import plan_layout
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.inspection_pack import render_pack, render_sheet
from bcp_kit.render.plan_blocks import PlanPages, PlanPrint
from bcp_kit.render.plan_pages import compose_joint
from bcp_kit.render.practice_blocks import PackPrint, SheetPrint, VersionChanges
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_print import Wish, prepared
from bcp_kit.services.plan_versions import HistoryLine, PlanHistory, chapters_of, history_of, in_force
from bcp_kit.services.practice_due import (
    CONTACT_TABLES,
    STOCK_TABLE,
    DueView,
    due_view,
    penalty_view,
    plans_for,
    settings_of,
)
from bcp_kit.services.practice_records import item_of, records_of
from bcp_kit.storage.unit_of_work import UnitOfWork

SISTERS = (PlanKind.EVACUATION_SECURING, PlanKind.EMERGENCY_DISASTER)
_STOCK_COLUMNS = ("article", "quantity", "use_by", "storage_place", "keeper")
_DUTY_ROW = "plan"  # of the catalogue legal_obligations


@dataclass(frozen=True)
class PackView:
    """The points of an inspection for one facility, as the screen shows them before printing."""

    facility: Facility
    checks: tuple[CheckStanding, ...]


@dataclass(frozen=True)
class _Gathered:
    """All that is stored of one facility, read in one unit of work."""

    facility: Facility
    plans: Mapping[PlanKind, ContinuityPlan]
    histories: Mapping[PlanKind, PlanHistory]
    prints: Mapping[PlanKind, PlanPrint]
    records: tuple[PracticeRecord, ...]
    settings: PracticeSettings
    due: DueView
    checks: tuple[CheckStanding, ...]

    @property
    def facts(self) -> SiteFacts | None:
        """The facts of the site in words, None without any plan."""
        return next((history.content.facts for history in self.histories.values()), None)


def _duty_from(settings: PracticeSettings) -> date | None:
    since = catalogue("legal_obligations").need(_DUTY_ROW).valid_from
    return max(since, settings.designated_on or since) if since else settings.designated_on


def _standing(history: PlanHistory, printed: PlanPrint) -> PlanStanding:
    version = history.in_force
    law = [item for item in printed.standing.open_items if item.required is Requirement.LAW]
    return PlanStanding(
        begun_on=history.content.plan.created_on,
        number=version.number if version else None,
        approved_on=version.decided_on if version else None,
        open_law_items=len(law),
    )


def _rows(facts: SiteFacts | None, *tables: str) -> list[FactRow]:
    rows = [row for table in tables for row in (facts.tables.get(table, ()) if facts else ())]
    return [row for row in rows if any(cell.strip() for cell in row.cells.values())]


def _gather(
    ctx: Context, uow: UnitOfWork, facility: Facility, *, without_personal: bool = False
) -> _Gathered:
    plans = plans_for(uow, facility.id)
    histories = {kind: history_of(ctx, uow, plan.id) for kind, plan in plans.items()}
    prints = {}
    for kind, plan in plans.items():
        version = histories[kind].in_force
        wish = Wish(without_personal=without_personal, version=version.number if version else 0)
        prints[kind] = prepared(ctx, uow, plan.id, wish)
    records, settings = records_of(uow, facility.id), settings_of(uow, facility.id)
    due = due_view(ctx, uow, facility)
    facts = next((history.content.facts for history in histories.values()), None)
    contacts = _rows(facts, *CONTACT_TABLES)
    checks = inspect(
        InspectionFacts(
            today=ctx.today(),
            duty_from=_duty_from(settings),
            plans={kind: _standing(histories[kind], prints[kind]) for kind in plans},
            records=records,
            due=due.lines,
            settings=settings,
            stock_items=len(_rows(facts, STOCK_TABLE)),
            contacts=len(contacts),
            contacts_unconfirmed=sum(row.confirmed_on is None for row in contacts),
        )
    )
    return _Gathered(facility, plans, histories, prints, records, settings, due, checks)


def read_pack(ctx: Context, facility_id: str) -> PackView:
    """Return what an inspector would find there and miss; nothing is printed.

    Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        gathered = _gather(ctx, uow, uow.facilities.need(facility_id))
    return PackView(gathered.facility, gathered.checks)


def history_cells(line: HistoryLine, language: str = "ja") -> tuple[str, ...]:
    """Return one line of the history as cells: version, day, reason, author, state, who decided and when."""
    version = line.version
    if version is None:
        state = text("records.version.history_line", language)
        return "", day_words(line.on, language), line.reason, line.author, state, ""
    decided = ""
    if version.decided_by:
        decided = f"{version.decided_by}　{day_words(version.decided_on, language)}"
        decided += f"\n{version.decision_note}" if version.decision_note else ""
    return (
        text("records.version.number", language, number=version.number),
        day_words(line.on, language),
        line.reason,
        line.author,
        text(f"records.version.state.{version.state.value}", language),
        decided,
    )


def _changes(history: PlanHistory) -> Iterator[VersionChanges]:
    """Yield what each approved version changed of the approved one before it, the newest first."""
    approved = [v for v in history.versions if in_force([v])]
    for newer, older in pairwise(approved):
        found = differences(chapters_of(history.content), older.answers, newer.answers)
        if found:
            yield VersionChanges(history.content.plan.kind, newer.number, found)


def _titles(records: Sequence[PracticeRecord]) -> dict[tuple[PlanKind, str], str]:
    found = {}
    for finding in (finding for record in records for finding in record.findings):
        item = item_of(finding)
        if item is not None and finding.plan_kind is not None:
            found[finding.plan_kind, finding.item_id] = item.title_ja
    return found


def _plan_pages(gathered: _Gathered) -> PlanPages | None:
    docs = [gathered.prints[kind] for kind in CONTINUITY_KINDS if kind in gathered.prints]
    return compose_joint(docs, plan_layout()) if docs else None


def _sisters(uow: UnitOfWork, facility_id: str) -> tuple[tuple[PlanKind, bool], ...]:
    made = {
        plan.kind
        for plan in uow.continuity_plans.list(kind=list(SISTERS))
        if facility_id in (plan.facility_id, *plan.also_covers)
    }
    return tuple((kind, kind in made) for kind in SISTERS)


def print_pack(ctx: Context, facility_id: str, *, without_personal: bool = False) -> PrintedDocument:
    """Return the papers for an inspection of one facility as PDF; the audit log notes the print.

    `without_personal` leaves out the lists of users and staff and the names of participants. Raises:
    BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        facility = uow.facilities.need(facility_id)
        gathered = _gather(ctx, uow, facility, without_personal=without_personal)
        penalty = penalty_view(ctx, uow, facility)
        sisters = _sisters(uow, facility_id)
        uow.audit.note("print", "facilities", facility_id, "inspection_pack")
        uow.commit()
    facts = gathered.facts
    contacts = [] if without_personal else _rows(facts, *CONTACT_TABLES)
    doc = PackPrint(
        facility=facility,
        made_at=ctx.clock.now(),
        checks=gathered.checks,
        histories={
            kind: tuple(history_cells(line) for line in gathered.histories[kind].lines)
            for kind in CONTINUITY_KINDS
            if kind in gathered.histories
        },
        plans=_plan_pages(gathered),
        kinds_missing=tuple(kind for kind in CONTINUITY_KINDS if kind not in gathered.plans),
        records=gathered.records,
        titles=_titles(gathered.records),
        changes=tuple(change for history in gathered.histories.values() for change in _changes(history)),
        due=gathered.due.lines,
        frequency=gathered.due.frequency,
        penalty=penalty.check,
        penalty_facts=penalty.facts,
        stock=tuple(
            tuple(row.cells.get(key, "") for key in _STOCK_COLUMNS) for row in _rows(facts, STOCK_TABLE)
        ),
        contacts=tuple((row.cells.get("name", ""), day_words(row.confirmed_on)) for row in contacts),
        sisters=sisters,
        without_personal=without_personal,
    )
    return render_pack(doc)


def facilities_of_operator(ctx: Context, operator: str) -> tuple[Facility, ...]:
    """Return the facilities of an operator, in the order of adding.

    Raises: BcpKitError U-002 when it has none.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        found = tuple(uow.facilities.list(operator=operator))
    if not found:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return found


def print_packs(
    ctx: Context, facilities: Sequence[Facility], *, without_personal: bool = False
) -> Iterator[PrintedDocument]:
    """Yield the papers of one facility after the other, so that no more than one lies in memory.

    Raises: BcpKitError U-003 when the user stopped, U-002, A-001.
    """
    for number, facility in enumerate(facilities):
        if ctx.progress(number / len(facilities), "records.pack.progress") is False:
            raise BcpKitError(ErrorCode.STOPPED_BY_USER)
        yield print_pack(ctx, facility.id, without_personal=without_personal)
    ctx.progress(1.0, "records.pack.progress")


def print_record(ctx: Context, record_id: str) -> PrintedDocument:
    """Return the sheet of one record with room for signatures.

    Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        record = uow.practice_records.need(record_id)
        ctx.demand(Action.SEE_BCP, record.facility_id)
        facility = uow.facilities.need(record.facility_id)
        uow.audit.note("print", "practice_records", record_id, "")
        uow.commit()
    return render_sheet(SheetPrint(facility, record.kind, ctx.clock.now(), record, _titles([record])))


def print_blank_record(ctx: Context, facility_id: str, kind: PracticeKind) -> PrintedDocument:
    """Return a blank sheet of a kind for writing by hand.

    Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        facility = uow.facilities.need(facility_id)
    return render_sheet(SheetPrint(facility, kind, ctx.clock.now()))
