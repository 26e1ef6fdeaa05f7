"""Each member of staff: how far one can count on them, when they arrive, and why."""

import streamlit as st

from bcp_kit.domain.placements import Reason
from bcp_kit.pages.parts.cover_words import reason_text
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import say
from bcp_kit.services.attendance_view import AttendanceView, PersonView
from bcp_kit.services.cover import CoverNames

DAYS_SHOWN = (0, 1, 3, 7)
NOBODY = CoverNames({})


def _arrival(person: PersonView) -> str:
    if person.arrival_h is None:
        on_duty = any(reason.rule == "on_duty" for reason in person.reasons[0])
        return say("attendance.on_duty") if on_duty else say("attendance.arrival_none")
    return say("attendance.arrival_value", hours=f"{person.arrival_h:.1f}")


def _why(reasons: tuple[Reason, ...]) -> str:
    return "／".join(reason_text(r, NOBODY) for r in reasons) or say("attendance.no_reason")


def people_rows(view: AttendanceView) -> list[dict[str, str]]:
    """Return one row of texts for each person, those who come last first."""
    days = [d for d in DAYS_SHOWN if d < len(view.days)]
    return [
        {
            say("attendance.name"): person.staff.name,
            say("attendance.arrival"): _arrival(person),
            **{
                say("cover.cli.day_number", day=day): (
                    f"{say(f'attendance.tier.{person.tiers[day].value}')}（{100 * person.chances[day]:.0f}%）"
                )
                for day in days
            },
            say("attendance.reasons"): _why(person.reasons[0]),
        }
        for person in view.people
    ]


def show_people(view: AttendanceView) -> None:
    """Show the table of people, closed until it is asked for."""
    with st.expander(say("attendance.people_title")):
        show_table(people_rows(view), alt=say("attendance.people_title"))
