"""HTTP/2 on the TLS listener with real clients: curl, httpx with the OpenAI SDK, Node's http2, and Python's h2 for what
those would never do."""
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.settings
import httpx
import openai
from cryptography import x509

import behaviours
from gateway import KEY, endpoint, question
from scripted_host import ScriptedHost
from tls_test import BIG, LOCAL, Authority, TlsGateway, big

NODE = """
const http2 = require('node:http2'), fs = require('node:fs');
const [,, port, authority, key] = process.argv;
const client = http2.connect(`https://localhost:${port}`, {ca: fs.readFileSync(authority)});
const ask = (stream) => new Promise((done, failed) => {
  const body = JSON.stringify({model: 'm', stream, messages: [{role: 'user', content: 'Hello'}]});
  const request = client.request({':method': 'POST', ':path': '/v1/chat/completions', authorization: `Bearer ${key}`,
                                  'content-type': 'application/json', 'content-length': Buffer.byteLength(body)});
  let status, text = '';
  request.on('response', (head) => { status = head[':status']; });
  request.on('data', (part) => { text += part; });
  request.on('end', () => done([status, text]));
  request.on('error', failed);
  request.end(body);
});
Promise.all(Array.from({length: 50}, (_, i) => ask(i % 2 === 1))).then((all) => {
  console.log(JSON.stringify(all));
  client.close();
});
"""


class Client:
    """One connection, by hand. What came is kept by stream: the head, the body, and how the stream ended."""

    def __init__(self, gateway, automatic=True):
        self.context = ssl.create_default_context(cafile=gateway.authority)
        self.context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("127.0.0.1", gateway.port), 10)
        self.socket = self.context.wrap_socket(plain, server_hostname="localhost")
        self.said = self.socket.selected_alpn_protocol()
        self.automatic = automatic  # gives windows back
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.heads, self.bodies, self.ends, self.goaways, self.closed = {}, {}, {}, [], False
        self.first = {}  # when the first of a body came
        self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def flush(self):
        try:
            self.socket.sendall(self.h2.data_to_send())
        except OSError:
            self.closed = True

    def head(self, method, path, more=()):
        return [(":method", method), (":scheme", "https"), (":authority", "localhost"), (":path", path),
                ("authorization", f"Bearer {KEY}"), *more]

    def ask(self, body, more=()):
        stream = self.h2.get_next_available_stream_id()
        self.h2.send_headers(stream, self.head("POST", "/v1/chat/completions",
                                               [("content-type", "application/json"), *more]))
        self.send(stream, json.dumps(body).encode())
        return stream

    def send(self, stream, data):
        while data:
            part = min(len(data), self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
            if part == 0:
                self.flush()
                self.take()
                continue
            self.h2.send_data(stream, data[:part], end_stream=part == len(data))
            data = data[part:]
        self.flush()

    def take(self):
        try:
            data = self.socket.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.closed = True
            return
        for event in self.h2.receive_data(data):
            stream = getattr(event, "stream_id", None)
            if isinstance(event, h2.events.ResponseReceived):
                self.heads[stream] = dict(event.headers)
            elif isinstance(event, h2.events.DataReceived):
                self.first.setdefault(stream, time.monotonic())
                self.bodies[stream] = self.bodies.get(stream, b"") + event.data
                if self.automatic and event.flow_controlled_length:
                    self.h2.acknowledge_received_data(event.flow_controlled_length, stream)
            elif isinstance(event, h2.events.StreamEnded):
                self.ends[stream] = "end"
            elif isinstance(event, h2.events.StreamReset):
                self.ends[stream] = event.error_code
            elif isinstance(event, h2.events.ConnectionTerminated):
                self.goaways.append((event.error_code, event.last_stream_id))
        if self.h2.state_machine.state is not h2.connection.ConnectionState.CLOSED:
            self.flush()

    def until(self, condition, seconds=10):
        self.socket.settimeout(seconds)
        end = time.monotonic() + seconds
        while not condition():
            if self.closed or time.monotonic() > end:
                raise AssertionError(f"what the test waits for did not come: {self.ends} {self.goaways}")
            self.take()

    def whole(self, stream):
        self.until(lambda: stream in self.ends)
        return self.heads[stream][":status"], self.bodies.get(stream, b"")


class Http2(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.authority = Authority(self.folder)
        self.files = self.authority.certify("server", "isocost", LOCAL)
        self.host = self.enterContext(ScriptedHost(
            {"ok": behaviours.ok, "late": behaviours.late(0.8, behaviours.ok), "big": big, "endless": behaviours.endless,
             "flood": behaviours.flood}, ports=1))

    def gateway(self, tls=None, keys=(), **more):
        models = {"m": [endpoint("a", "ok", context="2000 ktok")]} | {name: [endpoint("a", name)] for name in ("late", "big", "endless", "flood")}
        gateway = TlsGateway({"a": self.host.ports[0]}, models,
                             tls={"certificate": self.files[0], "key": self.files[1], "http2": True} | (tls or {}), **more)
        gateway.settings["keys"] += keys
        gateway.trust = ssl.create_default_context(cafile=self.authority.file)
        gateway.authority = self.authority.file
        return self.enterContext(gateway)

    def test_curl_agrees_on_it_or_keeps_to_http_1_1(self):
        gateway = self.gateway()
        for version in ("2", "1.1"):
            command = ["curl", "-sS", f"--http{version}", "--cacert", self.authority.file, "-w", " %{http_version} %{http_code}",
                       "-H", f"Authorization: Bearer {KEY}", "-H", "Content-Type: application/json",
                       "-d", json.dumps(question()), f"{gateway.base_url}/chat/completions"]
            said = subprocess.run(command, capture_output=True, text=True, timeout=30)
            self.assertEqual(said.returncode, 0, said.stderr)
            self.assertTrue(said.stdout.endswith(f" {version} 200"), said.stdout)
            self.assertIn(behaviours.WORDS[0], said.stdout)
        self.assertEqual(gateway.metric("isocost_http2_connections_total", what="agreed"), 1)

    def test_the_openai_client_is_answered_whole_and_streamed(self):
        gateway = self.gateway()
        http_client = httpx.Client(verify=gateway.trust, http2=True)
        with openai.OpenAI(api_key=KEY, base_url=gateway.base_url, http_client=http_client) as client:
            messages = question()["messages"]
            raw = client.chat.completions.with_raw_response.create(model="m", messages=messages)
            self.assertEqual(raw.http_response.http_version, "HTTP/2")
            whole = raw.parse().choices[0].message.content
            streamed = client.chat.completions.create(model="m", messages=messages, stream=True)
            text = "".join(each.choices[0].delta.content or "" for each in streamed if each.choices)
            self.assertEqual(text, whole)
            with self.assertRaises(openai.NotFoundError):
                client.chat.completions.create(model="none", messages=messages)

    def test_node_has_fifty_requests_at_once_answered(self):
        gateway = self.gateway()
        said = subprocess.run(["node", "-e", NODE, "-", str(gateway.port), str(self.authority.file), KEY],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(said.returncode, 0, said.stderr)
        answers = json.loads(said.stdout)
        self.assertEqual([status for status, _ in answers], [200] * 50)
        for i, (_, text) in enumerate(answers):
            self.assertIn("data: [DONE]" if i % 2 else behaviours.TEXT, text)

    def test_a_hundred_streams_run_at_once_on_one_connection(self):
        gateway = self.gateway()
        with Client(gateway) as client:
            begun = time.monotonic()
            streams = [client.ask(question("late", stream=bool(i % 2))) for i in range(100)]
            for stream in streams:
                status, body = client.whole(stream)
                self.assertEqual((status, client.ends[stream]), ("200", "end"), body)
            self.assertLess(time.monotonic() - begun, 20)
            self.assertEqual(len(self.host.asked("late")), 100)
        arrived = [each.arrived for each in self.host.asked("late")]
        self.assertLess(max(arrived) - min(arrived), 0.8 * 10, "they were under way together")

    def test_a_stream_that_is_reset_cancels_its_host_at_once_and_no_other(self):
        gateway = self.gateway()
        with Client(gateway) as client:
            first, second = (client.ask(question("endless", stream=True)) for _ in range(2))
            client.until(lambda: first in client.bodies and second in client.bodies)
            left = time.monotonic()
            client.h2.reset_stream(first, h2.errors.ErrorCodes.CANCEL)
            client.flush()
            self.host.wait(lambda: any(each.eof_at for each in self.host.asked("endless")))
            gone = [each for each in self.host.asked("endless") if each.eof_at]
            self.assertEqual(len(gone), 1)
            self.assertLess(gone[0].eof_at - left, 0.05)
            before = len(client.bodies[second])
            client.until(lambda: len(client.bodies[second]) > before)
            self.assertNotIn(second, client.ends)

    def test_a_connection_that_is_cut_cancels_all_that_was_asked_on_it(self):
        gateway = self.gateway()
        with Client(gateway) as client:
            streams = [client.ask(question("endless", stream=True)) for _ in range(3)]
            client.until(lambda: all(each in client.bodies for each in streams))
        self.host.wait(lambda: sum(bool(each.eof_at) for each in self.host.asked("endless")) == 3)
        self.assertEqual(gateway.ask(question())[0], 200)

    def test_large_bodies_pass_in_both_directions_at_the_pace_of_who_reads(self):
        gateway = self.gateway()
        text = "tell me about computing. " * 120_000  # 3 MB
        with Client(gateway) as client:
            status, body = client.whole(client.ask(question(messages=[{"role": "user", "content": text}])))
            self.assertEqual(status, "200", body[:300])
            self.assertIn(text, json.loads(self.host.asked("ok")[-1].raw_body)["messages"][0]["content"])
            status, body = client.whole(client.ask(question("big")))
            self.assertEqual(json.loads(body)["choices"][0]["message"]["content"], BIG)
        with Client(gateway, automatic=False) as client:
            slow = client.ask(question("flood", stream=True))
            client.until(lambda: len(client.bodies.get(slow, b"")) == 65535)
            # Its window is used up: the others' is the connection's, which this client gives back for them alone.
            client.h2.increment_flow_control_window(1 << 20)
            client.flush()
            status, body = client.whole(client.ask(question()))
            self.assertEqual(status, "200")
            self.assertEqual(len(client.bodies[slow]), 65535)

    def test_a_body_that_is_too_large_is_refused_before_it_has_come(self):
        gateway = self.gateway(limits={"max_body_bytes": "64 KiB"})
        with Client(gateway) as client:
            stream = client.h2.get_next_available_stream_id()
            client.h2.send_headers(stream, client.head("POST", "/v1/chat/completions", [("content-length", "1000000")]))
            client.h2.send_data(stream, b"x" * 1000)
            client.flush()
            client.until(lambda: stream in client.ends)
            self.assertEqual(client.heads[stream][":status"], "413")
            self.assertEqual(json.loads(client.bodies[stream])["error"]["code"], "body_too_large")
            self.assertEqual(client.whole(client.ask(question()))[0], "200")

    def test_a_drain_says_so_and_waits_for_what_runs(self):
        gateway = self.gateway()
        with Client(gateway) as client, Client(gateway) as idle:
            stream = client.ask(question("late"))
            self.host.wait(lambda: self.host.asked("late"))
            gateway.process.send_signal(signal.SIGTERM)
            status, body = client.whole(stream)
            self.assertEqual(status, "200", body)
            for each in (client, idle):
                with self.assertRaises(AssertionError):
                    each.until(lambda: False)
                self.assertTrue(each.closed)
                self.assertEqual(each.goaways[-1][0], h2.errors.ErrorCodes.NO_ERROR)
            self.assertEqual(client.goaways[-1][1], stream)
        self.assertEqual(gateway.process.wait(10), 0)

    def test_a_connection_beyond_the_limit_is_told_that_nothing_of_it_was_done(self):
        gateway = self.gateway(limits={"max_connections": 1})
        with Client(gateway) as client:
            stream = client.ask(question("endless", stream=True))
            client.until(lambda: stream in client.bodies)
            with Client(gateway) as other:
                other.ask(question())
                other.until(lambda: other.goaways)
                self.assertEqual(other.goaways, [(h2.errors.ErrorCodes.NO_ERROR, 0)])
            before = len(client.bodies[stream])
            client.until(lambda: len(client.bodies[stream]) > before)

    def test_a_client_that_only_makes_work_is_cut_off_and_nobody_else(self):
        gateway = self.gateway()

        def resets(client):
            for _ in range(500):
                stream = client.h2.get_next_available_stream_id()
                client.h2.send_headers(stream, client.head("GET", "/v1/models"), end_stream=True)
                client.h2.reset_stream(stream)

        def pings(client):
            for _ in range(2000):
                client.h2.ping(b"12345678")

        def settings(client):
            for _ in range(2000):
                client.h2.update_settings({h2.settings.SettingCodes.ENABLE_PUSH: 0})

        def empty_data(client):
            stream = client.h2.get_next_available_stream_id()
            client.h2.send_headers(stream, client.head("POST", "/v1/chat/completions"))
            for _ in range(2000):
                client.h2.send_data(stream, b"")

        with Client(gateway) as honest:
            stream = honest.ask(question("endless", stream=True))
            honest.until(lambda: stream in honest.bodies)
            for abuse in (resets, pings, settings, empty_data):
                with self.subTest(abuse.__name__), Client(gateway) as client:
                    abuse(client)
                    client.flush()
                    with self.assertRaises(AssertionError):
                        client.until(lambda: False)
                    self.assertTrue(client.closed, "it was cut off")
            self.assertEqual(honest.whole(honest.ask(question()))[0], "200")
            before = len(honest.bodies[stream])
            honest.until(lambda: len(honest.bodies[stream]) > before)
        self.assertEqual(gateway.metric("isocost_http2_connections_total", what="cut_off"), 4)

    def test_a_certificate_of_a_client_is_the_key_of_all_its_requests(self):
        app = self.authority.certify("app", "app", [x509.DNSName("app.example.internal")])
        gateway = self.gateway(tls={"client_ca": str(self.authority.file), "client_certificate": "optional"},
                               keys=[{"name": "app", "certificate": "app.example.internal"}])
        context = ssl.create_default_context(cafile=self.authority.file)
        with httpx.Client(verify=context, http2=True, base_url=gateway.base_url) as client:
            answer = client.post("/chat/completions", json=question())
            self.assertEqual((answer.http_version, answer.status_code), ("HTTP/2", 401))
        context.load_cert_chain(*app)
        with httpx.Client(verify=context, http2=True, base_url=gateway.base_url) as client:
            for _ in range(8):
                answer = client.post("/chat/completions", json=question())
                self.assertEqual((answer.http_version, answer.status_code), ("HTTP/2", 200))

    def test_it_is_not_offered_where_the_configuration_does_not_say_so(self):
        gateway = self.gateway(tls={"http2": False})
        context = ssl.create_default_context(cafile=self.authority.file)
        context.set_alpn_protocols(["h2", "http/1.1"])
        with socket.create_connection(("127.0.0.1", gateway.port), 10) as plain, \
                context.wrap_socket(plain, server_hostname="localhost") as tls:
            self.assertEqual(tls.selected_alpn_protocol(), "http/1.1")

    def test_a_reload_switches_it(self):
        gateway = self.gateway()
        with Client(gateway) as client:
            gateway.settings["tls"]["http2"] = False
            gateway.write()
            gateway.process.send_signal(signal.SIGHUP)
            gateway.hear("reloaded|in use|configuration")
            self.assertEqual(client.whole(client.ask(question()))[0], "200")  # what was agreed goes on
            with httpx.Client(verify=gateway.trust, http2=True) as other:
                answer = other.get(f"https://localhost:{gateway.port}/healthz")
                self.assertEqual(answer.http_version, "HTTP/1.1")


if __name__ == "__main__":
    unittest.main()
