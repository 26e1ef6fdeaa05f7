"""Records, due dates, the deduction and the points of an inspection, in words for screen and paper."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from bcp_kit.catalogues.load import Row, catalogue, source_titles
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.practice import Finding, FindingState, PracticeRecord
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.practice.due import DueLine, Frequency
from bcp_kit.forms.practice.penalty import (
    NOT_ASKED_ROWS,
    RULE_ROWS,
    PenaltyCheck,
    PenaltyFacts,
    ReadingResult,
)

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Values = Mapping[str, str | int]


def day_words(day: date | None, language: str = DEFAULT_LANGUAGE) -> str:
    """Return a day in words, a dash for none."""
    if day is None:
        return "—"
    if language != DEFAULT_LANGUAGE:
        return day.isoformat()
    return text("bcp.print.day", language, year=day.year, month=day.month, day=day.day)


def said_values(values: Values, language: str) -> dict[str, str | int]:
    """Return the values of a sentence with ISO days said in words."""

    def said(value: str | int) -> str | int:
        is_day = isinstance(value, str) and _ISO_DAY.fullmatch(value)
        return day_words(date.fromisoformat(str(value)), language) if is_day else value

    return {key: said(value) for key, value in values.items()}


def plan_words(kind: PlanKind | None, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the name of a kind of plan, empty for none."""
    return text(f"bcp.kind.{kind.value}", language) if kind else ""


def plans_words(kinds: tuple[PlanKind, ...], language: str = DEFAULT_LANGUAGE) -> str:
    """Return the names of several kinds of plan in one line."""
    return text("records.and", language).join(plan_words(kind, language) for kind in kinds)


def due_cells(line: DueLine, language: str = DEFAULT_LANGUAGE) -> tuple[str, str, str, str, str]:
    """Return one due date as state, what, plan, day, and why."""
    why = text(f"records.due.why.{line.why}", language, **said_values(line.values, language))
    if line.missed_last_year:
        why += text("records.due.missed", language)
    return (
        text(f"records.due.state.{line.state.value}", language),
        text(f"records.due.kind.{line.kind.value}", language),
        plan_words(line.plan_kind, language),
        day_words(line.due_on, language),
        why,
    )


def due_heads(language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """Return the headings of a table of due dates."""
    return tuple(
        text(f"records.due.columns.{key}", language) for key in ("state", "kind", "plan", "due", "why")
    )


def mark_words(row: Row, language: str = DEFAULT_LANGUAGE) -> str:
    """Return how far a row of a catalogue was confirmed."""
    return text(f"forms.mark.{row.verification.value}", language)


def frequency_lines(frequency: Frequency, language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """Return how often the facility trains and drills, why, and the source."""
    counts = {"training": frequency.training, "drill": frequency.drill}
    lines = [text("records.due.frequency", language, **counts)]
    if frequency.reason:
        lines.append(text("records.due.override", language, reason=frequency.reason))
    if frequency.guessed:
        lines.append(text("records.due.guessed", language))
    sources = "、".join(source_titles(frequency.row.sources))
    lines.append(
        text("records.due.source", language, sources=sources, mark=mark_words(frequency.row, language))
    )
    return tuple(lines)


def finding_outcome(finding: Finding, language: str = DEFAULT_LANGUAGE) -> str:
    """Return what became of a finding: the version that answered it, who closed it and with which words."""
    lines = []
    if finding.version_number is not None:
        values: dict[str, str | int] = {
            "number": finding.version_number,
            "words": finding.change_words,
            "by": finding.changed_by,
        }
        on = day_words(finding.changed_on, language)
        lines.append(text("records.finding.changed_words", language, on=on, **values))
    if finding.state is FindingState.CLOSED:
        on, by = day_words(finding.closed_on, language), finding.closed_by
        lines.append(
            text("records.finding.closed_words", language, on=on, by=by, words=finding.closing_words)
        )
    return "\n".join(lines)


def record_pairs(record: PracticeRecord, language: str = DEFAULT_LANGUAGE) -> tuple[tuple[str, str], ...]:
    """Return a record as label and value, what was not written down left out."""

    def label(key: str) -> str:
        return text(f"records.field.{key}", language)

    counted = "" if record.people is None else text("records.people", language, count=record.people)
    minutes = "" if record.minutes is None else text("records.minutes", language, count=record.minutes)
    pairs = (
        (label("held_on"), day_words(record.held_on, language)),
        (label("plans"), plans_words(record.plan_kinds, language)),
        (label("title"), record.title),
        (label("method"), record.method),
        (label("scenario"), record.scenario),
        (label("leader"), record.leader),
        (label("participants"), "、".join(record.participants)),
        (label("people"), counted),
        (label("minutes"), minutes),
        (label("new_hires"), text("records.new_hires_yes", language) if record.new_hires else ""),
        (label("words"), record.words),
        (label("recorded_by"), record.recorded_by),
    )
    return tuple((name, value) for name, value in pairs if value)


def _month(day: date, count: int, key: str, language: str) -> str:
    return text(f"records.penalty.{key}", language, year=day.year, month=day.month, count=count)


def reading_words(result: ReadingResult, language: str = DEFAULT_LANGUAGE) -> str:
    """Return what one reading comes to."""
    if result.months:
        return _month(result.months[0], len(result.months), "reading_months", language)
    return text(f"records.penalty.reading_{'unknown' if result.unknown else 'none'}", language)


def rate_words(check: PenaltyCheck, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the rate in words."""
    if check.percent is None:
        return text("records.penalty.rate_unknown", language)
    if check.percent == 0:
        return text("records.penalty.rate_exempt", language)
    return text("records.penalty.rate_percent", language, percent=check.percent)


def penalty_pairs(
    check: PenaltyCheck, facts: PenaltyFacts, language: str = DEFAULT_LANGUAGE
) -> tuple[tuple[str, str], ...]:
    """Return service, rate, beginning and amount as label and value."""

    def say(key: str, **values: float) -> str:
        return text(f"records.penalty.{key}", language, **values)

    since = say("since_none")
    if check.since is not None:
        since = _month(check.since, len(check.shown.months), "since_month", language)
        since += say("running" if check.shown.running else "ended")
    pairs = [
        (say("service"), check.service.label(language) if check.service else say("service_none")),
        (say("rate"), rate_words(check, language)),
        (say("since"), since),
    ]
    if check.month_yen is not None and check.total_yen is not None and check.shown.months:
        pairs.append((say("month_yen"), say("yen", yen=check.month_yen)))
        pairs.append((say("total_yen"), say("yen", yen=check.total_yen)))
    elif check.month_yen is None and check.percent and facts.monthly_units is None:
        pairs.append((say("month_yen"), say("no_amount")))
    return tuple(pairs)


def lack_lines(check: PenaltyCheck, language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """Return what is missing today, one sentence each."""
    found = tuple(
        text(f"records.penalty.lack.{lack.kind.value}", language, plan=plan_words(lack.plan_kind, language))
        for lack in check.lacks
    )
    return found or (text("records.penalty.lack_none", language),)


def rule_rows(check: PenaltyCheck) -> tuple[Row, ...]:
    """Return the rows of law that the check rests on: rules, transition, the service's own row."""
    rows = [catalogue("penalties").need(key) for key in RULE_ROWS]
    if check.service is not None:
        group = str(check.service.data["transitional_group"])
        rows += [catalogue("penalty_transitional").need(group), check.service]
    return tuple(rows)


def not_asked_rows() -> tuple[Row, ...]:
    """Return what the deduction does not ask for though the standards do."""
    return tuple(catalogue("penalties").need(key) for key in NOT_ASKED_ROWS)


def sources_of(rows: tuple[Row, ...]) -> tuple[str, ...]:
    """Return the sources of several rows, each once; their places are the numbers that rows refer to."""
    return tuple(dict.fromkeys(source for row in rows for source in row.sources))


def source_cells(rows: tuple[Row, ...], language: str = DEFAULT_LANGUAGE) -> Iterator[tuple[str, str, str]]:
    """Yield each row as words, numbers of its sources, and mark."""
    places = {source: place for place, source in enumerate(sources_of(rows), start=1)}
    for row in rows:
        yield row.label(language), _ranges(sorted(places[s] for s in row.sources)), mark_words(row, language)


def _ranges(numbers: list[int]) -> str:
    """Return numbers in few words: 1–4, 7."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in found)


def source_lines(rows: tuple[Row, ...]) -> tuple[str, ...]:
    """Return the numbered titles of the sources of several rows."""
    titles = source_titles(sources_of(rows))
    return tuple(f"{number}. {title}" for number, title in enumerate(titles, start=1))
