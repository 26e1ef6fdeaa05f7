"""Single cells: dates, numbers, words, phone numbers, readings; mended only where certain."""

from datetime import date

import pytest

from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.forms.sheets import Column, ColumnType, SheetKind, guard_cell, sheet, unguard_cell
from bcp_kit.intake.parsed import Cell, Parsed
from bcp_kit.intake.table import CellNature
from bcp_kit.intake.values import PARSERS, parse
from tests.intake.conftest import TODAY


def _read(kind: ColumnType, text: str, nature: CellNature | None = None, **settings: object) -> Parsed:
    column = Column.model_validate({"key": "k", "heading": "列", "type": kind, **settings})
    return parse(Cell(text, nature, TODAY), column)


def _codes(parsed: Parsed) -> list[ErrorCode]:
    return [finding.code for finding in parsed.findings]


def test_every_column_type_has_a_parser() -> None:
    """No type of column is left without a way to read it."""
    assert set(PARSERS) == set(ColumnType)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("2026/1/2", date(2026, 1, 2)),
        ("2026年1月2日", date(2026, 1, 2)),
        ("20260102", date(2026, 1, 2)),
        ("２０２６．１．２", date(2026, 1, 2)),
        ("2026-11-23 00:00:00", date(2026, 11, 23)),
        ("R8.11.23", date(2026, 11, 23)),
        ("Ｓ２０／１／１", date(1945, 1, 1)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("令8年1月5日", date(2026, 1, 5)),
        ("令和元年5月1日（水）", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("S120304", date(1937, 3, 4)),
        ("大正10年2月3日", date(1921, 2, 3)),
        ("明治45年7月29日", date(1912, 7, 29)),
    ],
)
def test_dates_of_every_writing_are_read(text: str, day: date) -> None:
    """Western and era dates, in any width, are read without remark."""
    assert _read(ColumnType.DATE, text) == Parsed(day)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("平成31年5月1日", ErrorCode.DATE_OUTSIDE_ERA),
        ("昭和64年1月8日", ErrorCode.DATE_OUTSIDE_ERA),
        ("2026-02-30", ErrorCode.DATE_UNREADABLE),
        ("2026111", ErrorCode.DATE_UNREADABLE),
        ("37/3/4", ErrorCode.DATE_UNREADABLE),
        ("昭和12年", ErrorCode.DATE_UNREADABLE),
        ("きのう", ErrorCode.DATE_UNREADABLE),
        ("1850-01-01", ErrorCode.DATE_TOO_OLD),
        ("2026-11-24", ErrorCode.DATE_IN_FUTURE),
    ],
)
def test_dates_that_cannot_be_are_refused(text: str, code: ErrorCode) -> None:
    """Days that do not exist, lie outside of their era or in the future are refused."""
    parsed = _read(ColumnType.DATE, text, past=True)
    assert _codes(parsed) == [code] and parsed.value is None


def test_numbers_of_days_are_read_with_a_remark() -> None:
    """Excel's number of a day is read: told when Excel held a number, doubted in a text file."""
    held = _read(ColumnType.DATE, "13578", CellNature.NUMBER)
    written = _read(ColumnType.DATE, "13578")
    assert held.value == written.value == date(1937, 3, 4)
    assert [f.severity for f in (*held.findings, *written.findings)] == [Severity.NOTICE, Severity.WARNING]


@pytest.mark.parametrize(
    ("text", "value", "codes"),
    [
        ("12", 12, []),
        ("1,089", 1089, []),
        ("50,700 ", 50700, []),
        ("1,089人", 1089, [ErrorCode.NUMBER_MENDED]),
        ("１２", 12, [ErrorCode.NUMBER_MENDED]),
        ("約５０名", 50, [ErrorCode.NUMBER_ROUGH]),
        ("50人程度", 50, [ErrorCode.NUMBER_ROUGH]),
        ("指定なし", None, []),
        ("-1", None, []),
        ("－", None, []),
        ("不明", None, []),
        ("", None, []),
        ("10～20", None, [ErrorCode.NUMBER_UNREADABLE]),
        ("1,08", None, [ErrorCode.NUMBER_UNREADABLE]),
        ("たくさん", None, [ErrorCode.NUMBER_UNREADABLE]),
        ("1.5", None, [ErrorCode.NUMBER_NOT_WHOLE]),
        ("99999", None, [ErrorCode.NUMBER_OUT_OF_RANGE]),
    ],
)
def test_whole_numbers(text: str, value: int | None, codes: list[ErrorCode]) -> None:
    """Units, widths and 約 are read with a remark; unknown is None and never zero."""
    limit = 60_000
    assert (p := _read(ColumnType.INTEGER, text, min=0, max=limit)).value == value and _codes(p) == codes


def test_no_capacity_is_unknown_and_zero_elsewhere_is_zero() -> None:
    """A capacity of 0 means that nobody stated one; other zeros are zeros."""
    capacity = _read(ColumnType.CAPACITY, "0")
    assert capacity.value is None and _codes(capacity) == [ErrorCode.CAPACITY_UNKNOWN]
    assert _read(ColumnType.INTEGER, "0").value == 0


@pytest.mark.parametrize(
    ("text", "known"), [("○", "yes"), ("有", "yes"), ("内", "yes"), ("×", "no"), ("無", "no")]
)
def test_words_for_yes_no_and_unknown(text: str, known: str) -> None:
    """有 無 ○ × and their kin are read; 未確認 is neither."""
    assert _read(ColumnType.KNOWN, text).value == Known(known)
    assert _read(ColumnType.KNOWN, "未確認").value is Known.UNKNOWN
    assert _codes(_read(ColumnType.KNOWN, "たぶん")) == [ErrorCode.WORD_UNKNOWN]


def test_needs_are_read_by_label_key_and_alias() -> None:
    """Labels that hold the separator, keys and everyday names all lead to the need's key."""
    text = "要介護３、音声・言語障害（3・4級）、失語，透析,ventilator_tppv、胃ろう"
    expected = ("care_level_3", "speech", "dialysis_hd", "ventilator_tppv", "tube_feeding")
    assert _read(ColumnType.NEEDS, text) == Parsed(expected)


def test_an_unknown_need_is_refused_with_what_is_near() -> None:
    """A need that does not exist is named, with similar ones."""
    parsed = _read(ColumnType.NEEDS, "要介護3、要介護九")
    assert _codes(parsed) == [ErrorCode.NEED_UNKNOWN] and parsed.value is None
    assert parsed.findings[0].values["word"] == "要介護九" and "要介護" in str(
        parsed.findings[0].values["near"]
    )


@pytest.mark.parametrize(
    "name", ["葛󠄀城　太郎", "𠮷田　花子", "髙﨑", "ﾊﾝｶｸ太郎", "Ａ棟　①号", "  前に空白", "渡邉󠄁"]
)
def test_names_stay_as_typed(name: str) -> None:
    """Variants, selectors, widths and blanks of a name are kept exactly."""
    assert _read(ColumnType.TEXT, name) == Parsed(name)


@pytest.mark.parametrize("text", ["青\ufffd葉", "a\x07b", "a\u202eb", "\ud800"])
def test_broken_texts_are_refused(text: str) -> None:
    """Lost characters, control characters and direction marks are refused."""
    assert _codes(_read(ColumnType.TEXT, text)) == [ErrorCode.TEXT_BROKEN]


def test_texts_that_excel_turned_are_refused() -> None:
    """A date in a text column and a number with exponent are refused: the original is lost."""
    assert _codes(_read(ColumnType.TEXT, "2001-02-03", CellNature.DATE)) == [ErrorCode.TEXT_LOST_TO_EXCEL]
    assert _codes(_read(ColumnType.TEXT, "1.23E+11")) == [ErrorCode.TEXT_LOST_TO_EXCEL]


@pytest.mark.parametrize(
    ("text", "kana", "codes"),
    [
        ("アオバ　ハナコ", "アオバ　ハナコ", []),
        ("あおば はなこ", "アオバ ハナコ", [ErrorCode.KANA_MENDED]),
        ("ｱｵﾊﾞ ﾊﾅｺ", "アオバ ハナコ", [ErrorCode.KANA_MENDED]),
        ("青葉", "青葉", [ErrorCode.KANA_UNREADABLE]),
    ],
)
def test_readings_become_katakana(text: str, kana: str, codes: list[ErrorCode]) -> None:
    """Hiragana and half-width kana are turned with a notice; anything else is kept with a warning."""
    assert (p := _read(ColumnType.KANA, text)).value == kana and _codes(p) == codes


@pytest.mark.parametrize(
    ("text", "value", "codes"),
    [
        ("0467-22-1234", "0467-22-1234", []),
        ("０９０－１２３４－５６７８", "０９０－１２３４－５６７８", []),
        ("0467-22-1234、090-1234-5678", "0467-22-1234、090-1234-5678", []),
        ("9012345678", "09012345678", [ErrorCode.ZERO_RESTORED]),
        ("12345", "12345", [ErrorCode.PHONE_UNUSUAL]),
        ("+81 467 22 1234", "+81 467 22 1234", []),
    ],
)
def test_phone_numbers_stay_as_typed(text: str, value: str, codes: list[ErrorCode]) -> None:
    """A phone number is kept; a zero comes back only where the number is valid with it."""
    assert (p := _read(ColumnType.PHONE, text)).value == value and _codes(p) == codes


@pytest.mark.parametrize(
    ("text", "nature", "value", "codes"),
    [
        ("060-0001", None, "060-0001", []),
        ("〒060ー0001", None, "060-0001", []),
        ("600001", CellNature.NUMBER, "0600001", [ErrorCode.ZERO_RESTORED]),
        ("600001", None, "600001", [ErrorCode.DIGITS_WRONG]),
    ],
)
def test_postal_codes(text: str, nature: CellNature | None, value: str, codes: list[ErrorCode]) -> None:
    """A zero is restored only where Excel held a number; else the code is kept with a warning."""
    assert (p := _read(ColumnType.POSTAL, text, nature)).value == value and _codes(p) == codes


def test_an_empty_required_cell_is_refused() -> None:
    """Nothing in a required column is an error, elsewhere it is unknown."""
    assert _codes(_read(ColumnType.TEXT, " ", required=True)) == [ErrorCode.REQUIRED_EMPTY]
    assert _read(ColumnType.TEXT, "　") == Parsed()


@pytest.mark.parametrize("kind", list(SheetKind))
def test_every_example_of_our_sheets_reads_without_error(kind: SheetKind) -> None:
    """What a form shows as example is what it accepts."""
    for column in sheet(kind).expanded():
        if column.example:
            parsed = parse(Cell(column.example, None, TODAY), column)
            assert not parsed.findings, (column.heading, parsed.findings)


@pytest.mark.parametrize(
    "text", ["=1", "'=1", "''@x", "-1", "-1+2", "+81", "\t=1", "\nx", "＝1", "　=1", "a", "'a", ""]
)
def test_guarding_a_cell_is_undone_exactly(text: str) -> None:
    """An apostrophe is added where a spreadsheet might run the text, and taken off again."""
    assert unguard_cell(guard_cell(text)) == text


@pytest.mark.parametrize(
    ("text", "day", "codes"),
    [
        ("昭和12年3月4日生", date(1937, 3, 4), []),
        ("S12.3.4生まれ", date(1937, 3, 4), []),
        ("昭和12年3月4日（満89歳）", date(1937, 3, 4), []),
        ("1937年（昭和12年）3月4日", date(1937, 3, 4), []),
        ("昭和12年（1937年）3月4日", date(1937, 3, 4), []),
        ("1937/3/4（昭和12年3月4日）", date(1937, 3, 4), []),
        ("1937/3/4（昭和13年3月4日）", None, [ErrorCode.DATE_UNREADABLE]),
        ("平3/4/5", date(1991, 4, 5), []),
        ("令元.5.1", date(2019, 5, 1), []),
        ("㍼12年3月4日", date(1937, 3, 4), []),
        ("3120304", date(1937, 3, 4), [ErrorCode.DATE_FROM_ERA_CODE]),
        ("昭和12年3月00日", None, [ErrorCode.DATE_INCOMPLETE]),
        ("1937-00-00", None, [ErrorCode.DATE_INCOMPLETE]),
        ("昭和12年3月不詳日", None, [ErrorCode.DATE_INCOMPLETE]),
        ("99999999", None, [ErrorCode.DATE_INCOMPLETE]),
        ("不詳", None, []),
    ],
)
def test_dates_of_registers(text: str, day: date | None, codes: list[ErrorCode]) -> None:
    """Ages and two calendars that agree are passed over; a day that is called unknown is unknown."""
    assert (p := _read(ColumnType.DATE, text, past=True)).value == day and _codes(p) == codes


@pytest.mark.parametrize(
    ("text", "value", "codes", "told"),
    [
        ("200（車いす10）", 200, [ErrorCode.NUMBER_WITH_NOTE], {"number": 200, "note": "車いす10"}),
        ("200人（うち要配慮者20人）", 200, [ErrorCode.NUMBER_WITH_NOTE], {}),
        ("150（200）", None, [ErrorCode.CAPACITY_UNREADABLE], {}),
        ("100～150", None, [ErrorCode.CAPACITY_SPAN], {"low": 100, "high": 150}),
        ("1,000人〜1,500人", None, [ErrorCode.CAPACITY_SPAN], {"low": 1000, "high": 1500}),
        ("体育館200 校舎150", None, [ErrorCode.CAPACITY_PARTS], {"parts": "200 + 150", "sum": 350}),
        ("体育館：200人、校舎：150人", None, [ErrorCode.CAPACITY_PARTS], {"sum": 350}),
        ("体育館200人校舎150人", None, [ErrorCode.CAPACITY_PARTS], {"sum": 350}),
        ("1階100 2階50", None, [ErrorCode.CAPACITY_PARTS], {"sum": 150}),
        ("約300名", 300, [ErrorCode.NUMBER_ROUGH], {}),
        ("たくさん", None, [ErrorCode.CAPACITY_UNREADABLE], {}),
        ("-5", None, [ErrorCode.CAPACITY_UNREADABLE], {}),
        ("要相談", None, [], {}),
        ("なし", None, [], {}),
        ("0人", None, [ErrorCode.CAPACITY_UNKNOWN], {}),
        ("①", 1, [ErrorCode.NUMBER_MENDED], {}),
    ],
)
def test_capacities_are_one_number_or_unknown(
    text: str, value: int | None, codes: list[ErrorCode], told: dict[str, object]
) -> None:
    """Parts and spans are only proposed; what is no number never keeps a place out of the list."""
    parsed = _read(ColumnType.CAPACITY, text, min=0)
    assert parsed.value == value and _codes(parsed) == codes
    assert not any(f.severity is Severity.ERROR for f in parsed.findings)
    assert told.items() <= {k: v for f in parsed.findings for k, v in f.values.items()}.items()


@pytest.mark.parametrize(
    ("kind", "text", "degrees", "codes"),
    [
        (ColumnType.LATITUDE, "35.209583", 35.209583, []),
        (ColumnType.LATITUDE, "３５．２０９５８３", 35.209583, []),
        (ColumnType.LATITUDE, "35°12'34.5\"", 35.209583, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LATITUDE, "35度12分34.5秒", 35.209583, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LATITUDE, "北緯35度12分34.5秒", 35.209583, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LATITUDE, "N35.12.34.5", 35.209583, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LATITUDE, "35:12:34.5", 35.209583, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LATITUDE, "35 12 34.5", 35.209583, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LATITUDE, "351234.5", 35.209583, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LATITUDE, "351234", 35.209444, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LATITUDE, "126754.5", 35.209583, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LATITUDE, "126754500", 35.209583, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LONGITUDE, "1394112.3", 139.686750, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LONGITUDE, "E139-41-12.3", 139.686750, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LONGITUDE, "東経139°41.205′", 139.686750, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LONGITUDE, "139.68675E", 139.686750, [ErrorCode.DEGREES_MENDED]),
        (ColumnType.LATITUDE, "0", None, [ErrorCode.PLACE_ZERO]),
        (ColumnType.LATITUDE, "0.000000", None, [ErrorCode.PLACE_ZERO]),
        (ColumnType.LATITUDE, "356134.5", None, [ErrorCode.DEGREES_UNREADABLE]),
        (ColumnType.LATITUDE, "35°72'34\"", None, [ErrorCode.DEGREES_UNREADABLE]),
        (ColumnType.LATITUDE, "35.2,139.6", None, [ErrorCode.DEGREES_UNREADABLE]),
        (ColumnType.LATITUDE, "役場の前", None, [ErrorCode.DEGREES_UNREADABLE]),
    ],
)
def test_degrees_of_every_writing(
    kind: ColumnType, text: str, degrees: float | None, codes: list[ErrorCode]
) -> None:
    """Degrees, minutes and seconds are read where they can be nothing else, with notice; 0 is unknown."""
    parsed = _read(kind, text)
    assert _codes(parsed) == codes
    assert parsed.value == (None if degrees is None else pytest.approx(degrees, abs=1e-6))


@pytest.mark.parametrize(
    ("text", "code", "codes"),
    [
        ("13101", "13101", []),
        ("131016", "13101", []),
        ("１３１０１６", "13101", []),
        ("011002", "01100", []),
        ("1100", "01100", [ErrorCode.ZERO_RESTORED]),
        ("131017", "131017", [ErrorCode.MUNICIPALITY_UNREADABLE]),
        ("99999", "99999", [ErrorCode.MUNICIPALITY_UNREADABLE]),
        ("11002", "11002", [ErrorCode.MUNICIPALITY_UNREADABLE]),
        ("千代田区", "千代田区", [ErrorCode.MUNICIPALITY_UNREADABLE]),
    ],
)
def test_codes_of_municipalities(text: str, code: str, codes: list[ErrorCode]) -> None:
    """Five and six digits give one code; the check digit is verified; two possible codes are none."""
    assert (p := _read(ColumnType.MUNICIPALITY, text)).value == code and _codes(p) == codes
