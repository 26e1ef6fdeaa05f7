"""Print runs that break off (full disk, stop, kill at any moment): the ledger agrees with the paper."""

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
from bcp_kit.domain.paper_copies import CopyState, RunState
from bcp_kit.domain.people import Person
from bcp_kit.render.pdf_words import page_words
from bcp_kit.services import plans_press, print_files
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.copies import CopyQuery, HandOut, HolderKind, hand_out, list_copies
from bcp_kit.services.plans import draft_plans, latest_run_ids
from bcp_kit.services.plans_print import PrintOrder, give_up_run, open_runs, print_plans, resume_print
from bcp_kit.services.store import StoreSettings, open_store

# 200 moments are tried where the environment asks for them; every run of the tests tries some.
KILLS = int(os.environ.get("BCP_KIT_KILLS", "12"))
SEED = 20261124


@pytest.fixture
def drafted(ctx: Context) -> Context:
    """The officer with plans for twelve people."""
    with ctx.open_store() as uow:
        for number in range(8):
            key = f"more{number}"
            uow.people.add(
                Person(id=key, register_no=str(100 + number), name=f"追加 {number}郎", address="町")
            )
            uow.consents.add(
                Consent(
                    id=f"m{number}",
                    kind=ConsentKind.MAKE_PLAN,
                    giver_id=key,
                    answer=ConsentAnswer.GIVEN,
                    given_on=ctx.today(),
                )
            )
        uow.commit()
    draft_plans(ctx, latest_run_ids(ctx))
    return ctx


def assert_consistent(ctx: Context, folder: Path) -> None:
    """What the ledger calls printed is a finished file, and each finished file is in the ledger."""
    with ctx.open_store() as uow:
        copies = uow.paper_copies.list()
        runs = uow.print_runs.list()
    assert len({copy.number for copy in copies}) == len(copies)
    counted = {file.name: file.sha256 for run in runs for file in run.files}
    printed = [copy for copy in copies if copy.pages]
    assert {copy.file_name for copy in printed} == set(counted)
    assert all(copy.state is CopyState.PRINTED for copy in printed)
    named = {path.name for path in folder.glob("plans_*_[0-9]*.pdf")}
    assert named <= set(counted)
    for name, digest in counted.items():
        candidates = [folder / name, *folder.glob(f"{name}.*.part")]
        found = [path for path in candidates if path.exists()]
        assert digest in {hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def assert_each_has_one(ctx: Context, folder: Path, people: int) -> None:
    """After resuming, everybody has one printed copy, and no page carries a number that was given up."""
    assert_consistent(ctx, folder)
    copies = list_copies(ctx, CopyQuery())
    states = Counter(copy.state for copy in copies)
    assert set(states) <= {CopyState.PRINTED, CopyState.VOID}
    printed = [copy for copy in copies if copy.state is CopyState.PRINTED]
    assert len({copy.person_id for copy in printed}) == len(printed) == people
    words = "".join(
        "".join(page_words(path.read_bytes())) for path in sorted(folder.glob("plans_*_[0-9]*.pdf"))
    )
    assert all((copy.number in words) is (copy.state is CopyState.PRINTED) for copy in copies)
    assert not list(folder.glob("*.part"))


def _killed_print(settings: StoreSettings, noon: datetime, order: PrintOrder, after_s: float) -> bool:
    """Print in a process of its own that is killed (SIGKILL) after a time; True when it was still at it."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            store = open_store(settings, clock=FixedClock(noon))
            officer = Actor(name="防災担当", role=Role.DISASTER_OFFICER)
            ctx = Context(actor=officer, open_store=store.open, clock=FixedClock(noon))
            unfinished = open_runs(ctx)
            if unfinished:
                resume_print(ctx, unfinished[0].id)
            else:
                print_plans(ctx, order)
        os._exit(0)
    time.sleep(after_s)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork (Linux, macOS)")
def test_killed_at_any_moment_the_ledger_agrees_with_the_files(
    drafted: Context, settings: StoreSettings, noon: datetime, tmp_path: Path
) -> None:
    """Killed again and again at random moments of a run, it is consistent each time and ends whole."""
    chance, broken, folder = random.Random(SEED), 0, tmp_path / "out"  # noqa: S311 - moments, no secrets
    print_plans(drafted, PrintOrder(tmp_path / "first", batch_size=2))  # fonts are read once
    began = time.perf_counter()
    print_plans(drafted, PrintOrder(tmp_path / "second", batch_size=2))
    whole = time.perf_counter() - began
    with drafted.open_store() as uow:
        uow.paper_copies.remove_all()
        uow.print_runs.remove_all()
        uow.commit()
    order = PrintOrder(folder, batch_size=2)
    for _ in range(KILLS):
        killed = _killed_print(settings, noon, order, chance.uniform(0, whole))
        broken += killed
        whole *= 1.1 if killed else 0.8  # as the machine is loaded now
        folder.mkdir(exist_ok=True)
        assert_consistent(drafted, folder)
        if not open_runs(drafted) and list_copies(drafted, CopyQuery()):
            assert_each_has_one(drafted, folder, 12)
            with drafted.open_store() as uow:
                uow.paper_copies.remove_all()
                uow.print_runs.remove_all()
                uow.commit()
            for path in folder.iterdir():
                path.unlink()
    assert broken >= KILLS // 4
    for run in open_runs(drafted):
        resume_print(drafted, run.id)
        assert_each_has_one(drafted, folder, 12)


def test_a_full_disk_keeps_what_is_finished_and_the_run_goes_on(
    drafted: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third batch does not fit: two files stay, the message says where, resuming prints the rest."""
    written = iter((True, True, False))
    sync = os.fsync

    def full(handle: int) -> None:
        if not next(written):
            raise OSError(28, "No space left on device")
        sync(handle)

    monkeypatch.setattr(print_files.os, "fsync", full)
    with pytest.raises(BcpKitError) as failure:
        print_plans(drafted, PrintOrder(tmp_path / "out", batch_size=5))
    assert failure.value.code is ErrorCode.PRINT_FOLDER_REFUSED
    monkeypatch.undo()
    assert_consistent(drafted, tmp_path / "out")
    assert len(list((tmp_path / "out").glob("*.pdf"))) == 2
    (run,) = open_runs(drafted)
    outcome = resume_print(drafted, run.id)
    assert outcome.people == 12 and len(outcome.files) == 3 and not open_runs(drafted)
    assert_each_has_one(drafted, tmp_path / "out", 12)


def test_nothing_half_printed_can_be_handed_out(
    drafted: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number whose page was never finished is refused at the hand-out."""
    monkeypatch.setattr(plans_press, "write_file", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        print_plans(drafted, PrintOrder(tmp_path / "out"))
    monkeypatch.undo()
    number = list_copies(drafted, CopyQuery())[0].number
    with pytest.raises(BcpKitError) as failure:
        hand_out(drafted, [number], HandOut(HolderKind.PERSON, ""))
    assert failure.value.code is ErrorCode.COPY_STEP_WRONG


def test_two_who_resume_one_run_print_it_once(drafted: Context, tmp_path: Path) -> None:
    """While one is at a batch another resumes the run: the first is told, and each person has one copy."""
    order, folder = PrintOrder(tmp_path / "out", batch_size=5), tmp_path / "out"
    asked = iter((True, False))
    print_plans(replace(drafted, progress=lambda done, stage: next(asked, True)), order)
    (run,) = open_runs(drafted)
    press = plans_press.set_up(drafted, run)
    write = plans_press.write_file

    def interfered(path: Path, content: bytes) -> None:
        write(path, content)
        plans_press.write_file = write
        resume_print(drafted, run.id)

    plans_press.write_file = interfered
    try:
        with pytest.raises(BcpKitError) as failure:
            plans_press.print_batch(drafted, press, 2, run.person_ids[5:10])
    finally:
        plans_press.write_file = write
    assert failure.value.code is ErrorCode.RUN_RESUMED_ELSEWHERE
    assert_each_has_one(drafted, folder, 12)


def test_a_run_that_nobody_wants_any_more_ends(drafted: Context, tmp_path: Path) -> None:
    """Giving up voids open numbers, keeps what was printed, and cannot be resumed."""
    asked = iter((True, False))
    stopping = replace(drafted, progress=lambda done, stage: next(asked, True))
    outcome = print_plans(stopping, PrintOrder(tmp_path / "out", batch_size=5))
    assert outcome.stopped and outcome.people == 3
    assert give_up_run(drafted, outcome.run_id) == 0 and open_runs(drafted) == ()
    with drafted.open_store() as uow:
        assert uow.print_runs.need(outcome.run_id).state is RunState.GIVEN_UP
    for again in (resume_print, give_up_run):
        with pytest.raises(BcpKitError) as failure:
            again(drafted, outcome.run_id)
        assert failure.value.code is ErrorCode.RUN_ENDED


def test_a_finished_file_that_was_taken_away_is_told(drafted: Context, tmp_path: Path) -> None:
    """When somebody moved a finished file before the run goes on, the outcome names it."""
    asked = iter((True, False))
    stopping = replace(drafted, progress=lambda done, stage: next(asked, True))
    outcome = print_plans(stopping, PrintOrder(tmp_path / "out", batch_size=5))
    outcome.files[0].unlink()
    assert resume_print(drafted, outcome.run_id).lost_files == ("plans_person_001.pdf",)
