"""Clients that say and see exact bytes, many at a time in one loop."""
import asyncio
import contextlib
import json
import socket
import struct
import time

from auditor import Seen
from gateway import KEY


def request_bytes(marker, model="m", stream=True, key=KEY, fields="", **more):
    body = json.dumps({"model": model, "stream": stream, "messages": [{"role": "user", "content": marker}]} | more)
    return (f"POST /v1/chat/completions HTTP/1.1\r\nHost: isocost.test\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\n{fields}Content-Length: {len(body.encode())}\r\n\r\n{body}").encode()


class Client:
    """A connection that is kept from one request to the next."""

    def __init__(self, port, tls=None):
        self.port, self.tls = port, tls
        self.reader = self.writer = None
        self.uses = 0

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.close()

    def close(self):
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None
        self.uses = 0

    def leave(self, how):
        """Goes away by "fin" or "rst"."""
        if how == "rst" and self.writer:
            raw = self.writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if self.writer:
            self.writer.transport.abort() if how == "rst" else self.writer.close()
        self.reader = self.writer = None

    async def connect(self):
        if not self.writer:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=self.tls)
            self.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.uses = 0

    async def head(self, seen):
        """False: nothing came."""
        try:
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        except (OSError, asyncio.IncompleteReadError):
            return None
        seen.status = int(head[0].split()[1])
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        seen.id = fields.get("x-request-id")
        return fields

    async def pieces(self, fields):
        """The body as it comes. Raises where it is cut."""
        if fields.get("transfer-encoding") != "chunked":
            yield await self.reader.readexactly(int(fields.get("content-length", 0)))
            return
        while True:
            size = int(await self.reader.readuntil(b"\r\n"), 16)
            data = await self.reader.readexactly(size + 2)
            if size == 0:
                return
            yield data[:-2]

    @staticmethod
    def note(seen, data):
        for line in data.split(b"\n"):
            if line == b"data: [DONE]":
                seen.done += 1
            elif line.startswith(b"data: "):
                event = json.loads(line[6:])
                if "error" in event:
                    seen.errors += 1
                for choice in event.get("choices") or ():
                    seen.text += (choice.get("delta") or {}).get("content") or ""

    async def ask(self, marker, patience=60, **more):
        """One request to its end; where a kept connection turns out to be closed, once more, as clients do."""
        for may_repeat in (True, False):
            seen = Seen(marker, began=time.monotonic(), is_reused=self.uses > 0)
            try:
                async with asyncio.timeout(patience):
                    await self.connect()
                    self.uses += 1
                    self.writer.write(request_bytes(marker, **more))
                    fields = await self.head(seen)
                    if fields is None:
                        was_reused = seen.is_reused
                        self.close()
                        if was_reused and may_repeat:
                            continue
                        return seen
                    rest = b""
                    async for piece in self.pieces(fields):
                        if seen.status != 200:
                            continue
                        whole, _, rest = (rest + piece).rpartition(b"\n\n")
                        self.note(seen, whole)
                    if fields.get("connection") == "close":
                        self.close()
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                self.close()
            seen.took = time.monotonic() - seen.began
            return seen


async def in_turn(clients, count, one):
    """`one(number)` for all numbers, by so many at a time."""
    numbers = iter(range(count))

    async def work(who):
        for number in numbers:
            await one(who, number)

    await asyncio.gather(*(work(who) for who in clients))


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0
