"""The call list: who is called, for which posts, in which order, and who may read it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cores.staff_cover.check import ROUTE_RANK
from bcp_kit.cores.staff_cover.instance import Tier
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.staff import HelpRoute
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, run_cover
from bcp_kit.services.cover_calls import OWN_STAFF, Call, CallReason, call_list

Make = Callable[..., Scenario]


def _calls(ctx: Context, scenario: Make) -> tuple[Call, ...]:
    run_cover(ctx, CoverCommand(("A",), scenario(), work_limit=5, own_process=False))
    return call_list(ctx)


def test_calls_stand_in_the_order_in_which_to_call(ctx: Context, scenario: Make) -> None:
    """Numbered from 1; tier, then day, then own staff before the routes in their order."""
    calls = _calls(ctx, scenario)
    assert [c.order for c in calls] == list(range(1, len(calls) + 1)) and calls

    def key(call: Call) -> tuple[int, int, int]:
        tiers = [t.value for t in Tier]
        tier, day = min((tiers.index(p.operation_class), p.day) for p in call.posts)
        return tier, day, 0 if call.route == OWN_STAFF else ROUTE_RANK[HelpRoute(call.route)]

    assert [key(c) for c in calls] == sorted(key(c) for c in calls)


def test_own_staff_stand_with_their_number_and_chance(ctx: Context, scenario: Make) -> None:
    """Somebody the roster does not count on, but who might come, is called on the stored number."""
    with ctx.open_store() as uow:
        for person in list(uow.staff.list(facility_id="A")):
            uow.staff.save(person.model_copy(update={"phone": f"0000-{person.id}"}))
        uow.commit()
    calls = [c for c in _calls(ctx, scenario) if c.reason is CallReason.MAY_COME]
    assert calls
    for call in calls:
        assert call.phone == f"0000-{call.subject_id}" and call.chance and 0 < call.chance < 1
        assert all(p.missing > 0 for p in call.posts)


def test_nobody_is_called_twice(ctx: Context, scenario: Make) -> None:
    """Each person and each offer has one call with all its posts."""
    called = [c.subject_id for c in _calls(ctx, scenario) if c.subject_id]
    assert len(set(called)) == len(called)


def test_without_an_offer_a_partner_has_to_be_found(ctx: Context, scenario: Make) -> None:
    """Without nurses and without an offer of one, a call without a name says what to look for."""
    with ctx.open_store() as uow:
        for person in ("A01", "A02"):
            uow.staff.remove(person)
        for offer in ("offer-dwat", "offer-partner"):
            uow.help_offers.remove(offer)
        uow.commit()
    wanted = [c for c in _calls(ctx, scenario) if c.reason is CallReason.NO_OFFER]
    assert any("assistant_nurse" in c.qualifications or "nurse" in c.qualifications for c in wanted)
    assert all(not c.name and c.people >= 1 for c in wanted)


def test_numbers_are_for_those_who_may_see_staff(ctx: Context, scenario: Make) -> None:
    """A case worker does not get a telephone number of anybody."""
    _calls(ctx, scenario)
    with pytest.raises(BcpKitError):
        call_list(replace(ctx, actor=Actor(name="見本", role=Role.CASE_WORKER)))
