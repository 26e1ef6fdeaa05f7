"""The individual evacuation plan on paper: what is put in comes out, and nobody else's data with it."""

import io
from dataclasses import replace
from datetime import date

import paper_checks as checks
import pikepdf
import pytest
from paper_makers import FULL_ADDRESS, FULL_NAME, empty_case, full_case, full_person, full_plan

from bcp_kit.catalogues.vocabulary import matching_rules
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.people import Device, EmergencyContact, Supporter, SupportLink, SupportRole
from bcp_kit.domain.plans import PlannedStage
from bcp_kit.render.evacuation.case import NamedSupporter, PlanCase, sensitivity
from bcp_kit.render.evacuation.code import plan_code, read_plan_code
from bcp_kit.render.evacuation.layout import Edition, plan_layout
from bcp_kit.render.evacuation.paper import PrintedCopies, document_title, print_copies
from bcp_kit.render.evacuation.values import japanese_date, say
from bcp_kit.render.tagpdf import DocumentFacts

HOSTILE = (
    "<b>太字</b>",
    "</para><para>",
    "a & b < c > d",
    "]]>",
    "&lt;&#0;&nbsp;",
    '<img src="file:///etc/passwd"/>',
    '<img src="http://example.invalid/x.png"/>',
    '<a href="javascript:alert(1)">x</a>',
    "<font name='Symbol'>",
    "<font color=\"[[[getattr(pow, '__globals__')]]]\">x</font>",
    "｜漢字《かんじ》",
    "《《》》｜",
    "{name}",
    "{0.__class__}",
    "%s %d %(x)s",
    "$(reboot)",
    "`id`",
    "\\x00\\",
    "(unbalanced",
    "))) Tj ET",
    "\x00\x01\x1f",
    "\r\n\r\n\n",
    "\u2028\u2029",
    "\ud800",
    "\udfff\ud800",
    "\u202e逆さ\u202c",
    "\u200b\u200d\ufeff",
    "é e\u0301 か\u3099",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U000e0100",
    "葛\U000e0100葛\U000e0100",
    "\ue000\uf8ff\U000f0000\U0010fffd",
    "￥＼～―",
    "ｱｲｳｶﾞ",
    "①㈱㍿",
    "שלום עולם",
    "ไทย हिन्दी",
    "」」」」」）））、、、。。。",
    "「「「「（（（（",
    "あ" * 20_000,
    "x" * 20_000,
    "1234567890-" * 2_000,
    "\n" * 500,
    " " * 3_000,
)
TEXT_FIELDS = (
    "name",
    "name_kana",
    "address",
    "address_building",
    "district",
    "phone_mobile",
    "email",
    "reason_text",
    "considerations",
    "never_do",
    "usual_room",
    "primary_doctor",
    "care_provider",
    "medicines",
    "allergy",
)


def _printed(*cases: PlanCase, facts: DocumentFacts) -> PrintedCopies:
    return print_copies(cases, facts)


def _words(case: PlanCase, facts: DocumentFacts) -> str:
    return "".join(checks.page_texts(print_copies([case], facts).pdf_bytes))


def test_name_and_address_come_out_as_they_were_put_in(facts: DocumentFacts) -> None:
    """𠮷, 﨑 and 葛 with its selector are copied out of the PDF exactly as they were written."""
    words = _words(full_case(), facts)
    assert checks.squeezed(FULL_NAME) in words
    assert FULL_ADDRESS in words


def test_a_full_and_an_empty_plan_fill_two_pages(facts: DocumentFacts) -> None:
    """Both sides of one sheet hold a person of whom everything is known, and one of whom little is."""
    cases = (full_case(), full_case(Edition.SUPPORTER), empty_case(), empty_case(Edition.SUPPORTER))
    assert [copy.pages for copy in _printed(*cases, facts=facts).copies] == [2, 2, 2, 2]


def test_the_front_says_who_where_to_who_helps_and_what_never_to_do(facts: DocumentFacts) -> None:
    """A neighbour finds the four things without turning the page."""
    front = checks.page_texts(print_copies([full_case(Edition.SUPPORTER)], facts).pdf_bytes)[0]
    for words in (FULL_NAME, "見本市立ひがし小学校体育館", "090-0000-0001", "たばこや火を近づけない"):
        assert checks.squeezed(words) in front
    assert "警戒レベル3「高齢者等避難」" in front


def test_being_named_creates_no_duty_and_the_paper_says_so(facts: DocumentFacts) -> None:
    """The sentence stands on every copy that names supporters."""
    for edition in Edition:
        assert checks.squeezed(say("no_duty")) in _words(full_case(edition), facts)


def test_every_font_is_embedded_and_the_rules_of_accessibility_hold(facts: DocumentFacts) -> None:
    """Full, empty, cut and protected copies in one file pass PDF/UA-1 without a failed rule."""
    long = full_case(person=full_person(considerations="配慮すること。" * 400))
    protected = full_case(Edition.SUPPORTER, person=full_person(protected_address=True))
    pdf_bytes = _printed(full_case(), empty_case(), long, protected, facts=facts).pdf_bytes
    assert checks.fonts_not_embedded(pdf_bytes) == []
    assert checks.failed_rules(pdf_bytes) == []


def test_same_clock_same_bytes(facts: DocumentFacts) -> None:
    """Two runs give identical files."""
    first, second = (_printed(full_case(), empty_case(), facts=facts) for _ in range(2))
    assert first.pdf_bytes == second.pdf_bytes


def test_the_code_holds_id_version_and_check_only(facts: DocumentFacts) -> None:
    """What a reader sees in the code is the plan's id and version; a damaged code is refused."""
    case = full_case()
    (words,) = checks.codes_on(print_copies([case], facts).pdf_bytes)
    assert read_plan_code(words) == (case.plan.id, case.plan.version)
    assert words == plan_code(case.plan.id, case.plan.version)
    assert read_plan_code(words.replace("|3|", "|4|")) is None
    assert read_plan_code("https://example.invalid") is None


def _invented(index: int) -> PlanCase:
    """One of many people whose every datum is marked with a number of its own."""
    mark = f"Q{index:03d}Z"
    person = full_person(
        id=f"p{index}",
        name=f"名{mark}",
        name_kana=f"メイ{mark}",
        address=f"町{mark}",
        district=f"班{mark}",
        phone_home=f"{index:03d}-000-7777",
        phone_mobile=f"090-{index:04d}-8888",
        reason_text=f"理由{mark}",
        considerations=f"配慮{mark}" * (1 if index % 7 else 300),
        never_do=f"禁止{mark}",
        must_carry=(f"物{mark}",),
        usual_room=f"部屋{mark}",
        medicines=f"薬{mark}",
        devices=(Device(kind=f"機器{mark}"),),
        emergency_contacts=(EmergencyContact(name=f"家族{mark}", phone=f"080-{index:04d}-9999"),),
    )
    helper = Supporter(id=f"s{index}", name=f"支{mark}", address=f"村{mark}", phone=f"070-{index:04d}-6666")
    link = SupportLink(person_id=person.id, supporter_id=helper.id, roles=(SupportRole.CHECK,))
    return full_case(
        person=person,
        plan=full_plan(id=f"plan{mark}", number=f"{index:06d}", person_id=person.id),
        supporters=(NamedSupporter(helper, link),),
    )


def test_no_page_holds_anything_of_somebody_else(facts: DocumentFacts) -> None:
    """Thirty people in one file: each page holds the marks of exactly one, each begins on a front side."""
    cases = [_invented(index) for index in range(30)]
    printed = print_copies(cases, facts)
    texts = checks.page_texts(printed.pdf_bytes)
    assert len(texts) == printed.pages
    for index, copy in enumerate(printed.copies):
        assert copy.first_page % 2 == 1
        pages = texts[copy.first_page - 1 : copy.first_page - 1 + copy.pages]
        for words in pages[:2]:
            assert f"Q{index:03d}Z" in words
        for words in pages:
            assert not [other for other in range(30) if other != index and f"Q{other:03d}Z" in words]


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_hostile_text_neither_crashes_nor_reaches_outside(field: str, facts: DocumentFacts) -> None:
    """Markup, controls, broken characters and extreme lengths in any field are printed as plain text."""
    cases = [
        full_case(person=full_person().model_copy(update={field: text}), plan=full_plan(id=f"{n}"))
        for n, text in enumerate(HOSTILE)
    ]
    printed = print_copies(cases, facts)
    assert len(printed.copies) == len(HOSTILE)
    with pikepdf.open(io.BytesIO(printed.pdf_bytes)) as pdf:
        assert not [1 for sheet in pdf.pages if "/Annots" in sheet or "/XObject" in sheet.resources]


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_markup_is_printed_as_typed(field: str, facts: DocumentFacts) -> None:
    """A user's own marks come out as they were written."""
    typed = "<b>&amp;｜漢字《かんじ》"
    assert typed in _words(full_case(person=full_person(**{field: typed})), facts)


def test_a_long_text_goes_on_and_loses_no_line(facts: DocumentFacts) -> None:
    """Three thousand characters stand on the paper in full, with a sign where they go on."""
    marks = [f"第{n:03d}項。" for n in range(500)]
    case = full_case(person=full_person(considerations="".join(marks)))
    printed = print_copies([case], facts)
    words = "".join(checks.page_texts(printed.pdf_bytes))
    assert printed.pages % 2 == 0 and printed.pages > 2
    assert words.count("項。") == 500 and "つづきは" in words and "（つづき）" in words


def test_a_supporters_copy_holds_no_sensitive_value_beyond_the_list(facts: DocumentFacts) -> None:
    """Every field is planted with a mark; only those that a helper needs come out."""
    case = _everything_planted(Edition.SUPPORTER)
    words = _words(case, facts)
    for field_id in case.plan.answers:
        allowed = sensitivity(field_id) not in ("special", "security") or field_id in _also()
        assert allowed or f"植{field_id}" not in words, field_id
    for planted in (
        "SECRETREASON",
        "SECRETDRUG",
        "SECRETALLERGY",
        "SECRETDOCTOR",
        "SECRETROOM",
        "SECRETDEVICE",
    ):
        assert planted not in words
    assert "要介護3" not in words and "1941年" not in words
    person_words = _words(_everything_planted(Edition.PERSON), facts)
    assert "SECRETDRUG" in person_words and "SECRETROOM" in person_words


def _also() -> tuple[str, ...]:
    return plan_layout().editions[Edition.SUPPORTER].also


def _everything_planted(edition: Edition) -> PlanCase:
    fields = {field for box in plan_layout().boxes.values() for field in box.fields}
    person = full_person(
        reason_text="SECRETREASON",
        medicines="SECRETDRUG",
        allergy="SECRETALLERGY",
        primary_doctor="SECRETDOCTOR",
        usual_room="SECRETROOM",
        devices=(Device(kind="SECRETDEVICE"),),
    )
    answers = {field: f"植{field}" for field in sorted(fields)}
    return full_case(edition, person=person, plan=full_plan(answers=answers))


def test_a_protected_address_stands_on_no_copy(facts: DocumentFacts) -> None:
    """Neither address, nor map, nor anything that leads there; the own copy tells the way only (H16)."""
    person = full_person(protected_address=True, considerations=f"家は{FULL_ADDRESS}です。ゆっくり話す。")
    helper = Supporter(id="s", name="見本 支援", address=FULL_ADDRESS, phone="090-0000-0001")
    named = NamedSupporter(helper, SupportLink(person_id="p", supporter_id="s"))
    words = _words(full_case(Edition.SUPPORTER, person=person, supporters=(named,)), facts)
    assert "ゆっくり話す" in words
    for secret in (
        "﨑町",
        "見本荘",
        "000-123-4567",
        "郵便局の角",
        "約670m",
        "約1.4km",
        "000-0000",
        "自宅から",
    ):
        assert secret not in words
    assert checks.squeezed(say("map_hidden")) in words
    own = _words(full_case(Edition.PERSON, person=person), facts)
    assert checks.squeezed(say("address_protected")) in own and checks.squeezed(say("map_hidden")) in own
    assert "郵便局の角" in own and "２階南の寝室" in own
    for secret in (
        FULL_ADDRESS,
        "見本荘",
        "﨑町３班",
        "000-123-4567",
        "自宅から",
        "約670m",
        "見本市﨑町１−２−５",
    ):
        assert secret not in own, secret


def test_nothing_personal_stands_in_the_files_description(facts: DocumentFacts) -> None:
    """Title, author, outline and XMP name the kind of paper only."""
    titled = replace(facts, title=document_title(Edition.PERSON))
    with pikepdf.open(io.BytesIO(print_copies([full_case()], titled).pdf_bytes)) as pdf:
        described = bytes(pdf.Root.Metadata.read_bytes()).decode() + str(dict(pdf.docinfo))
        with pdf.open_outline() as outline:
            described += "".join(entry.title for entry in outline.root)
    for personal in (FULL_NAME, "𠮷田", "見本市", "090-", "酸素"):
        assert personal not in described


def test_a_plan_that_nobody_checked_says_so(facts: DocumentFacts) -> None:
    """Never checked, or past its review: 未確認 stands beside the name; checked: the date."""
    never = full_case(plan=full_plan(verified_on=None))
    overdue = full_case(plan=full_plan(next_review_on=date(2026, 11, 22)))
    for case in (never, overdue):
        assert "未確認" in checks.page_texts(print_copies([case], facts).pdf_bytes)[0]
    front = checks.page_texts(print_copies([full_case()], facts).pdf_bytes)[0]
    assert "最終確認日2026年11月1日" in front and "未確認" not in front


def test_a_change_after_the_last_check_is_shown(facts: DocumentFacts) -> None:
    """A place that changed after the person had agreed is not passed off as checked."""
    case = full_case(plan=full_plan(updated_on=date(2026, 11, 20)))
    assert "2026年11月20日変更" in _words(case, facts)


def test_empty_fields_ask_to_be_written_by_hand(facts: DocumentFacts) -> None:
    """What the law asks for and nobody knows is named, with lines to write on."""
    words = _words(empty_case(), facts)
    assert checks.squeezed(say("empty_law")) in words and checks.squeezed(say("empty")) in words
    assert "まだ足りない法律の項目：生年月日" in words


def test_unplaced_hazards_are_said(facts: DocumentFacts) -> None:
    """A hazard for which no place was found stands in the table instead of vanishing."""
    case = empty_case()
    plan = case.plan.model_copy(update={"unplaced": (HazardKind.TSUNAMI,)})
    words = _words(replace(case, plan=plan), facts)
    assert "津波" in words and say("unplaced") in words


def _staying_case(landslide: Known) -> PlanCase:
    """Somebody who stays at home in a flood; all other hazards with alert levels are as given or outside."""
    outside = (HazardKind.RIVER_FLOOD, HazardKind.INLAND_FLOOD, HazardKind.STORM_SURGE)
    exposures = [Exposure(hazard=hazard, in_zone=Known.NO) for hazard in outside]
    exposures.append(Exposure(hazard=HazardKind.LANDSLIDE, in_zone=landslide))
    stays = PlannedStage(hazard=HazardKind.RIVER_FLOOD, stage=1, shelter_id="", stays_home=True)
    return full_case(person=full_person(home_exposures=tuple(exposures)), plan=full_plan(stages=(stays,)))


def test_who_stays_at_home_is_not_told_to_leave(facts: DocumentFacts) -> None:
    """A person who stays at home for every hazard with alert levels finds no signal to leave."""
    words = _words(_staying_case(Known.NO), facts)
    assert "洪水のときは、家の安全な部屋にとどまる" in words
    assert "すぐ逃げる" not in words and "ここで家を出る" not in words


@pytest.mark.parametrize("landslide", [Known.YES, Known.UNKNOWN])
def test_the_signal_to_leave_stays_where_a_danger_is_left(landslide: Known, facts: DocumentFacts) -> None:
    """In a landslide zone, or where nobody looked, the signal stands before the exception for floods."""
    words = _words(_staying_case(landslide), facts)
    assert "すぐ逃げる" in words and "ただし洪水のときは" in words


def test_characters_that_cannot_be_printed_are_returned(facts: DocumentFacts) -> None:
    """The names of the characters go to the screen, by copy."""
    strange = full_case(person=full_person(name="山\U0001f600田"))
    first, second = _printed(strange, full_case(), facts=facts).copies
    assert first.missing_glyphs == ("\U0001f600",) and second.missing_glyphs == ()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 23), "2026年（令和8年）11月23日"),
        (date(2019, 5, 1), "2019年（令和元年）5月1日"),
        (date(2019, 4, 30), "2019年（平成31年）4月30日"),
        (date(1926, 12, 25), "1926年（昭和元年）12月25日"),
    ],
)
def test_dates_carry_the_japanese_year(day: date, words: str) -> None:
    """An era begins on its first day."""
    assert japanese_date(day) == words


def test_every_word_of_the_layout_exists() -> None:
    """Each box has a title, each side is drawn from boxes that are described."""
    layout = plan_layout()
    for key in layout.boxes:
        assert say(f"box.{key}")
    assert {key for side in layout.sides.values() for key in side} == set(layout.boxes)


def test_an_officers_override_is_marked_on_the_paper(facts: DocumentFacts) -> None:
    """F55: a place that breaks a rule by an officer's decision carries a mark, and the rule stands below."""
    stages = tuple(s.model_copy(update={"waived": ("H05",)}) for s in full_plan().stages)
    words = _words(full_case(plan=full_plan(stages=stages)), facts)
    assert "◆" in words and matching_rules()["H05"].label_ja in words
    assert "◆" not in _words(full_case(), facts)
