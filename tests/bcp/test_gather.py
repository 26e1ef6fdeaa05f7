"""Plans that were written before their tables showed facts: nothing is lost, and the facts are gathered."""

from collections.abc import Mapping

from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan, PlanKind
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import start_plan
from bcp_kit.services.bcp_content import read_content
from bcp_kit.services.bcp_gather import Difference, gather
from bcp_kit.services.site_facts import read_facts
from tests.bcp.conftest import HOME_ID

OLD = {
    "nd_stock_medical": (
        {"article": "マスク", "quantity": "900枚", "keeper": "看護主任"},
        {"article": "おむつ・パッド"},
    ),
    "nd_deputies": ({"manager": "見本 花子", "deputy_1": "見本 次郎", "deputy_2": ""},),
    "nd_vendors": (
        {"vendor": "電気・受変電", "contact": "", "work": ""},
        {"vendor": "見本石油", "contact": "2"},
    ),
    "nd_cover": ({"operator": "社会福祉法人 見本会", "phone": "000-9", "service_type": "特養"},),
}


def _written_before(
    ctx: Context, plan: ContinuityPlan, answers: Mapping[str, tuple[Mapping[str, str], ...]]
) -> None:
    """Store answers as they were stored before there were bindings."""
    with ctx.open_store() as uow:
        stored = uow.continuity_plans.need(plan.id)
        fresh = {
            key: Answer(state=AnswerState.ANSWERED, rows=rows, changed_at=ctx.clock.now())
            for key, rows in answers.items()
        }
        uow.continuity_plans.save(stored.model_copy(update={"answers": fresh}))
        uow.commit()


def _filled(rows: tuple[Mapping[str, str], ...]) -> list[dict[str, str]]:
    return [{key: cell for key, cell in row.items() if cell} for row in rows]


def test_an_old_plan_reads_as_it_was_written(ctx: Context, plan: ContinuityPlan) -> None:
    """Before anything is gathered every row stands as it was; the cover shows what was written on it."""
    _written_before(ctx, plan, OLD)
    answers = read_content(ctx, plan.id).plan.answers
    for item_id in ("nd_stock_medical", "nd_deputies", "nd_vendors"):
        assert _filled(answers[item_id].rows) == _filled(OLD[item_id])
    (cover,) = answers["nd_cover"].rows
    assert (cover["phone"], cover["manager"]) == ("000-9", "𠮷田 﨑子")


def test_gathering_moves_rows_once_and_changes_no_word(ctx: Context, plan: ContinuityPlan) -> None:
    """The words of the plan are the same before and after; a second time moves nothing."""
    _written_before(ctx, plan, OLD)
    before = {key: _filled(a.rows) for key, a in read_content(ctx, plan.id).plan.answers.items()}
    asked = gather(ctx, plan.id, ask_only=True)
    assert read_facts(ctx, HOME_ID).facts.tables.keys() == {"facility"}
    found = gather(ctx, plan.id)
    assert set(found.moved) == set(asked.moved) == set(OLD)
    after = {key: _filled(a.rows) for key, a in read_content(ctx, plan.id).plan.answers.items()}
    assert {key: after[key] for key in before} == before
    tables = read_facts(ctx, HOME_ID).facts.tables
    assert [row.cells["article"] for row in tables["stock"]] == ["マスク"]
    assert [row.cells["name"] for row in tables["contacts"]] == ["見本石油"]
    assert gather(ctx, plan.id).moved == ()


def test_what_differs_stays_in_both_places_and_is_named(ctx: Context, plan: ContinuityPlan) -> None:
    """Another number of masks, another telephone on the cover: both words stand, both are told."""
    infection = start_plan(ctx, HOME_ID, PlanKind.INFECTION)
    _written_before(ctx, plan, OLD)
    _written_before(
        ctx, infection, {"if_prep_ppe": ({"article": "マスク", "quantity": "800枚", "basis": "1日60枚"},)}
    )
    cover = gather(ctx, plan.id).differences
    assert [(d.column, d.plan_words, d.fact_words) for d in cover] == [
        ("種別", "特養", "入所・居住系（介護）"),
        ("電話番号", "000-9", "000-000-0000"),
    ]
    found = gather(ctx, infection.id)
    assert found.differences == (
        Difference("if_prep_ppe", "(4) 防護具、消毒液等備蓄品の確保", "マスク", "備蓄量", "800枚", "900枚"),
    )
    shown = {row["quantity"] for row in read_content(ctx, infection.id).plan.answers["if_prep_ppe"].rows}
    assert shown == {"800枚", "900枚"}
    assert read_content(ctx, plan.id).plan.answers["nd_cover"].rows[0]["phone"] == "000-9"
    with ctx.open_store() as uow:
        assert uow.facilities.need(HOME_ID).phone == "000-000-0000"


def test_a_blank_record_is_filled_from_an_old_cover(ctx: Context, plan: ContinuityPlan) -> None:
    """What the record does not know yet comes from the cover that was written."""
    with ctx.open_store() as uow:
        home = uow.facilities.need(HOME_ID)
        uow.facilities.save(home.model_copy(update={"phone": ""}))
        uow.commit()
    _written_before(ctx, plan, OLD)
    gather(ctx, plan.id)
    with ctx.open_store() as uow:
        assert uow.facilities.need(HOME_ID).phone == "000-9"
