"""What was found in a file, on screen: page by page, by code, in words that wrap; and as Excel."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from bcp_kit.domain.errors import Severity
from bcp_kit.intake.corrections import Corrections
from bcp_kit.intake.inspection import Inspection
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import language, say
from bcp_kit.services.importing_report import ReportLine, report_lines, report_workbook
from bcp_kit.services.importing_workbook import annotated_report

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE_SIZE = 20
EVERY_CODE = ""


def show_findings(key: str, found: Inspection, content: bytes, corrections: Corrections) -> None:
    """Show the findings of the file `content`, as `corrections` left them; `key` is unique on the page."""
    lines = _lines(key, found)
    if not lines:
        st.success(say("pages.import.no_findings"))
        return
    counts = Counter(line.severity for line in lines)
    numbers = {"errors": counts[Severity.ERROR], "warnings": counts[Severity.WARNING]}
    st.markdown(f"**{say('intake.read.findings', **numbers, notices=counts[Severity.NOTICE])}**")
    chosen = _ask_code(key, lines)
    shown = [line for line in lines if chosen in (EVERY_CODE, line.code)]
    first = _page(key, len(shown))
    show_table([_row(line) for line in shown[first : first + PAGE_SIZE]], alt=say("pages.import.findings"))
    _turn_page(key, first, len(shown))
    _offer_report(key, found, content, corrections)


def _lines(key: str, found: Inspection) -> Sequence[ReportLine]:
    """Return the findings in words, put into words once for each inspection and language."""
    known: tuple[Inspection, str, Sequence[ReportLine]] | None = st.session_state.get(f"{key}.lines")
    if known is None or known[0] is not found or known[1] != language():
        known = (found, language(), _sorted(report_lines(found, language())))
        st.session_state[f"{key}.lines"] = known
    return known[2]


def _sorted(lines: Sequence[ReportLine]) -> list[ReportLine]:
    order = list(Severity)
    return sorted(lines, key=lambda line: order.index(line.severity))


def _ask_code(key: str, lines: Sequence[ReportLine]) -> str:
    """Let the user see one kind of finding alone; kinds with many findings come first."""
    counts = Counter(line.code for line in lines)
    if len(counts) < 2:
        return EVERY_CODE
    first = {line.code: line for line in reversed(lines)}

    def shown(code: str) -> str:
        if code == EVERY_CODE:
            return say("identity.screen.every_code", count=len(lines))
        severity = say(f"intake.severity.{first[code].severity.value}")
        return say(
            "identity.screen.one_code",
            code=code,
            severity=severity,
            count=counts[code],
            what=first[code].what,
        )

    codes = [EVERY_CODE, *(code for code, _ in counts.most_common())]
    return st.selectbox(
        say("identity.screen.code"),
        codes,
        format_func=shown,
        key=f"{key}.code",
        on_change=_first_page,
        args=(key,),
    )


def _first_page(key: str) -> None:
    st.session_state[f"{key}.first"] = 0


def _page(key: str, count: int) -> int:
    """Return the index of the first finding on screen."""
    first = int(st.session_state.get(f"{key}.first", 0))
    return first if first < count else 0


def _go(key: str, first: int) -> None:
    st.session_state[f"{key}.first"] = first


def _turn_page(key: str, first: int, count: int) -> None:
    if count <= PAGE_SIZE:
        return
    where, back, on = st.columns((2, 1, 1), vertical_alignment="center")
    last = min(first + PAGE_SIZE, count)
    where.markdown(say("identity.screen.page", first=first + 1, last=last, count=count))
    for place, name, target, there in (
        (back, "page_back", first - PAGE_SIZE, first > 0),
        (on, "page_on", first + PAGE_SIZE, last < count),
    ):
        place.button(
            say(f"identity.screen.{name}"),
            key=f"{key}.{name}",
            on_click=_go,
            args=(key, max(target, 0)),
            disabled=not there,
            width="stretch",
        )


def _row(line: ReportLine) -> dict[str, str]:
    place = "" if line.row is None else say("identity.screen.row", row=line.row)
    where = "　".join(part for part in (line.sheet, place, line.column) if part)
    return {
        say("identity.screen.where"): where,
        say("intake.column.value"): line.value,
        say("intake.column.what"): f"{say(f'intake.severity.{line.severity.value}')}：{line.what}",
        say("intake.column.remedy"): f"{line.remedy}（{line.code}）",
    }


def _offer_report(key: str, found: Inspection, content: bytes, corrections: Corrections) -> None:
    words = language()

    def make() -> bytes:
        if not found.parts:
            return report_workbook(found).content
        return annotated_report(found, content, corrections, words).content

    st.download_button(
        say("pages.import.report"),
        make,
        file_name="report.xlsx",
        mime=EXCEL,
        key=f"{key}.report",
        on_click="ignore",
    )
