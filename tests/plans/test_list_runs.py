"""Runs of lists that break off (stop, kill at any moment): the ledger agrees with the paper; they go on."""

import hashlib
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.paper_copies import CopyState, RunState
from bcp_kit.render.pdf_words import page_words
from bcp_kit.services import plan_drill_papers, plan_lists_print
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.copies import CopyQuery, list_copies
from bcp_kit.services.copies_lost import report_lost
from bcp_kit.services.plan_drill_papers import ListBy, print_list
from bcp_kit.services.plan_drills import NewDrill, start_drill
from bcp_kit.services.plan_lists_print import (
    ListKind,
    ListOrder,
    open_list_runs,
    print_lists,
    resume_lists,
)
from bcp_kit.services.plans import draft_plans, latest_run_ids
from bcp_kit.services.plans_print import give_up_run, unfinished_runs
from bcp_kit.services.store import StoreSettings, open_store
from tests.render.paper_checks import page_texts

# 200 moments are tried where the environment asks for them; every run of the tests tries some.
KILLS = int(os.environ.get("BCP_KIT_KILLS", "12"))
SEED = 20261125
DISTRICTS, COPIES = ("一区", "二区", "三区"), 2


@pytest.fixture
def town(ctx: Context) -> Context:
    """The officer with plans; two people live in each of three districts and may be disclosed."""
    draft_plans(ctx, latest_run_ids(ctx))
    with ctx.open_store() as uow:
        for place, person in enumerate(uow.people.list()):
            uow.people.save(person.model_copy(update={"district": DISTRICTS[place % 3]}))
            uow.consents.add(
                Consent(
                    id=f"r{place}",
                    kind=ConsentKind.SHARE_REGISTER,
                    giver_id=person.id,
                    answer=ConsentAnswer.GIVEN,
                    given_on=ctx.today(),
                )
            )
        uow.commit()
    return ctx


def _order(folder: Path, kind: ListKind = ListKind.DISTRICT) -> ListOrder:
    return ListOrder(kind, folder, copies=COPIES, second_person="課長")


def assert_consistent(ctx: Context, folder: Path) -> None:
    """What the ledger calls printed is a finished file, and each finished file is in the ledger."""
    with ctx.open_store() as uow:
        copies, runs = uow.paper_copies.list(), uow.print_runs.list()
    counted = {file.name: file.sha256 for run in runs for file in run.files}
    printed = [copy for copy in copies if copy.state is CopyState.PRINTED]
    assert {copy.file_name for copy in printed} == set(counted)
    assert all(copy.pages for copy in printed)
    assert {path.name for path in folder.glob("*.pdf")} <= set(counted)
    for name, digest in counted.items():
        found = [path for path in (folder / name, *folder.glob(f"{name}.*.part")) if path.exists()]
        assert digest in {hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def assert_whole(ctx: Context, folder: Path) -> None:
    """Each district has its copies once, each page its own number; nothing else lies in the folder."""
    assert_consistent(ctx, folder)
    copies = list_copies(ctx, CopyQuery())
    assert {copy.state for copy in copies} <= {CopyState.PRINTED, CopyState.VOID}
    printed = [copy for copy in copies if copy.state is CopyState.PRINTED]
    assert Counter(copy.subject for copy in printed) == dict.fromkeys(DISTRICTS, COPIES)
    for copy in printed:
        assert all(copy.number in page for page in page_words((folder / copy.file_name).read_bytes()))
    assert not list(folder.glob("*.part")) and len(list(folder.glob("*.pdf"))) == len(printed)


def _clear(ctx: Context, folder: Path) -> None:
    with ctx.open_store() as uow:
        uow.paper_copies.remove_all()
        uow.print_runs.remove_all()
        uow.commit()
    for path in folder.iterdir():
        path.unlink()


def _killed(settings: StoreSettings, noon: datetime, folder: Path, after_s: float) -> bool:
    """Print lists in a process that is killed (SIGKILL) after a time; True when it was still at it."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            store = open_store(settings, clock=FixedClock(noon))
            officer = Actor(name="防災担当", role=Role.DISASTER_OFFICER)
            ctx = Context(actor=officer, open_store=store.open, clock=FixedClock(noon))
            unfinished = open_list_runs(ctx)
            if unfinished:
                resume_lists(ctx, unfinished[0].id)
            else:
                print_lists(ctx, _order(folder))
        os._exit(0)
    time.sleep(after_s)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork (Linux, macOS)")
def test_killed_at_any_moment_the_ledger_agrees_with_the_files(
    town: Context, settings: StoreSettings, noon: datetime, tmp_path: Path
) -> None:
    """Killed again and again at random moments, it is consistent each time and ends whole."""
    chance, broken, folder = random.Random(SEED), 0, tmp_path / "out"  # noqa: S311 - moments, no secrets
    began = time.perf_counter()
    print_lists(town, _order(folder))
    whole = time.perf_counter() - began
    assert_whole(town, folder)
    _clear(town, folder)
    for _ in range(KILLS):
        broken += _killed(settings, noon, folder, chance.uniform(0, whole))
        assert_consistent(town, folder)
        if not open_list_runs(town) and list_copies(town, CopyQuery()):
            assert_whole(town, folder)
            _clear(town, folder)
    assert broken >= KILLS // 4
    for run in open_list_runs(town):
        resume_lists(town, run.id)
        assert_whole(town, folder)


def test_a_stopped_run_goes_on_where_it_stopped(town: Context, tmp_path: Path) -> None:
    """After the first district somebody stops: its copies stay, going on prints the others, once."""
    asked = iter((True, False))
    stopping = replace(town, progress=lambda done, stage: next(asked, True))
    with pytest.raises(BcpKitError) as stopped:
        print_lists(stopping, _order(tmp_path))
    assert stopped.value.code is ErrorCode.STOPPED_BY_USER
    (run,) = open_list_runs(town)
    first = [copy.number for copy in list_copies(town, CopyQuery())]
    assert len(first) == COPIES
    outcome = resume_lists(town, run.id)
    assert [copy.number for copy, _ in outcome.printed][:COPIES] == first and not outcome.lost_files
    assert_whole(town, tmp_path)
    with pytest.raises(BcpKitError) as ended:
        resume_lists(town, run.id)
    assert ended.value.code is ErrorCode.RUN_ENDED


def test_two_who_go_on_with_one_run_print_it_once(
    town: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one is at a copy another goes on with the run: the first is told, each copy exists once."""
    write = plan_lists_print.write_file

    def interfered(path: Path, content: bytes) -> None:
        write(path, content)
        monkeypatch.setattr(plan_lists_print, "write_file", write)
        resume_lists(town, open_list_runs(town)[0].id)

    monkeypatch.setattr(plan_lists_print, "write_file", interfered)
    with pytest.raises(BcpKitError) as failure:
        print_lists(town, _order(tmp_path))
    assert failure.value.code is ErrorCode.RUN_RESUMED_ELSEWHERE
    assert_whole(town, tmp_path)


def test_a_consent_withdrawn_in_between_counts(town: Context, tmp_path: Path) -> None:
    """Who may stand on a list is asked anew when the run goes on."""
    asked = iter((True, False))
    with suppress(BcpKitError):
        print_lists(replace(town, progress=lambda done, stage: next(asked, True)), _order(tmp_path))
    with town.open_store() as uow:
        consent = uow.consents.need("r1")
        uow.consents.save(consent.model_copy(update={"withdrawn_on": town.today()}))
        uow.commit()
    outcome = resume_lists(town, open_list_runs(town)[0].id)
    people = {key for copy, _ in outcome.printed for key in copy.people}
    assert "alone" not in people and outcome.left_out["disclose.person_missing"] == 1


def test_a_sealed_set_is_packed_by_two_again(town: Context, tmp_path: Path) -> None:
    """Nobody goes on alone with a sealed set; a run that nobody wants is ended."""
    with town.open_store() as uow:
        for consent in uow.consents.list(kind=ConsentKind.SHARE_REGISTER):
            uow.consents.remove(consent.id)
        uow.commit()
    stopping = replace(town, progress=lambda done, stage: False)
    with suppress(BcpKitError):
        print_lists(stopping, _order(tmp_path, ListKind.SEALED))
    (run,) = open_list_runs(town)
    for second in ("", "防災担当"):
        with pytest.raises(BcpKitError) as alone:
            resume_lists(town, run.id, second)
        assert alone.value.code is ErrorCode.SECOND_PERSON_MISSING
    assert resume_lists(town, run.id, "課長").printed
    with suppress(BcpKitError):
        print_lists(stopping, _order(tmp_path))
    assert give_up_run(town, open_list_runs(town)[0].id) == 0 and unfinished_runs(town) == ()


def test_a_lost_list_of_a_drill_tells_whom_to_tell(town: Context, tmp_path: Path) -> None:
    """Everybody on it and their supporters; a plan changed since the drill's copy is told."""
    drill = start_drill(town, NewDrill("訓練", town.today(), HazardKind.EARTHQUAKE))
    print_list(town, drill.id, ListBy.DISTRICT)
    (copy,) = list_copies(town, CopyQuery(state=CopyState.PRINTED))
    assert copy.people == ("full", "alone", "hidden", "nowhere")
    words = "".join(page_texts(report_lost(town, copy.number).pdf_bytes))
    for expected in ("訓練の一覧", "𠮷田葛子", "000-1", "髙橋一郎", "見本行先"):
        assert expected in words
    with town.open_store() as uow:  # as drills of before kept it
        stored = uow.paper_copies.need(copy.number)
        uow.paper_copies.save(stored.model_copy(update={"people": ()}))
        uow.commit()
    assert "𠮷田葛子" in "".join(page_texts(report_lost(town, copy.number).pdf_bytes))


def test_a_drill_list_that_breaks_off_gives_up_its_number(
    town: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing half made stands in the ledger as printed, and no run stays open."""
    drill = start_drill(town, NewDrill("訓練", town.today(), HazardKind.EARTHQUAKE))
    broken = {"print_run_paper": lambda *_: (_ for _ in ()).throw(KeyboardInterrupt())}
    monkeypatch.setattr(plan_drill_papers, "print_run_paper", broken["print_run_paper"])
    with pytest.raises(KeyboardInterrupt):
        print_list(town, drill.id, ListBy.DISTRICT)
    assert [copy.state for copy in list_copies(town, CopyQuery())] == [CopyState.VOID]
    monkeypatch.undo()
    print_list(town, drill.id, ListBy.DISTRICT)
    assert list_copies(town, CopyQuery())[1].state is CopyState.PRINTED and unfinished_runs(town) == ()
    with town.open_store() as uow:
        states = [run.state for run in uow.print_runs.list()]
    assert states == [RunState.GIVEN_UP, RunState.FINISHED]
