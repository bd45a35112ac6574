# SPDX-License-Identifier: GPL-2.0-only
"""The lab's commands: python3 -m lab --help."""

import argparse
import shlex
import subprocess
import sys
import time
from pathlib import Path

from lab import bench, check, demo, hosttools, kernel, matrix, packages, roots, session
from lab.errors import LabError
from lab.progress import say
from lab.setup import Setup

OUT = Path(__file__).parent.parent / "out"


def _kernel(arguments):
    """Build a kernel; the last two lines tell where it is."""
    built = kernel.build(arguments.flavour)
    print(f"image: {built.image}")
    print(f"build: {built.build}")
    return 0


def _prepare(_arguments):
    """Fetch and build everything, so that later runs start at once."""
    packages.ensure()
    setup = Setup()
    for flavour in kernel.ALL_FLAVOURS:
        setup.image(flavour)
    for version in roots.XEN:
        roots.host(version)
        hosttools.build(version)
    roots.guest_disk(setup.programs())
    return 0


def _boot(arguments):
    """Boot Xen and guests, and keep them until ctrl-C."""
    setup = Setup({"dom0": arguments.kernel}, arguments.selftests)
    with setup.booted(xen=arguments.xen, icount=arguments.icount) as dom0:
        try:
            for flavour in arguments.guest:
                guest = setup.guest(dom0, flavour)
                say(f"guest {guest.name} ({flavour}): {guest.ssh.command_line()}")
            session.announce(dom0)
            say(f"dom0: {dom0.ssh.command_line()}")
            say("ctrl-C ends the lab")
            while dom0.qemu.alive():
                time.sleep(0.5)
            say("the machine is gone: it was powered off, or crashed")
        finally:
            session.forget()
    return 1


def _shell(arguments):
    """Log in to a running lab."""
    return subprocess.call([*shlex.split(session.login(arguments.machine)), *arguments.command])


def _run(arguments):
    """Run scenarios."""
    extra = ["-k", " or ".join(arguments.scenario)] if arguments.scenario else []
    for option in ("selftests", "dom0_kernel", "ours_kernel", "baseline_kernel"):
        if getattr(arguments, option):
            extra.append(f"--{option.replace('_', '-')}={getattr(arguments, option)}")
    return check.run(["lab/scenarios"], extra=extra)


def _demo(_arguments):
    """Show the main job on real guests: a table and a picture, for both kernels."""
    OUT.mkdir(exist_ok=True)
    return demo.main(Setup(), OUT)


def _matrix(_arguments):
    """Make suspends fail in every way, in guests of both kernels, and tell which survive."""
    packages.ensure()
    return matrix.main(Setup())


def _bench(_arguments):
    """Measure both kernels in virtual time, step by step."""
    packages.ensure()
    return bench.main(Setup())


def _check(_arguments):
    """Run every test."""
    _prepare(_arguments)  # A compiler would share its CPUs with machines that run already.
    return check.run()


def _soak(_arguments):
    """Run every test with bigger counts, for a night."""
    _prepare(_arguments)
    return check.run(soak=True)


def _static(_arguments):
    """Run the checks of the sources only."""
    packages.ensure("kernel", "checks")
    return check.run(["lab/static"])


def _logs(_arguments):
    """Print what the running lab's serial port said: Xen and dom0."""
    print(session.serial().read_text(encoding="utf-8", errors="replace"), end="")
    return 0


def _parser():
    parser = argparse.ArgumentParser(prog="python3 -m lab", description=__doc__)
    commands = parser.add_subparsers(dest="command_name", required=True, metavar="COMMAND")

    def command(name, function):
        added = commands.add_parser(name, help=function.__doc__, description=function.__doc__)
        added.set_defaults(function=function)
        return added

    command("kernel", _kernel).add_argument("flavour", choices=kernel.ALL_FLAVOURS)
    for name, function in (("prepare", _prepare), ("demo", _demo), ("matrix", _matrix),
                           ("bench", _bench), ("check", _check), ("soak", _soak),
                           ("static", _static)):
        command(name, function)
    boot = command("boot", _boot)
    boot.add_argument("guest", nargs="*", metavar="GUEST",
                      choices=kernel.ALL_FLAVOURS,
                      help=f"a guest to create: {', '.join(kernel.ALL_FLAVOURS)}")
    boot.add_argument("--kernel", metavar="IMAGE", help="dom0's kernel; else baseline")
    boot.add_argument("--xen", choices=roots.XEN, default=roots.DEFAULT_XEN,
                      help="the version of Xen; else %(default)s")
    boot.add_argument("--icount", action="store_true", help="virtual time, for measurements")
    shell = command("shell", _shell)
    shell.add_argument("machine", nargs="?", default="dom0", help="dom0 or a guest's name")
    shell.add_argument("command", nargs=argparse.REMAINDER, help="run this instead of a shell")
    run = command("run", _run)
    run.add_argument("scenario", nargs="*", help="parts of names; all scenarios if none is given")
    run.add_argument("--dom0-kernel", metavar="IMAGE")
    run.add_argument("--ours-kernel", metavar="IMAGE")
    run.add_argument("--baseline-kernel", metavar="IMAGE")
    for one in (boot, run):
        one.add_argument("--selftests", metavar="FOLDER", help="programs to put into the guests")
    command("logs", _logs)
    return parser


def main():
    """Run a command; an error is one clear text and exit code 1."""
    arguments = _parser().parse_args()
    try:
        return arguments.function(arguments)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
