"""Which store files this program holds open, with their first bytes, so that nobody opens one a second time.

POSIX drops all locks that a program holds on a file as soon as it closes any descriptor of that file
(https://sqlite.org/howtocorrupt.html, section 2.2). SQLite's own connections know that; a look into the file
beside them does not, and would leave the database open to other programs without any lock.
"""

from collections import Counter
from pathlib import Path
from threading import Lock

Inode = tuple[int, int]
_lock = Lock()
_held: Counter[Inode] = Counter()
_heads: dict[Inode, bytes] = {}


def _inode(path: Path) -> Inode | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def head_of_open(path: Path) -> bytes | None:
    """Return the first bytes of a file that is open here, None for any other."""
    with _lock:
        return _heads.get(_inode(path) or (-1, -1))


def is_open(path: Path) -> bool:
    """True for a file that is open here."""
    return head_of_open(path) is not None


def note_open(path: Path, head: bytes) -> Inode | None:
    """Note that a connection to the file is about to be made; `head` is what it begins with.

    Return what `note_closed` takes, None for a file that is not there.
    """
    inode = _inode(path)
    if inode is not None:
        with _lock:
            _held[inode] += 1
            _heads[inode] = head
    return inode


def note_closed(inode: Inode | None) -> None:
    """Note that the connections of one holder of the file are closed."""
    if inode is None:
        return
    with _lock:
        _held[inode] -= 1
        if _held[inode] <= 0:
            del _held[inode]
            _heads.pop(inode, None)
