"""World files: round trip, and what happens when a file is not what it should be."""

from __future__ import annotations

import json
import os
import zipfile

import numpy as np
import pytest

import entrepot as ep


@pytest.fixture
def path(tiny_world, tmp_path):
    return ep.save_bundle(tiny_world, tmp_path / "tiny.npz")


def refuse(path, *words):
    with pytest.raises(ep.BundleError) as caught:
        ep.load_world(path)
    text = str(caught.value)
    assert str(path) in text
    assert text.endswith(".")
    for word in words:
        assert word in text, text


def rewrite(path, **changes):
    with np.load(path) as archive:
        arrays = {k: archive[k] for k in archive.files}
    head = json.loads(arrays["head"].tobytes())
    for name, value in changes.items():
        if name == "without":
            del arrays[value]
        elif name in arrays:
            arrays[name] = value
        else:
            head[name] = value
            arrays["head"] = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
    np.savez(path, **arrays)


def test_round_trip(tiny_world, path):
    read = ep.load_world(path)
    assert read.hash == tiny_world.hash
    assert read.name == tiny_world.name
    assert read.regions == tiny_world.regions
    for name in ("trade_share", "expenditure", "tariff", "theta"):
        np.testing.assert_array_equal(getattr(read, name), getattr(tiny_world, name))
        assert not getattr(read, name).flags.writeable


def test_the_same_world_gives_the_same_bytes(tiny_world, path, tmp_path):
    other = ep.save_bundle(tiny_world, tmp_path / "other.npz")
    assert path.read_bytes() == other.read_bytes()


def test_absent(tmp_path):
    refuse(tmp_path / "nowhere.npz", "does not exist", "Check the path")


@pytest.mark.parametrize("kept", [0, 10, 500, 0.5, 0.99])
def test_truncated(path, kept):
    data = path.read_bytes()
    path.write_bytes(data[: kept if isinstance(kept, int) else int(kept * len(data))])
    refuse(path, "corrupt", "entrepot world build")


def test_any_altered_byte_is_noticed(tiny_world, path):
    """Either the file is refused, or the byte carried nothing (zip padding and dates)."""
    data = path.read_bytes()
    rng = np.random.default_rng(0)
    messages = []
    for spot in rng.integers(0, len(data), 60):
        changed = bytearray(data)
        changed[spot] ^= 0xFF
        path.write_bytes(bytes(changed))
        try:
            assert ep.load_world(path).hash == tiny_world.hash
        except ep.BundleError as error:
            messages.append(str(error))
    assert len(messages) > 40
    assert all(text.endswith(".") for text in messages)


def test_altered_content(path, tiny_world):
    rewrite(path, value_added=tiny_world.value_added * 1.01)
    refuse(path, "does not hash to what it says", "altered")


@pytest.mark.parametrize("found", ["entrepot-world/99", None])
def test_another_format(path, found):
    rewrite(path, format=found)
    refuse(path, "this version reads 'entrepot-world/1'", repr(found))


def test_a_field_is_missing(path):
    rewrite(path, without="final_share")
    refuse(path, "lacks final_share")


def test_a_field_that_is_not_known(path):
    with np.load(path) as archive:
        arrays = {k: archive[k] for k in archive.files}
    np.savez(path, **arrays, surprise=np.ones(3))
    refuse(path, "surprise")


@pytest.mark.parametrize("name", ["hash", "regions", "meta"])
def test_a_head_without_an_entry(path, name):
    with np.load(path) as archive:
        arrays = {k: archive[k] for k in archive.files}
    head = json.loads(arrays["head"].tobytes())
    del head[name]
    arrays["head"] = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
    np.savez(path, **arrays)
    refuse(path, name)


def test_arrays_of_another_shape(path, tiny_world):
    rewrite(path, value_added=tiny_world.value_added[:-1].copy())
    refuse(path)


def test_something_else_entirely(tmp_path):
    (tmp_path / "a.npz").write_text("just text")
    refuse(tmp_path / "a.npz", "corrupt")
    with zipfile.ZipFile(tmp_path / "b.npz", "w") as archive:
        archive.writestr("hello.txt", "hello")
    refuse(tmp_path / "b.npz", "corrupt")
    np.savez(tmp_path / "c.npz", head=np.frombuffer(b"[1, 2]", dtype=np.uint8))
    refuse(tmp_path / "c.npz")
    (tmp_path / "d.npz").mkdir()
    refuse(tmp_path / "d.npz")


def test_pickles_are_not_read(tmp_path):
    np.savez(tmp_path / "a.npz", head=np.array([{"x": 1}], dtype=object))
    refuse(tmp_path / "a.npz", "corrupt")


def test_unknown_name():
    with pytest.raises(ep.LabelError, match=r"no bundled world '2071'.*2017"):
        ep.load_world("2071")


@pytest.mark.parametrize("where", ["/proc/x.npz", "file/x.npz"])
def test_saving_where_it_cannot_be(tiny_world, tmp_path, where):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ep.OutputError, match=r"Cannot write"):
        ep.save_bundle(tiny_world, tmp_path / where)
    assert os.listdir(tmp_path) == ["file"]


def test_interrupted_saving_keeps_the_old_file(tiny_world, path, monkeypatch):
    before = path.read_bytes()

    def interrupt(stream, **_):
        stream.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez_compressed", interrupt)
    with pytest.raises(KeyboardInterrupt):
        ep.save_bundle(tiny_world, path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize(
    "changes",
    [{"regions": 5}, {"region_titles": None}, {"meta": [1]}, {"sources": 3}, {"sectors": None}],
)
def test_a_damaged_head(path, changes):
    rewrite(path, **changes)
    refuse(path, "damaged head")


def test_a_single_array_under_another_name(tmp_path):
    np.save(tmp_path / "one.npy", np.ones(3))
    (tmp_path / "one.npy").rename(tmp_path / "one.npz")
    refuse(tmp_path / "one.npz", "corrupt or no world")
