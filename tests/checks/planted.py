"""Faults planted by code into the clean plans, each with the findings that must follow and no others."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bcp_kit.domain.base import Known
from bcp_kit.domain.bcp import Answer, AnswerState, PlanKind
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.forms.checks.case import Case
from bcp_kit.forms.schema import form
from tests.checks.cases import IF, ND, days_ago, with_answer, with_cells, with_fields, with_rows, with_run

CR, CD = ServiceCategory.CARE_RESIDENTIAL, ServiceCategory.CARE_DAY
CV, CM = ServiceCategory.CARE_HOME_VISIT, ServiceCategory.CARE_MANAGEMENT
DR, DD = ServiceCategory.DIS_RESIDENTIAL, ServiceCategory.DIS_DAY
DV, DC = ServiceCategory.DIS_HOME_VISIT, ServiceCategory.DIS_CONSULTATION
Found = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Planted:
    """One planted fault: where, how, and the (code, item id) of every finding that follows."""

    name: str
    category: ServiceCategory
    plant: Callable[[Case], Case]
    found: Found


def fault(
    name: str, category: ServiceCategory, plant: Callable[[Case], Case], *found: tuple[str, str]
) -> Planted:
    """Put a planted fault together."""
    return Planted(name, category, plant, frozenset(found))


def without(case: Case, kind: PlanKind) -> Case:
    """The case without one plan."""
    return replace(case, plans={key: part for key, part in case.plans.items() if key is not kind})


def _example_rows(case: Case, item_id: str) -> Case:
    example = form("bcp_natural_disaster").item(item_id).example
    assert example
    return with_rows(case, ND, item_id, (*case.rows(item_id)[:1], *example.rows))


def _nearly_the_example(case: Case) -> Case:
    example = form("bcp_natural_disaster").item("nd_basic_policy").example
    assert example
    return with_fields(case, "nd_basic_policy", text=example.text.replace("管理者", "施設長"))


def _without_rows(item_id: str, *gone: int, kind: PlanKind = ND) -> Callable[[Case], Case]:
    def plant(case: Case) -> Case:
        return with_rows(
            case, kind, item_id, [r for n, r in enumerate(case.rows(item_id, kind)) if n not in gone]
        )

    return plant


def _cells(item_id: str, row: int, kind: PlanKind = ND, **cells: str) -> Callable[[Case], Case]:
    return lambda case: with_cells(case, item_id, row, kind, **cells)


def _fields(item_id: str, kind: PlanKind = ND, **fields: object) -> Callable[[Case], Case]:
    return lambda case: with_fields(case, item_id, kind, **fields)


def _closed(item_id: str, reason: str, kind: PlanKind = ND) -> Callable[[Case], Case]:
    closed = Answer(state=AnswerState.NOT_APPLICABLE, reason=reason)
    return lambda case: with_answer(case, kind, item_id, closed)


def both(*plants: Callable[[Case], Case]) -> Callable[[Case], Case]:
    """Several faults at once."""

    def plant(case: Case) -> Case:
        for each in plants:
            case = each(case)
        return case

    return plant


def _exposed(hazard: HazardKind, depth_m: float | None = None) -> Callable[[Case], Case]:
    def plant(case: Case) -> Case:
        kept = tuple(one for one in case.exposures if one.hazard is not hazard)
        return replace(case, exposures=(*kept, Exposure(hazard=hazard, in_zone=Known.YES, depth_m=depth_m)))

    return plant


def _staff_left(case: Case) -> Case:
    """The last person of the list is on it still, but no longer at the facility."""
    return replace(case, staff=case.staff[:-1])


def _one_more(case: Case) -> Case:
    newcomer = case.staff[-1].model_copy(update={"id": "new", "name": "渡会　新菜", "home_distance_m": 900})
    return replace(case, staff=(*case.staff, newcomer))


def _old_staff(case: Case) -> Case:
    old = case.today.replace(year=case.today.year - 2)
    return replace(case, staff=tuple(p.model_copy(update={"verified_on": old}) for p in case.staff))


def _old_contacts(case: Case) -> Case:
    return with_fields(case, "nd_vendors", changed_at=datetime(2025, 1, 10, tzinfo=UTC))


def _far_homes(case: Case) -> Case:
    far = tuple(
        person.model_copy(update={"home_distance_m": 18_000}) if place else person
        for place, person in enumerate(case.staff)
    )
    return replace(case, staff=far)


def _refuge_under_water(case: Case) -> Case:
    zone = Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=Known.YES, depth_m=2.0)
    return replace(case, places={"三ツ瀬東小学校": (zone,)})


def _leader_of_all(case: Case) -> Case:
    rows = [dict(row) for row in case.rows("nd_emergency_structure")]
    for row in rows[2:6]:
        row["leader"] = rows[1]["leader"]
    return with_rows(case, ND, "nd_emergency_structure", rows)


def _second_office_name(case: Case) -> Case:
    return with_cells(case, "nd_action_rules", 0, first_5_min=f"{case.other_names[0]}の玄関へ集まる")


SINGLE: tuple[Planted, ...] = (
    fault("no infection plan", CR, lambda c: without(c, IF), ("plan_missing", "")),
    fault("no disaster plan", DV, lambda c: without(c, ND), ("plan_missing", "")),
    fault("gas left blank", CD, lambda c: with_answer(c, ND, "nd_gas", None), ("item_blank", "nd_gas")),
    fault(
        "unknown option", DD, _fields("nd_agreement", choices=("perhaps",)), ("item_faulty", "nd_agreement")
    ),
    fault("closed with なし", CV, _closed("nd_gas", "なし"), ("reason_missing", "nd_gas")),
    fault("closed without a word", CM, _closed("nd_generator", ""), ("reason_missing", "nd_generator")),
    fault(
        "row begun and left",
        CR,
        _cells("nd_seismic_rooms", 3, measure="", remark=""),
        ("row_blank", "nd_seismic_rooms"),
    ),
    fault(
        "mark left",
        CR,
        _cells("nd_waste", 0, storage_place="○○の物置"),
        ("sample_marker", "nd_waste"),
    ),
    fault(
        "mark in text",
        DC,
        _fields("nd_network", text="××の会に出ている。連絡は管理者が受ける。"),
        ("sample_marker", "nd_network"),
    ),
    fault("example nearly copied", CR, _nearly_the_example, ("sample_copied", "nd_basic_policy")),
    fault(
        "example rows copied",
        CR,
        lambda c: _example_rows(c, "nd_command_post"),
        ("sample_copied", "nd_command_post"),
    ),
    fault("another facility", DR, _second_office_name, ("other_facility", "nd_action_rules")),
    fault(
        "name of the example",
        CV,
        _cells("nd_comms", 0, counterpart="ひだまり苑の職員"),
        ("other_facility", "nd_comms"),
    ),
    fault(
        "cover of another name",
        CD,
        _cells("nd_cover", 0, facility_name="デイサービス　月の庭"),
        ("own_name_differs", "nd_cover"),
        ("covers_differ", "if_cover"),
    ),
    fault(
        "units in a visiting office",
        CV,
        _cells("nd_action_rules", 0, within_1_h="ユニットごとに集まる"),
        ("misfit_words", "nd_action_rules"),
    ),
    fault(
        "care words in a disability plan",
        DD,
        _cells("nd_day_during", 1, action="要介護3以上の人から電話する"),
        ("misfit_words", "nd_day_during"),
    ),
    fault(
        "abolished flood warning",
        CR,
        _cells("nd_trigger_flood", 1, condition="洪水警報、または水位が1.8m"),
        ("obsolete_words", "nd_trigger_flood"),
    ),
    fault(
        "warning without level",
        CD,
        _cells("nd_day_suspend", 1, condition="大雨警報が出た日、風速25m以上"),
        ("obsolete_words", "nd_day_suspend"),
    ),
    fault(
        "former name of level 3",
        DV,
        _cells("nd_visit_enroute", 1, procedure="避難準備・高齢者等避難開始で止まる"),
        ("obsolete_words", "nd_visit_enroute"),
    ),
    fault(
        "landslide notice",
        CM,
        _cells("nd_trigger_other", 0, condition="土砂災害警戒情報、積雪10cm以上"),
        ("obsolete_words", "nd_trigger_other"),
    ),
    fault(
        "quake without number",
        CR,
        _cells("nd_trigger_earthquake", 2, condition="大きな揺れのとき"),
        ("trigger_earthquake_number", "nd_trigger_earthquake"),
    ),
    fault(
        "flood without number",
        DD,
        _cells("nd_trigger_flood", 3, condition="川があふれそうなとき"),
        ("trigger_flood_number", "nd_trigger_flood"),
    ),
    fault(
        "snow without number",
        DR,
        _cells("nd_trigger_other", 0, condition="大雪の予報"),
        ("trigger_other_number", "nd_trigger_other"),
    ),
    fault(
        "closing in words alone",
        CV,
        lambda c: with_rows(
            c, ND, "nd_visit_suspend", [{**r, "condition": "ひどい天気"} for r in c.rows("nd_visit_suspend")]
        ),
        ("suspension_number", "nd_visit_suspend"),
    ),
    fault(
        "level without condition",
        DC,
        _cells("nd_trigger_flood", 1, condition=""),
        ("trigger_condition_blank", "nd_trigger_flood"),
    ),
    fault(
        "no hours without power",
        CR,
        both(
            _cells("nd_trigger_earthquake", 1, condition="震度5強"),
            _cells("nd_trigger_other", 2, condition="電気が1時間戻らないとき", hazard="電気"),
        ),
        ("outage_hours", "nd_trigger_other"),
    ),
    fault("nobody decides", CD, _cells("nd_trigger_flood", 0, decider=""), ("no_judge", "nd_trigger_flood")),
    fault(
        "nobody reopens", DD, _cells("if_close_reopen", 1, IF, decider=""), ("no_judge", "if_close_reopen")
    ),
    fault(
        "leaving at level 4",
        DR,
        _cells("nd_trigger_flood", 2, condition="警戒レベル4"),
        ("elderly_level_late", "nd_trigger_flood"),
    ),
    fault("one deputy", CR, _cells("nd_deputies", 0, deputy_2=""), ("deputies_too_few", "nd_deputies")),
    fault(
        "the same deputy twice",
        DC,
        lambda c: with_cells(c, "nd_deputies", 0, deputy_2=c.rows("nd_deputies")[0]["deputy_1"]),
        ("deputies_too_few", "nd_deputies"),
    ),
    fault(
        "no deputy in infection",
        CV,
        _cells("if_init_owner", 1, IF, deputy=""),
        ("infection_deputy_missing", "if_init_owner"),
    ),
    fault("one leads five teams", CR, _leader_of_all, ("too_many_roles", "nd_emergency_structure")),
    fault(
        "more come than expected",
        CR,
        lambda c: with_run(c, 0.4, 4),
        ("attendance_too_high", "nd_critical_work_table"),
        ("tasks_exceed_people", "nd_priority_tasks"),
    ),
    fault("homes too far", CD, _far_homes, ("attendance_beyond_roster", "nd_critical_work_table")),
    fault(
        "more tasks than people",
        DR,
        _cells("nd_priority_tasks", 0, staff_morning="4"),
        ("tasks_exceed_people", "nd_priority_tasks"),
    ),
    fault(
        "more tasks by night",
        CR,
        _cells("nd_priority_tasks", 1, staff_night="6"),
        ("night_tasks_exceed_people", "nd_priority_tasks"),
    ),
    fault("somebody left", DD, _staff_left, ("former_staff", "nd_callin_list")),
    fault("somebody new", CV, _one_more, ("staff_not_listed", "nd_callin_list")),
    fault(
        "vendor without number",
        CR,
        _cells("nd_vendors", 3, contact="受付へ"),
        ("phone_missing", "nd_vendors"),
    ),
    fault(
        "number too short",
        CM,
        _cells("nd_partners_medical", 0, contact="0000-64-040"),
        ("phone_malformed", "nd_partners_medical"),
    ),
    fault(
        "number of an example",
        DR,
        _cells("nd_partners_medical", 2, contact="000-000-0000"),
        ("phone_malformed", "nd_partners_medical"),
    ),
    fault("contacts two years old", CD, _old_contacts, ("contacts_old", "nd_vendors")),
    fault("staff not asked for two years", DV, _old_staff, ("staff_contacts_old", "nd_callin_list")),
    fault(
        "two amounts of water",
        CR,
        _cells("nd_stock_food", 0, quantity="2Lを400本"),
        ("water_amounts_differ", "nd_stock_food"),
    ),
    fault(
        "head is no deputy",
        DD,
        _cells("nd_emergency_structure", 0, deputy="門脇　忠"),
        ("deputies_differ", "nd_emergency_structure"),
    ),
    fault(
        "another manager on the cover",
        CM,
        both(
            _cells("nd_cover", 0, manager="管理者　門脇　忠"),
            _cells("if_cover", 0, IF, manager="管理者　門脇　忠"),
        ),
        ("manager_differs", "nd_deputies"),
    ),
    fault(
        "hospital of two numbers",
        CR,
        _cells("nd_partners_medical", 1, contact="0000-61-0499"),
        ("phones_differ", "nd_partners_medical"),
    ),
    fault(
        "closing at another level",
        DD,
        _cells("nd_day_suspend", 0, condition="あすの朝に警戒レベル4となりそうなとき"),
        ("suspension_levels_differ", "nd_day_suspend"),
    ),
    fault(
        "another refuge in the sheet",
        CV,
        _fields("nd_visit_shelter", text="受け持ちの避難所は港南小学校だけ。場所を先に伝える。"),
        ("places_differ", "nd_visit_shelter"),
    ),
    fault(
        "covers differ",
        DC,
        _cells("if_cover", 0, IF, address="真名井市本郷9丁目9番9号"),
        ("covers_differ", "if_cover"),
    ),
    fault(
        "another head in infection",
        DR,
        _cells("if_spread_owner", 0, IF, person_in_charge="門脇　忠"),
        ("heads_differ", "if_spread_owner"),
    ),
    fault(
        "masks counted twice",
        CR,
        _cells("if_ppe_supply", 0, IF, quantity="420枚", days_left="7"),
        ("ppe_amounts_differ", "if_prep_ppe"),
    ),
    fault(
        "another phone on the cover",
        CD,
        both(_cells("nd_cover", 0, phone="0000-62-9999"), _cells("if_cover", 0, IF, phone="0000-62-9999")),
        ("record_differs", "nd_cover"),
        ("record_differs", "if_cover"),
    ),
    fault(
        "flood denied",
        CR,
        _cells("nd_hazard_maps", 3, applies="該当しない"),
        ("hazard_denied", "nd_hazard_maps"),
    ),
    fault(
        "landslide zone on the map", DV, _exposed(HazardKind.LANDSLIDE), ("hazard_denied", "nd_hazard_maps")
    ),
    fault(
        "tsunami claimed",
        DD,
        _cells("nd_hazard_maps", 2, applies="該当する"),
        ("hazard_not_known", "nd_hazard_maps"),
    ),
    fault(
        "too shallow",
        CV,
        _cells("nd_hazard_maps", 3, estimate="想定される浸水の深さ0.5m"),
        ("hazard_depth_low", "nd_hazard_maps"),
    ),
    fault("flood row gone", CR, _without_rows("nd_hazard_maps", 3), ("hazard_unanswered", "nd_hazard_maps")),
    fault("refuge in the zone", CR, _refuge_under_water, ("refuge_in_zone", "nd_evac_external")),
    fault(
        "refuge below the water",
        CR,
        _cells("nd_evac_internal", 0, evacuation_place="1階の食堂"),
        ("refuge_below_water", "nd_evac_internal"),
    ),
    fault(
        "both posts below",
        CR,
        _cells("nd_command_post", 0, candidate_2="1階の相談室"),
        ("command_post_below_water", "nd_command_post"),
    ),
    fault(
        "too little water",
        DC,
        both(_fields("nd_drinking_water", number=18), _cells("nd_stock_food", 0, quantity="2Lを9本")),
        ("water_short", "nd_drinking_water"),
        ("timeline_beyond_water", "nd_own_impact_timeline"),
    ),
    fault("too few meals", CM, _cells("nd_stock_food", 1, quantity="10食"), ("meals_short", "nd_stock_food")),
    fault(
        "too few toilets", CR, _cells("nd_toilet", 0, stock_quantity="200"), ("toilets_short", "nd_toilet")
    ),
    fault(
        "guests drink from the own stock",
        CD,
        _cells("nd_shelter_prep", 2, preparation="利用者の水を分ける"),
        ("guest_water_short", "nd_shelter_prep"),
    ),
    fault(
        "expired porridge",
        CR,
        _cells("nd_stock_food", 2, use_by="2026年3月"),
        ("stock_expired", "nd_stock_food"),
    ),
    fault(
        "expired in era years",
        DD,
        _cells("nd_stock_medical", 3, use_by="令和7年10月"),
        ("stock_expired", "nd_stock_medical"),
    ),
    fault(
        "expiring next month",
        CV,
        _cells("nd_stock_food", 1, use_by="2026-12-20"),
        ("stock_expiring", "nd_stock_food"),
    ),
    fault(
        "days of gloves wrong",
        DV,
        _cells("if_ppe_supply", 1, IF, days_left="30"),
        ("ppe_days", "if_ppe_supply"),
    ),
    fault(
        "generator runs longer than its fuel",
        CR,
        _cells("nd_generator", 0, fuel_stock_l="60"),
        ("generator_hours", "nd_generator"),
    ),
    fault(
        "too much on the generator",
        DD,
        _cells("nd_power_equipment", 6, power_w="1500"),
        ("generator_overloaded", "nd_power_equipment"),
    ),
    fault(
        "a motor that the generator cannot start",
        DD,
        _cells("nd_generator", 0, rated_output="1.6kW"),
        ("generator_overloaded", "nd_power_equipment"),
    ),
    fault(
        "generator for five days",
        DR,
        _cells("nd_own_impact_timeline", 0, day_3="小型発電機", day_4="小型発電機"),
        ("timeline_beyond_generator", "nd_own_impact_timeline"),
    ),
    fault(
        "water for seven days",
        CM,
        _cells("nd_own_impact_timeline", 1, day_4="備え", day_5="備え", day_6="備え"),
        ("timeline_beyond_water", "nd_own_impact_timeline"),
    ),
    fault(
        "fuel to be notified",
        CD,
        _cells("nd_generator", 0, fuel_stock_l="45", fuel_l_per_h="1.875"),
        ("fuel_over_limit", "nd_generator"),
    ),
    fault(
        "one training", CR, _without_rows("nd_training_plan", 1, 2), ("training_too_few", "nd_training_plan")
    ),
    fault("one drill", CR, _without_rows("nd_drill_plan", 0), ("drills_too_few", "nd_drill_plan")),
    fault(
        "one infection drill",
        CR,
        _without_rows("if_prep_training", 3, kind=IF),
        ("infection_training_too_few", "if_prep_training"),
    ),
    fault(
        "newcomers forgotten",
        DV,
        _cells(
            "nd_training_plan", 0, audience="常勤の職員", content="計画の置き場所", method="4月の会で30分"
        ),
        ("newcomers_untrained", "nd_training_plan"),
    ),
    fault(
        "no drill by night",
        DR,
        _cells("nd_drill_plan", 1, time_of_day="日中"),
        ("no_night_drill", "nd_drill_plan"),
    ),
    fault(
        "review overdue",
        CR,
        _cells("nd_version", 0, next_review_on="2026年10月1日"),
        ("next_review_past", "nd_version"),
    ),
    fault(
        "last revision long ago",
        DC,
        _without_rows("if_revisions", 1, kind=IF),
        ("revision_old", "if_revisions"),
    ),
    fault("promise not kept", CV, _cells("nd_coop_prep", 1, due=days_ago(20)), ("date_past", "nd_coop_prep")),
)


def _together(name: str, category: ServiceCategory, *names: str) -> Planted:
    """Several of the single faults in one plan; each must still be found, and nothing besides."""
    chosen = [one for one in SINGLE if one.name in names]
    assert len(chosen) == len(names)
    return Planted(
        name,
        category,
        both(*(one.plant for one in chosen)),
        frozenset().union(*(one.found for one in chosen)),
    )


COMBINED: tuple[Planted, ...] = (
    _together(
        "copied, stale, understaffed home",
        CR,
        "mark left",
        "quake without number",
        "one deputy",
        "flood denied",
        "expired porridge",
        "one training",
        "hospital of two numbers",
    ),
    _together(
        "stock and fuel of the home",
        CR,
        "two amounts of water",
        "too few toilets",
        "generator runs longer than its fuel",
        "masks counted twice",
    ),
    _together(
        "day service",
        CD,
        "gas left blank",
        "nobody decides",
        "warning without level",
        "guests drink from the own stock",
        "fuel to be notified",
    ),
    _together(
        "visiting office",
        CV,
        "units in a visiting office",
        "no deputy in infection",
        "too shallow",
        "another refuge in the sheet",
        "expiring next month",
        "promise not kept",
    ),
    _together("care managers", CM, "closed without a word", "number too short", "too few meals"),
    _together(
        "group home",
        DR,
        "leaving at level 4",
        "more tasks than people",
        "another head in infection",
        "no drill by night",
        "generator for five days",
    ),
    _together(
        "day centre",
        DD,
        "unknown option",
        "care words in a disability plan",
        "head is no deputy",
        "too much on the generator",
        "expired in era years",
    ),
    _together(
        "visits for disabled people",
        DV,
        "former name of level 3",
        "days of gloves wrong",
        "newcomers forgotten",
        "staff not asked for two years",
    ),
    _together(
        "consultation",
        DC,
        "mark in text",
        "level without condition",
        "covers differ",
        "last revision long ago",
    ),
)
PLANTED = (*SINGLE, *COMBINED)

INNOCENT: tuple[Planted, ...] = (
    fault("full-width intensity", CR, _cells("nd_trigger_earthquake", 2, condition="震度６弱以上の揺れ")),
    fault("metres in words", DR, _cells("nd_trigger_flood", 1, condition="川の水位が１．５メートル")),
    fault(
        "warning with its level", CD, _cells("nd_day_suspend", 1, condition="レベル３大雨警報、風速25m以上")
    ),
    fault("wind warning", CV, _cells("nd_visit_suspend", 1, condition="暴風警報、風速25m以上の予報")),
    fault(
        "long hyphen in a number", CM, _cells("nd_partners_medical", 0, contact="００００ー６４ー０４０１")
    ),
    fault("free number", DD, _cells("nd_vendors", 7, contact="0120-000-111")),
    fault("emergency number", CR, _cells("nd_medical_transport", 1, contact="0000-61-0401、急ぐときは119番")),
    fault("mobile number", DV, _cells("nd_vendors", 3, contact="000-0000-0012（夜間）")),
    fault("bottles counted out", CR, _cells("nd_stock_food", 0, quantity="500mL×2160本")),
    fault("era year ahead", CD, _cells("nd_stock_food", 0, use_by="令和12年3月")),
    fault("no date of expiry", CR, _cells("nd_stock_medical", 4, use_by="—")),
    fault(
        "deputies with posts behind",
        CM,
        lambda c: with_cells(c, "nd_deputies", 0, deputy_1=f"{c.staff[1].name}（{c.staff[1].phone}）主任"),
    ),
    fault(
        "a school in other words",
        CV,
        _fields("nd_visit_shelter", text="避難所で手伝うときは場所を先に伝える。"),
    ),
    fault("a reason that says why", CD, _closed("nd_agreement", "法人内の事業所だけで支え合うと決めたため")),
    fault(
        "the partner is a sample facility",
        CR,
        lambda c: with_cells(c, "nd_partners_facilities", 1, partner_name=c.other_names[0]),
    ),
    fault("enough on both days", CR, lambda c: with_run(c, 0.92, 6)),
    fault("a roster that fits", DR, lambda c: with_run(c, 0.85, 2)),
    fault(
        "deeper than the map",
        CR,
        _cells("nd_hazard_maps", 3, estimate="浸水の深さ0.5〜3.0m。古い地図では1.5m"),
    ),
    fault("two places, one known", DV, _fields("nd_visit_shelter", text="松風小学校か港南中学校へ行く。")),
)
