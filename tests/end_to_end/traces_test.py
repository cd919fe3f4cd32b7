"""Traces, as a collector of OpenTelemetry gets them by OTLP/HTTP: whose they are, how spans hang together, and that nothing
waits for a collector that is slow, away or says no."""
import http.server
import json
import os
import queue
import re
import threading
import time
import unittest

import behaviours
from gateway import EndToEnd, endpoint, free_port, question

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Collector:
    """What a collector does with POST /v1/traces."""

    def __init__(self):
        self.got, self.status, self.pause = queue.Queue(), 200, 0
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(collector.pause)
                self.send_response(collector.status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b"{}")
                collector.got.put((self.path, dict(self.headers), collector.status, json.loads(body)))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self, wanted, patience=15):
        """The spans of the next batch that has one which is wanted."""
        limit = time.monotonic() + patience
        while True:
            path, headers, status, body = self.got.get(timeout=max(0.1, limit - time.monotonic()))
            spans = [span for resource in body["resourceSpans"] for scope in resource["scopeSpans"] for span in scope["spans"]]
            if status == 200 and any(wanted(span) for span in spans):
                return path, headers, body, spans


def attributes(span):
    return {each["key"]: next(iter(each["value"].values())) for each in span["attributes"]}


class Traces(EndToEnd):
    behaviours = {"ok": behaviours.ok, "down": behaviours.failing(500)}
    models = {"m": [endpoint("a", "down", price={"input": "0.01 $/Mtok", "output": "0.01 $/Mtok"}), endpoint("b", "ok")]}

    @classmethod
    def setUpClass(cls):
        cls.collector = Collector()
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{cls.collector.port}", "OTEL_SERVICE_NAME": "router",
                     "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=a%20b", "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=test"}
        os.environ.update(variables)
        try:
            super().setUpClass()
        finally:
            for name in variables:
                del os.environ[name]

    def test_a_request_that_failed_over_is_one_trace_with_its_attempts(self):
        status, headers, _ = self.gateway.ask(question(), {"traceparent": f"00-{TRACE}-{PARENT}-01"})
        self.assertEqual(status, 200)
        mine = headers["x-request-id"]
        path, fields, body, spans = self.collector.spans(lambda span: attributes(span).get("isocost.request.id") == mine)
        self.assertEqual(path, "/v1/traces")
        self.assertEqual(fields["x-tenant"], "a b")
        resource = attributes(body["resourceSpans"][0]["resource"])
        self.assertEqual((resource["service.name"], resource["deployment.environment"]), ("router", "test"))
        spans = [span for span in spans if span["traceId"] == TRACE]
        server = next(span for span in spans if span["kind"] == 2)
        clients = [span for span in spans if span["kind"] == 3]
        self.assertEqual(server["parentSpanId"], PARENT)
        self.assertEqual([attributes(span)["isocost.attempt.outcome"] for span in clients], ["server_error", "success"])
        self.assertEqual([attributes(span)["isocost.attempt.role"] for span in clients], ["primary", "retry"])
        self.assertEqual(attributes(clients[1])["gen_ai.usage.input_tokens"], str(behaviours.USAGE["prompt_tokens"]))
        for span in spans:
            self.assertRegex(span["traceId"], r"^[0-9a-f]{32}$")
            self.assertRegex(span["spanId"], r"^[0-9a-f]{16}$")
            self.assertLessEqual(int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"]))
            self.assertLess(abs(int(span["endTimeUnixNano"]) / 1e9 - time.time()), 60)
        for client in clients:
            self.assertEqual(client["parentSpanId"], server["spanId"])
            self.assertGreaterEqual(int(client["startTimeUnixNano"]), int(server["startTimeUnixNano"]) - 1_000_000)

    def test_what_a_client_does_not_sample_is_not_exported(self):
        other = TRACE[::-1]
        self.gateway.ask(question(), {"traceparent": f"00-{other}-{PARENT}-00"})
        _, headers, _ = self.gateway.ask(question())
        mine = headers["x-request-id"]
        _, _, _, spans = self.collector.spans(lambda span: attributes(span).get("isocost.request.id") == mine)
        self.assertNotIn(other, {span["traceId"] for span in spans})

    def test_nobody_waits_for_a_collector_that_is_slow_and_it_is_asked_again(self):
        self.collector.status, self.collector.pause = 503, 0.3
        try:
            began = time.monotonic()
            _, headers, _ = self.gateway.ask(question())
            for _ in range(30):
                self.assertEqual(self.gateway.ask(question())[0], 200)
            self.assertLess(time.monotonic() - began, 10)
            while self.collector.got.get(timeout=15)[2] != 503:
                pass
        finally:
            self.collector.status, self.collector.pause = 200, 0
        mine = headers["x-request-id"]
        self.collector.spans(lambda span: attributes(span).get("isocost.request.id") == mine, patience=30)
        self.assertEqual(self.gateway.metric("isocost_dropped_spans_total"), 0)


class Away(EndToEnd):
    """A collector that is not there."""

    @classmethod
    def setUpClass(cls):
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{free_port()}"
        try:
            super().setUpClass()
        finally:
            del os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]

    def test_it_is_said_once_and_counted(self):
        self.assertEqual(self.gateway.ask(question())[0], 200)
        said = self.gateway.hear(r"traces are lost: .*")
        self.assertTrue(re.search("cannot be reached", said[0]))
        self.assertGreaterEqual(self.gateway.metric("isocost_dropped_spans_total"), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
