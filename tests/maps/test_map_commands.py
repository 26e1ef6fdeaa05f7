"""`bcp-kit data hazards|roads|places|population` as a user types them: words, JSON, exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.cli import app
from bcp_kit.cli.common import Exit, exit_code
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.resources import locate

TOWN = locate("sample_data") / "town"


@pytest.fixture
def run(town: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """A function that runs a command over the invented town and returns (exit code, words, JSON)."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    monkeypatch.setenv("COLUMNS", "200")

    def ran(*words: str) -> tuple[int, str, dict]:
        target = tmp_path / "out.json"
        target.unlink(missing_ok=True)
        data = ["--data", str(tmp_path / "store")]
        asks = [] if words[1] in ("remove", "undo") else ["--json", str(target)]
        found = CliRunner().invoke(app, ["data", *words, *data, *asks])
        code = found.exit_code
        if isinstance(found.exception, BcpKitError):
            code = int(exit_code(found.exception.code))
        else:
            assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
        facts = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
        return code, found.output, facts

    return ran


def test_hazard_maps_by_command(run: object, tmp_path: Path) -> None:
    """A map is looked at without keeping, kept with source and year, listed, checked and removed."""
    file = tmp_path / "A40-18_99.geojson"
    ring = [[137.60, 33.90], [137.63, 33.90], [137.63, 33.93], [137.60, 33.93], [137.60, 33.90]]
    feature = {"type": "Feature", "properties": {"A40_003": "2m以上5m未満"},
               "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    code, words, facts = run("hazards", "add", str(file), "--dry-run")
    assert (code, facts["kept"], facts["zones"]) == (0, None, {"津波": 1}) and "2〜5 m" in words
    _, _, facts = run("hazards", "add", str(file), "--source", "県の図", "--year", "2019")
    kept = facts["kept"]
    assert (kept["source"], kept["year"]) == ("県の図", 2019)
    _, words, facts = run("hazards", "list")
    assert "県の図" in words and len(facts["maps"]) == 2
    code, words, facts = run("hazards", "check")
    assert facts["counts"]["people"]["tsunami"]["yes"] == 12 and code == (5 if facts["conflicts"] else 0)
    assert run("hazards", "remove", kept["key"])[0] == 0
    assert run("hazards", "remove", kept["key"])[0] == int(Exit.INPUT_REFUSED)


def test_roads_by_command(run: object) -> None:
    """Two tables make a net that says what it holds; homes far from it are named by number only."""
    files = [str(TOWN / f"roads_{part}.csv") for part in ("edges", "nodes")]
    code, words, facts = run("roads", "add", *files, "--title", "架空の道")
    assert code == 0 and facts["kept"] and facts["roads"]["junctions"] == 36 and "架空の道" in words
    _, words, facts = run("roads", "check")
    assert facts["people"] == 12 and "水鏡町" not in words and "𠮷岡" not in words
    assert run("roads", "remove")[0] == 0
    assert run("roads", "list")[2] == {"roads": None}


def test_places_by_command(run: object) -> None:
    """Addresses are looked up, the rest is listed by number and reason, and nothing is stored unasked."""
    code, words, facts = run("places", "check")
    assert code == int(Exit.FAULTS_FOUND)
    assert [(u["number"], u["reason"]) for u in facts["unplaced"]] == [("S06", "other_municipality")]
    assert not facts["saved"] and "隣の市" not in words
    assert run("places", "remove", "town_points")[0] == 0
    assert run("places", "check")[0] == int(Exit.INPUT_REFUSED)
    assert run("places", "add", str(TOWN / "town_points.csv"))[2]["kept"]["rows"] == 9


def test_population_by_command(run: object, tmp_path: Path) -> None:
    """Meshes are kept and shared out among the nearest places."""
    file = tmp_path / "mesh.csv"
    file.write_text("メッシュコード,人口総数\n5137440811,120\n", encoding="cp932")
    assert run("population", "add", str(file))[2] == {"meshes": 1, "people": 120}
    code, words, facts = run("population", "check")
    assert code == 0 and facts["population"] == 120 and "％" in words


@pytest.mark.parametrize(
    "words",
    [
        ("hazards", "add", "nothing.geojson"),
        ("hazards", "add", str(TOWN / "people.csv")),
        ("roads", "add", str(TOWN / "hazards.geojson")),
        ("roads", "add", str(TOWN / "people.csv")),
        ("places", "add", str(TOWN / "people.csv")),
        ("population", "add", str(TOWN / "people.csv")),
    ],
)
def test_wrong_files_are_refused_by_code(run: object, words: tuple[str, ...]) -> None:
    """A file that is not there or of another kind ends with a code and a remedy, never a traceback."""
    code, _, facts = run(*words)
    assert code in (int(Exit.WRONG_USE), int(Exit.INPUT_REFUSED)) and not facts
