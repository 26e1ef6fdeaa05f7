"""Lists of the known families, mutated: whatever a town makes of them, reading ends with findings."""

import random

from bcp_kit.forms.sheets import layouts, public_columns
from bcp_kit.intake.inspection import inspect
from bcp_kit.intake.proposals import best_proposal
from tests.intake.conftest import TODAY, csv_bytes

VARIANTS = 240
PROPOSED = 12
CELLS = (
    *("", "1", "0", "-1", "○", "△", "該当", "福祉避難所", "避難所を兼ねる避難場所", "洪水　地震", "約300名"),
    *("35.1", "139.1", "0", "999", "353412", "E9999900001111", "みどり小学校", "みどり町1-1", "１，０８９人"),
    *("介護老人福祉施設", "\n", "　", "𠮷", "#N/A", "1E5", "2026/11/24", "要配慮者", "合計", "〃", "=1+1"),
)


def _headings(chance: random.Random) -> list[str]:
    """Return headings of one vocabulary in any order and wording, some strange and some doubled."""
    columns = public_columns(chance.choice(("places", "facilities")))
    chosen = chance.sample(columns, chance.randint(1, min(14, len(columns))))
    heads = [chance.choice((c.heading, *c.aliases)) for c in chosen]
    heads += chance.choices(("", "備考", "x", "名称", heads[0], "緯度"), k=chance.randint(0, 3))
    chance.shuffle(heads)
    return heads


def _rows(chance: random.Random) -> list[list[str]]:
    heads = _headings(chance)
    above = [["みどり市の一覧"] + [""] * (len(heads) - 1)] if chance.random() < 0.3 else []
    below = [["" if chance.random() < 0.5 else "小見出し" for _ in heads]] if chance.random() < 0.2 else []
    width = len(heads) + chance.choice((0, 0, 0, -1, 1))
    data = [[chance.choice(CELLS) for _ in range(max(width, 1))] for _ in range(chance.randint(0, 6))]
    return [*above, heads, *below, *data]


def test_no_variant_of_a_list_fails() -> None:
    """Each of 240 mutated lists is read or named as unknown; no exception, no row counted twice."""
    chance = random.Random(23)  # noqa: S311 - the same variants each time
    known = set()
    for number in range(VARIANTS):
        rows = _rows(chance)
        found = inspect(csv_bytes(rows), f"{number}.csv", TODAY)
        assert found.parts or found.problems or found.unmapped, rows
        for part in found.parts:
            known.add(part.layout)
            assert part.rows <= len(rows) and len(part.records) in (0, part.rows), rows
            assert part.place_counts().named <= part.rows
        if number % PROPOSED == 0:
            for table in found.unmapped:
                best_proposal(table, TODAY)
    assert len(known & set(layouts())) >= 6, known
