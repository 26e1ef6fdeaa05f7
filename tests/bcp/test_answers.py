"""Answers from a YAML or JSON text: every shape that a person may write, and what is refused."""

import json

import pytest

from bcp_kit.domain.bcp import AnswerState
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.bcp_answers import MAX_CHARACTERS, parse_answers

WRITTEN = """
nd_basic_policy: |
  まず利用者の命。
  𠮷野﨑
nd_drinking_water: 1170
nd_agreement: [under_way]
nd_gas:
  - {equipment: 暖房機器, alternative: 毛布}
  - {equipment: 給湯設備, alternative: }
nd_dispatch_out: {not_applicable: 出せる職員がいない}
nd_network: {text: 施設長会}
nd_version:
  - {edition: 1, made_on: 2026-04-01}
"""


def test_every_shape_is_read() -> None:
    """Text, number, choices, rows, "does not apply" and full answers; cells become text as written."""
    answers = parse_answers(WRITTEN)
    assert answers["nd_basic_policy"].text == "まず利用者の命。\n𠮷野﨑\n"
    assert answers["nd_drinking_water"].number == 1170
    assert answers["nd_agreement"].choices == ("under_way",)
    assert answers["nd_gas"].rows[1] == {"equipment": "給湯設備", "alternative": ""}
    assert answers["nd_dispatch_out"].state is AnswerState.NOT_APPLICABLE
    assert answers["nd_dispatch_out"].reason == "出せる職員がいない"
    assert answers["nd_network"].text == "施設長会"
    assert answers["nd_version"].rows[0] == {"edition": "1", "made_on": "2026-04-01"}


def test_json_is_read_too() -> None:
    """The same answers as JSON give the same."""
    content = json.dumps({"nd_gas": [{"equipment": "暖房"}], "nd_drinking_water": 3.5}, ensure_ascii=False)
    assert parse_answers(content)["nd_gas"].rows[0] == {"equipment": "暖房"}
    assert parse_answers(content)["nd_drinking_water"].number == 3.5


@pytest.mark.parametrize(
    ("content", "item"),
    [
        ("- a\n- b", ""),
        ("{unclosed", ""),
        ("a: &x [1]\nb: *x", ""),
        ("a: " + "あ" * MAX_CHARACTERS, ""),
        ("a: !!python/object/apply:os.system ['true']", ""),
        ("nd_gas: true", "nd_gas"),
        ("nd_gas:", "nd_gas"),
        ("nd_gas: {colour: red}", "nd_gas"),
        ("nd_gas: {rows: [text]}", "nd_gas"),
        ("nd_gas: [{a: b}, text]", "nd_gas"),
    ],
    ids=[
        "list",
        "unclosed",
        "alias",
        "too long",
        "python object",
        "boolean",
        "nothing",
        "field",
        "row",
        "mixed",
    ],
)
def test_what_cannot_be_read_is_refused_by_item(content: str, item: str) -> None:
    """No guess is made: the whole file or the item is named, and nothing is executed."""
    with pytest.raises(BcpKitError) as caught:
        parse_answers(content)
    assert caught.value.code is ErrorCode.ANSWER_UNREADABLE
    assert caught.value.values["item"] == item
