"""Clients that leave, dawdle, lie or attack: what they get, and that the host is left in peace."""
import re
import json
import pathlib
import threading
import time
import unittest

import behaviours as b
from behaviours import TEXT
from gateway import KEY, EndToEnd, question
from raw_client import RawClient, chat


class Leaving(EndToEnd):
    behaviours = {"silent": b.silent, "stall-after-head": b.stall_after_head, "endless": b.endless, "flood": b.flood,
                  "ok": b.ok}
    models = {name: [("a", name)] for name in behaviours}

    def test_a_client_that_leaves_stops_the_host(self):
        for phase in ("silent", "stall-after-head", "endless"):
            for how in ("fin", "rst"):
                with self.subTest(phase, how=how):
                    delays = sorted(self.leave(phase, how) for _ in range(20))
                    self.assertLessEqual(delays[10], 0.050, delays)
                    self.assertLessEqual(delays[-1], 0.250, delays)

    def leave(self, model, how):
        """Seconds from a client's leaving until the host saw it."""
        before = len(self.host.asked(model))
        client = RawClient(self.gateway.port)
        client.send(chat(question(model, stream=True)))
        exchange = self.host.wait(lambda: self.host.asked(model)[before:])[0]
        if model == "endless":
            client.until(b"word 3 ")
        left = time.monotonic()
        client.leave(how)
        self.host.wait(lambda: exchange.eof_at)
        return exchange.eof_at - left

    def test_a_client_that_reads_nothing_holds_the_host_back(self):
        before = self.resident()
        with RawClient(self.gateway.port, receive_buffer=4096) as client:
            client.send(chat(question("flood", stream=True)))
            exchange = self.host.wait(lambda: self.host.asked("flood"))[-1]
            stood_still, last = 0, -1
            while stood_still < 10:  # the sign that it is held back is that nothing more goes out
                now = getattr(exchange, "sent", 0)
                stood_still = stood_still + 1 if now == last and now > 0 else 0
                last = now
                time.sleep(0.05)
            self.assertLess(exchange.sent, 20_000_000, "of 200 MB that it would have sent")
            self.assertLess(self.resident() - before, 4 * 1024, "KiB more for one stalled reader")
            self.answer_of(self.gateway.ask(question("ok")))

    def resident(self):
        status = pathlib.Path(f"/proc/{self.gateway.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])


class Dawdling(EndToEnd):
    gateway_settings = {"limits": {"header_timeout": "1 s", "body_timeout": "1 s", "keep_alive": "2 s"}}

    def test_headers_that_never_end_are_cut_off(self):
        with RawClient(self.gateway.port) as client:
            client.send(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            self.assertTrue(client.is_closed(within=4))
            self.assertTrue(client.bytes == b"" or b" 408 " in client.bytes[:20], client.bytes)

    def test_headers_that_trickle_are_cut_off_all_the_same(self):
        with RawClient(self.gateway.port) as client:
            begin = time.monotonic()
            try:
                for byte in chat():
                    client.send(bytes([byte]))
                    time.sleep(0.1)  # the slowness is the test
                    if time.monotonic() - begin > 6:
                        self.fail("still welcome after six seconds")
            except ConnectionError:
                pass
            self.assertTrue(client.is_closed(within=2))

    def test_a_body_that_never_comes_is_cut_off(self):
        with RawClient(self.gateway.port) as client:
            client.send(chat(length=5000))
            self.assertTrue(client.is_closed(within=4))
            self.assertIn(b" 408 ", client.bytes[:20])

    def test_idle_connections_are_closed(self):
        with RawClient(self.gateway.port) as client:
            client.send(chat())
            self.assertEqual(client.response()[0], 200)
            self.assertTrue(client.is_closed(within=5))

    def test_a_thousand_dawdlers_keep_nobody_waiting(self):
        dawdlers = [RawClient(self.gateway.port) for _ in range(1000)]
        for each in dawdlers:
            each.send(b"POST /v1/chat")
        begin = time.monotonic()
        self.answer_of(self.gateway.ask(question()))
        self.assertLess(time.monotonic() - begin, 1)
        for each in dawdlers:
            self.assertTrue(each.is_closed(within=12))
            each.leave("fin")


class Bodies(EndToEnd):
    limit = 1 << 20
    gateway_settings = {"limits": {"max_body_bytes": "1 MiB"}}

    def test_a_body_over_the_limit_is_told_so_before_it_is_hung_up_on(self):
        large = question(user="x" * (3 * self.limit))
        data = json.dumps(large).encode()
        for _ in range(20):
            with self.subTest("length"), RawClient(self.gateway.port) as client:
                client.send_while_welcome(chat(large))
                self.assert_too_large(client)
            with self.subTest("chunked"), RawClient(self.gateway.port) as client:
                head = chat(headers=["Transfer-Encoding: chunked"]).partition(b"\r\n\r\n")[0]
                head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length"))
                client.send_while_welcome(head + b"\r\n\r\n%x\r\n" % len(data) + data + b"\r\n0\r\n\r\n")
                self.assert_too_large(client)

    def assert_too_large(self, client):
        status, headers, body = client.response()
        self.assertEqual(status, 413)
        self.assertTrue(json.loads(body)["error"]["message"])
        self.assertTrue(client.is_closed(within=5))

    def test_a_client_that_waits_for_leave_to_send_gets_it_or_the_refusal(self):
        with RawClient(self.gateway.port) as client:
            head, _, body = chat(headers=["Expect: 100-continue"]).partition(b"\r\n\r\n")
            client.send(head + b"\r\n\r\n")
            self.assertEqual(client.response()[0], 100)
            client.send(body)
            self.assertEqual(client.response()[0], 200)
        with RawClient(self.gateway.port) as client:
            client.send(chat(length=50 << 20, headers=["Expect: 100-continue"]).partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
            self.assertEqual(client.response()[0], 413)
        with RawClient(self.gateway.port) as client:
            client.send(chat(headers=["Expect: the-unexpected"]))
            self.assertEqual(client.response()[0], 417)

    def test_texts_that_are_no_requests_are_refused_with_the_reason(self):
        cases = {
            "not JSON": b"{\"model\": \"m\", \"messages\": [",
            "empty": b"",
            "a list": b"[]",
            "no model": b"{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}",
            "model twice": b"{\"model\": \"m\", \"model\": \"m\", \"messages\": [{\"role\":\"user\",\"content\":\"x\"}]}",
            "model twice, one escaped":
                b"{\"model\": \"m\", \"m\\u006fdel\": \"m\", \"messages\": [{\"role\":\"user\",\"content\":\"x\"}]}",
            "model of a wrong type": b"{\"model\": 7, \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}",
            "messages of a wrong type": b"{\"model\": \"m\", \"messages\": \"hello\"}",
            "stream of a wrong type": b"{\"model\": \"m\", \"stream\": \"yes\", \"messages\": [{\"role\":\"user\",\"content\":\"x\"}]}",
            "bad UTF-8": b"{\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": \"\xff\"}]}",
            "no message": b"{\"model\": \"m\", \"messages\": []}",
            "byte order mark": b"\xef\xbb\xbf" + json.dumps(question()).encode(),
            "deep": b"{\"model\": \"m\", \"messages\": " + b"[" * 100_000 + b"]" * 100_000 + b"}",
        }
        before = len(self.host.exchanges)
        for name, body in cases.items():
            with self.subTest(name):
                error = self.error_of(self.gateway.ask(body), 400)
                self.assertEqual(error["type"], "invalid_request_error")
        self.assertEqual(len(self.host.exchanges), before, "none of them reached the host")

    def test_what_nobody_here_needs_goes_on_as_it_stands(self):
        for member in (b"\"temperature\": 1e400", b"\"seed\": 123456789012345678901234567890", b"\"user\": \"\\ud800\"",
                       b"\"max_tokens\": 5.0"):
            with self.subTest(member):
                self.answer_of(self.gateway.ask(
                    b"{\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}], " + member + b"}"))
                self.assertIn(member, self.host.exchanges[-1].raw_body)


# Forms that smuggle, split or confuse. None may reach a host; each is refused, and the connection closed.
MALFORMED = {
    "two lengths": chat(headers=["Content-Length: 5"]),
    "length as a list": chat(length="4, 4"),
    "signed length": chat(length="+4"),
    "hexadecimal length": chat(length="0x10"),
    "length of twenty digits": chat(length="9" * 20),
    "length and chunks": chat(headers=["Transfer-Encoding: chunked"]),
    "host missing": chat().replace(b"Host: isocost.test\r\n", b""),
    "two hosts": chat(headers=["Host: other.test"]),
    "host with a path": chat().replace(b"isocost.test", b"isocost.test/x"),
    "host with a user": chat().replace(b"isocost.test", b"u@isocost.test"),
    "host as a list": chat().replace(b"isocost.test", b"a, b"),
    "empty host": chat().replace(b"Host: isocost.test", b"Host: "),
    "folded line": chat(headers=["X-Fold: a", " b"]),
    "space before the colon": chat(headers=["X-Space : a"]),
    "bare line feed": chat(headers=["X-A: b\nX-C: d"]),
    "bare carriage return": chat(headers=["X-A: b\rX-C: d"]),
    "nul in a value": chat(headers=["X-A: b\0c"]),
    "another's absolute target": chat(target="http://other.test/v1/chat/completions"),
    "absolute target over TLS": chat(target="https://isocost.test/v1/chat/completions"),
    "target without a slash": chat(target="v1/chat/completions"),
    "target going up": chat(target="/v1/models/../chat/completions"),
    "target with two slashes": chat(target="//v1/chat/completions"),
    "target with a hidden slash": chat(target="/v1%2fchat/completions"),
    "target with a fragment": chat(target="/v1/chat/completions#x"),
    "target with a backslash": chat(target="/v1\\chat/completions"),
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
    "HTTP/2.0": chat(version="HTTP/2.0"),
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "chunks in HTTP/1.0": chat(version="HTTP/1.0", headers=["Transfer-Encoding: chunked"]).replace(
        b"Content-Length", b"X-Length"),
    "body on GET": chat(method="GET", target="/v1/models"),
    "TLS on the plain port": bytes.fromhex("16030100f8010000f40303") + b"\0" * 240,
} | {f"transfer encoding {value!r}": chat(headers=[f"Transfer-Encoding: {value}"]).replace(b"Content-Length", b"X-Length")
     for value in ("xchunked", "cow", "", "chunked, identity", "chunked, chunked", "gzip", "identity", "gzip, chunked",
                   "chunked;q=1", ", chunked", "chunked,", "\"chunked\"")}


class Malformed(EndToEnd):
    def test_what_the_gate_forbids_is_refused_and_the_connection_closed(self):
        canary = chat(question(user="smuggled"))
        before = len(self.host.exchanges)
        for name, attack in MALFORMED.items():
            with self.subTest(name), RawClient(self.gateway.port) as client:
                client.send_while_welcome(attack + canary)
                self.assertTrue(client.is_closed(within=5), "still open")
                status = int(client.bytes.split()[1]) if client.bytes.startswith(b"HTTP/1.1 ") else None
                self.assertIn(status, (400, 404, 405, 411, 413, 414, 417, 421, 431, 501, 505, None), client.bytes)
                if name not in ("TLS on the plain port", "HTTP/0.9"):
                    self.assertEqual(status, 400 if status not in (421, 501, 505) else status, client.bytes[:300])
                self.assertEqual(len(re.findall(rb"HTTP/1\.1 \d{3} ", client.bytes)), 1 if status else 0, "one answer at most")
        self.assertEqual(self.host.exchanges[before:], [], "something reached the host")

    def test_floods_of_headers_are_refused(self):
        for name, headers in {"many": [f"X-{i}: y" for i in range(2000)], "long": ["X-Long: " + "y" * 70_000]}.items():
            with self.subTest(name), RawClient(self.gateway.port) as client:
                client.send_while_welcome(chat(headers=headers))
                client.to_the_end()
                self.assertIn(int(client.bytes.split()[1]), (400, 431))

    def test_long_targets_are_refused(self):
        with RawClient(self.gateway.port) as client:
            client.send_while_welcome(chat(target="/v1/chat/completions?" + "x" * 9000))
            self.assertEqual(client.response()[0], 414)

    def test_trailers_never_become_headers_and_long_ones_kill_nobody(self):
        before = len(self.host.exchanges)
        data = json.dumps(question()).encode()
        head = chat(headers=["Transfer-Encoding: chunked"]).partition(b"\r\n\r\n")[0]
        head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length"))
        sent = lambda trailer: head + b"\r\n\r\n%x\r\n" % len(data) + data + b"\r\n0\r\n" + trailer + b"\r\n"
        for trailer in (b"X-Long: " + b"y" * 70_000 + b"\r\n", b"".join(b"X-%d: y\r\n" % i for i in range(20_000)),
                        b"X-A\r\n", b"X-A : b\r\n", b": b\r\n"):
            with RawClient(self.gateway.port) as client:
                client.send_while_welcome(sent(trailer))
                client.to_the_end()
                self.assertIn(b" 4", client.bytes[:12])
        for extension in (b"5;x=" + b"y" * 100_000, b"5;", b"5;@=\""):
            with RawClient(self.gateway.port) as client:
                client.send_while_welcome(head + b"\r\n\r\n" + extension + b"\r\nabcde\r\n0\r\n\r\n")
                client.to_the_end()
        self.assertEqual(self.host.exchanges[before:], [])
        for trailer in (b"X-A: b\r\n", b"Content-Length: 5\r\nHost: other.test\r\n"):
            with RawClient(self.gateway.port) as client:
                client.send(sent(trailer))
                self.assertEqual(client.response()[0], 200)
        # A key in a trailer is none.
        with RawClient(self.gateway.port) as client:
            no_key = b"\r\n".join(line for line in head.split(b"\r\n") if not line.startswith(b"Authorization"))
            client.send(sent(b"Authorization: Bearer " + KEY.encode() + b"\r\n").replace(head, no_key))
            self.assertEqual(client.response()[0], 401)

    def test_an_absolute_target_for_the_gateway_itself_and_a_later_http_1_are_answered(self):
        port = self.gateway.port
        for request in (chat(target="http://isocost.test/v1/chat/completions"), chat(version="HTTP/1.2"),
                        chat(target=f"http://127.0.0.1:{port}/v1/chat/completions"),
                        chat(target=f"HTTP://LocalHost:{port}/v1/chat/completions")):
            with self.subTest(request.split(b"\r\n")[0]), RawClient(port) as client:
                client.send(request)
                self.assertEqual(client.response()[0], 200)

    def test_unknown_paths_and_methods_are_told_so(self):
        for method, target, status in (("POST", "/v1/nothing", 404), ("PUT", "/v1/chat/completions", 405),
                                       ("CONNECT", "/v1/chat/completions", 405), ("TRACE", "/v1/models", 405)):
            with self.subTest(method), RawClient(self.gateway.port) as client:
                client.send(chat(method=method, target=target))
                got, headers, _ = client.response()
                self.assertEqual(got, status)
                if status == 405 and method == "PUT":
                    self.assertIn("POST", headers.get("allow", ""))


class Pipelining(EndToEnd):
    def test_requests_sent_together_are_answered_in_order(self):
        for count in (2, 10, 100):
            with self.subTest(count), RawClient(self.gateway.port) as client:
                wanted = [f"number {i}" for i in range(count)]
                sender = threading.Thread(target=client.send_while_welcome, args=(
                    b"".join(chat(question(user=name)) for name in wanted),))
                before = len(self.host.exchanges)
                sender.start()
                for _ in wanted:
                    status, _, body = client.response()
                    self.assertEqual(status, 200)
                    self.assertEqual(json.loads(body)["choices"][0]["message"]["content"], TEXT)
                sender.join()
                self.assertEqual([each.body["user"] for each in self.host.exchanges[before:]], wanted)

    def test_a_connection_outlives_an_error_that_was_not_about_framing(self):
        with RawClient(self.gateway.port) as client:
            for body, status in ((question("no-such-model"), 404), (question(), 200), (b"{", 400), (question(), 200)):
                client.send(chat(body))
                self.assertEqual(client.response()[0], status)

    def test_a_wrong_key_never_reaches_a_host(self):
        before = len(self.host.exchanges)
        for key in ("", "Bearer", "Bearer x", f"Bearer {KEY[:-1]}", f"Bearer {KEY}x", f"Basic {KEY}", "Bearer " + "y" * 7000):
            with self.subTest(key[:40]), RawClient(self.gateway.port) as client:
                client.send(chat().replace(f"Bearer {KEY}".encode(), key.encode()))
                self.assertEqual(client.response()[0], 401)
        self.assertEqual(len(self.host.exchanges), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
