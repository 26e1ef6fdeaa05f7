"""Certificates and care levels join the register: by number, else as a proposal; the rest is listed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bcp_kit.access.policy import Action
from bcp_kit.domain.certificates import CertificateEntry
from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.domain.imports import BatchKind
from bcp_kit.domain.people import STILL_HERE
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.intake.certificates import age_findings
from bcp_kit.intake.identity_keys import number_key
from bcp_kit.intake.inspection import Inspection, Part
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.records import Record
from bcp_kit.intake.same_person import TRAIT_FIELDS, Likeness, Pair, same_people, traits
from bcp_kit.services.base import Context
from bcp_kit.services.certificates_apply import certified
from bcp_kit.services.import_batches import BatchWriter
from bcp_kit.storage.unit_of_work import UnitOfWork

WHY = "certificates"
_KEYS = ("resident_no", "register_no")
_CHUNK = 2_000


@dataclass(frozen=True)
class CertificateMatch:
    """One row and the stored person it belongs to. `likeness` is None when a number tells it."""

    row: int
    entry: CertificateEntry
    person_id: str
    label: str
    likeness: Likeness | None = None


@dataclass(frozen=True)
class CertificateMatches:
    """A list of certificates against the register. `problems` are findings on top of the inspection's.

    `proposed` rows are stored only when an officer accepts them; `unmatched` rows belong to nobody.
    """

    inspection: Inspection
    joined: tuple[CertificateMatch, ...]
    proposed: tuple[CertificateMatch, ...]
    unmatched: tuple[CertificateEntry, ...]


@dataclass(frozen=True)
class CertificatesOutcome:
    """What was stored: people whose record changed, people for whom nothing was new, rows left out."""

    changed: int
    unchanged: int
    rows_left_out: int
    batch_id: str


def check_certificates(inspection: Inspection, today: date) -> Inspection:
    """Return the inspection with findings on ages and ended certificates, as far as the rows tell them."""
    if SheetKind.CERTIFICATES not in inspection.kinds():
        return inspection
    parts = tuple(_checked_part(part, today) for part in inspection.parts)
    return replace(inspection, parts=parts)


def _checked_part(part: Part, today: date) -> Part:
    if part.kind != SheetKind.CERTIFICATES:
        return part
    return replace(part, records=tuple(_checked_record(record, today) for record in part.records))


def _checked_record(record: Record, today: date) -> Record:
    entry = _entry(record)
    found = () if entry is None else _age_problems(entry, entry.birth_date, today)
    new = tuple(problem for problem in found if problem not in record.problems)
    return replace(record, problems=(*record.problems, *new)) if new else record


def _entry(record: Record) -> CertificateEntry | None:
    return next((item.obj for item in record.items if isinstance(item.obj, CertificateEntry)), None)


def _age_problems(entry: CertificateEntry, born: date | None, today: date) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            code=code,
            severity=Severity.WARNING if code is ErrorCode.CERTIFICATE_ENDED else Severity.ERROR,
            row=entry.row,
            values=values,
        )
        for code, values in age_findings(entry.certificates, entry.insured, born, today)
    )


def match_certificates(ctx: Context, inspection: Inspection) -> CertificateMatches:
    """Return whose each row is; nothing is stored.

    Numbers decide (that of the resident record before that of the register). Without a hit, name, date of
    birth and address give a proposal. Raises: BcpKitError I-403, I-405, A-001.
    """
    ctx.demand(Action.IMPORT_REGISTER)
    if inspection.is_refused:
        raise BcpKitError(ErrorCode.IMPORT_TABLE_REFUSED)
    if SheetKind.CERTIFICATES not in inspection.kinds():
        raise BcpKitError(ErrorCode.IMPORT_OTHER_KIND, titles=inspection.name)
    checked = check_certificates(inspection, ctx.today())
    with ctx.open_store() as uow:
        return _matched(uow, checked, ctx.today())


def _matched(uow: UnitOfWork, inspection: Inspection, today: date) -> CertificateMatches:
    register = _Register(uow)
    joined: list[CertificateMatch] = []
    without: list[CertificateEntry] = []
    problems: dict[int, list[Problem]] = {}
    for entry in inspection.objects(CertificateEntry):
        person_id = register.by_number(entry)
        if person_id is None:
            without.append(entry)
            continue
        wrong = _age_problems(entry, register.born(person_id), today) if entry.birth_date is None else ()
        if any(problem.severity is Severity.ERROR for problem in wrong):
            problems.setdefault(entry.row, []).extend(wrong)
        else:
            joined.append(CertificateMatch(entry.row, entry, person_id, register.label(person_id)))
    proposed, unmatched = register.proposals(without)
    for match in proposed:
        problems.setdefault(match.row, []).append(_proposal(match))
    for entry in unmatched:
        unmatched_row = Problem(
            code=ErrorCode.CERTIFICATE_UNMATCHED, severity=Severity.WARNING, row=entry.row, value=entry.name
        )
        problems.setdefault(entry.row, []).append(unmatched_row)
    return CertificateMatches(
        _with_problems(inspection, problems), tuple(joined), tuple(proposed), tuple(unmatched)
    )


def _proposal(match: CertificateMatch) -> Problem:
    likeness = match.likeness or Likeness(0, ())
    return Problem(
        code=ErrorCode.CERTIFICATE_PROPOSED,
        severity=Severity.WARNING,
        row=match.row,
        value=match.entry.name,
        values={"label": match.label, "score": likeness.score, "reasons": ",".join(likeness.reasons)},
    )


def _with_problems(inspection: Inspection, problems: Mapping[int, list[Problem]]) -> Inspection:
    def part_with(part: Part) -> Part:
        if part.kind != SheetKind.CERTIFICATES:
            return part
        records = (
            replace(r, problems=(*r.problems, *problems[r.row])) if r.row in problems else r
            for r in part.records
        )
        return replace(part, records=tuple(records))

    return replace(inspection, parts=tuple(part_with(part) for part in inspection.parts))


class _Register:
    """The stored people as a list of certificates looks for them."""

    def __init__(self, uow: UnitOfWork) -> None:
        rows = uow.people.fields(*TRAIT_FIELDS, register_status=STILL_HERE)
        self._values = {row[0]: dict(zip(TRAIT_FIELDS, row[1:], strict=True)) for row in rows}
        self._numbers: dict[str, dict[str, str | None]] = {key: {} for key in _KEYS}
        for person_id, values in self._values.items():
            for key in _KEYS:
                self._keep(key, values[key], person_id)
        for alias in uow.person_aliases.list():
            self._keep(alias.field, alias.number, alias.person_id)

    def _keep(self, key: str, number: str | None, person_id: str) -> None:
        """Know a person by a number; a number of two people tells nobody apart."""
        plain = folded(number or "")
        if plain:
            known = self._numbers[key]
            known[plain] = person_id if known.get(plain, person_id) == person_id else None

    def by_number(self, entry: CertificateEntry) -> str | None:
        """Return the person whom a number of the row names, or None."""
        for key in _KEYS:
            found = self._numbers[key].get(folded(getattr(entry, key)))
            if found in self._values:
                return found
        return None

    def born(self, person_id: str) -> date | None:
        """Return a person's date of birth."""
        text = self._values[person_id]["birth_date"]
        return None if text is None else date.fromisoformat(text)

    def label(self, person_id: str) -> str:
        """Return how people call the person."""
        values = self._values[person_id]
        return " ".join(part for part in (values["name"], values["register_no"]) if part)

    def proposals(
        self, entries: list[CertificateEntry]
    ) -> tuple[list[CertificateMatch], list[CertificateEntry]]:
        """Return for each row the one person who is clearly the likeliest, and the rows without any."""
        if not entries:
            return [], []
        rows = [traits(index, entry.model_dump(mode="json")) for index, entry in enumerate(entries)]
        people = [traits(person_id, values) for person_id, values in self._values.items()]
        best: dict[int, list[Pair]] = {}
        for pair in same_people(rows, people):
            best.setdefault(pair.first, []).append(pair)
        proposed, unmatched = [], []
        for index, entry in enumerate(entries):
            found = best.get(index, []) or self._by_zeroless(entry, index)
            if not found or (len(found) > 1 and found[0].likeness.score == found[1].likeness.score):
                unmatched.append(entry)
                continue
            person_id = found[0].second
            proposed.append(
                CertificateMatch(entry.row, entry, person_id, self.label(person_id), found[0].likeness)
            )
        return proposed, unmatched

    def _by_zeroless(self, entry: CertificateEntry, index: int) -> list[Pair]:
        """Return the person whose number differs only in zeros before it, where there is just one."""
        wanted = number_key(entry.resident_no)
        known = self._numbers["resident_no"]
        found = [i for number, i in known.items() if wanted and i and number_key(number) == wanted]
        return [Pair(index, i, Likeness(0, ("resident_same",))) for i in found if len(found) == 1]


def store_certificates(
    ctx: Context,
    found: CertificateMatches,
    accepted_rows: Iterable[int] = (),
    accept_good_rows: bool = False,
) -> CertificatesOutcome:
    """Store the rows that a number joined and the proposed rows that were accepted, in one transaction.

    A new certificate takes the place of the person's older one of the same kind and part; needs that follow
    from certificates are put right with it. Raises: BcpKitError I-401 when rows have errors and are not left
    out on purpose, A-001.
    """
    ctx.demand(Action.IMPORT_REGISTER)
    if found.inspection.bad_rows and not accept_good_rows:
        raise BcpKitError(ErrorCode.IMPORT_HAS_ERRORS, rows=found.inspection.bad_rows)
    accepted = set(accepted_rows)
    matches = [*found.joined, *(match for match in found.proposed if match.row in accepted)]
    entries: dict[str, list[CertificateEntry]] = {}
    for match in matches:
        entries.setdefault(match.person_id, []).append(match.entry)
    with ctx.open_store() as uow:
        uow.lock()
        writer = BatchWriter(uow, WHY)
        ids, changed = list(entries), 0
        for start in range(0, len(ids), _CHUNK):
            people = uow.people.list(id=ids[start : start + _CHUNK])
            pairs = [(person, certified(person, entries[person.id])) for person in people]
            changed += writer.save_many(uow.people, [pair for pair in pairs if pair[0] != pair[1]])
        batch = writer.keep(ctx, BatchKind.CERTIFICATES, found.inspection.name)
        uow.audit.note("import", "file", why=SheetKind.CERTIFICATES.value)
        uow.commit()
    return CertificatesOutcome(
        changed=changed,
        unchanged=len(entries) - changed,
        rows_left_out=found.inspection.rows - len(matches),
        batch_id="" if batch is None else batch.id,
    )
