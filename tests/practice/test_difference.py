"""Differences in words: rows found again, cells named, long text compared by sentence."""

from collections.abc import Mapping

from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.practice.difference import Change, ChangeKind, PieceKind, differences, pieces
from bcp_kit.forms.schema import chapters_for, form

CHAPTERS = chapters_for(form("bcp_natural_disaster"), ServiceCategory.CARE_RESIDENTIAL)


def changes(
    before: Mapping[str, Answer], after: Mapping[str, Answer], language: str = "ja"
) -> tuple[Change, ...]:
    """The differences of a home's natural-disaster plan."""
    return differences(CHAPTERS, before, after, language)


def rows(*cells: tuple[str, str]) -> Answer:
    """An answer about gas: equipment and alternative."""
    return Answer(
        state=AnswerState.ANSWERED, rows=tuple({"equipment": a, "alternative": b} for a, b in cells)
    )


def test_equal_answers_differ_in_nothing() -> None:
    """The moment of saving and blank rows are no difference."""
    gas = rows(("暖房", "毛布"))
    assert (
        changes({"nd_gas": gas}, {"nd_gas": gas.model_copy(update={"rows": (*gas.rows, {"equipment": " "})})})
        == ()
    )


def test_one_cell_is_named_by_row_and_column() -> None:
    """A changed cell says chapter, item, row and column, and the words before and after."""
    found = changes(
        {"nd_gas": rows(("暖房", "毛布"), ("調理", "なし"))},
        {"nd_gas": rows(("暖房", "毛布"), ("調理", "カセットこんろ"))},
    )
    (change,) = found
    assert (change.kind, change.row, change.before, change.after) == (
        ChangeKind.CHANGED,
        "調理",
        "なし",
        "カセットこんろ",
    )
    assert change.column in change.place and change.chapter.startswith("2")


def test_rows_that_came_and_went_are_whole_lines() -> None:
    """An added row and a removed row are said as label and value, not as data."""
    added = changes({"nd_gas": rows(("暖房", "毛布"))}, {"nd_gas": rows(("暖房", "毛布"), ("給湯", "薪"))})
    assert [(c.kind, c.before) for c in added] == [(ChangeKind.ADDED, "")]
    assert "薪" in added[0].after and "{" not in added[0].after
    removed = changes({"nd_gas": rows(("暖房", "毛布"), ("給湯", "薪"))}, {"nd_gas": rows(("暖房", "毛布"))})
    assert [(c.kind, c.after) for c in removed] == [(ChangeKind.REMOVED, "")]


def test_a_row_put_before_the_others_is_one_change() -> None:
    """A row added at the top does not make all rows below look changed."""
    old = [("暖房", "毛布"), ("調理", "こんろ"), ("給湯", "薪")]
    assert len(changes({"nd_gas": rows(*old)}, {"nd_gas": rows(("乾燥", "なし"), *old)})) == 1


def test_a_renamed_row_with_a_changed_cell_stays_paired_by_name() -> None:
    """Two changed rows are paired by their names even when their order changed."""
    before = rows(("暖房", "毛布"), ("調理", "なし"))
    after = rows(("調理", "こんろ"), ("暖房", "湯たんぽ"))
    found = {(c.row, c.before, c.after) for c in changes({"nd_gas": before}, {"nd_gas": after})}
    assert found == {("暖房", "毛布", "湯たんぽ"), ("調理", "なし", "こんろ")}


def test_other_kinds_of_answers_are_words() -> None:
    """Numbers carry their unit, choices their labels, does-not-apply its reason."""
    found = changes(
        {"nd_drinking_water": Answer(number=600), "nd_agreement": Answer(choices=("under_way",))},
        {
            "nd_drinking_water": Answer(number=900),
            "nd_agreement": Answer(state=AnswerState.NOT_APPLICABLE, reason="相手がいない"),
        },
    )
    words = {change.item_id: (change.before, change.after) for change in found}
    assert words["nd_drinking_water"][0].startswith("600 ")
    assert "under_way" not in words["nd_agreement"][0]
    assert "相手がいない" in words["nd_agreement"][1]


def test_a_table_set_aside_keeps_its_rows_in_the_difference() -> None:
    """When a table no longer applies, what stood in it can still be read."""
    off = Answer(state=AnswerState.NOT_APPLICABLE, reason="ガスを使わない")
    (change,) = changes({"nd_gas": rows(("暖房", "毛布"))}, {"nd_gas": off})
    assert "毛布" in change.before and "ガスを使わない" in change.after


def test_texts_that_share_little_are_shown_whole() -> None:
    """A sentence written anew is one removal and one addition, not a confetti of characters."""
    found = pieces("町の施設長会に参加する。", "電気が止まったら発電機を動かす。")
    assert [piece.kind for piece in found] == [PieceKind.REMOVED, PieceKind.ADDED]


def test_long_texts_are_compared_by_sentence() -> None:
    """Only what changed is marked; the pieces put together give both texts; 20,000 characters stay quick."""
    before = "まず利用者の命。" * 2000 + "次に職員。"
    after = before.replace("次に職員。", "次に職員と家族。")
    found = pieces(before, after)
    assert "".join(p.words for p in found if p.kind is not PieceKind.ADDED) == before
    assert "".join(p.words for p in found if p.kind is not PieceKind.REMOVED) == after
    assert [p.words for p in found if p.kind is PieceKind.ADDED] == ["と家族"]
