"""What is prepared before consent, in words: the consent and who asks for it first, then places and gaps."""

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.plan_preparations import PlanPreparation
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.plan_preparations import Asking
from bcp_kit.services.plans import PlanView
from bcp_kit.services.plans_worklist import task_words


def asking_words(asking: Asking, language: str = DEFAULT_LANGUAGE) -> str:
    """Return who asks the person for the consent."""
    who = [text("plan_before.care_office", language, name=asking.care_office)] if asking.care_office else []
    who += [text("plan_before.minsei", language, name=asking.minsei)] if asking.minsei else []
    return text("matching.list_mark", language).join(who) or text("plan_before.town", language)


def preparation_words(view: PlanView, language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """Return the lines of a preparation, none where there is none to be seen."""
    found = view.preparation
    if found is None:
        return ()
    what, whom = task_words("ask_consent")
    return (
        text("plan_before.mark", language),
        text("plan_before.first", language, what=what, whom=whom, who=asking_words(view.asking, language)),
        *_places(view, found, language),
        *_gaps(found, language),
    )


def _places(view: PlanView, found: PlanPreparation, language: str) -> list[str]:
    lines = []
    for stage in found.stages:
        shelter = view.shelters.get(stage.shelter_id)
        other = "plans.paper.to_hospital" if stage.hospital else "plans.paper.stays_home"
        place = shelter.name if shelter else text(other, language)
        hazard = text(f"plans.paper.hazard.{stage.hazard.value}", language)
        lines.append(text("plans.cli.show.stage", language, hazard=hazard, stage=stage.stage, place=place))
    for unplaced in found.unplaced:
        hazard = text(f"plans.paper.hazard.{unplaced.value}", language)
        lines.append(text("plans.cli.show.unplaced", language, hazard=hazard))
    return lines


def _gaps(found: PlanPreparation, language: str) -> list[str]:
    contents = catalogue("law_minimum").rows
    return [
        text("plan_before.gap", language, name=contents[key].label(language), whom=task_words(key)[1])
        for key in found.missing
    ]
