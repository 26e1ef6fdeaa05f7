"""`bcp-kit people`: import, list, export and the empty form of people and their supporters."""

from bcp_kit.access.policy import Role
from bcp_kit.cli.sheet_files import SheetGroup, sheet_app
from bcp_kit.forms.sheets import SheetKind

GROUP = SheetGroup(
    help="要支援者の名簿と支援者：取り込み、一覧、書き出し、様式",
    kinds=(
        SheetKind.PEOPLE,
        SheetKind.SUPPORTERS,
    ),
    role=Role.DISASTER_OFFICER,
    listed=(
        "register_no",
        "name",
        "address",
        "district",
        "needs",
        "verified_on",
    ),
)

app = sheet_app(GROUP)
