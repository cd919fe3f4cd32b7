"""Hosts that fail in every way, come and go, cannot be reached or named; clients that leave at any moment, stall and
talk nonsense; and a configuration that changes: all at once, for so many seconds, and for a third of that time with
too few descriptors. Run against builds with sanitizers (nightly.sh does). Exit status 1 when the gateway
died, when anything of what was under way is still there afterwards, when it ended with a report of its sanitizer, or
when a recorded decision comes out otherwise.

    ISOCOST=build/asan/isocost build/python/bin/python tests/end_to_end/chaos.py [SECONDS [plenty] [few]]

As root, for names that nobody resolves; else they are left out. "few" is no part for UndefinedBehaviorSanitizer, whose
check of virtual tables opens a pipe and takes it for a fault when it cannot.
"""
import asyncio
import collections
import contextlib
import copy
import itertools
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import behaviours as b
from gateway import KEY, EndToEnd, deaf_port, question
from name_server import NameServer
from upstream_faults_test import BROKEN, SURVIVED

CLIENTS = 40
BETWEEN_RELOADS = 0.3  # seconds
BETWEEN_FLAPS = 5  # seconds
# The gateway needs about fifty for itself.
FEW_DESCRIPTORS = 75
# The longest time until a name's address is told; None: it never is.
NAMES = {f"late-{number}.test": 1.5 for number in range(4)} | {f"never-{number}.test": None for number in range(3)}
# Hosts by their names, as providers.
NAMED = {name.removesuffix(".test"): name for name in NAMES}
LINES = ["line-1", "line-2"]  # providers that take one request at a time


def flapping(phase):
    """Well for some seconds, then gone for as long."""
    async def behave(exchange):
        is_away = (int(time.monotonic() / BETWEEN_FLAPS) + phase) % 2 == 1
        return await (b.reset_at_once if is_away else b.ok)(exchange)
    return behave


class Chaos(EndToEnd):
    behaviours = ({"ok": b.ok, "hasty": b.hasty, "endless": b.endless, "flood": b.flood, "unheard": b.ok,
                   "flaps": flapping(0), "flaps-not": flapping(1), "half-flaps": flapping(0)} | SURVIVED | BROKEN |
                  {name: b.ok for name in NAMED} | {name: b.late(0.6, b.ok) for name in LINES})
    models = ({name: [("a", name), ("b", "ok")] for name in SURVIVED} | {name: [("a", name)] for name in BROKEN} |
              {"steady": [("b", "ok")], "hasty": [("a", "hasty")], "endless": [("a", "endless")],
               "flood": [("a", "flood")], "flaps": [("a", "flaps"), ("b", "flaps-not")],
               "half-flaps": [("a", "half-flaps")], "unheard": [("a", "unheard")],
               "unheard-too": [("a", "unheard"), ("b", "ok")], "lines": [("a", name) for name in LINES],
               "named": [("a", name) for name in NAMED], "named-or-not": [("a", "never-0"), ("b", "ok")]} |
              {name: [("a", name)] for name in [*NAMED, *LINES]})
    # The deadline, because a client that sent more ahead than the gateway and both kernels hold cannot be seen to
    # leave before something is written to it.
    gateway_settings = {"workers": 2, "provider_limits": {"first_token_timeout": "1 s", "liveness_timeout": "1 s",
                                                          "progress_timeout": "1 s"},
                        "limits": {"max_connections_per_ip": 10 * CLIENTS, "comment_after": "300 ms",
                                   "queue_timeout": "2 s", "deadline": "5 s", "write_idle_timeout": "2 s",
                                   "body_timeout": "2 s"}}
    has_names = False

    @classmethod
    def prepare(cls, settings):
        providers = settings["providers"]
        providers["a-unheard"]["base_url"] = f"http://127.0.0.1:{deaf_port()}/v1"
        for name in LINES:
            providers[f"a-{name}"]["limits"] |= {"max_in_flight": 1}
        for provider, name in NAMED.items() if cls.has_names else ():
            providers[f"a-{provider}"] |= {"base_url": f"http://{name}:{cls.host.ports[0]}/v1",
                                           "allow_plaintext": True}


class FewDescriptors(Chaos):
    gateway_settings = Chaos.gateway_settings | {
        "inside": ["sh", "-c", f'ulimit -n {FEW_DESCRIPTORS} && exec "$@"', "sh"],
        "limits": Chaos.gateway_settings["limits"] | {"max_connections": 10 * CLIENTS}}


def message(draw):
    """The bytes of a request: mostly good ones, sometimes cut, doubled, or no request at all."""
    if draw.random() < 0.03:
        return draw.randbytes(300)
    if draw.random() < 0.05:
        return b"GET /metrics HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + KEY.encode() + b"\r\n\r\n"
    asked = question(draw.choice(list(Chaos.models)), stream=draw.random() < 0.7, max_tokens=5)
    asked["messages"][0]["content"] = "x" * draw.choice([10, 300, 5_000, 70_000])
    body = json.dumps(asked).encode()
    data = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {KEY}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body
    how = draw.random()
    return data[:draw.randrange(len(data))] if how < 0.1 else data * 2 if how < 0.2 else data


def some_time(draw):
    """Seconds before a client leaves: from a tenth of a millisecond to three seconds, each magnitude as often."""
    return 10 ** draw.uniform(-4, 0.5)


async def read_for(reader, seconds):
    """What comes until the other side ends or the time is over."""
    got = b""
    try:
        async with asyncio.timeout(seconds):
            while piece := await reader.read(65_536):
                got += piece
    except (TimeoutError, ConnectionError):
        pass
    return got


async def upload(writer, data, draw):
    """Mostly at once, else in pieces. False for a client that leaves before all was sent."""
    if draw.random() < 0.8:
        writer.write(data)
        return True
    for begin in range(0, len(data), 8_000):
        writer.write(data[begin:begin + 8_000])
        await asyncio.sleep(some_time(draw) / 50)
        if draw.random() < 0.05 or writer.transport.is_closing():
            return False
    return True


async def client(port, draw, end, seen):
    while time.monotonic() < end:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            seen["not connected"] += 1
            await asyncio.sleep(0.01)
            continue
        for _ in range(draw.randint(1, 4)):
            if not await upload(writer, message(draw), draw):
                seen["left while it sent"] += 1
                break
            if draw.random() < 0.1:
                writer.transport.pause_reading()
                await asyncio.sleep(some_time(draw))
                writer.transport.resume_reading()
            got = await read_for(reader, some_time(draw))
            seen[got[9:12].decode() if got.startswith(b"HTTP/1.1 ") else "left before an answer"] += 1
        # Closing would wait until all is sent, for ever where nobody reads it.
        if draw.random() < 0.3 or writer.transport.get_write_buffer_size() > 0:
            writer.transport.abort()
        writer.close()


async def operator(gateway, draw, end):
    """Takes a model or an endpoint away, moves a provider, or errs; and leaves the configuration as it was."""
    good = copy.deepcopy(gateway.settings)
    for how in itertools.cycle(["model", "endpoint", "address", "nonsense"]):
        if time.monotonic() > end:
            break
        gateway.settings = copy.deepcopy(good)
        models, providers = gateway.settings["models"], gateway.settings["providers"]
        model, provider = draw.choice(list(models)), draw.choice(list(providers))
        if how == "model":
            del models[model]
        elif how == "endpoint" and len(models[model]["endpoints"]) > 1:
            models[model]["endpoints"].pop(0)
        elif how == "address":
            providers[provider]["base_url"] = providers["b-ok"]["base_url"]
        gateway.write("models: [" if how == "nonsense" else None)
        gateway.process.send_signal(signal.SIGHUP)
        await asyncio.sleep(BETWEEN_RELOADS)
    gateway.settings = good
    gateway.write()
    gateway.process.send_signal(signal.SIGHUP)


async def everybody(gateway, seconds):
    seen = collections.Counter()
    end = time.monotonic() + seconds
    await asyncio.gather(operator(gateway, random.Random(CLIENTS), end),
                         *(client(gateway.port, random.Random(number), end, seen) for number in range(CLIENTS)))
    return seen


def left_over(gateway):
    """What is still under way, when all that hangs should have ended by its limits. Built with ThreadSanitizer the loop
    that counts is behind with the last records for a while, and its pages come late."""
    counts, until = "nobody tells", time.monotonic() + 120
    while time.monotonic() < until:
        with contextlib.suppress(TimeoutError):
            counts = {name: gateway.metric(f"isocost_{name}") for name in ("attempts_in_flight", "client_connections")}
            if counts["attempts_in_flight"] == 0 and counts["client_connections"] <= 1:  # the one that asks
                return None
        time.sleep(0.1)
    return counts


def run(gateway, seconds):
    seen = asyncio.run(everybody(gateway, seconds))
    print(", ".join(f"{count} {what}" for what, count in seen.most_common()), flush=True)
    assert gateway.alive(), "the gateway is gone"
    left = left_over(gateway)
    assert not left, f"still under way: {left}"
    assert gateway.metric("isocost_escaped_exceptions_total") == 0, "an exception escaped"
    for result in ("success", "failure"):
        assert gateway.metric("isocost_config_reloads_total", result=result) > 0, f"no reload was a {result}"
    assert seen["200"] > 0


def names_were_asked(gateway):
    outcomes = collections.Counter()
    for name in NAMED:
        for outcome in ("success", "connect", "resolve", "client_left"):
            outcomes[f"{name.split('-')[0]} {outcome}"] += int(gateway.metric(
                "isocost_attempts_total", endpoint=f"a-{name}", outcome=outcome))
    print(", ".join(f"{count} {what}" for what, count in outcomes.items() if count), flush=True)
    assert outcomes["late success"] > 0 and outcomes["never resolve"] > 0


def came_to_the_limit(gateway):
    wants = {name: gateway.metric(f"isocost_{name}_total") for name in ("accept_pauses", "turned_away")}
    wants["local"] = gateway.metric("isocost_attempts_total", outcome="local")
    print(", ".join(f"{count:.0f} {what}" for what, count in wants.items()), flush=True)
    assert any(wants.values()), "there were descriptors enough"


def replay(file):
    ran = subprocess.run([os.environ["ISOCOST"], "replay", "--from", file, "--exact"], capture_output=True, text=True)
    print(ran.stdout + ran.stderr, end="", flush=True)
    assert ran.returncode == 0, f"the replay ended with {ran.returncode}"


def play(kind, seconds):
    with tempfile.TemporaryDirectory() as folder:
        records = pathlib.Path(folder) / "records.db"
        kind.gateway_settings = kind.gateway_settings | {"records": {"file": str(records)}}
        kind.setUpClass()
        try:
            run(kind.gateway, seconds)
            if kind.has_names:
                names_were_asked(kind.gateway)
            if kind is FewDescriptors:
                came_to_the_limit(kind.gateway)
        finally:
            kind.doClassCleanups()  # keeps what goes wrong to itself
            for _, error, _ in kind.tearDown_exceptions:
                raise error
        replay(records)


def with_plenty(seconds):
    if not NameServer.is_possible():
        print("without names that nobody resolves: that takes root")
        return play(Chaos, seconds)
    with NameServer(NAMES) as names:
        Chaos.has_names = True
        Chaos.gateway_settings = Chaos.gateway_settings | {"inside": names.inside}
        play(Chaos, seconds)


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    parts = sys.argv[2:] or ["plenty", "few"]
    if "few" in parts:
        play(FewDescriptors, seconds / 3)
    if "plenty" in parts:
        with_plenty(seconds)


if __name__ == "__main__":
    main()
