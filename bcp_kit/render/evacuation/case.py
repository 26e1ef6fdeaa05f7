"""One copy of one person's plan before it is drawn: what is known, for whom it is, which fields it shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from bcp_kit.domain.consent import ConsentAnswer
from bcp_kit.domain.people import Person, Supporter, SupportLink
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.units import Location
from bcp_kit.forms.schema import Item, form
from bcp_kit.geo.danger_rings import DangerRings
from bcp_kit.render.evacuation.layout import Edition, Variant, plan_layout
from bcp_kit.render.evacuation.wording import Wording

FORM_ID = "evacuation_plan"


@dataclass(frozen=True)
class NamedSupporter:
    """A supporter and what the plan asks of them."""

    supporter: Supporter
    link: SupportLink


@dataclass(frozen=True)
class ConsentState:
    """What was answered, and whether the plan may be handed out in peacetime.

    `supporters_given` counts the named supporters who agreed. `reason` is a message key of the access part.
    """

    make_plan: ConsentAnswer = ConsentAnswer.NO_ANSWER
    make_plan_on: date | None = None
    share_plan: ConsentAnswer = ConsentAnswer.NO_ANSWER
    supporters_named: int = 0
    supporters_given: int = 0
    ordinance: str = ""
    may_share: bool = False


@dataclass(frozen=True)
class PlannedRoute:
    """A way over roads to one place: its points from start to end, its length in metres.

    `through_hazard`: no way over roads avoids the hazard.
    """

    points: tuple[Location, ...]
    metres: float
    through_hazard: bool = False


@dataclass(frozen=True)
class PlanCase:
    """Everything that one printed copy may show. `printed_on` is handed in, so pages are repeatable.

    `envelope` is the kind of envelope for which an address sheet goes before the copy, "" for none.
    `copy_number` is that of the ledger; it stands on every page.
    `routes` are ways by the id of the place they lead to, `roads` lines of streets around them, `dangers`
    the zones of the town's maps, for the map of the plan.
    """

    person: Person
    plan: EvacuationPlan
    edition: Edition
    printed_on: date
    supporters: tuple[NamedSupporter, ...] = ()
    shelters: Mapping[str, Shelter] = field(default_factory=dict)
    consent: ConsentState = field(default_factory=ConsentState)
    municipality: str = ""
    copy_number: str = ""
    variant: Variant = Variant.STANDARD
    wording: Wording = Wording.PLAIN
    envelope: str = ""
    routes: Mapping[str, PlannedRoute] = field(default_factory=dict)
    roads: tuple[tuple[Location, ...], ...] = ()
    dangers: DangerRings | None = None

    @property
    def hides_home(self) -> bool:
        """True when this copy must not say where the person lives (rule H16): no copy may."""
        return self.person.protected_address

    def hides(self, field_id: str) -> bool:
        """True when the field would say where a person with a protected address lives.

        The own copy still tells the way and the house: it is the person's, and helps nobody who finds it.
        """
        if not self.hides_home:
            return False
        layout = plan_layout()
        own = self.edition is Edition.PERSON
        return field_id in (layout.protected_address_own if own else layout.protected_address)

    def shows(self, field_id: str) -> bool:
        """True when this copy holds the field."""
        layout = plan_layout()
        if self.hides(field_id):
            return False
        rules = layout.editions[self.edition]
        if field_id in rules.never:
            return False
        return field_id in rules.also or sensitivity(field_id) in rules.sensitivities


@cache
def _items() -> Mapping[str, Item]:
    return {item.id: item for item in form(FORM_ID).items}


def form_item(field_id: str) -> Item | None:
    """Return the field's item of the form, or None for a field that is put together from others."""
    return _items().get(field_id)


def sensitivity(field_id: str) -> str:
    """Return how sensitive a field is; fields that are put together from others are personal."""
    item = form_item(field_id)
    return item.sensitivity if item else "personal"
