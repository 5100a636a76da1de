"""A path that is killed, a damaged folder, somebody else's folder, a folder that takes nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from entrepot.channels.oil import Timed, run_path
from entrepot.channels.oil.restrictions import Ban
from entrepot.core.errors import OutputError

MONTHS = 6
BAN = Timed(Ban(("B",), ("X",), waivers={"X": 400.0}), "2018-02", "2018-04")
CHILD = """
import sys, time
sys.path.insert(0, {tests!r})
from small_oil import build
from entrepot.channels.oil import Timed, path, run_path
from entrepot.channels.oil.restrictions import Ban
solve = path.solve_month
def slowly(*args, **kwargs):
    out = solve(*args, **kwargs)
    time.sleep(0.4)  # killed here, the month is solved but not finished
    return out
path.solve_month = slowly
ban = Timed(Ban(("B",), ("X",), waivers={{"X": 400.0}}), "2018-02", "2018-04")
run_path(build(), "2018-01", {months}, [ban], folder={folder!r})
"""


def same(one, two):
    for a, b in zip(one.outcomes, two.outcomes, strict=True):
        for name in ("flow", "fob", "stock", "output", "wedge"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


def months_in(folder):
    return sorted(folder.glob("*.npz"))


def test_a_killed_path_goes_on_from_the_last_finished_month(market, tmp_path):
    tests = str(Path(__file__).parents[2])
    code = CHILD.format(tests=tests, months=MONTHS, folder=str(tmp_path))
    child = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    try:
        end = time.monotonic() + 120.0
        while len(months_in(tmp_path)) < 2 and time.monotonic() < end and child.poll() is None:
            time.sleep(0.02)
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.kill()
        code = child.wait()
    assert code == -signal.SIGKILL
    finished = len(months_in(tmp_path))
    assert 2 <= finished < MONTHS
    again = run_path(market, "2018-01", MONTHS, [BAN], folder=tmp_path)
    assert again.resumed == finished
    same(again, run_path(market, "2018-01", MONTHS, [BAN]))
    assert run_path(market, "2018-01", MONTHS, [BAN], folder=tmp_path).resumed == MONTHS


def rewritten(path, **changed):
    with np.load(path) as file:
        rows = dict(file)
    rows |= changed
    np.savez(path, **{k: v for k, v in rows.items() if v is not None})


DAMAGE = {
    "empty": lambda p: p.write_bytes(b""),
    "half": lambda p: p.write_bytes(p.read_bytes()[: p.stat().st_size // 2]),
    "one byte short": lambda p: p.write_bytes(p.read_bytes()[:-1]),
    "a flipped byte": lambda p: p.write_bytes(
        p.read_bytes()[:400] + bytes([p.read_bytes()[400] ^ 255]) + p.read_bytes()[401:]
    ),
    "text": lambda p: p.write_text("no archive"),
    "an array less": lambda p: rewritten(p, fob=None),
    "another size": lambda p: rewritten(p, fob=np.ones(7)),
    "a rent of another size": lambda p: rewritten(p, rent_carrier=np.ones(9)),
    "not a number": lambda p: rewritten(p, fob=np.full(2, np.nan)),
    "no head": lambda p: rewritten(p, head=np.array("[]")),
    "a head of another program": lambda p: rewritten(p, head=np.array(json.dumps({"key": 1}))),
    "objects": lambda p: rewritten(p, fob=np.array([None, 1.0], dtype=object)),
    "another answer": lambda p: rewritten(p, fob=np.array([90.0, 80.0])),
}


@pytest.fixture(scope="module")
def whole(two):
    return run_path(two(), "2018-01", 2, [BAN])


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_month_is_solved_again(market, whole, tmp_path, damage):
    run_path(market, "2018-01", 2, [BAN], folder=tmp_path)
    for path in months_in(tmp_path):
        DAMAGE[damage](path)
    again = run_path(market, "2018-01", 2, [BAN], folder=tmp_path)
    assert again.resumed == 0
    same(again, whole)
    assert run_path(market, "2018-01", 2, [BAN], folder=tmp_path).resumed == 2


def test_a_folder_of_another_market_is_left_alone(market, two, tmp_path):
    one = run_path(market, "2018-01", 2, folder=tmp_path)
    kept = {p.name: p.read_bytes() for p in months_in(tmp_path)}
    other = two(elasticity=0.2)
    assert run_path(other, "2018-01", 2, folder=tmp_path).resumed == 0
    more = replace(market, carriers=(replace(market.carriers[0], capacity=300.0),
                                     market.carriers[1]))  # fmt: skip
    assert run_path(more, "2018-01", 2, folder=tmp_path).resumed == 0
    stood = replace(market, standing=(BAN.restriction,))
    run_path(market, "2018-01", 2, [Timed(BAN.restriction)], folder=tmp_path)
    assert run_path(stood, "2018-01", 2, folder=tmp_path).resumed == 0  # the same, but for the base
    assert all((tmp_path / name).read_bytes() == data for name, data in kept.items())
    same(run_path(market, "2018-01", 2, folder=tmp_path), one)


def test_a_folder_that_cannot_be_is_named(market, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("here")
    for folder in (blocked, blocked / "below"):
        with pytest.raises(OutputError, match=r"Cannot write '.*file.*a file, not a folder"):
            run_path(market, "2018-01", 1, folder=folder)


def test_a_full_disk_is_named_and_loses_no_finished_month(market, tmp_path, monkeypatch):
    save, calls = np.savez, []

    def full(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        save(*args, **kwargs)

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OutputError, match=r"No space left on device"):
        run_path(market, "2018-01", 4, [BAN], folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2  # nothing half-written stays
    assert run_path(market, "2018-01", 4, [BAN], folder=tmp_path).resumed == 2
