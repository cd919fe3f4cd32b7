"""Changes of the configuration while the gateway serves: by signal, by file, and at the address of administration."""
import copy
import hashlib
import http.client
import json
import pathlib
import re
import signal
import tempfile
import threading
import time
import unittest

import behaviours
from gateway import KEY, Gateway, endpoint, free_port, question
from raw_client import RawClient, chat
from scripted_host import ScriptedHost


class Reload(unittest.TestCase):
    def setUp(self):
        self.keys = []  # that the host was shown

        def noting(exchange):
            self.keys.append(exchange.headers.get("authorization"))
            return behaviours.ok(exchange)

        self.host = self.enterContext(ScriptedHost({"ok": behaviours.ok, "endless": behaviours.endless, "noting": noting}))
        self.admin_port = free_port()
        self.gateway = self.enterContext(Gateway(
            {"a": self.host.ports[0], "b": self.host.ports[1]},
            {"m": [endpoint("a", "ok")], "s": [endpoint("a", "endless")], "k": [endpoint("a", "noting")]}, admin=f"127.0.0.1:{self.admin_port}"))

    def tearDown(self):
        self.assertTrue(self.gateway.alive(), "the gateway is gone")

    def administer(self, method, path, key=True):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=30)
        connection.request(method, path, headers={"Authorization": f"Bearer {KEY}"} if key else {})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text

    def metric(self, series):
        found = re.search(rf"^{re.escape(series)} (\S+)$", self.administer("GET", "/metrics")[1], re.MULTILINE)
        return float(found[1]) if found else 0.0

    def add_model(self, name):
        self.gateway.settings["models"][name] = {"endpoints": [endpoint("b", "ok")]}

    def test_a_signal_takes_the_new_file_into_use(self):
        self.assertEqual(self.gateway.ask(question("new"))[0], 404)
        self.add_model("new")
        self.gateway.write()
        self.gateway.process.send_signal(signal.SIGHUP)
        self.gateway.hear("generation 2 is in use")
        self.assertEqual(self.gateway.ask(question("new"))[0], 200)

    def test_a_changed_file_is_seen_without_being_told(self):
        self.add_model("new")
        self.gateway.write()
        self.gateway.hear("generation 2 is in use")
        self.assertEqual(self.gateway.ask(question("new"))[0], 200)

    def test_a_host_s_key_that_is_swapped_as_kubernetes_does_it_is_in_use_without_being_told(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name, key in (("..1", "sk-0123456789-first"), ("..2", "sk-0123456789-second")):
            (folder / name).mkdir()
            (folder / name / "key").write_text(key)
            (folder / name / "key").chmod(0o600)
        (folder / "..data").symlink_to("..1")
        (folder / "key").symlink_to("..data/key")
        self.gateway.settings["providers"]["a"]["credential"] = "${file:%s/key}" % folder
        self.gateway.write()
        self.gateway.hear("isocost: reloaded; generation 2 is in use")
        self.assertEqual(self.gateway.ask(question("k"))[0], 200)
        (folder / "..data_tmp").symlink_to("..2")
        (folder / "..data_tmp").replace(folder / "..data")
        self.gateway.hear("isocost: reloaded; generation 3 is in use")
        self.assertEqual(self.gateway.ask(question("k"))[0], 200)
        self.assertEqual(self.keys, ["Bearer sk-0123456789-first", "Bearer sk-0123456789-second"])

    def test_the_address_of_administration_reloads_and_says_what_came_of_it(self):
        good = copy.deepcopy(self.gateway.settings)
        self.gateway.write("models: [\n")
        status, text = self.administer("POST", "/admin/reload")
        self.assertEqual(status, 400, text)
        self.assertRegex(json.loads(text)["problems"][0], r"isocost\.yaml:\d+:\d+: error: this is not YAML")
        self.assertEqual(self.metric("isocost_config_generation"), 1)
        self.assertGreaterEqual(self.metric('isocost_config_reloads_total{result="failure"}'), 1)
        self.assertEqual(self.gateway.ask(question())[0], 200)

        self.gateway.settings = good
        self.add_model("new")
        self.gateway.write()
        status, text = self.administer("POST", "/admin/reload")
        self.assertEqual((status, json.loads(text)["result"]), (200, "reloaded"), text)
        self.assertGreaterEqual(self.metric("isocost_config_generation"), 2)
        self.assertEqual(self.gateway.ask(question("new"))[0], 200)

    def test_no_client_reloads(self):
        for headers in ({}, {"Authorization": ""}):
            status, _, text = self.gateway.ask("", headers, path="/admin/reload")
            self.assertEqual(status, 404, text)
        self.assertEqual(self.metric("isocost_config_generation"), 1)

    def test_the_address_of_administration_shows_to_all_and_changes_for_a_key_with_a_role(self):
        self.assertEqual(self.administer("GET", "/metrics", key=False)[0], 200)
        self.assertEqual(self.administer("POST", "/admin/reload", key=False)[0], 401)
        self.assertEqual(self.administer("POST", "/admin/reload")[0], 200)

    def test_the_log_is_opened_anew_though_the_new_file_is_bad(self):
        log = self.gateway.config_path.with_name("moved.log")
        self.gateway.settings["log"] = {"file": str(log)}
        self.gateway.write()
        self.gateway.process.send_signal(signal.SIGHUP)
        self.gateway.hear("generation 2 is in use")
        def wait_for_one_line():
            until = time.monotonic() + 10
            while not (log.exists() and log.read_text().count("\n") == 1):
                self.assertLess(time.monotonic(), until, "the request is not in the log")
                time.sleep(0.02)

        self.assertEqual(self.gateway.ask(question())[0], 200)
        wait_for_one_line()
        log.rename(log.with_name("moved.log.1"))
        self.gateway.write("models: [\n")
        self.gateway.process.send_signal(signal.SIGHUP)
        self.gateway.hear("was not reloaded")
        self.assertEqual(self.gateway.ask(question())[0], 200)
        wait_for_one_line()

    def test_a_stream_outlives_its_host_and_its_key_and_nothing_new_begins_on_the_connection(self):
        stream = self.enterContext(RawClient(self.gateway.port))
        stream.send(chat(question("s", stream=True)))
        stream.until(b"word 3 ")
        idle = self.enterContext(RawClient(self.gateway.port))
        idle.send(chat(question()))
        self.assertEqual(idle.response()[0], 200)

        another = "sk-another-key-of-the-end-to-end-tests"
        self.gateway.settings["keys"] = [{"name": "another", "sha256": hashlib.sha256(another.encode()).hexdigest()}]
        del self.gateway.settings["models"]["s"]
        self.gateway.write()
        self.assertEqual(self.administer("POST", "/admin/reload")[0], 200)

        idle.send(chat(question()))
        self.assertEqual(idle.response()[0], 401)
        seen = max(map(int, re.findall(rb"word (\d+) ", stream.bytes)))
        stream.until(b"word %d " % (seen + 50))
        stream.leave("fin")
        self.host.wait(lambda: self.host.asked("endless")[0].eof_at)
        self.assertEqual(self.gateway.ask(question(), {"Authorization": f"Bearer {another}"})[0], 200)

    def test_certificates_that_cannot_be_used_change_nothing(self):
        file = self.gateway.config_path.with_name("private.pem")
        file.write_text("-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----\n")
        for name, said in ((file, "cannot be used"), (file.with_name("nowhere.pem"), "cannot be read")):
            self.gateway.settings["providers"]["a"]["ca_file"] = str(name)
            self.gateway.write()
            status, text = self.administer("POST", "/admin/reload")
            self.assertEqual(status, 400, text)
            self.assertIn(said, text)
        self.assertEqual(self.metric("isocost_config_generation"), 1)
        self.assertEqual(self.metric("isocost_escaped_exceptions_total"), 0)
        self.assertEqual(self.gateway.ask(question())[0], 200)

    def test_a_gateway_that_drains_says_so_at_the_address_of_administration(self):
        self.assertEqual(self.administer("GET", "/readyz")[0], 200)
        stream = self.enterContext(RawClient(self.gateway.port))
        stream.send(chat(question("s", stream=True)))
        stream.until(b"word 3 ")
        self.gateway.process.send_signal(signal.SIGTERM)
        while (answer := self.administer("GET", "/readyz"))[0] == 200:
            pass  # until the signal has come
        self.assertEqual((answer[0], json.loads(answer[1])["error"]["code"]), (503, "draining"))
        self.assertEqual(self.administer("GET", "/healthz")[0], 200)

    def test_no_request_fails_while_the_file_changes_again_and_again(self):
        failed, asked, over = [], 0, threading.Event()

        def ask():
            nonlocal asked
            client = RawClient(self.gateway.port)
            while not over.is_set():
                client.send(chat(question()))
                status, _, text = client.response()
                asked += 1
                if status != 200:
                    failed.append((status, text))
            client.leave("fin")

        asker = threading.Thread(target=ask)
        asker.start()
        before = self.host.accepts[self.host.ports[0]]
        good = json.dumps(self.gateway.settings)
        for i in range(200):
            self.gateway.write(good if i % 2 == 0 else "providers: nonsense\n")
            self.assertEqual(self.administer("POST", "/admin/reload")[0], 200 if i % 2 == 0 else 400)
        over.set()
        asker.join(30)
        self.assertEqual(failed, [])
        self.assertGreater(asked, 200)
        # Its provider never changed, so the connection to it stayed, give or take one that was in use.
        self.assertLessEqual(self.host.accepts[self.host.ports[0]] - before, 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
