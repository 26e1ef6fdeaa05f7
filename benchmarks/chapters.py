"""How long it takes the server to open a chapter of a plan.

    python benchmarks/chapters.py [--repeat N] [--category care_day]

Every chapter of both plans of the eight invented facilities is opened, filled to the end. `service`: reading
plan and chapter from the store. `page`: the whole run of the page with its first section, in Streamlit's own
test runner (everything but the way to the browser). The wish is 0.5 s.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WISH_S = 0.5
Times = dict[str, list[float]]


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Add the seconds of what happens inside."""
    begun = time.perf_counter()
    yield
    into.append(time.perf_counter() - begun)


def main() -> None:
    """Measure and print median and worst, and every chapter above the wish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--category", default="")
    asked = parser.parse_args()
    from bcp_kit.domain.facilities import ServiceCategory  # noqa: PLC0415 - after the arguments

    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(BCP_KIT_PLAIN="true", BCP_KIT_DATA_DIR=folder)
        os.chdir(ROOT)
        times: Times = {"service": [], "page": []}
        slowest: list[tuple[float, str]] = []
        for category in ServiceCategory:
            if asked.category in ("", category.value):
                slowest += _measure(category, Path(folder), asked.repeat, times)
    for name, found in times.items():
        middle, worst = statistics.median(found), max(found)
        print(f"{name:8} {len(found):4} times: median {middle * 1000:6.0f} ms, worst {worst * 1000:6.0f} ms")
    for seconds, what in sorted(slowest, reverse=True)[:5]:
        sign = "  above the wish" if seconds > WISH_S else ""
        print(f"  {seconds * 1000:6.0f} ms  {what}{sign}")


def _measure(category: object, folder: Path, repeat: int, times: Times) -> list[tuple[float, str]]:
    from streamlit.testing.v1 import AppTest  # noqa: PLC0415 - the store's place is set first

    from bcp_kit.access.policy import Actor, Role  # noqa: PLC0415
    from bcp_kit.pages.parts.bcp_places import PLACE, PLAN, Place  # noqa: PLC0415
    from bcp_kit.services.base import Context  # noqa: PLC0415
    from bcp_kit.services.bcp import read_chapter, read_plan  # noqa: PLC0415
    from bcp_kit.services.sample_plans import load_sample_plans  # noqa: PLC0415
    from bcp_kit.services.store import StoreSettings, open_store  # noqa: PLC0415

    actor = Actor(name="計測", role=Role.FACILITY_MANAGER)
    handle = open_store(StoreSettings(data_dir=folder, plain=True))
    ctx = Context(actor=actor, open_store=handle.open)
    sample = load_sample_plans(ctx, category)  # type: ignore[arg-type]
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    at.session_state["actor_role"] = Role.FACILITY_MANAGER.value
    at.session_state["facility.chosen"] = sample.facility.id
    at.switch_page("bcp_kit/pages/bcp.py")
    at.run()
    found = []
    for kind, plan in sample.plans.items():
        view = read_plan(ctx, plan.id)
        sections = {chapter.id: chapter.sections for chapter in view.form.chapters}
        asked = {item.item_id for item in view.completeness.items}
        for chapter in view.completeness.chapters:
            first = next(s for s in sections[chapter.chapter_id] if asked & {i.id for i in s.items})
            worst = 0.0
            for _ in range(repeat):
                with timed(times["service"]):
                    read_plan(ctx, plan.id)
                    read_chapter(ctx, plan.id, chapter.chapter_id)
                at.session_state[PLAN], at.session_state[PLACE] = plan.id, Place(chapter.chapter_id, first.id)
                with timed(times["page"]):
                    at.run()
                if at.exception or at.title[0].value == "":
                    raise SystemExit(f"{sample.facility.category.value} {chapter.chapter_id}: {at.exception}")
                worst = max(worst, times["page"][-1])
            found.append((worst, f"{sample.facility.category.value} {kind.value} {chapter.number}"))
    handle.close()
    return found


if __name__ == "__main__":
    main()
