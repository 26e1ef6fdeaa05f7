"""Pictures that are attached to a plan: looked at before they are kept, and small enough to print."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from bcp_kit.domain.errors import BcpKitError, ErrorCode

_MOST_PIXELS = 60_000_000  # before scaling down; more would fill the memory
_LONGEST_SIDE = 2_200  # dots: a page of A4 at about 200 dots an inch
_QUALITY = 85
_FORMATS = ("PNG", "JPEG")


@dataclass(frozen=True)
class Picture:
    """A picture as JPEG without transparency; `title` is what it shows, read aloud as its alternative."""

    title: str
    content: bytes
    width_px: int
    height_px: int


def read_picture(title: str, raw: bytes) -> Picture:
    """Return a picture that prints, turned upright and scaled down; what else the file held is dropped.

    Raises: BcpKitError B-020 for what is no PNG or JPEG picture, is broken or far too large.
    """
    try:
        with Image.open(io.BytesIO(raw), formats=_FORMATS) as found:
            if found.width * found.height > _MOST_PIXELS:
                raise BcpKitError(ErrorCode.PICTURE_UNREADABLE, name=title)
            upright = ImageOps.exif_transpose(found)
            flat = _on_white(upright)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise BcpKitError(ErrorCode.PICTURE_UNREADABLE, name=title) from None
    flat.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=_QUALITY)
    return Picture(title, out.getvalue(), flat.width, flat.height)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(white, seen).convert("RGB")
    return picture.convert("RGB")
