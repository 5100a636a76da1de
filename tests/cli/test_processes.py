"""The program as the shell sees it: pipes, Ctrl-C, caches, no terminal."""

from __future__ import annotations

import os
import signal
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
