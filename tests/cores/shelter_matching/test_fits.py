"""Tables of what fits agree with the rules, and what prices rule out is in no answer that counts."""

from itertools import product

import numpy as np
import pytest
from answer_worlds import crowded_town
from matching_worlds import random_world

from bcp_kit.cores.shelter_matching import check, prices
from bcp_kit.cores.shelter_matching.fits import LEVELS, profile_table
from bcp_kit.cores.shelter_matching.instance import Goal, Instance, Level, Place
from bcp_kit.cores.shelter_matching.rules import profile_blocks
from bcp_kit.cores.shelter_matching.tables import build
from bcp_kit.domain.base import Known


def by_the_rules(instance: Instance) -> np.ndarray:
    """What each profile may have, rule by rule and pair by pair."""
    return np.array(
        [
            [not profile_blocks(instance, p, d, level) for level in LEVELS for d in instance.destinations]
            for p in instance.profiles
        ]
    )


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("stage", [1, 2])
def test_the_table_says_what_the_rules_say(seed: int, stage: int) -> None:
    """H01 to H10: whatever places lack, refuse or leave unsaid."""
    draw = np.random.default_rng(seed)
    instance = crowded_town(seed, homes=30, sites=6).model_copy(update={"stage": stage, "open_by_h": 1.0})
    known = [Known.YES, Known.YES, Known.NO, Known.UNKNOWN]
    sites = tuple(
        d.model_copy(
            update={
                "safe": known[draw.integers(4)],
                "direct": known[draw.integers(4)],
                "opens_after_h": [0.0, 1.0, 2.0, None][draw.integers(4)],
                "accepts_known": bool(draw.random() < 0.8),
                "accepts": [d.accepts, (), None][draw.integers(3)],
                "facility_id": ["", "f1", "f2"][draw.integers(3)],
                "care_places": [d.care_places, {"": 0}, {}][draw.integers(3)],
            }
        )
        for d in instance.destinations
    )
    usual = tuple(
        p.model_copy(update={"familiar_facility_id": ["", "f1"][draw.integers(2)], "care_classes": ("a",)})
        for p in instance.profiles
    )
    for places, profiles in product((instance.destinations, sites), (instance.profiles, usual)):
        changed = instance.model_copy(update={"destinations": places, "profiles": profiles})
        assert (profile_table(changed) == by_the_rules(changed)).all()


def every_answer(instance: Instance) -> list[dict[str, Place]]:
    """Every valid answer of a tiny world."""
    options = [None] + [
        Place(destination_id=d.id, level=level) for d in instance.destinations for level in Level
    ]
    found = []
    for choice in product(options, repeat=len(instance.households)):
        places = {h.id: p for h, p in zip(instance.households, choice, strict=True) if p is not None}
        if not check.violations(instance, places):
            found.append(places)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_no_answer_that_reaches_the_value_holds_what_is_ruled_out(seed: int) -> None:
    """Whatever the prices, floors and the value: an answer as good uses only options that are ruled in."""
    instance = random_world(seed, homes=3, sites=3)
    tables, draw = build(instance), np.random.default_rng(seed)
    answers = every_answer(instance)
    values = [check.score(instance, a) for a in answers]
    floor = max(v[Goal.TIER_1] for v in values)
    for goal, size in ((Goal.TIER_3, 0.4), (Goal.FAMILIAR, 0.4), (Goal.TRAVEL, 200.0)):
        rows = np.maximum(0, draw.normal(0, size, len(tables.limit)))
        proof = prices.Prices({goal: 1.0}, rows, {Goal.TIER_1: (floor, size)})
        able = [(a, v) for a, v in zip(answers, values, strict=True) if v[Goal.TIER_1] >= floor]
        least = max(prices.floor_of(goal, v[goal]) for _, v in able)
        inside = prices.ruled_in(tables, proof, least)
        for places, value in able:
            if prices.floor_of(goal, value[goal]) < least:
                continue
            chosen = tables.chosen(places)
            at = np.flatnonzero(chosen >= 0)
            assert inside[at, chosen[at]].all()
