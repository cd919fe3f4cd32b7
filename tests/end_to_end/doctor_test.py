"""`isocost doctor` against hosts that are well and hosts that are not: what it finds, and what it says to do."""
import datetime
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import servers
from gateway import closed_port, endpoint, free_port

DAY = datetime.timedelta(days=1)


class Answers(http.server.BaseHTTPRequestHandler):
    asked = []
    date = None

    def do_GET(self):
        self.asked.append((self.path, dict(self.headers)))
        self.send_response_only(401)
        self.send_header("Date", self.date or self.date_time_string())
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Late(Answers):
    date = "Sat, 01 Jan 2022 00:00:00 GMT"


class Doctor(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        Answers.asked.clear()

    def certificate(self, name, days):
        """One that signs itself: the file of both."""
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.timezone.utc)
        called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = (x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(key.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(now - 30 * DAY)
                .not_valid_after(now + days * DAY + DAY / 2)
                .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
                .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
                .sign(key, hashes.SHA256()))
        file = self.folder / f"{name}-{days}.pem"
        file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return file

    def serve(self, handler=Answers, certificate=None):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_address[1]

    def examined(self, providers, before=(), **settings):
        file = self.folder / "isocost.yaml"
        settings = {"listen": f"127.0.0.1:{free_port()}", "state": str(self.folder / "state")} | settings
        file.write_text(json.dumps(settings | {"providers": providers, "models": {
            f"m-{name}": {"endpoints": [endpoint(name, "m")]} for name in providers}}))
        done = subprocess.run([*before, os.environ["ISOCOST"], "doctor", "--config", file], capture_output=True, text=True,
                              timeout=60, env={"PATH": os.environ["PATH"], "HOST_KEY": "sk-0123456789abcdef"})
        return done.returncode, re.sub(r" +", " ", done.stdout)

    def test_a_host_that_is_well_is_asked_without_a_key_and_for_nothing_that_costs(self):
        status, said = self.examined({"a": {"base_url": f"http://127.0.0.1:{self.serve()}/v1", "credential": "${HOST_KEY}"}})
        self.assertIn("ok host a 127.0.0.1 is reached, answers 401 to who has no key", said)
        self.assertEqual(status, 0, said)
        (path, headers), = Answers.asked
        self.assertEqual(path, "/v1/models")
        self.assertNotIn("Authorization", headers)
        for about in ("configuration", "descriptors", "memory", "name servers", "authorities", "state", "listen"):
            self.assertIn(f"ok {about} ", said)

    def test_hosts_that_cannot_be_reached_say_why(self):
        status, said = self.examined({
            "closed": {"base_url": f"http://127.0.0.1:{closed_port()}/v1"},
            "nameless": {"base_url": "https://no-such-host.invalid/v1"},
            "elsewhere": {"base_url": f"https://127.0.0.1:{self.serve()}/v1"}})
        self.assertEqual(status, 1)
        self.assertRegex(said, "BAD host closed no connection to 127.0.0.1:[0-9]+: Connection refused\n → let this machine")
        self.assertIn("BAD host nameless no-such-host.invalid has no address", said)
        self.assertIn("BAD host elsewhere 127.0.0.1 is reached, but no TLS with it", said)

    def test_certificates_are_looked_at(self):
        well, ending = self.certificate("localhost", 90), self.certificate("localhost", 3)
        stranger, ended = self.certificate("other.example", 90), self.certificate("localhost", -2)
        urls = {name: f"https://localhost:{self.serve(certificate=file)}/v1"
                for name, file in (("well", well), ("ending", ending), ("stranger", stranger), ("ended", ended), ("unknown", well))}
        files = {"well": well, "ending": ending, "stranger": stranger, "ended": ended}
        status, said = self.examined({name: {"base_url": url} | ({"ca_file": str(files[name])} if name in files else {})
                                      for name, url in urls.items()})
        self.assertEqual(status, 1)
        self.assertIn("ok host well localhost is reached, its certificate has 90 days left, answers 401", said)
        self.assertIn("? host ending localhost is reached, its certificate has 3 days left", said)
        self.assertRegex(said, "BAD host stranger .*no TLS with it: .*[Hh]ost ?name mismatch")
        self.assertRegex(said, "BAD host ended .*no TLS with it: certificate has expired")
        self.assertRegex(said, "BAD host unknown .*no TLS with it: self.signed certificate")

    def test_this_machine_is_looked_at(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            status, said = self.examined({"late": {"base_url": f"http://127.0.0.1:{self.serve(Late)}/v1"}},
                                         before=["bash", "-c", 'ulimit -n 1000; exec "$@"', "bash"],
                                         listen=f"127.0.0.1:{taken.getsockname()[1]}", admin="192.0.2.1:9464")
        self.assertEqual(status, 1)
        self.assertIn("? descriptors 1000; a stream takes two, and no more than 1000 may be had", said)
        self.assertRegex(said, r"\? listen 127.0.0.1:\d+ is taken")
        self.assertIn("BAD admin 192.0.2.1:9464: ", said)
        self.assertRegex(said, r"\? host late .* its clock is \d+ s behind this machine's")

    def test_the_certificate_that_clients_are_shown_is_looked_at(self):
        for days, said_of_it in ((90, "ok certificate {} has 90 days left"), (5, "? certificate {} has 5 days left"),
                                 (-2, "BAD certificate {} has ended")):
            with self.subTest(days=days):
                file = self.certificate("gateway.test", days)
                _, said = self.examined({"a": {"base_url": f"http://127.0.0.1:{self.serve()}/v1"}},
                                        tls={"certificate": str(file), "key": str(file)})
                self.assertIn(said_of_it.format(file), said)

    @unittest.skipUnless(shutil.which("psql") and shutil.which("redis-server"), "no PostgreSQL and Redis here")
    def test_what_gateways_share_is_looked_at(self):
        host = {"a": {"base_url": f"http://127.0.0.1:{self.serve()}/v1"}}
        with servers.Postgres() as postgres, servers.Redis() as redis:
            url = postgres.database()
            shown = url.replace("isocost@", "")
            secret = self.folder / "secret"
            secret.write_text(servers.PASSWORD)
            secret.chmod(0o600)
            ledger = {"url": url, "password": "${file:%s}" % secret}
            status, said = self.examined(host, ledger=ledger, redis={"url": redis.url})
            self.assertEqual(status, 0, said)
            self.assertIn(f"ok ledger {shown} lets us in", said)
            self.assertIn(f"ok redis {redis.url} lets us in", said)
            secret.write_text("of-somebody-else")
            redis.kill()
            status, said = self.examined(host, ledger=ledger, redis={"url": redis.url})
            self.assertEqual(status, 1)
            self.assertRegex(said, f"BAD ledger {shown}: .*password authentication failed.*\n → correct `ledger.url`")
            self.assertIn(f"BAD redis {redis.url}: ", said)
            self.assertNotIn("of-somebody-else", said)

    def test_a_configuration_with_errors_is_examined_as_far_as_it_goes(self):
        status, said = self.examined({"a": {"base_url": f"http://127.0.0.1:{self.serve()}/v1"}}, nonsense=1)
        self.assertEqual(status, 1)
        self.assertIn("BAD configuration 1 error in", said)
        self.assertIn("ok host a 127.0.0.1 is reached", said)


if __name__ == "__main__":
    unittest.main()
