"""Second and third places on the paper of a plan (F61)."""

import paper_checks as checks
import pytest
from paper_makers import full_case, full_person, full_plan

from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.placements import Alternative
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.forms.messages import LANGUAGES
from bcp_kit.forms.second_places import apart_words
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.render.evacuation.paper import print_copies
from bcp_kit.render.tagpdf import DocumentFacts

CENTRE = Alternative(shelter_id="centre", distance_m=2310, shares=("zone:river_flood",))
HOME = Alternative(shelter_id="home", distance_m=4100)


def plan_with(*alternatives: Alternative) -> EvacuationPlan:
    """The full plan whose first places all have these further places."""
    stages = (
        stage.model_copy(update={"alternatives": alternatives}) if stage.stage == 1 else stage
        for stage in full_plan().stages
    )
    return full_plan(stages=tuple(stages))


def words(case_edition: Edition, facts: DocumentFacts, **changes: object) -> str:
    """All words of a copy, without blanks."""
    return "".join(checks.page_texts(print_copies([full_case(case_edition, **changes)], facts).pdf_bytes))


@pytest.mark.parametrize("edition", list(Edition))
def test_further_places_stand_on_every_copy(edition: Edition, facts: DocumentFacts) -> None:
    """F61: name, address, telephone and why the place stands apart are on both editions, on one sheet."""
    plan = plan_with(CENTRE, HOME)
    told = words(edition, facts, plan=plan)
    for part in ("まず行くところが使えないとき", "2番目に行くところ", "約2.3km", "別の建物"):
        assert part in told, part
    assert told.count("000-555-6666") == 2  # first place in an earthquake, second for the hazards together
    printed = print_copies([full_case(edition, plan=plan)], facts)
    assert printed.copies[0].pages == 2
    assert not checks.failed_rules(printed.pdf_bytes) and not checks.fonts_not_embedded(printed.pdf_bytes)


def test_one_further_place_says_that_there_is_no_third(facts: DocumentFacts) -> None:
    """A missing third place is said; without any the paper has no such box."""
    assert "見つかっていません" in words(Edition.PERSON, facts, plan=plan_with(HOME))
    assert "2番目" not in words(Edition.PERSON, facts)


def test_a_protected_home_gives_no_way_to_a_supporter(facts: DocumentFacts) -> None:
    """H16: a supporter's copy of a protected address has no length of a way to a further place."""
    person = full_person(protected_address=True)
    told = words(Edition.SUPPORTER, facts, person=person, plan=plan_with(CENTRE, HOME))
    assert "2番目" in told and "2.4km" not in told and "2.3km" not in told


def test_what_parts_and_what_is_shared_is_said() -> None:
    """Building, flood zone and power: shared, apart, and unknown are three different words."""
    wet = Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=Known.YES)
    dry = Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=Known.NO)
    plain = Shelter(id="x", name="x", kind=DestinationKind.GENERAL)
    powered = plain.model_copy(update={"features": {"backup_power": Known.YES}, "exposures": (dry,)})
    lying_low = plain.model_copy(update={"exposures": (wet,)})
    assert apart_words(powered, ()) == ("別の建物", "浸水区域の外", "非常用電源あり")
    assert "浸水区域かどうかは未確認" in apart_words(plain, ())
    assert "前の所と同じく洪水の区域の中" in apart_words(lying_low, ("zone:river_flood",))
    assert "洪水の区域の中（はじめの所は区域の外）" in apart_words(lying_low, ())
    assert apart_words(plain, ("site:a", "power"))[0] == "同じ建物"
    assert "前の所と同じく非常用電源が確認されていない" in apart_words(plain, ("power",))
    for language in LANGUAGES:
        assert all(told and "{" not in told for told in apart_words(lying_low, ("power",), language))
