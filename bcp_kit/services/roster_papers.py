"""The papers of a cover run: the call list in the order of calling, the request for help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bcp_kit.access.policy import Action
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.cover import CoverRun, UncoveredPost
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.staff import HelpOffer, HelpRoute, Qualification
from bcp_kit.forms.messages import text
from bcp_kit.render.cover_call_sheet import CallListSheet, CallOnPaper, call_list_sheet
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.help_request import HelpRequest, RequestLine, request_sheet, request_workbook
from bcp_kit.render.roster_table import look_of, post_label, weekday
from bcp_kit.render.spreadsheet import Written
from bcp_kit.services import cover_catalogue
from bcp_kit.services.base import Context
from bcp_kit.services.cover import read_run
from bcp_kit.services.cover_calls import OWN_STAFF, Call, CalledPost, call_list

_SHOWN_POSTS = 4


class RequestWords(DomainModel):
    """What the person who asks adds: to whom, who answers, where to come, lodging, what to bring."""

    to: str = ""
    contact: str = ""
    meeting: str = ""
    lodging: str = ""
    bring: str = ""


@dataclass(frozen=True)
class _Site:
    """A run looked at for one of its sites; `first` is the day of the event."""

    run: CoverRun
    facility: Facility
    first: date

    def day(self, number: int) -> str:
        on = self.first + timedelta(days=number)
        return f"{on.month}/{on.day}（{weekday(on)}）"

    @property
    def scenario(self) -> str:
        return str(self.run.settings.get("scenario_name", self.run.scenario_id))


def _site(ctx: Context, run_id: str, facility_id: str) -> _Site:
    run = read_run(ctx, run_id, facility_id)
    site = facility_id or run.facility_ids[0]
    if site not in run.facility_ids:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    ctx.demand(Action.SEE_STAFF, site)
    with ctx.open_store() as uow:
        scenario = uow.scenarios.get(run.scenario_id)
        first = (run.made_at if scenario is None else scenario.starts_at).date()
        return _Site(run, uow.facilities.need(site), first)


def calls_in_words(ctx: Context, run_id: str = "", facility_id: str = "") -> tuple[CallOnPaper, ...]:
    """Return the calls of a run for one site, first call first, as they stand on screen and paper.

    Raises: BcpKitError U-002 when there is no such run, A-001.
    """
    site = _site(ctx, run_id, facility_id)
    return tuple(_in_words(site, call) for call in call_list(ctx, site.run.id, site.facility.id))


def _in_words(site: _Site, call: Call) -> CallOnPaper:
    named = "・".join(text(f"cover.qualification.{q}") for q in call.qualifications)
    route = text("rosters.calls.own") if call.route == OWN_STAFF else text(f"cover.route.{call.route}")
    until = site.day(call.from_day) if call.from_day is not None else ""
    ask = text(f"rosters.calls.ask.{call.reason.value}", people=call.people, qualification=named, day=until)
    here = [post for post in call.posts if post.facility_id == site.facility.id]
    posts = [_post_words(site, post) for post in here[:_SHOWN_POSTS]]
    if len(here) > _SHOWN_POSTS:
        posts.append(text("rosters.calls.more_posts", count=len(here) - _SHOWN_POSTS))
    return CallOnPaper(
        order=call.order,
        name=call.name or text("rosters.calls.find"),
        about=f"{route}　{named}",
        phone=call.phone,
        ask=ask,
        posts=tuple(posts),
    )


def _post_words(site: _Site, post: CalledPost) -> str:
    look = look_of(post.shift)
    return f"{site.day(post.day)} {look.hours or look.label}　{post_label(post.post)}"


def print_calls(ctx: Context, run_id: str = "", facility_id: str = "") -> PrintedDocument:
    """Return the call list of a run as a PDF. Raises: BcpKitError U-002, A-001."""
    site = _site(ctx, run_id, facility_id)
    calls = calls_in_words(ctx, site.run.id, site.facility.id)
    now = ctx.clock.now()
    made = f"{site.run.made_at.astimezone():%Y-%m-%d %H:%M}"
    about = text("rosters.sheet.about", scenario=site.scenario, made=made)
    _note(ctx, site.run.id, "calls")
    return call_list_sheet(CallListSheet(site.facility.name, about, calls, now))


def help_request(
    ctx: Context,
    route: HelpRoute,
    words: RequestWords,
    run_id: str = "",
    facility_id: str = "",
) -> HelpRequest:
    """Return the request to one route: what it promised and the roster uses, and the posts left empty.

    Heads are those missing at one time; lodging is asked for where nobody could go home in between. Raises:
    BcpKitError U-002, A-001.
    """
    site = _site(ctx, run_id, facility_id)
    with ctx.open_store() as uow:
        offers = {o.id: o for o in uow.help_offers.list(facility_id=site.facility.id) if o.route is route}
    lines = [*_promised(site, offers), *_missing(site)]
    return HelpRequest(
        to=words.to or "、".join(dict.fromkeys(o.name for o in offers.values())),
        asker=_asker(site.facility, words),
        why=text("rosters.request.because", scenario=site.scenario, missing=_heads_missing(site)),
        lines=lines,
        facts=_conditions(site.facility, words, [o.needs_lodging for o in offers.values()]),
        made_at=ctx.clock.now(),
    )


def _heads_missing(site: _Site) -> int:
    return sum(p.missing for p in site.run.uncovered if p.facility_id == site.facility.id)


def _asker(facility: Facility, words: RequestWords) -> tuple[tuple[str, str], ...]:
    named = (
        ("operator", facility.operator),
        ("facility", facility.name),
        ("manager", facility.manager or facility.representative),
        ("address", facility.address),
        ("phone", facility.phone),
        ("contact", words.contact),
    )
    return tuple((text(f"rosters.request.{key}"), value) for key, value in named)


def _conditions(
    facility: Facility, words: RequestWords, lodging: Sequence[bool]
) -> tuple[tuple[str, str], ...]:
    places = facility.lodging_places
    known = text("rosters.request.lodging_known", places=places) if places is not None else ""
    asked = words.lodging or known or text("rosters.request.lodging_open")
    if lodging and not any(lodging) and not words.lodging:
        asked = text("rosters.request.lodging_no")
    named = (
        ("meeting", words.meeting or facility.address),
        ("lodging", asked),
        ("bring", words.bring or text("rosters.request.bring_usual")),
        ("costs", text("rosters.request.costs_words")),
    )
    return tuple((text(f"rosters.request.{key}"), value) for key, value in named)


def _promised(site: _Site, offers: Mapping[str, HelpOffer]) -> list[RequestLine]:
    """Return what the roster uses of each offer of the route."""
    found = []
    for offer in offers.values():
        own = [
            a
            for a in site.run.assignments
            if a.helper_id.split("#", maxsplit=1)[0] == offer.id and a.facility_id == site.facility.id
        ]
        if own:
            found.append(
                RequestLine(
                    qualification=text(f"cover.qualification.{offer.qualification.value}"),
                    people=len({a.helper_id for a in own}),
                    period=_period(site, [a.day for a in own]),
                    shifts=_shifts([a.shift for a in own]),
                    posts="、".join(dict.fromkeys(post_label(a.post) for a in own)),
                )
            )
    return found


def _missing(site: _Site) -> list[RequestLine]:
    """Return what is asked for to fill the empty posts, by who may fill them."""
    groups = {g.key: g for g in cover_catalogue.post_groups()}
    by_need: dict[tuple[Qualification, ...], list[UncoveredPost]] = {}
    for post in site.run.uncovered:
        if post.facility_id == site.facility.id and post.post in groups:
            able = tuple(q for q in Qualification if q in groups[post.post].qualified)
            by_need.setdefault(able, []).append(post)
    return [_missing_line(site, able, posts) for able, posts in by_need.items()]


def _missing_line(site: _Site, able: Sequence[Qualification], posts: Sequence[UncoveredPost]) -> RequestLine:
    at: dict[tuple[int, str], int] = {}
    for post in posts:
        at[post.day, post.shift] = at.get((post.day, post.shift), 0) + post.missing
    named = "、".join(text(f"cover.qualification.{q.value}") for q in able)
    return RequestLine(
        qualification=text("rosters.request.any_of", named=named) if len(able) > 1 else named,
        people=max(at.values()),
        period=_period(site, [p.day for p in posts]),
        shifts=_shifts([p.shift for p in posts]),
        posts="、".join(dict.fromkeys(post_label(p.post) for p in posts)),
    )


def _period(site: _Site, days: Sequence[int]) -> str:
    first, last = min(days), max(days)
    count = len(set(days))
    return text("rosters.request.from_until", first=site.day(first), last=site.day(last), days=count)


def _shifts(keys: Sequence[str]) -> str:
    known = [shift.shift.key for shift in cover_catalogue.known_shifts()]
    looks = [look_of(key) for key in sorted(set(keys), key=lambda k: known.index(k) if k in known else 99)]
    return "\n".join(f"{look.label} {look.hours}" for look in looks)


def print_request(ctx: Context, request: HelpRequest, key: str) -> PrintedDocument:
    """Return a request as a PDF; that it was printed is noted under the run `key`."""
    _note(ctx, key, "request")
    return request_sheet(request)


def export_request(ctx: Context, request: HelpRequest, key: str) -> Written:
    """Return a request as an Excel file; that it left the store is noted under the run `key`."""
    _note(ctx, key, "request")
    return request_workbook(request)


def _note(ctx: Context, run_id: str, what: str) -> None:
    with ctx.open_store() as uow:
        uow.audit.note("print", "cover_runs", run_id, what)
        uow.commit()
