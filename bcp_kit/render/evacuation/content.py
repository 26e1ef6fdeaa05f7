"""What a copy says, as one digest: when it changes, copies on paper are out of date."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.plans import PlannedStage
from bcp_kit.forms.schema import form
from bcp_kit.render.evacuation.case import FORM_ID, NamedSupporter, PlanCase
from bcp_kit.render.evacuation.values import value

# Records from which the tables of a copy are put together, by a field that says whether the copy holds them.
_TABLES: Mapping[str, Callable[[PlanCase], list[Any]]] = {
    "emergency_contacts": lambda case: _dump(case.person.emergency_contacts),
    "devices": lambda case: _dump(case.person.devices),
    "supporters": lambda case: [_supporter(named) for named in case.supporters],
    "destinations": lambda case: [_stage(case, stage) for stage in case.plan.stages],
    "must_carry": lambda case: list(case.person.must_carry),
}
# A birthday does not make a plan wrong.
_NOT_CONTENT = frozenset({"age"})


def content_digest(case: PlanCase) -> str:
    """Return a digest of everything that the copy says about the person, the way and the helpers.

    When it was printed or checked, and numbers of versions, are no part of it. 64 hexadecimal characters.
    """
    words = json.dumps(_content(case), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(words.encode()).hexdigest()


def _content(case: PlanCase) -> Mapping[str, Any]:
    fields = {
        item.id: words
        for item in form(FORM_ID).items
        if item.id not in _NOT_CONTENT and (words := value(case, item.id))
    }
    tables = {name: made(case) for name, made in _TABLES.items() if case.shows(name)}
    return {
        "edition": case.edition.value,
        "fields": fields,
        "tables": tables,
        "unplaced": [hazard.value for hazard in case.plan.unplaced],
        "town": case.municipality,
    }


def _dump(records: Iterable[DomainModel]) -> list[Any]:
    return [record.model_dump(mode="json") for record in records]


def _supporter(named: NamedSupporter) -> Mapping[str, Any]:
    helper, link = named.supporter, named.link
    return {
        "name": helper.name,
        "phone": helper.phone,
        "address": helper.address,
        "rank": link.rank,
        "roles": [role.value for role in link.roles],
    }


def _stage(case: PlanCase, stage: PlannedStage) -> Mapping[str, Any]:
    wanted = (stage.shelter_id, *(other.shelter_id for other in stage.alternatives))
    places = [case.shelters[key] for key in wanted if key in case.shelters]
    return {
        "stage": stage.model_dump(mode="json"),
        "places": [(each.name, each.address, each.phone, each.opens_after_h) for each in places],
    }
