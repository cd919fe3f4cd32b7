"""Canaries: a host that silently becomes another one is found without a single request of anybody, for next to nothing."""
import contextlib
import json
import os
import pathlib
import tempfile
import time
import unittest
from unittest import mock

from gateway import Gateway, endpoint
from outages import simulated_hosts

CHANGES_AFTER = 30  # seconds
PRICES = {"steady": "1 $/Mtok", "switching": "1 $/Mtok", "forbidden": "1 $/Mtok", "disabled": "1 $/Mtok", "dear": "5000 $/Mtok"}


def fleet():
    host = {"model": "m", "prices": {"input": "1 $/Mtok", "output": "1 $/Mtok"}, "features": ["logprobs"],
            "ttft": {"base": "1 ms", "log_sd": 0.01}, "speed": {"tokens_per_second": 2000, "log_sd": 0.01}}
    changes = {"mishaps": {"variants": [{"at": f"{CHANGES_AFTER} s", "prompt_scale": 1.2}]}}
    return {"seed": 5, "models": {"m": {"answers": {"median": "20 tok", "log_sd": 0.1}}},
            "hosts": {name: host | (changes if name == "switching" else {}) for name in PRICES}}


class Canaries(unittest.TestCase):
    def setUp(self):
        self.stack = self.enterContext(contextlib.ExitStack())
        self.state = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "state"
        self.enterContext(mock.patch.dict(os.environ, {"STATE_DIRECTORY": str(self.state)}))
        self.ports, _ = self.stack.enter_context(simulated_hosts(fleet()))

    def gateway(self, **more):
        models = {"m": [endpoint(name, "m", features=["logprobs"], price={"input": price, "output": price})
                        for name, price in PRICES.items()]}
        return Gateway(self.ports, models, state=str(self.state), always={"allow": 'provider != "forbidden"'},
                       quality={"canaries": {"a_day": "0.05 $", "every": "100 ms"}}, **more)

    def quality(self, gateway, name):
        endpoints = json.loads(gateway.get("/admin/endpoints")[1])["endpoints"]
        return next(each for each in endpoints if each["endpoint"] == name)["quality"]

    def until(self, what, patience):
        limit = time.monotonic() + patience
        while not (found := what()):
            self.assertLess(time.monotonic(), limit, "it did not come to be")
            time.sleep(0.2)
        return found

    def asked(self, gateway, name):
        known = self.quality(gateway, name)
        return 0 if known is None else sum(known["checks"]["canary_count"][each] for each in ("passed", "failed"))

    def test_a_host_that_silently_switches_is_noted_by_canaries_alone(self):
        with self.gateway() as gateway:
            self.assertEqual(gateway.ask({}, path="/admin/endpoints/disabled/drain?model=m")[0], 200)
            before = self.asked(gateway, "disabled")
            self.until(lambda: self.asked(gateway, "switching") >= 40, 30)
            self.assertEqual(self.quality(gateway, "switching")["state"], "ok")
            noted = self.until(lambda: (found := self.quality(gateway, "switching"))["state"] in ("noted", "demoted") and found, 60)
            check = noted["checks"]["canary_count"]
            self.assertGreater(check["failed"], 2)
            self.assertGreater(check["evidence"], 10_000)
            self.until(lambda: gateway.metric("isocost_quality_evidence", endpoint="switching", check="canary_count") > 10_000, 5)
            self.until(lambda: self.quality(gateway, "switching")["state"] == "demoted", 30)
            self.assertEqual(gateway.metric("isocost_endpoint_demoted", endpoint="switching"), 1)
            self.assertEqual(self.quality(gateway, "steady")["state"], "ok")
            # It counts as dearer in every decision.
            explained = json.loads(gateway.ask({"model": "m", "messages": [{"role": "user", "content": "Hi"}]}, path="/v1/route/explain")[2])
            found = {each["endpoint"]: each for each in explained["candidates"]}
            self.assertTrue(found["switching"]["predicted"]["demoted"])
            self.assertFalse(found["steady"]["predicted"]["demoted"])
            # Nobody's traffic, nobody's charge, and neither who is forbidden, nor out of service, nor too dear was asked.
            self.assertEqual(gateway.metric("isocost_attempts_total"), 0)
            self.assertEqual((self.asked(gateway, "forbidden"), self.asked(gateway, "dear")), (0, 0))
            self.assertLessEqual(self.asked(gateway, "disabled"), before + 4)
            spent = gateway.metric("isocost_canary_spent_dollars_total")
            self.assertGreater(spent, 0)
            self.assertLess(spent, 3 * 0.05)
            rows = self.until(lambda: json.loads(gateway.get("/admin/spend?by=endpoint")[1]), 10)
            text = json.dumps(rows)
            self.assertIn("switching", text)
            self.assertNotIn("forbidden", text)
            self.assertNotIn("dear", text)
            used = gateway.metric("isocost_canary_budget_used_ratio")
            self.assertGreater(used, 0)

    def test_what_was_spent_of_a_day_is_spent_after_a_restart(self):
        gateway = self.gateway().__enter__()
        try:
            self.until(lambda: gateway.metric("isocost_canaries_total", outcome="answered") >= 40, 30)
            used = gateway.metric("isocost_canary_budget_used_ratio")
        finally:
            gateway.process.kill()
            gateway.forget()
        with self.gateway() as gateway:
            self.until(lambda: gateway.metric("isocost_canaries_total", outcome="answered") >= 6, 30)
            self.assertGreaterEqual(gateway.metric("isocost_canary_budget_used_ratio"), used)
        (self.state / "canaries").write_bytes(b"broken")
        with self.gateway() as gateway:
            gateway.hear("canaries: .* cannot be read; none is asked until tomorrow")
            time.sleep(2)
            self.assertEqual(gateway.metric("isocost_canaries_total"), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
