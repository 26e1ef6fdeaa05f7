"""Certificates and care levels join the register by number, else as a proposal; what cannot be is named."""

from datetime import date

import pytest

from bcp_kit.domain.certificates import Certificate, CertificateKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode, Severity
from bcp_kit.domain.people import Device, Person
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.intake.certificates import grade_key, years_between
from bcp_kit.intake.inspection import Inspection
from bcp_kit.services.base import Context
from bcp_kit.services.certificates import match_certificates, store_certificates
from bcp_kit.services.certificates_apply import needs_of
from bcp_kit.services.exporting_sheets import export_sheets
from bcp_kit.services.importing import import_inspection, inspect_file
from bcp_kit.services.importing_report import report_lines
from bcp_kit.services.undoing import undo_last
from tests.intake.conftest import TODAY, csv_bytes
from tests.intake.test_undoing import _state

CARE = ("宛名番号", "氏名", "生年月日", "要介護状態区分", "被保険者区分", "認定有効期間終了日")
OLD, YOUNGER = date(1937, 3, 4), date(1950, 1, 1)
LEGS = {"kind": CertificateKind.PHYSICAL, "part": "lower_limb"}


def _looked_at(rows: list[tuple[str, ...]], ctx: Context | None = None) -> Inspection:
    return inspect_file(ctx, csv_bytes(rows), "care.csv")


def _codes(rows: list[tuple[str, ...]]) -> list[tuple[int | None, ErrorCode]]:
    return [(p.row, p.code) for _, p in _looked_at(rows).findings()]


@pytest.fixture
def town(ctx: Context) -> Context:
    """A register of four: two with resident numbers, one without, one namesake of another age."""
    with ctx.open_store() as uow:
        uow.people.add_many(
            [
                Person(
                    id="a",
                    register_no="1",
                    resident_no="0010001",
                    name="髙橋　花子",
                    birth_date=OLD,
                    address="本町1",
                    needs=("care_level_1_2", "dementia"),
                    devices=(Device(kind="吸引器"),),
                ),
                Person(id="b", register_no="2", resident_no="0010002", name="若葉　次郎", address="海町2"),
                Person(id="c", register_no="3", name="青葉　三郎", birth_date=OLD, address="山町3"),
                Person(
                    id="d", register_no="4", name="青葉　三郎", birth_date=date(1950, 1, 1), address="港4"
                ),
            ]
        )
        uow.commit()
    return ctx


@pytest.mark.parametrize(
    ("kind", "text", "key"),
    [
        ("care", "要介護３", "care_3"),
        ("care", "要支援1", "support_1"),
        ("care", "要介護度4", "care_4"),
        ("care", "23", "care_3"),
        ("care", "非該当", "care_none"),
        ("care", "要介護6", None),
        ("care", "3", None),
        ("physical", "２級", "physical_2"),
        ("physical", "1級（第1種）", "physical_1"),
        ("physical", "7級", None),
        ("mental", "3", "mental_3"),
        ("mental", "4級", None),
        ("intellectual", "Ⓐ", "Ⓐ"),
        ("intellectual", "○A", "Ⓐ"),
        ("intellectual", "マルA", "Ⓐ"),
        ("intellectual", "Ｂ－２", "B2"),
        ("intellectual", "Bの1", "B1"),
        ("intellectual", "2", "2度"),
        ("intellectual", "D", None),
        ("intellectual", "5度", None),
    ],
)
def test_grades_as_they_are_written(kind: str, text: str, key: str | None) -> None:
    """Widths, 級 and 度, kinds in brackets and circled letters are read; what does not exist is not."""
    assert grade_key(CertificateKind(kind), text) == key


def test_a_care_list_is_told_by_its_headings() -> None:
    """A list of care levels as the town's care office has it is read as certificates, without options."""
    found = _looked_at([CARE, ("0010001", "髙橋　花子", "S12.3.4", "要介護3", "第1号", "R9.9.30")])
    assert found.kinds() == {SheetKind.CERTIFICATES} and found.findings() == ()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("1", "", "", "要介護6", "", ""), ErrorCode.CERTIFICATE_GRADE),
        (("", "青葉", "", "要介護3", "", ""), ErrorCode.CERTIFICATE_WITHOUT_KEY),
        (("1", "", "", "", "", ""), ErrorCode.CERTIFICATE_EMPTY),
        (("1", "", "2000-01-01", "要介護3", "", ""), ErrorCode.CERTIFICATE_AGE),
        (("1", "", "1970-01-01", "要介護3", "第1号", ""), ErrorCode.CERTIFICATE_INSURED),
        (("1", "", "1940-01-01", "要介護3", "第2号", ""), ErrorCode.CERTIFICATE_INSURED),
        (("1", "", "1940-01-01", "要介護3", "第1号", "2025-03-31"), ErrorCode.CERTIFICATE_ENDED),
    ],
    ids=lambda value: value.value if isinstance(value, ErrorCode) else "",
)
def test_what_is_impossible_is_reported(row: tuple[str, ...], code: ErrorCode) -> None:
    """Each impossible row has its own code, with what exists or holds in the remedy."""
    assert _codes([CARE, row]) == [(2, code)]


def test_handbooks_of_all_kinds_in_one_column() -> None:
    """Kind and grade in two columns; a grade without its kind, a part without that grade are named."""
    heads = ("宛名番号", "手帳種別", "等級", "障害名", "交付日")
    rows = [
        heads,
        ("1", "身体障害者手帳", "2級", "下肢", "R1.5.1"),
        ("2", "療育手帳", "A2", "", ""),
        ("3", "精神障害者保健福祉手帳", "1級", "", ""),
        ("4", "", "1級", "", ""),
        ("5", "身体障害者手帳", "1級", "聴覚", ""),
        ("6", "身体障害者手帳", "7級", "下肢", ""),
    ]
    assert _codes(rows) == [
        (5, ErrorCode.CERTIFICATE_KIND_MISSING),
        (6, ErrorCode.GRADE_IMPOSSIBLE),
        (7, ErrorCode.CERTIFICATE_GRADE),
    ]


def test_letters_of_another_prefecture_are_remarked_on() -> None:
    """In a list of A1 to B2 a grade in degrees is remarked on; the letters of the others are named."""
    heads = ("宛名番号", "氏名", "生年月日", "療育判定")
    rows = [heads, *((str(n), "", "", g) for n, g in enumerate(("A1", "B2", "B1", "3度", "A2"), start=1))]
    (line,) = report_lines(_looked_at(rows))
    assert (line.row, line.severity, line.code) == (5, Severity.WARNING, "I-354")
    assert "A1、A2" in line.what


def test_age_is_counted_in_full_years() -> None:
    """The day before the birthday a person is a year younger; 29 February too."""
    assert [years_between(date(1986, 11, 24), date(2026, 11, day)) for day in (23, 24)] == [39, 40]
    assert [years_between(date(1984, 2, 29), date(2025, m, d)) for m, d in ((2, 28), (3, 1))] == [40, 41]


def test_rows_join_by_number_or_are_proposed_or_listed(town: Context) -> None:
    """Numbers decide; name with birth date only proposes; whoever is nobody is listed; nothing is stored."""
    before = _state(town)
    rows = [
        CARE,
        ("0010001", "高橋花子", "S12.3.4", "要介護4", "", ""),
        ("10002", "若葉次郎", "", "要介護3", "", ""),
        ("", "青葉三郎", "1937-03-04", "要介護5", "", ""),
        ("999", "誰か", "1940-01-01", "要介護5", "", ""),
    ]
    found = match_certificates(town, _looked_at(rows, town))
    assert [(m.row, m.person_id) for m in found.joined] == [(2, "a")]
    assert [(m.row, m.person_id) for m in found.proposed] == [(3, "b"), (4, "c")]
    assert [entry.row for entry in found.unmatched] == [5]
    lines = {line.row: line for line in report_lines(found.inspection)}
    assert (lines[4].code, lines[5].code) == ("I-357", "I-356") and "青葉　三郎 3" in lines[4].what
    assert _state(town) == before


def test_storing_keeps_the_certificate_and_puts_the_needs_right(town: Context) -> None:
    """The care level replaces the older one among the needs; other needs stay; the proposal waits."""
    rows = [
        CARE,
        ("0010001", "", "", "要介護4", "", "R9.9.30"),
        ("", "青葉三郎", "1937-03-04", "要介護5", "", ""),
    ]
    found = match_certificates(town, _looked_at(rows, town))
    outcome = store_certificates(town, found)
    assert (outcome.changed, outcome.unchanged, outcome.rows_left_out) == (1, 0, 1)
    with town.open_store() as uow:
        person = uow.people.need("a")
        assert uow.people.need("c").certificates == ()
    assert person.needs == ("dementia", "care_level_4")
    assert person.certificates[0].valid_until == date(2027, 9, 30)
    assert store_certificates(town, found, accepted_rows=[3]).changed == 1
    undo_last(town)
    undo_last(town)
    with town.open_store() as uow:
        assert uow.people.need("a").needs == ("care_level_1_2", "dementia")


def test_an_older_certificate_does_not_replace_a_newer_one(town: Context) -> None:
    """A list that arrives late changes nothing that was certified later."""
    for until, changed in (("R9.9.30", 1), ("R8.12.31", 0)):
        rows = [CARE, ("0010001", "", "", "要介護4" if changed else "要介護1", "", until)]
        outcome = store_certificates(town, match_certificates(town, _looked_at(rows, town)))
        assert outcome.changed == changed


def test_devices_fill_what_is_not_known(town: Context) -> None:
    """The power of a known device is filled in, another device is added."""
    heads = ("宛名番号", "医療機器名", "消費電力（W）", "医療機器は命に関わるか")
    rows = [heads, ("0010001", "吸引器", "70", "はい"), ("0010001", "酸素濃縮器", "", "")]
    store_certificates(town, match_certificates(town, _looked_at(rows, town)))
    with town.open_store() as uow:
        devices = uow.people.need("a").devices
    assert devices == (Device(kind="吸引器", power_w=70, life_support=True), Device(kind="酸素濃縮器"))


def test_the_age_of_the_register_counts_too(town: Context) -> None:
    """A row without a date of birth is checked against the person's own."""
    with town.open_store() as uow:
        person = uow.people.need("b")
        uow.people.save(person.model_copy(update={"birth_date": date(2001, 1, 1)}))
        uow.commit()
    found = match_certificates(town, _looked_at([CARE, ("0010002", "", "", "要介護1", "", "")], town))
    assert found.joined == () and found.inspection.bad_rows == 1
    with pytest.raises(BcpKitError) as refused:
        store_certificates(town, found)
    assert refused.value.code is ErrorCode.IMPORT_HAS_ERRORS


def test_two_people_with_one_number_are_not_joined(town: Context) -> None:
    """A number that two records have tells nobody apart; the row is a proposal or listed, never joined."""
    with town.open_store() as uow:
        uow.people.add(Person(id="e", register_no="5", resident_no="0010001", name="別人", address="沢5"))
        uow.commit()
    found = match_certificates(town, _looked_at([CARE, ("0010001", "", "", "要介護1", "", "")], town))
    assert found.joined == ()


@pytest.mark.parametrize(
    ("certificate", "needs"),
    [
        (
            Certificate(**LEGS, grade="physical_2"),
            ("limb_lower_1_2",),
        ),
        (Certificate(**LEGS, grade="physical_4"), ()),
        (Certificate(kind=CertificateKind.INTELLECTUAL, grade="A2"), ("intellectual_severe",)),
        (Certificate(kind=CertificateKind.INTELLECTUAL, grade="B1"), ()),
        (Certificate(kind=CertificateKind.MENTAL, grade="mental_1"), ("mental_1",)),
        (Certificate(kind=CertificateKind.INTRACTABLE, name="パーキンソン病"), ("intractable_neuro",)),
        (Certificate(kind=CertificateKind.INTRACTABLE, name="潰瘍性大腸炎"), ()),
    ],
    ids=lambda value: "" if isinstance(value, Certificate) else "-".join(value) or "none",
)
def test_needs_that_follow(certificate: Certificate, needs: tuple[str, ...]) -> None:
    """Only what a certificate really says becomes a need."""
    assert needs_of(certificate) == needs


def test_certificates_come_back_identical(town: Context) -> None:
    """What is exported as 認定・手帳 joins again and changes nothing."""
    certificates = (
        Certificate(kind=CertificateKind.CARE, grade="care_3", valid_until=TODAY),
        Certificate(
            kind=CertificateKind.PHYSICAL, grade="physical_2", part="trunk", issued_on=date(2020, 1, 2)
        ),
        Certificate(kind=CertificateKind.INTELLECTUAL, grade="Ⓐ"),
        Certificate(kind=CertificateKind.INTRACTABLE, name="パーキンソン病"),
    )
    with town.open_store() as uow:
        person = uow.people.need("a")
        uow.people.save(person.model_copy(update={"certificates": certificates}))
        uow.commit()
    written, rows = export_sheets(town, (SheetKind.CERTIFICATES,))
    with town.open_store() as uow:
        person = uow.people.need("a")
        uow.people.save(person.model_copy(update={"certificates": ()}))
        uow.commit()
    found = match_certificates(town, inspect_file(town, written.content, "a.xlsx"))
    assert rows == 4 and found.inspection.bad_rows == 0
    store_certificates(town, found)
    with town.open_store() as uow:
        assert uow.people.need("a").certificates == certificates


def test_certificates_are_no_register(town: Context) -> None:
    """The import of registers refuses a list of certificates and says so."""
    with pytest.raises(BcpKitError) as refused:
        import_inspection(town, _looked_at([CARE, ("0010001", "", "", "要介護4", "", "")], town))
    assert refused.value.code is ErrorCode.IMPORT_OTHER_KIND
