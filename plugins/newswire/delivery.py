"""Where exports go: a folder, or any object store. The files of a day are seen as a whole, beside a manifest that names each.

A place is a folder that belongs to one day. It is built aside, on a local disk, and then delivered:

- into a local folder by a rename of the whole place, so that no reader, however it reads, sees half of one;
- into an object store file by file, each of which the store shows whole or not at all, and the manifest last. While files are
  replaced, their formats are missing from the manifest: who goes by it sees the day before or behind the change.

The manifest of a place, `_manifest.json` (readers of Parquet pass over names that begin so):
`{"day": "2026-02-20", "formats": {"jsonl": {"rows": 7, "selection": {…}, "files": [{"path", "rows", "bytes", "sha256"}]}}}`,
with paths as seen from the place. The same articles make the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from newswire import db, settings
from newswire.model import Window
from newswire.window import kyiv_day, midnight

MANIFEST = "_manifest.json"

LOCAL = frozenset({"", "file", "local"})
"""Protocols of the local disk."""

FEW_FILES = 50
"""Files that are brought to the disk one by one. 20,000 texts took 80 seconds so, and one second in one go with all else."""

Manifest = dict[str, Any]
"""`day`, `formats`, and `unfinished`: paths that a delivery into a store began to replace, until it has."""


class StorePath(Protocol):
    """What of a path of universal_pathlib is used: `UPath`, or Airflow's `ObjectStoragePath` with its connection."""

    @property
    def fs(self) -> Any:
        """The file system of fsspec."""

    @property
    def path(self) -> str:
        """Where in it."""

    @property
    def protocol(self) -> str:
        """`s3`, `gs`, `file`, …."""


@dataclass(frozen=True, slots=True)
class Part:
    """The files of one format in a place."""

    rows: int
    selection: Mapping[str, Any]
    """What was asked for: sources, languages, originals only."""
    files: Mapping[str, int]
    """Path in the place → rows."""


class Target(Protocol):
    """A folder or a store that places are delivered into."""

    def scratch(self, place: str) -> AbstractContextManager[Path]:
        """Return a context with an empty local folder, in which a place is built."""

    def deliver(self, place: str, built: Path, parts: Mapping[str, Part], formats: Collection[str]) -> None:
        """Replace what stands of these formats in the place by what was built; the files of other formats stay."""

    def days(self, layout: str) -> list[str]:
        """Return the days whose places are there. `layout`: the path of a place, with `{day}` in it."""


def target(folder: Path | StorePath) -> Target:
    """Return where to deliver: a local path is a folder, whatever it is wrapped in."""
    if isinstance(folder, Path):
        return Folder(folder)
    return Folder(Path(folder.path)) if folder.protocol in LOCAL else Store(folder.fs, folder.path.rstrip("/"))


def default_folder() -> str:
    """Return where exports go when nobody says (NEWSWIRE_EXPORT: a path, or a URL such as `s3://bucket/news`)."""
    named = os.environ.get("NEWSWIRE_EXPORT") or ""
    return named if "://" in named else str(settings.export_folder())


def whole_days(window: Window) -> Window:
    """Return the window widened to whole days in Kyiv."""
    last = midnight(window.end - timedelta(microseconds=1))
    return Window(midnight(window.start), last + timedelta(days=1))


def withdraw(target: Target, layout: str, formats: Collection[str], days: Window, *, keep: Collection[str]) -> None:
    """Take the formats away from the days of a window, whole days, in which there is nothing any more."""
    first, last = kyiv_day(days.start), kyiv_day(days.end - timedelta(microseconds=1))
    for day in target.days(layout):
        if first <= day <= last and day not in keep:
            place = layout.format(day=day)
            with target.scratch(place) as nothing:
                target.deliver(place, nothing, {}, formats)


@contextmanager
def alone(connection: db.Connection, folder: Path | StorePath) -> Iterator[None]:
    """Hold all other exports to this folder off; wait for one that is under way."""
    with db.transaction(connection):
        db.run(connection, "lock_export", folder=str(folder))
    try:
        yield
    finally:
        if not connection.closed:  # the lock ends with the session
            connection.rollback()
            with db.transaction(connection):
                db.run(connection, "unlock_export", folder=str(folder))


def file_name(name: str) -> str:
    """Return a name with nothing in it that leads out of a folder or surprises a program."""
    return re.sub(r"[^0-9A-Za-z]", "-", name)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a local disk."""

    root: Path

    @contextmanager
    def scratch(self, place: str) -> Iterator[Path]:
        """Yield an empty folder beside the place: a rename moves it there. First of all what a killed run left is mended."""
        folder = self.root / place
        self._mend(folder)
        partial = _aside(folder, "partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        yield partial
        shutil.rmtree(partial, ignore_errors=True)

    def deliver(self, place: str, built: Path, parts: Mapping[str, Part], formats: Collection[str]) -> None:
        """Replace the place as a whole; files of formats that were not asked for are taken over."""
        folder = self.root / place
        kept = _others(_read(folder / MANIFEST), formats)
        for path in _paths(kept):
            _take_over(folder / path, built / path)
        manifest = _manifest(place, kept, _described(built, parts))
        if manifest["formats"]:
            (built / MANIFEST).write_text(_written(manifest), encoding="utf-8")
            _sync(built)
        self._replace(folder, built if manifest["formats"] else None)

    def days(self, layout: str) -> list[str]:
        """Return the days whose places are there; those that a killed run was about to replace are mended first."""
        places = layout.format(day="????-??-??")
        above, _, name = places.rpartition("/")
        for former in (self.root / above).glob(f".{name}.former"):
            self._mend(former.with_name(former.name[1:].removesuffix(".former")))
        return sorted(path.name[-10:] for path in self.root.glob(places) if path.is_dir())

    def _mend(self, folder: Path) -> None:
        """Bring back a place of which a run was killed between its two renames."""
        former = _aside(folder, "former")
        if former.exists() and not folder.exists():
            former.rename(folder)

    def _replace(self, folder: Path, built: Path | None) -> None:
        # two renames: no call of POSIX replaces a folder that has something in it
        former = _aside(folder, "former")
        shutil.rmtree(former, ignore_errors=True)
        if folder.exists():
            folder.rename(former)
        if built:
            built.rename(folder)
            _sync_folder(folder.parent)
        shutil.rmtree(former, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Store:
    """A prefix of an object store, or of any file system that fsspec knows."""

    fs: Any
    root: str

    @contextmanager
    def scratch(self, place: str) -> Iterator[Path]:  # noqa: ARG002 - a folder's has use for it
        """Yield an empty folder of the local disk: what goes into a store is written, counted and hashed there first."""
        with tempfile.TemporaryDirectory(prefix="newswire-export-") as folder:
            yield Path(folder)

    def deliver(self, place: str, built: Path, parts: Mapping[str, Part], formats: Collection[str]) -> None:
        """Put the files, then the manifest; what the formats had before and have no longer is deleted before it."""
        at = f"{self.root}/{place}"
        before = self._manifest_at(at)
        kept, new = _others(before, formats), _described(built, parts)
        stale = {*_paths(before["formats"]), *before.get("unfinished", ())} - set(_paths(kept))
        paths = list(_paths(new))
        if before["formats"] or before.get("unfinished") or new:
            self._put_manifest(at, {**_manifest(place, kept, {}), "unfinished": sorted({*stale, *paths})})
        if paths:
            # in one call: file systems that can put many files at once
            self.fs.put([str(built / path) for path in paths], [f"{at}/{path}" for path in paths])
        self._delete(at, sorted(stale - set(paths)))
        if kept or new:
            self._put_manifest(at, _manifest(place, kept, new))
        else:
            self._delete(at, [MANIFEST])

    def days(self, layout: str) -> list[str]:
        """Return the days whose places have a manifest."""
        self.fs.invalidate_cache()
        found = self.fs.glob(f"{self.root}/{layout.format(day='????-??-??')}/{MANIFEST}")
        return sorted(str(path).split("/")[-2][-10:] for path in found)

    def _manifest_at(self, at: str) -> Manifest:
        self.fs.invalidate_cache()
        path = f"{at}/{MANIFEST}"
        return _parsed(self.fs.cat_file(path)) if self.fs.exists(path) else {"formats": {}}

    def _put_manifest(self, at: str, manifest: Manifest) -> None:
        self.fs.makedirs(at, exist_ok=True)  # a store has no folders and does nothing, a server of files needs it
        self.fs.pipe_file(f"{at}/{MANIFEST}", _written(manifest).encode())

    def _delete(self, at: str, paths: Iterable[str]) -> None:
        present = [path for path in (f"{at}/{name}" for name in paths) if self.fs.exists(path)]
        if present:
            self.fs.rm(present)


def _aside(folder: Path, suffix: str) -> Path:
    return folder.with_name(f".{folder.name}.{suffix}")


# --- manifests


def _manifest(place: str, *sections: Mapping[str, Any]) -> Manifest:
    return {"day": place[-10:], "formats": {name: section[name] for section in sections for name in sorted(section)}}


def _written(manifest: Manifest) -> str:
    return json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _read(file: Path) -> Manifest:
    return _parsed(file.read_bytes()) if file.is_file() else {"formats": {}}


def _parsed(written: bytes) -> Manifest:
    """Return a manifest; one that is none, because somebody else wrote it, counts as empty: its place is made anew."""
    try:
        found = json.loads(written)
    except ValueError:
        return {"formats": {}}
    return found if isinstance(found, dict) and isinstance(found.get("formats"), dict) else {"formats": {}}


def _others(manifest: Manifest, formats: Collection[str]) -> dict[str, Any]:
    return {name: section for name, section in manifest["formats"].items() if name not in formats}


def _paths(sections: Mapping[str, Any]) -> Iterator[str]:
    return (file["path"] for section in sections.values() for file in section["files"])


def _described(built: Path, parts: Mapping[str, Part]) -> dict[str, Any]:
    return {
        name: {
            "rows": part.rows,
            "selection": dict(part.selection),
            "files": [_described_file(built, path, part.files[path]) for path in sorted(part.files)],
        }
        for name, part in parts.items()
    }


def _described_file(built: Path, path: str, rows: int) -> dict[str, Any]:
    with (built / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"path": path, "rows": rows, "bytes": file.tell(), "sha256": digest}


# --- the disk


def _take_over(file: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        place.hardlink_to(file)
    except OSError:  # a disk without hard links
        shutil.copy2(file, place)


def _sync(folder: Path) -> None:
    """Have everything below a folder on the disk, so that after a power cut no name stands for an empty file."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    if len(files) > FEW_FILES:
        os.sync()
        return
    for path in files:
        with path.open("rb") as file:
            os.fsync(file.fileno())
    for above in (folder, *{path.parent for path in files}):
        _sync_folder(above)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
