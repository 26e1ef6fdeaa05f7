"""`bcp-kit cover remedies` and `cover breaks`: proven remedies of empty posts, and who may not fall out."""

from typing import Annotated

import typer
from rich.markup import escape

from bcp_kit.access.policy import Role
from bcp_kit.catalogues import load
from bcp_kit.cli.common import DataOption, JsonOption, console, open_context, progress_bar, write_json
from bcp_kit.domain.placements import Reason
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.cover import CoverNames, names_of, read_run
from bcp_kit.services.cover_remedies import PostRemedies, breaking_people, post_remedies

RunOption = Annotated[str, typer.Option("--run", help="計算の番号（省略時はいちばん新しい計算）")]
FacilityOption = Annotated[str, typer.Option("--facility", help="施設の番号")]


def _t(key: str, **values: str | int | float) -> str:
    return escape(text(f"cover_answers.remedy.{key}", DEFAULT_LANGUAGE, **values))


def _sentence(reason: Reason, names: CoverNames) -> str:
    values = dict(reason.values)
    values["shift"] = load.catalogue("shifts").need(str(values["shift"])).label_ja
    for name in ("route", "qualification"):
        if name in values:
            values[name] = text(f"cover.{name}.{values[name]}")
    who = f"（{names.of(reason.subject_id)}）" if reason.subject_id in names.names else ""
    return escape(text(reason.message, DEFAULT_LANGUAGE, **values) + who)


def remedies(
    run: RunOption = "",
    facility: FacilityOption = "",
    posts: Annotated[int, typer.Option("--posts", help="急ぐ順に、いくつ調べるか", min=1)] = 5,
    json: JsonOption = None,
    data: DataOption = None,
) -> None:
    """埋まらない持ち場ごとに、いちばん小さい手当てを、計算し直して確かめてから示す。"""
    with progress_bar(text("cover.cli.progress")) as bar:
        ctx = open_context(data, role=Role.FACILITY_MANAGER, progress=bar)
        found = post_remedies(ctx, run, facility, posts)
        names = names_of(ctx, read_run(ctx, run, facility))
    write_json(json, lambda: {"posts": [_facts(one) for one in found]})
    if json == "-":
        return
    for one in found:
        post = one.post
        console.print(
            _t(
                "post",
                day=post.day,
                facility=names.of(post.facility_id),
                shift=load.catalogue("shifts").need(post.shift).label_ja,
                post=load.catalogue("post_groups").need(post.post).label_ja,
                missing=post.missing,
            ),
            soft_wrap=True,
        )
        for reason in one.remedies:
            console.print(f"  ・{_sentence(reason, names)}", soft_wrap=True)
        if not one.remedies:
            console.print(f"  {_t('none')}", soft_wrap=True)
    if not found:
        console.print(text("cover.cli.uncovered_none"))


def _facts(one: PostRemedies) -> dict[str, object]:
    return {
        "post": one.post.model_dump(mode="json"),
        "remedies": [reason.model_dump(mode="json") for reason in one.remedies],
    }


def breaks(
    run: RunOption = "",
    facility: FacilityOption = "",
    staff: Annotated[
        list[str] | None, typer.Option("--staff", help="調べる職員の番号（省略時は頼りが一人の仕事の人）")
    ] = None,
    json: JsonOption = None,
    data: DataOption = None,
) -> None:
    """この人が欠けたら命を守る業務が続かなくなる、という人を、計算し直して示す。"""
    with progress_bar(text("cover.cli.progress")) as bar:
        ctx = open_context(data, role=Role.FACILITY_MANAGER, progress=bar)
        found = breaking_people(ctx, run, facility, staff or ())
        names = names_of(ctx, read_run(ctx, run, facility))
    write_json(json, lambda: {"people": [vars(one) for one in found]})
    if json == "-":
        return
    for one in found:
        console.print(_t("breaks", who=names.of(one.staff_id), heads=one.heads), soft_wrap=True)
    if not found:
        console.print(_t("nothing_breaks"), soft_wrap=True)
