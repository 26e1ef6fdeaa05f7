"""Checks of what is not there: the second plan, required items, rows left blank, reasons that say nothing."""

from collections.abc import Iterator

from bcp_kit.catalogues.load import number
from bcp_kit.domain.bcp import CONTINUITY_KINDS, Answer, AnswerState
from bcp_kit.forms.checks.case import Case, Hit, PlanPart, Severity
from bcp_kit.forms.checks.data import lists
from bcp_kit.forms.checks.reading import squeezed
from bcp_kit.forms.completeness import Fault, fault_of
from bcp_kit.forms.schema import Item, Requirement

WEIGHT = {
    Requirement.LAW: Severity.LAW,
    Requirement.GUIDELINE: Severity.GUIDELINE,
    Requirement.RECOMMENDED: Severity.ADVICE,
}
BLANK = (Fault.UNANSWERED, Fault.NO_FILLED_ROW, Fault.TOO_FEW_ROWS)


def plan_missing(case: Case) -> Iterator[Hit]:
    """The standards ask for both plans, one for natural disasters and one for infection."""
    for kind in CONTINUITY_KINDS:
        if kind not in case.plans:
            yield Hit(kind=kind)


def _faults(case: Case) -> Iterator[tuple[PlanPart, Item, Fault]]:
    for part in case.plans.values():
        for item in case.asked(part):
            fault = fault_of(part.form, item, part.answers.get(item.id, Answer()))
            if fault is not None:
                yield part, item, fault


def item_blank(case: Case) -> Iterator[Hit]:
    """Every item that the service is asked is answered, or closed with a reason."""
    for part, item, fault in _faults(case):
        if fault in BLANK:
            shown = {"name": item.title_ja}
            yield Hit(kind=part.kind, item_id=item.id, values=shown, severity=WEIGHT[item.required])


def item_faulty(case: Case) -> Iterator[Hit]:
    """An answer fits its field: known columns and options, a number in range, not too long."""
    other = (*BLANK, Fault.SAMPLE_LEFT, Fault.REASON_MISSING)
    for part, item, fault in _faults(case):
        if fault not in other:
            yield Hit(kind=part.kind, item_id=item.id, values={"name": item.title_ja})


def _says_nothing(reason: str) -> bool:
    said = squeezed(reason).rstrip("。")
    return len(said) < number("check_rules", "reason_characters_min") or said in lists().empty_reasons


def reason_missing(case: Case) -> Iterator[Hit]:
    """An item that does not apply says why, in words that an inspector can follow."""
    for part in case.plans.values():
        for item in case.asked(part):
            given = part.answers.get(item.id)
            if given and given.state is AnswerState.NOT_APPLICABLE and _says_nothing(given.reason):
                shown = {"name": item.title_ja}
                yield Hit(kind=part.kind, item_id=item.id, values=shown, severity=WEIGHT[item.required])


def row_blank(case: Case) -> Iterator[Hit]:
    """A row that the form begins is finished, or says why it does not apply."""
    for part in case.plans.values():
        for item in case.asked(part):
            header = item.input.row_header
            given = part.answers.get(item.id)
            if not header or given is None or given.state is AnswerState.NOT_APPLICABLE:
                continue
            begun = {key for row in item.input.default_rows for key in row}
            blank = [
                place
                for place, row in enumerate(given.rows)
                if not any(cell.strip() for key, cell in row.items() if key not in begun)
            ]
            if blank and len(blank) < len(given.rows):
                shown = {"name": given.rows[blank[0]].get(header, ""), "count": len(blank)}
                yield Hit(kind=part.kind, item_id=item.id, row=blank[0], values=shown)
