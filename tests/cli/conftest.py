"""A small world as a file, a scenario file, and a way to call the program within the process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import small
import yaml
from typer.testing import CliRunner

from entrepot.cli.main import app
from entrepot.world.bundle import save_bundle


@pytest.fixture(scope="session")
def world_file(tmp_path_factory) -> Path:
    return save_bundle(small.make_world(), tmp_path_factory.mktemp("world") / "small.npz")


@pytest.fixture(scope="session")
def scenario_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "mine.yaml"
    more = {
        "dry": {"kind": "embargo", "senders": ["all"], "targets": ["DEU"], "sectors": ["crude"],
                "flow": "both"},
        "bad_url": {"kind": "tariff", "senders": ["USA"], "targets": ["IRN"], "sectors": ["grain"],
                    "rate": 0.5},
    }  # fmt: skip
    path.write_text(yaml.safe_dump({**small.FILE, "measures": {**small.FILE["measures"], **more}}))
    return path


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Every test runs in an empty folder, with a cache of its own, at 80 columns."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", "")
    monkeypatch.setattr("entrepot.cli.session.use_compilation_cache", lambda: None)
    monkeypatch.setattr("entrepot.cli.run.use_compilation_cache", lambda: None)
    monkeypatch.setattr("entrepot.cli.case.use_compilation_cache", lambda: None)
    return work


@pytest.fixture(scope="session")
def call():
    """Call the program; returns exit status, standard output and standard error."""

    def run(*words: object):
        done = CliRunner().invoke(app, [str(w) for w in words])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    return run


@pytest.fixture
def start(tmp_path):
    """Start the program as a process of its own, with a cache folder of its own."""

    def begin(*words: object, **env: str) -> subprocess.Popen[str]:
        variables = {
            **os.environ,
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "COLUMNS": "80",
            **env,
        }
        variables.pop("JAX_COMPILATION_CACHE_DIR", None)
        command = [sys.executable, "-m", "entrepot", *(str(w) for w in words)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=variables)  # fmt: skip

    return begin
