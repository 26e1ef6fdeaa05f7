"""The planning defaults and the order of goals of the matching as one object, read from the catalogues."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from bcp_kit.catalogues.load import catalogue, number
from bcp_kit.catalogues.vocabulary import UsualDestination
from bcp_kit.cores.shelter_matching.instance import DEFAULT_GOALS, Familiarity, Goal, Level
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelters import DestinationKind

_DEFAULTS, PRESETS = "matching_defaults", "matching_presets"
_LEVELS = {"stop_over": Level.STOP_OVER, "suited": Level.SUITED}
STANDARD = "life_first"
FARTHEST = "max_distance_m"


class Preset(DomainModel):
    """An order of goals with a name that an officer understands; `own` marks a municipality's own.

    `numbers` replace planning defaults of the same key; `tiers` are the least points of tiers 1 and 2.
    """

    key: str
    label_ja: str
    label_en: str = ""
    told_ja: str = ""
    told_en: str = ""
    goals: tuple[Goal, ...] = DEFAULT_GOALS
    familiarity: Familiarity = Familiarity()
    numbers: Mapping[str, float] = {}
    tiers: Mapping[int, float] = {}
    own: bool = False

    def label(self, language: str) -> str:
        """Return the name in a language, Japanese where there is no other."""
        return self.label_en if language == "en" and self.label_en else self.label_ja

    def told(self, language: str) -> str:
        """Return what the order does, in a language."""
        return self.told_en if language == "en" and self.told_en else self.told_ja


@dataclass(frozen=True)
class MatchingSettings:
    """What an officer may change: numbers by key, features by kind of place, who goes to which kind.

    `tiers` are the least points of each tier. `goals` are in strict order.
    """

    numbers: Mapping[str, float]
    assumed_features: Mapping[DestinationKind, frozenset[str]]
    critical_features: frozenset[str]
    everyone_leaves: frozenset[HazardKind]
    serves: Mapping[UsualDestination, Mapping[DestinationKind, Level]]
    tiers: Mapping[int, float]
    goals: tuple[Goal, ...] = DEFAULT_GOALS
    familiarity: Familiarity = field(default_factory=Familiarity)

    def of_kind(self, name: str, kind: DestinationKind) -> float:
        """Return the default `name` (capacity, opens_after_h, direct) of a kind of place."""
        return self.numbers[f"{name}.{kind.value}"]

    def under(self, preset: Preset) -> "MatchingSettings":
        """Return the settings with what the preset changes."""
        return replace(
            self,
            numbers={**self.numbers, **preset.numbers},
            tiers={**self.tiers, **preset.tiers},
            goals=preset.goals,
            familiarity=preset.familiarity,
        )


@cache
def matching_settings() -> MatchingSettings:
    """Return the defaults of the catalogues `matching_defaults`, `capacity_formula` and `priority_tiers`."""
    rows = catalogue(_DEFAULTS).rows
    numbers = {key: number(_DEFAULTS, key) for key, row in rows.items() if row.value is not None}
    for key in catalogue("capacity_formula").rows:
        numbers[key] = number("capacity_formula", key)
    kinds = [k for k in DestinationKind if k is not DestinationKind.HOSPITAL]
    return MatchingSettings(
        numbers=numbers,
        assumed_features={k: frozenset(rows[f"assumed_features.{k.value}"].data["features"]) for k in kinds},
        critical_features=frozenset(rows["critical_features"].data["features"]),
        everyone_leaves=frozenset(HazardKind(h) for h in rows["everyone_leaves"].data["hazards"]),
        serves={
            UsualDestination(key.split(".")[1]): {
                DestinationKind(kind): _LEVELS[level] for kind, level in row.data["kinds"].items()
            }
            for key, row in rows.items()
            if key.startswith("serves.")
        },
        tiers={int(r.data["tier"]): float(str(r.value)) for r in catalogue("priority_tiers").rows.values()},
    )


@cache
def standard_presets() -> Mapping[str, Preset]:
    """Return the presets of the catalogue by key, the standard one first."""
    return {
        row.key: Preset(
            key=row.key,
            label_ja=row.label_ja,
            label_en=row.label_en,
            **{name: row.data[name] for name in ("told_ja", "told_en", "goals", "familiarity")},
        )
        for row in catalogue(PRESETS).rows.values()
    }
