"""Bringing files in: one transaction, only stated fields change, nobody is removed, numbers must exist."""

from dataclasses import replace
from pathlib import Path

import pytest

from bcp_kit.access.policy import Role
from bcp_kit.domain.base import Known
from bcp_kit.domain.consent import ConsentAnswer, ConsentKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import Person
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.intake.people import person_id
from bcp_kit.services.base import Context
from bcp_kit.services.importing import ImportOutcome, import_inspection, inspect_file
from tests.intake.conftest import HEADINGS, ROW, context_for, csv_bytes, xlsx_bytes


def _imported(ctx: Context, content: bytes, name: str = "a.csv", accept: bool = False) -> ImportOutcome:
    return import_inspection(ctx, inspect_file(ctx, content, name), accept)


def _person(ctx: Context, register_no: str) -> Person:
    with ctx.open_store() as uow:
        (found,) = uow.people.list(register_no=register_no)
    return found


def test_importing_twice_changes_nothing(ctx: Context) -> None:
    """The first import adds, the second finds everything the same and writes nothing."""
    first, second = (_imported(ctx, csv_bytes([HEADINGS, ROW])) for _ in range(2))
    assert (first.counts["people"].new, second.counts["people"].unchanged) == (1, 1)
    assert _person(ctx, "00101").version == 0


def test_columns_that_the_file_lacks_keep_their_values(ctx: Context) -> None:
    """A list without the column of needs leaves the stored needs alone; an empty cell of a column empties."""
    _imported(ctx, csv_bytes([(*HEADINGS, "支援が必要な理由（区分）", "世帯番号"), (*ROW, "要介護3", "H1")]))
    changed = ("00101", "青葉　花子", "S12.3.4", "みどり町中央9", "")
    outcome = _imported(ctx, csv_bytes([(*HEADINGS, "世帯番号"), changed]))
    person = _person(ctx, "00101")
    assert outcome.counts["people"].changed == 1
    assert (
        person.needs == ("care_level_3",) and person.household_id == "" and person.address == "みどり町中央9"
    )


def test_nobody_is_removed_and_the_absent_are_counted(ctx: Context) -> None:
    """People who are not in the new file stay, and are counted."""
    _imported(ctx, csv_bytes([HEADINGS, ROW, ("00102", "若葉", "", "みどり町")]))
    outcome = _imported(ctx, csv_bytes([HEADINGS, ("00103", "新緑", "", "みどり町")]))
    with ctx.open_store() as uow:
        assert uow.people.count() == 3
    assert outcome.absent == {"people": 2}


def test_a_person_stored_under_another_id_is_found_by_the_register_number(ctx: Context) -> None:
    """A person entered on the screen is not doubled by the list; the consents go to the stored person."""
    with ctx.open_store() as uow:
        uow.people.add(Person(id="own", register_no="00101", name="青葉", address="みどり町"))
        uow.commit()
    heads = (*HEADINGS, "計画を作ることの同意", "計画を作ることの同意日")
    outcome = _imported(ctx, csv_bytes([heads, (*ROW, "同意", "R8.6.1")]))
    with ctx.open_store() as uow:
        (consent,) = uow.consents.list(person_id="own")
        assert uow.people.count() == 1
    assert outcome.counts["people"].changed == 1
    assert (consent.kind, consent.answer, consent.giver_id) == (
        ConsentKind.MAKE_PLAN,
        ConsentAnswer.GIVEN,
        "own",
    )


SUPPORTED = (*HEADINGS, "支援者1の番号", "支援者1の役割", "支援者1の同意", "支援者1の同意日")


def _two_tabs(supporter: str) -> bytes:
    def add(book: object) -> None:
        tab = book.create_sheet("支援者")  # type: ignore[attr-defined]
        tab.append(["支援者番号", "氏名又は名称"])
        tab.append(["S001", "若葉　次郎"])

    row = (*ROW, supporter, "情報を伝える、送り届ける", "同意", "2026-06-03")
    return xlsx_bytes([SUPPORTED, row], add, "要支援者")


def test_people_and_supporters_come_in_together(ctx: Context) -> None:
    """One workbook brings the person, the supporter, the link with its roles and the supporter's consent."""
    outcome = _imported(ctx, _two_tabs("S001"), "a.xlsx")
    with ctx.open_store() as uow:
        (link,) = uow.links.list(person_id=person_id("00101"))
        (consent,) = uow.consents.list(giver_id="S001")
    assert {name: counts.new for name, counts in outcome.counts.items()} == {
        "supporters": 1,
        "people": 1,
        "consents": 1,
        "links": 1,
    }
    assert link.supporter_id == "S001" and consent.kind is ConsentKind.BE_NAMED
    assert consent.person_id == person_id("00101")


def test_a_supporter_who_is_nowhere_is_refused(ctx: Context) -> None:
    """A number that points at nobody refuses the row; nothing is stored."""
    inspection = inspect_file(ctx, _two_tabs("S009"), "a.xlsx")
    assert [p.code for _, p in inspection.findings()] == [ErrorCode.REFERENCE_UNKNOWN]
    with pytest.raises(BcpKitError) as refused:
        import_inspection(ctx, inspection)
    assert refused.value.code is ErrorCode.IMPORT_HAS_ERRORS
    with ctx.open_store() as uow:
        assert uow.supporters.count() == uow.people.count() == 0


def test_numbers_are_looked_up_again_when_importing(ctx: Context) -> None:
    """What was inspected without the store is checked against it before anything is stored."""
    with pytest.raises(BcpKitError):
        import_inspection(ctx, inspect_file(None, _two_tabs("S009"), "a.xlsx"))


def test_a_role_without_the_right_imports_nothing(tmp_path: Path) -> None:
    """Facility staff cannot bring in a register."""
    ctx = context_for(tmp_path / "s", Role.FACILITY_STAFF)
    with pytest.raises(BcpKitError) as denied:
        _imported(ctx, csv_bytes([HEADINGS, ROW]))
    assert denied.value.code is ErrorCode.ACTION_DENIED


def test_stopping_leaves_nothing_behind(ctx: Context) -> None:
    """When the user stops, no row has been stored."""
    stopping = replace(ctx, progress=lambda done, stage: done < 0.4)
    with pytest.raises(BcpKitError) as stopped:
        _imported(stopping, csv_bytes([HEADINGS, ROW]))
    assert stopped.value.code is ErrorCode.STOPPED_BY_USER
    with ctx.open_store() as uow:
        assert uow.people.count() == 0


def test_public_data_keep_what_the_officer_entered(ctx: Context) -> None:
    """A new national file finds the destination by its common id and leaves capacity and features alone."""
    own = Shelter(
        id="W001",
        common_id="E0000000001121",
        name="福祉センター",
        kind=DestinationKind.DESIGNATED_WELFARE,
        capacity_people=20,
        features={"elevator": Known.NO},
        accepts=("care_level_3",),
        accepts_confirmed=True,
    )
    with ctx.open_store() as uow:
        uow.shelters.add(own)
        uow.commit()
    heads = ("共通ID", "施設・場所名", "住所", "受入対象者", "緯度", "経度")
    content = csv_bytes([heads, ("E0000000001121", "福祉センター", "みどり町3", "高齢者", "35.1", "139.1")])
    outcome = _imported(ctx, content)
    with ctx.open_store() as uow:
        stored = uow.shelters.need("W001")
    assert outcome.counts["shelters"].changed == 1
    assert stored.capacity_people == 20 and stored.accepts == ("care_level_3",) and stored.accepts_confirmed
    assert stored.address == "みどり町3" and stored.location is not None


def test_roster_comes_in_by_dates_and_a_day_off_takes_a_shift_away(tmp_path: Path) -> None:
    """Headings are dates, cells are shifts or signs; 休 removes what was stored for the day."""
    ctx = context_for(tmp_path / "s", Role.FACILITY_MANAGER)
    _imported(
        ctx, csv_bytes([("施設番号", "施設名", "サービスの区分"), ("F1", "みどり苑", "入所・居住系（介護）")])
    )
    _imported(ctx, csv_bytes([("職員番号", "施設番号", "氏名"), ("T1", "F1", "若葉　さくら")]))
    _imported(ctx, csv_bytes([("職員番号", "氏名", "2026-11-23", "11/24"), ("T1", "若葉", "日勤", "夜")]))
    second = _imported(ctx, csv_bytes([("職員番号", "11月23日(月)", "11/24"), ("T1", "休", "夜勤")]))
    with ctx.open_store() as uow:
        shifts = [(entry.day.isoformat(), entry.shift) for entry in uow.rosters.list(staff_id="T1")]
    assert shifts == [("2026-11-24", "night")]
    assert (second.counts["rosters"].removed, second.counts["rosters"].unchanged) == (1, 1)


def test_words_that_say_more_than_no_become_the_condition(ctx: Context) -> None:
    """直接避難「要請後のみ」is no, and the words stay as the condition for opening."""
    heads = ("避難先番号", "名称", "区分", "所在地", "直接避難", "非常用電源")
    content = csv_bytes([heads, ("W1", "センター", "協定等による福祉避難所", "みどり町", "要請後のみ", "有")])
    inspection = inspect_file(ctx, content, "a.csv")
    (shelter,) = inspection.objects(Shelter)
    assert shelter.direct_evacuation is Known.NO and shelter.open_condition == "要請後のみ"
    assert shelter.features == {"backup_power": Known.YES}


def test_the_user_may_say_what_a_table_is() -> None:
    """A table with too few known headings is read as what the user says, and told what it lacks."""
    content = csv_bytes([("氏名", "年齢"), ("青葉", "80")])
    assert inspect_file(None, content, "a.csv").parts == ()
    (part,) = inspect_file(None, content, "a.csv", SheetKind.PEOPLE).parts
    missing = {p.values["heading"] for p in part.problems if p.code is ErrorCode.HEADING_MISSING}
    assert missing == {"名簿番号", "住所"}


def test_findings_and_audit_hold_no_personal_data_in_their_texts(ctx: Context) -> None:
    """The audit log of an import names kinds and ids only."""
    _imported(ctx, csv_bytes([HEADINGS, ROW]))
    with ctx.open_store() as uow:
        entries = list(uow.audit.entries())
    assert entries and not any("青葉" in f"{e}" or "00101" in f"{e}" for e in entries)
