"""Places on a run's paper: who goes there, how much of each limit is taken, what to confirm or do first."""

from collections import defaultdict
from collections.abc import Mapping

from bcp_kit.cores.shelter_matching.check import loads
from bcp_kit.cores.shelter_matching.instance import CARE_UNITS, Destination, Resource
from bcp_kit.forms.messages import text
from bcp_kit.render.matching_paper import PaperPart, PaperTable
from bcp_kit.services.matching_read import RunView, fact_label, what_to_confirm_first
from bcp_kit.services.matching_rebuild import Rebuilt
from bcp_kit.services.matching_tables import PlaceRow, place_rows
from bcp_kit.services.matching_town import kept_changes
from bcp_kit.services.matching_words import change_sentence, resource_label

KM, DM2 = 1000, 100
Taken = Mapping[str, Mapping[Resource, int]]


def places_parts(view: RunView, seen: Rebuilt | None) -> list[PaperPart]:
    """Return one part a stage; loads and limits stand with the first, where the run is kept."""
    return [_places(view, stage.stage, seen if stage.stage == 1 else None) for stage in view.run.stages]


def _places(view: RunView, stage: int, seen: Rebuilt | None) -> PaperPart:
    taken: dict[str, dict[Resource, int]] = defaultdict(dict)
    limits: dict[str, Destination] = {}
    if seen is not None:
        limits = {d.id: d for d in seen.instance.destinations}
        for (place, resource), amount in loads(seen.instance, seen.standing).items():
            taken[place][resource] = amount
    rows = [row for row in place_rows(view, stage) if row.people or row.shelter.id in limits]
    heads = ["place", "people", *(["room", "rest"] if seen else []), "marks", "farthest"]
    name = text(f"pages.matching.stage_{stage}")
    return PaperPart(
        f"places_{stage}",
        text("matching_paper.part.places", stage=name),
        (text("matching_paper.places_lead"),) if seen else (),
        tables=(
            PaperTable(
                tuple(text(f"matching_paper.column.{key}") for key in heads),
                tuple(_row(row, limits, taken, seen is not None) for row in rows),
            ),
        ),
        empty=text("matching_paper.no_place"),
    )


def _row(row: PlaceRow, limits: Mapping[str, Destination], taken: Taken, with_loads: bool) -> tuple[str, ...]:
    kind = text(f"plans.paper.destination.{row.shelter.kind.value}")
    tiers = "・".join(str(row.by_tier[t]) for t in sorted(row.by_tier))
    marks = [text(f"matching_paper.{key}", count=n) for key, n in
             (("guessed", row.guessed), ("locked", row.locked)) if n]  # fmt: skip
    far = text("matching_paper.km", km=f"{row.farthest_m / KM:.1f}") if row.people else ""
    cells = [f"{row.shelter.name}\n{kind}", text("matching_paper.by_tier", count=row.people, tiers=tiers)]
    if with_loads:
        place = limits.get(row.shelter.id)
        cells += ["", ""] if place is None else _loads(place, taken.get(row.shelter.id, {}))
    return (*cells, "\n".join(marks), far)


def _loads(place: Destination, taken: Mapping[Resource, int]) -> list[str]:
    """Return "taken / limit" of people, and of whatever else is asked for or limited there."""
    people = place.capacity.get(Resource.PEOPLE)
    first = f"{taken.get(Resource.PEOPLE, 0):,}/{'－' if people is None else f'{people:,}'}"
    rest = []
    for resource in Resource:
        used = taken.get(resource, 0)
        if resource is Resource.PEOPLE or not used:
            continue
        if resource is Resource.CARE:
            rest.append(f"{resource_label(resource)} {100 * used / CARE_UNITS:.0f} %")
            continue
        limit = place.capacity.get(resource)
        rest.append(f"{resource_label(resource)} {_in_unit(resource, used)} / {_in_unit(resource, limit)}")
    return [first, "\n".join(rest)]


def _in_unit(resource: Resource, amount: int | None) -> str:
    if amount is None:
        return "－"
    return f"{amount / DM2:,.0f} m²" if resource is Resource.AREA else f"{amount:,}"


def confirm_part(view: RunView) -> PaperPart:
    """Return the guesses that the run rests on, those with most people first."""
    rows = [
        (found.shelter.name, fact_label(found.fact), text("pages.matching.people", count=found.people))
        for found in what_to_confirm_first(view)
    ]
    heads = tuple(text(f"matching.column.{key}") for key in ("place", "fact", "fact_people"))
    return PaperPart(
        "confirm",
        text("matching.confirm_first"),
        (text("pages.matching.confirm_text"),),
        tables=(PaperTable(heads, tuple(rows)),),
        empty=text("matching_paper.nothing_guessed"),
    )


def town_part(view: RunView) -> PaperPart:
    """Return what the town should confirm, agree or provide first, where that was looked for."""
    rows = [
        (
            str(number),
            change_sentence(kept.change, view.shelters),
            text("pages.matching.people", count=kept.people),
            text("pages.matching.people", count=kept.suited_people),
            kept.each_words(),
            text("mending.proven" if kept.proven else "mending.not_proven"),
        )
        for number, kept in enumerate(kept_changes(view.run), start=1)
    ]
    heads = ("match_cli.rank", "desk.first.change", "desk.first.gains", "desk.first.suited",
             "mending.each", "mending.sure")  # fmt: skip
    looked = view.run.advised
    return PaperPart(
        "town",
        text("desk.view.first"),
        (text("desk.first.lead"),),
        tables=(PaperTable(tuple(text(key) for key in heads), tuple(rows)),),
        empty=text("desk.first.none" if looked else "mending.town_not_yet"),
    )
