"""Pictures attached to a plan: hazard maps, floor plans, ways out. They are printed at its end.

Each is a named document of the store beside the plan; the plan and its version stay as they are.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.render.pictures import Picture, read_picture
from bcp_kit.services.base import Context
from bcp_kit.storage.unit_of_work import UnitOfWork

MOST_PICTURES = 12


@dataclass(frozen=True)
class Attached:
    """One attached picture as a list shows it; `key` names it."""

    key: str
    title: str
    size_kb: int


def _start(plan_id: str) -> str:
    return f"plan_picture/{plan_id}/"


def _keys(uow: UnitOfWork, plan_id: str) -> list[str]:
    return sorted(name for name in uow.layers.names() if name.startswith(_start(plan_id)))


def pictures_of(uow: UnitOfWork, plan_id: str) -> tuple[Picture, ...]:
    """Return the pictures of a plan in the order in which they were attached."""
    documents = (uow.layers.get(key) for key in _keys(uow, plan_id))
    return tuple(Picture(d["title"], b64decode(d["content"]), d["width"], d["height"]) for d in documents)


def list_pictures(ctx: Context, plan_id: str) -> tuple[Attached, ...]:
    """Return what is attached to a plan.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        ctx.demand(Action.SEE_BCP, uow.continuity_plans.need(plan_id).facility_id)
        keys = _keys(uow, plan_id)
        documents = [uow.layers.get(key) for key in keys]
    return tuple(
        Attached(key, d["title"], len(d["content"]) * 3 // 4096)
        for key, d in zip(keys, documents, strict=True)
    )


def attach_picture(ctx: Context, plan_id: str, title: str, raw: bytes) -> Attached:
    """Keep a picture beside the plan, scaled to what a page needs.

    Raises: BcpKitError B-020 (no readable PNG or JPEG), B-021 (too many), U-002.
    """
    ctx.demand(Action.EDIT_BCP)
    picture = read_picture(title.strip() or title, raw)
    with ctx.open_store() as uow:
        uow.lock()
        ctx.demand(Action.EDIT_BCP, uow.continuity_plans.need(plan_id).facility_id)
        keys = _keys(uow, plan_id)
        if len(keys) >= MOST_PICTURES:
            raise BcpKitError(ErrorCode.PICTURES_TOO_MANY, limit=MOST_PICTURES)
        number = int(keys[-1].rsplit("/", 1)[1]) + 1 if keys else 1
        key = f"{_start(plan_id)}{number:04}"
        document = {
            "title": picture.title,
            "content": b64encode(picture.content).decode(),
            "width": picture.width_px,
            "height": picture.height_px,
        }
        uow.layers.put(key, document, "attach")
        uow.commit()
    return Attached(key, picture.title, len(picture.content) // 1024)


def remove_picture(ctx: Context, plan_id: str, key: str) -> None:
    """Take a picture away from the plan.

    Raises: BcpKitError U-002 when the plan has no such picture.
    """
    ctx.demand(Action.EDIT_BCP)
    with ctx.open_store() as uow:
        uow.lock()
        ctx.demand(Action.EDIT_BCP, uow.continuity_plans.need(plan_id).facility_id)
        if not key.startswith(_start(plan_id)):
            raise BcpKitError(ErrorCode.NOT_FOUND)
        uow.layers.remove(key)
        uow.commit()
