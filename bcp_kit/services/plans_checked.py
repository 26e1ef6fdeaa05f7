"""Before a file of plans leaves: is each page the right person's, and does it name nobody else?"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import LANGUAGES, messages
from bcp_kit.forms.schema import form
from bcp_kit.render.evacuation.case import FORM_ID, PlanCase
from bcp_kit.render.evacuation.paper import PrintedCopies
from bcp_kit.render.evacuation.wording import fixed_words
from bcp_kit.render.mixups import ExpectedCopy, Identifiers, find_mixups
from bcp_kit.render.pdf_words import page_words, without_spaces
from bcp_kit.storage.unit_of_work import UnitOfWork

_IDENTIFYING = ("name", "phone_home", "phone_mobile", "email")
_PAPER = "plans.paper."


def identifiers_of_all(uow: UnitOfWork) -> Identifiers:
    """Return the names and telephone numbers of everybody on the register."""
    return Identifiers((row[0], filter(None, row[1:])) for row in uow.people.fields(*_IDENTIFYING))


@cache
def _printed_on_every_plan() -> str:
    """Return the words of the paper itself in all its wordings: labels, choices, sentences."""
    sentences = (
        words for language in LANGUAGES for key, words in messages(language).items() if key.startswith(_PAPER)
    )
    items = form(FORM_ID).items
    labels = (words for item in items for words in (item.title_ja, item.title_en))
    options = (option.label_ja for item in items for option in item.input.options)
    return "\n".join((*sentences, *labels, *options, *fixed_words()))


def _leaves(value: Any) -> Iterable[str]:
    """Yield every text in nested records."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _leaves(part)
    elif isinstance(value, str):
        yield value


def words_of_records(records: Iterable[DomainModel]) -> str:
    """Return every text that stands in these records."""
    return "\n".join(words for record in records for words in _leaves(record.model_dump(mode="json")))


def expected_words(case: PlanCase) -> str:
    """Return everything that this copy may say: all that is recorded of the person, the way, the helpers."""
    places = (case.shelters[s.shelter_id] for s in case.plan.stages if s.shelter_id in case.shelters)
    records = (case.person, case.plan, *places, *(n.supporter for n in case.supporters))
    return "\n".join(
        (words_of_records(records), case.municipality, case.consent.ordinance, _printed_on_every_plan())
    )


def demand_no_mixup(printed: PrintedCopies, cases: Sequence[PlanCase], everybody: Identifiers) -> None:
    """Go on only when each page of the file belongs where it stands.

    Raises: BcpKitError P-002 with the page and the number of the copy, never with a name.
    """
    expected = [
        ExpectedCopy(
            key=case.person.id,
            first_page=copy.first_page,
            pages=copy.pages,
            marks=(case.copy_number,),
            words=expected_words(case),
        )
        for case, copy in zip(cases, printed.copies, strict=True)
    ]
    pages = page_words(printed.pdf_bytes) if printed.is_pdf else (without_spaces(printed.text),)
    found = find_mixups(pages, expected, everybody)
    if found:
        numbers = {case.person.id: case.copy_number for case in cases}
        first = found[0]
        raise BcpKitError(
            ErrorCode.COPIES_MIXED_UP, page=first.page, copy=numbers.get(first.key, ""), count=len(found)
        )
