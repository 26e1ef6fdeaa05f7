"""The survey of staff: an Excel sheet that an ordinary import takes back, and one page of paper for each."""

from bcp_kit.access.policy import Action
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.staff import StaffMember
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.forms.staff_survey import survey_columns
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.sheet_rows import Cells, cells_of, object_tree
from bcp_kit.render.spreadsheet import Written, write_form
from bcp_kit.render.staff_survey_paper import StaffSheet, StaffSurvey, staff_survey_paper
from bcp_kit.services.base import Context

WHY = "survey"
_UNKNOWN = ("未確認", "分からない")


def survey_sheet(ctx: Context, facility_id: str) -> Written:
    """Return the Excel sheet: one row for each member of staff with what is held, to be put right.

    It comes back by the ordinary import of staff, which changes only these columns.
    Raises: BcpKitError A-001, U-002 for an unknown facility.
    """
    _, staff = _staff(ctx, facility_id)
    return write_form([(sheet(SheetKind.STAFF), survey_columns())], [_cells(person) for person in staff])


def survey_pages(
    ctx: Context, facility_id: str, return_by: str = "", file_name: str = "staff_survey.pdf"
) -> PrintedDocument:
    """Return the paper: one page for each member of staff.

    Raises: BcpKitError A-001, U-002 for an unknown facility.
    """
    facility, staff = _staff(ctx, facility_id)
    people = [
        StaffSheet(
            s.id, s.name, {key: cell for key, cell in _cells(s).items() if cell and cell not in _UNKNOWN}
        )
        for s in staff
    ]
    survey = StaffSurvey(facility.name, people, ctx.clock.now(), return_by.strip())
    return staff_survey_paper(survey, file_name)


def _staff(ctx: Context, facility_id: str) -> tuple[Facility, tuple[StaffMember, ...]]:
    ctx.demand(Action.SEE_STAFF, facility_id)
    with ctx.open_store() as uow:
        facility = uow.facilities.need(facility_id)
        staff = tuple(uow.staff.list(facility_id=facility_id))
        uow.audit.note("export", "staff", facility_id, why=WHY)
        uow.commit()
    return facility, staff


def _cells(person: StaffMember) -> Cells:
    return cells_of(object_tree(person), survey_columns())
