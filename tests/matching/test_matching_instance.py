"""`bcp-kit match --instance`: a problem in one file gives a checked plan and one line of figures."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bcp_kit.cli import build
from bcp_kit.cli.common import exit_code
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.matching_points import PointsCommand, read_points, solve_points

FIGURES = ("Z", "W", "D", "bound", "gap", "seconds", "peak_mb")
HOMES, SHELTERS = 40, 5


def world() -> dict[str, np.ndarray]:
    """Return a small invented instance in the public format."""
    draw = np.random.default_rng(7)
    size = draw.integers(1, 4, HOMES)
    use = np.column_stack([4 * size, *(draw.random((4, HOMES)) < 0.1)]).astype(int)
    return {
        "hxy": draw.uniform(0, 9000, (HOMES, 2)).round(1),
        "sxy": draw.uniform(0, 9000, (SHELTERS, 2)).round(1),
        "size": size,
        "use": use,
        "mask": 1 << draw.integers(0, 6, HOMES),
        "tier": draw.integers(1, 4, HOMES),
        "cap": draw.integers(20, 90, (SHELTERS, 5)),
        "acc": np.array([63, 31, 62, 63, 55]),
    }


def _write(path: Path) -> Path:
    if path.suffix == ".npz":
        np.savez_compressed(path, **world())
    else:
        path.write_text(json.dumps({k: v.tolist() for k, v in world().items()}), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["town.npz", "town.json"])
def test_a_file_gives_a_plan_and_figures(name: str, tmp_path: Path) -> None:
    """Both kinds of file are solved in their own process; the plan keeps every rule, the figures fit."""
    plan = tmp_path / "plan.json"
    words = ["match", "--instance", str(_write(tmp_path / name)), "--plan", str(plan), "--limit", "20"]
    result = CliRunner().invoke(build(words), words)
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.strip().splitlines()
    figures, chosen = json.loads(line), np.array(json.loads(plan.read_text()))
    points = read_points(tmp_path / name)
    assert points.broken(chosen) == [] and points.score(chosen).goal == figures["Z"]
    assert set(FIGURES) <= set(figures)
    assert figures["Z"] <= figures["bound"] and 0 <= figures["gap"] < 0.01


def test_rounds_repeat_exactly(tmp_path: Path) -> None:
    """With a limit of rounds the same file gives the same plan."""
    path = _write(tmp_path / "town.npz")
    first, second = (solve_points(PointsCommand(path, rounds=2)).plan for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b"PK\x03\x04", b"name,size\n", b'{"hxy": "x"}', b"\xff\xfe"]
)
def test_a_file_of_another_kind_is_refused(body: bytes, tmp_path: Path) -> None:
    """Whatever is not an instance is named with what to do, never a traceback."""
    path = tmp_path / "wrong.json"
    path.write_bytes(body)
    with pytest.raises(BcpKitError) as refused:
        read_points(path)
    assert refused.value.code is ErrorCode.INSTANCE_UNREADABLE
    assert exit_code(refused.value.code) == 3


@pytest.mark.parametrize("field,value", [("tier", 4), ("size", 0), ("use", -1), ("cap", -2)])
def test_a_value_out_of_range_is_refused(field: str, value: int, tmp_path: Path) -> None:
    """A tier, size, use or capacity that cannot be is refused and the field is named."""
    fields = {k: v.tolist() for k, v in world().items()}
    first = fields[field][0]
    fields[field][0] = [value] * len(first) if isinstance(first, list) else value
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(fields), encoding="utf-8")
    with pytest.raises(BcpKitError) as refused:
        read_points(path)
    assert field in refused.value.values["detail"]
