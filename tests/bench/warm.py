#!/usr/bin/env python3
"""What connections made ahead save of the time to the first answer, where hosts are a round trip of 60 ms away.

  warm.py [--gateway build/release/isocost] [--round-trip-ms 60] [--rounds 10]

Two hosts behind TLS, each reached through a line that delays what passes in either direction, and the begin of a
connection by a round trip. Each round asks a fresh gateway: twice one after the other, then two at once, then once
with the cheaper host gone, so that the other one, which nobody asked before, takes over. Prints the median time
to the whole (tiny) answer of each, with `warm_connections` 0 and 1. Loopback only. Needs openssl.
"""
import argparse
import asyncio
import contextlib
import json
import pathlib
import ssl
import statistics
import subprocess
import tempfile
import time

ANSWER = json.dumps({"id": "c", "object": "chat.completion", "created": 1, "model": "m",
                     "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"},
                                  "finish_reason": "stop"}],
                     "usage": {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6}}).encode()
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)
ASKED = ["first", "second", "two at once", "taken over"]


async def host(folder):
    """A host that answers every request with the same; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")

    async def serve(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n")
                              if line.lower().startswith(b"content-length"))
                await reader.readexactly(length)
                writer.write(REPLY)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    return server, server.sockets[0].getsockname()[1]


async def line(port, delay):
    """A way to the port that takes `delay` seconds in each direction; it can be cut."""
    way = {"open": True}

    async def carry(reader, writer):
        queue = asyncio.Queue()

        async def deliver():
            while True:
                due, data = await queue.get()
                await asyncio.sleep(max(0, due - time.monotonic()))
                if not data:
                    writer.close()
                    return
                writer.write(data)

        delivering = asyncio.create_task(deliver())
        try:
            while data := await reader.read(65536):
                queue.put_nowait((time.monotonic() + delay, data))
        except OSError:
            pass
        queue.put_nowait((time.monotonic() + delay, b""))
        await delivering

    async def serve(reader, writer):
        if not way["open"]:
            writer.transport.abort()
            return
        await asyncio.sleep(2 * delay)  # SYN and its answer
        there = await asyncio.open_connection("127.0.0.1", port)
        way.setdefault("writers", []).append(writer)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(carry(reader, there[1]), carry(there[0], writer), return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)

    def cut():
        way["open"] = False
        for writer in way.get("writers", []):
            writer.transport.abort()

    return server, server.sockets[0].getsockname()[1], cut


def configuration(folder, ports, warm):
    providers = "".join(f"  {name}:\n    base_url: https://localhost:{port}/v1\n    ca_file: {folder}/cert.pem\n"
                        f"    limits: {{warm_connections: {warm}}}\n" for name, port in ports.items())
    endpoints = "".join(f"      - {{provider: {name}, host_model: m, context: 8 ktok, "
                        f"price: {{input: {price} $/Mtok, output: {price} $/Mtok}}}}\n"
                        for name, price in zip(ports, (1, 5)))
    return f"listen: 127.0.0.1:0\nworkers: 1\nproviders:\n{providers}models:\n  m:\n    endpoints:\n{endpoints}"


async def ask(port):
    began = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}]}).encode()
    writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    reply = await reader.read()
    writer.close()
    assert reply.startswith(b"HTTP/1.1 200"), reply[:500]
    return time.monotonic() - began


async def one_round(options, folder, warm):
    delay = options.round_trip_ms / 2000
    hosts = [await host(folder) for _ in range(2)]
    lines = [await line(port, delay) for _, port in hosts]
    ports = {name: port for name, (_, port, _) in zip(("near", "other"), lines)}
    file = folder / "isocost.yaml"
    file.write_text(configuration(folder, ports, warm))
    process = await asyncio.create_subprocess_exec(
        options.gateway, "serve", "--config", str(file), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={"STATE_DIRECTORY": str(folder / "state"), "PATH": "/usr/bin:/bin"})
    try:
        while b"listening on" not in (said := await process.stdout.readline()):
            assert said, "the gateway did not start"
        port = int(said.rsplit(b":", 1)[1])
        draining = asyncio.create_task(process.stdout.read())
        times = [await ask(port)]
        await asyncio.sleep(1)
        times.append(await ask(port))
        await asyncio.sleep(1)
        times.append(max(await asyncio.gather(ask(port), ask(port))))
        await asyncio.sleep(1)
        lines[0][2]()
        times.append(await ask(port))
    finally:
        process.terminate()
        await process.wait()
    await draining
    for server in [each[0] for each in hosts + lines]:
        server.close()
    return times


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", default="build/release/isocost")
    parser.add_argument("--round-trip-ms", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
        for warm in (0, 1):
            rounds = [await one_round(options, folder, warm) for _ in range(options.rounds)]
            figures = [1e3 * statistics.median(column) for column in zip(*rounds)]
            print(f"warm_connections {warm}: " + "   ".join(
                f"{what} {figure:.0f} ms" for what, figure in zip(ASKED, figures)))


asyncio.run(main())
