"""`bcp-kit bcp records|due|penalty|versions|pack`: from a record to the papers, with exit codes and JSON."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bcp_kit.cli.bcp import app
from bcp_kit.cli.common import Exit
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.sample_plans import SamplePlans

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs one command over the store of the tests."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    return lambda *words: CliRunner().invoke(app, [*words, "--data", str(tmp_path / "data")])


def told(result: Result) -> dict[str, object]:
    """The JSON on standard output."""
    return json.loads(result.stdout)  # type: ignore[no-any-return]


def test_a_record_from_the_command_line(run: Run, home: SamplePlans, tmp_path: Path) -> None:
    """Add with a linked finding, list, tie to a version, close by a second name, print filled and blank."""
    finding = "順番が分からない|natural_disaster:nd_network|主任|2027-01-31"
    words = ("--kind", "drill", "--date", "2026-11-01", "--title", "地震の訓練", "--participant", "甲 例子")
    added = told(run("records", "add", *words, "--finding", finding, "--json", "-"))
    record, found = str(added["id"]), added["findings"][0]["id"]  # type: ignore[index]
    assert added["people"] == 1
    assert "地震の訓練" in run("records", "list").output
    listed = told(run("records", "list", "--json", "-"))
    assert listed["open_findings"][0]["item_id"] == "nd_network"  # type: ignore[index]
    plan = home.plans[PlanKind.NATURAL_DISASTER].id
    assert run("versions", "propose", "--plan", plan, "--reason", "初めて", "--author", "主任").exit_code == 0
    assert run("records", "close", record, found, "--version", "1").exit_code == 0
    closed = told(run("records", "close", record, found, "--by", "施設長", "--json", "-"))
    assert closed["findings"][0]["state"] == "closed"  # type: ignore[index]
    out = str(tmp_path / "sheets")
    assert run("records", "print", record, "--out", out).exit_code == 0
    assert run("records", "print", "--kind", "training", "--out", out).exit_code == 0
    assert len(list((tmp_path / "sheets").glob("*.pdf"))) == 2


def test_a_finding_that_cannot_be_read_is_wrong_use(run: Run, home: SamplePlans) -> None:
    """A plan or day that is none is refused with its code."""
    assert home
    result = run("records", "add", "--kind", "drill", "--finding", "x|no_plan:y|z|いつか")
    assert isinstance(result.exception, BcpKitError)
    assert result.exception.code is ErrorCode.WRONG_USE


def test_due_dates_and_their_exit_code(run: Run, home: SamplePlans) -> None:
    """Something overdue ends with 5, as table and as JSON."""
    assert home
    result = run("due", "--json", "-")
    facts = told(result)
    assert result.exit_code == Exit.FAULTS_FOUND
    assert facts["overdue"] and facts["training_per_year"] == 2
    assert run("due").exit_code == Exit.FAULTS_FOUND


def test_nothing_overdue_ends_with_zero(run: Run, lived: SamplePlans) -> None:
    """After a year of records the command ends with 0 and says nothing is overdue."""
    assert lived
    result = run("due", "--json", "-")
    overdue = [line for line in told(result)["lines"] if line["state"] == "overdue"]  # type: ignore[attr-defined]
    assert (result.exit_code, overdue) == (0, [])


def test_the_deduction_from_the_command_line(run: Run, home: SamplePlans) -> None:
    """Without approved plans the home is deducted; exit 5; rate, first month, sources and the note."""
    assert home
    result = run("penalty", "--json", "-")
    facts = told(result)
    assert result.exit_code == Exit.FAULTS_FOUND
    assert (facts["verdict"], facts["percent"], facts["since"]) == ("applies", 3.0, "2024-04-01")
    assert facts["sources"] and "法律相談ではありません" in str(facts["note"])
    assert "法律相談ではありません" in run("penalty").output


def test_versions_from_the_command_line(run: Run, home: SamplePlans) -> None:
    """Propose, approve by another name, list, compare; the author's own name is refused."""
    plan = home.plans[PlanKind.INFECTION].id
    assert (
        told(
            run(
                "versions", "propose", "--plan", plan, "--reason", "初めて", "--author", "主任", "--json", "-"
            )
        )["number"]
        == 1
    )
    own = run("versions", "approve", "1", "--plan", plan, "--by", "主任")
    assert isinstance(own.exception, BcpKitError) and own.exception.code is ErrorCode.SECOND_NAME_NEEDED
    assert run("versions", "approve", "1", "--plan", plan, "--by", "施設長").exit_code == 0
    listed = told(run("versions", "list", "--plan", plan, "--json", "-"))
    assert (listed["in_force"], listed["changed_since"]) == (1, 0)
    assert "第1版" in run("versions", "list", "--plan", plan).output
    assert told(run("versions", "diff", "1", "--plan", plan, "--json", "-"))["changes"] == []


def test_all_changed_plans_are_raised_at_once(run: Run, home: SamplePlans, tmp_path: Path) -> None:
    """With --all every plan that changed since its version gets the next one; unchanged ones stay."""
    for plan in home.plans.values():
        assert run("versions", "propose", "--plan", plan.id, "--reason", "初めて").exit_code == 0
    answers = tmp_path / "answers.yaml"
    answers.write_text("nd_network: 会長施設へ連絡する。\n", encoding="utf-8")
    natural = home.plans[PlanKind.NATURAL_DISASTER].id
    assert run("answer", "--file", str(answers), "--plan", natural).exit_code == 0
    raised = told(run("versions", "propose", "--all", "--reason", "連絡先が変わった", "--json", "-"))
    assert [(v["plan_id"], v["number"]) for v in raised["versions"]] == [(natural, 2)]  # type: ignore[attr-defined]


def test_the_pack_of_one_and_of_an_operator(run: Run, lived: SamplePlans, tmp_path: Path) -> None:
    """One file where -o names it; for an operator one file a facility in a folder, with what is missing."""
    one = tmp_path / "pack.pdf"
    facts = told(run("pack", lived.facility.id, "-o", str(one), "--json", "-"))
    assert one.read_bytes().startswith(b"%PDF") and facts["files"][0]["missing"] == []  # type: ignore[index]
    many = run("pack", "--operator", lived.facility.operator, "-o", str(tmp_path / "packs"), "--json", "-")
    assert len(told(many)["files"]) == 1 == len(list((tmp_path / "packs").glob("*.pdf")))  # type: ignore[arg-type]
    nobody = run("pack", "--operator", "ない法人")
    assert isinstance(nobody.exception, BcpKitError)


def test_a_record_is_corrected_and_removed_by_command(run: Run, home: SamplePlans) -> None:
    """Only what was typed changes, findings stay; both commands refuse without a reason."""
    words = ("--kind", "drill", "--date", "2026-11-01", "--title", "まちがい", "--leader", "甲 例子")
    record = str(told(run("records", "add", *words, "--finding", "順番", "--json", "-"))["id"])
    for command in ("correct", "remove"):
        refused = run("records", command, record)
        assert isinstance(refused.exception, BcpKitError)
        assert refused.exception.code is ErrorCode.REASON_MISSING
    why = ("--reason", "題名の書きまちがい")
    saved = told(run("records", "correct", record, "--title", "地震の訓練", *why, "--json", "-"))
    assert (saved["title"], saved["leader"], saved["held_on"]) == ("地震の訓練", "甲 例子", "2026-11-01")
    assert len(saved["findings"]) == 1  # type: ignore[arg-type]
    assert told(run("records", "remove", record, *why, "--json", "-")) == {"removed": record}
    assert told(run("records", "list", "--json", "-"))["records"] == []
