"""How places came about, in words: each limit with the numbers it was counted from, smallest first."""

from bcp_kit.domain.cover import CapacityByNeed
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text


def limit_words(
    places: CapacityByNeed, language: str = DEFAULT_LANGUAGE
) -> tuple[tuple[str, float, str], ...]:
    """Return for each known limit its name, its places and how they were counted, the binding one first.

    The sentence is empty for runs from before the numbers were kept.
    """
    found = []
    for key, value in places.limits.items():
        if value is None:
            continue
        numbers = {name: _short(number) for name, number in places.inputs.get(key, {}).items()}
        why = text(f"cover.capacity_why.{key}", language, **numbers) if key in places.inputs else ""
        found.append((key != places.binding, value, text(f"cover.limit.{key}", language), why))
    return tuple((name, value, why) for _, value, name, why in sorted(found))


def places_words(places: CapacityByNeed, language: str = DEFAULT_LANGUAGE) -> str:
    """Return how the number of places follows from the smallest limit."""
    smallest = places.limits.get(places.binding) or 0.0
    return text(
        "cover.capacity_why.places",
        language,
        places=places.places,
        limit=text(f"cover.limit.{places.binding}", language),
        smallest=_short(round(smallest, 1)),
        percent=_short(round(100 * places.reserve, 1)),
    )


def _short(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0")
