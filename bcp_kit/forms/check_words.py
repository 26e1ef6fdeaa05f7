"""The sentences of a finding: what was found, why it matters, what to do, and where."""

from bcp_kit.forms.checks.run import Finding
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text


def sentences(finding: Finding, language: str = DEFAULT_LANGUAGE) -> tuple[str, str, str]:
    """Return title, reason and remedy of a finding."""
    # values are always handed over, so that a sentence without any is filled in the same way
    values = {"code": finding.code, **finding.values}
    title, why, todo = (text(f"checks.{part}.{finding.code}", language, **values) for part in _PARTS)
    return title, why, todo


_PARTS = ("title", "why", "todo")


def where(finding: Finding, language: str = DEFAULT_LANGUAGE) -> str:
    """Return where a finding stands: plan, item, row and column in words."""
    plan = text(f"checks.plan.{finding.kind.value}", language)
    if not finding.item_id:
        return plan
    parts = {"item": finding.item_title, "row": finding.row_title, "column": finding.column_title}
    if finding.row_title and finding.column_title:
        return text("checks.page.where_cell", language, **parts)
    if finding.row_title or finding.column_title:
        parts["row"] = finding.row_title or finding.column_title
        return text("checks.page.where_row", language, **parts)
    return finding.item_title
