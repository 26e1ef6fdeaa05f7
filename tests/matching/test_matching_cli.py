"""The matching commands over a small town: what they print, the JSON, the exit codes, refused input."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_town import hall, person
from typer.testing import CliRunner, Result

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli import app
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.base import Context
from bcp_kit.services.store import StoreSettings, open_store

Command = Callable[..., Result]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """The commands over three people and two halls, one of which is far and large."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "1")
    monkeypatch.setenv("COLUMNS", "200")
    data = tmp_path / "store"
    handle = open_store(StoreSettings(data_dir=data, plain=True), "係")
    ctx = Context(Actor(name="係", role=Role.DISASTER_OFFICER), handle.open)
    here = hall().location
    far = hall("far", name="遠い体育館", location=here.model_copy(update={"latitude": here.latitude + 0.02}))
    with ctx.open_store() as uow:
        uow.people.add_many([person(f"p{i}", register_no=f"0000{i}") for i in range(3)])
        uow.shelters.add_many([hall("near", name="近い公民館", capacity_people=3), far])
        uow.commit()
    handle.close()
    runner = CliRunner()
    yield lambda *words: runner.invoke(app, [*words, "--data", str(data)])


def facts(told: Result) -> dict[str, object]:
    """The JSON on standard output."""
    found: dict[str, object] = json.loads(told.stdout)
    return found


def code(told: Result) -> ErrorCode:
    """The code of the refusal."""
    assert isinstance(told.exception, BcpKitError)
    return told.exception.code


def test_run_says_how_sure_it_is_in_plain_words(command: Command) -> None:
    """The summary names placed people by tier and the proof; the JSON has gaps in people and metres."""
    told = command("match", "run")
    assert told.exit_code == 0 and "これより良い組み合わせはありません" in told.stdout
    found = facts(command("match", "show", "--json", "-"))
    assert found["gaps"] == [{"stage": 1, "people": 0, "metres": 0.0}]
    assert "placements" not in found and "locks" not in found


def test_nobody_placed_has_its_own_exit_code(command: Command) -> None:
    """Without any safe place confirmed nobody is placed: exit code 4, and the reason is said."""
    told = command("match", "run", "--hazard", "river_flood", "--mode", "confirmed_only")
    assert told.exit_code == 4


def test_a_decision_is_taken_listed_kept_and_undone(command: Command) -> None:
    """lock, locks, run, why, unlock: the place, the reason and who are told back."""
    assert (
        command("match", "lock", "00001", "--to", "遠い", "--reason", "家族", "--by", "佐々").exit_code == 0
    )
    listed = command("match", "locks")
    assert "遠い体育館" in listed.stdout and "佐々" in listed.stdout
    command("match", "run")
    told = command("match", "why", "00001")
    assert "遠い体育館" in told.stdout and "家族" in told.stdout
    (lock,) = facts(command("match", "locks", "--json", "-"))["locks"]  # type: ignore[misc]
    assert command("match", "unlock", lock["id"][:8], "--by", "佐々").exit_code == 0
    assert "固定はありません" in command("match", "locks").stdout


def test_wrong_words_are_refused_with_a_code(command: Command) -> None:
    """An unknown number, an unclear place, an unknown order, a file of another kind: each has its code."""
    lock = ("match", "lock", "00001", "--reason", "理由", "--by", "係")
    assert code(command(*lock[:2], "99999", *lock[3:], "--to", "near")) is ErrorCode.NOT_FOUND
    assert code(command(*lock, "--to", "館")) is ErrorCode.PLACE_NOT_CLEAR
    assert code(command(*lock, "--to", "無い所")) is ErrorCode.NOT_FOUND
    assert code(command("match", "run", "--preset", "none")) is ErrorCode.PRESET_UNKNOWN
    assert code(command("match", "compare")) is ErrorCode.RUNS_TOO_FEW
    command("match", "run")
    assert code(command("match", "export", "out.txt")) is ErrorCode.WRONG_USE
    assert code(command("match", "why", "99999")) is ErrorCode.NOT_FOUND


def test_a_lost_place_shows_three_ways_and_keeps_one(command: Command) -> None:
    """rematch changes nothing until a way is accepted; then the newest run has the place closed."""
    command("match", "run")
    before = facts(command("match", "show", "--json", "-"))
    told = facts(command("rematch", "--close", "近い", "--json", "-"))
    assert set(told["ways"]) == {"stay", "few_moves", "free"} and told["kept"] == ""  # type: ignore[call-overload]
    assert facts(command("match", "show", "--json", "-"))["id"] == before["id"]
    kept = facts(command("rematch", "--close", "近い", "--accept", "few_moves", "--json", "-"))["kept"]
    after = facts(command("match", "show", "--json", "-"))
    assert after["id"] == kept and after["closed"] == ["near"]
    compared = facts(command("match", "compare", "--json", "-"))
    assert compared["moved"] == 2 and compared["lost"] == 0


def test_stress_names_what_the_town_cannot_do_without(command: Command) -> None:
    """stress tells by case how many keep a place; an unknown case is refused."""
    command("match", "run")
    found = facts(command("stress", "--scenario", "single_loss", "--workers", "1", "--json", "-"))
    assert found["cases"]["single_loss"]["draws"] == 2  # type: ignore[index]
    assert code(command("stress", "--scenario", "moon")) is ErrorCode.NOT_FOUND


def test_export_and_own_order(command: Command, tmp_path: Path) -> None:
    """Excel and CSV are written without addresses; the example of an own order can be added as it is."""
    command("match", "run")
    for name in ("out.xlsx", "out.csv"):
        assert command("match", "export", str(tmp_path / name)).exit_code == 0
    assert "架空" not in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    own = tmp_path / "own.yaml"
    own.write_text(CliRunner().invoke(app, ["match", "presets", "--example"]).stdout, encoding="utf-8")
    assert "わが町の順" in command("match", "presets", "--add", str(own)).stdout
    assert command("match", "run", "--preset", "our_town").exit_code == 0


def test_further_places_are_found_once_and_told(command: Command) -> None:
    """F61: alternatives keeps second places with the run, by number; they reach the export and the drafts."""
    command("match", "run")
    found = facts(command("match", "alternatives", "--json", "-"))
    assert found["placed"] == 3 and found["second"] == 2 and found["third"] == 0
    further = [p["further"] for p in found["people"]]  # type: ignore[attr-defined]
    assert further[0] == [] and further[1][0]["shelter_id"] == "far"
    told = command("match", "alternatives", str(found["run"])[:8])
    assert "別の建物" in told.stdout and "遠い体育館" in told.stdout
    assert code(command("match", "alternatives", "zzzz")) is ErrorCode.NOT_FOUND


def test_every_command_that_changes_or_writes_answers_as_json(command: Command, tmp_path: Path) -> None:
    """lock, unlock and export tell with --json what they did."""
    lock = facts(
        command("match", "lock", "00001", "--to", "遠い", "--reason", "家族", "--by", "佐々", "--json", "-")
    )["lock"]
    assert lock["reason"] == "家族" and lock["shelter_id"] == "far"  # type: ignore[index]
    run = facts(command("match", "run", "--json", "-"))
    target = tmp_path / "out.csv"
    written = facts(command("match", "export", str(target), "--json", "-"))
    assert written["run"] == run["id"] and written["bytes"] == target.stat().st_size
    assert "2番目の避難先" in target.read_text(encoding="utf-8-sig")
    gone = facts(command("match", "unlock", lock["id"][:8], "--by", "佐々", "--json", "-"))  # type: ignore[index]
    assert gone == {"unlocked": lock["id"]}  # type: ignore[index]


def test_remedies_of_a_town_are_kept_and_told(command: Command) -> None:
    """N3: remedies looks at everybody left over, keeps it with the run, and ranks what the town should do."""
    command("match", "run", "--hazard", "river_flood", "--mode", "confirmed_only")
    told = command("match", "remedies", "--limit", "60", "--json", "-")
    found = facts(told)
    assert found["left"] == 0 and found["town"]
    assert all(p["remedies"] for p in found["unplaced"])  # type: ignore[attr-defined]
    assert all(t["people_by_unit"] > 0 for t in found["town"])  # type: ignore[attr-defined]
    again = command("match", "remedies", str(found["run"])[:8], "--show", "1")
    assert "0世帯を調べました" in again.stdout and "先に手当てすること" in again.stdout


def test_a_run_is_printed_in_two_editions(command: Command, tmp_path: Path) -> None:
    """match print writes a PDF for the officer or without people, of a run named by its first characters."""
    run = facts(command("match", "run", "--json", "-"))["id"]
    for edition in ("officer", "no_names"):
        target = tmp_path / f"{edition}.pdf"
        found = facts(
            command("match", "print", str(run)[:8], "-o", str(target), "--edition", edition, "--json", "-")
        )
        assert target.read_bytes().startswith(b"%PDF") and found["edition"] == edition
        assert found["pages"] and found["run"] == run
