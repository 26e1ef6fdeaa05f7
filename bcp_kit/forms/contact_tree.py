"""The contact tree (緊急連絡網): manager, deputies, team leaders, then the staff in calling order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bcp_kit.domain.bcp import Answer
from bcp_kit.domain.staff import StaffMember
from bcp_kit.forms.action_cards import CardFacts, phone_of
from bcp_kit.forms.messages import text
from bcp_kit.forms.roll_call import CallLine
from bcp_kit.forms.sheets import SheetKind, sheet

DEPUTIES, STRUCTURE = "nd_deputies", "nd_emergency_structure"
HEAD_WORDS = ("本部長",)


@dataclass(frozen=True)
class Contact:
    """One place of the tree; `level` 0 is called first, each deeper level by the one above it."""

    level: int
    name: str
    post: str = ""
    phone: str = ""
    deputy: str = ""


def contact_tree(facts: CardFacts, lines: Sequence[CallLine]) -> tuple[Contact, ...]:
    """Return the tree in the order of reading; staff who stand above are not named again below.

    `lines` are the staff in the order of calling. A place that the plan leaves open has an empty name.
    """
    found = [*_head(facts), *_teams(facts)]
    above = "".join("".join(f"{c.name}{c.deputy}".split()) for c in found)
    rest = [line.person for line in lines if "".join(line.person.name.split()) not in above]
    return (*found, *_groups(rest))


def _with_phone(words: str, facts: CardFacts) -> str:
    phone = phone_of(words, facts.phones)
    return f"{words}　{phone}" if phone else words


def _head(facts: CardFacts) -> Iterable[Contact]:
    row = next(iter(facts.answers.get(DEPUTIES, Answer()).rows), {})
    manager = row.get("manager", "").strip() or facts.facility.manager
    deputies = [row.get(key, "").strip() for key in ("deputy_1", "deputy_2")]
    told = "　→　".join(_with_phone(name, facts) for name in deputies if name)
    yield Contact(0, manager, text("cards.tree.manager"), phone_of(manager, facts.phones), told)


def _teams(facts: CardFacts) -> Iterable[Contact]:
    for row in facts.answers.get(STRUCTURE, Answer()).rows:
        team, leader = row.get("team_role", "").strip(), row.get("leader", "").strip()
        if not team or any(word in team for word in HEAD_WORDS):
            continue
        deputy = row.get("deputy", "").strip()
        yield Contact(1, leader, team, phone_of(leader, facts.phones), _with_phone(deputy, facts))


def _groups(staff: Sequence[StaffMember]) -> Iterable[Contact]:
    """Yield the groups of the roster, each with its people; the first of a group calls the next."""
    words = next(c.choices for c in sheet(SheetKind.STAFF).columns if c.key == "qualifications")
    groups: dict[str, list[StaffMember]] = {}
    for person in staff:
        groups.setdefault(person.roster_group or text("cards.tree.staff"), []).append(person)
    for group, people in groups.items():
        for place, person in enumerate(people):
            post = "、".join(words[q] for q in person.qualifications[:2])
            level = 1 if place == 0 else 2
            yield Contact(level, person.name, f"{group}　{post}" if place == 0 else post, person.phone)
