"""`bcp-kit data profiles`: mappings of unknown tables: propose, keep, list, share, forget."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from bcp_kit.access.policy import Role
from bcp_kit.cli.common import DataOption, JsonOption, console, open_context, write_json
from bcp_kit.cli.sheet_files import say, words_beside
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import text
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.services.importing import COMMAND, inspect_file
from bcp_kit.services.mapping_profiles import (
    MAPPED_KINDS,
    Profile,
    Proposal,
    export_profile,
    list_profiles,
    mapped_columns,
    missing_columns,
    profile_bytes,
    propose_mapping,
    read_profile,
    remove_profile,
    save_profile,
)

app = typer.Typer(help="見出しの対応表：案を作る、覚える、一覧、書き出し、忘れる", no_args_is_help=True)

_ROLES = {
    SheetKind.STAFF: Role.FACILITY_MANAGER,
    SheetKind.HELP_OFFERS: Role.FACILITY_MANAGER,
}

TableArgument = Annotated[Path, typer.Argument(metavar="FILE", help="見出しの分からない表のファイル")]
ProfileArgument = Annotated[Path, typer.Argument(metavar="PROFILE", help="対応表のファイル（.yaml）")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="対応表の名前")]
OutOption = Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="書き出す先（.yaml）")]
AsOption = Annotated[SheetKind | None, typer.Option("--as", help="何の表として案を作るか")]


@app.command()
def propose(file: TableArgument, out: OutOption, as_kind: AsOption = None) -> None:
    """表の見出しから対応表の案を作り、ファイルに書きます。直してから read --map で試します。"""
    found = inspect_file(None, file, limits=COMMAND)
    if not found.unmapped:
        say("profiles.nothing_to_map", name=found.name)
        return
    kinds = MAPPED_KINDS if as_kind is None else (as_kind,)
    if as_kind is not None and as_kind not in MAPPED_KINDS:
        raise BcpKitError(ErrorCode.WRONG_USE)
    proposal = propose_mapping(None, found.unmapped[0], kinds)
    if not any(h.key for h in proposal.headings):
        say("profiles.no_proposal", name=found.name)
        return
    _show(proposal)
    out.write_bytes(profile_bytes(proposal.profile(file.stem[:80])))
    missing = missing_columns(proposal.kind, [h.key for h in proposal.headings])
    if missing:
        say("profiles.missing", fields="、".join(column.heading for column in missing))
    say("profiles.written", path=str(out))
    console.print(f'   bcp-kit read "{file}" --map "{out}"', soft_wrap=True, markup=False)


def _show(proposal: Proposal) -> None:
    say("profiles.kind", sheet=sheet(proposal.kind).title)
    columns = mapped_columns(proposal.kind)
    names = ("heading", "examples", "field", "score")
    table = Table(*(Column(text(f"intake.profiles.column.{name}"), overflow="fold") for name in names))
    for row in proposal.headings:
        field = columns[row.key].heading if row.key else "－"
        score = f"{row.score:.2f}" if row.key else ""
        table.add_row(escape(row.heading), escape("、".join(row.examples)), escape(field), score)
    console.print(table)


@app.command("list")
def list_(data: DataOption = None, json_target: JsonOption = None) -> None:
    """覚えている対応表を一覧で表示します。"""
    out = words_beside(json_target)
    known = list_profiles(open_context(data, Role.DISASTER_OFFICER))
    for profile in known:
        say(
            "profiles.row",
            out,
            name=profile.name,
            sheet=sheet(profile.kind).title,
            fields=len(profile.fields),
        )
    if not known:
        say("profiles.none", out)
    write_json(json_target, lambda: {"profiles": [p.model_dump(mode="json") for p in known]})


@app.command("import")
def import_(file: ProfileArgument, data: DataOption = None) -> None:
    """対応表のファイルを読み、覚えます。次からは同じ見出しの表をそのまま読みます。"""
    profile = _read(file)
    save_profile(open_context(data, _ROLES.get(profile.kind, Role.DISASTER_OFFICER)), profile)
    say("profiles.saved", name=profile.name)


def _read(file: Path) -> Profile:
    try:
        return read_profile(file.read_bytes())
    except OSError:
        raise BcpKitError(ErrorCode.NOT_FOUND) from None


@app.command()
def export(name: NameArgument, out: OutOption, data: DataOption = None) -> None:
    """覚えている対応表をファイルに書き出します（ほかの市町村や施設に渡せます）。"""
    out.write_bytes(export_profile(open_context(data, Role.DISASTER_OFFICER), name))
    say("profiles.written", path=str(out))


@app.command()
def remove(name: NameArgument, data: DataOption = None) -> None:
    """覚えている対応表を忘れます。"""
    ctx = open_context(data, Role.DISASTER_OFFICER)
    found = next((p for p in list_profiles(ctx) if p.name == name), None)
    role = Role.DISASTER_OFFICER if found is None else _ROLES.get(found.kind, Role.DISASTER_OFFICER)
    remove_profile(open_context(data, role), name)
    say("profiles.removed", name=name)
