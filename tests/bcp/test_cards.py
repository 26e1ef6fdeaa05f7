"""Action cards, poster, pocket card: what stands on them, what is missing, what does not hold."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Role
from bcp_kit.cli import build
from bcp_kit.domain.bcp import Answer, ContinuityPlan, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.action_cards import BoxKind, card_file, cards_for, fill
from bcp_kit.forms.schema import Form, form
from bcp_kit.render.action_cards import CARD_SIZES_PT, fitting_size
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers, start_plan
from bcp_kit.services.bcp_cards import CardOrder, card_desk, print_cards, print_pocket, print_poster
from bcp_kit.services.plan_versions import Proposal, VersionDecision, decide_version, propose_version
from bcp_kit.services.sample_plans import load_sample_plans
from tests.render.paper_checks import failed_rules, fonts_not_embedded, page_texts, squeezed

FILES = ("natural_disaster", "infection", "poster", "pocket")
CATEGORIES = list(ServiceCategory)


def examples(asked: Form) -> Mapping[str, Answer]:
    """The form's own examples as answers; default rows that have no example take the first one's cells."""
    found = {}
    for item in asked.items:
        if item.example is None:
            continue
        rows = [dict(row) for row in item.example.rows]
        header = item.input.row_header
        named = {row.get(header) for row in rows}
        rows += [
            {**rows[0], **row} for row in item.input.default_rows if rows and row.get(header) not in named
        ]
        found[item.id] = Answer(
            text=item.example.text, number=item.example.number, choices=item.example.choices, rows=tuple(rows)
        )
    return found


@pytest.fixture
def filled(ctx: Context, plan: ContinuityPlan) -> ContinuityPlan:
    """A natural-disaster plan that holds the form's examples."""
    return save_answers(ctx, plan.id, examples(form(plan.form_id))).plan


@pytest.mark.parametrize("name", FILES)
def test_cards_name_items_and_columns_that_exist(name: str) -> None:
    """Every item, column and field of a card exists in the forms, so no typing error empties a card."""
    items = {i.id: i for f in ("bcp_natural_disaster", "bcp_infection") for i in form(f).items}
    for card in card_file(name).cards:
        for source in (s for box in card.boxes for s in box.sources if s.item):
            columns = {c.key for c in items[source.item].input.columns} | {"text", "choice", "number"}
            used = set(source.where) | ({source.need} if source.need else set())
            for template in (*source.show, source.name, source.number, source.staff):
                parts = template.split("{")[1:]
                used |= {part.split("}")[0] for part in parts}
            assert used <= columns, (card.id, source.item, used - columns)


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_category_has_cards_of_both_plans(category: ServiceCategory) -> None:
    """Every category gets a card for home, manager and deputy, and the cards of a suspected case."""
    disaster = {card.id for card in cards_for("natural_disaster", (category,))}
    assert {"at_home", "manager", "deputy", "power", "storm"} <= disaster
    assert ("on_the_road" in disaster) == (category.value.partition("_")[2] not in ("residential",))
    infection = {card.id for card in cards_for("infection", (category,))}
    assert {"suspected", "first_report", "infection_lead"} <= infection


def test_items_marked_for_the_emergency_card_stand_on_a_card() -> None:
    """Each item of the reference that is marked emergency_card feeds at least one card."""
    marked = {
        i.id for f in ("bcp_natural_disaster", "bcp_infection") for i in form(f).items if i.emergency_card
    }
    fed = {
        s.item for name in FILES for card in card_file(name).cards for box in card.boxes for s in box.sources
    }
    assert marked and marked <= fed, marked - fed


def test_lines_are_the_answers_of_the_plan(ctx: Context, filled: ContinuityPlan) -> None:
    """A sentence of the plan stands on the card as written, one tick box for each sentence."""
    desk = card_desk(ctx, filled.id)
    (night,) = (state for state in desk.cards if state.card.id == "night_alone")
    steps = [line.words for box in night.card.boxes if box.kind is BoxKind.STEPS for line in box.lines]
    assert "自分の身を守り、火の元を見る" in steps
    assert "30分以内：受け持ちの全員の無事を確かめ、当直に報告する" in steps
    assert not night.missing[:1] or night.missing[0].in_place


def test_numbers_come_from_the_staff_list(ctx: Context, filled: ContinuityPlan) -> None:
    """A name in the plan gets the telephone number that the staff list has for it."""
    with ctx.open_store() as uow:
        person = uow.staff.need("staff-1")
        uow.staff.save(person.model_copy(update={"name": "見本　花子", "phone": "000-1111-2222"}))
        uow.commit()
    desk = card_desk(ctx, filled.id)
    dialled = {n.name: n.number for s in desk.cards for b in s.card.boxes for n in b.lines if n.number}
    assert dialled["施設長 見本 花子（携帯）"] == "000-1111-2222"
    assert dialled["火事・救急"] == "119"


def test_cards_without_private_numbers(ctx: Context, filled: ContinuityPlan, acting_as: Any) -> None:
    """Somebody who may not see staff gets the card with room to write the number."""
    with ctx.open_store() as uow:
        person = uow.staff.need("staff-1")
        uow.staff.save(person.model_copy(update={"name": "見本花子", "phone": "000-1111-2222"}))
        uow.commit()
    desk = card_desk(acting_as(Role.FACILITY_STAFF, "home-1"), filled.id)
    numbers = [line.number for s in desk.cards for b in s.card.boxes for line in b.lines]
    assert "000-1111-2222" not in numbers


def test_what_is_missing_is_named_and_printed_as_a_line(ctx: Context, plan: ContinuityPlan) -> None:
    """An empty plan prints: every missing input is named with its item, and stands as a line to write on."""
    desk = card_desk(ctx, plan.id)
    assert {"nd_action_rules", "nd_deputies"} <= {m.item_id for s in desk.cards for m in s.missing}
    text = "".join(page_texts(print_cards(ctx, CardOrder(plan.id)).pdf_bytes))
    for state in desk.cards:
        for missing in state.missing:
            assert missing.in_place or squeezed(missing.words) in text


@pytest.mark.parametrize("kind", [PlanKind.NATURAL_DISASTER, PlanKind.INFECTION])
def test_cards_print_one_page_each(ctx: Context, kind: PlanKind) -> None:
    """Filled with the examples each card holds on one A4 page in 14 points; fonts and tags are right."""
    plan = start_plan(ctx, "home-1", kind)
    save_answers(ctx, plan.id, examples(form(plan.form_id)))
    desk = card_desk(ctx, plan.id)
    printed = print_cards(ctx, CardOrder(plan.id))
    assert printed.pages == len(desk.cards)
    assert all((fitting_size(state.card) or 0) >= min(CARD_SIZES_PT) >= 14 for state in desk.cards)
    assert failed_rules(printed.pdf_bytes) == [] and fonts_not_embedded(printed.pdf_bytes) == []
    for state, text in zip(desk.cards, page_texts(printed.pdf_bytes), strict=True):
        for line in (line for box in state.card.boxes for line in box.lines):
            assert squeezed(line.words) in text and squeezed(line.number) in text


def test_a_card_that_does_not_hold_is_refused(ctx: Context, filled: ContinuityPlan) -> None:
    """An overlong answer is never cut: the card is refused, and the answer to shorten is named."""
    row = {"situation": "夜勤1人のとき", "first_5_min": "とても長い手順です。" * 60}
    save_answers(ctx, filled.id, {"nd_action_rules": Answer(rows=(row,))})
    with pytest.raises(BcpKitError) as refused:
        print_cards(ctx, CardOrder(filled.id, ("night_alone",)))
    assert refused.value.code is ErrorCode.CARD_TOO_LONG
    assert "行動基準" in str(refused.value.values["where"])
    assert print_cards(ctx, CardOrder(filled.id, ("power",))).pages == 1


@pytest.mark.parametrize(("paper", "width_mm"), [("A4", 210), ("A3", 297)])
def test_the_poster_is_one_sheet(ctx: Context, filled: ContinuityPlan, paper: str, width_mm: int) -> None:
    """The wall poster is one sheet of the paper asked for, with triggers, deputies, places and numbers."""
    printed = print_poster(ctx, filled.id, paper)
    (text,) = page_texts(printed.pdf_bytes)
    assert all(word in text for word in ("震度6弱以上", "事務長見本次郎", "2階の食堂", "119"))
    with pikepdf.open(io.BytesIO(printed.pdf_bytes)) as pdf:
        assert float(pdf.pages[0].mediabox[2]) == pytest.approx(width_mm * 72 / 25.4, abs=1)
    assert failed_rules(printed.pdf_bytes) == []


def test_the_pocket_card_holds_call_in_rules_three_times(ctx: Context, filled: ContinuityPlan) -> None:
    """The folding card comes three times on one lying sheet, with the rules of calling in."""
    printed = print_pocket(ctx, filled.id)
    (text,) = page_texts(printed.pdf_bytes)
    assert text.count("震度6弱以上") >= 3 and text.count("いつ参集するか") == 3
    assert failed_rules(printed.pdf_bytes) == []


def test_templates_leave_out_what_is_empty() -> None:
    """By hand: brackets go with their empty cell; an empty cell outside of them empties the line."""
    assert fill("{a}[（{b}）]", {"a": "食堂", "b": ""}) == "食堂"
    assert fill("{a}[（{b}）]", {"a": "食堂", "b": "10分"}) == "食堂（10分）"
    assert fill("{a}：{b}", {"a": "食堂", "b": " "}) == ""
    assert fill("決める人", {}) == "決める人"
    assert fill("{a}", {"a": "[b]{c}"}) == "[b]{c}"


def test_commands_print_and_refuse(
    ctx: Context, filled: ContinuityPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`bcp cards` writes the cards that hold, names the one that does not and ends with 5."""
    row = {"situation": "夜勤1人のとき", "first_5_min": "とても長い手順です。" * 60}
    save_answers(ctx, filled.id, {"nd_action_rules": Answer(rows=(row,))})
    monkeypatch.setenv("BCP_KIT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    run = CliRunner().invoke(
        build(["bcp"]), ["bcp", "cards", "--out", str(tmp_path), "--json", str(tmp_path / "x")]
    )
    told = json.loads((tmp_path / "x").read_text(encoding="utf-8"))
    assert run.exit_code == 5 and Path(told["file"]).is_file()
    assert {c["card"]: c["lines_too_many"] > 0 for c in told["cards"]}["night_alone"]
    for word in ("poster", "pocket"):
        assert CliRunner().invoke(build(["bcp"]), ["bcp", word, "--out", str(tmp_path)]).exit_code == 0
    sheets = ["bcp", "forms", "--blank", "--excel", "--out", str(tmp_path), "--json", "-"]
    assert Path(json.loads(CliRunner().invoke(build(["bcp"]), sheets).stdout)["file"]).is_file()


@pytest.mark.parametrize("category", CATEGORIES)
def test_cards_of_the_invented_facilities_hold(ctx: Context, category: ServiceCategory) -> None:
    """With a plan written to the end every card of each category holds and is clean PDF/UA."""
    sample = load_sample_plans(ctx, category)
    for kind in (PlanKind.NATURAL_DISASTER, PlanKind.INFECTION):
        plan = sample.plans[kind]
        desk = card_desk(ctx, plan.id)
        assert [s.card.id for s in (*desk.cards, desk.poster, *desk.pocket) if s.too_long] == []
        assert len([m for s in desk.cards for m in s.missing if not m.in_place]) <= 1
        assert failed_rules(print_cards(ctx, CardOrder(plan.id)).pdf_bytes) == []


def test_long_and_odd_input_is_held_or_refused(ctx: Context, filled: ContinuityPlan) -> None:
    """20,000 characters refuse their own card only; 500 rows are counted, markup and gaiji print as typed."""
    row = {"situation": "夜勤1人のとき", "first_5_min": "長い手順。" * 4000, "within_1_h": "外字\ue000"}
    home = {"situation": "自宅・休日", "first_5_min": "<b>&{x}</b>=1+1", "within_30_min": "[待つ]外字\ue000"}
    vendors = tuple({"vendor": f"電気{n}", "contact": f"000-0000-{n:04}", "work": "電気"} for n in range(500))
    answers = {"nd_action_rules": Answer(rows=(row, home)), "nd_vendors": Answer(rows=vendors)}
    save_answers(ctx, filled.id, answers)
    desk = card_desk(ctx, filled.id)
    assert [s.card.id for s in desk.cards if s.too_long] == ["night_alone"]
    printed = print_cards(ctx, CardOrder(filled.id, ("at_home", "power")))
    first, second = page_texts(printed.pdf_bytes)
    assert "<b>&{x}</b>=1+1" in first and "[待つ]外字〓" in first and printed.missing_glyphs == ("\ue000",)
    assert "ほか494件" in second


def test_cards_name_the_version_in_force(ctx: Context, filled: ContinuityPlan) -> None:
    """Foot and file name say: no version, a proposed one, the approved one, written on since."""

    def stamp() -> str:
        printed = print_cards(ctx, CardOrder(filled.id, ("power",)))
        desk = card_desk(ctx, filled.id)
        assert f"業務継続計画（{desk.stamp}）" in "".join(page_texts(printed.pdf_bytes)).replace(" ", "")
        assert printed.file_name == f"行動カード_自然災害_{desk.content.facility.name}_{desk.stamp}.pdf"
        return desk.stamp

    assert stamp() == "版なし（作成中）"
    version = propose_version(ctx, Proposal(filled.id, "初めて", author="主任 見本"))
    assert stamp() == "第1版（承認前）"
    decide_version(ctx, VersionDecision(filled.id, version.number, approve=True, by="施設長 架空"))
    assert stamp() == "第1版"
    save_answers(ctx, filled.id, {"nd_network": Answer(text="順番を変えた。")})
    assert stamp() == "第1版から変更"
