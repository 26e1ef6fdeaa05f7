"""Words that several parts of the plan's page share: time left, share done, moments, titles."""

from datetime import datetime

from bcp_kit.domain.bcp import ContinuityPlan
from bcp_kit.forms.completeness import ChapterProgress, Completeness, ItemProgress, ItemState
from bcp_kit.forms.schema import Chapter, Section
from bcp_kit.pages.parts.session import clock_text, context, language, say
from bcp_kit.services.bcp import ChapterView, SectionView

Part = Chapter | Section | ChapterView | SectionView
MINUTES_PER_HOUR, MINUTE_STEP = 60, 5


def time_left(minutes: float) -> str:
    """Return a length of time in hours and minutes, rounded up to five minutes."""
    rounded = -int(-minutes // MINUTE_STEP) * MINUTE_STEP
    hours, rest = divmod(rounded, MINUTES_PER_HOUR)
    if not hours:
        return say("write.minutes", minutes=rest)
    return say("write.hours_minutes" if rest else "write.hours", hours=hours, minutes=rest)


def percent(standing: Completeness) -> int:
    """Return the settled part in whole percent, rounded down: 100 only when nothing is open."""
    return int(standing.share_done * 100)


def settled(standing: Completeness) -> int:
    """Return how many items are done or set aside."""
    return len(standing.items) - standing.count(ItemState.OPEN)


def moment_text(moment: datetime) -> str:
    """Return a moment as hours and minutes, with the day in front unless it is today."""
    day = moment.astimezone().date()
    clock = clock_text(moment)
    if day == context().today():
        return clock
    return say("write.day_clock", month=day.month, day=day.day, clock=clock)


def saved_words(moment: datetime) -> str:
    """Return the sentence that tells when something was saved."""
    return say("write.saved_at", time=moment_text(moment))


def kind_name(plan: ContinuityPlan) -> str:
    """Return the name of the plan's kind."""
    return say(f"write.kind.{plan.kind.value}")


def title_of(part: Part | ChapterProgress | ItemProgress) -> str:
    """Return the title in the session's language."""
    return part.title_en if language() == "en" else part.title_ja


def numbered(part: Part) -> str:
    """Return number and title."""
    return say("pages.bcp.section", number=part.number, title=title_of(part))
