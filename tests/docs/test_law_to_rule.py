"""docs/law_to_rule.md is the table from law to rule to test; UPDATE_DOCS=1 makes it anew."""

import os
import re
from pathlib import Path

from bcp_kit.catalogues.load import source_titles
from bcp_kit.catalogues.vocabulary import RuleKind, matching_rules
from bcp_kit.cores.shelter_matching.rules import RULES

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "docs" / "law_to_rule.md"
KINDS = {RuleKind.HARD: "hard", RuleKind.SOFT: "goal", RuleKind.WARNING: "warning"}
HEAD = """# From law and guidance to rule to test

Made from the catalogue `matching_rules`, the matching core and the tests; `tests/docs` keeps it true.
"not honoured yet" means that the program does not look at it.

| rule | kind | sentence | mark | source | honoured as | tests that name it |
| --- | --- | --- | --- | --- | --- | --- |
"""


def _tests_by_rule() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for key in set(re.findall(r"\b[HSW]\d{2}\b", path.read_text(encoding="utf-8"))):
            found.setdefault(key, []).append(f"`{path.relative_to(ROOT)}`")
    return found


def table() -> str:
    """Return the document."""
    ways, tests = {r.key: r.way.value for r in RULES}, _tests_by_rule()
    rows = []
    for key, rule in matching_rules().items():
        cells = (
            key,
            KINDS[rule.kind],
            rule.label_ja,
            rule.verification.value,
            "、".join(source_titles(rule.sources)),
            ways.get(key, "not honoured yet"),
            ", ".join(tests.get(key, [])),
        )
        rows.append("| " + " | ".join(c.replace("|", "／") for c in cells) + " |")
    return HEAD + "\n".join(rows) + "\n"


def test_the_table_is_true() -> None:
    """The committed table equals the one made from catalogue, core and tests."""
    if os.environ.get("UPDATE_DOCS") == "1":
        TARGET.write_text(table(), encoding="utf-8")
    assert TARGET.read_text(encoding="utf-8") == table(), "run UPDATE_DOCS=1 pytest tests/docs"


def test_every_rule_that_matching_honours_has_a_test() -> None:
    """A rule honoured by the core is named by at least one test."""
    tests = _tests_by_rule()
    assert not [r.key for r in RULES if r.key not in tests]
