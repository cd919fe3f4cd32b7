"""A request that was served, explained afterwards: by the page, by the command that asks a gateway, by the command that
reads the file. And what its line in the log foresaw."""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

import behaviours
from gateway import KEY, EndToEnd, endpoint, question


def priced(provider, host_model, dollars, **more):
    return endpoint(provider, host_model, price={"input": f"{dollars} $/Mtok", "output": f"{dollars} $/Mtok"}, **more)


class Explain(EndToEnd):
    behaviours = {"ok": behaviours.ok, "down": behaviours.failing(500),
                  "fussy": behaviours.failing(400, {"error": {"message": "what is `my diary`?", "type": "invalid_request_error"}})}
    models = {"fussy": [priced("a", "fussy", 1)],
              "m": [priced("a", "down", 0.1), priced("b", "ok", 3), priced("a", "ok", 90),
                    priced("b", "small", 1, context="1 tok")]}
    gateway_settings = {"policies": {"thrifty": {"value_of_time": "1 $/h", "allow": 'provider != "a-ok"'}},
                        "default_policy": "thrifty"}

    @classmethod
    def prepare(cls, settings):
        cls.records = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory())) / "records.db"
        settings["records"] = {"file": str(cls.records)}
        settings["keys"].append({"name": "inference", "team": "search", "sha256": "0" * 64})
        settings["keys"].append({"name": "plain", "sha256": hashlib.sha256(b"sk-plain").hexdigest()})
        settings["teams"] = {"search": {"always": {"allow": 'provider == "a-ok" or provider == "b-ok"'}},
                             "poor": {"quota": {"dollars": {"day": "0.00000001 $"}}}}
        settings["keys"].append({"name": "pauper", "team": "poor", "sha256": hashlib.sha256(b"sk-pauper").hexdigest()})
        settings["policies"]["night"] = {"allow": "hour < 6"}
        settings["policies"]["elsewhere"] = {"allow": 'provider == "a-ok"'}

    def served(self, **more):
        status, headers, text = self.gateway.ask(question(**more))
        self.assertEqual(status, 200, text)
        return headers["x-request-id"]

    def explained(self, served):
        status, text = self.gateway.get("/admin/requests/" + served)
        self.assertEqual(status, 200, text)
        return json.loads(text)

    def run_command(self, *words):
        return subprocess.run([os.environ["ISOCOST"], "explain", *words], capture_output=True, text=True,
                              env=os.environ | {"ISOCOST_KEY": KEY}, timeout=30)

    def top(self, *words):
        return subprocess.run([os.environ["ISOCOST"], "top", *words], capture_output=True, text=True,
                              env=os.environ | {"ISOCOST_KEY": KEY, "COLUMNS": "160"}, timeout=30)

    def test_the_page_tells_attempts_decisions_and_what_was_expected(self):
        served = self.served()
        page = self.explained(served)
        self.assertEqual(page["id"], served)
        self.assertEqual(page["policy"]["name"], "thrifty")
        self.assertEqual(page["policy"]["allow"][0]["text"], 'provider != "a-ok"')
        self.assertEqual(page["ending"], "answered")
        self.assertEqual(page["attempts"][-1]["outcome"], "success")
        self.assertEqual(page["attempts"][-1]["endpoint"], "b-ok")
        self.assertGreater(page["attempts"][-1]["expected"]["ttft_ms"], 0)
        first = page["decisions"][0]
        because = {each["endpoint"]: each for each in first["removed"]}
        self.assertEqual(because["a-ok"]["because"], "policy_allow")
        self.assertIn('provider != "a-ok"', because["a-ok"]["text"])
        self.assertEqual(because["b-small"]["because"], "context")
        self.assertGreater(because["b-small"]["missed_by"], 0)
        for candidate in first["candidates"]:
            self.assertAlmostEqual(candidate["cost"]["total"],
                                   sum(value for name, value in candidate["cost"].items() if name != "total"), 6)

    def test_what_a_client_was_told_after_a_decision_is_said_without_its_hosts_words(self):
        status, headers, text = self.gateway.ask(question("fussy"))
        self.assertEqual(status, 400, text)
        self.assertIn("my diary", json.loads(text)["error"]["message"])
        page = self.explained(headers["x-request-id"])
        self.assertEqual(page["told"], "the provider rejected the request")
        self.assertNotIn("my diary", json.dumps(page))
        status, headers, text = self.gateway.ask(question(max_tokens=10_000_000))
        said = json.loads(text)["error"]["message"]
        self.assertEqual(self.explained(headers["x-request-id"])["told"], said)
        table = self.run_command("--request", headers["x-request-id"], "--url", f"http://127.0.0.1:{self.gateway.port}").stdout
        self.assertIn("The client was told: " + said.split()[0], table)
        self.assertIn("goes to nobody", table)

    def test_what_is_stored_is_what_the_reply_said_then(self):
        status, _, text = self.gateway.ask(question(debug={"echo_decision": True}))
        self.assertEqual(status, 200, text)
        served = self.served()
        page = self.explained(served)
        self.assertEqual([each["rank"] for each in page["decisions"][0]["candidates"]],
                         list(range(1, len(page["decisions"][0]["candidates"]) + 1)))

    def test_the_command_asks_the_gateway_or_reads_the_file(self):
        served = self.served()
        asked = self.run_command("--request", served, "--url", f"http://127.0.0.1:{self.gateway.port}")
        self.assertEqual(asked.returncode, 0, asked.stderr)
        self.assertTrue(asked.stdout.startswith(served))
        self.assertIn("ATTEMPT", asked.stdout)
        self.assertIn("LEFT OUT", asked.stdout)
        read = self.run_command("--request", served, "--from", str(self.records))
        self.assertEqual(read.stdout, asked.stdout)
        as_json = self.run_command("--request", served, "--from", str(self.records), "--json")
        self.assertEqual(json.loads(as_json.stdout), self.explained(served))

    def test_the_first_choice_is_judged_by_what_is_known_afterwards(self):
        for number in range(12):  # until a second host is known: b-ok and a-ok, by turns
            order = {"order": ["b-ok" if number % 2 else "a-ok"], "allow_fallbacks": False}
            self.assertEqual(self.gateway.ask(question(provider=order), {"x-isocost-policy": "balanced"})[0], 200)
        judged = None
        for _ in range(10):
            _, headers, _ = self.gateway.ask(question(), {"x-isocost-policy": "balanced"})
            judged = self.explained(headers["x-request-id"])["hindsight"]
            if judged:
                break
        self.assertIsNotNone(judged)
        self.assertGreaterEqual(judged["others"], 1)
        self.assertGreater(judged["chosen_cost"], 0)
        self.assertAlmostEqual(judged["regret"], max(0, judged["chosen_cost"] - judged["best_other_cost"]), 9)
        self.assertGreater(judged["sd"], 0)
        table = self.run_command("--request", headers["x-request-id"], "--url", f"http://127.0.0.1:{self.gateway.port}").stdout
        self.assertIn("in hindsight", table)
        self.assertGreater(self.gateway.metric("isocost_judged_requests_total", policy="balanced"), 0)
        self.assertGreater(self.gateway.metric("isocost_judged_cost_dollars_total", policy="balanced"), 0)

    def test_what_another_key_or_team_would_meet_at_another_hour(self):
        url = ("--url", f"http://127.0.0.1:{self.gateway.port}", "--model", "m")
        own = json.loads(self.run_command(*url, "--json").stdout)
        self.assertNotIn("always", {each["because"] for each in own["removed"]})
        for words in (("--as", "inference"), ("--team", "search")):
            page = json.loads(self.run_command(*url, *words, "--json").stdout)
            self.assertIn("always", {each["because"] for each in page["removed"]})
        night = json.loads(self.run_command(*url, "--policy", "night", "--at", "03:00", "--json").stdout)
        noon = json.loads(self.run_command(*url, "--policy", "night", "--at", "2026-05-04T12:00", "--json").stdout)
        self.assertTrue(night["chosen"])
        self.assertIsNone(noon["chosen"])
        self.assertIn("policy_allow", {each["because"] for each in noon["removed"]})
        self.assertIn("no moment", self.run_command(*url, "--at", "soon").stderr)
        self.assertIn("there is no key", self.run_command(*url, "--as", "nobody").stderr)
        # Without a role nobody learns what others may.
        status, _, text = self.gateway.ask(question(), {"Authorization": "Bearer sk-plain"}, "/v1/route/explain?as=inference")
        self.assertEqual((status, json.loads(text)["error"]["code"]), (403, "role_required"))

    def test_top_shows_what_another_key_or_team_meets_and_where_its_own_requests_went(self):
        url = ("--once", "--url", f"http://127.0.0.1:{self.gateway.port}")
        self.served()
        everybodys = self.top(*url)
        self.assertNotIn("LEFT OUT BY", everybodys.stdout)
        for words, whose in ((("--as", "inference"), "key inference of team search"), (("--team", "search"), "team search")):
            shown = self.top(*url, *words)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.assertIn(whose, shown.stdout)
            row = {line.split()[0]: line for line in shown.stdout.splitlines() if line.startswith(("a-", "b-"))}
            self.assertRegex(row["a-down"], r"\balways\b")
            self.assertRegex(row["a-ok"], r"\bpolicy_allow\b")
            self.assertNotRegex(row["b-ok"], r"\balways\b|policy_allow")
            self.assertIn(" 0 requests", shown.stdout)  # the key has asked nothing itself
        status, text = self.gateway.get("/admin/endpoints?as=inference")
        self.assertEqual(status, 200, text)
        left_out = {each["endpoint"]: each["left_out"] for each in json.loads(text)["endpoints"]}
        self.assertIn("for the team", left_out["a-down"]["text"])
        self.assertIn("there is no key", self.top(*url, "--as", "nobody").stderr)
        status, text = self.gateway.get("/admin/endpoints?as=inference", {"Authorization": "Bearer sk-plain"})
        self.assertEqual(json.loads(text)["error"]["code"], "role_required", text)

    def test_top_shows_a_moment_that_is_past_out_of_the_records(self):
        url = ("--once", "--url", f"http://127.0.0.1:{self.gateway.port}")
        self.served()
        now = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 1))

        def is_recorded():
            page = json.loads(self.gateway.get("/admin/endpoints?at=" + now)[1])
            rows = {each["endpoint"]: each for each in page.get("endpoints", [])}
            return rows and rows["b-ok"]["share_5m"] and rows
        limit = time.monotonic() + 20
        while not (rows := is_recorded()) and time.monotonic() < limit:
            time.sleep(0.1)
        self.assertTrue(rows)
        self.assertEqual(rows["b-ok"]["price_output"], 3)
        self.assertEqual(rows["b-small"]["share_5m"], 0)
        shown = self.top(*url, "--at", now)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertTrue(shown.stdout.startswith(f"isocost {now}"), shown.stdout)
        self.assertNotIn("NEXT", shown.stdout)
        other = self.top(*url, "--at", now, "--as", "inference")
        self.assertIn("key inference of team search  0 requests", other.stdout)
        self.assertIn("in the future", self.top(*url, "--at", "2199-01-01T00:00").stderr)
        self.assertRegex(self.top(*url, "--at", "2001-01-01T00:00").stderr, r"do not go back as far: they begin at 20\d\d-\d\d-\d\dT")
        self.assertIn("no moment", self.top(*url, "--at", "soon").stderr)

    def test_a_request_for_a_model_that_there_is_not_is_explained_afterwards(self):
        _, headers, _ = self.gateway.ask(question(model="mm"))
        page = self.explained(headers["x-request-id"])
        self.assertEqual((page["status"], page["error"], page["model_requested"], page["attempts"]), (404, "model_not_found", "mm", []))
        self.assertIn("Did you mean `m`", page["told"])
        table = self.run_command("--request", headers["x-request-id"], "--url", f"http://127.0.0.1:{self.gateway.port}").stdout
        self.assertIn("refused before any host was looked at", table)
        self.assertIn("Did you mean `m`", " ".join(table.split()))

    def test_a_request_that_named_a_policy_that_there_is_not_is_explained_afterwards(self):
        status, headers, _ = self.gateway.ask(question(), {"x-isocost-policy": "bargain"})
        self.assertEqual(status, 400)
        page = self.explained(headers["x-request-id"])
        self.assertEqual((page["status"], page["error"]), (400, "policy_not_found"))
        self.assertIn("there is no policy `bargain`", page["told"])

    def test_what_is_of_a_call_to_come_is_refused_of_one_that_was_served(self):
        served = self.served()
        for more in (("--policy", "fastest"), ("--at", "03:00"), ("--as", "inference"), ("--model", "m")):
            ran = self.run_command("--request", served, "--url", f"http://127.0.0.1:{self.gateway.port}", *more)
            self.assertNotEqual(ran.returncode, 0, more)
            self.assertIn(more[0], ran.stderr)

    def test_each_attempt_says_how_likely_its_choice_was_as_the_decision_does(self):
        page = self.explained(self.served())
        chances = [each["propensity"] for each in page["decisions"]]
        self.assertEqual([each["propensity"] for each in page["attempts"]], chances)
        self.assertGreater(min(chances), 0)

    def test_replay_offers_no_policy_that_might_send_requests_to_hosts_that_were_forbidden_to_them(self):
        self.served()
        self.explained(self.served())  # which waits until it is in the file
        ran = subprocess.run([os.environ["ISOCOST"], "replay", "--from", self.records, "--policy", "elsewhere"],
                             capture_output=True, text=True, timeout=30)
        self.assertRegex(ran.stdout, r"^never: \d+ of \d+ requests might go to hosts that are forbidden to them")
        own = subprocess.run([os.environ["ISOCOST"], "replay", "--from", self.records, "--policy", "thrifty"],
                             capture_output=True, text=True, timeout=30)
        self.assertNotIn("never:", own.stdout)
        self.assertNotIn("inf", own.stdout)

    def test_what_a_budget_keeps_out_is_explained_before_and_afterwards(self):
        url = ("--url", f"http://127.0.0.1:{self.gateway.port}")
        before = self.run_command(*url, "--model", "m", "--as", "pauper").stdout
        self.assertIn("kept out now: The team `poor` may spend $0.00000001 a day", before)
        self.assertIn("with that it goes to", before)
        self.assertIn("The team `poor`", json.loads(self.run_command(*url, "--model", "m", "--as", "pauper", "--json").stdout)["kept_out"])
        self.assertNotIn("kept_out", json.loads(self.run_command(*url, "--model", "m", "--json").stdout))
        status, headers, text = self.gateway.ask(question(), {"Authorization": "Bearer sk-pauper"})
        self.assertEqual(status, 402, text)
        page = self.explained(headers["x-request-id"])
        self.assertEqual((page["told"], page["limit"], page["team"]), (json.loads(text)["error"]["message"], "team dollars_day", "poor"))
        table = self.run_command("--request", headers["x-request-id"], *url).stdout
        self.assertIn("limit team dollars_day", table)
        self.assertIn("It refills at", " ".join(table.split()))

    def test_a_request_that_nobody_made_is_not_there(self):
        status, text = self.gateway.get("/admin/requests/req_none")
        self.assertEqual(status, 404)
        self.assertEqual(json.loads(text)["error"]["code"], "unknown_request")
        asked = self.run_command("--request", "req_none", "--url", f"http://127.0.0.1:{self.gateway.port}")
        self.assertEqual(asked.returncode, 1)
        self.assertIn("no request of that id", asked.stderr)

    def test_only_keys_with_a_role_see_requests(self):
        served = self.served()
        status, text = self.gateway.get("/admin/requests/" + served, {"Authorization": "Bearer sk-nobody"})
        self.assertEqual(status, 401, text)

    def test_the_log_has_what_was_foreseen_and_the_model_asked_for(self):
        served = self.served()
        self.gateway.ask(question(model="no-such-model"))
        limit = time.monotonic() + 10
        lines = []
        while time.monotonic() < limit and not any("no-such-model" in each for each in lines):
            lines = self.gateway.log_path.read_text().splitlines()
            time.sleep(0.05)
        line = next(json.loads(each) for each in lines if served in each)
        for name in ("expected_dollars", "expected_ttft_ms", "cost", "least_cost"):
            self.assertGreater(line[name], 0, name)
        self.assertGreaterEqual(line["left_out"], 2)  # and who was found to fail meanwhile
        self.assertIn(line["left_out_by"], ("policy_allow", "context"))
        refused = next(json.loads(each) for each in lines if "no-such-model" in each)
        self.assertEqual(refused["asked"], "no-such-model")
        self.assertGreaterEqual(self.gateway.metric("isocost_left_out_total", reason="policy_allow"), 1)


if __name__ == "__main__":
    unittest.main()
