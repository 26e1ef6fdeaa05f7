"""Measure bringing in a whole city's register: seconds for reading, checking and storing, and peak memory.

    python benchmarks/importing.py [ROWS] [--runs 3] [--format csv|xlsx] [--plain] [--again]

The register is invented, with the columns of a usual list (numbers, names, readings, dates of birth in the
old calendar, addresses, phones, needs, consents). Each run has a process and a fresh store of its own.
`--again` brings the same file in a second time (everything known), `--profile` prints where the time goes.
"""

import argparse
import cProfile
import csv
import json
import multiprocessing
import os
import pstats
import random
import resource
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from bcp_kit.access.policy import Actor, Role
from bcp_kit.catalogues.vocabulary import needs
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.render.spreadsheet import TableOut, write_workbook
from bcp_kit.resources import locate
from bcp_kit.services.base import Context
from bcp_kit.services.importing import COMMAND, import_inspection, inspect_file
from bcp_kit.services.store import StoreSettings, open_store

HEADINGS = (
    *("名簿番号", "住民番号（宛名番号）", "氏名", "フリガナ", "生年月日", "性別", "郵便番号", "住所", "方書"),
    *("行政区・自治会", "小学校区", "電話（自宅）", "電話（携帯）", "支援が必要な理由（区分）"),
    *(
        "世帯番号",
        "世帯の状況",
        "一緒に避難する家族・介助者の人数",
        "居室の階",
        "機器1",
        "機器1の消費電力（W）",
    ),
    *("緊急連絡先1の氏名", "緊急連絡先1の続柄", "緊急連絡先1の電話", "自宅：洪水の浸水想定区域"),
    *("計画を作ることの同意", "計画を作ることの同意日", "名簿を平常時に渡すことの同意"),
    *("名簿を平常時に渡すことの同意日", "最終確認日"),
)


def _names(kind: str) -> list[tuple[str, str]]:
    with (locate("sample_data") / "names" / f"{kind}.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(row for row in file if not row.startswith("#")))
    return [(row[0], row[1]) for row in rows[1:]]


def register(people: int, seed: int = 1) -> list[tuple[str, ...]]:
    """Return the rows of an invented register, headings first."""
    draw = random.Random(seed)
    family, given = _names("family"), _names("given")
    labels = [need.label_ja for need in needs().values()]
    rows: list[tuple[str, ...]] = [HEADINGS]
    for number in range(people):
        last, first = draw.choice(family), draw.choice(given)
        born = date(1930, 1, 1) + timedelta(days=draw.randrange(25_000))
        era = f"S{born.year - 1925}.{born.month}.{born.day}" if born.year < 1989 else born.isoformat()
        lot = f"{draw.randint(1, 9)}丁目{draw.randint(1, 60)}番{draw.randint(1, 30)}号"
        town = f"{draw.choice('東西南北中')}町{lot}"
        given_on = (date(2024, 1, 1) + timedelta(days=draw.randrange(900))).isoformat()
        device = draw.random() < 0.1
        rows.append(
            (
                *(
                    f"{number:06d}",
                    f"{10_000_000 + number}",
                    f"{last[0]}　{first[0]}",
                    f"{last[1]}　{first[1]}",
                ),
                *(era, draw.choice(("男", "女")), "000-0001", town, draw.choice(("", "みどりハイツ101"))),
                *(
                    f"本町{number % 400}区",
                    f"第{number % 40}小",
                    "0000-00-0001",
                    draw.choice(("", "000-0000-0001")),
                ),
                *("、".join(draw.sample(labels, draw.randint(1, 3))), f"H{number // 2:06d}"),
                *(draw.choice(("一人暮らし", "高齢者のみ", "その他")), str(draw.randint(0, 2)), "1"),
                *(("吸引器", "70") if device else ("", "")),
                *(
                    f"{last[0]}　{draw.choice(given)[0]}",
                    "子",
                    "0000-00-0002",
                    draw.choice(("内", "外", "未確認")),
                ),
                *("同意", given_on, draw.choice(("同意", "不同意")), given_on, "2026-06-01"),
            )
        )
    return rows


def write(rows: list[tuple[str, ...]], path: Path) -> None:
    """Write the rows as the file's ending says."""
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file).writerows(rows)
        return
    columns = [Column(key=str(i), heading=h, type=ColumnType.TEXT) for i, h in enumerate(rows[0])]
    cells = [{str(i): cell for i, cell in enumerate(row)} for row in rows[1:]]
    path.write_bytes(write_workbook([TableOut("要支援者", columns, cells)]).content)


def _measure(source: Path, store: Path, plain: bool, again: bool) -> dict[str, float]:
    secret = {} if plain else {"passphrase": "benchmark benchmark benchmark"}
    handle = open_store(StoreSettings(data_dir=store, plain=plain, **secret), actor_name="計測")
    ctx = Context(
        actor=Actor(name="計測", role=Role.DISASTER_OFFICER), open_store=handle.open, clock=handle.clock
    )
    found: dict[str, float] = {}
    for turn in ("", "again_") if again else ("",):
        start = time.perf_counter()
        cpu = time.process_time()
        inspection = inspect_file(ctx, source, limits=COMMAND)
        read = time.perf_counter()
        found[f"{turn}read_check_cpu_s"] = time.process_time() - cpu
        found[f"{turn}peak_read_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        outcome = import_inspection(ctx, inspection, accept_good_rows=True)
        end = time.perf_counter()
        found[f"{turn}total_cpu_s"] = time.process_time() - cpu
        found |= {
            f"{turn}read_check_s": read - start,
            f"{turn}store_s": end - read,
            f"{turn}total_s": end - start,
        }
        found[f"{turn}people"] = sum(vars(outcome.counts["people"]).values())
        del inspection, outcome
    handle.close()
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def _child(pipe: "multiprocessing.connection.Connection", *question: object) -> None:
    pipe.send(_measure(*question))  # type: ignore[arg-type]
    pipe.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=135_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--format", choices=("csv", "xlsx"), default="csv")
    parser.add_argument("--plain", action="store_true", help="without encryption")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"register.{asked.format}"
        write(register(asked.rows), source)
        print(f"{asked.rows:,} rows, {source.stat().st_size / 1e6:.0f} MB, {os.cpu_count()} cores")
        if asked.profile:
            with cProfile.Profile(time.process_time) as profile:
                print(json.dumps(_measure(source, Path(folder) / "store", asked.plain, asked.again)))
            pstats.Stats(profile).sort_stats("cumtime").print_stats(75)
            return
        runs = []
        spawn = multiprocessing.get_context("spawn")
        for number in range(asked.runs):
            ours, theirs = spawn.Pipe()
            question = (theirs, source, Path(folder) / f"store{number}", asked.plain, asked.again)
            child = spawn.Process(target=_child, args=question)
            child.start()
            runs.append(ours.recv())
            child.join()
            print({key: round(value, 1) for key, value in runs[-1].items()})
        print("median", {key: round(statistics.median(run[key] for run in runs), 1) for key in runs[0]})


if __name__ == "__main__":
    main()
