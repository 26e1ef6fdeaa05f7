"""Every text that a user sees, by key, from templates/messages/<language>/*.yaml."""

from collections.abc import Mapping
from functools import cache

import yaml

from bcp_kit.resources import locate

LANGUAGES = ("ja", "en")
DEFAULT_LANGUAGE = "ja"


def _flatten(tree: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            flat.update(_flatten(value, f"{name}."))
        else:
            flat[name] = str(value)
    return flat


@cache
def messages(language: str) -> Mapping[str, str]:
    """Return all texts of one language by dotted key.

    Files of a language hold disjoint keys. Raises: ValueError for a key that two files hold.
    """
    found: dict[str, str] = {}
    for path in sorted((locate("templates") / "messages" / language).glob("*.yaml")):
        tree = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for key, value in _flatten(tree).items():
            if key in found:
                raise ValueError(f"message key {key} stands twice in {language}")
            found[key] = value
    return found


def text(key: str, language: str = DEFAULT_LANGUAGE, **values: str | int | float) -> str:
    """Return the sentence of `key` with `values` filled in.

    A key that a language lacks falls back to Japanese. Raises: KeyError for a key that Japanese lacks too.
    """
    template = messages(language).get(key)
    if template is None:
        template = messages(DEFAULT_LANGUAGE)[key]
    return template.format(**values) if values else template
