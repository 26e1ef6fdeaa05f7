"""A fact keeps its own words: saving it again never turns them into a reference to themselves."""

from bcp_kit.domain.bcp import Answer, ContinuityPlan
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers
from bcp_kit.services.bcp_content import read_content
from bcp_kit.services.site_facts import FactChange, read_facts, save_fact, save_fact_table
from tests.bcp.conftest import HOME_ID

ROWS = (
    {"kind": "facility", "name": "こもれび", "contact": "0000-62-0401"},
    {
        "kind": "medical",
        "name": "ことり医院",
        "contact": "0000-62-0402（夜間も可）",
        "phone_night": "0000-62-0409",
    },
)


def contacts(ctx: Context) -> list[dict[str, str]]:
    """The cells of the contacts, as read."""
    return [dict(row.cells) for row in read_facts(ctx, HOME_ID).facts.tables["contacts"]]


def test_a_table_of_numbers_saved_twice_keeps_its_numbers(ctx: Context) -> None:
    """The second save of the contacts leaves every number that nobody changed as it was."""
    save_fact_table(ctx, HOME_ID, "contacts", ROWS)
    save_fact_table(ctx, HOME_ID, "contacts", [{**ROWS[0], "note": "新しい"}, ROWS[1]])
    assert contacts(ctx) == [{**ROWS[0], "note": "新しい"}, dict(ROWS[1])]


def test_one_number_saved_again_keeps_its_words(ctx: Context) -> None:
    """A fact saved with the number that it has holds that number."""
    save_fact_table(ctx, HOME_ID, "contacts", ROWS)
    row = read_facts(ctx, HOME_ID).facts.tables["contacts"][0]
    save_fact(ctx, HOME_ID, FactChange("contacts", row.cells, row.id))
    assert contacts(ctx)[0]["contact"] == "0000-62-0401"


def test_a_plan_table_saved_twice_keeps_the_numbers(ctx: Context, plan: ContinuityPlan) -> None:
    """The same through a table of a plan that shows contacts."""
    item = next(i for i in read_content(ctx, plan.id).form.items if i.facts and i.facts.table == "contacts")
    name, number = (own for own, key in item.facts.columns.items() if key in ("name", "contact"))
    first = ({name: "こもれび", number: "0000-62-0401"},)
    for rows in (first, (*first, {name: "ひなた", number: "0000-62-0411"})) * 2:
        save_answers(ctx, plan.id, {item.id: Answer(rows=rows)})
    shown = read_content(ctx, plan.id).plan.answers[item.id].rows
    assert [row[number] for row in shown] == ["0000-62-0401", "0000-62-0411"]
