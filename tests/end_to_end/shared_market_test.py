"""What gateways that share a Redis know of hosts, of requests under way, and of what policies have spent together."""
import asyncio
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

import httpx

import behaviours
from gateway import endpoint, free_port
from gateways_test import Three
from money_test import ADMIN, PRICE, ask, uses
from scripted_host import ScriptedHost
from servers import PASSWORD, Postgres, Redis


async def slow(exchange):
    """Answers when the test lets it."""
    while not SlowHosts.may_end:
        await asyncio.sleep(0.02)
    return await exchange.reply(200, behaviours.answer({"content": "Hello"}))


class SlowHosts:
    may_end = True


class SharedMarket(Three):
    @classmethod
    def setUpClass(cls):
        cls.postgres = cls.enterClassContext(Postgres())
        cls.host = cls.enterClassContext(ScriptedHost({"all": uses(1), "half": uses(2), "slow": slow}))
        cls.other = cls.enterClassContext(ScriptedHost({"all": uses(1), "half": uses(2), "slow": slow}))

    def start(self, keys, count=3, **more):
        SlowHosts.may_end = True
        self.addCleanup(lambda: setattr(SlowHosts, "may_end", True))
        dead = free_port()
        providers = {"a": {"base_url": f"http://127.0.0.1:{self.host.ports[0]}/v1"},
                     "b": {"base_url": f"http://127.0.0.1:{self.other.ports[0]}/v1"},
                     "dead": {"base_url": f"http://127.0.0.1:{dead}/v1"}}
        cheap = {"input": "0 $/Mtok", "output": "1 $/Mtok"}
        models = {name: {"endpoints": [endpoint("a", name, price=PRICE)]} for name in ["all", "half", "slow"]}
        models["two"] = {"endpoints": [endpoint("dead", "all", price=cheap), endpoint("b", "all", price=PRICE)]}
        return super().start(keys, count, **({"providers": providers, "models": models} | more))

    def row(self, gateway, name, model):
        rows = gateway.get("/admin/endpoints").json()["endpoints"]
        return next(row for row in rows if row["provider"] == name and row["model"] == model)

    def until(self, condition, seconds=1.0):
        begin = time.monotonic()
        while not condition():
            self.assertLess(time.monotonic() - begin, seconds)
            time.sleep(0.02)
        return time.monotonic() - begin

    def until_they_know_each_other(self):
        self.until(lambda: all(self.metric(each, "isocost_market_gateways") == len(self.gateways)
                               for each in self.gateways), 5)

    def test_a_host_that_one_finds_dead_is_known_by_the_others_within_a_second(self):
        one, *others = self.start({"free": {}})
        self.until_they_know_each_other()
        for _ in range(6):
            self.assertEqual(asyncio.run(ask(one.port, "free", "two"))[0], 200)
        took = self.until(lambda: all(self.row(each, "dead", "two")["state"] != "serving" for each in others))
        print(f"known by the others after {took * 1000:.0f} ms")
        for each in others:
            status, fields, _ = asyncio.run(ask(each.port, "free", "two"))
            self.assertEqual((status, fields.get("x-isocost-attempts", "1")), (200, "1"))

    def test_what_one_measures_all_know(self):
        one, *others = self.start({"free": {}})
        self.until_they_know_each_other()
        for _ in range(5):
            asyncio.run(ask(one.port, "free", "all"))
        self.until(lambda: all(self.row(each, "a", "all")["samples"] == 5 for each in others))
        self.assertEqual(self.row(others[0], "a", "all")["attempts"], 0)  # traffic is each gateway's own

    def test_what_others_have_under_way_is_seen_and_ends(self):
        one, two, three = self.start({"free": {}})
        self.until_they_know_each_other()
        SlowHosts.may_end = False

        async def some():
            calls = [asyncio.create_task(ask(one.port, "free", "slow")) for _ in range(4)]
            calls += [asyncio.create_task(ask(two.port, "free", "slow")) for _ in range(3)]
            await asyncio.to_thread(self.until, lambda: self.row(three, "a", "slow")["in_flight_of_others"] == 7)
            await asyncio.to_thread(self.until, lambda: self.row(one, "a", "slow")["in_flight_of_others"] == 3)
            self.assertEqual(self.row(one, "a", "slow")["in_flight"], 4)
            SlowHosts.may_end = True
            return [reply[0] for reply in await asyncio.gather(*calls)]
        self.assertEqual(asyncio.run(some()), [200] * 7)
        self.until(lambda: self.row(three, "a", "slow")["in_flight_of_others"] == 0)
        # What a killed one had under way is forgotten soon.
        SlowHosts.may_end = False

        async def left():
            calls = [asyncio.create_task(ask(one.port, "free", "slow")) for _ in range(2)]
            await asyncio.to_thread(self.until, lambda: self.row(three, "a", "slow")["in_flight_of_others"] == 2)
            one.kill()
            await asyncio.gather(*calls)
        asyncio.run(left())
        self.until(lambda: self.row(three, "a", "slow")["in_flight_of_others"] == 0, 4)

    def test_hostile_and_damaged_messages_change_nothing_and_redis_may_hang_forget_or_go(self):
        one, two = self.start({"free": {}}, count=2, seal_key="${SEAL_KEY}")
        self.until_they_know_each_other()
        for text in ["x", "A" * 60_000, "0"]:
            self.redis.ask("XADD", "{isocost}:market", "*", "b", text)
        self.redis.ask("XADD", "{isocost}:market", "*", "b", "x", "c", "y")
        self.until(lambda: self.counted(two, "refused") >= 4)
        self.assertIn("is not understood, and passed over", two.said())
        for words in [["FLUSHALL"], ["SET", "{isocost}:market", "text"], ["DEL", "{isocost}:market"],
                      ["CLIENT", "PAUSE", "800"], ["DEBUG", "SLEEP", "0.8"]]:
            self.redis.ask(*words)
            self.assertEqual(asyncio.run(ask(two.port, "free", "all"))[0], 200)
        self.redis.kill()
        for _ in range(3):
            self.assertEqual(asyncio.run(ask(one.port, "free", "half"))[0], 200)
        self.until(lambda: self.row(one, "a", "half")["samples"] == 3, 3)
        self.until(lambda: "this gateway learns from its own requests alone" in two.said(), 3)
        self.redis.start()
        self.until(lambda: "what gateways measure is shared again" in two.said(), 5)
        for _ in range(3):
            asyncio.run(ask(one.port, "free", "half"))
        self.until(lambda: (self.row(two, "a", "half")["samples"] or 0) >= 3, 3)

    def counted(self, gateway, what):
        for line in gateway.get("/metrics").text.splitlines():
            if line.startswith('isocost_market_bulletins_total{what="%s"}' % what):
                return float(line.split()[1])
        return 0

    def test_gateways_with_another_seal_key_are_not_listened_to(self):
        one, two = self.start({"free": {}}, count=2)
        two.stop()
        two.settings["seal_key"] = "${SEAL_KEY}"
        two.write()
        two.start()
        self.until(lambda: self.counted(two, "refused") > 0, 3)
        asyncio.run(ask(one.port, "free", "all"))
        time.sleep(0.4)
        self.assertFalse(self.row(two, "a", "all")["samples"])

    def test_a_seal_key_that_a_reload_changes_is_the_one_that_gateways_prove_themselves_with(self):
        one, two = self.start({"free": {}}, count=2)
        self.until_they_know_each_other()
        self.reload(two, seal_key="${SEAL_KEY}")
        self.until(lambda: self.counted(two, "refused") > 0, 3)
        self.until(lambda: self.metric(two, "isocost_market_gateways") == 1, 5)
        self.reload(one, seal_key="${SEAL_KEY}")
        self.until_they_know_each_other()
        self.assertEqual(asyncio.run(ask(one.port, "free", "all"))[0], 200)
        self.until(lambda: self.row(two, "a", "all")["samples"] == 1)

    def test_a_gateway_that_shares_no_measurements_learns_alone_until_it_does_again(self):
        policy = {"paced": {"extends": "cheapest", "budget": "1 $/day"}}
        one, two = self.start({"free": {}}, count=2, policies=policy, default_policy="paced")
        self.until_they_know_each_other()
        shares = two.settings["redis"]
        self.reload(two, redis=shares | {"share_measurements": False})
        self.assertEqual(self.metric(two, "isocost_market_gateways"), 0)
        self.until(lambda: self.metric(one, "isocost_market_gateways") == 1, 5)
        told = self.counted(two, "told")
        for gateway in (one, two):
            self.assertEqual(asyncio.run(ask(gateway.port, "free", "all"))[0], 200)
        # What policies spend is shared all the same.
        self.until(lambda: abs(self.spent(two) - 0.2) < 1e-6 and abs(self.spent(one) - 0.2) < 1e-6, 4)
        self.assertEqual([self.row(each, "a", "all")["samples"] for each in (one, two)], [1, 1])
        self.assertLessEqual(self.counted(two, "told"), told + 1)  # one may have been on its way
        self.reload(two, redis=shares)
        self.until_they_know_each_other()
        self.assertEqual(asyncio.run(ask(one.port, "free", "all"))[0], 200)
        self.until(lambda: self.row(two, "a", "all")["samples"] == 2)

    def test_a_budget_that_a_reload_brings_begins_at_what_all_have_spent_of_the_day(self):
        policy = {"paced": {"extends": "cheapest"}}
        one, two = self.start({"free": {}}, count=2, policies=policy, default_policy="paced")
        for _ in range(2):
            self.assertEqual(asyncio.run(ask(one.port, "free", "all"))[0], 200)
        self.assertEqual(asyncio.run(ask(two.port, "free", "all"))[0], 200)
        self.postgres_has(3)
        budget = {"paced": {"extends": "cheapest", "budget": "1 $/day"}}
        self.reload(one, policies=budget)
        self.until(lambda: abs(self.spent(one) - 0.3) < 1e-6, 4)
        self.assertEqual(asyncio.run(ask(one.port, "free", "all"))[0], 200)
        self.reload(two, policies=budget)
        self.until(lambda: abs(self.spent(one) - 0.4) < 1e-6 and abs(self.spent(two) - 0.4) < 1e-6, 4)
        # Taken away and brought again it is not counted twice, nor from 0.
        self.reload(one, policies=policy)
        self.reload(one, policies=budget)
        self.until(lambda: abs(self.spent(one) - 0.4) < 1e-6, 4)
        time.sleep(1)
        self.assertAlmostEqual(self.spent(one), 0.4, delta=1e-6)

    def reload(self, gateway, **more):
        gateway.settings |= more
        gateway.write()
        reply = httpx.post(f"http://127.0.0.1:{gateway.port}/admin/reload", headers={"Authorization": f"Bearer {ADMIN}"})
        self.assertEqual((reply.status_code, reply.json().get("warnings")), (200, []), reply.text)

    def spent(self, gateway):
        return next(row for row in gateway.get("/admin/endpoints").json()["budgets"]
                    if row["policy"] == "paced")["spent_today"]

    def postgres_has(self, entries):
        self.until(lambda: int(self.postgres.sql("SELECT count(*) FROM isocost.entry", self.database)[0][0]) == entries, 5)

    def test_requests_at_the_same_time_are_limited_over_all_gateways(self):
        gateways = self.start({"few": {"quota": {"concurrent": 5}}}, limits={"max_connections_per_ip": 0,
                                                                             "queue_timeout": "800 ms"})
        SlowHosts.may_end = False

        async def race():
            calls = [asyncio.create_task(ask(gateways[i % 3].port, "few", "slow")) for i in range(30)]
            done, waiting = await asyncio.wait(calls, timeout=3)
            SlowHosts.may_end = True
            return [each.result()[0] for each in done], [(await each)[0] for each in waiting]
        refused, answered = asyncio.run(race())
        self.assertEqual((set(refused), len(answered)), ({429}, 5))
        self.assertEqual(answered, [200] * 5)
        # There is room again, everywhere.
        self.assertEqual(self.ask_all("few", "all", 12), [200] * 12)

    def test_a_gateway_with_a_line_that_never_ends_gives_places_to_those_who_wait_at_others(self):
        keys = {f"few-{most}": {"quota": {"concurrent": most}} for most in (1, 4)}
        one, two, three = self.start(keys)
        for key in keys:
            async def race():
                until = time.monotonic() + 6
                served = [0, 0, 0]

                async def client(at):
                    while time.monotonic() < until:
                        reply = await ask((one, two, three)[at].port, key, "all")
                        served[at] += reply[0] == 200
                crowd = [asyncio.create_task(client(0)) for _ in range(30)]
                await asyncio.sleep(1)
                crowd += [asyncio.create_task(client(at)) for at in (1, 2) for _ in range(5)]
                await asyncio.gather(*crowd)
                return served
            served = asyncio.run(race())
            print(key, "served by each gateway:", served)
            self.assertGreater(min(served), sum(served) / 10, (key, served))

    def test_a_policy_s_budget_is_one_for_all_and_outlives_a_kill(self):
        policy = {"paced": {"extends": "cheapest", "budget": "1 $/day"}}
        one, two = self.start({"free": {}}, count=2, policies=policy, default_policy="paced")
        spent = self.spent
        for _ in range(3):
            self.assertEqual(asyncio.run(ask(one.port, "free", "all"))[0], 200)
        self.assertEqual(asyncio.run(ask(two.port, "free", "all"))[0], 200)
        self.until(lambda: abs(spent(one) - 0.4) < 1e-6 and abs(spent(two) - 0.4) < 1e-6, 4)
        # The market's memory is written every ten seconds: these are known from the ledger alone.
        one.kill()
        self.redis.ask("FLUSHALL")
        one.start()
        self.until(lambda: abs(spent(one) - 0.4) < 1e-6, 4)


class OverTls(Three):
    def test_redis_over_tls_is_spoken_to_when_its_certificate_is_right_and_never_otherwise(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", folder / "key.pem", "-out", folder / "ca.pem", "-days", "2", "-subj", "/CN=redis",
                        "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        port = free_port()
        server = subprocess.Popen(["redis-server", "--port", "0", "--tls-port", str(port), "--tls-cert-file",
                                   folder / "ca.pem", "--tls-key-file", folder / "key.pem", "--tls-ca-cert-file",
                                   folder / "ca.pem", "--tls-auth-clients", "no", "--bind", "127.0.0.1", "--save", "",
                                   "--requirepass", PASSWORD, "--dir", folder], stdout=subprocess.DEVNULL)
        self.addCleanup(lambda: (server.kill(), server.wait()))
        keys = {"paid": {"quota": {"dollars": {"total": "0.3 $"}}}, "free": {}}
        url = f"rediss://localhost:{port}/1?ca_file={folder}/ca.pem"
        redis = {"url": url, "password": "${REDIS_PASSWORD}"}
        one, two = self.start(keys, count=2, redis=redis)
        self.assertEqual(sum(self.ask_all("paid", "all", 2).count(200) for _ in range(4)), 3)
        for name in ["isocost_sharing_gateways", "isocost_market_gateways"]:
            until = time.monotonic() + 10
            while self.metric(one, name) != 2:
                self.assertLess(time.monotonic(), until, (name, one.said()))
                time.sleep(0.05)
        for wrong, words in [(f"rediss://localhost:{port}/1", "unknown_authority"),
                             (f"rediss://127.0.0.1:{port}/1?ca_file={folder}/ca.pem", "wrong_name"),
                             (f"redis://localhost:{port}/1", "closed the connection|no answer|no Redis|reset")]:
            two.stop()
            two.settings["redis"]["url"] = wrong
            two.write()
            two.start()
            self.assertEqual(asyncio.run(ask(two.port, "free", "all"))[0], 200)
            self.assertEqual(self.metric(two, "isocost_sharing_away"), 1)
            until = time.monotonic() + 5
            while not re.search(words, two.said()):
                self.assertLess(time.monotonic(), until, two.said())
                time.sleep(0.05)


if __name__ == "__main__":
    os.environ["SEAL_KEY"] = "of-the-tests-" * 3
    unittest.main()
