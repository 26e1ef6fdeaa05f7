"""The unit of work: all or nothing, versions, lists, search, named documents."""

from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_makers import person, records

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import SupportLink
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.staff import RosterEntry
from bcp_kit.services.store import Conflict, StoreHandle
from bcp_kit.storage.kinds import ALL_KINDS, RecordKind, join_key


def test_leaving_without_commit_rolls_back(store: StoreHandle) -> None:
    """Neither records nor audit entries stay from a unit of work that was not committed."""
    with store.open() as uow:
        uow.people.add(person())
    with store.open() as uow:
        assert (uow.people.count(), uow.audit.head().entries) == (0, 0)


def test_an_error_rolls_back_all_kinds(store: StoreHandle) -> None:
    """A failure in the middle leaves nothing of what was written before it."""
    with pytest.raises(ZeroDivisionError), store.open() as uow:
        uow.people.add(person())
        uow.layers.put("town", {"name": "架空市"})
        raise ZeroDivisionError
    with store.open() as uow:
        assert uow.people.list() == [] and uow.layers.names() == []


def test_need_says_that_nothing_was_found(store: StoreHandle) -> None:
    """An id that is not stored gives None from get and U-002 from need and remove."""
    with store.open() as uow:
        assert uow.people.get("nobody") is None
        for ask in (uow.people.need, uow.people.remove, uow.layers.remove):
            with pytest.raises(BcpKitError) as failure:
                ask("nobody")
            assert failure.value.code is ErrorCode.NOT_FOUND


def test_a_stale_save_shows_both_values(store: StoreHandle) -> None:
    """The second of two edits of one version is refused; the conflict holds mine and the stored one."""
    with store.open() as uow:
        uow.people.add(person())
        uow.commit()
    with store.open() as uow:
        read = uow.people.need("p1")
        first = uow.people.save(read.model_copy(update={"phone_home": "0000-1"}))
        uow.commit()
    mine = read.model_copy(update={"phone_home": "0000-2"})
    with store.open() as uow, pytest.raises(Conflict) as conflict:
        uow.people.save(mine)
    assert (conflict.value.mine, conflict.value.stored) == (mine, first)
    assert str(conflict.value) == "D-001"


def test_saving_what_was_removed_is_a_conflict_with_nothing(store: StoreHandle) -> None:
    """A save of a record that somebody removed does not bring it back."""
    with store.open() as uow:
        uow.people.add(person())
        uow.people.remove("p1")
        with pytest.raises(Conflict) as conflict:
            uow.people.save(person())
    assert conflict.value.stored is None


def test_a_batch_is_stored_whole_or_not_at_all(store: StoreHandle) -> None:
    """One taken key refuses the whole batch, and what the unit wrote before still stands."""
    with store.open() as uow:
        uow.people.add(person("taken"))
        with pytest.raises(BcpKitError) as failure:
            uow.people.add_many([person("new"), person("taken"), person("newer")])
        uow.commit()
    assert failure.value.code is ErrorCode.ALREADY_STORED
    with store.open() as uow:
        assert uow.people.ids() == ["taken"] and uow.audit.head().entries == 1


def test_lists_are_by_indexed_fields_in_the_order_of_adding(store: StoreHandle) -> None:
    """Equality, any-of and the order of adding; a field without index is a programming error."""
    with store.open() as uow:
        uow.people.add_many(person(f"p{i}", district=d) for i, d in ((3, "北"), (1, "南"), (2, "北")))
        assert [p.id for p in uow.people.list()] == ["p3", "p1", "p2"]
        assert [p.id for p in uow.people.list(district="北")] == ["p3", "p2"]
        assert [p.id for p in uow.people.list(id=["p1", "p2", "p9"])] == ["p1", "p2"]
        assert uow.people.count(district={"北", "南"}) == 3 and uow.people.list(district=[]) == []
        assert uow.people.latest(district="北") == person("p2", district="北")
        with pytest.raises(ValueError, match="index"):
            uow.people.list(medicines="x")


def test_keys_of_several_parts(store: StoreHandle) -> None:
    """Links and roster entries are found by their tuple; parts that hold the separator stay apart."""
    with store.open() as uow:
        uow.links.add(SupportLink(person_id="a|b", supporter_id="c"))
        uow.links.add(SupportLink(person_id="a", supporter_id="b|c"))
        uow.rosters.add(RosterEntry(staff_id="s1", day=date(2026, 11, 23), shift="day"))
        assert uow.links.need(("a", "b|c")).person_id == "a"
        assert uow.rosters.need(("s1", date(2026, 11, 23))).shift == "day"
        assert uow.rosters.list(day=date(2026, 11, 23)) != []
        assert uow.links.remove_all(person_id="a") == 1 and uow.links.count() == 1


@given(st.lists(st.text(), min_size=2, max_size=3), st.lists(st.text(), min_size=2, max_size=3))
def test_different_keys_have_different_texts(one: list[str], other: list[str]) -> None:
    """No two keys of the same number of parts share a text."""
    if len(one) == len(other):
        assert (join_key(tuple(one)) == join_key(tuple(other))) is (one == other)


def test_cover_runs_are_found_by_any_of_their_facilities(store: StoreHandle, noon: datetime) -> None:
    """A run over two sites belongs to both."""
    run = CoverRun(
        id="r", facility_ids=("f1", "f2"), scenario_id="s", made_at=noon, status=SolveStatus.OPTIMAL
    )
    with store.open() as uow:
        uow.cover_runs.add(run)
        assert uow.cover_runs.list(facility_id="f2") == [run] and uow.cover_runs.list(facility_id="f") == []


@pytest.mark.parametrize("part", ["ｶｸｳ", "かくう", "カクウ", "架空", "葛飾"])
def test_search_levels_width_kana_and_variants(store: StoreHandle, part: str) -> None:
    """People are found by part of a name however it is typed, and keep every character as written."""
    found = person(name="架空　葛\U000e0100飾子", name_kana="カクウ　カツコ")
    with store.open() as uow:
        uow.people.add_many([found, person("p2", name="別人", name_kana="ベツジン", address="")])
        assert uow.people.search(part) == [found]


def test_search_takes_wildcards_as_letters(store: StoreHandle) -> None:
    """A percent sign or underscore finds itself only."""
    with store.open() as uow:
        uow.people.add_many([person("p1", name="50%"), person("p2", name="50")])
        assert [p.id for p in uow.people.search("0%")] == ["p1"] and uow.people.search("_") == []


@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.table)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_model_comes_back_as_it_went(
    store: StoreHandle, kind: RecordKind[DomainModel], data: st.DataObject
) -> None:
    """Each field of each kind survives the store: rare characters, line breaks, time zones, infinities."""
    record = data.draw(records(kind.model))
    with store.open() as uow:
        repository = next(r for r in uow.repositories if r.kind is kind)
        if kind.id_of(record) == "":
            return
        repository.add(record)
        assert repository.get(kind.id_of(record)) == record


def test_layers_replace_each_other(store: StoreHandle) -> None:
    """A named document is put, read, replaced and removed."""
    with store.open() as uow:
        uow.layers.put("ordinance", {"name": "架空市条例", "parts": [1, 2.5, None]})
        uow.layers.put("ordinance", {"name": "新条例"})
        assert uow.layers.get("ordinance") == {"name": "新条例"} and uow.layers.names() == ["ordinance"]
        uow.layers.remove("ordinance")
        assert uow.layers.get("ordinance") is None


def test_reads_of_one_unit_see_one_moment(store: StoreHandle) -> None:
    """What another unit commits meanwhile shows only after the next write lock."""
    with store.open() as reading, store.open() as writing:
        assert reading.people.count() == 0
        writing.people.add(person())
        writing.commit()
        assert reading.people.count() == 0
        reading.lock()
        assert reading.people.count() == 1


def test_a_full_disk_is_told_and_harms_nothing(store: StoreHandle) -> None:
    """When the file may not grow, the error has its code and the records before it stay."""
    with store.open() as uow:
        uow.people.add(person("before"))
        uow.commit()
    pages = store.database.pragma("page_count")
    with store.open() as uow, pytest.raises(BcpKitError) as failure:
        uow.lock()
        uow._transaction._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        uow.people.add(person("with"))
        try:
            uow.people.add_many(person(f"p{i}", considerations="長い文" * 100) for i in range(500))
        finally:
            with pytest.raises(BcpKitError):
                uow.commit()
    assert failure.value.code is ErrorCode.DISK_FULL
    with store.open() as uow:
        assert uow.people.ids() == ["before"]
    assert store.database.is_sound()
