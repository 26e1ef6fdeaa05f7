"""Text files: encodings, separators, line ends, quotes, lost ends."""

from bcp_kit.domain.errors import ErrorCode
from tests.intake.corpus.model import Case, Maker, delimited, dice, grid, people

CODECS = ("utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16", "utf-16-le", "utf-16-be", "iso2022_jp")


def encodings(kind: str, seed: int, number: int) -> Case:
    """Every encoding and separator, under any ending of a text file."""
    rng = dice(kind, seed, number)
    listed, codec = people(rng), CODECS[number % len(CODECS)]
    sign, ending = rng.choice(",\t;"), rng.choice((".csv", ".tsv", ".txt", ".CSV"))
    rare = codec in ("euc_jp", "iso2022_jp")
    codes = frozenset({ErrorCode.ENCODING_RARE} if rare else ())
    content = delimited(grid(listed), codec, sign)
    return Case(kind, number, f"名簿{ending}", content, tuple(listed), codes=codes)


def mixed(kind: str, seed: int, number: int) -> Case:
    """Two files of different encodings copied together."""
    rng = dice(kind, seed, number)
    listed = people(rng, 8)
    cut = rng.randint(2, 6)
    rows = grid(listed)
    codecs = rng.sample(("utf-8", "cp932", "euc_jp"), 2)
    if "utf-8" not in codecs:
        codecs[1] = "utf-8"
    content = delimited(rows[:cut], codecs[0]) + delimited(rows[cut:], codecs[1])
    found = frozenset({ErrorCode.ENCODING_MIXED, ErrorCode.ENCODING_UNKNOWN, ErrorCode.FILE_DAMAGED})
    return Case(kind, number, "a.csv", content, tuple(listed), refused=True, one_of=found)


def broken_bytes(kind: str, seed: int, number: int) -> Case:
    """Bytes that no encoding has."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    content = bytearray(delimited(grid(listed), rng.choice(("utf-8", "cp932", "euc_jp"))))
    for _ in range(rng.randint(1, 4)):
        content.insert(rng.randrange(10, len(content) - 10), 0xFF)
    return Case(kind, number, "a.csv", bytes(content), tuple(listed), refused=True)


def quotes(kind: str, seed: int, number: int) -> Case:
    """A quote that is never closed, or closed in the middle of a cell."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    lines = delimited(grid(listed)).decode("cp932").split("\r\n")
    at = rng.randrange(1, len(lines) - 1)
    cells = lines[at].split(",")
    cells[rng.randrange(len(cells))] = rng.choice(('"みどり町', '"みどり"町', '"""みどり'))
    lines[at] = ",".join(cells)
    content = "\r\n".join(lines).encode("cp932")
    found = frozenset({ErrorCode.CSV_QUOTES})
    return Case(kind, number, "a.csv", content, tuple(listed), refused=True, codes=found)


def nul(kind: str, seed: int, number: int) -> Case:
    """NUL bytes in a text."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    content = bytearray(delimited(grid(listed), rng.choice(("utf-8", "cp932"))))
    content[rng.randrange(len(content)) : 0] = b"\0" * rng.randint(1, 3)
    found = frozenset({ErrorCode.FILE_TYPE_UNKNOWN})
    return Case(kind, number, "a.csv", bytes(content), tuple(listed), refused=True, codes=found)


def line_ends(kind: str, seed: int, number: int) -> Case:
    """Line ends of every system, empty lines, a stated separator, the end mark of old systems."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    end = ("\r\n", "\n", "\r")[number % 3]
    sign = rng.choice(",;\t")
    text = delimited(grid(listed), "utf-8", sign, end).decode()
    if number % 4 == 1:
        text = f"sep={sign}{end}{text}"
    if number % 4 == 2:
        text += "\x1a"
    if number % 4 == 3:
        text = end * 2 + text.replace(end, end * 2) + sign * 7 + end
    codec = rng.choice(("cp932", "utf-8-sig"))
    return Case(kind, number, "a.csv", text.encode(codec), tuple(listed))


def shifted(kind: str, seed: int, number: int) -> Case:
    """One row with a separator too many or too few."""
    rng = dice(kind, seed, number)
    listed = people(rng, 7)
    rows = grid(listed)
    at, place = rng.randint(1, 6), rng.randrange(1, 7)
    if number % 2:
        rows[at].insert(place, "")
    else:
        del rows[at][place]
    found = frozenset({ErrorCode.ROW_SHIFTED})
    bad = frozenset({listed[at - 1].number})
    return Case(kind, number, "a.csv", delimited(rows), tuple(listed), codes=found, bad=bad)


def cut(kind: str, seed: int, number: int) -> Case:
    """A text that stops somewhere: in a character, in a cell, in a row."""
    rng = dice(kind, seed, number)
    listed = people(rng, 8)
    codec = rng.choice(("utf-8", "cp932"))
    whole = delimited(grid(listed), codec)
    content = whole[: rng.randrange(len(whole) // 2, len(whole) - 3)]
    if content.decode(codec, "ignore").encode(codec) != content:
        damaged = frozenset({ErrorCode.FILE_DAMAGED})
        return Case(kind, number, "a.csv", content, tuple(listed), refused=True, codes=damaged)
    full = content.count(b"\r\n") - 1
    truth = tuple(listed[: full + 1])
    last = frozenset({listed[full].number})
    found = frozenset({ErrorCode.ROW_CUT_OFF, ErrorCode.FILE_END_OPEN, ErrorCode.FILE_DAMAGED})
    if content.endswith((b"\r\n", b"\r")):
        whole_rows = full + content.endswith(b"\r")
        truth, last, found = tuple(listed[:whole_rows]), frozenset(), frozenset()
    return Case(kind, number, "a.csv", content, truth, one_of=found, lost=last)


MAKERS: dict[str, Maker] = {
    "encoding": encodings,
    "encoding_mixed": mixed,
    "encoding_broken": broken_bytes,
    "quotes": quotes,
    "nul_bytes": nul,
    "line_ends": line_ends,
    "shifted_columns": shifted,
    "half_downloaded_text": cut,
}
