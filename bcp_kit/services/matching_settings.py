"""The planning defaults of the matching as one object, read from the catalogues."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bcp_kit.catalogues.load import catalogue, number
from bcp_kit.catalogues.vocabulary import UsualDestination
from bcp_kit.cores.shelter_matching.instance import Level
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelters import DestinationKind

_DEFAULTS = "matching_defaults"
_LEVELS = {"stop_over": Level.STOP_OVER, "suited": Level.SUITED}


@dataclass(frozen=True)
class MatchingSettings:
    """What an officer may change: numbers by key, features by kind of place, who goes to which kind."""

    numbers: Mapping[str, float]
    assumed_features: Mapping[DestinationKind, frozenset[str]]
    critical_features: frozenset[str]
    everyone_leaves: frozenset[HazardKind]
    serves: Mapping[UsualDestination, Mapping[DestinationKind, Level]]

    def of_kind(self, name: str, kind: DestinationKind) -> float:
        """Return the default `name` (capacity, opens_after_h, direct) of a kind of place."""
        return self.numbers[f"{name}.{kind.value}"]


@cache
def matching_settings() -> MatchingSettings:
    """Return the defaults of the catalogues `matching_defaults` and `capacity_formula`."""
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
    )
