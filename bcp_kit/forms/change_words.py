"""A change of a plan in words, for screen, command line and paper."""

from bcp_kit.domain.people import Supporter
from bcp_kit.domain.plan_changes import ChangeKind, ChangeState, PlanChange
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.schema import form

FORM_ID = "evacuation_plan"
_NONE = "changes.nothing"


def _name(supporter: Supporter | None, language: str) -> str:
    return supporter.name if supporter else text("changes.gone", language)


def field_title(field_id: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the title of a field of the plan's form, the id where the form lacks it now."""
    found = next((item for item in form(FORM_ID).items if item.id == field_id), None)
    return found.title(language) if found else field_id


def change_words(
    change: PlanChange,
    supporter: Supporter | None,
    replaced: Supporter | None,
    language: str = DEFAULT_LANGUAGE,
) -> str:
    """Return what is to change in one sentence."""
    if change.kind is ChangeKind.ANSWER:
        return text(
            "changes.what.answer",
            language,
            field=field_title(change.field_id, language),
            before=change.before or text(_NONE, language),
            after=change.after or text(_NONE, language),
        )
    name = _name(supporter, language)
    if change.kind is ChangeKind.END_SUPPORTER:
        return text("changes.what.end", language, name=name)
    if change.replaces_id:
        return text("changes.what.replace", language, name=name, before=_name(replaced, language))
    return text("changes.what.name", language, name=name)


def state_words(change: PlanChange, language: str = DEFAULT_LANGUAGE) -> str:
    """Return who proposed and who decided, when and why, in one sentence."""
    proposed = text("changes.proposed", language, by=change.proposed_by, day=f"{change.proposed_at:%Y-%m-%d}")
    if change.state is ChangeState.OPEN or change.decided_at is None:
        return proposed
    decided = text(
        f"changes.decided.{change.state.value}",
        language,
        by=change.decided_by,
        day=f"{change.decided_at:%Y-%m-%d}",
        words=change.decided_words or text("changes.no_words", language),
    )
    return f"{proposed}　{decided}"
