"""`bcp-kit staff`: import, list, export, form of staff, rosters, facilities, offers of help."""

from bcp_kit.access.policy import Role
from bcp_kit.cli import safety_call
from bcp_kit.cli.sheet_files import SheetGroup, sheet_app
from bcp_kit.forms.sheets import SheetKind

GROUP = SheetGroup(
    help="職員、勤務表、施設、応援：取り込み、一覧、書き出し、様式",
    kinds=(
        SheetKind.STAFF,
        SheetKind.ROSTERS,
        SheetKind.FACILITIES,
        SheetKind.HELP_OFFERS,
    ),
    role=Role.FACILITY_MANAGER,
    listed=(
        "id",
        "facility_id",
        "name",
        "qualifications",
        "employment",
        "commute",
    ),
)

app = sheet_app(GROUP)
app.add_typer(safety_call.app, name="call")
