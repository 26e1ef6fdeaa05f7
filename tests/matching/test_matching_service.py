"""The matching service on the sample town and small changes of it: everybody gets a line with reasons."""

from collections.abc import Callable

from small_town import hall, person, quick

from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.people import Device, HouseholdType
from bcp_kit.domain.placements import UnknownMode
from bcp_kit.domain.shelters import DestinationKind
from bcp_kit.services.base import Context
from bcp_kit.services.matching import match
from bcp_kit.services.matching_people import power_of, priority_parts, priority_tier
from bcp_kit.services.matching_read import read_run, sentence, what_to_confirm_first


def test_everybody_on_the_register_gets_a_line(town: Context) -> None:
    """In each hazard every listed person has a first-stage line: a place, or why none is looked for."""
    for hazard in (HazardKind.EARTHQUAKE, HazardKind.RIVER_FLOOD):
        run = match(town, quick(hazard))
        first = [p for p in run.placements if p.stage == 1]
        assert len({p.person_id for p in first}) == len(first) == 12
        assert all(p.shelter_id or p.reasons for p in first)
        assert all(s.violations == 0 and s.bounds for s in run.stages)


def test_the_same_question_gives_the_same_answer(town: Context) -> None:
    """Twice the same command gives the same places, stage by stage."""
    first = match(town, quick(HazardKind.LANDSLIDE))
    assert first.placements == match(town, quick(HazardKind.LANDSLIDE)).placements


def test_a_run_can_be_read_again_with_sentences(town: Context) -> None:
    """The stored run comes back; reasons and remedies become sentences without leftovers of keys."""
    run = match(town, quick())
    view = read_run(town)
    assert view.run == run
    said = [
        sentence(r, view.shelters, language)
        for line in view.lines
        for r in (*line.placement.reasons, *line.placement.remedies)
        for language in ("ja", "en")
    ]
    assert said and not [s for s in said if "{" in s or "matching." in s or "|" in s]


def test_guesses_are_ranked_by_people_who_depend(town: Context) -> None:
    """What to confirm first counts people, most first; with confirmed facts only there are no guesses."""
    match(town, quick())
    counts = [c.people for c in what_to_confirm_first(read_run(town))]
    assert counts and counts == sorted(counts, reverse=True)
    strict = match(town, quick(mode=UnknownMode.CONFIRMED_ONLY))
    assert not strict.guess_counts


def test_unknown_capacity_counts_by_mode(filled: Callable[..., Context]) -> None:
    """An unknown capacity gets the planning default when assuming, and takes nobody when not."""
    ctx = filled([person("p")], [hall(capacity_people=None)])
    assert match(ctx, quick()).stages[0].placed == 1
    strict = match(ctx, quick(mode=UnknownMode.CONFIRMED_ONLY))
    assert strict.stages[0].placed == 0
    assert "capacity_unknown" in strict.placements[0].reasons[0].message


def test_hospital_first_people_are_listed_never_matched(filled: Callable[..., Context]) -> None:
    """H10: a person with a ventilator by tracheostomy is listed for the hospital."""
    run = match(filled([person("p", "ventilator_tppv"), person("q")], [hall()]), quick())
    line = run.of_person("p")[0]
    assert line.hospital and line.shelter_id is None and line.reasons[0].rule == "H10"


def test_no_coordinates_is_said(filled: Callable[..., Context]) -> None:
    """W14: a person whose home has no place on the map is listed with that reason."""
    run = match(filled([person("p", location=None), person("q")], [hall()]), quick())
    assert run.of_person("p")[0].reasons[0].rule == "W14"


def test_flood_moves_only_those_in_the_zone_or_unchecked(filled: Callable[..., Context]) -> None:
    """H18: who lives outside the zone stays; who lives inside or was never looked at leaves."""
    flood = HazardKind.RIVER_FLOOD
    people = [
        person(key, home_exposures=(Exposure(hazard=flood, in_zone=Known(key)),))
        for key in ("yes", "no", "unknown")
    ]
    run = match(filled([*people, person("nobody-looked")], [hall()]), quick(flood))
    assert {p.person_id for p in run.placements if p.stays_home} == {"no"}


def test_agreement_shelters_come_second(filled: Callable[..., Context]) -> None:
    """H08: the first place is the hall, the agreement shelter the place to move on to, when it has opened."""
    home_like = hall("w", kind=DestinationKind.AGREEMENT_WELFARE, capacity_people=10, opens_after_h=72)
    run = match(filled([person("p", "higher_brain")], [hall(), home_like]), quick())
    assert [p.shelter_id for p in run.of_person("p")] == ["g", "w"]


def test_roles_of_one_building_share_its_room(filled: Callable[..., Context]) -> None:
    """H12: hall and special space of one school hold no more than the school."""
    places = [
        hall("a", site_id="school", capacity_people=10),
        hall("b", site_id="school", capacity_people=10, kind=DestinationKind.SPECIAL_SPACE),
    ]
    people = [person(f"p{i:02}") for i in range(20)]
    assert match(filled(people, places), quick()).stages[0].placed == 8  # 10 less the reserve of 15 %


def test_the_smallest_change_is_named_and_helps(filled: Callable[..., Context]) -> None:
    """A missing outlet is named as remedy; with that outlet the person is placed."""
    device = Device(kind="酸素濃縮器", power_w=300, hours_per_day=24, life_support=True)
    place = hall(
        features={"backup_power": Known.YES}, medical_outlets=0, backup_power_w=3000, backup_power_wh=300_000
    )
    ctx = filled([person("p", "hot_oxygen", devices=(device,))], [place])
    line = match(ctx, quick()).of_person("p")[0]
    assert line.shelter_id is None
    assert line.remedies[0].values["resource"] == "outlets" and line.remedies[0].values["amount"] == 1
    with ctx.open_store() as uow:
        uow.shelters.save(uow.shelters.need("g").model_copy(update={"medical_outlets": 1}))
        uow.commit()
    assert match(ctx, quick()).of_person("p")[0].shelter_id == "g"


def test_nothing_to_match_is_said_on_the_run(context: Context, filled: Callable[..., Context]) -> None:
    """Nobody on the register, and a town without places: a run that says so, with a line for each person."""
    empty = match(context, quick())
    assert [n.message for n in empty.notes] == ["matching.note.nobody", "matching.note.no_shelter"]
    assert empty.placements == () and empty.stages[0].people == 0
    nowhere = match(filled([person("p")], []), quick())
    assert nowhere.notes[0].message == "matching.note.no_shelter"
    assert nowhere.of_person("p")[0].reasons[0].message == "matching.reason.no_place_at_all"


def test_tiers_follow_the_points_and_life_support_overrides() -> None:
    """Points add up by the catalogue; a device that life depends on is always the first tier."""
    plain = person("p", "elderly_alone", household_type=HouseholdType.ALONE)
    assert priority_parts(plain, True) == ("alone",)
    assert priority_parts(plain, False) == ("alone", "no_supporter")
    assert priority_tier(plain, True) == 3
    device = Device(kind="人工呼吸器", power_w=150, life_support=True)
    assert priority_tier(plain.model_copy(update={"devices": (device,)}), True) == 1


def test_power_counts_devices_and_else_the_need() -> None:
    """Outlets, watts and watt-hours a day come from the devices; without a record from the need."""
    device = Device(kind="x", power_w=100, hours_per_day=10)
    assert power_of(person("p", "hot_oxygen", devices=(device, device))) == (2, 200, 2000)
    outlets, watts, energy = power_of(person("p", "hot_oxygen"))
    assert (outlets, watts) == (1, 350) and energy > 0
    assert power_of(person("p", "elderly_alone")) == (0, 0, 0)
