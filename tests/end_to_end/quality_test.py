"""Hosts that break what was asked for: seen in what passes, told to operators, and asked less where it matters."""
import concurrent.futures
import contextlib
import json
import threading
import unittest

import openai

from gateway import KEY, Gateway, endpoint
from outages import simulated_hosts

FEATURES = ["tools", "json_object", "json_schema"]
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {
    "type": "object", "required": ["city"], "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}}}
HOSTS = ["worse", "right", "other"]


def fleet():
    host = {"model": "m", "prices": {"input": "1 $/Mtok", "output": "1 $/Mtok"}, "features": FEATURES}
    return {"seed": 3, "time_scale": 0, "models": {"m": {"answers": {"median": "20 tok", "log_sd": 0.1}}},
            "hosts": {name: host | ({"mishaps": {"lapses": [{"at": "0 s", "share": 0.4}]}} if name == "worse" else {})
                      for name in HOSTS}}


class Quality(unittest.TestCase):
    def setUp(self):
        self.stack = self.enterContext(contextlib.ExitStack())
        ports, _ = self.stack.enter_context(simulated_hosts(fleet()))
        price = {"worse": "1 $/Mtok", "right": "1.1 $/Mtok", "other": "30 $/Mtok"}
        models = {"m": [endpoint(name, "m", features=FEATURES, price={"input": price[name], "output": price[name]})
                        for name in HOSTS]}
        self.gateway = self.stack.enter_context(Gateway(ports, models, policies={
            "exact": {"extends": "balanced", "require": "quality >= 90 %"}}))
        self.client = openai.OpenAI(api_key=KEY, base_url=self.gateway.base_url, timeout=30, max_retries=0)
        self.addCleanup(self.client.close)

    def call(self, host, number, stream):
        asked = {"model": "m", "messages": [{"role": "user", "content": f"The weather, number {number}?"}],
                 "tools": [TOOL], "tool_choice": "required",
                 "extra_body": {"provider": {"only": [host], "allow_fallbacks": False}}}
        if not stream:
            return self.client.chat.completions.create(**asked).choices[0].message.tool_calls[0].function.arguments
        return "".join(call.function.arguments or "" for chunk in self.client.chat.completions.create(**asked, stream=True)
                       for choice in chunk.choices for call in choice.delta.tool_calls or [])

    def calls(self, host, many):
        """How many of the arguments are what the tool takes, by Python's own reader."""
        def is_right(number):
            try:
                found = json.loads(self.call(host, number, number % 2 == 0))
                return isinstance(found, dict) and isinstance(found.get("city"), str)
            except json.JSONDecodeError:
                return False
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            return sum(pool.map(is_right, range(many)))

    def state(self, host):
        endpoints = json.loads(self.gateway.get("/admin/endpoints")[1])["endpoints"]
        return next(each for each in endpoints if each["endpoint"] == host)["quality"]

    def decided(self, **more):
        body = {"model": "m", "messages": [{"role": "user", "content": "Hello."}]} | more
        status, _, text = self.gateway.ask(body, path="/v1/route/explain")
        self.assertEqual(status, 200, text)
        return json.loads(text)

    def wait_for(self, host, checked):
        for _ in range(100):
            state = self.state(host)
            if state and sum(state["checks"]["tool_arguments"][each] for each in ("passed", "failed")) >= checked:
                return state
            threading.Event().wait(0.1)  # evidence is published once a second
        self.fail(f"{host} never had {checked} checked calls: {state}")

    def test_a_host_that_breaks_calls_is_seen_demoted_and_can_be_left_out(self):
        for host in ("right", "other"):
            self.assertEqual(self.calls(host, 210), 210)
        for host in ("right", "other"):
            self.wait_for(host, 210)
        threading.Event().wait(1.5)  # what a model's hosts are like on the whole is looked at once a second
        right = self.calls("worse", 120)
        self.assertLess(right, 100)
        state = self.wait_for("worse", 120)
        check = state["checks"]["tool_arguments"]
        self.assertEqual((check["passed"], check["failed"], check["unjudged"]), (right, 120 - right, 0))
        self.assertEqual((state["state"], check["state"]), ("demoted", "demoted"))
        self.assertEqual(self.state("right")["checks"]["tool_arguments"]["failed"], 0)
        shown = json.loads(self.gateway.get("/v1/models/m/endpoints")[1])["data"]["endpoints"]
        self.assertEqual([each["isocost"]["quality"]["state"] for each in shown if each["tag"] == "worse"], ["demoted"])
        self.assertEqual(self.gateway.metric("isocost_endpoint_demoted", endpoint="worse"), 1)
        self.assertEqual(self.gateway.metric("isocost_endpoint_demoted", endpoint="right"), 0)
        self.assertEqual(self.gateway.metric("isocost_checked_answers_total", check="tool_arguments", outcome="failed"),
                         120 - right)

        plain = {each["endpoint"]: each for each in self.decided()["candidates"]}
        self.assertEqual(plain["worse"]["cost"]["quality"], 0)
        with_tools = self.decided(tools=[TOOL])
        offered = {each["endpoint"]: each for each in with_tools["candidates"]}
        self.assertGreater(offered["worse"]["cost"]["quality"], 0)
        self.assertTrue(offered["worse"]["predicted"]["demoted"])
        self.assertLess(offered["worse"]["predicted"]["quality"], 0.85)
        self.assertEqual(with_tools["chosen"], "right")
        exact = self.gateway.ask({"model": "m:exact", "tools": [TOOL], "messages": [{"role": "user", "content": "Hi"}]},
                                 path="/v1/route/explain")[2]
        self.assertNotIn("worse", [each["endpoint"] for each in json.loads(exact)["candidates"]])
        self.assertNotIn("city", self.gateway.log_path.read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
