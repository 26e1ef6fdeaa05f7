"""`bcp-kit read` for several files and foreign tables, and the commands that keep mappings."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bcp_kit.cli import app
from tests.intake.conftest import csv_bytes
from tests.intake.test_road_files import graphml

RUN = CliRunner()
UNKNOWN = csv_bytes(
    [("拠点名", "おところ", "タイプ", "広さ（坪）"), ("みどり苑", "みどり町3", "協定", "100")]
)
NODES = csv_bytes(
    [("node", "lon", "lat", "elev_m"), ("1", "131.2", "33.9", "5"), ("2", "131.3", "33.9", "6")]
)
SITES = csv_bytes([("施設・場所名", "住所", "洪水", "地震"), ("みどり公園", "みどり町1", "1", "")])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the three files; the store is plain and beside them."""
    for name, content in (("a.csv", UNKNOWN), ("nodes.csv", NODES), ("sites.csv", SITES)):
        (tmp_path / name).write_bytes(content)
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    monkeypatch.setenv("BCP_KIT_DATA_DIR", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(*words: str, code: int = 0) -> str:
    done = RUN.invoke(app, list(words))
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


@pytest.mark.usefixtures("folder")
def test_several_files_are_told_one_after_the_other() -> None:
    """Each file is named with what it is, its rows, and the command that takes it."""
    said = _run("read", "sites.csv", "nodes.csv", "--json", "facts.json")
    first, second = json.loads(Path("facts.json").read_text(encoding="utf-8"))["files"]
    assert first["parts"][0]["places"]["named"] == 1 and second["unmapped"][0]["known_as"] == "road_nodes"
    assert "bcp-kit shelters import" in said and "道路網の節点" in said and "2行、4列" in said


@pytest.mark.usefixtures("folder")
def test_an_unknown_table_leads_to_its_mapping() -> None:
    """The advice of read can be followed word by word: propose, correct, try, keep, import."""
    said = _run("read", "a.csv", code=3)
    assert 'data profiles propose "a.csv" --as shelters' in said
    assert "広さ（坪）" in _run("data", "profiles", "propose", "a.csv", "--as", "shelters", "-o", "p.yaml")
    tree = yaml.safe_load(Path("p.yaml").read_text(encoding="utf-8"))
    tree["fields"] |= {"拠点名": "name", "おところ": "address"}
    tree |= {"values": {"kind": {"協定": "協定等による福祉避難所"}}, "units": {"area_m2": "坪"}}
    Path("p.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    assert 'shelters import "a.csv" --map "p.yaml"' in _run("read", "a.csv", "--map", "p.yaml")
    assert "新しい 1" in _run("shelters", "import", "a.csv", "--map", "p.yaml")
    _run("data", "profiles", "import", "p.yaml")
    assert "変わった 0　同じ 1" in _run("shelters", "import", "a.csv")
    assert "見出し4" in _run("data", "profiles", "list")
    _run("data", "profiles", "export", "a", "-o", "q.yaml")
    assert Path("q.yaml").read_bytes() != b"" and "忘れました" in _run("data", "profiles", "remove", "a")
    _run("shelters", "import", "a.csv", code=1)  # the sentence is printed by `main`


@pytest.mark.usefixtures("folder")
def test_a_mapping_that_does_not_fit_says_so() -> None:
    """A mapping of another table is refused with a sentence, a file that is none with another."""
    Path("bad.yaml").write_text("a: 1", encoding="utf-8")
    done = RUN.invoke(app, ["read", "a.csv", "--map", "bad.yaml"])
    assert done.exit_code != 0
    _run("data", "profiles", "propose", "a.csv", "--as", "shelters", "-o", "p.yaml")
    assert "I-111" in _run("read", "nodes.csv", "--map", "p.yaml", code=3)


def test_road_files_are_read_too(folder: Path) -> None:
    """GraphML and extracts are told with what they hold and the command that keeps them."""
    (folder / "town.graphml").write_bytes(graphml())
    said = _run("read", "town.graphml")
    assert 'bcp-kit data roads add "town.graphml"' in said
