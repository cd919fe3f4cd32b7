"""Policies in shadow: decided beside the one in force and never asking anybody, told everywhere that numbers are told; what
better choices would have saved, in the report of what was spent; hosts that are probed, disabled and enabled."""
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import behaviours
from gateway import KEY, Gateway, endpoint, question
from scripted_host import ScriptedHost


def command(*words):
    return subprocess.run([os.environ["ISOCOST"], *words], capture_output=True, text=True, timeout=60)


class Shadows(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.host = self.enterContext(ScriptedHost({"quick": behaviours.ok, "slow": behaviours.late(0.2, behaviours.ok)}))
        self.settings = {
            "state": str(self.folder / "state"),
            "records": {"file": str(self.folder / "records.db")},
            "policies": {"hasty": {"value_of_time": "100 $/h"}, "thrifty": {"value_of_time": "0 $/h"},
                         "drawn": {"value_of_time": "100 $/h", "choose": "weighted(1)"},
                         "at_home": {"extends": "hasty", "allow": 'endpoint == "dear"'}},
            "default_policy": "hasty", "shadow": ["thrifty"]}

    def gateway(self, **more):
        price = lambda dollars: {"input": f"{dollars} $/Mtok", "output": f"{dollars} $/Mtok"}
        models = {"m": [endpoint("dear", "quick", price=price(9)), endpoint("cheap", "slow", price=price(0.1))]}
        return Gateway({"dear": self.host.ports[0], "cheap": self.host.ports[1]}, models, **(self.settings | more))

    def at(self, gateway):
        return ["--url", f"http://127.0.0.1:{gateway.port}", "--key", KEY]

    def rows(self, gateway):
        page = json.loads(gateway.get("/admin/policies")[1])
        return {(row["policy"], row["shadow"]): row for row in page["shadows"]}

    def ask_both(self, gateway):
        """Until something is known of both, and then some under the policy."""
        for name in ("dear", "cheap"):
            for _ in range(4):
                self.assertEqual(gateway.ask(question(provider={"order": [name], "allow_fallbacks": False}, stream=True))[0], 200)
        time.sleep(0.3)  # until decisions see it: ten times a second
        for _ in range(20):
            self.assertEqual(gateway.ask(question(stream=True))[0], 200)

    def until(self, what, patience=10):
        limit = time.monotonic() + patience
        while not (found := what()):
            self.assertLess(time.monotonic(), limit, "it did not come to be")
            time.sleep(0.05)
        return found

    def test_what_is_known_of_a_policy_in_shadow_goes_on_over_a_restart(self):
        known = lambda gateway: self.rows(gateway).get(("hasty", "thrifty"))
        with self.gateway() as gateway:
            self.ask_both(gateway)
            # Until all of them are told of: the last ones count in what is kept, too.
            row = self.until(lambda: (row := known(gateway)) and row["judged"] + row["unmeasured"] >= 28 and row)
            self.assertGreaterEqual(row["judged"], 20)
        with self.gateway() as gateway:
            again = self.until(lambda: known(gateway))
            self.assertEqual((again["judged"], again["moved"]), (row["judged"], row["moved"]))
        self.settings["policies"]["thrifty"]["value_of_time"] = "1 $/h"
        with self.gateway() as gateway:
            self.assertIsNone(known(gateway), "another policy of the same name begins anew")

    def test_a_policy_in_shadow_is_told_of_and_asks_nobody(self):
        with self.gateway() as gateway:
            self.ask_both(gateway)
            row = self.until(lambda: (row := self.rows(gateway).get(("hasty", "thrifty"))) and row["judged"] + row["unmeasured"] >= 28 and row)
            self.assertGreater(row["moved"], 0)
            self.assertEqual((row["model"], row["verdict"], row["forbidden"]), ("m", "too_few", 0))
            before = {name: gateway.metric("isocost_attempts_total", endpoint=name) for name in ("dear", "cheap")}
            self.assertEqual(before["dear"] + before["cheap"], 28)
            labels = {"policy": "hasty", "shadow": "thrifty", "model": "m"}
            self.assertEqual(gateway.metric("isocost_shadow_requests_total", outcome="judged", **labels), row["judged"])
            told = command("shadows", *self.at(gateway))
            self.assertEqual(told.returncode, 0, told.stderr)
            self.assertIn("hasty", told.stdout)
            self.assertIn("too few requests to say", told.stdout)
            # A host that the policy in force forbids: said, never judged, never offered.
            for _ in range(3):
                gateway.ask(question("m:at_home", stream=True))
            forbidden = self.until(lambda: self.rows(gateway).get(("at_home", "thrifty")))
            self.assertEqual((forbidden["verdict"], forbidden["judged"]), ("forbidden", 0))
            self.assertIn("never:", command("shadows", *self.at(gateway)).stdout)
            # Without it the numbers end.
            gateway.settings["shadow"] = []
            gateway.write()
            self.assertEqual(gateway.ask({}, path="/admin/reload")[0], 200)
            self.assertEqual(json.loads(gateway.get("/admin/policies")[1])["shadows"], [])
            self.assertEqual(gateway.metric("isocost_shadow_requests_total"), 0)
            self.assertIn("No policy runs in shadow", command("shadows", *self.at(gateway)).stdout)

    def test_a_shadow_that_is_no_policy_is_refused(self):
        for shadow, why in ((["thriftt"], "thrifty"), (["thrifty", "thrifty"], "twice"), (["balanced"] * 9, "at most 8")):
            path = self.folder / "wrong.json"
            path.write_text(json.dumps({"providers": {"a": {"base_url": "http://127.0.0.1:1/v1"}},
                                        "models": {"m": {"endpoints": [endpoint("a", "b")]}},
                                        "policies": {"thrifty": {"value_of_time": "0 $/h"}}, "shadow": shadow}))
            told = command("check", str(path))
            self.assertNotEqual(told.returncode, 0)
            self.assertIn(why, told.stdout + told.stderr)

    def test_what_better_choices_would_have_saved_is_in_the_report_of_spending(self):
        with self.gateway(keys=[{"name": "tests", "team": "search", "role": "operator",
                                 "sha256": hashlib.sha256(KEY.encode()).hexdigest()}]) as gateway:
            self.ask_both(gateway)
            for _ in range(20):
                self.assertEqual(gateway.ask(question("m:drawn", stream=True))[0], 200)
            self.until(lambda: gateway.metric("isocost_judged_requests_total") >= 40)
        config = self.folder / "isocost.json"
        config.write_text(json.dumps({key: value for key, value in gateway.settings.items()}))
        for by in ("endpoint", "team,key", "model,day"):
            told = command("spend", "--config", str(config), "--by", by, "--json")
            self.assertEqual(told.returncode, 0, told.stderr)
            rows = json.loads(told.stdout)["data"]
            self.assertGreaterEqual(sum(row["judged_requests"] for row in rows), 40)
            self.assertGreater(sum(row["regret"] for row in rows), 0)
        by_host = {row["endpoint"]: row for row in json.loads(command("spend", "--config", str(config), "--by", "endpoint", "--json").stdout)["data"]}
        # At 100 $/h the slow host is the wrong one.
        self.assertGreater(by_host["cheap"]["regret"], by_host["dear"]["regret"])
        self.assertIn("regret $", command("spend", "--config", str(config), "--by", "endpoint").stdout)
        by_tag = json.loads(command("spend", "--config", str(config), "--by", "user", "--json").stdout)["data"]
        self.assertTrue(all(row["regret"] is None for row in by_tag))

    def post(self, gateway, path):
        status, _, text = gateway.ask("", path=path)
        return status, json.loads(text)

    def test_a_host_is_probed_and_one_that_is_disabled_stays_so_over_a_restart(self):
        cheap_only = question(provider={"order": ["cheap"], "allow_fallbacks": False})
        with self.gateway() as gateway:
            status, found = self.post(gateway, "/admin/endpoints/dear/probe?model=m")
            self.assertEqual(status, 200, found)
            self.assertEqual([each["endpoint"] for each in found["endpoints"]], ["dear"])
            self.assertGreater(found["endpoints"][0]["calls"], 0)
            self.assertEqual(self.post(gateway, "/admin/endpoints/nobody/probe")[0], 404)
            self.assertEqual(gateway.ask(cheap_only)[0], 200)
            self.assertEqual(self.post(gateway, "/admin/endpoints/cheap/disable?model=m")[0], 200)
            self.assertGreaterEqual(gateway.ask(cheap_only)[0], 400)
            states = {host["endpoint"]: host for host in json.loads(gateway.get("/admin/endpoints")[1])["endpoints"]}
            self.assertTrue(states["cheap"]["disabled"])
            self.assertFalse(states["dear"]["disabled"])
            self.assertEqual(gateway.ask({}, path="/admin/reload")[0], 200)
            self.assertGreaterEqual(gateway.ask(cheap_only)[0], 400)
        with self.gateway() as gateway:
            self.assertGreaterEqual(gateway.ask(cheap_only)[0], 400)
            self.assertEqual(self.post(gateway, "/admin/endpoints/cheap/enable")[0], 200)
            self.assertEqual(gateway.ask(cheap_only)[0], 200)
            changes = (self.folder / "state" / "changes.log").read_text()
            for what in ("probe", "disable", "enable"):
                self.assertIn(f"/admin/endpoints/{{name}}/{what}", changes)
        with self.gateway() as gateway:
            self.assertEqual(gateway.ask(cheap_only)[0], 200)


if __name__ == "__main__":
    unittest.main()
