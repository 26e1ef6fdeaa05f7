"""The whole loop on an invented world, without questions: staff, places, matching, plans, paper."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bcp_kit.access.policy import Role
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.placements import MatchingRun
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import prefill, save_answers, start_plan
from bcp_kit.services.bcp_answers import parse_answers
from bcp_kit.services.bcp_print import print_plan
from bcp_kit.services.cover import CoverCommand, default_scenarios, run_cover
from bcp_kit.services.facilities import list_facilities
from bcp_kit.services.inspection_pack import print_pack
from bcp_kit.services.matching import MatchCommand, match
from bcp_kit.services.matching_alternatives import store_alternatives
from bcp_kit.services.plans import DraftOutcome, draft_plans
from bcp_kit.services.plans_print import PrintOrder, PrintOutcome, print_plans
from bcp_kit.services.sample_plans import load_sample_plans
from bcp_kit.services.sample_records import load_sample_records
from bcp_kit.services.sample_world import WorldOutcome, load_world

HAZARDS = (HazardKind.EARTHQUAKE, HazardKind.RIVER_FLOOD)
DEMO_SEED = 20261123
COVER_WORK = 5.0  # deterministic seconds a facility; more is better proven, not better staffed


@dataclass(frozen=True)
class DemoOutcome:
    """What the demo did and where its papers lie. `covers` by facility id, `matchings` by hazard."""

    world: WorldOutcome
    covers: Mapping[str, CoverRun]
    matchings: Mapping[HazardKind, MatchingRun]
    drafts: DraftOutcome
    person_copies: PrintOutcome
    supporter_copies: PrintOutcome
    continuity_plans: tuple[Path, ...]
    out_dir: Path


def as_role(ctx: Context, role: Role) -> Context:
    """Return the context with the actor in another role: the demo plays both people of the loop."""
    return replace(ctx, actor=ctx.actor.model_copy(update={"role": role}))


def run_demo(ctx: Context, world: str, out_dir: Path, *, seed: int = DEMO_SEED) -> DemoOutcome:
    """Load the invented world, run the loop once, and leave the papers in `out_dir`.

    Raises: BcpKitError of the steps; U-003 when progress asks to stop.
    """
    officer, manager = as_role(ctx, Role.DISASTER_OFFICER), as_role(ctx, Role.FACILITY_MANAGER)
    loaded = load_world(officer, world, work_dir=out_dir)
    covers = cover_all(officer, seed)
    matchings = {hazard: _matched(officer, hazard, seed) for hazard in HAZARDS}
    drafts = draft_plans(officer, [run.id for run in matchings.values()])
    copies = {
        edition: print_plans(officer, PrintOrder(edition=edition, out_dir=out_dir / edition.value))
        for edition in (Edition.PERSON, Edition.SUPPORTER)
    }
    written = write_continuity_plans(manager, loaded.bcp_answers, out_dir / "bcp")
    return DemoOutcome(
        loaded, covers, matchings, drafts, copies[Edition.PERSON], copies[Edition.SUPPORTER], written, out_dir
    )


def _matched(ctx: Context, hazard: HazardKind, seed: int) -> MatchingRun:
    """Return a run with second and third places."""
    run = match(ctx, MatchCommand(hazard=hazard, seed=seed))
    return run if run.second_places else store_alternatives(ctx, run.id)


def run_plans_demo(ctx: Context, category: ServiceCategory, out_dir: Path) -> tuple[Path, ...]:
    """Bring in the invented facility of one category with its year of records.

    Both complete plans and the papers for an inspection lie in `out_dir` as PDF; their paths are returned.
    """
    manager = as_role(ctx, Role.FACILITY_MANAGER)
    loaded = load_sample_plans(manager, category)
    load_sample_records(manager, loaded.facility.id)
    printed = [print_plan(manager, plan.id) for plan in loaded.plans.values()]
    printed.append(print_pack(manager, loaded.facility.id))
    return tuple(_written(document, out_dir) for document in printed)


def cover_all(ctx: Context, seed: int) -> dict[str, CoverRun]:
    """Run the first of the default scenarios for each facility and return the runs by facility id."""
    scenario = default_scenarios(ctx)[0]
    runs = {}
    for facility in list_facilities(ctx):
        command = CoverCommand((facility.id,), scenario, seed=seed, work_limit=COVER_WORK)
        runs[facility.id] = run_cover(ctx, command)
    return runs


def write_continuity_plans(ctx: Context, answers: Path | None, out_dir: Path) -> tuple[Path, ...]:
    """Answer the continuity plan of the first facility and write it; a world without answers writes none.

    What the facility record and the cover run know is taken over first, the sample's own words go over it.
    """
    facilities = list_facilities(ctx)
    if answers is None or not facilities:
        return ()
    plan = start_plan(ctx, facilities[0].id, PlanKind.NATURAL_DISASTER)
    known = {proposal.item_id: proposal.answer for proposal in prefill(ctx, plan.id)}
    save_answers(ctx, plan.id, {**known, **parse_answers(answers.read_text(encoding="utf-8"))})
    return (_written(print_plan(ctx, plan.id), out_dir),)


def _written(document: PrintedDocument, out_dir: Path) -> Path:
    out_dir.mkdir(parents=True, exist_ok=True)
    path = out_dir / document.file_name
    path.write_bytes(document.pdf_bytes)
    return path
