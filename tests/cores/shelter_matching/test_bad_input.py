"""Bad input: each answer about a plan is there, with a word for everybody; no failure, nobody dropped."""

from functools import cache

import numpy as np
import pytest
from matching_worlds import NEEDS_WELFARE, WELFARE, home, site, world

from bcp_kit.cores.shelter_matching.board import board
from bcp_kit.cores.shelter_matching.dispersed import alternatives
from bcp_kit.cores.shelter_matching.engine.points import Points
from bcp_kit.cores.shelter_matching.engine.problem import NOWHERE
from bcp_kit.cores.shelter_matching.engine.reasons import complaints, reasons
from bcp_kit.cores.shelter_matching.explain import explain, unsettled
from bcp_kit.cores.shelter_matching.fairness import fairness
from bcp_kit.cores.shelter_matching.instance import Instance, Pin, Place, Profile
from bcp_kit.cores.shelter_matching.pins import settle
from bcp_kit.cores.shelter_matching.replan import Variant, replan
from bcp_kit.cores.shelter_matching.scene import Scene
from bcp_kit.cores.shelter_matching.solve import solve
from bcp_kit.cores.shelter_matching.stress import single_losses, stress
from bcp_kit.cores.shelter_matching.town import town_changes

NEEDY = Profile(usual=NEEDS_WELFARE, required=("oxygen",), critical=("oxygen",))
HELD = Pin(destination_id="s")


def no_distances() -> Instance:
    """No way is known and no distance either."""
    instance = world([home("a"), home("b")], [site("s")], [[-1], [-1]])
    return instance.model_copy(update={"distance_m": np.full((2, 1), np.nan)})


INSTANCES = {
    "no shelter": world([home("a")], []),
    "nobody": world([], [site("s")]),
    "nothing": world([], []),
    "a need that no shelter meets": world([home("a")], [site("s", kind=WELFARE)], profiles=(NEEDY,)),
    "zero capacity": world([home("a")], [site("s", 0)]),
    "unknown capacity": world([home("a")], [site("s", 0, unconfirmed=frozenset({"people"}))]),
    "no limit at all": world([home("a")], [site("s", None)]),
    "distances missing": no_distances(),
    "contradicting locks": settle(world([home("a", pin=HELD), home("b", pin=HELD)], [site("s", 1)]))[0],
    "everybody at one address": world(
        [home(f"h{i:03}", (1 + i % 3,)) for i in range(200)], [site("s", 30), site("t", 50)]
    ),
}


@cache
def solved(name: str) -> dict[str, Place]:
    """The best answer, found once."""
    return dict(solve(INSTANCES[name]).places)


@pytest.mark.parametrize("name", INSTANCES)
def test_everybody_left_over_has_a_reason(name: str) -> None:
    """Whoever has no place has at least one reason; nobody is missing from the answer."""
    instance = INSTANCES[name]
    places = solved(name)
    scene = Scene(instance, places)
    told = {e.household_id: e for e in (explain(scene, h) for h in unsettled(scene))}
    assert {h.id for h in instance.households} == told.keys() | set(places)
    assert all(e.reasons for e in told.values())


@pytest.mark.parametrize("name", INSTANCES)
def test_every_answer_is_there(name: str) -> None:
    """Re-plan, stress, fairness, further places and the town's choices end, with lines for everybody."""
    instance = INSTANCES[name]
    places = solved(name)
    for variant in Variant:
        again = replan(places, instance, variant)
        assert len(again.result.places) == len(places) and again.moved == 0 == again.least_moved
    set_up = board(instance, places)
    report = stress(set_up, "single", single_losses(instance))
    assert set(report.remains) == {h.id for h in instance.households}
    assert set(alternatives(set_up, {})) == set(places)
    assert sum(fairness(instance, places, {}).people.values()) == sum(
        len(h.member_ids) for h in instance.households
    )
    assert all(
        c.people + sum(c.suited.values()) > 0 for c in town_changes(Scene(instance, places), set_up, 3)
    )


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("no shelter", "no_kind"),
        ("a need that no shelter meets", "feature_unknown"),
        ("zero capacity", "too_small"),
        ("unknown capacity", "capacity_unknown"),
        ("distances missing", "no_way"),
    ],
)
def test_each_fault_has_its_word(name: str, cause: str) -> None:
    """The reason names the fault itself."""
    instance = INSTANCES[name]
    told = explain(Scene(instance, {}), 0)
    assert cause in {r.message.rsplit(".", 1)[-1] for r in told.reasons}


def test_ten_thousand_at_one_address_are_answered() -> None:
    """10,000 households at one address: everybody left over has a reason, and nobody can complain."""
    homes = 10_000
    problem = Points(
        {
            "hxy": np.zeros((homes, 2)),
            "sxy": np.array([[0.0, 0.0], [900.0, 0.0]]),
            "size": np.ones(homes, int),
            "use": np.ones((homes, 1), int),
            "mask": np.ones(homes, int),
            "tier": np.sort(1 + np.arange(homes) % 3),
            "cap": np.array([[300], [500]]),
            "acc": np.array([1, 1]),
        }
    )
    chosen = np.full(homes, NOWHERE)
    chosen[:300], chosen[300:800] = 0, 1
    found = reasons(problem, chosen, problem.weight)
    assert found.told.all() and len(found.home) == 9_200
    assert not len(complaints(problem, chosen, problem.weight))
