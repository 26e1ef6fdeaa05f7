"""A year of invented records for a facility with both plans: versions, notices, training, drills, findings.

The records lie in sample_data/plans/records; their days are counted back from today, so they never grow old.
Everything goes through the services, as a person would do it, on the day on which it happened.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import yaml

from bcp_kit.access.policy import Action
from bcp_kit.domain.base import Known
from bcp_kit.domain.bcp import CONTINUITY_KINDS, PlanKind
from bcp_kit.domain.practice import PracticeKind, PracticeRecord
from bcp_kit.domain.practice_settings import Measures, PracticeSettings
from bcp_kit.resources import locate
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.bcp import save_answers
from bcp_kit.services.bcp_content import read_content
from bcp_kit.services.plan_versions import Proposal, VersionDecision, decide_version, propose_version
from bcp_kit.services.practice_due import plans_for, save_settings
from bcp_kit.services.practice_records import (
    Closing,
    NewFinding,
    NewRecord,
    add_record,
    close_finding,
)

Told = Mapping[str, Any]


def told_year() -> Told:
    """Return the invented year as its file tells it."""
    path = locate("sample_data") / "plans" / "records" / "year.yaml"
    told: Told = yaml.safe_load(path.read_text(encoding="utf-8"))
    return told


def load_sample_records(ctx: Context, facility_id: str) -> tuple[PracticeRecord, ...]:
    """Bring the invented year into the store for a facility that has both plans written.

    Raises: BcpKitError U-002, A-001, B-033 when it was brought in before.
    """
    ctx.demand(Action.EDIT_BCP, facility_id)
    told = told_year()
    with ctx.open_store() as uow:
        plans = {kind: plan.id for kind, plan in plans_for(uow, facility_id).items()}
    made: dict[str, PracticeRecord] = {}
    _keep_settings(ctx, facility_id, told["settings"])
    happened = [(entry["days_ago"], "record", entry) for entry in told["records"]]
    happened += [(entry["days_ago"], "version", entry) for entry in told["versions"]]
    for days_ago, what, entry in sorted(happened, key=lambda each: -each[0]):
        then = _on_that_day(ctx, days_ago, told["people"]["recorder"])
        if what == "record":
            made[entry["key"]] = _add(then, facility_id, entry)
        else:
            _raise_version(ctx, plans, entry, made, told["people"])
    _close_findings(ctx, made, told)
    return tuple(made.values())


def _on_that_day(ctx: Context, days_ago: int, name: str) -> Context:
    moment = ctx.clock.now() - timedelta(days=days_ago)
    return replace(ctx, clock=FixedClock(moment), actor=ctx.actor.model_copy(update={"name": name}))


def _keep_settings(ctx: Context, facility_id: str, told: Told) -> None:
    def day(key: str) -> date:
        return ctx.today() - timedelta(days=int(told[f"{key}_days_ago"]))

    taken = Measures(taken=Known.YES, since=day("measures"))
    save_settings(
        ctx,
        PracticeSettings(
            id=facility_id,
            designated_on=day("designated"),
            plans_made_on=dict.fromkeys(CONTINUITY_KINDS, day("plans_made")),
            guideline_on=day("guideline"),
            disaster_plan_on=day("disaster_plan"),
            measures=dict.fromkeys(CONTINUITY_KINDS, taken),
            filed=Known.YES,
            filed_on=day("filed"),
            consistency_checked_on=day("consistency"),
            last_hired_on=day("last_hired"),
        ),
    )


def _finding(ctx: Context, entry: Told, days_ago: int) -> NewFinding:
    due = timedelta(days=days_ago - int(entry["due_days_ago"]))
    return NewFinding(
        words=entry["words"],
        plan_kind=PlanKind(entry["plan"]) if "plan" in entry else None,
        item_id=entry.get("item", ""),
        owner=entry.get("owner", ""),
        due_on=ctx.today() + due,
    )


def _add(then: Context, facility_id: str, entry: Told) -> PracticeRecord:
    words = {key: entry[key] for key in ("title", "method", "scenario", "leader", "words") if key in entry}
    return add_record(
        then,
        NewRecord(
            facility_id=facility_id,
            kind=PracticeKind(entry["kind"]),
            plan_kinds=tuple(PlanKind(kind) for kind in entry["plans"]),
            held_on=then.today(),
            participants=tuple(entry.get("participants", ())),
            people=entry.get("people"),
            minutes=entry.get("minutes"),
            new_hires=entry.get("new_hires", False),
            findings=tuple(_finding(then, f, entry["days_ago"]) for f in entry.get("findings", ())),
            **words,
        ),
    )


def _raise_version(
    ctx: Context, plans: Mapping[PlanKind, str], entry: Told, made: Mapping[str, PracticeRecord], people: Told
) -> None:
    then = _on_that_day(ctx, entry["days_ago"], people["author"])
    later = _on_that_day(ctx, entry["decided_days_ago"], people["approver"])
    answered = [made[key] for key in entry.get("finding_records", ())]
    for kind, plan_id in plans.items():
        _add_words(then, plan_id, entry.get("additions", {}).get(kind.value, {}))
        findings = tuple(
            (record.id, finding.id)
            for record in answered
            for finding in record.findings
            if finding.plan_kind is kind
        )
        version = propose_version(then, Proposal(plan_id, entry["reason"], findings=findings))
        decide_version(later, VersionDecision(plan_id, version.number, approve=True))


def _add_words(then: Context, plan_id: str, additions: Mapping[str, str]) -> None:
    answers = read_content(then, plan_id).plan.answers
    for item_id, words in additions.items():
        known = answers[item_id]
        save_answers(then, plan_id, {item_id: known.model_copy(update={"text": f"{known.text}\n{words}"})})


def _close_findings(ctx: Context, made: Mapping[str, PracticeRecord], told: Told) -> None:
    for entry in told["records"]:
        for finding, asked in zip(made[entry["key"]].findings, entry.get("findings", ()), strict=True):
            if "close" in asked:
                then = _on_that_day(ctx, asked["close"]["days_ago"], told["people"]["approver"])
                words = asked["close"]["words"]
                close_finding(then, Closing(made[entry["key"]].id, finding.id, words=words))
