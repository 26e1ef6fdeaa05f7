"""People on a run's paper: who is left over and why, officers' decisions, and where everybody goes."""

from collections.abc import Sequence

from bcp_kit.domain.locks import LockKind
from bcp_kit.forms.messages import text
from bcp_kit.render.matching_paper import PaperPart, PaperTable
from bcp_kit.services.matching_alternatives import MOST, place_of_alternative, why_apart
from bcp_kit.services.matching_export import place_words
from bcp_kit.services.matching_locks import Locked, rule_sentence
from bcp_kit.services.matching_read import Line, RunView, sentence
from bcp_kit.services.matching_tables import home_of

MOST_REASONS = 4
KM = 1000


def left_over_part(view: RunView, named: bool) -> PaperPart:
    """Return who has no place, with reasons and smallest changes; unless `named` by a running number."""
    left = (*view.unplaced, *view.waiting, *view.for_hospital)
    counts = text(
        "matching.left_over",
        first=len(view.unplaced),
        second=len(view.waiting),
        hospital=len(view.for_hospital),
    )
    heads = ["who", "tier", "reasons", "remedies"]
    rows = [_left(view, line, named, number) for number, line in enumerate(left, start=1)]
    return PaperPart(
        "left",
        text("pages.matching.left_over"),
        (counts, text("matching_paper.left_lead")) if left else (counts,),
        tables=(PaperTable(tuple(text(f"matching_paper.column.{key}") for key in heads), tuple(rows)),),
        empty=text("pages.matching.nobody_left"),
    )


def _left(view: RunView, line: Line, named: bool, number: int) -> tuple[str, ...]:
    placement = line.placement
    reasons = [f"・{sentence(r, view.shelters)}" for r in placement.reasons[:MOST_REASONS]]
    more = len(placement.reasons) - MOST_REASONS
    if more > 0:
        reasons.append(text("pages.matching.more_reasons", count=more))
    remedies = [f"・{sentence(r, view.shelters)}" for r in placement.remedies]
    if not remedies and not placement.hospital:
        remedies = [text("desk.left.none" if placement.mended else "mending.not_yet")]
    stage = text(f"pages.matching.stage_{placement.stage}")
    return (
        _who(line) if named else text("matching_paper.nobody", number=number),
        f"{text('desk.stress.tier', tier=placement.tier)}\n{stage}",
        "\n".join(reasons),
        "\n".join(remedies),
    )


def _who(line: Line) -> str:
    return f"{line.person.register_no}\n{line.person.name}".strip()


def decisions_part(view: RunView, locks: Sequence[Locked], named: bool) -> PaperPart:
    """Return the decisions of the run with who took them, why, which rules they override, and those not kept.

    A reason is the officer's own sentence and may name people: it stands on the edition with names only.
    """
    in_run = {lock.id for lock in view.run.locks}
    by_id = {one.lock.id: one for one in locks}
    people = {line.person.id: line.person for line in view.lines}
    heads = [*(["who"] if named else []), "where", *(["why"] if named else []), "by", "rules", "state"]
    rows = []
    for lock in view.run.locks:
        known = by_id.get(lock.id) or Locked(
            lock, people.get(lock.person_id), view.shelters.get(lock.shelter_id)
        )
        rows.append(_decision(known, "matching_paper.kept", named))
    for fault in view.run.lock_faults:
        found = by_id.get(fault.lock_id)
        if found is not None and fault.lock_id not in in_run:
            rows.append(_decision(found, f"matching.lock_fault.{fault.cause}", named))
    return PaperPart(
        "decisions",
        text("desk.lock.list"),
        tables=(PaperTable(tuple(text(f"matching_paper.column.{key}") for key in heads), tuple(rows)),),
        empty=text("desk.lock.none"),
    )


def _decision(one: Locked, state: str, named: bool) -> tuple[str, ...]:
    lock = one.lock
    if lock.kind is not LockKind.PLACE:
        where = text(f"desk.lock.{lock.kind.value}")
    else:
        where = one.shelter.name if one.shelter else text("second.gone")
    person = one.person
    who = f"{person.register_no}\n{person.name}".strip() if person else text("desk.person_unknown")
    by = f"{lock.made_by}\n{lock.made_at.astimezone():%Y-%m-%d %H:%M}"
    rules = "\n".join(f"{key} {rule_sentence(key, 'ja')}" for key in lock.waived)
    return (
        *((who,) if named else ()),
        where,
        *((lock.reason,) if named else ()),
        by,
        rules or text("matching_paper.no_rule"),
        text(state),
    )


def everybody_part(view: RunView) -> PaperPart:
    """Return where everybody goes, with the second and third place and why each stands apart."""
    lines = sorted(view.lines, key=lambda x: (x.person.register_no, x.person.id, x.placement.stage))
    further = view.run.second_places
    heads = ["number", "name", "tier", "stage", "where", "far", *(["second", "third"] if further else [])]
    return PaperPart(
        "everybody",
        text("pages.matching.everybody"),
        (
            text("matching_paper.everybody_lead"),
            text("second.lead") if further else text("second.not_yet"),
        ),
        tables=(
            PaperTable(
                tuple(text(f"matching_paper.column.{key}") for key in heads),
                tuple(_everybody(view, line) for line in lines),
            ),
        ),
        empty=text("matching.note.nobody"),
        wide=True,
    )


def _everybody(view: RunView, line: Line) -> tuple[str, ...]:
    placement = line.placement
    marks = ("※" if placement.guesses else "") + ("◆" if placement.lock_id else "")
    hides = home_of(line.person) is None or placement.distance_m is None
    far = "" if hides else text("matching_paper.km", km=f"{(placement.distance_m or 0.0) / KM:.1f}")
    cells = (
        line.person.register_no,
        line.person.name,
        str(placement.tier),
        str(placement.stage),
        place_words(line) + marks,
        far,
    )
    return (*cells, *_further(view, line)) if view.run.second_places else cells


def _further(view: RunView, line: Line) -> list[str]:
    """Return second and third place; empty beside a second stage and where there is no first place."""
    if line.placement.stage != 1 or not line.placement.shelter_id:
        return [""] * MOST
    found = [f"{place_of_alternative(view, a)}\n{why_apart(view, a)}" for a in line.placement.alternatives]
    return [*found, *[text("second.none")] * (MOST - len(found))]
