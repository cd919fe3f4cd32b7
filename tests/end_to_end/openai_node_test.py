"""Runs openai_node.js, the tests with the OpenAI SDK for Node, against the gateway."""
import os
import pathlib
import subprocess
import unittest

from gateway import KEY
from openai_python_test import OpenaiPython as PythonTests
from gateway import EndToEnd


class OpenaiNode(EndToEnd):
    behaviours = PythonTests.behaviours
    models = PythonTests.models

    def test_the_sdk_for_node(self):
        script = pathlib.Path(__file__).with_name("openai_node.js")
        ran = subprocess.run(["node", script], timeout=120, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             env=os.environ | {"BASE_URL": self.gateway.base_url, "KEY": KEY})
        print(ran.stdout)
        self.assertEqual(ran.returncode, 0)
        left = self.host.asked("endless")[-1]
        self.host.wait(lambda: left.eof_at)


del PythonTests  # or unittest would run them here too

if __name__ == "__main__":
    unittest.main(verbosity=2)
