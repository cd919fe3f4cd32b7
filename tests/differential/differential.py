"""What the gateway makes of mutated requests, against two independent HTTP/1 parsers: Node's (llhttp) and Python's h11.
Wherever the gateway takes a request, both must take it, and as one with as long a body: else it is laxer than they are,
and what stands before it or behind it can smuggle. Exit status 1 where it is laxer.

    ISOCOST=build/release/isocost build/python/bin/python tests/differential/differential.py [--cases 4000] [--seed 1]

A nightly run takes --cases 500000 (a million pairs). Loopback only.
"""
import argparse
import asyncio
import base64
import collections
import json
import pathlib
import random
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "end_to_end")]

import h11

import behaviours
from gateway import KEY, Gateway, endpoint, question
from scripted_host import ScriptedHost

# A request behind the one that is tried: whoever frames that one otherwise makes something else of this one.
NEXT = b"GET /healthz HTTP/1.1\r\nHost: isocost.test\r\nConnection: close\r\n\r\n"
BODY = json.dumps(question()).encode()

# Where we take what one of them refuses, and why that is right.
BOTH = ("llhttp", "h11")
KNOWN = [(name, re.compile(pattern, re.IGNORECASE), reason) for names, pattern, reason in (
    (("llhttp",), rb"^[A-Z]+ \S+ HTTP/1\.[2-9]\r\n", "a later minor version, read as 1.1 (RFC 9110, 2.5)"),
    (("llhttp",), rb"\r\ncontent-length:[^\r\n]*\t\r\n", "a tab behind a field's value (RFC 9110, 5.5)"),
    (BOTH, rb"\r\n0*47(?:[ \t]+;|;[ \t]+)", "white space around an extension's semicolon, which is to be read "
                                                        "over (RFC 9112, 7.1.1)"),
    (BOTH, rb"\r\n0+\r\n(?:[^\r\n]+\r\n)*content-length:[^\r\n]*\r\n", "a trailer, read over whatever it is called (RFC "
                                                                      "9110, 6.5.1)")) for name in names]

FIELDS = [b"Content-Length: %d" % len(BODY), b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity",
          b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: chunked, chunked", b"Transfer-Encoding:\tchunked",
          b"Transfer-Encoding : chunked", b"transfer-encoding: CHUNKED", b"Content-Length: 0", b"Content-Length: 5, 5",
          b"Content-Length: +5", b"Content-Length: 0x5", b"Content-Length: 05", b"Content-Length: -1",
          b"Content-Length:", b"Host: other.test", b"Host:", b"Expect: 100-continue", b"Connection: close",
          b"Connection: keep-alive, x", b"Upgrade: websocket", b"X: a\r\n folded", b"X: \x00", b"X: \xff", b"X:a",
          b": nothing", b"X y: z", b"X: \x7f", b"Trailer: X", b"TE: trailers", b"\x0bX: y", b"X\xff: y"]
LINES = [b"POST %s HTTP/1.1", b"POST %s HTTP/1.0", b"POST %s HTTP/1.2", b"POST %s HTTP/2.0", b"POST  %s HTTP/1.1",
         b"POST\t%s HTTP/1.1", b"post %s HTTP/1.1", b"GET %s HTTP/1.1", b"POST %s", b"POST %s HTTP/1.1 ",
         b" POST %s HTTP/1.1", b"\r\nPOST %s HTTP/1.1", b"PO ST %s HTTP/1.1", b"POST %s http/1.1", b"HEAD %s HTTP/1.1",
         b"POST http://isocost.test%s HTTP/1.1", b"POST *%s HTTP/1.1", b"POST %s?a=b#c HTTP/1.1", b"PUT %s HTTP/1.1"]
CHUNKS = [b"%x\r\n%s\r\n0\r\n\r\n", b"%X\r\n%s\r\n0\r\n\r\n", b"0%x\r\n%s\r\n0\r\n\r\n", b"%x;a=b\r\n%s\r\n0\r\n\r\n",
          b"%x ;a\r\n%s\r\n0\r\n\r\n", b"%x\n%s\r\n0\r\n\r\n", b"%x\r\n%s0\r\n\r\n", b"%x\r\n%s\r\n0\r\nX: y\r\n\r\n",
          b"%x\r\n%s\r\n0\r\nContent-Length: 5\r\n\r\n", b"0x%x\r\n%s\r\n0\r\n\r\n", b"+%x\r\n%s\r\n0\r\n\r\n",
          b"%x\r\n%s\r\n00\r\n\r\n", b"%x\r\n%s\r\n0\r\n", b"%x\r\n%s\n0\r\n\r\n", b" %x\r\n%s\r\n0\r\n\r\n",
          b"ffffffffffffffff%x\r\n%s\r\n0\r\n\r\n", b"%x;\"\n\"\r\n%s\r\n0\r\n\r\n"]


def case(draw):
    """The bytes of a request, mostly nearly right, and the one behind it."""
    line = (draw.choice(LINES) if draw.random() < 0.3 else LINES[0]) % b"/v1/chat/completions"
    usual = [b"Host: isocost.test", b"Authorization: Bearer " + KEY.encode(), b"Content-Type: application/json"]
    is_chunked = draw.random() < 0.4
    usual.append(b"Transfer-Encoding: chunked" if is_chunked else b"Content-Length: %d" % len(BODY))
    for _ in range(draw.choice([0, 0, 1, 1, 2])):
        usual.insert(draw.randrange(len(usual) + 1), draw.choice(FIELDS))
    if draw.random() < 0.1:
        usual.pop(draw.randrange(len(usual)))
    data = line + b"\r\n" + b"\r\n".join(usual) + b"\r\n\r\n"
    data += draw.choice(CHUNKS) % (len(BODY), BODY) if is_chunked else BODY
    if draw.random() < 0.35:
        changed = bytearray(data)
        for _ in range(draw.choice([1, 1, 2, 4])):
            at = draw.randrange(len(changed))
            what = draw.random()
            if what < 0.4:
                changed[at] = draw.choice(b"\r\n\t :;,\x00\x0b\x7f\x80\xff0aZ\"")
            elif what < 0.7:
                changed.insert(at, draw.choice(b"\r\n\t :;,\x00\x0b\x7f\x80\xff0aZ\""))
            else:
                del changed[at]
        data = bytes(changed)
    return data + NEXT


def by_h11(data):
    connection, messages = h11.Connection(h11.SERVER), []
    connection.receive_data(data)
    try:
        head, size = None, 0
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Request):
                head, size = event, 0
            elif isinstance(event, h11.Data):
                size += len(event.data)
            elif isinstance(event, h11.EndOfMessage):
                messages.append([head.method.decode(), head.target.decode("latin-1"), size])
                connection.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
                connection.send(h11.EndOfMessage())
                if connection.our_state is h11.MUST_CLOSE:
                    # It reads no further, where HTTP/1.0 is asked to keep the connection, too.
                    return {"messages": messages, "refused": False, "closes": True}
                connection.start_next_cycle()
            else:
                return {"messages": messages, "refused": False}
    except (h11.ProtocolError, ValueError):
        return {"messages": messages, "refused": True}


class Llhttp:
    def __enter__(self):
        self.process = subprocess.Popen(["node", "--no-deprecation", str(HERE / "llhttp.js")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def __call__(self, data):
        self.process.stdin.write(base64.b64encode(data).decode() + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


# Of refusals by the gate and by the reader of bodies, which close the connection: what they refuse was not taken.
REFUSALS = {400, 401, 403, 404, 405, 408, 413, 414, 415, 417, 421, 431, 501, 503, 505}


async def by_us(port, data):
    """Answers on one connection: [status, id, whether it was refused before it was a request]."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    got = b""
    try:
        async with asyncio.timeout(0.5):
            while piece := await reader.read(65536):
                got += piece
    except (TimeoutError, OSError):
        pass
    writer.close()
    answers = []
    while got.startswith(b"HTTP/1.1 "):
        head, _, got = got.partition(b"\r\n\r\n")
        lower = head.lower()
        length = re.search(rb"\r\ncontent-length: (\d+)", lower)
        if b"chunked" in lower:
            body, _, got = got.partition(b"\r\n0\r\n\r\n")
        else:
            size = int(length[1]) if length else 0
            body, got = got[:size], got[size:]
        status = int(head[9:12])
        if status == 100:
            continue
        found = re.search(rb"x-request-id: (\S+)", head)
        refused = status in REFUSALS and b"\r\nconnection: close" in lower
        answers.append([status, found[1].decode() if found else None, refused, body])
    return answers


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=4_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)
    cases = [case(draw) for _ in range(chosen.cases)]
    counts, laxer = collections.Counter(), []
    began = time.monotonic()
    with Llhttp() as llhttp, ScriptedHost({"ok": behaviours.ok}, ports=1) as host, \
            Gateway({"a": host.ports[0]}, {"m": [endpoint("a", "ok")]}) as gateway:
        ours = [None] * len(cases)

        async def ask_all():
            numbers = iter(range(len(cases)))

            async def work():
                for number in numbers:
                    ours[number] = await by_us(gateway.port, cases[number])

            await asyncio.gather(*(work() for _ in range(64)))

        asyncio.run(ask_all())
        time.sleep(1)
        sizes = {line["id"]: line["bytes_in"] for line in map(json.loads, gateway.log_path.read_text().splitlines())
                 if "id" in line and "bytes_in" in line}
        assert gateway.alive(), "the gateway is gone"
        for data, answers in zip(cases, ours):
            taken = list(before_a_refusal(answers))
            counts["taken" if taken else "refused"] += 1
            for name, verdict in (("llhttp", llhttp(data)), ("h11", by_h11(data))):
                fault = compare(taken, verdict, sizes)
                if fault and (reason := known(data, name)):
                    counts[f"that {name} refuses, and rightly taken: {reason}"] += 1
                elif fault:
                    laxer.append((name, fault, data, answers, verdict))
                counts["pairs"] += 1
                counts["pairs in which we are stricter"] += len(verdict["messages"]) > len(taken)
    print(f"{counts['pairs']} pairs in {time.monotonic() - began:.0f} s, {len(laxer)} laxer; "
          + ", ".join(f"{count} {what}" for what, count in counts.items() if what != "pairs"))
    for name, fault, data, answers, verdict in laxer[:10]:
        print(f"{name}: {fault}\n  {data!r}\n  ours {[each[:3] for each in answers]}\n  {verdict}")
    return 1 if laxer else 0


def before_a_refusal(answers):
    """Those before the first that was refused."""
    for answer in answers:
        if answer[2]:
            return
        yield answer


def compare(taken, verdict, sizes):
    """Why we are laxer; None: we are not."""
    messages = verdict["messages"]
    if len(taken) > len(messages) and not verdict.get("closes"):
        return f"we took {len(taken)} requests, they {len(messages)}"
    for (status, name, _, _), (_, _, size) in zip(taken, messages):
        if name in sizes and sizes[name] != size and status != 401:
            return f"the body of a request is {sizes[name]} bytes to us, {size} to them"
    return None


def known(data, name):
    return next((reason for who, pattern, reason in KNOWN if who == name and pattern.search(data)), None)


if __name__ == "__main__":
    sys.exit(main())
