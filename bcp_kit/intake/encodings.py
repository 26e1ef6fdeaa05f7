"""Which encoding a text is in: its mark, then strict trials, then which reading looks like Japanese."""

import codecs
import re

from bcp_kit.domain.errors import BcpKitError, ErrorCode

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8 (BOM)"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_SEVEN_BIT = (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(I")
_BYTES_OF_LOCALE = (("cp932", "CP932"), ("euc_jp", "EUC-JP"))
_STEP = 1024 * 1024
_SAMPLE = 256 * 1024
_MOST_TAIL = 4
_WIDE_SAMPLE = 64 * 1024
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_EVERYDAY = re.compile("[\u3000-\u30ff\uff01-\uff5e、。々〇○◯×]")
_UNASSIGNED = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
"""What Python gives for bytes that CP932 does not use."""
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_SEQUENCES = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){3}")
_MOSTLY = 0.7


def encoding_of(content: bytes) -> tuple[str, str]:
    """Return the codec of a text and the name shown for it.

    UTF-8 wins when it fits. CP932 and EUC-JP often both fit: then the one with more everyday characters.
    Raises: BcpKitError I-010 when none fits, I-011 when the text breaks off within a character, I-030 when
    lines are in different encodings, I-003 for a text with NUL.
    """
    for mark, codec, shown in _MARKS:
        if content.startswith(mark):
            return _demanded(content, codec), shown
    if any(escape in content for escape in _SEVEN_BIT):
        return _demanded(content, "iso2022_jp_ext"), "ISO-2022-JP"
    wide = wide_codec(content)
    if wide is not None:
        return _demanded(content, wide), "UTF-16"
    fault = _first_fault(content, "utf-8")
    if fault is None:
        return "utf-8", "UTF-8"
    if fault >= len(content) - _MOST_TAIL and _NOT_ASCII.search(content[:fault].decode("utf-8", "ignore")):
        raise BcpKitError(ErrorCode.FILE_DAMAGED)
    return _of_locale(content)


def _demanded(content: bytes, codec: str) -> str:
    fault = _first_fault(content, codec)
    if fault is None:
        return codec
    cut = fault >= len(content) - _MOST_TAIL
    raise BcpKitError(ErrorCode.FILE_DAMAGED if cut else ErrorCode.ENCODING_UNKNOWN)


def _of_locale(content: bytes) -> tuple[str, str]:
    fitting = [(codec, shown) for codec, shown in _BYTES_OF_LOCALE if _first_fault(content, codec) is None]
    mixed = _line_in_utf8(content)
    if mixed is not None:
        raise BcpKitError(ErrorCode.ENCODING_MIXED, row=mixed)
    if fitting:
        sample = content[:_SAMPLE]
        return max(fitting, key=lambda found: everydayness(sample.decode(found[0], "ignore")))
    cut = any((_first_fault(content, c) or 0) >= len(content) - _MOST_TAIL for c, _ in _BYTES_OF_LOCALE)
    raise BcpKitError(ErrorCode.FILE_DAMAGED if cut else ErrorCode.ENCODING_UNKNOWN)


def _first_fault(content: bytes, codec: str) -> int | None:
    """Return about where a text stops being in `codec`, or None. Decodes step by step and keeps nothing."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    for start in range(0, len(content), _STEP):
        piece = content[start : start + _STEP]
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(piece, final=start + _STEP >= len(content))
        except UnicodeDecodeError as fault:
            return start - pending + fault.start
        if "\0" in text:
            raise BcpKitError(ErrorCode.FILE_TYPE_UNKNOWN)
        if codec == "cp932" and (unassigned := _UNASSIGNED.search(text)) is not None:
            return start - pending + len(text[: unassigned.start()].encode("cp932", "replace"))
    return None


def everydayness(text: str) -> float:
    """Return the share of kana, common kanji and full-width signs among what is not ASCII, 0 to 1.

    Common kanji are those of JIS level 1. Half-width kana count half: EUC-JP read as CP932 is full of them.
    """
    foreign = _NOT_ASCII.findall(text)
    if not foreign:
        return 1.0
    kana = len(_EVERYDAY.findall(text))
    half = len(_HALF_KANA.findall(text))
    common = sum(1 for c in foreign if "\u4e00" <= c <= "\u9fff" and _is_level_one(c))
    return (kana + common + half / 2) / len(foreign)


def _is_level_one(kanji: str) -> bool:
    code = kanji.encode("euc_jp", "ignore")
    return len(code) == 2 and 0xB0 <= code[0] <= 0xCF


def _line_in_utf8(content: bytes) -> int | None:
    """Return the number of a line that is in UTF-8 though the text as a whole is not, or None.

    Three characters in a row as UTF-8 writes them, in a line that is UTF-8 all through, are no chance.
    """
    for found in _SEQUENCES.finditer(content):
        start = content.rfind(b"\n", 0, found.start()) + 1
        end = content.find(b"\n", found.end())
        try:
            text = content[start : end if end >= 0 else len(content)].decode("utf-8")
        except UnicodeDecodeError:
            continue
        if everydayness(text) > _MOSTLY:
            return content.count(b"\n", 0, start) + 1
    return None


def wide_codec(content: bytes) -> str | None:
    """Return the codec of a text in UTF-16, told by its mark, else by its separators and line ends.

    None for anything else.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = content[: min(_WIDE_SAMPLE, len(content) // 2 * 2)]
    for codec, even in (("utf-16-le", 0), ("utf-16-be", 1)):
        own, other = sample[even::2], sample[1 - even :: 2]
        signs = sum(1 for a, b in zip(own, other, strict=True) if b == 0 and a in b"\n\r,\t;")
        if not signs:
            continue
        text = sample.decode(codec, "replace")
        odd = text.count("\ufffd") + text.count("\0")
        known = sum(c < "\u0080" or "\u3000" <= c <= "\u9fff" or c >= "\uff00" for c in text)
        if odd <= 1 and known > 0.9 * len(text):
            return codec
    return None
