"""An invented month of work for a facility's staff, as an Excel file to practise with."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from bcp_kit.access.policy import Action
from bcp_kit.domain.staff import Employment, Qualification, StaffMember
from bcp_kit.forms.messages import text
from bcp_kit.render.roster_table import RosterCell, RosterTable
from bcp_kit.render.roster_workbook import roster_workbook
from bcp_kit.render.spreadsheet import Written
from bcp_kit.services.base import Context
from bcp_kit.services.roster_board import board_lines

_CARERS = (Qualification.CARE_WORKER, Qualification.CERTIFIED_CARE_WORKER, Qualification.SUCTION_TRAINED)
_ROUND = ("early", "day", "late", "night", "", "", "day")
_DAYTIME = ("day", "day", "day", "day", "day", "", "")


def sample_roster(ctx: Context, facility_id: str, first: date) -> Written:
    """Return an invented roster of one month for the stored staff; the same staff give the same roster.

    Carers who work nights go round early, day, late, night and two days off; others work by day. Raises:
    BcpKitError A-001, U-002.
    """
    ctx.demand(Action.SEE_STAFF, facility_id)
    after = (first + timedelta(days=32)).replace(day=1)
    days = tuple(first + timedelta(days=n) for n in range((after - first).days))
    with ctx.open_store() as uow:
        facility = uow.facilities.need(facility_id)
        staff = uow.staff.list(facility_id=facility_id)
    shifts = {person.id: _month(person, place, days) for place, person in enumerate(staff)}
    table = RosterTable(
        title=text("rosters.sheet.title_sample"),
        facility=facility.name,
        operator=facility.operator,
        days=days,
        lines=board_lines(staff, shifts),
        about=text("rosters.sheet.sample"),
    )
    return roster_workbook(table)


def _month(person: StaffMember, place: int, days: Sequence[date]) -> Mapping[date, RosterCell]:
    rounds = _ROUND if person.night_ok and set(person.qualifications) & set(_CARERS) else _DAYTIME
    rng = Random(f"{person.id}/{days[0]}")  # noqa: S311 - an invented roster, no secret
    share = 1.0 if person.employment is Employment.FULL_TIME else 0.6
    found = {}
    for number, day in enumerate(days):
        shift = rounds[(number + 3 * place) % len(rounds)]
        if shift and rng.random() < share:
            found[day] = RosterCell(shift)
    return found
