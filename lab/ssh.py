# SPDX-License-Identifier: GPL-2.0-only
"""Commands in the lab's machines: OpenSSH here, dropbear there, one connection for all."""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from lab import process, sshkey
from lab.errors import LabError


@dataclass(frozen=True)
class Result:
    """How a command went."""

    rc: int
    out: str
    err: str


class CommandError(LabError):
    """A command in a machine failed."""

    def __init__(self, where, command, result):
        said = process.tail(result.err or str(result.out))
        super().__init__(f"{where}: `{command}` ended with exit code {result.rc}\n{said}")
        self.result = result


class CommandTimeout(LabError):
    """A command in a machine did not end in time."""


class Ssh:
    """A way into one machine, found at a port of the loopback address."""

    def __init__(self, name, port, folder):
        self.name = name
        self.port = port
        self._socket = Path(folder) / f"ssh-{port}"

    def _words(self, *options):
        return ["ssh", "-F", "none", "-q", "-p", str(self.port), "-i", str(sshkey.private()),
                "-o", "ControlMaster=auto", "-o", f"ControlPath={self._socket}",
                "-o", "ControlPersist=600", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                "-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=no",
                "-o", "KexAlgorithms=curve25519-sha256", "-o", "LogLevel=ERROR",
                "-o", "Ciphers=chacha20-poly1305@openssh.com",
                *options, "root@127.0.0.1"]

    def command_line(self):
        """What a person types to log in."""
        return (f"ssh -i {sshkey.private()} -o UserKnownHostsFile=/dev/null "
                f"-o StrictHostKeyChecking=no -p {self.port} root@127.0.0.1")

    # pylint: disable-next=too-many-arguments
    def run(self, command, timeout=60, check=True, input=None, text=True, patience=20):
        """Run a shell command; with @check a failure is a CommandError.

        @patience: how many seconds a connection may take to come about
        """
        # pylint: disable=redefined-builtin
        if input is None:
            feed = {"stdin": subprocess.DEVNULL}
        else:
            feed = {"input": input}
        try:
            done = subprocess.run([*self._words("-o", f"ConnectTimeout={patience}"), command],
                                  timeout=timeout, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  text=text, errors="replace" if text else None, **feed)
        except subprocess.TimeoutExpired as error:
            raise CommandTimeout(f"{self.name}: `{command}` took more than {timeout} s") from error
        said = done.stderr if text else done.stderr.decode(errors="replace")
        result = Result(done.returncode, done.stdout, said)
        if check and result.rc:
            raise CommandError(self.name, command, result)
        return result

    def popen(self, command, **kwargs):
        """Start a long command; a subprocess.Popen with pipes."""
        kwargs = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
                  "text": True, **kwargs}
        # pylint: disable-next=subprocess-popen-preexec-fn
        return subprocess.Popen([*self._words(), command], preexec_fn=process.die_with_parent,
                                **kwargs)

    def wait(self, timeout=60):
        """Wait until a command can be run.

        A connection begun before the machine listens is repeated by QEMU ever more slowly: it is
        quicker to give up soon and to begin anew.
        """
        deadline = time.monotonic() + timeout
        patience = 2
        while True:
            left = deadline - time.monotonic()
            try:
                if left > 0 and self.run("true", timeout=left, check=False,
                                         patience=round(patience)).rc == 0:
                    return
            except CommandTimeout:
                pass
            if time.monotonic() > deadline:
                raise LabError(f"{self.name}: no login within {timeout} s")
            patience *= 1.2
            time.sleep(0.1)

    def put(self, source, target, timeout=120):
        """Copy a file of the host into the machine, with its permissions."""
        source = Path(source)
        mode = f"{source.stat().st_mode & 0o777:o}"
        self.run(f"cat >'{target}' && chmod {mode} '{target}'", timeout=timeout,
                 input=source.read_bytes(), text=False)

    def get(self, source, target, timeout=120):
        """Copy a file of the machine to the host."""
        done = self.run(f"cat '{source}'", timeout=timeout, text=False)
        Path(target).write_bytes(done.out)

    def close(self):
        """Drop the connection."""
        if self._socket.exists():
            subprocess.run(self._words("-O", "exit"), check=False, timeout=10,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self._socket.unlink(missing_ok=True)
