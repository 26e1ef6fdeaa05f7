"""Rosters as facilities keep them, invented: sixteen layouts, any seed, and what was planted in each cell."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook

NAMES = Path(__file__).resolve().parents[2] / "sample_data" / "names"
WEEK = "月火水木金土日"
MARKS = ("早", "日", "遅", "夜", "明", "休", "有")
WIDE = str.maketrans("0123456789ABCDN", "０１２３４５６７８９ＡＢＣＤＮ")
ROLES = ("管理者", "看護職員", "介護職員", "介護職員", "介護職員", "介護職員", "調理員", "生活相談員")
MARK_TEXTS = {"早": "7:00～16:00", "日": "9:00～18:00", "遅": "13:00～22:00", "夜": "22:00～翌7:00"}
LETTERS = {"早": "A", "日": "B", "遅": "C", "夜": "N", "明": "/", "休": "×", "有": "有"}


@dataclass
class Planted:
    """A made file: its bytes, its month, and the mark of each person and day as written."""

    content: bytes
    month: date
    marks: dict[tuple[str, date], str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Crew:
    """The people of a roster and what they do on each day; an empty mark is an empty cell."""

    names: Sequence[str]
    roles: Sequence[str]
    days: Sequence[date]
    marks: Mapping[tuple[int, int], str]


def names(rng: Random, count: int) -> list[str]:
    """Different invented names."""
    read = [list(csv.DictReader((NAMES / f).open(encoding="utf-8"))) for f in ("family.csv", "given.csv")]
    found: list[str] = []
    while len(found) < count:
        family, given = (rng.choice(rows)["name"] for rows in read)
        name = f"{family}{rng.choice((' ', '　'))}{given}"
        if name not in found:
            found.append(name)
    return found


def crew(rng: Random, first: date, length: int, marks: Sequence[str] = MARKS) -> Crew:
    """A few people with a mark on most days."""
    count = rng.randint(6, 11)
    days = [first + timedelta(days=n) for n in range(length)]
    planted = {
        (person, day): rng.choice(marks)
        for person in range(count)
        for day in range(length)
        if day == 0 or rng.random() < 0.93
    }
    return Crew(names(rng, count), [ROLES[n % len(ROLES)] for n in range(count)], days, planted)


def month_of(rng: Random) -> date:
    """A month of the plan years."""
    return date(rng.choice((2026, 2027)), rng.randint(1, 12), 1)


def length_of(month: date) -> int:
    """The days of a month."""
    return ((month + timedelta(days=32)).replace(day=1) - month).days


def weekday(day: date) -> str:
    """The letter of the weekday."""
    return WEEK[day.weekday()]


def save(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def planted(book: Workbook, month: date, people: Crew, text: Callable[[str], str] = str) -> Planted:
    """The finished file with what stands in it."""
    marks = {
        (people.names[person], people.days[day]): text(mark) for (person, day), mark in people.marks.items()
    }
    return Planted(save(book), month, marks, dict(zip(people.names, people.roles, strict=True)))


def era(month: date) -> str:
    """The month as forms write it."""
    return f"令和{month.year - 2018}年{month.month}月"


def fill(tab: Any, row: int, cells: Sequence[Any], left: int = 1) -> None:
    """Write cells side by side."""
    for column, value in enumerate(cells, start=left):
        if value != "":
            tab.cell(row, column, value)


def body(tab: Any, row: int, people: Crew, left: int, text: Callable[[str], str] = str) -> int:
    """Write the people's rows from a row on: role, form, name, marks; return the row after."""
    for person, name in enumerate(people.names):
        fill(tab, row, [people.roles[person], "ABCD"[person % 4], name])
        for day in range(len(people.days)):
            mark = people.marks.get((person, day), "")
            if mark:
                tab.cell(row, left + day, text(mark))
        row += 1
    return row


def simple(rng: Random) -> Planted:
    """Title, one heading row, weekdays below the days, sums and legend at the foot."""
    month = month_of(rng)
    people = crew(rng, month, length_of(month))
    book = Workbook()
    tab: Any = book.active
    fill(tab, 1, ["従業者の勤務の体制及び勤務形態一覧表"])
    fill(tab, 2, [f"（{era(month)}分）", "", "事業所名", "みどり苑"])
    fill(tab, 4, ["職種", "勤務形態", "氏名", *(d.day for d in people.days), "計"])
    fill(tab, 5, ["", "", "", *(weekday(d) for d in people.days)])
    row = body(tab, 6, people, 4)
    for shift in ("早", "日", "遅", "夜"):
        counts = [
            sum(people.marks.get((p, d)) == shift for p in range(len(people.names)))
            for d in range(len(people.days))
        ]
        fill(tab, row, ["", "", f"{shift}番の人数" if shift == "早" else shift, *counts])
        row += 1
    fill(tab, row, ["合計", "", "", *([len(people.names)] * len(people.days))])
    fill(tab, row + 2, ["凡例", "  ".join(f"{m}：{t}" for m, t in MARK_TEXTS.items())])
    fill(tab, row + 3, ["", "明：夜勤明け　休：公休　有：有給"])
    return planted(book, month, people)


def full_width(rng: Random) -> Planted:
    """Full-width digits and letters throughout."""
    month = month_of(rng)
    people = crew(rng, month, length_of(month))
    book = Workbook()
    tab: Any = book.active

    def wide(mark: str) -> str:
        return LETTERS[mark].translate(WIDE)

    fill(tab, 1, [f"{month.year}年{month.month}月　勤務表".translate(WIDE)])
    fill(tab, 3, ["職 種", "形態", "氏　名", *(str(d.day).translate(WIDE) for d in people.days)])
    fill(tab, 4, ["", "", "", *(f"（{weekday(d)}）" for d in people.days)])
    row = body(tab, 5, people, 4, wide)
    fill(tab, row + 1, ["記号", *(f"{LETTERS[m].translate(WIDE)}：{t}" for m, t in MARK_TEXTS.items())])
    return planted(book, month, people, wide)


def week_heads(rng: Random) -> Planted:
    """Two heading rows: weeks above the days, headings merged over both; weekdays in the third."""
    month = month_of(rng)
    people = crew(rng, month, 28)
    book = Workbook()
    tab: Any = book.active
    fill(tab, 1, ["(参考) 勤務形態一覧表", "", "", "令和", month.year - 2018, "年", month.month, "月"])
    for number in range(4):
        tab.cell(3, 4 + 7 * number, f"第{number + 1}週")
        tab.merge_cells(start_row=3, end_row=3, start_column=4 + 7 * number, end_column=10 + 7 * number)
    for column, heading in enumerate(("(4) 職種", "(5)\n勤務形態", "(6) 氏　名"), start=1):
        tab.cell(3, column, heading)
        tab.merge_cells(start_row=3, end_row=5, start_column=column, end_column=column)
    fill(tab, 4, [d.day for d in people.days], left=4)
    fill(tab, 5, [weekday(d) for d in people.days], left=4)
    body(tab, 6, people, 4)
    return planted(book, month, people)


def blocks(rng: Random) -> Planted:
    """A block with headings of its own for each occupation."""
    month = month_of(rng)
    people = crew(rng, month, length_of(month))
    book = Workbook()
    tab: Any = book.active
    fill(tab, 1, [f"{era(month)}　勤務予定表"])
    row = 3
    for role in dict.fromkeys(people.roles):
        fill(tab, row, [role])
        fill(tab, row + 1, ["職種", "氏名", *(d.day for d in people.days)])
        fill(tab, row + 2, ["", "", *(weekday(d) for d in people.days)])
        row += 3
        for person, name in enumerate(people.names):
            if people.roles[person] == role:
                marks = [people.marks.get((person, d), "") for d in range(len(people.days))]
                fill(tab, row, [role, name, *marks])
                row += 1
        fill(tab, row, ["", "人数", *([1] * len(people.days))])
        row += 2
    return planted(book, month, people)


def sections(rng: Random) -> Planted:
    """One block; a line in brackets names the occupation of those below it."""
    month = month_of(rng)
    people = crew(rng, month, length_of(month))
    book = Workbook()
    tab: Any = book.active
    fill(tab, 1, ["勤務表", f"{month.year}/{month.month}"])
    fill(tab, 3, ["氏名", *(f"{d.day}日" for d in people.days)])
    row = 4
    for role in dict.fromkeys(people.roles):
        fill(tab, row, [f"【{role}】"])
        row += 1
        for person, name in enumerate(people.names):
            if people.roles[person] == role:
                fill(tab, row, [name, *(people.marks.get((person, d), "") for d in range(len(people.days)))])
                row += 1
    fill(tab, row + 1, ["※ 早=早番、日=日勤、遅=遅番、夜=夜勤、明=明け、休=公休、有=有休"])
    return planted(book, month, people)


def whole_dates(rng: Random) -> Planted:
    """The days are dates of Excel; the head has no month but the day on which it was made."""
    month = month_of(rng)
    people = crew(rng, month, length_of(month))
    book = Workbook()
    tab: Any = book.active
    fill(tab, 1, ["勤務表", "", "作成日", date(2025, 3, 14)])
    fill(tab, 3, ["職種", "形態", "氏名", *people.days])
    body(tab, 4, people, 4)
    return planted(book, month, people)


def slash_days(rng: Random) -> Planted:
    """Days as 11/1(日), and a date of making in the head before the month."""
    month = month_of(rng)
    people = crew(rng, month, length_of(month))
    book = Workbook()
    tab: Any = book.active
    fill(tab, 1, ["作成 2026年10月25日", "", era(month) + "分"])
    fill(tab, 2, ["職種", "形態", "職員名", *(f"{d.month}/{d.day}({weekday(d)})" for d in people.days)])
    body(tab, 3, people, 4)
    return planted(book, month, people)


def two_lines(rng: Random) -> Planted:
    """Two lines a person, marks above hours; occupation, form and name merged over both."""
    month = month_of(rng)
    people = crew(rng, month, length_of(month))
    book = Workbook()
    tab: Any = book.active
    fill(tab, 1, [f"{era(month)}分"])
    fill(tab, 3, ["職種", "勤務形態", "氏名", "", *(d.day for d in people.days)])
    fill(tab, 4, ["", "", "", "", *(weekday(d) for d in people.days)])
    row = 5
    for person, name in enumerate(people.names):
        marks = [people.marks.get((person, d), "") for d in range(len(people.days))]
        fill(tab, row, [people.roles[person], "A", name, "シフト記号", *marks])
        fill(tab, row + 1, ["", "", "", "勤務時間数", *(8 if m in MARK_TEXTS else 0 for m in marks)])
        for column in (1, 2, 3):
            tab.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)
        row += 2
    return planted(book, month, people)


def legend_tab(rng: Random) -> Planted:
    """Letters for marks; what they mean stands as a table on a tab of its own."""
    month = month_of(rng)
    people = crew(rng, month, length_of(month))
    book = Workbook()
    tab: Any = book.active
    tab.title = "勤務表"
    fill(tab, 1, [f"R{month.year - 2018}.{month.month}"])
    fill(tab, 3, ["No.", "職種", "氏名", *(d.day for d in people.days)])
    for person, name in enumerate(people.names):
        marks = [
            LETTERS[m] if (m := people.marks.get((person, d), "")) else "" for d in range(len(people.days))
        ]
        fill(tab, 4 + person, [person + 1, people.roles[person], name, *marks])
    legend = book.create_sheet("シフト記号表")
    fill(legend, 1, ["記号", "名前", "始業", "終業", "休憩"])
    for row, (mark, text) in enumerate(MARK_TEXTS.items(), start=2):
        start, end = text.replace("翌", "").split("～")
        fill(legend, row, [LETTERS[mark], f"勤務{row}", start, end, "1:00"])
    return planted(book, month, people, LETTERS.__getitem__)


def merged_roles(rng: Random) -> Planted:
    """One merged cell names the occupation of several people."""
    month = month_of(rng)
    people = crew(rng, month, length_of(month))
    order = sorted(range(len(people.names)), key=lambda p: people.roles[p])
    book = Workbook()
    tab: Any = book.active
    fill(tab, 1, [f"{era(month)}分 勤務表"])
    fill(tab, 3, ["職種", "氏名", *(d.day for d in people.days)])
    fill(tab, 4, ["", "", *(weekday(d) for d in people.days)])
    starts: dict[str, int] = {}
    for row, person in enumerate(order, start=5):
        fill(
            tab,
            row,
            ["", people.names[person], *(people.marks.get((person, d), "") for d in range(len(people.days)))],
        )
        starts.setdefault(people.roles[person], row)
    for role, start in starts.items():
        end = start + sum(r == role for r in people.roles) - 1
        tab.cell(start, 1, role)
        tab.merge_cells(start_row=start, end_row=end, start_column=1, end_column=1)
    return planted(book, month, people)


def half_months(rng: Random) -> Planted:
    """The month in two blocks below each other, the same people in both."""
    month = month_of(rng)
    people = crew(rng, month, length_of(month))
    book = Workbook()
    tab: Any = book.active
    fill(tab, 1, [f"{era(month)}　シフト表"])
    row = 2
    for first, last in ((0, 15), (15, len(people.days))):
        fill(tab, row, ["氏名", "職種", *(d.day for d in people.days[first:last])])
        fill(tab, row + 1, ["", "", *(weekday(d) for d in people.days[first:last])])
        for person, name in enumerate(people.names):
            marks = [people.marks.get((person, d), "") for d in range(first, last)]
            fill(tab, row + 2 + person, [name, people.roles[person], *marks])
        row += len(people.names) + 4
    return planted(book, month, people)


def closing_day(rng: Random) -> Planted:
    """From the 16th to the 15th of the next month."""
    month = month_of(rng)
    length = length_of(month)
    people = crew(rng, month.replace(day=16), length)
    book = Workbook()
    tab: Any = book.active
    fill(tab, 1, [f"{month.year}年{month.month}月度"])
    fill(tab, 3, ["職種", "形態", "氏名", *(d.day for d in people.days)])
    fill(tab, 4, ["", "", "", *(weekday(d) for d in people.days)])
    body(tab, 5, people, 4)
    return planted(book, month, people)


def four_weeks(rng: Random) -> Planted:
    """Twenty-eight days, weekdays above the days, far down and to the right on the sheet."""
    month = month_of(rng)
    people = crew(rng, month, 28)
    book = Workbook()
    tab: Any = book.active
    fill(tab, 5, ["", "", "", "対象月", f"{month.year}年{month.month}月"])
    fill(tab, 8, [weekday(d) for d in people.days], left=8)
    fill(tab, 9, ["", "", "", "", "職種", "勤務形態", "従業者氏名"])
    fill(tab, 9, [d.day for d in people.days], left=8)
    for person, name in enumerate(people.names):
        marks = [people.marks.get((person, d), "") for d in range(28)]
        fill(tab, 10 + person, [people.roles[person], "B", name, *marks], left=5)
    return planted(book, month, people)


def week_sums(rng: Random) -> Planted:
    """A column of sums after each week, and one of hours at the end."""
    month = month_of(rng)
    people = crew(rng, month, length_of(month))
    book = Workbook()
    tab: Any = book.active
    fill(tab, 1, [era(month)])
    columns = [4 + day + day // 7 for day in range(len(people.days))]
    fill(tab, 3, ["職種", "職員番号", "氏名"])
    for day, column in enumerate(columns):
        tab.cell(3, column, people.days[day].day)
        tab.cell(4, column, weekday(people.days[day]))
        if day % 7 == 6:
            tab.cell(3, column + 1, "週計")
    tab.cell(3, columns[-1] + 2, "月合計")
    for person, name in enumerate(people.names):
        fill(tab, 5 + person, [people.roles[person], f"S{person:03}", name])
        for day, column in enumerate(columns):
            if mark := people.marks.get((person, day), ""):
                tab.cell(5 + person, column, mark)
            if day % 7 == 6:
                tab.cell(5 + person, column + 1, 5)
        tab.cell(5 + person, columns[-1] + 2, 160)
    return planted(book, month, people)


def legend_right(rng: Random) -> Planted:
    """The legend stands to the right of the people's rows."""
    month = month_of(rng)
    people = crew(rng, month, length_of(month))
    book = Workbook()
    tab: Any = book.active
    fill(tab, 1, [f"{era(month)}分"])
    fill(tab, 2, ["職種", "形態", "氏名", *(d.day for d in people.days), "", "凡例"])
    body(tab, 3, people, 4, LETTERS.__getitem__)
    for row, (mark, text) in enumerate(MARK_TEXTS.items(), start=3):
        fill(tab, row, [LETTERS[mark], text], left=5 + len(people.days))
    return planted(book, month, people, LETTERS.__getitem__)


def bare(rng: Random) -> Planted:
    """No headings at all; only the name of the tab tells the month."""
    month = month_of(rng)
    people = crew(rng, month, length_of(month))
    book = Workbook()
    tab: Any = book.active
    tab.title = f"{month.year}年{month.month}月"
    fill(tab, 1, [d.day for d in people.days], left=3)
    for person, name in enumerate(people.names):
        marks = [people.marks.get((person, d), "") for d in range(len(people.days))]
        fill(tab, 2 + person, [people.roles[person], name, *marks])
    return planted(book, month, people)


LAYOUTS: tuple[Callable[[Random], Planted], ...] = (
    simple,
    full_width,
    week_heads,
    blocks,
    sections,
    whole_dates,
    slash_days,
    two_lines,
    legend_tab,
    merged_roles,
    half_months,
    closing_day,
    four_weeks,
    week_sums,
    legend_right,
    bare,
)
