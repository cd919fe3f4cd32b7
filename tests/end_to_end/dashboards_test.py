"""Dashboards and rules: their form, and every expression of theirs run by a real Prometheus that scraped a loaded gateway."""
import asyncio
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import yaml

import behaviours
from gateway import KEY, EndToEnd, endpoint, free_port, question
from needs import needs

ISOCOST = os.environ["ISOCOST"]
DEPLOY = pathlib.Path(__file__).parents[2] / "deploy"
BOARDS = {path.stem: json.loads(path.read_text()) for path in sorted((DEPLOY / "grafana/dashboards").glob("*.json"))}
RULES = {path.name: yaml.safe_load(path.read_text()) for path in sorted((DEPLOY / "prometheus").glob("*.yml"))}

def panels(board):
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def plain(expression):
    """As Prometheus would be asked by Grafana, everything chosen."""
    return re.sub(r"\$(model|policy|endpoint)\b", ".*", expression.replace("$__rate_interval", "1m"))


def rules(name):
    return [rule for group in RULES[name]["groups"] for rule in group["rules"]]


class Form(unittest.TestCase):
    def test_every_panel_says_what_it_shows(self):
        self.assertEqual(set(BOARDS), {"operators", "routing", "money"})
        for name, board in BOARDS.items():
            self.assertRegex(board["uid"], r"^[a-z-]{1,40}$")
            self.assertEqual((board["id"], board["schemaVersion"], board["graphTooltip"]), (None, 42, 1))
            self.assertNotIn("__inputs", board)
            ids = [panel["id"] for panel in board["panels"]]
            self.assertEqual(len(ids), len(set(ids)), name)
            for panel in panels(board):
                with self.subTest(board=name, panel=panel["title"]):
                    self.assertTrue(panel["title"] and panel["description"].endswith("."))
                    self.assertEqual(panel["datasource"], {"type": "prometheus", "uid": "${datasource}"})
                    if panel["type"] != "heatmap":
                        self.assertTrue(panel["fieldConfig"]["defaults"]["unit"])
                    for target in panel["targets"]:
                        self.assertEqual(target["datasource"], panel["datasource"])
                        self.assertTrue(panel["type"] == "table" or target["legendFormat"])
                        ranges = set(re.findall(r"\[([^\]]+)\]", target["expr"]))
                        self.assertLessEqual(ranges, {"$__rate_interval", "1h", "1d"}, "a graph's rates follow its resolution")
                        if panel["type"] == "timeseries":
                            self.assertLessEqual(ranges, {"$__rate_interval"})

    def test_panels_stand_beside_each_other(self):
        for name, board in BOARDS.items():
            taken = {}
            for panel in board["panels"]:
                at = panel["gridPos"]
                self.assertLessEqual(at["x"] + at["w"], 24)
                for cell in ((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])):
                    self.assertNotIn(cell, taken, f"{name}: {panel['title']} lies on {taken.get(cell)}")
                    taken[cell] = panel["title"]

    def test_every_metric_named_is_one_that_the_gateway_has(self):
        known = set(re.findall(r"^### `(\w+)`$", (DEPLOY / "metrics.md").read_text(), re.M))
        known |= {name + end for name in known for end in ("_bucket", "_sum", "_count")}
        known |= {rule["record"] for rule in rules("rules.yml")}
        for name, expression in self.expressions():
            for metric in re.findall(r"\b(?:isocost|process)[a-z_:0-9]*", re.sub(r'"[^"]*"', '""', expression)):
                self.assertIn(metric, known, f"{name}: {expression}")

    def expressions(self):
        for name, board in BOARDS.items():
            for panel in panels(board):
                yield from ((f"{name}: {panel['title']}", target["expr"]) for target in panel["targets"])
        for file in RULES:
            yield from ((rule.get("record", rule.get("alert")), rule["expr"]) for rule in rules(file))

    def test_every_alert_says_how_bad_it_is_and_what_to_do(self):
        for rule in rules("alerts.yml"):
            self.assertIn(rule["labels"]["severity"], ("page", "ticket"), rule["alert"])
            self.assertGreater(len(rule["annotations"]["runbook"]), 40, rule["alert"])
            self.assertTrue(rule["annotations"]["summary"].endswith("."), rule["alert"])

    @needs(shutil.which("promtool"), "prometheus is not installed")
    def test_alerts_fire_and_stay_silent_as_they_should(self):
        folder = pathlib.Path(__file__).parent / "promtool"
        tested = yaml.safe_load((folder / "alerts_test.yml").read_text())["tests"]
        checks = [check for test in tested for check in test["alert_rule_test"]]
        for rule in rules("alerts.yml"):
            outcomes = {bool(check.get("exp_alerts")) for check in checks if check["alertname"] == rule["alert"]}
            self.assertEqual(outcomes, {True, False}, rule["alert"])
        for file in ("rules_test.yml", "alerts_test.yml"):
            ran = subprocess.run(["promtool", "test", "rules", file], cwd=folder, capture_output=True, text=True, timeout=120)
            self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)


async def slow_when_told(exchange):
    if "SLOW" not in json.dumps(exchange.body["messages"]):
        return await behaviours.ok(exchange)
    await exchange.begin_stream()
    leaves = asyncio.ensure_future(exchange.client_gone())
    await asyncio.wait([leaves], timeout=20)
    return False


def cached(behaviour):
    """Hosts that count cached tokens."""
    async def counted(exchange):
        if not exchange.body.get("stream"):
            usage = behaviours.USAGE | {"prompt_tokens_details": {"cached_tokens": 7}}
            return await exchange.reply(200, behaviours.answer({"content": behaviours.TEXT}, usage=usage))
        return await behaviour(exchange)
    return counted


def priced(provider, host_model, dollars, **more):
    return endpoint(provider, host_model, price={"input": f"{dollars} $/Mtok", "output": f"{dollars} $/Mtok"}, **more)


@needs(shutil.which("prometheus"), "prometheus is not installed")
class Together(unittest.TestCase):
    """compose.yaml, as far as it can be known without Docker."""

    def setUp(self):
        self.text = (DEPLOY / "compose.yaml").read_text()
        self.services = yaml.safe_load(self.text)["services"]

    def test_every_file_that_it_mounts_is_there(self):
        named = []
        for service in self.services.values():
            for mount in service["volumes"]:
                source = mount.split(":")[0]
                if source.startswith("."):
                    named.append(source)
                    self.assertTrue((DEPLOY / source).exists(), source)
        self.assertEqual(len(named), 3, named)

    def test_prometheus_asks_where_the_configuration_of_its_head_is_told_to_answer(self):
        said = yaml.safe_load("\n".join(re.findall(r"^#   ((?:listen|admin): .*)$", self.text, re.MULTILINE)))
        self.assertEqual(said["listen"].split(":")[1], self.services["isocost"]["ports"][0].split(":")[2])
        targets = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())["scrape_configs"][0]["static_configs"][0]["targets"]
        self.assertEqual(targets, ["isocost:" + said["admin"].split(":")[1]])
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "isocost.yaml"
            file.write_text(json.dumps(said | {
                "keys": [{"name": "me", "sha256": "0" * 64}], "providers": {"a": {"base_url": "http://127.0.0.1:1"}},
                "models": {"m": {"endpoints": [endpoint("a", "m")]}}}))
            checked = subprocess.run([ISOCOST, "check", file], capture_output=True, text=True, timeout=60)
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    @needs(shutil.which("promtool"), "prometheus is not installed")
    def test_prometheus_takes_its_file(self):
        ran = subprocess.run(["promtool", "check", "config", "--syntax-only", DEPLOY / "prometheus.yml"], capture_output=True,
                             text=True, timeout=60)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)


class Loaded(EndToEnd):
    """A gateway to which everything happens that dashboards show."""
    behaviours = {"ok": cached(behaviours.ok), "slow": slow_when_told, "broken": behaviours.failing(500), "late": behaviours.late(0.05, behaviours.ok)}
    models = {"m": [priced("a", "slow", 0.01), priced("b", "ok", 3), priced("a", "late", 3.1)],
              "falls-over": [priced("a", "broken", 0.01), priced("b", "ok", 90)],
              "strict": [priced("b", "ok", 3, context="4 ktok")]}
    gateway_settings = {
        "policies": {"hedging": {"value_of_time": "36000 $/h", "hedge": {"budget": "100 %"}, "explore": "20 %"},
                     "limited": {"value_of_time": "20 $/h", "require": ["ttft.p90 <= 3 s", "price.output <= 1 $/Mtok"],
                                 "relax": ["price.output <= 10 $/Mtok"]},
                     "nobody": {"allow": "jurisdiction in [CH]"}},
        "default_policy": "hedging", "shadow": ["limited"], "quality": {"canaries": {"every": "200 ms"}}}

    @classmethod
    def prepare(cls, settings):
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        settings["records"] = {"file": str(folder / "records.db")}
        settings["keys"][0]["quota"] = {"dollars": {"day": "100 $", "hour": "50 $"}}

    def load(self):
        """Some seconds of everything."""
        # Choices are judged beside hosts that are known, and who is explored is a matter of luck.
        for provider in ("a-slow", "b-ok", "a-late"):
            self.gateway.ask(question("m", provider={"only": [provider]}))
        for number in range(25):
            say = [{"role": "user", "content": f"Hello {number}"}]
            for model in ("m", "falls-over"):
                self.gateway.ask(question(model, messages=say, stream=number % 2 == 0, max_tokens=64))
            for model in ("m", "strict"):
                self.gateway.ask(question(model, messages=say, stream=True), {"x-isocost-policy": "limited"})
        self.gateway.ask(question("m"), {"x-isocost-policy": "nobody"})
        self.gateway.ask(question("no-such-model"))
        slow = question("m", messages=[{"role": "user", "content": "SLOW"}], stream=True, provider={"order": ["a-slow"]})
        for _ in range(3):
            self.gateway.ask(slow)
        with socket.create_connection(("127.0.0.1", self.gateway.port)) as rude:
            rude.sendall(b"NONSENSE\r\n\r\n")
            rude.recv(100)

    def test_every_expression_has_something_to_show(self):
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            config = pathlib.Path(folder) / "prometheus.yml"
            config.write_text(yaml.safe_dump({
                "global": {"scrape_interval": "500ms", "evaluation_interval": "500ms"},
                "rule_files": [f"{folder}/{name}" for name in RULES],
                "scrape_configs": [{"job_name": "isocost", "authorization": {"credentials": KEY},
                                    "static_configs": [{"targets": [f"127.0.0.1:{self.gateway.port}"]}]}]}))
            for name, file in RULES.items():  # the same, as often as it is scraped
                hasty = {"groups": [group | {"interval": "500ms"} for group in file["groups"]]}
                (pathlib.Path(folder) / name).write_text(yaml.safe_dump(hasty))
            process = subprocess.Popen(["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                self.ask(port, "up", patience=30)
                # A counter that is new begins with what it is when it is first seen: only what is added then has a rate.
                self.load()
                time.sleep(1.5)
                self.load()
                time.sleep(1.5)
                self.judge(port)
            finally:
                process.terminate()
                process.wait(30)

    def judge(self, port):
        empty = []
        for name, board in BOARDS.items():
            for panel in panels(board):
                for target in panel["targets"]:
                    if not self.ask(port, plain(target["expr"])):
                        empty.append(f"{name}: {panel['title']}: {target['expr']}")
        for rule in rules("rules.yml"):
            if not self.ask(port, rule["record"], patience=5):
                empty.append(rule["record"])
        may_be_empty = ("Endpoints out of service", "Retries refused", "retries",
                        "would add to a request", "noted or demoted")  # after 200 s, and after a change
        self.maxDiff = None
        self.assertEqual([each for each in empty if not any(part in each for part in may_be_empty)], [])
        state = json.load(self.open(port, "/api/v1/rules"))["data"]["groups"]
        for rule in (rule for group in state for rule in group["rules"]):
            self.assertIn(rule["health"], ("ok", "unknown"), rule)
        firing = {alert["labels"]["alertname"] for alert in json.load(self.open(port, "/api/v1/alerts"))["data"]["alerts"] if alert["state"] == "firing"}
        self.assertLessEqual(firing, set())

    def open(self, port, path, **query):
        return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}?" + urllib.parse.urlencode(query), timeout=10)

    def ask(self, port, expression, patience=0.0):
        """What Prometheus has, in the seconds that it may take to have something."""
        limit = time.monotonic() + patience
        while True:
            try:
                found = json.load(self.open(port, "/api/v1/query", query=expression))["data"]["result"]
            except urllib.error.HTTPError as refused:
                if refused.code == 503:  # not ready yet
                    threading.Event().wait(0.2)
                    continue
                raise AssertionError(f"{expression}: {refused.read().decode()}") from refused
            except (urllib.error.URLError, ConnectionError):
                found = []
            if found or time.monotonic() > limit:
                return [each for each in found if each["value"][1] != "NaN"]
            threading.Event().wait(0.2)  # another program's state: there is nothing to be told by


if __name__ == "__main__":
    unittest.main(verbosity=2)
