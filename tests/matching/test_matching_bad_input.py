"""Bad input at the service: a clear word on the run, a line for everybody, never an exception."""

from collections.abc import Callable

from small_town import hall, person, quick

from bcp_kit.domain.placements import MatchingRun, UnknownMode
from bcp_kit.domain.shelters import DestinationKind
from bcp_kit.services.base import Context
from bcp_kit.services.matching import match
from bcp_kit.services.matching_read import read_run, sentence

Filled = Callable[..., Context]


def notes(ctx: Context) -> list[str]:
    """The notes of the newest run as sentences, in both languages without leftovers."""
    view = read_run(ctx)
    said = [sentence(n, view.shelters, language) for n in view.run.notes for language in ("ja", "en")]
    assert not [s for s in said if "{" in s or "matching." in s]
    return [n.message for n in view.run.notes]


def reasons(run: MatchingRun, person_id: str) -> set[str]:
    """The reasons of a person's first line."""
    return {r.message.rpartition(".")[2] for r in run.of_person(person_id)[0].reasons}


def test_a_need_that_no_place_meets_is_named(filled: Filled) -> None:
    """A feature that nobody has is named once for the town and stands with the person."""
    place = hall("w", kind=DestinationKind.DESIGNATED_WELFARE, direct_evacuation="no")
    ctx = filled([person("p", "hot_oxygen"), person("q")], [place, hall(features={"backup_power": "no"})])
    run = match(ctx, quick(mode=UnknownMode.CONFIRMED_ONLY))
    assert "matching.note.need_unmet" in notes(ctx)
    assert run.of_person("p")[0].shelter_id is None and reasons(run, "p")
    assert run.of_person("q")[0].shelter_id == "g"


def test_zero_and_unknown_capacity_are_two_words(filled: Filled) -> None:
    """A place for nobody is too small; a place whose size nobody knows says that nobody knows it."""
    ctx = filled([person("p")], [hall("zero", capacity_people=0), hall("unknown", capacity_people=None)])
    run = match(ctx, quick(mode=UnknownMode.CONFIRMED_ONLY))
    assert reasons(run, "p") == {"too_small", "capacity_unknown"}


def test_a_town_without_distances_says_so(filled: Filled) -> None:
    """Places without coordinates are counted on the run, and the person's reason is the missing way."""
    ctx = filled([person("p")], [hall(location=None)])
    run = match(ctx, quick())
    assert "matching.note.places_without_location" in notes(ctx)
    assert reasons(run, "p") == {"no_way"}


def test_people_without_coordinates_are_counted_on_the_run(filled: Filled) -> None:
    """Somebody whose home is not known is no one for the search, but the run says how many there are."""
    ctx = filled([person("p"), person("q", location=None)], [hall()])
    run = match(ctx, quick())
    assert notes(ctx) == ["matching.note.homes_without_location"]
    assert reasons(run, "q") == {"no_location"}


def test_everything_closed_is_said(filled: Filled) -> None:
    """With every place closed nobody is placed, and the run says that there is none to use."""
    ctx = filled([person("p")], [hall()])
    run = match(ctx, quick(closed=("g",)))
    assert notes(ctx) == ["matching.note.no_shelter"]
    assert reasons(run, "p") == {"no_place_at_all"}


def test_crowds_at_one_address_are_answered(filled: Filled) -> None:
    """Two thousand people at one point, more than there is room for: everybody has a line."""
    people = [person(f"p{i:05}") for i in range(2_000)]
    ctx = filled(people, [hall("a", capacity_people=1_500), hall("b", capacity_people=800)])
    run = match(ctx, quick(work_limit=2.0))
    assert len(run.placements) == 2_000
    assert sum(1 for p in run.placements if p.shelter_id) == 1_955  # 85 % of 2,300
    assert all(p.shelter_id or p.reasons for p in run.placements)


def test_one_household_too_large_for_any_place(filled: Filled) -> None:
    """A household of thousands stays together (H11), fits nowhere, and each member's line says why."""
    people = [person(f"p{i:04}", household_id="x") for i in range(3_000)]
    run = match(filled(people, [hall()]), quick())
    assert len(run.placements) == 3_000
    assert all(p.shelter_id is None and p.reasons[0].rule == "H03" for p in run.placements)
