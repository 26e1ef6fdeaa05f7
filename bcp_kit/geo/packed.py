"""Arrays and outlines as text that a JSON document can hold: the same numbers come back on every machine."""

from base64 import b64decode, b64encode
from typing import Any

import numpy as np
import shapely

_KINDS = ("<f8", "<f4", "<i8", "<i4", "|u1")


def pack_array(array: np.ndarray) -> dict[str, str]:
    """Return a one-dimensional array of numbers as its kind and its bytes, lowest byte first."""
    kind = next(k for k in _KINDS if np.dtype(k) == array.dtype.newbyteorder("<"))
    return {"kind": kind, "bytes": b64encode(np.ascontiguousarray(array, dtype=kind).tobytes()).decode()}


def unpack_array(packed: dict[str, str]) -> np.ndarray:
    """Return the array of `pack_array`.

    Raises: ValueError, KeyError for anything else.
    """
    if packed["kind"] not in _KINDS:
        raise ValueError(packed["kind"])
    return np.frombuffer(b64decode(packed["bytes"]), dtype=packed["kind"]).copy()


def pack_outlines(outlines: np.ndarray) -> list[str]:
    """Return shapes as well-known binary, one text each."""
    return [b64encode(body).decode() for body in shapely.to_wkb(outlines)]


def unpack_outlines(packed: list[str]) -> np.ndarray:
    """Return the shapes of `pack_outlines`.

    Raises: ValueError or shapely's own for anything else.
    """
    bodies: list[Any] = [b64decode(body) for body in packed]
    return np.asarray(shapely.from_wkb(bodies), dtype=object)
