"""The rows of the table of reliability: what is made to go wrong, what must hold, and what was measured."""
import asyncio
import contextlib
import dataclasses
import hashlib
import http.client
import itertools
import json
import os
import pathlib
import random
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "end_to_end"), str(TESTS / "bench")]

import behaviours as b
import continuation_test
import overload
from auditor import Auditor, Seen
from clients import Client, in_turn, quantile, request_bytes
from gateway import Gateway, cheap_then_dear, endpoint
from name_server import NameServer
from scripted_host import ScriptedHost

# Enough that a bound on repeats is not what is measured.
MANY_RETRIES = {"share": "100 %", "burst": 1000, "per_host": "100 %"}
WELL = {"policies": {"plain": {"extends": "balanced", "explore": "0 %"}}, "default_policy": "plain"}


@dataclasses.dataclass
class Row:
    name: str
    bar: str
    figures: str
    faults: list

    @property
    def holds(self):
        return not self.faults


def marker_of(exchange):
    return exchange.body["messages"][0]["content"]


def rss(process):
    """Without the pages of files, as those of the journals, which the kernel can have back."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


def growth(memory):
    """What is held more at the end of the second half than at its begin, by its slope, as a share; and the slope's
    standard error, as one: an allocator gives memory back when it pleases."""
    half = memory[len(memory) // 2:]
    mean_x, mean_y = (len(half) - 1) / 2, sum(half) / len(half)
    squares = sum((x - mean_x) ** 2 for x in range(len(half)))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in enumerate(half)) / squares
    rest = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in enumerate(half))
    error = (rest / (len(half) - 2) / squares) ** 0.5
    return tuple(value * (len(half) - 1) / mean_y for value in (slope, error))


def expect(faults, holds, text):
    if not holds:
        faults.append(text)


# --- hosts ---

def kills(count):
    """A host whose process is killed for every third request, before it has said anything."""
    ways = itertools.cycle([b.reset_at_once, b.fin_at_once, b.failing(503), b.raw(b"HTTP/1.1 200 OK\r\n"),
                            b.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{", then="reset")])
    killed, numbers = [], itertools.count()

    async def host(exchange):
        if next(numbers) % 3 == 0:
            killed.append(exchange.arrived)
            return await next(ways)(exchange)
        return await b.ok(exchange)

    with ScriptedHost({"a": host, "b": b.ok}) as hosts:
        with Gateway({"a": hosts.ports[0], "b": hosts.ports[1]}, {"m": cheap_then_dear(("a", "a"), ("b", "b"))},
                     retries=MANY_RETRIES, **WELL) as gateway:
            auditor = Auditor(gateway, hosts)

            async def load():
                clients = [Client(gateway.port) for _ in range(8)]
                until = time.monotonic() + 60 + count / 5

                async def one(client, number):
                    if len(killed) < count and time.monotonic() < until:
                        auditor.seen.append(await client.ask(f"kill {number}"))

                await in_turn(clients, 100_000, one)
                for client in clients:
                    client.close()

            asyncio.run(load())
            failed = [each for each in auditor.seen if not each.is_whole]
            faults = auditor.faults()
            expect(faults, not failed, f"{len(failed)} clients failed, such as {failed[:1]}")
            expect(faults, len(killed) >= count, f"only {len(killed)} kills")
            late = quantile([each.took for each in auditor.seen], 0.99)
    return Row(f"{count} kills of a host before the first token, another one healthy", "0 clients fail",
               f"{len(killed)} kills among {len(auditor.seen)} requests, {len(failed)} clients failed, p99 "
               f"{late * 1000:.0f} ms", faults)


def cuts(count):
    """Streams that break in the middle: half of them where the policy says `continue`."""
    text = continuation_test.TEXT
    draw = random.Random(16)
    hows = {"reset": b.by_reset, "fin": b.by_fin, "no end": b.by_end_without_done, "error": b.by_error_event,
            "bad chunk": b.by_bytes(b"zz\r\nnothing\r\n"), "bad json": b.by_event(b'{"choices":['),
            "stall": b.by_stall}
    words = continuation_test.pieces(text)

    async def host(exchange):
        *_, last = exchange.body["messages"]
        if last["role"] == "assistant":
            return await continuation_test.torn(exchange)
        _, how, cut = last["content"].split("|")
        await exchange.begin_stream()
        for word in words[:int(cut)]:
            await exchange.event(b.piece({"content": word}))
        await asyncio.sleep(0.02)  # or a reset would take the words back
        await hows[how](exchange)
        return False

    with ScriptedHost({"a": host}) as hosts:
        models = {name: [endpoint(each, "a", features=["prefill"]) for each in "ab"] for name in ("m", "goes-on")}
        with Gateway({"a": hosts.ports[0], "b": hosts.ports[1]}, models, retries=MANY_RETRIES,
                     policies={"plain": {"extends": "balanced", "explore": "0 %"},
                               "on": {"extends": "balanced", "explore": "0 %", "continue": {"hops": 2}}},
                     default_policy="plain", provider_limits={"liveness_timeout": "1 s", "progress_timeout": "1 s"}) \
                as gateway:
            auditor = Auditor(gateway, hosts)
            outcomes = {"one error event": 0, "gone on": 0}
            faults = []

            async def one(client, number):
                how, cut = draw.choice(list(hows)), draw.randrange(1, len(words) - 1)
                goes_on = number % 2 == 1
                seen = await client.ask(f"{number}|{how}|{cut}",
                                        fields="x-isocost-policy: on\r\n" if goes_on else "")
                auditor.seen.append(seen)
                if goes_on and seen.is_whole:
                    outcomes["gone on"] += 1
                    expect(faults, seen.text == text, f"{how}: a stream that went on says {seen.text!r}")
                else:
                    outcomes["one error event"] += seen.errors == 1 and seen.done == 0
                    expect(faults, seen.errors == 1 and seen.done == 0, f"{how} after {cut}: {seen}")
                    expect(faults, "".join(words[:cut]).startswith(seen.text) and seen.text,
                           f"{how}: not the begin of the text: {seen.text!r}")

            async def load():
                clients = [Client(gateway.port) for _ in range(16)]
                await in_turn(clients, count, one)
                for client in clients:
                    client.close()

            asyncio.run(load())
            faults += auditor.faults()
    return Row(f"{count} streams that break in the middle (7 ways)",
               "an exact begin and one error event, or the whole text; nothing silent, nothing twice",
               f"{outcomes['one error event']} ended by one error event, {outcomes['gone on']} went on to the whole "
               "text", faults)


class Certificate:
    """One for 127.0.0.1, signed by itself."""

    def __init__(self, folder):
        self.key, self.certificate = f"{folder}/host.key", f"{folder}/host.crt"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=isocost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                        self.key, "-out", self.certificate], check=True, capture_output=True)
        os.chmod(self.key, 0o600)

    def client(self):
        return ssl.create_default_context(cafile=self.certificate)


def aborts(count):
    """Clients that leave in all phases, by FIN and by RST, in the open and over TLS: how soon the host is left."""
    phases = ("line", "first token", "stream", "end")
    left, closed = {}, {}

    async def host(exchange):
        marker = marker_of(exchange)
        phase = marker.split("|")[1]
        gone = asyncio.create_task(exchange.client_gone())
        with contextlib.suppress(ConnectionError):
            if phase in ("stream", "end"):
                await exchange.begin_stream()
                await exchange.event(b.piece({"content": "Hello"}))
            while not gone.done():
                if phase == "stream":
                    await exchange.event(b.piece({"content": " again"}))
                await asyncio.wait([gone], timeout=0.01)
        await gone
        closed[marker] = exchange.eof_at
        return False

    faults = []
    behaves = {"a": host, "busy": b.late(0.2, b.ok)}
    with tempfile.TemporaryDirectory() as folder, ScriptedHost(behaves, ports=1) as hosts:
        certificate = Certificate(folder)
        for over_tls in (False, True):
            port = hosts.ports[0]
            more = {"tls": {"certificate": certificate.certificate, "key": certificate.key}} if over_tls else {}
            models = {"m": [endpoint("a", "a")], "line": [endpoint("narrow", "busy")]}
            gateway = Gateway({"a": port, "narrow": port}, models, limits={"queue_timeout": "20 s"}, **WELL, **more)
            gateway.settings["providers"]["narrow"]["limits"]["max_in_flight"] = 1
            tls = certificate.client() if over_tls else None
            with gateway:
                if over_tls:
                    gateway.connect = lambda: http.client.HTTPSConnection("127.0.0.1", gateway.port, timeout=30,
                                                                          context=certificate.client())

                async def one(client, number):
                    phase, how = phases[number % 4], ("fin", "rst")[number // 4 % 2]
                    marker = f"{number}{'s' if over_tls else ''}|{phase}"
                    seen = Seen(marker, has_left=True)
                    client.close()
                    await client.connect()
                    client.writer.write(request_bytes(marker, "line" if phase == "line" else "m"))
                    if phase in ("stream", "end"):
                        fields = await client.head(seen)
                        async for _ in client.pieces(fields):
                            break
                    else:
                        await asyncio.sleep(0.03)
                    left[marker] = time.monotonic()
                    client.leave(how)

                async def load():
                    await in_turn([Client(gateway.port, tls) for _ in range(8)], count // 2, one)

                asyncio.run(load())
                until = time.monotonic() + 20
                while time.monotonic() < until and any(
                        gateway.metric(f"isocost_{name}") for name in ("attempts_in_flight", "requests_under_way")):
                    time.sleep(0.05)
                for name in ("attempts_in_flight", "requests_under_way", "reserved_requests"):
                    still = gateway.metric(f"isocost_{name}")
                    expect(faults, still == 0, f"isocost_{name} is {still:.0f} when all have left")
    times = [closed[marker] - left[marker] for marker in closed if marker in left]
    asked = {marker_of(each) for each in hosts.exchanges if hosts.model_of(each) == "a"}
    missed = [marker for marker in asked if marker not in closed]
    expect(faults, not missed, f"{len(missed)} calls of hosts ran on")
    p99 = quantile(times, 0.99)
    expect(faults, p99 <= 0.05, f"p99 {p99 * 1000:.1f} ms")
    return Row(f"{count} clients that leave (in line, before the first token, in the stream, at its end; FIN and RST; "
               "half over TLS)", "host closed p99 ≤ 50 ms, missed 0",
               f"{len(times)} calls of hosts closed, p50 {quantile(times, 0.5) * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, "
               f"most {max(times, default=0) * 1000:.0f} ms, {len(missed)} missed", faults)


def idle_closes(count):
    """A host that closes a kept connection some time between 0 and 50 ms after its answer."""
    draw = random.Random(3)

    async def host(exchange):
        await b.ok(exchange)

        async def close():
            await asyncio.sleep(draw.random() * 0.05)
            exchange.writer.close()

        if draw.random() < 0.5:
            exchange.host._tasks.add(asyncio.create_task(close()))
        return True

    with ScriptedHost({"a": host}, ports=1) as hosts:
        with Gateway({"a": hosts.ports[0]}, {"m": [endpoint("a", "a")]}, retries=MANY_RETRIES, **WELL) as gateway:
            auditor = Auditor(gateway, hosts)

            async def load():
                async def one(client, number):
                    await asyncio.sleep(draw.random() * 0.02)
                    auditor.seen.append(await client.ask(f"idle {number}"))

                clients = [Client(gateway.port) for _ in range(12)]
                await in_turn(clients, count, one)
                for client in clients:
                    client.close()

            asyncio.run(load())
            failed = [each for each in auditor.seen if not each.is_whole]
            faults = auditor.faults()
            expect(faults, not failed, f"{len(failed)} failed, such as {failed[:1]}")
            more = sum(len(line["attempts"]) - 1 for line in auditor.lines())
            repeats, read_twice = auditor.repeats(), len(hosts.exchanges) - len(auditor.seen)
            expect(faults, read_twice <= more + repeats, f"{read_twice} duplicates, {more + repeats} in the log")
    return Row(f"{count} requests to a host that closes kept connections at random, 0 to 50 ms after an answer",
               "0 fail; duplicates counted and in the ledger",
               f"{len(failed)} failed; {repeats} sent once more and {more} further attempts, all in log and metrics; the host "
               f"read {read_twice} twice",
               faults)


def overloaded(seconds):
    found = overload.measure(5, seconds)
    faults = []
    expect(faults, found["goodput_share"] >= 0.9, f"goodput {found['goodput_share']:.0%}")
    expect(faults, found["shed_p99_ms"] <= 1050, "who waited in line waited for too long")
    expect(faults, found["recovery_s"] <= 5, f"recovery {found['recovery_s']:.1f} s")
    expect(faults, found["odd"] == 0, f"{found['odd']} odd answers")
    expect(faults, found["most_at_host"] <= overload.SLOTS, f"{found['most_at_host']} at the host at a time")
    return Row(f"5 times what a host can take, open loop, {seconds} s",
               "goodput ≥ 90 % of peak, recovery ≤ 5 s (shed at once: `tests/end_to_end/overload_test.py`)",
               f"goodput {found['goodput_share']:.0%}, {found['shed']} shed, recovery {found['recovery_s']:.1f} s, at most "
               f"{found['most_at_host']} of {overload.SLOTS} at the host", faults)


def outage(count):
    """All hosts away for five seconds, then back; clients that come again as they are told."""
    is_away = [True]

    async def host(exchange):
        return await (b.reset_at_once if is_away[0] else b.ok)(exchange)

    with ScriptedHost({"a": host}) as hosts:
        with Gateway({"a": hosts.ports[0], "b": hosts.ports[1]}, {"m": [endpoint(each, "a") for each in "ab"]},
                     limits={"max_connections": max(count + 100, 1000)}, **WELL) as gateway:
            asked, answered = [0], []

            async def one(number, began):
                client, draw = Client(gateway.port), random.Random(number)
                await asyncio.sleep(draw.random() * 2)
                while True:
                    asked[0] += 1
                    seen = await client.ask(f"{number}", stream=False)
                    if seen.status == 200:
                        answered.append(time.monotonic() - began)
                        return client.close()
                    await asyncio.sleep(1 + draw.random())

            async def load():
                began = time.monotonic()
                tasks = [asyncio.create_task(one(number, began)) for number in range(count)]
                await asyncio.sleep(5)
                during = asked[0], len(hosts.exchanges)
                is_away[0] = False
                await asyncio.gather(*tasks)
                return during

            requests, attempts = asyncio.run(load())
    faults = []
    back = max(answered) - 5
    expect(faults, attempts <= 1.2 * requests + 50, f"{attempts} attempts for {requests} requests")
    expect(faults, back <= 10, f"all were served again after {back:.1f} s")
    return Row(f"all hosts away for 5 s, {count} clients that come again", "attempts ≤ 1.2 × requests + 10/s; all are "
               "served ≤ 10 s after", f"{requests} requests made {attempts} attempts; all served after {back:.1f} s", faults)


def stopped(count):
    """SIGTERM while so many streams run."""
    go_on = threading.Event()

    async def host(exchange):
        await exchange.begin_stream()
        await exchange.event(b.piece({"content": "Hello"}))
        while not go_on.is_set():
            await asyncio.sleep(0.05)
        await exchange.event(b.piece({"content": " again"}))
        await b.finish_stream(exchange)

    with ScriptedHost({"a": host}, ports=1) as hosts:
        gateway = Gateway({"a": hosts.ports[0]}, {"m": [endpoint("a", "a")]},
                          limits={"max_connections": count + 100}, provider_limits={"connect_timeout": "10 s"},
                          **WELL).__enter__()
        try:
            ends = []

            async def one(number, has_begun, few):
                client, seen = Client(gateway.port), Seen(str(number))
                # Not all at once: that is another row's.
                await few.acquire()
                await client.connect()
                client.writer.write(request_bytes(str(number)))
                fields = await client.head(seen)
                with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                    async for piece in client.pieces(fields):
                        if not seen.text:
                            has_begun.release()
                            few.release()
                        client.note(seen, piece)
                ends.append(time.monotonic())
                client.close()
                return seen

            async def load():
                has_begun, few = asyncio.Semaphore(0), asyncio.Semaphore(50)
                tasks = [asyncio.create_task(one(number, has_begun, few)) for number in range(count)]
                for _ in range(count):
                    await has_begun.acquire()
                gateway.process.send_signal(signal.SIGTERM)
                await asyncio.sleep(0.5)
                go_on.set()
                return await asyncio.gather(*tasks)

            seen = asyncio.run(load())
            status = gateway.process.wait(30)
            after = time.monotonic() - max(ends)
        finally:
            gateway.process.kill()
            gateway.forget()
    cut = [each for each in seen if not each.is_whole or each.text != "Hello again"]
    faults = []
    expect(faults, not cut, f"{len(cut)} cut, such as {cut[:1]}")
    expect(faults, status == 0, f"status {status}")
    expect(faults, after <= 1.2, f"it ended {after:.1f} s after the last one")
    return Row(f"SIGTERM with {count} streams", "0 cut; exit ≤ 1 s after the last",
               f"{len(cut)} cut, exit {after * 1000:.0f} ms after the last", faults)


def of_test(name, bar, file, *tests, pattern=None, **variables):
    """A row that a test of its own shows."""
    done = subprocess.run([sys.executable, str(TESTS / "end_to_end" / file), *tests], capture_output=True, text=True,
                          env=os.environ | {key: str(value) for key, value in variables.items()}, timeout=3600)
    found = re.search(pattern, done.stdout) if pattern else None
    ran = re.search(r"Ran (\d+) tests? in ([\d.]+)s", done.stderr)
    figures = found[0] if found else f"{ran[1]} tests, {ran[2]} s" if ran else "it did not run"
    return Row(name, bar, figures, [] if done.returncode == 0 else [done.stderr[-2000:]])


def restarts(count):
    return of_test(f"{count} rolling restarts under load (`isocost serve --take-over`)", "0 requests fail; each in the "
                   "ledger once", "hand_over_test.py", "HandOver.test_restarts_under_load_lose_no_request_and_enter_each_once",
                   pattern=r"\d+ restarts in .*", ISOCOST_RESTARTS=count)


def reloads(count):
    """A new configuration every few milliseconds, every fourth one wrong."""
    with ScriptedHost({"a": b.ok}, ports=1) as hosts:
        with Gateway({"a": hosts.ports[0]}, {"m": [endpoint("a", "a")]}, **WELL) as gateway:
            auditor = Auditor(gateway, hosts)
            memory = []

            def operate(over):
                for number in range(count):
                    if number % 4 == 3:
                        gateway.write("models: [")
                    else:
                        second = [endpoint("a", "a", name="second")] if number % 2 else []
                        gateway.settings["models"]["m"]["endpoints"] = [endpoint("a", "a"), *second]
                        gateway.write()
                    gateway.ask(b"", path="/admin/reload")
                    if number % (count // 40 or 1) == 0:
                        memory.append(rss(gateway.process))
                over.set()

            async def load(over):
                async def work(client, worker):
                    number = 0
                    while not over.is_set():
                        number += 1
                        auditor.seen.append(await client.ask(f"{worker} {number}"))
                        await asyncio.sleep(0.005)
                    client.close()

                await asyncio.gather(*(work(Client(gateway.port), worker) for worker in range(4)))

            over = threading.Event()
            thread = threading.Thread(target=operate, args=(over,))
            thread.start()
            asyncio.run(load(over))
            thread.join()
            good, bad = (gateway.metric("isocost_config_reloads_total", result=each) for each in ("success", "failure"))
            faults = auditor.faults()
            failed = [each for each in auditor.seen if not each.is_whole]
            expect(faults, not failed, f"{len(failed)} failed, such as {failed[:1]}")
            expect(faults, good + bad >= count, f"{good:.0f} reloads and {bad:.0f} refused ones")
            grown, error = growth(memory)
            # What is bounded must be full first: until then there is nothing to judge.
            expect(faults, count < 40_000 or grown <= min(3 * error, 0.1), f"memory grew by {grown:.0%} in the second half")
    return Row(f"{count} reloads under load, every fourth one invalid", "0 requests fail, memory flat",
               f"{good:.0f} taken, {bad:.0f} refused, {len(auditor.seen)} requests, {len(failed)} failed, memory in the "
               f"second half {grown:+.1%} ± {error:.1%}", faults)


def paused(seconds):
    """SIGSTOP for a while: streams go on, and nothing is taken for a host's fault that was none."""
    async def host(exchange):
        await exchange.begin_stream()
        for number in range(int(10 * (seconds + 3))):
            await exchange.event(b.piece({"content": f"{number} "}))
            await asyncio.sleep(0.1)
        await b.finish_stream(exchange)

    with ScriptedHost({"a": host, "ok": b.ok}, ports=1) as hosts:
        with Gateway({"a": hosts.ports[0]}, {"m": [endpoint("a", "a")], "ok": [endpoint("a", "ok")]}, **WELL) as gateway:
            auditor = Auditor(gateway, hosts)

            async def load():
                streams = [asyncio.create_task(Client(gateway.port).ask(str(number), patience=seconds + 60))
                           for number in range(20)]
                await asyncio.sleep(1)
                gateway.process.send_signal(signal.SIGSTOP)
                await asyncio.sleep(seconds / 2)
                waits = [asyncio.create_task(Client(gateway.port).ask(f"w{number}", model="ok", patience=seconds + 60))
                         for number in range(20)]
                await asyncio.sleep(seconds / 2)
                gateway.process.send_signal(signal.SIGCONT)
                began = time.monotonic()
                waited = await asyncio.gather(*waits)
                took = time.monotonic() - began
                return await asyncio.gather(*streams), waited, took

            streams, waited, took = asyncio.run(load())
            auditor.seen = streams + waited
            faults = auditor.faults()
            broken = [each for each in auditor.seen if not each.is_whole]
            expect(faults, not broken, f"{len(broken)} broken, such as {broken[:1]}")
    return Row(f"SIGSTOP for {seconds} s with 20 streams", "streams go on; who came meanwhile is served",
               f"{len(broken)} broken; the 20 that came meanwhile were served {took * 1000:.0f} ms after SIGCONT", faults)


def disk_full(_):
    """The state directory's file system has no byte left; then it has."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        return Row("disk full", "as the matrix says", "left out: takes root", [])
    with tempfile.TemporaryDirectory() as folder, ScriptedHost({"a": b.ok}, ports=1) as hosts:
        # What shows in the gateway's own mount namespace is reached by /proc.
        inside = ["unshare", "--mount", "sh", "-c", f'mount -t tmpfs -o size=24m none {folder} && exec "$@"', "sh"]
        with Gateway({"a": hosts.ports[0]}, {"m": [endpoint("a", "a")]}, inside=inside, state=folder + "/state",
                     ledger={"journal": "1 MiB"}, quota={"dollars": {"total": "100000 $"}}, **WELL) as gateway:
            there = f"/proc/{gateway.process.pid}/root{folder}"
            faults = []

            def ask(times):
                return [gateway.ask(request_body())[0] for _ in range(times)]

            def request_body():
                return {"model": "m", "messages": [{"role": "user", "content": "x"}]}

            expect(faults, ask(3) == [200] * 3, "it does not serve")
            with open(there + "/filler", "wb") as filler:
                with contextlib.suppress(OSError):
                    while filler.write(b"x" * 65536):
                        filler.flush()
            during = ask(200)
            expect(faults, set(during) == {200}, f"with a full disk: {sorted(set(during))}")
            until = time.monotonic() + 10
            while gateway.metric("isocost_ledger_faults_total") == 0 and time.monotonic() < until:
                ask(1)
                time.sleep(0.1)
            seen = gateway.metric("isocost_ledger_faults_total")
            expect(faults, seen > 0, "the ledger did not notice")
            # Until the journal is full: then whoever has a budget waits for the disk.
            refused = 0
            for _ in range(20_000):
                if gateway.ask(request_body())[0] == 503:
                    refused += 1
                    break
            expect(faults, refused > 0, "a full journal lets requests with a budget in")
            os.unlink(there + "/filler")
            until = time.monotonic() + 15
            while gateway.metric("isocost_ledger_waiting_bytes") > 0 and time.monotonic() < until:
                time.sleep(0.1)
            after = ask(5)
            expect(faults, after == [200] * 5, f"with room again: {after}")
            auditor = Auditor(gateway, hosts)
            left = auditor.settled()
            expect(faults, not left, f"still under way: {left}")
            served = sum(line["status"] == 200 for line in auditor.lines())
            entered = sum(row["requests"] for row in json.loads(gateway.get("/admin/spend?by=key")[1])["data"])
            expect(faults, entered == served, f"{served} served, {entered} in the ledger")
    return Row("the state directory's disk is full", "served until the journal is full, then 503 for budgets; nothing lost "
               "when there is room again", f"{len(during)} served meanwhile, then 503; {entered} of {served} in the ledger "
               "afterwards", faults)


def names_gone(_):
    """A name that was known, and whose name server answers no more."""
    if not NameServer.is_possible():
        return Row("name servers gone", "served by what is known", "left out: takes root", [])
    names = {"host.test": ["127.0.0.1"]}
    with NameServer(names) as server, ScriptedHost({"a": b.hasty}, ports=1) as hosts:
        gateway = Gateway({"a": hosts.ports[0]}, {"m": [endpoint("a", "a")]}, inside=server.inside, **WELL)
        gateway.settings["providers"]["a"] |= {"base_url": f"http://host.test:{hosts.ports[0]}/v1", "allow_plaintext": True}
        with gateway:
            body = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
            faults = []
            expect(faults, gateway.ask(body)[0] == 200, "it does not serve")
            names["host.test"] = None
            began, took = time.monotonic(), []
            # Each on a new connection to the host, past the time that an address is kept.
            while time.monotonic() - began < 12:
                at = time.monotonic()
                status = gateway.ask(body)[0]
                took.append(time.monotonic() - at)
                expect(faults, status == 200, f"{status} after {at - began:.0f} s")
                time.sleep(0.1)
    return Row("name servers gone for 12 s", "served by the addresses that are known",
               f"{len(took)} requests, {len(faults)} failed, most {max(took) * 1000:.0f} ms", faults[:3])


def tenants(count):
    """A hundred keys, and a host that says back what it was asked: nobody sees another one's words."""
    keys = [f"sk-tenant-{number:03}-{'x' * 20}" for number in range(100)]

    async def host(exchange):
        marker = marker_of(exchange)
        if not exchange.body.get("stream"):
            return await exchange.reply(200, b.answer({"content": marker}))
        await exchange.begin_stream()
        for piece in re.findall(".{1,7}", marker):
            await exchange.event(b.piece({"content": piece}))
        await b.finish_stream(exchange)

    with ScriptedHost({"a": host}) as hosts:
        gateway = Gateway({"a": hosts.ports[0], "b": hosts.ports[1]}, {"m": [endpoint(each, "a") for each in "ab"]},
                          retries=MANY_RETRIES, workers=2)
        gateway.settings["keys"] += [{"name": f"t{number}", "sha256": hashlib.sha256(key.encode()).hexdigest()}
                                     for number, key in enumerate(keys)]
        with gateway:
            faults, counts, draw = [], {"own": 0, "left": 0}, random.Random(5)

            async def one(client, number):
                tenant = draw.randrange(100)
                marker = f"tenant-{tenant:03}-{number:07}-{draw.getrandbits(64):016x}"
                if draw.random() < 0.2:
                    seen = Seen(marker, has_left=True)
                    await client.connect()
                    client.writer.write(request_bytes(marker, key=keys[tenant]))
                    await asyncio.sleep(draw.random() * 0.01)
                    client.leave(draw.choice(["fin", "rst"]))
                    counts["left"] += 1
                    return
                seen = await client.ask(marker, key=keys[tenant])
                expect(faults, seen.text == marker, f"asked {marker}, got {seen.status} {seen.text}")
                counts["own"] += seen.text == marker
                del hosts.exchanges[:-50]

            async def load():
                clients = [Client(gateway.port) for _ in range(16)]
                await in_turn(clients, count, one)
                for client in clients:
                    client.close()

            asyncio.run(load())
    return Row(f"{count} calls of 100 tenants, every fifth one leaves", "0 cross-talk",
               f"{counts['own']} got their own words, {counts['left']} left, {len(faults)} got something else", faults[:3])


def secrets(_):
    return of_test("canary secrets in log, errors, metrics, pages, records, ledger, market, explanations, dumps",
                   "0 hits", "secrets_test.py")


def streams(count):
    """What a stream holds: two waves of them, each idle for a moment."""
    async def host(exchange):
        gone = asyncio.create_task(exchange.client_gone())
        with contextlib.suppress(ConnectionError):
            await exchange.begin_stream()
            await exchange.event(b.piece({"content": "Hello"}))
            await gone
        return False

    with ScriptedHost({"a": host, "ok": b.ok}, ports=1) as hosts:
        with Gateway({"a": hosts.ports[0]}, {"m": [endpoint("a", "a")], "ok": [endpoint("a", "ok")]},
                     limits={"max_connections": count + 200}, **WELL) as gateway:
            async def wave():
                clients = [Client(gateway.port) for _ in range(count)]

                async def begin(client, number):
                    await client.connect()
                    client.writer.write(request_bytes(str(number)))
                    fields = await client.head(Seen(""))
                    async for _ in client.pieces(fields):
                        return

                numbers = iter(clients)

                async def work():
                    for client in numbers:
                        await begin(client, 0)

                await asyncio.gather(*(work() for _ in range(50)))
                await asyncio.sleep(2)
                used = rss(gateway.process)
                for client in clients:
                    client.close()
                await asyncio.sleep(1)
                hosts.exchanges.clear()
                return used

            for _ in range(2000):  # what is kept of any requests is there by then
                gateway.ask({"model": "ok", "messages": [{"role": "user", "content": "x"}]})
            before = rss(gateway.process)
            first, second = asyncio.run(wave()), asyncio.run(wave())
    each = (first - before) / count
    faults = []
    expect(faults, each <= 20_000, f"{each / 1000:.1f} KB each")
    # 2 to 3 MB come once, however many streams there are: what the allocator keeps, and the pages of records.
    expect(faults, second <= max(1.05 * first, first + 4_000_000), f"the second wave takes {second / first:.2f} of the first")
    return Row(f"{count} streams at a time, twice (in the open)",
               "≤ 20 KB each; second wave ≤ 1.05 × the first, or 4 MB more",
               f"{each / 1000:.1f} KB each, second wave {second / first:.3f}", faults)


def churn(count):
    """Short requests, one after the other: what the process holds in the second half."""
    with ScriptedHost({"a": b.ok}, ports=1) as hosts:
        with Gateway({"a": hosts.ports[0]}, {"m": [endpoint("a", "a")]}, workers=1, **WELL) as gateway:
            points, failed = [], [0]

            async def one(client, number):
                seen = await client.ask("x", stream=False)
                failed[0] += seen.status != 200
                if number % (count // 40) == 0:
                    points.append(rss(gateway.process))
                    del hosts.exchanges[:]

            async def load():
                clients = [Client(gateway.port) for _ in range(8)]
                await in_turn(clients, count, one)
                for client in clients:
                    client.close()

            asyncio.run(load())
    grown, error = growth(points)
    faults = []
    expect(faults, failed[0] == 0, f"{failed[0]} failed")
    expect(faults, count < 100_000 or grown <= min(3 * error, 0.1), f"memory grew by {grown:.1%} in the second half")
    return Row(f"{count} short requests", "no growth over the second half",
               f"{failed[0]} failed, {points[-1] / 1e6:.1f} MB, {grown:+.1%} ± {error:.1%} over the second half", faults)


def clock(_):
    return Row("clock ±1 h", "limits neither freeze nor double",
               "unit tests: `tests/gateway/accounts/calendar_test.cpp` (a step of the system's clock moves no window)", [])


# --quick, full
ROWS = [(kills, 60, 1_000), (cuts, 60, 1_000), (aborts, 160, 2_000), (idle_closes, 400, 10_000), (overloaded, 3, 10),
        (outage, 100, 2_000), (stopped, 100, 1_000), (restarts, 3, 100), (reloads, 40, 48_000), (paused, 3, 30),
        (clock, 0, 0), (disk_full, 0, 0), (names_gone, 0, 0), (tenants, 1_000, 30_000), (secrets, 0, 0),
        (streams, 1_000, 9_000), (churn, 20_000, 200_000)]
