"""The commands on facts, tables from Excel, several services, items set aside."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bcp_kit.cli.bcp import app
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.services.base import Context
from bcp_kit.services.site_facts import FactChange, save_fact
from tests.bcp.conftest import HOME_ID
from tests.bcp.test_fact_import import EVERYTHING


@pytest.fixture
def here(tmp_path: Path, ctx: Context, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The option that names the store of the home."""
    del ctx
    monkeypatch.setenv("BCP_KIT_PLAIN", "1")
    return ["--data", str(tmp_path / "data")]


def _json(*words: str) -> Any:
    result = CliRunner().invoke(app, [*words, "--json", "-"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_each_kind_of_plan_is_begun(here: list[str]) -> None:
    """new takes all four kinds; start still works."""
    plans = {_json("new", "--kind", kind.value, *here)["plan"] for kind in PlanKind}
    assert len(plans) == len(PlanKind)
    assert CliRunner().invoke(app, ["start", *here]).exit_code != 0


def test_a_file_is_looked_at_before_it_is_taken(here: list[str], tmp_path: Path) -> None:
    """Without --accept nothing changes; with it the rows are there; an export reads back as the same."""
    source = tmp_path / "今の計画.xlsx"
    source.write_bytes(EVERYTHING)
    looked = _json("import", str(source), *here)
    assert not looked["accepted"] and looked["unknown_sheets"] == ["年間予定"]
    assert _json("facts", "show", "stock", *here)["rows"] == []
    assert _json("import", str(source), "--accept", *here)["sheets"][0]["counts"]["new"] == 3
    assert len(_json("facts", "show", "stock", *here)["rows"]) == 3
    written = _json("facts", "export", "--out", str(tmp_path / "out"), *here)["file"]
    again = _json("import", written, *here)
    assert all(sheet["counts"]["new"] == sheet["counts"]["changed"] == 0 for sheet in again["sheets"])
    said = CliRunner().invoke(app, ["import", str(source), *here])
    assert "備蓄品" in said.output and said.exit_code == 0


def test_one_number_is_set_and_its_places_told(here: list[str], ctx: Context) -> None:
    """set changes a cell and names the places that follow; uses names them beforehand."""
    _json("new", *here)
    vendor = save_fact(ctx, HOME_ID, FactChange("contacts", {"kind": "vendor", "name": "見本電設"})).changed[
        0
    ]
    changed = _json(
        "facts", "set", f"contacts:{vendor}", "contact=03-1234-5678", "--reason", "番号変更", *here
    )
    assert [use["item"] for use in changed["uses"]] == ["nd_vendors"]
    assert _json("facts", "uses", "contacts", vendor, *here)["uses"] == changed["uses"]
    assert _json("facts", "show", "contacts", *here)["rows"][0]["contact"] == "03-1234-5678"


def test_services_join_and_items_close(here: list[str], ctx: Context) -> None:
    """join and close work on a plan; sisters says what each sister plan lacks; gather finds nothing."""
    with ctx.open_store() as uow:
        home = uow.facilities.need(HOME_ID)
        uow.facilities.add(
            Facility(id="day", name="デイ", operator=home.operator, category=ServiceCategory.CARE_DAY)
        )
        uow.commit()
    plan = _json("new", "--facility", HOME_ID, *here)["plan"]
    assert "2" in CliRunner().invoke(app, ["join", "day", "--plan", plan, *here]).output
    assert "1" in CliRunner().invoke(app, ["join", "day", "--apart", "--plan", plan, *here]).output
    proposed = _json("close", "--plan", plan, *here)["items"]
    assert "nd_callin_list" in proposed
    _json("close", "--accept", "--plan", plan, *here)
    assert _json("close", "--plan", plan, *here)["items"] == {}
    found = _json("sisters", "--facility", HOME_ID, *here)
    assert found["evacuation_securing"]["need"] == "duty" and found["emergency_disaster"]["missing"]
    assert _json("gather", "--plan", plan, *here) == {"moved": [], "differences": []}
    assert "stock" in _json("facts", "tables")
