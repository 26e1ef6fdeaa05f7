"""Records, due dates, the deduction and the points of an inspection as blocks of a printed page; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.practice import Finding, PracticeKind, PracticeRecord
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.practice.difference import Change
from bcp_kit.forms.practice.due import DueLine, Frequency
from bcp_kit.forms.practice.inspection import CheckStanding, Said
from bcp_kit.forms.practice.penalty import PenaltyCheck, PenaltyFacts
from bcp_kit.forms.practice.words import (
    day_words,
    due_cells,
    due_heads,
    finding_outcome,
    frequency_lines,
    lack_lines,
    not_asked_rows,
    penalty_pairs,
    plan_words,
    reading_words,
    record_pairs,
    rule_rows,
    said_values,
    source_cells,
    source_lines,
)
from bcp_kit.render.document import Pages
from bcp_kit.render.plan_blocks import Block, Facts, Grid, Heading, PlanPages, Words

MOST_CHANGES = 40  # of one version; the rest is counted
ItemTitles = Mapping[tuple[PlanKind, str], str]


@dataclass(frozen=True)
class VersionChanges:
    """What one version changed of the version before it."""

    kind: PlanKind
    number: int
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class PackPrint:
    """Everything that the papers for an inspection show; words and values only.

    `histories`: rows of the table of versions by kind. `plans`: the plans in force as composed pages. `stock`
    and `contacts`: rows of their tables. `sisters`: sister plans and whether this tool made them.
    """

    facility: Facility
    made_at: datetime
    checks: tuple[CheckStanding, ...]
    histories: Mapping[PlanKind, tuple[tuple[str, ...], ...]]
    plans: PlanPages | None
    kinds_missing: tuple[PlanKind, ...]
    records: tuple[PracticeRecord, ...]
    titles: ItemTitles
    changes: tuple[VersionChanges, ...]
    due: tuple[DueLine, ...]
    frequency: Frequency
    penalty: PenaltyCheck
    penalty_facts: PenaltyFacts
    stock: tuple[tuple[str, ...], ...] = ()
    contacts: tuple[tuple[str, ...], ...] = ()
    sisters: tuple[tuple[PlanKind, bool], ...] = ()
    without_personal: bool = False


def say(key: str, **values: str | int | float) -> str:
    """Return a sentence of the room `records`; paper is Japanese."""
    return text(f"records.{key}", DEFAULT_LANGUAGE, **values)


def said_words(said: Said) -> str:
    """Return one sentence of a point, with the day since when something is missing."""
    values = {**said_values(said.values, "ja"), "plan": plan_words(said.plan_kind)}
    words = say(f"pack.said.{said.key}", **values)
    return words + (say("pack.since", day=day_words(said.since)) if said.since else "")


def finding_grid(findings: Sequence[Finding], titles: ItemTitles) -> Grid:
    """Return findings with the item that each is linked to and what became of it."""
    columns = ("words", "item", "owner", "due", "state", "outcome")
    return Grid(
        heads=tuple(say(f"finding.columns.{column}") for column in columns),
        rows=tuple(
            (
                finding.words,
                _item_words(finding, titles),
                finding.owner,
                day_words(finding.due_on),
                say(f"finding.state.{finding.state.value}"),
                finding_outcome(finding),
            )
            for finding in findings
        ),
    )


def _item_words(finding: Finding, titles: ItemTitles) -> str:
    if finding.plan_kind is None:
        return ""
    title = titles.get((finding.plan_kind, finding.item_id), "")
    return "：".join(part for part in (plan_words(finding.plan_kind), title) if part)


def record_blocks(record: PracticeRecord, titles: ItemTitles, *, names: bool = True) -> Iterator[Block]:
    """Yield one record with its findings; `names` False leaves the participants' names out."""
    shown = record if names else record.model_copy(update={"participants": ()})
    head = say(
        "pack.record", day=day_words(record.held_on), title=record.title or say(f"kind.{record.kind.value}")
    )
    yield Heading(2, head, f"record_{record.id}")
    yield Facts(record_pairs(shown))
    if record.findings:
        yield finding_grid(record.findings, titles)


def due_blocks(lines: Sequence[DueLine], frequency: Frequency) -> Iterator[Block]:
    """Yield the table of due dates and how the counts were found."""
    for line in frequency_lines(frequency):
        yield Words(line, "note")
    if lines:
        yield Grid(due_heads(), tuple(due_cells(line) for line in lines))
    else:
        yield Words(say("due.none"))


def penalty_blocks(check: PenaltyCheck, facts: PenaltyFacts) -> Iterator[Block]:
    """Yield verdict, facts, both readings, what is missing, and the rules with source and mark."""
    yield Words(say(f"penalty.verdict.{check.verdict.value}"))
    yield Words(say("penalty.no_advice"), "open")
    yield Facts(penalty_pairs(check, facts))
    if check.month_yen is not None:
        yield Words(say("penalty.amount_note"), "note")
    yield Heading(2, say("penalty.lacks"), "penalty_lacks")
    yield Words("\n".join(lack_lines(check)))
    if check.percent:
        yield Heading(2, say("penalty.readings"), "penalty_readings")
        own = {True: f"（{say('penalty.reading_own')}）", False: ""}
        yield Facts(
            tuple(
                (
                    say(f"penalty.reading.{result.reading.value}") + own[result.reading is check.own_reading],
                    reading_words(result),
                )
                for result in check.readings
            )
        )
    yield Heading(2, say("penalty.rules"), "penalty_rules")
    heads = tuple(say(f"penalty.rule_columns.{key}") for key in ("rule", "source", "mark"))
    yield Grid(heads, tuple(source_cells(rule_rows(check))))
    yield Words("\n".join(source_lines(rule_rows(check))), "note")
    yield Heading(2, say("penalty.not_asked"), "penalty_not_asked")
    yield Words("\n".join(row.label_ja for row in not_asked_rows()), "note")


def summary_blocks(doc: PackPrint, pages: Pages) -> Iterator[Block]:
    """Yield the first page: each point with what is there, what is missing and since when, and its page."""
    yield Heading(1, say("pack.title"), "pack_summary")
    made_on = say("pack.made_on", day=day_words(doc.made_at.date()))
    yield Words(f"{doc.facility.operator}　{doc.facility.name}　{made_on}".strip("　"))
    lacking = sum(not check.complete for check in doc.checks)
    yield Words(
        say("pack.some_missing", count=lacking) if lacking else say("pack.all_there"),
        "open" if lacking else "body",
    )
    points = catalogue("inspection_checks").rows
    rows = tuple(
        (
            str(number),
            points[check.key].label_ja,
            say("pack.complete") if check.complete else say("pack.incomplete"),
            "\n".join(said_words(said) for said in check.there) or say("pack.nothing"),
            "\n".join(said_words(said) for said in check.missing) or say("pack.nothing"),
            str(pages.get(check.key) or ""),
        )
        for number, check in enumerate(doc.checks, start=1)
    )
    heads = tuple(
        say(f"pack.columns.{key}") for key in ("number", "point", "state", "there", "missing", "page")
    )
    yield Grid(heads, rows)
    yield Words(say("pack.source_note"), "note")


def check_head(doc: PackPrint, key: str) -> Iterator[Block]:
    """Yield the heading of a point, what evidence belongs to it, what is there and what is missing."""
    number, check = next((n, c) for n, c in enumerate(doc.checks, start=1) if c.key == key)
    point = catalogue("inspection_checks").need(key)
    yield Heading(1, say("pack.section", number=number, title=point.label_ja), key)
    yield Words(say("pack.evidence", words="、".join(point.data["evidence_ja"])), "note")
    pairs = [(say("pack.there"), check.there), (say("pack.missing"), check.missing)]
    yield Facts(
        tuple((label, "\n".join(map(said_words, said)) or say("pack.nothing")) for label, said in pairs)
    )


def history_blocks(doc: PackPrint) -> Iterator[Block]:
    """Yield the table of versions of each plan."""
    heads = tuple(
        say(f"version.columns.{key}") for key in ("version", "on", "reason", "author", "state", "decided")
    )
    for kind, rows in doc.histories.items():
        yield Heading(2, say("pack.history", plan=plan_words(kind)), f"history_{kind.value}")
        yield Grid(heads, rows) if rows else Words(say("pack.no_versions"))


def plans_blocks(doc: PackPrint) -> Iterator[Block]:
    """Yield which plans follow and which are missing."""
    for kind in doc.histories:
        yield Words(say("pack.plan_words", plan=plan_words(kind)))
    for kind in doc.kinds_missing:
        yield Words(say("pack.plan_missing", plan=plan_words(kind)), "open")


def kind_blocks(doc: PackPrint, kind: PracticeKind) -> Iterator[Block]:
    """Yield all records of a kind, the newest first."""
    found = [record for record in doc.records if record.kind is kind]
    if not found:
        yield Words(say("pack.no_records"), "open")
    for record in found:
        yield from record_blocks(record, doc.titles, names=not doc.without_personal)


def review_blocks(doc: PackPrint) -> Iterator[Block]:
    """Yield reviews, what each version changed, and all findings with what came of them."""
    yield from kind_blocks(doc, PracticeKind.REVIEW)
    heads = tuple(say(f"diff.columns.{key}") for key in ("place", "before", "after"))
    for version in doc.changes:
        title = say("pack.changes", number=version.number, count=len(version.changes))
        key = f"changes_{version.kind.value}_{version.number}"
        yield Heading(2, f"{plan_words(version.kind)}　{title}", key)
        shown = version.changes[:MOST_CHANGES]
        nothing = say("diff.nothing")
        yield Grid(heads, tuple((c.place, c.before or nothing, c.after or nothing) for c in shown))
        if len(version.changes) > MOST_CHANGES:
            yield Words(say("pack.changes_left", count=len(version.changes) - MOST_CHANGES), "note")
    yield Heading(2, say("pack.findings"), "pack_findings")
    findings = [finding for record in doc.records for finding in record.findings]
    yield finding_grid(findings, doc.titles) if findings else Words(say("pack.no_findings"))


def measures_blocks(doc: PackPrint) -> Iterator[Block]:
    """Yield the stock list and when each contact was confirmed."""
    yield Heading(2, say("pack.stock"), "pack_stock")
    heads = tuple(
        say(f"pack.stock_columns.{key}") for key in ("article", "quantity", "use_by", "place", "keeper")
    )
    yield Grid(heads, doc.stock) if doc.stock else Words(say("pack.no_stock"), "open")
    if doc.contacts:
        yield Heading(2, say("pack.contacts"), "pack_contacts")
        yield Grid(tuple(say(f"pack.contact_columns.{key}") for key in ("name", "confirmed")), doc.contacts)


def sister_blocks(doc: PackPrint) -> Iterator[Block]:
    """Yield which sister plans this tool holds."""
    for kind, made in doc.sisters:
        yield Words(say("pack.sister" if made else "pack.sister_none", plan=text(f"write.kind.{kind.value}")))


@dataclass(frozen=True)
class SheetPrint:
    """One record on a sheet that participants sign; without `record` it is blank, to be written by hand."""

    facility: Facility
    kind: PracticeKind
    made_at: datetime
    record: PracticeRecord | None = None
    titles: ItemTitles = field(default_factory=dict)

    @property
    def held_on(self) -> date | None:
        """The day of the record, None on a blank sheet."""
        return self.record.held_on if self.record else None


_BLANK_FIELDS = ("held_on", "plans", "title", "method", "scenario", "leader", "people", "minutes", "words")
_BLANK_SIGNATURES, _SPARE_SIGNATURES, _FINDING_ROWS = 16, 4, 3
_LINE_MM, _WORDS_MM = 5.5, 5.5


def _sheet_facts(doc: SheetPrint) -> Facts:
    facility = (say("sheet.facility"), doc.facility.name)
    if doc.record is not None:
        return Facts((facility, *record_pairs(doc.record)))
    empty = {"plans": say("sheet.plan_choice")}
    pairs = tuple((say(f"field.{key}"), empty.get(key, "")) for key in _BLANK_FIELDS)
    return Facts((facility, *pairs), _WORDS_MM)


def sheet_blocks(doc: SheetPrint) -> Iterator[Block]:
    """Yield the sheet: what was done, findings, room for signatures and for who checked it."""
    yield Heading(1, say(f"sheet.title.{doc.kind.value}"), "sheet")
    yield _sheet_facts(doc)
    yield Heading(2, say("sheet.findings"), "sheet_findings")
    if doc.record is None:
        columns = ("words", "item", "owner", "due")
        heads = tuple(say(f"finding.columns.{column}") for column in columns)
        yield Grid(heads, (("",) * len(columns),) * _FINDING_ROWS, room_mm=_LINE_MM)
    elif doc.record.findings:
        yield finding_grid(doc.record.findings, doc.titles)
    else:
        yield Words(say("sheet.no_findings"))
    yield Heading(2, say("sheet.signatures"), "sheet_signatures")
    yield Words(say("sheet.hand_note"), "note")
    names = list(doc.record.participants) if doc.record else []
    names += [""] * (_SPARE_SIGNATURES if names else _BLANK_SIGNATURES)
    half = -(-len(names) // 2)
    rows = tuple((*_signature(names, row), *_signature(names, row + half)) for row in range(half))
    heads = tuple(say(f"sheet.{key}") for key in ("number", "name", "signature"))
    yield Grid((*heads, *heads), rows, room_mm=_LINE_MM)
    yield Facts(((say("sheet.checked_by"), ""), (say("sheet.checked_on"), "")), _WORDS_MM)


def _signature(names: Sequence[str], place: int) -> tuple[str, str, str]:
    if place >= len(names):
        return "", "", ""
    return str(place + 1), names[place], ""
