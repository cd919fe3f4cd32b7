"""What money does beside walls: budgets that pace, turns between keys, who is told of limits, and invoices."""
import asyncio
import calendar
import http.server
import json
import os
import pathlib
import re
import subprocess
import threading
import time
import unittest

import httpx

import behaviours
from money_test import ADMIN, Gateway
from scripted_host import ScriptedHost


SUPPORT = pathlib.Path(__file__).parents[1] / "support"


def answers(takes, tokens=1_000):
    async def behaviour(exchange):
        await asyncio.sleep(takes)
        usage = {"prompt_tokens": 5, "completion_tokens": tokens, "total_tokens": tokens + 5}
        await exchange.reply(200, behaviours.answer({"content": "Hello"}, usage=usage))
        return True
    return behaviour


def ask(gateway, key="app", model="all", **more):
    return httpx.post(f"http://127.0.0.1:{gateway.port}/v1/chat/completions",
                      headers={"Authorization": f"Bearer {key}"} | more.pop("headers", {}), timeout=60,
                      json={"model": model, "max_tokens": 1_000,
                            "messages": [{"role": "user", "content": "Hi"}]} | more)


def metric(gateway, pattern):
    text = gateway.get("/metrics").text
    return sum(float(found[1]) for found in re.finditer("^" + pattern + r" (\S+)$", text, re.MULTILINE))


class Hook(http.server.ThreadingHTTPServer):
    """Somebody's webhook, which fails once."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.server.told.append((self.path, self.headers.get("Authorization"), body))
                self.send_response(500 if len(self.server.told) == 1 else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass
        super().__init__(("127.0.0.1", 0), Handler)
        self.told = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class SpendingTest(unittest.TestCase):
    def gateway(self, keys, takes=0.01, **more):
        host = self.enterContext(ScriptedHost({"all": answers(takes), "half": answers(takes)}))
        gateway = Gateway(host, keys, **more)
        self.addCleanup(gateway.folder.cleanup)
        return gateway

    def started(self, gateway):
        gateway.start()
        self.addCleanup(lambda: gateway.process.poll() is None and gateway.kill())
        return gateway

    def test_a_budget_makes_money_count_more_is_shown_replayed_and_kept_over_a_restart(self):
        gateway = self.gateway({"app": {}}, default_policy="paced",
                               policies={"paced": {"extends": "balanced", "budget": "1 $/day"}},
                               records={"file": "RECORDS"})
        gateway.settings["records"]["file"] = gateway.folder.name + "/records.db"
        gateway.write()
        self.started(gateway)
        for _ in range(30):  # 0.1 $ each
            self.assertEqual(ask(gateway).status_code, 200)
        time.sleep(0.4)
        reply = ask(gateway)
        self.assertEqual(reply.status_code, 200, "nobody is refused for it")
        self.assertIn("money=10.00", reply.headers["x-isocost-decision"])
        budgets = gateway.get("/admin/endpoints").json()["budgets"]
        self.assertEqual(budgets[0]["policy"], "paced")
        self.assertEqual(budgets[0]["money_counts"], 10)
        self.assertAlmostEqual(budgets[0]["spent_today"], 3.0, delta=0.2)
        self.assertEqual(metric(gateway, r'isocost_policy_money_factor\{policy="paced"\}'), 10)
        gateway.stop()
        told = gateway.run("explain", "--from", gateway.settings["records"]["file"], "--request",
                           reply.headers["x-request-id"])
        self.assertIn("money counts 10 x today", told.stdout, told.stderr)
        exact = gateway.run("replay", "--from", gateway.settings["records"]["file"], "--exact")
        self.assertEqual(exact.returncode, 0, exact.stdout + exact.stderr)
        gateway.start()
        budgets = gateway.get("/admin/endpoints").json()["budgets"]
        self.assertAlmostEqual(budgets[0]["spent_today"], 3.1, delta=0.2)
        self.assertIn("money=10.00", ask(gateway).headers["x-isocost-decision"])
        gateway.stop()

    def test_a_budget_that_a_reload_brings_begins_at_what_was_spent_of_the_day(self):
        gateway = self.started(self.gateway({"app": {}}, default_policy="paced", policies={"paced": {"extends": "balanced"}}))
        for _ in range(12):  # 0.1 $ each
            self.assertEqual(ask(gateway).status_code, 200)
        gateway.settings["policies"]["paced"]["budget"] = "1 $/day"
        gateway.write()
        reply = httpx.post(f"http://127.0.0.1:{gateway.port}/admin/reload", headers={"Authorization": "Bearer " + ADMIN})
        self.assertEqual(reply.status_code, 200, reply.text)
        until = time.monotonic() + 5
        while abs((spent := gateway.get("/admin/endpoints").json()["budgets"][0]["spent_today"]) - 1.2) > 0.001:
            self.assertLess(time.monotonic(), until, spent)
            time.sleep(0.05)
        time.sleep(0.2)
        self.assertIn("money=10.00", ask(gateway).headers["x-isocost-decision"])
        gateway.stop()

    def one_against_many(self, gateway, many=300):
        """How long one request takes beside so many of another key, and how long those take."""
        async def run():
            async with httpx.AsyncClient(timeout=120, limits=httpx.Limits(max_connections=many + 10)) as client:
                async def one(key):
                    begun = time.monotonic()
                    reply = await client.post(f"http://127.0.0.1:{gateway.port}/v1/chat/completions",
                                              headers={"Authorization": f"Bearer {key}"},
                                              json={"model": "all", "max_tokens": 1_000,
                                                    "messages": [{"role": "user", "content": "Hi"}]})
                    self.assertEqual(reply.status_code, 200, reply.text)
                    return time.monotonic() - begun
                busy = [asyncio.create_task(one("busy")) for _ in range(many)]
                await asyncio.sleep(1.0)
                quiet = await one("quiet")
                return quiet, max(await asyncio.gather(*busy))
        return asyncio.run(run())

    def test_a_key_with_one_request_is_not_behind_a_thousand_at_a_full_host(self):
        gateway = self.gateway({"busy": {}, "quiet": {}}, takes=0.05, workers=1,
                               limits={"queue_timeout": "60 s"})
        gateway.settings["providers"]["a"]["limits"] = {"max_in_flight": 2}
        gateway.write()
        self.started(gateway)
        quiet, busy = self.one_against_many(gateway)
        self.assertGreater(busy, 5, "the host was never full")
        self.assertLess(quiet, busy / 4)
        gateway.stop()

    def test_nor_where_a_quota_of_all_is_in_the_way(self):
        gateway = self.gateway({"busy": {}, "quiet": {}}, takes=0.05, quota={"concurrent": 2},
                               limits={"queue_timeout": "60 s"})
        self.started(gateway)
        quiet, busy = self.one_against_many(gateway)
        self.assertGreater(busy, 5)
        self.assertLess(quiet, busy / 4)
        self.assertGreater(metric(gateway, r'isocost_limits_hit_total\{limit="concurrent",of="everybody",'
                                           r'outcome="waited"\}'), 0)
        gateway.stop()

    def test_a_webhook_is_told_once_that_a_limit_is_nearly_used_and_again_where_it_failed(self):
        hook = Hook()
        self.addCleanup(hook.shutdown)
        os.environ["TESTS_HOOK_TOKEN"] = "a-token-of-the-tests"
        gateway = self.gateway({"app": {"quota": {"dollars": {"day": "1 $"}}}},
                               notify={"webhook": f"http://127.0.0.1:{hook.server_port}/hook?channel=money",
                                       "token": "${TESTS_HOOK_TOKEN}"})
        self.started(gateway)
        for _ in range(9):
            self.assertEqual(ask(gateway).status_code, 200)
        for _ in range(200):
            if len(hook.told) >= 2:
                break
            time.sleep(0.05)
        self.assertEqual(len(hook.told), 2, hook.told)
        path, token, body = hook.told[1]
        self.assertEqual((path, token), ("/hook?channel=money", "Bearer a-token-of-the-tests"))
        self.assertEqual((body["scope"], body["name"], body["measure"], body["period"], body["limit"]),
                         ("key", "app", "dollars", "day", 1))
        gateway.kill()
        gateway.start()  # somebody was told already
        self.assertEqual(ask(gateway).status_code, 200)
        time.sleep(1.5)
        self.assertEqual(len(hook.told), 2, hook.told)
        gateway.stop()

    def test_what_a_provider_bills_is_compared_with_the_ledger(self):
        gateway = self.started(self.gateway({"app": {}}))
        for model in ["all", "all", "half"]:
            self.assertEqual(ask(gateway, model=model).status_code, 200)
        today = time.strftime("%Y-%m-%d", time.gmtime())
        invoice = pathlib.Path(gateway.folder.name) / "invoice.csv"

        def reconcile(*lines, more=()):
            invoice.write_text("date,model,cost_usd\n" + "".join(f"{today},{line}\n" for line in lines))
            return gateway.run("spend", "--config", str(gateway.config), *more, "reconcile", str(invoice), "--provider", "a")
        same = reconcile("all,0.1", "all,0.1", "half,0.1")
        self.assertEqual(same.returncode, 0, same.stdout + same.stderr)
        other = reconcile("all,0.2", "half,0.15")
        self.assertEqual(other.returncode, 2, other.stdout + other.stderr)
        self.assertRegex(other.stdout, r"half +0\.1000 +0\.1500 +0\.0500 +differs")
        bad = reconcile("all,much")
        self.assertEqual(bad.returncode, 1)
        self.assertIn("line 2", bad.stderr)
        # Of a part of its days.
        lines = ("all,0.2", "half,0.1\n2020-01-01,all,5")
        self.assertEqual(reconcile(*lines).returncode, 2)
        part = reconcile(*lines, more=("--from", today))
        self.assertEqual(part.returncode, 0, part.stdout + part.stderr)
        before = reconcile(*lines, more=("--to", "2020-01-31"))
        self.assertRegex(before.stdout, r"2020-01-01 +all +0\.0000 +5\.0000")
        self.assertNotIn(today, before.stdout)
        none = reconcile(*lines, more=("--to", "2019-12-31"))
        self.assertEqual(none.returncode, 1)
        self.assertIn("no line of the days", none.stderr)
        self.assertIn("no use here", reconcile(*lines, more=("--by", "team")).stderr)
        self.assertIn("wants a day", reconcile(*lines, more=("--from", "yesterday")).stderr)
        gateway.stop()

    def test_a_user_who_is_forgotten_while_no_gateway_runs_does_not_come_back_with_what_a_killed_one_left(self):
        gateway = self.started(self.gateway({"app": {}}, takes=0))
        stopped = threading.Event()

        def go_on():
            while not stopped.is_set():
                try:
                    ask(gateway, user="ann")
                except httpx.HTTPError:
                    return
        workers = [threading.Thread(target=go_on) for _ in range(8)]
        for each in workers:
            each.start()
        time.sleep(1)
        gateway.kill()
        stopped.set()
        for each in workers:
            each.join()
        forgotten = gateway.run("spend", "--config", str(gateway.config), "--forget-user", "ann")
        self.assertEqual(forgotten.returncode, 0, forgotten.stderr)
        gateway.start()
        names = [row["user"] for row in gateway.spend("--by", "user")]
        self.assertEqual(len(names), 1, names)
        self.assertNotIn("ann", names)
        gateway.stop()

    def test_a_clock_that_is_set_is_told_and_limits_refill_when_they_say(self):
        gateway = self.gateway({"app": {"quota": {"requests": {"day": 1}}}})
        library, by = gateway.folder.name + "/set_clock.so", pathlib.Path(gateway.folder.name) / "by"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", SUPPORT / "set_clock.c", "-o", library], check=True)

        def set_clock(moment):
            with open(by, "r+b" if by.exists() else "w+b") as file:
                file.write(int(moment - time.time()).to_bytes(8, "little", signed=True))
        noon = calendar.timegm((2027, 3, 10, 12, 0, 0))
        set_clock(noon)
        gateway.environment = {"LD_PRELOAD": library, "SET_CLOCK_BY": str(by)}
        self.started(gateway)

        def refused():
            reply = ask(gateway)
            self.assertEqual(reply.status_code, 429, reply.text)
            refills = re.search(r"refills at (\S+)Z\.", reply.json()["error"]["message"])[1]
            return refills, int(reply.headers["retry-after"]) / 3600

        def until_said(words):
            for _ in range(200):
                if words in gateway.said():
                    return
                time.sleep(0.05)
            self.fail(gateway.said())
        self.assertEqual(ask(gateway).status_code, 200)
        refills, hours = refused()
        self.assertEqual((refills, round(hours)), ("2027-03-11T00:00:00", 12))
        # A machine that slept for nine hours: no window moves by itself, and somebody says so.
        set_clock(noon + 9 * 3600)
        until_said("the clock of this machine was set forward by 9 h")
        refills, hours = refused()
        self.assertEqual((refills, round(hours)), ("2027-03-11T00:00:00", 12))
        httpx.post(f"http://127.0.0.1:{gateway.port}/admin/reload", headers={"Authorization": f"Bearer {ADMIN}"})
        refills, hours = refused()
        self.assertEqual((refills, round(hours)), ("2027-03-11T00:00:00", 3))
        # On the next day what was used of the day before is not held against anybody.
        set_clock(noon + 33 * 3600)
        until_said("the clock of this machine was set forward by 24 h")
        httpx.post(f"http://127.0.0.1:{gateway.port}/admin/reload", headers={"Authorization": f"Bearer {ADMIN}"})
        self.assertEqual(ask(gateway).status_code, 200)
        refills, hours = refused()
        self.assertEqual((refills, round(hours)), ("2027-03-12T00:00:00", 3))
        gateway.stop()

    def test_a_report_of_another_program_is_none(self):
        class Else(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.protocol_version = "HTTP/1.1"
                self.send_response(200)
                self.send_header("Content-Length", "29")
                self.end_headers()
                self.wfile.write(b'{"object": "list", "data":[]}')

            def log_message(self, *_):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Else)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        gateway = self.gateway({"app": {}})
        invoice = pathlib.Path(gateway.folder.name) / "invoice.csv"
        invoice.write_text("day,model,cost\n2026-11-28,all,1\n")
        for words in ([], ["reconcile", str(invoice)]):
            said = gateway.run("spend", "--url", f"http://127.0.0.1:{server.server_address[1]}", *words)
            self.assertEqual(said.returncode, 1, said.stdout)
            self.assertIn("does not say what was spent: is this isocost's address?", said.stderr)

    def test_what_a_host_calls_a_model_is_known_by_the_configuration(self):
        gateway = self.started(self.gateway({"app": {}}))
        gateway.settings["models"]["ours"] = gateway.settings["models"].pop("half")
        gateway.write()
        gateway.get("/admin/reload")
        for _ in range(100):
            if ask(gateway, model="ours").status_code == 200:
                break
            time.sleep(0.05)
        cost = sum(row["cost"] for row in gateway.spend("--by", "model"))
        today = time.strftime("%Y-%m-%d", time.gmtime())
        invoice = pathlib.Path(gateway.folder.name) / "invoice.csv"
        invoice.write_text(f"user_id,utc_date,model,wallet_type,cost,currency\nu,{today},half,Paid,{cost:.9f},USD\n")
        words = ("spend", "--config", str(gateway.config), "reconcile", str(invoice), "--provider", "a")
        same = gateway.run(*words)
        self.assertEqual((same.returncode, same.stderr), (0, ""), same.stdout)
        invoice.write_text(invoice.read_text().replace("USD", "CNY"))
        other = gateway.run(*words)
        self.assertEqual(other.returncode, 1)
        self.assertIn("`CNY` is not dollars", other.stderr)
        gateway.stop()

    def test_a_key_that_is_made_while_no_gateway_runs_is_checked_against_the_configuration(self):
        gateway = self.started(self.gateway({"app": {}}))
        gateway.stop()

        def create(*words):
            return gateway.run("keys", "create", "--config", str(gateway.config), "--name", "ci", *words)
        for words, said in ((("--models", "al"), 'there is no model or route "al"'), (("--policy", "cheap"), 'there is no policy "cheap"'),
                            (("--policies", "balanced,no"), 'there is no policy "no"')):
            refused = create(*words)
            self.assertEqual((refused.returncode, refused.stdout), (1, ""), words)
            self.assertIn(said, refused.stderr)
        self.assertIn('Another key is called "app"', gateway.run("keys", "create", "--config", str(gateway.config), "--name", "app").stderr)
        made = create("--models", "all", "--policy", "balanced")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertTrue(made.stdout.startswith("isocost_"))

    def test_a_key_with_blanks_and_umlauts_is_reached_by_its_name(self):
        gateway = self.started(self.gateway({"app": {}}))
        name = "Büro 2, Nord"
        reach = ["--url", f"http://127.0.0.1:{gateway.port}"]
        made = gateway.run("keys", "create", "--name", name, *reach)
        self.assertEqual(made.returncode, 0, made.stderr)
        shown = gateway.run("keys", "show", name, *reach)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn(name, shown.stdout)
        revoked = gateway.run("keys", "revoke", name, *reach)
        self.assertEqual(revoked.returncode, 0, revoked.stderr)
        gateway.stop()

    def test_teams_are_counted_and_the_ledger_says_how_far_it_is_behind(self):
        gateway = self.started(self.gateway({"app": {}}))
        for _ in range(3):
            ask(gateway)
        time.sleep(0.5)
        self.assertEqual(metric(gateway, r'isocost_tenant_requests_total\{key="",team="tests"\}'), 3)
        self.assertAlmostEqual(metric(gateway, r'isocost_tenant_charged_dollars_total\{key="",team="tests"\}'), 0.3,
                               delta=0.001)
        self.assertEqual(metric(gateway, "isocost_ledger_lag_seconds"), 0)
        self.assertLess(metric(gateway, "isocost_journal_used_ratio"), 0.1)
        gateway.stop()


if __name__ == "__main__":
    unittest.main()
