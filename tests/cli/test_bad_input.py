"""What goes wrong: message, exit status, and nothing left under the final name."""

from __future__ import annotations

import os
import subprocess
import sys

import jax
import pytest

from entrepot.cli import session


def refused(call, status, *words):
    found, out, err = call(*words)
    assert found == status, (out, err)
    assert out == ""
    assert err.startswith("Error: ")
    assert err.rstrip().endswith((".", "?"))
    assert "Traceback" not in err
    return err


def test_a_scenario_that_is_misspelt(call):
    assert "Did you mean 'zero-by-november'" in refused(call, 2, "run", "zero-by-novembr")


@pytest.mark.parametrize("words", [("run",), ("scenario", "show"), ("validate",)])
def test_a_file_that_is_not_there(call, words):
    assert "'no.yaml' does not exist" in refused(call, 2, *words, "no.yaml")


def test_a_folder_in_place_of_a_file(call, own_folder):
    (own_folder / "x.yaml").mkdir()
    assert "x.yaml" in refused(call, 2, "validate", "x.yaml")


def test_a_file_that_is_no_text(call, own_folder):
    (own_folder / "x.yaml").write_bytes(b"\xff\xfe\x00\x01")
    assert "x.yaml" in refused(call, 2, "validate", "x.yaml")


def test_several_scenarios_and_none_chosen(call, own_folder):
    (own_folder / "two.yaml").write_text(
        "format: entrepot/1\ntitle: t\nmeasures:\n"
        "  a: {kind: tariff, senders: [USA], targets: [IRN], rate: 0.1, sectors: [grain]}\n"
        "scenarios:\n  x: {title: x, include: [a]}\n  y: {title: y, include: [a]}\n"
    )
    message = refused(call, 2, "run", "two.yaml")
    assert "holds 2 scenarios: x, y. Choose one with --scenario" in message
    assert "z" in refused(call, 2, "run", "two.yaml", "--scenario", "z")


def test_a_choice_where_there_is_none(call):
    message = refused(call, 2, "run", "zero-by-november", "--scenario", "x")
    assert "nothing to choose from" in message


def test_a_label_in_lower_case(call, own_folder):
    (own_folder / "low.yaml").write_text(
        "format: entrepot/1\ntitle: t\nmeasures:\n"
        "  a: {kind: tariff, senders: [USA], targets: [irn], rate: 0.1, sectors: [grain]}\n"
    )
    message = refused(call, 2, "validate", "low.yaml")
    assert "low.yaml:4" in message
    assert "IRN" in message


def test_a_javascript_address_is_dropped(call, own_folder, world_file):
    (own_folder / "evil.yaml").write_text(
        "format: entrepot/1\ntitle: t\nmeasures:\n"
        "  a: {kind: tariff, senders: [USA], targets: [IRN], rate: 0.1, sectors: [grain],\n"
        "      source: {act: x, url: 'javascript:alert(1)'}}\n"
    )
    status, _, err = call("run", "evil.yaml", "--world", world_file, "--out", "o", "--no-ranges")
    assert status == 0, err
    page = (own_folder / "o" / "report.html").read_text("utf-8")
    assert "javascript:" not in page


def test_a_scenario_for_another_world(call, world_file, own_folder):
    message = refused(call, 2, "run", "qatar-blockade", "--world", world_file)
    assert "QAT" in message
    assert os.listdir(own_folder) == []


@pytest.mark.parametrize("text", ["2018-13-01", "tomorrow", "01.02.2018"])
@pytest.mark.parametrize("verb", [("run",), ("scenario", "show")])
def test_a_date_that_is_none(call, verb, text):
    message = refused(call, 2, *verb, "zero-by-november", "--date", text)
    assert f"'{text}' is not a date. Write it as YYYY-MM-DD." in message


@pytest.mark.parametrize("words", [("run", "zero-by-november", "--world"), ("world", "show")])
def test_a_world_that_is_not_there(call, words):
    assert "2017" in refused(call, 2, *words, "2016")
    refused(call, 2, *words, "none.npz")


@pytest.mark.parametrize("size", [0, 100, 5000])
def test_a_corrupt_world(call, world_file, own_folder, size):
    (own_folder / "bad.npz").write_bytes(world_file.read_bytes()[:size])
    assert "bad.npz" in refused(call, 2, "run", "zero-by-november", "--world", "bad.npz")


def test_a_balance_that_does_not_exist(call, world_file, scenario_file):
    message = refused(call, 2, "run", scenario_file, "--world", world_file, "--scenario", "duty",
                      "--closure", "fixd")  # fmt: skip
    assert "fixed" in message


def test_a_case_that_is_not_there(call):
    for verb in ("show", "run"):
        assert "Did you mean 'qatar-blockade'" in refused(call, 2, "case", verb, "qatar-blokade")


def test_without_a_certified_result_there_is_no_folder(call, world_file, scenario_file, own_folder):
    message = refused(call, 1, "run", scenario_file, "--world", world_file, "--scenario", "dry",
                      "--out", "dry")  # fmt: skip
    assert "crude" in message
    assert "DEU" in message
    assert "no supplier" in message
    assert os.listdir(own_folder) == []


@pytest.fixture
def no_solve(monkeypatch):
    def fail(*args, **kwargs):
        pytest.fail("solved before the place was checked")

    monkeypatch.setattr("entrepot.cli.run.run_scenario", fail)
    monkeypatch.setattr("entrepot.cli.case.run_case", fail)


@pytest.mark.parametrize("verb", [("run",), ("case", "run")])
@pytest.mark.parametrize("place", ["file/deep/out", "file", "/proc/out", "foreign"])
def test_a_place_that_cannot_be_written(call, no_solve, own_folder, verb, place):
    (own_folder / "file").write_text("")
    (own_folder / "foreign").mkdir()
    (own_folder / "foreign" / "a.txt").write_text("mine")
    message = refused(call, 1, *verb, "zero-by-november", "--out", place)
    assert f"Cannot write '{place}'" in message or "Cannot write '/proc" in message
    assert sorted(os.listdir(own_folder)) == ["file", "foreign"]
    assert os.listdir(own_folder / "foreign") == ["a.txt"]


@pytest.mark.parametrize("place", [".", "..", "/"])
def test_a_place_without_a_name(call, no_solve, own_folder, place):
    assert "no name" in refused(call, 1, "run", "zero-by-november", "--out", place)
    assert os.listdir(own_folder) == []


def test_ctrl_c_within_the_process(call, monkeypatch, own_folder, world_file, scenario_file):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("entrepot.report.folder.report_page", interrupt)
    status, out, err = call("run", scenario_file, "--world", world_file, "--scenario", "duty",
                            "--no-ranges", "--out", "o")  # fmt: skip
    assert (status, out) == (130, "")
    assert "no half-written result is left" in err
    assert os.listdir(own_folder) == []


def test_no_trace_where_no_cache_can_be_made(monkeypatch, tmp_path):
    """Called without the stand-in of the fixture: JAX keeps its settings, nothing is left."""
    from importlib import import_module, reload

    monkeypatch.undo()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    before = jax.config.jax_compilation_cache_dir
    reload(import_module("entrepot.cli.session")).use_compilation_cache()
    assert jax.config.jax_compilation_cache_dir == before
    assert sorted(os.listdir(tmp_path)) == ["file", "work"]
    assert session


def test_a_machine_without_the_device_that_was_asked_for(tmp_path):
    """A process of its own: JAX looks for devices once."""
    code = "import entrepot as ep; ep.solve(ep.load_world('2017'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env={**os.environ, "JAX_PLATFORMS": "cuda"}, check=False)  # fmt: skip
    assert "JAX finds no device to compute on (JAX_PLATFORMS='cuda')" in done.stderr
