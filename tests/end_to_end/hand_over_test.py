"""A new process takes the place of the old one: its sockets, its ledger, what it learned. No connection is refused or
reset, no answer is cut, and what requests cost is entered once. ISOCOST_RESTARTS says how often, 10 when left out."""
import array
import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import tempfile
import threading
import time
import unittest

import behaviours
from gateway import KEY, Gateway, endpoint, question
from scripted_host import ScriptedHost

RESTARTS = int(os.environ.get("ISOCOST_RESTARTS", 10))


class Successor(Gateway):
    """Takes over from the one that has the state directory; listens where that one did."""

    def __init__(self, *rest, **more):
        super().__init__(*rest, **more)
        self.arguments = ["--take-over"]


class Load:
    """Clients that ask one request after the other: each on a connection of its own, or on one that is kept."""

    def __init__(self, port, clients):
        self.port, self.answered, self.failed, self.asked_again = port, 0, [], 0
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number):
        keeps, streams = number % 2 == 1, number % 4 >= 2
        client, is_used = None, False
        while not self._over.is_set():
            try:
                if not client:
                    client, is_used = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30), False
                client.request("POST", "/v1/chat/completions", json.dumps(question(stream=streams)),
                               {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})
                answer = client.getresponse()
                text = answer.read().decode()
                whole = "data: [DONE]" in text if streams else behaviours.TEXT in text
                with self._lock:
                    self.answered += 1
                    if answer.status != 200 or not whole:
                        self.failed.append((answer.status, text[-200:]))
                is_used = True
                if not keeps or answer.will_close:
                    client.close()
                    client = None
            except (OSError, http.client.HTTPException) as fault:
                client.close()
                client = None
                with self._lock:
                    # A kept connection may be closed at the moment when the next request is written, which every
                    # client knows: it asks anew. One that was made for the request may not.
                    if is_used:
                        self.asked_again += 1
                    else:
                        self.failed.append(repr(fault))

    def wait_for(self, more):
        wanted = self.answered + more
        until = time.monotonic() + 30
        while self.answered < wanted and time.monotonic() < until:
            time.sleep(0.005)
        return self.answered >= wanted


class HandOver(unittest.TestCase):
    def setUp(self):
        self.state = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "state"
        self.host = self.enterContext(ScriptedHost(
            {"ok": behaviours.ok, "paused": self.paused, "slow": behaviours.late(0.3, behaviours.ok)}, ports=1))
        self.go_on = threading.Event()
        self.running = contextlib.ExitStack()
        self.addCleanup(self.running.close)

    async def paused(self, exchange):
        """A stream that ends when the test says so."""
        await exchange.begin_stream()
        await exchange.event(behaviours.piece({"content": behaviours.WORDS[0]}))
        while not self.go_on.is_set():
            await behaviours.asyncio.sleep(0.01)
        for word in behaviours.WORDS[1:]:
            await exchange.event(behaviours.piece({"content": word}))
        await behaviours.finish_stream(exchange)

    def gateway(self, kind=Gateway, port=None, **more):
        """One that a test leaves behind when it fails is ended with it."""
        models = {name: [endpoint("a", name)] for name in ("ok", "paused", "slow")}
        models["m"] = [endpoint("a", "ok")]
        gateway = kind({"a": self.host.ports[0]}, models, state=str(self.state), **{"workers": 2} | more)
        if port:
            gateway.settings["listen"] = f"127.0.0.1:{port}"
        self.running.callback(lambda: gateway.process and gateway.alive() and gateway.process.kill())
        return gateway

    def entries(self, gateway):
        page = json.loads(gateway.get("/admin/spend?by=key")[1])
        return sum(row["requests"] for row in page["data"])

    def ends(self, gateway, status=0):
        """Of itself, since another one has taken over."""
        self.assertEqual(gateway.process.wait(30), status)
        gateway.forget()

    def test_restarts_under_load_lose_no_request_and_enter_each_once(self):
        old = self.gateway().__enter__()
        port, began = old.port, time.monotonic()
        longest = 0
        with Load(port, 8) as load:
            for number in range(RESTARTS):
                self.assertTrue(load.wait_for(40), load.failed)
                # More and fewer workers than there are sockets.
                started = time.monotonic()
                new = self.gateway(Successor, port, workers=(1, 3, 2)[number % 3]).__enter__()
                self.ends(old)
                longest = max(longest, time.monotonic() - started)
                old = new
            self.assertTrue(load.wait_for(40), load.failed)
        seconds = time.monotonic() - began
        print(f"{RESTARTS} restarts in {seconds:.1f} s, {load.answered} requests, {len(load.failed)} failed, "
              f"{load.asked_again} asked again on a kept connection, longest hand-over {longest * 1000:.0f} ms")
        self.assertEqual(load.failed[:3], [])
        self.assertEqual(self.entries(old), load.answered)
        old.__exit__()

    def test_a_stream_goes_on_in_the_old_process_and_is_entered_by_the_new_one(self):
        old = self.gateway().__enter__()
        stream = old.connect()
        stream.request("POST", "/v1/chat/completions", json.dumps(question("paused", stream=True)),
                       {"Authorization": f"Bearer {KEY}"})
        answer = stream.getresponse()
        self.assertIn(b"Hello", answer.readline())
        new = self.gateway(Successor, old.port).__enter__()
        self.assertEqual(new.ask(question())[0], 200)
        old.hear("has taken over")
        self.assertTrue(old.alive())
        self.assertEqual(self.entries(new), 1)
        self.go_on.set()
        self.assertIn(b"[DONE]", answer.read())
        stream.close()
        self.ends(old)
        until = time.monotonic() + 10
        while self.entries(new) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        self.assertEqual(self.entries(new), 2)
        new.__exit__()
        left = [each for each in os.listdir(self.state) if each.startswith("leaving")]
        self.assertEqual(left, [], "nothing waits to be entered")

    def counts_until_it_ends(self, code, limit):
        """A stream goes on in the old process while clients come to the new one, which `limit` lets have one request."""
        old = self.gateway(limits={"queue_timeout": "0 s"})
        limit(old)
        old.__enter__()
        stream = old.connect()
        stream.request("POST", "/v1/chat/completions", json.dumps(question("paused", stream=True)),
                       {"Authorization": f"Bearer {KEY}"})
        answer = stream.getresponse()
        self.assertIn(b"Hello", answer.readline())
        new = self.gateway(Successor, old.port, limits={"queue_timeout": "0 s"})
        limit(new)
        new.settings["models"]["new"] = {"endpoints": [endpoint("a", "ok")]}
        new.__enter__()
        old.hear("has taken over")

        def ask_new():
            """The old one knows no such model, and may accept a connection as it is told to end."""
            until = time.monotonic() + 30
            status, _, text = new.ask(question("new"))
            while status == 404 and time.monotonic() < until:
                status, _, text = new.ask(question("new"))
            return status, text

        for _ in range(3):
            status, text = ask_new()
            self.assertEqual(status, 429, text)
            self.assertEqual(json.loads(text)["error"]["code"], code)
        self.assertTrue(old.alive())
        self.go_on.set()
        self.assertIn(b"[DONE]", answer.read())
        stream.close()
        self.ends(old)
        # Within a tenth of a second it is told, or found out, that the old one is gone.
        until = time.monotonic() + 30
        while ask_new()[0] == 429 and time.monotonic() < until:
            time.sleep(0.02)
        self.assertEqual(ask_new()[0], 200)
        new.__exit__()

    def test_what_runs_in_the_old_process_counts_against_its_key_in_the_new_one(self):
        self.counts_until_it_ends("quota_exceeded",
                                  lambda gateway: gateway.settings["keys"][0].update(quota={"concurrent": 1}))

    def test_what_runs_in_the_old_process_counts_against_its_host_in_the_new_one(self):
        self.counts_until_it_ends(
            "endpoints_full",
            lambda gateway: gateway.settings["providers"]["a"]["limits"].update(max_in_flight=1))

    def test_what_the_old_process_learned_is_known(self):
        old = self.gateway().__enter__()
        for _ in range(3):
            self.assertEqual(old.ask(question())[0], 200)
        until = time.monotonic() + 10
        while old.metric("isocost_requests_total") < 3 and time.monotonic() < until:
            time.sleep(0.01)
        new = self.gateway(Successor, old.port).__enter__()
        self.ends(old)
        self.assertTrue(any("s ago of 1 of 4 endpoints is taken up" in line for line in new.said), new.said)
        new.__exit__()

    def test_a_successor_that_ends_before_it_serves_changes_nothing(self):
        with self.gateway() as old:
            for round in range(3):
                self.assertEqual(old.ask(question())[0], 200)
                with socket.socket(socket.AF_UNIX) as asks:
                    asks.connect(str(self.state / "successor"))
                    asks.sendall(b"isocost hand-over 1\n")
                    line, ancillary, _, _ = asks.recvmsg(100, socket.CMSG_SPACE(400))
                    self.assertTrue(line.startswith(b"yours 2"), line)
                    for descriptor in array.array("i", ancillary[0][2]):
                        os.close(descriptor)
                    self.assertEqual(old.ask(question())[0], 200, "it serves until the other one does")
                old.hear("all is kept here again")
            self.assertEqual(old.ask(question())[0], 200)
            self.assertEqual(self.entries(old), 7)

    def test_one_with_a_configuration_that_is_wrong_does_not_even_ask(self):
        with self.gateway() as old:
            with self.assertRaisesRegex(AssertionError, "nonsense"):
                self.gateway(Successor, old.port, nonsense=1).__enter__()
            self.assertEqual(old.ask(question())[0], 200)
            self.assertFalse(any("over" in line for line in old.said), old.said)

    def test_where_nobody_is_it_simply_starts(self):
        with self.gateway(Successor) as gateway:
            self.assertEqual(gateway.ask(question())[0], 200)

    def test_one_that_listens_elsewhere_takes_all_but_the_socket(self):
        old = self.gateway().__enter__()
        self.assertEqual(old.ask(question())[0], 200)
        new = self.gateway(Successor).__enter__()
        self.assertNotEqual(new.port, old.port)
        self.ends(old)
        self.assertEqual(new.ask(question())[0], 200)
        self.assertEqual(self.entries(new), 2)
        new.__exit__()

    def test_one_that_is_being_stopped_hands_nothing_over(self):
        old = self.gateway(limits={"drain_delay": "2 s"}).__enter__()
        old.process.send_signal(signal.SIGTERM)
        until = time.monotonic() + 10
        while old.get("/readyz")[0] == 200 and time.monotonic() < until:
            time.sleep(0.01)
        with self.assertRaisesRegex(AssertionError, "hands nothing over"):
            self.gateway(Successor, old.port).__enter__()
        self.ends(old)


if __name__ == "__main__":
    unittest.main()
