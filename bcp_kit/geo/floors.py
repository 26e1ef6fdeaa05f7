"""Which floors stay above the water."""

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import Exposure


def lowest_dry_floor(depth_m: float) -> int | None:
    """Return the lowest floor above water of `depth_m`, None where no usual building has one.

    Units: metres of water above the ground, floors counted from 1. Source: catalogue `flood_floors`, planning
    defaults; the height of a building's own floors counts more where it is known.
    """
    rows = sorted(catalogue("flood_floors").rows.values(), key=lambda row: row.value or 0.0)
    return next((int(row.data["floor"]) for row in rows if depth_m <= (row.value or 0.0)), None)


def dry_floor_of(exposure: Exposure) -> int | None:
    """Return the lowest dry floor of a place inside a flood zone of known depth.

    None outside of a zone, without a depth, where houses may be washed away, and above every usual floor.
    """
    if exposure.in_zone is not Known.YES or exposure.depth_m is None or exposure.special:
        return None
    return lowest_dry_floor(exposure.depth_m)
