"""Orders of goals to choose from: those of the catalogue, and the municipality's own as a YAML file."""

from typing import Any

import yaml
from pydantic import ValidationError

from bcp_kit.access.policy import Action
from bcp_kit.cores.shelter_matching.instance import TIERS, Goal
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.base import Context
from bcp_kit.services.matching_settings import (
    FARTHEST,
    STANDARD,
    Preset,
    matching_settings,
    standard_presets,
)
from bcp_kit.storage.unit_of_work import UnitOfWork

LAYER = "matching_presets"
MOST_BYTES = 100_000
_TIERS = {Goal.TIER_1, Goal.TIER_2, Goal.TIER_3}  # who is placed is never left to chance


def presets_in(uow: UnitOfWork) -> dict[str, Preset]:
    """Return all presets by key: the catalogue's first, then the municipality's own."""
    own = {key: Preset.model_validate(body) for key, body in (uow.layers.get(LAYER) or {}).items()}
    return {**standard_presets(), **own}


def preset_of(uow: UnitOfWork, key: str) -> Preset:
    """Return the preset of a key, the standard one for "".

    Raises: BcpKitError M-005 for a key that nobody defined.
    """
    known = presets_in(uow)
    if (key or STANDARD) not in known:
        raise BcpKitError(ErrorCode.PRESET_UNKNOWN, key=key)
    return known[key or STANDARD]


def list_presets(ctx: Context) -> tuple[Preset, ...]:
    """Return all presets."""
    ctx.demand(Action.SEE_MATCHING)
    with ctx.open_store() as uow:
        return tuple(presets_in(uow).values())


def read_preset(content: bytes) -> Preset:
    """Return the preset that a YAML file describes: key, label_ja, goals, and what else it sets.

    Raises: BcpKitError M-006 with what is wrong, where.
    """
    if len(content) > MOST_BYTES:
        raise _faulty("size")
    try:
        raw = yaml.safe_load(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _faulty("UTF-8") from None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        raise _faulty(f"YAML: {mark.line + 1}" if mark else "YAML") from None
    except (ValueError, RecursionError):  # a date or number that is none, lists without end
        raise _faulty("YAML") from None
    if not isinstance(raw, dict):
        raise _faulty("key, label_ja, goals")
    try:
        preset = Preset.model_validate({**raw, "own": True})
    except ValidationError as fault:
        raise _faulty(".".join(str(part) for part in fault.errors()[0]["loc"]) or "?") from None
    _demand_sense(preset)
    return preset


def _demand_sense(preset: Preset) -> None:
    known = {*matching_settings().numbers, FARTHEST}
    faults = {
        "key": not preset.key.strip() or preset.key in standard_presets(),
        "label_ja": not preset.label_ja.strip(),
        "goals": not set(preset.goals) >= _TIERS or len(set(preset.goals)) != len(preset.goals),
        "numbers": bool(set(preset.numbers) - known) or any(n < 0 for n in preset.numbers.values()),
        "tiers": bool(set(preset.tiers) - set(TIERS)),
    }
    for name, wrong in faults.items():
        if wrong:
            raise _faulty(name)


def _faulty(where: str) -> BcpKitError:
    return BcpKitError(ErrorCode.PRESET_FAULTY, where=where)


def store_preset(ctx: Context, content: bytes) -> Preset:
    """Store the municipality's own preset from a YAML file, in place of one of the same key.

    Raises: BcpKitError M-006 for a faulty file.
    """
    ctx.demand(Action.RUN_MATCHING)
    preset = read_preset(content)
    with ctx.open_store() as uow:
        stored: dict[str, Any] = dict(uow.layers.get(LAYER) or {})
        stored[preset.key] = preset.model_dump(mode="json")
        uow.layers.put(LAYER, stored)
        uow.commit()
    return preset


def remove_preset(ctx: Context, key: str) -> None:
    """Remove one of the municipality's own presets.

    Raises: BcpKitError M-005 when it is none of them.
    """
    ctx.demand(Action.RUN_MATCHING)
    with ctx.open_store() as uow:
        stored: dict[str, Any] = dict(uow.layers.get(LAYER) or {})
        if key not in stored:
            raise BcpKitError(ErrorCode.PRESET_UNKNOWN, key=key)
        del stored[key]
        uow.layers.put(LAYER, stored)
        uow.commit()
