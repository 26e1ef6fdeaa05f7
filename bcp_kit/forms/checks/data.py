"""The registry of checks and the word lists they use, from templates/checks."""

from collections.abc import Mapping
from functools import cache

from bcp_kit.catalogues.load import Verification, read_yaml
from bcp_kit.domain.base import DomainModel
from bcp_kit.forms.checks.case import Severity
from bcp_kit.resources import locate


class CheckRow(DomainModel):
    """One check of the registry: its code, weight, sources and how far they were confirmed.

    Its sentences are the messages `checks.title.<code>`, `checks.why.<code>` and `checks.todo.<code>`.
    """

    code: str
    severity: Severity
    sources: tuple[str, ...]
    verification: Verification


class Lists(DomainModel):
    """Words and items that the checks look for; see the file for what each is."""

    example_names: tuple[str, ...]
    partner_items: frozenset[str]
    misfit_words: Mapping[str, tuple[str, ...]]
    empty_reasons: frozenset[str]
    flood_items: tuple[str, ...]
    contact_columns: Mapping[str, str]
    dated_columns: Mapping[str, str]
    stock_words: tuple[str, ...]
    generator_words: tuple[str, ...]
    not_in_zone_words: tuple[str, ...]
    in_zone_words: tuple[str, ...]
    place_sheets: Mapping[str, str]


@cache
def registry() -> Mapping[str, CheckRow]:
    """Return the registry by code, in the order of the file."""
    rows = read_yaml(locate("templates") / "checks" / "bcp.yaml")["checks"]
    return {row["code"]: CheckRow.model_validate(row) for row in rows}


@cache
def lists() -> Lists:
    """Return the word lists."""
    return Lists.model_validate(read_yaml(locate("templates") / "checks" / "bcp.yaml")["lists"])
