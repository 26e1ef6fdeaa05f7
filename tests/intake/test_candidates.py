"""Public lists of facilities: kept as candidates, never as shelters, until somebody says so."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Role
from bcp_kit.cli import app
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.shelters import DestinationKind
from bcp_kit.domain.units import Location
from bcp_kit.services.base import Context
from bcp_kit.services.candidates import Wanted, adopt_as_shelters, find_candidates, start_facility
from bcp_kit.services.importing import import_inspection, inspect_file
from tests.intake.conftest import context_for, csv_bytes

CARE = csv_bytes(
    [
        ("事業所番号", "サービスの種類", "事業所名", "住所", "緯度", "経度", "定員", "電話番号"),
        ("0112345678", "介護老人福祉施設", "みどり苑", "みどり市1", "35.10", "139.10", "80", "0000-00-0001"),
        ("0112345678", "短期入所生活介護", "みどり苑", "みどり市1", "35.10", "139.10", "10", "0000-00-0001"),
        ("0112345679", "通所介護", "わかばデイ", "みどり市2", "35.11", "139.10", "25", ""),
        ("0112345680", "家事の手伝い", "そよかぜ", "みどり市3", "", "", "", ""),
    ]
)
HOSPITALS = csv_bytes(
    [
        ("ID", "正式名称", "所在地", "所在地座標（緯度）", "所在地座標（経度）", "合計病床数"),
        ("1311137100001", "みどり病院", "みどり市9", "35.2", "139.2", "120"),
    ]
)


@pytest.fixture
def filled(ctx: Context) -> Context:
    """An officer's context with both lists brought in."""
    for name, content in (("care.csv", CARE), ("hospitals.csv", HOSPITALS)):
        import_inspection(ctx, inspect_file(ctx, content, name))
    return ctx


def _one(ctx: Context, words: str) -> str:
    (found,), _ = find_candidates(ctx, Wanted(words=words))
    return found.id


def test_lists_are_kept_as_candidates_only(filled: Context) -> None:
    """Nothing of a public list becomes a shelter or a facility by itself; twice in changes nothing."""
    with filled.open_store() as uow:
        assert uow.shelters.count() == uow.facilities.count() == 0
    again = import_inspection(filled, inspect_file(filled, CARE, "care.csv"))
    assert again.counts["facility_candidates"].unchanged == 4
    assert find_candidates(filled, Wanted())[1] == 5


def test_candidates_are_found_by_words_category_and_place(filled: Context) -> None:
    """Words, category, hospital and distance narrow the list; the nearest comes first."""
    day, total = find_candidates(filled, Wanted(category=ServiceCategory.CARE_DAY))
    assert total == 1 and day[0].name == "わかばデイ"
    here = Location(latitude=35.111, longitude=139.1)
    near, _ = find_candidates(filled, Wanted(near=here, within_m=3_000))
    assert [c.name for c in near] == ["わかばデイ", "みどり苑", "みどり苑"]
    assert [c.name for c in find_candidates(filled, Wanted(hospitals=True))[0]] == ["みどり病院"]


def test_an_adopted_candidate_keeps_its_unknowns(filled: Context) -> None:
    """Licensed places are no capacity; several services of one office are one destination."""
    ids = [c.id for c in find_candidates(filled, Wanted(words="みどり苑"))[0]]
    (shelter,) = adopt_as_shelters(filled, ids)
    assert shelter.kind is DestinationKind.AGREEMENT_WELFARE and shelter.capacity_people is None
    assert shelter.phone == "0000-00-0001" and shelter.location is not None and shelter.features == {}
    (hospital,) = adopt_as_shelters(filled, [_one(filled, "病院")])
    assert hospital.kind is DestinationKind.HOSPITAL and hospital.beds == 120
    with pytest.raises(BcpKitError) as twice:
        adopt_as_shelters(filled, ids[:1])
    assert twice.value.code is ErrorCode.ALREADY_STORED


def test_a_manager_starts_a_record_from_a_candidate(filled: Context, tmp_path: Path) -> None:
    """Category, office number, places and place come from the list; an unknown kind needs a category."""
    manager = context_for(tmp_path / "store", Role.FACILITY_MANAGER)
    facility = start_facility(manager, _one(manager, "介護老人福祉施設"))
    assert (facility.category, facility.office_number, facility.beds) == (
        ServiceCategory.CARE_RESIDENTIAL,
        "0112345678",
        80,
    )
    other = _one(manager, "そよかぜ")
    with pytest.raises(BcpKitError) as unknown:
        start_facility(manager, other)
    assert unknown.value.code is ErrorCode.FACTS_NOT_POSSIBLE
    assert start_facility(manager, other, ServiceCategory.CARE_HOME_VISIT).beds == 0
    with pytest.raises(BcpKitError):
        adopt_as_shelters(manager, [other])


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Import, list, adopt, start a record and publish, by the command line."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    monkeypatch.setenv("BCP_KIT_DATA_DIR", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "care.csv").write_bytes(CARE)

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, list(words))
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    assert "施設・病院の候補" in run("shelters", "import", "care.csv")
    assert "わかばデイ" in run("shelters", "candidates", "list", "--near", "35.111,139.1", "--json", "c.json")
    ctx = context_for(tmp_path / "store", Role.DISASTER_OFFICER)
    assert "避難先に加えました" in run("shelters", "candidates", "adopt", _one(ctx, "わかば"))
    assert "記録を始めました" in run("shelters", "candidates", "facility", _one(ctx, "短期入所生活介護"))
    assert "1件" in run("shelters", "publish", "p.csv")
    assert "わかばデイ" in (tmp_path / "p.csv").read_text(encoding="utf-8-sig")
