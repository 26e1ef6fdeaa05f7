"""Two plans in one document, several services at one site, versions old and new, pictures, file names."""

import io
from dataclasses import replace
from datetime import date, datetime

import pytest
from PIL import Image

from bcp_kit.domain.bcp import Answer, AnswerState, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.plan_versions import PlanVersion, VersionState
from bcp_kit.render.continuity_plan import draw_pages, plan_layout
from bcp_kit.render.pictures import read_picture
from bcp_kit.render.plan_blocks import Heading, Reference, Stamp
from bcp_kit.render.plan_names import safe_part
from bcp_kit.render.plan_pages import compose_joint, stamp_words
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers
from bcp_kit.services.bcp_print import Wish, prepared, print_plans
from bcp_kit.services.sample_plans import SamplePlans
from tests.paper.reading import spoken_text
from tests.render.paper_checks import failed_rules, page_texts

NATURAL, INFECTION = PlanKind.NATURAL_DISASTER, PlanKind.INFECTION


def _version(plan_id: str, number: int, noon: datetime, **changes: object) -> PlanVersion:
    facts = {
        "id": f"v{number}",
        "plan_id": plan_id,
        "number": number,
        "form_id": "bcp_natural_disaster",
        "title": "計画",
        "answers": {"nd_basic_policy": Answer(state=AnswerState.ANSWERED, text="昔の方針。")},
        "author": "見本 太郎",
        "reason": "見直し",
        "made_at": noon,
    }
    return PlanVersion.model_validate({**facts, **changes})


@pytest.fixture
def both(sample: SamplePlans) -> list[str]:
    """The ids of the home's two plans."""
    return [sample.plans[kind].id for kind in (NATURAL, INFECTION)]


@pytest.mark.slow
def test_a_joint_document_says_once_what_both_say(ctx: Context, both: list[str]) -> None:
    """Cover facts stand in the common part once; each plan refers to them; tags and parts are right."""
    made = print_plans(ctx, both, Wish())
    texts = page_texts(made.content)
    assert made.name.startswith("業務継続計画（自然災害・感染症）_")
    at = next(n for n, text in enumerate(texts, 1) if "共通編次の事項は" in text)
    whole = spoken_text(made.content)
    assert whole.count(f"共通編（{at}ページ）にあります。") == 2
    assert whole.index("共通編次の事項は") < whole.index("第1編自然災害", whole.index("共通編次の事項は"))
    assert failed_rules(made.content) == []


def test_equal_answers_are_shared_and_different_ones_are_not(ctx: Context, both: list[str]) -> None:
    """The history written alike into both plans moves to the common part, and comes back when one differs."""
    rows = ({"updated_on": "2026年4月1日", "change": "見直した"},)
    save_answers(ctx, both[0], {"nd_revisions": Answer(rows=rows)})
    save_answers(ctx, both[1], {"if_revisions": Answer(rows=rows)})

    def shared() -> set[str]:
        with ctx.open_store() as uow:
            docs = [prepared(ctx, uow, plan_id, Wish()) for plan_id in both]
        shown = compose_joint(docs, plan_layout())
        blocks = [block for chapter in shown.chapters for block in chapter]
        return {b.key for b in blocks if isinstance(b, Reference) and b.said == "paper.see_common"}

    assert "common_nd_revisions" in shared()
    save_answers(ctx, both[1], {"if_revisions": Answer(rows=(*rows, {"change": "別のこと"}))})
    assert "common_nd_revisions" not in shared()


def test_several_services_are_named_and_asked(ctx: Context, sample: SamplePlans, both: list[str]) -> None:
    """A plan for two services names both on its cover, and says of a chapter for one whom it is for."""
    day = Facility(id="day", name="デイ みほん", category=ServiceCategory.CARE_DAY)
    with ctx.open_store() as uow:
        uow.facilities.add(day)
        plan = uow.continuity_plans.need(both[0])
        uow.continuity_plans.save(plan.model_copy(update={"also_covers": (day.id,)}))
        uow.commit()
    whole = spoken_text(print_plans(ctx, both[:1], Wish()).content)
    assert f"対象の事業所{sample.facility.name.replace(' ', '').replace('　', '')}" in whole
    assert "デイみほん（通所系（介護））" in whole
    assert "対象：デイみほん" in whole


def test_version_and_approver_stand_on_every_page(ctx: Context, both: list[str], noon: datetime) -> None:
    """Foot and cover tell version, state, day and approver, and that the plan changed since."""
    with ctx.open_store() as uow:
        uow.plan_versions.add(
            _version(
                both[0],
                2,
                noon,
                state=VersionState.APPROVED,
                decided_by="見本 花子",
                decided_on=date(2026, 4, 2),
            )
        )
        uow.commit()
    made = print_plans(ctx, both[:1], Wish())
    texts = page_texts(made.content)
    edge = "第2版・2026年4月2日承認（見本花子）・この版の後に変更あり"
    assert all(edge in text for text in texts[1:])
    assert "第2版承認済み（この版の後に変更あり）" in texts[0].replace("　", "")
    assert "承認者見本花子" in texts[0]
    assert made.name.endswith("_第2版から変更.pdf")


def test_an_old_version_prints_what_it_said(ctx: Context, both: list[str], noon: datetime) -> None:
    """Version 1 prints its stored answers, those of items that the form no longer has among them."""
    gone = {"nd_former_item": Answer(state=AnswerState.ANSWERED, text="昔の項目の答え")}
    with ctx.open_store() as uow:
        version = _version(both[0], 1, noon)
        uow.plan_versions.add(version.model_copy(update={"answers": {**version.answers, **gone}}))
        uow.commit()
    old = spoken_text(print_plans(ctx, both[:1], Wish(version=1)).content)
    assert "昔の方針。" in old and "昔の項目の答え" in old
    assert "変更あり" not in old
    assert "昔の方針。" not in spoken_text(print_plans(ctx, both[:1], Wish()).content)
    with pytest.raises(BcpKitError) as refused:
        print_plans(ctx, both[:1], Wish(version=7))
    assert refused.value.code is ErrorCode.VERSION_MISSING


def test_what_does_not_apply_is_listed_with_its_reason(ctx: Context, both: list[str]) -> None:
    """An item closed as not applying stands at its place and in the list at the end, both with the reason."""
    closed = Answer(state=AnswerState.NOT_APPLICABLE, reason="ガスを使っていない")
    save_answers(ctx, both[0], {"nd_gas": closed})
    whole = spoken_text(print_plans(ctx, both[:1], Wish()).content)
    assert "対象外。理由：ガスを使っていない" in whole
    listed = whole[whole.index("対象外とした項目", whole.index("まだ終わっていない項目")) :]
    assert "ガスを使っていない" in listed


def _png(mode: str = "RGBA", size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, "PNG")
    return out.getvalue()


def test_pictures_are_pages_with_a_spoken_title(ctx: Context, both: list[str], noon: datetime) -> None:
    """Two pictures get pages in their shape and stand in the contents; PDF/UA-1 finds nothing."""
    pictures = (read_picture("洪水の地図", _png()), read_picture("避難経路", _png("L", (40, 60))))
    with ctx.open_store() as uow:
        doc = replace(prepared(ctx, uow, both[0], Wish()), pictures=pictures)
    shown = compose_joint([doc], plan_layout())
    made = draw_pages(shown, DocumentFacts(shown.title, noon), "x.pdf")
    whole = "".join(page_texts(made.pdf_bytes))
    assert whole.count("添付1洪水の地図") >= 2
    assert failed_rules(made.pdf_bytes) == []
    assert [annex.upright for annex in shown.annexes[-2:]] == [False, True]


@pytest.mark.parametrize("raw", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n broken", _png()[:40]])
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    """An empty, foreign or broken file is refused by a sentence, never by a crash."""
    with pytest.raises(BcpKitError) as refused:
        read_picture("地図", raw)
    assert refused.value.code is ErrorCode.PICTURE_UNREADABLE


def test_a_large_picture_is_made_small() -> None:
    """A picture wider than a page needs is scaled; its transparency is white."""
    kept = read_picture("地図", _png(size=(5000, 100)))
    assert kept.width_px == 2200
    assert Image.open(io.BytesIO(kept.content)).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("stamp", "words"),
    [
        (Stamp(), "版なし（作成中）"),
        (Stamp(1, VersionState.PROPOSED, False, date(2026, 4, 1)), "第1版・承認前・2026年4月1日 作成"),
        (Stamp(2, VersionState.REJECTED), "第2版・差し戻し"),
    ],
)
def test_the_edge_tells_the_state(stamp: Stamp, words: str) -> None:
    """By hand: what the foot says without a version, before approval, and after a refusal."""
    assert stamp_words(stamp) == words


@pytest.mark.parametrize(
    ("words", "part"),
    [("a/b:c", "a_b_c"), ("..", ""), ("CON", "_CON"), ("苑　 本館", "苑 本館"), ("あ" * 80, "あ" * 60)],
)
def test_names_of_files_are_safe(words: str, part: str) -> None:
    """By hand: no path, no reserved name, no over-long name comes out of what somebody typed."""
    assert safe_part(words) == part


def test_headings_of_parts_nest(ctx: Context, both: list[str]) -> None:
    """In a joint document parts are the first level, chapters the second; alone, chapters are the first."""
    with ctx.open_store() as uow:
        docs = [prepared(ctx, uow, plan_id, Wish()) for plan_id in both]

    def depths(count: int) -> set[tuple[int, int]]:
        shown = compose_joint(docs[:count], plan_layout())
        blocks = [b for chapter in shown.chapters for b in chapter if isinstance(b, Heading)]
        return {(b.level, b.depth) for b in blocks}

    assert depths(1) == {(1, 1), (2, 2), (3, 3)}
    assert depths(2) == {(0, 1), (1, 2), (2, 3), (3, 4)}
