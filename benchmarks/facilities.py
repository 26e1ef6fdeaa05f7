"""Facility lists read, checked and kept as candidates: rows, seconds, peak memory. Measures, never asserts.

Usage: python benchmarks/facilities.py [ROWS] [--runs N]
The list is made from invented names in the layout of the national list of care services.
"""

import argparse
import csv
import random
import resource
import sys
import tempfile
import time
from io import StringIO
from pathlib import Path

from bcp_kit.access.policy import Actor, Role
from bcp_kit.services.base import Context
from bcp_kit.services.candidates import Wanted, find_candidates
from bcp_kit.services.importing import COMMAND, import_inspection, inspect_file
from bcp_kit.services.store import StoreSettings, open_store

ROWS = 8_400
HEAD = (
    "都道府県コード又は市町村コード",
    "No",
    "都道府県名",
    "市区町村名",
    "事業所名",
    "事業所名カナ",
    "サービスの種類",
    "住所",
    "方書（ビル名等）",
    "緯度",
    "経度",
    "電話番号",
    "FAX番号",
    "法人番号",
    "法人の名称",
    "事業所番号",
    "利用可能曜日",
    "利用可能曜日特記事項",
    "定員",
    "URL",
)
SERVICES = ("介護老人福祉施設", "通所介護", "訪問介護", "小規模多機能型居宅介護", "介護老人保健施設")


def made_list(rows: int) -> bytes:
    """Return a list of `rows` invented services, the same each time."""
    chance = random.Random(1)
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for number in range(rows):
        latitude, longitude = 35 + chance.random(), 139 + chance.random()
        name, office = f"架空の苑　第{number}", f"{9_900_000_000 + number}"
        place = (f"{latitude:.12f}", f"{longitude:.12f}")
        address = f"架空県架空市架空町{number}－１"
        service, beds = chance.choice(SERVICES), chance.choice((0, 20, 80))
        row = ("999999", office, "架空県", "架空市", name, "カクウノエン", service, address, "", *place)
        writer.writerow((*row, "0000-00-0000", "", "", "架空会", office, "平日", "", beds, ""))
    return out.getvalue().encode("utf-8-sig")


def main() -> None:
    """Measure and print one line per step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    parser.add_argument("--runs", type=int, default=1)
    asked = parser.parse_args()
    content = made_list(asked.rows)
    print(f"{asked.rows:,} rows, {len(content) / 1e6:.1f} MB")
    for _ in range(asked.runs):
        measure(content)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform != "darwin" else 1024**2
    )
    print(f"peak memory {peak:,.0f} MB")


def measure(content: bytes) -> None:
    """Read, store and search once in a fresh store, and print the seconds of each."""
    with tempfile.TemporaryDirectory() as folder:
        handle = open_store(StoreSettings(data_dir=Path(folder), plain=True))
        actor = Actor(name="benchmark", role=Role.DISASTER_OFFICER)
        ctx = Context(actor=actor, open_store=handle.open, clock=handle.clock)
        start = time.perf_counter()
        found = inspect_file(ctx, content, "facilities.csv", limits=COMMAND)
        read = time.perf_counter()
        import_inspection(ctx, found)
        stored = time.perf_counter()
        _, total = find_candidates(ctx, Wanted(words="訪問介護"))
        searched = time.perf_counter()
        handle.close()
    print(
        f"read and checked {read - start:.2f} s, stored {stored - read:.2f} s, "
        f"searched {searched - stored:.2f} s ({total} found), good rows {found.good_rows:,}"
    )


if __name__ == "__main__":
    main()
