"""Decisions about single people and days: read from words, laid on the question, the clashing ones named."""

from collections.abc import Callable
from dataclasses import replace

from bcp_kit.catalogues import load
from bcp_kit.cores.staff_cover.check import worker_violations
from bcp_kit.cores.staff_cover.instance import Assignment, CoverInstance, Lock, LockKind
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.cover_inputs import CoverQuestion

LOCKS, RELEASED, WHY = "locks", "released_locks", "released_why"  # in the settings of a run
PARTS = {LockKind.WORKS: 3, LockKind.NOT_THIS: 3, LockKind.OFF: 2}


def lock_of(words: str, kind: LockKind) -> Lock:
    """Return a lock from "staff:day:shift", or "staff:day" for a day off. Raises: BcpKitError U-001."""
    parts = words.split(":")
    if len(parts) != PARTS[kind] or not parts[1].isdecimal():
        raise BcpKitError(ErrorCode.WRONG_USE)
    return Lock(worker_id=parts[0], day=int(parts[1]), kind=kind, shift="".join(parts[2:]))


def words_of(locks: tuple[Lock, ...]) -> str:
    """Return locks as one line that `locks_from` reads: "kind:staff:day[:shift] …"."""
    return " ".join(":".join(filter(None, (k.kind.value, k.worker_id, str(k.day), k.shift))) for k in locks)


def locks_from(line: str) -> tuple[Lock, ...]:
    """Return the locks of a line made by `words_of`."""
    pairs = (part.split(":", maxsplit=1) for part in line.split())
    return tuple(lock_of(rest, LockKind(kind)) for kind, rest in pairs)


def with_locks(asked: CoverQuestion, locks: tuple[Lock, ...]) -> CoverQuestion:
    """Return the question with locks in it.

    Raises: BcpKitError U-002 for a person or shift that the question does not know, or a day beyond it.
    """
    instance = asked.instance
    for lock in locks:
        known = lock.worker_id in instance.worker_of and lock.day < instance.days
        if not known or (lock.shift and lock.shift not in instance.shift_of):
            raise BcpKitError(ErrorCode.NOT_FOUND)
    return replace(asked, instance=instance.changed(locks=tuple(dict.fromkeys(locks)))) if locks else asked


def reasons_of(instance: CoverInstance, released: Lock) -> tuple[str, ...]:
    """Return the rules that a released lock would break beside the person's other locks.

    Empty where it is not the person: more people are locked on the shift than it asks for.
    """
    worker = instance.worker_of[released.worker_id]
    groups = instance.groups_of(worker)
    if not groups:
        return ("qualified",)
    own = [
        Assignment(worker_id=worker.id, site=worker.home, day=k.day, shift=k.shift, group=groups[0])
        for k in (*instance.locked_work, released)
        if k.worker_id == worker.id
    ]
    return tuple(dict.fromkeys(v.rule for v in worker_violations(instance, worker, list(dict.fromkeys(own)))))


def why_of(instance: CoverInstance, released: tuple[Lock, ...]) -> str:
    """Return the reasons of released locks as one line, in their order: rules by ",", locks by ";"."""
    return ";".join(",".join(reasons_of(instance, lock)) for lock in released)


def released_sentences(
    run: CoverRun, name_of: Callable[[str], str], language: str = DEFAULT_LANGUAGE
) -> tuple[str, ...]:
    """Return a sentence for each lock that could not be kept: who, day, shift, and the rules in the way."""
    released = locks_from(str(run.settings.get(RELEASED, "")))
    reasons = str(run.settings.get(WHY, "")).split(";")
    found = []
    for number, lock in enumerate(released):
        rules = [rule for rule in (reasons[number] if number < len(reasons) else "").split(",") if rule]
        why = [text(f"cover.rule.{rule}", language) for rule in rules]
        found.append(
            text(
                "cover_answers.locks.one",
                language,
                who=name_of(lock.worker_id),
                day=lock.day,
                shift=load.catalogue("shifts").need(lock.shift).label(language),
                why=" ".join(why) or text("cover_answers.locks.too_many", language),
            )
        )
    return tuple(found)
