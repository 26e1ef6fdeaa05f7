"""What the engine gives back, and how much it may do."""

from collections.abc import Callable
from dataclasses import dataclass

from bcp_kit.cores.shelter_matching.engine.problem import Array, Problem

GoOn = Callable[[float, str], bool]


@dataclass(frozen=True)
class Limits:
    """How much the engine may do.

    `rounds` of work repeat exactly, for any workers; `seconds` of wall clock do not. `workers` threads solve
    neighbourhoods side by side. `go_on(done, stage)` is asked several times a second and ends the work with
    the best answer so far.
    """

    rounds: int = 40
    seconds: float = float("inf")
    workers: int = 1
    seed: int = 0
    go_on: GoOn = lambda _done, _stage: True


@dataclass(frozen=True)
class Plan:
    """An answer: option or NOWHERE by household (H), row prices (R), and the bound that they prove.

    No answer to the problem is worth more than `bound`. `rounds` of neighbourhoods were looked at.
    """

    chosen: Array
    rows: Array
    value: float
    bound: float
    stopped: bool = False
    rounds: int = 0

    @property
    def gap(self) -> float:
        """How far the answer may be from the best, relative to the bound."""
        return max(0.0, self.bound - self.value) / max(1.0, abs(self.bound))


def proven(problem: Problem, chosen: Array, rows: Array) -> Plan:
    """Return any answer, also one made by hand, with the bound that prices prove for it."""
    return Plan(chosen, rows, problem.value(chosen), problem.bound(rows))
