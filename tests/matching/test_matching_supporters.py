"""H13: near willing supporters are proposed to people without one, named only when approved."""

from collections.abc import Callable

import pytest
from small_town import HERE, person

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import Supporter, SupportLink
from bcp_kit.services.base import Context
from bcp_kit.services.matching_supporters import accept_supporter, proposed_supporters

QUAKE = HazardKind.EARTHQUAKE


def supporter(key: str, **fields: object) -> Supporter:
    """An invented willing supporter next door."""
    base = {"id": key, "name": key, "location": HERE, "willing_to_take_more": True}
    return Supporter.model_validate(base | fields)


@pytest.fixture
def town_of(filled: Callable[..., Context]) -> Callable[..., Context]:
    """A function that fills the store with people and supporters."""

    def fill(people: list[object], supporters: list[Supporter], *links: SupportLink) -> Context:
        ctx = filled(people, [])
        with ctx.open_store() as uow:
            uow.supporters.add_many(supporters)
            uow.links.add_many(links)
            uow.commit()
        return ctx

    return fill


def test_h13_proposing_changes_nothing(town_of: Callable[..., Context]) -> None:
    """H13: a proposal is no link: before an officer accepts, the person still has no supporter."""
    ctx = town_of([person("p")], [supporter("s"), supporter("no", willing_to_take_more=False)])
    (found,) = proposed_supporters(ctx, QUAKE)
    assert found.proposal.first is not None and found.proposal.first.supporter_id == "s"
    assert set(found.supporters) == {"s"}
    with ctx.open_store() as uow:
        assert uow.links.list() == []
    accept_supporter(ctx, "p", "s")
    assert proposed_supporters(ctx, QUAKE) == ()


def test_h13_the_cap_holds_when_accepting_too(town_of: Callable[..., Context]) -> None:
    """H13: one person to carry, three to inform; the fourth is refused with a code and nothing is stored."""
    people = [person(key, "bedridden") for key in ("a", "b")]
    ctx = town_of(people, [supporter("s")])
    first = [f.proposal.first for f in proposed_supporters(ctx, QUAKE)]
    assert [n.supporter_id for n in first if n] == ["s"]
    accept_supporter(ctx, "a", "s")
    with pytest.raises(BcpKitError) as full:
        accept_supporter(ctx, "b", "s")
    assert full.value.code is ErrorCode.SUPPORTER_FULL
    with ctx.open_store() as uow:
        assert uow.links.list() == []  # nothing stands before another person approved it
        assert [change.person_id for change in uow.plan_changes.list()] == ["a"]


def test_the_own_cap_counts_before_the_default(town_of: Callable[..., Context]) -> None:
    """Who said "one person" is not proposed a second one, whatever the default."""
    link = SupportLink(person_id="other", supporter_id="s")
    ctx = town_of([person("other"), person("p")], [supporter("s", max_people=1)], link)
    (found,) = proposed_supporters(ctx, QUAKE)
    assert found.person.id == "p" and found.proposal.first is None


def test_nobody_is_left_out_of_the_list(town_of: Callable[..., Context]) -> None:
    """Who lives where nobody knows is listed without a proposal; residents of facilities are not."""
    people = [person("lost", location=None), person("in", facility_resident=True)]
    found = proposed_supporters(town_of(people, [supporter("s")]), QUAKE)
    assert [(f.person.id, f.proposal.first) for f in found] == [("lost", None)]
