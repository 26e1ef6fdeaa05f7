"""The form of a plan on paper: empty, or with what is known of one person, for the person and family.

Row numbers are those of the entry screen. A form with a person's details is a numbered copy like any other;
an empty one holds nothing personal and needs no number.
"""

from collections.abc import Mapping
from dataclasses import replace

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.paper_copies import CopyState
from bcp_kit.domain.plan_answers import FieldValue
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.plan_form import Home, PlanField, PlanForm
from bcp_kit.forms.schema import InputType, Requirement
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.evacuation.case import PlanCase
from bcp_kit.render.evacuation.form_pages import FormLine, FormPaper, FormTable, print_form
from bcp_kit.render.evacuation.layout import Edition, Variant
from bcp_kit.render.evacuation.paper import plan_number
from bcp_kit.render.mixups import ExpectedCopy, Identifiers, find_mixups
from bcp_kit.render.pdf_words import page_words
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.services.base import Context
from bcp_kit.services.copies_of_run import WHY, reserve, single_run, stepped
from bcp_kit.services.plan_field_words import options_of
from bcp_kit.services.plan_fields import PlanSheet, sheet_of
from bcp_kit.services.plan_forms import chosen_form
from bcp_kit.services.plans_checked import expected_words, identifiers_of_all
from bcp_kit.services.plans_print import one_case
from bcp_kit.services.plans_read import town_rules

FORM = "form"
_NOT_BY_HAND = frozenset({Home.PAPER, Home.LEDGER, Home.HISTORY})
_LINES: Mapping[InputType, int] = {InputType.TEXT: 3, InputType.ADDRESS: 2, InputType.SIGNATURE: 3}
_ROWS_OF_TABLES = 2
_TELLS_WHERE = frozenset({"address", "distance_m", "minutes"})  # cells near which a protected home lies


def form_variant(variant: Variant) -> str:
    """Return under which name the ledger keeps a form."""
    return FORM if variant is Variant.STANDARD else f"{FORM}_{variant.value}"


def blank_form(ctx: Context, variant: Variant = Variant.STANDARD) -> PrintedDocument:
    """Return the town's form without anybody's details, to take along and fill in by hand."""
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        form, town = chosen_form(uow), town_rules(uow).municipality
    paper = _paper(form, None, variant, _say("foot_blank", town=town).strip())
    facts = DocumentFacts(title=paper.title, made_at=ctx.clock.now())
    return print_form(paper, facts, f"plan_{form_variant(variant)}.pdf")


def filled_form(ctx: Context, person_id: str, variant: Variant = Variant.STANDARD) -> PrintedDocument:
    """Return the town's form with what is known of one person, for the person and family only.

    Raises: BcpKitError U-002, P-001 (no consent to a plan), P-002 (a page names somebody else), P-048.
    """
    ctx.demand(Action.PRINT_PLANS)
    now = ctx.clock.now()
    with ctx.open_store() as uow:
        rules = town_rules(uow)
        sheet = sheet_of(ctx, uow, person_id)
        case = one_case(uow, person_id, Edition.PERSON, rules, now)
        everybody = identifiers_of_all(uow)
        what = {"edition": Edition.PERSON.value, "variant": form_variant(variant), "purpose": "form"}
        run = single_run(ctx, uow, person_id, **what)
        uow.commit()
    (case,) = reserve(ctx, run, 1, [case])
    foot = _say("foot", town=rules.municipality, copy=case.copy_number, number=plan_number(case)).strip()
    paper = _paper(sheet.form, (sheet, case), variant, foot)
    name = f"plan_{plan_number(case)}_{form_variant(variant)}.pdf"
    made = print_form(paper, DocumentFacts(title=paper.title, made_at=now), name)
    _demand_no_mixup(made, sheet, case, everybody)
    return _kept(ctx, case, made, form_variant(variant))


def _kept(ctx: Context, case: PlanCase, made: PrintedDocument, variant: str) -> PrintedDocument:
    with ctx.open_store() as uow:
        uow.lock()
        taken = uow.paper_copies.need(case.copy_number)
        where = {"file_name": made.file_name, "first_page": 1, "pages": made.pages, "variant": variant}
        done = taken.model_copy(update={**where, "missing_glyphs": "".join(made.missing_glyphs)})
        uow.paper_copies.save(stepped(ctx, done, CopyState.PRINTED), WHY)
        uow.audit.note("print", "evacuation_plans", case.plan.id, f"edition=person {variant}")
        uow.commit()
    return made


def _demand_no_mixup(made: PrintedDocument, sheet: PlanSheet, case: PlanCase, everybody: Identifiers) -> None:
    texts = [value.text for value in sheet.values.values()]
    texts += [cell for value in sheet.values.values() for row in value.rows for cell in row.values()]
    words = "\n".join((expected_words(case), *texts))
    whole = ExpectedCopy(case.person.id, 1, made.pages, (case.copy_number,), words)
    faults = find_mixups(page_words(made.pdf_bytes), [whole], everybody)
    if faults:
        raise BcpKitError(
            ErrorCode.COPIES_MIXED_UP, page=faults[0].page, copy=case.copy_number, count=len(faults)
        )


def _say(key: str, **values: str | int) -> str:
    return text(f"plan_form_paper.{key}", DEFAULT_LANGUAGE, **values)


def _paper(form: PlanForm, of: tuple[PlanSheet, PlanCase] | None, variant: Variant, foot: str) -> FormPaper:
    values: Mapping[str, FieldValue] = {}
    lead = [_say("how"), _say("law")]
    if of is not None:
        sheet, case = of
        values = {key: _shown(case, key, value) for key, value in sheet.values.items()}
        lead.insert(0, _say("whose", name=case.person.name, number=plan_number(case)))
    sections = []
    for section in form.sections:
        fields = [field for field in section.fields if _by_hand(field)]
        if fields:
            lines = tuple(_line(field, values.get(field.id, FieldValue())) for field in fields)
            sections.append((section.title_ja, lines))
    return FormPaper(_say("title", form=form.title_ja), foot, tuple(lead), tuple(sections), variant)


def _shown(case: PlanCase, field_id: str, value: FieldValue) -> FieldValue:
    """Return what the form may say: of a protected person nothing that tells where they live (H16)."""
    if not case.hides_home:
        return value
    if case.hides(field_id):
        return FieldValue()
    hidden = text("plans.paper.address_hidden", DEFAULT_LANGUAGE)

    def veiled(words: str) -> str:
        return words.replace(case.person.address, hidden) if case.person.address else words

    rows = tuple(
        {key: veiled(cell) for key, cell in row.items() if key not in _TELLS_WHERE} for row in value.rows
    )
    return FieldValue(text=veiled(value.text), rows=rows)


def _by_hand(field: PlanField) -> bool:
    """True for a field that somebody can fill in; cells of a table stand in the table."""
    return not (field.within or field.home in _NOT_BY_HAND or field.item.input.computed)


def _line(field: PlanField, value: FieldValue) -> FormLine:
    asked = field.item.input
    plain = FormLine(
        row=field.row,
        title=field.item.title_ja,
        note=_say("by_law") if field.item.required is Requirement.LAW else "",
        lines=_LINES.get(asked.type, 1),
        after=_say("date") if asked.type is InputType.DATE and not value.text else asked.unit,
    )
    if asked.type is InputType.TABLE:
        return replace(plain, table=_table(field, value))
    options = options_of(field)
    if not options:
        return replace(plain, text=value.text)
    chosen = [key.strip() for key in value.text.split(",") if key.strip()]
    other = "、".join(key for key in chosen if key not in options)
    return replace(plain, choices=tuple((label, key in chosen) for key, label in options.items()), text=other)


def _table(field: PlanField, value: FieldValue) -> FormTable:
    asked = field.item.input
    wanted = max(asked.recommended_rows or 0, asked.min_rows, _ROWS_OF_TABLES)
    return FormTable(
        columns=tuple(column.label_ja for column in asked.columns),
        rows=tuple(tuple(row.get(column.key, "") for column in asked.columns) for row in value.rows),
        empty_rows=max(wanted - len(value.rows), 1),
    )
