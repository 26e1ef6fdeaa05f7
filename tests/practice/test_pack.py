"""The papers for an inspection: order, completeness, what is missing on the first page, one sound PDF."""

import io
import sys
from pathlib import Path

import pikepdf
import pytest

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.base import Known
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.practice import PracticeKind
from bcp_kit.services.base import Context
from bcp_kit.services.inspection_pack import print_blank_record, print_pack, print_record, read_pack
from bcp_kit.services.practice_due import read_settings, save_settings
from bcp_kit.services.practice_records import list_records
from bcp_kit.services.sample_plans import SamplePlans

sys.path.insert(0, str(Path(__file__).parents[1] / "render"))
from paper_checks import failed_rules, fonts_not_embedded, page_texts, squeezed

POINTS = list(catalogue("inspection_checks").rows.values())
KEPT_ELSEWHERE = ("ins_measures",)  # stock and contacts are kept in the facts of the site, not in records


def missing_of(ctx: Context, home: SamplePlans) -> dict[str, tuple[str, ...]]:
    """What is missing, by point."""
    checks = read_pack(ctx, home.facility.id).checks
    return {check.key: tuple(said.key for said in check.missing) for check in checks}


def test_a_year_of_records_is_complete(ctx: Context, lived: SamplePlans) -> None:
    """After the invented year no point of the inspection lacks a record, a version or a date."""
    missing = missing_of(ctx, lived)
    assert list(missing) == [point.key for point in POINTS]
    assert {key: found for key, found in missing.items() if found and key not in KEPT_ELSEWHERE} == {}


def test_the_pack_follows_the_order_of_the_catalogue(ctx: Context, lived: SamplePlans) -> None:
    """The points come in the order of the catalogue, in the text and in the bookmarks; pages are counted."""
    printed = print_pack(ctx, lived.facility.id)
    texts = page_texts(printed.pdf_bytes)
    with pikepdf.open(io.BytesIO(printed.pdf_bytes)) as pdf, pdf.open_outline() as outline:
        titles = [squeezed(entry.title) for entry in outline.root]
    numbered = [squeezed(f"{number}{point.label_ja}") for number, point in enumerate(POINTS, start=1)]
    assert [title for title in titles if title in numbered] == numbered
    assert titles[0] == "運営指導の確認資料" and titles[-1] == "業務継続計画未策定減算の確認"
    starts = [next(i for i, words in enumerate(texts) if i and title in words) for title in numbered]
    assert starts == sorted(starts)
    assert all(f"{i}/{printed.pages}" in words for i, words in enumerate(texts, start=1))
    for number, start in zip(range(1, len(POINTS) + 1), starts, strict=True):
        assert str(start + 1) in texts[0], number


def test_the_pack_holds_both_plans_and_all_records(ctx: Context, lived: SamplePlans) -> None:
    """Both plans in force with their version, each record and finding, and what came of the findings."""
    printed = print_pack(ctx, lived.facility.id)
    whole = "".join(page_texts(printed.pdf_bytes))
    for record in list_records(ctx, lived.facility.id):
        assert squeezed(record.title) in whole
        assert all(squeezed(finding.words) in whole for finding in record.findings)
    for words in ("第2版", "第2版で反映", "はじめに地域包括支援センター", "法律相談ではありません", "未対応"):
        assert squeezed(words) in whole, words
    assert not printed.missing_glyphs


def test_the_pack_is_a_sound_pdf(ctx: Context, lived: SamplePlans) -> None:
    """PDF/UA-1 without a failed rule, all fonts embedded, the same bytes for the same store and moment."""
    printed = print_pack(ctx, lived.facility.id)
    assert failed_rules(printed.pdf_bytes) == []
    assert fonts_not_embedded(printed.pdf_bytes) == []
    assert print_pack(ctx, lived.facility.id).pdf_bytes == printed.pdf_bytes


@pytest.mark.parametrize("kind", list(PracticeKind))
def test_a_missing_kind_of_record_is_named_on_the_first_page(
    ctx: Context, lived: SamplePlans, kind: PracticeKind
) -> None:
    """Without any record of one kind, the first page names it for both plans, with the day since when."""
    with ctx.open_store() as uow:
        uow.practice_records.remove_all(facility_id=lived.facility.id, kind=kind)
        uow.commit()
    point = {
        "notice": "ins_dissemination",
        "training": "ins_training",
        "drill": "ins_drill",
        "review": "ins_review",
    }
    missing = missing_of(ctx, lived)
    assert missing[point[kind.value]].count(f"{kind.value}_none") == 2
    first = page_texts(print_pack(ctx, lived.facility.id).pdf_bytes)[0]
    word = {"notice": "周知", "training": "研修", "drill": "訓練", "review": "見直し"}[kind.value]
    for plan in ("感染症", "自然災害"):
        assert f"{plan}の{word}の記録がありません（2024年4月1日から）" in first


@pytest.mark.parametrize("kind", [PlanKind.INFECTION, PlanKind.NATURAL_DISASTER])
def test_a_missing_plan_is_named_on_the_first_page(ctx: Context, lived: SamplePlans, kind: PlanKind) -> None:
    """With one plan only, the pack is still made and the first page names the other one."""
    with ctx.open_store() as uow:
        uow.continuity_plans.remove(lived.plans[kind].id)
        uow.commit()
    printed = print_pack(ctx, lived.facility.id)
    word = {"infection": "感染症", "natural_disaster": "自然災害"}[kind.value]
    assert f"{word}の計画がありません（2024年4月1日から）" in page_texts(printed.pdf_bytes)[0]
    assert failed_rules(printed.pdf_bytes) == []


def test_nothing_at_all_still_makes_a_pack(ctx: Context, home: SamplePlans) -> None:
    """Plans without a version and no records: the first page says so for every point that lacks."""
    missing = missing_of(ctx, home)
    assert missing["ins_two_plans"] == ("plan_not_approved", "plan_not_approved")
    assert all(
        missing[key] for key in ("ins_dissemination", "ins_training", "ins_drill", "ins_review", "ins_filing")
    )
    first = page_texts(print_pack(ctx, home.facility.id).pdf_bytes)[0]
    assert "承認された版がありません" in first and "体制届を出したかどうか" in first


def test_measures_filing_and_consistency_are_judged_by_what_was_entered(
    ctx: Context, lived: SamplePlans
) -> None:
    """No filing, no look at the other documents and no measures are each named."""
    settings = read_settings(ctx, lived.facility.id)
    none = {"filed": Known.NO, "consistency_checked_on": None, "measures": {}}
    save_settings(ctx, settings.model_copy(update=none))
    missing = missing_of(ctx, lived)
    assert missing["ins_filing"] == ("filed_no",)
    assert missing["ins_consistency"] == ("consistency_none",)
    assert missing["ins_measures"].count("measures_unknown") == 2


def test_names_stay_out_where_asked(ctx: Context, lived: SamplePlans) -> None:
    """Without personal data no participant's name stands in the pack; the numbers of people do."""
    whole = "".join(page_texts(print_pack(ctx, lived.facility.id, without_personal=True).pdf_bytes))
    assert squeezed("海野 例子") not in whole
    assert "6人" in whole


@pytest.mark.parametrize("kind", list(PracticeKind))
def test_sheets_are_sound_and_say_what_they_ask(ctx: Context, lived: SamplePlans, kind: PracticeKind) -> None:
    """Filled sheets hold the record, blank ones the room to write; both are PDF/UA-1."""
    record = next(
        r
        for r in list_records(ctx, lived.facility.id, kind)
        if r.participants or kind.value in ("notice", "review")
    )
    filled, blank = print_record(ctx, record.id), print_blank_record(ctx, lived.facility.id, kind)
    words = "".join(page_texts(filled.pdf_bytes))
    assert all(squeezed(name) in words for name in (record.title, *record.participants))
    assert "署名" in "".join(page_texts(blank.pdf_bytes))
    assert blank.pages == 1
    for printed in (filled, blank):
        assert failed_rules(printed.pdf_bytes) == []
        assert not printed.missing_glyphs
    assert "すずかけの丘" in blank.file_name
