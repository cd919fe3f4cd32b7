"""The program that everything is linked into (deploy/build/static.cmake), where there is nothing: in a root that holds the program,
resolv.conf and certificates alone, at each of the places where systems keep them; and in the roots of older systems, whose
libraries are not to be touched. ISOCOST_STATIC names the program; without root, bwrap or mmdebstrap what needs them is left out."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from cryptography import x509

from gateway import endpoint, free_port
from name_server import ADDRESS, NameServer
from needs import needs
from package_test import BUILD, first_answer, has, host_of, run
from servers import PASSWORD, Postgres
from tls_test import Authority

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("ISOCOST_STATIC", ROOT / "build/release/static/isocost"))
HOST = "host.isocost.test"
# Who keeps authorities where: Debian and Alpine, Fedora, older Red Hat, SUSE.
PLACES = ["etc/ssl/certs/ca-certificates.crt", "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
          "etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/ca-bundle.pem"]


@unittest.skipUnless(PROGRAM.exists(), "no static program was built")
@needs(has("bwrap"), "an empty root needs bwrap")
class Anywhere(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.root = self.folder / "root"
        for each in ("etc", "state", "tmp"):
            (self.root / each).mkdir(parents=True)
        self.put("etc/hosts", "127.0.0.1 localhost\n")

    def put(self, name, text):
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def inside(self, *words):
        """A command that runs the program with these words, for which this root is all there is."""
        if not (self.root / "isocost").exists():
            shutil.copy(PROGRAM, self.root / "isocost")
        return ["bwrap", "--die-with-parent", "--bind", str(self.root), "/", "--proc", "/proc", "--dev", "/dev", "--clearenv",
                "--setenv", "STATE_DIRECTORY", "/state", "/isocost", *words]

    def said(self, *words, status=0):
        done = subprocess.run(self.inside(*words), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return re.sub(" +", " ", done.stdout)

    def serve(self, *words):
        server = subprocess.Popen(self.inside("serve", *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait, 20)
        self.addCleanup(server.terminate)
        return server

    def serve_configured(self):
        listen = json.loads((self.root / "etc/isocost.yaml").read_text())["listen"]
        server = self.serve("--config", "/etc/isocost.yaml")
        patience = time.monotonic() + 20
        while subprocess.run(self.inside("health", "--url", "http://" + listen), capture_output=True).returncode:
            self.assertLess(time.monotonic(), patience)
            time.sleep(0.1)
        return server

    def stop(self, server):
        """As a supervisor would. bwrap passes no signal on, but ends as the program ended."""
        pid = server.pid
        while below := pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            pid = int(below[0])
        os.kill(pid, signal.SIGTERM)
        self.assertEqual(server.wait(20), 0)

    def host(self, authority):
        """The port of a host that shows a certificate of HOST."""
        server = host_of(authority.certify("host", HOST, [x509.DNSName(HOST)]))
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_address[1]

    def configure(self, host="https://127.0.0.1:1/v1", **more):
        self.put("etc/isocost.yaml", json.dumps({
            "listen": f"127.0.0.1:{free_port()}", "providers": {"there": {"base_url": host}},
            "models": {"m": {"endpoints": [endpoint("there", "m")]}}} | more))

    def test_nothing_is_loaded_and_it_says_what_it_is(self):
        headers = run("readelf", "-Wld", str(PROGRAM))
        self.assertNotIn("NEEDED", headers)
        self.assertNotIn("INTERP", headers)
        self.assertIn("DYN", run("readelf", "-h", str(PROGRAM)))  # its addresses are drawn by lot, like others'
        self.assertRegex(self.said("--version", "--verbose"), "(?s)linked to nothing of the system's.*OpenSSL.*SQLite.*libpq")

    def test_a_tarball_of_it_has_a_program_that_runs_anywhere_and_an_image_says_what_is_linked_in(self):
        made = run(str(BUILD / "package.sh"), str(PROGRAM), str(self.folder / "made"), "tarball").strip()
        run("tar", "-C", str(self.root), "--strip-components=1", "-xf", made)
        self.assertIn("isocost 0.", run(*self.inside("--version")))
        parts = json.loads(run("python3", str(BUILD / "sbom.py"), str(PROGRAM), "0"))["components"]
        linked_in = [part["name"] for part in parts if part["properties"][0]["value"] == "linked in"]
        self.assertTrue({"libssl-dev", "libc6-dev", "libpq-dev", "libsimdjson-dev"} <= set(linked_in), linked_in)
        # With the versions of where it was built, which static.sh writes down.
        shutil.copy(PROGRAM, self.folder / "isocost")
        (self.folder / "built-with.txt").write_text("libssl-dev:amd64\t3.0.99\nlibpq-dev\t15.99\n")
        parts = json.loads(run("python3", str(BUILD / "sbom.py"), str(self.folder / "isocost"), "0"))["components"]
        versions = {part["name"]: part["version"] for part in parts}
        self.assertEqual((versions["libssl-dev"], versions["libpq-dev"]), ("3.0.99", "15.99"))

    def test_the_simulated_market_is_served_and_a_ledger_kept(self):
        port = free_port()
        server = self.serve("--listen", f"127.0.0.1:{port}")
        print(f"first answer {first_answer(port):.2f} s after the start of {PROGRAM.stat().st_size / 1e6:.1f} MB")
        self.stop(server)
        self.configure()
        self.stop(self.serve_configured())
        self.assertTrue((self.root / "state/ledger.sqlite").exists())
        self.assertIn("model requests", self.said("spend", "--by", "model", "--config", "/etc/isocost.yaml"))

    @needs(NameServer.is_possible(), "a name server needs root")
    def test_names_and_certificates_are_found_where_each_system_keeps_them(self):
        authority = Authority(self.folder)
        port = self.host(authority)
        self.configure(f"https://{HOST}:{port}/v1")
        with NameServer({HOST: ["127.0.0.1"]}):
            # What other systems' glibc would load for this must not be looked for: it is made for another one.
            self.put("etc/nsswitch.conf", "hosts: mymachines resolve [!UNAVAIL=return] wins\n")
            self.put("etc/resolv.conf", f"nameserver {ADDRESS}\n")
            said = self.said("doctor", "--config", "/etc/isocost.yaml", status=1)
            self.assertIn("BAD authorities none in /etc/ssl/certs", said)
            self.assertIn("BAD host there " + HOST + " is reached, but no TLS with it: unable to get local issuer", said)
            for place in PLACES:
                with self.subTest(place=place):
                    file = self.put(place, authority.file.read_text())
                    said = self.said("doctor", "--config", "/etc/isocost.yaml")
                    self.assertIn(f"ok authorities those of /{place}", said)
                    self.assertIn(f"ok host there {HOST} is reached, its certificate has", said)
                    file.unlink()

    @needs(has("psql"), "no PostgreSQL here")
    def test_postgresql_is_reached(self):
        with Postgres() as server:
            self.put("etc/password", PASSWORD).chmod(0o600)
            ledger = {"url": server.database(), "password": "${file:/etc/password}"}
            self.configure(ledger=ledger)
            self.assertIn("ok ledger postgresql://", self.said("doctor", "--config", "/etc/isocost.yaml", status=1))
            self.serve_configured()
            self.assertIn("isocost", {name for name, in server.sql("SELECT nspname FROM pg_namespace", ledger["url"].rsplit("/")[-1])})

    @needs(has("mmdebstrap", "chroot") and NameServer.is_possible(), "an older system's root needs root and mmdebstrap")
    def test_it_runs_on_a_system_of_six_years_ago(self):
        kept = ROOT / "build" / "bullseye-root.tar"
        if not kept.exists():
            draft = kept.with_suffix(".new.tar")
            run("mmdebstrap", "--quiet", "--variant=extract", "--include=base-files,base-passwd,libc6,libc-bin,ca-certificates",
                "bullseye", str(draft))
            draft.rename(kept)
        run("tar", "-C", str(self.root), "-xf", str(kept))
        self.test_names_and_certificates_are_found_where_each_system_keeps_them()
        self.test_the_simulated_market_is_served_and_a_ledger_kept()


if __name__ == "__main__":
    unittest.main()
