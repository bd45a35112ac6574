# SPDX-License-Identifier: GPL-2.0-only
"""Things that are costly to make, kept under ~/.cache and keyed by what they are made of.

An entry is a folder NAME-KEY. It is made in a temporary folder and renamed when complete, so
whoever finds one finds a whole one; a lock for each name keeps two runs from making it twice.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
from pathlib import Path

KEEP = 2


def root():
    """The folder that holds everything."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "xen-suspend"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def digest(parts):
    """A short hash of strings, bytes, and the contents of files and folders (as Path)."""
    total = hashlib.sha256()
    for part in parts:
        for name, content in _pieces(part):
            total.update(f"{name}:{len(content)}\n".encode())
            total.update(content)
    return total.hexdigest()[:16]


def _pieces(part):
    if not isinstance(part, Path):
        yield "", part if isinstance(part, bytes) else str(part).encode()
    elif part.is_dir():
        for path in sorted(part.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                mode = "x" if os.access(path, os.X_OK) else ""
                yield f"{path.relative_to(part)}{mode}", path.read_bytes()
    else:
        yield part.name, part.read_bytes() if part.exists() else b""


@contextlib.contextmanager
def lock(name):
    """Keep other runs from making the same thing."""
    with open(root() / f".{name}.lock", "w", encoding="ascii") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def entry(name, key_parts, build):
    """Return the folder of @name for these parts; build(folder) fills it if it is new."""
    final = root() / f"{name}-{digest(key_parts)}"
    with lock(name):
        if final.is_dir():
            os.utime(final)
            return final
        fresh = root() / f"{final.name}.tmp"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        try:
            build(fresh)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        fresh.rename(final)
        _forget_old(name)
    return final


def _forget_old(name):
    """Drop all but the newest entries of @name."""
    found = [path for path in root().glob(f"{name}-" + "[0-9a-f]" * 16) if path.is_dir()]
    found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[KEEP:]:
        shutil.rmtree(path, ignore_errors=True)
