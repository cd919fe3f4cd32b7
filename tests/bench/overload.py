"""Five times as much as a host can take, open loop: what is answered, how soon the others are told, and how long it
takes until all is as before. Prints one line of JSON.

    ISOCOST=build/release/isocost build/python/bin/python tests/bench/overload.py [--times 5] [--seconds 10]

The host runs SLOTS requests at a time, SERVICE seconds each; the gateway knows so (`max_in_flight`). Load comes from one
Python process: rates of a few hundred a second are what it can make and measure.
"""
import argparse
import asyncio
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))

import behaviours
from gateway import KEY, Gateway, endpoint
from scripted_host import ScriptedHost

SLOTS, SERVICE = 10, 0.2


class Busy:
    """A host that answers SERVICE seconds after it was asked, and counts how many it has at a time."""

    def __init__(self):
        self.now = self.most = 0

    async def __call__(self, exchange):
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(SERVICE)
            await behaviours.ok(exchange)
        finally:
            self.now -= 1


async def ask(port, priority, results):
    """One request on a connection of its own; its client would wait half a minute."""
    body = json.dumps({"model": "m", "stream": True, "messages": [{"role": "user", "content": "Hi"}]}).encode()
    head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
            f"x-isocost-priority: {priority}\r\n\r\n").encode()
    began = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head + body)
        text = await asyncio.wait_for(reader.read(-1), 30)
        writer.close()
    except (OSError, asyncio.TimeoutError):
        text = b""
    took = time.monotonic() - began
    status = int(text[9:12]) if text.startswith(b"HTTP/1.1 ") else 0
    results.append({"began": began, "took": took, "status": status, "priority": priority,
                    "whole": status == 200 and b"data: [DONE]" in text, "retry_after": b"\r\nRetry-After: " in text})


async def load(port, rate, seconds, priorities=("normal",)):
    """As many a second, whatever becomes of those before."""
    results, tasks = [], []
    start = time.monotonic()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0, start + number / rate - time.monotonic()))
        tasks.append(asyncio.create_task(ask(port, priorities[number % len(priorities)], results)))
    await asyncio.gather(*tasks)
    return results


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def gateway_for(port, patience="1 s"):
    models = {"m": [endpoint("a", "busy")]}
    return Gateway({"a": port}, models, limits={"queue_timeout": patience},
                   provider_limits={"max_in_flight": SLOTS})


def measure(times, seconds, priorities=("normal",)):
    busy = Busy()
    with ScriptedHost({"busy": busy}, ports=1) as host, gateway_for(host.ports[0]) as gateway:
        capacity = SLOTS / SERVICE
        before = asyncio.run(load(gateway.port, 0.9 * capacity, 3))
        began = time.monotonic()
        during = asyncio.run(load(gateway.port, times * capacity, seconds, priorities))
        overloaded = time.monotonic() - began
        after = asyncio.run(load(gateway.port, 0.5 * capacity, 5))
        log = [json.loads(line) for line in gateway.log_path.read_text().splitlines()]
        metrics = gateway.metric("isocost_shed_requests_total")
    answered = [each for each in during if each["whole"]]
    shed = [each for each in during if each["status"] in (429, 503)]
    usual = quantile([each["took"] for each in before], 0.99)
    late = [each for each in after if not each["whole"] or each["took"] > 1.5 * usual + 0.05]
    first = min((each["began"] for each in after), default=0)
    return {"capacity": capacity, "offered": times * capacity, "goodput": len(answered) / overloaded,
            "goodput_share": len(answered) / overloaded / capacity, "shed": len(shed), "odd": len(during) - len(answered) - len(shed),
            "shed_p99_ms": 1000 * quantile([each["took"] for each in shed], 0.99),
            "with_retry_after": sum(each["retry_after"] for each in shed),
            "answered_p99_s": quantile([each["took"] for each in answered], 0.99),
            "recovery_s": max((each["began"] - first for each in late), default=0.0),
            "most_at_host": busy.most, "shed_metric": metrics,
            "shed_logged": sum("shed" in line for line in log),
            "answered_by_priority": {name: sum(each["priority"] == name for each in answered) for name in priorities},
            "offered_by_priority": {name: sum(each["priority"] == name for each in during) for name in priorities}}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=float, default=5)
    parser.add_argument("--seconds", type=float, default=10)
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.times, chosen.seconds), indent=1))
