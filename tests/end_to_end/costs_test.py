"""What one request and one event of a stream cost on the loop that serves them: how often it asks the allocator and the
kernel, exactly, so that a change that makes it more often fails here. Whoever makes it less often changes the number."""
import asyncio
import collections
import json
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest

from gateway import KEY, Gateway, endpoint, free_port, question
from scripted_host import ScriptedHost

# On the loop, for a whole answer of a host whose connection is kept.
ALLOCATIONS_PER_REQUEST = 24
CALLS_PER_REQUEST = {"recvfrom": 2, "sendto": 2, "epoll_wait": 4, "epoll_ctl": 2}
# For each event that comes alone: what a connection that waited reads into. Frames of coroutines are kept.
ALLOCATIONS_PER_EVENT = 1
CALLS_PER_EVENT = {"recvfrom": 1, "sendto": 1, "epoll_wait": 2, "epoll_ctl": 1}

REQUESTS, EVENTS = 200, 300
WINDOWS = 10

ANSWER = json.dumps({
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello! How can I help? " * 8},
                 "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 19, "completion_tokens": 48, "total_tokens": 67}}).encode()
EVENT = json.dumps({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": "m",
                    "choices": [{"index": 0, "delta": {"content": " word"}, "finish_reason": None}]})
LAST = json.dumps({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": "m",
                   "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
                   "usage": {"prompt_tokens": 19, "completion_tokens": 48, "total_tokens": 67}})

seen = threading.Semaphore(0)  # one for each event that the client has


async def whole(exchange):
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                        % (len(ANSWER), ANSWER))


async def stream(exchange):
    """The next event once the client has the one before, so that each comes alone."""
    await exchange.begin_stream()
    loop = asyncio.get_running_loop()
    for _ in range(EVENTS):
        await exchange.event(EVENT)
        await loop.run_in_executor(None, seen.acquire)
    await exchange.event(LAST)
    await exchange.event("[DONE]")
    await exchange.end_stream()


class Client:
    """One connection to the gateway, and no more than is needed to know when an answer is over."""

    def __init__(self, gateway):
        self._socket = socket.create_connection(("127.0.0.1", gateway.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        self._socket.close()

    def send(self, model, **more):
        body = json.dumps(question(model) | more).encode()
        head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
        self._socket.sendall(head.encode() + body)

    def ask(self):
        self.send("whole")
        text = b""
        while b"\r\n\r\n" not in text:
            text += self._socket.recv(65536)
        head, _, body = text.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        size = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        while len(body) < size:
            body += self._socket.recv(65536)

    def hear(self, between):
        """A stream to its end; calls `between` with the number of events so far after each."""
        self.send("stream", stream=True)
        text, events = b"", 0
        while not text.endswith(b"0\r\n\r\n"):
            text += self._socket.recv(65536)
            now = text.count(b" word")
            for number in range(events, now):
                between(number + 1)
                seen.release()
            events = now
        assert events == EVENTS, text[:500]


def can_trace():
    """Whether this machine lets a process look at another's calls; containers often do not."""
    return bool(shutil.which("strace")) and subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


class Costs(unittest.TestCase):
    """Requests one after the other on one connection: nothing comes together by chance."""

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.host = cls.enterClassContext(ScriptedHost({"whole": whole, "stream": stream}, ports=1))
        cls.shim = os.path.join(cls.folder, "count_allocations.so")
        source = pathlib.Path(__file__).with_name("count_allocations.c")
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", cls.shim, source, "-ldl"], check=True)

    def gateway(self, *inside):
        return Gateway({"host": self.host.ports[0]},
                       {name: [endpoint("host", name)] for name in ("whole", "stream")},
                       inside=inside, records={"enabled": True})

    def allocations(self, path):
        """By thread, so far."""
        counts = dict(struct.iter_unpack("QQ", pathlib.Path(path).read_bytes()))
        counts.pop(0, None)
        return counts

    def of_the_loop(self, before, after):
        """The loop is the thread that does most."""
        return max(after[thread] - before.get(thread, 0) for thread in after)

    def test_a_request_asks_the_allocator_as_often_as_it_is_known_to(self):
        path = os.path.join(self.folder, "whole")
        with self.gateway("env", f"LD_PRELOAD={self.shim}", f"COUNTS={path}") as gateway:
            client = Client(gateway)
            for _ in range(100):
                client.ask()
            counts = [self.allocations(path)]
            for _ in range(WINDOWS):
                for _ in range(REQUESTS // WINDOWS):
                    client.ask()
                counts.append(self.allocations(path))
            client.close()
        each = [self.of_the_loop(before, after) * WINDOWS / REQUESTS for before, after in zip(counts, counts[1:])]
        # Now and then the loop does something by time: hands over what was recorded, takes a new view of the market.
        self.assertEqual(round(min(each)), ALLOCATIONS_PER_REQUEST, f"{each} allocations a request")

    def test_an_event_asks_the_allocator_as_often_late_in_a_stream_as_early(self):
        path = os.path.join(self.folder, "stream")
        with self.gateway("env", f"LD_PRELOAD={self.shim}", f"COUNTS={path}") as gateway:
            client = Client(gateway)
            client.hear(lambda _: None)
            counts = []

            def between(number):
                if number >= 50 and number % 10 == 0:
                    counts.append(self.allocations(path))

            client.hear(between)
            client.close()
        each = [self.of_the_loop(before, after) / 10 for before, after in zip(counts, counts[1:])]
        # As above: what the loop does by time is not in all of them.
        for some in (each[:10], each[10:]):
            self.assertEqual(round(min(some)), ALLOCATIONS_PER_EVENT, f"{each} allocations an event")

    def calls(self, path):
        """Of the loop by name, as strace has written: it is the thread that receives most."""
        # The tracer is nobody's child, and writes its last lines after the gateway has ended.
        until = time.monotonic() + 20
        while "+++ exited with 0 +++" not in (text := pathlib.Path(path).read_text(errors="replace")):
            assert time.monotonic() < until, text[-1000:]
            time.sleep(0.05)
        by_thread = collections.defaultdict(collections.Counter)
        for line in text.splitlines():
            if found := re.match(r"(\d+) +(\w+)\(", line):
                by_thread[found[1]][found[2]] += 1
        return max(by_thread.values(), key=lambda calls: calls["recvfrom"])

    def traced(self, path):
        # As a tracer beside it, so that the gateway is this process's own child.
        return self.gateway("strace", "-D", "-f", "-q", "-s", "0", "-o", path)

    def counted(self, path, work):
        """What the loop called in the course of `work`, which is done twice as often the second time."""
        totals = []
        for times in (1, 3):
            each = f"{path}.{times}"
            with self.traced(each) as gateway:
                client = Client(gateway)
                work(client, times)
                client.close()
            totals.append(self.calls(each))
        return {name: (totals[1][name] - totals[0][name]) / 2 for name in totals[1]}

    def check_calls(self, found, number, calls):
        each = {name: round(count / number, 2) for name, count in found.items()}
        # A clock wakes the loop now and then, too, by time and not by what comes.
        self.assertEqual({name: round(each.get(name, 0) - 0.15) for name in calls}, calls, each)
        rest = sum(count for name, count in each.items() if name not in calls and name != "timerfd_settime")
        self.assertLessEqual(rest, 0.5, each)

    @unittest.skipUnless(can_trace(), "calls cannot be traced here")
    def test_a_request_asks_the_kernel_for_two_reads_and_two_writes(self):
        def work(client, times):
            for _ in range(REQUESTS * times):
                client.ask()

        found = self.counted(os.path.join(self.folder, "calls"), work)
        self.check_calls(found, REQUESTS, CALLS_PER_REQUEST)

    @unittest.skipUnless(can_trace(), "calls cannot be traced here")
    def test_an_event_asks_the_kernel_for_one_read_and_one_write(self):
        def work(client, times):
            for _ in range(times):
                client.hear(lambda _: None)

        found = self.counted(os.path.join(self.folder, "events"), work)
        self.check_calls(found, EVENTS, CALLS_PER_EVENT)

    @unittest.skipUnless(can_trace(), "calls cannot be traced here")
    def test_until_somebody_asks_nothing_of_tls_is_set_up(self):
        path = os.path.join(self.folder, "start")
        gateway = Gateway({}, {"m": [endpoint("there", "m")]}, inside=("strace", "-D", "-f", "-q", "-e", "trace=openat", "-o", path))
        gateway.settings["providers"] = {"there": {"base_url": f"https://localhost:{free_port()}/v1"}}
        with gateway:
            started = pathlib.Path(path).read_text()
        self.assertIn("isocost.yaml", started)
        # OpenSSL reads its settings when it is first used.
        for file in ("openssl.cnf", "ca-certificates.crt"):
            self.assertNotIn(file, started)


if __name__ == "__main__":
    unittest.main()
