"""How a person is named in a list to choose from."""

from bcp_kit.domain.people import Person
from bcp_kit.pages.parts.session import say


def person_label(person: Person) -> str:
    """Return name, reading and address; an address that is protected does not stand in a list."""
    where = say("pages.register.protected_short") if person.protected_address else person.address
    return "　".join(part for part in (person.name, person.name_kana, where) if part)
