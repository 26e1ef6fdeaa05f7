"""Erasing after a set time: shown first, by two people, and afterwards nothing is found (F40)."""

import json
import sqlite3
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli.plans import app
from bcp_kit.domain.consent import ConsentKind
from bcp_kit.domain.erasure import ErasureState, ErasureWay
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.imports import BatchKind, ImportBatch, Replaced
from bcp_kit.domain.paper_copies import CopyState
from bcp_kit.domain.people import RegisterStatus
from bcp_kit.domain.plan_drills import Outcome
from bcp_kit.services.audit import check_audit
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.copies import CopyQuery, close_copies, list_copies
from bcp_kit.services.erasing import (
    ask_erasure,
    decide_erasure,
    list_erasures,
    preview_erasure,
    tidy_store,
)
from bcp_kit.services.erasing_due import Cause, due_list, set_period
from bcp_kit.services.plan_changes import AnswerChange, propose_answer
from bcp_kit.services.plan_drill_findings import gather_findings
from bcp_kit.services.plan_drill_papers import ListBy, print_list
from bcp_kit.services.plan_drills import NewDrill, NewResult, record_results, start_drill
from bcp_kit.services.plan_lists_print import ListKind, ListOrder, Recipient, print_lists
from bcp_kit.services.plans import draft_plans, latest_run_ids, read_plan, save_plan_answers
from bcp_kit.services.plans_print import PrintOrder, print_plans
from bcp_kit.services.store import StoreSettings

# Words of the person that must be nowhere afterwards: invented, and written in many places.
WORDS = ("𠮷田 葛子", "ヨシダ カツラコ", "見本市﨑町１", "0120-55-6677", "秘密の薬Ｚ", "橋の手前の赤い家")
YEAR_LATER = timedelta(days=400)


@pytest.fixture
def second(ctx: Context) -> Context:
    """Another officer, a year later."""
    moment = ctx.clock.now() + YEAR_LATER
    return replace(ctx, actor=Actor(name="福祉担当", role=Role.TOWN_WELFARE), clock=FixedClock(moment))


@pytest.fixture
def later(ctx: Context) -> Context:
    """The officer a year later."""
    return replace(ctx, clock=FixedClock(ctx.clock.now() + YEAR_LATER))


@pytest.fixture
def died(ctx: Context, change_person: Callable[..., None], tmp_path: Path) -> Context:
    """The officer after a person with a plan, copies, a drill, an import and answers has died."""
    change_person("full", name_kana=WORDS[1], phone_mobile=WORDS[3], medicines=WORDS[4])
    draft_plans(ctx, latest_run_ids(ctx))
    plan = read_plan(ctx, "full").plan
    assert plan is not None
    save_plan_answers(ctx, plan.id, {"route_text": WORDS[5]}, plan.version)
    propose_answer(ctx, AnswerChange("full", "route_text", f"{WORDS[5]}の裏", "訓練で通れなかった"))
    print_plans(ctx, PrintOrder(tmp_path / "print"))
    drill = start_drill(ctx, NewDrill("訓練", ctx.today(), HazardKind.EARTHQUAKE))
    record_results(ctx, drill.id, [NewResult("full", Outcome.NOT_CAME, words=WORDS[4])])
    gather_findings(ctx, drill.id)
    with ctx.open_store() as uow:
        before = uow.people.need("full")
        uow.import_batches.add(
            ImportBatch(
                id="batch",
                kind=BatchKind.UPDATE,
                at=ctx.clock.now(),
                actor="取込",
                added={"links": ("full|near",), "people": ("alone",)},
                replaced=(Replaced(table="people", key="full", before=before.model_dump_json(), version=1),),
            )
        )
        uow.layers.put("placed", {"people": {"full": [35.0, 139.0], "alone": [35.1, 139.1]}})
        uow.commit()
    change_person("full", register_status=RegisterStatus.DIED, status_on=ctx.today())
    return ctx


def destroy_copies(ctx: Context) -> None:
    """Note that every copy of the person was destroyed."""
    numbers = [copy.number for copy in list_copies(ctx, CopyQuery(person_id="full"))]
    close_copies(ctx, numbers, CopyState.DESTROYED)


def in_files(settings: StoreSettings, folder: Path) -> list[tuple[str, str]]:
    """The words of the person that stand in the store's files, packed bodies too, or in printed files."""
    store = settings.data_dir / "bcp_kit.db"
    found = []
    raw = b"".join(path.read_bytes() for path in settings.data_dir.glob("bcp_kit.db*"))
    with sqlite3.connect(store) as connection:
        connection.create_function("unpacked", 1, _unpacked)
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        told = "\n".join(str(row) for name in names for row in _rows(connection, name))
    for word in WORDS:
        for spelled in (word, word.replace(" ", "")):
            if spelled.encode() in raw or json.dumps(spelled)[1:-1].encode() in raw or spelled in told:
                found.append((spelled, "store"))
    left = [path.name for path in folder.rglob("*.pdf") if "index" not in path.name]
    return found + [("file", name) for name in left]


def _unpacked(body: object) -> str:
    return zlib.decompress(body).decode() if isinstance(body, bytes) else str(body)


def _rows(connection: sqlite3.Connection, table: str) -> list[object]:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    if "body" not in columns:
        return list(connection.execute(f"SELECT * FROM {table}"))  # noqa: S608 - own names
    return [row[0] for row in connection.execute(f"SELECT unpacked(body) FROM {table}")]  # noqa: S608 - own names


def test_the_words_are_there_before(died: Context, settings: StoreSettings, tmp_path: Path) -> None:
    """The search itself finds every word while the person is stored, so finding none means something."""
    found = {word for word, _ in in_files(settings, tmp_path / "print")}
    assert set(WORDS) <= found and "file" in found


@pytest.mark.parametrize("way", list(ErasureWay))
def test_afterwards_nothing_of_the_person_is_found(
    died: Context, later: Context, second: Context, settings: StoreSettings, tmp_path: Path, way: ErasureWay
) -> None:
    """Tables, packed bodies, free pages, log and printed files: none of the words; others are untouched."""
    destroy_copies(died)
    with died.open_store() as uow:
        others = [p.model_dump_json() for p in uow.people.list() if p.id != "full"]
    order = ask_erasure(later, ["full"], way, "保存の期間が過ぎた")
    done = decide_erasure(second, order.id, approve=True, words="台帳を見た")
    assert done.compacted and done.order.state is ErasureState.DONE
    assert done.order.files == ("plans_person_001.pdf",)
    assert in_files(settings, tmp_path / "print") == []
    with died.open_store() as uow:
        assert [p.model_dump_json() for p in uow.people.list()] == others
        assert uow.links.list(person_id="alone") and uow.supporters.get("near")
        (batch,) = uow.import_batches.list()
        assert batch.replaced == () and batch.added == {"links": (), "people": ("alone",)}
        (drill,) = uow.plan_drills.list()
        assert drill.subject("full") is None and drill.subject("alone") and "full" not in drill.results
        assert uow.layers.get("placed")["people"].keys() == {"alone"}
        assert all(p.person_id != "full" for run in uow.matching_runs.list() for p in run.placements)
    auditor = replace(second, actor=Actor(name="監査", role=Role.AUDITOR))
    assert check_audit(auditor).faults == ()
    assert len(done.order.statistics) == (1 if way is ErasureWay.ANONYMISE else 0)


def test_what_stays_for_counting_names_nobody(died: Context, later: Context, second: Context) -> None:
    """Decade, numbers, year; a need that hardly anybody has is left out."""
    destroy_copies(died)
    order = ask_erasure(later, ["full"], ErasureWay.ANONYMISE, "保存の期間が過ぎた")
    (line,) = decide_erasure(second, order.id, approve=True).order.statistics
    assert (line.born, line.had_plan, line.supporters, line.left_by) == (1940, True, 2, "died")
    assert line.needs == () and line.ended == 2026


def test_looking_first_changes_nothing(died: Context, later: Context) -> None:
    """The preview counts what would go and leaves every record as it was."""
    with died.open_store() as uow:
        before = [r.model_dump_json() for each in uow.repositories for r in each.list()]
    found = preview_erasure(later, ["full"])
    assert found.people == 1 and found.copies_out == 1 and found.files == ("plans_person_001.pdf",)
    assert found.counts["people"] == found.counts["evacuation_plans"] == 1 and found.counts["links"] == 2
    with died.open_store() as uow:
        assert [r.model_dump_json() for each in uow.repositories for r in each.list()] == before


def test_copies_on_paper_are_taken_back_first(died: Context, later: Context, second: Context) -> None:
    """While a copy is out nothing is erased, and the order waits."""
    order = ask_erasure(later, ["full"], ErasureWay.ERASE, "保存の期間が過ぎた")
    with pytest.raises(BcpKitError) as failure:
        decide_erasure(second, order.id, approve=True)
    assert failure.value.code is ErrorCode.ERASURE_BLOCKED
    assert read_plan(later, "full").plan is not None
    assert list_erasures(later)[0].state is ErasureState.ASKED


def test_nobody_erases_alone_or_early(died: Context, later: Context, second: Context) -> None:
    """The same name is refused, as is somebody who is not due, or who came back meanwhile."""
    destroy_copies(died)
    with pytest.raises(BcpKitError) as failure:
        ask_erasure(died, ["full"], ErasureWay.ERASE, "早すぎる")
    assert failure.value.code is ErrorCode.ERASURE_NOT_DUE
    with pytest.raises(BcpKitError):
        ask_erasure(later, ["alone"], ErasureWay.ERASE, "名簿にいる")
    order = ask_erasure(later, ["full"], ErasureWay.ERASE, "保存の期間が過ぎた")
    with pytest.raises(BcpKitError) as failure:
        decide_erasure(later, order.id, approve=True)
    assert failure.value.code is ErrorCode.SECOND_NAME_NEEDED
    with died.open_store() as uow:
        back = uow.people.need("full").model_copy(update={"register_status": RegisterStatus.LISTED})
        uow.people.save(back)
        uow.commit()
    with pytest.raises(BcpKitError) as failure:
        decide_erasure(second, order.id, approve=True)
    assert failure.value.code is ErrorCode.ERASURE_NOT_DUE


def test_a_withdrawn_consent_takes_the_plan_and_leaves_the_entry(
    died: Context, later: Context, second: Context, change_person: Callable[..., None]
) -> None:
    """The register is the town's duty; the plan rests on the consent."""
    change_person("full", register_status=RegisterStatus.LISTED, status_on=None)
    destroy_copies(died)
    with died.open_store() as uow:
        for consent in uow.consents.list(giver_id="full", kind=ConsentKind.MAKE_PLAN):
            uow.consents.save(consent.model_copy(update={"withdrawn_on": died.today()}))
        uow.commit()
    (line,) = [line for line in due_list(later) if line.person.id == "full"]
    assert line.cause is Cause.PLAN_REFUSED and line.is_due(later.today())
    order = ask_erasure(later, ["full"], ErasureWay.ERASE, "同意の取消し")
    decide_erasure(second, order.id, approve=True)
    with died.open_store() as uow:
        assert uow.people.get("full") and uow.evacuation_plans.list(person_id="full") == []
        assert uow.links.list(person_id="full") == [] and uow.consents.list(giver_id="full")


@pytest.mark.parametrize("plan_only", [False, True])
def test_the_ledger_keeps_numbers_and_counts_not_who_it_was(
    died: Context,
    later: Context,
    second: Context,
    change_person: Callable[..., None],
    tmp_path: Path,
    plan_only: bool,
) -> None:
    """Copies of lists, drills and the plan, and their runs: as many people as before, none of them this."""
    change_person("full", register_status=RegisterStatus.LISTED, status_on=None, district="西")
    change_person("alone", district="西")
    print_lists(died, ListOrder(ListKind.SEALED, tmp_path / "lists", second_person="課長"))
    print_lists(died, ListOrder(ListKind.ARRIVALS, tmp_path / "lists", recipient=Recipient.OFFICE))
    print_list(died, died_drill(died), ListBy.DISTRICT)
    with died.open_store() as uow:
        before = {copy.number: len(copy.people) for copy in uow.paper_copies.list()}
        assert sum("full" in copy.people for copy in uow.paper_copies.list()) >= 2
        for consent in uow.consents.list(giver_id="full", kind=ConsentKind.MAKE_PLAN) if plan_only else ():
            uow.consents.save(consent.model_copy(update={"withdrawn_on": died.today()}))
        uow.commit()
    if not plan_only:
        change_person("full", register_status=RegisterStatus.DIED, status_on=died.today())
    numbers = [copy.number for copy in list_copies(died, CopyQuery(state=CopyState.PRINTED))]
    close_copies(died, numbers, CopyState.DESTROYED)
    order = ask_erasure(later, ["full"], ErasureWay.ERASE, "保存の期間が過ぎた")
    decide_erasure(second, order.id, approve=True)
    with died.open_store() as uow:
        copies = uow.paper_copies.list()
        told = [record.model_dump_json() for record in (*copies, *uow.print_runs.list())]
    assert {copy.number: len(copy.people) for copy in copies} == before
    assert not [body for body in told if '"full"' in body]
    own = [copy for copy in copies if copy.person_id == "erased"]
    assert own and all(not copy.plan_id and not copy.content for copy in own)


def died_drill(ctx: Context) -> str:
    """The id of the drill in which the person took part."""
    with ctx.open_store() as uow:
        return uow.plan_drills.ids()[0]


def test_the_time_is_the_towns_own(died: Context, change_person: Callable[..., None]) -> None:
    """The default is a planning default; a day that nobody wrote down is never due by itself."""
    (line,) = due_list(died)
    assert line.due_on == date(2027, 11, 23) and not line.is_due(died.today())
    set_period(died, Cause.DIED, 0)
    assert due_list(died)[0].is_due(died.today())
    change_person("full", status_on=None)
    assert due_list(died)[0].due_on is None and not due_list(died)[0].is_due(died.today())


def test_by_command(died: Context, settings: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """periods, due, preview, ask, list, approve, tidy."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    destroy_copies(died)
    runner, data = CliRunner(), ["--data", str(settings.data_dir), "--json", "-"]

    def run(*words: str) -> dict[str, object]:
        done = runner.invoke(app, ["erase", *words, *data])
        assert done.exit_code == 0, (words, done.output, done.exception)
        found: dict[str, object] = json.loads(done.stdout)
        return found

    assert run("periods", "--cause", "died", "--months", "0")["months"]["died"] == 0  # type: ignore[index]
    (person,) = run("due")["people"]  # type: ignore[misc]
    assert person["is_due"]
    assert run("preview", "1")["people"] == 1
    order = str(run("ask", "--reason", "期間が過ぎた", "--by", "甲")["id"])
    assert run("approve", order[:8], "--by", "乙")["state"] == "done"
    assert run("list")["erasures"][0]["asked_by"] == "甲"  # type: ignore[index]
    assert run("tidy") == {"compacted": True}
    assert tidy_store(died)
