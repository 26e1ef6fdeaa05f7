"""What is exported can be imported again, identical; and no spreadsheet runs what a person typed."""

import random
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bcp_kit.access.policy import Role
from bcp_kit.catalogues.vocabulary import needs, shelter_features
from bcp_kit.domain.base import Known
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.people import (
    Device,
    EmergencyContact,
    HouseholdType,
    Person,
    Sex,
    Supporter,
    SupportLink,
    SupportRole,
)
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.staff import (
    CommuteMeans,
    HelpOffer,
    HelpRoute,
    Qualification,
    RosterEntry,
    StaffMember,
)
from bcp_kit.domain.units import Location
from bcp_kit.forms.sheets import Column, ColumnType, SheetKind
from bcp_kit.intake.people import consent_id, person_id
from bcp_kit.intake.table_reader import read_tables
from bcp_kit.render.spreadsheet import TableOut, write_csv, write_workbook
from bcp_kit.services.base import Context
from bcp_kit.services.exporting_sheets import FileFormat, empty_form, export_sheets
from bcp_kit.services.importing import import_inspection, inspect_file
from tests.intake.conftest import context_for

NAMES = ("葛󠄀城　太郎", "𠮷田　花子", "髙﨑　次郎", "渡邉󠄁 三郎", "ﾊﾝｶｸ", "=SUM(A1)", "@青葉", "-若葉", "+新緑")
TEXTS = (
    "",
    "一行目\n二行目",
    "=HYPERLINK(1)",
    "'引用",
    "\t字下げ",
    "001",
    "1,000",
    'かぎ"かっこ"、読点',
    "　前の空白 ",
)
PEOPLE = 400


def _exposures(chance: random.Random) -> tuple[Exposure, ...]:
    flood = Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=Known.YES, depth_m=chance.choice([0.5, 3.0]))
    slide = Exposure(hazard=HazardKind.LANDSLIDE, in_zone=chance.choice(list(Known)), special=False)
    tsunami = Exposure(hazard=HazardKind.TSUNAMI, in_zone=Known.NO, depth_m=0.0, arrival_min=12.5)
    return chance.choice([(), (flood,), (flood, slide), (flood, slide, tsunami)])


def _person(number: int, chance: random.Random) -> Person:
    register_no = f"{number:05d}"
    keys = list(needs())
    devices = [
        Device(kind="吸引器", power_w=70, hours_per_day=2.5, life_support=True),
        Device(kind="ベッド"),
        Device(kind="人工呼吸器", battery_h=3),
    ]
    return Person(
        id=person_id(register_no),
        register_no=register_no,
        name=chance.choice(NAMES),
        name_kana=chance.choice(["", "アオバ　ハナコ"]),
        birth_date=chance.choice([None, date(1930, 1, 1) + timedelta(days=number)]),
        sex=chance.choice(list(Sex)),
        postal_code=chance.choice(["", "060-0001", "0010001"]),
        address=f"みどり町{number}番地" + chance.choice(["", "ー１号", "\n二階"]),
        location=chance.choice([None, Location(latitude=35.1 + number / 1e5, longitude=139.123456)]),
        phone_home=chance.choice(["", "0000-00-0001", "００００－００－０００１"]),
        language=chance.choice(["ja", "vi", "jsl"]),
        needs=tuple(chance.sample(keys, chance.randint(0, 4))),
        reason_text=chance.choice(TEXTS),
        household_type=chance.choice(list(HouseholdType)),
        companions=chance.randint(0, 3),
        devices=tuple(devices[: chance.randint(0, 3)]),
        emergency_contacts=(EmergencyContact(name="青葉", relation="子", phone="0000-00-0002"),),
        home_exposures=_exposures(chance),
        home_floor=chance.choice([None, -1, 2]),
        protected_address=chance.random() < 0.2,
        prep_minutes=chance.choice([None, 0.0, 30.0]),
        never_do=chance.choice(TEXTS),
        must_carry=("吸引器", "お薬手帳"),
        verified_on=chance.choice([None, date(2026, 6, 1)]),
    )


def _fill(ctx: Context) -> None:
    chance = random.Random(7)  # noqa: S311 - the same invented people each time
    people = [_person(number, chance) for number in range(PEOPLE)]
    with ctx.open_store() as uow:
        uow.supporters.add(Supporter(id="S1", name="若葉　次郎", phone="0000-00-0003", max_people=2))
        uow.supporters.add(Supporter(id="S2", name="=隣人会", willing_to_take_more=True))
        uow.people.add_many(people)
        for person in people[::2]:
            own = Consent(
                id=consent_id(ConsentKind.SHARE_PLAN, person.id, person.id),
                kind=ConsentKind.SHARE_PLAN,
                giver_id=person.id,
                person_id=person.id,
                answer=ConsentAnswer.GIVEN,
                given_on=date(2026, 6, 2),
                explained_on=date(2026, 6, 1),
                scope=("民生委員", "消防"),
                proxy="青葉　太郎",
            )
            named = Consent(
                id=consent_id(ConsentKind.BE_NAMED, "S1", person.id),
                kind=ConsentKind.BE_NAMED,
                giver_id="S1",
                person_id=person.id,
                answer=ConsentAnswer.REFUSED,
            )
            uow.consents.add_many([own, named])
            uow.links.add(SupportLink(person_id=person.id, supporter_id="S1", roles=(SupportRole.STAY,)))
            uow.links.add(SupportLink(person_id=person.id, supporter_id="S2", rank=2))
        uow.commit()


def _all(ctx: Context) -> dict[str, dict[str, dict[str, object]]]:
    with ctx.open_store() as uow:
        return {
            r.kind.table: {r.kind.id_of(record): record.model_dump() for record in r.list()}
            for r in uow.repositories
            if r.kind.table != "import_batches"  # how the records came in, not what they are
        }


def _assert_same(source: Context, target: Context) -> None:
    """Name the first field that differs, rather than all records."""
    before, after = _all(source), _all(target)
    for table, records in before.items():
        assert records.keys() == after[table].keys(), table
        for record_id, record in records.items():
            other = after[table][record_id]
            wrong = {field: (value, other[field]) for field, value in record.items() if value != other[field]}
            assert not wrong, (table, wrong)


def _carried(source: Context, target: Context, kinds: tuple[SheetKind, ...], how: FileFormat) -> None:
    written, _ = export_sheets(source, kinds, how)
    assert written.cleaned_cells == 0
    name = "a.xlsx" if how is FileFormat.XLSX else "a.csv"
    inspection = inspect_file(target, written.content, name)
    errors = [p for _, p in inspection.findings() if p.severity == "error"]
    assert not errors, errors[:3]
    import_inspection(target, inspection)


def test_a_register_comes_back_identical_through_excel(tmp_path: Path) -> None:
    """People with consents, supporters, variants, line breaks and zeros are the same after both."""
    source, target = (context_for(tmp_path / name, Role.DISASTER_OFFICER) for name in ("a", "b"))
    _fill(source)
    _carried(source, target, (SheetKind.PEOPLE, SheetKind.SUPPORTERS), FileFormat.XLSX)
    _assert_same(source, target)


def test_a_register_comes_back_identical_through_csv(tmp_path: Path) -> None:
    """The same through CSV files, where formulas are guarded and freed again."""
    source, target = (context_for(tmp_path / name, Role.DISASTER_OFFICER) for name in ("a", "b"))
    _fill(source)
    for kind in (SheetKind.SUPPORTERS, SheetKind.PEOPLE):
        _carried(source, target, (kind,), FileFormat.CSV)
    _assert_same(source, target)


def test_characters_that_cp932_lacks_are_named(tmp_path: Path) -> None:
    """An export for an old system is refused and names the characters that it lacks."""
    ctx = context_for(tmp_path, Role.DISASTER_OFFICER)
    _fill(ctx)
    with pytest.raises(BcpKitError) as refused:
        export_sheets(ctx, (SheetKind.PEOPLE,), FileFormat.CSV_CP932)
    assert refused.value.code is ErrorCode.EXPORT_CHARACTERS and "𠮷" in str(
        refused.value.values["characters"]
    )


def test_facilities_staff_rosters_offers_and_shelters_come_back_identical(tmp_path: Path) -> None:
    """The sheets of a facility and the destinations are the same after export and import."""
    source, target = (context_for(tmp_path / name, Role.FACILITY_MANAGER) for name in ("a", "b"))
    exposure = Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=Known.UNKNOWN)
    with source.open_store() as uow:
        uow.facilities.add(
            Facility(
                id="F1",
                name="みどり苑",
                category=ServiceCategory.CARE_RESIDENTIAL,
                office_number="0012345678",
                beds=50,
                free_area_m2=120.5,
                exposures=(exposure,),
            )
        )
        uow.staff.add(
            StaffMember(
                id="T1",
                facility_id="F1",
                name="若葉　さくら",
                qualifications=(Qualification.NURSE, Qualification.SUCTION_TRAINED),
                weekly_hours_max=38.75,
                night_ok=False,
                commute=CommuteMeans.TRAIN,
                other_means=(CommuteMeans.FOOT,),
                youngest_child_age=0,
                languages=("ja", "vi"),
                procedures=("喀痰吸引",),
                home_exposures=(exposure,),
            )
        )
        uow.rosters.add(RosterEntry(staff_id="T1", day=date(2026, 11, 23), shift="night"))
        uow.help_offers.add(
            HelpOffer(
                id="O1",
                facility_id="F1",
                route=HelpRoute.DWAT,
                name="DWAT",
                qualification=Qualification.NURSE,
                people=2,
                from_day=0,
                needs_lodging=False,
            )
        )
        uow.commit()
    kinds = (SheetKind.STAFF, SheetKind.ROSTERS, SheetKind.FACILITIES, SheetKind.HELP_OFFERS)
    _carried(source, target, kinds, FileFormat.XLSX)
    _assert_same(source, target)


def test_shelters_come_back_identical(tmp_path: Path) -> None:
    """Features that are there, missing and unknown, capacities and hazards are the same after both."""
    source, target = (context_for(tmp_path / name, Role.DISASTER_OFFICER) for name in ("a", "b"))
    features = {key: list(Known)[place % 3] for place, key in enumerate(sorted(shelter_features()))}
    shelter = Shelter(
        id="W1",
        name="福祉センター",
        kind=DestinationKind.SPECIAL_SPACE,
        address="みどり町",
        location=Location(latitude=35.123456, longitude=139.5, uncertainty_m=25),
        capacity_people=20,
        accepts=("elderly", "care_level_3"),
        accepts_text="高齢者、\n障害者",
        direct_evacuation=Known.NO,
        night_open=Known.YES,
        features=features,
        exposures=(Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=Known.YES, depth_m=0.3, special=True),),
        safe_area_m2=0,
    )
    with source.open_store() as uow:
        uow.shelters.add(shelter)
        uow.commit()
    _carried(source, target, (SheetKind.SHELTERS,), FileFormat.XLSX)
    _assert_same(source, target)


FORMULAS = tuple(
    start + body
    for start in ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", "'=", " =")
    for body in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://example.invalid")', "WEBSERVICE(A1)", "A1")
)


def test_no_formula_comes_alive_in_excel() -> None:
    """Each of 65 formulas stays text in every cell and reads back as typed (OUT-1)."""
    columns = [Column(key=str(i), heading=f"列{i}", type=ColumnType.TEXT) for i in range(len(FORMULAS))]
    row = {str(i): text for i, text in enumerate(FORMULAS)}
    content = write_workbook([TableOut("表", columns, [row])]).content
    tab = load_workbook(BytesIO(content)).active
    assert tab is not None
    assert {cell.data_type for line in tab.iter_rows() for cell in line} == {"s"}
    (table,) = read_tables(content, "a.xlsx")
    assert table.rows[1].cells == tuple(text.replace("\r", "\n") for text in FORMULAS)


def test_no_formula_comes_alive_from_csv() -> None:
    """In CSV each formula starts with an apostrophe, numbers stay, the import undoes it (OUT-1)."""
    columns = [Column(key="k", heading="列", type=ColumnType.TEXT)]
    texts = (*FORMULAS, "-5", "0312345678", "03-1234-5678")
    content = write_csv(TableOut("表", columns, [{"k": text} for text in texts])).content
    cells = [row.cells[0] for row in read_tables(content, "a.csv")[0].rows[1:]]
    assert tuple(cells) == texts
    lines = content.decode("utf-8-sig")
    assert '\n"-5"\r' in lines and '\n"03-1234-5678"\r' in lines
    assert all(f"'{text}".replace('"', '""') in lines for text in FORMULAS)


def test_control_characters_are_left_out_and_counted() -> None:
    """What Excel cannot hold is removed and counted, never a crash; escapes of Excel stay what they are."""
    columns = [Column(key="k", heading="列", type=ColumnType.TEXT)]
    rows = [{"k": "a\x07b"}, {"k": "\ud800"}, {"k": "_x0041_"}]
    written = write_workbook([TableOut("表", columns, rows)])
    (table,) = read_tables(written.content, "a.xlsx")
    assert [row.cells[0] for row in table.rows[1:]] == ["ab", "", "_x0041_"] and written.cleaned_cells == 2


@pytest.mark.parametrize("kind", list(SheetKind))
def test_forms_open_with_headings_lists_and_an_example(kind: SheetKind) -> None:
    """A form holds its tab, the example, the guide and the choices; its example row can be imported."""
    content = empty_form((kind,), date(2026, 11, 23)).content
    book = load_workbook(BytesIO(content))
    tab, example = book.worksheets[0], book["記入例"]
    assert [s.title for s in book.worksheets[1:]] == ["記入例", "説明", "選択肢"]
    assert len(tab.data_validations.dataValidation) == tab.max_column
    filled = [[c.value for c in row] for row in example.iter_rows()]
    columns = [Column(key=str(i), heading=str(h), type=ColumnType.TEXT) for i, h in enumerate(filled[0])]
    row = {str(i): str(value or "") for i, value in enumerate(filled[1])}
    inspection = inspect_file(None, write_workbook([TableOut("表", columns, [row])]).content, "a.xlsx")
    errors = [p for _, p in inspection.findings() if p.severity == "error"]
    assert inspection.good_rows == 1 and not errors, errors


def test_a_supporter_consent_that_was_taken_back_stays_taken_back(ctx: Context, tmp_path: Path) -> None:
    """A withdrawn BE_NAMED consent never comes back as given after export and import."""
    own, day = person_id("00001"), date(2026, 4, 1)
    consent = Consent(
        id=consent_id(ConsentKind.BE_NAMED, "S1", own),
        kind=ConsentKind.BE_NAMED,
        giver_id="S1",
        person_id=own,
        answer=ConsentAnswer.GIVEN,
        given_on=day,
        withdrawn_on=date(2026, 5, 1),
    )
    with ctx.open_store() as uow:
        uow.people.add(Person(id=own, register_no="00001", name="架空", address="架空町1"))
        uow.supporters.add(Supporter(id="S1", name="架空の隣人"))
        uow.links.add(SupportLink(person_id=own, supporter_id="S1"))
        uow.consents.add(consent)
        uow.commit()
    written, _ = export_sheets(ctx, [SheetKind.SUPPORTERS, SheetKind.PEOPLE], FileFormat.XLSX)
    other = context_for(tmp_path / "other", Role.DISASTER_OFFICER)
    import_inspection(other, inspect_file(other, written.content, "again.xlsx"))
    with other.open_store() as uow:
        assert [c.withdrawn_on for c in uow.consents.list(giver_id="S1")] == [date(2026, 5, 1)]
