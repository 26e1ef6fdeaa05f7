"""Officers' decisions (F55): taken with a reason, logged, kept by the run, contradictions said on the run."""

from collections.abc import Callable

import pytest
from small_town import hall, person, quick

from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.locks import LockKind
from bcp_kit.domain.people import Device
from bcp_kit.domain.placements import MatchingRun
from bcp_kit.domain.shelters import DestinationKind
from bcp_kit.services.base import Context
from bcp_kit.services.matching import match
from bcp_kit.services.matching_locks import LockCommand, add_lock, list_locks, remove_lock, waivable_rules

Filled = Callable[..., Context]
FLOOD = HazardKind.RIVER_FLOOD


def refused(ctx: Context, command: LockCommand) -> ErrorCode:
    """The code with which a decision is refused."""
    with pytest.raises(BcpKitError) as fault:
        add_lock(ctx, command)
    return fault.value.code


def causes(run: MatchingRun) -> dict[str, str]:
    """The fault of each decision by person."""
    return {f.person_id: f.cause for f in run.lock_faults}


def test_a_decision_is_kept_and_says_who_and_why(filled: Filled) -> None:
    """The far hall is taken because an officer said so; the run holds the reason and who."""
    near, far = hall("near"), hall("far", location=hall().location.model_copy(update={"latitude": 33.95}))
    ctx = filled([person("p"), person("q")], [near, far])
    lock = add_lock(ctx, LockCommand("p", shelter_id="far", reason="家族が近くに住む"))
    run = match(ctx, quick())
    line = run.of_person("p")[0]
    assert (line.shelter_id, line.lock_id) == ("far", lock.id)
    assert run.of_person("q")[0].shelter_id == "near" and run.of_person("q")[0].lock_id == ""
    assert [(k.reason, k.made_by) for k in run.locks] == [("家族が近くに住む", "係")]
    assert not run.lock_faults


def test_the_log_says_who_decided_and_holds_no_reason(filled: Filled) -> None:
    """Taking and undoing a decision each leave an entry; the reason may be personal and stays out of it."""
    ctx = filled([person("p")], [hall()])
    lock = add_lock(ctx, LockCommand("p", shelter_id="g", reason="秘密の事情"))
    remove_lock(ctx, lock.id)
    with ctx.open_store() as uow:
        found = uow.audit.newest(kind="matching_locks")
    assert [(e.action, e.actor, e.why) for e in found] == [
        ("remove", "係", "person=p"),
        ("add", "係", "person=p"),
    ]
    assert list_locks(ctx) == ()


def test_without_a_reason_nothing_is_decided(filled: Filled) -> None:
    """No or an endless reason, a fixed rule, a place that does not fit the kind: each has its code."""
    ctx = filled([person("p")], [hall()])
    assert refused(ctx, LockCommand("p", shelter_id="g", reason="　 ")) is ErrorCode.LOCK_WITHOUT_REASON
    assert refused(ctx, LockCommand("p", shelter_id="g", reason="あ" * 501)) is ErrorCode.LOCK_WITHOUT_REASON
    fixed = LockCommand("p", shelter_id="g", reason="理由", waived=("H12",))
    assert refused(ctx, fixed) is ErrorCode.LOCK_RULE_FIXED
    assert refused(ctx, LockCommand("p", reason="理由")) is ErrorCode.LOCK_PLACE_WRONG
    both = LockCommand("p", LockKind.HOSPITAL, shelter_id="g", reason="理由")
    assert refused(ctx, both) is ErrorCode.LOCK_PLACE_WRONG
    assert refused(ctx, LockCommand("nobody", shelter_id="g", reason="理由")) is ErrorCode.NOT_FOUND
    assert refused(ctx, LockCommand("p", shelter_id="gone", reason="理由")) is ErrorCode.NOT_FOUND
    assert list_locks(ctx) == () and not {"H12", "H15", "H16"} & set(waivable_rules())


def test_a_household_has_one_decision(filled: Filled) -> None:
    """A second decision for the same household is refused; another hazard's is not."""
    people = [person("p", household_id="x"), person("q", household_id="x")]
    ctx = filled(people, [hall()])
    add_lock(ctx, LockCommand("p", shelter_id="g", reason="理由", hazard=HazardKind.EARTHQUAKE))
    assert refused(ctx, LockCommand("q", LockKind.STAYS_HOME, reason="理由")) is ErrorCode.LOCK_TWICE
    add_lock(ctx, LockCommand("q", LockKind.HOSPITAL, reason="理由", hazard=FLOOD))


def test_home_and_hospital_are_lines_of_their_own(filled: Filled) -> None:
    """Who was decided to stay or to go to hospital is not matched, and the line says who answers for it."""
    ctx = filled([person("p"), person("q"), person("r")], [hall()])
    add_lock(ctx, LockCommand("p", LockKind.HOSPITAL, reason="入院の予約がある"))
    add_lock(ctx, LockCommand("q", LockKind.STAYS_HOME, reason="自宅が耐震", waived=("H18",)))
    run = match(ctx, quick())
    assert run.of_person("p")[0].hospital and run.of_person("q")[0].stays_home
    assert run.of_person("q")[0].waived == ("H18",) and run.of_person("q")[0].lock_id
    assert run.stages[0].people == 1


def test_h18_staying_at_home_needs_all_conditions(filled: Filled) -> None:
    """H18: below the water, in a collapse zone or on life support a decision to stay is a fault."""

    def lives(key: str, floor: int, **fields: object) -> object:
        zone = Exposure(hazard=FLOOD, in_zone=Known.YES, depth_m=2.0, special=bool(fields.pop("special", 0)))
        return person(key, home_floor=floor, home_exposures=(zone,), **fields)

    device = Device(kind="人工呼吸器", power_w=100, life_support=True)
    people = [lives("high", 3), lives("low", 1), lives("weak", 3, special=1)]
    ctx = filled([*people, lives("machine", 3, devices=(device,))], [hall()])
    for key in ("high", "low", "weak", "machine"):
        add_lock(ctx, LockCommand(key, LockKind.STAYS_HOME, reason="上の階にいる"))
    run = match(ctx, quick(FLOOD))
    assert causes(run) == dict.fromkeys(("low", "weak", "machine"), "rule_broken")
    assert {rule for f in run.lock_faults for rule in f.rules} == {"H18"}
    assert {p.person_id for p in run.placements if p.stays_home} == {"high"}


def test_contradictions_are_said_and_nobody_is_dropped(filled: Filled) -> None:
    """Full, closed, forbidden places and somebody who moved away: each has its word, all have lines."""
    strict = hall("w", kind=DestinationKind.DESIGNATED_WELFARE, accepts=("maternal",), accepts_confirmed=True)
    ctx = filled(
        [person("a"), person("b"), person("c", "dementia"), person("d"), person("away")],
        [hall("small", capacity_people=2), hall("shut"), strict, hall("big")],
    )
    for key, place in {"a": "small", "b": "small", "c": "w", "d": "shut", "away": "big"}.items():
        add_lock(ctx, LockCommand(key, shelter_id=place, reason="理由"))
    with ctx.open_store() as uow:
        uow.people.remove("away")
        uow.commit()
    run = match(ctx, quick(closed=("shut",)))
    assert causes(run) == {"away": "person_gone", "b": "full", "c": "rule_broken", "d": "place_gone"}
    assert next(f.rules for f in run.lock_faults if f.person_id == "c") == ("H02",)
    assert {p.person_id for p in run.placements if p.stage == 1} == {"a", "b", "c", "d"}
    assert run.of_person("a")[0].shelter_id == "small" and run.of_person("d")[0].shelter_id


def test_two_decisions_that_met_later_are_both_given_up(filled: Filled) -> None:
    """Two people who become one household with two decisions: neither is used, both are told."""
    ctx = filled([person("p"), person("q")], [hall("g"), hall("h")])
    add_lock(ctx, LockCommand("p", shelter_id="g", reason="理由"))
    add_lock(ctx, LockCommand("q", shelter_id="h", reason="理由"))
    with ctx.open_store() as uow:
        for key in ("p", "q"):
            uow.people.save(uow.people.need(key).model_copy(update={"household_id": "x"}))
        uow.commit()
    run = match(ctx, quick())
    assert causes(run) == dict.fromkeys(("p", "q"), "two_decisions")
    assert len({p.shelter_id for p in run.placements}) == 1


def test_an_override_is_marked_on_the_line(filled: Filled) -> None:
    """A place that does not accept the group is used with H02 overridden, and the line says so."""
    strict = hall("w", kind=DestinationKind.DESIGNATED_WELFARE, accepts=("maternal",), accepts_confirmed=True,
                  direct_evacuation=Known.YES, opens_after_h=1)  # fmt: skip
    ctx = filled([person("p", "dementia")], [strict])
    add_lock(ctx, LockCommand("p", shelter_id="w", reason="施設が承知", waived=("H02",)))
    line = match(ctx, quick()).of_person("p")[0]
    assert line.shelter_id == "w" and line.waived == ("H02",)


def test_a_decision_for_the_second_stage(filled: Filled) -> None:
    """A place to move on to can be decided; for a household that does not move on it is a fault."""
    places = [
        hall(),
        *(
            hall(key, kind=DestinationKind.AGREEMENT_WELFARE, opens_after_h=72, capacity_people=9)
            for key in ("v", "w")
        ),
    ]
    ctx = filled([person("p", "higher_brain"), person("q")], places)
    add_lock(ctx, LockCommand("p", shelter_id="w", stage=2, reason="通い慣れた所"))
    add_lock(ctx, LockCommand("q", shelter_id="v", stage=2, reason="理由"))
    run = match(ctx, quick())
    assert [p.shelter_id for p in run.of_person("p")] == ["g", "w"]
    assert causes(run) == {"q": "not_in_stage"}
