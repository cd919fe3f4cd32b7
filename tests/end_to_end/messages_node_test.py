"""Runs messages_node.js, the tests with Anthropic's SDKs for Node, against the gateway: of the version of the API that
is spoken now, and of the one before."""
import os
import pathlib
import subprocess
import unittest

from gateway import KEY
from messages_hosts import started


class MessagesNode(unittest.TestCase):
    def test_the_sdks_for_node(self):
        for sdk, version in (("@anthropic-ai/sdk", "2026-10-21"), ("anthropic-of-2023-06-01", "2023-06-01")):
            with self.subTest(sdk=sdk):
                host, gateway = started(self)
                script = pathlib.Path(__file__).with_name("messages_node.js")
                url = gateway.base_url.removesuffix("/v1")
                ran = subprocess.run(["node", script], timeout=120, text=True, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT,
                                     env=os.environ | {"BASE_URL": url, "KEY": KEY, "SDK": sdk})
                print(ran.stdout)
                self.assertEqual(ran.returncode, 0)
                self.assertEqual(host.asked("says")[-1].headers["anthropic-version"], version)
                left = host.asked("chat-endless")[-1]
                host.wait(lambda: left.eof_at)


if __name__ == "__main__":
    unittest.main(verbosity=2)
