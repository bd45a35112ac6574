# SPDX-License-Identifier: GPL-2.0-only
"""Work that a guest does while it is suspended, and that tells whether it noticed.

The kselftest programs watch memory, clocks, timers, CPUs and a TCP connection to dom0;
fio writes to the data disk and verifies what it wrote.
"""

import json
import re

from lab.dom0 import SELFTESTS
from lab.qemu import DOM0_ADDRESS

PORT = 5000
# What keeps a guest busy all the time, but its emulated CPUs mostly free.
RATE = "--rate 32 --tick-ms 100"
READY_WITHIN = 60
FIO = ("fio --name=verify --filename=/data/fio --size=12m --bs=16k --rw=randwrite --direct=1"
       " --verify=crc32c --verify_backlog=4 --verify_fatal=1 --time_based --runtime=86400"
       " --fallocate=none --rate_iops=5 --output-format=json --output=/tmp/fio.json")
# Sectors of its file by which it has verified some of what it wrote.
FIO_VERIFIES = 2 * 4 * 32


class Load:
    """All of it, on one guest, from start() to verify()."""

    def __init__(self, dom0, guest, fio=True, stream=True):
        self.dom0 = dom0
        self.guest = guest
        self.fio = fio
        self.port = PORT + int(guest.address.rsplit(".", 1)[1])
        self.watchers = {
            "memory": "memory --mib 8 --rewrite 1 --tick-ms 100",
            "clocks": "clocks --period-us 100000",
            "timers": "timers --longest-ms 2000 --slack-ms 10000",
            "vcpus": "vcpus",
        }
        if stream:
            self.watchers["stream"] = f"stream {RATE} client {DOM0_ADDRESS} {self.port}"
        self.figures = {}

    def start(self):
        """Begin, and return once all of it is under way."""
        if "stream" in self.watchers:
            self.dom0.run(f"""cd /run; rm -f stream-{self.port}.log
                setsid sh -c 'exec > stream-{self.port}.log 2>&1 < /dev/null
                    {self.dom0.selftest('stream')} {RATE} server {self.port}; echo code=$?' &
                for i in $(seq 100); do
                    grep -q READY stream-{self.port}.log && exit 0; sleep 0.1
                done
                cat stream-{self.port}.log >&2; exit 1""")
        script = ["cd /tmp; rm -f *.log *.code fio.* /data/fio"]
        for name, command in self.watchers.items():
            script.append(f"(setsid sh -c '{SELFTESTS}/{command} > {name}.log 2>&1;"
                          f" echo $? > {name}.code') < /dev/null > /dev/null 2>&1 &")
        if self.fio:
            script.append(f"(setsid sh -c '{FIO} 2> fio.err; echo $? > fio.code')"
                          " < /dev/null > /dev/null 2>&1 &")
        script.append(f"""for i in $(seq {READY_WITHIN * 5}); do
                [ $(grep -sl READY *.log | wc -l) != {len(self.watchers)} ] || exit 0; sleep 0.2
            done
            echo "not all of the load began within {READY_WITHIN} s" >&2
            tail -v -n 5 *.log *.err >&2; exit 1""")
        self.guest.run("\n".join(script), timeout=READY_WITHIN * 2)
        return self

    def goes_on(self):
        """Fail if any part of it has ended already."""
        ended = self.guest.run("cd /tmp; for code in *.code; do [ -e $code ] || continue;"
                               " echo == $code; cat $code; tail -n 4 ${code%.code}.log; done").out
        if ended:
            raise AssertionError(f"part of the load ended:\n{ended}")

    def verify(self):
        """End it; fail unless every part of it is content."""
        names = list(self.watchers) + (["fio"] if self.fio else [])
        codes = [f"{name}.code" for name in names]
        files = [*codes, *(f"{name}.log" for name in self.watchers)]
        until = "true"
        if self.fio:
            files += ["fio.err", "fio.json"]
            until = f"[ -e fio.code -o $(stat -c %b /data/fio) -ge {FIO_VERIFIES} ]"
        said = self.guest.run(f"""cd /tmp
            for i in $(seq 300); do {until} && break; sleep 0.2; done
            pkill -TERM -x '{'|'.join(self.watchers)}'; pkill -INT -o -x fio
            for i in $(seq 300); do ls {' '.join(codes)} > /dev/null 2>&1 && break; sleep 0.2; done
            tail -v -n +1 {' '.join(files)}; true""", timeout=120).out
        said = dict(re.findall(r"^==> (\S+) <==\n(.*?)\n?(?=^==> |\Z)", said, re.M | re.DOTALL))
        troubles = []
        for name in self.watchers:
            log, code = said.get(f"{name}.log", ""), said.get(f"{name}.code", "")
            troubles += self._judge(name, f"{log}\ncode={code}")
        if "stream" in self.watchers:
            log = self.dom0.run(f"""cd /run; for i in $(seq 100); do
                    grep -q ^code= stream-{self.port}.log && break; sleep 0.2
                done; cat stream-{self.port}.log""").out
            troubles += self._judge("stream-peer", log)
        if self.fio:
            troubles += self._judge_fio(*(said.get(f"fio.{kind}", "") for kind in
                                          ("err", "json", "code")))
        if troubles:
            raise AssertionError("the guest did not come back as it was:\n" + "\n".join(troubles))
        return self.figures

    def _judge(self, name, log):
        self.figures[name] = dict(re.findall(r"(\w+)=([\d.]+)", log))
        plan = re.search(r"^1\.\.(\d+)", log, re.M)
        good = re.findall(r"^ok ", log, re.M)
        if not plan or len(good) != int(plan[1]) or not re.search(r"^code=0$", log, re.M):
            return [f"{name}:", log]
        return []

    def _judge_fio(self, errors, report, code):
        try:
            job = json.loads(report[report.index("{"):])["jobs"][0]
        except (ValueError, KeyError, IndexError):
            return ["fio: no report", errors, report, code]
        written, read = job["write"]["total_ios"], job["read"]["total_ios"]
        self.figures["fio"] = {"written": written, "verified": read}
        # 128 is what fio ends with when it is told to stop.
        if job["error"] or code.strip() != "128" or "verify" in errors or not written or not read:
            return [f"fio: error {job['error']}, exit code {code.strip()}, {written} written,"
                    f" {read} verified", errors]
        return []
