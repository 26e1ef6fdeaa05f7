"""Checks that one plan does not say two things: common part, sheets by service, and the other plan."""

from collections import defaultdict
from collections.abc import Iterator

from bcp_kit.catalogues.load import number
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.forms.checks.case import Case, Hit
from bcp_kit.forms.checks.data import lists
from bcp_kit.forms.checks.reading import first_number, is_phone, levels, litres, phones, places, squeezed

ND, IF = PlanKind.NATURAL_DISASTER, PlanKind.INFECTION
WATER = "nd_drinking_water"
COVERS = {ND: "nd_cover", IF: "if_cover"}
PPE = {"マスク": "マスク", "手袋": "手袋", "ガウン・エプロン": "ガウン・袖付きエプロン"}
_SUSPENDS = {"nd_day_suspend": "measure", "nd_visit_suspend": "measure"}


def water_amounts_differ(case: Case) -> Iterator[Hit]:
    """The amount of drinking water and the line of the stock list are the same."""
    given = case.answer(ND, WATER)
    for place, row in enumerate(case.rows("nd_stock_food")):
        listed = litres(row.get("quantity", "")) if "飲料水" in row.get("article", "") else None
        if listed is not None and given and given.number is not None and abs(listed - given.number) >= 1:
            shown = {"one": f"{given.number:g}L", "other": row["quantity"]}
            yield Hit(kind=ND, item_id="nd_stock_food", row=place, column="quantity", values=shown)


def deputies_differ(case: Case) -> Iterator[Hit]:
    """The head of the emergency team and the deputy are those of the line of succession."""
    succession = squeezed("".join(cell for row in case.rows("nd_deputies") for cell in row.values()))
    for place, row in enumerate(case.rows("nd_emergency_structure")):
        if "本部長" not in row.get("team_role", "") or not succession:
            continue
        for column in ("leader", "deputy"):
            name = row.get(column, "")
            if name.strip() and squeezed(name) not in succession:
                shown = {"name": name}
                yield Hit(kind=ND, item_id="nd_emergency_structure", row=place, column=column, values=shown)


def manager_differs(case: Case) -> Iterator[Hit]:
    """The manager on the cover is the one of the line of succession."""
    cover, first = case.rows("nd_cover"), case.rows("nd_deputies")
    if not cover or not first:
        return
    said, named = squeezed(cover[0].get("manager", "")), squeezed(first[0].get("manager", ""))
    if said and named and not (said in named or named in said):
        shown = {"one": cover[0]["manager"], "other": first[0]["manager"]}
        yield Hit(kind=ND, item_id="nd_deputies", row=0, column="manager", values=shown)


def phones_differ(case: Case) -> Iterator[Hit]:
    """One organisation has one number, wherever it is named, in both plans."""
    known: dict[str, list[tuple[Hit, str, frozenset[str]]]] = defaultdict(list)
    for part in case.plans.values():
        for item_id, column in lists().contact_columns.items():
            if item_id not in part.answers or case.answer(part.kind, item_id) is None:
                continue
            for place, row in enumerate(case.rows(item_id, part.kind)):
                name = next(iter(row.values()), "")
                found = frozenset(n for n in phones(row.get(column, "")) if is_phone(n))
                if found:
                    hit = Hit(kind=part.kind, item_id=item_id, row=place, column=column)
                    known[squeezed(name)].append((hit, name, found))
    for same in known.values():
        _, _, first = same[0]
        for hit, name, found in same[1:]:
            if not found & first:
                shown = {"name": name, "one": "、".join(sorted(first)), "other": "、".join(sorted(found))}
                yield hit.model_copy(update={"values": shown})


def suspension_levels_differ(case: Case) -> Iterator[Hit]:
    """The alert level at which one closes is the same among the criteria and in the sheet of the service."""
    common = [
        level
        for row in case.rows("nd_trigger_flood")
        if "休業" in row.get("level", "")
        for level in levels(row.get("condition", ""))
    ]
    for item_id in _SUSPENDS:
        own = [
            (place, min(found))
            for place, row in enumerate(case.rows(item_id))
            if (found := levels(row.get("condition", "")))
        ]
        if common and own and min(level for _, level in own) != min(common):
            place, level = min(own, key=lambda pair: pair[1])
            shown = {"one": min(common), "other": level}
            yield Hit(kind=ND, item_id=item_id, row=place, column="condition", values=shown)


def places_differ(case: Case) -> Iterator[Hit]:
    """The sheet of the service sends people to a place that the plan knows as a place of refuge."""
    known = frozenset(
        name for row in case.rows("nd_evac_external") for name in places(row.get("evacuation_place", ""))
    )
    for item_id, marker in lists().place_sheets.items():
        given = case.answer(ND, item_id)
        if given is None or not known:
            continue
        said: list[tuple[int | None, str]] = [(None, given.text)] if given.text else []
        lines = ["\n".join(row.values()) for row in given.rows]
        said += [(n, words) for n, words in enumerate(lines) if marker in words]
        for place, words in said:
            named = places(words)
            if named and not named & known:
                shown = {"one": "、".join(sorted(known)), "other": "、".join(sorted(named))}
                yield Hit(kind=ND, item_id=item_id, row=place, values=shown)


def covers_differ(case: Case) -> Iterator[Hit]:
    """Both plans show the same operator, manager, address and number on the cover."""
    one, other = case.rows(COVERS[ND], ND), case.rows(COVERS[IF], IF)
    if not one or not other:
        return
    for column, words in one[0].items():
        second = other[0].get(column, "")
        if words.strip() and second.strip() and squeezed(words) != squeezed(second):
            shown = {"one": words, "other": second}
            yield Hit(kind=IF, item_id=COVERS[IF], row=0, column=column, values=shown)


def heads_differ(case: Case) -> Iterator[Hit]:
    """Who decides is the same person in both plans."""
    succession = case.rows("nd_deputies")
    line = squeezed("".join(succession[0].values())) if succession else ""
    for item_id in ("if_init_owner", "if_spread_owner"):
        for place, row in enumerate(case.rows(item_id, IF)):
            name = squeezed(row.get("person_in_charge", ""))
            if "全体統括" in row.get("role", "") and name and line and name not in line:
                shown = {"one": succession[0].get("manager", ""), "other": row["person_in_charge"]}
                yield Hit(kind=IF, item_id=item_id, row=place, column="person_in_charge", values=shown)


def ppe_amounts_differ(case: Case) -> Iterator[Hit]:
    """Masks, gloves and gowns are counted once: in stock list, in the preparation and in the supply table."""
    stock = {row.get("article", ""): row.get("quantity", "") for row in case.rows("nd_stock_medical")}
    supply = {row.get("article", ""): row.get("quantity", "") for row in case.rows("if_ppe_supply", IF)}
    for place, row in enumerate(case.rows("if_prep_ppe", IF)):
        article, said = row.get("article", ""), row.get("quantity", "")
        elsewhere = [stock.get(name, "") for name, same in PPE.items() if same == article]
        elsewhere.append(supply.get(article, ""))
        for words in elsewhere:
            if words and said and first_number(words) != first_number(said):
                shown = {"name": article, "one": said, "other": words}
                yield Hit(kind=IF, item_id="if_prep_ppe", row=place, column="quantity", values=shown)
                break


def record_differs(case: Case) -> Iterator[Hit]:
    """Telephone number and generator of the plan are those of the facility record."""
    phone = case.facility.phone
    for kind, item_id in COVERS.items():
        for row in case.rows(item_id, kind)[:1]:
            said = row.get("phone", "")
            if phone and said.strip() and squeezed(said) != squeezed(phone):
                shown = {"one": phone, "other": said}
                yield Hit(kind=kind, item_id=item_id, row=0, column="phone", values=shown)
    hours, tolerance = case.facility.generator_fuel_h, number("check_rules", "generator_tolerance")
    for place, row in enumerate(case.rows("nd_generator")):
        told = first_number(row.get("runtime_h", ""))
        if hours and told is not None and abs(told - hours) > tolerance * hours:
            shown = {"one": f"{hours:g}h", "other": row["runtime_h"]}
            yield Hit(kind=ND, item_id="nd_generator", row=place, column="runtime_h", values=shown)
