"""Orders of goals: the catalogue's do what their names say, a municipality adds its own as YAML."""

from collections.abc import Callable

import pytest
from small_town import hall, person, quick

from bcp_kit.catalogues.load import catalogue
from bcp_kit.cores.shelter_matching.instance import Goal
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.placements import MatchingRun
from bcp_kit.services.base import Context
from bcp_kit.services.matching import match
from bcp_kit.services.matching_presets import list_presets, remove_preset, store_preset
from bcp_kit.services.matching_settings import standard_presets

OWN = """
key: our_town
label_ja: わが町の順
goals: [tier_1, tier_2, tier_3, travel]
numbers: {reserve_ratio: 0.5, max_distance_m: 900}
tiers: {1: 50}
"""


def places(run: MatchingRun) -> dict[str, str | None]:
    """Where everybody goes first."""
    return {p.person_id: p.shelter_id for p in run.placements if p.stage == 1}


def north(key: str, degrees: float, **fields: object) -> object:
    """A hall further north."""
    here = hall().location
    return hall(key, location=here.model_copy(update={"latitude": here.latitude + degrees}), **fields)


def test_every_preset_places_the_urgent_first() -> None:
    """All standard presets begin with the tiers in order and follow all goals; each has names and marks."""
    for key, preset in standard_presets().items():
        assert preset.goals[:3] == (Goal.TIER_1, Goal.TIER_2, Goal.TIER_3)
        assert len(set(preset.goals)) == len(Goal) - 1
        assert preset.label_ja and preset.label_en and preset.told_ja and preset.told_en
        assert catalogue("matching_presets").need(key).verification


def test_near_first_gives_up_the_known_place_for_the_near_one(filled: Callable[..., Context]) -> None:
    """With the standard order people stay where the last run put them; with nearness first they go near."""
    ctx = filled([person("p")], [north("far", 0.02)])
    match(ctx, quick())
    with ctx.open_store() as uow:
        uow.shelters.add(hall("near"))
        uow.commit()
    assert places(match(ctx, quick())) == {"p": "far"}
    assert places(match(ctx, quick(preset="near_first"))) == {"p": "near"}


def test_keep_present_keeps(filled: Callable[..., Context]) -> None:
    """ "Change as little as possible" leaves everybody in place when a nearer hall opens."""
    ctx = filled([person("p")], [north("far", 0.02)])
    match(ctx, quick())
    with ctx.open_store() as uow:
        uow.shelters.add(hall("near"))
        uow.commit()
    assert places(match(ctx, quick(preset="keep_present"))) == {"p": "far"}


def test_own_district_goes_before_the_shorter_way(filled: Callable[..., Context]) -> None:
    """A hall of one's own district is taken before a nearer one of another, and only in that order (S03)."""
    ctx = filled(
        [person("p", district="north")],
        [hall("near", district="south"), north("own", 0.02, district="north")],
    )
    assert places(match(ctx, quick(preset="near_first"))) == {"p": "near"}
    assert places(match(ctx, quick(preset="own_district"))) == {"p": "own"}


def test_evenly_fills_two_halls_alike(filled: Callable[..., Context]) -> None:
    """ "Evenly" splits four people over two halls, though one of them is a little nearer to all."""
    ctx = filled(
        [person(f"p{i}") for i in range(4)],
        [hall("near", capacity_people=10), north("next", 0.0001, capacity_people=10)],
    )
    standard, even = (list(places(match(ctx, quick(preset=key))).values()) for key in ("near_first", "even"))
    assert standard.count("near") == 4
    assert even.count("near") + even.count("next") == 4


def test_a_town_brings_its_own_order(filled: Callable[..., Context]) -> None:
    """The YAML's order, numbers and tiers count: half is kept in reserve, and nobody goes beyond 900 m."""
    ctx = filled([person("p"), person("q")], [hall(capacity_people=2), north("far", 0.02)])
    stored = store_preset(ctx, OWN.encode())
    assert stored.own and [p.key for p in list_presets(ctx)][-1] == "our_town"
    run = match(ctx, quick(preset="our_town"))
    assert sorted(map(str, places(run).values())) == ["None", "g"] and run.preset == "our_town"
    remove_preset(ctx, "our_town")
    with pytest.raises(BcpKitError) as gone:
        match(ctx, quick(preset="our_town"))
    assert gone.value.code is ErrorCode.PRESET_UNKNOWN


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"key: [", "YAML: 1"),
        (b"- 1", "key, label_ja, goals"),
        (b"key: 2026-99-99", "YAML"),
        (b"[" * 3_000, "YAML"),
        (b"key: x", "label_ja"),
        (OWN.replace("travel]", "speed]").encode(), "goals.3"),
        (OWN.replace("tier_2, ", "").encode(), "goals"),
        (OWN.replace("our_town", "life_first").encode(), "key"),
        (OWN.replace("reserve_ratio", "typo").encode(), "numbers"),
        (OWN.replace("{1: 50}", "{9: 50}").encode(), "tiers"),
        (b"a" * 200_000, "size"),
    ],
)
def test_a_faulty_file_says_where(context: Context, content: bytes, where: str) -> None:
    """A faulty order is refused with the place of the fault, and nothing is stored."""
    with pytest.raises(BcpKitError) as fault:
        store_preset(context, content)
    assert (fault.value.code, fault.value.values["where"]) == (ErrorCode.PRESET_FAULTY, where)
    assert not [p for p in list_presets(context) if p.own]
