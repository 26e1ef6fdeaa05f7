"""The commands by which a plan is completed: fields, forms, steps, work and claims, consent, signature."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bcp_kit.cli.plans import app
from bcp_kit.domain.base import Known
from bcp_kit.domain.devices import Device
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import Person
from bcp_kit.domain.plans import EvacuationPlan, PlannedStage
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.resources import locate
from bcp_kit.services.base import Context
from bcp_kit.services.plan_power import power_checks, power_need
from bcp_kit.services.plans import draft_plans, latest_run_ids
from bcp_kit.services.store import StoreSettings

Run = Callable[..., Any]
SUPPLIES = "112=item:紙おむつ/per_day:6;item:手袋"


@pytest.fixture
def run(ctx: Context, settings: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs `bcp-kit plans …` over the drafted town and returns its JSON and exit code."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "1")
    draft_plans(ctx, latest_run_ids(ctx))

    def call(*words: str) -> tuple[dict[str, Any], int]:
        done = CliRunner().invoke(app, [*words, "--data", str(settings.data_dir), "--json", "-"])
        if isinstance(done.exception, BcpKitError):
            raise done.exception
        return json.loads(done.stdout), done.exit_code

    return call


def test_a_plan_is_completed_by_row_numbers(run: Run) -> None:
    """Numbers of the paper name the fields; who said it is kept; what is missing names whom to ask."""
    written, code = run(
        "set",
        "1",
        "48=小型犬1匹",
        "89=見えない・見えにくい",
        SUPPLIES,
        "--source",
        "family",
        "--way",
        "paper",
    )
    assert code == 0
    kept = {field["row"]: field for field in written["fields"]}
    assert kept[48]["value"]["text"] == "小型犬1匹"
    assert (kept[48]["origin"]["source"], kept[48]["origin"]["way"]) == ("family", "paper")
    assert kept[89]["value"]["text"] == "cannot_see"
    rows = kept[112]["value"]["rows"]
    assert [list(row.values()) for row in rows] == [["紙おむつ", "6"], ["手袋"]]
    whole, _ = run("fields", "1")
    assert len(whole["fields"]) == 139
    assert not next(f for f in whole["fields"] if f["row"] == 48)["missing"]
    missing, _ = run("fields", "1", "--missing")
    assert 48 not in {field["row"] for field in missing["fields"]}
    with pytest.raises(BcpKitError) as caught:
        run("set", "1", "13=別の人")
    assert caught.value.code is ErrorCode.PLAN_FIELD_KEPT_ELSEWHERE


def test_a_form_is_checked_chosen_and_listed(run: Run, tmp_path: Path) -> None:
    """A town's file is checked first; chosen, its fields and numbers are those of `plans fields`."""
    sample = locate("templates") / "forms" / "individual_plan" / "municipal" / "aoba_city.yaml"
    own = tmp_path / "own.yaml"
    words = sample.read_text(encoding="utf-8").replace("id: aoba_city", "id: my_town")
    own.write_text(words.replace("  - birth_date\n", ""), encoding="utf-8")
    checked = CliRunner().invoke(app, ["forms", "check", str(own), "--json", "-"])
    assert checked.exit_code == 5
    (fault,) = json.loads(checked.stdout)["faults"]
    assert (fault["code"], fault["field"]) == ("P-042", "birth_date")
    assert "49条の10" in fault["article"]
    with pytest.raises(BcpKitError) as caught:
        run("forms", "choose", str(own))
    assert caught.value.code is ErrorCode.PLAN_FORM_LAW_FIELD
    own.write_text(words, encoding="utf-8")
    run("forms", "choose", str(own))
    listed, _ = run("forms", "list")
    assert [f["form"] for f in listed["forms"] if f["chosen"]] == ["my_town"]
    fields, _ = run("fields")
    assert {"x_meeting_point", "name"} <= {field["id"] for field in fields["fields"]}
    for broken in ("a: [", "\x00", "- 1"):
        own.write_text(broken, encoding="utf-8")
        with pytest.raises(BcpKitError) as caught:
            run("forms", "choose", str(own))
        assert caught.value.code is ErrorCode.PLAN_FORM_UNREADABLE


def test_the_making_is_recorded_from_consent_to_claim(run: Run, tmp_path: Path) -> None:
    """Consent, steps, signature, an office's work, its claim, and the end of a plan."""
    run("consent", "3", "make_plan", "given", "--explained", "2020-01-01", "--way", "訪問")
    run("steps", "--step", "1", "--by", "課長")
    run("steps", "--step", "5", "--person", "1", "--on", "2026-01-05")
    steps, _ = run("steps", "--person", "1")
    assert [each["step"] for each in steps["steps"] if each["done"]] == [1, 5]
    signed, _ = run("sign", "1", "--name", "𠮷田 花", "--relation", "長女", "--reason", "字が書けない")
    assert signed["proxy"] == {"relation": "長女", "reason": "字が書けない"}
    with pytest.raises(BcpKitError):
        run("sign", "1", "--name", "甲", "--relation", "長女")
    run("effort", "1", "--office", "ひまわり", "--minutes", "45", "--on", "2026-01-05", "--finished")
    target = tmp_path / "claims.csv"
    claimed, _ = run("claims", "2026-01", "--out", str(target))
    assert claimed["claims"][0]["total"] == 7000
    assert "ひまわり" in target.read_text(encoding="utf-8-sig")
    fees, _ = run("fees", "--new", "6000", "--basis", "契約")
    assert fees["new_plan"] == 6000
    ended, _ = run("end", "1", "転出")
    assert ended["status"] == "withdrawn"
    run("minsei", "西", "民生 一郎")
    assert run("minsei")[0]["districts"] == {"西": "民生 一郎"}


VENTILATOR = Device(kind="人工呼吸器", power_w=100, hours_per_day=24, battery_h=8)


@pytest.mark.parametrize(
    ("devices", "supply", "enough", "reason"),
    [
        ((VENTILATOR,), {"backup_power_w": 500, "backup_power_wh": 7200}, Known.YES, "enough"),
        ((VENTILATOR,), {"backup_power_w": 500, "backup_power_wh": 7100}, Known.NO, "hours"),
        ((VENTILATOR,), {"backup_power_w": 99, "backup_power_wh": 99_999}, Known.NO, "watts"),
        ((VENTILATOR,), {"backup_power_w": 500, "fuel_h": 72}, Known.YES, "enough"),
        ((VENTILATOR,), {"backup_power_w": 500}, Known.UNKNOWN, "place"),
        ((VENTILATOR,), {}, Known.UNKNOWN, "place"),
        ((VENTILATOR, Device(kind="吸引器")), {"backup_power_w": 500, "fuel_h": 72}, Known.UNKNOWN, "device"),
    ],
)
def test_devices_against_the_places_supply(
    devices: tuple[Device, ...], supply: dict[str, float], enough: Known, reason: str
) -> None:
    """Watts first, then hours at the daily use; what nobody confirmed is never enough. 72 h are planned."""
    place = Shelter(id="a", name="甲苑", kind=DestinationKind.DESIGNATED_WELFARE, **supply)
    stage = PlannedStage(hazard=HazardKind.EARTHQUAKE, stage=1, shelter_id="a")
    day = date(2026, 1, 1)
    plan = EvacuationPlan(id="p", person_id="x", created_on=day, updated_on=day, stages=(stage,))
    person = Person(id="x", name="甲", address="乙", devices=devices)
    (check,) = power_checks(person, plan, {"a": place})
    assert (check.enough, check.reason) == (enough, reason)
    assert power_checks(person.model_copy(update={"devices": ()}), plan, {"a": place}) == ()


def test_devices_without_hours_run_all_day() -> None:
    """Watt-hours a day, and the battery that ends first."""
    need = power_need((VENTILATOR, Device(kind="酸素", power_w=50, battery_h=3)))
    assert need is not None
    assert (need.watts, need.wh_day, need.battery_h) == (150, 3600, 3)
