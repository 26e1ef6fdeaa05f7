"""The difference of two states of a plan in words: by chapter, item, row and cell, never as data."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.schema import Chapter, Column, InputType, Item, Section

Row = Mapping[str, str]
_SENTENCE = re.compile(r"[^。\n]*[。\n]|[^。\n]+")
_CLOSE_CHARACTERS = 600  # longer sentences are shown whole before and after
_CLOSE_SHARE = 0.6  # so are sentences that share less


class ChangeKind(StrEnum):
    """What happened to a place."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Change:
    """One change: where (chapter, item, and for tables row and column) and the words before and after."""

    kind: ChangeKind
    chapter: str
    item_id: str
    item: str
    row: str
    column: str
    before: str
    after: str

    @property
    def place(self) -> str:
        """The place within the chapter in one line."""
        return " › ".join(part for part in (self.item, self.row, self.column) if part)


class PieceKind(StrEnum):
    """Whether a piece of text stands in both, only before, or only after."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A piece of a compared text."""

    kind: PieceKind
    words: str


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return the two texts as one row of pieces: sentence by sentence, within changed ones by character."""
    old, new = _SENTENCE.findall(before), _SENTENCE.findall(after)
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        left, right = "".join(old[a:b]), "".join(new[c:d])
        if tag == "equal":
            found.append(Piece(PieceKind.KEPT, left))
        elif left and right and _close(left, right):
            found += _by_character(left, right)
        else:
            found += [Piece(PieceKind.REMOVED, left), Piece(PieceKind.ADDED, right)]
    return tuple(piece for piece in found if piece.words)


def _close(left: str, right: str) -> bool:
    """True where two texts share enough that marking single characters helps a reader."""
    if max(len(left), len(right)) > _CLOSE_CHARACTERS:
        return False
    return SequenceMatcher(None, left, right, autojunk=False).ratio() >= _CLOSE_SHARE


def _by_character(left: str, right: str) -> Iterator[Piece]:
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(PieceKind.KEPT, left[a:b])
        else:
            yield Piece(PieceKind.REMOVED, left[a:b])
            yield Piece(PieceKind.ADDED, right[c:d])


def answer_words(item: Item, answer: Answer, language: str = DEFAULT_LANGUAGE) -> str:
    """Return an answer that is no table as words; empty when nothing was written."""
    if answer.state is AnswerState.NOT_APPLICABLE:
        return text("records.diff.not_applicable", language, reason=answer.reason)
    if item.input.type in (InputType.CHOICE, InputType.CHECKLIST) and answer.choices:
        labels = {option.key: option.label_ja for option in item.input.options}
        return "、".join(labels.get(choice, choice) for choice in answer.choices)
    if answer.number is not None:
        return f"{answer.number:g} {item.input.unit}".strip()
    return answer.text.strip()


@dataclass(frozen=True)
class _Place:
    chapter: str
    item: Item
    title: str

    def change(self, before: str, after: str, row: str = "", column: str = "") -> Change:
        kind = ChangeKind.CHANGED
        if not before:
            kind = ChangeKind.ADDED
        elif not after:
            kind = ChangeKind.REMOVED
        return Change(kind, self.chapter, self.item.id, self.title, row, column, before, after)


def _cells(item: Item, row: Row) -> tuple[str, ...]:
    return tuple(row.get(column.key, "").strip() for column in item.input.columns)


def _name_column(item: Item) -> Column:
    return next((c for c in item.input.columns if c.key == item.input.row_header), item.input.columns[0])


def _row_words(item: Item, row: Row) -> str:
    filled = ((c.label_ja, row.get(c.key, "").strip()) for c in item.input.columns)
    return "、".join(f"{label}：{cell}" for label, cell in filled if cell)


def _row_name(item: Item, row: Row, number: int, language: str) -> str:
    name = row.get(_name_column(item).key, "").strip().replace("\n", " ")
    return name or text("records.diff.row", language, number=number + 1)


def _paired(
    item: Item, old: Sequence[tuple[int, Row]], new: Sequence[tuple[int, Row]]
) -> Iterator[tuple[tuple[int, Row] | None, tuple[int, Row] | None]]:
    """Pair changed rows: those of the same name first, what is left in order."""
    name = _name_column(item).key
    left, right = list(old), list(new)
    for entry in list(left):
        same = next((other for other in right if other[1].get(name, "") == entry[1].get(name, "")), None)
        if same is not None:
            left.remove(entry)
            right.remove(same)
            yield entry, same
    for position in range(max(len(left), len(right))):
        yield (
            left[position] if position < len(left) else None,
            right[position] if position < len(right) else None,
        )


def _table(place: _Place, before: Answer, after: Answer, language: str) -> Iterator[Change]:
    item = place.item
    old = [row for row in before.rows if any(_cells(item, row))]
    new = [row for row in after.rows if any(_cells(item, row))]
    matcher = SequenceMatcher(
        None, [_cells(item, row) for row in old], [_cells(item, row) for row in new], autojunk=False
    )
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        pairs = _paired(item, list(enumerate(old))[a:b], list(enumerate(new))[c:d])
        for left, right in pairs:
            yield from _row(place, left, right, language)


def _row(
    place: _Place, left: tuple[int, Row] | None, right: tuple[int, Row] | None, language: str
) -> Iterator[Change]:
    item = place.item
    if left is None or right is None:
        number, row = right or left or (0, {})
        words = _row_words(item, row)
        name = _row_name(item, row, number, language)
        yield place.change(words if left else "", words if right else "", name)
        return
    name = _row_name(item, left[1], left[0], language)
    for column in item.input.columns:
        was, now = left[1].get(column.key, "").strip(), right[1].get(column.key, "").strip()
        if was != now:
            yield place.change(was, now, name, column.label_ja)


def _item(place: _Place, before: Answer, after: Answer, language: str) -> Iterator[Change]:
    tables = place.item.input.type is InputType.TABLE
    if tables and AnswerState.NOT_APPLICABLE not in (before.state, after.state):
        yield from _table(place, before, after, language)
        return
    was, now = answer_words(place.item, before, language), answer_words(place.item, after, language)
    if tables:
        was = was or "\n".join(_row_words(place.item, row) for row in before.rows)
        now = now or "\n".join(_row_words(place.item, row) for row in after.rows)
    if was != now:
        yield place.change(was, now)


def _places(chapters: Sequence[Chapter], language: str) -> Iterator[_Place]:
    for chapter, section, item in _all_items(chapters):
        head = chapter.title_en if language == "en" else chapter.title_ja
        yield _Place(f"{chapter.number}　{head}".strip(), item, f"{section.number}　{item.title(language)}")


def _all_items(chapters: Sequence[Chapter]) -> Iterator[tuple[Chapter, Section, Item]]:
    for chapter in chapters:
        for section in chapter.sections:
            for item in section.items:
                yield chapter, section, item


def differences(
    chapters: Sequence[Chapter],
    before: Mapping[str, Answer],
    after: Mapping[str, Answer],
    language: str = DEFAULT_LANGUAGE,
) -> tuple[Change, ...]:
    """Return what changed from `before` to `after` (answers by item id), in the order of `chapters`."""
    found: list[Change] = []
    for place in _places(chapters, language):
        old, new = before.get(place.item.id, Answer()), after.get(place.item.id, Answer())
        found += _item(place, old, new, language)
    return tuple(found)
