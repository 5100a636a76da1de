"""The program as the shell sees it: pipes, Ctrl-C, caches, no terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest


def finish(process, limit=60):
    out, err = process.communicate(timeout=limit)
    return process.returncode, out, err


@pytest.mark.parametrize("words", [("scenario", "show", "russia-2022", "--json"),
                                   ("world", "show", "2017")])  # fmt: skip
def test_a_reader_that_stops_early(start, words):
    process = start(*words)
    process.stdout.close()
    err = process.stderr.read()
    assert (process.wait(60), err) == (0, "")
    process.stderr.close()


def test_run_without_a_terminal(start, world_file, scenario_file, own_folder):
    """Plain text of 80 columns, nothing on standard error, and no need for a cache."""
    words = ("run", scenario_file, "--world", world_file, "--scenario", "duty", "--no-ranges")
    status, out, err = finish(start(*words, XDG_CACHE_HOME="/proc/none"))
    assert (status, err) == (0, "")
    assert "\x1b" not in out
    assert max(map(len, (line.rstrip() for line in out.splitlines()[:-1]))) <= 80
    assert os.listdir(own_folder) == ["entrepot-out"]


def test_ctrl_c_in_the_middle_of_a_solve(start, own_folder):
    process = start("run", "western-embargo-with-caspian-market", "--models", "all", "--out", "o")
    cache = own_folder.parent / "cache"
    for _ in range(600):
        time.sleep(0.05)
        if any(path.is_file() for path in cache.rglob("*")):
            break
    process.send_signal(signal.SIGINT)
    status, out, err = finish(process)
    assert status == 130
    assert out == ""
    assert "Interrupted; no half-written result is left." in err
    assert "Traceback" not in err
    assert os.listdir(own_folder) == []


RUNS = """
import sys
from entrepot.cli.main import app
for measure in ("duty", "gift"):
    try:
        app(["run", "two.yaml", "--scenario", measure, "--no-ranges", *sys.argv[1:]])
    except SystemExit as end:
        assert not end.code
    print(*sys.modules, file=sys.stderr)
"""
TWO = """
format: entrepot/1
measures:
  duty: {kind: tariff, senders: [USA], targets: [IRN], sectors: [grain], add: 0.1}
  gift: {kind: aid, senders: [DEU], targets: [IRN], amount: 10}
"""
UNNEEDED = {
    "scipy", "clarabel", "matplotlib", "openpyxl", "xlrd", "pymrio", "searoute", "docutils",
    "entrepot.api", "entrepot.channels.assets", "entrepot.channels.oil",
    "entrepot.channels.payments", "entrepot.channels.reexports", "entrepot.channels.routes",
    "entrepot.report.linkmap", "entrepot.study.oil_coupling", "entrepot.study.casebook",
}  # fmt: skip


def test_a_run_loads_what_its_measures_need(world_file, own_folder):
    """A tariff needs no solver of other markets, and no channel; a measure loads its own."""
    (own_folder / "two.yaml").write_text(TWO)
    env = {**os.environ, "XDG_CACHE_HOME": str(own_folder / "cache")}
    done = subprocess.run([sys.executable, "-c", RUNS, "--world", str(world_file)], env=env,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    duty, gift = (set(line.split()) & UNNEEDED for line in done.stderr.splitlines())
    assert (duty, gift) == (set(), {"entrepot.channels.assets"})
