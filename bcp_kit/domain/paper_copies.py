"""The ledger of printed copies (控えの台帳): each has a number, and somebody holds it until it is back.

Known leaks in this work are paper: copies handed out and lost, old ones that nobody took back.
"""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel

NUMBER_DIGITS = 7


class CopyState(StrEnum):
    """Where a copy is.

    RESERVED: the number is taken, the page is not finished. VOID: a number that broke off; nothing with it
    was finished, and it is never given out again. PRINTED: in the house. HANDED_OUT: somebody holds it.
    RETURNED, DESTROYED, LOST: how it ended; a returned one may be destroyed later.
    """

    RESERVED = "reserved"
    VOID = "void"
    PRINTED = "printed"
    HANDED_OUT = "handed_out"
    RETURNED = "returned"
    DESTROYED = "destroyed"
    LOST = "lost"


# Which state may follow which.
FOLLOWS: dict[CopyState, frozenset[CopyState]] = {
    CopyState.RESERVED: frozenset({CopyState.PRINTED, CopyState.VOID}),
    CopyState.PRINTED: frozenset({CopyState.HANDED_OUT, CopyState.DESTROYED, CopyState.LOST}),
    CopyState.HANDED_OUT: frozenset({CopyState.RETURNED, CopyState.DESTROYED, CopyState.LOST}),
    CopyState.RETURNED: frozenset({CopyState.HANDED_OUT, CopyState.DESTROYED, CopyState.LOST}),
    CopyState.LOST: frozenset({CopyState.RETURNED, CopyState.DESTROYED}),
    CopyState.VOID: frozenset(),
    CopyState.DESTROYED: frozenset(),
}
# Paper that exists and may be read by somebody.
OUT_THERE = (CopyState.PRINTED, CopyState.HANDED_OUT, CopyState.RETURNED, CopyState.LOST)


class HolderKind(StrEnum):
    """Who holds a copy."""

    PERSON = "person"
    SUPPORTER = "supporter"
    ORGANISATION = "organisation"
    OFFICE = "office"


class ListKind(StrEnum):
    """A paper about several people; it stands where a copy of a plan names its edition.

    DISTRICT: for a support party, who needs help in a district. ARRIVALS: for a shelter, who comes. SEALED:
    what an envelope holds that is opened in a disaster only.
    """

    DISTRICT = "district_list"
    ARRIVALS = "arrival_list"
    SEALED = "sealed_set"


class CopyStep(DomainModel):
    """One line of a copy's story: when it came into a state, who wrote it down, what was noted."""

    at: datetime
    actor: str
    state: CopyState
    note: str = ""


class PaperCopy(DomainModel):
    """One printed or exported copy of one person's plan, or of a list about several people.

    `content` is a digest of what the copy says (not of when it was printed): when the plan, the supporters
    or a place change, it no longer agrees and the copy is stale. `first_page` and `pages` are those in the
    file `file_name`. A list of several people has no `person_id`. A list of ours (`ListKind`) names its
    `subject` (districts, the id of a shelter), its `people`, those of them whose plan it shows, and for whom
    it was made (`recipient`); who stands on another one (of a drill) is kept with its run.
    """

    number: str
    run_id: str
    batch: int = Field(ge=1)
    plan_id: str
    plan_number: str
    plan_version: int
    person_id: str
    edition: str
    variant: str = "standard"
    wording: str = "plain"
    content: str = ""
    state: CopyState = CopyState.RESERVED
    file_name: str = ""
    first_page: int = 0
    pages: int = 0
    missing_glyphs: str = ""
    purpose: str = ""
    subject: str = ""
    people: tuple[str, ...] = ()
    plans_shown: tuple[str, ...] = ()
    recipient: str = ""
    holder_kind: HolderKind | None = None
    holder: str = ""
    handed_on: date | None = None
    due_on: date | None = None
    steps: tuple[CopyStep, ...] = ()
    version: int = 0

    @property
    def is_list(self) -> bool:
        """True for a list of several people: not the copy of one plan."""
        return not self.person_id

    @property
    def is_disclosure(self) -> bool:
        """True for a list that shows people outside of a drill: districts, arrivals, sealed sets."""
        return self.edition in tuple(ListKind)

    def is_overdue(self, today: date) -> bool:
        """True when somebody holds it longer than agreed."""
        return self.state is CopyState.HANDED_OUT and self.due_on is not None and self.due_on < today


class RunState(StrEnum):
    """How far a print run is; one that is not FINISHED can be resumed."""

    RUNNING = "running"
    FINISHED = "finished"
    GIVEN_UP = "given_up"


class PrintedFile(DomainModel):
    """One finished file of a run: its name, the digest of its bytes, its people and pages."""

    name: str
    sha256: str
    batch: int
    people: int
    pages: int


class PrintRun(DomainModel):
    """One order to print, kept so that it can go on after it broke off.

    `person_ids` is everybody asked for, in order; batch n holds the n-th `batch_size` of them. `batches_done`
    batches are finished: their copies are printed and their files stand in `files`. `named`: the people were
    chosen one by one, so each without a copy is told. A run of lists names
    districts or shelters instead of people, each printed `copies` times for `recipient`; a batch is one copy.
    """

    id: str
    edition: str
    variant: str = "standard"
    wording: str = "plain"
    envelope: str = ""
    folder: str
    purpose: str = ""
    person_ids: tuple[str, ...]
    batch_size: int = Field(ge=1)
    one_file_per_person: bool = False
    named: bool = False
    copies: int = Field(default=1, ge=1)
    recipient: str = ""
    started_at: datetime
    actor: str
    state: RunState = RunState.RUNNING
    batches_done: int = 0
    files: tuple[PrintedFile, ...] = ()
    version: int = 0


def copy_number(serial: int) -> str:
    """Return the number that stands on paper: digits and a check digit, so that a slip of the pen is seen.

    The check digit is that of Luhn (ISO/IEC 7812-1): it finds every single wrong digit and nearly every swap.
    """
    digits = f"{serial:0{NUMBER_DIGITS}d}"
    return f"{digits}-{_check_digit(digits)}"


def read_copy_number(words: str) -> str | None:
    """Return the number in its one form from what somebody typed (with or without hyphen), else None."""
    digits = "".join(c for c in words if c.isdecimal() and c.isascii())
    body, check = digits[:-1], digits[-1:]
    if not body or len(body) > NUMBER_DIGITS or _check_digit(body.zfill(NUMBER_DIGITS)) != check:
        return None
    return copy_number(int(body))


def _check_digit(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
