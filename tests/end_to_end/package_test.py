"""Packages of the binary under test: made twice the same, clean by lintian's measure, and from a package in a clean Debian
root to the first answer; and the image, run as nobody on a read-only root. What this machine lacks (root, mmdebstrap, umoci,
bwrap, rpmbuild) is said and left out. The clean root is made once, in build/."""
import hashlib
import http.client
import http.server
import ipaddress
import json
import os
import pathlib
import re
import shutil
import signal
import ssl
import stat
import subprocess
import tarfile
import tempfile
import threading
import time
import unittest

import yaml
from cryptography import x509

from gateway import endpoint, free_port
from needs import needs
from tls_test import Authority

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "deploy" / "build"
ISOCOST = str(pathlib.Path(os.environ["ISOCOST"]).resolve())
ENVIRONMENT = os.environ | {"SOURCE_DATE_EPOCH": "1790000000", "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}
IS_ROOT = os.geteuid() == 0


def has(*programs):
    return all(shutil.which(each, path=ENVIRONMENT["PATH"]) for each in programs)


def run(*words, **more):
    done = subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT, timeout=280, **more)
    assert done.returncode == 0, f"{words}:\n{done.stdout}{done.stderr}"
    return done.stdout


def digest(file):
    return hashlib.sha256(pathlib.Path(file).read_bytes()).hexdigest()


def first_answer(port, patience=20):
    """Seconds until the first piece of one is there."""
    began = time.monotonic()
    body = json.dumps({"model": "deepseek/deepseek-r1:fastest", "stream": True,
                       "messages": [{"role": "user", "content": "Hello"}]})
    while True:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            client.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
            answer = client.getresponse()
            assert answer.status == 200, answer.read()
            while line := answer.readline():
                if b'"choices"' in line:
                    return time.monotonic() - began
            raise AssertionError("the answer has no piece")
        except ConnectionError:
            assert time.monotonic() - began < patience, "no answer"
            time.sleep(0.01)
        finally:
            client.close()


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def host_of(files):
    """A host on loopback that shows a certificate and wants a key."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        kinds = ["deb", "tarball"] + (["rpm"] if has("rpmbuild") else [])
        cls.made = run(str(BUILD / "package.sh"), ISOCOST, str(cls.folder / "one"), *kinds).split()
        cls.deb, cls.tarball = cls.made[:2]

    def test_the_same_sources_give_the_same_bytes(self):
        again = run(str(BUILD / "package.sh"), ISOCOST, str(self.folder / "two"), "deb", "tarball").split()
        self.assertEqual([digest(each) for each in again], [digest(self.deb), digest(self.tarball)])

    @needs(has("lintian"), "no lintian here")
    def test_lintian_finds_nothing(self):
        self.assertEqual(run("lintian", *(["--allow-root"] if IS_ROOT else []), "--fail-on", "error,warning", self.deb), "")

    @needs(has("lintian"), "no lintian here")
    def test_of_a_program_with_its_libraries_within_lintian_finds_nothing_either(self):
        source = self.folder / "static.c"
        source.write_text('''#include <stdio.h>
#include <string.h>
#include <zlib.h>
int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) if (!strcmp(argv[i], "--help")) puts("isocost: small\\nUsage: isocost [OPTIONS]");
  return zlibVersion()[0] == 0;
}
''')
        run("gcc", "-static-pie", "-O1", "-g", str(source), "-o", str(self.folder / "static"), "-lz")
        deb = run(str(BUILD / "package.sh"), str(self.folder / "static"), str(self.folder / "of_static"), "deb").strip()
        self.assertEqual(run("lintian", *(["--allow-root"] if IS_ROOT else []), "--fail-on", "error,warning", deb), "")

    def test_what_is_in_it_stands_where_it_belongs(self):
        tree = self.folder / "tree"
        run("dpkg-deb", "-x", self.deb, str(tree))
        self.assertEqual(stat.S_IMODE((tree / "etc/isocost/keys.env").stat().st_mode), 0o600)
        unit = (tree / "usr/lib/systemd/system/isocost.service").read_text()
        self.assertNotIn("/usr/local", unit)
        self.assertNotIn("DynamicUser", unit)
        self.assertIn("\nUser=isocost\n", unit)
        self.assertIn("isocost", run("dpkg-deb", "-f", self.deb, "Package"))
        self.assertEqual(run("dpkg-deb", "-f", self.deb, "Recommends"), "libpq5\n")
        self.assertNotIn("libpq", run("dpkg-deb", "-f", self.deb, "Depends"))
        checked = subprocess.run([ISOCOST, "check", str(tree / "etc/isocost/isocost.yaml")], capture_output=True, text=True,
                                 env={"PATH": os.environ["PATH"], "DEEPSEEK_API_KEY": "sk-0123456789abcdef0123"})
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        docs = tree / "usr/share/doc/isocost"
        self.assertTrue((docs / "deploy/docs/install.md").exists())
        # There is nothing to build an image of.
        composed = yaml.safe_load((docs / "deploy/compose.yaml").read_text())["services"]
        self.assertEqual([name for name, service in composed.items() if "build" in service], [])
        self.assertIn("ISOCOST_IMAGE", composed["isocost"]["image"])
        for command in ("serve", "check", "explain", "keys create", "catalog import"):
            page = run("sh", "-c", f"zcat {tree}/usr/share/man/man1/isocost.1.gz")
            self.assertIn(f'.SS isocost {command}\n', page)

    def test_every_link_of_its_pages_leads_to_a_file_of_its_own(self):
        tree, roots = self.folder / "linked", []
        (tree / "tarball").mkdir(parents=True)
        run("dpkg-deb", "-x", self.deb, str(tree / "deb"))
        roots.append(tree / "deb/usr/share/doc/isocost")
        run("tar", "-C", str(tree / "tarball"), "-xzf", self.tarball)
        roots += (tree / "tarball").iterdir()
        for root in roots:
            pages = sorted(root.rglob("*.md"))
            self.assertGreater(len(pages), 25)
            lost = [(str(page.relative_to(root)), link) for page in pages
                    for link in re.findall(r"\]\(([^)#\s]+)", page.read_text())
                    if "://" not in link and not (page.parent / link).exists()]
            self.assertEqual(lost, [])

    def test_shells_complete_commands_and_options(self):
        tree = self.folder / "completing"
        run("dpkg-deb", "-x", self.deb, str(tree))
        script = tree / "usr/share/bash-completion/completions/isocost"

        def completed(*typed):
            words = " ".join(f"'{each}'" for each in typed)
            return run("bash", "-c", f"source {script}; COMP_WORDS=({words}); COMP_CWORD={len(typed) - 1}; _isocost; "
                                     'printf "%s\\n" "${COMPREPLY[@]}"').split()
        self.assertEqual(completed("isocost", "ser"), ["serve"])
        self.assertEqual(completed("isocost", "keys", "cre"), ["create"])
        self.assertIn("--config", completed("isocost", "serve", "--c"))
        self.assertEqual(completed("isocost", "keys", "create", "--na"), ["--name"])
        # An option that needs another one is offered by its own name.
        zsh = (tree / "usr/share/zsh/vendor-completions/_isocost").read_text()
        self.assertIn("'--json:What probing found, as JSON'", zsh)
        self.assertNotIn("'--probe:What probing found", zsh)
        fish = (tree / "usr/share/fish/vendor_completions.d/isocost.fish").read_text()
        self.assertIn("-l json -d 'What probing found, as JSON'", fish)

    @needs(has("zsh"), "no zsh here")
    def test_zsh_completes_whatever_way_the_program_is_called(self):
        tree = self.folder / "completing_zsh"
        run("dpkg-deb", "-x", self.deb, str(tree))
        script = tree / "usr/share/zsh/vendor-completions/_isocost"

        def offered(*typed):
            words = " ".join(f"'{each}'" for each in typed)
            return run("zsh", "-fc", "_describe() { print -l -- $said }; _files() { }; asked() { local -a words=(" + words +
                       f"); local CURRENT={len(typed)}; source {script} }}; asked")
        self.assertIn("serve:Serve clients\n", offered("isocost", ""))
        self.assertIn("create:Make one", offered("/usr/bin/isocost", "keys", ""))
        self.assertIn("--most:What probing may cost", offered("isocost", "check", "--"))

    @needs(has("fish"), "no fish here")
    def test_fish_completes_commands_and_options(self):
        tree = self.folder / "completing_fish"
        run("dpkg-deb", "-x", self.deb, str(tree))
        script = tree / "usr/share/fish/vendor_completions.d/isocost.fish"

        def offered(typed):
            return run("fish", "-N", "-c", f"source {script}; complete -C '{typed}'")
        self.assertIn("serve\tServe clients\n", offered("isocost ser"))
        self.assertIn("create\tMake one", offered("isocost keys cre"))
        self.assertIn("--most\tWhat probing may cost", offered("isocost check --mo"))

    def test_the_tarball_is_one_folder_with_a_program_that_runs(self):
        with tarfile.open(self.tarball) as tar:
            tar.extractall(self.folder / "unpacked")
        folder, = (self.folder / "unpacked").iterdir()
        self.assertIn("isocost 0.", run(str(folder / "isocost"), "--version"))
        for each in ("sbom.cdx.json", "man/man1/isocost.1.gz", "bash-completion/completions/isocost", "zsh/vendor-completions/_isocost",
                     "fish/vendor_completions.d/isocost.fish"):
            self.assertTrue((folder / each).exists(), each)

    def test_a_program_for_another_processor_is_not_packed_as_one_for_this(self):
        other, said = ("b7", "is for aarch64: install qemu-user") if os.uname().machine == "x86_64" else ("3e", "is for x86_64: install")
        program = self.folder / "other"
        for machine, words in ((other, said), ("28", "is no program for x86-64 or arm64")):
            program.write_bytes(b"\x7fELF".ljust(18, b"\0") + bytes.fromhex(machine) + bytes(64))
            for script in ("package.sh", "image.sh"):
                done = subprocess.run([str(BUILD / script), str(program), str(self.folder / "of_other")], capture_output=True, text=True,
                                      env=ENVIRONMENT)
                self.assertNotEqual(done.returncode, 0)
                if words != said or not (has("qemu-aarch64") or has("qemu-x86_64") or has("qemu-aarch64-static")):
                    self.assertIn(words, done.stderr)

    @needs(has("rpmbuild", "rpm"), "no rpmbuild here")
    def test_the_rpm_has_the_same_files(self):
        listed = run("rpm", "-qlp", self.made[2]).split()
        for file in ("/usr/bin/isocost", "/etc/isocost/keys.env", "/usr/lib/systemd/system/isocost.service"):
            self.assertIn(file, listed)

    @needs(IS_ROOT and has("mmdebstrap", "chroot"), "a clean root needs root and mmdebstrap")
    def test_from_a_package_in_a_clean_root_to_the_first_answer(self):
        kept = ROOT / "build" / "clean-root.tar"
        if not kept.exists():
            draft = kept.with_suffix(".new.tar")
            run("mmdebstrap", "--quiet", "--variant=minbase", "bookworm", str(draft))
            draft.rename(kept)
        root = self.folder / "root"
        root.mkdir()
        run("tar", "-C", str(root), "-xf", str(kept))
        shutil.copy("/etc/resolv.conf", root / "etc")
        shutil.copy(self.deb, root / "isocost.deb")
        run("chroot", str(root), "apt-get", "-q", "update")
        began = time.monotonic()
        run("chroot", str(root), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "install", "-y",
            "--no-install-recommends", "/isocost.deb")
        installed = time.monotonic() - began
        port = free_port()
        with open(self.folder / "said", "wb") as said:
            server = subprocess.Popen(["chroot", "--userspec=isocost:isocost", str(root), "env", "STATE_DIRECTORY=/var/lib/isocost",
                                       "isocost", "serve", "--listen", f"127.0.0.1:{port}"], stdout=said, stderr=said)
        try:
            answered = first_answer(port)
        finally:
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(20), 0)
        print(f"installed in {installed:.1f} s, first answer {answered:.2f} s after the start")
        self.assertLess(installed + answered, 60)  # 20 s on a machine with nothing else to do
        # PostgreSQL's library is recommended, no more; who wants such a ledger is told.
        inside = ["chroot", str(root), "isocost"]
        self.assertIn("no libpq", run(*inside, "--version", "--verbose"))
        (root / "isocost.yaml").write_text(json.dumps({
            "listen": f"127.0.0.1:{port}", "ledger": {"url": "postgresql://127.0.0.1:1/isocost"},
            "providers": {"there": {"base_url": "http://127.0.0.1:1/v1"}}, "models": {"m": {"endpoints": [endpoint("there", "m")]}}}))
        for command in ("doctor", "serve"):
            done = subprocess.run([*inside, command, "--config", "/isocost.yaml"], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 1)
            self.assertIn("PostgreSQL's own library is needed (package libpq5", done.stdout + done.stderr)
        # As `systemctl enable` leaves it.
        enabled = root / "etc/systemd/system/sockets.target.wants/isocost.socket"
        enabled.parent.mkdir(parents=True, exist_ok=True)
        enabled.symlink_to("/lib/systemd/system/isocost.socket")
        run("chroot", str(root), "apt-get", "-q", "purge", "-y", "isocost")
        self.assertFalse(enabled.is_symlink())
        self.assertEqual(list((root / "etc/systemd/system").glob("**/isocost.*")), [])
        self.assertFalse((root / "var/lib/isocost").exists())
        self.assertFalse((root / "etc/isocost/isocost.yaml").exists())


@needs(has("umoci", "bwrap"), "an image needs umoci and bwrap")
class Image(unittest.TestCase):
    def test_the_image_is_small_the_same_again_and_serves_as_nobody_on_a_read_only_root(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        run(str(BUILD / "image.sh"), ISOCOST, str(folder / "one"))
        tag = run(str(BUILD / "image.sh"), ISOCOST, str(folder / "two")).strip()
        blobs = [{each.name: each.stat().st_size for each in (folder / name / "blobs/sha256").iterdir()}
                 for name in ("one", "two")]
        self.assertEqual(blobs[0], blobs[1])
        self.assertLess(sum(blobs[0].values()), 40e6)
        run("umoci", "unpack", *([] if IS_ROOT else ["--rootless"]), "--image", tag, str(folder / "bundle"))
        config = json.loads((folder / "bundle/config.json").read_text())
        self.assertEqual((config["process"]["user"]["uid"], config["process"]["args"][:2]), (65532, ["/usr/bin/isocost", "serve"]))
        rootfs = folder / "bundle/rootfs"
        self.assertFalse((rootfs / "bin/sh").exists())
        parts = json.loads((rootfs / "usr/share/doc/isocost/sbom.cdx.json").read_text())["components"]
        self.assertTrue({"libssl3", "libpq5"} <= {part["name"] for part in parts})
        # Whom the authorities in it vouch for is trusted, though nothing else of OpenSSL's folders is there.
        authority = Authority(folder)
        listening = host_of(authority.certify("host", "here", [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]))
        self.addCleanup(listening.shutdown)
        shutil.copy(authority.file, rootfs / "etc/ssl/certs/ca-certificates.crt")
        (rootfs / "etc/isocost/isocost.yaml").write_text(json.dumps({
            "listen": f"127.0.0.1:{free_port()}", "models": {"m": {"endpoints": [endpoint("there", "m")]}},
            "providers": {"there": {"base_url": f"https://127.0.0.1:{listening.server_address[1]}/v1"}}}))
        state = folder / "state"
        state.mkdir()
        inside = ["bwrap", "--die-with-parent", "--ro-bind", str(rootfs), "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs",
                  "/tmp", "--bind", str(state), "/var/lib/isocost", "--unshare-user", "--uid", "65532", "--gid", "65532",
                  "--clearenv", *[word for each in config["process"]["env"] for word in ("--setenv", *each.split("=", 1))],
                  "/usr/bin/isocost"]
        port = free_port()
        server = subprocess.Popen([*inside, "serve", "--listen", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            print(f"first answer {first_answer(port):.2f} s after the start, image of {sum(blobs[0].values()) / 1e6:.1f} MB")
            self.assertIn("127.0.0.1 is reached, its certificate has", run(*inside, "doctor", "--config", "/etc/isocost/isocost.yaml"))
            self.assertRegex(run(*inside, "--version", "--verbose"), r" \d+\.\d+ libpq, ")
            self.assertEqual(run(*inside, "health", "--url", f"http://127.0.0.1:{port}"), "ready\n")
            self.assertTrue(any(state.iterdir()))
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(20)


if __name__ == "__main__":
    unittest.main()
