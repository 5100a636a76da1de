"""`entrepot routes --map`: a picture or a page, and no other ending."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner

from entrepot.cli.main import app


@pytest.mark.parametrize("name", ["net.svg", "net.html"])
def test_the_map_is_written(name: str, tmp_path: Path) -> None:
    command = ["routes", "--world", "2017", "--map", str(tmp_path / name)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "What closing each link would cost" in done.output
    assert "suez" in done.output
    text = (tmp_path / name).read_text("utf-8")
    if name.endswith("svg"):
        ET.fromstring(text)
        assert "Suez" in text
    else:
        assert text.count("<svg") == 2
        assert "Natural Earth" in text
        assert "<td>Hormuz</td>" in text


def test_another_ending_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["routes", "--map", str(tmp_path / "net.png")])
    assert done.exit_code != 0
    assert ".svg" in done.output
    assert not (tmp_path / "net.png").exists()
