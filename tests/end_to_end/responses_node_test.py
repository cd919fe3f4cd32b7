"""Runs responses_node.js, the tests of Responses with the OpenAI SDK for Node, against the gateway."""
import os
import pathlib
import subprocess
import unittest

from gateway import KEY
from responses_python_test import BEHAVIOURS, gateway_to
from scripted_host import ScriptedHost


class ResponsesNode(unittest.TestCase):
    def test_the_sdk_for_node(self):
        with ScriptedHost(BEHAVIOURS) as host, gateway_to(host) as gateway:
            script = pathlib.Path(__file__).with_name("responses_node.js")
            ran = subprocess.run(["node", script], timeout=120, text=True, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT,
                                 env=os.environ | {"BASE_URL": gateway.base_url, "KEY": KEY})
            print(ran.stdout)
            self.assertEqual(ran.returncode, 0)
            left = host.asked("endless")[-1]
            host.wait(lambda: left.eof_at)


if __name__ == "__main__":
    unittest.main(verbosity=2)
