"""Every text exists in both languages, every error code has its two sentences, every key used exists."""

import ast
import re
import string
from pathlib import Path

import pytest

from bcp_kit.domain.errors import ErrorCode
from bcp_kit.forms.messages import LANGUAGES, messages

ROOT = Path(__file__).resolve().parents[2]


def test_languages_hold_the_same_keys() -> None:
    """Japanese and English have the same keys."""
    ja, en = set(messages("ja")), set(messages("en"))
    assert ja == en, f"only ja: {sorted(ja - en)[:20]}; only en: {sorted(en - ja)[:20]}"


def test_languages_fill_in_the_same_values() -> None:
    """A sentence names the same values in both languages."""

    def fields(sentence: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}

    wrong = [k for k in messages("ja") if fields(messages("ja")[k]) != fields(messages("en").get(k, ""))]
    assert not wrong, wrong[:20]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", list(ErrorCode))
def test_each_error_says_what_happened_and_what_to_do(code: ErrorCode, language: str) -> None:
    """Each code has a sentence for what happened and one for what to do."""
    found = messages(language)
    for part in ("what", "remedy"):
        sentence = found.get(f"errors.{code.value}.{part}", "")
        assert len(sentence) >= 5, f"{code.value}.{part} is missing in {language}"


def test_error_texts_belong_to_a_code() -> None:
    """No text stands for a code that does not exist."""
    known = {c.value for c in ErrorCode}
    texts = {k.split(".")[1] for k in messages("ja") if k.startswith("errors.")}
    assert texts <= known, texts - known


def test_keys_in_the_code_exist() -> None:
    """A literal handed to text() or t() is a key that exists."""
    known = set(messages("ja"))
    missing = []
    for path in (ROOT / "bcp_kit").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("text", "t")):
                continue
            first = node.args[0] if node.args else None
            literal = isinstance(first, ast.Constant) and isinstance(first.value, str)
            if (
                literal
                and re.fullmatch(r"[a-z_]+(\.[A-Za-z0-9_-]+)+", first.value)
                and first.value not in known
            ):
                missing.append(f"{path.name}: {first.value}")
    assert not missing, "\n".join(missing)
