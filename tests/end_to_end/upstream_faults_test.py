"""What clients see when hosts fail, before the first byte and after it, and what the hosts saw of it."""
import json
import time
import unittest

import behaviours as b
from behaviours import TEXT
from gateway import EndToEnd, cheap_then_dear, question
from raw_client import RawClient, chat, events, said

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

# The client gets the other host's answer and never learns of these, except by x-isocost-attempts.
SURVIVED = {
    "fin-at-once": b.fin_at_once,
    "reset-at-once": b.reset_at_once,
    "silent": b.silent,
    "stall-after-head": b.stall_after_head,
    "busy": b.rate_limited("30"),
    "busy-for-years": b.rate_limited("1000000000"),
    "busy-negative": b.rate_limited("-1"),
    "busy-garbage": b.rate_limited("soon"),
    "busy-date": b.rate_limited("Wed, 21 Oct 2037 07:28:00 GMT"),
    "status-500": b.failing(500),
    "status-502": b.html(502),
    "status-503": b.failing(503),
    "status-529": b.failing(529),
    "status-401": b.failing(401),
    "status-402": b.failing(402),
    "status-404": b.failing(404),
    "redirect": b.failing(307, headers=[("Location", "http://127.0.0.1:1/steal")]),
    "html-200": b.html(200),
    "error-first": b.error_first,
    "empty-stream": b.empty_stream,
    "only-done": b.only_done,
    "two-lengths": b.raw(HEAD + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd"),
    "length-and-chunked": b.raw(HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "odd-encoding": b.raw(HEAD + b"Transfer-Encoding: xchunked\r\n\r\nabcd"),
    "status-999x": b.raw(b"HTTP/1.1 9999 Odd\r\nContent-Length: 0\r\n\r\n"),
    "switching": b.raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
    "long-head": b.raw(HEAD + b"X-Long: " + b"y" * 40_000 + b"\r\n\r\n"),
    "many-fields": b.raw(HEAD + b"".join(b"X-%d: y\r\n" % i for i in range(10_000)) + b"\r\n"),
    "not-http": b.raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "cut-in-head": b.raw(HEAD),
    "short-body": b.raw(HEAD + b"Content-Length: 4000\r\n\r\n{\"id\":"),
    "stall-in-body": b.raw(HEAD + b"Content-Length: 4000\r\n\r\n{\"id\":", then="stall"),
    "stall-in-error": b.error_body_stalls,
}
# Without a length, a whole answer may take as long as any.
SILENT = {"silent": 20, "stall-after-head": 20}
STREAMED_ONLY = {"error-first", "empty-stream", "only-done"}
PLAIN_ONLY = {"short-body", "stall-in-body"}
# Each way of asking has a host of its own: what one failure taught the gateway must not spare the next.
WAYS = {f"{name}-{'streamed' if stream else 'plain'}": (name, stream) for name in SURVIVED for stream in (False, True)
        if name not in (PLAIN_ONLY if stream else STREAMED_ONLY)}

# After the first words nothing is repeated: one error event, no [DONE].
BROKEN = {
    "reset": b.broken_after(["Hel", "lo"], b.by_reset),
    "fin": b.broken_after(["Hel", "lo"], b.by_fin),
    "end-without-done": b.broken_after(["Hel", "lo"], b.by_end_without_done),
    "stall": b.broken_after(["Hel", "lo"], b.by_stall),
    "error-event": b.broken_after(["Hel", "lo"], b.by_error_event),
    "bad-chunk": b.broken_after(["Hel", "lo"], b.by_bytes(b"zz\r\nabc\r\n")),
    "bad-json": b.broken_after(["Hel", "lo"], b.by_event(b'{"choices":[{"delta":{"content":')),
    "bad-utf-8": b.broken_after(["Hel", "lo"], b.by_event(b'{"choices":[{"delta":{"content":"\xff\xfe"}}]}')),
    "long-trailer": b.broken_after(["Hel", "lo"], b.by_bytes(b"0\r\nX-Long: " + b"y" * 70_000 + b"\r\n\r\n")),
    "long-extension": b.broken_after(["Hel", "lo"], b.by_bytes(b"5;x=" + b"y" * 100_000 + b"\r\nabcde\r\n")),
}


class UpstreamFaults(EndToEnd):
    behaviours = ({"ok": b.ok, "hasty": b.hasty, "empty-choices": b.empty_choices, "no-finish": b.no_finish,
                   "thought-all": b.thought_all} | SURVIVED |
                  {way: SURVIVED[name] for way, (name, _) in WAYS.items()} |
                  {f"broken-{name}": behaviour for name, behaviour in BROKEN.items()})
    models = ({name: cheap_then_dear(("a", name), ("b", "ok")) for name in [*WAYS, "empty-choices"]} |
              {f"{name}-alone": [("a", name)] for name in SURVIVED} |
              {f"broken-{name}": [("a", f"broken-{name}")] for name in BROKEN} |
              {"refused": cheap_then_dear(("closed", "ok"), ("b", "ok")),
               "hasty": [("a", "hasty")], "steady": [("b", "ok")], "no-finish": [("a", "no-finish")],
               "thought-all": [("a", "thought-all")]})
    gateway_settings = {"provider_limits": {"first_token_timeout": "1 s", "liveness_timeout": "1 s",
                                            "progress_timeout": "1 s"}}

    def earn_a_retry(self):
        """Retries are at most a fifth of all requests, and a few: five good requests pay for one."""
        for _ in range(6):
            self.assertEqual(self.gateway.ask(question("steady"))[0], 200)

    def ask_until_tried(self, model, **more):
        """The answer to a request that went to the failing host first. Exploring may choose the other one."""
        for _ in range(10):
            self.earn_a_retry()
            before = len(self.host.asked(model))
            response = self.gateway.ask(question(model, **more))
            if len(self.host.asked(model)) > before or response[1].get("x-isocost-attempts") not in (None, "1"):
                return response
        self.fail(f"the host that fails was never tried for {model}")

    def test_a_host_that_fails_before_the_first_byte_is_followed_by_another(self):
        for model, (name, stream) in WAYS.items():
            with self.subTest(model):
                begin = time.monotonic()
                status, headers, text = self.ask_until_tried(model, stream=stream, max_tokens=SILENT.get(name))
                self.assertEqual(status, 200, text)
                self.assertLess(time.monotonic() - begin, 5)
                self.assertTrue(headers["x-isocost-endpoint"].startswith("b"))
                self.assertEqual(headers["x-isocost-attempts"], "2")
                if stream:
                    self.assertEqual(said(events(text)), TEXT)
                    self.assertEqual(events(text)[-1], "[DONE]")
                else:
                    self.assertEqual(json.loads(text)["choices"][0]["message"]["content"], TEXT)

    def test_an_answer_without_choices_is_followed_by_another(self):
        self.assertEqual(self.answer_of(self.ask_until_tried("empty-choices")), TEXT)

    def test_a_refused_connection_costs_the_client_nothing(self):
        for stream in (False, True):
            self.earn_a_retry()
            status, headers, _ = self.gateway.ask(question("refused", stream=stream))
            self.assertEqual(status, 200)
            self.assertTrue(headers["x-isocost-endpoint"].startswith("b"))

    def test_when_nobody_is_left_the_client_gets_one_clear_error(self):
        for model in SURVIVED:
            if model in STREAMED_ONLY:
                continue
            with self.subTest(model):
                status, headers, text = self.gateway.ask(question(f"{model}-alone", max_tokens=SILENT.get(model)))
                error = json.loads(text)["error"]
                self.assertIn(status, (429, 500, 502, 503, 504))
                self.assertNotEqual(status, 401)
                self.assertTrue(error["message"] and error["code"])
                self.assertLessEqual(float(headers.get("retry-after", 0)), 60)
                self.assertGreaterEqual(float(headers.get("retry-after", 0)), 0)
                self.assertNotIn("<html>", text.decode())

    def test_what_breaks_after_the_first_byte_ends_with_one_error_event(self):
        for name in BROKEN:
            with self.subTest(name), RawClient(self.gateway.port) as client:
                before = len(self.host.asked(f"broken-{name}"))
                client.send(chat(question(f"broken-{name}", stream=True), ["Connection: close"]))
                body, _ = client.stream_body()
                got = events(body)
                self.assertEqual(said(got), "Hello", "the words that came, once")
                self.assertNotIn("[DONE]", got)
                errors = [event for event in got if "error" in event]
                self.assertEqual(len(errors), 1, got)
                self.assertIs(got[-1], errors[0])
                self.assertTrue(errors[0]["error"]["message"])
                self.assertEqual(len(self.host.asked(f"broken-{name}")), before + 1, "nothing is asked twice")

    def test_an_answer_that_lacks_a_finish_or_content_is_an_answer(self):
        for _ in range(20):  # as failures, they would have shut the host off
            status, _, text = self.gateway.ask(question("no-finish", stream=True))
            self.assertEqual(status, 200, text)
            self.assertEqual(said(events(text)), TEXT)
            self.assertEqual(events(text)[-1], "[DONE]")
            status, headers, text = self.gateway.ask(question("thought-all"))
            self.assertEqual(status, 200, text)
            self.assertEqual(json.loads(text)["choices"][0]["finish_reason"], "length")
            self.assertEqual(headers["x-isocost-attempts"], "1")

    def test_a_connection_closed_while_idle_is_not_the_clients_trouble(self):
        for _ in range(500):
            self.assertEqual(self.answer_of(self.gateway.ask(question("hasty"))), TEXT)


class LongWait(EndToEnd):
    """A client that waits for a stream hears that somebody still works on it."""
    behaviours = {"late": b.late(0.5, b.ok), "late-and-gone": b.late(0.5, b.failing(500)), "ok": b.ok}
    models = {"late": [("a", "late")], "second": cheap_then_dear(("a", "late-and-gone"), ("b", "ok")),
              "gone": [("a", "late-and-gone")]}
    gateway_settings = {"limits": {"comment_after": "200 ms"}}
    comment = b": isocost waiting\n\n"

    def test_comments_come_first_then_the_answer(self):
        for model in ("late", "second"):
            with self.subTest(model):
                for _ in range(10):  # exploring may choose the host that is there at once
                    status, headers, text = self.gateway.ask(question(model, stream=True))
                    if "x-isocost-endpoint" not in headers:
                        break
                self.assertEqual(status, 200)
                self.assertNotIn("x-isocost-endpoint", headers)
                self.assertIn("x-request-id", headers)
                self.assertTrue(text.startswith(self.comment), text)
                self.assertEqual(said(events(text)), TEXT)
                self.assertEqual(events(text)[-1], "[DONE]")

    def test_after_a_comment_an_error_is_one_event_and_the_connection_is_used_again(self):
        with RawClient(self.gateway.port) as client:
            client.send(chat(question("gone", stream=True)))
            status, _, body = client.response()
            self.assertEqual(status, 200)
            self.assertTrue(body.startswith(self.comment), body)
            got = events(body)
            self.assertEqual(len(got), 1, got)
            self.assertTrue(got[0]["error"]["message"])
            client.send(chat(question("late")))
            self.assertEqual(client.response()[0], 200)


class EveryCut(EndToEnd):
    """A stream is the same however its bytes are cut, and in every line ending."""
    transcripts = {"lf": b.transcript(["Hé", "llo"]), "crlf": b.transcript(["Hé", "llo"], "\r\n"),
                   "cr": b.transcript(["Hé", "llo"], "\r"), "bom": b"\xef\xbb\xbf" + b.transcript(["Hé", "llo"]),
                   "comments": b": hello\n\n" + b.transcript(["Hé", "llo"]).replace(b"data: [", b": x\n\ndata: [")}
    cuts = {f"{name}-{cut}": b.in_pieces(bytes_, cut)
            for name, bytes_ in transcripts.items() for cut in range(0, len(bytes_), 1 if name == "lf" else 17)}
    behaviours = {"cut": lambda exchange: EveryCut.cuts[exchange.body["user"]](exchange)}
    models = {"cut": [("a", "cut")]}

    def test_a_stream_is_the_same_wherever_it_is_cut(self):
        with RawClient(self.gateway.port) as client:
            for name in self.cuts:
                client.send(chat(question("cut", stream=True, user=name)))
                status, _, body = client.response()
                self.assertEqual(status, 200, name)
                got = events(body)
                self.assertEqual(said(got), "Héllo", name)
                self.assertEqual(got[-1], "[DONE]", name)
                self.assertEqual(got.count("[DONE]"), 1, name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
