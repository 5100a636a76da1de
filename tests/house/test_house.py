"""The house rules that tools can check: style, types, the import contract."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = ("/work/", "TODO", "FIXME", "XXX")


def run(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_lint() -> None:
    run("ruff", "check", "src", "tests", "benchmarks")


def test_format() -> None:
    run("ruff", "format", "--check", "src", "tests", "benchmarks")


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


@pytest.mark.parametrize("word", FORBIDDEN)
def test_no_leftovers_in_the_sources(word: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "src").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if word in line
    ]
    assert not found


def test_help_is_light() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from entrepot.cli.main import app; "
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0; "
        "heavy = {'jax', 'pandas', 'xarray', 'scipy', 'matplotlib'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    run_code = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                              check=False)  # fmt: skip
    assert run_code.returncode == 0, run_code.stderr
