"""Rows and headings: totals, notes, repeated and joined headings, ditto marks, padding."""

from bcp_kit.domain.errors import ErrorCode
from tests.intake.corpus.model import HEADINGS, Case, Maker, Someone, delimited, dice, grid, new_excel, people

WIDE = len(HEADINGS)


def _row(*cells: str) -> list[str]:
    return [*cells, *[""] * (WIDE - len(cells))]


def totals(kind: str, seed: int, number: int) -> Case:
    """Totals and subtotals in every wording."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    count = str(len(listed))
    said = (
        _row("合計", count),
        _row("", "計", "", "", count),
        _row("小　計", f"{count}人"),
        _row("", "", "", "", "", "", "総計", count),
        _row("東部地区計", "", "", "", f"{count}名"),
        _row("合計（男女）", "", count),
    )
    rows = grid(listed)
    for _ in range(rng.randint(1, 2)):
        rows.insert(rng.randint(2, len(rows)), rng.choice(said))
    return Case(kind, number, "a.csv", delimited(rows), tuple(listed), codes=frozenset({ErrorCode.TOTAL_ROW}))


def no_data(kind: str, seed: int, number: int) -> Case:
    """Notes below, titles of groups, headings again on each page, examples, numbers of columns."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    kinds = (
        (_row("※ 同意した人のみを載せています。"), ErrorCode.FOOTNOTE_ROW),
        (_row("", "注）令和8年4月1日現在"), ErrorCode.FOOTNOTE_ROW),
        (_row("■東部地区"), ErrorCode.SECTION_ROW),
        (_row("【中央地区】"), ErrorCode.SECTION_ROW),
        (list(HEADINGS), ErrorCode.HEADING_REPEATED),
        ([f"（{i}）" for i in range(1, WIDE + 1)], ErrorCode.HEADING_REPEATED),
        (["記入例", *listed[0].but(name="見本　花子").cells()[1:]], ErrorCode.EXAMPLE_ROW),
    )
    row, code = kinds[number % len(kinds)]
    rows = grid(listed)
    rows.insert(len(rows) if code is ErrorCode.FOOTNOTE_ROW else rng.randint(1, len(rows)), row)
    content = delimited(rows) if number % 2 else new_excel(rows)
    name = "a.csv" if number % 2 else "a.xlsx"
    return Case(kind, number, name, content, tuple(listed), codes=frozenset({code}))


def ditto(kind: str, seed: int, number: int) -> Case:
    """〃 and 同上 for what stands above."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    mark = rng.choice(("〃", "同上", "″", "々", "同　上", " 〃 "))
    column = rng.choice((4, 5, 6))
    rows = grid(listed)
    truth = [listed[0]]
    field = ("sex", "postal", "address")[column - 4]
    for i in range(1, len(listed)):
        same = rng.random() < 0.6
        value = getattr(truth[i - 1], field)
        truth.append(listed[i].but(**{field: value}) if same else listed[i])
        rows[i + 1][column] = mark if same else rows[i + 1][column]
    if all(cell[column] != mark for cell in rows):
        rows[2][column], truth[1] = mark, listed[1].but(**{field: getattr(listed[0], field)})
        truth[2:] = listed[2:]
    return Case(
        kind, number, "a.csv", delimited(rows), tuple(truth), codes=frozenset({ErrorCode.DITTO_FILLED})
    )


def headings_joined(kind: str, seed: int, number: int) -> Case:
    """Headings in two rows, with line breaks and white space, and a title above."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    group = rng.choice(("基本情報", "本人", "対象者", "避難行動要支援者"))
    lower = [rng.choice((h, f"{h[:2]}\n{h[2:]}", f"{h[0]}　{h[1:]}")) for h in HEADINGS]
    upper = [group, *[""] * (WIDE - 1)]
    contact = ["緊急連絡先1", ""], ["氏名", "電話"]
    rows: list[list[str]] = [[*upper, *contact[0]], [*lower, *contact[1]]]
    rows += [[*person.cells(), "青葉　一郎", "0467-22-0001"] for person in listed]
    if number % 3 == 1:
        rows.insert(0, ["避難行動要支援者名簿"])
    content = new_excel(rows, top=number % 2)
    return Case(kind, number, "a.xlsx", content, tuple(listed), codes=frozenset({ErrorCode.HEADINGS_JOINED}))


def headings_lost(kind: str, seed: int, number: int) -> Case:
    """A heading that is needed is missing, stands twice, is empty or belongs to somebody else."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    rows = grid(listed)
    way = number % 4
    if way == 0:
        rows = [row[:6] + row[7:] for row in rows]
    elif way == 1:
        rows = [[*row, "別の住所"] for row in rows]
        rows[0][-1] = "住所"
    elif way == 2:
        rows[0][6] = ""
    else:
        rows[0][1] = rng.choice(("連絡者", "記入した人", "後見人"))
    found = frozenset({ErrorCode.HEADING_MISSING, ErrorCode.HEADING_TWICE})
    return Case(kind, number, "a.csv", delimited(rows), tuple(listed), refused=True, one_of=found)


def padding(kind: str, seed: int, number: int) -> Case:
    """Empty rows and columns around and between, titles and dates above."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    free = rng.randrange(2, WIDE)
    rows = [[*row[:free], *[""] * rng.randint(1, 1), *row[free:]] for row in grid(listed)]
    if number % 3 == 0:
        rows.insert(1, [])
    above: list[list[str]] = [["避難行動要支援者名簿"], ["", "作成日：令和8年4月1日", "担当：福祉課"], []]
    rows = [*above[: rng.randint(0, 3)], *rows]
    content = new_excel(rows, top=rng.randint(0, 3), left=rng.randint(0, 3))
    return Case(kind, number, "a.xlsx", content, tuple(listed))


def twice(kind: str, seed: int, number: int) -> Case:
    """The same number for two people, or the same person under two numbers."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    other = listed[0]
    if number % 2:
        again = other.but(number="999999", name=other.name.replace("　", " "))
        truth: list[Someone] = [*listed, again]
        return Case(
            kind,
            number,
            "a.csv",
            delimited(grid(truth)),
            tuple(truth),
            codes=frozenset({ErrorCode.SAME_PERSON}),
        )
    again = listed[-1].but(number=other.number, name="別人　太郎")
    content = delimited(grid([*listed, again]))
    bad = frozenset({other.number})
    return Case(
        kind, number, "a.csv", content, tuple(listed), codes=frozenset({ErrorCode.KEY_TWICE}), lost=bad
    )


MAKERS: dict[str, Maker] = {
    "total_rows": totals,
    "rows_without_data": no_data,
    "ditto_marks": ditto,
    "headings_in_rows": headings_joined,
    "headings_lost": headings_lost,
    "padding": padding,
    "twice": twice,
}
