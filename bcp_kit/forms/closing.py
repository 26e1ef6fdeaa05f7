"""What a facility may set aside beforehand, with a reason (templates/forms/not_applicable.yaml).

A proposal, never a decision: nothing is closed before the manager accepts it.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from pydantic import Field

from bcp_kit.catalogues.load import Verification, read_yaml
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.schema import Item
from bcp_kit.resources import locate

RESIDENTIAL = {ServiceCategory.CARE_RESIDENTIAL, ServiceCategory.DIS_RESIDENTIAL}
ON_SITE = RESIDENTIAL | {ServiceCategory.CARE_DAY, ServiceCategory.DIS_DAY}


class Profile(DomainModel):
    """What a facility is like, as far as it decides which items it needs. None: nobody said."""

    night: bool
    users_on_site: bool
    one_service: bool
    small: bool
    generator: bool | None = None
    gas: bool | None = None
    shelter: bool | None = None


class ClosingRule(DomainModel):
    """Items that are set aside when the profile says all of `when`, and the reason."""

    items: tuple[str, ...] = Field(min_length=1)
    when: Mapping[str, bool] = Field(min_length=1)
    reason_ja: str = Field(min_length=1)


class ClosingRules(DomainModel):
    """The file. `small_staff_max`: up to this many staff an office is small, and one person may hold several
    roles."""

    small_staff_max: int
    source: str
    verification: Verification
    rules: tuple[ClosingRule, ...]


@cache
def closing_rules() -> ClosingRules:
    """Return the rules of templates/forms/not_applicable.yaml."""
    return ClosingRules.model_validate(read_yaml(locate("templates") / "forms" / "not_applicable.yaml"))


def is_small(staff: int) -> bool:
    """True for an office of so few staff that one person may hold several roles; 0 means nobody knows."""
    return 0 < staff <= closing_rules().small_staff_max


def closings(items: Iterable[Item], profile: Profile) -> dict[str, str]:
    """Return the reason for each of `items` that the profile lets set aside, by item id."""
    said = profile.model_dump()
    found: dict[str, str] = {}
    for rule in closing_rules().rules:
        if all(said.get(key) is value for key, value in rule.when.items()):
            found |= dict.fromkeys(rule.items, rule.reason_ja)
    return {item.id: found[item.id] for item in items if item.id in found}
