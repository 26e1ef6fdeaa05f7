"""The page of records: every part in both languages; a record, a version, an approval on screen."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.bcp import CONTINUITY_KINDS, Answer, PlanKind
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.practice import PracticeKind
from bcp_kit.forms.messages import messages
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers
from bcp_kit.services.plan_versions import Proposal, plan_history, propose_version
from bcp_kit.services.practice_records import NewRecord, add_record, list_records
from bcp_kit.services.sample_plans import SamplePlans, load_sample_plans
from bcp_kit.services.sample_records import load_sample_records
from bcp_kit.services.store import StoreSettings, open_store

OpenApp = Callable[..., AppTest]
SAY = messages("ja")
PARTS = ("due", "list", "findings", "versions", "penalty", "pack")


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    """The manager on the store that the app opens."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True))
    return Context(actor=Actor(name="管理者", role=Role.FACILITY_MANAGER), open_store=handle.open)


@pytest.fixture
def home(ctx: Context) -> SamplePlans:
    """A day service with both plans, nothing recorded."""
    return load_sample_plans(ctx, ServiceCategory.CARE_DAY)


def said(at: AppTest) -> str:
    """All texts of a run, joined."""
    kinds = (at.title, at.subheader, at.markdown, at.caption, at.success, at.error, at.warning, at.info)
    return "\n".join(str(part.value) for kind in kinds for part in kind)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("lived", [False, True])
def test_every_part_opens(
    open_app: OpenApp, ctx: Context, home: SamplePlans, part: str, language: str, lived: bool
) -> None:
    """Each part shows without a failure, before any record and after a year of them."""
    if lived:
        load_sample_records(ctx, home.facility.id)
    at = open_app("facility_manager", "records", **{"records.part": part, "language": language})
    assert not at.exception
    assert at.title[0].value == messages(language)["pages.records.title"]
    wrong = [e.value for e in at.error if "errors." in str(e.value) or "A-001" in str(e.value)]
    assert not wrong


def test_a_record_is_written_on_the_page(open_app: OpenApp, ctx: Context, home: SamplePlans) -> None:
    """Names one a line become participants; the day is today; the sentence says that it is kept."""
    at = open_app("facility_manager", "records", **{"records.part": "list"})
    at.text_input(key="records.new.title").set_value("読み合わせ")
    at.text_area(key="records.new.names").set_value("甲 例子\n乙 見本")
    press(at, SAY["records.page.add"]).run()
    assert not at.exception
    assert SAY["records.page.added"] in said(at)
    (record,) = list_records(ctx, home.facility.id)
    assert (record.title, record.participants, len(record.plan_kinds)) == (
        "読み合わせ",
        ("甲 例子", "乙 見本"),
        2,
    )


def press(at: AppTest, label: str) -> AppTest:
    """Press the first button of that label."""
    return next(button for button in at.button if button.label == label).click()


def test_a_version_is_proposed_and_approved_by_another_name(
    open_app: OpenApp, ctx: Context, home: SamplePlans
) -> None:
    """The author's own name is refused with a sentence; another name approves."""
    at = open_app("facility_manager", "records", **{"records.part": "versions"})
    field(at, "propose", "reason").set_value("初めての版")
    field(at, "propose", "author").set_value("主任 例示")
    press(at, SAY["records.page.propose"]).run()
    field(at, "decide", "by").set_value("主任例示")
    press(at, SAY["records.page.approve"]).run()
    assert SAY["errors.B-031.what"] in said(at)
    field(at, "decide", "by").set_value("施設長 架空")
    press(at, SAY["records.page.approve"]).run()
    assert not at.exception
    approved = [plan_history(ctx, plan.id).in_force for plan in home.plans.values()]
    assert [version.decided_by for version in approved if version] == ["施設長 架空"]


def test_all_changed_plans_are_raised_with_one_reason(
    open_app: OpenApp, ctx: Context, home: SamplePlans
) -> None:
    """After a change in both plans one reason on the page raises the version of each."""
    for plan in home.plans.values():
        propose_version(ctx, Proposal(plan.id, "初めて"))
    for kind, item in ((PlanKind.NATURAL_DISASTER, "nd_network"), (PlanKind.INFECTION, "if_owner")):
        save_answers(ctx, home.plans[kind].id, {item: Answer(text="電話の順番を変えた。")})
    at = open_app("facility_manager", "records", **{"records.part": "versions"})
    at.text_input(key="records.raise.reason").set_value("電話番号が変わった")
    press(at, SAY["records.version.raise_button"]).run()
    assert not at.exception
    numbers = [plan_history(ctx, plan.id).versions[0].number for plan in home.plans.values()]
    assert numbers == [2, 2]


def field(at: AppTest, part: str, name: str):  # type: ignore[no-untyped-def]
    """A text field of a form of the versions part."""
    return next(
        f for f in at.text_input if str(f.key).startswith(f"records.{part}.") and str(f.key).endswith(name)
    )


def test_a_reader_sees_and_does_not_write(open_app: OpenApp, home: SamplePlans) -> None:
    """Staff see due dates and records; no form is offered to them."""
    assert home.plans[PlanKind.INFECTION]
    for part in PARTS:
        at = open_app("facility_staff", "records", **{"records.part": part})
        assert not at.exception
        assert not [b for b in at.button if b.label in (SAY["records.page.add"], SAY["records.page.save"])]


def test_the_start_page_counts_what_is_overdue(open_app: OpenApp, ctx: Context, home: SamplePlans) -> None:
    """What to do next names the number of overdue dates and leads to the records."""
    assert replace(ctx).actor and home
    at = open_app("facility_manager")
    assert any("期限切れの" in str(part.value) for part in at.markdown)
    assert at.button(key="go.due")


def test_an_overdue_line_leads_to_its_form(open_app: OpenApp, home: SamplePlans) -> None:
    """The button of an overdue drill opens the form for a new record with the kind and both plans chosen."""
    at = open_app("facility_manager", "records", **{"records.part": "due"})
    at.button(key="records.way.drill").click().run()
    assert not at.exception
    assert at.session_state["records.part"] == "list"
    assert at.session_state["records.new.kind"] is PracticeKind.DRILL
    assert set(at.session_state["records.new.plans"]) == set(CONTINUITY_KINDS)


def test_a_record_is_corrected_and_taken_back(open_app: OpenApp, ctx: Context, home: SamplePlans) -> None:
    """Without a reason nothing changes; with one the title changes, then the record goes."""
    new = NewRecord(home.facility.id, PracticeKind.DRILL, CONTINUITY_KINDS, ctx.today(), title="まちがい")
    record = add_record(ctx, new)
    key = f"records.mend.{record.id}"
    at = open_app("facility_manager", "records", **{"records.part": "list", key: True})
    at.text_input(key=f"{key}.{record.version}.title").set_value("地震の訓練")
    press(at, SAY["records.page.correct"]).run()
    assert SAY["errors.B-030.what"] in said(at)
    at.text_input(key=f"{key}.{record.version}.why").set_value("題名の書きまちがい")
    press(at, SAY["records.page.correct"]).run()
    assert not at.exception
    (saved,) = list_records(ctx, home.facility.id)
    assert (saved.title, saved.held_on, saved.kind) == ("地震の訓練", record.held_on, PracticeKind.DRILL)
    at.text_input(key=f"{key}.{saved.version}.remove.why").set_value("別の施設の訓練")
    press(at, SAY["records.page.remove"]).run()
    assert not at.exception and list_records(ctx, home.facility.id) == ()
