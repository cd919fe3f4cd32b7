"""Three gateways with one ledger, one store of keys and one Redis: a budget is one budget, a key is known everywhere within
a second, and each server may hang, forget all or go away."""
import asyncio
import json
import os
import random
import time
import unittest

import httpx

import behaviours
from gateway import endpoint, free_port
from money_test import ADMIN, WORST, Gateway, ask, uses
from scripted_host import ScriptedHost
from servers import PASSWORD, Postgres, Redis

os.environ["LEDGER_PASSWORD"] = PASSWORD
os.environ["REDIS_PASSWORD"] = PASSWORD
LIMIT = {"quota": {"dollars": {"total": "100000 $"}}}


class Three(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = cls.enterClassContext(Postgres())
        cls.host = cls.enterClassContext(ScriptedHost({"all": uses(1), "half": uses(2)}))

    def start(self, keys, count=3, **more):
        self.redis = self.enterContext(Redis(PASSWORD))
        self.url = self.postgres.database()
        self.database = self.url.rsplit("/", 1)[1]
        self.gateways = []
        for n in range(count):
            settings = {"name": f"gateway-{n}", "ledger": {"url": self.url, "password": "${LEDGER_PASSWORD}"},
                        "redis": {"url": self.redis.url, "password": "${REDIS_PASSWORD}"},
                        "limits": {"max_connections_per_ip": 0, "queue_timeout": "5 s"}} | more
            gateway = Gateway(self.host, keys, **settings)
            self.gateways.append(gateway.start())
            self.addCleanup(lambda one=gateway: one.process.poll() is None and one.stop())
        return self.gateways

    def ask_all(self, key, model, count):
        async def at_once():
            return await asyncio.gather(*(ask(self.gateways[i % len(self.gateways)].port, key, model)
                                          for i in range(count)))
        return [reply[0] for reply in asyncio.run(at_once()) if reply]

    def charged(self, key):
        rows = self.postgres.sql("SELECT coalesce(sum(e.charged), 0) FROM isocost.entry e JOIN isocost.name n ON n.id = e.key "
                                 f"WHERE n.text = '{key}'", self.database)
        return int(rows[0][0])

    def until_charged(self, key, amount, seconds=10):
        until = time.monotonic() + seconds
        while (charged := self.charged(key)) != amount:
            self.assertLess(time.monotonic(), until, (charged, amount))
            time.sleep(0.05)

    def metric(self, gateway, name):
        for line in gateway.get("/metrics").text.splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
        raise AssertionError(name)


class Budgets(Three):
    ROUNDS = int(os.environ.get("ISOCOST_ROUNDS", 3))

    def test_of_a_thousand_at_once_over_three_a_budget_for_ten_answers_ten(self):
        self.start({f"all-{n}": {"quota": {"dollars": {"total": "1 $"}}} for n in range(self.ROUNDS)})
        for n in range(self.ROUNDS):
            statuses = self.ask_all(f"all-{n}", "all", 1_000)
            self.assertEqual((len(statuses), statuses.count(200)), (1_000, 10))
            self.assertLessEqual(set(statuses), {200, 402, 429})
            self.until_charged(f"all-{n}", 10 * WORST)
            # Once it is known everywhere that it is spent, that is what clients are told.
            time.sleep(0.3)
            self.assertEqual(set(self.ask_all(f"all-{n}", "all", 9)), {402})

    def test_where_they_cost_half_it_answers_twice_as_many(self):
        self.start({f"half-{n}": {"quota": {"dollars": {"total": "1 $"}}} for n in range(self.ROUNDS)})
        for n in range(self.ROUNDS):
            statuses = self.ask_all(f"half-{n}", "half", 300)
            self.assertEqual(statuses.count(200), 20)
            self.until_charged(f"half-{n}", 10 * WORST)

    def test_a_limit_of_requests_is_one_for_all(self):
        self.start({"slow": {"quota": {"requests": {"hour": 30}}}})
        self.assertEqual(sum(self.ask_all("slow", "all", 9).count(200) for _ in range(6)), 30)

    def test_what_was_spent_is_known_to_one_that_starts_later(self):
        gateways = self.start({"late": {"quota": {"dollars": {"total": "0.3 $"}}}}, count=2)
        self.assertEqual([asyncio.run(ask(gateways[n].port, "late", "all"))[0] for n in (0, 1)], [200, 200])
        gateways[1].kill()
        gateways[1].start()
        self.assertEqual(asyncio.run(ask(gateways[1].port, "late", "all"))[0], 200)
        for gateway in gateways:
            self.assertEqual(asyncio.run(ask(gateway.port, "late", "all"))[0], 402)


class Canaries(Three):
    A_DAY = 0.2  # $; a canary of the host below costs 0.0016 to 0.003 $, and 0.055 $ are set aside for it

    def test_canaries_of_three_gateways_cost_an_endpoint_no_more_than_one_budget(self):
        asked = []

        async def counts(exchange):
            asked.append(exchange.body)
            usage = {"prompt_tokens": 16 + len(asked) % 15, "completion_tokens": 0, "total_tokens": 16}
            return await exchange.reply(200, behaviours.answer({"content": "Hello"}, usage=usage))

        host = self.enterContext(ScriptedHost({"all": counts}))
        self.start({}, providers={"a": {"base_url": f"http://127.0.0.1:{host.ports[0]}/v1"}},
                   models={"all": {"endpoints": [endpoint("a", "all", price={"input": "100 $/Mtok", "output": "0 $/Mtok"})]}},
                   quality={"canaries": {"a_day": f"{self.A_DAY} $", "every": "100 ms"}})
        # Until what is left is less than one may cost at the worst.
        until, seen = time.monotonic() + 6, 0
        while time.monotonic() < until or len(asked) > seen:
            seen = len(asked)
            time.sleep(1)
        spent = sum(16 + (n + 1) % 15 for n in range(len(asked))) * 1e-4
        self.assertGreater(len(asked), 40)
        self.assertLessEqual(spent, self.A_DAY)
        rows = self.postgres.sql("SELECT spent FROM isocost.daily_canary", self.database)
        self.assertEqual(len(rows), 1)
        self.assertLessEqual(int(rows[0][0]), self.A_DAY * 1e9)
        used = [self.metric(each, "isocost_canary_budget_used_ratio") for each in self.gateways]
        self.assertLessEqual(max(used), 1)


class Keys(Three):
    def revoked_within(self, gateways, seconds, listening):
        """How long a key is taken after it was revoked, as a gateway answers that; without those who listen, where named."""
        name = "gone" if listening else "called"
        key = gateways[0].run("keys", "create", "--name", name, "--config", str(gateways[0].config)).stdout.strip()
        while any(asyncio.run(ask(gateway.port, key, "all"))[0] != 200 for gateway in gateways):
            time.sleep(0.02)
        if listening:
            self.postgres.sql(listening.replace("SELECT pid", "SELECT pg_terminate_backend(pid)"), self.database)
        answer = httpx.post(f"http://127.0.0.1:{gateways[1].port}/admin/keys/{name}/revoke",
                            headers={"Authorization": f"Bearer {ADMIN}"})
        self.assertEqual(answer.status_code, 200)
        begin = time.monotonic()
        while any(asyncio.run(ask(gateway.port, key, "all"))[0] != 401 for gateway in gateways):
            self.assertLess(time.monotonic() - begin, seconds)
            time.sleep(0.002)
        print(f"revoked everywhere after {(time.monotonic() - begin) * 1000:.0f} ms", "by looking" if listening else "")
        return True

    def test_a_key_is_known_and_revoked_everywhere_within_a_second(self):
        gateways = self.start({})
        made = gateways[0].run("keys", "create", "--name", "ci", "--config", str(gateways[0].config))
        self.assertEqual(made.returncode, 0, made.stderr)
        key = made.stdout.strip()
        begin = time.monotonic()
        while any(asyncio.run(ask(gateway.port, key, "all"))[0] != 200 for gateway in gateways):
            self.assertLess(time.monotonic() - begin, 1)
            time.sleep(0.02)
        gateways[1].run("keys", "revoke", "ci", "--config", str(gateways[1].config))
        begin = time.monotonic()
        while any(asyncio.run(ask(gateway.port, key, "all"))[0] != 401 for gateway in gateways):
            self.assertLess(time.monotonic() - begin, 1)
            time.sleep(0.02)
        # Where no call is heard, as behind a pooler, they look.
        listening = ("SELECT pid FROM pg_stat_activity WHERE query IN ('LISTEN isocost_keys', 'SELECT 1') AND datname = "
                     f"'{self.database}'")
        self.assertEqual(len(self.postgres.sql(listening, self.database)), 3)
        self.assertEqual(self.revoked_within(gateways, 0.5, listening=None), True)
        self.assertEqual(self.revoked_within(gateways, 1.2, listening=listening), True)
        self.postgres.pause()
        try:
            time.sleep(0.5)
            # A key of the configuration, and one that is known, go on; nobody is told 401 for it.
            self.assertEqual({asyncio.run(ask(gateway.port, "sk-administrator-of-the-tests", "all"))[0]
                              for gateway in gateways}, {200})
        finally:
            self.postgres.go_on()


class Faults(Three):
    def spend_until_away(self, gateway, key):
        """Asks until Redis is missed; how many were answered, and the first other reply."""
        answered = 0
        for _ in range(200):
            status, _, body = asyncio.run(ask(gateway.port, key, "all"))
            if status != 200:
                return answered, status, json.loads(body)["error"]["code"]
            answered += 1
        return answered, 200, None

    def test_without_redis_money_is_what_is_in_hand_and_rates_are_shared(self):
        keys = {"paid": {"quota": {"dollars": {"total": "5 $"}}}, "paced": {"quota": {"requests": {"day": 90}}}, "free": {}}
        gateways = self.start(keys)
        self.assertEqual(self.ask_all("paid", "all", 6).count(200), 6)
        self.assertEqual(self.ask_all("paced", "all", 3).count(200), 3)
        self.assertEqual(self.metric(gateways[0], "isocost_sharing_gateways"), 3)
        self.redis.kill()
        answered = 6
        for gateway in gateways:
            more, status, code = self.spend_until_away(gateway, "paid")
            answered += more
            self.assertEqual((status, code), (503, "ledger_unavailable"))
            self.assertEqual(asyncio.run(ask(gateway.port, "free", "all"))[0], 200)
            self.assertEqual(gateway.get("/readyz").status_code, 200)
        self.assertLessEqual(answered, 50)
        taken = sum(self.ask_all("paced", "all", 60).count(200) for _ in range(2))
        self.assertTrue(60 <= taken <= 90, taken)
        self.assertEqual(self.metric(gateways[0], "isocost_sharing_away"), 1)
        # It comes back, and knows nothing.
        self.redis.start()
        until = time.monotonic() + 5
        while self.metric(gateways[0], "isocost_sharing_away"):
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)
        answered += self.ask_all("paid", "all", 120).count(200)
        self.assertEqual(answered, 50)
        self.until_charged("paid", 50 * WORST)
        self.assertEqual(set(self.ask_all("paced", "all", 9)), {429})
        self.assertIn("quotas are shared again", gateways[0].said())
        self.assertNotIn(PASSWORD, gateways[0].said())

    def test_a_wrong_password_is_told_to_operators_and_is_no_fault_of_clients(self):
        os.environ["WRONG_PASSWORD"] = "no-password-of-the-tests"
        [gateway] = self.start({"paid": {"quota": {"dollars": {"total": "5 $"}}}, "free": {}}, count=1,
                               redis={"url": "redis://127.0.0.1:%d" % free_port(), "password": "${WRONG_PASSWORD}"})
        gateway.stop()
        gateway.settings["redis"]["url"] = self.redis.url
        gateway.write()
        gateway.start()
        status, fields, body = asyncio.run(ask(gateway.port, "paid", "all"))
        self.assertEqual((status, json.loads(body)["error"]["code"]), (503, "ledger_unavailable"))
        self.assertEqual(fields["retry-after"], "1")
        self.assertEqual(asyncio.run(ask(gateway.port, "free", "all"))[0], 200)
        self.assertRegex(gateway.said(), r"redis://127.0.0.1:\d+: Connection refused")
        self.assertRegex(gateway.said(), r"redis://127.0.0.1:\d+: WRONGPASS")
        self.assertNotIn("no-password", gateway.said())

    def test_a_server_that_forgets_hangs_or_lost_its_scripts_lets_nobody_spend_more(self):
        self.start({f"paid-{n}": {"quota": {"dollars": {"total": "2 $"}}} for n in range(4)})
        for n, words in enumerate([["FLUSHALL"], ["SCRIPT", "FLUSH"], ["CLIENT", "PAUSE", "1500"],
                                   ["DEBUG", "SLEEP", "1.2"]]):
            async def race():
                calls = asyncio.gather(*(ask(self.gateways[i % 3].port, f"paid-{n}", "all") for i in range(150)))
                await asyncio.sleep(0.05)
                await asyncio.to_thread(self.redis.ask, *words)
                return await calls
            answered = [reply[0] for reply in asyncio.run(race())].count(200)
            self.assertLessEqual(answered, 20, words)
            until = time.monotonic() + 20
            while answered < 20:
                self.assertLess(time.monotonic(), until, (words, answered))
                answered += self.ask_all(f"paid-{n}", "all", 6).count(200)
            self.assertEqual(answered, 20, words)
            self.until_charged(f"paid-{n}", 20 * WORST)

    def test_kills_of_redis_under_load_let_nobody_spend_more(self):
        kills = int(os.environ.get("ISOCOST_KILLS", 6)) // 3
        self.start({f"paid-{n}": {"quota": {"dollars": {"total": "2 $"}}} for n in range(kills)})
        for n in range(kills):
            async def race():
                calls = asyncio.gather(*(ask(self.gateways[i % 3].port, f"paid-{n}", "all") for i in range(60)))
                await asyncio.sleep(random.random() / 10)
                await asyncio.to_thread(self.redis.kill)
                return await calls
            answered = [reply[0] for reply in asyncio.run(race())].count(200)
            self.assertLessEqual(answered, 20)
            self.redis.start()
            until = time.monotonic() + 20
            while answered < 20:
                self.assertLess(time.monotonic(), until, answered)
                answered += self.ask_all(f"paid-{n}", "all", 6).count(200)
            self.assertEqual(answered, 20)
            self.until_charged(f"paid-{n}", 20 * WORST)

    def test_kills_of_gateways_under_load_lose_no_answer_and_charge_none_twice(self):
        gateways = self.start({"one": LIMIT, "two": LIMIT})
        draw = random.Random(5)
        answered = {}

        async def client(until, key):
            while time.monotonic() < until:
                gateway = draw.choice(gateways)
                model = draw.choice(["all", "half"])
                reply = await ask(gateway.port, key, model, stream=draw.random() < 0.5)
                if reply and reply[0] == 200:
                    answered[reply[1]["x-request-id"]] = (key, WORST if model == "all" else WORST // 2)

        async def load(victim):
            until = time.monotonic() + 1
            clients = [asyncio.create_task(client(until, draw.choice(["one", "two"]))) for _ in range(30)]
            await asyncio.sleep(0.5 + draw.random() / 3)
            victim.kill()
            await asyncio.gather(*clients)

        for _ in range(int(os.environ.get("ISOCOST_KILLS", 5))):
            victim = draw.choice(gateways)
            asyncio.run(load(victim))
            victim.start()
        for gateway in gateways:
            gateway.stop()
        entries = self.postgres.sql("SELECT hash, charged FROM isocost.entry", self.database)
        self.assertEqual(len({entry[0] for entry in entries}), len(entries))
        gateways[0].start()
        for request_id, (key, cost) in random.Random(1).sample(sorted(answered.items()), min(150, len(answered))):
            entry = gateways[0].get(f"/api/v1/generation?id={request_id}", key).json()["data"]
            self.assertEqual(round(entry["usage"] * 1e9), cost)
        total = sum(row["charged_nanos"] for row in gateways[0].spend("--by", "key"))
        self.assertEqual(total, sum(int(entry[1]) for entry in entries))

    def test_what_one_had_in_hand_that_was_not_heard_of_for_long_is_let_go(self):
        self.start({"paid": {"quota": {"dollars": {"total": "1 $"}}}}, count=2)
        self.assertEqual(asyncio.run(ask(self.gateways[0].port, "paid", "all"))[0], 200)
        limit, others = "{isocost}:limit:key:paid:dollars:total:0", "{isocost}:gateways"
        self.redis.ask("HSET", limit, "lgateway-9", str(8 * WORST))
        self.redis.ask("HSET", others, "ggateway-9", f"5:{int(time.time() * 1000)}")
        answered = 1 + self.ask_all("paid", "all", 20).count(200)
        self.assertEqual(answered, 2)
        self.redis.ask("HSET", others, "ggateway-9", f"5:{int(time.time() * 1000) - 61_000}")
        time.sleep(0.2)
        answered += self.ask_all("paid", "all", 20).count(200)
        self.assertEqual(answered, 10)
        self.assertIn(b":0", self.redis.ask("HEXISTS", limit, "lgateway-9"))

    def test_what_a_dead_gateway_had_in_hand_is_let_go(self):
        gateways = self.start({"paid": {"quota": {"dollars": {"total": "1 $"}}}}, count=2)
        self.assertEqual(asyncio.run(ask(gateways[0].port, "paid", "all"))[0], 200)
        gateways[0].kill()
        gateways[0].start()  # takes up its journal, and tells what is really used
        answered = sum(self.ask_all("paid", "all", 8).count(200) for _ in range(3))
        self.assertEqual(answered, 9)


if __name__ == "__main__":
    unittest.main()
