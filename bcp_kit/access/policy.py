"""Who may do what: `decide` is asked by every service from the first day.

Before accounts exist a person picks a name and a role without a password (decision 5 of the design): the
roles table then guards against mistakes, not against misuse, and the screen says so. No cell means denied.
"""

from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.consent import Decision


class Role(StrEnum):
    """Who is acting (guides: roles × actions)."""

    FACILITY_STAFF = "facility_staff"
    FACILITY_MANAGER = "facility_manager"
    CASE_WORKER = "case_worker"
    TOWN_WELFARE = "town_welfare"
    DISASTER_OFFICER = "disaster_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """What can be asked of a service."""

    EDIT_FACILITY = "edit_facility"
    EDIT_BCP = "edit_bcp"
    SEE_BCP = "see_bcp"
    EDIT_STAFF = "edit_staff"
    SEE_STAFF = "see_staff"
    RUN_COVER = "run_cover"
    IMPORT_REGISTER = "import_register"
    SEE_REGISTER = "see_register"
    EDIT_PERSON = "edit_person"
    RECORD_CONSENT = "record_consent"
    EDIT_SHELTER = "edit_shelter"
    SEE_SHELTER = "see_shelter"
    RUN_MATCHING = "run_matching"
    SEE_MATCHING = "see_matching"
    MAKE_PLANS = "make_plans"
    PRINT_PLANS = "print_plans"
    SEE_PREPARATIONS = "see_preparations"
    APPROVE_CHANGES = "approve_changes"
    ERASE_RECORDS = "erase_records"
    KEEP_RULES = "keep_rules"
    KEEP_MAPS = "keep_maps"
    SEE_MAPS = "see_maps"
    READ_AUDIT = "read_audit"
    MAINTAIN = "maintain"


class Actor(DomainModel):
    """Who acts: a name and a role, and the facility when the role belongs to one."""

    name: str
    role: Role
    facility_id: str = ""


@cache
def _table() -> dict[str, frozenset[str]]:
    path = Path(__file__).with_name("roles.yaml")
    rows: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))["actions"]
    return {action: frozenset(roles) for action, roles in rows.items()}


def decide(actor: Actor, action: Action, facility_id: str = "") -> Decision:
    """Return whether `actor` may do `action`, on the facility `facility_id` where one is meant.

    A facility role acts on its own facility only (an actor without a facility is not bound to one yet).
    """
    if actor.role.value not in _table().get(action.value, frozenset()):
        return Decision(allowed=False, article="roles", reason="access.role_lacks_action")
    if facility_id and actor.facility_id and facility_id != actor.facility_id:
        return Decision(allowed=False, article="roles", reason="access.other_facility")
    return Decision(allowed=True, article="roles", reason="access.allowed")
