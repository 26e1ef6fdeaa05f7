"""A run as a file to work on: Excel with a summary, everybody, who is left over and the places; or CSV."""

from collections.abc import Sequence

from bcp_kit.access.policy import Action
from bcp_kit.domain.placements import MatchingRun
from bcp_kit.forms.messages import text
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.render.sheet_rows import Cells
from bcp_kit.render.spreadsheet import TableOut, Written, write_csv, write_workbook
from bcp_kit.services.base import Context
from bcp_kit.services.exporting_sheets import FileFormat
from bcp_kit.services.matching_alternatives import MOST, alternative_words
from bcp_kit.services.matching_locks import rule_sentence
from bcp_kit.services.matching_read import Line, RunView, sentence
from bcp_kit.services.matching_tables import gap_sentence, home_of, lock_of, place_rows, tier_counts

_WIDTHS = {
    "reasons": 60,
    "remedies": 60,
    "value": 60,
    "place": 24,
    "lock": 40,
    "waived": 40,
    "second": 40,
    "third": 40,
}
_PEOPLE = (
    "register_no", "name", "name_kana", "tier", "stage", "place", "distance_m", "travel_min", "guess",
    "lock", "waived", "second", "third",
)  # fmt: skip
_LEFT = ("register_no", "name", "name_kana", "tier", "stage", "reasons", "remedies")
_PLACES = ("place", "capacity", "people", "tier_1", "tier_2", "tier_3", "guessed", "locked", "farthest_m")


def export_run(
    ctx: Context, view: RunView, written_as: FileFormat = FileFormat.XLSX, *, left_over: bool = False
) -> Written:
    """Return the run as a file; a CSV holds everybody's lines, or with `left_over` who has no place and why.

    No address and no coordinates go in (H16). The export is noted in the audit log. Raises: BcpKitError
    A-001, I-404 for characters that the encoding lacks.
    """
    ctx.demand(Action.SEE_MATCHING)
    with ctx.open_store() as uow:
        uow.audit.note("export", "matching_runs", view.run.id)
        uow.commit()
    if written_as is FileFormat.XLSX:
        return write_workbook((summary_table(view.run), _everybody(view), _left_over(view), _places(view)))
    encoding = "cp932" if written_as is FileFormat.CSV_CP932 else "utf-8-sig"
    return write_csv(_left_over(view) if left_over else _everybody(view), encoding)


def _columns(keys: Sequence[str]) -> tuple[Column, ...]:
    return tuple(
        Column(
            key=key,
            heading=text(f"matching.export.{key}"),
            type=ColumnType.TEXT,
            width=_WIDTHS.get(key, 14),
        )
        for key in keys
    )


def summary_table(run: MatchingRun) -> TableOut:
    """Return what was asked, how it ended, and how far it may be from the best, as item and value."""
    rows = [
        ("hazard", text(f"matching.hazard.{run.hazard.value}")),
        ("mode", text(f"matching.mode.{run.mode.value}")),
        ("made", f"{run.made_at.astimezone():%Y-%m-%d %H:%M}　{run.made_by}"),
        ("software", f"{run.software}　seed {run.seed}"),
    ]
    for stage in run.stages:
        name = text(f"pages.matching.stage_{stage.stage}")
        rows += [
            ("stage", name),
            ("placed", f"{stage.placed:,} / {stage.people:,}"),
            ("tiers", tier_counts(stage)),
            ("status", text(f"matching.status.{stage.status.value}")),
            ("gap", gap_sentence(stage)),
        ]
    rows += [("note", sentence(note, {})) for note in run.notes]
    rows += [("note", text(f"matching.lock_fault.{fault.cause}")) for fault in run.lock_faults]
    cells: list[Cells] = [{"item": text(f"matching.export.{key}"), "value": value} for key, value in rows]
    return TableOut(text("matching.export.summary"), _columns(("item", "value")), cells)


def _who(line: Line) -> dict[str, str]:
    return {
        "register_no": line.person.register_no,
        "name": line.person.name,
        "name_kana": line.person.name_kana,
        "tier": str(line.placement.tier),
        "stage": text(f"pages.matching.stage_{line.placement.stage}"),
    }


def place_words(line: Line) -> str:
    """Return where a line leads, in words."""
    if line.placement.hospital:
        return text("pages.matching.hospital")
    if line.placement.stays_home:
        return text("pages.matching.stays")
    return line.shelter.name if line.shelter else text("pages.matching.no_place")


def _everybody(view: RunView) -> TableOut:
    rows: list[Cells] = []
    for line in view.lines:
        placement = line.placement
        rows.append(
            _who(line)
            | {
                "place": place_words(line),
                "distance_m": "" if placement.distance_m is None else f"{placement.distance_m:.0f}",
                "travel_min": "" if placement.travel_min is None else f"{placement.travel_min:.0f}",
                "guess": text("matching.export.guess_yes") if placement.guesses else "",
                "lock": lock_of(view.run, placement),
                "waived": "\n".join(f"{key} {rule_sentence(key, 'ja')}" for key in placement.waived),
                **_further(view, line),
            }
        )
    return TableOut(text("matching.export.everybody"), _columns(_PEOPLE), rows)


def _further(view: RunView, line: Line) -> dict[str, str]:
    """Return second and third place with why each stands apart; "" where nobody looked."""
    hides = home_of(line.person) is None
    words = [alternative_words(view, a, hides_way=hides) for a in line.placement.alternatives]
    looked = view.run.second_places and line.placement.stage == 1 and line.placement.shelter_id
    words += [text("second.none") if looked else ""] * (MOST - len(words))
    return dict(zip(("second", "third"), words, strict=True))


def _left_over(view: RunView) -> TableOut:
    rows: list[Cells] = [
        _who(line)
        | {
            "reasons": "\n".join(sentence(r, view.shelters) for r in line.placement.reasons),
            "remedies": "\n".join(sentence(r, view.shelters) for r in line.placement.remedies),
        }
        for line in (*view.unplaced, *view.waiting, *view.for_hospital)
    ]
    return TableOut(text("matching.export.left_over"), _columns(_LEFT), rows)


def _places(view: RunView) -> TableOut:
    rows: list[Cells] = []
    for row in place_rows(view):
        known = row.shelter.capacity_people
        figures = {f"tier_{t}": str(n) for t, n in row.by_tier.items()}
        rows.append(
            {
                "place": row.shelter.name,
                "capacity": text("pages.unknown") if known is None else str(known),
                "people": str(row.people),
                **figures,
                "guessed": str(row.guessed),
                "locked": str(row.locked),
                "farthest_m": f"{row.farthest_m:.0f}",
            }
        )
    return TableOut(text("matching.export.places"), _columns(_PLACES), rows)
