"""The demo of the town, run once for all tests of the loop, by the command line as a user would."""

import json

import pytest
from loop_runs import Ran, command


@pytest.fixture(scope="session")
def town_demo(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The demo of the town."""
    work, home = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("home")
    result = command("demo", "--out", "papers", "--json", "facts.json", cwd=work, home=home)
    assert result.returncode == 0, result.stdout + result.stderr
    facts = json.loads((work / "facts.json").read_text(encoding="utf-8"))
    return Ran(work / "papers", facts, result.stdout + result.stderr, home)
