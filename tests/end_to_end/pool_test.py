"""One's own engines behind one name, in one pool with a host that is paid by the token."""
import json
import threading
import time
import unittest

import behaviours
from engines import Engine
from gateway import KEY, Gateway, endpoint, free_port, question
from name_server import NameServer
from needs import needs
from scripted_host import ScriptedHost

NAME = "vllm.pool.test"
ADDRESSES = ["127.1.1.1", "127.1.1.2", "127.1.1.3"]
MACHINE = {"hour": "0.36 $/h", "input": "20 ktok/s", "output": "2500 tok/s", "utilization": "50 %"}


@needs(NameServer.is_possible(), "a name server of one's own needs root")
class Pool(unittest.TestCase):
    def setUp(self):
        port = free_port()
        self.engines = [self.enterContext(Engine(address, port)) for address in ADDRESSES]
        self.names = {NAME: list(ADDRESSES)}
        server = self.enterContext(NameServer(self.names))
        self.paid = self.enterContext(ScriptedHost({"ok": behaviours.ok}))
        gateway = Gateway({"paid": self.paid.ports[0]},
                          {"m": [endpoint("paid", "ok", price={"input": "50 $/Mtok", "output": "90 $/Mtok"}),
                                 {"provider": "gpu", "host_model": "qwen3", "context": "32 ktok", "machine": MACHINE}]},
                          inside=server.inside, policies={"steady": {"extends": "balanced", "explore": "0 %"}},
                          default_policy="steady")
        gateway.settings["providers"]["gpu"] = {
            "base_url": f"http://{NAME}:{port}/v1", "allow_plaintext": True, "discovery": {"interval": "100 ms"},
            "engine": {"kind": "vllm", "interval": "100 ms", "timeout": "500 ms"}}
        self.gateway = self.enterContext(gateway)
        self.wait_for(lambda: all(engine.looks for engine in self.engines))

    def tearDown(self):
        self.assertTrue(self.gateway.alive(), "the gateway is gone")

    def wait_for(self, holds):
        until = time.monotonic() + 15
        while not (found := holds()):
            self.assertLess(time.monotonic(), until, json.dumps(self.rows(), indent=1))
            time.sleep(0.02)
        return found

    def rows(self):
        status, text = self.gateway.get("/admin/endpoints")
        self.assertEqual(status, 200, text)
        return {row["endpoint"]: row for row in json.loads(text)["endpoints"]}

    def row(self, number):
        return self.rows().get("gpu/" + ADDRESSES[number], {})

    def ask(self, times=20):
        """Who answered, by the number of the engine; none of the requests may fail."""
        before = [engine.asked for engine in self.engines]
        for _ in range(times):
            status, headers, text = self.gateway.ask(question())
            self.assertEqual(status, 200, text)
            self.assertEqual(headers["x-isocost-attempts"], "1", headers)
        return [engine.asked - was for engine, was in zip(self.engines, before)]

    def chosen(self):
        return json.loads(self.gateway.ask(question(), path="/v1/route/explain")[2])["chosen"]

    def make_known(self):
        """Each engine is asked, so that none is preferred for being known."""
        for number in range(3):
            for other, engine in enumerate(self.engines):
                engine.health = 200 if other == number else 503
            self.wait_for(lambda: [self.row(i)["engine"]["ready"] for i in range(3)] == [i == number for i in range(3)])
            self.assertEqual(self.ask(10)[number], 10)
        for engine in self.engines:
            engine.health = 200
        self.wait_for(lambda: all(self.row(i)["engine"]["ready"] for i in range(3)))

    def test_each_address_is_an_endpoint_with_the_price_of_its_machine(self):
        rows = self.rows()
        self.assertEqual(sorted(rows), ["gpu/" + address for address in ADDRESSES] + ["paid"])
        row = rows["gpu/127.1.1.1"]
        # 0.36 $/h at half of its time: 0.0002 $/s, over 20,000 and 2,500 tok/s.
        self.assertAlmostEqual(row["price_input"], 0.01)
        self.assertAlmostEqual(row["price_output"], 0.08)
        self.assertEqual(row["machine"]["dollars_per_hour"], 0.36)
        self.assertEqual(row["engine"]["ready"], True)
        self.assertNotIn("engine", rows["paid"])
        self.assertEqual(sum(self.ask()), 20)

    def test_an_engine_full_of_others_requests_is_avoided_and_asked_again(self):
        self.make_known()
        favourite = max(range(3), key=self.ask().__getitem__)
        full = self.engines[favourite]
        full.running, full.waiting, full.delay = 8, 40, 2
        self.wait_for(lambda: self.row(favourite).get("engine", {}).get("others") == 48)
        self.wait_for(lambda: self.chosen() != "gpu/" + ADDRESSES[favourite])
        self.assertEqual(self.ask()[favourite], 0)
        self.assertEqual(self.gateway.metric("isocost_engine_requests", endpoint="gpu/" + ADDRESSES[favourite],
                                             which="others"), 48)
        full.running, full.waiting, full.delay = 0, 0, 0
        self.wait_for(lambda: self.row(favourite)["engine"]["others"] == 0)
        # Which of three idle ones is best is a matter of microseconds: the others' load must decide, not that.
        for other in set(range(3)) - {favourite}:
            self.engines[other].running, self.engines[other].waiting = 8, 40
        self.wait_for(lambda: self.chosen() == "gpu/" + ADDRESSES[favourite])
        self.assertEqual(self.ask()[favourite], 20)

    def test_an_engine_that_is_not_ready_leaves_and_comes_back(self):
        self.engines[1].health = 503
        self.wait_for(lambda: self.row(1).get("state") == "not_ready")
        self.assertEqual(self.ask()[1], 0)
        for other in (0, 2):
            self.engines[other].health = 503
        self.wait_for(lambda: all(self.row(i)["state"] == "not_ready" for i in range(3)))
        self.assertEqual(self.ask(), [0, 0, 0])  # the host that is paid by the token takes over
        self.engines[1].health = 200
        self.wait_for(lambda: self.row(1)["state"] == "serving")
        self.assertEqual(self.ask(), [0, 20, 0])
        explained = json.loads(self.gateway.ask(question(), path="/v1/route/explain")[2])
        self.assertIn("not ready", json.dumps(explained))

    def test_an_engine_that_hangs_harms_nobody(self):
        self.engines[0].hangs = True
        self.wait_for(lambda: self.row(0).get("state") == "not_ready")
        looks = self.engines[1].looks
        began = time.monotonic()
        self.assertEqual(self.ask()[0], 0)
        self.assertLess(time.monotonic() - began, 2)
        self.wait_for(lambda: self.engines[1].looks > looks + 3)
        self.engines[0].hangs = False
        self.wait_for(lambda: self.row(0)["state"] == "serving")

    def test_an_address_goes_and_comes_and_what_is_known_of_the_others_stays(self):
        self.ask(30)
        self.wait_for(lambda: sum(row["attempts"] for row in self.rows().values()) == 30)
        known = {name: row["attempts"] for name, row in self.rows().items()}
        self.names[NAME] = ADDRESSES[1:]
        self.wait_for(lambda: not self.row(0))
        self.gateway.hear(f"{NAME} is no longer at {ADDRESSES[0]}")
        rows = self.rows()
        for address in ADDRESSES[1:]:
            self.assertEqual(rows["gpu/" + address]["attempts"], known["gpu/" + address])
        asked = self.ask()
        self.assertEqual((asked[0], sum(asked)), (0, 20))
        self.names[NAME] = list(ADDRESSES)
        self.wait_for(lambda: self.row(0))
        self.gateway.hear(f"{NAME} is at {ADDRESSES[0]}")
        self.assertEqual(sum(self.ask()), 20)

    def test_a_name_server_that_says_nothing_takes_nobody_away(self):
        self.names[NAME] = None
        time.sleep(1)
        self.assertEqual(len(self.rows()), 4)
        self.assertEqual(sum(self.ask()), 20)
        self.names[NAME] = list(ADDRESSES)

    def test_no_request_fails_while_engines_come_and_go(self):
        ended, failed = threading.Event(), []
        answered = [0]

        def client():
            while not ended.is_set():
                status, _, text = self.gateway.ask(question())
                answered[0] += 1
                if status != 200:
                    failed.append((status, text))

        clients = [threading.Thread(target=client) for _ in range(4)]
        for each in clients:
            each.start()
        for number in (0, 1, 2):
            self.engines[number].health = 503
            self.wait_for(lambda: self.row(number).get("state") == "not_ready")
            self.engines[number].health = 200
            self.wait_for(lambda: self.row(number).get("state") == "serving")
            self.names[NAME] = [address for address in ADDRESSES if address != ADDRESSES[number]]
            self.wait_for(lambda: not self.row(number))
            self.names[NAME] = list(ADDRESSES)
            self.wait_for(lambda: self.row(number))
        ended.set()
        for each in clients:
            each.join()
        self.assertEqual(failed, [])
        self.assertGreater(answered[0], 50)

    def test_a_reload_keeps_the_addresses(self):
        self.gateway.settings["models"]["m"]["endpoints"][1]["tags"] = ["own"]
        self.gateway.write()
        self.gateway.hear(r"generation \d+ is in use")
        self.assertEqual(len(self.rows()), 4)
        self.assertEqual(sum(self.ask()), 20)


if __name__ == "__main__":
    unittest.main()
