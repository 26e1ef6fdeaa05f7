"""Why a second or third place stands apart from those before it, or what it has in common, in words (F61)."""

from collections.abc import Sequence

from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import FLOODS
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text

SITE, ZONE, POWER = "site:", "zone:", "power"


def apart_words(shelter: Shelter, shares: Sequence[str], language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """Return what parts a further place from those before it, and what it shares with them.

    `shares` are the ties of `domain.placements.Alternative`: site:ID, zone:HAZARD, power. A zone that nobody
    looked up is said to be unknown, never outside.
    """
    site = "same_site" if any(tie.startswith(SITE) for tie in shares) else "other_site"
    told = [text(f"second.{site}", language), *_flood_words(shelter, shares, language)]
    if shelter.feature("backup_power") is Known.YES:
        told.append(text("second.own_power", language))
    elif POWER in shares:
        told.append(text("second.same_power", language))
    return tuple(told)


def _flood_words(shelter: Shelter, shares: Sequence[str], language: str) -> list[str]:
    """Return where the place lies to floods: in a shared zone, in one of its own, or outside."""
    known = {h: e.in_zone for h in FLOODS if (e := shelter.exposure_to(h)) is not None}
    wet = [h for h, in_zone in known.items() if in_zone is Known.YES]
    if wet:
        return [
            text(
                "second.same_zone" if f"{ZONE}{h.value}" in shares else "second.own_zone",
                language,
                hazard=text(f"matching.hazard.{h.value}", language),
            )
            for h in wet
        ]
    sure = bool(known) and all(in_zone is Known.NO for in_zone in known.values())
    return [text("second.dry" if sure else "second.zone_unknown", language)]
