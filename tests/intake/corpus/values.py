"""Cells: widths, rare characters, garbled texts, lost zeros, dates of every writing, impossible values."""

from datetime import date

from bcp_kit.domain.errors import ErrorCode
from tests.intake.corpus.model import Case, Maker, delimited, dice, grid, new_excel, people

_WIDE = str.maketrans("0123456789-/.", "０１２３４５６７８９－／．")
_HALF = str.maketrans("アオワカシンリョクモコヤハナロウサキヨフ", "ｱｵﾜｶｼﾝﾘｮｸﾓｺﾔﾊﾅﾛｳｻｷﾖﾌ")
_ERAS = (
    (date(2019, 5, 1), "令和", "R", 5),
    (date(1989, 1, 8), "平成", "H", 4),
    (date(1926, 12, 25), "昭和", "S", 3),
)


def _era(day: date, way: int) -> str:
    first, long, short, code = next(era for era in _ERAS if day >= era[0])
    year = day.year - first.year + 1
    plain = "元" if year == 1 else str(year)
    return (
        f"{long}{plain}年{day.month}月{day.day}日",
        f"{short}{year}.{day.month}.{day.day}",
        f"{long[0]}{year}/{day.month}/{day.day}",
        f"{long}{plain}年{day.month}月{day.day}日生",
        f"{day.year}年（{long}{plain}年）{day.month}月{day.day}日",
        f"{code}{year:02d}{day.month:02d}{day.day:02d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}{day.month:02d}{day.day:02d}",
    )[way]


def dates(kind: str, seed: int, number: int) -> Case:
    """Birth dates in every calendar and writing."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    way = number % 8
    rows = grid(listed)
    for row, person in zip(rows[1:], listed, strict=True):
        row[3] = _era(person.born, way)
        if rng.random() < 0.3 and way < 5:
            row[3] = row[3].translate(_WIDE)
    codes = frozenset({ErrorCode.DATE_FROM_ERA_CODE} if way == 5 else ())
    return Case(kind, number, "a.csv", delimited(rows, "utf-8"), tuple(listed), codes=codes)


def widths(kind: str, seed: int, number: int) -> Case:
    """Full-width digits and half-width kana."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    rows = grid(listed)
    for row in rows[1:]:
        row[0], row[3], row[5] = (row[i].translate(_WIDE) for i in (0, 3, 5))
        row[2] = row[2].replace("ジ", "シﾞ").replace("バ", "ハﾞ").replace("ブ", "フﾞ").translate(_HALF)
    return Case(
        kind,
        number,
        "a.csv",
        delimited(rows, "utf-8"),
        tuple(listed),
        codes=frozenset({ErrorCode.KANA_MENDED}),
    )


def rare_characters(kind: str, seed: int, number: int) -> Case:
    """Variants and selectors of the family register stay as typed; 〓 and private characters are told."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    names = ("髙﨑　花子", "𠮷田　清", "葛󠄀城　和子", "渡邉󠄁　三郎", "德永　次郎", "槇原　清")
    private = number % 3 == 2
    name = rng.choice(("森〓　清", "\ue123田　和子")) if private else rng.choice(names)
    at = rng.randrange(len(listed))
    listed[at] = listed[at].but(name=name)
    codes = frozenset({ErrorCode.TEXT_PRIVATE_CHARACTER} if private else ())
    return Case(kind, number, "a.csv", delimited(grid(listed), "utf-8"), tuple(listed), codes=codes)


def garbled(kind: str, seed: int, number: int) -> Case:
    """Lost characters, control characters, direction marks."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    rows = grid(listed)
    at = rng.randrange(len(listed))
    spoilt = ("\ufffd", "\x07", "\u202e", "\x0b", "\u200f")[number % 5]
    column = rng.choice((1, 6))
    rows[at + 1][column] = rows[at + 1][column][:2] + spoilt + rows[at + 1][column][2:]
    bad = frozenset({listed[at].number})
    return Case(
        kind,
        number,
        "a.csv",
        delimited(rows, "utf-8"),
        tuple(listed),
        codes=frozenset({ErrorCode.TEXT_BROKEN}),
        bad=bad,
    )


def lost_zeros(kind: str, seed: int, number: int) -> Case:
    """Zeros that Excel dropped from phone numbers, postal codes and register numbers."""
    rng = dice(kind, seed, number)
    listed = people(rng, 8)
    rows: list[list[object]] = [list(row) for row in grid(listed)]
    at = rng.randrange(len(listed))
    way = number % 3
    if way == 0:
        phone = f"46722{rng.randrange(10_000):04d}"
        listed[at] = listed[at].but(phone=f"0{phone}")
        rows[at + 1][7] = int(phone)
        codes = {ErrorCode.ZERO_RESTORED}
    elif way == 1:
        listed[at] = listed[at].but(postal="0600001")
        rows[at + 1][5] = 600001
        codes = {ErrorCode.ZERO_RESTORED}
    else:
        short = listed[at].number.lstrip("0")[1:] or "7"
        rows[at + 1][0] = int(short)
        listed[at] = listed[at].but(number=str(int(short)))
        codes = {ErrorCode.CODE_SHORTER}
        rows = [[*row] for row in rows]
        for row in rows[1:]:
            row[0] = row[0] if isinstance(row[0], int) else f"0{row[0]}"
        listed = [p if p is listed[at] else p.but(number=f"0{p.number}") for p in listed]
    return Case(kind, number, "a.xlsx", new_excel(rows), tuple(listed), codes=frozenset(codes))


def turned_by_excel(kind: str, seed: int, number: int) -> Case:
    """Dates turned into numbers, addresses into dates, long numbers into 1.2E+11."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    rows: list[list[object]] = [list(row) for row in grid(listed)]
    at = rng.randrange(len(listed))
    way = number % 3
    bad: frozenset[str] = frozenset()
    if way == 0:
        for row, person in zip(rows[1:], listed, strict=True):
            row[3] = (person.born - date(1899, 12, 30)).days
        codes = {ErrorCode.DATE_FROM_SERIAL}
    else:
        rows[at + 1][6] = date(2001, 2, 3) if way == 1 else "1.23E+11"
        codes, bad = {ErrorCode.TEXT_LOST_TO_EXCEL}, frozenset({listed[at].number})
    return Case(kind, number, "a.xlsx", new_excel(rows), tuple(listed), codes=frozenset(codes), bad=bad)


def impossible(kind: str, seed: int, number: int) -> Case:
    """Days that never were, words that mean nothing, nothing where something must stand."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    rows = grid(listed)
    at = rng.randrange(len(listed))
    column, text, code = (
        (3, "1950-02-30", ErrorCode.DATE_UNREADABLE),
        (3, "平成31年5月1日", ErrorCode.DATE_OUTSIDE_ERA),
        (3, "2050/1/1", ErrorCode.DATE_IN_FUTURE),
        (3, "1850-01-01", ErrorCode.DATE_TOO_OLD),
        (3, "37/3/4", ErrorCode.DATE_UNREADABLE),
        (4, "たぶん男", ErrorCode.WORD_UNKNOWN),
        (1, "　", ErrorCode.REQUIRED_EMPTY),
        (6, "", ErrorCode.REQUIRED_EMPTY),
        (6, "#REF!", ErrorCode.EXCEL_ERROR_VALUE),
        (1, "####", ErrorCode.EXCEL_ERROR_VALUE),
        (0, "", ErrorCode.REQUIRED_EMPTY),
        (6, "あ" * 1500, ErrorCode.TEXT_TOO_LONG),
    )[number % 12]
    rows[at + 1][column] = text
    bad = frozenset({listed[at].number})
    content = delimited(rows, "utf-8-sig")
    return Case(kind, number, "a.csv", content, tuple(listed), codes=frozenset({code}), bad=bad)


def nothing_known(kind: str, seed: int, number: int) -> Case:
    """Every spelling of unknown in a column that may be empty."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    rows = grid(listed)
    for row in rows[1:]:
        if rng.random() < 0.5:
            row[3] = rng.choice(
                ("", "-", "－", "不明", "不詳", "未定", "なし", "　", "99999999", "昭和12年3月00日")
            )
    truth = tuple(
        p if r[3] == p.born.isoformat() else p.but(born=date.min)
        for p, r in zip(listed, rows[1:], strict=True)
    )
    return Case(kind, number, "a.csv", delimited(rows, "utf-8"), truth)


MAKERS: dict[str, Maker] = {
    "dates": dates,
    "widths": widths,
    "rare_characters": rare_characters,
    "garbled": garbled,
    "lost_zeros": lost_zeros,
    "turned_by_excel": turned_by_excel,
    "impossible_values": impossible,
    "nothing_known": nothing_known,
}
