"""What numbers, dates, places and telephone numbers a cell of a plan holds. Pure functions over words."""

import calendar
import re
import unicodedata
from datetime import date
from functools import lru_cache

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_LITRES = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(mL|ml|L|l|ℓ|リットル)")
_BOTTLES = re.compile(
    r"(\d+(?:\.\d+)?)\s*(mL|ml|L|l|ℓ|リットル)(?:入り)?\s*(?:を|の|x|X|×|\*)?\s*(\d[\d,]*)\s*(?:本|個|缶|袋)"
)
_MEALS = re.compile(r"(\d[\d,]*)\s*食")
_PEOPLE = re.compile(r"(\d[\d,]*)\s*人")
_DATE = re.compile(
    r"(?:(?P<era>令和|R)\s*(?P<era_year>\d{1,2}|元)|(?P<year>20\d{2}))\s*[年./-]\s*(?P<month>\d{1,2})"
    r"(?:\s*[月./-]\s*(?P<day>\d{1,2}))?"
)
_LEVEL = re.compile(r"(?:警戒)?レベル\s*([1-5])")
_INTENSITY = re.compile(r"震度\s*([1-7])\s*([弱強]?)")
_KILOWATTS = re.compile(r"(\d+(?:\.\d+)?)\s*kW")
_PHONE_LIKE = re.compile(r"(?<![\d-])[+(]?\d{1,5}[)-]\d{1,5}-?\d{0,5}(?![\d-])|(?<![\d-])0\d{8,11}(?![\d-])")
_PLACE = re.compile(
    r"[\u4e00-\u9fff\u30a0-\u30ffー々A-Za-z]+?(?:小学校|中学校|高校|公民館|体育館|会館|集会所|センター|ホーム|病院|道の駅|庁舎)"
)
_SHORT_NUMBERS = frozenset({"110", "118", "119", "171", "188", "189"})
REIWA_BEGAN = 2019
ML_PER_LITRE = 1000


@lru_cache(maxsize=20_000)
def plain(words: str) -> str:
    """Return words with full-width digits and signs as plain ones and every kind of hyphen as one."""
    folded = unicodedata.normalize("NFKC", words)
    return re.sub(r"(?<=\d)[‐‑‒–—―−ー](?=\d)", "-", folded)


def squeezed(words: str) -> str:
    """Return words without blanks, for comparing."""
    return "".join(plain(words).split())


def to_number(found: str) -> float:
    """Return a found number as a number."""
    return float(found.replace(",", ""))


def first_number(words: str) -> float | None:
    """Return the first number, None without one."""
    found = _NUMBER.search(plain(words))
    return to_number(found[0]) if found else None


def percent(words: str) -> float | None:
    """Return the first percentage, 0–100, None without one."""
    found = _PERCENT.search(plain(words))
    return float(found[1]) if found else None


def _in_litres(amount: str, unit: str) -> float:
    return to_number(amount) / (ML_PER_LITRE if unit.lower() == "ml" else 1)


def litres(words: str) -> float | None:
    """Return the litres that a quantity means, bottles counted out; None without any.

    Of several figures (2Lを540本、計1,080L) the largest is the total. Units: litres.
    """
    said = plain(words)
    counted = [_in_litres(size, unit) * to_number(count) for size, unit, count in _BOTTLES.findall(said)]
    named = [_in_litres(amount, unit) for amount, unit in _LITRES.findall(said)]
    return max([*counted, *named], default=None)


def meals(words: str) -> float:
    """Return the number of meals, 0 without any."""
    return sum(to_number(found) for found in _MEALS.findall(plain(words)))


def people(words: str) -> float | None:
    """Return the first number of people, None without one."""
    found = _PEOPLE.search(plain(words))
    return to_number(found[1]) if found else None


def kilowatts(words: str) -> float | None:
    """Return the first power in kW, None without one."""
    found = _KILOWATTS.search(plain(words))
    return float(found[1]) if found else None


def last_day(words: str) -> date | None:
    """Return the day until which a date or month reaches (2027年9月: the 30th); None without a date."""
    found = _DATE.search(plain(words))
    if found is None:
        return None
    era_year = 1 if found["era_year"] == "元" else int(found["era_year"] or 0)
    year = int(found["year"]) if found["year"] else REIWA_BEGAN - 1 + era_year
    month = int(found["month"])
    if not 1 <= month <= 12:
        return None
    longest = calendar.monthrange(year, month)[1]
    day = int(found["day"]) if found["day"] else longest
    return date(year, month, day) if 1 <= day <= longest else None


def levels(words: str) -> tuple[int, ...]:
    """Return the alert levels named, in order."""
    return tuple(int(level) for level in _LEVEL.findall(plain(words)))


def intensities(words: str) -> tuple[str, ...]:
    """Return the seismic intensities named, such as 5強, in order."""
    return tuple(f"{number}{half}" for number, half in _INTENSITY.findall(plain(words)))


def places(words: str) -> frozenset[str]:
    """Return the names of schools, halls and the like in the words."""
    return frozenset(_PLACE.findall(plain(words)))


def phones(words: str) -> tuple[str, ...]:
    """Return everything that looks like a telephone number, as written; dates and years are none."""
    said = plain(words)
    return tuple(found for found in _PHONE_LIKE.findall(said) if not _DATE.fullmatch(found))


def is_phone(number: str) -> bool:
    """True for a number that could be rung in Japan: 0 and nine or ten more digits, or a short number.

    All digits the same, as in a form's example, is no number.
    """
    digits = re.sub(r"\D", "", plain(number))
    if digits in _SHORT_NUMBERS:
        return True
    return digits.startswith("0") and len(digits) in (10, 11) and len(set(digits)) > 1
