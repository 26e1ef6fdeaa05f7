"""Officers' decisions about places (F55): taken with a written reason, listed, undone, and put into a run."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.vocabulary import UsualDestination, matching_rules
from bcp_kit.cores.shelter_matching.instance import Pin
from bcp_kit.cores.shelter_matching.pins import PinFault
from bcp_kit.cores.shelter_matching.rules import RULES, Way
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.locks import LockFault, LockKind, MatchingLock
from bcp_kit.domain.people import Person
from bcp_kit.domain.shelters import Shelter
from bcp_kit.services.base import Context
from bcp_kit.services.matching_lines import stay_home_blocks
from bcp_kit.services.matching_people import Unit, unit_key, usual_destination
from bcp_kit.services.matching_settings import MatchingSettings
from bcp_kit.storage.unit_of_work import UnitOfWork

NEVER_WAIVED = frozenset({"H11", "H12", "H13", "H14", "H15", "H16"})  # one place, one building, privacy
LONGEST_REASON = 500


@dataclass(frozen=True)
class LockCommand:
    """What an officer decides for the household of a person, and why; `waived` rules are overridden."""

    person_id: str
    kind: LockKind = LockKind.PLACE
    shelter_id: str = ""
    reason: str = ""
    hazard: HazardKind | None = None
    stage: int = 1
    waived: tuple[str, ...] = ()


@dataclass(frozen=True)
class Locked:
    """A decision with what it names; None where that is gone by now."""

    lock: MatchingLock
    person: Person | None
    shelter: Shelter | None


def waivable_rules() -> tuple[str, ...]:
    """Return the keys of rules that an officer may override with a written reason."""
    pair_or_sum = (Way.PAIR, Way.CAPACITY, Way.BEFORE)
    hard = [r.key for r in RULES if r.way in pair_or_sum and r.key.startswith("H")]
    return (*(key for key in hard if key not in NEVER_WAIVED), "S01")


def add_lock(ctx: Context, command: LockCommand) -> MatchingLock:
    """Store a decision and return it; the log says who and for whom, the reason stays in the record.

    Raises: BcpKitError M-007 without a reason, M-008 for a rule that nobody may override, M-009 when the
    household has a decision already, M-010 when the place does not fit the kind, U-002 for an unknown
    person or place.
    """
    ctx.demand(Action.RUN_MATCHING)
    if not command.reason.strip() or len(command.reason) > LONGEST_REASON:
        raise BcpKitError(ErrorCode.LOCK_WITHOUT_REASON, longest=LONGEST_REASON)
    wrong = [rule for rule in command.waived if rule not in waivable_rules()]
    if wrong:
        raise BcpKitError(ErrorCode.LOCK_RULE_FIXED, rule=wrong[0])
    if bool(command.shelter_id) != (command.kind is LockKind.PLACE):
        raise BcpKitError(ErrorCode.LOCK_PLACE_WRONG)
    with ctx.open_store() as uow:
        uow.lock()
        person = uow.people.need(command.person_id)
        if command.shelter_id:
            uow.shelters.need(command.shelter_id)
        lock = MatchingLock(
            id=ctx.new_id(),
            person_id=person.id,
            kind=command.kind,
            shelter_id=command.shelter_id,
            hazard=command.hazard,
            stage=command.stage if command.kind is LockKind.PLACE else 1,
            waived=tuple(sorted(set(command.waived))),
            reason=command.reason.strip(),
            made_by=ctx.actor.name,
            made_at=ctx.clock.now(),
        )
        if any(lock.meets(other) for other in _of_household(uow, person)):
            raise BcpKitError(ErrorCode.LOCK_TWICE)
        uow.matching_locks.add(lock, why=f"person={person.id}")
        uow.commit()
    return lock


def _of_household(uow: UnitOfWork, person: Person) -> list[MatchingLock]:
    together = uow.people.list(household_id=person.household_id) if person.household_id else [person]
    return uow.matching_locks.list(person_id=[p.id for p in together])


def remove_lock(ctx: Context, lock_id: str) -> None:
    """Undo a decision.

    Raises: BcpKitError U-002 when there is none.
    """
    ctx.demand(Action.RUN_MATCHING)
    with ctx.open_store() as uow:
        lock = uow.matching_locks.need(lock_id)
        uow.matching_locks.remove(lock_id, why=f"person={lock.person_id}")
        uow.commit()


def list_locks(ctx: Context, hazard: HazardKind | None = None) -> tuple[Locked, ...]:
    """Return the decisions, the newest first; of one hazard those that hold for it."""
    ctx.demand(Action.SEE_MATCHING)
    with ctx.open_store() as uow:
        found = [k for k in uow.matching_locks.list() if hazard is None or k.holds_for(hazard)]
        people = {p.id: p for p in uow.people.list(id=[k.person_id for k in found])}
        shelters = {s.id: s for s in uow.shelters.list(id=[k.shelter_id for k in found])}
    ordered = sorted(found, key=lambda k: (k.made_at, k.id), reverse=True)
    return tuple(Locked(k, people.get(k.person_id), shelters.get(k.shelter_id)) for k in ordered)


@dataclass(frozen=True)
class RunLocks:
    """The decisions that hold in a run, by household and stage, and those that cannot be kept."""

    by_unit: Mapping[tuple[str, int], MatchingLock] = field(default_factory=dict)
    faults: tuple[LockFault, ...] = ()

    def of(self, person: Person, stage: int = 1) -> MatchingLock | None:
        """Return the decision for the person's household in a stage."""
        return self.by_unit.get((unit_key(person), stage))


def locks_of_run(
    locks: Iterable[MatchingLock], people: Sequence[Person], hazard: HazardKind, settings: MatchingSettings
) -> RunLocks:
    """Return the decisions that a run has to keep; contradictions and broken conditions become faults."""
    known = {p.id: p for p in people}
    by_unit: dict[str, list[MatchingLock]] = defaultdict(list)
    faults = []
    for lock in locks:
        if not lock.holds_for(hazard):
            continue
        if lock.person_id not in known:
            faults.append(_fault(lock, "person_gone"))
            continue
        by_unit[unit_key(known[lock.person_id])].append(lock)
    together: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        if unit_key(person) in by_unit:
            together[unit_key(person)].append(person)
    kept = {}
    for unit, mine in by_unit.items():
        for lock in mine:
            if any(lock.meets(other) for other in mine if other is not lock):
                faults.append(_fault(lock, "two_decisions"))
                continue
            rules = _broken_before(lock, together[unit], hazard, settings)
            if rules:
                faults.append(_fault(lock, "rule_broken", rules))
            else:
                kept[unit, lock.stage] = lock
    return RunLocks(kept, tuple(faults))


def _broken_before(
    lock: MatchingLock, people: Sequence[Person], hazard: HazardKind, settings: MatchingSettings
) -> tuple[str, ...]:
    """Return the rules that the decision breaks whatever the place: hospital first (H10), staying (H18)."""
    found = set()
    if lock.kind is LockKind.PLACE and any(
        usual_destination(p) is UsualDestination.HOSPITAL_FIRST for p in people
    ):
        found.add("H10")
    if lock.kind is LockKind.STAYS_HOME and any(stay_home_blocks(p, hazard, settings) for p in people):
        found.add("H18")
    return tuple(sorted(found - set(lock.waived)))


def _fault(lock: MatchingLock, cause: str, rules: Sequence[str] = ()) -> LockFault:
    return LockFault(
        lock_id=lock.id,
        person_id=lock.person_id,
        cause=cause,
        shelter_id=lock.shelter_id,
        rules=tuple(rules),
    )


def pinned(units: Sequence[Unit], locks: RunLocks, stage: int) -> tuple[list[Unit], tuple[LockFault, ...]]:
    """Return the units with the pins of a stage; a decision for a household that is not there is a fault."""
    found, met = [], set()
    for unit in units:
        lock = locks.by_unit.get((unit.household.id, stage))
        if lock is None or lock.kind is not LockKind.PLACE:
            found.append(unit)
            continue
        met.add(lock.id)
        pin = Pin(destination_id=lock.shelter_id, waived=frozenset(lock.waived))
        found.append(unit.with_pin(pin))
    absent = [
        _fault(k, "not_in_stage")
        for (_, of_stage), k in locks.by_unit.items()
        if of_stage == stage and k.kind is LockKind.PLACE and k.id not in met
    ]
    return found, tuple(absent)


def faults_of_pins(faults: Iterable[PinFault], locks: RunLocks, stage: int) -> tuple[LockFault, ...]:
    """Return the faults that the core found, in terms of the decisions."""
    found = []
    for fault in faults:
        lock = locks.by_unit[fault.household_id, stage]
        found.append(_fault(lock, fault.kind.value, fault.rules))
    return tuple(found)


def rule_sentence(key: str, language: str) -> str:
    """Return the sentence of a rule in a language; the key itself where it is none of the catalogue."""
    row = matching_rules().get(key)
    return row.label(language) if row else key
