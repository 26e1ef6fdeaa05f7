"""The audit log: who, when, what, whose, why; and every way of altering it is found."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from storage_makers import person

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.audit import check_audit, read_audit
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.store import StoreHandle, StoreSettings, open_store
from bcp_kit.storage.audit import ChainFaultKind, ChainHead, verify_chain

TOKYO = timezone(timedelta(hours=9))


def _fill(store: StoreHandle) -> ChainHead:
    with store.open() as uow:
        uow.people.add_many(person(f"p{i}") for i in range(5))
        uow.commit()
        return uow.audit.head()


def _tamper(store: StoreHandle, *statements: str) -> None:
    with store.database._engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _faults(store: StoreHandle, seal: ChainHead | None = None) -> set[tuple[str, int]]:
    with store.open() as uow:
        return {(fault.kind.value, fault.seq) for fault in verify_chain(uow.audit, seal)}


def test_each_write_leaves_one_entry(plain: StoreSettings) -> None:
    """Entries say who, when with offset, what, whose id and why, in the order of writing."""
    clock = FixedClock(datetime(2026, 11, 23, 9, 30, tzinfo=TOKYO))
    store = open_store(plain, actor_name="係 一郎", clock=clock)
    with store.open() as uow:
        uow.people.add(person(), why="新しい届出")
        uow.people.save(person())
        uow.people.remove("p1", why="転出")
        uow.audit.note("print", "evacuation_plans", "e1", "訓練")
        uow.commit()
        entries = uow.audit.newest()
    assert [(e.seq, e.action, e.kind, e.subject_id, e.why) for e in reversed(entries)] == [
        (1, "add", "people", "p1", "新しい届出"),
        (2, "save", "people", "p1", ""),
        (3, "remove", "people", "p1", "転出"),
        (4, "print", "evacuation_plans", "e1", "訓練"),
    ]
    assert {(e.at, e.actor) for e in entries} == {("2026-11-23T09:30:00+09:00", "係 一郎")}


def test_a_batch_answers_who_added_this_person(store: StoreHandle) -> None:
    """Every record of a batch has its own entry."""
    _fill(store)
    with store.open() as uow:
        assert [e.action for e in uow.audit.newest("people", "p3")] == ["add"]
        assert [e.seq for e in uow.audit.newest(limit=2, before=4)] == [3, 2]


def test_a_clock_that_jumps_back_keeps_the_order(plain: StoreSettings, noon: datetime) -> None:
    """Entries keep the order of writing when the clock goes back a day (DS-11)."""
    for days in (0, -1, 1):
        store = open_store(plain, clock=FixedClock(noon + timedelta(days=days)))
        with store.open() as uow:
            uow.people.add(person(f"p{days}"))
            uow.commit()
    with store.open() as uow:
        assert [e.subject_id for e in uow.audit.newest()] == ["p1", "p-1", "p0"]
        assert verify_chain(uow.audit) == []


def test_a_clock_without_offset_is_refused(plain: StoreSettings) -> None:
    """A moment that does not know its offset from UTC never enters the log."""
    store = open_store(plain, clock=FixedClock(datetime(2026, 11, 23)))  # noqa: DTZ001
    with store.open() as uow, pytest.raises(ValueError, match="UTC"):
        uow.people.add(person())


def test_an_untouched_log_has_no_faults(store: StoreHandle) -> None:
    """An empty log and a written one verify, also against a seal noted earlier."""
    assert _faults(store) == set()
    seal = _fill(store)
    with store.open() as uow:
        uow.people.remove("p0")
        uow.commit()
    assert _faults(store, seal) == set() and _faults(store, ChainHead()) == set()


@pytest.mark.parametrize("column", ["at", "actor", "action", "kind", "subject_id", "why"])
def test_a_changed_entry_is_found(store: StoreHandle, column: str) -> None:
    """A change of any field of an entry is found at that entry."""
    _fill(store)
    _tamper(store, f"UPDATE audit SET {column} = 'x' WHERE seq = 3")  # noqa: S608
    assert _faults(store) == {("changed", 3)}


def test_a_deleted_entry_is_found(store: StoreHandle) -> None:
    """A gap is found, and so is a gap that was closed by counting down."""
    _fill(store)
    _tamper(store, "DELETE FROM audit WHERE seq = 3")
    assert _faults(store) == {("missing", 4)}
    _tamper(store, "UPDATE audit SET seq = seq - 1 WHERE seq > 3", "UPDATE audit_head SET entries = 4")
    assert ("broken_link", 3) in _faults(store)


def test_deleted_first_and_last_entries_are_found(store: StoreHandle) -> None:
    """The head of the log and its tail are guarded as well."""
    _fill(store)
    _tamper(store, "DELETE FROM audit WHERE seq = 5")
    assert _faults(store) == {("tail", 5)}
    _tamper(store, "DELETE FROM audit WHERE seq = 1")
    assert ("missing", 2) in _faults(store)


def test_reordered_entries_are_found(store: StoreHandle) -> None:
    """Two entries that changed places are found."""
    _fill(store)
    _tamper(
        store,
        "UPDATE audit SET seq = 99 WHERE seq = 2",
        "UPDATE audit SET seq = 2 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 99",
    )
    assert {("changed", 2), ("changed", 3)} <= _faults(store)


def test_an_inserted_entry_is_found(store: StoreHandle) -> None:
    """An entry put between two, or after the last, is found."""
    _fill(store)
    copied = "actor, action, kind, subject_id, why, previous, digest FROM audit WHERE seq"
    _tamper(
        store,
        "UPDATE audit SET seq = seq + 10 WHERE seq > 3",
        "UPDATE audit SET seq = seq - 9 WHERE seq > 10",
        f"INSERT INTO audit SELECT 4, at, {copied} = 3",
        "UPDATE audit_head SET entries = 6",
    )
    assert ("changed", 4) in _faults(store)


def test_only_a_seal_finds_a_log_that_was_rewritten_whole(store: StoreHandle) -> None:
    """Cutting the tail and the head row together passes the chain; the seal noted before does not fit."""
    seal = _fill(store)
    _tamper(
        store,
        "DELETE FROM audit WHERE seq = 5",
        "UPDATE audit_head SET entries = 4, digest = (SELECT digest FROM audit WHERE seq = 4)",
    )
    assert _faults(store) == set()
    assert _faults(store, seal) == {("seal", 5)}


def test_reading_the_log_needs_the_role_and_is_logged(store: StoreHandle) -> None:
    """An auditor reads and checks, both are entries; another role is denied."""
    _fill(store)
    ctx = Context(
        Actor(name="監査", role=Role.AUDITOR), store.open, FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    )
    assert len(read_audit(ctx, limit=3)) == 3
    report = check_audit(ctx, ChainHead(1, "0"))
    assert [f.kind for f in report.faults] == [ChainFaultKind.SEAL]
    assert [e.action for e in read_audit(ctx, kind="audit")] == ["verify", "read"]
    staff = Context(Actor(name="職員", role=Role.FACILITY_STAFF), store.open)
    for use_case in (read_audit, check_audit):
        with pytest.raises(BcpKitError) as failure:
            use_case(staff)
        assert failure.value.code is ErrorCode.ACTION_DENIED
