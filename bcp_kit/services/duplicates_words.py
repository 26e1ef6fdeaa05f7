"""The differing fields of two records in the words of the sheet, for an officer who chooses between them."""

from dataclasses import dataclass

from bcp_kit.domain.consent import Consent
from bcp_kit.domain.people import Person
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.render.sheet_rows import cells_of, certificate_trees, every_column, person_tree
from bcp_kit.services.duplicates import PairView, Side

_SEPARATOR = "、"


@dataclass(frozen=True)
class PairField:
    """One field to choose: its name, its heading, what either record holds, which one is proposed."""

    name: str
    heading: str
    kept: str
    other: str
    proposed: Side


def pair_fields(view: PairView, language: str = DEFAULT_LANGUAGE) -> tuple[PairField, ...]:
    """Return the differing fields and the consents answered differently, in the order of the sheet."""
    names = sorted(view.differing, key=_place)
    fields = [
        PairField(
            name, _heading(name), _shown(view.kept, name), _shown(view.other, name), view.proposed[name]
        )
        for name in names
    ]
    for kind, (mine, theirs) in view.consents.items():
        said = (_answer(mine, language), _answer(theirs, language))
        heading = text(f"pages.register.consent_{kind.value}", language)
        fields.append(PairField(kind.value, heading, *said, view.proposed[kind.value]))
    return tuple(fields)


def _answer(consent: Consent, language: str) -> str:
    if consent.withdrawn_on is not None:
        day = consent.withdrawn_on.isoformat()
        return text("pages.register.consent.withdrawn", language, day=day)
    return text(f"pages.register.consent.{consent.answer.value}", language)


def _columns_of(name: str) -> list[str]:
    return [c.key for c in every_column(SheetKind.PEOPLE) if c.key.partition(".")[0] == name]


def _place(name: str) -> int:
    keys = [column.key.partition(".")[0] for column in every_column(SheetKind.PEOPLE)]
    return keys.index(name) if name in keys else len(keys)


def _heading(name: str) -> str:
    if name == "certificates":
        return sheet(SheetKind.CERTIFICATES).title
    headings = [c.heading for c in every_column(SheetKind.PEOPLE) if c.key.partition(".")[0] == name]
    return headings[0] if headings else name


def _shown(person: Person, name: str) -> str:
    """Return what a record holds in a field, in the words of the sheet."""
    if name == "certificates":
        columns = every_column(SheetKind.CERTIFICATES)
        rows = [cells_of(tree, columns) for tree in certificate_trees(person)]
        own = {"resident_no", "register_no", "name", "birth_date"}
        return _SEPARATOR.join(" ".join(t for k, t in row.items() if t and k not in own) for row in rows)
    wanted = set(_columns_of(name))
    columns = tuple(c for c in every_column(SheetKind.PEOPLE) if c.key in wanted)
    cells = cells_of(person_tree(person, (), ()), columns)
    return _SEPARATOR.join(dict.fromkeys(value for value in cells.values() if value))
