"""What several plans of one site say in the same words: printed once, in the common part of a joint one."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.forms.completeness import filled_rows
from bcp_kit.forms.schema import InputType, Item
from bcp_kit.render.plan_blocks import PlanPrint, grid_of, plain_words

_NOTHING = Answer()
_SHARED_LABELS = 4  # fewer labels in common do not make two tables the same thing


def _said(item: Item, answer: Answer) -> tuple[object, ...] | None:
    """Return what tells that two items of two plans say the same; None for what stands in its plan alone."""
    if answer.state is not AnswerState.ANSWERED:
        return None
    if item.input.type is InputType.TABLE:
        grid = grid_of(item, filled_rows(item.input, answer.rows))
        heads = tuple(head.rstrip("※") for head in grid.heads)
        return (heads, grid.rows) if grid.rows else None
    words = plain_words(answer)
    return (item.title_ja, words) if words else None


def _card(item: Item, answer: Answer) -> dict[str, str] | None:
    """Return a table of one thing as label → cell, None for any other answer."""
    rows = filled_rows(item.input, answer.rows) if item.input.type is InputType.TABLE else ()
    if answer.state is not AnswerState.ANSWERED or len(rows) != 1 or item.input.default_rows:
        return None
    return {column.label_ja: rows[0].get(column.key, "").strip() for column in item.input.columns}


def _same_card(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """True when two tables of one thing agree in all that both ask, and that is most of it."""
    shared = one.keys() & other.keys()
    return len(shared) >= _SHARED_LABELS and all(one[label] == other[label] for label in shared)


def _answered(doc: PlanPrint) -> Iterator[tuple[Item, Answer]]:
    for chapter in doc.chapters:
        yield from ((item, doc.plan.answers.get(item.id, _NOTHING)) for item in chapter.items)


def common_items(docs: Sequence[PlanPrint]) -> dict[str, str]:
    """Return item id → id of the item that stands for it in the common part, both included.

    Tables agree in headings and rows, other answers in title and words. Two tables of one thing (the cover)
    agree in all that both ask; the one that tells more stands for both.
    """
    first, *others = docs
    found: dict[str, str] = {}
    said: dict[tuple[object, ...], Item] = {}
    cards: list[tuple[Item, dict[str, str]]] = []
    for item, answer in _answered(first):
        if (words := _said(item, answer)) is not None:
            said.setdefault(words, item)
        if (card := _card(item, answer)) is not None:
            cards.append((item, card))
    for item, answer in chain.from_iterable(_answered(doc) for doc in others):
        words, card = _said(item, answer), _card(item, answer)
        twin = said.get(words) if words is not None else None
        kept = twin
        if twin is None and card is not None:
            twin, known = next(((i, c) for i, c in cards if _same_card(c, card)), (None, {}))
            kept = item if len(card) > len(known) else twin
        if twin is not None and kept is not None and twin.personal == item.personal:
            found[item.id] = found[twin.id] = kept.id
    return found
