"""A ledger and keys in PostgreSQL: what holds of those in the state directory holds of them, too, and whatever becomes of
the server, nothing is lost, nothing is counted twice, and nobody waits for it."""
import asyncio
import json
import os
import random
import re
import subprocess
import time
import unittest

import httpx

from money_test import ADMIN, WORST, Gateway, Killed, ask, uses
from scripted_host import ScriptedHost
from servers import PASSWORD, Postgres

LIMIT = {"quota": {"dollars": {"total": "100000 $"}}}
os.environ["LEDGER_PASSWORD"] = PASSWORD


def shared(url, **more):
    return {"url": url, "password": "${LEDGER_PASSWORD}"} | more


class Shared(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = cls.enterClassContext(Postgres())
        cls.host = cls.enterClassContext(ScriptedHost({"all": uses(1), "half": uses(2)}))

    def setUp(self):
        self.postgres.start()  # whatever the test before this one did to it

    def gateway(self, keys, **more):
        self.url = self.postgres.database()
        self.name = self.url.rsplit("/", 1)[1]
        ledger = shared(self.url, **more.pop("ledger", {}))
        return Gateway(self.host, keys, limits={"max_connections_per_ip": 0}, ledger=ledger, **more)

    def entries(self):
        """Of each request: its hash, its key, what it was charged."""
        rows = self.postgres.sql("SELECT e.hash, convert_from(n.text, 'UTF8'), e.charged FROM isocost.entry e "
                                 "JOIN isocost.name n ON n.id = e.key", self.name)
        return [(row[0], row[1], int(row[2])) for row in rows]


class Ledger(Killed, Shared):
    def test_reports_keys_and_generations_are_as_with_a_file(self):
        gateway = self.gateway({"one": LIMIT}).start()
        replies = [asyncio.run(ask(gateway.port, "one", model)) for model in ["all", "half", "all"]]
        self.assertEqual({reply[0] for reply in replies}, {200})
        [row] = gateway.spend("--by", "key")
        self.assertEqual((row["key"], row["requests"], row["charged_nanos"]), ("one", 3, WORST * 5 // 2))
        self.assertEqual(sum(r["requests"] for r in gateway.spend("--by", "team,model,day")), 3)
        self.assertEqual({r["model"]: r["requests"] for r in gateway.spend("--by", "policy,model", "--key-name", "one")},
                         {"all": 2, "half": 1})
        for reply, cost in zip(replies, [WORST, WORST // 2, WORST]):
            data = gateway.get(f"/api/v1/generation?id={reply[1]['x-request-id']}", "one").json()["data"]
            self.assertEqual(round(data["usage"] * 1e9), cost)
        self.assertAlmostEqual(gateway.get("/api/v1/key", "one").json()["data"]["usage"], 0.25)
        self.assertEqual(gateway.get("/api/v1/activity?date=" + time.strftime("%Y-%m-%d", time.gmtime())).status_code, 200)
        self.assertAlmostEqual(gateway.get("/api/v1/credits").json()["data"]["total_usage"], 0.25)

        made = gateway.run("keys", "create", "--name", "ci", "--limit", "dollars/day=0.15", "--config", str(gateway.config))
        self.assertEqual(made.returncode, 0, made.stderr)
        key = made.stdout.strip()
        self.assertEqual(asyncio.run(ask(gateway.port, key, "all"))[0], 200)
        gateway.kill()
        # Without a gateway the commands look there themselves, and take up what it left.
        self.assertEqual(sum(r["requests"] for r in gateway.spend("--by", "key")), 4)
        self.assertIn("ci", gateway.run("keys", "list", "--config", str(gateway.config)).stdout)
        gateway.start()
        status, fields, _ = asyncio.run(ask(gateway.port, key, "all"))
        self.assertEqual((status, fields["x-isocost-capped"]), (200, "500"))  # what was used is remembered
        self.assertEqual(asyncio.run(ask(gateway.port, key, "all"))[0], 402)
        self.assertEqual(gateway.run("keys", "revoke", "ci", "--config", str(gateway.config)).returncode, 0)
        self.assertEqual(asyncio.run(ask(gateway.port, key, "half"))[0], 401)
        gateway.stop()
        self.assertFalse((gateway.state / "ledger.sqlite").exists())
        self.assertNotIn(PASSWORD, gateway.said())

    def test_kills_lose_no_answer_and_charge_none_twice(self):
        gateway = self.gateway({"one": LIMIT, "two": LIMIT})
        answered = self.kill_often(gateway, int(os.environ.get("ISOCOST_KILLS", 10)), 3)
        self.addCleanup(gateway.stop)
        self.check_entries(gateway, answered, [(int(entry[0]), *entry[1:]) for entry in self.entries()])
        for request_id, (key, cost) in random.Random(1).sample(sorted(answered.items()), 100):
            entry = gateway.get(f"/api/v1/generation?id={request_id}", key).json()["data"]
            self.assertEqual(round(entry["usage"] * 1e9), cost)

    def test_a_server_that_hangs_or_is_started_again_holds_up_nobody(self):
        gateway = self.gateway({"one": LIMIT}).start()
        self.addCleanup(gateway.stop)
        self.addCleanup(self.postgres.start)
        answered, slowest = 0, 0.0

        async def traffic(seconds):
            nonlocal answered, slowest
            until = time.monotonic() + seconds

            async def client():
                nonlocal answered, slowest
                while time.monotonic() < until:
                    begin = time.monotonic()
                    reply = await ask(gateway.port, "one", "all")
                    slowest = max(slowest, time.monotonic() - begin)
                    self.assertEqual(reply[0], 200)
                    answered += 1
                    await asyncio.sleep(0.01)
            await asyncio.gather(*(client() for _ in range(10)))

        asyncio.run(traffic(0.5))
        self.postgres.pause()
        try:
            asyncio.run(traffic(5))
        finally:
            self.postgres.go_on()
        self.assertLess(slowest, 1.5)
        self.postgres.stop()
        asyncio.run(traffic(2))
        self.postgres.start()
        asyncio.run(traffic(1))
        self.postgres.stop("fast")
        asyncio.run(traffic(2))
        self.postgres.start()
        asyncio.run(traffic(0.5))
        self.assertLess(slowest, 1.5)  # whoever waited for the server would have waited for 2 s
        until = time.monotonic() + 15
        while (rows := gateway.spend("--by", "key"))[0]["requests"] != answered:
            self.assertLess(time.monotonic(), until, (rows, answered))
            time.sleep(0.2)
        self.assertEqual(rows[0]["charged_nanos"], answered * WORST)
        entries = self.entries()
        self.assertEqual((len({e[0] for e in entries}), len(entries)), (answered, answered))
        self.assertIn("what requests cost is kept in the journals until it works", gateway.said())
        self.assertIn("can be written again", gateway.said())

    def test_a_journal_that_is_full_refuses_who_has_a_budget_until_the_server_is_back(self):
        gateway = self.gateway({"bounded": LIMIT, "free": {}}, workers=1, ledger={"journal": "1 MiB"}).start()
        self.addCleanup(gateway.stop)
        self.addCleanup(self.postgres.start)

        async def many(key, count):
            most = asyncio.Semaphore(50)

            async def one():
                async with most:
                    return await ask(gateway.port, key, "all")
            return await asyncio.gather(*(one() for _ in range(count)))
        self.postgres.stop()
        # Room is held for whoever is under way, so that of many at once some are refused long before one alone is. No
        # entry is shorter than 100 bytes.
        answered, refused = 0, []
        while not refused:
            replies = asyncio.run(many("bounded", 250))
            self.assertLessEqual({reply and reply[0] for reply in replies}, {200, 503})
            answered += sum(reply[0] == 200 for reply in replies)
            refused = [reply for reply in replies if reply[0] == 503]
            self.assertLess(answered, (1 << 20) / 100, "more was answered than a journal of 1 MiB has room for")
        for _, fields, body in refused:
            self.assertEqual(json.loads(body)["error"]["code"], "ledger_unavailable")
            self.assertIn("retry-after", fields)
        [waiting] = re.findall(r"^isocost_ledger_waiting_bytes (\S+)", gateway.get("/metrics").text, re.M)
        self.assertGreater(float(waiting), (1 << 20) * 0.85)
        self.assertEqual({reply[0] for reply in asyncio.run(many("free", 20))}, {200})
        self.assertEqual(gateway.get("/readyz").status_code, 200)
        self.postgres.start()
        until = time.monotonic() + 30
        while refused:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.1)
            replies = asyncio.run(many("bounded", 100))
            answered += sum(reply[0] == 200 for reply in replies)
            refused = [reply for reply in replies if reply[0] != 200]
        rows = {row["key"]: row for row in gateway.spend("--by", "key")}
        self.assertEqual(rows["bounded"]["charged_nanos"], answered * WORST)


class Starts(Shared):
    def refused(self, gateway, **environment):
        done = subprocess.run([os.environ["ISOCOST"], "serve", "--config", gateway.config], capture_output=True, text=True,
                              timeout=60, env=os.environ | environment)
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("of-the-tests", done.stderr)
        return done.stderr

    def test_what_is_wrong_with_the_server_is_a_sentence_with_its_place(self):
        gateway = self.gateway({"one": LIMIT})
        said = self.refused(gateway, LEDGER_PASSWORD="not-of-the-tests")
        self.assertRegex(said, r"cannot use postgresql://isocost@127.0.0.1:\d+/shared_\d+: .*password authentication failed.*"
                               r"`ledger.password`")
        gateway.start()
        gateway.stop()
        self.postgres.sql("UPDATE isocost.version SET number=99", self.name)
        self.assertIn("made by a newer isocost", self.refused(gateway))
        gateway.settings["ledger"]["url"] = self.url.replace("isocost@", "isocost:secret@")
        gateway.write()
        self.assertIn("a password does not belong into an address", self.refused(gateway))
        gateway.settings["ledger"] = {}
        gateway.settings["redis"] = {"url": "redis://127.0.0.1:1"}
        gateway.write()
        self.assertIn("quotas are shared by gateways that share a ledger", self.refused(gateway))


if __name__ == "__main__":
    unittest.main()
