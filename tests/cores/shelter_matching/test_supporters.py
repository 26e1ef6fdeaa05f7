"""H13: supporters are proposed within their caps, near ones first, and nobody is assigned."""

from itertools import product

import numpy as np
import pytest

from bcp_kit.cores.shelter_matching.supporters import Asking, Helper, Proposal, propose
from bcp_kit.domain.base import Known


def asks(key: str, tier: int = 3, hands: bool = False) -> Asking:
    """A person who asks."""
    return Asking(person_id=key, tier=tier, needs_hands=hands)


def helps(key: str, hands: int = 1, word: int = 3, zone: Known = Known.NO) -> Helper:
    """A willing supporter."""
    return Helper(supporter_id=key, room_hands=hands, room_word=word, in_zone=zone)


def firsts(found: tuple[Proposal, ...]) -> dict[str, str | None]:
    """Who is proposed to whom."""
    return {p.person_id: p.first.supporter_id if p.first else None for p in found}


def test_h13_the_cap_is_kept_over_all_proposals() -> None:
    """H13: one supporter is proposed to one person to carry, though three live near; the most urgent."""
    people = [asks("b", 2, hands=True), asks("a", 1, hands=True), asks("c", 3, hands=True)]
    found = propose(people, [helps("s")], np.array([[10.0], [90.0], [20.0]]), 500, 300)
    assert firsts(found) == {"a": "s", "b": None, "c": None}
    assert [p.person_id for p in found] == ["a", "b", "c"]


def test_h13_nobody_far_full_or_of_unknown_home_is_proposed() -> None:
    """H13: beyond reach, without room, or with an unknown home a supporter is not proposed."""
    helpers = [helps("far"), helps("full", 0, 0), helps("lost")]
    found = propose([asks("a")], helpers, np.array([[900.0, 10.0, np.nan]]), 500, 300)
    assert firsts(found) == {"a": None} and found[0].others == ()


def test_s11_a_supporter_outside_the_zone_comes_first() -> None:
    """S11: who lives in the same hazard zone counts as further away, and is still named."""
    helpers = [helps("wet", zone=Known.YES), helps("dry")]
    (found,) = propose([asks("a")], helpers, np.array([[50.0, 200.0]]), 500, 300)
    assert found.first is not None and found.first.supporter_id == "dry"
    assert [n.supporter_id for n in found.others] == ["wet"] and found.others[0].in_zone is Known.YES


def test_nobody_asks_or_nobody_helps() -> None:
    """Without people there is no proposal; without supporters each person is named with none."""
    assert propose([], [helps("s")], np.zeros((0, 1)), 500, 300) == ()
    assert firsts(propose([asks("a")], [], np.zeros((1, 0)), 500, 300)) == {"a": None}


@pytest.mark.parametrize("seed", range(60))
def test_as_good_as_trying_all(seed: int) -> None:
    """On small random towns no other proposal serves more urgent people or has shorter ways."""
    draw = np.random.default_rng(seed)
    people = [asks(f"p{i}", int(draw.integers(1, 4)), bool(draw.integers(0, 2))) for i in range(4)]
    helpers = [helps(f"s{j}", int(draw.integers(0, 2)), int(draw.integers(0, 3))) for j in range(3)]
    metres = draw.integers(1, 700, (4, 3)).astype(float)

    def rank(choice: tuple[int, ...]) -> tuple[float, ...] | None:
        for j, helper in enumerate(helpers):
            mine = [people[i] for i, c in enumerate(choice) if c == j]
            hands = sum(p.needs_hands for p in mine)
            seats = max(helper.room_hands, helper.room_word)
            words = len(mine) - hands
            if hands > helper.room_hands or words > helper.room_word or len(mine) > seats:
                return None
        if any(c >= 0 and metres[i, c] > 500 for i, c in enumerate(choice)):
            return None
        served = [sum(c >= 0 and people[i].tier == t for i, c in enumerate(choice)) for t in (1, 2, 3)]
        return (*served, -sum(metres[i, c] for i, c in enumerate(choice) if c >= 0))

    best = max(r for c in product(range(-1, 3), repeat=4) if (r := rank(c)) is not None)
    found = firsts(propose(people, helpers, metres, 500, 300))
    mine = tuple(-1 if found[p.person_id] is None else int(str(found[p.person_id])[1:]) for p in people)
    assert rank(mine) == best
