"""Reasons, remedies and changes of the matching as sentences: the place, then what is so or would help."""

from collections.abc import Mapping

from bcp_kit.catalogues.load import catalogue
from bcp_kit.catalogues.vocabulary import needs, shelter_features
from bcp_kit.cores.shelter_matching.changes import Change, ChangeKind, change_of, changes_of
from bcp_kit.cores.shelter_matching.instance import CARE_UNITS, Resource
from bcp_kit.domain.placements import MatchingRun, Reason
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, messages, text

MINUTES = 60
DM2 = 100  # square decimetres in a square metre
Values = dict[str, str | int | float]


def fact_label(fact: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the words for a fact: a feature, a need, a group, a need class, a number or rule of a place."""
    known = shelter_features().get(fact) or needs().get(fact)
    if known is not None:
        return known.label(language)
    row = catalogue("need_classes").rows.get(fact)
    if row is not None:
        return row.label_en if language == "en" and row.label_en else row.label_ja
    for key in (f"matching.fact.{fact}", f"matching.resource.{fact}", f"matching.group.{fact}"):
        if key in messages(language):
            return text(key, language)
    return fact


def resource_label(resource: Resource, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the words for what a place runs out of; the need class "care" is another thing."""
    return text(f"matching.resource.{resource.value}", language)


def sentence(reason: Reason, shelters: Mapping[str, Shelter], language: str = DEFAULT_LANGUAGE) -> str:
    """Return a reason or remedy as a sentence: the place's name, then what is in the way or would help."""
    if reason.message == f"matching.remedy.{ChangeKind.SEVERAL.value}":
        return _several(reason, shelters, language)
    words = text(reason.message, language, **_filled(reason.values, language))
    if reason.values.get("kept"):
        words += text("matching.remedy.kept", language)
    if reason.values.get("proven") == 0:
        words += text("mending.unproven", language)
    return _at(words, reason.subject_id, shelters, language)


def change_sentence(change: Change, shelters: Mapping[str, Shelter], language: str = DEFAULT_LANGUAGE) -> str:
    """Return one change as a sentence with the place's name."""
    values: Values = {"amount": change.amount, "features": change.fact, "distance_m": 0}
    if change.resource is not None:
        values["resource"] = change.resource.value
    words = text(f"matching.change.{change.kind.value}", language, **_filled(values, language))
    return _at(words, change.destination_id, shelters, language)


def trial_words(run: MatchingRun, shelters: Mapping[str, Shelter], language: str = DEFAULT_LANGUAGE) -> str:
    """Return the changes that a trial tries out, in one line."""
    words = (change_sentence(change_of(code), shelters, language) for code in run.what_if)
    return text("matching.and_mark", language).join(words)


def _several(reason: Reason, shelters: Mapping[str, Shelter], language: str) -> str:
    parts = [change_sentence(c, shelters, language) for c in changes_of(reason)]
    words = text("matching.remedy.several", language, parts=text("matching.and_mark", language).join(parts))
    kept = text("matching.remedy.kept", language) if reason.values.get("kept") else ""
    return words + kept + (text("mending.unproven", language) if reason.values.get("proven") == 0 else "")


def _at(words: str, shelter_id: str, shelters: Mapping[str, Shelter], language: str) -> str:
    place = shelters.get(shelter_id)
    return text("matching.at_place", language, place=place.name, words=words) if place else words


def _filled(given: Mapping[str, str | int | float], language: str) -> Values:
    """Return the values as words: labels for facts, m² for square decimetres, hours for minutes."""
    values: Values = dict(given)
    amount = int(values.get("amount", values.get("short", 0)))
    values["hours"] = max(1, round(amount / MINUTES))
    if values.get("resource") == Resource.AREA.value:
        for name in ("amount", "short"):
            if name in values:
                values[name] = f"{int(values[name]) / DM2:g} m²"
    if values.get("resource") == Resource.CARE.value:
        for name in ("amount", "short"):
            if name in values:
                values[name] = f"{100 * int(values[name]) / CARE_UNITS:.0f} %"
    if "features" in values:
        facts = [fact_label(f, language) for f in str(values["features"]).split("|") if f]
        values["features"] = text("matching.list_mark", language).join(facts)
    if "resource" in values:
        values["resource"] = resource_label(Resource(str(values["resource"])), language)
    return values
