"""One plan field by field: every field reads, those kept with the plan come back as they were written."""

from collections.abc import Callable
from datetime import date

import pytest

from bcp_kit.domain.devices import Device
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import AlertLevel
from bcp_kit.domain.people import EmergencyContact
from bcp_kit.domain.plan_answers import AnswerOrigin, AnswerSource, AnswerWay, FieldValue
from bcp_kit.forms.plan_form import PlanField, standard_form
from bcp_kit.forms.schema import InputType
from bcp_kit.services.base import Context
from bcp_kit.services.plan_field_words import options_of, takes_several, value_words
from bcp_kit.services.plan_fields import FieldValue as Value
from bcp_kit.services.plan_fields import field_by_row, plan_sheet, write_fields
from bcp_kit.services.plan_forms import choose_form
from bcp_kit.services.plans import draft_plans, latest_run_ids
from bcp_kit.storage.faults import Conflict

FAMILY = AnswerOrigin(source=AnswerSource.FAMILY, way=AnswerWay.PAPER, on=date(2026, 10, 2), by="担当")


@pytest.fixture
def drafted(ctx: Context) -> Context:
    """The town after drafting its plans."""
    draft_plans(ctx, latest_run_ids(ctx))
    return ctx


def _sample(field: PlanField) -> FieldValue:
    """Return a value that fits the field, as it is kept."""
    kind, options = field.item.input.type, list(options_of(field))
    if kind is InputType.TABLE:
        columns = [column.key for column in field.item.input.columns]
        return FieldValue(rows=({columns[1]: "甲", columns[-1]: "1"}, {columns[1]: "乙"}))
    if options:
        return FieldValue(text=",".join(options[:2] if takes_several(field) else options[:1]))
    if kind is InputType.DATE:
        return FieldValue(text="2026-11-03")
    if kind is InputType.NUMBER:
        return FieldValue(text="12")
    return FieldValue(text="見本の 𠮷と﨑\n=1+1")


def _writable() -> list[str]:
    from bcp_kit.services.plan_field_writes import adds_cells_only, is_writable  # noqa: PLC0415

    return [f.id for f in standard_form().fields if is_writable(f) and not adds_cells_only(f)]


def test_every_field_of_every_home_reads(drafted: Context) -> None:
    """139 fields, and what register, matching and consents hold is there."""
    sheet = plan_sheet(drafted, "full")
    values = sheet.values
    assert len(sheet.states) == 139
    assert values["name"].text == "𠮷田 葛子"
    assert values["birth_date"].text == "1941-05-03"
    assert values["age"].text == "85"
    assert values["municipality_name"].text == "見本市"
    assert values["consent_create"].text == "yes"
    assert values["consent_share_supporter"].text == "given"
    assert [row["name"] for row in values["supporters"].rows] == ["髙橋 一郎", "見本自主防災会"]
    assert values["supporter_tel"].text == "090-1、000-2"
    places = [(r["hazard"], r["order"], r["name"]) for r in values["destinations"].rows]
    assert ("地震", "第1", "見本小学校") in places
    assert values["trigger"].text == "level_3"
    assert "2026" not in values["timeline_rows"].rows[2]["stage"]
    assert "レベル3の警報" in values["timeline_rows"].rows[2]["stage"]


def _holds(field_id: str, stored: FieldValue, value: FieldValue) -> bool:
    """True when a field holds what was written; records add cells of their own to rows."""
    if value.rows:
        return [{**kept, **row} for kept, row in zip(stored.rows, value.rows, strict=False)] == list(
            map(dict, stored.rows)
        ) and len(stored.rows) == len(value.rows)
    return stored.text.splitlines() == value.text.splitlines()


def test_what_is_written_comes_back(drafted: Context) -> None:
    """Every field that is written here keeps what was written, with its origin; emptied it is as before."""
    fields = [standard_form().field(field_id) for field_id in _writable()]
    assert len(fields) > 95
    values = {field.id: _sample(field) for field in fields}
    write_fields(drafted, "full", values, FAMILY)
    stored = plan_sheet(drafted, "full")
    assert not [f.id for f in fields if not _holds(f.id, stored.values[f.id], values[f.id])]
    assert not [f.id for f in fields if stored.state(f.id).origin != FAMILY]
    assert not [f.id for f in fields if not value_words(f, stored.values[f.id])]
    emptied = write_fields(drafted, "full", dict.fromkeys(values, FieldValue()), None)
    left = [f.id for f in fields if _holds(f.id, emptied.values[f.id], values[f.id])]
    assert left == ["trigger"]  # the level at which the person leaves stays until another is chosen
    assert emptied.plan.answers == {}
    assert emptied.plan.tables == {}
    assert emptied.plan.origins == {}


def test_what_the_register_keeps_goes_to_the_register(drafted: Context) -> None:
    """A new telephone number is the person's everywhere, not a second one in the plan."""
    write_fields(
        drafted,
        "full",
        {
            "tel_mobile": Value(text="０９０－１２３４"),
            "emergency_contacts": Value(
                rows=({"name": "見本 花", "tel_home": "000-9", "arrival_minutes": "30"},)
            ),
            "devices": Value(
                rows=(
                    {
                        "kind": "人工呼吸器",
                        "power_w_measured": "31",
                        "power_w_rated": "210",
                        "hours_per_day": "24",
                    },
                )
            ),
        },
    )
    with drafted.open_store() as uow:
        person = uow.people.need("full")
        (plan,) = uow.evacuation_plans.list(person_id="full")
    assert person.phone_mobile == "０９０－１２３４"
    assert person.emergency_contacts == (EmergencyContact(name="見本 花", phone="000-9"),)
    assert person.devices == (Device(kind="人工呼吸器", power_w=31, hours_per_day=24),)
    assert "tel_mobile" not in plan.answers
    values = plan_sheet(drafted, "full").values
    assert values["emergency_contacts"].rows[0]["arrival_minutes"] == "30"
    assert values["devices"].rows[0]["power_w_rated"] == "210"


def test_the_register_goes_on_to_be_read_after_it_changed(
    drafted: Context, change_person: Callable[..., None]
) -> None:
    """What the plan adds to a contact stays with that contact when the register's list changes."""
    contact = {"name": "見本 花", "tel_mobile": "000-9", "arrival_minutes": "30"}
    write_fields(drafted, "full", {"emergency_contacts": Value(rows=(contact,))})
    others = (EmergencyContact(name="新見 葉"), EmergencyContact(name="見本 花", phone="000-10"))
    change_person("full", emergency_contacts=others)
    rows = plan_sheet(drafted, "full").values["emergency_contacts"].rows
    assert [(r["name"], r.get("tel_mobile"), r.get("arrival_minutes")) for r in rows] == [
        ("新見 葉", None, None),
        ("見本 花", "000-10", "30"),
    ]


def test_typed_words_become_keys_dates_and_numbers(drafted: Context) -> None:
    """Labels, Japanese dates and wide digits are understood; a signal to leave sets the level."""
    sheet = write_fields(
        drafted,
        "full",
        {
            "functional_flags": Value(text="見えない・見えにくい、音が聞こえない・聞き取りにくい"),
            "drill_on": Value(text="令和8年10月3日"),
            "days_supply": Value(text="７日"),
            "no_guarantee_notice": Value(text="はい"),
            "trigger": Value(text="警戒レベル2"),
        },
    )
    values = sheet.values
    assert values["functional_flags"].text == "cannot_see,cannot_hear"
    assert values["drill_on"].text == "2026-10-03"
    assert values["days_supply"].text == "7"
    assert values["no_guarantee_notice"].text == "yes"
    assert sheet.plan.leave_at is AlertLevel.CHECK


@pytest.mark.parametrize(
    ("field_id", "value", "code"),
    [
        ("name", Value(text="別の人"), ErrorCode.PLAN_FIELD_KEPT_ELSEWHERE),
        ("supporter_tel", Value(text="1"), ErrorCode.PLAN_FIELD_KEPT_ELSEWHERE),
        ("copies_register", Value(rows=({"serial": "1"},)), ErrorCode.PLAN_FIELD_KEPT_ELSEWHERE),
        ("age", Value(text="80"), ErrorCode.PLAN_FIELD_KEPT_ELSEWHERE),
        ("drill_on", Value(text="あした"), ErrorCode.PLAN_FIELD_UNFIT),
        ("helpers_needed", Value(text="2.5"), ErrorCode.PLAN_FIELD_UNFIT),
        ("helpers_needed", Value(text="-1"), ErrorCode.PLAN_FIELD_UNFIT),
        ("elevator", Value(text="たぶん"), ErrorCode.PLAN_FIELD_UNFIT),
        ("elevator", Value(text="yes,no"), ErrorCode.PLAN_FIELD_UNFIT),
        ("pets", Value(rows=({"a": "b"},)), ErrorCode.PLAN_FIELD_UNFIT),
        ("supplies", Value(rows=({"colour": "b"},)), ErrorCode.PLAN_FIELD_UNFIT),
        ("supplies", Value(text="紙おむつ"), ErrorCode.PLAN_FIELD_UNFIT),
        ("nothing_such", Value(text="1"), ErrorCode.FORM_ITEM_MISSING),
    ],
)
def test_what_does_not_fit_changes_nothing(
    drafted: Context, field_id: str, value: FieldValue, code: ErrorCode
) -> None:
    """The field is refused by its code, and a good field of the same save stays unwritten too."""
    before = plan_sheet(drafted, "full").values
    with pytest.raises(BcpKitError) as caught:
        write_fields(drafted, "full", {"pets": Value(text="犬"), field_id: value})
    assert caught.value.code is code
    assert plan_sheet(drafted, "full").values == before


def test_extra_cells_of_supporters_stay_with_their_row(drafted: Context) -> None:
    """Days and driving are added to the supporter of that name; name and number are not changed here."""
    row = {"name": "髙橋 一郎", "tel": "000", "days_available": "土日", "can_drive": "はい"}
    rows = write_fields(drafted, "full", {"supporters": Value(rows=(row,))}).values["supporters"].rows
    assert (rows[0]["tel"], rows[0]["days_available"]) == ("090-1", "土日")
    assert "days_available" not in rows[1]


def test_two_people_at_different_fields_do_not_meet(drafted: Context) -> None:
    """A field that somebody changed since is a conflict; another field is none."""
    seen = plan_sheet(drafted, "full").values
    write_fields(drafted, "full", {"pets": Value(text="犬")}, seen={"pets": seen["pets"]})
    write_fields(drafted, "full", {"blood_type": Value(text="A")}, seen={"blood_type": seen["blood_type"]})
    with pytest.raises(Conflict):
        write_fields(drafted, "full", {"pets": Value(text="猫")}, seen={"pets": seen["pets"]})
    assert plan_sheet(drafted, "full").values["pets"].text == "犬"


def test_completeness_says_who_can_supply(drafted: Context) -> None:
    """Counts by why a field is asked; what is missing is grouped by whom to ask first."""
    sheet = plan_sheet(drafted, "alone")
    counts = sheet.filled_counts()
    filled = [s for s in sheet.states if not s.value.is_empty and not s.field.within]
    assert sum(total for _, total in counts.values()) == len(filled) + len(sheet.missing)
    by_whom = sheet.missing_by_supplier()
    assert sum(len(states) for states in by_whom.values()) == len(sheet.missing)
    assert "tel_home" in {state.field.id for state in by_whom["person_family"]}
    written = write_fields(drafted, "alone", {"tel_home": Value(text="000-7")})
    # One way to reach the person is enough: the other three are missing no more.
    assert len(written.missing) == len(sheet.missing) - 4
    assert not {"blood_type", "removed_reason", "fax"} & {state.field.id for state in written.missing}
    assert "content_5" in sheet.plan.missing
    assert "content_5" not in written.plan.missing


def test_without_a_plan_nothing_is_written(drafted: Context) -> None:
    """Somebody who did not agree has no plan to write into."""
    with pytest.raises(BcpKitError) as caught:
        write_fields(drafted, "refused", {"pets": Value(text="犬")})
    assert caught.value.code is ErrorCode.PLAN_MISSING


def test_the_towns_own_form_is_used_and_rows_find_fields(drafted: Context) -> None:
    """A chosen form decides which fields are asked; its own fields are kept like others."""
    form = choose_form(drafted, "umibe_town")
    sheet = write_fields(drafted, "full", {"x_life_jacket": Value(text="３着")}, FAMILY)
    assert sheet.form.id == "umibe_town"
    assert sheet.values["x_life_jacket"].text == "3"
    assert "blood_type" not in sheet.values
    found = field_by_row(form, 201)
    assert found is not None
    assert found.id == "x_life_jacket"
    assert field_by_row(form, 106).id == "blood_type"  # type: ignore[union-attr]
    assert field_by_row(form, 999) is None
    choose_form(drafted, "standard")
    assert len(plan_sheet(drafted, "full").states) == 139


def test_looking_and_writing_leave_entries_without_words(drafted: Context) -> None:
    """The log says who touched which plan, never what was written."""
    write_fields(drafted, "full", {"alone_hours": Value(text="火曜の昼は一人")})
    plan_sheet(drafted, "full")
    with drafted.open_store() as uow:
        entries = list(uow.audit.entries())
    assert {"read", "save"} <= {entry.action for entry in entries if entry.kind == "evacuation_plans"}
    assert not any("火曜" in str(entry) for entry in entries)


HARD = ("<b>&lt;</b> =cmd|'/C calc'!A0 {x} %s \\n", "𠮷﨑葛\U000e0100髙 👩‍🦽", "あ" * 20_000, "｜,、;/:")


@pytest.mark.parametrize("words", HARD, ids=["markup", "rare characters", "20,000 characters", "signs"])
def test_hard_text_comes_back_as_it_was(drafted: Context, words: str) -> None:
    """Markup, formulas, variants, emoji and long text are kept as written, in fields, tables and records."""
    values = {"transfer_assist": Value(text=words), "never_do": Value(text=words), "pets": Value(text=words)}
    table = Value(rows=({"item": words, "per_day": words},))
    write_fields(drafted, "full", {**values, "supplies": table})
    stored = plan_sheet(drafted, "full").values
    assert {key: stored[key] for key in values} == values
    assert stored["supplies"] == table
