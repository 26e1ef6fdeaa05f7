"""The roll call of staff: order of calling, answers, counts by hour, estimate, paper, commands."""

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli import build
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facility_event import CanCome
from bcp_kit.domain.staff import Qualification
from bcp_kit.forms.roll_call import read_time
from bcp_kit.services.base import Context
from bcp_kit.services.safety_calls import (
    Note,
    export_call,
    list_calls,
    note_reply,
    print_call_sheet,
    read_call,
    start_call,
)
from tests.render.paper_checks import failed_rules, fonts_not_embedded, page_texts
from tests.roll_call.conftest import HOME_ID, NOW

AtHour = Callable[[int], Context]


def test_managers_first_then_the_nearest(ctx: Context) -> None:
    """The order of calling is managers, then by distance; who lives nobody knows where comes last."""
    call = start_call(ctx, HOME_ID, drill=True)
    view = read_call(ctx, call.id)
    assert [line.person.id for line in view.open] == ["s0003", "s0001", "s0005", "s0002", "s0004"]
    assert view.call.drill and view.tally.open == 5


def test_answers_are_counted_by_hour_and_qualification(ctx: Context, at_hour: AtHour) -> None:
    """By hand: one at once, one after 3 h, one after 26 h, one never; horizons count from the start."""
    call = start_call(ctx, HOME_ID)
    eight = at_hour(8)
    note_reply(eight, call.id, Note("s0003", safe="ok", can_come=CanCome.NOW))
    note_reply(eight, call.id, Note("森近子", safe="ok", when="10:00"))
    note_reply(eight, call.id, Note("s0005", safe="hit", family="hit", home="hit", when="明日9時"))
    view = note_reply(eight, call.id, Note("s0002", can_come=CanCome.CANNOT))
    counts = view.tally
    assert [within.people for within in counts.within] == [1, 2, 2, 3, 3]
    assert counts.within[1].by_qualification == {Qualification.MANAGER: 1, Qualification.NURSE: 1}
    assert (counts.answered, counts.open, counts.cannot, counts.no_time) == (4, 1, 1, 0)
    assert (counts.safe, counts.hit, counts.family_hit, counts.home_hit) == (2, 1, 1, 1)
    assert [line.person.id for line in view.open] == ["s0004"]


def test_the_estimate_stands_beside_the_answers(ctx: Context) -> None:
    """By hand: chances add up to 3.0 with 3 counted on; one answer so far, four open; no later days."""
    call = start_call(ctx, HOME_ID)
    view = note_reply(ctx, call.id, Note("s0003", can_come=CanCome.NOW))
    rows = [(r.hours, r.day, r.expected, r.counted, r.answered_come, r.open) for r in view.estimate]
    assert rows == [(6, 0, 3.0, 3, 1, 4), (24, 1, 3.0, 3, 1, 4)]


def test_the_newest_answer_counts_and_none_is_lost(ctx: Context, at_hour: AtHour) -> None:
    """A second answer changes what it names and keeps the rest; the first stays in the record."""
    call = start_call(ctx, HOME_ID)
    note_reply(ctx, call.id, Note("s0001", safe="ok", family="hit", when="3時間後", words="子どもと一緒"))
    view = note_reply(at_hour(9), call.id, Note("s0001", can_come=CanCome.CANNOT))
    (line,) = (line for line in view.lines if line.person.id == "s0001")
    assert line.reply is not None
    assert (line.reply.family, line.reply.note) == ("hit", "子どもと一緒")
    assert line.reply.can_come is CanCome.CANNOT
    assert line.reply.expected_at is None and len(view.call.replies) == 2


def test_the_same_answer_again_keeps_its_time(ctx: Context) -> None:
    """Who is noted as coming later once more, without a new time, keeps the time said before."""
    call = start_call(ctx, HOME_ID)
    note_reply(ctx, call.id, Note("s0001", when="3時間後"))
    view = note_reply(ctx, call.id, Note("s0001", can_come=CanCome.LATER, words="道が悪い"))
    assert [within.people for within in view.tally.within] == [0, 1, 1, 1, 1]


def test_two_windows_write_at_the_same_time(ctx: Context) -> None:
    """Two people who note different answers lose none of them."""
    call = start_call(ctx, HOME_ID)
    note_reply(ctx, call.id, Note("s0001", can_come=CanCome.NOW))
    view = note_reply(ctx, call.id, Note("s0002", can_come=CanCome.NOW))
    assert view.tally.answered == 2


@pytest.mark.parametrize(
    ("typed", "after"),
    [
        ("18:30", timedelta(hours=11, minutes=30)),
        ("6時", timedelta(hours=23)),
        ("８時半", timedelta(hours=1, minutes=30)),
        ("明日8時", timedelta(hours=25)),
        ("3時間後", timedelta(hours=3)),
        ("2日後", timedelta(days=2)),
        ("2026-11-25 08:00", timedelta(hours=25)),
    ],
)
def test_times_as_people_say_them(typed: str, after: timedelta) -> None:
    """A clock time, a span, a date: each is read; a clock time that has passed means tomorrow."""
    assert read_time(typed, NOW) == NOW + after


@pytest.mark.parametrize("typed", ["そのうち", "25:00", "99時", "あした", "-3時間後"])
def test_times_that_nobody_can_read(typed: str) -> None:
    """What is no time is refused, not guessed."""
    assert read_time(typed, NOW) is None


def test_wrong_words_are_refused(ctx: Context) -> None:
    """An unknown name, an unreadable time and a missing call are told; nothing is written."""
    with pytest.raises(BcpKitError) as none:
        read_call(ctx, facility_id=HOME_ID)
    call = start_call(ctx, HOME_ID)
    with pytest.raises(BcpKitError) as who:
        note_reply(ctx, call.id, Note("知らない人"))
    with pytest.raises(BcpKitError) as when:
        note_reply(ctx, call.id, Note("s0001", when="そのうち"))
    codes = [e.value.code for e in (none, who, when)]
    assert codes == [ErrorCode.NO_CALL_YET, ErrorCode.CALL_UNKNOWN_PERSON, ErrorCode.CALL_TIME_UNREADABLE]
    assert not read_call(ctx, call.id).call.replies


def test_staff_cannot_read_the_roll_call(ctx: Context) -> None:
    """Answers are personal: a role that may not see staff sees none of them."""
    other = Context(Actor(name="職員", role=Role.FACILITY_STAFF), ctx.open_store, ctx.clock, ctx.new_id)
    with pytest.raises(BcpKitError):
        list_calls(other, HOME_ID)


def test_the_sheet_has_a_line_for_everybody(ctx: Context) -> None:
    """The blank sheet and the one with answers name everybody with number and boxes; the PDF is right."""
    blank = print_call_sheet(ctx, HOME_ID)
    call = start_call(ctx, HOME_ID, drill=True)
    note_reply(ctx, call.id, Note("s0003", safe="ok", can_come=CanCome.NOW))
    filled = print_call_sheet(ctx, HOME_ID, call.id)
    for printed in (blank, filled):
        text = "".join(page_texts(printed.pdf_bytes))
        assert all(word in text for word in ("森", "近子", "遠山車男", "若葉さくら", "000-0000-0004"))
        assert failed_rules(printed.pdf_bytes) == [] and fonts_not_embedded(printed.pdf_bytes) == []
    text = "".join(page_texts(filled.pdf_bytes))
    assert "【訓練】" in text and "■すぐ来る" in text
    assert "■" not in "".join(page_texts(blank.pdf_bytes))


def test_a_long_list_goes_on_over_pages(ctx: Context) -> None:
    """Eighty members of staff print whole, the head row on every page."""
    with ctx.open_store() as uow:
        first = uow.staff.need("s0001")
        uow.staff.add_many(first.model_copy(update={"id": f"x{n}", "name": f"見本 {n}番"}) for n in range(80))
        uow.commit()
    printed = print_call_sheet(ctx, HOME_ID)
    pages = page_texts(printed.pdf_bytes)
    assert len(pages) > 3 and all("氏名・職種" in page for page in pages[:-1])
    assert all(f"見本{n}番" in "".join(pages) for n in range(80))


def test_the_export_holds_the_answers(ctx: Context) -> None:
    """The CSV has one row for each member of staff with number, answer and hours from the start."""
    call = start_call(ctx, HOME_ID)
    note_reply(ctx, call.id, Note("s0001", when="3時間後", means="foot"))
    content = export_call(ctx, call.id, as_csv=True).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    (row,) = (row for row in rows if row["職員番号"] == "s0001")
    assert (len(rows), row["参集"], row["開始からの時間"], row["手段"]) == (5, "後で来られる", "3.0", "徒歩")


def test_commands(ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """start, note, tally, sheet and export do on the command line what the services do."""
    monkeypatch.setenv("BCP_KIT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")

    def run(*words: str) -> str:
        done = CliRunner().invoke(build(["staff"]), ["staff", "call", *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert json.loads(run("start", "--drill", "--title", "夜の訓練", "--json", "-"))["drill"] is True
    run("note", "見本花子", "--safe", "ok", "--come", "now")
    run("note", "s0001", "--when", "2時間後", "--means", "徒歩")
    told = json.loads(run("tally", "--json", "-"))
    assert [w["people"] for w in told["within"]] == [1, 2, 2, 2, 2]
    assert datetime.fromisoformat(told["started_at"]).tzinfo is not None
    assert "髙橋 﨑子" in run("tally")
    run("sheet", "--out", str(tmp_path))
    run("export", "--out", str(tmp_path), "--format", "csv")
    assert list(tmp_path.glob("safety_call_*.pdf")) and list(tmp_path.glob("safety_call_*.csv"))
