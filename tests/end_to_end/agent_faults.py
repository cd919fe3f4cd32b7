"""Hosts that fail in the ways that hosts fail, before agents that come as they are: before the first byte of an answer, so that
another host has to answer, and in its midst, where the agent has to be told so that it asks again."""
import contextlib
import os
import re
import subprocess
import tempfile
import threading

import behaviours
from gateway import closed_port, deaf_port

DEMO_MODEL = "deepseek/deepseek-r1"

# Before the first byte. A port in place of a behaviour: nobody listens there, or nobody takes the call.
FAILS = {
    "closed": closed_port, "deaf": deaf_port,
    "busy": behaviours.rate_limited("1"), "busy-for-long": behaviours.rate_limited("3600"),
    "busy-nonsense": behaviours.rate_limited("soon"),
    "no-key": behaviours.failing(401), "unpaid": behaviours.failing(402), "missing": behaviours.failing(404),
    "fails": behaviours.failing(500), "html": behaviours.html(502), "full": behaviours.failing(503),
    "overloaded": behaviours.failing(529), "error-never-ends": behaviours.error_body_stalls,
    "hangs-up": behaviours.fin_at_once, "resets": behaviours.reset_at_once, "silent": behaviours.silent,
    "head-alone": behaviours.stall_after_head, "no-http": behaviours.raw(b"\x15\x03\x01\x00\x02\x02\x28"),
    "half-a-head": behaviours.raw(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "error-first": behaviours.error_first, "empty": behaviours.empty_stream, "only-done": behaviours.only_done,
    "no-choices": behaviours.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                                 b"data: {\"id\": \"c\", \"choices\": []}\n\ndata: [DONE]\n\n"),
    "page": behaviours.html(200),
}
# After it: the first streamed answer of each; later ones are whole.
BREAKS = {"cut": behaviours.by_fin, "reset": behaviours.by_reset, "stalls": behaviours.by_stall,
          "no-end": behaviours.by_end_without_done, "error": behaviours.by_error_event,
          "bad-json": behaviours.by_event(b"{\"choices\": [}"), "bad-chunk": behaviours.by_bytes(b"zz\r\n")}
LIMITS = {"connect_timeout": "300 ms", "first_token_timeout": "1 s", "liveness_timeout": "1 s", "progress_timeout": "1 s"}


def breaking_once(name, how, whole):
    async def behave(exchange):
        streamed = [each for each in exchange.host.asked(name) if each.body.get("stream")]
        if streamed == [exchange]:
            return await behaviours.broken_after(["Not ", "this"], how)(exchange)
        return await whole(exchange)
    return behave


def scripts(whole):
    """By name of the model that a host is asked for. `whole` is what a chat host does that answers."""
    return {name: what for name, what in FAILS.items() if what not in (closed_port, deaf_port)} | {
        "breaks-" + name: breaking_once("breaks-" + name, how, whole) for name, how in BREAKS.items()}


def add(settings, port, good):
    """To the gateway's settings: for each way to fail a provider of its own, and a model whose first host fails so and whose
    second is the endpoint `good`; the models that break have one host alone. Their names."""
    names = []
    for name, what in FAILS.items():
        at = what() if what in (closed_port, deaf_port) else port
        settings["providers"]["fails-" + name] = {"base_url": f"http://127.0.0.1:{at}/v1", "limits": LIMITS}
        first = good | {"provider": "fails-" + name, "host_model": name, "speaks": ["chat"],
                        "price": {"input": "0.01 $/Mtok", "output": "0.01 $/Mtok"}}
        names.append(name + "-or-good")
        settings["models"][names[-1]] = {"endpoints": [
            first, good | {"price": {"input": "90 $/Mtok", "output": "90 $/Mtok"}}]}
    for name in BREAKS:
        settings["providers"]["breaks-" + name] = {"base_url": f"http://127.0.0.1:{port}/v1", "limits": LIMITS}
        names.append("breaks-" + name)
        settings["models"][names[-1]] = {"endpoints": [
            good | {"provider": "breaks-" + name, "host_model": "breaks-" + name, "speaks": ["chat"]}]}
    return names


@contextlib.contextmanager
def demo():
    """The gateway as it is without a configuration, with its simulated hosts inside: where its clients go."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([os.path.abspath(os.environ["ISOCOST"]), "serve", "--listen", "127.0.0.1:0"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder)
        try:
            address = next(found[0] for line in process.stderr if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield address + "/v1"
        finally:
            process.terminate()
            process.wait(20)
            process.stderr.close()
