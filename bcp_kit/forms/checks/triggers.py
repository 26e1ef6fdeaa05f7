"""Checks of the activation criteria: numbers, the one who decides, the length of a power failure."""

import re
from collections.abc import Iterator

from bcp_kit.domain.bcp import PlanKind
from bcp_kit.forms.checks.case import Case, Cells, Hit
from bcp_kit.forms.checks.reading import first_number, intensities, levels, plain

EARTHQUAKE, FLOOD, OTHER = "nd_trigger_earthquake", "nd_trigger_flood", "nd_trigger_other"
DECIDED = (EARTHQUAKE, FLOOD, OTHER, "nd_day_suspend", "nd_visit_suspend", "nd_day_routes")
_AMOUNT = re.compile(r"\d+(?:\.\d+)?\s*(?:m|cm|mm|メートル|センチ|ミリ|時間|分|日|%|割|人|度|回)")
_OUTAGE = re.compile(r"停電[^。、\n]*?\d+(?:\.\d+)?\s*(?:時間|分|日)")
KIND = PlanKind.NATURAL_DISASTER


def _hit(item_id: str, row: int, column: str, cells: Cells) -> Hit:
    shown = {"words": cells.get("condition", ""), "row": next(iter(cells.values()), "")}
    return Hit(kind=KIND, item_id=item_id, row=row, column=column, values=shown)


def trigger_earthquake_number(case: Case) -> Iterator[Hit]:
    """Each level for earthquakes names an intensity, or another figure such as hours without power."""
    for place, row in enumerate(case.rows(EARTHQUAKE)):
        said = plain(row.get("condition", ""))
        if said.strip() and not (intensities(said) or _AMOUNT.search(said)):
            yield _hit(EARTHQUAKE, place, "condition", row)


def trigger_flood_number(case: Case) -> Iterator[Hit]:
    """Each level for floods names an alert level, a height of water or an amount of rain."""
    for place, row in enumerate(case.rows(FLOOD)):
        said = plain(row.get("condition", ""))
        if said.strip() and not (levels(said) or _AMOUNT.search(said)):
            yield _hit(FLOOD, place, "condition", row)


def trigger_other_number(case: Case) -> Iterator[Hit]:
    """Each other criterion holds a figure."""
    for place, row in enumerate(case.rows(OTHER)):
        said = row.get("condition", "")
        if said.strip() and first_number(said) is None:
            yield _hit(OTHER, place, "condition", row)


def suspension_number(case: Case) -> Iterator[Hit]:
    """The conditions for closing or moving services hold a figure or an alert level, and a reachable one."""
    for item_id in ("nd_day_suspend", "nd_visit_suspend"):
        vague = [
            (place, row)
            for place, row in enumerate(case.rows(item_id))
            if row.get("condition", "").strip() and first_number(row["condition"]) is None
        ]
        # one row in words, such as a flooded street, may stand beside figures; all in words may not
        if vague and len(vague) == len(case.rows(item_id)):
            yield _hit(item_id, vague[0][0], "condition", vague[0][1])


def trigger_condition_blank(case: Case) -> Iterator[Hit]:
    """A level that says what is done also says when."""
    for item_id in (EARTHQUAKE, FLOOD, OTHER):
        for place, row in enumerate(case.rows(item_id)):
            if not row.get("condition", "").strip() and row.get("action", "").strip():
                yield _hit(item_id, place, "condition", row)


def outage_hours(case: Case) -> Iterator[Hit]:
    """Somewhere the plan says after how many hours without power it is activated."""
    items = [item_id for item_id in (EARTHQUAKE, OTHER) if case.answer(KIND, item_id)]
    said = "\n".join(
        f"{row.get('hazard', '')}{row.get('condition', '')}"
        for item_id in items
        for row in case.rows(item_id)
    )
    if items and not _OUTAGE.search(plain(said)):
        yield Hit(kind=KIND, item_id=items[-1], column="condition")


def no_judge(case: Case) -> Iterator[Hit]:
    """Each criterion names who decides."""
    for item_id in DECIDED:
        for place, row in enumerate(case.rows(item_id)):
            written = row.get("condition", "").strip() or row.get("danger_point", "").strip()
            if written and not row.get("decider", "").strip():
                yield _hit(item_id, place, "decider", row)
    for place, row in enumerate(case.rows("if_close_reopen", PlanKind.INFECTION)):
        if row.get("condition", "").strip() and not row.get("decider", "").strip():
            hit = _hit("if_close_reopen", place, "decider", row)
            yield hit.model_copy(update={"kind": PlanKind.INFECTION})


def elderly_level_late(case: Case) -> Iterator[Hit]:
    """People who need time begin to leave at alert level 3, not later."""
    rows = [(n, row) for n, row in enumerate(case.rows(FLOOD)) if "避難開始" in row.get("level", "")]
    for place, row in rows:
        named = levels(row.get("condition", ""))
        if named and min(named) > 3:
            hit = _hit(FLOOD, place, "condition", row)
            yield hit.model_copy(update={"values": {**hit.values, "level": min(named)}})
