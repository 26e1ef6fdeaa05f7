"""Answers from a YAML or JSON text, for people who prepare a plan outside the screen."""

from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.domain.errors import BcpKitError, ErrorCode

MAX_CHARACTERS = 2_000_000


def parse_answers(content: str) -> dict[str, Answer]:
    """Return answers by item id.

    An item holds a text, a number, a list of option keys, a list of rows (column key: cell), or a mapping:
    `{not_applicable: reason}` or the fields of an answer. Raises: BcpKitError B-004 with the item (empty when
    the text as a whole cannot be read, is too long, or repeats parts of itself by reference).
    """
    tree = _tree(content)
    return {str(item_id): _answer(str(item_id), value) for item_id, value in tree.items()}


def _tree(content: str) -> Mapping[Any, Any]:
    try:
        if len(content) > MAX_CHARACTERS or any(isinstance(e, yaml.AliasEvent) for e in yaml.parse(content)):
            raise BcpKitError(ErrorCode.ANSWER_UNREADABLE, item="")
        tree = yaml.safe_load(content)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise BcpKitError(ErrorCode.ANSWER_UNREADABLE, item="") from None
    if not isinstance(tree, Mapping):
        raise BcpKitError(ErrorCode.ANSWER_UNREADABLE, item="")
    return tree


def _answer(item_id: str, value: Any) -> Answer:
    try:
        return Answer.model_validate(_fields(value))
    except (ValidationError, TypeError):
        raise BcpKitError(ErrorCode.ANSWER_UNREADABLE, item=item_id) from None


def _fields(value: Any) -> dict[str, Any]:
    if isinstance(value, bool) or value is None:
        raise TypeError("neither text, number, choices nor rows")
    if isinstance(value, int | float):
        return {"number": value}
    if isinstance(value, list):
        if any(isinstance(row, Mapping) for row in value):
            return {"rows": [_cells(row) for row in value]}
        return {"choices": [str(choice) for choice in value]}
    if isinstance(value, Mapping):
        if set(value) == {"not_applicable"}:
            return {"state": AnswerState.NOT_APPLICABLE, "reason": str(value["not_applicable"])}
        fields = dict(value)
        if "rows" in fields:
            fields["rows"] = [_cells(row) for row in fields["rows"]]
        return fields
    return {"text": str(value)}


def _cells(row: Any) -> dict[str, str]:
    """Return a row with every cell as text; YAML reads 12 and 2026-04-01 as number and date."""
    if not isinstance(row, Mapping):
        raise TypeError("a row pairs column keys with cells")
    return {str(key): "" if cell is None else str(cell) for key, cell in row.items()}
