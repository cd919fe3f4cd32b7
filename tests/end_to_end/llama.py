"""Two real inference engines of different speed behind the gateway; run by llama.sh. Prints a transcript's figures:
who served, time to the first token, tokens per second. Exit status 1 when an answer was not as it should be.
"""
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import openai

from gateway import KEY, Gateway, endpoint

QUESTIONS = ["Name three colours of the rainbow.", "What is the capital of France?", "Write a sentence about the sea.",
             "Why do leaves fall in autumn?", "Count from one to five.", "What does a baker do?"]
PRICES = {"fast": {"input": "1.00 $/Mtok", "output": "4.00 $/Mtok"},
          "slow": {"input": "0.20 $/Mtok", "output": "0.80 $/Mtok"}}


class Engine:
    """A llama.cpp server on a port of its own: with so many threads, and so many tokens of a prompt at a time."""

    def __init__(self, threads, batch):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [os.environ["LLAMA_SERVER"], "--model", os.environ["LLAMA_MODEL"], "--host", "127.0.0.1",
             "--port", str(self.port), "--threads", str(threads), "--threads-batch", str(threads),
             "--batch-size", str(batch), "--ubatch-size", str(batch), "--ctx-size", "4096", "--parallel", "2"], stdout=self.log, stderr=self.log)

    def __enter__(self):
        for _ in range(600):
            if self.process.poll() is not None:
                self.log.seek(0)
                sys.exit(self.log.read().decode(errors="replace")[-3000:])
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5).close()
                return self
            except (urllib.error.URLError, ConnectionError):
                threading.Event().wait(0.1)
        sys.exit("llama-server never became healthy")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)


def ask(client, model, text):
    """One streamed answer: who, seconds to the first token, tokens per second, the text."""
    begin = time.monotonic()
    raw = client.chat.completions.with_raw_response.create(
        model=model, messages=[{"role": "user", "content": text}], max_tokens=64, stream=True, temperature=0,
        stream_options={"include_usage": True})
    first = usage = None
    said = ""
    for chunk in raw.parse():
        piece = chunk.choices[0].delta.content if chunk.choices else None
        if piece and first is None:
            first = time.monotonic()
        said += piece or ""
        usage = chunk.usage or usage
    assert said and usage, "an answer without text or usage"
    speed = usage.completion_tokens / max(1e-6, time.monotonic() - first)
    return {"who": raw.headers["x-isocost-endpoint"], "ttft": first - begin, "speed": speed,
            "tokens": usage.completion_tokens, "said": said}


def show(model, answers):
    print(f"{model}: {len(answers)} answers")
    for answer in answers:
        print(f"  {answer['who']:12} TTFT {answer['ttft'] * 1000:6.0f} ms  {answer['speed']:6.1f} tok/s  "
              f"{answer['tokens']:3} tokens  {answer['said'][:50]!r}")
    print(f"  median       TTFT {statistics.median(a['ttft'] for a in answers) * 1000:6.0f} ms  "
          f"{statistics.median(a['speed'] for a in answers):6.1f} tok/s")


def main():
    cores = os.cpu_count() or 1
    with contextlib.ExitStack() as stack:
        engines = {"fast": stack.enter_context(Engine(cores, 512)),
                   "slow": stack.enter_context(Engine(max(1, cores // 2), 4))}
        served = {name: endpoint(name, "small", price=PRICES[name], context="2 ktok") for name in engines}
        models = {name: [served[name]] for name in engines} | {"small": list(served.values())}
        gateway = stack.enter_context(Gateway({name: engine.port for name, engine in engines.items()}, models))
        client = openai.OpenAI(api_key=KEY, base_url=gateway.base_url, timeout=300)
        for model in ("fast", "slow", "small"):
            show(model, [ask(client, model, text) for text in QUESTIONS])
        whole = client.chat.completions.create(model="small", max_tokens=16,
                                               messages=[{"role": "user", "content": "Say hello."}])
        assert whole.choices[0].message.content and whole.usage.completion_tokens > 0
        print(f"not streamed: {whole.choices[0].message.content!r}, {whole.usage.total_tokens} tokens")


if __name__ == "__main__":
    main()
