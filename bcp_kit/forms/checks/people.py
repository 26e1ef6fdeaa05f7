"""Checks of who is there: succession, roles, those who come or have left, work for which nobody comes."""

import re
from collections import defaultdict
from collections.abc import Iterator

from bcp_kit.catalogues.load import catalogue, number
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.forms.checks.case import Case, Hit
from bcp_kit.forms.checks.reading import first_number, percent, squeezed

ND, IF = PlanKind.NATURAL_DISASTER, PlanKind.INFECTION
STAGE_DAYS = {"h6": 0, "d1": 1, "d3": 3, "d7": 7}
DAY_SHIFTS = ("staff_morning", "staff_noon", "staff_evening")
ATTENDANCE = "出勤率"
WORK_DAY = 1
_ASIDE = re.compile(r"[（(][^）)]*[）)]")


def _person(words: str) -> str:
    return squeezed(_ASIDE.sub("", words))


def deputies_needed(case: Case) -> int:
    """Return how many deputies a facility of this size must name: two, or as many as there are colleagues."""
    wanted = int(number("check_rules", "deputies_min"))
    return min(wanted, max(case.staff_number - 1, 0)) if case.staff_number else wanted


def deputies_too_few(case: Case) -> Iterator[Hit]:
    """Two different people stand in for the one who decides; fewer only where there are no two colleagues."""
    rows = case.rows("nd_deputies")
    if not rows or not rows[0].get("manager", "").strip():
        return
    head = _person(rows[0]["manager"])
    named = {_person(row.get(column, "")) for row in rows for column in ("deputy_1", "deputy_2")} - {
        "",
        head,
        "なし",
        "未定",
    }
    if len(named) < deputies_needed(case):
        column = "deputy_2" if _person(rows[0].get("deputy_1", "")) in named else "deputy_1"
        shown = {"count": len(named), "needed": deputies_needed(case)}
        yield Hit(kind=ND, item_id="nd_deputies", row=0, column=column, values=shown)


def infection_deputy_missing(case: Case) -> Iterator[Hit]:
    """Each role of the infection plan has somebody else who takes over."""
    if case.staff_number == 1:
        return
    for item_id in ("if_prep_owner", "if_init_owner", "if_spread_owner", "if_close_owner"):
        for place, row in enumerate(case.rows(item_id, IF)):
            name, deputy = _person(row.get("person_in_charge", "")), _person(row.get("deputy", ""))
            if name and (not deputy or deputy == name):
                shown = {"row": row.get("role", ""), "name": row["person_in_charge"]}
                yield Hit(kind=IF, item_id=item_id, row=place, column="deputy", values=shown)


def most_roles(staff: int) -> int | None:
    """Return how many teams one person may lead in a facility with so many staff; None for no limit."""
    fitting = [
        row
        for row in catalogue("check_rules").rows.values()
        if staff >= int(row.data.get("staff_from", 10**6))
    ]
    chosen = max(fitting, key=lambda row: int(row.data["staff_from"]), default=None)
    return int(chosen.value) if chosen and chosen.value else None


def too_many_roles(case: Case) -> Iterator[Hit]:
    """Nobody leads more teams at once than one person can; a small office may give one person more."""
    most = most_roles(case.staff_number)
    if most is None:
        return
    led: dict[str, list[int]] = defaultdict(list)
    rows = case.rows("nd_emergency_structure")
    for place, row in enumerate(rows):
        if _person(row.get("leader", "")):
            led[_person(row["leader"])].append(place)
    for places in led.values():
        if len(places) > most:
            shown = {"name": rows[places[0]]["leader"], "count": len(places), "most": most}
            place = places[most]
            yield Hit(kind=ND, item_id="nd_emergency_structure", row=place, column="leader", values=shown)


def expected_share(case: Case, column: str) -> float | None:
    """Return the share of staff that the newest cover run expects for a column of the table, in percent."""
    own = {person.id for person in case.staff}
    estimates = [one for one in case.run.attendance if one.staff_id in own] if case.run else []
    if column == "night":
        chances = [float(one.on_site) for one in estimates if one.day == 0]
        if not any(chances):  # no roster told the run who is on duty
            return None
    else:
        chances = [one.chance for one in estimates if one.day == STAGE_DAYS[column]]
    return 100 * sum(chances) / len(chances) if chances else None


def attendance_too_high(case: Case) -> Iterator[Hit]:
    """The plan does not count on more people than the cover run expects from homes, roads and families."""
    slack = number("check_rules", "attendance_slack")
    for place, row in enumerate(case.rows("nd_critical_work_table")):
        if row.get("stage_item") != ATTENDANCE:
            continue
        for column in ("night", *STAGE_DAYS):
            said, expected = percent(row.get(column, "")), expected_share(case, column)
            if said is not None and expected is not None and said > expected + slack:
                shown = {"said": f"{said:.0f}", "expected": f"{expected:.0f}"}
                yield Hit(kind=ND, item_id="nd_critical_work_table", row=place, column=column, values=shown)


def attendance_beyond_roster(case: Case) -> Iterator[Hit]:
    """Without a cover run: within six hours nobody is counted on who lives too far, or cannot leave home."""
    if case.run is not None or not case.staff:
        return
    reach_m = 1000 * number("check_rules", "roster_reach_km")
    known = [person for person in case.staff if person.home_distance_m is not None]
    free = [
        person
        for person in known
        if (person.home_distance_m or 0.0) <= reach_m
        and not person.cares_for_family
        and (person.youngest_child_age is None or person.other_parent_at_home)
    ]
    if len(known) < len(case.staff):
        return
    possible = 100 * len(free) / len(known)
    for place, row in enumerate(case.rows("nd_critical_work_table")):
        said = percent(row.get("h6", "")) if row.get("stage_item") == ATTENDANCE else None
        if said is not None and said > possible + number("check_rules", "attendance_slack"):
            shown = {"said": f"{said:.0f}", "possible": len(free), "of": len(known)}
            yield Hit(kind=ND, item_id="nd_critical_work_table", row=place, column="h6", values=shown)


def _people_on(case: Case, column: str) -> float | None:
    share = expected_share(case, column)
    if share is None:
        said = [
            percent(row.get(column, ""))
            for row in case.rows("nd_critical_work_table")
            if row.get("stage_item") == ATTENDANCE
        ]
        share = said[0] if said else None
    return case.staff_number * share / 100 if share is not None and case.staff_number else None


def tasks_exceed_people(case: Case) -> Iterator[Hit]:
    """The tasks that cannot wait need no more people at once than come on the day after the event."""
    coming = _people_on(case, "d1")
    rows = case.rows("nd_priority_tasks")
    if coming is None or not rows:
        return
    for column in DAY_SHIFTS:
        needed = sum(first_number(row.get(column, "")) or 0 for row in rows)
        if needed > coming + 0.5:
            shown = {"needed": f"{needed:g}", "coming": f"{coming:.0f}"}
            yield Hit(kind=ND, item_id="nd_priority_tasks", column=column, values=shown)
            return


def night_tasks_exceed_people(case: Case) -> Iterator[Hit]:
    """By night the tasks need no more people than the emergency rota has on duty."""
    needed = sum(first_number(row.get("staff_night", "")) or 0 for row in case.rows("nd_priority_tasks"))
    on_duty = [
        first_number(row.get("people_needed", "")) or 0
        for row in case.rows("nd_staff_rota")
        if "夜" in row.get("shift_name", "")
    ]
    if on_duty and needed > max(on_duty):
        shown = {"needed": f"{needed:g}", "coming": f"{max(on_duty):g}"}
        yield Hit(kind=ND, item_id="nd_priority_tasks", column="staff_night", values=shown)


def former_staff(case: Case) -> Iterator[Hit]:
    """Lists of staff name nobody who is no longer there."""
    names = {squeezed(person.name) for person in case.staff}
    if not names:
        return
    for item_id, column in (("nd_callin_list", "name"), ("nd_promotion_structure", "name")):
        for place, row in enumerate(case.rows(item_id)):
            said = _person(row.get(column, ""))
            if said and not any(name in said for name in names):
                shown = {"name": row[column]}
                yield Hit(kind=ND, item_id=item_id, row=place, column=column, values=shown)


def staff_not_listed(case: Case) -> Iterator[Hit]:
    """The list of who can come names everybody."""
    listed = squeezed("".join(row.get("name", "") for row in case.rows("nd_callin_list")))
    missing = [person.name for person in case.staff if squeezed(person.name) not in listed]
    if listed and missing:
        shown = {"name": missing[0], "count": len(missing)}
        yield Hit(kind=ND, item_id="nd_callin_list", column="name", values=shown)
