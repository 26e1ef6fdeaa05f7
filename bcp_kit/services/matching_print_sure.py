"""The first parts of a run's paper: what was asked, how it ended, and goal by goal how far from the best."""

from bcp_kit.cores.shelter_matching.instance import Goal
from bcp_kit.domain.placements import StageResult
from bcp_kit.forms.messages import text
from bcp_kit.render.matching_paper import PaperPart, PaperTable
from bcp_kit.services.matching_question import EVENT
from bcp_kit.services.matching_read import RunView, places_out_of_use, sentence
from bcp_kit.services.matching_settings import Preset
from bcp_kit.services.matching_tables import gap_of, gap_sentence

HOUR_S, MINUTE_S, KM = 3600, 60, 1000
MILLIONTHS_OF_PERCENT = 10_000
ROW_MARK = "\n"


def head_part(view: RunView, preset: Preset) -> PaperPart:
    """Return what was asked and how it ended: hazard, mode, order of goals in words, status, gaps, notes."""
    run = view.run
    goals = ROW_MARK.join(
        text("matching_paper.goal_line", number=n, goal=text(f"matching_paper.goal.{goal.value}"))
        for n, goal in enumerate(preset.goals, start=1)
    )
    told = f"{preset.label_ja}{ROW_MARK}{preset.told_ja}".strip()
    facts = [
        ("made", f"{run.made_at.astimezone():%Y-%m-%d %H:%M}　{run.made_by}"),
        ("number", run.id),
        ("hazard", text(f"matching.hazard.{run.hazard.value}")),
        ("mode", text(f"matching.mode.{run.mode.value}")),
        ("preset", told),
        ("goals", goals),
        *_situation(view),
        ("software", f"{run.software}　seed {run.seed}"),
    ]
    pairs = [(text(f"matching_paper.label.{key}"), words) for key, words in facts if words]
    notes = [sentence(note, view.shelters) for note in run.notes]
    pairs += [(text("matching_paper.label.note"), words) for words in notes]
    return PaperPart("head", text("matching_paper.part.head"), facts=tuple(pairs))


def _situation(view: RunView) -> list[tuple[str, str]]:
    """Return what was taken as closed, and what happened by then."""
    run = view.run
    closed = [view.shelters[i].name for i in run.closed if i in view.shelters]
    out_of_use = [shelter.name for shelter in places_out_of_use(view)]
    mark = text("matching.list_mark")
    return [
        ("event", str(run.settings.get(EVENT, ""))),
        ("closed", mark.join(closed)),
        ("out_of_use", mark.join(out_of_use)),
    ]


def sure_part(view: RunView) -> PaperPart:
    """Return status, gap in people and metres, and each goal with its value and its proven bound."""
    facts, tables = [], []
    for stage in view.run.stages:
        gap = gap_of(stage)
        km = "" if gap.metres is None else text("matching_paper.km", km=f"{gap.metres / KM:.1f}")
        counts = text("matching_paper.counts", people=stage.people, placed=stage.placed)
        tiers = ROW_MARK.join(
            text(
                "matching_paper.tier",
                tier=t,
                placed=stage.placed_by_tier.get(t, 0),
                people=stage.people_by_tier.get(t, 0),
                more=gap.people.get(t, 0),
            )
            for t in sorted(stage.people_by_tier)
        )
        words = [
            counts,
            tiers,
            "" if gap.proven else text(f"matching.status.{stage.status.value}"),
            gap_sentence(stage),
            text("matching_paper.at_most", people=gap.all_people, km=km) if km else "",
        ]
        name = text(f"pages.matching.stage_{stage.stage}")
        facts.append((name, ROW_MARK.join(w for w in words if w)))
        tables.append(_goals(stage, name))
    lead = (text("matching_paper.sure_lead"), text("matching_paper.checked"))
    return PaperPart("sure", text("desk.sure"), lead, tuple(facts), tuple(tables))


def _goals(stage: StageResult, name: str) -> PaperTable:
    heads = [name, *(text(f"matching_paper.column.{key}") for key in ("value", "bound", "proven"))]
    rows = []
    for key, value in stage.values.items():
        bound = stage.bounds.get(key)
        proven = bound is not None and bound == value
        rows.append(
            (
                text(f"matching_paper.goal.{key}"),
                _amount(key, value),
                "" if bound is None else _amount(key, bound),
                text("matching_paper.proven" if proven else "matching_paper.open"),
            )
        )
    return PaperTable(tuple(heads), tuple(rows))


def _amount(key: str, value: float) -> str:
    """Return a goal's value in the unit that people read."""
    if key == Goal.TRAVEL.value:
        return text("matching_paper.hours", hours=f"{value / HOUR_S:,.1f}")
    if key == Goal.LONGEST.value:
        return text("matching_paper.minutes", minutes=f"{value / MINUTE_S:,.0f}")
    if key == Goal.LOAD.value:
        return f"{value / MILLIONTHS_OF_PERCENT:.0f} %"
    unit = "points" if key == Goal.FAMILIAR.value else "people"
    return text(f"matching_paper.{unit}", count=f"{value:,.0f}")
