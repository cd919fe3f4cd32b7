#!/usr/bin/env python3
"""The load by which deploy/build/profile.sh learns how often each branch of the gateway is taken.

  ISOCOST=build/train/isocost deploy/build/train.py

Hosts are those of tests/bench/api_cost.py, which speak three APIs; clients of each API ask each of them, whole and
streamed, with small and large prompts, in the open and over TLS, with limits and among many endpoints. What people run
most is asked most. Then decisions without a network: simulations and a check of a large configuration.
"""
import concurrent.futures
import http.client
import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/bench"), str(ROOT / "tests/end_to_end")]
import api_cost as apis  # noqa: E402
from gateway import KEY, endpoint  # noqa: E402

AT_ONCE = 8
ANSWERS = {"chat": apis.chat(32), "messages": apis.messages(32), "responses": apis.responses(32)}


def ask(port, api, model, streamed, times, prompt=apis.PROMPT):
    """So many requests of a client of `api`, some at once; each is answered whole."""
    body = json.loads(apis.asked(api, streamed)) | {"model": model}
    body["input" if api == "responses" else "messages"] = [{"role": "user", "content": prompt}]
    text = json.dumps(body)

    def some(count):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for _ in range(count):
            connection.request("POST", apis.PATHS[api], text, {"Authorization": "Bearer " + KEY, "Content-Type": "application/json"})
            reply = connection.getresponse()
            said = reply.read()
            if reply.status != 200:
                sys.exit(f"{api} of {model}: {reply.status} {said[:500]}")
        connection.close()

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(some, [times // AT_ONCE] * AT_ONCE))


def gateway(port, **more):
    made = apis.settings(port)
    made.settings["records"] = {"enabled": True}
    made.settings |= more
    return made


def over_tls(server, folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", f"{folder}/key.pem", "-out",
                    f"{folder}/cert.pem"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/cert.pem", f"{folder}/key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    os.environ["SSL_CERT_FILE"] = f"{folder}/cert.pem"


def main():
    isocost = os.environ["ISOCOST"]
    server = apis.host(ANSWERS)
    with gateway(server.server_port) as plain:
        ask(plain.port, "chat", "chat", False, 6000)
        ask(plain.port, "chat", "chat", True, 2000)
        for api in ANSWERS:
            for model in ANSWERS:
                for streamed in (False, True):
                    ask(plain.port, api, model, streamed, 320)
        ask(plain.port, "chat", "chat", False, 400, apis.PROMPT * 60)
        ask(plain.port, "chat", "chat", False, 16, apis.PROMPT * 1000)

    many = [endpoint("open", "host-model", variant=f"v{i}", speaks=["chat"]) for i in range(30)]
    quota = {"requests": {"minute": 1_000_000}, "tokens": {"day": 1_000_000_000}, "dollars": {"month": "1000 $"}}
    with gateway(server.server_port, models={"chat": {"endpoints": many}}) as large:
        ask(large.port, "chat", "chat", False, 800)
    limited = gateway(server.server_port)
    limited.settings["keys"][0]["quota"] = quota
    with limited:
        ask(limited.port, "chat", "chat", False, 800)

    with tempfile.TemporaryDirectory() as folder:
        secure = apis.host(ANSWERS)
        over_tls(secure, folder)
        url = f"https://localhost:{secure.server_port}/v1"
        with gateway(secure.server_port, providers={"open": {"base_url": url}, "anthropic": {
                "base_url": url, "dialect": "anthropic", "credential": "${KEY_OF_THE_BENCH}"}}) as sealed:
            ask(sealed.port, "chat", "chat", False, 1600)
            ask(sealed.port, "chat", "chat", True, 800)

        settings = {"models": {f"m{i}": {"endpoints": [endpoint("p", "h", variant=f"v{j}") for j in range(4)]} for i in range(200)},
                    "providers": {"p": {"base_url": "http://127.0.0.1:1/v1"}}, "listen": "127.0.0.1:1"}
        path = pathlib.Path(folder) / "large.yaml"
        path.write_text(json.dumps(settings))
        subprocess.run([isocost, "check", path], check=True, stdout=subprocess.DEVNULL)

    for fleet, trace in (("made-up:8", "poisson:5.5"), ("made-up:30", "bursts:2")):
        subprocess.run([isocost, "simulate", "--fleet", fleet, "--trace", trace, "--requests", "6000", "--policy", "balanced", "18 $/h",
                        "--baseline", "all", "--jobs", "1"], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
