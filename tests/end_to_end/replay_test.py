"""Records of a gateway that had a hard time: every decision is taken again from them, to the same choice. And what the
hosts saw of it: two workers together stay within a provider's limit, and serve all who wait."""
import asyncio
import copy
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import behaviours as b
from gateway import Gateway, closed_port, endpoint, question
from outages import ask
from scripted_host import ScriptedHost

AWAY = (2, 5)  # seconds since the traffic began, when the host that comes and goes is not there
TRAFFIC = 14  # seconds
MOST_IN_FLIGHT = 3


class Crowd:
    """A host that takes a while, and counts how many it answers at once and on how many connections."""

    def __init__(self):
        self.now = self.most = 0
        self.connections = set()

    async def __call__(self, exchange):
        self.connections.add(exchange.writer.get_extra_info("peername"))
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.15)
        again = await b.ok(exchange)
        self.now -= 1
        return again


class Flapping:
    """While it is away it takes its time to say so: others decide while a trial is under way."""

    def __init__(self):
        self.began = None
        self.asked = []  # seconds since it began

    async def __call__(self, exchange):
        at = exchange.arrived - self.began
        self.asked.append(at)
        return await (b.late(0.4, b.failing(500)) if AWAY[0] <= at < AWAY[1] else b.late(0.05, b.ok))(exchange)


TOO_LONG = b.failing(400, {"error": {
    "message": "This model's maximum context length is 4096 tokens. However, your messages resulted in 9000 tokens.",
    "type": "invalid_request_error", "param": "messages", "code": "context_length_exceeded"}})


def priced(provider, host_model, dollars, **more):
    return endpoint(provider, host_model, price={"input": f"{dollars} $/Mtok", "output": f"{dollars} $/Mtok"}, **more)


class Records(unittest.TestCase):
    models = {
        "line": [priced("narrow", "crowd", 1)],
        "two-lines": [priced("narrow-too", "crowd-too", 1), priced("steady", "ok", 90)],
        "flaps": [priced("flapping", "flapping", 0.1), priced("slow", "late", 50), priced("steady", "ok", 90)],
        "long": [priced("short", "too-long", 1), priced("steady", "ok", 3, context="256 ktok")],
        "retried": [priced("reset", "reset", 1), priced("closed", "ok", 2), priced("busy", "busy", 2),
                    priced("steady", "ok", 3)],
        "alike": [priced("steady", "ok", 1), priced("slow", "late", 1.1), priced("flapping", "ok", 1.2)],
    }

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.file = pathlib.Path(folder) / "records.db"
        self.crowd, self.crowd_too, self.flapping = Crowd(), Crowd(), Flapping()
        self.host = self.enterContext(ScriptedHost(
            {"ok": b.ok, "late": b.late(0.1, b.ok), "crowd": self.crowd, "crowd-too": self.crowd_too,
             "flapping": self.flapping, "too-long": TOO_LONG, "reset": b.reset_at_once,
             "busy": b.rate_limited("1")}, ports=1))
        names = {each["provider"] for endpoints in self.models.values() for each in endpoints}
        ports = {name: closed_port() if name == "closed" else self.host.ports[0] for name in sorted(names)}
        self.gateway = Gateway(ports, copy.deepcopy(self.models), workers=2, records={"file": str(self.file)},
                               limits={"queue_timeout": "30 s"})
        for name in ("narrow", "narrow-too"):
            self.gateway.settings["providers"][name]["limits"] |= {"max_in_flight": MOST_IN_FLIGHT}

    def replayed(self):
        ran = subprocess.run([os.environ["ISOCOST"], "replay", "--from", self.file, "--exact", "--json"],
                             capture_output=True, text=True, timeout=120)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        return json.loads(ran.stdout)

    def asked_within(self, since, until):
        return len([at for at in self.flapping.asked if since <= at < until])

    async def one(self, model, number, after, began, policy=None):
        await asyncio.sleep(began + after - time.monotonic())
        name = f"{model}:{policy}" if policy else model
        return await ask(self.gateway.port, name, number, began)

    async def traffic(self):
        began = self.flapping.began = time.monotonic()
        asked = [self.one("flaps", number, number / 8, began) for number in range(8 * TRAFFIC)]
        for model, policy in (("long", None), ("retried", None), ("alike", "openrouter"), ("alike", "interactive")):
            asked += [self.one(model, number, number / 3, began, policy) for number in range(3 * TRAFFIC)]
        # Waves of many more than there is room for.
        for model in ("line", "two-lines"):
            asked += [self.one(model, number, wave, began) for wave in (1, 6, 10) for number in range(20)]
        return await asyncio.gather(*asked)

    def reload_now_and_then(self, times):
        for _ in range(times):
            time.sleep(TRAFFIC / (times + 1))
            self.gateway.process.send_signal(signal.SIGHUP)

    def test_every_decision_of_a_hard_time_comes_out_the_same(self):
        with self.gateway:
            reloads = threading.Thread(target=self.reload_now_and_then, args=(3,))
            reloads.start()
            answers = asyncio.run(self.traffic())
            reloads.join()
            attempts = {kind: self.gateway.metric("isocost_attempts_total", outcome=kind)
                        for kind in ("too_long", "rate_limited", "server_error", "success")}
            lost = self.gateway.metric("isocost_dropped_records_total")
        failed = [each for each in answers if each.failed]
        self.assertEqual(failed, [])
        for name, crowd in (("line", self.crowd), ("two-lines", self.crowd_too)):
            self.assertEqual(crowd.most, MOST_IN_FLIGHT, name)
        # One worker alone would have used as few connections again and again; at one host it may happen to.
        used = [len(crowd.connections) for crowd in (self.crowd, self.crowd_too)]
        self.assertGreater(max(used), MOST_IN_FLIGHT, used)
        for kind, count in attempts.items():
            self.assertGreater(count, 0, kind)
        # Away: single trials; back: used again.
        self.assertGreater(self.asked_within(*AWAY), 2)
        self.assertLess(self.asked_within(*AWAY), 8 * (AWAY[1] - AWAY[0]) / 2)
        self.assertGreater(self.asked_within(AWAY[1], TRAFFIC), 8 * (TRAFFIC - AWAY[1]) / 3)
        self.assertEqual(lost, 0)
        replay = self.replayed()
        self.assertEqual(replay["requests"], len(answers))
        self.assertEqual(replay["same"], replay["decisions"])
        self.assertEqual(replay["same_journeys"], replay["journeys"], replay["first_difference"])
        # Who waits decides again.
        self.assertGreater(replay["decisions"], len(answers) + 40)


if __name__ == "__main__":
    unittest.main(verbosity=2)
