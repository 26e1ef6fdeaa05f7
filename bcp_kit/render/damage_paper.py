"""The damage report on paper: all items in their order, what changed, and the sheets to hand over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from bcp_kit.domain.facility_event import DamageReport
from bcp_kit.forms.damage import Change, HandOver, sections_for, shown
from bcp_kit.forms.messages import text
from bcp_kit.forms.schema import Item
from bcp_kit.render.document import (
    DocumentFacts,
    Heading,
    PageFrame,
    Panel,
    PrintedDocument,
    build,
    gap,
    grid,
    new_page,
)
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import JaPara, TextStyle

_SIDE_MM = 15.0
_BODY = TextStyle(size_pt=10.0, leading=1.3, color="#000000")
_BOLD = replace(_BODY, weight=Weight.BOLD)
_NOTE = replace(_BODY, size_pt=8.5, color="#333333")
_TITLE = TextStyle(size_pt=17, weight=Weight.BOLD, leading=1.3, color="#000000")
_GROUP = TextStyle(size_pt=11.5, weight=Weight.BOLD, leading=1.3, color="#000000")
_FILL = HexColor("#ededed")
_BLANK = "\u3000"


@dataclass(frozen=True)
class DamagePrint:
    """What is printed: the report, what changed since the one before, and which sheets."""

    report: DamageReport
    facility_name: str
    changes: tuple[Change, ...]
    printed_at: datetime
    sheets: tuple[HandOver | None, ...] = (None,)


def damage_paper(about: DamagePrint) -> PrintedDocument:
    """Return the report and the hand-over sheets as a tagged PDF, each sheet from a page of its own."""
    report = about.report
    foot = text(
        "damage.foot",
        facility=about.facility_name,
        number=report.number,
        day=f"{about.printed_at:%Y-%m-%d %H:%M}",
    )
    escaped = foot.replace("{", "{{").replace("}", "}}")
    frame = PageFrame(
        foot=f"{escaped}　{{page}} / {{pages}}",
        margin_side_mm=_SIDE_MM,
        margin_top_mm=13,
        margin_bottom_mm=14,
    )
    facts = DocumentFacts(text("damage.title"), about.printed_at)
    name = f"damage_report_{report.id[:8]}_{report.number}.pdf"
    return build(lambda _pages: _story(about), facts, frame, name)


def _story(about: DamagePrint) -> list[Flowable]:
    found: list[Flowable] = []
    for place, sheet in enumerate(about.sheets):
        found += new_page() if place else []
        found += _sheet(about, sheet)
    return found


def _sheet(about: DamagePrint, target: HandOver | None) -> list[Flowable]:
    report, key = about.report, target.value if target else "report"
    mark = f"【{text('calls.drill')}】" if report.drill else ""
    head = text(
        "damage.head",
        event=report.event,
        number=report.number,
        moment=f"{report.reported_at:%Y-%m-%d %H:%M}",
    )
    found: list[Flowable] = [Heading(f"{mark}{text(f'damage.sheet.{key}')}", _TITLE, 1, key)]
    found += [gap(2), JaPara(head, _BOLD), gap(3)]
    found += [Panel(JaPara(text("damage.not_checked"), _NOTE), border="#333333", padding_pt=4), gap(3)]
    found += [JaPara(text("damage.marks"), _NOTE), gap(4)]
    if target is None and report.number > 1:
        found += _changes(about.changes)
    for section, items in sections_for(target):
        title = f"{section.number}　{section.title_ja}"
        found += [Heading(title, _GROUP, 2, f"{key}.{section.id}"), gap(1.5), _table(items, report), gap(4)]
    return found[:-1]


def _table(items: Sequence[Item], report: DamageReport) -> Flowable:
    width = A4[0] - 2 * _SIDE_MM * mm
    rows: list[list[Flowable]] = []
    for item in items:
        mark = text(f"damage.mark.{item.verification.value}")
        value = shown(item, report.values)
        blank = "\n".join([_BLANK] * (2 if item.input.type.value == "text" else 1))
        boxes = "　".join(f"□{option.label_ja}" for option in item.input.options)
        rows.append(
            [
                JaPara(f"{item.title_ja}{mark}", _BODY),
                JaPara(value or boxes or blank, _BOLD if value else _BODY),
            ]
        )
    return grid(
        rows,
        [width * 0.36, width * 0.64],
        head_rows=0,
        head_columns=1,
        commands=[("BACKGROUND", (0, 0), (0, -1), _FILL)],
        padding_pt=2.4,
    )


def _changes(found: Sequence[Change]) -> list[Flowable]:
    title = Heading(text("damage.changed"), _GROUP, 2, "changes")
    if not found:
        return [title, JaPara(text("damage.unchanged"), _BODY), gap(5)]
    width = A4[0] - 2 * _SIDE_MM * mm
    heads = [JaPara(text(f"damage.column.{key}"), _BOLD) for key in ("item", "before", "after")]
    rows = [
        [JaPara(words or "－", _BODY) for words in (change.item.title_ja, change.before, change.after)]
        for change in found
    ]
    table = grid(
        [heads, *rows],
        [width * share for share in (0.36, 0.28, 0.36)],
        head_columns=1,
        commands=[("BACKGROUND", (0, 0), (-1, 0), _FILL)],
        padding_pt=2.4,
    )
    return [title, gap(1.5), table, gap(5)]
