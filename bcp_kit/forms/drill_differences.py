"""What happened in a drill against what the plan says, person by person, and in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bcp_kit.catalogues import load
from bcp_kit.catalogues.vocabulary import transport_modes
from bcp_kit.domain.base import Known
from bcp_kit.domain.plan_drills import DrillResult, DrillSubject, Outcome, PlanDrill
from bcp_kit.domain.plans import PlannedStage
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text

SCENARIOS = "plan_drill_scenarios"


@dataclass(frozen=True)
class Difference:
    """One thing that went otherwise than planned: the key of its sentence with its values."""

    key: str
    values: Mapping[str, str | int]

    def words(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the difference as a sentence."""
        return text(f"drills.difference.{self.key}", language, **self.values)


def planned_stage(drill: PlanDrill, subject: DrillSubject) -> PlannedStage | None:
    """Return the first stage of the person's way for the hazard of the drill, None where there is none."""
    stages = [s for s in subject.plan.stages if s.hazard is drill.hazard and s.stage == 1]
    return stages[0] if stages else None


def place_words(drill: PlanDrill, subject: DrillSubject, language: str = DEFAULT_LANGUAGE) -> str:
    """Return where the plan leads for the hazard of the drill."""
    stage = planned_stage(drill, subject)
    if stage is None:
        return text("drills.no_place", language)
    if stage.hospital:
        return text("plans.paper.to_hospital", language)
    if stage.stays_home:
        return text("plans.paper.stays_home", language)
    place = drill.place(stage.shelter_id)
    return place.name if place else text("plans.paper.shelter_unknown", language)


def way_words(way: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Return a means of transport in words; own words stay as written."""
    known = transport_modes().get(way)
    return known.label(language) if known else way


def differences(drill: PlanDrill, subject: DrillSubject, result: DrillResult) -> tuple[Difference, ...]:
    """Return what went otherwise than the plan says; nothing when it went as planned.

    Longer than planned is what took more than `minutes_over` times the planned minutes (a planning default).
    """
    return tuple(_found(drill, subject, result))


def _found(drill: PlanDrill, subject: DrillSubject, result: DrillResult) -> Iterator[Difference]:
    stage = planned_stage(drill, subject)
    at_home = stage is not None and stage.stays_home
    if stage is None:
        yield Difference("no_place", {})
    if result.outcome is Outcome.NOT_CAME:
        yield Difference("not_came", {})
    elif result.outcome is Outcome.STAYED_HOME and not at_home:
        yield Difference("stayed_home", {})
    elif result.outcome is Outcome.CAME and stage is not None:
        yield from _on_the_way(drill, stage, result)
    if subject.supporters and result.supporter_came is Known.NO:
        yield Difference("supporter_absent", {"name": subject.supporters[0].name})
    if not subject.supporters and not at_home:
        yield Difference("no_supporter", {})
    if subject.person.devices and result.device_worked is Known.NO:
        yield Difference("device_failed", {})


def _on_the_way(drill: PlanDrill, stage: PlannedStage, result: DrillResult) -> Iterator[Difference]:
    if stage.stays_home:
        yield Difference("left_home", {})
    if result.shelter_id and result.shelter_id != stage.shelter_id:
        place = drill.place(result.shelter_id)
        yield Difference("other_place", {"place": place.name if place else result.shelter_id})
    if stage.transport and result.way and result.way != stage.transport:
        both = {"planned": way_words(stage.transport), "way": way_words(result.way)}
        yield Difference("other_way", both)
    most = load.number(SCENARIOS, "minutes_over")
    if stage.travel_min and result.minutes is not None and result.minutes > most * stage.travel_min:
        times = {"planned": round(stage.travel_min), "minutes": round(result.minutes)}
        yield Difference("longer", times)
