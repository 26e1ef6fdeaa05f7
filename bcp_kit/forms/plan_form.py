"""The form of the individual plan: fields with their row numbers, and the forms of municipalities.

`templates/forms/evacuation_plan.yaml` holds the 139 fields, `individual_plan/fields.yaml` their row numbers,
homes and who can supply them. A municipality's form chooses, orders, renames and adds fields.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from bcp_kit.catalogues.load import Verification, catalogue, read_yaml
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.schema import Input, Item, Requirement, form
from bcp_kit.resources import locate

BASE_FORM = "evacuation_plan"
STANDARD = "standard"
_FOLDER = ("forms", "individual_plan")
_SUPPORTER = "supporter"


class Home(StrEnum):
    """Where the value of a field is kept, or whence it is worked out (see fields.yaml)."""

    PLAN = "plan"
    TOWN = "town"
    REGISTER = "register"
    CERTIFICATE = "certificate"
    HAZARD = "hazard"
    SUPPORTERS = "supporters"
    MATCHING = "matching"
    CONSENT = "consent"
    SIGNATURE = "signature"
    LEDGER = "ledger"
    HISTORY = "history"
    COMPUTED = "computed"
    PAPER = "paper"
    ANSWER = "answer"


class PlanField(DomainModel):
    """One field of a form. `row` is its number on paper and screen; `ask` are keys of who can supply it.

    `own` marks a field that the municipality added, `optional` one that is asked only where it applies.
    """

    row: int = Field(ge=1)
    home: Home
    ask: tuple[str, ...]
    item: Item
    own: bool = False
    optional: bool = False

    @property
    def id(self) -> str:
        """The field's id."""
        return self.item.id

    @property
    def within(self) -> str:
        """The table whose cell this field describes, "" for a field of its own.

        The signal to leave stands in a table in the reference, but is asked once for the plan, as is
        whether the destination was asked beforehand.
        """
        return "" if self.home in (Home.PLAN, Home.ANSWER) else self.item.within


class PlanSection(DomainModel):
    """A heading with its fields in the order of paper and screen."""

    id: str
    title_ja: str
    title_en: str
    page: str = ""
    fields: tuple[PlanField, ...]

    def title(self, language: str) -> str:
        """Return the title in `language`."""
        return self.title_en if language == "en" else self.title_ja


class PlanForm(DomainModel):
    """A form of the individual plan: the standard one with all fields, or a municipality's."""

    id: str
    title_ja: str
    title_en: str
    municipality_ja: str = ""
    note_ja: str = ""
    sections: tuple[PlanSection, ...]

    @property
    def fields(self) -> tuple[PlanField, ...]:
        """All fields in order."""
        return tuple(field for section in self.sections for field in section.fields)

    def find(self, field_id: str) -> PlanField | None:
        """Return the field, or None when the form lacks it."""
        return next((field for field in self.fields if field.id == field_id), None)

    def field(self, field_id: str) -> PlanField:
        """Return the field `field_id`.

        Raises: BcpKitError B-002 when the form lacks it.
        """
        found = self.find(field_id)
        if found is None:
            raise BcpKitError(ErrorCode.FORM_ITEM_MISSING, item=field_id)
        return found

    def title(self, language: str) -> str:
        """Return the title in `language`."""
        return self.title_en if language == "en" else self.title_ja


class FormFault(DomainModel):
    """One thing that is wrong with a municipality's form, as an error code with its values."""

    code: ErrorCode
    values: Mapping[str, str | int] = Field(default_factory=dict)

    def error(self) -> BcpKitError:
        """Return the fault as the error that stops."""
        return BcpKitError(self.code, **self.values)


class _Entry(DomainModel):
    """One field that a municipality chose, with its own words for it."""

    id: str
    title_ja: str = ""
    title_en: str = ""
    hint_ja: str = ""


class _OwnField(DomainModel):
    """One field that a municipality adds."""

    id: str = Field(pattern=r"^x_[a-z0-9_]+$")
    row: int
    title_ja: str = Field(min_length=1)
    title_en: str = ""
    required: Requirement = Requirement.RECOMMENDED
    input: Input
    hint_ja: str = ""
    sensitivity: str = "personal"
    ask: tuple[str, ...] = ("person_family",)
    optional: bool = False


class _ChosenSection(DomainModel):
    id: str
    title_ja: str = ""
    title_en: str = ""
    page: str = ""
    fields: tuple[str | _Entry, ...] = Field(min_length=1)

    @property
    def entries(self) -> tuple[_Entry, ...]:
        return tuple(_Entry(id=each) if isinstance(each, str) else each for each in self.fields)


class MunicipalForm(DomainModel):
    """What the YAML of a municipality's form says; `form_of` makes the form from it."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    title_ja: str = Field(min_length=1)
    title_en: str = ""
    municipality_ja: str = ""
    note_ja: str = ""
    sections: tuple[_ChosenSection, ...] = Field(min_length=1)
    own_fields: tuple[_OwnField, ...] = ()


def _folder() -> Path:
    return locate("templates").joinpath(*_FOLDER)


@cache
def _places() -> Mapping[str, Any]:
    return dict(read_yaml(_folder() / "fields.yaml"))


def own_rows_from() -> int:
    """Return the first row number that a municipality may give to a field of its own."""
    return int(_places()["own_rows_from"])


@cache
def standard_form() -> PlanForm:
    """Return the standard form: 14 sections with all 139 fields, row numbers 1 to 139."""
    base = form(BASE_FORM)
    places = {place["id"]: place for place in _places()["fields"]}
    sections = tuple(
        PlanSection(
            id=section.id,
            title_ja=section.title_ja,
            title_en=section.title_en,
            page=section.page,
            fields=tuple(_placed(item, places[item.id]) for item in section.items),
        )
        for section in base.sections
    )
    return PlanForm(id=STANDARD, title_ja=base.title_ja, title_en=base.title_en, sections=sections)


def _placed(item: Item, place: Mapping[str, Any]) -> PlanField:
    return PlanField(
        row=place["row"],
        home=Home(place["home"]),
        ask=tuple(place["ask"]),
        item=item,
        optional=bool(place.get("optional", False)),
    )


def example_forms() -> tuple[str, ...]:
    """Return the ids of the forms that travel with the program beside the standard one."""
    return tuple(sorted(path.stem for path in (_folder() / "municipal").glob("*.yaml")))


def named_form(form_id: str) -> PlanForm:
    """Return the standard form or one that travels with the program.

    Raises: BcpKitError P-040 when there is none of that name, else what `form_of` raises.
    """
    return standard_form() if form_id == STANDARD else form_of(named_document(form_id), form_id)


def named_document(form_id: str) -> Any:
    """Return what the YAML of a form that travels with the program says.

    Raises: BcpKitError P-040 when there is none of that name.
    """
    if form_id not in example_forms():
        raise BcpKitError(ErrorCode.PLAN_FORM_MISSING, form=form_id)
    return read_yaml(_folder() / "municipal" / f"{form_id}.yaml")


def form_of(document: Any, name: str = "") -> PlanForm:
    """Return the form that a municipality's document describes.

    Raises: BcpKitError P-041 (not readable as a form), P-042 (lawful content is missing), P-043 (unknown
    field), P-044 (a field twice), P-045 (a row number that is not free); the first fault found.
    """
    faults = check_form(document, name)
    if faults:
        raise faults[0].error()
    return _made(MunicipalForm.model_validate(document))


def check_form(document: Any, name: str = "") -> tuple[FormFault, ...]:
    """Return everything that is wrong with a municipality's document; nothing for a good one."""
    try:
        raw = MunicipalForm.model_validate(document)
    except ValidationError as fault:
        return tuple(
            FormFault(
                code=ErrorCode.PLAN_FORM_UNREADABLE,
                values={"form": name, "where": ".".join(str(part) for part in each["loc"]) or each["msg"]},
            )
            for each in fault.errors()
        )
    return (*_unknown(raw), *_twice(raw), *_rows(raw), *_asked(raw), *_law(raw))


def _chosen(raw: MunicipalForm) -> tuple[str, ...]:
    return tuple(entry.id for section in raw.sections for entry in section.entries)


def _unknown(raw: MunicipalForm) -> Iterator[FormFault]:
    """Yield fields that do not exist, cells of tables named by themselves, and own fields nowhere placed."""
    own = {field.id for field in raw.own_fields}
    fields = {field.id for field in standard_form().fields if not field.within}
    chosen = _chosen(raw)
    for field_id in (*chosen, *(field.id for field in raw.own_fields)):
        if field_id not in fields | own or field_id not in chosen:
            yield FormFault(code=ErrorCode.PLAN_FORM_FIELD_UNKNOWN, values={"field": field_id})


def _twice(raw: MunicipalForm) -> Iterator[FormFault]:
    names = [*_chosen(raw), *(f"section {section.id}" for section in raw.sections)]
    names += [f"own_fields {field.id}" for field in raw.own_fields]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield FormFault(code=ErrorCode.PLAN_FORM_FIELD_TWICE, values={"field": name})


def _rows(raw: MunicipalForm) -> Iterator[FormFault]:
    taken = [field.row for field in raw.own_fields]
    for field in raw.own_fields:
        if field.row < own_rows_from() or taken.count(field.row) > 1:
            yield FormFault(
                code=ErrorCode.PLAN_FORM_ROW_TAKEN,
                values={"field": field.id, "row": field.row, "first": own_rows_from()},
            )


def _asked(raw: MunicipalForm) -> Iterator[FormFault]:
    """Yield words of own fields that the program does not know: who to ask, how sensitive."""
    askable, levels = {_SUPPORTER, *catalogue("plan_meeting_members").rows}, catalogue("sensitivity_levels")
    for field in raw.own_fields:
        wrong = [f"ask: {each}" for each in field.ask if each not in askable]
        wrong += [] if field.sensitivity in levels.rows else [f"sensitivity: {field.sensitivity}"]
        for words in wrong:
            where = f"own_fields.{field.id} {words}"
            yield FormFault(code=ErrorCode.PLAN_FORM_UNREADABLE, values={"form": raw.id, "where": where})


def _law(raw: MunicipalForm) -> Iterator[FormFault]:
    """Yield lawful contents (catalogue `law_minimum`, Art. 49-14(3)) that the form does not hold."""
    chosen, known = set(_chosen(raw)), {field.id: field.item for field in standard_form().fields}
    for row in catalogue("law_minimum").rows.values():
        spec = str(row.data["field"])
        alternatives = [part.split("+") for part in spec.split("|")]
        if not all(name in known for names in alternatives for name in names):
            continue  # what the mayor finds necessary: no field of its own
        if any(set(names) <= chosen for names in alternatives):
            continue
        for name in (names := alternatives[0]):
            if name not in chosen:
                yield FormFault(
                    code=ErrorCode.PLAN_FORM_LAW_FIELD,
                    values={
                        "field": " / ".join(part[0] for part in alternatives) if len(names) == 1 else name,
                        "content": row.label_ja,
                        "article": known[name].law_ref_ja or "49条の14第3項",
                    },
                )


def _made(raw: MunicipalForm) -> PlanForm:
    base = {field.id: field for field in standard_form().fields}
    titles = {section.id: section for section in standard_form().sections}
    own = {field.id: _own(field) for field in raw.own_fields}
    sections = []
    for section in raw.sections:
        like = titles.get(section.id)
        fields = tuple(
            _renamed(field, entry)
            for entry in section.entries
            for field in _with_cells((own | base)[entry.id], base)
        )
        title_ja = section.title_ja or (like.title_ja if like else section.id)
        sections.append(
            PlanSection(
                id=section.id,
                title_ja=title_ja,
                title_en=section.title_en or (like.title_en if like else title_ja),
                page=section.page or (like.page if like else ""),
                fields=fields,
            )
        )
    return PlanForm(
        id=raw.id,
        title_ja=raw.title_ja,
        title_en=raw.title_en or raw.title_ja,
        municipality_ja=raw.municipality_ja,
        note_ja=raw.note_ja,
        sections=tuple(sections),
    )


def _with_cells(field: PlanField, base: Mapping[str, PlanField]) -> tuple[PlanField, ...]:
    """Return the field, and after a table the fields that describe its cells."""
    return (field, *(each for each in base.values() if each.within == field.id))


def _own(raw: _OwnField) -> PlanField:
    item = Item(
        id=raw.id,
        title_ja=raw.title_ja,
        title_en=raw.title_en or raw.title_ja,
        required=raw.required,
        input=raw.input,
        hint_ja=raw.hint_ja,
        sensitivity=raw.sensitivity,
        sources=("project",),
        verification=Verification.UNVERIFIED,
    )
    return PlanField(row=raw.row, home=Home.ANSWER, ask=raw.ask, item=item, own=True, optional=raw.optional)


def _renamed(field: PlanField, entry: _Entry) -> PlanField:
    """Return the field with the municipality's own words for it."""
    if field.id != entry.id:
        return field
    words = {
        "title_ja": entry.title_ja,
        "title_en": entry.title_en or entry.title_ja,
        "hint_ja": entry.hint_ja,
    }
    item = field.item.model_copy(update={key: text for key, text in words.items() if text})
    return field.model_copy(update={"item": item})
