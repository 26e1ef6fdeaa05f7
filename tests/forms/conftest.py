"""The natural-disaster form, and a way to make plans by hand."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bcp_kit.domain.bcp import Answer, ContinuityPlan, PlanKind
from bcp_kit.forms.schema import Form, form

if TYPE_CHECKING:
    from datetime import datetime


@pytest.fixture
def asked() -> Form:
    """The form of the natural-disaster plan."""
    return form("bcp_natural_disaster")


@pytest.fixture
def plan_of(noon: "datetime") -> Callable[[Mapping[str, Answer]], ContinuityPlan]:
    """A function that makes a plan of the given answers."""

    def make(answers: Mapping[str, Answer]) -> ContinuityPlan:
        return ContinuityPlan(
            id="plan-1",
            facility_id="facility-1",
            kind=PlanKind.NATURAL_DISASTER,
            form_id="bcp_natural_disaster",
            answers=answers,
            created_on=date(2026, 11, 23),
            updated_at=noon,
        )

    return make
