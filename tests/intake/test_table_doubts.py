"""Doubts that only the whole table shows: centres, places far off or coarse, minutes as degrees, zeros."""

from collections.abc import Sequence

import pytest

from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.intake.inspection import Inspection, inspect
from tests.intake.conftest import HEADINGS, TODAY, csv_bytes

HEADS = (*HEADINGS, "緯度", "経度")


def _people(places: Sequence[tuple[str, str]], heads: Sequence[str] = HEADS, start: int = 1) -> Inspection:
    rows = [
        (
            f"{i:05d}",
            f"人　{'あいうえおかきくけこさしすせそたちつてとなにぬねの'[i % 25]}{i}",
            "",
            f"みどり町{i}-{i * 7}",
            a,
            b,
        )
        for i, (a, b) in enumerate(places, start=start)
    ]
    return inspect(csv_bytes([heads, *rows]), "a.csv", TODAY)


def _found(inspection: Inspection, code: ErrorCode) -> list[int | None]:
    assert all(p.severity is not Severity.ERROR for _, p in inspection.findings())
    return [p.row for _, p in inspection.findings() if p.code is code]


TOWN = [(f"35.{20123 + 137 * i}", f"139.{60111 + 89 * i}") for i in range(12)]


def test_sound_places_raise_no_doubt() -> None:
    """A town's own places, each at its own point, are left in peace."""
    assert not _people(TOWN).findings()


def test_many_addresses_at_one_point_are_doubted() -> None:
    """Three addresses at one point are rather the centre of the town; two, or one house, are not."""
    centre = ("35.211111", "139.611111")
    assert _found(_people([*TOWN, centre, centre, centre]), ErrorCode.PLACE_REPEATED) == [14, 15, 16]
    assert not _found(_people([*TOWN, centre, centre]), ErrorCode.PLACE_REPEATED)


def test_a_place_far_from_all_others_is_doubted() -> None:
    """A point 400 km away stands out; the places of a wide area do not."""
    away = ("34.694444", "135.194444")
    assert _found(_people([*TOWN, away]), ErrorCode.PLACE_FAR_OFF) == [14]
    wide = [(f"{33 + i}.12345", f"{131 + i}.12345") for i in range(10)]
    assert not _found(_people(wide), ErrorCode.PLACE_FAR_OFF)


def test_coarse_places_are_doubted() -> None:
    """Two decimals are a kilometre; five are a house."""
    assert _found(_people([*TOWN, ("35.21", "139.61")]), ErrorCode.PLACE_COARSE) == [14]


def test_minutes_written_as_degrees_are_doubted() -> None:
    """35.1234 in every row with all digits below 60 may be 35°12′34″: told once, nothing is changed."""
    like = [(f"35.{10 + i % 40}{12 + 3 * i % 40}", f"139.{20 + i % 30}{13 + 5 * i % 40}") for i in range(14)]
    assert len(_found(_people(like), ErrorCode.PLACES_MAYBE_MINUTES)) == 1
    assert not _found(_people([*like, ("35.7890", "139.6543")]), ErrorCode.PLACES_MAYBE_MINUTES)


@pytest.mark.parametrize("title", ["座標は日本測地系", "座標：旧測地系（Tokyo Datum）"])
def test_a_table_that_names_the_old_datum_is_warned_of(title: str) -> None:
    """A title that names the old datum gives one warning; 世界測地系 none."""
    rows = [(title,), HEADS, ("00001", "青葉　花子", "", "みどり町1", "35.20123", "139.60111")]
    assert _found(inspect(csv_bytes(rows), "a.csv", TODAY), ErrorCode.DATUM_OLD) == [None]
    rows[0] = ("座標は世界測地系（日本測地系ではない）",)
    assert not _found(inspect(csv_bytes(rows), "a.csv", TODAY), ErrorCode.DATUM_OLD)


def test_a_number_shorter_than_the_padded_others_is_doubted() -> None:
    """Among 00001, 00002 … the number 7 has lost its zeros; among 1, 2 … 12 nothing is lost."""
    rows = [(f"{i:05d}", f"人　い{i}", "", f"みどり町{i}") for i in range(1, 9)]
    short = inspect(csv_bytes([HEADINGS, *rows, ("77", "森　三郎", "", "みどり町9")]), "a.csv", TODAY)
    assert _found(short, ErrorCode.CODE_SHORTER) == [10]
    plain = [(str(i), f"人　い{i}", "", f"みどり町{i}") for i in range(1, 13)]
    assert not inspect(csv_bytes([HEADINGS, *plain]), "a.csv", TODAY).findings()
