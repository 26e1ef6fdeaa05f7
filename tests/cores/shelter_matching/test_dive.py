"""First answers of large plans: valid, of worth, the same for any threads, and no room carried wrongly."""

import numpy as np
import pytest
from points_worlds import points
from scipy import sparse

from bcp_kit.cores.shelter_matching.engine import optimise as engine
from bcp_kit.cores.shelter_matching.engine.columns import Look, near
from bcp_kit.cores.shelter_matching.engine.crew import Crew
from bcp_kit.cores.shelter_matching.engine.dive import _in_turn, dived
from bcp_kit.cores.shelter_matching.engine.dual import cooled, first_prices
from bcp_kit.cores.shelter_matching.engine.optimise import optimise
from bcp_kit.cores.shelter_matching.engine.plan import Limits
from bcp_kit.cores.shelter_matching.engine.points import Points, _one_number
from bcp_kit.cores.shelter_matching.engine.problem import NOWHERE, Array, Columns


def priced(problem: Points) -> tuple[Array, Columns]:
    """Return good prices and the columns that are worth a look at them."""
    with Crew() as crew:
        rows = first_prices(problem, problem.unit(), crew, lambda: True)
        rows, _ = cooled(problem, rows, problem.unit(), crew, lambda: True, 1)
    return rows, near(problem, rows, Look(problem.unit() / 50, 24))


@pytest.mark.parametrize("seed", range(3))
def test_a_dive_is_valid_and_near_what_is_possible(seed: int) -> None:
    """Every limit is kept and left as it was, and a first answer is within 5 % of what prices prove."""
    problem = points(seed, 250, 10)
    rows, columns = priced(problem)
    before = problem.limit.copy()
    chosen = dived(problem, rows, columns, problem.unit())
    assert problem.broken(chosen) == []
    assert (problem.limit == before).all()
    assert problem.value(chosen) > 0.95 * problem.bound(rows)


def test_a_dive_does_not_depend_on_the_threads() -> None:
    """One thread and three give the same answer."""
    problem = points(3, 250, 10)
    rows, columns = priced(problem)
    with Crew(3) as crew:
        many = dived(problem, rows, columns, problem.unit(), crew)
    assert (dived(problem, rows, columns, problem.unit()) == many).all()


def test_nothing_to_choose_from_places_nobody() -> None:
    """Without columns everybody stays without a place."""
    problem = points(3, 40, 4)
    none = Columns(np.zeros(0, np.int64), np.zeros(0, np.int64))
    chosen = dived(problem, np.zeros(len(problem.limit)), none, problem.unit())
    assert (chosen == NOWHERE).all()


@pytest.mark.parametrize("seed", range(20))
def test_what_is_taken_in_turn_fits_together(seed: int) -> None:
    """All columns that pass fit together, and the first that fits alone passes."""
    draw = np.random.default_rng(seed)
    table = sparse.csr_matrix(draw.integers(0, 4, (12, 3)))
    room = draw.integers(0, 12, 3)
    fits = _in_turn(table, room)
    dense = table.toarray()
    assert (dense[fits].sum(axis=0) <= room).all()
    assert fits[0] == (dense[0] <= room).all()


def test_the_way_for_many_homes_keeps_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """The large path, asked of a few hundred: valid, near its bound, the same for any threads."""
    for limit in ("MANY_HOMES", "EXACT_HOMES", "FEW_PAIRS"):
        monkeypatch.setattr(engine, limit, 0)
    monkeypatch.setattr(engine, "soon", lambda _problem: False)
    problem = points(5, 120, 12)
    plans = [optimise(problem, Limits(rounds=1, workers=n)) for n in (1, 3)]
    assert problem.broken(plans[0].chosen) == []
    assert plans[0].value <= plans[0].bound and plans[0].gap < 0.03
    assert (plans[0].chosen == plans[1].chosen).all()


def test_one_number_tells_lines_apart_and_keeps_their_order() -> None:
    """Lines of whole numbers, also negative ones, and their numbers sort alike."""
    table = np.random.default_rng(1).integers(-3, 4, (200, 3))
    _, by_lines = np.unique(table, axis=0, return_inverse=True)
    _, by_number = np.unique(_one_number(table), return_inverse=True)
    assert (by_lines.ravel() == by_number.ravel()).all()
