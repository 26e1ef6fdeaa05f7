"""Foreign tables: columns are proposed, the answer is kept as data, and the table is known next time."""

from pathlib import Path

import pytest

from bcp_kit.access.policy import Role
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import Person
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.intake.inspection import inspect
from bcp_kit.intake.profiles import Profile, profile_text, read_profile
from bcp_kit.services.base import Context
from bcp_kit.services.importing import import_inspection, inspect_file
from bcp_kit.services.mapping_profiles import (
    export_profile,
    list_profiles,
    mapped_columns,
    preview,
    propose_mapping,
    remove_profile,
    save_profile,
    unit_in,
    untranslated,
)
from tests.intake.conftest import TODAY, context_for, csv_bytes

ROWS = (
    ("みどり町　要配慮者台帳", "", "", "", "", "", ""),
    ("整理No.", "対象者のお名前", "お名前のよみ", "生まれた日", "お住まい", "ご自宅TEL", "車イス使用"),
    ("12", "青葉　花子", "あおば　はなこ", "S12.3.4", "みどり町本町1-2-3", "0000-00-0001", "あり"),
    ("13", "若葉　次郎", "わかば　じろう", "昭和20年1月2日", "みどり町中央2", "", "なし"),
)
SHELTER_ROWS = (
    ("拠点", "場所（番地まで）", "タイプ", "広さ（坪）", "すぐ行ける", "予備"),
    ("みどり苑", "みどり町3", "協定", "100", "OK", ""),
    ("みどり会館", "みどり町4", "一次", "", "NG", "x"),
)
SHELTERS = Profile(
    name="みどり町の拠点",
    kind=SheetKind.SHELTERS,
    headings=SHELTER_ROWS[0],
    fields={
        "拠点": "name",
        "場所（番地まで）": "address",
        "タイプ": "kind",
        "広さ（坪）": "area_m2",
        "すぐ行ける": "direct_evacuation",
    },
    values={
        "kind": {"協定": "協定等による福祉避難所", "一次": "一般の避難所"},
        "direct_evacuation": {"ok": "可", "NG": "不可"},
    },
    constants={"municipality": "みどり町"},
    units={"area_m2": "坪"},
)


def test_headings_are_proposed_with_examples(ctx: Context) -> None:
    """A register that nobody knows gets its columns proposed from words and values, with examples."""
    found = inspect(csv_bytes(ROWS), "台帳.csv", TODAY)
    (table,) = found.unmapped
    proposal = propose_mapping(ctx, table)
    keys = {h.heading: h.key for h in proposal.headings}
    assert proposal.kind is SheetKind.PEOPLE and table.rows == 2
    assert keys["対象者のお名前"] == "name" and keys["生まれた日"] == "birth_date"
    assert proposal.headings[1].examples == ("青葉　花子", "若葉　次郎")


def test_a_profile_reads_what_it_was_made_for() -> None:
    """Translations, units, one municipality for all and made numbers: the rows come as shelters."""
    found = inspect(csv_bytes(SHELTER_ROWS), "a.csv", TODAY, profiles=(SHELTERS,))
    first, second = found.objects(Shelter)
    assert (first.kind, second.kind) == (DestinationKind.AGREEMENT_WELFARE, DestinationKind.GENERAL)
    assert first.area_m2 == pytest.approx(330.5785) and second.area_m2 is None
    assert (first.direct_evacuation, second.direct_evacuation) == (Known.YES, Known.NO)
    assert first.municipality == "みどり町" and first.id and first.id != second.id
    assert not [p for _, p in found.findings() if p.severity == "error"]


def test_the_findings_speak_of_the_headings_of_the_file() -> None:
    """A wrong cell is named by the row and heading that the user sees in the file."""
    rows = (*SHELTER_ROWS, ("みどり荘", "みどり町5", "三次", "10", "", ""))
    found = inspect(csv_bytes(rows), "a.csv", TODAY, profiles=(SHELTERS,))
    (error,) = [p for _, p in found.findings() if p.severity == "error"]
    assert (error.row, error.column, error.value) == (4, "タイプ", "三次")


def test_order_and_further_columns_do_not_matter() -> None:
    """The profile fits a table with its headings in another order and a column more, not with one less."""
    turned = [(*tuple(reversed(row)), "新しい列") for row in SHELTER_ROWS]
    assert len(inspect(csv_bytes(turned), "a.csv", TODAY, profiles=(SHELTERS,)).objects(Shelter)) == 2
    fewer = [row[:4] for row in SHELTER_ROWS]
    assert not inspect(csv_bytes(fewer), "a.csv", TODAY, profiles=(SHELTERS,)).parts
    named = inspect(csv_bytes(fewer), "a.csv", TODAY, SHELTERS)
    assert len(named.objects(Shelter)) == 2


def test_a_profile_goes_out_and_comes_back_the_same() -> None:
    """What is exported can be shared and is read back identical."""
    assert read_profile(profile_text(SHELTERS).encode()) == SHELTERS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"- 1\n- 2",
        b"name: x",
        b"a: &a [x]\nb: [*a, *a]",
        b"!!python/object/apply:os.system ['true']",
        b"{" * 5_000,
        profile_text(SHELTERS).replace("area_m2", "no_such_column").encode(),
        profile_text(SHELTERS).replace("kind: shelters", "kind: rosters").encode(),
        b"x" * 300_000,
    ],
)
def test_what_is_no_profile_is_refused(content: bytes) -> None:
    """Anything else is refused with its code: no alias, no object, no unknown column gets in."""
    with pytest.raises(BcpKitError) as refused:
        read_profile(content)
    assert refused.value.code is ErrorCode.PROFILE_UNREADABLE


def test_a_kept_profile_is_used_next_time(ctx: Context, tmp_path: Path) -> None:
    """Saved, the profile is found by the headings; removed, the table is unknown again."""
    save_profile(ctx, SHELTERS)
    found = inspect_file(ctx, csv_bytes(SHELTER_ROWS), "a.csv")
    assert import_inspection(ctx, found).counts["shelters"].new == 2
    again = import_inspection(ctx, inspect_file(ctx, csv_bytes(SHELTER_ROWS), "b.csv"))
    assert again.counts["shelters"].unchanged == 2
    other = context_for(tmp_path / "other", Role.DISASTER_OFFICER)
    save_profile(other, read_profile(export_profile(ctx, SHELTERS.name)))
    assert list_profiles(other) == (SHELTERS,)
    remove_profile(ctx, SHELTERS.name)
    assert not inspect_file(ctx, csv_bytes(SHELTER_ROWS), "a.csv").parts


def test_only_who_may_import_may_keep_a_mapping(tmp_path: Path) -> None:
    """A manager cannot keep a mapping of the town's shelters."""
    manager = context_for(tmp_path, Role.FACILITY_MANAGER)
    with pytest.raises(BcpKitError) as refused:
        save_profile(manager, SHELTERS)
    assert refused.value.code is ErrorCode.ACTION_DENIED


def test_words_without_a_translation_are_listed_and_the_rows_previewed(ctx: Context) -> None:
    """The form can ask for a translation of each word, and shows the rows as they will be understood."""
    content = csv_bytes(SHELTER_ROWS)
    (table,) = inspect(content, "a.csv", TODAY).unmapped
    assert untranslated(ctx, table, SHELTERS)["kind"] == ("協定", "一次")
    rows = preview(inspect_file(ctx, content, "a.csv", SHELTERS), SHELTERS)
    assert [row.cells["kind"] for row in rows] == ["協定等による福祉避難所", "一般の避難所"]
    assert rows[0].cells["area_m2"] == "330.5785" and rows[0].errors == 0


def test_people_without_numbers_get_the_same_number_each_time(ctx: Context) -> None:
    """A list without register numbers is imported twice without doubling anybody."""
    heads = ("お名前", "お住まい", "メモ")
    profile = Profile(
        name="名簿", kind=SheetKind.PEOPLE, headings=heads, fields={"お名前": "name", "お住まい": "address"}
    )
    content = csv_bytes(
        [heads, ("青葉　花子", "みどり町1", "a"), ("青葉　花子", "みどり町1", "b"), ("", "", "c")]
    )
    first = inspect_file(ctx, content, "a.csv", profile)
    codes = [p.code for _, p in first.findings()]
    assert ErrorCode.LISTED_TWICE in codes and ErrorCode.REQUIRED_EMPTY in codes
    for _ in range(2):
        import_inspection(ctx, inspect_file(ctx, content, "a.csv", profile), accept_good_rows=True)
    with ctx.open_store() as uow:
        people: list[Person] = uow.people.list()
    assert [person.name for person in people] == ["青葉　花子"]


def test_headings_of_two_rows_are_joined() -> None:
    """A group over its columns stands before each of them, and repeated headings are told apart."""
    rows = [
        ("氏名", "連絡先", "", "希望"),
        ("", "電話", "電話", ""),
        ("青葉", "0000-00-0001", "0000-00-0002", "x"),
    ]
    (table,) = inspect(csv_bytes(rows), "a.csv", TODAY).unmapped
    assert table.headings == ("氏名", "連絡先 電話", "連絡先 電話（2）", "希望") and table.rows == 1


@pytest.mark.parametrize(
    ("heading", "key", "unit"),
    [
        ("広さ（坪）", "area_m2", "坪"),
        ("面積(㎡)", "area_m2", ""),
        ("発電機 kW", "backup_power_w", "kW"),
        ("発電機の出力（W）", "backup_power_w", ""),
        ("飲料水（m3）", "water_l", "m3"),
        ("fact", "water_l", ""),
    ],
)
def test_the_unit_of_a_heading_is_proposed(heading: str, key: str, unit: str) -> None:
    """A heading that names another unit than ours proposes it; letters of a word are no unit."""
    assert unit_in(heading, mapped_columns(SheetKind.SHELTERS)[key]) == unit
