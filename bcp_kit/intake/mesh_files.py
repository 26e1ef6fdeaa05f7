"""Tables of population by regional mesh, as e-Stat and others write them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.geo.meshes import mesh_rectangle
from bcp_kit.intake.delimited import read_delimited
from bcp_kit.intake.guard import guard, shown_name
from bcp_kit.intake.limits import SCREEN, FileKind, Limits

_PEOPLE = ("人口総数", "人口", "総数", "population", "pop")
_NOT_PEOPLE = ("世帯", "男", "女", "歳", "率", "密度")


@dataclass(frozen=True)
class MeshFile:
    """People by mesh code."""

    name: str
    people: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return the sum of all meshes."""
        return sum(self.people.values())


def read_mesh_file(content: bytes, name: str, limits: Limits = SCREEN) -> MeshFile:
    """Return the meshes of a table with a column of mesh codes and one of people; nothing is stored.

    Raises: BcpKitError G-003 for another kind of file, G-020 for a missing column or not one good row.
    """
    if guard(content, name, limits) is not FileKind.DELIMITED:
        raise BcpKitError(ErrorCode.MAP_FILE_KIND, name=shown_name(name), kinds="CSV")
    rows = [row.cells for row in read_delimited(content).rows if any(cell.strip() for cell in row.cells)]
    heads = [unicodedata.normalize("NFKC", cell).strip() for cell in (rows[0] if rows else ())]
    code = next(
        (i for i, h in enumerate(heads) if re.search(r"メッシュ|mesh|KEY_CODE", h, re.IGNORECASE)), None
    )
    people = _people_column(heads)
    if code is None or people is None:
        raise BcpKitError(ErrorCode.MESHES_UNREADABLE, detail="メッシュコード, 人口")
    found = dict(_meshes(rows[1:], code, people))
    if not found:
        raise BcpKitError(ErrorCode.MESHES_UNREADABLE, detail="メッシュコード")
    return MeshFile(shown_name(name), found)


def _people_column(heads: list[str]) -> int | None:
    for word in _PEOPLE:
        for i, head in enumerate(heads):
            if head.casefold().startswith(word) and not any(other in head for other in _NOT_PEOPLE):
                return i
    return None


def _meshes(rows: list[tuple[str, ...]], code: int, people: int) -> list[tuple[str, int]]:
    found = []
    for row in rows:
        if max(code, people) >= len(row):
            continue
        key = unicodedata.normalize("NFKC", row[code]).strip()
        try:
            count = float(unicodedata.normalize("NFKC", row[people]).replace(",", "").strip())
            mesh_rectangle(key)
        except ValueError:
            continue  # a mesh whose number the publisher hides, or a second heading
        if count >= 0:
            found.append((key, round(count)))
    return found
