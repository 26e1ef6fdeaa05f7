"""The tables of the plan: where to, who helps, whom to call, devices, what to bring, time line, consent."""

from collections.abc import Sequence

from bcp_kit.catalogues.load import catalogue
from bcp_kit.catalogues.vocabulary import alert_levels, matching_rules
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.plans import PlannedStage
from bcp_kit.domain.shelters import Shelter
from bcp_kit.render.evacuation.case import NamedSupporter, PlanCase
from bcp_kit.render.evacuation.layout import Edition, plan_layout, style
from bcp_kit.render.evacuation.rows import Cell, Row, RowKind, Setter, levelled
from bcp_kit.render.evacuation.values import (
    chosen,
    device_name,
    distance_words,
    entry_name,
    japanese_date,
    joined,
    label,
    leaves_at_level,
    number_words,
    say,
    value,
)
from bcp_kit.render.evacuation.wording import entered, named, phrase, width_of
from bcp_kit.render.japara import TextStyle

Paragraphs = list[tuple[str, TextStyle]]
GAP_PT = 6.0
_CHECK_BOX_PT = 17.0


def table_row(
    setter: Setter, widths: Sequence[float], cells: Sequence[Paragraphs], kind: RowKind = RowKind.CELLS
) -> Row:
    """Return one row of a table; widths are those of the columns with the gap to the next."""
    made, x = [], 0.0
    for index, (width, paragraphs) in enumerate(zip(widths, cells, strict=True), start=1):
        gap = GAP_PT if index < len(widths) else 0.0
        made.append(setter.cell(x, width - gap, paragraphs, heading=kind is RowKind.HEAD))
        x += width
    return Row(kind, levelled(made), pad=plan_layout().paper.cell_padding_pt)


def table_head(setter: Setter, widths: Sequence[float], names: Sequence[str]) -> Row:
    """Return the head of a table."""
    return table_row(setter, widths, [[(name, style("label"))] for name in names], RowKind.HEAD)


def column_shares(width: float, *shares: float) -> list[float]:
    """Return the widths of columns that share a width."""
    return [width * share / sum(shares) for share in shares]


def in_lines(parts: Sequence[str], kind: TextStyle, width: float) -> list[str]:
    """Return short sentences beside each other where they fit one line, else one below the other."""
    known = [part for part in parts if part]
    together = "　".join(known)
    return [together] if width_of(together, kind) <= width else known


Way = tuple[tuple[PlannedStage, ...], list[HazardKind]]


def _ways(case: PlanCase) -> list[Way]:
    """Return the stages of each hazard, hazards with the same way together, in the plan's order."""
    by_hazard: dict[HazardKind, list[PlannedStage]] = {}
    for stage in case.plan.stages:
        by_hazard.setdefault(stage.hazard, []).append(stage)
    found: dict[tuple[object, ...], Way] = {}
    for hazard, stages in by_hazard.items():
        ordered = tuple(sorted(stages, key=lambda stage: stage.stage))
        alike = tuple(stage.model_copy(update={"hazard": HazardKind.EARTHQUAKE}) for stage in ordered)
        found.setdefault(tuple(repr(stage) for stage in alike), (ordered, []))[1].append(hazard)
    return list(found.values())


def hazard_names(hazards: Sequence[HazardKind]) -> str:
    """Return the names of hazards one below the other."""
    return "\n".join(say(f"hazard.{hazard.value}") for hazard in hazards)


def named_place(shelter: Shelter) -> str:
    """Return the place's name, with its reading where the copy has furigana."""
    return named(shelter.name, shelter.name_kana)


def _place(case: PlanCase, stage: PlannedStage) -> Paragraphs:
    waived = say("waived_mark") if stage.waived else ""
    if stage.hospital:
        return [(say("to_hospital") + waived, style("strong"))]
    if stage.stays_home:
        return [(say("stays_home") + waived, style("strong"))]
    shelter = case.shelters.get(stage.shelter_id)
    if shelter is None:
        return [(say("shelter_unknown"), style("strong"))]
    kind = say(f"destination.{shelter.kind.value}")
    guess = say("guess_mark") if stage.rests_on_guess else ""
    return [
        (named_place(shelter), style("strong")),
        (f"{kind}{guess}{waived}", style("text")),
        (shelter.address, style("text")),
        (say("telephone", number=shelter.phone) if shelter.phone else "", style("label")),
    ]


def _opening(stage: PlannedStage, shelter: Shelter | None) -> str:
    after = stage.opens_after_h
    parts = [] if after is None else [say("opens_after", hours=number_words(after))]
    if shelter and shelter.open_condition:
        parts.append(entered(shelter.open_condition))
    return say("full_stop").join(parts) or say("opens_unknown")


def _next_place(case: PlanCase, stages: Sequence[PlannedStage]) -> Paragraphs:
    if len(stages) < 2:
        undecided = stages[0].hospital or stages[0].stays_home
        return [("" if undecided else say("no_next"), style("text"))]
    paragraphs: Paragraphs = []
    for stage in stages[1:]:
        paragraphs += _place(case, stage)
        paragraphs.append((_opening(stage, case.shelters.get(stage.shelter_id)), style("label")))
    return paragraphs


def destination_rows(case: PlanCase, setter: Setter, width: float) -> tuple[Row, ...]:
    """Return where to go by hazard: the first place, how far, then where to move on and when it opens."""
    widths = column_shares(width, *plan_layout().columns.destinations)
    names = ("hazard", "first", "far", "next")
    rows = [table_head(setter, widths, [say(f"column.{name}") for name in names])]
    for stages, hazards in _ways(case):
        first = stages[0]
        note = say("estimate") if first.distance_is_straight else ""
        far = distance_words(first.distance_m, note, first.travel_min)
        cells: list[Paragraphs] = [
            [(hazard_names(hazards), style("strong"))],
            _place(case, first),
            [("" if case.hides_home else far, style("label"))],
            _next_place(case, stages),
        ]
        rows.append(table_row(setter, widths, cells))
    if case.plan.unplaced:
        hazard: Paragraphs = [(hazard_names(case.plan.unplaced), style("strong"))]
        rows.append(table_row(setter, widths, [hazard, [(say("unplaced"), style("strong"))], [], []]))
    if any(stage.rests_on_guess for stage in case.plan.stages):
        rows += setter.paragraph(say("guess_note"), style("text"), width)
    waived = sorted({key for stage in case.plan.stages for key in stage.waived})
    if waived:
        rules = "／".join(entry_name("matching_rules", matching_rules()[key]) for key in waived)
        rows += setter.paragraph(say("waived_note", rules=rules), style("text"), width)
    if len(rows) == 1:
        line = plan_layout().paper.line_pt
        rows += [Row(RowKind.WRITE, (), least=line) for _ in range(3)]
    return tuple(rows)


def _fitting(words: str, width: float) -> TextStyle:
    """Return the large style where the words fit one line, else the next smaller."""
    return style("key") if width_of(words, style("key")) <= width else style("strong")


def _supporter_cells(
    case: PlanCase, order: int, helping: NamedSupporter, widths: Sequence[float]
) -> list[Paragraphs]:
    supporter, link = helping.supporter, helping.link
    shows_address = plan_layout().editions[case.edition].supporter_addresses and case.shows(
        "supporter_address"
    )
    phone = supporter.phone
    tasks = joined(chosen("supporter_role", role.value) for role in link.roles)
    return [
        [(str(order), style("strong"))],
        [
            (supporter.name_kana, style("text")),
            (supporter.name, _fitting(supporter.name, widths[1] - GAP_PT)),
        ],
        [(supporter.relation, style("text")), (phone, _fitting(phone, widths[2] - GAP_PT))],
        [(tasks, style("label")), (supporter.address if shows_address else "", style("text"))],
    ]


def supporter_rows(case: PlanCase, setter: Setter, width: float) -> tuple[Row, ...]:
    """Return who helps, in the order of calling, and that being named is no legal duty."""
    widths = column_shares(width, *plan_layout().columns.supporters)
    names = ("order", "supporter", "phone", "task")
    rows = [table_head(setter, widths, [say(f"column.{name}") for name in names])]
    ordered = sorted(case.supporters, key=lambda helper: helper.link.rank)
    for order, helper in enumerate(ordered, start=1):
        rows.append(table_row(setter, widths, _supporter_cells(case, order, helper, widths)))
    if not ordered:
        rows += [Row(RowKind.WRITE, (), least=plan_layout().paper.line_pt) for _ in range(2)]
        return tuple(rows)
    return (*rows, *setter.paragraph(say("no_duty"), style("text"), width))


def contact_rows(case: PlanCase, setter: Setter, width: float) -> tuple[Row, ...]:
    """Return the family and whom to call."""
    columns = plan_layout().columns
    in_row = columns.contacts_in_row
    widths = column_shares(width, *columns.contact * in_row)
    contacts = case.person.emergency_contacts if case.shows("emergency_contacts") else ()
    rows = []
    for start in range(0, len(contacts), in_row):
        cells: list[Paragraphs] = []
        for contact in contacts[start : start + in_row]:
            cells += [[(contact.name, style("strong"))], [(contact.relation, style("text"))]]
            cells.append([(contact.phone, style("strong"))])
        rows.append(table_row(setter, widths[: len(cells)], cells))
    for field in ("emergency_contacts", "household_members", "keep_together"):
        rows += setter.paragraph(value(case, field), style("text"), width)
    if case.person.companions and case.shows("keep_together"):
        words = say("companions", people=case.person.companions)
        rows += setter.paragraph(words, style("text"), width)
    return tuple(rows)


def device_rows(case: PlanCase, setter: Setter, width: float) -> tuple[Row, ...]:
    """Return devices with watts, hours a day and how long the battery lasts."""
    if not case.shows("devices") or not case.person.devices:
        return ()
    widths = column_shares(width, 34, 20, 20, 26)
    rows = [
        table_head(setter, widths, [say(f"column.{name}") for name in ("device", "power", "use", "battery")])
    ]
    for device in case.person.devices:
        power = say("watts", number=number_words(device.power_w)) if device.power_w is not None else ""
        use = device.hours_per_day
        battery = device.battery_h
        cells: list[Paragraphs] = [
            [
                (device_name(device.kind), style("strong")),
                (say("life_support") if device.life_support else "", style("label")),
            ],
            [(power or say("unknown"), style("text"))],
            [(say("hours", number=number_words(use)) if use is not None else say("unknown"), style("text"))],
            [
                (
                    say("hours", number=number_words(battery)) if battery is not None else say("unknown"),
                    style("strong"),
                )
            ],
        ]
        rows.append(table_row(setter, widths, cells))
    return tuple(rows)


def bring_rows(case: PlanCase, setter: Setter, width: float) -> tuple[Row, ...]:
    """Return what to bring, each with a box to tick, and where it is kept and who carries it."""
    things = list(case.person.must_carry) if case.shows("must_carry") else []
    answered = value(case, "must_carry")
    things += [line for line in answered.splitlines() if line.strip() and line not in things]
    in_row = plan_layout().columns.bring_in_row
    column = width / in_row
    rows = []
    for start in range(0, len(things), in_row):
        cells = [
            Cell(
                index * column,
                column - GAP_PT,
                setter.lines(thing, style("text"), column - GAP_PT - _CHECK_BOX_PT),
                check_box=True,
            )
            for index, thing in enumerate(things[start : start + in_row])
        ]
        rows.append(Row(RowKind.ITEM, tuple(cells), pad=2))
    for field in ("carry_place", "carry_person"):
        words = value(case, field)
        if words:
            rows += setter.paragraph(f"{label(field)}：{words}", style("text"), width)
    return tuple(rows)


def timeline_rows(case: PlanCase, setter: Setter, width: float) -> tuple[Row, ...]:
    """Return what is done at each alert level, the one at which the person leaves made heavy."""
    widths = column_shares(width, *plan_layout().columns.timeline)
    rows = []
    for level, entry in sorted(alert_levels().items()):
        leaves = level is case.plan.leave_at and leaves_at_level(case)
        name = say("level", level=int(level), label=entry_name("alert_levels", entry))
        advice = phrase("alert_advice", entry.key, entry.vulnerable_people)
        words: Paragraphs = [(advice, style("label" if leaves else "text"))]
        if leaves:
            words.insert(0, (say("leave_now"), style("strong")))
        rows.append(table_row(setter, widths, [[(name, style("label"))], words]))
    answered = value(case, "timeline_rows")
    return (*rows, *setter.paragraph(answered, style("text"), width))


def _missing_names(case: PlanCase) -> str:
    """Return the lawful contents that the plan lacks, in words."""
    rows = catalogue("law_minimum").rows
    names = (
        phrase("law_minimum", key, rows[key].label_ja, rows[key].label_en) if key in rows else key
        for key in case.plan.missing
    )
    return say("comma").join(names)


def consent_rows(case: PlanCase, setter: Setter, width: float) -> tuple[Row, ...]:
    """Return what was agreed to, who may hold this copy, and the duty of secrecy."""
    consent, words = case.consent, []
    if case.plan.missing and case.edition is Edition.PERSON:
        words.append(say("still_missing", names=_missing_names(case)))
    if case.edition is Edition.PERSON:
        on = say("on", date=japanese_date(consent.make_plan_on)) if consent.make_plan_on else ""
        made = say("consent.make", answer=say(f"answer.{consent.make_plan.value}")) + on
        shared = say("consent.share", answer=say(f"answer.{consent.share_plan.value}"))
        words += in_lines((made, shared), style("text"), width)
    counts = {"given": consent.supporters_given, "named": consent.supporters_named}
    words.append(say("consent.supporters", **counts) if consent.supporters_named else say("consent.nobody"))
    if consent.ordinance:
        words.append(say("consent.ordinance", name=consent.ordinance))
    targets = value(case, "share_targets")
    if targets:
        words.append(say("consent.targets", names=targets))
    words.append(say("consent.may_share" if consent.may_share else "consent.not_yet"))
    words.append(say("consent.emergency"))
    if case.edition is Edition.SUPPORTER:
        words.append(say("secrecy"))
    paragraphs = (setter.paragraph(sentence, style("text"), width) for sentence in words)
    return tuple(row for rows in paragraphs for row in rows)
