"""The roles table: every cell is asserted, no cell means denied."""

import itertools

import pytest
import yaml

from bcp_kit.access import policy
from bcp_kit.access.policy import Action, Actor, Role, decide

EXPECTED = {
    # role: what it may do, written here a second time on purpose: a change of the table needs a change here
    Role.FACILITY_STAFF: {Action.SEE_BCP, Action.SEE_MAPS},
    Role.FACILITY_MANAGER: {
        Action.EDIT_FACILITY,
        Action.EDIT_BCP,
        Action.SEE_BCP,
        Action.EDIT_STAFF,
        Action.SEE_STAFF,
        Action.RUN_COVER,
        Action.SEE_SHELTER,
        Action.KEEP_MAPS,
        Action.SEE_MAPS,
    },
    Role.CASE_WORKER: {
        Action.SEE_REGISTER,
        Action.EDIT_PERSON,
        Action.RECORD_CONSENT,
        Action.MAKE_PLANS,
        Action.PRINT_PLANS,
        Action.SEE_MAPS,
    },
    Role.TOWN_WELFARE: {
        Action.EDIT_FACILITY,
        Action.IMPORT_REGISTER,
        Action.SEE_REGISTER,
        Action.EDIT_PERSON,
        Action.RECORD_CONSENT,
        Action.EDIT_SHELTER,
        Action.SEE_SHELTER,
        Action.RUN_MATCHING,
        Action.SEE_MATCHING,
        Action.MAKE_PLANS,
        Action.PRINT_PLANS,
        Action.SEE_PREPARATIONS,
        Action.READ_AUDIT,
        Action.APPROVE_CHANGES,
        Action.ERASE_RECORDS,
        Action.KEEP_RULES,
        Action.KEEP_MAPS,
        Action.SEE_MAPS,
    },
    Role.DISASTER_OFFICER: {
        Action.EDIT_FACILITY,
        Action.RUN_COVER,
        Action.IMPORT_REGISTER,
        Action.SEE_REGISTER,
        Action.EDIT_PERSON,
        Action.RECORD_CONSENT,
        Action.EDIT_SHELTER,
        Action.SEE_SHELTER,
        Action.RUN_MATCHING,
        Action.SEE_MATCHING,
        Action.MAKE_PLANS,
        Action.PRINT_PLANS,
        Action.SEE_PREPARATIONS,
        Action.APPROVE_CHANGES,
        Action.ERASE_RECORDS,
        Action.KEEP_RULES,
        Action.KEEP_MAPS,
        Action.SEE_MAPS,
    },
    Role.AUDITOR: {Action.SEE_BCP, Action.READ_AUDIT, Action.SEE_MAPS},
    Role.ADMINISTRATOR: {Action.MAINTAIN},
}


@pytest.mark.parametrize(("role", "action"), list(itertools.product(Role, Action)))
def test_every_cell(role: Role, action: Action) -> None:
    """Each role may do exactly what the matrix says, and the answer carries its reason."""
    decision = decide(Actor(name="x", role=role), action)
    assert decision.allowed is (action in EXPECTED[role])
    assert decision.reason == ("access.allowed" if decision.allowed else "access.role_lacks_action")


def test_every_action_has_a_row() -> None:
    """An action without a row in the table would be denied to all: that must be a decision, not a slip."""
    table = yaml.safe_load((policy.Path(policy.__file__).with_name("roles.yaml")).read_text(encoding="utf-8"))
    assert set(table["actions"]) == {a.value for a in Action}
    assert {r for roles in table["actions"].values() for r in roles} <= {r.value for r in Role}


def test_a_facility_role_keeps_to_its_own_facility() -> None:
    """A manager of one facility may not act on another; on the own one, and without a bound one, yes."""
    manager = Actor(name="x", role=Role.FACILITY_MANAGER, facility_id="a")
    assert decide(manager, Action.EDIT_BCP, "a").allowed
    assert decide(manager, Action.EDIT_BCP, "b").reason == "access.other_facility"
    assert decide(Actor(name="x", role=Role.FACILITY_MANAGER), Action.EDIT_BCP, "b").allowed
