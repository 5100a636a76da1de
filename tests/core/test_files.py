"""Files appear complete under their name, or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import entrepot as ep
from entrepot.core.files import atomic_file, atomic_folder


def test_a_file_appears_when_it_is_whole(tmp_path):
    target = tmp_path / "deep" / "a.txt"
    with atomic_file(target) as temporary:
        temporary.write_text("half")
        assert not target.exists()
    assert target.read_text() == "half"
    assert os.listdir(target.parent) == ["a.txt"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, MemoryError])
def test_a_failed_block_leaves_the_old_file(tmp_path, error):
    target = tmp_path / "a.txt"
    target.write_text("old")

    def work():
        with atomic_file(target) as temporary:
            temporary.write_text("new")
            raise error

    with pytest.raises(error):
        work()
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_full_disk_is_an_output_error(tmp_path):
    with pytest.raises(ep.OutputError, match=r"No space left.*Choose another place"), \
            atomic_file(tmp_path / "a.txt"):  # fmt: skip
        raise OSError(28, "No space left on device")
    assert os.listdir(tmp_path) == []


def write(folder, text, **extra):
    manifest = {"program": "entrepot", "text": text, "files": ["mark", "data"], **extra}
    (folder / "mark").write_text(json.dumps(manifest))
    (folder / "data").write_text(text)


def test_a_folder_replaces_its_older_self(tmp_path):
    for text in ("one", "two"):
        with atomic_folder(tmp_path / "out", "mark") as temporary:
            write(temporary, text)
    assert (tmp_path / "out" / "data").read_text() == "two"
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("manifest", ["{}", "[]", "no json", '{"program": "another"}'])
def test_a_foreign_manifest_protects_its_folder(tmp_path, manifest):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mark").write_text(manifest)
    (tmp_path / "out" / "code.js").write_text("precious")
    with pytest.raises(ep.OutputError, match="holds other files"), \
            atomic_folder(tmp_path / "out", "mark"):  # fmt: skip
        pass
    assert (tmp_path / "out" / "code.js").read_text() == "precious"


def test_what_the_user_added_to_a_result_protects_it(tmp_path):
    with atomic_folder(tmp_path / "out", "mark") as temporary:
        write(temporary, "one")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(ep.OutputError, match=r"beside an earlier result it holds notes\.txt"), \
            atomic_folder(tmp_path / "out", "mark"):  # fmt: skip
        pass
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_interruption_between_the_two_renames_brings_the_old_back(tmp_path, monkeypatch, error):
    with atomic_folder(tmp_path / "out", "mark") as temporary:
        write(temporary, "old")
    rename, calls = Path.rename, []

    def second_fails(self, target):
        calls.append(target)
        if len(calls) == 2:
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", second_fails)
    with pytest.raises((KeyboardInterrupt, ep.OutputError)), \
            atomic_folder(tmp_path / "out", "mark") as temporary:  # fmt: skip
        write(temporary, "new")
    assert (tmp_path / "out" / "data").read_text() == "old"
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_failed_block_leaves_the_old_folder(tmp_path, error):
    with atomic_folder(tmp_path / "out", "mark") as temporary:
        write(temporary, "old")

    def work():
        with atomic_folder(tmp_path / "out", "mark") as temporary:
            write(temporary, "new")
            raise error

    with pytest.raises(error):
        work()
    assert (tmp_path / "out" / "data").read_text() == "old"
    assert os.listdir(tmp_path) == ["out"]


def test_an_empty_folder_may_be_used(tmp_path):
    (tmp_path / "out").mkdir()
    with atomic_folder(tmp_path / "out", "mark") as temporary:
        (temporary / "mark").write_text("x")
    assert os.listdir(tmp_path / "out") == ["mark"]


def test_the_current_folder_given_as_a_dot(tmp_path, monkeypatch):
    (tmp_path / "mine.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ep.OutputError), atomic_folder(".", "mark"):
        pass
    assert os.listdir(tmp_path) == ["mine.txt"]
