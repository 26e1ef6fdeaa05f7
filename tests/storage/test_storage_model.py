"""A random sequence of work on the store ends as it does in a plain dictionary."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from storage_makers import TEXTS, person

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import Person
from bcp_kit.forms.messages import messages
from bcp_kit.services.store import Conflict, StoreSettings, open_store
from bcp_kit.storage.audit import verify_chain
from bcp_kit.storage.kinds import ALL_KINDS

IDS = st.sampled_from(["p1", "p2", "p3"])


class StoreMachine(RuleBasedStateMachine):
    """Adds, edits, stale edits, removals, commits, roll-backs, re-openings: store and dictionary agree."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.known: dict[str, Person] = {}
        self.committed: dict[str, Person] = {}
        self.writes = self.committed_writes = 0

    @initialize()
    def open(self) -> None:
        """Open the store and a unit of work."""
        self.store = open_store(StoreSettings(data_dir=Path(self.folder.name), plain=True))
        self.uow = self.store.open()

    @rule(person_id=IDS, district=TEXTS)
    def add(self, person_id: str, district: str) -> None:
        """Add a person, or be refused when the id is taken."""
        new = person(person_id, district=district)
        if person_id in self.known:
            with pytest.raises(BcpKitError) as failure:
                self.uow.people.add(new)
            assert failure.value.code is ErrorCode.ALREADY_STORED
            return
        self.uow.people.add(new)
        self.known[person_id] = new
        self.writes += 1

    @rule(person_id=IDS, name=TEXTS, behind=st.integers(0, 2))
    def save(self, person_id: str, name: str, behind: int) -> None:
        """Save an edit of the present version, or of one that is `behind`."""
        stored = self.known.get(person_id)
        base = stored or person(person_id)
        edit = base.model_copy(update={"name": name, "version": base.version - behind})
        if stored is None or behind or edit.version < 0:
            with pytest.raises(Conflict) as conflict:
                self.uow.people.save(edit)
            assert (conflict.value.mine, conflict.value.stored) == (edit, stored)
            return
        self.known[person_id] = self.uow.people.save(edit)
        self.writes += 1

    @rule(person_id=IDS)
    def remove(self, person_id: str) -> None:
        """Remove a person, or be told that there is none."""
        if self.known.pop(person_id, None) is None:
            with pytest.raises(BcpKitError):
                self.uow.people.remove(person_id)
            return
        self.uow.people.remove(person_id)
        self.writes += 1

    @rule()
    def commit(self) -> None:
        """Keep what was done."""
        self.uow.commit()
        self.committed, self.committed_writes = dict(self.known), self.writes

    @rule()
    def roll_back(self) -> None:
        """Drop what was done since the last commit."""
        self.uow.rollback()
        self.known, self.writes = dict(self.committed), self.committed_writes

    @rule()
    def open_again(self) -> None:
        """Close the store without commit and open it again."""
        self.uow.rollback()
        self.store.close()
        self.known, self.writes = dict(self.committed), self.committed_writes
        self.open()

    @invariant()
    def agree(self) -> None:
        """The store holds what the dictionary holds, found by district too."""
        if not hasattr(self, "uow"):
            return
        assert {p.id: p for p in self.uow.people.list()} == self.known
        for one in self.known.values():
            assert one in self.uow.people.list(district=one.district)

    def teardown(self) -> None:
        """One audit entry for each committed write, and the chain holds."""
        self.uow.rollback()
        assert self.uow.audit.head().entries == self.committed_writes
        assert verify_chain(self.uow.audit) == []
        self.uow.rollback()
        self.store.close()
        self.folder.cleanup()


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_kind_of_record_has_a_name(language: str) -> None:
    """What is counted for a person has a name in each language."""
    known = messages(language)
    assert not [kind.table for kind in ALL_KINDS if f"storage.kind.{kind.table}" not in known]
