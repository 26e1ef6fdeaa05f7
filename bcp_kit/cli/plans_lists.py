"""`bcp-kit plans lists`: papers about several people, each copy with its number in the ledger."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bcp_kit.cli.common import (
    DataOption,
    JsonOption,
    console,
    err_console,
    open_context,
    progress_bar,
    write_json,
)
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.forms.messages import text
from bcp_kit.services.plan_lists_print import (
    ListKind,
    ListOrder,
    ListOutcome,
    Recipient,
    print_lists,
    resume_lists,
)


def lists(  # noqa: PLR0913, PLR0917 - options of a command
    kind: Annotated[
        ListKind,
        typer.Argument(
            help="district_list＝地区の名簿、arrival_list＝避難所の受入れ名簿、sealed_set＝災害時だけ開ける封筒"
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="置き場所", metavar="DIR")] = Path("lists"),
    about: Annotated[
        list[str] | None,
        typer.Option("--about", help="地区の名前、または避難所の番号（省略時は全部。何度でも指定できる）"),
    ] = None,
    together: Annotated[
        bool, typer.Option("--together", help="選んだ地区を1つの紙にまとめ、地区のさくいんを付ける")
    ] = False,
    copies: Annotated[int, typer.Option("--copies", min=1, max=50, help="同じものを何枚")] = 1,
    reader: Annotated[
        Recipient, typer.Option("--for", help="support_party＝支援する団体・施設、office＝役所の中だけ")
    ] = Recipient.SUPPORT_PARTY,
    hazard: Annotated[
        HazardKind | None, typer.Option("--hazard", help="受入れ名簿：この災害の人だけ")
    ] = None,
    purpose: Annotated[str, typer.Option("--purpose", help="何のための印刷か（台帳に残る）")] = "",
    by: Annotated[str, typer.Option("--by", help="印刷する人（台帳に残る）")] = "コマンド操作",
    second: Annotated[str, typer.Option("--second", help="いっしょに封をする、もう1人の名前")] = "",
    resume: Annotated[
        str, typer.Option("--resume", help="途中で止まった名簿の続き（番号は plans ledger runs で見られる）")
    ] = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """何人かの人が載る名簿を印刷します。載るのは、渡してよい人だけです。1枚ごとに控え番号が付きます。"""
    subjects = tuple(about) if about else None
    order = ListOrder(
        kind, out, subjects, together, copies, reader, hazard, purpose=purpose, second_person=second
    )
    with progress_bar(text("plan_lists.progress")) as progress:
        ctx = open_context(data, progress=progress, name=by)
        outcome = resume_lists(ctx, resume, second) if resume else print_lists(ctx, order)
    for words in _told(outcome):
        (err_console if json == "-" else console).print(words, markup=False, soft_wrap=True)
    write_json(json, lambda: _facts(outcome))


def _told(outcome: ListOutcome) -> list[str]:
    if not outcome.printed:
        return [text("plan_lists.cli.none")]
    first, last = outcome.printed[0][0].number, outcome.printed[-1][0].number
    words = [
        text(
            "plan_lists.cli.printed",
            papers=len(outcome.printed),
            first=first,
            last=last,
            folder=str(outcome.folder),
        )
    ]
    for copy, subject in outcome.printed:
        words.append(
            text(
                "plan_lists.cli.one",
                number=copy.number,
                subject=subject,
                people=len(copy.people),
                pages=copy.pages,
                file=copy.file_name,
            )
        )
    words += [text("plans.cli.print.lost", file=name) for name in outcome.lost_files]
    return words + [
        text("plan_lists.cli.left_out", count=count, reason=text(reason))
        for reason, count in outcome.left_out.items()
    ]


def _facts(outcome: ListOutcome) -> dict[str, Any]:
    return {
        "kind": outcome.kind.value,
        "run": outcome.run_id,
        "lost_files": list(outcome.lost_files),
        "copies": [
            {"number": copy.number, "file": str(outcome.folder / copy.file_name), "people": len(copy.people)}
            for copy, _ in outcome.printed
        ],
        "left_out": dict(outcome.left_out),
        "missing_glyphs": {number: list(found) for number, found in outcome.missing_glyphs.items()},
    }
