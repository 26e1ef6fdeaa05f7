"""Invented people, places and plans: two who fill the paper, two of whom little is known."""

from datetime import date

from bcp_kit.domain.base import Known
from bcp_kit.domain.consent import ConsentAnswer
from bcp_kit.domain.hazards import AlertLevel, Exposure, HazardKind
from bcp_kit.domain.people import (
    Device,
    EmergencyContact,
    HouseholdType,
    Person,
    Sex,
    Supporter,
    SupporterKind,
    SupportLink,
    SupportRole,
)
from bcp_kit.domain.plans import EvacuationPlan, PlannedStage
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.render.evacuation.case import ConsentState, NamedSupporter, PlanCase
from bcp_kit.render.evacuation.layout import Edition

TODAY = date(2026, 11, 23)
FULL_NAME = "𠮷田 葛\U000e0100子"
FULL_ADDRESS = "見本県見本市﨑町１丁目２−３"


def _shelters() -> dict[str, Shelter]:
    return {
        "school": Shelter(
            id="school",
            name="見本市立ひがし小学校 体育館",
            kind=DestinationKind.SPECIAL_SPACE,
            address="見本市東町２−１",
            phone="000-111-2222",
            location=Location(latitude=35.008, longitude=139.012),
        ),
        "home": Shelter(
            id="home",
            name="特別養護老人ホーム ひだまり苑",
            kind=DestinationKind.AGREEMENT_WELFARE,
            address="見本市山手５−６−７",
            phone="000-333-4444",
            opens_after_h=24,
            open_condition="市町村からの連絡のあと",
            location=Location(latitude=35.021, longitude=138.99),
        ),
        "centre": Shelter(
            id="centre",
            name="見本市障害者福祉センター",
            kind=DestinationKind.DESIGNATED_WELFARE,
            address="見本市中央１−１",
            phone="000-555-6666",
            location=Location(latitude=34.995, longitude=139.004),
        ),
    }


def _supporters() -> tuple[NamedSupporter, ...]:
    first = Supporter(
        id="s1",
        name="髙橋 一郎",
        name_kana="タカハシ イチロウ",
        address="見本市﨑町１−２−５",
        phone="090-0000-0001",
        relation="となりの家",
    )
    second = Supporter(
        id="s2",
        kind=SupporterKind.ORGANISATION,
        name="﨑町自主防災会",
        address="見本市﨑町会館",
        phone="000-777-8888",
        relation="班長",
    )
    return (
        NamedSupporter(
            first,
            SupportLink(
                person_id="p", supporter_id="s1", rank=1, roles=(SupportRole.INFORM, SupportRole.CARRY_OUT)
            ),
        ),
        NamedSupporter(
            second, SupportLink(person_id="p", supporter_id="s2", rank=2, roles=(SupportRole.TRANSPORT,))
        ),
    )


def full_person(**changes: object) -> Person:
    """A person of whom everything is known."""
    person = Person(
        id="p",
        name=FULL_NAME,
        name_kana="ヨシダ カツコ",
        birth_date=date(1941, 5, 3),
        sex=Sex.FEMALE,
        postal_code="000-0000",
        address=FULL_ADDRESS,
        address_building="見本荘 203号",
        location=Location(latitude=35.0, longitude=139.0),
        district="﨑町３班",
        phone_home="000-123-4567",
        phone_mobile="090-0000-9999",
        needs=("care_level_3", "hot_oxygen"),
        reason_text="一人で玄関の段差を下りられない。酸素の機器がないと息が苦しくなる。",
        household_type=HouseholdType.DAYTIME_ALONE,
        companions=1,
        devices=(
            Device(kind="oxygen_concentrator", power_w=300, hours_per_day=24, battery_h=2, life_support=True),
            Device(kind="電動ベッド", power_w=120),
        ),
        emergency_contacts=(
            EmergencyContact(name="𠮷田 太郎", relation="長男", phone="090-0000-1111"),
            EmergencyContact(name="見本 花子", relation="長女", phone="090-0000-2222"),
        ),
        home_exposures=(
            Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=Known.YES, depth_m=3.0, special=True),
            Exposure(hazard=HazardKind.LANDSLIDE, in_zone=Known.NO),
        ),
        home_floor=2,
        prep_minutes=20,
        considerations="耳が遠いので、正面からゆっくり話す。立つときは右側を支える。",
        never_do="たばこや火を近づけない。右うでを引っぱらない。",
        must_carry=("酸素ボンベ", "薬とお薬手帳", "めがね", "補聴器の電池", "紙おむつ", "保険の分かるもの"),
        usual_room="２階 南の寝室",
        primary_doctor="見本中央病院 呼吸器内科 000-999-0000",
        care_provider="ケアマネジャー 見本居宅支援事業所 000-888-0000",
        medicines="血圧の薬（朝）、血をさらさらにする薬（夕）",
        allergy="えび・かに",
    )
    return person.model_copy(update=changes)


def full_plan(**changes: object) -> EvacuationPlan:
    """A plan with three ways, two of which have a second stage."""
    flood = [
        PlannedStage(
            hazard=hazard,
            stage=1,
            shelter_id="school",
            distance_m=1410,
            travel_min=25,
            transport="wheelchair_van",
            rests_on_guess=True,
        )
        for hazard in (HazardKind.RIVER_FLOOD, HazardKind.INLAND_FLOOD)
    ]
    later = [
        PlannedStage(hazard=stage.hazard, stage=2, shelter_id="home", distance_m=2500, opens_after_h=24)
        for stage in flood
    ]
    quake = PlannedStage(
        hazard=HazardKind.EARTHQUAKE,
        stage=1,
        shelter_id="centre",
        distance_m=670,
        travel_min=12,
        distance_is_straight=False,
        transport="wheelchair_push",
    )
    plan = EvacuationPlan(
        id="0123456789abcdef0123456789abcdef",
        number="000123",
        person_id="p",
        created_on=date(2026, 10, 1),
        updated_on=date(2026, 11, 1),
        verified_on=date(2026, 11, 1),
        next_review_on=date(2027, 10, 1),
        stages=(*flood, *later, quake),
        leave_at=AlertLevel.ELDERLY_EVACUATE,
        answers={"route_text": "家を出て右へ。橋を渡らず、郵便局の角を左へ。坂の上の体育館の西口。"},
        version=3,
    )
    return plan.model_copy(update=changes)


FULL_CONSENT = ConsentState(
    make_plan=ConsentAnswer.GIVEN,
    make_plan_on=date(2026, 9, 15),
    share_plan=ConsentAnswer.GIVEN,
    supporters_named=2,
    supporters_given=2,
    may_share=True,
)


def full_case(edition: Edition = Edition.PERSON, **changes: object) -> PlanCase:
    """A copy with everything on it; `person` and `plan` may be replaced."""
    parts: dict[str, object] = {
        "person": full_person(),
        "plan": full_plan(),
        "supporters": _supporters(),
        "shelters": _shelters(),
        "consent": FULL_CONSENT,
        "municipality": "見本市",
    }
    return PlanCase(edition=edition, printed_on=TODAY, **{**parts, **changes})  # type: ignore[arg-type]


def empty_case(edition: Edition = Edition.PERSON) -> PlanCase:
    """A copy of somebody of whom only name and address are known."""
    person = Person(id="e", name="見本 次郎", address="見本市西町９")
    plan = EvacuationPlan(
        id="e" * 32,
        number="000007",
        person_id="e",
        created_on=TODAY,
        updated_on=TODAY,
        missing=("content_2", "content_5", "content_7", "content_8"),
    )
    return PlanCase(person=person, plan=plan, edition=edition, printed_on=TODAY)
