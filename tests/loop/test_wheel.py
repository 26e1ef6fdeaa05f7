"""The built wheel holds all that it needs and runs the loop away from the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the checkout."""
    out = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return next(out.glob("*.whl"))


def test_the_wheel_holds_data_fonts_migrations_and_the_app(wheel: Path) -> None:
    """Templates, sample data, fonts with their licences, migrations, app and settings are inside."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for part in (
        "bcp_kit/templates/messages/ja/errors.yaml",
        "bcp_kit/templates/forms/evacuation_plan.yaml",
        "bcp_kit/templates/sheets/people.yaml",
        "bcp_kit/sample_data/town/people.csv",
        "bcp_kit/sample_data/city/city.yaml",
        "bcp_kit/assets/fonts/BIZUDPGothic-Regular.ttf",
        "bcp_kit/assets/fonts/BIZUDPGothic-OFL.txt",
        "bcp_kit/catalogues/data/needs.yaml",
        "bcp_kit/app.py",
    ):
        assert part in names, part
    assert any(n.startswith("bcp_kit/storage/migrations/versions/0001") for n in names)


def test_the_wheel_runs_the_loop_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Unpacked elsewhere, with the checkout out of reach, the demo runs and prints plans."""
    place, work = tmp_path / "site", tmp_path / "work"
    work.mkdir()
    zipfile.ZipFile(wheel).extractall(place)
    env = {**os.environ, "PYTHONPATH": str(place), "HOME": str(tmp_path), "PYTHONUTF8": "1"}
    where = [sys.executable, "-c", "import bcp_kit; print(bcp_kit.__file__)"]
    loaded = subprocess.run(where, cwd=work, env=env, capture_output=True, text=True, check=True).stdout
    assert loaded.startswith(str(place))
    demo = [sys.executable, "-m", "bcp_kit", "demo", "--out", "papers"]
    done = subprocess.run(demo, cwd=work, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list((work / "papers" / "person").glob("*.pdf"))
