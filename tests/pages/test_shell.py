"""The frame of the app: start page, roles, language, store, failures."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import messages
from bcp_kit.pages.parts.browser_words import builtin_words

ROOT = Path(__file__).resolve().parents[2]
OpenApp = Callable[..., AppTest]


def texts(at: AppTest) -> str:
    """All texts of a run, joined."""
    return "\n".join(
        str(part.value) for kind in (at.title, at.subheader, at.markdown, at.caption) for part in kind
    )


def test_a_newcomer_sees_two_ways(open_app: OpenApp) -> None:
    """Without a role the start page offers the facility's and the municipality's way."""
    at = open_app()
    assert not at.exception
    assert {b.key for b in at.button} >= {"way.manager", "way.officer"}


@pytest.mark.parametrize(("way", "role"), [("manager", "facility_manager"), ("officer", "disaster_officer")])
def test_a_way_takes_its_role(open_app: OpenApp, way: str, role: str) -> None:
    """Choosing a way sets the role and shows what to do next."""
    at = open_app()
    at.button(key=f"way.{way}").click().run()
    assert not at.exception
    assert at.session_state["actor_role"] == role
    assert messages("ja")["pages.start.next_title"] in texts(at)


def test_the_sidebar_says_that_nothing_is_protected(open_app: OpenApp) -> None:
    """Name and role come with the sentence that they are no protection, and the store says how it lies."""
    at = open_app("disaster_officer")
    said = texts(at)
    assert messages("ja")["pages.sidebar.no_protection"] in said
    assert messages("ja")["storage.statement.plain"] in said


def test_english_is_one_choice_away(open_app: OpenApp) -> None:
    """Choosing English changes the page's texts."""
    at = open_app()
    at.sidebar.radio(key="language").set_value("en").run()
    assert at.title[0].value == messages("en")["pages.start.heading"]


def test_a_new_store_asks_for_a_passphrase_twice(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new store asks for a long passphrase, the same one twice, and then opens encrypted."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "false")
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    assert at.title[0].value == messages("ja")["pages.opening.title"]
    at.text_input(key="opening.passphrase").set_value("短い")
    at.button[0].click().run()
    assert at.error and at.title[0].value == messages("ja")["pages.opening.title"]
    at.text_input(key="opening.passphrase").set_value("あさがおのたねをまく日")
    at.text_input(key="opening.again").set_value("あさがおのたねをまく日はいつ")
    at.button[0].click().run()
    assert at.error
    for key in ("opening.passphrase", "opening.again"):
        at.text_input(key=key).set_value("あさがおのたねをまく日はいつ")
    at.button[0].click().run()
    assert not at.exception and not at.error
    assert at.session_state["store"].encrypted


def test_a_failure_shows_sentence_and_remedy_and_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """A known failure shows its two sentences; an unforeseen one shows kind and place, never its text."""

    def page() -> None:
        from bcp_kit.domain.errors import BcpKitError, ErrorCode  # noqa: PLC0415 - runs as a page of its own
        from bcp_kit.pages.parts.guard import guarded  # noqa: PLC0415

        with guarded():
            raise BcpKitError(ErrorCode.NOT_FOUND)
        with guarded():
            raise ValueError("PLANTED-NAME")

    at = AppTest.from_function(page).run()
    shown = [e.value for e in at.error]
    assert (
        messages("ja")["errors.U-002.what"] in shown[0] and messages("ja")["errors.U-002.remedy"] in shown[0]
    )
    assert "ValueError" in shown[1] and "PLANTED-NAME" not in "".join(shown)
    assert not at.exception


def test_errors_hold_no_values() -> None:
    """The text of an error is its code alone."""
    assert str(BcpKitError(ErrorCode.NOT_FOUND, place="PLANTED")) == "U-002"


def test_keys_that_pages_say_exist() -> None:
    """A literal key handed to say() exists."""
    known, missing = set(messages("ja")), []
    for path in (ROOT / "bcp_kit" / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "say":
                keys = [n.value for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant)]
                whole = isinstance(node.args[0], ast.Constant | ast.IfExp)
                keys = [k for k in keys if isinstance(k, str) and re.fullmatch(r"[a-z_]+(\.[\w-]+)+", k)]
                missing += [f"{path.name}: {k}" for k in keys if whole and k not in known]
    assert not missing, "\n".join(missing)


def test_built_in_words_are_swapped_for_japanese_only() -> None:
    """Japanese pages swap the framework's words, English pages swap none."""
    assert builtin_words("ja")["Browse files"] != "Browse files"
    assert builtin_words("en") == {}
