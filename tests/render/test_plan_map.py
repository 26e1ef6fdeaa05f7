"""The map of a plan in black and white: danger hatched, landmarks named, nothing of a protected home."""

import io
from dataclasses import replace

import paper_checks as checks
import paper_makers as make
import pypdfium2
import pytest

from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.geo.danger_rings import DangerRings
from bcp_kit.geo.zones import Zones
from bcp_kit.render.evacuation.case import PlanCase
from bcp_kit.render.evacuation.layout import Variant, set_in
from bcp_kit.render.evacuation.map_drawing import draw_map, map_of
from bcp_kit.render.evacuation.paper import print_copies
from bcp_kit.render.evacuation.plain_text import text_copy
from bcp_kit.render.jafont import BASE_FONT
from bcp_kit.render.tagpdf import DocumentFacts, TaggedCanvas

FLOOD = [[138.9, 34.9], [139.1, 34.9], [139.1, 35.003], [138.9, 35.003], [138.9, 34.9]]
HOLE = [[139.002, 34.996], [139.008, 34.996], [139.008, 34.999], [139.002, 34.999], [139.002, 34.996]]
OVER = [[138.99, 35.0], [139.01, 35.0], [139.01, 35.002], [138.99, 35.002], [138.99, 35.0]]


def _zones(*rings: list[list[list[float]]], hazard: str = "river_flood") -> DangerRings:
    features = [
        {"properties": {"hazard": hazard}, "geometry": {"type": "Polygon", "coordinates": ring}}
        for ring in rings
    ]
    return DangerRings(Zones.from_geojson({"features": features}))


def _shelter(key: str, name: str, kind: DestinationKind) -> Shelter:
    at = Location(latitude=35.004, longitude=138.994)
    return Shelter(id=key, name=name, kind=kind, location=at)


def _case(rings: DangerRings | None, **changes: object) -> PlanCase:
    return replace(make.full_case(**changes), dangers=rings, copy_number="0000001-8")  # type: ignore[arg-type]


def _signed(ring: tuple[tuple[float, float], ...]) -> float:
    pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2


def test_zones_are_cut_to_the_box_with_holes_the_other_way_round() -> None:
    """Rings stay inside the box; their signed area is that of zone less hole; other hazards have none."""
    box = (138.99, 34.99, 139.02, 35.01)
    found = _zones([FLOOD, HOLE]).within(box, [HazardKind.RIVER_FLOOD, HazardKind.TSUNAMI])
    (rings,) = found.values()
    assert all(box[0] - 1e-9 <= x <= box[2] + 1e-9 and box[1] - 1e-9 <= y <= box[3] + 1e-9
               for ring in rings for x, y in ring)  # fmt: skip
    assert sum(map(_signed, rings)) == pytest.approx(0.03 * 0.013 - 0.006 * 0.003, rel=1e-6)
    assert sum(_signed(ring) < 0 for ring in rings) == 1


def test_the_map_says_what_its_hatching_means(facts: DocumentFacts) -> None:
    """Beside the map, in its words for reading voices, in the text; without a zone nobody speaks of one."""
    words = "".join(checks.page_texts(print_copies([_case(_zones([FLOOD]))], facts).pdf_bytes))
    assert "斜めの線：洪水の危険な区域" in words
    with set_in(Variant.STANDARD):
        shown = map_of(_case(_zones([FLOOD])), 400, 200)
        dry = map_of(_case(_zones([FLOOD], hazard="tsunami")), 400, 200)
    assert shown is not None and "斜めの線：洪水の危険な区域" in shown.alt
    assert dry is not None and not dry.dangers and "斜めの線" not in dry.alt
    assert "洪水の危険な区域があります" in text_copy(_case(_zones([FLOOD]))).text


def _grey(case: PlanCase, east: float, north: float) -> float:
    """Return the share of dark dots around a point some metres from the home, on the drawn map."""
    target = io.BytesIO()
    canvas = TaggedCanvas(target, pagesize=(600, 300), initialFontName=BASE_FONT)
    with set_in(Variant.STANDARD):
        found = map_of(case, 600, 300)
        assert found is not None
        draw_map(canvas, found, 0, 0, 600)
    canvas.save()
    metre, (x, y) = found.drawn.bar_pt / found.drawn.bar_m, found.drawn.places[0].at
    picture = pypdfium2.PdfDocument(target.getvalue())[0].render(scale=4, grayscale=True).to_pil()
    at = ((x + east * metre) * 4, (300 - y - north * metre) * 4)
    box = tuple(round(v) for v in (at[0] - 25, at[1] - 25, at[0] + 25, at[1] + 25))
    dots = list(picture.crop(box).getdata())
    return sum(dot < 200 for dot in dots) / len(dots)


def test_hatching_is_seen_inside_the_zone_only() -> None:
    """Dark lines inside, none in a hole nor outside; two zones over each other are hatched once."""
    holed, twice = _case(_zones([FLOOD, HOLE])), _case(_zones([FLOOD], [OVER]))
    inside, hole, outside = (-600.0, -450.0), (450.0, -280.0), (-600.0, 1200.0)
    assert _grey(holed, *inside) > 0.05
    assert _grey(holed, *hole) < 0.02 and _grey(holed, *outside) < 0.02
    assert _grey(twice, -500, 100) == pytest.approx(_grey(holed, -500, 100), abs=0.05)


def test_landmarks_are_places_that_are_open_to_everybody(facts: DocumentFacts) -> None:
    """A school near the home is named; a welfare shelter that is not the person's own is not."""
    school = _shelter("l", "西町公民館", DestinationKind.GENERAL)
    welfare = _shelter("w", "ひみつ苑", DestinationKind.DESIGNATED_WELFARE)
    case = _case(None)
    case = replace(case, shelters={**case.shelters, "l": school, "w": welfare})
    words = "".join(checks.page_texts(print_copies([case], facts).pdf_bytes))
    assert "西町公民館" in words and "目印になる所" in words and "ひみつ苑" not in words


@pytest.mark.parametrize("variant", [Variant.STANDARD, Variant.LARGE, Variant.A3, Variant.A3_LARGE])
def test_a_map_with_everything_is_accessible(variant: Variant, facts: DocumentFacts) -> None:
    """PDF/UA-1 with hatching and landmarks, on every paper."""
    case = replace(_case(_zones([FLOOD, HOLE])), variant=variant)
    assert checks.failed_rules(print_copies([case], facts).pdf_bytes) == []


def test_a_protected_home_has_no_map_at_all(facts: DocumentFacts) -> None:
    """Neither hatching nor landmarks, on no copy."""
    case = _case(_zones([FLOOD]), person=make.full_person(protected_address=True))
    words = "".join(checks.page_texts(print_copies([case], facts).pdf_bytes))
    assert "斜めの線" not in words and "地図はのせません" in words
