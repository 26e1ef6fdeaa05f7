"""`bcp-kit people`: the register and its supporters, updates, duplicates, certificates, undoing."""

from bcp_kit.access.policy import Role
from bcp_kit.cli import people_identity
from bcp_kit.cli.sheet_files import SheetGroup, sheet_app
from bcp_kit.forms.sheets import SheetKind

GROUP = SheetGroup(
    help="要支援者の名簿と支援者：取り込み、更新、重複、認定・手帳、取り消し、書き出し",
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
people_identity.add_commands(app)
