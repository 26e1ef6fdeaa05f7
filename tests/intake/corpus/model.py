"""What a malformed file is made of: invented people, and what must come of the file."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO, StringIO
from random import Random

import xlwt
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bcp_kit.domain.errors import ErrorCode

HEADINGS = ("名簿番号", "氏名", "フリガナ", "生年月日", "性別", "郵便番号", "住所", "電話（自宅）")
_SURNAMES = (
    ("青葉", "アオバ"),
    ("若葉", "ワカバ"),
    ("新緑", "シンリョク"),
    ("森", "モリ"),
    ("小林", "コバヤシ"),
)
_GIVEN = (("花子", "ハナコ"), ("次郎", "ジロウ"), ("三郎", "サブロウ"), ("和子", "カズコ"), ("清", "キヨシ"))
_TOWNS = ("みどり町本町", "みどり町中央", "わかば市東", "みどり町字上ノ原")


@dataclass(frozen=True)
class Someone:
    """One invented person as the register holds them."""

    number: str
    name: str
    kana: str
    born: date
    sex: str
    postal: str
    address: str
    phone: str

    def cells(self) -> list[str]:
        """Return the person as a row below HEADINGS."""
        born = self.born.isoformat()
        return [self.number, self.name, self.kana, born, self.sex, self.postal, self.address, self.phone]

    def but(self, **changed: str | date) -> "Someone":
        """Return the person with some fields changed."""
        return replace(self, **changed)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Case:
    """One file and what must follow.

    `refused`: no row of it may be imported. Otherwise the rows of `truth` come in, except those whose numbers
    stand in `bad`, which must be named. `codes` must all be found, of `one_of` at least one. `lost` are
    numbers whose values the file itself no longer holds: they may come in otherwise, but not unnamed.
    """

    kind: str
    number: int
    name: str
    content: bytes
    truth: tuple[Someone, ...] = ()
    refused: bool = False
    codes: frozenset[ErrorCode] = frozenset()
    one_of: frozenset[ErrorCode] = frozenset()
    bad: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()


Maker = Callable[[str, int, int], Case]


def dice(kind: str, seed: int, number: int) -> Random:
    """Return the chance of one file: it depends on the file alone."""
    return Random(f"{kind}/{seed}/{number}")  # noqa: S311


def people(rng: Random, count: int | None = None) -> list[Someone]:
    """Return people with different numbers and addresses."""
    start = rng.randrange(1, 90_000)
    found = []
    for i in range(count or rng.randint(4, 9)):
        (surname, surname_kana), (given, given_kana) = rng.choice(_SURNAMES), rng.choice(_GIVEN)
        found.append(
            Someone(
                number=f"{start + i:06d}",
                name=f"{surname}　{given}",
                kana=f"{surname_kana}　{given_kana}",
                born=date(1930, 1, 1) + timedelta(days=rng.randrange(20_000) + 37 * i),
                sex=rng.choice(("男", "女")),
                postal=f"{rng.randrange(60, 99)}0-{rng.randrange(10_000):04d}",
                address=f"{rng.choice(_TOWNS)}{i + 1}-{rng.randint(1, 30)}-{rng.randint(1, 20)}",
                phone=f"0467-{rng.randrange(20, 99)}-{rng.randrange(10_000):04d}",
            )
        )
    return found


def grid(listed: Sequence[Someone]) -> list[list[str]]:
    """Return the headings and a row for each person."""
    return [list(HEADINGS), *(person.cells() for person in listed)]


def delimited(
    rows: Sequence[Sequence[str]], codec: str = "cp932", sign: str = ",", end: str = "\r\n"
) -> bytes:
    """Return rows as text."""
    out = StringIO(newline="")
    csv.writer(out, delimiter=sign, lineterminator=end).writerows(rows)
    return out.getvalue().encode(codec)


def new_excel(
    rows: Sequence[Sequence[object]],
    change: Callable[[Worksheet], None] | None = None,
    top: int = 0,
    left: int = 0,
) -> bytes:
    """Return rows as .xlsx with `top` rows and `left` columns left free, after `change` has worked on it."""
    book = Workbook()
    tab = book.active
    assert tab is not None
    tab.title = "名簿"
    for i, row in enumerate(rows, start=1 + top):
        for j, cell in enumerate(row, start=1 + left):
            if cell != "":
                tab.cell(i, j, cell)
    if change is not None:
        change(tab)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def old_excel(
    rows: Sequence[Sequence[object]], change: Callable[[xlwt.Worksheet], None] | None = None
) -> bytes:
    """Return rows as .xls, after `change` has worked on the sheet."""
    book = xlwt.Workbook()
    tab = book.add_sheet("名簿", cell_overwrite_ok=True)
    dated = xlwt.easyxf(num_format_str="YYYY/MM/DD")
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            tab.write(i, j, cell, dated) if isinstance(cell, date) else tab.write(i, j, cell)
    if change is not None:
        change(tab)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
