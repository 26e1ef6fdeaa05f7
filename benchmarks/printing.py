"""Printing of individual evacuation plans: milliseconds a plan, megabytes at the peak, bytes a plan.

`python benchmarks/printing.py --plans 3000 --batch 500` draws invented people whose names and texts differ,
so that fonts are subset as for a real town. Times are of this process's work (CPU), beside wall-clock time.
"""

import argparse
import hashlib
import json
import random
import resource
import time
from datetime import UTC, date, datetime

from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import Device, EmergencyContact, Person, Supporter, SupportLink, SupportRole
from bcp_kit.domain.plans import EvacuationPlan, PlannedStage
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.render.evacuation.case import NamedSupporter, PlanCase
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.render.evacuation.paper import print_copies
from bcp_kit.render.tagpdf import DocumentFacts

KANJI = [chr(code) for code in range(0x4E00, 0x6E00, 3)]
DAY = date(2026, 11, 23)


def _words(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(KANJI) for _ in range(count))


def invented_shelters(rng: random.Random) -> dict[str, Shelter]:
    return {
        f"t{index}": Shelter(
            id=f"t{index}",
            name=f"{_words(rng, 4)}小学校",
            kind=DestinationKind.GENERAL,
            address=f"見本市{_words(rng, 3)}町{index}",
            phone=f"000-{index:03d}-0000",
            location=Location(
                latitude=35 + rng.uniform(-0.05, 0.05), longitude=139 + rng.uniform(-0.05, 0.05)
            ),
        )
        for index in range(60)
    }


def invented_case(index: int, rng: random.Random, shelters: dict[str, Shelter]) -> PlanCase:
    person = Person(
        id=f"p{index}",
        name=f"{_words(rng, 2)}　{_words(rng, 2)}",
        name_kana="ミホン タロウ",
        birth_date=date(1940, 1, 1),
        address=f"見本市{_words(rng, 3)}町{index}",
        location=Location(latitude=35.0, longitude=139.0),
        phone_home=f"000-{index:04d}-1111",
        needs=("care_level_3",),
        reason_text=_words(rng, 40),
        considerations=_words(rng, 120),
        never_do=_words(rng, 20),
        must_carry=("薬", "めがね", "補聴器の電池"),
        devices=(Device(kind="suction", power_w=70, battery_h=1),),
        emergency_contacts=(EmergencyContact(name=_words(rng, 4), relation="長女", phone="000-0000-0000"),),
    )
    helper = Supporter(id=f"s{index}", name=_words(rng, 4), address=_words(rng, 8), phone="000-0000-0000")
    link = SupportLink(person_id=person.id, supporter_id=helper.id, roles=(SupportRole.CARRY_OUT,))
    first, second = rng.sample(sorted(shelters), 2)
    stages = tuple(
        PlannedStage(hazard=hazard, stage=stage, shelter_id=place, distance_m=900)
        for hazard in (HazardKind.EARTHQUAKE, HazardKind.RIVER_FLOOD)
        for stage, place in ((1, first), (2, second))
    )
    plan = EvacuationPlan(
        id=f"{index:032x}",
        number=f"{index:06d}",
        person_id=person.id,
        created_on=DAY,
        updated_on=DAY,
        stages=stages,
        answers={"route_text": _words(rng, 30)},
    )
    return PlanCase(
        person, plan, Edition.PERSON, DAY, (NamedSupporter(helper, link),), shelters, municipality="見本市"
    )


def main() -> None:
    """Print the batches and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=500)
    parser.add_argument("--batch", type=int, default=500)
    wanted = parser.parse_args()
    rng = random.Random(1)
    shelters = invented_shelters(rng)
    facts = DocumentFacts(title="benchmark", made_at=datetime(2026, 11, 23, tzinfo=UTC))
    pages = size = 0
    digest = hashlib.sha256()
    wall, work = time.perf_counter(), time.process_time()
    for start in range(0, wanted.plans, wanted.batch):
        count = min(wanted.batch, wanted.plans - start)
        printed = print_copies([invented_case(start + n, rng, shelters) for n in range(count)], facts)
        pages += printed.pages
        size += len(printed.pdf_bytes)
        digest.update(printed.pdf_bytes)
    spent, worked = time.perf_counter() - wall, time.process_time() - work
    result = {
        "plans": wanted.plans,
        "pages": pages,
        "wall_s": round(spent, 1),
        "cpu_ms_per_plan": round(worked / wanted.plans * 1000, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "bytes_per_plan": size // wanted.plans,
        "sha256": digest.hexdigest()[:16],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
