"""Action cards, poster and pocket card (templates/cards) as data: which answer stands on which card.

Pure: answers in, boxes of lines out. Every line on a card is an answer of the plan, a fact of the facility
or a number of the file; an input that is missing becomes a line to write on, and is named.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from pydantic import Field

from bcp_kit.catalogues.load import read_yaml
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.bcp import Answer, AnswerState, PlanKind
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.forms.messages import text
from bcp_kit.forms.schema import Form, InputType, Item
from bcp_kit.resources import locate

POSTER, POCKET = "poster", "pocket"
_FIELD = re.compile(r"\{([a-z0-9_]+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_SENTENCE = re.compile(r"[。\n]+")
_SPACE = re.compile(r"\s+")
_PHONE = re.compile(r"[0-9０-９][0-9０-９\-−－ー()（） ]{5,}[0-9０-９]")


class BoxKind(StrEnum):
    """How a box is read: steps to tick, facts by name, numbers to dial."""

    STEPS = "steps"
    FACTS = "facts"
    DIAL = "dial"


class Source(DomainModel):
    """Where the lines of a box come from; the head of templates/cards/natural_disaster.yaml explains it."""

    item: str = ""
    where: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    show: tuple[str, ...] = ()
    name: str = ""
    number: str = ""
    staff: str = ""
    need: str = ""
    at_most: int = 0
    whole: bool = False
    join_ja: str = ""
    number_of: str = ""
    facility: str = ""
    blank_ja: str = ""


class BoxSpec(DomainModel):
    """One box: its key names its title among the messages."""

    key: str
    kind: BoxKind = BoxKind.STEPS
    sources: tuple[Source, ...] = Field(alias="from", min_length=1)


class CardSpec(DomainModel):
    """One card. Empty `applies_to`: every category."""

    id: str
    title_ja: str
    title_en: str
    who_ja: str = ""
    who_en: str = ""
    applies_to: tuple[ServiceCategory, ...] = ()
    boxes: tuple[BoxSpec, ...]

    def title(self, language: str) -> str:
        """Return the title in `language`."""
        return self.title_en if language == "en" else self.title_ja

    def is_for(self, categories: Sequence[ServiceCategory]) -> bool:
        """True when facilities of one of the `categories` use this card."""
        return not self.applies_to or bool(set(self.applies_to) & set(categories))


class KnownNumber(DomainModel):
    """A number that everybody dials."""

    name_ja: str
    number: str


class CardFile(DomainModel):
    """One file of cards, for one kind of plan."""

    plan_kind: PlanKind
    numbers: Mapping[str, KnownNumber] = Field(default_factory=dict)
    cards: tuple[CardSpec, ...]


@cache
def card_file(name: str) -> CardFile:
    """Return templates/cards/<name>.yaml; read once."""
    return CardFile.model_validate(read_yaml(locate("templates") / "cards" / f"{name}.yaml"))


@dataclass(frozen=True)
class CardFacts:
    """What cards are made from: answers of the facility's plans by item id, and who is called where.

    `phones`: telephone number by the name of a member of staff.
    """

    forms: tuple[Form, ...]
    answers: Mapping[str, Answer]
    facility: Facility
    categories: tuple[ServiceCategory, ...]
    phones: Mapping[str, str] = field(default_factory=dict)

    def item(self, item_id: str) -> Item | None:
        """Return the item when one of the forms has it and the facility is asked it."""
        for form in self.forms:
            for item in form.items:
                if item.id == item_id:
                    return item if any(item.is_asked_of(c) for c in self.categories) else None
        return None


@dataclass(frozen=True)
class Missing:
    """An input that a card needs and the plan lacks: the item to answer, and which row of it.

    `in_place`: the line that needs it stands on the card already, with room to write.
    """

    item_id: str
    title: str
    in_place: bool = False

    @property
    def words(self) -> str:
        """What the empty line on the paper says."""
        return text("cards.missing_line", title=self.title)


@dataclass(frozen=True)
class Line:
    """One line; `name` and `number` are set in facts and numbers to dial, `missing` on a line to write on."""

    words: str = ""
    name: str = ""
    number: str = ""
    item_id: str = ""
    missing: bool = False


@dataclass(frozen=True)
class Box:
    """One box of a card, ready to be drawn."""

    title: str
    kind: BoxKind
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Card:
    """One card, ready to be drawn, and the inputs that it lacks."""

    id: str
    title: str
    who: str
    boxes: tuple[Box, ...]
    missing: tuple[Missing, ...] = ()


def cards_for(name: str, categories: Sequence[ServiceCategory]) -> tuple[CardSpec, ...]:
    """Return the cards of a file that facilities of these categories use."""
    return tuple(card for card in card_file(name).cards if card.is_for(categories))


def compose(name: str, spec: CardSpec, facts: CardFacts) -> Card:
    """Return the card `spec` of the file `name` from what the plan says."""
    boxes, missing = [], {}
    numbers = card_file(name).numbers
    for box in spec.boxes:
        lines: list[Line] = []
        for source in box.sources:
            for found in _lines(source, box.kind, facts, numbers):
                if isinstance(found, Missing):
                    missing[found.item_id, found.title] = found
                    room = Line(found.words, item_id=found.item_id, missing=True)
                    lines += [] if found.in_place else [room]
                else:
                    lines.append(found)
        if box.kind is BoxKind.DIAL:
            lines = list(dict.fromkeys(lines))
        if lines:
            boxes.append(Box(text(f"cards.box.{box.key}"), box.kind, tuple(lines)))
    return Card(spec.id, spec.title_ja, spec.who_ja, tuple(boxes), tuple(missing.values()))


def _lines(
    source: Source, kind: BoxKind, facts: CardFacts, numbers: Mapping[str, KnownNumber]
) -> Iterator[Line | Missing]:
    if source.number_of:
        known = numbers[source.number_of]
        yield Line(name=known.name_ja, number=known.number)
    elif source.blank_ja:
        yield Line(name=source.blank_ja, missing=True)
    elif source.facility:
        yield _facility_line(source, kind, facts.facility)
    else:
        item = facts.item(source.item)
        answer = facts.answers.get(source.item, Answer())
        if item is not None and answer.state is not AnswerState.NOT_APPLICABLE:
            yield from _item_lines(source, kind, item, answer, facts)


def _facility_line(source: Source, kind: BoxKind, facility: Facility) -> Line | Missing:
    value = str(getattr(facility, source.facility) or "")
    name = source.name or facility.name
    if not value:
        return Missing("", text(f"cards.facility_field.{source.facility}"))
    return Line(name=name, number=value) if kind is BoxKind.DIAL else Line(value, name=name)


def _item_lines(
    source: Source, kind: BoxKind, item: Item, answer: Answer, facts: CardFacts
) -> Iterator[Line | Missing]:
    rows = [row for row in _rows(item, answer) if _counts(source, row)]
    found = [line for row in rows for line in _row_lines(source, kind, row, facts)]
    if not found:
        yield Missing(item.id, _title(item, source))
        return
    if source.join_ja:
        yield Line(source.join_ja + "、".join(line.words for line in found), item_id=item.id)
        return
    for line in found[: source.at_most or None]:
        yield Line(line.words, line.name, line.number, item.id)
        if kind is BoxKind.DIAL and not line.number:
            yield Missing(item.id, text("cards.number_of", name=line.name), in_place=True)
    if source.at_most and len(found) > source.at_most:
        more = len(found) - source.at_most
        yield Line(text("cards.more", count=more, title=_plain_title(item)), item_id=item.id)


def _rows(item: Item, answer: Answer) -> list[Mapping[str, str]]:
    """Return the answer as rows; a text, number or choice becomes one row."""
    if item.input.type is InputType.TABLE:
        return list(answer.rows or item.input.default_rows)
    labels = {option.key: option.label_ja for option in item.input.options}
    chosen = "、".join(labels.get(key, key) for key in answer.choices)
    number = "" if answer.number is None else f"{answer.number:g}{item.input.unit}"
    return [{"text": answer.text, "choice": chosen, "number": number}]


def _counts(source: Source, row: Mapping[str, str]) -> bool:
    if source.need and not row.get(source.need, "").strip():
        return False
    hits = (word in row.get(column, "") for column, words in source.where.items() for word in words)
    return not source.where or any(hits)


def fill(template: str, row: Mapping[str, str]) -> str:
    """Return the template with the cells of `row`; empty when a cell outside of [ ] is empty.

    >>> fill("{place}[（{how}）]", {"place": "食堂", "how": ""})
    '食堂'
    """
    cells = {
        key: _SPACE.sub(" ", cell.strip()) if "\n" not in cell else cell.strip() for key, cell in row.items()
    }

    def put(part: str) -> str:
        full = all(cells.get(name) for name in _FIELD.findall(part))
        return _FIELD.sub(lambda match: cells[match[1]], part) if full else ""

    pieces = _OPTIONAL.split(template)  # every second piece stood in brackets
    fixed, optional = [p for p in pieces[::2] if _FIELD.search(p)], pieces[1::2]
    if not all(map(put, fixed)) or (optional and not fixed and not any(map(put, optional))):
        return ""
    return "".join(map(put, pieces))


def _row_lines(source: Source, kind: BoxKind, row: Mapping[str, str], facts: CardFacts) -> Iterator[Line]:
    name = fill(source.name, row)
    if kind is BoxKind.DIAL:
        if name:
            yield _dial(name, source, row, facts)
        return
    said = [words for template in source.show if (words := fill(template, row))]
    if kind is BoxKind.FACTS:
        yield from [Line("\n".join(said), name=name)] if said else []
    elif source.whole or source.join_ja:
        yield from (Line(words.replace("\n", "、"), name=name) for words in said)
    else:
        yield from (Line(step.strip()) for words in said for step in _SENTENCE.split(words) if step.strip())


def _dial(name: str, source: Source, row: Mapping[str, str], facts: CardFacts) -> Line:
    """Return name and number: a number is taken out of other words, else the staff list is asked.

    Words without any number stand beside the name, and the number is left to write.
    """
    words = fill(source.number, row)
    told = _PHONE.findall(words or name)
    if len(told) == 1:
        around = (_PHONE.sub("", part).strip("　 （）()、") for part in ((name, words) if words else (name,)))
        return Line(name="　".join(part for part in around if part), number=told[0].strip())
    if told:
        return Line(name=name, number=words or name)
    called = phone_of(fill(source.staff, row), facts.phones)
    return Line(name=f"{name}　{words}" if words else name, number=called)


def phone_of(words: str, phones: Mapping[str, str]) -> str:
    """Return the number of the member of staff whose name stands in `words`, however it is spaced."""
    levelled = _SPACE.sub("", words)
    return next((phone for name, phone in phones.items() if phone and _SPACE.sub("", name) in levelled), "")


def _plain_title(item: Item) -> str:
    return re.sub(r"^[①-⑳\s]+", "", item.title_ja)


def _title(item: Item, source: Source) -> str:
    rows = [word.rstrip(":：") for words in source.where.values() for word in words]
    which = "・".join(dict.fromkeys(rows[:3]))
    return f"{_plain_title(item)}（{which}）" if which else _plain_title(item)
