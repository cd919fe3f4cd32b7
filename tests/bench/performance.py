#!/usr/bin/env python3
"""Every figure of deploy/performance.md, with nginx and HAProxy in turns with the gateway, and that page.

  performance.py [--rounds 8] [--seconds 3] [--only ROW,ROW...] [--write deploy/performance.md]

Builds nothing: cmake --preset release -DISOCOST_BENCH=ON && cmake --build --preset release. Needs nginx, haproxy,
wrk, openssl. Loopback only, ports of its own; every load is bounded and ends by itself. About forty minutes; a
round of a second each says within five whether all of it works. Exit status 1 when a request failed.

What is measured is CPU time from /proc, children included, in turns A B C A B C, because time on a shared machine is
noisy and CPU per request, and the ratio within one turn, much less.
"""
import argparse
import collections
import contextlib
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from proxy_cost import Proxy, Turn, write_script

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build/release"
RIG = BUILD / "tests/bench"
KEY = "sk-test"
EVENTS, INTERVAL_MS = 64, 20

PAGE = """# How fast isocost is

Made by `tests/bench/performance.py`; everything here was measured in one run on one machine, nginx and HAProxy in turns
with isocost, one worker each, all on loopback in front of one host that answers at once. *CPU* is the process's own
time, user and system, all threads, for a request or an event; *ratio* is the median, over turns, of isocost's to nginx's
in the same turn, and *spread* the least and the most of them. isocost asks for a key, decides by a policy, meters, keeps
records and the ledger and writes its log meanwhile, where a row does not say otherwise; the others do nothing but pass on.

Machine: {machine}. Versions: {versions}. {rounds} turns of {seconds} s.{noise}

"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def wait_for(port, process):
    for _ in range(200):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    sys.exit(f"did not start: {' '.join(process.args)}")


# Its workers would be nobody, who may not write what is larger than a buffer into a folder of ours: 500, and quickly so.
AS_WHO_ASKS = "user root;" if os.geteuid() == 0 else ""


class Bench:
    """What runs during a measurement, and the folder of all of it."""

    def __init__(self, options, folder):
        self.options, self.folder = options, pathlib.Path(folder)
        self.failed = collections.Counter()  # requests, by who was asked for what
        self.running = []
        self.host = free_port()
        self.start(self.host, RIG / "bench_mock_host", "--port", self.host, "--seconds", "100000")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                        self.folder / "key.pem", "-out", self.folder / "cert.pem"], check=True, capture_output=True)

    def start(self, port, *command):
        log = open(self.folder / f"{port}.log", "wb")
        environment = os.environ | {"STATE_DIRECTORY": str(self.folder / f"state-{port}"),
                                    "SSL_CERT_FILE": str(self.folder / "cert.pem")}
        process = subprocess.Popen([str(each) for each in command], stdout=log, stderr=log, env=environment)
        self.running.append(process)
        wait_for(port, process)
        return process

    def end(self, process):
        self.running.remove(process)
        process.terminate()  # a master ends its workers, which outlive it where it is killed
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def end_all(self):
        for process in list(self.running):
            self.end(process)

    def nginx(self, name, http):
        folder = self.folder / name
        folder.mkdir()
        scratch = " ".join(f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "conf").write_text(
            f"{AS_WHO_ASKS} worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/errors; worker_rlimit_nofile 20000;"
            f"events {{ worker_connections 9000; }} http {{ access_log off; keepalive_requests 100000000;"
            f"keepalive_timeout 600s; client_body_buffer_size 1m; client_max_body_size 64m; {scratch} {http} }}")
        port = int(re.search(r"listen 127\.0\.0\.1:(\d+)", http)[1])
        return port, self.start(port, shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"), "-c", folder / "conf")

    def nginx_proxy(self, upstream=None, more=""):
        port = free_port()
        secure = upstream is not None
        to = upstream or self.host
        _, process = self.nginx(
            f"proxy-{port}",
            f"upstream host {{ server 127.0.0.1:{to}; keepalive 4096; keepalive_requests 100000000; }}"
            f"server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ proxy_pass {'https' if secure else 'http'}://host;"
            f"proxy_http_version 1.1; proxy_set_header Connection \"\"; {more} "
            + (f"proxy_ssl_verify on; proxy_ssl_trusted_certificate {self.folder}/cert.pem; proxy_ssl_name localhost;"
               f"proxy_ssl_session_reuse on; proxy_ssl_protocols TLSv1.2 TLSv1.3;" if secure else "") + "} }")
        return port, process

    def haproxy(self, upstream=None):
        port = free_port()
        to = f"server h 127.0.0.1:{upstream or self.host}" + (
            f" ssl verify required ca-file {self.folder}/cert.pem verifyhost localhost sni str(localhost)" if upstream else "")
        path = self.folder / f"haproxy-{port}"
        path.write_text(f"""global
  nbthread 1
  maxconn 9000
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  http-reuse always
listen proxy
  bind 127.0.0.1:{port}
  {to}
""")
        return port, self.start(port, shutil.which("haproxy", path=os.environ["PATH"] + ":/usr/sbin"), "-f", path)

    def tls_host(self):
        port = free_port()
        content = "Hello! How can I help? " * 8
        answer = json.dumps({"id": "c", "object": "chat.completion", "created": 1700000000, "model": "m", "choices": [
            {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 19, "completion_tokens": 48, "total_tokens": 67}})
        self.nginx(f"host-{port}",
                   f"server {{ listen 127.0.0.1:{port} ssl backlog=4096; ssl_certificate {self.folder}/cert.pem;"
                   f"ssl_certificate_key {self.folder}/key.pem; ssl_protocols TLSv1.2 TLSv1.3; "
                   f"default_type application/json; location / {{ return 200 '{answer}'; }} }}")
        return port

    def gateway(self, **changes):
        """The gateway of one host; `changes` go over its settings."""
        port = free_port()
        settings = {
            "listen": f"127.0.0.1:{port}", "workers": 1,
            "keys": [{"name": "bench", "sha256": hashlib.sha256(KEY.encode()).hexdigest()}],
            "providers": {"local": {"base_url": f"http://127.0.0.1:{self.host}/v1"}},
            "models": {"m": {"endpoints": [self.endpoint("local")]}},
            "limits": {"max_connections": 9500, "max_connections_per_ip": 9500},
        } | changes
        path = self.folder / f"isocost-{port}.yaml"
        path.write_text(json.dumps(settings))
        return port, self.start(port, BUILD / "isocost", "serve", "--config", path)

    @staticmethod
    def endpoint(provider):
        return {"provider": provider, "host_model": "m", "context": "64 Mtok",
                "price": {"input": "0.55 $/Mtok", "output": "2.19 $/Mtok"},
                "features": ["tools", "json_object", "json_schema", "images", "reasoning", "logprobs"]}


def url(port):
    return f"http://127.0.0.1:{port}/v1/chat/completions"


def per_request(bench, proxies, body_kib=1, connections=64, rounds=None, seconds=None):
    """Microseconds of each turn by proxy; `proxies` maps names to (port, process)."""
    options = bench.options
    script = bench.folder / "ask.lua"
    write_script(script, "m", KEY, body_kib, "")
    runners = {name: Proxy(name, url(port), process.pid) for name, (port, process) in proxies.items()}
    for proxy in runners.values():  # warm, not counted
        Turn.take(proxy, script, 1, connections)
    for _ in range(rounds or options.rounds):
        for proxy in runners.values():
            proxy.turns.append(Turn.take(proxy, script, seconds or options.seconds, connections))
    for name, proxy in runners.items():
        bench.failed[f"{name}, {body_kib} KiB"] += sum(turn.failed for turn in proxy.turns)
    return {name: [turn.cpu for turn in proxy.turns] for name, proxy in runners.items()}


def per_event(bench, proxies, concurrent):
    """Microseconds of each turn by proxy, for one event of a stream."""
    options = bench.options
    found = {name: [] for name in proxies}
    for _ in range(options.rounds):
        for name, (port, process) in proxies.items():
            proxy = Proxy(name, url(port), process.pid)
            before = proxy.cpu_seconds()
            said = subprocess.run([RIG / "bench_load", "streams", "--concurrent", str(concurrent), "--rounds", "1", "--seconds",
                                   str(max(4, 2 * options.seconds)), "--events", str(EVENTS), "--interval-ms",
                                   str(INTERVAL_MS), f"{name}={url(port)}"], capture_output=True, text=True).stdout
            streams, broken = map(int, re.search(r"streams (\d+), .*broken (\d+)", said).groups())
            bench.failed[f"{name}, {concurrent} streams"] += broken
            found[name].append((proxy.cpu_seconds() - before) / max(1, streams * EVENTS) * 1e6)
    return found


def row(what, found, bar, digits=1):
    """A line of the table, from each one's turns."""
    ratios = [mine / other for mine, other in zip(found["isocost"], found["nginx"])]
    others = [f"{statistics.median(found[name]):.{digits}f}" if name in found else "" for name in ("nginx", "haproxy", "isocost")]
    return (f"| {what} | {' | '.join(others)} | {statistics.median(ratios):.2f} | {min(ratios):.2f}–{max(ratios):.2f} "
            f"| {bar} |")


TABLE = ("| what | nginx, µs | HAProxy, µs | isocost, µs | ratio | spread | bar |\n"
         "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")


def plaintext(bench):
    lines = []
    proxies = {"nginx": bench.nginx_proxy(), "haproxy": bench.haproxy(), "isocost": bench.gateway()}
    lines.append(row("a request of 1 KiB", per_request(bench, proxies), "0.95"))
    lines.append(row("of 64 KiB", per_request(bench, proxies, 64), "0.95"))
    lines.append(row("of 1 MiB, 8 at a time", per_request(bench, proxies, 1024, 8), "1.1", 0))
    lines.append(row("of 8 MiB, 2 at a time", per_request(bench, proxies, 8192, 2, rounds=min(4, bench.options.rounds)), "1.1", 0))
    bare = bench.gateway(records={"enabled": False}, log={"requests": "none"})
    lines.append(row("of 1 KiB, without log and records",
                     per_request(bench, {"nginx": proxies["nginx"], "isocost": bare}), "0.95"))
    return TABLE + "\n".join(lines) + "\n"


def tls(bench):
    host = bench.tls_host()
    proxies = {"nginx": bench.nginx_proxy(host), "haproxy": bench.haproxy(host),
               "isocost": bench.gateway(providers={"local": {"base_url": f"https://localhost:{host}/v1"}})}
    return TABLE + row("a request of 1 KiB", per_request(bench, proxies), "0.95") + "\n"


def streams(bench):
    lines = []
    proxies = {"nginx": bench.nginx_proxy(more="proxy_buffering off;"), "haproxy": bench.haproxy(), "isocost": bench.gateway()}
    for concurrent in (200, 2000):
        lines.append(row(f"an event, {concurrent} streams", per_event(bench, proxies, concurrent), "0.9"))
    said = subprocess.run([RIG / "bench_load", "streams", "--concurrent", "100", "--rounds", "3", "--seconds",
                           str(3 * bench.options.seconds), f"direct={url(bench.host)}", f"nginx={url(proxies['nginx'][0])}",
                           f"isocost={url(proxies['isocost'][0])}"], capture_output=True, text=True).stdout
    return TABLE + "\n".join(lines) + "\n\n```\n" + said + "```\n"


def memory(bench):
    """Streams that are held, with a host in the open and one over TLS; the latter is nginx before the same host."""
    secure = free_port()
    bench.nginx(f"host-{secure}",
                f"server {{ listen 127.0.0.1:{secure} ssl backlog=4096; ssl_certificate {bench.folder}/cert.pem;"
                f"ssl_certificate_key {bench.folder}/key.pem; location / {{ proxy_pass http://127.0.0.1:{bench.host};"
                f"proxy_http_version 1.1; proxy_buffering off; }} }}")
    said = ""
    for what, streams, limit, changes in (
            ("plain", 9000, 20, {}),
            ("host over TLS", 2000, 60, {"providers": {"local": {"base_url": f"https://localhost:{secure}/v1"}}})):
        port, process = bench.gateway(**changes)
        heard = subprocess.run([RIG / "bench_load", "hold", "--streams", str(streams), "--seconds", "8", "--pid", str(process.pid),
                                "--limit-kib", str(limit), f"isocost={url(port)}"], capture_output=True, text=True)
        said += f"{what}, at most {limit} KiB each wanted: {heard.stdout}"
        bench.end(process)
    return "```\n" + said + "```\n"


def many(bench):
    """1,000 endpoints over 300 models, 10,000 keys, 200 policies, beside a gateway of one endpoint."""
    endpoints = {f"p{i}": {"base_url": f"http://127.0.0.1:{bench.host}/v1"} for i in range(10)}
    models = {"m": {"endpoints": [bench.endpoint("local")]}}
    for number in range(299):
        models[f"model-{number}"] = {"endpoints": [bench.endpoint(f"p{i}") for i in range(4 if number < 102 else 3)]}
    keys = [{"name": f"key-{i}", "sha256": hashlib.sha256(str(i).encode()).hexdigest()} for i in range(9999)]
    policies = {f"policy-{i}": {"extends": "balanced", "value_of_time": "3.6 $/h"} for i in range(200)}
    large = bench.gateway(
        providers={"local": {"base_url": f"http://127.0.0.1:{bench.host}/v1"}} | endpoints, models=models, policies=policies,
        keys=[{"name": "bench", "sha256": hashlib.sha256(KEY.encode()).hexdigest()}] + keys)
    small = bench.gateway()
    found = per_request(bench, {"small": small, "large": large})
    ratios = [large / small for large, small in zip(found["large"], found["small"])]
    resident = int(pathlib.Path(f"/proc/{large[1].pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    alone = int(pathlib.Path(f"/proc/{small[1].pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return (f"A gateway with 1,000 endpoints over 300 models, 10,000 keys and 200 policies takes {statistics.median(ratios):.2f} times "
            f"the CPU of one with one endpoint ({min(ratios):.2f}–{max(ratios):.2f}; bar 1.05), and {resident:.0f} MiB of memory "
            f"instead of {alone:.0f}.\n")


def cores(bench):
    one, two = bench.gateway(), bench.gateway(workers=2)
    found = per_request(bench, {"one": one, "two": two}, connections=128)
    ratios = [two / one for two, one in zip(found["two"], found["one"])]
    return (f"With two workers a request takes {statistics.median(ratios):.2f} times the CPU of one worker's "
            f"({min(ratios):.2f}–{max(ratios):.2f}; bar 1.05).\n")


def counts(_bench):
    sys.path.insert(0, str(ROOT / "tests/end_to_end"))
    import costs_test as costs
    calls = lambda table: ", ".join(f"{count} {name}" for name, count in table.items())
    return (f"Where nothing comes together, a request asks the allocator {costs.ALLOCATIONS_PER_REQUEST} times on the loop that "
            f"serves it, and the kernel for {calls(costs.CALLS_PER_REQUEST)}; an event {costs.ALLOCATIONS_PER_EVENT} times, and for "
            f"{calls(costs.CALLS_PER_EVENT)}. Under load one wait serves many. A test (`tests/end_to_end/costs_test.py`) knows these "
            f"numbers and fails when they grow.\n")


def inner(_bench):
    said = ""
    for name in ("wire_bench", "plan_bench"):
        if not (RIG / name).exists():
            sys.exit(f"{RIG / name} is missing: cmake --build --preset release --target {name}")
        said += subprocess.run([RIG / name, "--benchmark_min_time=0.2"], capture_output=True, text=True).stdout
    return "```\n" + said + "```\n"


def warm(_bench):
    said = subprocess.run([sys.executable, HERE / "warm.py", "--gateway", BUILD / "isocost"], capture_output=True, text=True)
    return "```\n" + said.stdout + "```\n"


SECTIONS = {
    "plaintext": ("Requests", plaintext),
    "tls": ("Hosts over TLS", tls),
    "streams": ("Streams", streams),
    "counts": ("Allocations and system calls", counts),
    "many": ("Many endpoints, keys and policies", many),
    "cores": ("Two workers", cores),
    "memory": ("Memory of streams that are held", memory),
    "warm": ("Connections made ahead", warm),
    "inner": ("Our own work on bodies, and deciding", inner),
}


def noise():
    """Why this machine is not quiet, as quiet.sh says; nothing when it is."""
    said = subprocess.run(["bash", "-c", f". {HERE}/quiet.sh; disturbances"], capture_output=True, text=True).stdout
    return "; ".join(said.splitlines())


def version(*command):
    with contextlib.suppress(OSError):
        said = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PATH": os.environ["PATH"] + ":/usr/sbin"})
        return (said.stdout or said.stderr).splitlines()[0]
    return f"no {command[0]}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=8)
    arguments.add_argument("--seconds", type=int, default=3)
    arguments.add_argument("--only", default=",".join(SECTIONS))
    arguments.add_argument("--write", type=pathlib.Path)
    options = arguments.parse_args()
    names = options.only.split(",")
    if unknown := [name for name in names if name not in SECTIONS]:
        arguments.error(f"--only: found {', '.join(unknown)}; allowed are {', '.join(SECTIONS)}")

    disturbed = noise()
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    page = PAGE.format(
        machine=f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, {memory_gib:.0f} GiB, Linux {platform.release()}",
        versions=f"{version(BUILD / 'isocost', '--version')}, {version('nginx', '-v').removeprefix('nginx version: ')}, "
                 f"{' '.join(version('haproxy', '-v').split()[:3])}",
        rounds=options.rounds, seconds=options.seconds,
        noise=f" **The machine was not quiet** ({disturbed}): read the ratios, not the times." if disturbed else "")
    failed = 0
    for name in names:
        title, measure = SECTIONS[name]
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(options, folder)
            try:
                page += f"## {title}\n\n{measure(bench)}\n"
            finally:
                bench.end_all()
            for who, count in bench.failed.items():
                failed += count
                if count:
                    print(f"{name}: {count} requests failed: {who}", file=sys.stderr)
        print(page.rpartition("## ")[2], flush=True)
    if options.write:
        options.write.write_text(page.rstrip() + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
