"""An HTTP client that says exactly the bytes it is given and shows exactly the bytes that came."""
import contextlib
import json
import socket
import struct
import time

from gateway import KEY, question


def chat(body=None, headers=(), version="HTTP/1.1", target="/v1/chat/completions", method="POST", length=None):
    """The bytes of a chat request. `headers` come after the usual ones; `length` may lie."""
    data = body if isinstance(body, bytes) else json.dumps(body or question()).encode()
    lines = [f"{method} {target} {version}", "Host: isocost.test", f"Authorization: Bearer {KEY}",
             "Content-Type: application/json", f"Content-Length: {len(data) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


class RawClient:
    def __init__(self, port, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.bytes = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_while_welcome(self, data):
        """Sends until the other side no longer wants it: a refusal may come before everything is sent."""
        with contextlib.suppress(ConnectionError):
            self.socket.sendall(data)

    def more(self):
        """Reads once. False at the end, however the end came."""
        try:
            piece = self.socket.recv(65536)
        except ConnectionError:
            return False
        self.bytes += piece
        return bool(piece)

    def until(self, mark):
        while mark not in self.bytes:
            assert self.more(), f"ended before {mark!r}: {self.bytes[-500:]!r}"
        return self.bytes

    def to_the_end(self):
        while self.more():
            pass
        return self.bytes

    def response(self):
        """The next whole response on the connection: status, headers, body with chunks put together."""
        self.until(b"\r\n\r\n")
        head, _, self.bytes = self.bytes.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        status = int(lines[0].split()[1])
        if status == 100:
            return status, headers, b""
        if headers.get("transfer-encoding") == "chunked":
            return status, headers, self._chunks()
        length = int(headers.get("content-length", 0))
        while len(self.bytes) < length:
            assert self.more(), "the body ended early"
        body, self.bytes = self.bytes[:length], self.bytes[length:]
        return status, headers, body

    def _chunks(self):
        body = b""
        while True:
            self.until(b"\r\n")
            size, _, self.bytes = self.bytes.partition(b"\r\n")
            length = int(size, 16)
            while len(self.bytes) < length + 2:
                assert self.more(), "a chunk ended early"
            body += self.bytes[:length]
            self.bytes = self.bytes[length + 2:]
            if length == 0:
                return body

    def stream_body(self):
        """What a stream brought, chunks put together, up to wherever it ended: (body, ended well)."""
        self.until(b"\r\n\r\n")
        head, _, self.bytes = self.bytes.partition(b"\r\n\r\n")
        assert b"chunked" in head.lower(), head
        rest, body = self.to_the_end(), b""
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            length = int(size, 16)
            if length == 0:
                return body, True
            body += rest[:length]
            rest = rest[length + 2:]
        return body, False

    def is_closed(self, within):
        """Whether the other side closes in time, whatever it says before."""
        self.socket.settimeout(within)
        begin = time.monotonic()
        with contextlib.suppress(TimeoutError):
            self.to_the_end()
            return time.monotonic() - begin <= within
        return False

    def leave(self, how):
        """Goes away by "fin" or "rst"."""
        if how == "rst":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def events(body):
    """The data of each event of a stream, [DONE] as a text."""
    datas = [line[6:] for line in body.decode().splitlines() if line.startswith("data: ")]
    return [data if data == "[DONE]" else json.loads(data) for data in datas]


def said(stream):
    """The text that the events carry."""
    return "".join(event["choices"][0]["delta"].get("content") or ""
                   for event in stream if event != "[DONE]" and event.get("choices") and "error" not in event)
