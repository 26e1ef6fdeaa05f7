"""Work on many records that can be taken back: what was there before is written down as it goes."""

import json
from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, TypeVar

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.imports import BatchKind, ImportBatch, LayerReplaced, Replaced
from bcp_kit.services.base import Context
from bcp_kit.services.pair_proposals import PairProposer
from bcp_kit.storage.repository import Repository
from bcp_kit.storage.unit_of_work import UnitOfWork

ObjectT = TypeVar("ObjectT", bound=DomainModel)


def digest_of(document: Any) -> str:
    """Return the SHA-256 of a JSON document, the same for equal documents."""
    plain = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(plain.encode()).hexdigest()


class BatchWriter:
    """Writes records and keeps, for each, what is needed to undo it; `keep` stores the batch.

    `pairs`: who supports whom is proposed under this batch instead of stored.
    """

    def __init__(self, uow: UnitOfWork, why: str, pairs: PairProposer | None = None) -> None:
        self.uow = uow
        self.why = why
        self.pairs = pairs
        self._added: dict[str, list[str]] = defaultdict(list)
        self._replaced: list[Replaced] = []
        self._layers: list[LayerReplaced] = []

    @property
    def is_empty(self) -> bool:
        """True while nothing has been written."""
        return not (self._added or self._replaced or self._layers)

    def add(self, repository: Repository[ObjectT], records: Iterable[ObjectT]) -> None:
        """Store new records."""
        listed = list(records)
        if listed:
            repository.add_many(listed, self.why)
            self._added[repository.kind.table] += [repository.kind.id_of(record) for record in listed]

    def save(self, repository: Repository[ObjectT], before: ObjectT, after: ObjectT) -> ObjectT:
        """Store a changed record in place of `before`."""
        self.save_many(repository, [(before, after)])
        return after

    def save_many(self, repository: Repository[ObjectT], changes: Iterable[tuple[ObjectT, ObjectT]]) -> int:
        """Store changed records in place of those that they were made from; return their number."""
        listed = list(changes)
        saved = repository.save_many([after for _, after in listed], self.why)
        for (before, _), after in zip(listed, saved, strict=True):
            version: int = getattr(after, "version")  # noqa: B009 - all kinds have it, the base class not
            self._note(repository, before, version)
        return len(listed)

    def remove(self, repository: Repository[ObjectT], before: ObjectT) -> None:
        """Remove a record."""
        repository.remove(repository.kind.id_of(before), self.why)
        self._note(repository, before, None)

    def put_layer(self, name: str, document: Any) -> None:
        """Store a named document."""
        before = self.uow.layers.get(name)
        self.uow.layers.put(name, document, self.why)
        text = None if before is None else json.dumps(before, ensure_ascii=False)
        self._layers.append(LayerReplaced(name=name, before=text, digest=digest_of(document)))

    def _note(self, repository: Repository[ObjectT], before: ObjectT, version: int | None) -> None:
        key = repository.kind.id_of(before)
        body = before.model_dump_json()
        self._replaced.append(Replaced(table=repository.kind.table, key=key, before=body, version=version))

    def keep(self, ctx: Context, kind: BatchKind, title: str = "") -> ImportBatch | None:
        """Store the batch in the same transaction and return it; None when nothing was written."""
        if self.is_empty:
            return None
        batch = ImportBatch(
            id=self.pairs.batch_id if self.pairs else ctx.new_id(),
            kind=kind,
            at=ctx.clock.now(),
            actor=ctx.actor.name,
            title=title,
            added={table: tuple(keys) for table, keys in self._added.items()},
            replaced=tuple(self._replaced),
            layers=tuple(self._layers),
        )
        self.uow.import_batches.add(batch, self.why)
        return batch
