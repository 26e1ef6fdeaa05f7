"""Draws that several parts share: exact quotas, weighted choices, exact shares of a list."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import TypeVar

KeyT = TypeVar("KeyT")


def quotas(weights: Mapping[KeyT, float], total: int) -> dict[KeyT, int]:
    """Return whole numbers that sum to `total` in the proportion of `weights` (largest remainder)."""
    whole = sum(weights.values())
    exact = {key: total * weight / whole for key, weight in weights.items()}
    found = {key: int(value) for key, value in exact.items()}
    by_remainder = sorted(exact, key=lambda key: found[key] - exact[key])
    for key in by_remainder[: total - sum(found.values())]:
        found[key] += 1
    return found


def dealt(rng: Random, weights: Mapping[KeyT, float], total: int) -> list[KeyT]:
    """Return `total` keys in random order, each as often as its quota says."""
    cards = [key for key, count in quotas(weights, total).items() for _ in range(count)]
    rng.shuffle(cards)
    return cards


def pick(rng: Random, weights: Mapping[KeyT, float]) -> KeyT:
    """Return one key, each with the chance of its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def hits(rng: Random, chance: float) -> bool:
    """Return True with the given chance."""
    return rng.random() < chance


def taken(rng: Random, items: Sequence[KeyT], share: float) -> set[KeyT]:
    """Return exactly the given share of `items`, rounded."""
    return set(rng.sample(items, round(len(items) * share)))


def told_apart(names: Iterable[str]) -> list[str]:
    """Return the names, with 第2, 第3 … behind those that stood before."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}第{seen[name]}")
    return found
