#!/usr/bin/env python3
"""What a proxied request costs in CPU, each proxy beside the others in one run.

  proxy_cost.py [--body-kib 1] [--rounds 5] [--seconds 4] nginx=URL,PID isocost=URL,PID

The proxies must be running, with one worker each, in front of the same host. wrk loads them in turn, A B A B,
and each one's CPU time is read from /proc, children included. Time on a shared machine is noisy; CPU per
request, and the ratio of two inside one round, much less. The first is the one the others are compared with.
Exit status 1 when a request failed.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

MICROSECONDS = {"us": 1, "ms": 1e3, "s": 1e6}


@dataclasses.dataclass
class Proxy:
    name: str
    url: str
    pid: int
    turns: list = dataclasses.field(default_factory=list)

    @staticmethod
    def parse(text):
        found = re.fullmatch(r"(\w+)=(http://[^,]+),(\d+)", text)
        if not found:
            raise argparse.ArgumentTypeError(f"found {text!r}, wanted NAME=URL,PID")
        return Proxy(found[1], found[2], int(found[3]))

    def processes(self):
        """The pids of the process and all that descend from it."""
        pids = [self.pid]
        for pid in pids:
            for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                pids += map(int, children.read_text().split())
        return pids

    def cpu_seconds(self):
        ticks = 0
        for pid in self.processes():
            after_name = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(after_name[11]) + int(after_name[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def median(self, figure):
        return statistics.median(getattr(turn, figure) for turn in self.turns)


@dataclasses.dataclass
class Turn:
    cpu: float  # microseconds per request
    rate: float  # requests per second
    p50: float  # microseconds
    p99: float
    failed: int

    @staticmethod
    def take(proxy, script, seconds, connections):
        before = proxy.cpu_seconds()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script, proxy.url]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
        used = proxy.cpu_seconds() - before
        requests = int(re.search(r"(\d+) requests in", said)[1])
        quantile = {q: float(value) * MICROSECONDS[unit]
                    for q, value, unit in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)\b", said)}
        faults = re.findall(r"Non-2xx or 3xx responses: (\d+)", said)
        for errors in re.findall(r"Socket errors: (.*)", said):
            faults += re.findall(r"\d+", errors)
        return Turn(used / max(1, requests) * 1e6, requests / seconds, quantile["50"], quantile["99"],
                    sum(map(int, faults)))


# Every request has a prompt of its own, made by wrk from a counter, so that no answer comes from memory.
def write_script(path, model, key, body_kib, user):
    filler = "tell me about computing. " * max(1, body_kib * 1024 // 25)
    before = json.dumps({"model": model, "max_tokens": 256} | ({"user": user} if user else {}))[:-1] + ', "messages": [{"role": "user", "content": "'
    path.write_text(f"""
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer {key}"
local before, after, asked = [==[{before}]==], [==[ {filler}"}}]}}]==], 0
function request()
  asked = asked + 1
  return wrk.format("POST", nil, nil, before .. asked .. after)
end
""")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("proxies", nargs="+", type=Proxy.parse, metavar="NAME=URL,PID")
    arguments.add_argument("--model", default="m")
    arguments.add_argument("--key", default="sk-test")
    arguments.add_argument("--user")
    arguments.add_argument("--body-kib", type=int, default=1)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=int, default=4)
    arguments.add_argument("--connections", type=int, default=64)
    chosen = arguments.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "ask.lua"
        write_script(script, chosen.model, chosen.key, chosen.body_kib, chosen.user)
        for proxy in chosen.proxies:  # warm, not counted
            Turn.take(proxy, script, 1, chosen.connections)
        for _ in range(chosen.rounds):
            for proxy in chosen.proxies:
                proxy.turns.append(Turn.take(proxy, script, chosen.seconds, chosen.connections))

    first = chosen.proxies[0]
    width = max(8, *(len(proxy.name) for proxy in chosen.proxies))
    print(f"CPU per request, bodies of {chosen.body_kib} KiB, {chosen.connections} connections, "
          f"{chosen.rounds} turns of {chosen.seconds} s, medians")
    for proxy in chosen.proxies:
        failed = sum(turn.failed for turn in proxy.turns)
        print(f"  {proxy.name:{width}} CPU {proxy.median('cpu'):7.1f} us   {proxy.median('rate'):8.0f} requests/s   "
              f"p50 {proxy.median('p50'):6.0f} us   p99 {proxy.median('p99'):6.0f} us   failed {failed}")
        if proxy is not first:
            ratio = {figure: statistics.median(getattr(mine, figure) / getattr(other, figure)
                                               for mine, other in zip(proxy.turns, first.turns))
                     for figure in ("cpu", "rate")}
            print(f"  {proxy.name}/{first.name}: CPU per request {ratio['cpu']:.2f}   "
                  f"requests per second {ratio['rate']:.2f}")
    return 1 if any(turn.failed for proxy in chosen.proxies for turn in proxy.turns) else 0


if __name__ == "__main__":
    sys.exit(main())
