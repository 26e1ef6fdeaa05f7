"""The walls: import contracts, house numbers, and what no module may do."""

import ast
import shutil
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "bcp_kit").rglob("*.py"))
MAX_LINES, MAX_BODY, MAX_ARGUMENTS = 400, 50, 6


def _lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [str(tool), "--config", str(root / "pyproject.toml"), "--no-cache"],
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
        env={"PATH": "/usr/bin", "PYTHONPATH": str(root)},
    )


def test_import_contracts_hold() -> None:
    """Every layer imports only what stands below it, and each outside package has its one place."""
    result = _lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "wrong_import"),
    [
        ("bcp_kit/domain/people.py", "import bcp_kit.services.base"),
        (
            "bcp_kit/cores/shelter_matching/check.py",
            "import ortools.sat.python.cp_model\nimport bcp_kit.storage",
        ),
        ("bcp_kit/services/base.py", "import reportlab"),
        ("bcp_kit/render/safe_text.py", "import streamlit"),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, module: str, wrong_import: str) -> None:
    """A wrong import added to a copy of the package makes the contracts fail."""
    shutil.copytree(
        ROOT / "bcp_kit", tmp_path / "bcp_kit", ignore=shutil.ignore_patterns("assets", "__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    target = tmp_path / module
    target.write_text(target.read_text(encoding="utf-8") + f"\n{wrong_import}\n", encoding="utf-8")
    result = _lint_imports(tmp_path)
    assert result.returncode != 0 and "BROKEN" in result.stdout, result.stdout + result.stderr


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in MODULES:
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def test_modules_functions_and_arguments_stay_small() -> None:
    """No module over 400 lines, no function body over 50, no more than 6 arguments."""
    found = []
    for path in MODULES:
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > MAX_LINES:
            found.append(f"{path.name}: {len(lines)} lines")
        for node in ast.walk(ast.parse("\n".join(lines))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            body = node.body[1:] if ast.get_docstring(node) else node.body
            size = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
            if size > MAX_BODY:
                found.append(f"{path.name}:{node.lineno} {node.name}: {size} lines")
            arguments = [a for a in node.args.args + node.args.kwonlyargs if a.arg not in ("self", "cls")]
            if len(arguments) > MAX_ARGUMENTS and "PLR0913" not in lines[node.lineno - 1]:
                found.append(f"{path.name}:{node.lineno} {node.name}: {len(arguments)} arguments")
    assert not found, "\n".join(found)


def _calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_only_services_read_the_clock_or_make_chance() -> None:
    """datetime.now, uuid4 and random are called in services only, so cores and paper are repeatable."""
    forbidden = ("datetime.now", "date.today", "uuid4", "uuid.uuid4", "random.Random", "time.time")
    found = [
        f"{name}: {call}"
        for name, tree in _trees()
        if not name.startswith("bcp_kit/services")
        for call in _calls(tree)
        if call in forbidden or call.startswith(("random.", "np.random.", "numpy.random."))
    ]
    assert not found, "\n".join(found)


def test_no_eval_pickle_shell_or_unsafe_markup() -> None:
    """No eval, exec, pickle, shell, unsafe YAML; Paragraph is made in render/safe_text.py only (SC-3)."""
    banned = (
        "eval",
        "exec",
        "os.system",
        "pickle.loads",
        "pickle.load",
        "pickle.dumps",
        "marshal.loads",
    )
    found = []
    for name, tree in _trees():
        for call in _calls(tree):
            if call in banned or (call.endswith("Paragraph") and name != "bcp_kit/render/safe_text.py"):
                found.append(f"{name}: {call}")
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "yaml.load":
                loaders = [ast.unparse(k.value) for k in node.keywords if k.arg == "Loader"] or ["none"]
                found += [
                    f"{name}: yaml.load with {loader}" for loader in loaders if "SAFE" not in loader.upper()
                ]
            if isinstance(node, ast.keyword) and node.arg == "shell":
                found.append(f"{name}: shell=")
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = [a.name for a in node.names] + [getattr(node, "module", "") or ""]
                found += [
                    f"{name}: {m}"
                    for m in modules
                    if m.split(".")[0] in ("pickle", "shelve", "marshal", "dill")
                ]
    assert not found, "\n".join(found)


def test_no_cache_holds_personal_data() -> None:
    """st.cache_data is shared by all users of the server, so no page uses it (AC-6)."""
    assert not [n for n, tree in _trees() for c in _calls(tree) if "cache_data" in c]
    decorated = [
        name
        for name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any("cache_data" in ast.unparse(d) for d in node.decorator_list)
    ]
    assert not decorated


def test_no_japanese_names_in_identifiers() -> None:
    """Identifiers hold ASCII English; Japanese stands in data, messages and comments only."""
    wrong = []
    for path in MODULES:
        source = path.read_text(encoding="utf-8")
        for token in tokenize.generate_tokens(StringIO(source).readline):
            if token.type == tokenize.NAME and not token.string.isascii():
                wrong.append(f"{path.name}: {token.string}")
    romanised = ("hinan", "meibo", "jusho", "shimei", "shisetsu", "fukushi", "kaigo")
    for name, tree in _trees():
        for node in ast.walk(tree):
            identifier = (
                getattr(node, "name", None) or getattr(node, "attr", None) or getattr(node, "id", None)
            )
            if isinstance(identifier, str) and any(r in identifier.lower() for r in romanised):
                wrong.append(f"{name}: {identifier}")
    assert not wrong, "\n".join(wrong)


def test_every_module_and_public_name_has_a_docstring() -> None:
    """Modules, public classes and public functions say what they are for."""
    missing = []
    for name, tree in _trees():
        if not ast.get_docstring(tree):
            missing.append(name)
        for node in tree.body:
            named = isinstance(node, ast.FunctionDef | ast.ClassDef)
            if named and not node.name.startswith("_") and not ast.get_docstring(node):
                missing.append(f"{name}: {node.name}")
    assert not missing, "\n".join(missing)


def test_tools_agree() -> None:
    """ruff (lint and format) and mypy --strict are clean."""
    bin_dir = Path(sys.executable).parent
    for command in (
        [str(bin_dir / "ruff"), "check", "."],
        [str(bin_dir / "ruff"), "format", "--check", "."],
        [str(bin_dir / "mypy"), "bcp_kit"],
    ):
        result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-1000:]


def test_test_files_have_names_of_their_own() -> None:
    """pytest imports test files by name: two of one name in different folders break a run of all tests."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
