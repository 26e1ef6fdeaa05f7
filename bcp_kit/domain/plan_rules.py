"""What a town decides about the making of its plans; defaults stand in the catalogue `plans_defaults`."""

from enum import StrEnum

from bcp_kit.domain.base import DomainModel


class PairRule(StrEnum):
    """When pairs of person and supporter that come in a file wait for a second person.

    AFTER_SETUP: once the town has a plan; the first lists count at once, for nothing is on paper yet.
    """

    ALWAYS = "always"
    AFTER_SETUP = "after_setup"
    NEVER = "never"


class PlanRules(DomainModel):
    """`prepare_before_consent`: put together within the town hall what is known of people not asked yet."""

    prepare_before_consent: bool
    approve_imported: PairRule
