"""What each box of the plan holds, as rows: words by field, and what is still to be written by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bcp_kit.domain.hazards import AlertLevel
from bcp_kit.forms.schema import Requirement
from bcp_kit.render.evacuation import second, tables
from bcp_kit.render.evacuation.case import PlanCase, form_item
from bcp_kit.render.evacuation.layout import BoxKind, BoxLayout, plan_layout, style
from bcp_kit.render.evacuation.rows import Box, Cell, Row, RowKind, Setter, levelled
from bcp_kit.render.evacuation.values import (
    joined,
    label,
    leaves_at_level,
    say,
    staying_hazards,
    value,
    weather_words,
)
from bcp_kit.render.evacuation.wording import width_of
from bcp_kit.render.japara import TextStyle

_LABEL_GAP_PT = 8.0
_MOST_LABEL_SHARE = 0.3
_SHORT_SHARE = 0.2  # of the line: a label with room to write beside it


@dataclass(frozen=True)
class Site:
    """Where a box is made: whose copy, which box, how wide, and what sets its text."""

    case: PlanCase
    key: str
    box: BoxLayout
    width: float
    setter: Setter

    @property
    def text(self) -> TextStyle:
        """The style of the box's words."""
        return style(self.box.type)


def write_line(site: Site, words: str = "") -> Row:
    """Return an empty line to write on, with what belongs there before it."""
    cells = (site.setter.cell(0, site.width, [(words, style("label"))]),) if words else ()
    return Row(RowKind.WRITE, cells, least=plan_layout().paper.line_pt)


def _who_rows(site: Site) -> tuple[Row, ...]:
    case, setter, width = site.case, site.setter, site.width - plan_layout().identity.width_pt
    text = style("text")
    kana = value(case, "name_kana")
    rows = list(setter.paragraph(kana, style("kana"), width))
    rows += setter.paragraph(case.person.name, _name_style(case.person.name, width), width)
    born = [_born(case), value(case, "age"), value(case, "sex")]
    rows += setter.paragraph("　".join(part for part in born if part), text, width)
    if case.person.protected_address:
        rows += setter.paragraph(say("address_protected"), style("strong"), width)
    if case.shows("address"):
        rows += _labelled(site, "address", value(case, "address"), style("strong"), width)
    rows += _phone_rows(site, width)
    extra = [value(case, field) for field in ("email", "household_type", "community_unit")]
    rows += setter.paragraph("　".join(part for part in extra if part), text, width)
    return tuple(rows)


def _phone_rows(site: Site, width: float) -> list[Row]:
    """Return the numbers two in a row, or a line to write one on."""
    case = site.case
    known = [(field, number) for field in ("tel_home", "tel_mobile", "fax") if (number := value(case, field))]
    if not known:
        missing = write_line(site, say("field.phone_missing"))
        return [replace(missing, right=plan_layout().identity.width_pt)] if case.shows("tel_mobile") else []
    pairs = [(say(f"field.{field}"), number) for field, number in known]
    in_row = plan_layout().columns.phones_in_row
    return [
        _short_row(site, pairs[start : start + in_row], width, style("key"), in_row)
        for start in range(0, len(pairs), in_row)
    ]


def _born(case: PlanCase) -> str:
    born = value(case, "birth_date")
    if born:
        return say("born", date=born)
    return say("born_missing") if case.shows("birth_date") else ""


def _name_style(name: str, width: float) -> TextStyle:
    """Return the largest style in which the name stands on one line, else the smallest."""
    for candidate in ("name", "name_small"):
        if width_of(name, style(candidate)) <= width:
            return style(candidate)
    return style("name_least")


def _labelled(site: Site, words: str, content: str, kind: TextStyle, width: float) -> tuple[Row, ...]:
    """Return rows with a short label before the first line; a field id stands for its label."""
    head = label(words) if form_item(words) else words
    label_width = width_of(head, style("label")) + _LABEL_GAP_PT
    lines = site.setter.lines(content, kind, width - label_width)
    heading = site.setter.cell(0, label_width, [(head, style("label"))])
    if not lines:
        return (replace(write_line(site, head), right=site.width - width),)
    cells = (heading, Cell(label_width, width - label_width, lines[:1]))
    first = Row(RowKind.WORDS, levelled(cells))
    rest = (Row(RowKind.WORDS, (Cell(label_width, width - label_width, (line,)),)) for line in lines[1:])
    return (first, *rest)


def _words_rows(site: Site) -> tuple[Row, ...]:
    """Return the fields of the box one below the other, short ones two in a row."""
    case = site.case
    short = [(f, words) for f in site.box.short if (words := value(case, f))]
    pairs = [(label(field), words) for field, words in short]
    rows = [
        _short_row(site, pairs[start : start + 2], site.width, site.text) for start in range(0, len(pairs), 2)
    ]
    empty: list[str] = []
    for field in site.box.fields:
        words = value(case, field)
        if not words or field in site.box.short:
            known = any(field == other for other, _ in short)
            empty += [field] if not known and _is_asked(site, field) else []
            continue
        rows += _write_lines(site, empty)
        empty = []
        if site.box.labels and field not in site.box.bare:
            rows += _field_rows(site, field, words)
        else:
            rows += site.setter.paragraph(words, site.text, site.width)
    return (*rows, *_write_lines(site, empty))


def _is_asked(site: Site, field: str) -> bool:
    """True for a field that the paper always asks for."""
    return field in site.box.always and site.case.shows(field)


def _write_lines(site: Site, fields: Sequence[str]) -> list[Row]:
    """Return lines to write on for fields that follow each other; two short ones share a line."""
    rows, waiting = [], [label(field) for field in fields]
    while waiting:
        pair = [words for words in waiting[:2] if width_of(words, style("label")) < site.width * _SHORT_SHARE]
        if len(pair) < 2 or not site.box.pairs:
            rows.append(write_line(site, waiting.pop(0)))
            continue
        row, half = write_line(site), site.width / 2
        cells = [site.setter.cell(i * half, half, [(words, style("label"))]) for i, words in enumerate(pair)]
        rows.append(replace(row, cells=levelled(cells)))
        waiting = waiting[2:]
    return rows


def _field_rows(site: Site, field: str, words: str) -> tuple[Row, ...]:
    head, bold = label(field), style("label")
    if width_of(head, bold) > site.width * _MOST_LABEL_SHARE:
        title = site.setter.paragraph(head, bold, site.width)
        return (*title, *site.setter.paragraph(words, site.text, site.width - 12, 12))
    return _labelled(site, head, words, site.text, site.width)


def _short_row(
    site: Site, pair: list[tuple[str, str]], width: float, kind: TextStyle, in_row: int = 2
) -> Row:
    """Return one row with up to `in_row` labels and what belongs to them."""
    half = width / in_row
    cells: list[Cell] = []
    for index, (head, words) in enumerate(pair):
        bold = style("label")
        label_width = min(width_of(head, bold) + _LABEL_GAP_PT, half * 0.6)
        cells.append(site.setter.cell(index * half, label_width, [(head, bold)]))
        left = index * half + label_width
        cells.append(site.setter.cell(left, half - label_width - 6, [(words, kind)]))
    return Row(RowKind.WORDS, levelled(cells), pad=0.5)


def _leave_rows(site: Site) -> tuple[Row, ...]:
    rows: list[Row] = []
    if leaves_at_level(site.case):
        rows += site.setter.paragraph(value(site.case, "trigger"), style("key"), site.width)
    staying = staying_hazards(site.case)
    if staying:
        words = say("stay_home_but" if rows else "stay_home_when", hazards=joined(staying))
        rows += site.setter.paragraph(words, style("strong"), site.width)
    hazards = {stage.hazard.value for stage in site.case.plan.stages}
    if not hazards or hazards & {"earthquake", "tsunami"}:
        rows += site.setter.paragraph(say("leave_after_shaking"), style("strong"), site.width)
    notes = [weather_words(site.case)] if leaves_at_level(site.case) else []
    if site.case.plan.leave_at < AlertLevel.SAVE_LIFE_NOW:
        notes.append(say("level_5_stay"))
    return (*rows, *site.setter.paragraph("".join(notes), style("text"), site.width))


def _devices_rows(site: Site) -> tuple[Row, ...]:
    return (*tables.device_rows(site.case, site.setter, site.width), *_words_rows(site))


def _map_rows(site: Site) -> tuple[Row, ...]:
    if not site.case.shows("route_map"):
        return site.setter.paragraph(say("map_hidden"), style("text"), site.width)
    return (Row(RowKind.MAP, (), least=site.box.height_pt),)


def _from_tables(
    build: Callable[[PlanCase, Setter, float], tuple[Row, ...]],
) -> Callable[[Site], tuple[Row, ...]]:
    return lambda site: build(site.case, site.setter, site.width)


_BUILDERS: Mapping[BoxKind, Callable[[Site], tuple[Row, ...]]] = {
    BoxKind.WHO: _who_rows,
    BoxKind.WORDS: _words_rows,
    BoxKind.LEAVE: _leave_rows,
    BoxKind.DESTINATIONS: _from_tables(tables.destination_rows),
    BoxKind.SECOND: _from_tables(second.second_rows),
    BoxKind.SUPPORTERS: _from_tables(tables.supporter_rows),
    BoxKind.CONTACTS: _from_tables(tables.contact_rows),
    BoxKind.DEVICES: _devices_rows,
    BoxKind.BRING: _from_tables(tables.bring_rows),
    BoxKind.TIMELINE: _from_tables(tables.timeline_rows),
    BoxKind.CONSENT: _from_tables(tables.consent_rows),
    BoxKind.MAP: _map_rows,
}


def _holds_anything(site: Site) -> bool:
    """True when this copy may show a field of the box at all."""
    return site.box.kind is BoxKind.MAP or any(site.case.shows(field) for field in site.box.fields)


def _asked_by_law(site: Site) -> bool:
    items = (form_item(field) for field in site.box.fields)
    return any(item is not None and item.required is Requirement.LAW for item in items)


def build_box(case: PlanCase, key: str, width: float, setter: Setter) -> Box | None:
    """Return the box `key` of a copy, or None when this copy holds nothing of it.

    A box of which nothing is known has lines to write on, and says so; without such lines it is left out.
    """
    layout = plan_layout()
    box = layout.boxes[key]
    tab = layout.paper.side_tab_pt if box.side_tab else 0.0
    site = Site(case, key, box, width - tab - 2 * layout.paper.padding_pt, setter)
    if not _holds_anything(site):
        return None
    rows, mark = _BUILDERS[box.kind](site), ""
    if all(row.kind in (RowKind.WRITE, RowKind.HEAD) for row in rows):
        written = sum(row.kind is RowKind.WRITE for row in rows)
        rows += tuple(write_line(site) for _ in range(box.blank_lines - written))
        mark = say("empty_law") if _asked_by_law(site) else say("empty")
        if tab and rows:
            rows, mark = (*setter.paragraph(mark, style("label"), site.width), *rows), ""
    if not any(row.kind is not RowKind.HEAD for row in rows):
        return None
    title = say(f"box.{key}")
    return Box(
        key=key,
        title=title,
        side_title=setter.lines(title, style("tab"), tab - _LABEL_GAP_PT) if tab else (),
        emphasis=box.emphasis,
        rows=rows,
        least_height=sum(row.height for row in rows[: box.least_rows]),
        whole_height=0.0 if box.kind is BoxKind.MAP else box.height_pt,
        grow=box.grow,
        most_height=box.most_height_pt,
        mark=mark,
    )
