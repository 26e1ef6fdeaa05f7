"""Upkeep of destinations: the list, single facts, surveys out and back, the board of an event.

`python benchmarks/upkeep.py --places 500` prints seconds for each piece of work and the peak of memory, over
invented places in a store of its own in a temporary folder.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bcp_kit.access.policy import Actor, Role
from bcp_kit.catalogues.vocabulary import shelter_features
from bcp_kit.domain.base import Known
from bcp_kit.domain.shelter_status import OpenState
from bcp_kit.domain.shelters import ConfirmedHow, DestinationKind, Shelter
from bcp_kit.services.base import Context
from bcp_kit.services.shelter_status import Report, begin_event, board, report_status
from bcp_kit.services.shelters import (
    HowConfirmed,
    SeveralConfirmed,
    ShelterQuery,
    confirm_facts,
    confirm_several,
    find_shelters,
    read_shelter,
)
from bcp_kit.services.store import StoreSettings, open_store
from bcp_kit.services.surveys import SurveyOrder, make_surveys, read_survey

PHONE = HowConfirmed(ConfirmedHow.PHONE)


def _place(number: int) -> Shelter:
    states = list(Known)
    features = {key: states[(number + i) % 3] for i, key in enumerate(shelter_features())}
    return Shelter(
        id=f"W{number:04d}",
        name=f"見本{number}苑",
        kind=list(DestinationKind)[number % 4],
        address=f"見本市{number}番地",
        municipality="見本市",
        toilets=number % 9,
        features=features,
    )


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    done = work()
    return round(time.perf_counter() - began, 3), done


def measure(places: int, folder: Path) -> dict[str, float]:
    """Return seconds by piece of work."""
    handle = open_store(StoreSettings(data_dir=folder, plain=True), actor_name="係")
    ctx = Context(Actor(name="係", role=Role.DISASTER_OFFICER), handle.open)
    with ctx.open_store() as uow:
        uow.shelters.add_many([_place(n) for n in range(places)])
        uow.commit()
    ids = [f"W{n:04d}" for n in range(places)]
    seen = read_shelter(ctx, ids[0])
    found: dict[str, float] = {}
    found["list, 30 shown"], _ = _timed(lambda: find_shelters(ctx, ShelterQuery(limit=30)).lines[0].standing)
    found["list, most to confirm first"], _ = _timed(
        lambda: find_shelters(ctx, ShelterQuery(open_first=True))
    )
    found["one fact confirmed"], _ = _timed(lambda: confirm_facts(ctx, seen, {"beds": 4}, PHONE))
    command = SeveralConfirmed(ids, {"feature.wifi": Known.YES}, (), PHONE)
    found["one fact of all places"], _ = _timed(lambda: confirm_several(ctx, command))
    order = SurveyOrder(folder / "out")
    found["surveys, Excel, all places"], made = _timed(lambda: make_surveys(ctx, order))
    paper = SurveyOrder(folder / "paper", ids[: max(1, places // 10)], excel=False, paper=True)
    found["surveys, PDF, a tenth of them"], _ = _timed(lambda: make_surveys(ctx, paper))
    content = made.excel[0].read_bytes()
    found["one survey read back"], _ = _timed(lambda: read_survey(ctx, content, "a.xlsx"))
    begin_event(ctx, "地震")
    reports = [Report(i, OpenState.OPEN) for i in ids]
    found["all places reported"], _ = _timed(lambda: report_status(ctx, reports))
    found["board"], _ = _timed(lambda: board(ctx))
    handle.close()
    return found


def main() -> None:
    """Measure and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(options.places, Path(folder))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if options.json:
        print(json.dumps({"places": options.places, "seconds": found, "peak_mb": round(peak_mb)}))
        return
    print(f"{options.places} places, peak {peak_mb:.0f} MB")
    for name, seconds in found.items():
        print(f"{name:32} {seconds:8.3f} s")


if __name__ == "__main__":
    main()
