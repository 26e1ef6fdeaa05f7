"""Every kind of page of the individual plans, printed and drawn as pictures for people to look at.

`python benchmarks/page_gallery.py OUT` brings the invented town into a store, drafts its plans, and leaves in
OUT each paper as PDF and beside it sheets of its pages side by side (`NAME-01.png` …), in grey as an office
printer gives them; `--colour` keeps colours, `--bits` draws in pure black and white. `--only WORD` limits it
to papers whose name contains the word. Needs poppler's `pdftoppm`.
"""

import argparse
import io
import math
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from PIL import Image

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.base import Known
from bcp_kit.domain.consent import Recipient
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import Person
from bcp_kit.domain.placements import Alternative, MatchingRun, Placement, UnknownMode
from bcp_kit.domain.plan_drills import Outcome
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.units import Location
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.copies import CopyQuery, HandOut, HolderKind, hand_out, list_copies
from bcp_kit.services.copies_lost import report_lost
from bcp_kit.services.disclosure_rules import begin_emergency
from bcp_kit.services.plan_drill_findings import gather_findings
from bcp_kit.services.plan_drill_papers import ListBy, lists_of, print_list, print_results
from bcp_kit.services.plan_drills import NewDrill, NewResult, record_results, start_drill
from bcp_kit.services.plan_form_print import blank_form, filled_form
from bcp_kit.services.plan_forms import choose_form, list_forms
from bcp_kit.services.plan_lists_print import ListKind, ListOrder, print_lists
from bcp_kit.services.plans import draft_plans
from bcp_kit.services.plans_print import Edition, PrintOrder, Variant, Wording, plan_pdf, print_plans
from bcp_kit.services.sample_world import load_world
from bcp_kit.services.store import StoreSettings, open_store

NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
HAZARDS = (HazardKind.EARTHQUAKE, HazardKind.RIVER_FLOOD)
TWINS = 3  # each invented person stands so often in the store, so that lists fill pages
PIXELS_A_ROW = 1560
Paper = tuple[str, bytes]


def town(folder: Path) -> Context:
    """Return the officer of the invented town, its plans drafted."""
    store = open_store(StoreSettings(data_dir=folder, plain=True), clock=FixedClock(NOW))
    numbers = count(1)
    ctx = Context(
        actor=Actor(name="防災担当", role=Role.DISASTER_OFFICER),
        open_store=store.open,
        clock=FixedClock(NOW),
        new_id=lambda: f"id-{next(numbers):04d}",
    )
    load_world(ctx, "town", work_dir=folder)
    with ctx.open_store() as uow:
        people, shelters = list(uow.people.list()), list(uow.shelters.list())
        for number in range(1, TWINS):
            twins = {p.id: _twin(p, number) for p in people}
            uow.people.add_many(twins.values())
            links, consents = uow.links.list(), uow.consents.list()
            uow.links.add_many(
                link.model_copy(update={"person_id": twins[link.person_id].id})
                for link in links
                if link.person_id in twins
            )
            uow.consents.add_many(
                each.model_copy(
                    update={
                        "id": f"{each.id}-{number}",
                        "giver_id": twins[each.giver_id].id if each.giver_id in twins else each.giver_id,
                        "person_id": twins[each.person_id].id if each.person_id in twins else each.person_id,
                    }
                )
                for each in consents
                if each.giver_id in twins or each.person_id in twins
            )
        for hazard in HAZARDS:
            uow.matching_runs.add(_run(hazard, list(uow.people.list()), shelters))
        uow.commit()
    draft_plans(ctx, [f"run-{hazard.value}" for hazard in HAZARDS])
    return ctx


def _twin(person: Person, number: int) -> Person:
    """Return somebody in the same state with another name and number."""
    names = {"name": f"{person.name}{'一二三四'[number]}", "register_no": f"{person.register_no}-{number}"}
    phone = f"000-{number:04d}-{int(person.id[-4:], 16) % 10_000:04d}"
    return person.model_copy(update={"id": f"{person.id}-{number}", "phone_home": phone, **names})


def _run(hazard: HazardKind, people: list[Person], shelters: list[Shelter]) -> MatchingRun:
    """Return the nearest places of everybody: what stands where matters here, not how good it is."""
    placements = []
    for place, person in enumerate(people):
        near = sorted(shelters, key=lambda s: _metres(person.location, s.location))
        far = [round(_metres(person.location, shelter.location)) for shelter in near]
        others = tuple(
            Alternative(shelter_id=s.id, distance_m=m) for s, m in zip(near[2:], far[2:], strict=True)
        )
        first = Placement(
            person_id=person.id,
            stage=1,
            shelter_id=near[0].id,
            distance_m=far[0],
            travel_min=far[0] / 40,
            alternatives=others,
            guesses=("space",) if place % 3 == 0 else (),
        )
        placements += [
            first,
            Placement(person_id=person.id, stage=2, shelter_id=near[1].id, distance_m=far[1]),
        ]
    return MatchingRun(
        id=f"run-{hazard.value}",
        hazard=hazard,
        mode=UnknownMode.ASSUME,
        made_at=NOW,
        placements=tuple(placements),
    )


def _metres(start: Location | None, end: Location | None) -> float:
    if start is None or end is None:
        return 0.0
    wide = math.cos(math.radians(start.latitude))
    return 111_000 * math.hypot(start.latitude - end.latitude, (start.longitude - end.longitude) * wide)


def copies(ctx: Context, folder: Path, wanted: Callable[[str], bool]) -> Iterator[Paper]:
    """Yield the own copy of the person of whom most is known, and one for supporters, in every look."""
    with ctx.open_store() as uow:
        plans = {plan.person_id for plan in uow.evacuation_plans.list()}
        helpers = dict.fromkeys(plans, 0)
        for link in uow.links.list():
            if link.person_id in helpers:
                helpers[link.person_id] += 1
        people = [person for person in uow.people.list() if person.id in plans]
    full = max(people, key=lambda p: (len(p.devices), len(p.considerations)))
    shared = [p for p in people if not p.protected_address]
    chosen = {
        "full": full,
        "many-helpers": max(shared, key=lambda p: helpers[p.id]),
        "protected": next((p for p in people if p.protected_address), full),
    }
    del folder
    for who, person in chosen.items():
        for edition in Edition:
            for size in Variant:
                for words in Wording:
                    name = f"copy-{who}-{edition.value}-{size.value}-{words.value}"
                    if wanted(name) and size is not Variant.TEXT:
                        try:
                            yield name, plan_pdf(ctx, person.id, edition, size, words).pdf_bytes
                        except Exception as fault:  # a copy that may not be handed out
                            print(name, fault)


def runs(ctx: Context, folder: Path, wanted: Callable[[str], bool]) -> Iterator[Paper]:
    """Yield a batch with address sheets in each kind of envelope, its cover sheet and index."""
    for envelope in ("chou3", "kaku2"):
        name = f"run-{envelope}"
        if wanted(name):
            made = print_plans(ctx, PrintOrder(folder / envelope, envelope=envelope, purpose="見本"))
            yield name, made.files[0].read_bytes()
            yield f"{name}-index", next(p for p in made.index_files if p.suffix == ".pdf").read_bytes()


def lists(ctx: Context, folder: Path, wanted: Callable[[str], bool]) -> Iterator[Paper]:
    """Yield the papers about several people."""
    emergency = False
    for name, order in (
        ("list-sealed", ListOrder(ListKind.SEALED, folder, together=True, second_person="福祉課長")),
        ("list-arrivals", ListOrder(ListKind.ARRIVALS, folder)),
        ("list-arrivals-office", ListOrder(ListKind.ARRIVALS, folder, recipient=Recipient.OFFICE)),
        ("list-districts", ListOrder(ListKind.DISTRICT, folder, together=True)),
        ("list-districts-emergency", ListOrder(ListKind.DISTRICT, folder, together=True)),
    ):
        if not wanted(name):
            continue
        if name.endswith("emergency") and not emergency:
            begin_emergency(ctx, "市長", "洪水のおそれ", 24)
        made = print_lists(ctx, order)
        for number, path in enumerate(made.files):
            yield f"{name}-{number}", path.read_bytes()


def forms(ctx: Context, folder: Path, wanted: Callable[[str], bool]) -> Iterator[Paper]:
    """Yield each form that travels along: empty, in large type, and with what is known of one person."""
    with ctx.open_store() as uow:
        plans = uow.evacuation_plans.list()
    del folder
    for choice in list_forms(ctx):
        choose_form(ctx, choice.form.id)
        for size in (Variant.STANDARD, Variant.LARGE):
            name = f"form-{choice.form.id}-blank-{size.value}"
            if wanted(name):
                yield name, blank_form(ctx, size).pdf_bytes
            name = f"form-{choice.form.id}-filled-{size.value}"
            if wanted(name):
                yield name, filled_form(ctx, plans[0].person_id, size).pdf_bytes


def losses(ctx: Context, folder: Path, wanted: Callable[[str], bool]) -> Iterator[Paper]:
    """Yield the sheets of a lost copy of a plan and of a lost list."""
    if not wanted("loss"):
        return
    print_plans(ctx, PrintOrder(folder / "lost", edition=Edition.SUPPORTER, purpose="見本"))
    print_lists(ctx, ListOrder(ListKind.DISTRICT, folder / "lost-lists"))
    for copy in (
        list_copies(ctx, CopyQuery())[-1],
        next(c for c in list_copies(ctx, CopyQuery()) if c.person_id),
    ):
        hand_out(ctx, [copy.number], HandOut(HolderKind.ORGANISATION, "見本自治会"))
        yield f"loss-{copy.edition}", report_lost(ctx, copy.number, "集会所で見あたらない").pdf_bytes


def drills(ctx: Context, folder: Path, wanted: Callable[[str], bool]) -> Iterator[Paper]:
    """Yield the lists of a drill and the sheet of what happened."""
    if not wanted("drill"):
        return
    del folder
    drill = start_drill(ctx, NewDrill("秋の避難訓練", held_on=ctx.today(), hazard=HazardKind.RIVER_FLOOD))
    for by in ListBy:
        each = max(lists_of(drill, by), key=lambda found: len(found.subjects))
        yield f"drill-{by.value}", print_list(ctx, drill.id, by, each.key).pdf_bytes
    outcomes = list(Outcome)
    results = [
        NewResult(
            subject.person.id,
            outcomes[place % 3],
            supporter_came=list(Known)[place % 3],
            words="玄関の段差で車いすが通らず、二人で持ち上げた。" if place % 2 else "",
        )
        for place, subject in enumerate(drill.subjects)
    ]
    record_results(ctx, drill.id, results)
    gather_findings(ctx, drill.id)
    yield "drill-results", print_results(ctx, drill.id).pdf_bytes


def pictures(pdf: Path, options: argparse.Namespace) -> None:
    """Draw the pages of a file side by side, as many in a row as stay readable."""
    mode = [] if options.colour else ["-mono"] if options.bits else ["-gray"]
    with tempfile.TemporaryDirectory() as folder:
        program = shutil.which("pdftoppm") or "pdftoppm"
        subprocess.run([program, "-r", str(options.dpi), "-png", *mode, str(pdf), f"{folder}/p"], check=True)
        drawn = [Image.open(io.BytesIO(path.read_bytes())) for path in sorted(Path(folder).glob("p*.png"))]
    rows: list[list[Image.Image]] = [[]]
    for page in drawn:
        if rows[-1] and sum(p.width + 6 for p in rows[-1]) + page.width > PIXELS_A_ROW:
            rows.append([])
        rows[-1].append(page)
    for number, row in enumerate(rows, start=1):
        sheet = Image.new("RGB", (sum(p.width + 6 for p in row), max(p.height for p in row)), "#4060a0")
        x = 0
        for page in row:
            sheet.paste(page.convert("RGB"), (x, 0))
            x += page.width + 6
        sheet.save(pdf.with_name(f"{pdf.stem}-{number:02d}.png"))


def main() -> None:
    """Print what is asked for and say how many pages each paper has."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="*", default=[""], metavar="WORD")
    parser.add_argument("--dpi", type=int, default=70)
    parser.add_argument("--colour", action="store_true")
    parser.add_argument("--bits", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    def wanted(name: str) -> bool:
        return any(word in name for word in options.only)

    with tempfile.TemporaryDirectory() as folder:
        ctx = town(Path(folder) / "store")
        for kind in (copies, runs, forms, losses, drills, lists):
            for name, content in kind(ctx, Path(folder) / kind.__name__, wanted):
                path = options.out / f"{name}.pdf"
                path.write_bytes(content)
                pictures(path, options)
                print(name, len(list(options.out.glob(f"{name}-[0-9][0-9].png"))), flush=True)


if __name__ == "__main__":
    main()
