"""The sheet for a copy that is lost: what stood on it, who held it, who has to be told, what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reportlab.platypus import Flowable

from bcp_kit.domain.paper_copies import PaperCopy
from bcp_kit.forms.schema import form
from bcp_kit.render.document import Heading, PageFrame, Pages, PrintedDocument, build, gap, grid
from bcp_kit.render.evacuation.case import FORM_ID, PlanCase
from bcp_kit.render.evacuation.layout import style
from bcp_kit.render.evacuation.values import label, say, value
from bcp_kit.render.japara import JaPara
from bcp_kit.render.tagpdf import DocumentFacts

_WIDTHS_PT = (150.0, 350.0)
_TABLES = ("emergency_contacts", "supporters", "destinations", "devices", "must_carry")
# From the most to the least sensitive, as the form marks its fields.
_ORDER = ("special", "security", "third_party", "personal", "none")
_WRITTEN, _ROOM = ("when", "how", "told", "next"), "　\n　"  # two lines to write on


@dataclass(frozen=True)
class LossFacts:
    """What the sheet says beside the case: words of the ledger in the language of the paper.

    `changed`: the plan is another one now than when the copy was printed, and the sheet says so.
    """

    copy: PaperCopy
    holder_words: str
    changed: bool
    steps: tuple[tuple[str, str], ...]


def fields_on(case: PlanCase) -> Mapping[str, tuple[str, ...]]:
    """Return the labels of the fields that stood on the copy, by how sensitive they are.

    Only fields in which something is written count; the tables of the plan count as one field each.
    """
    found: dict[str, list[str]] = {}
    for item in form(FORM_ID).items:
        if value(case, item.id):
            found.setdefault(item.sensitivity or "personal", []).append(label(item.id))
    tables = [label(name) for name in _TABLES if case.shows(name) and _filled(case, name)]
    if tables:
        found.setdefault("personal", []).extend(tables)
    ranks = {name: place for place, name in enumerate(_ORDER)}
    ordered = sorted(found, key=lambda name: (ranks.get(name, len(ranks)), name))
    return {name: tuple(dict.fromkeys(found[name])) for name in ordered}


def _filled(case: PlanCase, table: str) -> bool:
    held = {
        "emergency_contacts": case.person.emergency_contacts,
        "supporters": case.supporters,
        "destinations": case.plan.stages,
        "devices": case.person.devices,
        "must_carry": case.person.must_carry,
    }
    return bool(held[table])


def people_to_tell(case: PlanCase) -> tuple[tuple[str, str], ...]:
    """Return name and telephone number of everybody whose details stood on the copy."""
    person = case.person
    first = (person.name, "・".join(part for part in (person.phone_home, person.phone_mobile) if part))
    helpers = ((named.supporter.name, named.supporter.phone) for named in case.supporters)
    contacts = person.emergency_contacts if case.shows("emergency_contacts") else ()
    family = ((contact.name, contact.phone) for contact in contacts)
    return (first, *helpers, *family)


def print_loss_sheet(case: PlanCase, facts: LossFacts, document: DocumentFacts) -> PrintedDocument:
    """Return the sheet as PDF: one page for most plans."""

    def story(_pages: Pages) -> list[Flowable]:
        copy = facts.copy
        head = Heading(say("loss.title"), style("key"), 1, "loss")
        ledger = [
            (say("loss.number"), copy.number),
            (say("loss.plan"), say("number", number=copy.plan_number)),
            (say("loss.edition"), say(f"edition.{copy.edition}")),
            (say("loss.holder"), facts.holder_words),
            (say("loss.pages"), str(copy.pages)),
            *facts.steps,
        ]
        on_it = [(say(f"loss.kind.{kind}"), "、".join(names)) for kind, names in fields_on(case).items()]
        tell = [(name, phone or say("loss.no_phone")) for name, phone in people_to_tell(case)]
        return [
            head,
            gap(4),
            *_part("loss.ledger", ledger),
            *_part("loss.on_it", on_it, say("loss.changed") if facts.changed else ""),
            *_part("loss.tell", tell, say("loss.tell_note")),
            *_part("loss.done", [(say(f"loss.write.{key}"), _ROOM) for key in _WRITTEN]),
        ]

    return build(story, document, PageFrame(), f"loss_{facts.copy.number}.pdf")


def print_list_loss_sheet(
    facts: LossFacts, people: Sequence[tuple[str, str]], document: DocumentFacts
) -> PrintedDocument:
    """Return the sheet of a lost list: what kind of things stood on it, everybody who has to be told."""

    def story(_pages: Pages) -> list[Flowable]:
        copy = facts.copy
        ledger = [
            (say("loss.number"), copy.number),
            (say("loss.list"), f"{say(f'edition.{copy.edition}')}　{copy.plan_number}"),
            (say("loss.holder"), facts.holder_words),
            (say("loss.pages"), str(copy.pages)),
            *facts.steps,
        ]
        on_it = [
            (say("loss.people_on_it"), str(len(copy.people))),
            (say("loss.on_it"), say("loss.list_held")),
        ]
        tell = [(name, phone or say("loss.no_phone")) for name, phone in people]
        return [
            Heading(say("loss.title"), style("key"), 1, "loss"),
            gap(4),
            *_part("loss.ledger", ledger),
            *_part("loss.on_it", on_it, say("loss.changed") if facts.changed else ""),
            *_part("loss.tell", tell, say("loss.tell_note")),
            *_part("loss.done", [(say(f"loss.write.{key}"), _ROOM) for key in _WRITTEN]),
        ]

    return build(story, document, PageFrame(), f"loss_{facts.copy.number}.pdf")


def _part(key: str, rows: Sequence[tuple[str, str]], note: str = "") -> list[Flowable]:
    heading = Heading(say(key), style("strong"), 2, key)
    cells = [[JaPara(name, style("label")), JaPara(words or "　", style("text"))] for name, words in rows]
    table = grid(cells, _WIDTHS_PT, head_rows=0, head_columns=1, padding_pt=3.5)
    words = [JaPara(note, style("text"))] if note else []
    return [heading, gap(3), *words, gap(2), table, gap(6)]
