"""Why each person is on the register: categories by quota, then needs, then second and third needs."""

from collections.abc import Mapping, Sequence
from random import Random

from bcp_kit.services.sample_city.draws import hits, pick, quotas
from bcp_kit.services.sample_city.settings import NeedSettings, Weights, shares

CHILD, YOUNG_ADULT, FIRST_ELDERLY = 0, 1, 3  # places in the list of age bands
CARE_LEVELS = ("care_level_5", "care_level_4", "care_level_3", "care_level_1_2")
ONE_OF = (CARE_LEVELS, ("dementia_bpsd", "dementia"), ("wheelchair_electric", "wheelchair_manual"))
OF_MOTHERS = ("pregnant_late", "newborn_mother")


def assign_categories(
    rng: Random, bands: Sequence[int], weights: Mapping[str, Sequence[float]]
) -> list[tuple[str, ...]]:
    """Return each person's categories of the register, by the shares of `register_category_shares`.

    `bands` holds each person's age band, `weights` how a category spreads over the bands. Shares sum to more
    than one because people hold several: everybody gets one, and the rest are second categories. The last
    category of `weights` takes whoever is left.
    """
    share = shares("register_category_shares")
    counts = {name: round(share[name] * len(bands)) for name in weights}
    seconds = quotas(counts, max(0, sum(counts.values()) - len(bands)))
    found: list[list[str]] = [[] for _ in bands]
    waiting = _by_band(rng, bands)
    *first, last = weights
    for name in first:
        for _ in range(counts[name] - seconds[name]):
            band = _band(rng, weights[name], waiting)
            if band is not None:
                found[waiting[band].pop()].append(name)
    for band, people in waiting.items():
        for person in people:
            found[person].append(last if weights[last][band] else "self_applied")
    for name in weights:
        _add_seconds(rng, name, seconds[name], weights[name], bands, found)
    return [tuple(names) for names in found]


def _by_band(rng: Random, bands: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {band: [] for band in sorted(set(bands))}
    for person in rng.sample(range(len(bands)), len(bands)):
        found[bands[person]].append(person)
    return found


def _band(rng: Random, weights: Sequence[float], waiting: Mapping[int, list[int]]) -> int | None:
    open_bands = {band: weights[band] for band, people in waiting.items() if people and weights[band]}
    return pick(rng, open_bands) if open_bands else None


def _add_seconds(
    rng: Random,
    name: str,
    count: int,
    weights: Sequence[float],
    bands: Sequence[int],
    found: list[list[str]],
) -> None:
    """Give `name` as a further category to `count` people who do not have it."""
    waiting = _by_band(rng, bands)
    while count and (band := _band(rng, weights, waiting)) is not None:
        person = waiting[band].pop()
        if name not in found[person]:
            found[person].append(name)
            count -= 1


def draw_needs(rng: Random, categories: Sequence[str], band: int, rules: NeedSettings) -> tuple[str, ...]:
    """Return the needs of a person: one per category, then those that often go along with it."""
    found = [_need(rng, category, band, rules) for category in categories]
    for need in tuple(found):
        for extra, chance in rules.extra.get(need, {}).items():
            if hits(rng, chance):
                found.append(extra)
    return _consistent(found)[: rules.most]


def _need(rng: Random, category: str, band: int, rules: NeedSettings) -> str:
    rates = shares("needs_per_100k")
    if category == "care_level_3_5":
        return pick(rng, {key: rates[key] for key in ("care_level_3", "care_level_4", "care_level_5")})
    if category == "body_1_2":
        return _body(rng, rates, rules)
    if category == "life_support_power":
        return "medical_care_child" if band == CHILD else pick(rng, rules.ventilator)
    if category == "self_applied":
        return pick(rng, _self_applied(band, rules))
    if category == "intractable":
        return pick(rng, rules.intractable)
    return "elderly_alone" if category == "elderly_alone_or_couple" else category


def _self_applied(band: int, rules: NeedSettings) -> Weights:
    if band == CHILD:
        return rules.self_applied_child
    if band >= FIRST_ELDERLY:
        return rules.self_applied_elderly
    adult = rules.self_applied_adult
    return adult if band == YOUNG_ADULT else {k: w for k, w in adult.items() if k not in OF_MOTHERS}


def _body(rng: Random, rates: Weights, rules: NeedSettings) -> str:
    kinds = ("visual_1_2", "hearing_speech_1_2", "limb_1_2", "internal_1_2")
    kind = pick(rng, {key: rates[key] for key in kinds})
    if kind == "limb_1_2":
        return pick(rng, rules.limb)
    if kind == "hearing_speech_1_2":
        return "hearing_2_3"
    if kind == "visual_1_2":
        return kind
    named = {key: rates[key] for key in ("dialysis", "hot_oxygen", "stoma")}
    organ = pick(rng, {**named, "rest": rates["internal_1_2"] - sum(named.values())})
    if organ == "rest":
        return pick(rng, rules.internal_rest)
    return pick(rng, rules.dialysis) if organ == "dialysis" else organ


def _consistent(found: Sequence[str]) -> tuple[str, ...]:
    """Drop doubles, and of needs that exclude each other all but the gravest."""
    kept = list(dict.fromkeys(found))
    for group in ONE_OF:
        present = [need for need in group if need in kept]
        for need in present[1:]:
            kept.remove(need)
    return tuple(kept)
