"""README, CONTRIBUTING and docs speak of what is there, and of the project alone."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def test_links_in_documents_lead_somewhere() -> None:
    """Each relative link or picture of a document exists."""
    broken = []
    for path in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            if not target.startswith("http") and not (path.parent / target).exists():
                broken.append(f"{path.name}: {target}")
    assert not broken, broken


def test_readme_fits_and_gives_two_commands() -> None:
    """README keeps to 120 lines and holds the two commands that CI runs."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    assert ".venv/bin/pip install -c constraints.txt -e . && .venv/bin/bcp-kit demo" in text
    assert '.venv/bin/pip install -c constraints.txt -e ".[test]" && .venv/bin/python -m pytest' in text


def test_no_registry_host_or_foreign_path_is_tracked() -> None:
    """No tracked file names a package registry by its host, a temporary path or a home folder."""
    words = ["python" + "hosted", "pypi" + ".org", "npmjs" + ".org", "/work" + "/", "/root" + "/"]
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    found = []
    for name in filter(None, tracked):
        path = ROOT / name
        if path.suffix in {".ttf", ".png", ".xlsx", ".xls", ".zip"} or not path.is_file():
            continue
        body = path.read_bytes()
        found += [f"{name}: {w}" for w in words if w.encode() in body]
    assert not found, found
