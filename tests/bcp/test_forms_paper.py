"""Forms 1 to 9, supplementary tables and contact tree: rows from plan and staff, marks, paper, Excel."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Role
from bcp_kit.catalogues.load import catalogue
from bcp_kit.cli import build
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.form_sheets import sheet_specs
from bcp_kit.forms.schema import form
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_content import read_content
from bcp_kit.services.bcp_forms import FormOrder, export_forms, form_list, print_contact_tree, print_forms
from bcp_kit.services.sample_plans import load_sample_plans
from tests.render.paper_checks import failed_rules, fonts_not_embedded, page_texts, squeezed


@pytest.fixture
def plan_id(ctx: Context) -> str:
    """The natural-disaster plan of the invented home, written to the end."""
    return load_sample_plans(ctx, ServiceCategory.CARE_RESIDENTIAL).plans[PlanKind.NATURAL_DISASTER].id


def test_every_form_of_the_reference_is_there() -> None:
    """All forms and supplementary tables of the catalogues are sheets, once each."""
    keys = [spec.key for spec in sheet_specs()]
    assert sorted(keys) == sorted([*catalogue("form_sheets").rows, *catalogue("supplementary_tables").rows])


def test_sheets_name_columns_and_items_that_exist() -> None:
    """Each column that is filled is one of the sheet, each item and cell one of the forms."""
    items = {i.id: i for f in ("bcp_natural_disaster", "bcp_infection") for i in form(f).items}
    for spec in sheet_specs():
        columns = set(spec.row.data["columns"])
        assert set(spec.people) <= columns, spec.key
        for source in spec.sources:
            assert set(source.columns) | set(source.staff) <= columns, spec.key
            cells = {column.key for column in items[source.item].input.columns}
            for template in (*source.columns.values(), *source.staff.values()):
                assert {part.split("}")[0] for part in template.split("{")[1:]} <= cells, (spec.key, template)


def test_paper_holds_all_sheets_with_their_marks(ctx: Context, plan_id: str) -> None:
    """Every sheet stands on a page with its title and what was not confirmed; the file is clean PDF/UA."""
    printed = print_forms(ctx, FormOrder(plan_id))
    whole = "".join(page_texts(printed.pdf_bytes))
    assert all(squeezed(title) in whole for _, title in form_list())
    assert whole.count("列：確かめていない") == sum(
        spec.row.verification == "unverified" for spec in sheet_specs()
    )
    assert failed_rules(printed.pdf_bytes) == [] and fonts_not_embedded(printed.pdf_bytes) == []


def test_rows_come_from_plan_and_staff(ctx: Context, plan_id: str) -> None:
    """The stock list holds the plan's articles, the staff list all numbers; a blank one neither."""
    order = FormOrder(plan_id, ("form_05_contact", "form_06_stockpile"))
    content = read_content(ctx, plan_id)
    foods = [row["article"] for row in content.plan.answers["nd_stock_food"].rows]
    with ctx.open_store() as uow:
        staff = uow.staff.list(facility_id=content.facility.id)
    filled = "".join(page_texts(print_forms(ctx, order).pdf_bytes))
    blank = "".join(page_texts(print_forms(ctx, FormOrder(plan_id, order.keys, blank=True)).pdf_bytes))
    for words in [p.phone for p in staff if p.phone] + foods:
        assert squeezed(words) in filled and squeezed(words) not in blank


def test_excel_has_a_tab_for_each_sheet(ctx: Context, plan_id: str) -> None:
    """The file opens; the first tab says how far each sheet was confirmed."""
    book = openpyxl.load_workbook(io.BytesIO(export_forms(ctx, FormOrder(plan_id)).content))
    assert len(book.sheetnames) == len(sheet_specs()) + 1
    marks = [row[1].value for row in book.worksheets[0].iter_rows(min_row=2)]
    assert len(marks) == len(sheet_specs()) and all("列：" in str(mark) for mark in marks)


def test_the_contact_tree_names_everybody_once(ctx: Context, plan_id: str) -> None:
    """Manager first with deputies, then teams, then all other staff; each with a number to dial."""
    printed = print_contact_tree(ctx, plan_id)
    whole = "".join(page_texts(printed.pdf_bytes))
    content = read_content(ctx, plan_id)
    deputies = content.plan.answers["nd_deputies"].rows[0]
    with ctx.open_store() as uow:
        staff = uow.staff.list(facility_id=content.facility.id)
    assert whole.index(squeezed(deputies["manager"])) < whole.index(squeezed(deputies["deputy_2"]))
    assert all(squeezed(person.name) in whole for person in staff)
    assert failed_rules(printed.pdf_bytes) == [] and fonts_not_embedded(printed.pdf_bytes) == []


def test_who_may_not_see_staff_gets_no_tree(ctx: Context, plan_id: str, acting_as: Any) -> None:
    """A member of staff is refused the tree, and gets the forms without names of staff."""
    other = acting_as(Role.FACILITY_STAFF, "")
    with pytest.raises(BcpKitError):
        print_contact_tree(other, plan_id)
    order = FormOrder(plan_id, ("supp_safety_staff",))
    with ctx.open_store() as uow:
        name = uow.staff.list(facility_id=uow.continuity_plans.need(plan_id).facility_id)[0].name
    assert squeezed(name) not in "".join(page_texts(print_forms(other, order).pdf_bytes))


def test_commands(ctx: Context, plan_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`bcp forms` and `bcp tree` write PDF and Excel; an unknown form is refused."""
    monkeypatch.setenv("BCP_KIT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")

    def run(*words: str) -> int:
        words = ("bcp", *words, "--plan", plan_id, "--out", str(tmp_path))
        return CliRunner().invoke(build(["bcp"]), list(words)).exit_code

    assert run("forms", "--form", "form_03_health", "--blank") == 0
    assert run("forms", "--excel") == 0 and run("tree") == 0
    assert run("forms", "--form", "no_such") != 0
    assert {p.suffix for p in tmp_path.glob("forms*")} == {".pdf", ".xlsx"}
