"""Clients over TLS: real clients with verification on, certificates of clients as keys, a certificate that is
replaced while the gateway runs, and peers that speak something else."""
import datetime
import http.client
import http.server
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

import httpx
import openai
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import behaviours
from gateway import KEY, Gateway, endpoint, free_port, question
from scripted_host import ScriptedHost

HOUR = datetime.timedelta(hours=1)


def name_of(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    def __init__(self, folder, name="Test authority"):
        self.folder, self.key, self.name = folder, ec.generate_private_key(ec.SECP256R1()), name
        self.file = folder / (name.replace(" ", "_") + ".pem")
        self.file.write_bytes(self._sign(name, self.key, [], is_authority=True).public_bytes(
            serialization.Encoding.PEM))

    def _sign(self, subject, key, names, is_authority=False, days=365):
        now = datetime.datetime.now(datetime.timezone.utc)
        made = (x509.CertificateBuilder().subject_name(name_of(subject)).issuer_name(name_of(self.name))
                .public_key(key.public_key()).serial_number(x509.random_serial_number())
                .not_valid_before(now - 400 * 24 * HOUR).not_valid_after(now + days * 24 * HOUR)
                .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True))
        if names:
            made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return made.sign(self.key, hashes.SHA256())

    def certify(self, file, subject, names=(), days=365):
        """Puts certificate and key into FILE.crt and FILE.key, in one step each."""
        key = ec.generate_private_key(ec.SECP256R1())
        paths = []
        for suffix, data in ((".crt", self._sign(subject, key, list(names), days=days).public_bytes(
                serialization.Encoding.PEM)), (".key", key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))):
            paths.append(self.folder / (file + suffix))
            paths[-1].with_suffix(".new").write_bytes(data)
            paths[-1].with_suffix(".new").replace(paths[-1])
        return [str(path) for path in paths]


LOCAL = [x509.DNSName("localhost"), x509.DNSName("isocost.test")]


class WantsCertificates(http.server.ThreadingHTTPServer):
    """A host that wants to know by a certificate who asks."""
    daemon_threads = True

    def __init__(self, authority, files):
        super().__init__(("127.0.0.1", 0), WhoAsks)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        context.load_verify_locations(authority)
        context.verify_mode = ssl.CERT_REQUIRED
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.names = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        pass


class WhoAsks(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.names.append(self.connection.getpeercert()["subject"][0][0][1])
        body = json.dumps(behaviours.answer({"content": "Hello"})).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class ToHosts(unittest.TestCase):
    def test_a_host_that_wants_a_certificate_is_shown_the_right_one(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        authority, stranger = Authority(folder), Authority(folder, "Stranger")
        host = self.enterContext(WantsCertificates(authority.file, authority.certify("host", "host", LOCAL)))
        ours, other = authority.certify("ours", "gateway.isocost"), stranger.certify("other", "somebody")

        def at(files):
            provider = {"base_url": f"https://localhost:{host.server_address[1]}/v1", "ca_file": str(authority.file)}
            return provider | ({"tls": {"certificate": files[0], "key": files[1]}} if files else {})

        gateway = Gateway({}, {"known": [endpoint("known", "ok")], "other": [endpoint("other", "ok")],
                               "none": [endpoint("none", "ok")]})
        gateway.settings["providers"] = {"known": at(ours), "other": at(other), "none": at(None)}
        gateway = self.enterContext(gateway)
        self.assertEqual(gateway.ask(question("known"))[0], 200)
        self.assertEqual(host.names, ["gateway.isocost"])
        for model in ("other", "none"):
            status, _, text = gateway.ask(question(model))
            self.assertEqual((status, json.loads(text)["error"]["code"]), (502, "upstream_tls"), text)
        self.assertEqual(len(host.names), 1)
        # What could never be shown is refused, and the old configuration goes on.
        gateway.settings["providers"]["known"]["tls"]["key"] = other[1]
        gateway.write()
        said = subprocess.run([os.environ["ISOCOST"], "check", str(gateway.config_path)],
                              capture_output=True, text=True, timeout=30)
        self.assertNotEqual(said.returncode, 0)
        self.assertIn("providers.known.tls.key", said.stdout + said.stderr)
        self.assertIn("it is not the key of the certificate", said.stdout + said.stderr)
        self.assertEqual(gateway.ask(question("known"))[0], 200)


BIG = "a long answer " * 60_000


async def big(exchange):
    await exchange.reply(200, behaviours.answer({"content": BIG}))


class OverTls(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.authority = Authority(self.folder)
        self.files = self.authority.certify("server", "isocost", LOCAL)
        self.host = self.enterContext(ScriptedHost(
            {"ok": behaviours.ok, "late": behaviours.late(0.8, behaviours.ok), "big": big}, ports=1))

    def gateway(self, tls=None, keys=(), **more):
        models = {"m": [endpoint("a", "ok")], "late": [endpoint("a", "late")],
                  "big": [endpoint("a", "big")]}
        gateway = TlsGateway({"a": self.host.ports[0]}, models,
                             tls={"certificate": self.files[0], "key": self.files[1]} | (tls or {}), **more)
        gateway.settings["keys"] += keys
        gateway.trust = ssl.create_default_context(cafile=self.authority.file)
        return self.enterContext(gateway)

    def test_health_asks_this_machine_s_own_gateway_whatever_names_its_certificate_is_for(self):
        state = self.folder / "elsewhere"
        gateway = self.gateway(state=str(state))
        asked = [os.environ["ISOCOST"], "health"]
        for words in (["--config", gateway.config_path], ["--config", gateway.config_path, "--live"]):
            done = subprocess.run([*asked, *words], capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 0, done.stderr)
        done = subprocess.run(asked, capture_output=True, text=True, timeout=30, env=os.environ | {"STATE_DIRECTORY": state})
        self.assertEqual((done.returncode, done.stdout), (0, "ready\n"), done.stderr)
        # What is named is verified.
        named = subprocess.run([*asked, "--url", f"https://127.0.0.1:{gateway.port}"], capture_output=True, text=True, timeout=30)
        self.assertEqual(named.returncode, 1)
        self.assertIn("no TLS with 127.0.0.1", named.stderr)

    def test_the_openai_client_is_answered_whole_and_streamed_with_verification_on(self):
        gateway = self.gateway()
        with openai.OpenAI(api_key=KEY, base_url=gateway.base_url,
                           http_client=httpx.Client(verify=gateway.trust)) as client:
            messages = question()["messages"]
            for _ in range(3):
                whole = client.chat.completions.create(model="m", messages=messages)
                self.assertTrue(whole.choices[0].message.content)
            streamed = [chunk for chunk in client.chat.completions.create(model="m", messages=messages, stream=True)]
            text = "".join(chunk.choices[0].delta.content or "" for chunk in streamed if chunk.choices)
            self.assertEqual(text, whole.choices[0].message.content)

    def test_a_large_body_and_a_large_answer_pass(self):
        gateway = self.gateway()
        text = "tell me about computing. " * 16_000  # 400 KB
        status, _, body = gateway.ask(question(messages=[{"role": "user", "content": text}]))
        self.assertEqual(status, 200, body[:200])
        status, _, body = gateway.ask(question("big"))
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(body)["choices"][0]["message"]["content"], BIG)

    def test_versions_before_1_2_are_refused_and_sessions_are_resumed(self):
        gateway = self.gateway(workers=2)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = ssl.create_default_context(cafile=self.authority.file)
            context.minimum_version = context.maximum_version = version
            context.set_alpn_protocols(["h2", "http/1.1"])
            session, resumed = None, 0
            for _ in range(6):
                with socket.create_connection(("127.0.0.1", gateway.port), 10) as plain, \
                        context.wrap_socket(plain, server_hostname="localhost", session=session) as tls:
                    self.assertEqual(tls.selected_alpn_protocol(), "http/1.1")
                    tls.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    answer = b""
                    while got := tls.recv(4096):  # to its orderly end, or the client raises
                        answer += got
                    self.assertIn(b"200 OK", answer)
                    resumed += tls.session_reused
                    session = tls.session
            self.assertEqual(resumed, 5, version)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", gateway.port), 10) as plain, self.assertRaises(ssl.SSLError):
            old.wrap_socket(plain)

    def test_who_speaks_http_is_told_what_is_spoken_and_who_speaks_nothing_is_given_up(self):
        gateway = self.gateway(limits={"header_timeout": "300 ms"})
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
        connection.request("GET", "/v1/models")
        answer = connection.getresponse()
        self.assertEqual(answer.status, 400)
        self.assertIn("https://", json.loads(answer.read())["error"]["message"])
        connection.close()
        for said in (b"", b"\x16\x03\x01", b"\x00\xff\x00 nonsense\r\n\r\n", os.urandom(2000)):
            with socket.create_connection(("127.0.0.1", gateway.port), 10) as client:
                client.sendall(said)
                try:
                    while client.recv(4096):
                        pass
                except ConnectionResetError:
                    pass
        self.assertEqual(gateway.ask(question())[0], 200)
        self.assertGreaterEqual(gateway.metric("isocost_tls_handshake_failures_total"), 5)

    def test_a_stream_that_its_client_leaves_is_given_up_and_a_drain_waits_for_what_runs(self):
        gateway = self.gateway()
        plain = socket.create_connection(("127.0.0.1", gateway.port), 10)
        tls = gateway.trust.wrap_socket(plain, server_hostname="localhost")
        body = json.dumps(question("late")).encode()
        tls.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + KEY.encode() +
                    b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        time.sleep(0.2)
        gateway.process.send_signal(signal.SIGTERM)
        answer = b""
        while got := tls.recv(65536):
            answer += got
        self.assertIn(b"200 OK", answer)
        tls.close()
        self.assertEqual(gateway.process.wait(10), 0)

    def test_a_certificate_that_is_replaced_is_taken_up_and_one_that_is_no_good_is_not(self):
        gateway = self.gateway()

        def shown():
            with socket.create_connection(("127.0.0.1", gateway.port), 10) as plain, \
                    gateway.trust.wrap_socket(plain, server_hostname="localhost") as tls:
                return x509.load_der_x509_certificate(tls.getpeercert(binary_form=True)).serial_number

        first = shown()
        kept = http.client.HTTPSConnection("localhost", gateway.port, context=gateway.trust, timeout=10)
        kept.request("GET", "/healthz")
        kept.getresponse().read()
        self.authority.certify("server", "isocost", LOCAL)
        gateway.process.send_signal(signal.SIGHUP)
        gateway.hear("the new certificate in .*server.crt. is in use")
        second = shown()
        self.assertNotEqual(first, second)
        kept.request("GET", "/healthz")  # a connection that is open goes on
        self.assertEqual(kept.getresponse().read(), b"ok\n")
        kept.close()

        pathlib.Path(self.files[1]).write_text("no key")
        gateway.process.send_signal(signal.SIGHUP)
        gateway.hear("tls.key")
        self.assertEqual(shown(), second)
        self.authority.certify("server", "isocost", LOCAL)
        gateway.hear("the new certificate in .*server.crt. is in use")  # by itself, within half a minute
        self.assertNotEqual(shown(), second)
        ends = gateway.metric("isocost_tls_certificate_expiry_timestamp_seconds")
        self.assertAlmostEqual(ends - time.time(), 365 * 86400, delta=600)

    def test_files_that_cannot_be_used_are_named_before_anything_is_served(self):
        other = self.authority.certify("other", "other", LOCAL)
        ending = self.authority.certify("ending", "isocost", LOCAL, days=2.5)
        for tls, said in (({"certificate": self.files[0], "key": other[1]}, "it is not the key of the certificate"),
                          ({"certificate": str(self.folder / "none"), "key": other[1]}, "tls.certificate"),
                          ({"certificate": self.files[0], "key": self.files[0]}, "tls.key"),
                          ({"certificate": self.files[0]}, "key"),
                          ({"certificate": self.files[0], "key": self.files[1], "client_ca": self.files[1]},
                           "tls.client_ca"),
                          ({"certificate": self.files[0], "key": self.files[1], "client_certificate": "required"},
                           "client_ca"),
                          ({"certificate": ending[0], "key": ending[1]}, "ends in 2 days")):
            gateway = TlsGateway({"a": 1}, {"m": [endpoint("a", "ok")]}, tls=tls)
            file = self.folder / "isocost.yaml"
            file.write_text(json.dumps(gateway.settings))
            checked = subprocess.run([os.environ["ISOCOST"], "check", file], capture_output=True, text=True)
            self.assertIn(said, checked.stdout + checked.stderr)
            self.assertEqual(checked.returncode != 0, "ends in" not in said, said)

    def test_a_certificate_of_a_client_is_its_key(self):
        app = self.authority.certify("app", "app", [x509.DNSName("app.example.internal")])
        ops = self.authority.certify("ops", "ops")  # known by its common name
        nobody = self.authority.certify("nobody", "nobody")
        stranger = Authority(self.folder, "Another authority").certify("stranger", "app",
                                                                       [x509.DNSName("app.example.internal")])
        gateway = self.gateway(
            tls={"client_ca": str(self.authority.file), "client_certificate": "optional"},
            keys=[{"name": "app", "certificate": "app.example.internal"},
                  {"name": "ops", "certificate": "ops", "role": "operator"}])

        def asked(files=None, path="/v1/chat/completions", token=None):
            context = ssl.create_default_context(cafile=self.authority.file)
            if files:
                context.load_cert_chain(*files)
            with httpx.Client(verify=context, base_url=f"https://localhost:{gateway.port}") as client:
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                if path.startswith("/v1/chat"):
                    return client.post(path, json=question(), headers=headers).status_code
                return client.get(path, headers=headers).status_code

        self.assertEqual(asked(app), 200)
        self.assertEqual(asked(app, "/metrics"), 403)
        self.assertEqual(asked(ops, "/metrics"), 200)
        self.assertEqual(asked(nobody), 401)
        self.assertEqual(asked(), 401)
        self.assertEqual(asked(token=KEY), 200)
        self.assertEqual(asked(app, token="wrong"), 401, "a key that is presented is what counts")
        with self.assertRaises(httpx.TransportError):
            asked(stranger)
        until, served = time.monotonic() + 10, []
        while len(served) < 2 and time.monotonic() < until:
            log = [json.loads(line) for line in gateway.log_path.read_text().splitlines() if line.endswith("}")]
            served = [line["key"] for line in log if line["status"] == 200 and "chat" in line["path"]]
            time.sleep(0.05)
        self.assertEqual(served, ["app", "tests"])

    def test_where_a_certificate_is_required_nobody_is_heard_without_one(self):
        app = self.authority.certify("app", "app")
        gateway = self.gateway(tls={"client_ca": str(self.authority.file)})
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            gateway.ask(question())
        gateway.trust.load_cert_chain(*app)
        self.assertEqual(gateway.ask(question())[0], 200, "the key counts as ever")
        self.assertEqual(gateway.ask(question(), {"Authorization": ""})[0], 401)

    def test_commands_ask_a_gateway_over_tls_and_the_address_of_administration_may_be_in_the_open(self):
        admin = free_port()
        gateway = self.gateway(admin=f"127.0.0.1:{admin}")
        command = [os.environ["ISOCOST"], "top", "--once", "--key", KEY, "--url"]
        self.assertEqual(subprocess.run([*command, f"http://127.0.0.1:{admin}"], capture_output=True).returncode, 0)
        explain = [os.environ["ISOCOST"], "explain", "--key", KEY, "--url", f"https://localhost:{gateway.port}", "-"]
        body = json.dumps(question())
        trusting = os.environ | {"SSL_CERT_FILE": str(self.authority.file)}
        done = subprocess.run(explain, input=body, env=trusting, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = subprocess.run(explain, input=body, capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no TLS with", done.stderr)


class TlsGateway(Gateway):
    trust = None

    def connect(self):
        return http.client.HTTPSConnection("localhost", self.port, context=self.trust, timeout=30)

    @property
    def base_url(self):
        return f"https://localhost:{self.port}/v1"


if __name__ == "__main__":
    unittest.main()
