"""Printing for an operator with many sites: one run, resumed, only what changed; blank forms; the command."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli.bcp import app
from bcp_kit.cli.common import Exit
from bcp_kit.domain.bcp import Answer, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.forms.schema import form, items_for
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers, start_plan
from bcp_kit.services.bcp_pictures import MOST_PICTURES, attach_picture, list_pictures, remove_picture
from bcp_kit.services.bcp_print import PaperFormat, Wish, print_blank, print_plans
from bcp_kit.services.bcp_print_batch import LEDGER, BatchOrder, facilities_of, print_batch
from tests.paper.conftest import new_context
from tests.paper.reading import spoken_text
from tests.paper.test_joint_and_versions import _png
from tests.render.paper_checks import failed_rules, page_texts, squeezed

OPERATOR = "見本会"
Run = Callable[..., Result]


@pytest.fixture
def sites(ctx: Context) -> list[str]:
    """Three small offices of one operator with a begun plan each, two of the same name, and a stranger's."""
    kinds = (ServiceCategory.CARE_DAY, ServiceCategory.CARE_DAY, ServiceCategory.CARE_MANAGEMENT)
    made = [
        Facility(
            id=f"site-{n}",
            name="デイ みほん" if n < 2 else "ケアプラン みほん",
            category=kind,
            operator=OPERATOR,
        )
        for n, kind in enumerate(kinds)
    ]
    other = Facility(id="other", name="よその家", category=ServiceCategory.CARE_DAY, operator="よそ会")
    with ctx.open_store() as uow:
        uow.facilities.add_many([*made, other])
        uow.commit()
    for facility in (*made, other):
        start_plan(ctx, facility.id, PlanKind.INFECTION)
    return [facility.id for facility in made]


def _order(folder: Path, sites: list[str], **changes: object) -> BatchOrder:
    return replace(BatchOrder(folder, facility_ids=tuple(sites)), **changes)  # type: ignore[arg-type]


def test_every_site_has_its_file_and_nobody_else(ctx: Context, sites: list[str], tmp_path: Path) -> None:
    """Each site of the operator gets a file of its own, namesakes too; the stranger's plan stays out."""
    assert {facility.id for facility in facilities_of(ctx, OPERATOR)} == set(sites)
    outcome = print_batch(ctx, _order(tmp_path / "out", sites))
    names = sorted(path.name for path in outcome.written)
    assert len(set(names)) == 3 and not any("よその家" in name for name in names)
    assert "感染症発生時の業務継続計画_デイ みほん_作成中 (2).pdf" in names
    assert all(path.read_bytes().startswith(b"%PDF") for path in outcome.written)


def test_a_second_run_prints_only_what_changed(ctx: Context, sites: list[str], tmp_path: Path) -> None:
    """Nothing changed: nothing is printed. One plan changed or one file lost: that one alone."""
    order = _order(tmp_path / "out", sites)
    first = print_batch(ctx, order)
    again = print_batch(ctx, order)
    assert (len(again.written), len(again.unchanged)) == (0, 3)
    with ctx.open_store() as uow:
        plan = next(iter(uow.continuity_plans.list(facility_id=sites[0])))
    save_answers(ctx, plan.id, {"if_purpose": Answer(text="命を守る。")})
    assert len(print_batch(ctx, order).written) == 1
    first.written[1].unlink()
    assert print_batch(ctx, order).written == [first.written[1]]
    assert len(print_batch(ctx, replace(order, again=True)).written) == 3


def test_a_stopped_run_goes_on(ctx: Context, sites: list[str], tmp_path: Path) -> None:
    """A run stopped after the first site keeps its file whole; the next run makes the other two."""
    asked: list[float] = []

    def stop_later(done: float, stage: str) -> bool:
        del stage
        asked.append(done)
        return len(asked) < 2

    order = _order(tmp_path / "out", sites)
    stopped = print_batch(replace(ctx, progress=stop_later), order)
    assert stopped.stopped and len(stopped.written) == 1
    assert not list((tmp_path / "out").glob("*.part"))
    rest = print_batch(ctx, order)
    assert (len(rest.written), len(rest.unchanged)) == (2, 1)


@pytest.mark.parametrize("broken", ["", "[]", '{"a": 1}', '{"a": {"file": "../x", "state": 1}}'])
def test_a_broken_record_only_prints_anew(
    ctx: Context, sites: list[str], tmp_path: Path, broken: str
) -> None:
    """A record in the folder that is not ours is no obstacle and leads nowhere outside the folder."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / LEDGER).write_text(broken, encoding="utf-8")
    assert len(print_batch(ctx, _order(folder, sites)).written) == 3
    assert {path.parent for path in tmp_path.rglob("*.pdf")} == {folder}


def test_every_print_is_noted(ctx: Context, sites: list[str], tmp_path: Path) -> None:
    """The audit log has one line for each plan and format that left the house, with the edition."""
    papers = (PaperFormat.PDF, PaperFormat.DOCX, PaperFormat.XLSX)
    print_batch(ctx, _order(tmp_path / "out", sites[:1], papers=papers, without_personal=True))
    with ctx.open_store() as uow:
        notes = [entry.why for entry in uow.audit.entries() if entry.action == "print"]
    assert notes == ["without_personal", "docx without_personal", "xlsx without_personal"]


def test_nobody_prints_what_is_not_theirs(ctx: Context, sites: list[str], tmp_path: Path) -> None:
    """A manager bound to another facility sees no site of the operator and prints none of its plans."""
    stranger = replace(ctx, actor=Actor(name="別の人", role=Role.FACILITY_MANAGER, facility_id="other"))
    assert facilities_of(stranger, OPERATOR) == ()
    with pytest.raises(BcpKitError):
        print_batch(stranger, _order(tmp_path / "out", sites))
    with pytest.raises(BcpKitError) as refused:
        print_batch(ctx, _order(tmp_path / "out", []))
    assert refused.value.code is ErrorCode.NOTHING_TO_PRINT


@pytest.mark.slow
@pytest.mark.parametrize("category", list(ServiceCategory))
@pytest.mark.parametrize("kind", [PlanKind.NATURAL_DISASTER, PlanKind.INFECTION])
def test_a_blank_form_asks_everything(ctx: Context, category: ServiceCategory, kind: PlanKind) -> None:
    """The form to fill in by hand has each item's title, hint and columns, and clean tags."""
    facility = Facility(id="f", name="見本", category=category)
    with ctx.open_store() as uow:
        uow.facilities.add(facility)
        uow.commit()
    made = print_blank(ctx, kind, [facility.id])
    whole = spoken_text(made.content)
    plan = start_plan(ctx, facility.id, kind)
    content = print_plans(ctx, [plan.id], Wish(PaperFormat.BLANK))
    assert content.content == made.content
    assert made.name.endswith("_見本_手書き用.pdf")
    for item in items_for(form(plan.form_id), category):
        wanted = (item.title_ja, item.hint_ja, *(column.label_ja for column in item.input.columns))
        assert [words for words in wanted if squeezed(words) not in whole] == [], item.id
    assert failed_rules(made.content) == []


def test_pictures_are_kept_and_taken_away(ctx: Context, sites: list[str]) -> None:
    """A picture stays beside its plan, prints at its end, can be removed; too many are refused."""
    with ctx.open_store() as uow:
        plan = next(iter(uow.continuity_plans.list(facility_id=sites[0])))
    kept = attach_picture(ctx, plan.id, "洪水の地図", _png())
    attach_picture(ctx, plan.id, "避難経路", _png())
    texts = page_texts(print_plans(ctx, [plan.id], Wish()).content)
    assert any("添付2避難経路" in text for text in texts)
    remove_picture(ctx, plan.id, kept.key)
    assert [picture.title for picture in list_pictures(ctx, plan.id)] == ["避難経路"]
    for _ in range(MOST_PICTURES - 1):
        attach_picture(ctx, plan.id, "地図", _png())
    with pytest.raises(BcpKitError) as refused:
        attach_picture(ctx, plan.id, "地図", _png())
    assert refused.value.code is ErrorCode.PICTURES_TOO_MANY


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line over the store of these tests."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--data", str(tmp_path / "data")])

    return invoke


def test_the_command_prints_an_operator(run: Run, sites: list[str], tmp_path: Path) -> None:
    """By command: all sites in two formats, a JSON that names the files; again: nothing; blank forms."""
    out = str(tmp_path / "out")
    first = run(
        "print", "--operator", OPERATOR, "--format", "pdf", "--format", "xlsx", "-o", out, "--json", "-"
    )
    assert first.exit_code == Exit.DONE, first.output
    told = json.loads(first.stdout)
    assert len(told["files"]) == 6 and all(Path(path).is_file() for path in told["files"])
    again = json.loads(run("print", "--operator", OPERATOR, "-o", out, "--json", "-").stdout)
    assert (again["files"], len(again["unchanged"])) == ([], 3)
    blank = json.loads(
        run("print", "--facility", sites[2], "--format", "blank", "-o", out, "--json", "-").stdout
    )
    assert len(blank["files"]) >= 2
    assert run("print", "--operator", "ない法人", "-o", out).exit_code != Exit.DONE


def test_the_command_attaches_a_picture(run: Run, sites: list[str], tmp_path: Path) -> None:
    """By command: a picture is attached under its file's name; a text file is refused with a sentence."""
    with new_context(tmp_path / "data").open_store() as uow:
        plan = next(iter(uow.continuity_plans.list(facility_id=sites[0])))
    picture, text = tmp_path / "洪水の地図.png", tmp_path / "x.png"
    picture.write_bytes(_png())
    text.write_text("no picture", encoding="utf-8")
    assert run("attach", str(picture), "--plan", plan.id).exit_code == Exit.DONE
    assert isinstance(run("attach", str(text), "--plan", plan.id).exception, BcpKitError)
