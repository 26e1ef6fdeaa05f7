"""Names of the files that a plan is saved as: Japanese, readable, safe on every system."""

import re

from bcp_kit.render.plan_blocks import PlanPages

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]|[\ud800-\udfff]')
_LONGEST = 60  # characters a part: three bytes each stay far below what file systems allow
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)$")


def safe_part(words: str) -> str:
    """Return words as one part of a file name, without what a file system refuses or reads as a path."""
    kept = re.sub(r"\s+", " ", _UNSAFE.sub("_", words)).strip(" ._")[:_LONGEST].rstrip(" .")
    return f"_{kept}" if _RESERVED.match(kept) else kept


def file_name(shown: PlanPages, ending: str) -> str:
    """Return title, facility and version of a document as its file name.

    A facility's name is no personal datum and tells the files of an operator with many sites apart; no
    person's name stands in it.
    """
    parts = (safe_part(part) for part in (shown.title, shown.facility, shown.short_stamp))
    return f"{'_'.join(part for part in parts if part)}.{ending}"
