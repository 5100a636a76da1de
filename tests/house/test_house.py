"""The house rules that tools can check: style, types, the import contract."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("src", "tests", "benchmarks", "tools", "docs/conf.py", "docs/extensions")
TEXTS = (".py", ".yaml", ".yml", ".md", ".toml", ".cff", ".csv")
# The words are put together here so that this file does not hold them.
LEFT_OVER = ("TO" + "DO", "FIX" + "ME")
PLACES = ("/wo" + "rk/", "pypi" + ".org", "files.python" + "hosted", "registry.npm" + "js")
SILENCED = re.compile(
    r"#\s*(?:ruff:\s*)?noqa\b|#\s*type:\s*ignore\b|pytest\.(?:skip|xfail)\(|mark\.(?:skip|xfail)"
)
REASON = re.compile(
    r"#\s*(?:ruff:\s*)?noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)* - \w+"
    r"|#\s*type: ignore\[[\w, -]+\]\s+# \w+"
    r"|pytest\.(?:skip|xfail)\([\"']\w+|mark\.(?:skip|xfail)\w*\(.*reason=[\"']\w+"
)


def run(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def files() -> list[Path]:
    """Text files of the repository: those git knows in a checkout, else the tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    paths = [ROOT / name for name in names if name] or list(ROOT.rglob("*"))
    kept = (p for p in paths if p.suffix in TEXTS or p.parent.name == ".ci")
    return sorted(p for p in kept if p.is_file() and not hidden(p))


def hidden(path: Path) -> bool:
    """Whether `path` lies in a folder of a tool or of built things."""
    first, *_ = parts = path.relative_to(ROOT).parts[:-1] or (".",)
    return first in ("build", "dist") or any(
        x[0] == "." and len(x) > 1 and x != ".ci" for x in parts
    )


def lines(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        yield f"{path.relative_to(ROOT)}:{number}", line


def test_lint() -> None:
    run("ruff", "check", *CODE)


def test_format() -> None:
    run("ruff", "format", "--check", *CODE)


def test_types() -> None:
    run("mypy", "src/entrepot")


def test_rooms_import_only_rooms_below_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_files_are_those_of_the_repository() -> None:
    names = {str(p.relative_to(ROOT)) for p in files()}
    assert {"README.md", "pyproject.toml", "src/entrepot/__init__.py", ".ci/run"} <= names
    assert any(n.startswith("src/entrepot/world/build/") for n in names)
    assert any(n.endswith(".yaml") for n in names)


@pytest.mark.parametrize("word", [*LEFT_OVER, *PLACES])
def test_no_leftovers_and_no_places_of_one_machine(word: str) -> None:
    """A word of `LEFT_OVER` counts as a word of its own, a place anywhere."""
    pattern = re.compile(rf"\b{word}\b" if word in LEFT_OVER else re.escape(word))
    assert not [at for path in files() for at, line in lines(path) if pattern.search(line)]


def test_what_is_silenced_or_skipped_says_why() -> None:
    code = [p for p in files() if p.suffix == ".py" and p != Path(__file__)]
    found = [
        at
        for path in code
        for at, line in lines(path)
        if len(SILENCED.findall(line)) > len(REASON.findall(line))
    ]
    assert not found


@pytest.mark.parametrize(
    ("line", "good"),
    [
        ("x = 1  # noqa: E501", False),
        ("x = 1  # noqa", False),
        ("x = 1  # noqa: E501 - a table", True),
        ("x = 1  # type: ignore[arg-type]", False),
        ("x = 1  # type: ignore[arg-type]  # a stub is wrong", True),
        ("    pytest.skip()", False),
        ('    pytest.skip("input absent")', True),
        ("@pytest.mark.skipif(sys.platform == 'win32')", False),
        ("@pytest.mark.skipif(sys.platform == 'win32', reason='no fork')", True),
    ],
)
def test_the_reason_is_recognised(line: str, good: bool) -> None:
    assert SILENCED.search(line)
    assert bool(REASON.search(line)) == good


HELP = (
    "from typer.testing import CliRunner; from entrepot.cli.main import app; "
    "assert CliRunner().invoke(app, ['--help']).exit_code == 0"
)


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        (HELP, {"jax", "pandas", "xarray", "scipy", "clarabel", "matplotlib"}),
        ("import entrepot.api", {"scipy", "clarabel", "matplotlib"}),
    ],
)
def test_a_start_is_light(code: str, heavy: set[str]) -> None:
    code += f"; import sys; found = {heavy} & set(sys.modules); assert not found, found"
    run_code = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                              check=False)  # fmt: skip
    assert run_code.returncode == 0, run_code.stderr


def test_names_of_test_files_are_unique() -> None:
    """Two files of one name in different folders cannot be collected together."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
