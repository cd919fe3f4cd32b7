"""Streams that a host cuts, and that go on: whatever is cut, the text is the whole one, or an exact begin of it and one
error event."""
import json
import os
import time
import unittest

import behaviours
from gateway import EndToEnd, endpoint, question

TEXT = ("The fox went over the hill, and the hare \u2014 Z\u00fcrich's own \U0001f430 \u2014 went under it;\n\n"
        "neither knew that the other had gone, \"nor why\". So it goes, and so it went.")
PIECE = 7


def pieces(text):
    return [text[at:at + PIECE] for at in range(0, len(text), PIECE)]


def events(text, usage):
    all_events = [behaviours.piece({"role": "assistant", "content": ""})]
    all_events += [behaviours.piece({"content": each}) for each in pieces(text)]
    all_events += [behaviours.piece({}, "stop"), behaviours.usage_event(usage)]
    return b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in all_events) + b"data: [DONE]\n\n"


WHOLE = events(TEXT, {"prompt_tokens": 10, "completion_tokens": 40, "total_tokens": 50})


async def torn(exchange):
    """Sends so many bytes of the stream and goes, as the question says; goes on where it is given a begin."""
    *_, last = exchange.body["messages"]
    if last["role"] == "assistant":
        assert TEXT.startswith(last["content"]), last
        rest = TEXT[len(last["content"]):]
        await exchange.begin_stream()
        await exchange.chunk(events(rest, {"prompt_tokens": 20, "completion_tokens": 9, "total_tokens": 29}))
        return await exchange.end_stream()
    how, cut = last["content"].split()
    await exchange.begin_stream()
    if int(cut) > 0:
        await exchange.chunk(WHOLE[:int(cut)])
    if how == "RST":
        exchange.reset()
    return False


async def anew(exchange):
    """Knows nothing of going on: begins again, politely."""
    await exchange.begin_stream()
    *_, last = exchange.body["messages"]
    await exchange.chunk(WHOLE if last["role"] == "assistant" else WHOLE[:900])
    return False


def read(body):
    text, errors, ends = "", 0, 0
    for event in body.decode().split("\n\n"):
        if event == "data: [DONE]":
            ends += 1
        elif event.startswith("data: "):
            data = json.loads(event[6:])
            errors += "error" in data
            for choice in data.get("choices", []):
                text += choice["delta"].get("content") or ""
    return text, errors, ends


class Continuation(EndToEnd):
    behaviours = {"torn": torn, "anew": anew}
    models = {"m": [endpoint("a", "torn", features=["prefill"]), endpoint("b", "torn", features=["prefill"])],
              "anew": [endpoint("a", "anew", features=["prefill"])], "plain": [endpoint("a", "torn", features=[])]}
    gateway_settings = {"policies": {"calm": {"continue": {"hops": 2}, "explore": "0 %"}}, "default_policy": "calm",
                        "retries": {"share": "100 %", "burst": 1000, "per_host": "100 %"}}

    def ask(self, how, cut, model="m", **more):
        body = question(model, stream=True, stream_options={"include_usage": True},
                        messages=[{"role": "user", "content": f"{how} {cut}"}])
        return self.gateway.ask(body | more)

    def logged(self):
        return [json.loads(line) for line in self.gateway.log_path.read_text().splitlines()]

    def test_wherever_a_stream_is_cut_the_text_is_the_whole_one(self):
        count = int(os.environ.get("FAULTS", 200))
        for number in range(count):
            cut = number * len(WHOLE) // count
            with self.subTest(cut=cut):
                status, headers, body = self.ask("FIN" if number % 2 else "RST", cut)
                if status != 200:  # before the first word it is an ordinary failure
                    self.assertLess(cut, WHOLE.index(b"The fox") + 40)
                    continue
                text, errors, ends = read(body)
                self.assertEqual((text, errors, ends), (TEXT, 0, 1))
        self.assertGreater(self.gateway.metric("isocost_continuations_total", outcome="answered"), count / 2)

    def test_who_begins_anew_is_found_out(self):
        status, headers, body = self.ask("RST", 900, model="anew")
        text, errors, ends = read(body)
        self.assertEqual((status, errors, ends), (200, 1, 0))
        self.assertTrue(TEXT.startswith(text) and text, text)

    def test_who_cannot_go_on_is_not_asked_to(self):
        before = len(self.host.exchanges)
        text, errors, ends = read(self.ask("RST", 900, model="plain")[2])
        self.assertEqual((errors, ends), (1, 0))
        self.assertTrue(TEXT.startswith(text) and text, text)
        self.assertEqual(len(self.host.exchanges), before + 1)

    def test_both_attempts_are_accounted_for(self):
        _, headers, body = self.ask("RST", 900)
        usage = [json.loads(event[6:]) for event in body.decode().split("\n\n") if '"usage":{' in event][-1]
        self.assertEqual(usage["usage"]["isocost"]["continued"], 1)
        self.assertGreater(usage["usage"]["prompt_tokens"], 20)
        self.assertGreater(usage["usage"]["completion_tokens"], 9)
        limit = time.monotonic() + 10  # the log follows the answer
        while not (lines := [line for line in self.logged() if line["id"] == headers["x-request-id"]]):
            self.assertLess(time.monotonic(), limit)
            time.sleep(0.05)
        line = lines[0]
        self.assertEqual([each["reason"] for each in line["attempts"]][-1], "continue")
        self.assertTrue(line["attempts"][0]["usage_is_estimated"])
        self.assertIn(b": isocost goes on at ", body)


if __name__ == "__main__":
    unittest.main()
