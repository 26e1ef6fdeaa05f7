"""Paper of a drill: lists for the day with numbers of the ledger, and the sheet of what happened.

Every page says that it is a drill's. Lists that leave the house name only people whose plan may be given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.paper_copies import CopyState, PaperCopy, PrintRun, RunState, copy_number
from bcp_kit.domain.plan_drills import DrillSubject, PlanDrill
from bcp_kit.forms.drill_differences import place_words, planned_stage, way_words
from bcp_kit.forms.messages import text
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.render.matching_paper import PaperPart, PaperTable, RunPaper, print_run_paper
from bcp_kit.render.mixups import ExpectedCopy, find_mixups
from bcp_kit.render.pdf_words import page_words
from bcp_kit.services.base import Context
from bcp_kit.services.copies_of_run import WHY, last_serial, stepped, void_reserved
from bcp_kit.services.plan_drill_findings import changes_for, finding_state
from bcp_kit.services.plan_drills import DrillLine, drill_counts, drill_lines, read_drill
from bcp_kit.services.plans_checked import identifiers_of_all
from bcp_kit.services.plans_read import dossiers, may_hand_out, town_rules

LIST_EDITION = "drill_list"
_ROOM = "\u3000" * 14  # room to write in


class ListBy(StrEnum):
    """For whom a list is: the district's desk (stays in the house), a place, a supporter."""

    DISTRICT = "district"
    SHELTER = "shelter"
    SUPPORTER = "supporter"


@dataclass(frozen=True)
class DrillList:
    """One list: whose (the id of the place or supporter, "" for the district), its title, its people."""

    by: ListBy
    key: str
    title: str
    subjects: tuple[DrillSubject, ...]


def lists_of(drill: PlanDrill, by: ListBy) -> tuple[DrillList, ...]:
    """Return the lists of one kind, in the order of their titles; people without that kind stand in none."""
    if by is ListBy.DISTRICT:
        title = drill.district or text("drills.whole_town")
        return (DrillList(by, "", title, drill.subjects),)
    groups: dict[str, list[DrillSubject]] = {}
    for subject in drill.subjects:
        for key in _keys(drill, subject, by):
            groups.setdefault(key, []).append(subject)
    names = _names(drill, by)
    found = (DrillList(by, key, names.get(key, key), tuple(people)) for key, people in groups.items())
    return tuple(sorted(found, key=lambda each: each.title))


def _keys(drill: PlanDrill, subject: DrillSubject, by: ListBy) -> Sequence[str]:
    if by is ListBy.SUPPORTER:
        return [supporter.id for supporter in subject.supporters]
    stage = planned_stage(drill, subject)
    return [stage.shelter_id] if stage and stage.shelter_id else []


def _names(drill: PlanDrill, by: ListBy) -> dict[str, str]:
    if by is ListBy.SHELTER:
        return {place.id: place.name for place in drill.shelters}
    return {s.id: s.name for subject in drill.subjects for s in subject.supporters}


def print_list(ctx: Context, drill_id: str, by: ListBy, key: str = "") -> PrintedDocument:
    """Return one list of the day as PDF; it has a number in the ledger, and its text is searched for others.

    Whether a plan may be given is asked anew for lists that leave the house. Raises: BcpKitError U-002 (no
    such list), P-002 (a page names somebody who is not on the list), A-001.
    """
    ctx.demand(Action.PRINT_PLANS)
    drill = read_drill(ctx, drill_id)
    wanted = next((each for each in lists_of(drill, by) if each.key == key), None)
    if wanted is None:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    people = wanted.subjects if by is ListBy.DISTRICT else _may_be_named(ctx, wanted.subjects)
    taken = _reserve(ctx, drill, wanted, people)
    try:
        printed = _made(drill, wanted, people, taken, ctx.clock.now())
        _demand_own_people(ctx, printed, taken, drill, people)
        _count(ctx, taken, printed)
    except BaseException:
        _break_off(ctx, taken)
        raise
    return printed


def _made(
    drill: PlanDrill,
    wanted: DrillList,
    people: Sequence[DrillSubject],
    taken: PaperCopy,
    made_at: datetime,
) -> PrintedDocument:
    """Return the finished list under its number."""
    by = wanted.by
    heads = tuple(text(f"drills.paper.column.{name}") for name in _COLUMNS)
    rows = tuple(_row(drill, subject, number) for number, subject in enumerate(people, start=1))
    left = len(wanted.subjects) - len(people)
    lead = [text("drills.paper.lead", count=len(rows))]
    lead += [text("drills.paper.left_out", count=left)] if left else []
    paper = RunPaper(
        title=text("drills.paper.list_title", title=drill.title),
        edition=text(f"drills.paper.for_{by.value}", name=wanted.title),
        foot=text("drills.paper.foot", number=taken.number),
        made_at=made_at,
        marks=(text("drills.paper.mark"), text(f"drills.paper.secret_{by.value}")),
        parts=(
            _head_part(drill),
            PaperPart(
                "people",
                text("drills.paper.people"),
                tuple(lead),
                tables=(PaperTable(heads, rows),),
                empty=text("drills.paper.nobody"),
                wide=True,
            ),
        ),
    )
    return print_run_paper(paper, f"drill_{taken.number}.pdf")


def _may_be_named(ctx: Context, subjects: Sequence[DrillSubject]) -> tuple[DrillSubject, ...]:
    """Return those whose plan could be given when the copy was taken, and can be given now."""
    asked = [subject.person.id for subject in subjects if subject.may_share]
    with ctx.open_store() as uow:
        rules, now = town_rules(uow), ctx.clock.now()
        allowed = {
            dossier.person.id
            for dossier in dossiers(uow, asked)
            if may_hand_out(dossier, Edition.SUPPORTER, rules, now).allowed
        }
    return tuple(subject for subject in subjects if subject.person.id in allowed)


_COLUMNS = (
    "order",
    "name",
    "plan",
    "place",
    "way",
    "supporter",
    "came",
    "minutes",
    "helped",
    "device",
    "note",
)


def _row(drill: PlanDrill, subject: DrillSubject, number: int) -> tuple[str, ...]:
    stage = planned_stage(drill, subject)
    names = text("matching.list_mark").join(supporter.name for supporter in subject.supporters)
    device = text("drills.paper.tick_device") if subject.person.devices else "－"
    return (
        str(number),
        subject.person.name,
        subject.plan.number,
        place_words(drill, subject),
        way_words(stage.transport) if stage else "",
        names,
        text("drills.paper.tick_came"),
        text("drills.paper.minutes"),
        text("drills.paper.tick_yes_no") if subject.supporters else "－",
        device,
        _ROOM,
    )


def _head_part(drill: PlanDrill) -> PaperPart:
    facts = (
        (text("drills.field.held_on"), f"{drill.held_on:%Y-%m-%d}"),
        (text("drills.field.hazard"), text(f"plans.paper.hazard.{drill.hazard.value}")),
        (text("drills.field.scenario"), drill.scenario),
        (text("drills.field.participants"), text("matching.list_mark").join(drill.participants) or "－"),
        (text("drills.field.copied_at"), f"{drill.copied_at:%Y-%m-%d %H:%M}"),
    )
    heads = (text("drills.field.minute"), text("drills.field.inject"))
    rows = tuple((text("drills.minute", count=each.minute), each.words) for each in drill.injects)
    return PaperPart("head", text("drills.paper.head"), facts=facts, tables=(PaperTable(heads, rows),))


def _reserve(ctx: Context, drill: PlanDrill, wanted: DrillList, people: Sequence[DrillSubject]) -> PaperCopy:
    """Take a number for a list, as for every copy that can leave the house."""
    run_id = ctx.new_id()
    with ctx.open_store() as uow:
        uow.lock()
        number = copy_number(last_serial(uow) + 1)
        run = PrintRun(
            id=run_id,
            edition=LIST_EDITION,
            folder="",
            purpose=drill.title,
            person_ids=tuple(subject.person.id for subject in people),
            batch_size=1,
            started_at=ctx.clock.now(),
            actor=ctx.actor.name,
        )
        uow.print_runs.add(run, WHY)
        copy = PaperCopy(
            number=number,
            run_id=run_id,
            batch=1,
            plan_id=drill.id,
            plan_number=text(f"drills.paper.in_ledger_{wanted.by.value}"),
            plan_version=drill.version,
            person_id="",
            edition=LIST_EDITION,
            variant=wanted.by.value,
            purpose=drill.title,
            people=run.person_ids,
        )
        taken = stepped(ctx, copy, CopyState.RESERVED)
        uow.paper_copies.add(taken, WHY)
        uow.commit()
    return taken


def _demand_own_people(
    ctx: Context,
    printed: PrintedDocument,
    taken: PaperCopy,
    drill: PlanDrill,
    people: Sequence[DrillSubject],
) -> None:
    """Go on only when every page has the number and names nobody who is not on the list."""
    own = [*_words_of(people), drill.title, drill.scenario, *drill.participants]
    own += [inject.words for inject in drill.injects] + [place.name for place in drill.shelters]
    expected = ExpectedCopy("", 1, printed.pages, (taken.number,), "\n".join((*own, taken.plan_number)))
    with ctx.open_store() as uow:
        everybody = identifiers_of_all(uow)
    faults = find_mixups(page_words(printed.pdf_bytes), [expected], everybody)
    if faults:
        raise BcpKitError(
            ErrorCode.COPIES_MIXED_UP, page=faults[0].page, copy=taken.number, count=len(faults)
        )


def _words_of(people: Sequence[DrillSubject]) -> list[str]:
    names = [subject.person.name for subject in people]
    return names + [supporter.name for subject in people for supporter in subject.supporters]


def _count(ctx: Context, taken: PaperCopy, printed: PrintedDocument) -> None:
    with ctx.open_store() as uow:
        where = {"file_name": printed.file_name, "first_page": 1, "pages": printed.pages}
        done = taken.model_copy(update={**where, "missing_glyphs": "".join(printed.missing_glyphs)})
        uow.paper_copies.save(stepped(ctx, done, CopyState.PRINTED), WHY)
        run = uow.print_runs.need(taken.run_id)
        uow.print_runs.save(run.model_copy(update={"state": RunState.FINISHED}), WHY)
        uow.audit.note("print", "plan_drills", taken.plan_id, f"list={taken.variant} {taken.number}")
        uow.commit()


def _break_off(ctx: Context, taken: PaperCopy) -> None:
    """End the run of a list that was not finished: its number is given up."""
    with ctx.open_store() as uow:
        uow.lock()
        void_reserved(ctx, uow, taken.run_id)
        run = uow.print_runs.need(taken.run_id)
        uow.print_runs.save(run.model_copy(update={"state": RunState.GIVEN_UP}), WHY)
        uow.commit()


def print_results(ctx: Context, drill_id: str) -> PrintedDocument:
    """Return the sheet of what happened: numbers, each person against the plan, findings.

    It stays in the town hall. Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.PRINT_PLANS)
    drill = read_drill(ctx, drill_id)
    paper = RunPaper(
        title=text("drills.paper.result_title", title=drill.title),
        edition=text("drills.paper.office"),
        foot=text("drills.paper.result_foot", number=drill.id[:8]),
        made_at=ctx.clock.now(),
        marks=(text("drills.paper.mark"), text("drills.paper.secret_district")),
        parts=(_head_part(drill), _numbers_part(drill), _results_part(drill), _findings_part(ctx, drill)),
    )
    with ctx.open_store() as uow:
        uow.audit.note("print", "plan_drills", drill.id, "results")
        uow.commit()
    return print_run_paper(paper, f"drill_results_{drill.id[:8]}.pdf")


def _numbers_part(drill: PlanDrill) -> PaperPart:
    counts = drill_counts(drill)
    facts = tuple(
        (text(f"drills.count.{name}"), text("drills.people", count=getattr(counts, name)))
        for name in ("people", "recorded", "came", "stayed_home", "not_came", "different")
    )
    return PaperPart("numbers", text("drills.paper.numbers"), facts=facts)


def result_cells(drill: PlanDrill, line: DrillLine) -> tuple[str, ...]:
    """Return one person's line: name, plan, planned place and way, what happened, minutes, differences."""
    subject, result = line.subject, line.result
    stage = planned_stage(drill, subject)
    planned = f"{place_words(drill, subject)}\n{way_words(stage.transport) if stage else ''}".strip()
    outcome = text(f"drills.outcome.{result.outcome.value}") if result else text("drills.not_recorded")
    minutes = "" if result is None or result.minutes is None else f"{result.minutes:.0f}"
    plan_min = f"{stage.travel_min:.0f}" if stage and stage.travel_min is not None else "－"
    notes = [f"・{difference.words()}" for difference in line.differences]
    notes += [result.words] if result and result.words else []
    happened = f"{outcome}\n{way_words(result.way)}".strip() if result else outcome
    times = f"{minutes or '－'} / {plan_min}"
    return (subject.person.name, subject.plan.number, planned, happened, times, "\n".join(notes))


RESULT_COLUMNS = ("name", "plan", "planned", "happened", "times", "differences")


def _results_part(drill: PlanDrill) -> PaperPart:
    heads = tuple(text(f"drills.paper.column.{name}") for name in RESULT_COLUMNS)
    rows = tuple(result_cells(drill, line) for line in drill_lines(drill))
    return PaperPart("results", text("drills.paper.results"), tables=(PaperTable(heads, rows),), wide=True)


def _findings_part(ctx: Context, drill: PlanDrill) -> PaperPart:
    changes = changes_for(ctx, drill)
    heads = tuple(text(f"drills.paper.column.{name}") for name in ("order", "name", "finding", "came_of_it"))
    rows = []
    for number, finding in enumerate(drill.findings, start=1):
        subject = drill.subject(finding.person_id)
        state = text(f"records.finding.state.{finding_state(finding, changes).value}")
        told = "　".join(part for part in (state, finding.closing_words, finding.closed_by) if part)
        name = subject.person.name if subject else text("drills.whole")
        rows.append((str(number), name, finding.words, told))
    return PaperPart(
        "findings",
        text("drills.paper.findings"),
        tables=(PaperTable(heads, tuple(rows)),),
        empty=text("drills.no_findings"),
        wide=True,
    )
