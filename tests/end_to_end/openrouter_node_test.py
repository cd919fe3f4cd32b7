"""Runs openrouter_node.js, the tests with OpenRouter's SDK for Node and its provider for the AI SDK, against the gateway."""
import os
import pathlib
import subprocess
import unittest

import openrouter_hosts
from gateway import KEY


class OpenrouterNode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host, cls.gateway = openrouter_hosts.started(cls)

    def test_the_sdks_for_node(self):
        script = pathlib.Path(__file__).with_name("openrouter_node.js")
        ran = subprocess.run(["node", script], timeout=200, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             env=os.environ | {"BASE_URL": f"http://127.0.0.1:{self.gateway.port}/api/v1", "KEY": KEY})
        print(ran.stdout)
        self.assertEqual(ran.returncode, 0)
        self.assertTrue(self.gateway.alive())


if __name__ == "__main__":
    unittest.main(verbosity=2)
