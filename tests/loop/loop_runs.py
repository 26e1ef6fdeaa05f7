"""Running `bcp-kit` as a user would, in a folder and a home of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ran:
    """One finished demo: where its papers lie, its JSON, what it said."""

    folder: Path
    facts: dict[str, Any]
    words: str
    home: Path


def command(*words: str, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run `bcp-kit` in a folder and a home of its own."""
    env = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-m", "bcp_kit", *words],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
