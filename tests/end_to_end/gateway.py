"""The real gateway under test: started on a port of its own, with a configuration written for the test."""
import hashlib
import http.client
import json
import os
import pathlib
import queue
import re
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

import behaviours
from scripted_host import ScriptedHost

KEY = "sk-test-key-of-the-end-to-end-tests"


def closed_port():
    """A port on which nobody listens, now and for as long as the test runs."""
    keeper = socket.socket()
    keeper.bind(("127.0.0.1", 0))
    closed_port.kept.append(keeper)  # bound but not listening: connecting is refused, and nobody else gets it
    return keeper.getsockname()[1]


closed_port.kept = []


def deaf_port():
    """A port at which connecting takes for ever: the queue of those who wait to be accepted is full."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    closed_port.kept.append(listener)
    for _ in range(4):
        waits = socket.socket()
        waits.setblocking(False)
        waits.connect_ex(listener.getsockname())
        closed_port.kept.append(waits)
    return listener.getsockname()[1]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def endpoint(provider, host_model, **more):
    return {"provider": provider, "host_model": host_model, "context": "128 ktok",
            "price": {"input": "0.55 $/Mtok", "output": "2.19 $/Mtok"},
            "features": ["tools", "json_object", "json_schema"]} | more


def cheap_then_dear(cheap, dear):
    """Two endpoints, of which the first is asked first: nothing else tells them apart."""
    return [endpoint(*cheap, price={"input": "0.01 $/Mtok", "output": "0.01 $/Mtok"}),
            endpoint(*dear, price={"input": "90 $/Mtok", "output": "90 $/Mtok"})]


class Gateway:
    """`models` maps a public name to its endpoints, `hosts` a provider's name to its port. `inside` is a command that
    runs the gateway, as the same process."""

    def __init__(self, hosts, models, limits=None, provider_limits=None, inside=(), **more):
        self._inside = list(inside)
        self.process = None
        self.pass_fds = ()
        self.folder = None  # it runs in
        self.arguments = []  # of `serve`
        self.settings = {
            "listen": f"127.0.0.1:{free_port()}",
            "workers": 1,
            "records": {"enabled": False},
            "keys": [{"name": "tests", "role": "operator", "sha256": hashlib.sha256(KEY.encode()).hexdigest()}],
            "providers": {name: {"base_url": f"http://127.0.0.1:{port}/v1",
                                 "limits": {"connect_timeout": "500 ms"} | (provider_limits or {})}
                          for name, port in hosts.items()},
            "models": {name: {"endpoints": endpoints} for name, endpoints in models.items()},
        } | more
        if limits:
            self.settings["limits"] = limits

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.config_path = pathlib.Path(self._folder.name) / "isocost.yaml"
        self.write()
        self.state_path = pathlib.Path(self._folder.name) / "state"
        self.log_path = pathlib.Path(self._folder.name) / "requests.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([*self._inside, os.path.abspath(os.environ["ISOCOST"]), "serve", "--config",
                                             self.config_path, *self.arguments], stdout=log, stderr=subprocess.PIPE, text=True,
                                            pass_fds=self.pass_fds, cwd=self.folder,
                                            env=os.environ | {"STATE_DIRECTORY": str(self.state_path)})
        self._lines = queue.Queue()

        def listen():
            for line in self.process.stderr:
                self._lines.put(line)
            self._lines.put(None)

        self._listener = threading.Thread(target=listen, daemon=True)
        self._listener.start()
        self.said = []
        self.port = int(self.hear(r"listening on https?://127\.0\.0\.1:(\d+)")[1])
        return self

    def write(self, text=None):
        """The configuration as the settings say now, or as given, in one step."""
        new = self.config_path.with_suffix(".new")
        new.write_text(text or json.dumps(self.settings, indent=2))  # JSON is YAML
        new.replace(self.config_path)

    def hear(self, pattern):
        """Waits until the gateway says it on its standard error."""
        while True:
            line = self._lines.get(timeout=30)
            if line is None:
                raise AssertionError(f"the gateway ended and never said {pattern}:\n{''.join(self.said)}")
            self.said.append(line)
            if found := re.search(pattern, line):
                return found

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the gateway did not end after SIGTERM")
        finally:
            self.forget()
        self._lines.put(None)
        self.said += iter(self._lines.get, None)
        assert status == 0, f"the gateway ended with {status}:\n{''.join(self.said)}"

    def forget(self):
        """Takes away what a process that has ended, however it did, leaves behind."""
        self.process.wait()
        self._listener.join()
        self.process.stderr.close()
        self._folder.cleanup()

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def alive(self):
        return self.process.poll() is None

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def get(self, path, headers=None):
        connection = self.connect()
        connection.request("GET", path, headers={"Authorization": f"Bearer {KEY}"} | (headers or {}))
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text

    def ask(self, body, headers=None, path="/v1/chat/completions"):
        """A plain request. Returns status, headers (lower case) and body."""
        connection = self.connect()
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        connection.request("POST", path, data,
                           {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"} | (headers or {}))
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, text

    def metric(self, name, **labels):
        """The sum of a metric over all series that carry these labels."""
        total = 0.0
        for line in self.get("/metrics")[1].splitlines():
            found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if found and found[1] == name:
                has = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found[2] or ""))
                if all(has.get(label) == value for label, value in labels.items()):
                    total += float(found[3])
        return total


def question(model="m", **more):
    return {"model": model, "messages": [{"role": "user", "content": "Say hello."}]} | more


class EndToEnd(unittest.TestCase):
    """One scripted host with two ports, and a gateway in front of them. Subclasses say what is where."""
    behaviours = {"ok": behaviours.ok}
    models = {"m": [("a", "ok")]}
    gateway_settings = {}

    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(ScriptedHost(cls.behaviours))
        ports = {"a": cls.host.ports[0], "b": cls.host.ports[1], "closed": closed_port()}
        models = {name: [endpoint(*each) if isinstance(each, tuple) else each for each in endpoints]
                  for name, endpoints in cls.models.items()}
        # A provider for each behaviour, since one whose key is refused is left alone with all that it serves.
        providers = {}
        for each in (each for endpoints in models.values() for each in endpoints):
            letter = each["provider"]
            each["provider"] = f"{letter}-{each['host_model']}"
            providers[each["provider"]] = ports[letter]
        gateway = Gateway(providers, models, **cls.gateway_settings)
        cls.prepare(gateway.settings)
        cls.gateway = cls.enterClassContext(gateway)

    @classmethod
    def prepare(cls, settings):
        """Changes the configuration before it is used."""

    def tearDown(self):
        self.assertTrue(self.gateway.alive(), "the gateway is gone")

    def answer_of(self, response):
        status, _, text = response
        self.assertEqual(status, 200, text)
        return json.loads(text)["choices"][0]["message"]["content"]

    def error_of(self, response, status, code=None):
        got, headers, text = response
        self.assertEqual(got, status, text)
        error = json.loads(text)["error"]
        self.assertTrue(error["message"])
        self.assertIn("x-request-id", headers)
        if code:
            self.assertEqual(error["code"], code)
        return error
