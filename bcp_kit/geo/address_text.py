"""Japanese addresses for comparing: one width, one way of writing numbers and of the letters that vary.

The text of a record is never changed; this is the second form that is compared.
"""

import re
import unicodedata

_SAME = str.maketrans(
    {
        **dict.fromkeys("ヶヵがガ", "ケ"),
        **dict.fromkeys("之の", "ノ"),
        **dict.fromkeys("‐‑‒–—―−ー－─━~〜", "-"),
        **dict(
            zip(
                "髙﨑龍櫻條濱澤邊邉嶋冨檜籠曾藪壺豐廣國學寶瀨德惠圓塚凞",
                "高崎竜桜条浜沢辺辺島富桧篭曽薮壷豊広国学宝瀬徳恵円塚熙",
                strict=True,
            )
        ),
    }
)
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}
_KANJI_NUMBER = re.compile(r"([〇一二三四五六七八九十百]+)(?=丁目|番|号|条|線)")
_LEADS = re.compile(r"^(?:大字|字)+")


def number_of_kanji(text: str) -> int:
    """Return the number that kanji numerals write: 二十三 is 23, 一〇五 is 105."""
    if not any(c in text for c in "十百"):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for c in text:
        if c in "十百":
            total += max(digit, 1) * (100 if c == "百" else 10)
            digit = 0
        else:
            digit = _DIGITS[c]
    return total + digit


def folded_address(text: str) -> str:
    """Return an address for comparing: without spaces, digits for numerals before 丁目, 番 and 号."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    digits = _KANJI_NUMBER.sub(lambda m: str(number_of_kanji(m[1])), plain)
    return _variation(digits).translate(_SAME)


def _variation(text: str) -> str:
    return re.sub("[\ufe00-\ufe0f\U000e0100-\U000e01ef]", "", text)


def folded_town(text: str) -> str:
    """Return the name of a town for comparing: as an address, without 大字 and 字 before it."""
    return without_lead(folded_address(text))


def without_lead(text: str) -> str:
    """Return the rest of a folded address without 大字 or 字 at its beginning."""
    return _LEADS.sub("", text)
