"""Hosts that fail in every way, clients that leave, stall and talk nonsense, and a configuration that changes, all at
once, for so many seconds. Run against builds with sanitizers (nightly.sh does). Exit status 1 when the gateway died,
when anything of what was under way is still there afterwards, or when it ended with a report of its sanitizer.

    ISOCOST=build/asan/isocost build/python/bin/python tests/end_to_end/chaos.py [SECONDS]
"""
import asyncio
import collections
import copy
import itertools
import json
import pathlib
import random
import signal
import sys
import tempfile
import time

import behaviours as b
from gateway import KEY, EndToEnd, question
from upstream_faults_test import BROKEN, SURVIVED

CLIENTS = 40
STAYS = [0, 0.001, 0.01, 0.1, 0.5, 2]  # seconds before a client leaves
BETWEEN_RELOADS = 0.3  # seconds


class Chaos(EndToEnd):
    behaviours = {"ok": b.ok, "hasty": b.hasty, "endless": b.endless} | SURVIVED | BROKEN
    models = ({name: [("a", name), ("b", "ok")] for name in SURVIVED} | {name: [("a", name)] for name in BROKEN} |
              {"steady": [("b", "ok")], "hasty": [("a", "hasty")], "endless": [("a", "endless")]})
    gateway_settings = {"workers": 2, "provider_limits": {"first_token_timeout": "1 s", "liveness_timeout": "1 s",
                                                          "progress_timeout": "1 s"},
                        "limits": {"max_connections_per_ip": 10 * CLIENTS}}


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


async def client(port, draw, end, seen):
    while time.monotonic() < end:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionError:
            seen["not connected"] += 1
            continue
        for _ in range(draw.randint(1, 4)):
            writer.write(message(draw))
            got = await read_for(reader, draw.choice(STAYS))
            seen[got[9:12].decode() if got.startswith(b"HTTP/1.1 ") else "left before an answer"] += 1
        if draw.random() < 0.3:
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
            providers[provider]["base_url"] = draw.choice(list(providers.values()))["base_url"]
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
    """What is still under way, when all that hangs should have ended by its limits."""
    for _ in range(100):
        counts = {name: gateway.metric(f"isocost_{name}") for name in ("attempts_in_flight", "client_connections")}
        if counts["attempts_in_flight"] == 0 and counts["client_connections"] <= 1:  # the one that asks
            return None
        time.sleep(0.1)
    return counts


def run(seconds):
    gateway = Chaos.gateway
    seen = asyncio.run(everybody(gateway, seconds))
    print(", ".join(f"{count} {what}" for what, count in seen.most_common()))
    assert gateway.alive(), "the gateway is gone"
    left = left_over(gateway)
    assert not left, f"still under way: {left}"
    assert gateway.metric("isocost_escaped_exceptions_total") == 0, "an exception escaped"
    for result in ("success", "failure"):
        assert gateway.metric("isocost_config_reloads_total", result=result) > 0, f"no reload was a {result}"
    assert seen["200"] > 0


def main():
    with tempfile.TemporaryDirectory() as folder:
        Chaos.gateway_settings["records"] = {"file": str(pathlib.Path(folder) / "records.db")}
        Chaos.setUpClass()
        try:
            run(float(sys.argv[1]) if len(sys.argv) > 1 else 60)
        finally:
            Chaos.doClassCleanups()  # keeps what goes wrong to itself
            for _, error, _ in Chaos.tearDown_exceptions:
                raise error


if __name__ == "__main__":
    main()
