"""Traces and metrics, as a collector of OpenTelemetry gets them by OTLP/HTTP, also over TLS: whose they are, how spans hang
together, that all that /metrics has arrives, and that nothing waits for a collector that is slow, away or says no."""
import gzip
import http.server
import json
import os
import pathlib
import queue
import re
import socket
import ssl
import tempfile
import threading
import time
import unittest

import behaviours
from gateway import EndToEnd, Gateway, endpoint, free_port, question
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from scripted_host import ScriptedHost
from tls_test import LOCAL, Authority

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Collector:
    """What a collector does with POST /v1/traces and /v1/metrics."""

    def __init__(self, certificate=None):
        self.got, self.status, self.pause = queue.Queue(), 200, 0
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers["Content-Encoding"] == "gzip":
                    body = gzip.decompress(body)
                time.sleep(collector.pause)
                self.send_response(collector.status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b"{}")
                collector.got.put((self.path, dict(self.headers), collector.status, json.loads(body)))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self, wanted, patience=15):
        """The spans of the next batch that has one which is wanted."""
        limit = time.monotonic() + patience
        while True:
            path, headers, status, body = self.got.get(timeout=max(0.1, limit - time.monotonic()))
            if "resourceSpans" not in body:
                continue
            spans = [span for resource in body["resourceSpans"] for scope in resource["scopeSpans"] for span in scope["spans"]]
            if status == 200 and any(wanted(span) for span in spans):
                return path, headers, body, spans


def attributes(span):
    return {each["key"]: next(iter(each["value"].values())) for each in span["attributes"]}


class Traces(EndToEnd):
    behaviours = {"ok": behaviours.ok, "down": behaviours.failing(500)}
    models = {"m": [endpoint("a", "down", price={"input": "0.01 $/Mtok", "output": "0.01 $/Mtok"}), endpoint("b", "ok")]}

    @classmethod
    def prepare(cls, settings):
        # The host that answers is one's own and writes traces, too; the one that is down is anybody's.
        settings["providers"]["b-ok"]["traceparent"] = True

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
        decisions = [attributes(event) for event in server["events"] if event["name"] == "isocost.decision"]
        self.assertEqual([each["isocost.endpoint"] for each in decisions],
                         [attributes(span)["isocost.endpoint"] for span in clients])
        self.assertGreaterEqual(decisions[0]["isocost.decision.cost.dollars"],
                                decisions[0]["isocost.decision.least_cost.dollars"])
        self.assertEqual([int(attributes(span)["server.port"]) for span in clients], list(self.host.ports[:2]))
        for client in clients:
            self.assertEqual(client["parentSpanId"], server["spanId"])
            self.assertGreaterEqual(int(client["startTimeUnixNano"]), int(server["startTimeUnixNano"]) - 1_000_000)

    def test_what_hosts_are_told_is_their_span_where_that_is_configured_and_nothing_elsewhere(self):
        trace = "0af7651916cd43dd8448eb211c80319c"
        _, headers, _ = self.gateway.ask(question(), {"traceparent": f"00-{trace}-{PARENT}-01", "tracestate": "vendor=1"})
        mine = headers["x-request-id"]
        _, _, _, spans = self.collector.spans(lambda span: attributes(span).get("isocost.request.id") == mine)
        clients = [span for span in spans if span["traceId"] == trace and span["kind"] == 3]
        told = {each.headers.get("traceparent") for each in self.host.exchanges if self.host.model_of(each) == "ok"}
        self.assertIn(f"00-{trace}-{clients[-1]['spanId']}-01", told)
        self.assertEqual([each.headers for each in self.host.exchanges if self.host.model_of(each) == "down" and
                          {"traceparent", "tracestate"} & set(each.headers)], [])
        self.assertEqual([each.headers for each in self.host.exchanges if "tracestate" in each.headers], [])

    def test_a_request_that_is_no_post_is_called_what_it_is(self):
        self.assertEqual(self.gateway.get("/v1/models/nowhere")[0], 404)
        is_mine = lambda span: attributes(span).get("http.route") == "/v1/models/{model}"
        _, _, _, spans = self.collector.spans(is_mine)
        span = next(filter(is_mine, spans))
        self.assertEqual((span["name"], attributes(span)["http.request.method"]), ("GET /v1/models/{model}", "GET"))

    def test_what_a_client_does_not_sample_is_not_exported(self):
        other = TRACE[::-1]
        self.gateway.ask(question(), {"traceparent": f"00-{other}-{PARENT}-00"})
        _, headers, _ = self.gateway.ask(question())
        mine = headers["x-request-id"]
        _, _, _, spans = self.collector.spans(lambda span: attributes(span).get("isocost.request.id") == mine)
        self.assertNotIn(other, {span["traceId"] for span in spans})

        told = [each.headers.get("traceparent") for each in self.host.exchanges if self.host.model_of(each) == "ok"]
        self.assertIn(f"00-{other}-{PARENT}-00", told)  # as the client said it

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


class OverTls(EndToEnd):
    """A collector that is reached over TLS alone, whose authority is named."""
    behaviours = {"ok": behaviours.ok}

    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        authority = Authority(folder)
        cls.collector = Collector(authority.certify("collector", "collector", LOCAL))
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"https://localhost:{cls.collector.port}", "OTEL_SERVICE_NAME": "router",
                     "OTEL_EXPORTER_OTLP_CERTIFICATE": str(authority.file), "OTEL_METRIC_EXPORT_INTERVAL": "500",
                     "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}
        os.environ.update(variables)
        try:
            super().setUpClass()
        finally:
            for name in variables:
                del os.environ[name]

    def metrics(self, wanted, patience=15):
        """The next ones that are wanted, as a receiver reads them: what it does not know it would refuse here."""
        limit = time.monotonic() + patience
        while True:
            path, fields, _, body = self.collector.got.get(timeout=max(0.1, limit - time.monotonic()))
            if "resourceMetrics" not in body:
                continue
            self.assertEqual((path, fields["Content-Encoding"]), ("/v1/metrics", "gzip"))
            [resource] = json_format.ParseDict(body, ExportMetricsServiceRequest()).resource_metrics
            [scope] = resource.scope_metrics
            named = {metric.name: metric for metric in scope.metrics}
            if wanted(named):
                self.assertEqual({each.key: each.value.string_value for each in resource.resource.attributes}["service.name"], "router")
                return named

    def test_all_that_metrics_has_arrives_with_its_type_and_value(self):
        for _ in range(5):
            self.assertEqual(self.gateway.ask(question(stream=True))[0], 200)

        def is_counted(named):
            requests = named.get("isocost_requests_total")
            return requests is not None and sum(point.as_double for point in requests.sum.data_points) == 5
        named = self.metrics(is_counted)
        text = self.gateway.get("/metrics")[1]
        types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
        has_series = {name for name, kind in types.items() if re.search(rf"^{name}{'_count' if kind == 'histogram' else ''}[ {{]", text, re.M)}
        self.assertEqual(has_series - set(named), set())
        for name, metric in named.items():
            self.assertEqual(metric.WhichOneof("data"), {"counter": "sum", "gauge": "gauge", "histogram": "histogram"}[types[name]], name)
            for point in metric.histogram.data_points:
                self.assertEqual(len(point.bucket_counts), len(point.explicit_bounds) + 1)
                self.assertEqual(sum(point.bucket_counts), point.count)
            for point in metric.sum.data_points:
                self.assertGreater(point.start_time_unix_nano, 0)
                self.assertLess(point.start_time_unix_nano, point.time_unix_nano)
        waits = named["isocost_request_duration_seconds"].histogram if "isocost_request_duration_seconds" in named else None
        if waits:
            self.assertGreaterEqual(sum(point.count for point in waits.data_points), 5)

    def test_traces_come_the_same_way(self):
        _, headers, _ = self.gateway.ask(question())
        mine = headers["x-request-id"]
        path, _, _, _ = self.collector.spans(lambda span: attributes(span).get("isocost.request.id") == mine)
        self.assertEqual(path, "/v1/traces")


class Hanging(unittest.TestCase):
    """A collector that takes what comes and never says anything."""

    def test_the_gateway_ends_all_the_same(self):
        listener = self.enterContext(socket.create_server(("127.0.0.1", 0)))
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{listener.getsockname()[1]}", "OTEL_EXPORTER_OTLP_TIMEOUT": "300000"}
        os.environ.update(variables)
        try:
            with ScriptedHost({"ok": behaviours.ok}) as host:
                with Gateway({"a": host.ports[0]}, {"m": [endpoint("a", "ok")]}) as gateway:
                    self.assertEqual(gateway.ask(question())[0], 200)
                    listener.settimeout(15)
                    connection, _ = listener.accept()
                    began = time.monotonic()
                self.assertLess(time.monotonic() - began, 15)  # two times five seconds of patience, and some
                connection.close()
        finally:
            for name in variables:
                del os.environ[name]


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
