"""Hosts that fail in every way, and clients that leave, stall and talk nonsense, all at once, for so many seconds.
Run against a build with sanitizers (nightly.sh does). Exit status 1 when the gateway died, or when anything of what
was under way is still there afterwards.

    ISOCOST=build/asan/isocost build/python/bin/python tests/end_to_end/chaos.py [SECONDS]
"""
import asyncio
import collections
import json
import random
import sys
import time

import behaviours as b
from gateway import KEY, EndToEnd, question
from upstream_faults_test import BROKEN, SURVIVED

CLIENTS = 40
STAYS = [0, 0.001, 0.01, 0.1, 0.5, 2]  # seconds before a client leaves


class Chaos(EndToEnd):
    behaviours = {"ok": b.ok, "hasty": b.hasty, "endless": b.endless} | SURVIVED | BROKEN
    models = ({name: [("a", name), ("b", "ok")] for name in SURVIVED} | {name: [("a", name)] for name in BROKEN} |
              {"steady": [("b", "ok")], "hasty": [("a", "hasty")], "endless": [("a", "endless")]})
    gateway_settings = {"workers": 2, "provider_limits": {"first_token_timeout": "1 s", "liveness_timeout": "1 s",
                                                          "progress_timeout": "1 s"}}


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


async def clients(port, seconds):
    seen = collections.Counter()
    end = time.monotonic() + seconds
    await asyncio.gather(*(client(port, random.Random(number), end, seen) for number in range(CLIENTS)))
    return seen


def settled(gateway):
    """Whether nothing is under way any more, within the limits that end what hangs."""
    for _ in range(100):
        if gateway.metric("isocost_attempts_in_flight") == 0 and gateway.metric("isocost_client_connections") <= 1:
            return True
        time.sleep(0.1)
    return False


def main():
    Chaos.setUpClass()
    try:
        gateway = Chaos.gateway
        seen = asyncio.run(clients(gateway.port, float(sys.argv[1]) if len(sys.argv) > 1 else 60))
        print(", ".join(f"{count} {what}" for what, count in seen.most_common()))
        assert gateway.alive(), "the gateway is gone"
        assert settled(gateway), "something is still under way"
        assert gateway.metric("isocost_escaped_exceptions_total") == 0, "an exception escaped"
        assert seen["200"] > 0
    finally:
        Chaos.doClassCleanups()


if __name__ == "__main__":
    main()
