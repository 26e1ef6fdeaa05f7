"""Action cards, poster and pocket card of a plan: what stands on each, what is missing, and the print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bcp_kit.access.policy import Action, decide
from bcp_kit.domain.bcp import CONTINUITY_KINDS, Answer
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_versions import VersionState
from bcp_kit.forms.action_cards import (
    POCKET,
    POSTER,
    Card,
    CardFacts,
    Missing,
    cards_for,
    compose,
)
from bcp_kit.forms.messages import text
from bcp_kit.forms.schema import Form, form
from bcp_kit.render.action_cards import (
    CardPrint,
    TooLong,
    pocket_too_long,
    render_cards,
    render_pocket,
    too_long,
)
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.plan_names import safe_part
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import form_id
from bcp_kit.services.bcp_content import PlanContent, content_of
from bcp_kit.services.bcp_print import stamp_of
from bcp_kit.services.plan_versions import in_force, versions_of
from bcp_kit.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class CardState:
    """One card: ready to print, with the inputs that it lacks, or too long for its page."""

    card: Card
    too_long: TooLong | None = None

    @property
    def missing(self) -> tuple[Missing, ...]:
        """The inputs that the card lacks; each prints as a line to write on."""
        return self.card.missing


@dataclass(frozen=True)
class CardDesk:
    """Everything that can be printed from one plan; title and plan of each item by its id.

    `stamp` names the version that the cards follow: the one in force, else the newest proposed one.
    """

    content: PlanContent
    cards: tuple[CardState, ...]
    poster: CardState
    pocket: tuple[CardState, ...]
    item_titles: Mapping[str, str]
    plan_of_item: Mapping[str, str]
    stamp: str


@dataclass(frozen=True)
class CardOrder:
    """Which cards to print; empty `card_ids`: all of the plan. `paper` holds for the poster."""

    plan_id: str
    card_ids: tuple[str, ...] = ()
    paper: str = "A4"


def card_desk(ctx: Context, plan_id: str) -> CardDesk:
    """Return the cards of the plan, composed, each with what is missing or too long.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        contents = both_plans(ctx, uow, plan_id)
        facts = card_facts(ctx, uow, contents)
        stamp = _stamp_words(uow, contents[0])
    return _desk(contents, facts, stamp)


def _stamp_words(uow: UnitOfWork, content: PlanContent) -> str:
    known = [v for v in versions_of(uow, content.plan.id) if v.state is not VersionState.REJECTED]
    followed = in_force(known) or next(iter(known), None)
    if followed is None:
        return text("paper.stamp.none")
    stamp = stamp_of(followed, content.plan.answers)
    number = text("paper.stamp.number", number=stamp.number)
    state = "" if followed.state is VersionState.APPROVED else text("paper.stamp.state.proposed")
    later = text("paper.stamp.later") if stamp.changed_since else ""
    return f"{number}{later}{state and f'（{state}）'}"


def both_plans(ctx: Context, uow: UnitOfWork, plan_id: str) -> tuple[PlanContent, ...]:
    """Return the plan, then the other continuity plans of its facility."""
    content = content_of(ctx, uow, plan_id)
    plans = uow.continuity_plans.list(facility_id=content.facility.id)
    others = [p.id for p in plans if p.id != content.plan.id and p.kind in CONTINUITY_KINDS]
    return (content, *(content_of(ctx, uow, other) for other in others))


def card_facts(ctx: Context, uow: UnitOfWork, contents: Sequence[PlanContent]) -> CardFacts:
    """Return the answers of the plans; telephone numbers only for who may see staff."""
    content = contents[0]
    answers: dict[str, Answer] = {}
    for found in reversed(contents):
        answers |= found.plan.answers
    sees = decide(ctx.actor, Action.SEE_STAFF, content.facility.id).allowed
    staff = uow.staff.list(facility_id=[f.id for f in content.facilities]) if sees else []
    return CardFacts(
        forms=(*(found.form for found in contents), *_forms_without_plan(contents)),
        answers=answers,
        facility=content.facility,
        categories=tuple(f.category for f in content.facilities),
        phones={person.name: person.phone for person in staff},
    )


def _forms_without_plan(contents: Sequence[PlanContent]) -> list[Form]:
    """Return the forms of continuity plans not begun yet: what a card needs of them is named as missing."""
    begun = {found.form.id for found in contents}
    return [form(form_id(kind)) for kind in CONTINUITY_KINDS if form_id(kind) not in begun]


def _desk(contents: Sequence[PlanContent], facts: CardFacts, stamp: str) -> CardDesk:
    content = contents[0]
    kind = content.plan.kind.value

    def states(name: str) -> tuple[Card, ...]:
        return tuple(compose(name, spec, facts) for spec in cards_for(name, facts.categories))

    cards = states(kind) if content.plan.kind in CONTINUITY_KINDS else ()
    pocket = states(POCKET)
    pocket_long = {found.card_id: found for found in pocket_too_long(pocket)}
    (poster,) = states(POSTER)
    return CardDesk(
        content=content,
        cards=tuple(CardState(card, too_long(card)) for card in cards),
        poster=CardState(poster, too_long(poster)),
        pocket=tuple(CardState(card, pocket_long.get(card.id)) for card in pocket),
        item_titles={item.id: item.title_ja for form in facts.forms for item in form.items},
        plan_of_item={item.id: found.plan.id for found in contents for item in found.form.items},
        stamp=stamp,
    )


def print_cards(ctx: Context, order: CardOrder) -> PrintedDocument:
    """Return the cards as PDF, one page each.

    Raises: BcpKitError U-002 for an unknown card, E-001 when one of them does not hold on its page.
    """
    desk = card_desk(ctx, order.plan_id)
    by_id = {state.card.id: state for state in desk.cards}
    if any(card_id not in by_id for card_id in order.card_ids):
        raise BcpKitError(ErrorCode.NOT_FOUND)
    chosen = [by_id[card_id] for card_id in order.card_ids] or list(desk.cards)
    return _printed(ctx, desk, chosen, "action_cards", order.paper)


def print_poster(ctx: Context, plan_id: str, paper: str = "A3") -> PrintedDocument:
    """Return the wall poster as PDF on A3 or A4.

    Raises: BcpKitError U-002, E-001.
    """
    desk = card_desk(ctx, plan_id)
    return _printed(ctx, desk, [desk.poster], f"poster_{paper}", paper)


def print_pocket(ctx: Context, plan_id: str) -> PrintedDocument:
    """Return the folding card for staff as PDF, three copies on a sheet.

    Raises: BcpKitError U-002, E-001.
    """
    desk = card_desk(ctx, plan_id)
    _demand_room(desk, desk.pocket)
    _note(ctx, desk, "pocket_card")
    return render_pocket([state.card for state in desk.pocket], _about(ctx, desk, "pocket_card", "A4"))


def _printed(
    ctx: Context, desk: CardDesk, chosen: Sequence[CardState], name: str, paper: str
) -> PrintedDocument:
    _demand_room(desk, chosen)
    _note(ctx, desk, name)
    return render_cards([state.card for state in chosen], _about(ctx, desk, name, paper))


def _about(ctx: Context, desk: CardDesk, name: str, paper: str) -> CardPrint:
    facility, title = desk.content.facility.name, text(f"cards.document.{name.partition('_A')[0]}")
    kind = text(f"bcp.kind.{desk.content.plan.kind.value}")
    parts = (title, kind, paper if name.startswith("poster") else "", facility, desk.stamp)
    return CardPrint(
        facility=facility,
        made_at=ctx.clock.now(),
        stamp=desk.stamp,
        file_name=f"{'_'.join(safe_part(part) for part in parts if part)}.pdf",
        title=title,
        paper=paper,
    )


def long_words(desk: CardDesk, found: TooLong) -> str:
    """Return which answers of a card are long, with their lines."""
    named = [(desk.item_titles.get(item, item), lines) for item, lines in found.longest]
    return "、".join(text("cards.long_item", title=title, lines=lines) for title, lines in named)


def _demand_room(desk: CardDesk, chosen: Sequence[CardState]) -> None:
    for state in chosen:
        if state.too_long is not None:
            raise BcpKitError(
                ErrorCode.CARD_TOO_LONG,
                card=state.card.title,
                lines=state.too_long.lines_over,
                where=long_words(desk, state.too_long),
            )


def _note(ctx: Context, desk: CardDesk, why: str) -> None:
    with ctx.open_store() as uow:
        uow.audit.note("print", "continuity_plans", desk.content.plan.id, why)
        uow.commit()
