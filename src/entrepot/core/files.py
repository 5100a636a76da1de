"""Writing without leaving half a file: everything is made beside its final name, then moved."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from entrepot.core.errors import OutputError

PROGRAM = "entrepot"


def _refuse(path: Path, error: OSError) -> OutputError:
    reason = error.strerror or error
    if isinstance(error, FileExistsError | NotADirectoryError):
        reason = "a part of the path is a file, not a folder"
    return OutputError(
        f"Cannot write '{path}': {reason}. Choose another place with --out, or "
        "make this one writable."
    )


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; it takes the final name only if the block succeeds."""
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _refuse(path, error) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise _refuse(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _refuse_foreign(path: Path, marker: str) -> None:
    if path.name in ("", ".."):
        raise OutputError(f"Cannot write '{path}': it has no name. Name a folder of its own.")
    try:
        if path.exists() and not path.is_dir():
            raise OutputError(f"Cannot write '{path}': a file of that name exists. Choose another.")
        if path.exists() and any(path.iterdir()) and not _is_ours(path / marker):
            raise OutputError(
                f"Cannot write '{path}': the folder holds other files (no {marker} of this program "
                "in it). Choose another folder with --out, or empty it."
            )
        added = _added(path, marker) if path.exists() else []
        if added:
            raise OutputError(
                f"Cannot write '{path}': beside an earlier result it holds {', '.join(added[:5])}, "
                "which this program did not write. Move it away, or choose another folder."
            )
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise _refuse(path, error) from error


def _is_ours(marker: Path) -> bool:
    """Whether a manifest says that this program wrote it."""
    try:
        content = json.loads(marker.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("program") == PROGRAM


def _added(path: Path, marker: str) -> list[str]:
    """Names in a result folder that its manifest does not list."""
    if not any(path.iterdir()):
        return []
    listed = {marker, *json.loads((path / marker).read_text("utf-8")).get("files", [])}
    return sorted(p.name for p in path.iterdir() if p.name not in listed)


def list_files(folder: Path, marker: str) -> list[str]:
    """Names to put under ``files`` in the manifest, so that a later run may replace them."""
    return sorted({marker, *(p.name for p in folder.iterdir())})


def write_json(path: Path, content: Any) -> None:
    """Write `content` as indented JSON; NaN and infinity are refused."""
    text = json.dumps(content, indent=2, ensure_ascii=False, default=str, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _swap(new: Path, path: Path, old: Path) -> None:
    """Put `new` in the place of `path`; if that is interrupted, `path` is as it was."""
    had = path.exists()
    try:
        if had:
            path.rename(old)
        new.rename(path)
    except BaseException:
        if had and old.exists() and not path.exists():
            old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def atomic_folder(path: Path, marker: str) -> Iterator[Path]:
    """Yield a temporary folder beside `path` that replaces it only if the block succeeds.

    An existing folder is replaced only when it is empty, or when its manifest (the file called
    `marker`) says that this program wrote it and lists everything in it under ``files``; anything
    else is refused and left as it is.
    """
    path = Path(path)
    _refuse_foreign(path, marker)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise _refuse(path, error) from error
    try:
        yield temporary
        temporary.chmod(0o755)
        old = temporary.with_name(temporary.name + ".old")
        _swap(temporary, path, old)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise _refuse(path, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_writable(folder: Path, marker: str) -> None:
    """Refuse `folder` before any work is done if `atomic_folder` would refuse it afterwards."""
    _refuse_foreign(Path(folder), marker)
    check_place(Path(folder))


def check_place(path: Path) -> None:
    """Refuse `path` before any work is done if nothing can be written under that name.

    Folders above it that do not exist are made on trial and taken away again.
    """
    path = Path(path)
    probe = path.with_name(f".{path.name}.probe")
    try:
        missing = [folder for folder in path.parents if not folder.exists()]
        with atomic_file(probe) as temporary:
            temporary.write_bytes(b"")
        probe.unlink(missing_ok=True)
    except OutputError as error:
        raise OutputError(str(error).replace(str(probe), str(path))) from error
    except OSError as error:
        raise _refuse(path, error) from error
    with suppress(OSError):  # another program may have put something there in between
        for folder in missing:
            folder.rmdir()
