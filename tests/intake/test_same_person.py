"""The same person written twice is proposed with points and reasons; two people are left alone (IN-6)."""

import random
from typing import Any

import pytest

from bcp_kit.intake import same_person
from bcp_kit.intake.identity_keys import address_key, kana_key, name_key, phone_keys
from bcp_kit.intake.same_person import Likeness, Pair, Traits, reason_words, same_people, traits
from bcp_kit.services.importing import inspect_file
from bcp_kit.services.importing_report import report_lines
from tests.intake.conftest import HEADINGS, csv_bytes

BASE = {
    "name": "髙﨑　花子",
    "name_kana": "タカサキ　ハナコ",
    "birth_date": "1937-03-04",
    "sex": "female",
    "address": "みどり町本町1丁目2番3号",
    "phone_home": "0123-45-6789",
}


def _pairs(*changes: dict[str, Any]) -> tuple[Pair, ...]:
    return same_people([traits(number, BASE | change) for number, change in enumerate(changes)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("山嵜", "山碕"),
        ("齋藤", "斎藤"),
        ("斉藤", "齊藤"),
        ("渡邊", "渡辺"),
        ("渡邉󠄁", "渡辺"),
        ("葛󠄀城", "葛城"),
        ("𠮷田", "吉田"),
        ("濵田　一", "浜田 一"),
        ("ﾔﾏﾀﾞ 太郎", "ヤマダ　太郎"),
        ("ジョン・スミス", "ジョン スミス"),
        ("青葉　花子（旧姓若葉）", "青葉花子"),
        ("國澤　榮一", "国沢栄一"),
    ],
)
def test_one_name_in_two_spellings(one: str, other: str) -> None:
    """Variant characters, selectors, widths, spaces, dots and brackets make no other name."""
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("青葉", "若葉"), ("伊藤", "伊東"), ("太郎", "大郎"), ("埼", "崎")]
)
def test_two_names_stay_two(one: str, other: str) -> None:
    """Names that only look or sound alike are not levelled."""
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("オオタ　ユウコ", "おおた ゆうこ"),
        ("オータ　ユーコ", "ｵｵﾀﾕｳｺ"),
        ("キョウコ", "キヨウコ"),
        ("コンドウ", "コンドー"),
        ("ヅカ", "ズカ"),
    ],
)
def test_one_reading_in_two_spellings(one: str, other: str) -> None:
    """Long vowels, small kana, width, kind of kana and ヅ/ズ make no other reading."""
    assert kana_key(one) == kana_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("本町1丁目2番3号", "本町1-2-3"),
        ("本町１－２－３", "本町一丁目二番三号"),
        ("本町二十三番地の4", "本町２３ー４"),
        ("大字本町字南5番地", "本町南5"),
        ("千代ヶ丘320", "千代ケ丘三百二十番地"),
        ("北二条西十丁目5番", "北2条西10丁目5"),
        ("神奈川県足柄下郡みどり町1の2", "みどり町1‐2"),
    ],
)
def test_one_address_in_two_spellings(one: str, other: str) -> None:
    """Numbers, dashes, 大字, ヶ and the prefecture make no other address."""
    assert address_key(one) == address_key(other)


def test_different_lots_stay_different() -> None:
    """Eleven-two is not one-twelve, and 23 is not 2-3."""
    assert len({address_key(a) for a in ("本町11-2", "本町1-12", "本町1-1-2", "本町112", "本町二三番")}) == 5


def test_phones_are_compared_by_digits() -> None:
    """Width and dashes do not count; numbers of one digit or too few digits tell nobody apart."""
    assert phone_keys("０１２３－４５－６７８９", "0123456789") == ("0123456789",)
    assert phone_keys("000-0000-0000", "45-6789") == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": "高崎花子", "address": "みどり町本町１ー２ー３"}, "name_variant"),
        ({"birth_date": None}, "address_same"),
        ({"address": "海町9", "phone_home": ""}, "birth_same"),
        ({"birth_date": "1937-04-03"}, "birth_close"),
        ({"name": "高崎　華子", "address": "海町9"}, "name_close"),
        ({"name": "若葉　花子", "name_kana": "ワカバ　ハナコ"}, "given_same"),
        ({"name": "青葉　京", "name_kana": "", "resident_no": "0007"}, "resident_same"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_person_is_proposed_with_the_reason(change: dict[str, Any], reason: str) -> None:
    """Each way of being written twice is found, with points from the threshold on and its reason in words."""
    other = {"resident_no": "7"} if reason == "resident_same" else {}
    (pair,) = _pairs(other, change)
    assert pair.likeness.score >= 60 and reason in pair.likeness.reasons
    assert len(reason_words(pair.likeness.reasons, "ja")) > 5


@pytest.mark.parametrize(
    "change",
    [
        {"name": "髙﨑　一郎", "name_kana": "タカサキ　イチロウ", "sex": "male", "birth_date": "1935-01-09"},
        {"name": "髙﨑　月子", "name_kana": "タカサキ　ツキコ"},
        {"birth_date": "1962-11-30", "phone_home": ""},
        {"resident_no": "8", "address": "海町9", "phone_home": ""},
        {"name": "若葉", "name_kana": "ワカバ", "birth_date": "1950-01-01"},
    ],
    ids=["spouse", "twin", "daughter of the same name", "other resident number", "neighbour"],
)
def test_two_people_are_not_proposed(change: dict[str, Any]) -> None:
    """Family at one address, twins, namesakes of another age or another resident number are two people."""
    assert _pairs({"resident_no": "7"}, change) == ()


def test_points_do_not_depend_on_the_order() -> None:
    """Shuffled records give the same pairs with the same points."""
    people = [
        traits(n, BASE | {"birth_date": f"19{30 + n % 5}-03-04", "name": f"髙﨑{n % 3}"}) for n in range(30)
    ]
    shuffled = list(people)
    random.Random(1).shuffle(shuffled)  # noqa: S311 - the same order each time
    pairs = [
        {(frozenset((p.first, p.second)), p.likeness) for p in same_people(listed)}
        for listed in (people, shuffled)
    ]
    assert pairs[0] == pairs[1] and pairs[0]


def test_the_work_grows_with_the_number_of_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five thousand records with one name and one birth date need a few comparisons each, not thousands."""
    compared = 0
    whole = same_person.likeness

    def counted(one: Traits, other: Traits) -> Likeness:
        nonlocal compared
        compared += 1
        return whole(one, other)

    monkeypatch.setattr(same_person, "likeness", counted)
    values = {"name": "不明", "birth_date": "1900-01-01"}
    crowd = [traits(n, values | {"address": f"本町{n}"}) for n in range(5000)]
    same_people(crowd)
    assert compared < 20_000


def test_the_report_says_points_and_reasons() -> None:
    """The finding of a row names the earlier row, the points and the reasons in words."""

    rows = [
        HEADINGS,
        ("1", "髙橋　一", "S12.3.4", "本町1丁目2番3号"),
        ("2", "高橋一", "1937/3/4", "本町1-2-3"),
    ]
    (line,) = report_lines(inspect_file(None, csv_bytes(rows), "a.csv"))
    assert (line.row, line.code) == (3, "I-302")
    assert "2行目" in line.what and "点：生年月日が同じ、氏名が異体字" in line.what
