#!/usr/bin/env python3
"""What a passed-on request costs in instructions, for clients of each API whose host speaks the same one.

  ISOCOST=build/release/isocost tests/bench/api_cost.py [--requests 300] [--deltas 64]

Valgrind counts the instructions of the loop that serves; each API is asked a few times and then many times more, in two
runs, and the difference is what the requests themselves took. Unlike times these counts are nearly the same on every
machine, however busy. Exit status 1 where Responses or Messages, whole or streamed, take more than 1.15 of what OpenAI's
chat takes for as many bytes of the same answer in as many events, or where an answer is another one than its host's, but
for ids, model and cost.
"""
import argparse
import http.client
import http.server
import json
import os
import pathlib
import re
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "end_to_end"))
from gateway import KEY, Gateway, endpoint  # noqa: E402

MOST = 1.15
PROMPT = "The quick brown fox jumps over the lazy dog. " * 24
PIECE = "a word or two "
PATHS = {"chat": "/v1/chat/completions", "messages": "/v1/messages", "responses": "/v1/responses"}


def event(data, name=None):
    return (f"event: {name}\n" if name else "") + "data: " + json.dumps(data, separators=(",", ":")) + "\n\n"


def chat(deltas):
    def chunk(choices, **more):
        return event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "host-model",
                      "choices": choices} | more)
    usage = {"prompt_tokens": 300, "completion_tokens": deltas, "total_tokens": 300 + deltas}
    events = [chunk([{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}])]
    events += [chunk([{"index": 0, "delta": {"content": PIECE}, "finish_reason": None}])] * deltas
    events += [chunk([{"index": 0, "delta": {}, "finish_reason": "stop"}]), chunk([], usage=usage), "data: [DONE]\n\n"]
    whole = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "host-model", "choices": [
        {"index": 0, "message": {"role": "assistant", "content": PIECE * deltas}, "finish_reason": "stop"}], "usage": usage}
    return whole, events


def messages(deltas):
    usage = {"input_tokens": 300, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 1}
    begun = {"id": "msg_1", "type": "message", "role": "assistant", "model": "host-model", "content": [],
             "stop_reason": None, "stop_sequence": None, "usage": usage}
    said = [{"type": "message_start", "message": begun},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}]
    said += [{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": PIECE}}] * deltas
    said += [{"type": "content_block_stop", "index": 0},
             {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
              "usage": {"output_tokens": deltas}}, {"type": "message_stop"}]
    whole = begun | {"content": [{"type": "text", "text": PIECE * deltas}], "stop_reason": "end_turn",
                     "usage": usage | {"output_tokens": deltas}}
    return whole, [event(each, each["type"]) for each in said]


def responses(deltas):
    usage = {"input_tokens": 300, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": deltas,
             "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 300 + deltas}
    text = {"type": "output_text", "text": PIECE * deltas, "annotations": []}
    item = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [text]}
    whole = {"id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "model": "host-model",
             "output": [item], "usage": usage, "error": None, "incomplete_details": None, "instructions": None,
             "metadata": {}, "parallel_tool_calls": True, "temperature": 1, "top_p": 1, "tool_choice": "auto", "tools": []}
    begun = whole | {"status": "in_progress", "output": [], "usage": None}
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    said = [{"type": "response.created", "response": begun}, {"type": "response.in_progress", "response": begun},
            {"type": "response.output_item.added", "output_index": 0, "item": item | {"status": "in_progress", "content": []}},
            {"type": "response.content_part.added", **place, "part": text | {"text": ""}}]
    said += [{"type": "response.output_text.delta", **place, "delta": PIECE, "logprobs": []}] * deltas
    said += [{"type": "response.output_text.done", **place, "text": PIECE * deltas, "logprobs": []},
             {"type": "response.content_part.done", **place, "part": text},
             {"type": "response.output_item.done", "output_index": 0, "item": item},
             {"type": "response.completed", "response": whole}]
    return whole, [event({"sequence_number": i} | each, each["type"]) for i, each in enumerate(said)]


def asked(api, streamed):
    said = [{"role": "user", "content": PROMPT}]
    body = {"model": api, "stream": streamed, "input" if api == "responses" else "messages": said}
    if api == "messages":
        body["max_tokens"] = 500
    if api == "chat" and streamed:
        body["stream_options"] = {"include_usage": True}  # as the others tell it unasked
    return json.dumps(body)


def host(answers):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            whole, events = answers[next(api for api, path in PATHS.items() if self.path == path)]
            self.send_response(200)
            if not body.get("stream"):
                data = json.dumps(whole, separators=(",", ":")).encode()
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
                return
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            # In groups, as they come over a network.
            for i in range(0, len(events), 4):
                data = "".join(events[i:i + 4]).encode()
                self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
            self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def settings(port):
    os.environ["KEY_OF_THE_BENCH"] = "sk-of-the-bench"
    url = f"http://127.0.0.1:{port}/v1"
    speaks = {"chat": "open", "responses": "open", "messages": "anthropic"}
    gateway = Gateway({}, {api: [endpoint(name, "host-model", speaks=[api])] for api, name in speaks.items()})
    gateway.settings["providers"] = {"open": {"base_url": url}, "anthropic": {
        "base_url": url, "dialect": "anthropic", "credential": "${KEY_OF_THE_BENCH}"}}
    return gateway


def plain(text):
    """Without what the gateway puts in place of the host's names, and what it adds."""
    text = re.sub(r'"(id|model)":"(chatcmpl-1|msg_1|resp_1|host-model|[a-z_]*req_\w+|(chatcmpl|msg|resp|gen)[-_]\w+|chat|messages|responses)"',
                  r'"\1":""', text)
    text = re.sub(r'"created(_at)?":\d+', r'"created\1":0', text)
    return re.sub(r',"cost":[0-9.e-]+', "", text)


def instructions(port, api, streamed, requests, expected):
    with tempfile.TemporaryDirectory() as folder:
        gateway = settings(port)
        gateway._inside = ["valgrind", "--tool=callgrind", "--separate-threads=yes",
                           f"--callgrind-out-file={folder}/out"]
        with gateway:
            connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=120)
            for _ in range(requests):
                connection.request("POST", PATHS[api], asked(api, streamed), {"Authorization": "Bearer " + KEY,
                                                                              "Content-Type": "application/json"})
                reply = connection.getresponse()
                text = reply.read().decode()
                if reply.status != 200 or plain(text) != plain(expected):
                    sys.exit(f"{api}: {reply.status}\n{plain(text)[:1500]}\nwanted\n{plain(expected)[:1500]}")
            connection.close()
        counts = []
        for file in pathlib.Path(folder).glob("out*"):
            found = re.search(r"^(?:totals|summary): (\d+)", file.read_text(errors="replace"), re.MULTILINE)
            if found:
                counts.append(int(found[1]))
        return sum(counts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--deltas", type=int, default=64)
    wanted = parser.parse_args()
    answers = {"chat": chat(wanted.deltas), "messages": messages(wanted.deltas), "responses": responses(wanted.deltas)}
    server = host(answers)
    is_good = True
    for streamed in (False, True):
        costs = {}
        for api, (whole, events) in answers.items():
            expected = "".join(events) if streamed else json.dumps(whole, separators=(",", ":"))
            few, many = (instructions(server.server_port, api, streamed, count, expected)
                         for count in (50, 50 + wanted.requests))
            costs[api] = (many - few) / wanted.requests
            ratio = costs[api] / costs["chat"]
            is_good &= ratio <= MOST
            print(f"{api:10} {'streamed' if streamed else 'whole':9} {len(expected):7} bytes "
                  f"{costs[api]:10.0f} instructions a request, {ratio:.2f} of chat's", flush=True)
    server.shutdown()
    sys.exit(not is_good)


if __name__ == "__main__":
    main()
