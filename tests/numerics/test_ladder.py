"""The rung of parts: a map whose whole step leads astray, and whose parts do not."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from entrepot.numerics import Anderson, Status, Step, accelerate, ladder

GOAL = np.array([3.0, -5.0, 9.0])
OPTIONS = Anderson(max_evaluations=30)


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


def bent(y, args):
    """Newton's step for arctan(y - goal) = 0, which overshoots from more than 1.4 away."""
    goal, slope = args
    return Step(y - jnp.arctan(y - goal) / slope, jnp.max(jnp.abs(y - goal))[None])


def fitted(args, y):
    """Slopes where the iterate is."""
    return args[0], 1 / (1 + jnp.square(jnp.asarray(y) - args[0]))


def at(part):
    return fitted((jnp.asarray(part * GOAL), None), np.zeros(3))


def climbed(**options):
    return accelerate(bent, np.zeros(3), at, OPTIONS, **{"refresh": fitted, **options})


def test_parts_solve_what_the_whole_step_does_not():
    without = climbed(hopeless=lambda: True)
    assert without.status is Status.NOT_CONVERGED
    assert list(without.evaluations) == ["accelerated", "refitted"]
    found = climbed()
    assert found.status is Status.CONVERGED
    assert found.method == "parts"
    assert found.part == 1.0
    np.testing.assert_allclose(found.y, GOAL, atol=1e-10)


def test_every_evaluation_of_every_part_is_counted(monkeypatch):
    seen, solver = [], ladder.anderson

    def counted(*args):
        outcome = solver(*args)
        seen.append(int(outcome.evaluations))
        return outcome

    monkeypatch.setattr(ladder, "anderson", counted)
    found = climbed()
    assert found.evaluations["parts"] > 0
    assert sum(found.evaluations.values()) == sum(seen)


def test_hopeless_is_asked_once_and_only_where_the_first_rungs_fail():
    asked = []
    climbed(hopeless=lambda: bool(asked.append("hard")))
    easy = accelerate(bent, GOAL - 0.5, lambda _: at(1.0), OPTIONS, refresh=fitted,
                      hopeless=lambda: bool(asked.append("easy")))  # fmt: skip
    assert easy.status is Status.CONVERGED
    assert asked == ["hard"]


def test_without_refitted_steps_there_are_no_parts():
    found = climbed(refresh=None)
    assert list(found.evaluations) == ["accelerated"]
    assert found.status is Status.NOT_CONVERGED


class Clock:
    """A second passes at each refitting."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now

    def fitted(self, args, y):
        self.now += 1.0
        return fitted(args, y)


def test_no_part_is_begun_after_the_time_limit(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(ladder, "time", clock)
    whole = climbed(refresh=clock.fitted)
    took, clock.now = whole.seconds, 0.0
    assert whole.status is Status.CONVERGED
    less = climbed(refresh=clock.fitted, max_seconds=took - 1.5)
    assert less.late
    assert less.status is Status.NOT_CONVERGED
    assert 0.0 <= less.seconds - (took - 1.5) <= 1.0
    clock.now = 0.0

    def slow():
        clock.now += 100.0
        return False

    none = climbed(refresh=clock.fitted, max_seconds=50.0, hopeless=slow)
    assert none.late
    assert "parts" not in none.evaluations
