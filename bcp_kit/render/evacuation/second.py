"""The box of second and third places by hazard (F61): where to go when the first is lost, and why there."""

from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.placements import Alternative
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.messages import DEFAULT_LANGUAGE
from bcp_kit.forms.second_places import apart_words
from bcp_kit.render.evacuation.case import PlanCase
from bcp_kit.render.evacuation.layout import plan_layout, style
from bcp_kit.render.evacuation.rows import Row, Setter
from bcp_kit.render.evacuation.tables import (
    GAP_PT,
    Paragraphs,
    column_shares,
    hazard_names,
    in_lines,
    named_place,
    table_head,
    table_row,
)
from bcp_kit.render.evacuation.values import distance_words, say
from bcp_kit.render.evacuation.wording import Wording, with_readings, wording

_PLACES = 2


def second_rows(case: PlanCase, setter: Setter, width: float) -> tuple[Row, ...]:
    """Return second and third place by hazard; nothing where none was found for any hazard."""
    ways = _ways(case)
    if not any(ways):
        return ()
    widths = column_shares(width, *plan_layout().columns.second)
    rows = [table_head(setter, widths, [say(f"column.{key}") for key in ("hazard", "second", "third")])]
    for found, hazards in ways.items():
        cells: list[Paragraphs] = [[(hazard_names(hazards), style("label"))]]
        cells += [_place(case, found, number, widths[number + 1] - GAP_PT) for number in range(_PLACES)]
        rows.append(table_row(setter, widths, cells))
    return tuple(rows)


def _ways(case: PlanCase) -> dict[tuple[Alternative, ...], list[HazardKind]]:
    """Return the hazards with a first place by their further places, in the plan's order."""
    ways: dict[str, tuple[tuple[Alternative, ...], list[HazardKind]]] = {}
    for stage in case.plan.stages:
        if stage.stage == 1 and stage.shelter_id:
            alike = repr(stage.alternatives)
            ways.setdefault(alike, (stage.alternatives, []))[1].append(stage.hazard)
    return dict(ways.values())


def _place(case: PlanCase, places: tuple[Alternative, ...], number: int, width: float) -> Paragraphs:
    if number >= len(places):
        return [(say("no_second"), style("text"))]
    found = places[number]
    shelter = case.shelters.get(found.shelter_id)
    if shelter is None:
        return [(say("shelter_unknown"), style("text"))]
    phone = say("telephone", number=shelter.phone) if shelter.phone else ""
    return [
        (named_place(shelter), style("label")),
        *((words, style("text")) for words in in_lines((shelter.address, phone), style("text"), width)),
        ("　".join(part for part in (_far(case, found), *_apart(shelter, found)) if part),
         style("text")),
    ]  # fmt: skip


def _apart(shelter: Shelter, found: Alternative) -> list[str]:
    """Return what parts the place from those before it, in the words of the copy."""
    language = "en" if wording() is Wording.ENGLISH else DEFAULT_LANGUAGE
    told = apart_words(shelter, found.shares, language)
    return [with_readings(words) for words in told] if wording().has_readings else list(told)


def _far(case: PlanCase, found: Alternative) -> str:
    return "" if case.hides_home else distance_words(found.distance_m, "", None)
