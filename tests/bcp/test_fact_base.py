"""One fact base: what is entered through one plan or on the page of facts stands in every other plan."""

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.site_facts import references
from bcp_kit.forms.fact_tables import fact_table, fact_tables, stale_rows
from bcp_kit.forms.schema import form
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import read_chapter, read_plan, save_answer, save_answers, start_plan
from bcp_kit.services.bcp_content import read_content
from bcp_kit.services.fact_uses import UseKind
from bcp_kit.services.site_facts import (
    FactChange,
    confirm_facts,
    fact_uses,
    people_from_staff,
    plans_touched,
    read_facts,
    remove_fact,
    save_fact,
    save_fact_table,
)
from bcp_kit.services.store import Conflict
from tests.bcp.conftest import HOME_ID

FORMS = ("bcp_natural_disaster", "bcp_infection")
Rows = tuple[Mapping[str, str], ...]


@pytest.fixture
def infection(ctx: Context) -> ContinuityPlan:
    """The infection plan of the same home."""
    return start_plan(ctx, HOME_ID, PlanKind.INFECTION)


def _rows(ctx: Context, plan: ContinuityPlan, item_id: str) -> Rows:
    return read_content(ctx, plan.id).plan.answers.get(item_id, Answer()).rows


def _save(ctx: Context, plan: ContinuityPlan, item_id: str, *rows: Mapping[str, str]) -> None:
    save_answers(ctx, plan.id, {item_id: Answer(rows=rows)})


def _fact(ctx: Context, table: str, **cells: str) -> str:
    return save_fact(ctx, HOME_ID, FactChange(table, cells)).changed[0]


def test_bindings_name_tables_and_columns_that_are_there() -> None:
    """Every binding of every form names a table, columns and kinds that templates/facts declares."""
    for form_id in FORMS:
        for item in form(form_id).items:
            if item.facts is None:
                continue
            table = fact_table(item.facts.table)
            keys = {column.key for column in table.columns}
            assert set(item.facts.columns.values()) <= keys, item.id
            assert {*item.facts.where, *item.facts.put} <= keys, item.id
            kinds = {option.key for option in table.kinds}
            assert set(item.facts.where.get("kind", ())) <= kinds, item.id


def test_both_covers_are_the_record(ctx: Context, plan: ContinuityPlan, infection: ContinuityPlan) -> None:
    """A new phone number on one cover goes into the facility record and onto the other cover."""
    row = {**_rows(ctx, plan, "nd_cover")[0], "phone": "000-111-2222"}
    save_answer(ctx, plan.id, "nd_cover", Answer(rows=(row,)), read_plan(ctx, plan.id).plan.version)
    assert _rows(ctx, infection, "if_cover")[0]["phone"] == "000-111-2222"
    with ctx.open_store() as uow:
        assert uow.facilities.need(HOME_ID).phone == "000-111-2222"
        assert uow.continuity_plans.need(plan.id).answers["nd_cover"].rows == ({"@": HOME_ID},)


def test_a_partial_or_empty_cover_never_empties_the_record(ctx: Context, plan: ContinuityPlan) -> None:
    """Columns that a row does not speak of stay; a blanked name stays; no rows leave all as it was."""
    before = _rows(ctx, plan, "nd_cover")
    _save(ctx, plan, "nd_cover", {"service_type": "特養と短期入所", "facility_name": ""})
    assert _rows(ctx, plan, "nd_cover") == ({**before[0], "service_type": "特養と短期入所"},)
    save_answers(ctx, plan.id, {"nd_cover": Answer()})
    assert _rows(ctx, plan, "nd_cover")[0]["operator"] == before[0]["operator"]


def test_stock_is_one_list(ctx: Context, plan: ContinuityPlan, infection: ContinuityPlan) -> None:
    """Masks entered for disasters stand in both tables for infection; what one plan alone asks stays."""
    masks = {"article": "マスク", "quantity": "900枚", "storage_place": "2階倉庫", "keeper": "看護主任"}
    _save(ctx, plan, "nd_stock_medical", masks, {"article": "おむつ・パッド", "quantity": "600枚"})
    shown = _rows(ctx, infection, "if_prep_ppe")
    assert [(row["article"], row["quantity"]) for row in shown] == [("マスク", "900枚")]
    _save(ctx, infection, "if_prep_ppe", {**shown[0], "basis": "1日60枚", "quantity": "840枚"})
    assert _rows(ctx, plan, "nd_stock_medical")[0] == {**masks, "quantity": "840枚"}
    assert _rows(ctx, infection, "if_ppe_supply")[0]["quantity"] == "840枚"
    assert "basis" not in _rows(ctx, plan, "nd_stock_medical")[0]
    assert len(read_facts(ctx, HOME_ID).facts.tables["stock"]) == 2


def test_rows_that_the_form_asks_for_stay_beside_the_facts(
    ctx: Context, plan: ContinuityPlan, infection: ContinuityPlan
) -> None:
    """A table that facts fill still shows the other rows of the form to be filled, each article once."""
    _save(ctx, plan, "nd_stock_medical", {"article": "マスク", "quantity": "900枚"})
    chapter = read_chapter(ctx, infection.id, "if_ch2")
    views = {v.item.id: v for section in chapter.sections for v in section.items}
    articles = [row["article"] for row in views["if_prep_ppe"].answer.rows]
    asked = [row["article"] for row in views["if_prep_ppe"].item.input.default_rows]
    assert sorted(articles) == sorted(asked)
    assert _rows(ctx, infection, "if_prep_ppe") == ({"article": "マスク", "quantity": "900枚"},)


def test_rows_of_the_form_that_nobody_filled_are_no_facts(ctx: Context, plan: ContinuityPlan) -> None:
    """Unfilled rows stay with the plan, in their order; only the filled one becomes a fact."""
    rows = ({"article": "飲料水"}, {"article": "保存食", "quantity": "300食"}, {"article": "とろみ剤"})
    _save(ctx, plan, "nd_stock_food", *rows)
    assert _rows(ctx, plan, "nd_stock_food") == rows
    assert len(read_facts(ctx, HOME_ID).facts.tables["stock"]) == 1


def test_the_head_is_one_person_under_two_names(
    ctx: Context, plan: ContinuityPlan, infection: ContinuityPlan
) -> None:
    """Deputies, headquarters and infection roles name the same people; each plan keeps its word."""
    head = {"team_role": "対策本部長", "leader": "見本 花子", "deputy": "見本 次郎"}
    _save(ctx, plan, "nd_emergency_structure", head, {"team_role": "介護班", "leader": "見本 学"})
    assert _rows(ctx, plan, "nd_deputies") == ({"manager": "見本 花子", "deputy_1": "見本 次郎"},)
    _save(
        ctx,
        infection,
        "if_init_owner",
        {"role": "全体統括者", "person_in_charge": "見本 花子", "deputy": "見本 桜"},
        {"role": "記録", "person_in_charge": "当直"},
    )
    assert _rows(ctx, plan, "nd_emergency_structure")[0] == {**head, "deputy": "見本 桜"}
    assert _rows(ctx, infection, "if_init_owner")[0]["role"] == "全体統括者"
    assert len(_rows(ctx, plan, "nd_deputies")) == 1
    assert [row["role"] for row in _rows(ctx, infection, "if_spread_owner")] == ["対策本部長", "記録"]


def test_a_person_is_renamed_once(ctx: Context, plan: ContinuityPlan, infection: ContinuityPlan) -> None:
    """Names in tables of both plans, alone or within longer words, follow the person's one row."""
    person = _fact(ctx, "people", post="施設長", name="見本 花子", phone="000-1234-5678")
    _save(ctx, plan, "nd_deputies", {"manager": "施設長 見本 花子", "deputy_1": "事務長"})
    _save(ctx, plan, "nd_review", {"occasion": "年1回", "approver": "施設長 見本 花子（不在なら事務長）"})
    _save(ctx, infection, "if_phc", {"task": "検査の範囲と結果の受け取り", "person_in_charge": "見本 花子"})
    saved = save_fact(ctx, HOME_ID, FactChange("people", {"name": "手本 葉"}, person, reason="異動"))
    assert _rows(ctx, plan, "nd_deputies")[0]["manager"] == "施設長 手本 葉"
    assert _rows(ctx, plan, "nd_review")[0]["approver"] == "施設長 手本 葉（不在なら事務長）"
    assert _rows(ctx, infection, "if_phc")[0]["person_in_charge"] == "手本 葉"
    assert {use.item_id for use in saved.touched} >= {"nd_deputies", "nd_review", "if_phc"}
    assert read_plan(ctx, infection.id).plan.revisions[-1].reason == "異動"


def test_words_of_two_people_name_nobody(ctx: Context, plan: ContinuityPlan) -> None:
    """Two people of one name: the words stay words and follow neither."""
    first = _fact(ctx, "people", name="見本 花子")
    _fact(ctx, "people", name="見本 花子", post="看護主任")
    _save(ctx, plan, "nd_review", {"occasion": "年1回", "approver": "見本 花子"})
    save_fact(ctx, HOME_ID, FactChange("people", {"name": "手本 葉"}, first))
    assert _rows(ctx, plan, "nd_review")[0]["approver"] == "見本 花子"


def test_one_number_changed_tells_every_document(
    ctx: Context, plan: ContinuityPlan, infection: ContinuityPlan
) -> None:
    """Places that follow by themselves and places whose own words repeat the old number are told apart."""
    _save(ctx, plan, "nd_vendors", {"vendor": "見本電設", "contact": "000-222-3333", "work": "受変電"})
    vendor = read_facts(ctx, HOME_ID).facts.tables["contacts"][0].id
    _save(ctx, infection, "if_staffing", {"stage": "清掃", "contact": "000-222-3333", "method": "応援"})
    save_answers(
        ctx, infection.id, {"if_purpose": Answer(text="停電なら見本電設（０００−２２２−３３３３）へ。")}
    )
    uses = plans_touched(ctx, HOME_ID, "contacts", vendor)
    assert {(use.item_id, use.how) for use in uses} == {
        ("nd_vendors", UseKind.ROW),
        ("if_staffing", UseKind.REFERENCE),
        ("if_purpose", UseKind.WORDS),
    }
    saved = save_fact(ctx, HOME_ID, FactChange("contacts", {"contact": "000-999-0000"}, vendor))
    assert [use.item_id for use in saved.by_hand] == ["if_purpose"]
    assert _rows(ctx, infection, "if_staffing")[0]["contact"] == "000-999-0000"
    assert _rows(ctx, plan, "nd_vendors")[0]["contact"] == "000-999-0000"


def test_what_another_plan_shows_is_not_deleted_unseen(
    ctx: Context, plan: ContinuityPlan, infection: ContinuityPlan
) -> None:
    """A row left out of one plan stays while another shows it, and is told; said twice, it goes."""
    _save(ctx, plan, "nd_stock_medical", {"article": "マスク", "quantity": "900枚"})
    _save(ctx, infection, "if_prep_ppe", {"article": "マスク", "quantity": "900枚", "basis": "1日60枚"})
    saved = save_answers(ctx, plan.id, {"nd_stock_medical": Answer()})
    assert [(kept.words, {use.item_id for use in kept.uses}) for kept in saved.kept] == [
        ("マスク", {"if_prep_ppe", "if_ppe_supply"})
    ]
    assert _rows(ctx, plan, "nd_stock_medical")[0]["article"] == "マスク"
    save_answers(ctx, plan.id, {"nd_stock_medical": Answer()}, drop_shared=True)
    assert _rows(ctx, plan, "nd_stock_medical") == _rows(ctx, infection, "if_prep_ppe") == ()
    assert read_plan(ctx, infection.id).plan.answers.get("if_prep_ppe", Answer()).state is AnswerState.OPEN


def test_a_row_that_nothing_else_shows_goes(ctx: Context, plan: ContinuityPlan) -> None:
    """Food stands in one table only: left out there, it is gone, and nothing is kept."""
    _save(
        ctx, plan, "nd_stock_food", {"article": "水", "quantity": "9L"}, {"article": "米", "quantity": "9kg"}
    )
    saved = save_answers(
        ctx, plan.id, {"nd_stock_food": Answer(rows=({"article": "米", "quantity": "9kg"},))}
    )
    assert saved.kept == ()
    assert [row.cells["article"] for row in read_facts(ctx, HOME_ID).facts.tables["stock"]] == ["米"]


def test_a_fact_in_use_goes_only_when_told(ctx: Context, plan: ContinuityPlan) -> None:
    """The first try says how many places use it; after that its last words stay where it was named."""
    person = _fact(ctx, "people", post="施設長", name="見本 花子")
    _save(ctx, plan, "nd_deputies", {"manager": "施設長 見本 花子"})
    _save(ctx, plan, "nd_review", {"occasion": "年1回", "approver": "施設長 見本 花子"})
    with pytest.raises(BcpKitError) as caught:
        remove_fact(ctx, HOME_ID, "people", person)
    assert (caught.value.code, caught.value.values) == (ErrorCode.FACT_IN_USE, {"count": 3})
    remove_fact(ctx, HOME_ID, "people", person, told=True)
    assert _rows(ctx, plan, "nd_deputies")[0]["manager"] == "施設長 見本 花子"
    assert _rows(ctx, plan, "nd_review")[0]["approver"] == "施設長 見本 花子"
    with ctx.open_store() as uow:
        assert "@{" not in uow.continuity_plans.need(plan.id).model_dump_json()
        assert "@{" not in uow.site_facts.list()[0].model_dump_json()


def test_a_dangling_reference_is_never_shown_raw(ctx: Context, plan: ContinuityPlan) -> None:
    """A reference to a fact that is not there prints a mark, in texts and in tables."""
    save_answers(ctx, plan.id, {"nd_basic_policy": Answer(text="責任者は@{people:nobody}とする")})
    _save(ctx, plan, "nd_review", {"occasion": "@{contacts:gone.contact}"})
    content = read_content(ctx, plan.id).plan.answers
    assert content["nd_basic_policy"].text == "責任者は（消えた登録）とする"
    assert not references(content["nd_review"].rows[0]["occasion"])


def test_two_people_on_one_table_conflict(
    ctx: Context, plan: ContinuityPlan, infection: ContinuityPlan
) -> None:
    """Who saves second onto what another changed through another plan gets both values."""
    _save(ctx, plan, "nd_stock_medical", {"article": "マスク", "quantity": "900枚"})
    seen = read_plan(ctx, plan.id).plan.version
    _save(ctx, infection, "if_prep_ppe", {"article": "マスク", "quantity": "100枚"})
    mine = Answer(rows=({"article": "マスク", "quantity": "800枚"},))
    with pytest.raises(Conflict) as caught:
        save_answer(ctx, plan.id, "nd_stock_medical", mine, seen)
    assert caught.value.stored is not None
    assert caught.value.mine.answers["nd_stock_medical"].rows == mine.rows
    assert caught.value.stored.answers["nd_stock_medical"].rows[0]["quantity"] == "100枚"
    saved = save_answer(ctx, plan.id, "nd_stock_medical", mine, caught.value.stored.version)
    assert saved.plan.answers["nd_stock_medical"].rows[0]["quantity"] == "800枚"


def test_the_page_of_facts_edits_a_table_as_a_whole(ctx: Context, plan: ContinuityPlan) -> None:
    """Changed, added and left-out rows are found out; what a plan shows stays; columns must exist."""
    _save(
        ctx,
        plan,
        "nd_vendors",
        {"vendor": "見本電設", "contact": "1"},
        {"vendor": "見本石油", "contact": "2"},
    )
    view = read_facts(ctx, HOME_ID)
    ids = [row.id for row in view.facts.tables["contacts"]]
    rows = [{"kind": "vendor", "name": "見本電設", "contact": "11"}, {"kind": "medical", "name": "見本医院"}]
    saved = save_fact_table(ctx, HOME_ID, "contacts", rows, view.version)
    assert ids[0] in saved.changed and len(saved.changed) == 2
    assert [row.cells["name"] for row in saved.kept] == ["見本石油"]
    assert _rows(ctx, plan, "nd_vendors")[0]["contact"] == "11"
    with pytest.raises(Conflict):
        save_fact_table(ctx, HOME_ID, "contacts", rows, view.version)
    with pytest.raises(BcpKitError) as caught:
        save_fact_table(ctx, HOME_ID, "contacts", [{"telephone": "1"}])
    assert caught.value.code is ErrorCode.FACT_COLUMN_MISSING


def test_people_point_to_the_staff_register(ctx: Context, plan: ContinuityPlan) -> None:
    """Everybody of the register is added once; a new name in either place stands in both."""
    assert len(people_from_staff(ctx, HOME_ID).changed) == 2
    assert people_from_staff(ctx, HOME_ID).changed == ()
    row = read_facts(ctx, HOME_ID).facts.tables["people"][0]
    save_fact(ctx, HOME_ID, FactChange("people", {"phone": "000-7777"}, row.id))
    with ctx.open_store() as uow:
        person = uow.staff.need("staff-1")
        assert person.phone == "000-7777"
        uow.staff.save(person.model_copy(update={"name": "林 近子"}))
        uow.commit()
    _save(ctx, plan, "nd_deputies", {"manager": "林 近子"})
    uses = fact_uses(ctx, HOME_ID, "people", row.id)
    assert [use.item_id for use in uses] == ["nd_deputies", "nd_emergency_structure"]


def test_contacts_that_nobody_confirmed_lately_are_named(ctx: Context, plan: ContinuityPlan) -> None:
    """A number is due half a year after somebody made sure of it, not before; confirming it settles it."""
    vendor = _fact(ctx, "contacts", kind="vendor", name="見本電設", contact="000-222-3333")
    facts, today = read_facts(ctx, HOME_ID).facts, ctx.today()
    assert stale_rows(facts, today.replace(year=2027, month=5, day=20)) == ()
    due = stale_rows(facts, today.replace(year=2027, month=6, day=20))
    assert [(table.id, row.id) for table, row in due] == [("contacts", vendor)]
    assert confirm_facts(ctx, HOME_ID, "contacts", [vendor]).facts.row("contacts", vendor)


def test_an_item_that_does_not_apply_keeps_its_rows(ctx: Context, plan: ContinuityPlan) -> None:
    """Set aside and taken back, the table shows what stood there; the facts were never touched."""
    rows = ({"article": "水", "quantity": "9L"},)
    _save(ctx, plan, "nd_stock_food", *rows)
    aside = Answer(state=AnswerState.NOT_APPLICABLE, reason="食事を出さない", rows=rows)
    save_answers(ctx, plan.id, {"nd_stock_food": aside})
    assert read_content(ctx, plan.id).plan.answers["nd_stock_food"].reason == "食事を出さない"
    assert len(read_facts(ctx, HOME_ID).facts.tables["stock"]) == 1
    _save(ctx, plan, "nd_stock_food", *rows)
    assert _rows(ctx, plan, "nd_stock_food") == rows


PAIRS = (
    ("nd_stock_medical", "if_prep_ppe"),
    ("nd_cover", "if_cover"),
    ("nd_promotion_structure", "if_prep_owner"),
)


def _sharing(first: str, second: str) -> dict[str, str]:
    """Return the columns of the first item and those of the second that show the same column of the facts."""
    one, other = form(FORMS[0]).item(first).facts, form(FORMS[1]).item(second).facts
    assert one is not None and other is not None
    back = {fact: own for own, fact in other.columns.items()}
    return {own: back[fact] for own, fact in one.columns.items() if fact in back}


_WORDS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="@"), min_size=1, max_size=8)


@st.composite
def _edits(draw: st.DrawFn) -> tuple[str, str, list[dict[str, str]]]:
    first, second = draw(st.sampled_from(PAIRS))
    item = form(FORMS[0]).item(first)
    assert item.facts is not None
    most = 1 if item.facts.table == "facility" else 5
    name = item.facts.named_by[0]
    row = st.fixed_dictionaries({name: _WORDS}, optional={k: _WORDS for k in item.facts.columns if k != name})
    rows = draw(st.lists(row, min_size=1, max_size=most, unique_by=lambda cells: cells[name]))
    if first == "nd_stock_medical":
        rows = [{**cells, name: f"マスク{cells[name]}"} for cells in rows]
    return first, second, [{**dict.fromkeys(item.facts.columns, ""), **cells} for cells in rows]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(_edits(), min_size=1, max_size=3))
def test_what_is_entered_through_one_plan_reads_back_in_every_other(
    ctx: Context, plan: ContinuityPlan, edits: list[tuple[str, str, list[dict[str, str]]]]
) -> None:
    """Any rows, saved once or several times over: the same words here, the shared ones in the other."""
    with ctx.open_store() as uow:
        found = uow.continuity_plans.list(kind=PlanKind.INFECTION)
    other = found[0] if found else start_plan(ctx, HOME_ID, PlanKind.INFECTION)
    for first, second, rows in edits:
        save_answers(ctx, plan.id, {first: Answer(rows=tuple(rows))}, drop_shared=True)
        filled = [{key: cell for key, cell in row.items() if cell} for row in rows]
        shown = [dict(row) for row in _rows(ctx, plan, first)]
        sharing = _sharing(first, second)
        if first == "nd_cover":
            shown = [{key: cell for key, cell in row.items() if rows[0][key]} for row in shown]
        assert shown == filled
        wanted = [{sharing[k]: cell for k, cell in row.items() if k in sharing} for row in filled]
        there = [{k: c for k, c in row.items() if k in sharing.values()} for row in _rows(ctx, other, second)]
        if first == "nd_cover":
            there = [{key: row[key] for key in wanted[0]} for row in there]
        for row in wanted:
            assert row in there
        assert len(there) == len(wanted)


def _all_cells(rows: Rows) -> Iterator[str]:
    for row in rows:
        yield from row.values()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=_WORDS, post=_WORDS, around=_WORDS)
def test_linked_words_read_back_as_typed(
    ctx: Context, plan: ContinuityPlan, name: str, post: str, around: str
) -> None:
    """Whatever people are called and whatever stands around them: what was typed is what is read."""
    _fact(ctx, "people", name=name, post=post)
    rows = ({"occasion": around, "approver": f"{around}{post} {name}{around}"},)
    _save(ctx, plan, "nd_review", *rows)
    assert _rows(ctx, plan, "nd_review") == rows
    assert not any("@{" in cell for cell in _all_cells(_rows(ctx, plan, "nd_review")))


def test_tables_come_in_their_order() -> None:
    """Facility first, then people; each table has words in both languages and an interval."""
    tables = list(fact_tables().values())
    assert [table.id for table in tables][:3] == ["facility", "people", "roles"]
    assert all(table.title(language) for table in tables for language in ("ja", "en"))
