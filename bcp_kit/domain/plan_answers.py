"""Answers of an individual plan: what stands in a field, from whom it came, who signed."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel


class AnswerSource(StrEnum):
    """From whom an answer came."""

    PERSON = "person"
    FAMILY = "family"
    SUPPORTER = "supporter"
    CARE_OFFICE = "care_office"
    COMMUNITY = "community"
    OFFICE = "office"


class AnswerWay(StrEnum):
    """In which way an answer came in."""

    PAPER = "paper"
    VISIT = "visit"
    MEETING = "meeting"
    PHONE = "phone"
    SCREEN = "screen"


class AnswerOrigin(DomainModel):
    """From whom an answer came, in which way, when, and who wrote it down here.

    `copy_number` is that of the paper form from which it was typed.
    """

    source: AnswerSource
    way: AnswerWay
    on: date
    by: str = ""
    copy_number: str = ""


class FieldValue(DomainModel):
    """What stands in one field: words, or rows of a table (cells by column key; empty cells left out)."""

    text: str = ""
    rows: tuple[Mapping[str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when nothing is written."""
        return not self.text.strip() and not any(cell.strip() for row in self.rows for cell in row.values())


class SigningWay(StrEnum):
    """How the agreement to a plan was given."""

    OWN_HAND = "own_hand"
    WRITTEN_BY_OTHER = "written_by_other"
    MARK = "mark"
    SPOKEN = "spoken"
    ELECTRONIC = "electronic"


class Proxy(DomainModel):
    """Who signs for the person: how they stand to the person, and why the person does not sign."""

    relation: str = Field(min_length=1)
    reason: str = Field(min_length=1)


class Signature(DomainModel):
    """Who signed a plan, when and how; `witness`: who was there when it was spoken or others wrote."""

    signed_by: str = Field(min_length=1)
    signed_on: date
    way: SigningWay = SigningWay.OWN_HAND
    proxy: Proxy | None = None
    witness: str = ""
