"""One plan field by field: read, written, and how complete it is with whom to ask for what is missing.

A field's value is kept where it belongs (person, plan, matching, consents); here it has one name and one row
number, those of the printed form.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_answers import AnswerOrigin, FieldValue
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.plan_form import PlanField, PlanForm, standard_form
from bcp_kit.forms.schema import Requirement
from bcp_kit.services.base import Context
from bcp_kit.services.plan_field_tables import FieldSource
from bcp_kit.services.plan_field_values import field_value
from bcp_kit.services.plan_field_words import read_value
from bcp_kit.services.plan_field_writes import Records, demand_known_rows, is_writable, written
from bcp_kit.services.plan_forms import chosen_form
from bcp_kit.services.plans_make import missing_contents
from bcp_kit.services.plans_read import TOWN_LAYER, Dossier, dossiers, supporters_of, town_rules
from bcp_kit.storage.faults import Conflict
from bcp_kit.storage.unit_of_work import UnitOfWork

HISTORY_SHOWN = 30
SUPPORTER = "supporter"


@dataclass(frozen=True)
class FieldState:
    """One field: what stands in it, from whom it came, whether it is written here.

    `missing`: nothing stands in it, and it would be asked: not where it applies to some people only, not
    where another field of its group (any one way to reach the person) is filled.
    """

    field: PlanField
    value: FieldValue
    origin: AnswerOrigin | None
    writable: bool
    missing: bool


@dataclass(frozen=True)
class PlanSheet:
    """One person's plan in one form."""

    person_id: str
    person_name: str
    plan: EvacuationPlan
    form: PlanForm
    states: tuple[FieldState, ...]

    def state(self, field_id: str) -> FieldState:
        """Return one field.

        Raises: BcpKitError B-002 when the form lacks it.
        """
        found = next((state for state in self.states if state.field.id == field_id), None)
        if found is None:
            raise BcpKitError(ErrorCode.FORM_ITEM_MISSING, item=field_id)
        return found

    @property
    def values(self) -> Mapping[str, FieldValue]:
        """What stands in the fields, by id."""
        return {state.field.id: state.value for state in self.states}

    @property
    def missing(self) -> tuple[FieldState, ...]:
        """Fields in which nothing stands; cells of tables are not counted beside their table."""
        return tuple(state for state in self.states if state.missing and not state.field.within)

    def filled_counts(self) -> Mapping[Requirement, tuple[int, int]]:
        """Return for law, guideline and recommended fields how many are filled, of how many.

        Fields that are empty and not missing are not counted.
        """
        found: dict[Requirement, tuple[int, int]] = {}
        for kind in Requirement:
            of_kind = [s for s in self.states if s.field.item.required is kind and not s.field.within]
            filled, missing = sum(not s.value.is_empty for s in of_kind), sum(s.missing for s in of_kind)
            found[kind] = (filled, filled + missing)
        return found

    def missing_by_supplier(self) -> Mapping[str, tuple[FieldState, ...]]:
        """Return what is missing by who can supply it first, those who can supply the most first."""
        found: dict[str, list[FieldState]] = {}
        for state in self.missing:
            found.setdefault(state.field.ask[0], []).append(state)
        return {key: tuple(found[key]) for key in sorted(found, key=lambda key: -len(found[key]))}


def supplier_words(key: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Return who can supply something, in words."""
    if key == SUPPORTER:
        return text("plan_fields.ask.supporter", language)
    return catalogue("plan_meeting_members").need(key).label(language)


def field_source(ctx: Context, uow: UnitOfWork, dossier: Dossier) -> FieldSource:
    """Return everything from which the fields of this person's plan are read.

    Raises: BcpKitError P-048 for a person without a plan.
    """
    plan, person = dossier.plan, dossier.person
    if plan is None:
        raise BcpKitError(ErrorCode.PLAN_MISSING)
    loads = Counter(i for _, i in uow.links.columns("supporter_id", supporter_id=dossier.supporter_ids))
    rules, town = town_rules(uow), uow.layers.get(TOWN_LAYER) or {}
    same = uow.people.list(household_id=person.household_id) if person.household_id else []
    return FieldSource(
        dossier=dossier,
        plan=plan,
        today=ctx.today(),
        shelters={shelter.id: shelter for shelter in uow.shelters.list(id=plan.place_ids)},
        town_name=rules.municipality,
        town_code=str(town.get("code", "")),
        ordinance=rules.ordinance.name if rules.ordinance and rules.ordinance.waives_plan_consent else "",
        household=tuple(other for other in same if other.id != person.id),
        loads=loads,
        copies=tuple(uow.paper_copies.list(plan_id=plan.id)),
        history=_history(uow, plan),
    )


def _history(uow: UnitOfWork, plan: EvacuationPlan) -> tuple[Mapping[str, str], ...]:
    entries = uow.audit.newest("evacuation_plans", plan.id, HISTORY_SHOWN)
    changes = (entry for entry in entries if entry.action in ("add", "save"))
    return tuple(
        {
            "date": entry.at[:10],
            "by": entry.actor,
            "what": text(f"plan_fields.history.{_done(entry.action, entry.why)}", DEFAULT_LANGUAGE),
        }
        for entry in changes
    )


def _done(action: str, why: str) -> str:
    """Return what kind of change an entry of the log is."""
    if action == "add":
        return "added"
    return why if why in ("plan_fields", "signature", "end") else "saved"


def plan_sheet(ctx: Context, person_id: str, form: PlanForm | None = None) -> PlanSheet:
    """Return one person's plan in the town's form (or `form`); the look at it is noted in the audit log.

    Raises: BcpKitError U-002 (no such person), P-048 (no plan yet).
    """
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        sheet = sheet_of(ctx, uow, person_id, form)
        uow.audit.note("read", "evacuation_plans", sheet.plan.id)
        uow.commit()
    return sheet


def sheet_of(ctx: Context, uow: UnitOfWork, person_id: str, form: PlanForm | None = None) -> PlanSheet:
    """Return one person's plan within a unit of work.

    Raises: BcpKitError U-002, P-048.
    """
    uow.people.need(person_id)
    (dossier,) = dossiers(uow, [person_id])
    source = field_source(ctx, uow, dossier)
    shown = form or chosen_form(uow)
    return PlanSheet(person_id, dossier.person.name, source.plan, shown, _states(source, shown))


def _states(source: FieldSource, form: PlanForm) -> tuple[FieldState, ...]:
    values = {field.id: field_value(source, field) for field in form.fields}
    groups = {field.item.law_group for field in form.fields if not values[field.id].is_empty} - {""}
    return tuple(
        FieldState(
            field=field,
            value=values[field.id],
            origin=source.plan.origins.get(field.id),
            writable=is_writable(field),
            missing=values[field.id].is_empty and not field.optional and field.item.law_group not in groups,
        )
        for field in form.fields
    )


def write_fields(
    ctx: Context,
    person_id: str,
    values: Mapping[str, FieldValue],
    origin: AnswerOrigin | None = None,
    seen: Mapping[str, FieldValue] | None = None,
) -> PlanSheet:
    """Write values into fields of one plan, all or none, and return the plan as it stands then.

    Values may be as people type them (labels, Japanese dates); an empty one takes back what stood there.
    `origin` says from whom they came. `seen` is what stood there when they were typed: a field that somebody
    else changed since is a conflict, changes of other fields are none. Raises: BcpKitError U-002, P-048,
    B-002 (no such field in the town's form), P-046 (kept elsewhere), P-047 (does not fit), Conflict (D-001)
    with both plans.
    """
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        uow.lock()
        put_fields(ctx, uow, person_id, values, origin, seen)
        sheet = sheet_of(ctx, uow, person_id)
        uow.commit()
    return sheet


def put_fields(
    ctx: Context,
    uow: UnitOfWork,
    person_id: str,
    values: Mapping[str, FieldValue],
    origin: AnswerOrigin | None = None,
    seen: Mapping[str, FieldValue] | None = None,
) -> EvacuationPlan:
    """Write values within a unit of work that is locked; see `write_fields`. The caller commits."""
    uow.people.need(person_id)
    (dossier,) = dossiers(uow, [person_id])
    source = field_source(ctx, uow, dossier)
    fields = [field_named(chosen_form(uow), field_id) for field_id in values]
    before = Records(dossier.person, source.plan)
    after = before
    for field in fields:
        value = read_value(field, values[field.id])
        demand_known_rows(field, value, field_value(source, field))
        after = written(after, field, value, origin)
    _demand_unchanged(source, fields, seen or {}, after.plan)
    if after == before:
        return source.plan
    if after.person != before.person:
        uow.people.save(after.person, why="plan_fields")
    return _save_plan(ctx, uow, dossier, after)


def field_named(form: PlanForm, field_id: str) -> PlanField:
    """Return a field of the form, or of the standard form where the town's leaves it out.

    Raises: BcpKitError B-002 when neither has it.
    """
    return form.find(field_id) or standard_form().field(field_id)


def field_by_row(form: PlanForm, row: int) -> PlanField | None:
    """Return the field with this row number: the town's own, else the standard one."""
    fields = (*form.fields, *standard_form().fields)
    return next((field for field in fields if field.row == row), None)


def _demand_unchanged(
    source: FieldSource, fields: Iterable[PlanField], seen: Mapping[str, FieldValue], mine: EvacuationPlan
) -> None:
    for field in fields:
        if field.id in seen and field_value(source, field) != seen[field.id]:
            raise Conflict(mine, source.plan)


def _save_plan(ctx: Context, uow: UnitOfWork, dossier: Dossier, after: Records) -> EvacuationPlan:
    helpers = supporters_of(dossier)
    plan = after.plan.model_copy(update={"updated_on": ctx.today()})
    plan = plan.model_copy(update={"missing": missing_contents(after.person, plan, helpers)})
    return uow.evacuation_plans.save(plan, why="plan_fields")


@dataclass(frozen=True)
class FunctionalArea:
    """One of eight areas of function, beside diagnosis and grade: its fields, and those still empty."""

    label: str
    fields: tuple[FieldState, ...]

    @property
    def missing(self) -> tuple[FieldState, ...]:
        """Fields of the area in which nothing stands, asked of everybody or not."""
        return tuple(state for state in self.fields if state.value.is_empty)


def functional_areas(sheet: PlanSheet, language: str = DEFAULT_LANGUAGE) -> tuple[FunctionalArea, ...]:
    """Return the eight areas with those of their fields that the form holds (unverified catalogue)."""
    by_id = {state.field.id: state for state in sheet.states}
    return tuple(
        FunctionalArea(
            row.label(language), tuple(by_id[name] for name in row.data["fields"] if name in by_id)
        )
        for row in catalogue("functional_areas").rows.values()
    )


def requirement_words(counts: Mapping[Requirement, tuple[int, int]], language: str) -> Sequence[str]:
    """Return how many fields are filled by why they are asked, a line each."""
    return [
        text(
            "plan_fields.filled",
            language,
            kind=text(f"forms.required.{kind.value}", language),
            filled=filled,
            total=total,
        )
        for kind, (filled, total) in counts.items()
    ]
