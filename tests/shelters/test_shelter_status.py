"""The state of destinations in an event: reported, kept as history, seen by the matching."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelter_status import OpenState
from bcp_kit.domain.shelters import DestinationKind
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.matching import MatchCommand, match
from bcp_kit.services.matching_read import OUT_OF_USE
from bcp_kit.services.shelter_status import (
    NewPlace,
    Report,
    add_place,
    begin_event,
    board,
    current_event,
    end_event,
    history,
    keep_place,
    past_events,
    report_status,
)


def test_one_event_runs_at_a_time(ctx: Context) -> None:
    """An event is begun, no second one beside it; after its end another may begin."""
    assert current_event(ctx) is None
    event = begin_event(ctx, "台風 架空号", HazardKind.RIVER_FLOOD)
    assert current_event(ctx) == event and event.began_by == "係 花子"
    with pytest.raises(BcpKitError) as failure:
        begin_event(ctx, "もう一つ")
    assert failure.value.code is ErrorCode.EVENT_RUNNING
    end_event(ctx)
    assert current_event(ctx) is None and past_events(ctx)[0].name == "台風 架空号"
    with pytest.raises(BcpKitError) as failure:
        end_event(ctx)
    assert failure.value.code is ErrorCode.NO_EVENT_RUNNING


def test_reports_are_kept_as_history(ctx: Context) -> None:
    """The newest report stands on the board with time, who and why; the older ones stay readable."""
    begin_event(ctx, "地震")
    report_status(ctx, [Report("W1", OpenState.PREPARING)])
    later = replace(ctx, clock=FixedClock(datetime(2026, 11, 23, 15, tzinfo=UTC)))
    report_status(later, [Report("W1", OpenState.DAMAGED, "天井が落ちた", 0.5, 3)])
    line = next(line for line in board(ctx).lines if line.shelter.id == "W1")
    assert line.entry is not None
    assert (line.entry.state, line.entry.usable_share, line.entry.people) == (OpenState.DAMAGED, 0.5, 3)
    assert line.entry.reason == "天井が落ちた" and line.entry.by == "係 花子"
    told = history(ctx, "W1").entries
    assert [entry.state for entry in told] == [OpenState.DAMAGED, OpenState.PREPARING]
    assert board(ctx).count(OpenState.DAMAGED) == 1 and board(ctx).count(None) == 1


def test_two_reports_at_one_moment_keep_their_order(ctx: Context) -> None:
    """Of two reports in the same moment the later one counts."""
    begin_event(ctx, "地震")
    report_status(ctx, [Report("W1", OpenState.OPEN), Report("W1", OpenState.FULL)])
    line = next(line for line in board(ctx).lines if line.shelter.id == "W1")
    assert line.entry is not None and line.entry.state is OpenState.FULL


def test_reports_need_an_event_and_a_place(ctx: Context) -> None:
    """Without an event nothing is reported; an unknown place or an impossible share stores nothing."""
    with pytest.raises(BcpKitError) as failure:
        report_status(ctx, [Report("W1", OpenState.OPEN)])
    assert failure.value.code is ErrorCode.NO_EVENT_RUNNING
    begin_event(ctx, "地震")
    for report in (Report("gone", OpenState.OPEN), Report("W1", OpenState.DAMAGED, usable_share=1.2)):
        with pytest.raises(BcpKitError):
            report_status(ctx, [Report("G1", OpenState.OPEN), report])
    assert board(ctx).count(None) == 2


def test_a_place_that_was_never_listed_is_added_and_marked(ctx: Context) -> None:
    """It is open at once, marked as added in this event, and leaves the board when the event ends."""
    begin_event(ctx, "地震")
    hall = add_place(ctx, NewPlace("東町集会所", kind=DestinationKind.GENERAL, capacity_people=30))
    line = next(line for line in board(ctx).lines if line.shelter.id == hall.id)
    assert line.added and line.entry is not None and line.entry.state is OpenState.OPEN
    end_event(ctx)
    assert hall.id not in [line.shelter.id for line in board(ctx).lines]
    keep_place(ctx, hall.id)
    assert hall.id in [line.shelter.id for line in board(ctx).lines]


def test_a_new_place_lies_where_its_neighbour_does(town: Context) -> None:
    """The point of a listed place close by stands in, with its doubt; the matching can use the place."""
    begin_event(town, "地震")
    hall = add_place(town, NewPlace("社務所", near="G001", capacity_people=30))
    with town.open_store() as uow:
        near = uow.shelters.need("G001").location
    assert hall.location is not None and near is not None
    assert (hall.location.latitude, hall.location.uncertainty_m) == (near.latitude, 500)
    report_status(town, [Report(i, OpenState.CLOSED) for i in ("W001", "W002", "G001", "G001S")])
    assert set(_used(town)) == {hall.id}
    assert add_place(town, NewPlace("どこか")).location is None


def quick() -> MatchCommand:
    """An earthquake, solved in this process."""
    return MatchCommand(HazardKind.EARTHQUAKE, own_process=False, work_limit=1.0)


def _used(ctx: Context) -> dict[str, int]:
    used: dict[str, int] = {}
    for placement in match(ctx, quick()).placements:
        if placement.shelter_id:
            used[placement.shelter_id] = used.get(placement.shelter_id, 0) + 1
    return used


def test_the_matching_does_not_use_what_is_closed(town: Context) -> None:
    """A place closed in the running event takes nobody, and the run names it; after the event it does."""
    before = _used(town)
    assert before.get("W001")
    begin_event(town, "地震", HazardKind.EARTHQUAKE)
    report_status(town, [Report("W001", OpenState.CLOSED, "停電")])
    assert not _used(town).get("W001")
    assert match(town, quick()).settings[OUT_OF_USE] == "W001"
    end_event(town)
    assert _used(town).get("W001") == before["W001"]
    assert OUT_OF_USE not in match(town, quick()).settings


def test_a_damaged_place_takes_fewer(town: Context) -> None:
    """With half of a place usable, no more than half of its people are placed there."""
    before = _used(town)["W001"]
    begin_event(town, "地震")
    report_status(town, [Report("W001", OpenState.DAMAGED, "2階が使えない", 0.25)])
    with town.open_store() as uow:
        capacity = uow.shelters.need("W001").capacity_people
    assert capacity is not None
    assert _used(town).get("W001", 0) <= capacity * 0.25 < before


def test_with_every_place_closed_everybody_is_named(town: Context) -> None:
    """With nothing open, nobody is placed, and the run names every place that it left out."""
    begin_event(town, "地震")
    ids = [line.shelter.id for line in board(town).lines]
    report_status(town, [Report(i, OpenState.CLOSED) for i in ids])
    run = match(town, quick())
    assert not any(p.shelter_id for p in run.placements)
    assert str(run.settings[OUT_OF_USE]).split("|") == sorted(ids)
