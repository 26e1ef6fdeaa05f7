"""What the plan takes over from what is known already, and the stock arithmetic beside its fields."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime

import pytest

from bcp_kit.access.policy import Role
from bcp_kit.domain.base import Known
from bcp_kit.domain.bcp import Answer, ContinuityPlan
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.staff import StaffMember
from bcp_kit.domain.units import Location
from bcp_kit.forms.completeness import ItemState
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import add_revision, prefill, read_chapter, save_answer
from bcp_kit.services.bcp_facts import (
    Proposal,
    attendance_row,
    call_in_rows,
    distance_km,
    district_of,
    hazard_rows,
    merge_rows,
)
from bcp_kit.services.bcp_stock import days_of_cover, needed_stock
from bcp_kit.services.hazard_maps import HazardMapWords, inspect_hazard_map, keep_hazard_map


def _by_item(found: tuple[Proposal, ...]) -> Mapping[str, Proposal]:
    return {proposal.item_id: proposal for proposal in found}


def test_the_cover_block_comes_from_the_record(ctx: Context, plan: ContinuityPlan) -> None:
    """Operator and manager stand on the cover as the record has them, rare kanji included; done at once."""
    cover = read_chapter(ctx, plan.id, "nd_ch0_cover").sections[0].items[0]
    row = cover.answer.rows[0]
    assert (row["operator"], row["manager"], row["representative"]) == (
        "社会福祉法人 見本会",
        "𠮷田 﨑子",
        "髙橋 一郎",
    )
    assert cover.progress.state is ItemState.DONE


def test_only_hazards_that_were_looked_up_are_proposed(ctx: Context, plan: ContinuityPlan) -> None:
    """Flood and landslide are known, the tsunami is not: its row stays as the form has it."""
    rows = {row["hazard"]: row for row in _by_item(prefill(ctx, plan.id))["nd_hazard_maps"].answer.rows}
    assert rows["洪水"]["applies"] == "該当する"
    assert "2.5m" in rows["洪水"]["estimate"]
    assert rows["土砂災害"]["applies"] == "該当しない"
    assert "applies" not in rows["津波"]
    assert len(rows) == 12


def test_attendance_is_that_of_the_cover_run(
    ctx: Context, plan: ContinuityPlan, cover_run: CoverRun, staff: tuple[StaffMember, ...]
) -> None:
    """By hand: one of two on site; 1.0, 1.2 and 1.8 of two on days 0, 1 and 3; day 7 was not computed."""
    row = attendance_row(cover_run, frozenset(person.id for person in staff))
    shares = {key: cell.split("%")[0] for key, cell in row.items() if key != "stage_item"}
    assert shares == {"night": "50", "h6": "50", "d1": "60", "d3": "90"}
    rows = {r["stage_item"]: r for r in _by_item(prefill(ctx, plan.id))["nd_critical_work_table"].answer.rows}
    assert rows["出勤率"] == row
    assert len(rows) == 13


def test_staff_of_other_sites_do_not_count(cover_run: CoverRun) -> None:
    """A run over several sites gives this facility only its own people; none of them: no row."""
    near_only = attendance_row(cover_run, frozenset({"staff-1"}))
    assert near_only["h6"].startswith("100%")
    assert attendance_row(cover_run, frozenset({"somebody"})) == {}


def test_the_call_in_list_is_computed(
    home: Facility, staff: tuple[StaffMember, ...], cover_run: CoverRun
) -> None:
    """Distance, walking hours at 2 km/h, day of coming; the street number of a home stays out."""
    near, far = call_in_rows(home, staff, cover_run)
    assert (near["distance_km"], near["walking_h"], near["availability"]) == (
        "1.0",
        "0.5",
        "当日から来られる見込み",
    )
    assert near["home_district"] == "見本県見本市中央"
    assert (far["walking_h"], far["availability"]) == ("7.5", "3日目から来られる見込み")
    assert far["family_constraint"] == "一番下の子が3歳"
    assert far["post_qualification"] == "介護職員、運転手"
    assert "availability" not in call_in_rows(home, staff, None)[0]


def test_those_who_may_not_see_staff_get_no_staff(
    plan: ContinuityPlan, acting_as: Callable[..., Context]
) -> None:
    """For facility staff neither names nor attendance are proposed; the record's facts are."""
    found = _by_item(prefill(acting_as(Role.FACILITY_STAFF), plan.id))
    assert "nd_hazard_maps" in found
    assert not {"nd_callin_list", "nd_critical_work_table"} & set(found)


def test_what_a_person_wrote_is_never_replaced(ctx: Context, plan: ContinuityPlan) -> None:
    """Its own estimate stays; empty cells are filled; once taken over, nothing is proposed."""
    own = {"hazard": "洪水", "estimate": "町内会の聞き取りで1.5m"}
    first = save_answer(ctx, plan.id, "nd_hazard_maps", Answer(rows=(own,)), plan.version)
    proposal = _by_item(prefill(ctx, plan.id))["nd_hazard_maps"]
    flood = next(row for row in proposal.answer.rows if row["hazard"] == "洪水")
    assert flood == {**own, "applies": "該当する"}
    save_answer(ctx, plan.id, "nd_hazard_maps", proposal.answer, first.plan.version)
    assert "nd_hazard_maps" not in _by_item(prefill(ctx, plan.id))


def test_unknown_distances_stay_empty(home: Facility, staff: tuple[StaffMember, ...]) -> None:
    """Two points give a distance; one point or none gives none, and nothing is made up for the list."""
    here, north = Location(latitude=35.0, longitude=139.0), Location(latitude=35.1, longitude=139.0)
    person = staff[0].model_copy(update={"home_distance_m": None, "home_location": north})
    assert distance_km(person, home.model_copy(update={"location": here})) == pytest.approx(11.12, abs=0.01)
    assert distance_km(person, home) is None
    row = call_in_rows(home, (person.model_copy(update={"cares_for_family": True}),), None)[0]
    assert not {"distance_km", "walking_h"} & set(row)
    assert row["family_constraint"] == "家族の介護がある"


def test_who_is_never_likely_is_said_so(
    home: Facility, cover_run: CoverRun, staff: tuple[StaffMember, ...]
) -> None:
    """Somebody whose chance stays low is not counted on; somebody outside the run has no entry."""
    low = tuple(e.model_copy(update={"chance": 0.1}) for e in cover_run.attendance if e.staff_id == "staff-2")
    near, far = call_in_rows(home, staff, cover_run.model_copy(update={"attendance": low}))
    assert "見込めない" in far["availability"]
    assert "availability" not in near


def test_what_is_known_of_a_hazard_is_written_out(home: Facility) -> None:
    """Depth, time of arrival and special zones stand in one cell."""
    exposure = Exposure(hazard=HazardKind.TSUNAMI, in_zone=Known.YES, depth_m=3, arrival_min=25, special=True)
    row = hazard_rows(home.model_copy(update={"exposures": (exposure,)}))[0]
    assert row["hazard"] == "津波"
    assert all(part in row["estimate"] for part in ("3m", "25分", "特別な区域"))


def test_nothing_known_proposes_nothing(ctx: Context, plan: ContinuityPlan, home: Facility) -> None:
    """Without generator, water and run nothing is proposed; unknown is not zero."""
    with ctx.open_store() as uow:
        bare = Facility(id=home.id, name=home.name, category=home.category)
        uow.facilities.save(bare)
        uow.staff.remove_all(facility_id=home.id)
        uow.cover_runs.remove("run-1")
        uow.commit()
    assert _by_item(prefill(ctx, plan.id)) == {}


def test_nothing_is_saved_by_looking(ctx: Context, plan: ContinuityPlan) -> None:
    """Reading proposals and chapters leaves the plan without answers."""
    prefill(ctx, plan.id)
    chapter = read_chapter(ctx, plan.id, "nd_ch2")
    generator = chapter.sections[1].items[1]
    assert generator.proposal is not None
    assert generator.answer == Answer()
    with ctx.open_store() as uow:
        assert uow.continuity_plans.need(plan.id).answers == {}


def test_reviews_fill_the_revision_log(ctx: Context, plan: ContinuityPlan, noon: datetime) -> None:
    """The plan's history is proposed for the log at its end."""
    add_revision(ctx, plan.id, "初版")
    row = _by_item(prefill(ctx, plan.id))["nd_revisions"].answer.rows[0]
    assert row == {"updated_on": noon.date().isoformat(), "change": "初版"}


def test_rows_merge_by_their_columns() -> None:
    """The same row is filled, another is added, and a filled cell stands."""
    present = ({"a": "洪水", "b": "手書き"}, {"a": "津波"})
    known = ({"a": "洪水", "b": "計算"}, {"a": "津波", "b": "計算"}, {"a": "高潮", "b": "計算"})
    assert merge_rows(("a",), present, known) == (
        {"a": "洪水", "b": "手書き"},
        {"a": "津波", "b": "計算"},
        {"a": "高潮", "b": "計算"},
    )


@pytest.mark.parametrize(
    ("address", "district"),
    [("見本市中央1-2", "見本市中央"), ("隣市山手５丁目", "隣市山手"), ("字海辺", "字海辺")],
)
def test_districts_end_before_the_first_number(address: str, district: str) -> None:
    """Half and full width digits both end the part that is shown."""
    assert district_of(address) == district


def test_drinking_water_by_hand(ctx: Context, plan: ContinuityPlan) -> None:
    """(38 residents + 2 staff + 10 guests) × 3 L × 3 and 7 days; 600 L for 50 people last four days."""
    save_answer(ctx, plan.id, "nd_drinking_water", Answer(number=600), plan.version)
    chapter = read_chapter(ctx, plan.id, "nd_ch2", guests=10)
    views = {view.item.id: view for section in chapter.sections for view in section.items}
    least, recommended = views["nd_drinking_water"].estimates
    assert (least.days, least.needed, least.unit) == (3, 450, "L")
    assert (recommended.days, recommended.needed) == (7, 1050)
    assert least.lasts_days == 4
    assert views["nd_toilet"].estimates[0].needed == 50 * 5 * 3
    assert views["nd_gas"].estimates == ()


def test_stock_for_nobody_lasts_for_nobody() -> None:
    """No people: nothing is needed and no number of days can be given."""
    assert needed_stock(3, 0, 7) == 0
    assert days_of_cover(100, 3, 0) is None


def test_hazard_maps_fill_what_nobody_looked_up(ctx: Context, plan: ContinuityPlan, home: Facility) -> None:
    """The maps fill the hazards that the record leaves open, with title and year; the record's words stay."""
    square = [[139.0, 35.0], [139.1, 35.0], [139.1, 35.1], [139.0, 35.1], [139.0, 35.0]]
    for name, attributes in (
        ("A40-18_99.geojson", {"A40_003": "2m以上5m未満"}),
        ("A31a-20.geojson", {"A31a_205": 4}),
    ):
        feature = {
            "type": "Feature",
            "properties": attributes,
            "geometry": {"type": "Polygon", "coordinates": [square]},
        }
        body = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
        keep_hazard_map(ctx, inspect_hazard_map(body, name), HazardMapWords(source="県の図"))
    with ctx.open_store() as uow:
        at = Location(latitude=35.05, longitude=139.05)
        uow.facilities.save(uow.facilities.need(home.id).model_copy(update={"location": at}))
        uow.commit()
    proposed = {p.item_id: p for p in prefill(ctx, plan.id)}["nd_hazard_maps"]
    rows = {row["hazard"]: row for row in proposed.answer.rows}
    assert proposed.origin == "bcp.origin.maps"
    assert rows["津波"]["document_year"] == "県の図 2018" and "2〜5" in rows["津波"]["estimate"]
    assert "3階" in rows["津波"]["estimate"]
    assert "2.5" in rows["洪水"]["estimate"] and "document_year" not in rows["洪水"]
