"""Lists of the known families as other municipalities publish them: other order, headings, marks, rows."""

import json
from collections.abc import Sequence

import pytest

from bcp_kit.domain.base import Known
from bcp_kit.domain.candidates import FacilityCandidate
from bcp_kit.domain.emergency_sites import EmergencySite
from bcp_kit.domain.errors import ErrorCode
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.intake.inspection import Inspection, inspect
from tests.intake.conftest import TODAY, csv_bytes

GENERAL, DESIGNATED, AGREEMENT = (
    DestinationKind.GENERAL,
    DestinationKind.DESIGNATED_WELFARE,
    DestinationKind.AGREEMENT_WELFARE,
)


_TOKYO_MARKS = ("エレベーター有/\n避難スペースが１階", "スロープ等", "点字ブロック", "車椅子使用者対応トイレ")
_TOKYO_SITES = ("洪水", "崖崩れ・土石流及び地滑り", "地震", "指定避難所との重複", "スロープ等")


def _read(headings: Sequence[str], *rows: Sequence[object]) -> Inspection:
    found = inspect(csv_bytes([headings, *rows]), "一覧.csv", TODAY)
    assert not [p for _, p in found.findings() if p.severity == "error"], found.findings()
    return found


def _layout(found: Inspection) -> str:
    (part,) = found.parts
    return part.layout


@pytest.mark.parametrize("heading", ["施設・場所名", "施設名", "名称", "避難所名", "施設名称"])
def test_designated_shelters_under_any_heading_and_order(heading: str) -> None:
    """The national layout is told with renamed, moved and extra columns; a filled 受入対象者 is welfare."""
    found = _read(
        ["緯度", "地区", heading, "受入対象者", "経度", "共通ID", "所在地"],
        ["35.1", "北", "みどり小学校", "", "139.1", "E9999900001111", "みどり町1"],
        ["35.2", "北", "みどり苑", "要介護高齢者", "139.2", "E9999900002121", "みどり町2"],
    )
    assert _layout(found) == "gsi_designated"
    assert [(s.id, s.kind, s.address) for s in found.objects(Shelter)] == [
        ("E9999900001111", GENERAL, "みどり町1"),
        ("E9999900002121", DESIGNATED, "みどり町2"),
    ]


@pytest.mark.parametrize("mark", ["1", "○", "〇", "◯", "該当", "１", " 1 ", "有"])
@pytest.mark.parametrize("prefix", ["", "災害種別_"])
def test_hazard_marks_of_all_kinds(mark: str, prefix: str) -> None:
    """A hazard is marked by 1, circles or 該当; 0, × and an empty cell mark nothing."""
    hazards = [prefix + h for h in ("洪水", "崖崩れ、土石流及び地滑り", "地震", "津波", "大規模な火事")]
    found = _read(
        ["名称", "所在地", *hazards, "共通ID", "緯度", "経度"],
        ["みどり公園", "みどり町1", mark, "0", "", "×", mark, "E9999900001201", "35.1", "139.1"],
    )
    (site,) = found.objects(EmergencySite)
    assert site.designated_for == ("river_flood", "large_fire") and site.id == "E9999900001201"


def test_a_mark_that_says_neither_is_named() -> None:
    """A triangle is neither yes nor no: it is named with row and column, and marks nothing."""
    found = _read(["名称", "住所", "洪水", "地震"], ["みどり公園", "みどり町1", "△", "○"])
    (site,) = found.objects(EmergencySite)
    assert site.designated_for == ("earthquake",)
    named = [(p.code, p.row, p.column, p.value) for _, p in found.findings()]
    assert (ErrorCode.MARK_UNKNOWN, 2, "洪水", "△") in named


def test_one_school_listed_twice_is_one_site_with_two_roles() -> None:
    """A school as 指定避難所 and as 指定緊急避難場所 gives a shelter and a site of one building."""
    found = _read(
        ["種別", "施設名", "住所", "緯度", "経度", "収容人数"],
        ["指定避難所", "みどり小学校", "みどり町1-1", "35.1", "139.1", "300"],
        ["指定緊急避難場所", "みどり小学校", "みどり町1-1", "35.1", "139.1", "1,200"],
        ["指定避難所", "わかば小学校", "みどり町9-1", "35.3", "139.3", "約200人"],
    )
    (site,) = found.objects(EmergencySite)
    first, second = found.objects(Shelter)
    assert first.site_id and first.site_id == site.site_id and not second.site_id
    assert (first.capacity_people, site.capacity_people, second.capacity_people) == (300, 1200, 200)


def test_flags_of_designation_give_each_role() -> None:
    """Circles under 指定避難所, 指定緊急避難場所 and 福祉避難所 give as many roles of one site."""
    found = _read(
        ["避難所名", "所在地", "指定緊急避難場所", "指定避難所", "福祉避難所", "洪水", "地震"],
        ["みどり小学校", "みどり町1", "○", "○", "", "", "○"],
        ["みどり苑", "みどり町2", "", "", "○", "", ""],
        ["みどり広場", "みどり町3", "○", "", "", "○", ""],
    )
    shelters = {(s.name, s.kind) for s in found.objects(Shelter)}
    assert shelters == {("みどり小学校", GENERAL), ("みどり苑", AGREEMENT)}
    assert [s.designated_for for s in found.objects(EmergencySite)] == [("earthquake",), ("river_flood",)]


def test_the_municipal_standard_with_its_overlap() -> None:
    """重複 is kept as a remark, alone it makes a shelter; a publisher's row number is no id of ours."""
    head = ["ID", "名称", "所在地_都道府県", "所在地_市区町村", "所在地_番地以下", "緯度", "経度"]
    found = _read(
        [*head, "災害種別_洪水", "災害種別_地震", "指定避難所との重複", "想定収容人数"],
        [
            "1",
            "中央小学校グラウンド",
            "みどり県",
            "みどり市中央1-29",
            "",
            "35.1",
            "139.1",
            "1",
            "1",
            "1",
            "900",
        ],
        ["2", "中央公園", "みどり県", "みどり市", "中央2-1", "35.2", "139.2", "", "1", "", "50,700 "],
        ["3", "中央会館", "みどり県", "みどり市", "中央3-1", "35.3", "139.3", "", "", "1", "200"],
    )
    assert _layout(found) == "ods_emergency"
    (shelter,) = found.objects(Shelter)
    sites = found.objects(EmergencySite)
    assert shelter.name == "中央会館" and shelter.capacity_people == 200
    assert [s.address for s in sites] == ["みどり県みどり市中央1-29", "みどり県みどり市中央2-1"]
    assert all(s.id not in ("1", "2") for s in sites) and sites[1].capacity_people == 50_700
    assert sites[0].note == "指定避難所との重複：1" and sites[0].capacity_people == 900


def test_the_lists_of_tokyo_with_their_barrier_free_marks() -> None:
    """Circles become features, empty cells stay unknown, and what has no field is kept in the remark."""
    found = _read(
        [
            "避難所_施設名称",
            "地方公共団体コード",
            "指定市区町村名",
            "所在地住所",
            "緯度",
            "経度",
            "エレベーター有/\n避難スペースが１階",
            "スロープ等",
            "点字ブロック",
            "車椅子使用者対応トイレ",
            "その他",
        ],
        [
            "みどり小学校",
            "131016",
            "みどり区",
            "東京都みどり区1",
            "35.6",
            "139.7",
            "○",
            "○",
            "",
            "×",
            "多目的室",
        ],
    )
    (shelter,) = found.objects(Shelter)
    assert _layout(found) == "tokyo_shelters" and shelter.municipality == "みどり区"
    assert shelter.features == {"step_free_entrance": Known.YES, "accessible_toilet": Known.NO}
    assert "避難スペースが１階：○" in shelter.note and "その他：多目的室" in shelter.note


def test_the_sites_of_tokyo() -> None:
    """施設名 with hazard columns and barrier-free columns is the list of emergency sites."""
    found = _read(
        [
            "施設名",
            "区市町村コード",
            "区市町村",
            "所在地住所",
            "緯度",
            "経度",
            "洪水",
            "崖崩れ・土石流及び地滑り",
            "地震",
            "指定避難所との重複",
            "スロープ等",
        ],
        ["みどり公園", "13101", "みどり区", "東京都みどり区1", "35.6", "139.7", "", "○", "○", "", ""],
    )
    (site,) = found.objects(EmergencySite)
    assert _layout(found) == "tokyo_emergency" and site.designated_for == ("landslide", "earthquake")


def test_national_land_numerical_data() -> None:
    """P20 attribute codes: capacity -1 is unknown, the type decides the role, flags are kept in words."""
    rows = [
        ("みどり小学校", "指定避難所、収容避難所", 300, 1),
        ("みどり公園", "広域避難場所", -1, 1),
        ("みどり苑", "福祉避難所", 0, 0),
    ]
    features = [
        {
            "type": "Feature",
            "properties": {
                "P20_001": "99999",
                "P20_002": name,
                "P20_003": f"みどり町{i}",
                "P20_004": kind,
                "P20_005": people,
                "P20_006": -1,
                "P20_007": flag,
                "P20_008": 0,
                "P20_009": 0,
                "P20_012": 0,
            },
            "geometry": {"type": "Point", "coordinates": [139.1 + i / 10, 35.1]},
        }
        for i, (name, kind, people, flag) in enumerate(rows)
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    found = inspect(content, "P20.geojson", TODAY)
    shelters, (site,) = found.objects(Shelter), found.objects(EmergencySite)
    assert found.good_rows == 3 and _layout(found) == "national_2012"
    assert [(s.kind, s.capacity_people) for s in shelters] == [(GENERAL, 300), (AGREEMENT, None)]
    assert site.capacity_people is None and site.designated_for == ("earthquake",)
    assert "地震" in shelters[0].note


def test_headings_in_two_rows() -> None:
    """A group over its columns, merged or not, is read with them; the first name is no heading."""
    rows = [
        ["みどり市避難所一覧", "", "", "", "", "", "", ""],
        ["施設名", "所在地", "位置", "", "災害種別", "", "", "収容人数"],
        ["", "", "緯度", "経度", "洪水", "地震", "津波", ""],
        ["みどり公園", "みどり町1", "35.1", "139.1", "○", "", "○", "500"],
        ["わかば公園", "みどり町2", "35.2", "139.2", "", "○", "", ""],
    ]
    found = inspect(csv_bytes(rows), "a.csv", TODAY)
    sites = found.objects(EmergencySite)
    assert [s.designated_for for s in sites] == [("river_flood", "tsunami"), ("earthquake",)]
    assert sites[0].location is not None and sites[0].capacity_people == 500


def test_a_column_is_told_by_what_stands_in_it() -> None:
    """A heading that nobody knows is 種別 when its values speak of shelters."""
    found = _read(
        ["name", "address", "category2", "category3", "lat", "lon"],
        ["みどり小学校", "みどり町1", "広域避難場所", "全災害", "35.1", "139.1"],
        ["わかば小学校", "みどり町2", "福祉避難所", "地震", "35.2", "139.2"],
    )
    (site,), (shelter,) = found.objects(EmergencySite), found.objects(Shelter)
    assert len(site.designated_for) == 8 and shelter.kind is AGREEMENT


def test_care_services() -> None:
    """The national list of care services gives candidates: service, category, number, places, point."""
    found = _read(
        [
            "事業所番号",
            "定員",
            "サービスの種類",
            "事業所名",
            "住所",
            "経度",
            "緯度",
            "法人の名称",
            "市区町村名",
        ],
        [
            "0112345678",
            "0",
            "特定施設入居者生活介護（有料老人ホーム）",
            "みどり苑",
            "みどり市1",
            "139.1",
            "35.1",
            "みどり会",
            "みどり市",
        ],
        [
            "0112345678",
            "30",
            "小規模多機能型居宅介護",
            "みどり苑",
            "みどり市1",
            "0",
            "0",
            "みどり会",
            "みどり市",
        ],
        [
            "0112345679",
            "",
            "看護小規模多機能型居宅介護（複合型サービス）",
            "わかば",
            "みどり市2",
            "139.1",
            "35.1",
            "",
            "",
        ],
    )
    first, second, third = found.objects(FacilityCandidate)
    assert found.kinds() == {"facility_candidates"} and first.id != second.id
    assert (first.service_key, first.category, first.beds) == (
        "tokutei",
        ServiceCategory.CARE_RESIDENTIAL,
        None,
    )
    assert (second.service_key, second.beds, second.location) == ("shoukibo", 30, None)
    assert third.service_key == "kanta" and first.office_number == "0112345678"


def test_disability_services_put_their_address_together() -> None:
    """City and rest become one address, without the city twice."""
    head = [
        "法人の名称",
        "サービス種別",
        "事業所の名称",
        "事業所番号",
        "事業所住所（市区町村）",
        "事業所住所（番地以降）",
    ]
    found = _read(
        [*head, "事業所緯度", "事業所経度", "定員"],
        [
            "みどり会",
            "就労継続支援Ｂ型",
            "わかば",
            "1312345678",
            "東京都三鷹市",
            "三鷹市大沢1-2",
            "35.1",
            "139.1",
            "20",
        ],
        ["みどり会", "共同生活援助", "あおば", "1312345679", "東京都三鷹市", "大沢1-2", "35.1", "139.1", ""],
    )
    first, second = found.objects(FacilityCandidate)
    assert first.address == second.address == "東京都三鷹市大沢1-2"
    assert (first.service_key, second.service_key, first.beds) == ("shuro_b", "gh_dis", 20)


def test_hospitals() -> None:
    """A list of medical institutions gives candidates for the fifth kind of destination."""
    found = _read(
        ["ID", "正式名称", "機関区分", "所在地", "所在地座標（緯度）", "所在地座標（経度）", "合計病床数"],
        ["1311137100001", "みどり病院", "病院", "みどり市1", "35.1", "139.1", "120"],
    )
    (candidate,) = found.objects(FacilityCandidate)
    assert candidate.hospital and candidate.beds == 120 and candidate.category is None


@pytest.mark.parametrize("service", ["名称", "住所"])
def test_what_is_no_list_of_places_stays_unknown(service: str) -> None:
    """Tables with names but without any sign of shelters or services are not guessed at."""
    found = inspect(csv_bytes([["番号", service, "数量"], ["1", "水", "3"]]), "a.csv", TODAY)
    assert not found.parts and [p.code for _, p in found.findings()] == [ErrorCode.LAYOUT_UNKNOWN]


def _names(found: Inspection) -> tuple[list[str], list[str]]:
    return [s.name for s in found.objects(Shelter)], [s.name for s in found.objects(EmergencySite)]


@pytest.mark.parametrize(
    ("head", "row", "shelters", "sites"),
    [
        # the old recommended data set: codes of five digits, prefecture and city apart
        (
            [
                "都道府県コード又は市区町村コード",
                "NO",
                "都道府県名",
                "市区町村名",
                "名称",
                "住所",
                "災害種別_洪水",
                "想定収容人数",
            ],
            ["13101", "1", "みどり県", "みどり市", "みどり公園", "みどり町1", "1", "300人"],
            [],
            ["みどり公園"],
        ),
        # a prefecture's list in another order, with its own words
        (
            ["収容人数", "避難先名", "種別", "災害区分", "所在地", "避難が予想される住民の地区名"],
            ["50", "みどり小学校", "避難所を兼ねる避難場所", "洪水、地震", "みどり町1", "北"],
            ["みどり小学校"],
            ["みどり小学校"],
        ),
        # flags as 該当, the shelter told by its heading only
        (
            ["避難所名", "所在地", "電話番号", "収容人員"],
            ["みどり小学校", "みどり町1", "000-0000-0000", "1,089人"],
            ["みどり小学校"],
            [],
        ),
        # emergency sites without hazards
        (["避難場所名", "所在地"], ["みどり公園", "みどり町1"], [], ["みどり公園"]),
        # 国土数値情報 in its own words
        (
            ["行政区域コード", "名称", "住所", "施設の種類", "収容人数", "施設規模"],
            ["01100", "みどり会館", "みどり町1", "避難所", "-1", "-1"],
            ["みどり会館"],
            [],
        ),
        # the name stands under 避難所, which elsewhere is a mark
        (["避難所", "住所", "電話"], ["みどり会館", "みどり町1", "000-0000-0000"], ["みどり会館"], []),
        (["一時避難場所", "住所"], ["みどり公園", "みどり町1"], [], ["みどり公園"]),
        # English headings
        (
            ["name", "address", "lat", "lng", "capacity", "type"],
            ["みどり会館", "みどり町1", "35.1", "139.1", "20", "福祉避難所"],
            ["みどり会館"],
            [],
        ),
    ],
)
def test_further_lists_of_the_families(
    head: list[str], row: list[str], shelters: list[str], sites: list[str]
) -> None:
    """Other editions and municipalities of the known families are read as what they are."""
    found = _read(head, row)
    assert _names(found) == (shelters, sites)
    assert all(s.capacity_people != 0 for s in (*found.objects(Shelter), *found.objects(EmergencySite)))


@pytest.mark.parametrize(
    "head",
    [
        ["介護サービス事業所名称", "実施サービス", "所在地_連結表記", "緯度", "経度", "定員", "電話番号"],
        ["施設名", "サービス種別", "法人名", "住所", "緯度", "経度", "定員", "電話番号"],
        ["事業所名称", "サービス種類", "所在地", "緯度", "経度", "利用定員", "TEL"],
    ],
)
def test_further_lists_of_services(head: list[str]) -> None:
    """Lists of services of towns and of the standard data set give candidates with kind and places."""
    values = {
        "所在地_連結表記": "みどり市1",
        "住所": "みどり市1",
        "所在地": "みどり市1",
        "緯度": "35.1",
        "経度": "139.1",
        "法人名": "みどり会",
        "定員": "29人",
        "利用定員": "29人",
    }
    row = [
        values.get(h, "通所介護" if "サービス" in h and "名称" not in h else "みどり苑" if "名" in h else "0")
        for h in head
    ]
    found = _read(head, row)
    (candidate,) = found.objects(FacilityCandidate)
    assert (candidate.name, candidate.service_key, candidate.beds) == ("みどり苑", "tsusho", 29)


def test_leading_and_check_digits_of_codes_do_no_harm() -> None:
    """Codes of five or six digits, with or without the first 0, neither refuse a row nor become an id."""
    for code in ("92011", "092011", "09201", "9201"):
        found = _read(
            ["全国地方公共団体コード", "ID", "名称", "所在地_連結表記", "災害種別_洪水"],
            [code, "1", "みどり公園", "みどり町1", "1"],
        )
        (site,) = found.objects(EmergencySite)
        assert site.id.startswith("e") and len(site.id) == 17
