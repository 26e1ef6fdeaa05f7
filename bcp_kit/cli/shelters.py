"""`bcp-kit shelters`: the list, surveys out and back, the state of places in an event."""

from bcp_kit.access.policy import Role
from bcp_kit.cli import candidates, shelter_status
from bcp_kit.cli.sheet_files import SheetGroup, sheet_app
from bcp_kit.cli.shelter_surveys import answers, survey
from bcp_kit.forms.sheets import SheetKind

GROUP = SheetGroup(
    help="避難先（福祉避難所など）：取り込み、一覧、書き出し、様式、調査票、開設の状況",
    kinds=(SheetKind.SHELTERS,),
    role=Role.DISASTER_OFFICER,
    listed=(
        "id",
        "name",
        "kind",
        "address",
        "capacity_people",
        "direct_evacuation",
        "confirmed_on",
    ),
    also_imports=("emergency_sites", "facility_candidates"),
)

app = sheet_app(GROUP)
app.add_typer(candidates.app, name="candidates")
app.command()(candidates.publish)
app.command()(survey)
app.command()(answers)
app.add_typer(shelter_status.app, name="status")
