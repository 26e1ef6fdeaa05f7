"""Ways over roads on the paper of a plan."""

from pathlib import Path

import pypdfium2 as pdfium

from bcp_kit.domain.hazards import HazardKind
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.matching import MatchCommand, match
from bcp_kit.services.plan_routes import PlanRoutes
from bcp_kit.services.plans import draft_plans
from bcp_kit.services.plans_print import Edition, PrintOrder, plan_pdf, print_plans
from bcp_kit.services.road_maps import remove_roads


def drafted(ctx: Context) -> Context:
    """Plans for a flood and an earthquake."""
    runs = [
        match(ctx, MatchCommand(hazard, own_process=False, work_limit=1.0))
        for hazard in (HazardKind.EARTHQUAKE, HazardKind.RIVER_FLOOD)
    ]
    draft_plans(ctx, [run.id for run in runs])
    return ctx


def words_of(pdf: bytes) -> str:
    """The words of a document without spaces and breaks."""
    document = pdfium.PdfDocument(pdf)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def test_plans_have_ways_from_home_to_place(town: Context) -> None:
    """Every planned place with a point has a way that begins at the home or at the place before."""
    ctx = drafted(town)
    with ctx.open_store() as uow:
        people = {p.id: p for p in uow.people.list()}
        shelters = {s.id: s for s in uow.shelters.list()}
        plans = [(people[plan.person_id], plan) for plan in uow.evacuation_plans.list()]
        found = PlanRoutes(uow).of(plans, shelters)
    assert found
    for person, plan in plans:
        starts = [person.location, *(s.location for s in shelters.values())]
        for shelter_id, route in found.get(person.id, {}).items():
            assert shelter_id in {stage.shelter_id for stage in plan.stages}
            assert route.points[0] in starts and route.points[-1] == shelters[shelter_id].location
            assert route.metres > 0 and len(route.points) > 3


def test_the_paper_says_whether_the_line_is_a_road(town: Context) -> None:
    """With a road net the map's words speak of ways by road; without one of straight lines."""
    ctx = drafted(town)
    with ctx.open_store() as uow:
        plans = uow.evacuation_plans.list()
    person_id = next(plan.person_id for plan in plans if any(stage.shelter_id for stage in plan.stages))
    by_road = words_of(plan_pdf(ctx, person_id, Edition.PERSON).pdf_bytes)
    remove_roads(ctx)
    straight = words_of(plan_pdf(ctx, person_id, Edition.PERSON).pdf_bytes)
    sketch = text("plans.paper.map_note_roads")[:12]
    assert sketch in by_road and sketch not in straight
    assert text("plans.paper.map_note")[:12] in straight


def test_a_batch_is_the_same_twice(town: Context, tmp_path: Path) -> None:
    """Maps with ways come out the same, byte by byte, for the same store, ledger and clock."""
    ctx, made = drafted(town), []
    for name in "ab":
        made.append(print_plans(ctx, PrintOrder(out_dir=tmp_path / name)).files[0].read_bytes())
        with ctx.open_store() as uow:
            uow.paper_copies.remove_all()
            uow.commit()
    assert made[0] == made[1]
