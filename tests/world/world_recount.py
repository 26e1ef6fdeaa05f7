"""Counts what a sample world holds from its files alone: headings and words, no counting of the program."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from bcp_kit.catalogues.vocabulary import needs
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.services.sample_city.planted import PlantedCounts

SMALL, OTHER_SEED = 300, 7  # listed people and seed of the small city
Row = dict[str, str]
Table = list[Row]
HOSPITAL_FIRST = {"人工呼吸器（気管切開）", "中心静脈栄養・在宅点滴", "神経難病（ALS等）"}
STALE_AFTER = timedelta(days=730)
LONGEST_LABEL = {"音声・言語障害（3・4級）": "音声・言語障害（3・4級）、失語"}


def plan_consent(row: Row) -> bool:
    """True when the consent to a plan was given and not taken back."""
    return _holds(row, "計画を作ることの同意", "計画を作ることの同意を取り消した日")


def supporter_copy(row: Row) -> bool:
    """True when a plan may be printed for the supporters too."""
    answers = [row.get(f"支援者{n}の同意", "") for n in range(1, 10) if row.get(f"支援者{n}の番号", "")]
    return (
        plan_consent(row)
        and _holds(row, "計画を平常時に渡すことの同意", "計画を渡すことの同意を取り消した日")
        and all(answer == "同意" for answer in answers)
    )


def _holds(row: Row, answer: str, withdrawn: str) -> bool:
    return row.get(answer) == "同意" and not row.get(withdrawn)


def needs_of(row: Row) -> list[str]:
    """Return the labels of a person's needs; one label holds the separator itself."""
    parts = row["支援が必要な理由（区分）"].split("、")
    return [LONGEST_LABEL.get(part, part) for part in parts if part and part != "失語"]


def recount(
    people: Sequence[Row], shelters: Sequence[Row], rosters: Sequence[Row], today: date
) -> dict[str, Any]:
    """Return the counts that the planted ones must equal, needs and kinds by label."""
    shifts = [cell for row in rosters for key, cell in row.items() if key[:2] == "20"]
    return {
        "listed": len(people),
        "households": len({row["世帯番号"] for row in people}),
        "plan_consents": sum(map(plan_consent, people)),
        "supporter_copies": sum(map(supporter_copy, people)),
        "protected": sum(row["住所の秘匿（支援措置）"] == "はい" for row in people),
        "hospital_first": sum(bool(HOSPITAL_FIRST & set(needs_of(row))) for row in people),
        "no_location": sum(not row["緯度"] for row in people),
        "in_flood_zone": sum(row["自宅：洪水の浸水想定区域"] == "内" for row in people),
        "stale": sum(_stale(row["最終確認日"], today) for row in people),
        "facility_residents": sum(row["施設入所・長期入院"] == "はい" for row in people),
        "by_need": dict(Counter(need for row in people for need in needs_of(row))),
        "shelters": dict(Counter(row["区分"] for row in shelters)),
        "roster_entries": sum(cell not in ("", "休み") for cell in shifts),
    }


def _stale(checked: str, today: date) -> bool:
    return bool(checked) and date.fromisoformat(checked) < today - STALE_AFTER


def in_words(planted: PlantedCounts, found: dict[str, object]) -> dict[str, object]:
    """Return the planted counts with labels for keys, and only those that are recounted."""
    kinds = next(c for c in sheet(SheetKind.SHELTERS).columns if c.key == "kind").choices
    tree = planted.model_dump()
    tree["by_need"] = {needs()[key].label_ja: count for key, count in planted.by_need.items()}
    tree["shelters"] = {kinds[key]: count for key, count in planted.shelters.items()}
    return {key: value for key, value in tree.items() if key in found}
