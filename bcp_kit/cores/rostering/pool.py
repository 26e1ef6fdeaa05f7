"""All rosters seen so far, each once: whose it is, what it costs alone, which cover rows it fills."""

from collections.abc import Iterable

import numpy as np

from bcp_kit.cores.rostering.tables import Array, Tables


class Pool:
    """Columns: `person` (n), `roster` (n, D), `cost` (n), `fills` (n, C)."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._numbers: dict[tuple[int, bytes], int] = {}
        self._size = 0
        self._person = np.empty(0, dtype=np.int64)
        self._roster = np.empty((0, tables.days), dtype=np.int16)
        self._cost = np.empty(0)
        self._fills = np.empty((0, len(tables.day)), dtype=bool)

    def __len__(self) -> int:
        return self._size

    @property
    def person(self) -> Array:
        """(n) whose column it is."""
        return self._person[: self._size]

    @property
    def roster(self) -> Array:
        """(n, D) shift numbers."""
        return self._roster[: self._size]

    @property
    def cost(self) -> Array:
        """(n) what it costs without covers."""
        return self._cost[: self._size]

    @property
    def fills(self) -> Array:
        """(n, C) which cover rows it fills."""
        return self._fills[: self._size]

    def add(self, people: Iterable[int], rosters: Array) -> Array:
        """Add rosters (n, D) of people; return the numbers of all of them, known or new."""
        found = []
        for person, roster in zip(people, rosters, strict=True):
            key = (int(person), roster.astype(np.int16).tobytes())
            if key not in self._numbers:
                self._numbers[key] = self._size
                self._append(int(person), roster)
            found.append(self._numbers[key])
        return np.array(found, dtype=np.int64)

    def _append(self, person: int, roster: Array) -> None:
        if self._size == len(self._person):
            self._grow(max(256, 2 * self._size))
        at, one = self._size, roster[None]
        self._person[at] = person
        self._roster[at] = roster
        self._cost[at] = self.tables.own_cost(person, one)[0]
        self._fills[at] = self.tables.covered(person, one)[0]
        self._size += 1

    def _grow(self, size: int) -> None:
        self._person = np.resize(self._person, size)
        self._cost = np.resize(self._cost, size)
        for name in ("_roster", "_fills"):
            old = getattr(self, name)
            new = np.empty((size, old.shape[1]), dtype=old.dtype)
            new[: self._size] = old[: self._size]
            setattr(self, name, new)

    def reduced(self, columns: Array, worth: Array) -> Array:
        """Return what columns cost less what the rows they fill are worth (C)."""
        return np.asarray(self.cost[columns] - self.fills[columns] @ worth)
