"""A real Prometheus scrapes the gateway, and promtool judges its metrics."""
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest
import urllib.error
import urllib.parse
import urllib.request

import behaviours
from gateway import KEY, EndToEnd, cheap_then_dear, question
from needs import needs


@needs(shutil.which("prometheus") and shutil.which("promtool"), "prometheus is not installed")
class Prometheus(EndToEnd):
    behaviours = {"ok": behaviours.ok, "broken": behaviours.failing(500)}
    models = {"m": [("a", "ok")], "falls-over": cheap_then_dear(("a", "broken"), ("b", "ok"))}

    def setUp(self):
        for model in ("m", "falls-over"):
            for stream in (False, True):
                self.assertEqual(self.gateway.ask(question(model, stream=stream))[0], 200)
        self.assertEqual(self.gateway.ask(question("no-such-model"))[0], 404)

    def test_promtool_finds_nothing_to_say(self):
        text = self.gateway.get("/metrics")[1]
        ran = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60)
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))

    def test_no_label_takes_what_a_client_wrote(self):
        self.gateway.ask(question("made-up-name-1234"))
        self.assertNotIn("made-up-name-1234", self.gateway.get("/metrics")[1])

    def test_prometheus_scrapes_it(self):
        with tempfile.TemporaryDirectory() as folder:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            config = pathlib.Path(folder) / "prometheus.yml"
            config.write_text("global: {scrape_interval: 200ms}\nscrape_configs:\n  - job_name: isocost\n"
                              f"    authorization: {{credentials: '{KEY}'}}\n"
                              f"    static_configs: [{{targets: ['127.0.0.1:{self.gateway.port}']}}]\n")
            process = subprocess.Popen(
                ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/data",
                 f"--web.listen-address=127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                self.assertEqual(self.query(port, 'up{job="isocost"}'), 1)
                names = self.names(port)
            finally:
                process.terminate()
                process.wait(30)
        self.assertTrue([name for name in names if name.startswith("isocost_")], names)

    def query(self, port, expression):
        """The value of the expression, asked again until Prometheus has one."""
        url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        for _ in range(150):
            try:
                found = json.load(urllib.request.urlopen(url, timeout=5))["data"]["result"]
                if found and float(found[0]["value"][1]) > 0:
                    return float(found[0]["value"][1])
            except (urllib.error.URLError, ConnectionError):
                pass
            threading.Event().wait(0.2)  # another program's state: there is nothing to be told by
        self.fail(f"Prometheus never knew {expression}")

    def names(self, port):
        url = f"http://127.0.0.1:{port}/api/v1/label/__name__/values"
        return json.load(urllib.request.urlopen(url, timeout=5))["data"]


if __name__ == "__main__":
    unittest.main(verbosity=2)
