"""What a supervisor such as systemd does: it keeps the listening socket over restarts, is told when the gateway is
ready, reloads and stops, and barks where nothing is heard. And the pause that a balancer needs before a drain."""
import hashlib
import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import behaviours
from gateway import KEY, Gateway, endpoint, question
from scripted_host import ScriptedHost


class Supervised(Gateway):
    """Runs with sockets that it was given, and says what it does to one that listens."""

    def __init__(self, listening, notify, *rest, watchdog=None, workers=2, **more):
        listening = listening if isinstance(listening, tuple) else (listening,) if listening else ()
        given = "".join(f"exec {at}<&{each.fileno()}; " for at, each in enumerate(listening, 3))
        variables = f"NOTIFY_SOCKET={notify} "
        if listening:
            names = ":".join("isocost.socket" for _ in listening)
            variables += f"LISTEN_PID=$$ LISTEN_FDS={len(listening)} LISTEN_FDNAMES={names} "
        if watchdog:
            variables += f"WATCHDOG_USEC={watchdog} "
        super().__init__(*rest, inside=["bash", "-c", f'{given}{variables} exec "$@"', "bash"], workers=workers, **more)
        self.pass_fds = tuple(each.fileno() for each in listening)


class Notified:
    def __init__(self, folder):
        self.path = os.path.join(folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(20)

    def hear(self, word):
        """What is said until a message begins with the word, and that one."""
        while True:
            text = self.socket.recv(4096).decode()
            if text.startswith(word):
                return text


class UnderASupervisor(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.notified = Notified(self.folder)
        self.host = self.enterContext(ScriptedHost(
            {"ok": behaviours.ok, "late": behaviours.late(0.7, behaviours.ok)}, ports=1))
        self.models = {"m": [endpoint("a", "ok")], "late": [endpoint("a", "late")]}
        self.state = os.path.join(self.folder, "state")

    def gateway(self, listening=None, **more):
        return Supervised(listening, self.notified.path, {"a": self.host.ports[0]}, self.models, state=self.state,
                          **more)

    def test_it_is_told_of_readiness_reloads_and_the_end(self):
        with self.gateway() as gateway:
            self.assertIn("STATUS=serving on http://127.0.0.1:", self.notified.hear("READY=1"))
            gateway.process.send_signal(signal.SIGHUP)
            self.assertIn("MONOTONIC_USEC=", self.notified.hear("RELOADING=1"))
            self.notified.hear("READY=1")
        self.notified.hear("STOPPING=1")

    def test_its_watchdog_is_kept_quiet_while_all_loops_run_and_barks_where_they_stand_still(self):
        with self.gateway(watchdog=400_000) as gateway:
            for _ in range(5):
                self.notified.hear("WATCHDOG=1")
            gateway.process.send_signal(signal.SIGSTOP)
            time.sleep(0.3)
            self.notified.socket.setblocking(False)
            try:
                while True:
                    self.notified.socket.recv(4096)
            except BlockingIOError:
                pass
            self.notified.socket.settimeout(0.6)
            with self.assertRaises(TimeoutError):
                self.notified.hear("WATCHDOG=1")
            gateway.process.send_signal(signal.SIGCONT)
            self.notified.socket.settimeout(20)
            self.notified.hear("WATCHDOG=1")

    def test_no_connection_is_refused_while_it_restarts_on_a_socket_that_it_was_given(self):
        listening = socket.create_server(("127.0.0.1", 0), backlog=1000)
        self.addCleanup(listening.close)
        port = listening.getsockname()[1]
        answered, failed, over = queue.Queue(), [], threading.Event()

        def ask_and_ask():
            while not over.is_set():
                try:
                    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                    client.request("POST", "/v1/chat/completions", json.dumps(question()),
                                   {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})
                    answer = client.getresponse()
                    answer.read()
                    answered.put(answer.status)
                    client.close()
                except (OSError, http.client.HTTPException) as fault:
                    failed.append(repr(fault))

        clients = [threading.Thread(target=ask_and_ask) for _ in range(4)]
        for times in range(4):
            with self.gateway(listening, listen="127.0.0.1:1") as gateway:
                self.assertEqual(gateway.port, port, "the given socket is what counts")
                if times == 0:
                    for client in clients:
                        client.start()
                before = answered.qsize()
                until = time.monotonic() + 20
                while answered.qsize() < before + 100 and time.monotonic() < until:
                    time.sleep(0.01)
                self.assertGreaterEqual(answered.qsize(), before + 100)
                if times == 3:
                    over.set()
                    for client in clients:
                        client.join()
        self.assertEqual(failed, [])
        statuses = [answered.get() for _ in range(answered.qsize())]
        self.assertEqual(set(statuses), {200})

    def test_at_each_of_several_sockets_that_it_was_given_it_serves(self):
        sockets = tuple(socket.create_server(("127.0.0.1", 0), backlog=100) for _ in range(3))
        for each in sockets:
            self.addCleanup(each.close)
        with self.gateway(sockets, listen="127.0.0.1:1"):
            for each in sockets:
                for _ in range(4):  # whichever loop takes it
                    client = http.client.HTTPConnection("127.0.0.1", each.getsockname()[1], timeout=10)
                    client.request("POST", "/v1/chat/completions", json.dumps(question()),
                                   {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})
                    self.assertEqual(client.getresponse().status, 200)
                    client.close()

    def test_a_socket_that_other_machines_reach_is_not_served_without_a_key(self):
        # An address of this machine alone that is not written as one.
        with socket.socket(socket.AF_INET6) as listening:
            listening.bind(("::ffff:127.0.0.1", 0))
            listening.listen()
            gateway = self.gateway(listening, listen="127.0.0.1:1")
            gateway.settings["keys"] = []
            file = os.path.join(self.folder, "open.yaml")
            with open(file, "w") as written:
                json.dump(gateway.settings, written)
            ran = subprocess.run(["bash", "-c", f"exec 3<&{listening.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 "
                                  'exec "$0" serve --config "$1"', os.environ["ISOCOST"], file],
                                 pass_fds=(listening.fileno(),), capture_output=True, text=True, timeout=30)
            self.assertEqual(ran.returncode, 1, ran.stderr)
            self.assertIn("the socket that was given listens at `::ffff:127.0.0.1`", ran.stderr)

    def test_before_it_drains_it_says_that_it_is_not_ready_and_goes_on_serving(self):
        with self.gateway(limits={"drain_delay": "1 s"}) as gateway:
            kept = gateway.connect()
            kept.request("GET", "/readyz")
            self.assertEqual(kept.getresponse().read(), b"ready\n")
            started = time.monotonic()
            gateway.process.send_signal(signal.SIGTERM)
            self.notified.hear("STOPPING=1")
            for _ in range(50):  # the workers hear of it a moment later
                kept.request("GET", "/readyz")
                answer = kept.getresponse()
                answer.read()
                if answer.status == 503:
                    break
            self.assertEqual((answer.status, answer.getheader("connection")), (503, "close"))
            status, headers, _ = gateway.ask(question())  # on a connection of its own
            self.assertEqual((status, headers["connection"]), (200, "close"))
            self.assertEqual(gateway.ask(question("late"))[0], 200)
            self.assertEqual(gateway.process.wait(20), 0)
            self.assertGreaterEqual(time.monotonic() - started, 1)
            with self.assertRaises(ConnectionRefusedError):
                gateway.ask(question())

    def test_a_socket_for_administration_that_others_reach_is_not_served_without_a_key(self):
        configuration = os.path.join(self.folder, "without_keys.yaml")
        with open(configuration, "w") as file:
            json.dump({"listen": "127.0.0.1:0", "admin": "127.0.0.1:9464", "state": self.state,
                       "providers": {"a": {"base_url": f"http://127.0.0.1:{self.host.ports[0]}/v1"}},
                       "models": {"m": {"endpoints": [{"provider": "a", "host_model": "m", "context": "8 ktok", "price":
                                                       {"input": "1 $/Mtok", "output": "1 $/Mtok"}}]}}}, file)
        # An address of this machine alone that is not written as one.
        with socket.socket(socket.AF_INET6) as admin:
            admin.bind(("::ffff:127.0.0.1", 0))
            admin.listen()
            run = (f"exec 3<&{admin.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=admin "
                   f"exec {os.path.abspath(os.environ['ISOCOST'])} serve --config {configuration}")
            process = subprocess.Popen(["bash", "-c", run], pass_fds=(admin.fileno(),), stderr=subprocess.PIPE, text=True)
            try:
                said = process.communicate(timeout=20)[1]
            except subprocess.TimeoutExpired:
                process.kill()
                self.fail("it serves: " + process.communicate()[1])
        self.assertEqual(process.returncode, 1, said)
        self.assertIn("whoever reaches it administers the gateway", said)

    def test_nor_after_a_reload_that_takes_the_last_key_away(self):
        configuration = os.path.join(self.folder, "with_a_key.yaml")
        settings = {"listen": "127.0.0.1:0", "admin": "127.0.0.1:9464", "state": self.state,
                    "keys": [{"name": "ops", "role": "admin", "sha256": hashlib.sha256(b"sk-ops").hexdigest()}],
                    "providers": {"a": {"base_url": f"http://127.0.0.1:{self.host.ports[0]}/v1"}},
                    "models": {"m": {"endpoints": [{"provider": "a", "host_model": "m", "context": "8 ktok", "price":
                                                    {"input": "1 $/Mtok", "output": "1 $/Mtok"}}]}}}

        def write():
            with open(configuration, "w") as file:
                json.dump(settings, file)

        write()
        with socket.socket(socket.AF_INET6) as admin:
            admin.bind(("::ffff:127.0.0.1", 0))
            admin.listen()
            run = (f"exec 3<&{admin.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=admin "
                   f"exec {os.path.abspath(os.environ['ISOCOST'])} serve --config {configuration}")
            process = subprocess.Popen(["bash", "-c", run], pass_fds=(admin.fileno(),), stderr=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL)
            self.addCleanup(process.wait)
            self.addCleanup(process.terminate)

            def reload():
                client = http.client.HTTPConnection("127.0.0.1", admin.getsockname()[1], timeout=20)
                client.request("POST", "/admin/reload", "", {"Authorization": "Bearer sk-ops", "Content-Length": "0"})
                answer = client.getresponse()
                return answer.status, answer.read().decode()

            self.assertEqual(reload()[0], 200)
            settings["keys"] = []
            write()
            status, said = reload()
            self.assertNotEqual(status, 200, said)
            self.assertIn("::ffff:127.0.0.1", said)


if __name__ == "__main__":
    unittest.main()
