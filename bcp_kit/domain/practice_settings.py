"""What a facility says about its own duties: counts asked locally, own dates, figures for the deduction."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.bcp import PlanKind

Times = Annotated[int, Field(ge=0, le=24)]


class CountBasis(StrEnum):
    """Over which year training and drills are counted: April to March, or the twelve months before today."""

    FISCAL = "fiscal"
    ROLLING = "rolling"


class Measures(DomainModel):
    """Whether the measures of one plan are taken (stock, contact list, roles), and since when."""

    taken: Known = Known.UNKNOWN
    since: date | None = None


class PracticeSettings(DomainModel):
    """One facility's own figures; `id` is the facility's. None means not entered, never zero.

    `training_per_year`, `drill_per_year`: times per year and plan where they differ from the catalogue; they
    need `override_reason` (local ordinance, notice). `plans_made_on`: the day on which a plan was first made,
    where that was before this tool or on paper. `guideline_on` (感染症の指針) and `disaster_plan_on`
    (非常災害に関する具体的計画) matter for the months up to March 2025.
    `monthly_units` is in units of the fee schedule per month before the deduction, `unit_price_yen` in yen
    per unit. `consistency_checked_on`: when the plans were last laid beside the facility's other documents.
    """

    id: str
    training_per_year: Times | None = None
    drill_per_year: Times | None = None
    override_reason: str = ""
    basis: CountBasis = CountBasis.FISCAL
    review_months: Annotated[int, Field(ge=1, le=60)] | None = None
    last_hired_on: date | None = None
    designated_on: date | None = None
    plans_made_on: Mapping[PlanKind, date] = Field(default_factory=dict)
    measures: Mapping[PlanKind, Measures] = Field(default_factory=dict)
    guideline_on: date | None = None
    disaster_plan_on: date | None = None
    monthly_units: Annotated[float, Field(ge=0)] | None = None
    unit_price_yen: Annotated[float, Field(ge=0)] | None = None
    filed: Known = Known.UNKNOWN
    filed_on: date | None = None
    consistency_checked_on: date | None = None
    version: int = 0
