"""A new register arrives as differences; an officer accepts them; nobody vanishes silently (issue part 3)."""

from dataclasses import dataclass, field

import pytest

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import STILL_HERE, RegisterStatus
from bcp_kit.intake.people import person_id
from bcp_kit.services.base import Context
from bcp_kit.services.importing import import_inspection, inspect_file
from bcp_kit.services.register_accept import UpdateChoice, accept_update, decide_left, missing_people
from bcp_kit.services.register_update import Difference, RegisterDifferences, compare_register
from bcp_kit.services.undoing import undo_last
from tests.intake.conftest import csv_bytes
from tests.intake.test_undoing import _state

HEADS = (
    *("名簿番号", "氏名", "フリガナ", "生年月日", "住所", "方書", "電話（自宅）", "支援が必要な理由（区分）"),
    *("計画を作ることの同意", "計画を作ることの同意日"),
)
PEOPLE = 700
CHANGES = ((1, "改姓　花"), (6, "0123-45-6789"), (7, "要介護4"), (8, "不同意"), (9, "2026-05-05"))
FAMILIES = ("青葉", "若葉", "新緑", "深緑", "萌木", "木立", "森下", "林野", "山吹", "常盤")


def _row(number: int) -> list[str]:
    born = f"19{30 + number % 40}-{1 + number % 12:02}-{1 + number % 28:02}"
    name = f"{FAMILIES[number % 10]}　{chr(0x4E00 + number * 7)}{chr(0x5000 + number * 3)}"
    kana = "アイウエオカキクケコサシスセソ"
    reading = f"アオバ　{kana[number % 15]}{kana[number // 15 % 15]}{kana[number // 225]}ミ"
    address = f"みどり町{number // 30 + 1}丁目{number % 30 + 1}番"
    return [f"{number:05d}", name, reading, born, address, "", "", "要介護3", "同意", "2026-01-05"]


@dataclass
class Planted:
    """The new register's rows, and who must stand in which list."""

    rows: list[list[str]]
    expected: dict[Difference, set[str]] = field(default_factory=lambda: {d: set() for d in Difference})
    twins: dict[str, str] = field(default_factory=dict)

    def expect(self, difference: Difference, register_no: str) -> None:
        """Note one planted change."""
        self.expected[difference].add(person_id(register_no))


def planted() -> Planted:
    """Plant 200 changes: 40 new, 50 changed, 40 moved, 40 gone, 20 back, 10 under another number."""
    made = Planted([_row(number) for number in range(PEOPLE)])
    for number in range(50):  # changed in one field each, and in a consent
        column, value = CHANGES[number % 5]
        made.rows[number][column] = value
        made.expect(Difference.CHANGED, f"{number:05d}")
    for number in range(50, 90):
        made.rows[number][4 if number % 2 else 5] = f"海町{number}番"
        made.expect(Difference.MOVED, f"{number:05d}")
    for number in range(90, 110):  # noted as gone before the update
        made.expect(Difference.REAPPEARED, f"{number:05d}")
    for number in range(110, 120):
        made.rows[number][0] = f"9{number:04d}"
        made.expect(Difference.NEW, f"9{number:04d}")
        made.expect(Difference.GONE, f"{number:05d}")
        made.twins[person_id(f"9{number:04d}")] = person_id(f"{number:05d}")
    for number in range(PEOPLE, PEOPLE + 40):
        made.rows.append(_row(number))
        made.expect(Difference.NEW, f"{number:05d}")
    for number in range(120, 160):
        made.expect(Difference.GONE, f"{number:05d}")
    made.rows = [row for row in made.rows if not 120 <= int(row[0]) < 160]
    made.rows.reverse()
    return made


@pytest.fixture
def town(ctx: Context) -> Context:
    """A store with the old register, in which twenty people were noted as moved out."""
    content = csv_bytes([HEADS, *(_row(number) for number in range(PEOPLE))])
    import_inspection(ctx, inspect_file(ctx, content, "old.csv"))
    decide_left(ctx, {person_id(f"{n:05d}"): RegisterStatus.MOVED_OUT for n in range(90, 110)})
    return ctx


def _compared(ctx: Context, rows: list[list[str]]) -> RegisterDifferences:
    return compare_register(ctx, inspect_file(ctx, csv_bytes([HEADS, *rows]), "new.csv"))


def _lists(found: RegisterDifferences) -> dict[Difference, set[str]]:
    return {difference: {d.person_id for d in listed} for difference, listed in found.lists.items()}


def test_two_hundred_planted_changes_stand_each_in_its_list(town: Context) -> None:
    """Every planted change is found in its own list and in no other, and nothing else is."""
    made = planted()
    before = _state(town)
    found = _compared(town, made.rows)
    assert sum(map(len, made.expected.values())) == 210  # ten of them are one person in two lists
    assert _lists(found) == made.expected
    assert found.unchanged == PEOPLE - 50 - 40 - 20 - 10 - 40
    assert {d.person_id: d.likely for d in found.lists[Difference.NEW] if d.likely} == made.twins
    assert _state(town) == before


def test_a_change_is_told_field_by_field(town: Context) -> None:
    """Old and new value of each changed field, under the heading of the sheet; consents too."""
    rows = [_row(number) for number in range(PEOPLE)]
    rows[3][1], rows[3][8] = "髙若　花", "不同意"
    rows[5][4] = "海町9"
    found = _compared(town, rows)
    (changed,) = found.lists[Difference.CHANGED]
    assert [(f.heading, f.old, f.new) for f in changed.fields] == [
        ("氏名", _row(3)[1], "髙若　花"),
        ("計画を作ることの同意", "同意", "不同意"),
    ]
    (moved,) = found.lists[Difference.MOVED]
    assert [(f.heading, f.old, f.new) for f in moved.fields] == [("住所", _row(5)[4], "海町9")]


def test_accepting_all_makes_the_store_agree_with_the_register(town: Context) -> None:
    """Afterwards the same register has no differences; the gone are kept, marked and undecided."""
    made = planted()
    outcome = accept_update(town, _compared(town, made.rows), UpdateChoice())
    assert outcome.stale == () and outcome.accepted[Difference.GONE] == 50
    with town.open_store() as uow:
        assert uow.people.count() == PEOPLE + 50
        assert uow.people.count(register_status="missing") == 50
        assert uow.people.need(person_id("00090")).register_status is RegisterStatus.LISTED
    again = _compared(town, made.rows)
    assert not any(_lists(again).values()) and again.still_missing == 50


def test_only_what_was_accepted_is_stored(town: Context) -> None:
    """Whole lists, and rows left out of them: all others stay as they were."""
    made = planted()
    left_out = person_id("00055")
    choice = UpdateChoice(frozenset({Difference.MOVED}), without=frozenset({left_out}))
    accept_update(town, _compared(town, made.rows), choice)
    made.expected[Difference.MOVED] = {left_out}
    assert _lists(_compared(town, made.rows)) == made.expected


def test_the_same_person_under_a_new_number_goes_on(town: Context) -> None:
    """Said to be the same, the stored person gets the new number, keeps the consent and is not gone."""
    made = planted()
    found = _compared(town, made.rows)
    accept_update(town, found, UpdateChoice(same_as=made.twins))
    with town.open_store() as uow:
        person = uow.people.need(person_id("00110"))
        assert (person.register_no, person.register_status) == ("90110", RegisterStatus.LISTED)
        assert uow.people.get(person_id("90110")) is None
        assert {c.person_id for c in uow.consents.list(giver_id=person.id)} == {person.id}
        assert uow.people.count(register_status="missing") == 40


def test_the_officer_says_why_somebody_is_gone(town: Context) -> None:
    """With the update or later: moved out, died, unknown, or on the register after all."""
    made = planted()
    gone = sorted(made.expected[Difference.GONE] - set(made.twins.values()))
    left = {gone[0]: RegisterStatus.DIED, gone[1]: RegisterStatus.MOVED_OUT}
    outcome = accept_update(town, _compared(town, made.rows), UpdateChoice(left=left, same_as=made.twins))
    assert outcome.left == {
        RegisterStatus.DIED: 1,
        RegisterStatus.MOVED_OUT: 1,
        RegisterStatus.MISSING: 38,
    }
    people, total = missing_people(town, limit=5)
    assert (len(people), total) == (5, 38)
    decide_left(town, {people[0].id: RegisterStatus.LISTED, people[1].id: RegisterStatus.UNKNOWN})
    assert missing_people(town)[1] == 36
    with town.open_store() as uow:
        assert uow.people.need(gone[0]).status_on == town.today()
        assert uow.people.need(people[0].id).status_on is None


def test_an_update_is_undone_exactly(town: Context) -> None:
    """All five lists are taken back."""
    before = _state(town)
    accept_update(town, _compared(town, planted().rows), UpdateChoice())
    assert _state(town) != before
    undo_last(town)
    assert _state(town) == before


def test_a_row_with_an_error_makes_nobody_gone(town: Context) -> None:
    """A person whose row cannot be read is neither gone nor changed; storing the rest needs a decision."""
    rows = [_row(number) for number in range(PEOPLE)]
    rows[7][3] = "昭和99年"
    found = _compared(town, rows)
    assert found.unreadable == 1
    assert not found.lists[Difference.GONE] and not found.lists[Difference.CHANGED]
    with pytest.raises(BcpKitError) as refused:
        accept_update(town, found, UpdateChoice())
    assert refused.value.code is ErrorCode.IMPORT_HAS_ERRORS
    gone_only = UpdateChoice(frozenset({Difference.GONE}), accept_good_rows=True)
    assert accept_update(town, found, gone_only).batch_id == ""


def test_somebody_changed_since_the_comparison_is_left_alone(town: Context) -> None:
    """What the officer saw is what is stored: a record saved meanwhile is named and not overwritten."""
    rows = [_row(number) for number in range(PEOPLE)]
    rows[3][4], rows[4][4] = "海町3", "海町4"
    found = _compared(town, rows)
    with town.open_store() as uow:
        person = uow.people.need(person_id("00003"))
        uow.people.save(person.model_copy(update={"address": "山町8"}))
        uow.commit()
    outcome = accept_update(town, found, UpdateChoice())
    assert [label.endswith("00003") for label in outcome.stale] == [True]
    with town.open_store() as uow:
        assert uow.people.need(person_id("00003")).address == "山町8"
        assert uow.people.need(person_id("00004")).address == "海町4"


def test_only_a_register_is_compared(ctx: Context) -> None:
    """A list of shelters or a broken table is refused with its code."""
    shelters = csv_bytes(
        [("避難先番号", "名称", "区分", "所在地"), ("W1", "センター", "福祉避難所（指定）", "港")]
    )
    broken = csv_bytes([("名簿番号", "氏名", "フリガナ"), ("1", "青葉", "")])
    for content, code in ((shelters, ErrorCode.IMPORT_OTHER_KIND), (broken, ErrorCode.IMPORT_TABLE_REFUSED)):
        with pytest.raises(BcpKitError) as refused:
            compare_register(ctx, inspect_file(ctx, content, "a.csv"))
        assert refused.value.code is code


def test_people_who_left_get_no_plan(town: Context) -> None:
    """Those who moved out or died are not among the people for whom destinations and plans are made."""
    decide_left(town, {person_id("00000"): RegisterStatus.DIED, person_id("00001"): RegisterStatus.UNKNOWN})
    with town.open_store() as uow:
        here = set(uow.people.ids(register_status=STILL_HERE))
    assert person_id("00000") not in here and person_id("00001") in here
