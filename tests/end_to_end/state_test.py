"""A directory of state that the gateway cannot use: it does not start as if there were neither keys nor a ledger; and
what root makes in one that is not root's does not make it so."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from gateway import endpoint, free_port

SOMEBODY = 65534
AS_SOMEBODY = ["setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups"]


def status_of(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status
    except urllib.error.HTTPError as answer:
        return answer.code


class State(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.folder.chmod(0o755)
        self.binary = shutil.copy(os.environ["ISOCOST"], self.folder / "isocost")  # where anybody can run it
        self.state = self.folder / "state"
        self.port = free_port()
        self.config = self.folder / "isocost.yaml"
        self.config.write_text(json.dumps({
            "listen": f"127.0.0.1:{self.port}", "workers": 1, "providers": {"there": {"base_url": "http://127.0.0.1:1/v1"}},
            "models": {"m": {"endpoints": [endpoint("there", "m")]}}}))

    def run_it(self, *words, before=(), state=None):
        return subprocess.run([*before, self.binary, *words], capture_output=True, text=True, timeout=20,
                              env=os.environ | {"STATE_DIRECTORY": str(state or self.state)})

    def refused(self, *, before=(), state=None):
        """What `serve` says that does not start; `doctor` calls the same thing wrong."""
        served = self.run_it("serve", "--config", self.config, before=before, state=state)
        self.assertEqual(served.returncode, 1, served.stderr)
        self.assertIn("nobody is served", served.stderr)
        found = self.run_it("doctor", "--config", self.config, before=before, state=state)
        self.assertRegex(found.stdout, r"(?m)^BAD +state ")
        self.assertEqual(found.returncode, 1, found.stdout)
        return served.stderr

    def test_one_that_is_named_and_cannot_be_made_stops_the_start(self):
        said = self.refused(state=self.config / "state")  # within a file
        self.assertIn("`state` in the configuration", said)

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_files_that_belong_to_another_stop_the_start_and_it_is_said_whose_they_are(self):
        self.state.mkdir(0o700)
        os.chown(self.state, SOMEBODY, SOMEBODY)
        for name in ("owner.lock", "keys.sqlite"):
            (self.state / name).touch(0o600)
            said = self.refused(before=AS_SOMEBODY)
            self.assertIn(f"{self.state}/{name} cannot be written: Permission denied (it belongs to user 0", said)
            self.assertIn(f"chown -R {SOMEBODY} {self.state}", said)
            (self.state / name).unlink()

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_keys_that_root_makes_before_the_first_start_are_asked_for_by_the_gateway(self):
        self.state.mkdir(0o700)
        os.chown(self.state, SOMEBODY, SOMEBODY)
        for words in (["keys", "create", "--name", "boss", "--role", "admin"], ["keys", "list"], ["spend"]):
            done = self.run_it(*words)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual({each.stat().st_uid for each in self.state.iterdir()}, {SOMEBODY})
        server = subprocess.Popen([*AS_SOMEBODY, self.binary, "serve", "--config", self.config], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, env=os.environ | {"STATE_DIRECTORY": str(self.state)})
        try:
            for _ in range(300):
                try:
                    seen = status_of(f"http://127.0.0.1:{self.port}/v1/models")
                    break
                except OSError:
                    time.sleep(0.1)
            self.assertEqual(seen, 401)
        finally:
            server.terminate()
            self.assertEqual(server.wait(20), 0)


if __name__ == "__main__":
    unittest.main()
