"""Prices: what one unit of each limit is worth. They prove a bound, and they choose columns.

For a goal with earlier goals held at their values, any prices λ ≥ 0 of rows and μ ≥ 0 of floors give

    best answer ≤ Σ limit·λ − Σ floor·μ + Σ over households of max(0, best option's worth + μ·earlier − price)

over *all* pairs, by weak duality: no solver is trusted for it. Good prices are the duals of the relaxation
over some columns; the columns they still want are added, chosen by profit over all pairs and never by
distance alone, until none is left.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bcp_kit.cores.shelter_matching.instance import Goal
from bcp_kit.cores.shelter_matching.tables import Array, Columns, Tables

CHUNK_PAIRS = 4_000_000
NEVER = -1e18
SAFE = 1e-3  # of one person's share: far more than sums of floats are off
SPARSE = 12  # an option in so many open: then columns are quicker than the whole table
UNIT = {Goal.TRAVEL: 600.0}  # how large one person's share of a goal is, in the goal's own unit
Aim = Mapping[Goal, float]  # what is wanted: a weight for each goal that adds up over pairs


@dataclass(frozen=True)
class Prices:
    """Row prices λ (R) for `aim`, and per earlier goal its floor value and its price μ."""

    aim: Aim
    rows: Array
    floors: Mapping[Goal, tuple[int, float]]


def unit(goal: Goal) -> float:
    """Return the size of one person's share of a goal."""
    return UNIT.get(goal, 1.0)


def scale_of(aim: Aim) -> float:
    """Return the size of one person's share of the finest goal of an aim."""
    return min(unit(g) * w for g, w in aim.items())


def worth_of(tables: Tables, aim: Aim, home: Array, option: Array) -> Array:
    """Return what options count for an aim; the arguments broadcast."""
    found = np.zeros(np.broadcast_shapes(home.shape, option.shape))
    for goal, weight in aim.items():
        if weight:
            found += weight * tables.worth(goal, home, option)
    return found


def floor_of(goal: Goal, value: int) -> int:
    """Return a goal's value signed so that more is better."""
    return value if goal.wants_more else -value


def profits(tables: Tables, prices: Prices, first: int, last: int) -> Array:
    """Return the profit of every option of households `first` to `last`, (n, 2M); NEVER where forbidden."""
    home = np.arange(first, last)[:, None]
    option = np.arange(2 * tables.places)[None, :]
    found = worth_of(tables, prices.aim, home, option)
    found += worth_of(tables, {g: price for g, (_, price) in prices.floors.items()}, home, option)
    found -= tables.price_of_option(prices.rows, slice(first, last))
    found[~tables.allowed[first:last]] = NEVER
    return found


def chunks(tables: Tables) -> Iterator[tuple[int, int]]:
    """Yield ranges of households whose pairs fit into memory at once."""
    homes = len(tables.size)
    step = max(1, CHUNK_PAIRS // max(1, 2 * tables.places))
    for first in range(0, homes, step):
        yield first, min(homes, first + step)


def dual_bound(tables: Tables, prices: Prices) -> float:
    """Return the proven bound of the prices over all pairs, signed so that more is better.

    Valid for any prices; negative ones are taken as zero.
    """
    return _bound(tables, _safe(prices), _best_profits(tables, _safe(prices)))


def ruled_in(tables: Tables, prices: Prices, least: float) -> Array:
    """Return which options (H, 2M) an answer may hold that reaches at least `least` of the aim.

    `least` is signed so that more is better; answers are those that also reach the floors of the prices. An
    option is ruled out when the bound, with it, would fall below `least` (reduced costs).
    """
    safe = _safe(prices)
    best = np.maximum(_best_profits(tables, safe), 0)
    spare = _bound(tables, safe, best) - least + SAFE * sum(unit(g) * w for g, w in prices.aim.items())
    if not _are_sparse(tables):
        found = tables.allowed.copy()
        for first, last in chunks(tables):
            found[first:last] &= profits(tables, safe, first, last) >= best[first:last, None] - spare
        return found
    columns, found = Columns(*np.nonzero(tables.allowed)), np.zeros_like(tables.allowed)
    kept = column_profits(tables, safe, columns) >= best[columns.home] - spare
    found[columns.home[kept], columns.option[kept]] = True
    return found


def column_profits(tables: Tables, prices: Prices, columns: Columns) -> Array:
    """Return the profit of each column."""
    home, option = columns.home, columns.option
    found = worth_of(tables, prices.aim, home, option)
    found += worth_of(tables, {g: price for g, (_, price) in prices.floors.items()}, home, option)
    return np.asarray(found - tables.taken(columns).T @ prices.rows)


def _safe(prices: Prices) -> Prices:
    """Return the prices with negative ones taken as zero."""
    held = {g: (value, max(0.0, price)) for g, (value, price) in prices.floors.items()}
    return Prices(prices.aim, np.maximum(prices.rows, 0), held)


def _are_sparse(tables: Tables) -> bool:
    """True where so few options are open that they are looked at one by one."""
    return bool(SPARSE * tables.allowed.sum() < tables.allowed.size)


def _bound(tables: Tables, safe: Prices, best: Array) -> float:
    total = float(tables.limit @ safe.rows) - sum(floor_of(g, v) * p for g, (v, p) in safe.floors.items())
    return total + float(np.maximum(best, 0).sum())


def _best_profits(tables: Tables, safe: Prices) -> Array:
    """Return the profit of each household's best option, (H); NEVER where it has none."""
    best = np.full(len(tables.size), NEVER)
    if _are_sparse(tables):
        columns = Columns(*np.nonzero(tables.allowed))
        np.maximum.at(best, columns.home, column_profits(tables, safe, columns))
    elif tables.places:
        for first, last in chunks(tables):
            best[first:last] = profits(tables, safe, first, last).max(axis=1)
    return best


def zero_prices(tables: Tables, aim: Aim, floors: Mapping[Goal, int]) -> Prices:
    """Return prices of nothing: every household takes what it likes best."""
    return Prices(aim, np.zeros(len(tables.limit)), {g: (v, 0.0) for g, v in floors.items()})


def concerned(tables: Tables, aim: Aim, floors: Mapping[Goal, int]) -> Array:
    """Return which households matter for an aim and the goals held before it, bool (H)."""
    matter = np.zeros(len(tables.size), bool)
    for g in (*aim, *floors):
        tail = g.value[-1]
        matter |= tables.members[:, int(tail) - 1] > 0 if tail.isdigit() else True
    return matter & tables.allowed.any(axis=1)


def best_options(tables: Tables, prices: Prices, homes: Array, length: int) -> Columns:
    """Return up to `length` options of best profit for each household with mask `homes`, over all pairs."""
    found_home, found_option = [], []
    length = min(length, 2 * tables.places)
    for first, last in chunks(tables):
        profit = profits(tables, prices, first, last)
        profit[~homes[first:last]] = NEVER
        top = np.argpartition(-profit, length - 1, axis=1)[:, :length]
        row, rank = np.nonzero(np.take_along_axis(profit, top, 1) > NEVER / 2)
        found_home.append(row + first)
        found_option.append(top[row, rank])
    return Columns(np.concatenate(found_home), np.concatenate(found_option))


def near_options(tables: Tables, prices: Prices, homes: Array, margin: float) -> Columns:
    """Return the options whose profit is within `margin` a person of the household's best, over all pairs."""
    found_home, found_option = [], []
    for first, last in chunks(tables):
        profit = profits(tables, prices, first, last)
        profit[~homes[first:last]] = NEVER
        least = np.maximum(profit.max(axis=1), 0) - margin * tables.size[first:last]
        row, option = np.nonzero((profit >= least[:, None]) & (profit > NEVER / 2))
        found_home.append(row + first)
        found_option.append(option)
    return Columns(np.concatenate(found_home), np.concatenate(found_option))


def spread_options(tables: Tables, homes: Array, length: int) -> Columns:
    """Return a first list per household without prices: the nearest options and a scattered handful."""
    travel = Prices({Goal.TRAVEL: 1.0}, np.zeros(len(tables.limit)), {})
    near = best_options(tables, travel, homes, length // 2)
    found_home, found_option = [near.home], [near.option]
    option = np.arange(2 * tables.places)
    for first, last in chunks(tables):
        order = (np.arange(first, last)[:, None] * 7919 + option[None, :] * 104_729) % 65_537
        order = np.where(tables.allowed[first:last] & homes[first:last, None], order, 1 << 20)
        top = np.argpartition(order, min(length, len(option)) - 1, axis=1)[:, :length]
        row, rank = np.nonzero(np.take_along_axis(order, top, 1) < 1 << 20)
        found_home.append(row + first)
        found_option.append(top[row, rank])
    return merged(tables, Columns(np.concatenate(found_home), np.concatenate(found_option)))


def merged(tables: Tables, *parts: Columns) -> Columns:
    """Return columns without repetition, ordered by household and option."""
    width = 2 * max(1, tables.places)
    key = np.unique(np.concatenate([p.home.astype(np.int64) * width + p.option for p in parts]))
    return Columns(key // width, key % width)
