"""What an import did, kept so that it can be undone; and what was decided about records of one person."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel


class BatchKind(StrEnum):
    """Which piece of work a batch records."""

    IMPORT = "import"
    UPDATE = "update"
    CERTIFICATES = "certificates"
    MERGE = "merge"
    DEPARTURE = "departure"


class Replaced(DomainModel):
    """One record that a batch changed or removed: its body before, as JSON.

    `version` is the version that it had right after the batch (None: the batch removed it).
    """

    table: str
    key: str
    before: str
    version: int | None = None


class LayerReplaced(DomainModel):
    """One named document that a batch replaced: its text before (None: there was none), the digest after."""

    name: str
    before: str | None
    digest: str


class ImportBatch(DomainModel):
    """One piece of work on many records, with all that is needed to take it back.

    `added` holds the keys of new records by table; their version right after the batch is 0. `versions`
    (by table/key) are the versions that records of this batch got when a later batch was undone. `title` is
    the name of the file. A batch that was undone stays, with the moment of undoing.
    """

    id: str
    kind: BatchKind
    at: datetime
    actor: str
    title: str = ""
    added: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    replaced: tuple[Replaced, ...] = ()
    layers: tuple[LayerReplaced, ...] = ()
    versions: Mapping[str, int] = Field(default_factory=dict)
    undone_at: datetime | None = None
    undone_by: str = ""
    version: int = 0


class PersonPair(DomainModel):
    """Two records that an officer looked at and found to be two people; they are not proposed again.

    `first_id` is the smaller of the two ids.
    """

    first_id: str
    second_id: str
    decided_on: date
    decided_by: str
    version: int = 0


class PersonAlias(DomainModel):
    """A number under which a merged person stood before: a file that still uses it finds the kept record.

    `field` is register_no or resident_no.
    """

    field: str
    number: str
    person_id: str
    version: int = 0
