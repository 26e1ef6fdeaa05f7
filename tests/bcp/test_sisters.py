"""The sister plans: the reference's items, filled from the same facts, what is missing, who needs them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bcp_kit.catalogues.load import Verification, catalogue, source_titles
from bcp_kit.domain.bcp import Answer, ContinuityPlan, PlanKind
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.forms.completeness import Fault, fault_of
from bcp_kit.forms.fact_tables import fact_table
from bcp_kit.forms.schema import form
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import read_plan, save_answers, start_plan
from bcp_kit.services.bcp_content import read_content
from bcp_kit.services.bcp_sisters import SisterPlan, sister_plans
from bcp_kit.services.bcp_writing import Need
from tests.bcp.conftest import HOME_ID

SISTERS = {"bcp_evacuation_securing": "evacuation_plan", "bcp_emergency_disaster": "disaster_plan"}


def _by_kind(ctx: Context, facility_id: str = HOME_ID) -> dict[PlanKind, SisterPlan]:
    return {sister.need.kind: sister for sister in sister_plans(ctx, facility_id)}


@pytest.mark.shared
@pytest.mark.parametrize(("form_id", "row"), SISTERS.items())
def test_the_items_are_those_of_the_reference(form_id: str, row: str, shared: Callable[[str], Path]) -> None:
    """20 items of the one and 9 of the other stand in the form under the reference's words, in order."""
    raw = yaml.safe_load(shared("reference/bcp_items.yaml").read_text(encoding="utf-8"))
    (wanted,) = (plan for plan in raw["adjacent_plans"] if plan["id"] == row)
    assert [item.title_ja for item in form(form_id).items] == wanted["items_ja"]
    assert list(catalogue("adjacent_plans").need(row).data["items_ja"]) == wanted["items_ja"]


@pytest.mark.parametrize("form_id", SISTERS)
def test_each_item_has_hint_example_source_and_mark(form_id: str) -> None:
    """Nothing stands there without a hint, an example that is seen when left, a source and a mark."""
    asked = form(form_id)
    for item in asked.items:
        assert item.hint_ja and item.example is not None
        assert all(source_titles(item.sources))
        if set(item.sources) <= {"general"}:
            assert item.verification is Verification.UNVERIFIED
        example = Answer(text=item.example.text, rows=item.example.rows)
        left = example.model_copy(update={"state": "answered"})
        assert fault_of(asked, item, left) is Fault.SAMPLE_LEFT, item.id


@pytest.mark.parametrize("form_id", SISTERS)
def test_what_they_show_of_others_is_there(form_id: str) -> None:
    """Bindings name columns of the facts, fillings name items and columns of the natural-disaster plan."""
    natural = form("bcp_natural_disaster")
    for item in form(form_id).items:
        own = {column.key for column in item.input.columns}
        if item.facts is not None:
            keys = {column.key for column in fact_table(item.facts.table).columns}
            assert set(item.facts.columns.values()) <= keys and set(item.facts.columns) <= own, item.id
        for filling in item.fills_from:
            lent = {column.key for column in natural.item(filling.item).input.columns}
            assert set(filling.columns) <= own and set(filling.columns.values()) <= lent, item.id
            assert filling.item in item.shares_with


def test_they_fill_from_facts_and_the_natural_disaster_plan(ctx: Context, plan: ContinuityPlan) -> None:
    """Before they are begun they already say what is known, and follow a change until somebody writes."""
    trigger = {"level": "避難", "condition": "水位5.2m", "decider": "施設長", "action": "2階へ"}
    places = {"division": "第1避難場所", "evacuation_place": "2階食堂", "evacuation_method": "担架"}
    save_answers(
        ctx,
        plan.id,
        {
            "nd_trigger_flood": Answer(rows=(trigger,)),
            "nd_evac_internal": Answer(rows=(places,)),
            "nd_hazard_maps": Answer(rows=({"hazard": "洪水", "applies": "該当する", "estimate": "3m"},)),
        },
    )
    both = _by_kind(ctx)
    securing, emergency = both[PlanKind.EVACUATION_SECURING], both[PlanKind.EMERGENCY_DISASTER]
    assert securing.content.plan.answers["es_stages"].rows == (trigger,)
    assert emergency.content.plan.answers["ed_start"].rows == (trigger,)
    assert securing.content.plan.answers["es_last_resort"].rows == (places,)
    assert emergency.content.plan.answers["ed_location"].rows[0]["estimate"] == "3m"
    missing = {item.item_id for item in securing.missing}
    assert "es_purpose" in missing and not {"es_stages", "es_last_resort", "es_overview"} & missing
    assert [item.required for item in securing.missing][:2] == ["law", "law"]

    begun = start_plan(ctx, HOME_ID, PlanKind.EVACUATION_SECURING)
    shown = read_plan(ctx, begun.id).plan.answers["es_stages"]
    save_answers(ctx, begun.id, {"es_stages": shown})
    save_answers(ctx, plan.id, {"nd_trigger_flood": Answer(rows=({**trigger, "condition": "水位4.8m"},))})
    assert read_content(ctx, begun.id).plan.answers["es_stages"].rows[0]["condition"] == "水位4.8m"
    own = {**trigger, "condition": "市の指示"}
    save_answers(ctx, begun.id, {"es_stages": Answer(rows=(own,))})
    assert read_content(ctx, begun.id).plan.answers["es_stages"].rows == (own,)


def test_who_needs_them_follows_from_place_and_service(ctx: Context) -> None:
    """In the flood zone both are needed; of a home-visit office at an unknown place one may be needed."""
    assert {sister.need.need for sister in sister_plans(ctx, HOME_ID)} == {Need.DUTY}
    with ctx.open_store() as uow:
        uow.facilities.add(Facility(id="v", name="訪問", category=ServiceCategory.CARE_HOME_VISIT))
        uow.commit()
    needs = {kind: sister.need.need for kind, sister in _by_kind(ctx, "v").items()}
    assert needs == {PlanKind.EVACUATION_SECURING: Need.MAYBE, PlanKind.EMERGENCY_DISASTER: Need.NO}
    assert all(sister.need.row is not None for sister in sister_plans(ctx, "v"))
