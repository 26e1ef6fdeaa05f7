"""Checks of contacts: a number that is there, that can be rung, and that was made sure of within the year."""

from collections.abc import Iterator
from datetime import timedelta

from bcp_kit.catalogues.load import number
from bcp_kit.forms.checks.case import Case, Hit, label_of
from bcp_kit.forms.checks.data import lists
from bcp_kit.forms.checks.reading import is_phone, phones, squeezed

NOT_PHONES = frozenset({"office_number", "name", "attachment_number"})


def phone_missing(case: Case) -> Iterator[Hit]:
    """Whoever stands in a list of contacts can be rung."""
    for part in case.plans.values():
        for item_id, column in lists().contact_columns.items():
            if item_id not in {item.id for item in case.asked(part)}:
                continue
            for place, row in enumerate(case.rows(item_id, part.kind)):
                others = any(words.strip() for key, words in row.items() if key != column)
                if others and not phones(row.get(column, "")):
                    shown = {"name": label_of(row)}
                    yield Hit(kind=part.kind, item_id=item_id, row=place, column=column, values=shown)


def phone_malformed(case: Case) -> Iterator[Hit]:
    """A telephone number has as many digits as a number in Japan and is no placeholder."""
    for part in case.plans.values():
        for item, row, column, words in case.cells(part):
            if column in NOT_PHONES:
                continue
            wrong = next((said for said in phones(words) if not is_phone(said)), None)
            if wrong:
                yield Hit(kind=part.kind, item_id=item.id, row=row, column=column, values={"words": wrong})


def contacts_old(case: Case) -> Iterator[Hit]:
    """Every contact was made sure of within the interval of review; of each list the first is named."""
    interval = timedelta(days=number("check_rules", "contact_interval_days"))
    for part in case.plans.values():
        for item_id, column in lists().contact_columns.items():
            given = case.answer(part.kind, item_id)
            if given is None:
                continue
            if case.stale_contacts is not None:
                stale = {squeezed(name): on for name, on in case.stale_contacts.items()}
                old = [
                    (n, on) for n, row in enumerate(given.rows) if (on := stale.get(squeezed(label_of(row))))
                ]
                if old:
                    shown = {"on": old[0][1]}
                    yield Hit(kind=part.kind, item_id=item_id, row=old[0][0], column=column, values=shown)
            elif given.changed_at and case.today - given.changed_at.date() > interval:
                yield Hit(kind=part.kind, item_id=item_id, values={"on": given.changed_at.date().isoformat()})


def staff_contacts_old(case: Case) -> Iterator[Hit]:
    """Numbers and homes of staff were made sure of within the interval of review."""
    interval = timedelta(days=number("check_rules", "contact_interval_days"))
    old = [one for one in case.staff if one.verified_on and case.today - one.verified_on > interval]
    for part in case.plans.values():
        if old and case.answer(part.kind, "nd_callin_list"):
            shown = {"name": old[0].name, "count": len(old)}
            yield Hit(kind=part.kind, item_id="nd_callin_list", column="availability", values=shown)
