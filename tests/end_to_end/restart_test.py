"""What the market learned is kept over a restart: after SIGTERM, after SIGKILL, and never from a file that is no good."""
import os
import pathlib
import tempfile
import time
import unittest
from unittest import mock

import behaviours
from gateway import Gateway, endpoint, question
from scripted_host import ScriptedHost


class Restart(unittest.TestCase):
    def setUp(self):
        self.state = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "state"
        self.enterContext(mock.patch.dict(os.environ, {"STATE_DIRECTORY": str(self.state)}))
        self.host = self.enterContext(ScriptedHost(
            {"slow": behaviours.late(0.5, behaviours.ok), "fast": behaviours.ok}, ports=3))
        self.file = self.state / "market"

    def gateway(self, fast_port=None):
        """The slow host is a little cheaper: only who knows how slow it is asks the other one first."""
        models = {"m": [endpoint("a", "slow", price={"input": "0.54 $/Mtok", "output": "2.18 $/Mtok"}),
                        endpoint("b", "fast")]}
        return Gateway({"a": self.host.ports[0], "b": fast_port or self.host.ports[1]}, models,
                       policies={"measured": {"extends": "balanced", "value_of_time": "18 $/h", "explore": "0 %"}},
                       default_policy="measured", state=str(self.state))

    def ask(self, gateway, times, **more):
        """Who answered, one after the other."""
        return [gateway.ask(question(**more))[1]["x-isocost-endpoint"] for _ in range(times)]

    def teach(self, gateway):
        self.assertEqual(self.ask(gateway, 1), ["a"], "nobody knows that it is slow")
        for host in "ab":
            self.assertEqual(self.ask(gateway, 3, provider={"only": [host]}), [host] * 3)
        self.assertEqual(self.ask(gateway, 4)[-2:], ["b", "b"])

    def test_after_sigterm_it_knows_what_it_knew(self):
        with self.gateway() as gateway:
            self.teach(gateway)
        self.assertTrue(self.file.exists())
        with self.gateway() as gateway:
            self.assertEqual(self.ask(gateway, 4), ["b"] * 4)
        self.assertTrue(any("of 2 of 2 endpoints is taken up" in line for line in gateway.said), gateway.said)

    def test_after_sigkill_it_knows_what_it_knew_ten_seconds_before(self):
        gateway = self.gateway().__enter__()
        try:
            self.teach(gateway)
            until = time.monotonic() + 15
            while not self.file.exists() and time.monotonic() < until:
                time.sleep(0.1)
            self.assertTrue(self.file.exists(), "nothing was kept within 15 s")
        finally:
            gateway.process.kill()
            gateway.forget()
        with self.gateway() as gateway:
            self.assertEqual(self.ask(gateway, 4), ["b"] * 4)

    def test_without_what_was_kept_it_learns_anew(self):
        with self.gateway() as gateway:
            self.teach(gateway)
        self.file.unlink()
        with self.gateway() as gateway:
            self.teach(gateway)

    def test_a_damaged_file_is_named_in_one_line_and_ignored(self):
        with self.gateway() as gateway:
            self.teach(gateway)
        good = self.file.read_bytes()
        for bad, why in ((good[:-40], "is damaged"), (good[:60] + b"?" + good[61:], "is damaged"),
                         (b"something else entirely, long enough for a head", "is not a market that isocost kept"),
                         (good[:8] + b"\x63" + good[9:], "was written by a newer isocost"), (b"", "is not a market")):
            self.file.write_bytes(bad)
            with self.gateway() as gateway:
                self.teach(gateway)
            named = [line for line in gateway.said if str(self.file) in line]
            self.assertEqual(len(named), 1, gateway.said)
            self.assertIn(why, named[0])

    def test_a_host_at_another_address_starts_anew(self):
        with self.gateway() as gateway:
            self.teach(gateway)
        with self.gateway(self.host.ports[2]) as gateway:
            self.assertTrue(any("of 1 of 2 endpoints is taken up" in line for line in gateway.said), gateway.said)

    def test_of_two_in_one_directory_the_second_is_refused_and_the_first_goes_on(self):
        with self.gateway() as first:
            self.teach(first)
            with self.assertRaisesRegex(AssertionError, "in use"):
                self.gateway().__enter__()
            self.assertEqual(self.ask(first, 2), ["b", "b"])


if __name__ == "__main__":
    unittest.main()
