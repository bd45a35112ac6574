# SPDX-License-Identifier: GPL-2.0-only
"""What the checks of the sources look at: our files, and a kernel that they are installed into."""

import contextlib
import difflib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from lab import cache, kernel, packages

REPO = Path(__file__).resolve().parents[2]
INSTALL = REPO / "scripts/install.sh"
CONFIGS = [REPO / "lab/kernel/lab.config", REPO / "lab/kernel/ours.config"]

# The options that differ from the kernel under test, by the name of the build folder. The first
# one's host programs serve the others too.
VARIANTS = {"suspend": [], "no-suspend": ["XEN_SUSPEND"], "no-pv": ["XEN_PV"]}


def run(*command, cwd=REPO, **environment):
    """Run a program and return its exit code with all that it printed."""
    inherited = {name: value for name, value in os.environ.items()
                 if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "KDIR")}
    done = subprocess.run([str(word) for word in command], cwd=cwd, check=False, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT,
                          env={**inherited, "LC_ALL": "C.UTF-8", **environment})
    return done.returncode, done.stdout


def must(*command, **kwargs):
    """Run a program that has to succeed."""
    code, said = run(*command, **kwargs)
    assert code == 0, f"{' '.join(str(word) for word in command)}: exit code {code}\n{said}"
    return said


def tracked():
    """All files of the repository, relative to it."""
    listed = must("git", "-c", "safe.directory=*", "ls-files", "-z")
    names = (Path(name) for name in listed.split("\0") if name)
    return [name for name in names if (REPO / name).is_file()]


def kernel_files(*suffixes):
    """Our files that become part of a kernel, relative to the repository."""
    return [name for name in tracked() if name.parts[0] in ("drivers", "include", "tools")
            and (not suffixes or name.suffix in suffixes)]


def styled_files():
    """Our files that checkpatch knows the style of."""
    return kernel_files(".c", ".h") + [name for name in kernel_files()
                                       if name.name in ("Kconfig", "Makefile")]


def module_files():
    """The sources of our test modules, each of which is built by itself."""
    return [name for name in kernel_files(".c") if name.parent.name == "test_modules"]


def patches():
    """Our patches, in the order in which they apply."""
    return sorted(name for name in tracked() if name.match("patches/*/*.patch"))


def patched_files():
    """The files that the patches change, relative to the kernel's tree."""
    names = {line.removeprefix("+++ b/").split("\t")[0] for patch in patches()
             for line in (REPO / patch).read_text(encoding="utf-8").splitlines()
             if line.startswith("+++ b/")}
    return sorted(Path(name) for name in names)


def copy_links(source, target):
    """Copy a kernel's source with hard links, without what was built there."""
    target.mkdir(parents=True)
    must("cp", "-al", *(path for path in source.iterdir() if path.name != "build"), target)


def pristine():
    """The kernel's source; KDIR names it if it is not to be the lab's own."""
    if "KDIR" in os.environ:
        return Path(os.environ["KDIR"]).resolve()
    packages.ensure("checks")
    return kernel.pristine()


def pylint():
    """Run pylint on all Python; returns its exit code and what it printed."""
    names = [name for name in tracked() if name.suffix == ".py"]
    return run(sys.executable, "-m", "pylint", "--rcfile=lab/pylintrc", *names,
               PYTHONPATH=str(REPO))


class Tree:
    """A kernel with our files installed, and what tells our lines from the kernel's."""

    def __init__(self, source):
        self.source = source
        self.folder = cache.root() / "static"
        self.linux = self.folder / "linux"
        self._install()
        self._prepared = set()
        # The other ones begin with a copy of it, several at a time.
        self.prepare(next(iter(VARIANTS)))
        self._own = {str(name) for name in kernel_files()}
        self._added = {str(name): self._added_lines(name) for name in patched_files()}

    def _install(self):
        """Bring our files into a copy whose path stays the same, as build folders hold it."""
        parts = ("drivers", "include", "tools", "Documentation", "patches", "scripts")
        key = cache.digest([str(self.source), self.source / "Makefile",
                            *(REPO / part for part in parts)])
        stamp = self.folder / "linux.key"
        if stamp.exists() and stamp.read_text(encoding="ascii") == key:
            return
        stamp.unlink(missing_ok=True)
        shutil.rmtree(self.linux, ignore_errors=True)
        copy_links(self.source, self.linux)
        must("sh", INSTALL, "install", self.linux)
        stamp.write_text(key, encoding="ascii")

    def _added_lines(self, name):
        """The numbers of the lines that the patches add to a file of the kernel."""
        before = (self.source / name).read_text(encoding="utf-8").splitlines()
        after = (self.linux / name).read_text(encoding="utf-8").splitlines()
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        return {line + 1 for tag, _, _, begin, end in matcher.get_opcodes() if tag != "equal"
                for line in range(begin, end)}

    def ours(self, said):
        """Of what a compiler or checker printed, the lines about our files and lines."""
        return [line for line in said.splitlines() if self._is_ours(line)]

    def _is_ours(self, line):
        match = re.match(rf"(?:{re.escape(str(self.linux))}/)?([\w./-]+):(\d+)", line)
        if not match:
            return False
        name = os.path.normpath(match[1])
        return name in self._own or int(match[2]) in self._added.get(name, ())

    def make(self, variant, *arguments):
        """Run make in a build folder; returns exit code and what it printed."""
        return run("make", "-s", "-C", self.linux, f"O={self.folder / variant}",
                   f"-j{os.cpu_count()}", *arguments)

    def compile(self, variant):
        """Compile our objects with all warnings, and have sparse look: what each of both said."""
        self.prepare(variant)
        self.forget_objects(variant)
        return {"warnings": self.make(variant, "W=1", *self.objects(variant)),
                "sparse": self.make(variant, "C=2", "CHECK=sparse", *self.objects(variant))}

    def documents(self):
        """Run sphinx over the kernel's documents among which ours are; returns as make() does.

        It has nothing to say of a page that it has read before: so ours are to look new.
        """
        for name in tracked():
            if name.parts[0] == "Documentation":
                (self.linux / name).touch()
        return self.make("docs", "htmldocs", "SPHINXDIRS=driver-api/xen admin-guide")

    def checkpatch(self, name, scratch):
        """Run checkpatch on a file or a patch; returns as make() does."""
        kind = ["--no-signoff"] if name.suffix == ".patch" else ["-f"]
        return run("perl", self.linux / "scripts/checkpatch.pl", f"--root={self.linux}",
                   "--strict", "--terse", "--show-types", "--no-summary", *kind, REPO / name,
                   cwd=scratch)

    def make_module(self, variant, name, *arguments):
        """Compile a test module for a kernel that is built elsewhere; returns as make() does."""
        module = (self.linux / name).with_suffix(".o")
        module.unlink(missing_ok=True)
        return self.make(variant, f"M={module.parent}", module.name, *arguments)

    def prepare(self, variant):
        """Configure a build folder, and build what any object needs; returns the folder."""
        folder = self.folder / variant
        if variant in self._prepared:
            return folder
        options = VARIANTS[variant]
        key = cache.digest([str(self.source), self.source / "Makefile", *CONFIGS, *options])
        stamp = folder / "static.key"
        if not stamp.exists() or stamp.read_text(encoding="ascii") != key:
            shutil.rmtree(folder, ignore_errors=True)
            if options:
                first = next(iter(VARIANTS))
                shutil.copytree(self.prepare(first), folder, symlinks=True)
            else:
                self._configure(variant)
            for option in options:
                must(self.linux / "scripts/config", "--file", folder / ".config", "-d", option)
            self._must_make(variant, "olddefconfig")
            stamp.write_text(key, encoding="ascii")
        self._must_make(variant, "olddefconfig", "prepare")
        config = (folder / ".config").read_text(encoding="utf-8").splitlines()
        for option in ("XEN_SUSPEND", "XEN_PV"):
            assert (f"CONFIG_{option}=y" in config) == (option not in options), \
                f"{variant}: CONFIG_{option} came out wrong; what does it depend on?"
        self._prepared.add(variant)
        return folder

    def _configure(self, variant):
        folder = self.folder / variant
        folder.mkdir()
        self._must_make(variant, "tinyconfig")
        must(self.linux / "scripts/kconfig/merge_config.sh", "-m", "-O", folder,
             folder / ".config", *CONFIGS, cwd=self.linux)

    def _must_make(self, variant, *targets):
        code, said = self.make(variant, *targets)
        assert code == 0, f"make {' '.join(targets)}: exit code {code}\n{said}"

    def objects(self, variant):
        """What to compile: ours, as far as the options have it, and what the patches touch."""
        names = [name for name in kernel_files(".c") if name.parts[0] == "drivers"]
        if "XEN_SUSPEND" in VARIANTS[variant]:
            names = [name for name in names if "suspend" not in name.parts]
        names += [name for name in patched_files() if name.suffix == ".c"]
        return [str(name.with_suffix(".o")) for name in names]

    def forget_objects(self, variant):
        """Have our objects compiled again, as a compiler warns only when it compiles."""
        for name in self.objects(variant):
            (self.folder / variant / name).unlink(missing_ok=True)


@contextlib.contextmanager
def opened():
    """The tree, locked against other runs of these checks."""
    source = pristine()
    with cache.lock("static"):
        yield Tree(source)
