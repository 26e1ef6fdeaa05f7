"""`bcp-kit recover`: somebody calls in sick; the roster with the fewest changes, and who changes."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from bcp_kit.access.policy import Role
from bcp_kit.catalogues import load
from bcp_kit.cli.common import DataOption, JsonOption, console, open_context, progress_bar, write_json
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.cover import CoverNames, names_of
from bcp_kit.services.cover_recover import (
    RECOVER_WORK_S,
    ChangedDay,
    RecoverCommand,
    RecoverOutcome,
    recover_run,
)


def _t(key: str, **values: str | int | float) -> str:
    return escape(text(f"cover_answers.recover.{key}", DEFAULT_LANGUAGE, **values))


def recover(  # noqa: PLR0913, PLR0917 - one option for each thing that is asked
    absent: Annotated[
        list[str], typer.Option("--absent", help="来られなくなった職員の番号（何度でも書ける）")
    ],
    from_day: Annotated[
        int, typer.Option("--from-day", help="何日目から来られないか（0日目から数える）", min=0)
    ],
    facility: Annotated[str, typer.Option("--facility", help="施設の番号")] = "",
    run: Annotated[str, typer.Option("--run", help="計算の番号（省略時はいちばん新しい計算）")] = "",
    dry: Annotated[bool, typer.Option("--dry-run", help="保存しないで結果だけを示す")] = False,
    work: Annotated[float, typer.Option("--work", help="計算の上限（秒の目安）", min=1)] = RECOVER_WORK_S,
    json: JsonOption = None,
    data: DataOption = None,
) -> None:
    """急な欠勤が出たときに、変更が最も少ない勤務の案を作り、だれの何が変わるかを示す。"""
    with progress_bar(text("cover.cli.progress")) as bar:
        ctx = open_context(data, role=Role.FACILITY_MANAGER, progress=bar)
        command = RecoverCommand(dict.fromkeys(absent, from_day), run, facility, work, keep=not dry)
        outcome = recover_run(ctx, command)
    write_json(json, lambda: as_facts(outcome))
    if json != "-":
        show(outcome, names_of(ctx, outcome.after))


def as_facts(outcome: RecoverOutcome) -> dict[str, object]:
    """Return the outcome as plain values for JSON."""
    return {
        "run": outcome.after.model_dump(mode="json"),
        "recovered_from": outcome.before.id,
        "fewest_changes_proven": outcome.fewest_proven,
        "changed_people": list(outcome.changed_people),
        "changes": [vars(change) | {"only_post": change.only_post} for change in outcome.changes],
    }


def show(outcome: RecoverOutcome, names: CoverNames) -> None:
    """Print who changes, in words, and what stays empty."""
    after = outcome.after
    proven = _t("proven" if outcome.fewest_proven else "not_proven")
    console.print(_t("head", run=after.id, people=len(outcome.changed_people), proven=proven), soft_wrap=True)
    heads = ("day", "who", "before", "after")
    table = Table(*(Column(_t(h), overflow="fold") for h in heads), title=_t("title"), title_justify="left")
    for change in outcome.changes:
        if not change.only_post:
            table.add_row(*_row(change, names))
    console.print(table)
    posts = [c for c in outcome.changes if c.only_post]
    if posts:
        who = "、".join(dict.fromkeys(escape(names.of(c.staff_id)) for c in posts))
        console.print(_t("only_posts", count=len(posts), who=who), soft_wrap=True)
    missing = sum(p.missing for p in after.uncovered)
    before = sum(p.missing for p in outcome.before.uncovered)
    console.print(_t("uncovered", before=before, after=missing), soft_wrap=True)


def _row(change: ChangedDay, names: CoverNames) -> tuple[str, ...]:
    who = escape(names.of(change.staff_id)) + (_t("missing_mark") if change.missing else "")
    before = _duty(change.shift_before, change.post_before, change.facility_before, names)
    after = _duty(change.shift_after, change.post_after, change.facility_after, names)
    return (text("cover.cli.day_number", day=change.day), who, before, after)


def _duty(shift: str, post: str, facility: str, names: CoverNames) -> str:
    if not shift:
        return _t("off")
    labels = [load.catalogue(c).need(k).label_ja for c, k in (("shifts", shift), ("post_groups", post))]
    return escape("・".join([*labels, names.of(facility)]))
