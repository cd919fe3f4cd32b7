"""A host that does what a test tells it to, on sockets of its own: well or badly, to the byte.

One ScriptedHost is one process's thread with several ports. The model name in a request chooses the behaviour
from behaviours.py. What happened is counted, and a test waits for conditions, never for time.
"""
import asyncio
import contextlib
import dataclasses
import json
import socket
import struct
import threading
import time


@dataclasses.dataclass
class Exchange:
    """One request as it came, and the way to answer it byte by byte."""
    host: "ScriptedHost"
    port: int
    path: str
    headers: dict
    raw_body: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    arrived: float
    method: str = "POST"
    eof_at: float | None = None  # time.monotonic() when the other side was seen to have closed

    @property
    def body(self):
        """What the body says; nothing when it is not JSON, which only a test's own mistake can bring here."""
        try:
            return json.loads(self.raw_body)
        except ValueError:
            return None

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def reply(self, status, body, headers=(), reason="Said So"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} {reason}", f"Content-Length: {len(data)}"]
        if not any(name.lower() == "content-type" for name, _ in headers):
            lines.append("Content-Type: application/json")
        lines += [f"{name}: {value}" for name, value in headers]
        await self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + data)

    async def begin_stream(self):
        await self.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")

    async def chunk(self, data):
        await self.send(b"%x\r\n%s\r\n" % (len(data), data))

    async def event(self, data):
        text = data if isinstance(data, str) else json.dumps(data)
        await self.chunk(f"data: {text}\n\n".encode())

    async def end_stream(self):
        await self.send(b"0\r\n\r\n")

    def reset(self):
        """Closes with RST instead of FIN."""
        raw = self.writer.get_extra_info("socket")
        with contextlib.suppress(OSError):  # the other side may have gone first
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def client_gone(self):
        """Returns when the other side has closed; what it sends until then is dropped."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            pass
        self.host.note(lambda: setattr(self, "eof_at", time.monotonic()))


class ScriptedHost:
    def __init__(self, behaviours, ports=2):
        self.behaviours = behaviours
        self.exchanges = []  # whole requests, in the order they came
        self.accepts = {}  # by port
        self.served = {}  # answers that were sent to their end, by model name
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._tasks = set()
        self._sockets = [socket.create_server(("127.0.0.1", 0), backlog=1024) for _ in range(ports)]
        self.ports = [each.getsockname()[1] for each in self._sockets]
        self.accepts = {port: 0 for port in self.ports}

    def __enter__(self):
        started = threading.Event()

        async def listen():
            for each in self._sockets:
                await asyncio.start_server(self._connected, sock=each)
            started.set()

        def run():
            asyncio.set_event_loop(self._loop)
            self._loop.create_task(listen())
            self._loop.run_forever()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def note(self, change):
        with self._changed:
            change()
            self._changed.notify_all()

    def wait(self, condition, seconds=10):
        """Waits until `condition()` is true and returns its value; fails the test when that takes too long."""
        with self._changed:
            if not self._changed.wait_for(condition, seconds):
                raise AssertionError("the host never saw what the test waited for")
            return condition()

    def model_of(self, exchange):
        """Whose behaviour it is; the APIs of other makers have the model in the path."""
        return exchange.body.get("model") if isinstance(exchange.body, dict) else None

    def asked(self, model):
        return [each for each in self.exchanges if self.model_of(each) == model]

    async def _connected(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        port = writer.get_extra_info("sockname")[1]
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def accepted():
            self.accepts[port] += 1

        self.note(accepted)
        try:
            while await self._one_request(port, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _one_request(self, port, reader, writer):
        """True when the connection can take another one."""
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, path, _ = first.split(" ")
        exchange = Exchange(self, port, path, headers, body, reader, writer, time.monotonic(), method)
        self.note(lambda: self.exchanges.append(exchange))
        if not body and "" in self.behaviours:  # of requests that have none
            return await self.behaviours[""](exchange) is not False
        model = self.model_of(exchange)
        if model not in self.behaviours:
            await exchange.reply(404, {"error": {"message": "no such model here", "code": "model_not_found"}})
            return True
        again = await self.behaviours[model](exchange)

        def done():
            self.served[model] = self.served.get(model, 0) + 1

        self.note(done)
        return again is not False and not writer.is_closing()
