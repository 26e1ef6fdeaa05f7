"""Tables of towns, municipality codes and postal codes: told by their headings, doubts named."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.intake.mesh_files import read_mesh_file
from bcp_kit.intake.place_files import (
    CodeFile,
    PointFile,
    PostalFile,
    check_digit,
    is_municipality_code,
    read_place_file,
)

BLOCKS = (
    '"都道府県名","市区町村名","大字・丁目名","小字・通称名","街区符号・地番","座標系番号","Ｘ座標","Ｙ座標","緯度","経度","住居表示フラグ"\r\n'
    '"架空県","架空市","本町一丁目","","3","9","-1.0","2.0","35.6","139.5","1"\r\n'
    '"架空県","架空市","本町一丁目","","4","9","-1.0","2.0","0","0","1"\r\n'
)


@pytest.mark.parametrize("code", ["131016", "011002", "092011", "010006", "132080"])
def test_real_codes_have_their_check_digit(code: str) -> None:
    """Codes that were published fit the rule."""
    assert is_municipality_code(code)


@given(st.integers(min_value=0, max_value=99_999), st.integers(min_value=0, max_value=4), st.integers(1, 9))
def test_a_wrong_digit_changes_the_check_digit(number: int, place: int, change: int) -> None:
    """One wrong digit is seen, but where the rule gives the remainders 0 and 10 the same check digit."""
    five = f"{number:05d}"
    other = five[:place] + str((int(five[place]) + change) % 10) + five[place + 1 :]
    left = {
        sum(int(d) * w for d, w in zip(code, (6, 5, 4, 3, 2), strict=True)) % 11 for code in (five, other)
    }
    assert len(left) == 2
    assert (check_digit(five) != check_digit(other)) == (left != {0, 10})


def test_blocks_of_the_ministry_are_read() -> None:
    """街区レベル位置参照情報 in CP932 gives block points; (0, 0) is no place."""
    found = read_place_file(BLOCKS.encode("cp932"), "13_2022.csv")
    assert isinstance(found, PointFile)
    assert (found.points[0].block, found.points[0].latitude) == ("3", 35.6)
    assert found.points[1].latitude != found.points[1].latitude
    assert [p.code for p in found.problems] == [ErrorCode.POINTS_LEFT_OUT]


def test_codes_with_a_wrong_check_digit_are_left_out() -> None:
    """A code of six digits whose last does not fit is counted; a lost leading zero is put back."""
    found = read_place_file(
        "団体コード,都道府県名,市区町村名\n10006,北海道,\n131016,東京都,千代田区\n131017,東京都,誤り区\n".encode(),
        "c.csv",
    )
    assert isinstance(found, CodeFile)
    assert dict(found.codes) == {"010006": "北海道", "131016": "東京都千代田区"}
    assert found.problems[0].values["count"] == 1


def test_the_posts_own_file_is_read() -> None:
    """KEN_ALL has no headings: codes, prefecture, municipality and town come from its columns."""
    kana = '"ﾄｳｷﾖｳﾄ","ﾁﾖﾀﾞｸ","ﾁﾖﾀﾞ"'
    line = f'13101,"100  ","1000001",{kana},"東京都","千代田区","千代田（次のビルを除く）",0,0,0,0,0,0\r\n'
    found = read_place_file(line.encode("cp932"), "KEN_ALL.CSV")
    assert isinstance(found, PostalFile)
    assert found.codes["1000001"] == (("13101", "東京都", "千代田区", "千代田"),)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ErrorCode.FILE_EMPTY),
        ("都道府県名,市区町村名,緯度,経度\n架空県,架空市,35,139\n".encode(), ErrorCode.POINTS_UNREADABLE),
        (
            "都道府県名,市区町村名,町丁目名,緯度,経度\n架空県,架空市,本町,,\n".encode(),
            ErrorCode.POINTS_UNREADABLE,
        ),
        (b'{"type": "FeatureCollection", "features": []}', ErrorCode.MAP_FILE_KIND),
    ],
)
def test_other_tables_are_refused(content: bytes, code: ErrorCode) -> None:
    """A table without a town, without a single coordinate, or no table at all is refused by its code."""
    with pytest.raises(BcpKitError) as refused:
        read_place_file(content, "")
    assert refused.value.code is code


def test_meshes_without_their_columns_are_refused() -> None:
    """A table without mesh codes or people names what it lacks."""
    with pytest.raises(BcpKitError) as refused:
        read_mesh_file("市,人口\n架空市,5\n".encode(), "m.csv")
    assert refused.value.code is ErrorCode.MESHES_UNREADABLE


@pytest.mark.shared
def test_real_tables(shared: Callable[[str], Path]) -> None:
    """The shared tables are read whole: points but two, every municipality code, every postal row."""
    points, codes, postal = (
        read_place_file(shared(f"data/{path}").read_bytes(), path.rsplit("/", 1)[-1])
        for path in (
            "addresses/town_points.csv",
            "municipality_codes/municipality_codes.csv",
            "postal/postal_six_prefectures_2026-10.csv",
        )
    )
    assert isinstance(points, PointFile) and isinstance(codes, CodeFile) and isinstance(postal, PostalFile)
    assert (len(points.points), points.problems[0].values["count"]) == (1_875, 2)
    assert len(codes.codes) == 1_964 and not codes.problems
    assert sum(len(meanings) for meanings in postal.codes.values()) > 13_000
