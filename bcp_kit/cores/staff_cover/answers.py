"""Real answers of a roll call in the place of chances: who said that they come, and when."""

from collections.abc import Mapping

from bcp_kit.cores.staff_cover.attendance import Presence
from bcp_kit.cores.staff_cover.instance import DAY_MIN
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.cover import AttendanceEstimate
from bcp_kit.domain.placements import Reason


class ToldPresence(DomainModel):
    """What one person said: after how many hours from the event they can be there; None: they cannot come."""

    hours: float | None


def with_answers(
    presences: tuple[Presence, ...], told: Mapping[str, ToldPresence], strike_min: int
) -> tuple[Presence, ...]:
    """Return the presences with the answers in them; who has not answered keeps the estimate.

    Somebody who comes counts fully from the day of arrival on, somebody who cannot come on no day. Who was
    at work when the event struck stays there on that day. Units: hours from the event, minutes of day 0.
    """
    return tuple(
        _told(presence, told[presence.staff_id], strike_min) if presence.staff_id in told else presence
        for presence in presences
    )


def _told(presence: Presence, answer: ToldPresence, strike_min: int) -> Presence:
    arrival = None if answer.hours is None else round(strike_min + 60 * answer.hours)
    changed = [e if e.on_site else e.model_copy(update=_chance(e, arrival)) for e in presence.estimates]
    at_work = presence.on_duty_from_min is not None
    minute = presence.arrival_min if at_work or arrival is None else arrival
    return presence.model_copy(update={"estimates": tuple(changed), "arrival_min": minute})


def _chance(estimate: AttendanceEstimate, arrival_min: int | None) -> dict[str, object]:
    comes = arrival_min is not None and estimate.day >= arrival_min // DAY_MIN
    topic = "answered" if comes else "answered_not"
    reason = Reason(rule=topic, message=f"cover.attendance.{topic}")
    return {"chance": 1.0 if comes else 0.0, "reasons": (reason,)}
