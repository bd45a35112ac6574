# SPDX-License-Identifier: GPL-2.0-only
"""Kernels: `baseline`, as Linux released it, and `ours`, with xen-suspend put in.

Both are built from one source with one configuration, each in a tree of its own that stays, so
that an edit rebuilds only what it touches. The output folder is a child of the source: kbuild then
names every file by a relative path, and a copy of one kernel's objects is a start for another.
"""

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab import cache, packages, process
from lab.errors import LabError
from lab.progress import say, step

REPOSITORY = Path(__file__).parent.parent
TARBALL = Path("/usr/src/linux-source-6.12.tar.xz")
_FRAGMENTS = REPOSITORY / "lab/kernel"
_OURS = ("Makefile", "scripts", "drivers", "include", "patches", "lab/kernel")
_STATE = ".xen-suspend"
_STAMP = {"KBUILD_BUILD_TIMESTAMP": "Thu Jan  1 00:00:00 UTC 2026", "KBUILD_BUILD_USER": "lab",
          "KBUILD_BUILD_HOST": "lab"}


@dataclass(frozen=True)
class _Recipe:
    """How a flavour is made: its source tree, what it adds to lab.config, and whose objects it
    begins with."""

    tree: str
    fragment: str = ""
    seed: str = ""


_RECIPES = {
    "baseline": _Recipe("baseline"),
    "ours": _Recipe("ours", "ours.config", seed="baseline"),
    "debug": _Recipe("ours", "debug.config"),
    "without": _Recipe("ours", "without.config", seed="ours"),
}
ALL_FLAVOURS = tuple(_RECIPES)


@dataclass(frozen=True)
class Kernel:
    """A built kernel."""

    flavour: str
    image: Path
    build: Path
    release: str


def folder():
    """Where the trees lie."""
    path = cache.root() / "kernel"
    path.mkdir(exist_ok=True)
    return path


def _source_version():
    return process.run(["dpkg-query", "-W", "-f", "${Version}", "linux-source-6.12"])


def _pristine():
    """The tree as Linux released it; it is also where baseline is built."""
    tree = folder() / "baseline"
    mark = folder() / "baseline.version"
    version = _source_version()
    if mark.exists() and mark.read_text(encoding="ascii") == version:
        return tree
    with step(f"unpacking Linux {version}"):
        shutil.rmtree(tree, ignore_errors=True)
        shutil.rmtree(folder() / "ours", ignore_errors=True)
        (folder() / "ours.files").unlink(missing_ok=True)
        tree.mkdir()
        process.run(["tar", "-xf", TARBALL, "-C", tree, "--strip-components=1",
                     "--exclude=*/drivers/gpu/drm/amd/include"])
    mark.write_text(version, encoding="ascii")
    return tree


def _with_ours(original):
    """The tree with xen-suspend in it, where what did not change keeps its time stamp."""
    tree = folder() / "ours"
    listing = folder() / "ours.files"
    if not (tree / "MAINTAINERS").exists():
        with step("copying the source"):
            shutil.rmtree(tree, ignore_errors=True)
            tree.mkdir()
            names = [path for path in sorted(original.iterdir())
                     if path.name not in ("build", "MAINTAINERS")]
            process.run(["cp", "-a", *names, original / "MAINTAINERS", tree])
        listing.unlink(missing_ok=True)
    before = {}
    for name in json.loads(listing.read_text(encoding="utf-8")) if listing.exists() else []:
        before[name] = _fingerprint(tree / name)
        _put_back(original / name, tree / name)
    shutil.rmtree(tree / _STATE, ignore_errors=True)
    mark = folder() / "ours.mark"
    mark.touch()
    process.run(["make", "-s", "-C", REPOSITORY, "install", f"KDIR={tree}"],
                mend="xen-suspend cannot be put into the kernel source")
    found = process.run(["find", ".", "-path", "./build", "-prune", "-o", "-path", f"./{_STATE}",
                         "-prune", "-o", "-type", "f", "-cnewer", mark, "-print"],
                        cwd=tree).splitlines()
    touched = sorted({name.removeprefix("./") for name in found} | set(before))
    listing.write_text(json.dumps(touched), encoding="utf-8")
    for name in touched:
        _keep_time(tree / name, before.get(name))
    return tree


def _fingerprint(path):
    """The contents and the time stamp of a file, or None."""
    if not path.is_file():
        return None
    return hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mtime_ns


def _put_back(original, path):
    path.unlink(missing_ok=True)
    if original.is_file():
        shutil.copy2(original, path)


def _keep_time(path, before):
    """Give a file its earlier time stamp if it has its earlier contents, else the present."""
    if not path.is_file():
        return
    if before and _fingerprint(path)[0] == before[0]:
        os.utime(path, ns=(before[1], before[1]))
    else:
        os.utime(path)


def _make(build, *targets, log=None, **settings_of_ccache):
    """Run kbuild; the log keeps all it says, warnings too."""
    tree = build.parent
    settings = [f"{name}={value}" for name, value in _STAMP.items()]
    environment = {**os.environ, "CCACHE_DIR": str(cache.root() / "ccache"),
                   "CCACHE_NOHASHDIR": "1", "CCACHE_MAXSIZE": "2G", "CCACHE_DEPEND": "1",
                   "CCACHE_SLOPPINESS": "time_macros", **settings_of_ccache}
    command = ["make", "-s", "-C", tree, f"O={build.name}", f"-j{os.cpu_count() + 1}",
               "CC=ccache gcc", *settings, *targets]
    with open(log or os.devnull, "a", encoding="utf-8") as stream:
        # pylint: disable-next=subprocess-popen-preexec-fn
        done = subprocess.run([str(word) for word in command], check=False, env=environment,
                              stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
                              preexec_fn=process.die_with_parent)
    if done.returncode:
        said = Path(log).read_text(encoding="utf-8") if log else ""
        errors = "\n".join(line for line in said.splitlines()
                           if "error" in line.lower() or "***" in line)
        raise LabError(f"make {' '.join(targets)} failed in {tree}; log: {log}\n"
                       f"{process.tail(errors or said)}")


def _configure(build, fragments, log):
    """Merge the fragments; the configuration is touched only if it comes out different."""
    tree = build.parent
    build.mkdir(exist_ok=True)
    config = build / ".config"
    wanted = cache.digest(fragments + sorted(tree.glob("drivers/xen/**/Kconfig")))
    mark = build / ".lab-config"
    if config.exists() and mark.exists() and mark.read_text(encoding="ascii") == wanted:
        return
    _make(build, "tinyconfig", log=log)
    environment = {**os.environ, "KCONFIG_CONFIG": str(config)}
    process.run([tree / "scripts/kconfig/merge_config.sh", "-m", "-O", build, config, *fragments],
                cwd=build, env=environment)
    _make(build, "olddefconfig", log=log)
    ignored = _ignored(config, fragments)
    if ignored:
        say(f"options that the configuration did not take: {', '.join(ignored)}")
    mark.write_text(wanted, encoding="ascii")


def _ignored(config, fragments):
    """The options that the last fragment to name them switches on, and the configuration lacks."""
    have = set(config.read_text(encoding="utf-8").splitlines())
    wanted = {line.split("=")[0]: line for path in fragments
              for line in path.read_text(encoding="utf-8").splitlines()
              if line.startswith("CONFIG_")}
    return [name for name, line in wanted.items() if not line.endswith("=n") and line not in have]


def _key(recipe):
    """What a kernel is made of."""
    parts = [_source_version(), process.run(["gcc", "--version"]), Path(__file__),
             _FRAGMENTS / "lab.config"]
    if recipe.tree == "ours":
        parts += [REPOSITORY / name for name in _OURS if (REPOSITORY / name).exists()]
    return cache.digest(parts)


def pristine():
    """The source as Linux released it."""
    packages.ensure("kernel")
    with cache.lock("kernel"):
        return _pristine()


def build(flavour):
    """Build a kernel, or find it built already."""
    if flavour not in _RECIPES:
        raise LabError(f"no kernel is called {flavour}; there are {', '.join(_RECIPES)}")
    packages.ensure("kernel")
    with cache.lock("kernel"):
        return _build(flavour)


def _output(flavour):
    recipe = _RECIPES[flavour]
    return folder() / recipe.tree / ("build" if flavour == recipe.tree else f"build-{flavour}")


def _build(flavour):
    recipe = _RECIPES[flavour]
    output = _output(flavour)
    mark = folder() / f"{flavour}.built"
    key = _key(recipe)
    if not (output.exists() and mark.exists() and mark.read_text(encoding="ascii") == key):
        mark.unlink(missing_ok=True)
        pristine_tree = _pristine()
        seed = _build(recipe.seed) if recipe.seed and not output.exists() else None
        if recipe.tree == "ours":
            _with_ours(pristine_tree)
        _compile(flavour, seed)
        mark.write_text(key, encoding="ascii")
    release = (output / "include/config/kernel.release").read_text(encoding="ascii").strip()
    return Kernel(flavour, output / "arch/x86/boot/bzImage", output, release)


def _compile(flavour, seed):
    recipe = _RECIPES[flavour]
    output = _output(flavour)
    log = folder() / f"{flavour}.log"
    fragments = [_FRAGMENTS / "lab.config"]
    if recipe.fragment:
        fragments.append(_FRAGMENTS / recipe.fragment)
    log.unlink(missing_ok=True)
    with step(f"building the {flavour} kernel"):
        if seed:
            _sow(seed, output)
        _configure(output, fragments, log)
        if seed:
            _keep_objtool(seed, output, log)
        _make(output, "vmlinux", "modules", log=log)
        # ccache does not see that the packed kernel, which this includes, is another one, and takes
        # an older object if only the size is the same.
        (output / "arch/x86/boot/compressed/piggy.o").unlink(missing_ok=True)
        _make(output, "bzImage", log=log, CCACHE_DISABLE="1")
    warnings = [line for line in log.read_text(encoding="utf-8").splitlines() if "warning:" in line]
    for line in warnings:
        say(line)
    if warnings:
        say(f"{len(warnings)} warnings; log: {log}")


def _sow(seed, output):
    """Begin with the objects of another kernel.

    kbuild compiles what is older than its source or has other options. What the trees differ in
    must therefore be newer than the copies.
    """
    process.run(["cp", "-a", seed.build, output])
    (output / ".lab-config").unlink()
    original, tree = seed.build.parent, output.parent
    if original != tree:
        for name in json.loads((folder() / "ours.files").read_text(encoding="utf-8")):
            same = _fingerprint(original / name)
            if same and same[0] == (_fingerprint(tree / name) or [None])[0]:
                shutil.copystat(original / name, tree / name)
            else:
                _keep_time(tree / name, None)


def _keep_objtool(seed, output, log):
    """objtool is built again since it knows the path of its folder, and every object depends on
    it; but it is the same program as the one that the objects were made with."""
    _make(output, "prepare", log=log)
    name = "tools/objtool"
    time = (seed.build / name / "objtool").stat().st_mtime_ns
    for path in (output / name).rglob("*"):
        os.utime(path, ns=(time, time))
