"""`bcp-kit data`: where the data lie, whether they are sound, who did what, backup and restore."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli import data_maps, data_places, profiles
from bcp_kit.cli.common import DataOption, Exit, JsonOption, console, err_console, write_json
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.audit import AuditEntry, ChainHead, ChainReport, check_audit, read_audit
from bcp_kit.services.backup import StoreFacts, back_up, describe_store, manifest_path, restore
from bcp_kit.services.base import Context, SystemClock
from bcp_kit.services.startup import store_state
from bcp_kit.services.store import StoreHandle, StoreSettings, new_key_file, open_store

app = typer.Typer(
    help="データの置き場所、点検、記録、バックアップ、地図のデータ、見出しの対応表", no_args_is_help=True
)
for _name, _group in {
    "hazards": data_maps.hazards,
    "roads": data_maps.roads,
    "places": data_places.places,
    "population": data_places.population,
    "profiles": profiles.app,
}.items():
    app.add_typer(_group, name=_name)

SealOption = Annotated[
    str | None,
    typer.Option(
        "--seal", metavar="件数:印", help="前に控えた「記録の印」。その後に書き換えがないかを確かめる"
    ),
]
KindOption = Annotated[str, typer.Option("--kind", help="種類（people, consents など）で絞る")]
SubjectOption = Annotated[str, typer.Option("--id", help="対象の番号で絞る")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="表示する件数")]
BeforeOption = Annotated[int | None, typer.Option("--before", min=1, help="この通し番号より前を表示する")]
BackupArgument = Annotated[Path, typer.Argument(metavar="FILE", help="バックアップのファイル")]
KeyArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="かぎファイル（USBメモリーなど別の媒体に）")
]


def _settings(data: Path | None) -> StoreSettings:
    return StoreSettings(data_dir=data) if data else StoreSettings()


def _actor(role: Role) -> Actor:
    return Actor(name=text("storage.data.actor"), role=role)


def _open(data: Path | None, role: Role) -> tuple[Context, StoreHandle]:
    actor = _actor(role)
    handle = open_store(_settings(data), actor_name=actor.name, create=False)
    return Context(actor=actor, open_store=handle.open, clock=handle.clock), handle


def _say(out: Console, key: str, **values: str | int | float) -> None:
    out.print(escape(text(f"storage.{key}", DEFAULT_LANGUAGE, **values)), soft_wrap=True)


def _words(json_target: str | None) -> Console:
    """Return where sentences go: beside the JSON, never into it."""
    return err_console if json_target == "-" else console


@app.command()
def where(data: DataOption = None, json_target: JsonOption = None) -> None:
    """データの置き場所と、暗号化しているかどうかを表示します（合言葉は要りません）。"""
    settings = _settings(data)
    state = store_state(settings)
    out = _words(json_target)
    _say(out, "data.folder", path=str(settings.data_dir))
    _say(out, f"data.state_{state.value}")
    write_json(json_target, lambda: {"data_dir": str(settings.data_dir), "state": state.value})


@app.command()
def verify(data: DataOption = None, seal: SealOption = None, json_target: JsonOption = None) -> None:
    """ファイルに傷みがないか、記録が書き換えられていないかを点検します。"""
    expected = None if seal is None else _parse_seal(seal)
    ctx, handle = _open(data, Role.ADMINISTRATOR)
    facts = describe_store(ctx, handle)
    chain = check_audit(Context(_actor(Role.AUDITOR), handle.open, handle.clock), expected)
    handle.close()
    _show_facts(_words(json_target), facts)
    _show_chain(_words(json_target), chain)
    write_json(json_target, lambda: _verify_json(facts, chain))
    if not facts.sound or chain.faults:
        raise typer.Exit(int(Exit.FAULTS_FOUND))


def _parse_seal(seal: str) -> ChainHead:
    """Return the head that `件数:印` names.

    Raises: BcpKitError U-001 for any other text.
    """
    entries, _, digest = seal.partition(":")
    if not (entries.isascii() and entries.isdigit() and digest):
        raise BcpKitError(ErrorCode.WRONG_USE)
    return ChainHead(int(entries), digest.strip().lower())


def _show_facts(out: Console, facts: StoreFacts) -> None:
    _say(out, "data.file", path=str(facts.path))
    _say(out, "statement.encrypted" if facts.encrypted else "statement.plain")
    _say(out, "data.sound" if facts.sound else "data.unsound")
    table = Table(text("storage.data.kind"), Column(text("storage.data.number"), justify="right"))
    for kind, number in facts.counts.items():
        table.add_row(text(f"storage.kind.{kind}"), f"{number:,}")
    out.print(table)


def _show_chain(out: Console, chain: ChainReport) -> None:
    for fault in chain.faults:
        _say(out, f"fault.{fault.kind.value}", seq=fault.seq)
    if not chain.faults:
        _say(out, "data.chain_sound", entries=chain.head.entries)
    _say(out, "data.seal", seal=f"{chain.head.entries}:{chain.head.digest}")


def _verify_json(facts: StoreFacts, chain: ChainReport) -> dict[str, Any]:
    return {
        "path": str(facts.path),
        "encrypted": facts.encrypted,
        "sound": facts.sound,
        "counts": facts.counts,
        "audit": {
            "entries": chain.head.entries,
            "digest": chain.head.digest,
            "faults": [{"kind": f.kind.value, "seq": f.seq} for f in chain.faults],
        },
    }


@app.command()
def audit(
    data: DataOption = None,
    kind: KindOption = "",
    subject_id: SubjectOption = "",
    limit: LimitOption = 50,
    before: BeforeOption = None,
    json_target: JsonOption = None,
) -> None:
    """だれが、いつ、何をしたかの記録を、新しい順に表示します。"""
    ctx, handle = _open(data, Role.AUDITOR)
    entries = read_audit(ctx, kind, subject_id, limit, before)
    handle.close()
    _words(json_target).print(_entry_table(entries))
    write_json(json_target, lambda: {"entries": [vars(e) for e in entries]})


def _entry_table(entries: list[AuditEntry]) -> Table:
    names = ("seq", "at", "who", "action", "kind", "subject", "why")
    table = Table(*(Column(text(f"storage.column.{name}"), overflow="fold") for name in names))
    for e in entries:
        at = datetime.fromisoformat(e.at).strftime("%Y-%m-%d %H:%M:%S %z")
        cells = (str(e.seq), at, e.actor, e.action, e.kind, e.subject_id, e.why)
        table.add_row(*(escape(cell) for cell in cells))
    return table


@app.command()
def backup(target: BackupArgument, data: DataOption = None, json_target: JsonOption = None) -> None:
    """データの写しを、新しいファイルに作ります（上書きはしません）。使いながらでも作れます。"""
    ctx, handle = _open(data, Role.ADMINISTRATOR)
    manifest = back_up(ctx, handle, target)
    handle.close()
    out = _words(json_target)
    _say(out, "data.backup_made", path=str(target), size_mb=f"{manifest.size_bytes / 1e6:.1f}")
    _say(out, "data.backup_manifest", path=str(manifest_path(target)))
    _say(out, "data.backup_encrypted" if manifest.encrypted else "data.backup_plain")
    write_json(json_target, lambda: manifest.model_dump(mode="json"))


@app.command("restore")
def restore_command(source: BackupArgument, data: DataOption = None) -> None:
    """バックアップを、空の置き場所に戻します。今あるデータを上書きすることはありません。"""
    handle = restore(_actor(Role.ADMINISTRATOR), _settings(data), source, SystemClock())
    _say(console, "data.restored", path=str(handle.path))
    handle.close()


@app.command("new-key")
def new_key(target: KeyArgument, data: DataOption = None) -> None:
    """新しいかぎファイルを作ります。合言葉の代わりに使います。"""
    new_key_file(target, _settings(data).data_dir)
    _say(console, "data.key_made", path=str(target))
