"""Streams that a host cuts, and that go on: whatever is cut, the text is the whole one, or an exact begin of it and one
error event."""
import asyncio
import json
import os
import subprocess
import tempfile
import threading
import time
import unittest

import behaviours
from gateway import KEY, EndToEnd, Gateway, endpoint, question
from scripted_host import ScriptedHost

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


gone = threading.Event()  # what the held stream waits for


async def held(exchange):
    """Sends a part of the stream, and the rest never; goes on as `torn` does."""
    if exchange.body["messages"][-1]["role"] == "assistant":
        return await torn(exchange)
    await exchange.begin_stream()
    await exchange.chunk(WHOLE[:900])
    while not gone.is_set():
        await asyncio.sleep(0.01)
    exchange.reset()
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
    behaviours = {"torn": torn, "anew": anew, "held": held}
    models = {"m": [endpoint("a", "torn", features=["prefill"]), endpoint("b", "torn", features=["prefill"])],
              "anew": [endpoint("a", "anew", features=["prefill"])], "plain": [endpoint("a", "torn", features=[])],
              "held": [endpoint("a", "held", features=["prefill"])]}
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

    def test_a_stream_that_began_before_a_reload_is_gone_on_with(self):
        gone.clear()
        replies = []
        asking = threading.Thread(target=lambda: replies.append(self.ask("HELD", 0, model="held")))
        before = len(self.host.exchanges)
        asking.start()
        try:
            self.host.wait(lambda: len(self.host.exchanges) > before)
            time.sleep(0.2)
            text = self.gateway.config_path.read_text()
            self.assertIn("1000", text)
            self.gateway.config_path.write_text(text.replace("1000", "1001", 1))
            status, _, said = self.gateway.ask("", path="/admin/reload")
            self.assertEqual((status, json.loads(said)["result"]), (200, "reloaded"), said)
        finally:
            gone.set()
            asking.join()
        (status, _, body), = replies
        text, errors, ends = read(body)
        self.assertEqual((status, text, errors, ends), (200, TEXT, 0, 1), body[-600:])

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


async def probed(exchange):
    """As `torn`, and goes on with what a probe gives it, too."""
    if exchange.body.get("stream"):
        return await torn(exchange)
    *_, last = exchange.body["messages"]
    text = " 5 6 7" if last["role"] == "assistant" else "Hello"
    return await exchange.reply(200, behaviours.answer({"content": text}))


class Remembered(unittest.TestCase):
    """Nobody says that the host goes on with a begun answer, until a probe shows it."""

    def setUp(self):
        self.host = self.enterContext(ScriptedHost({"probed": probed, "other": probed, "silent": torn}))
        self.state = self.enterContext(tempfile.TemporaryDirectory())

    def gateway(self, host_model="probed"):
        return Gateway({"a": self.host.ports[0]}, {"m": [endpoint("a", host_model, features=[])]}, state=self.state,
                       policies={"calm": {"continue": {"hops": 2}}}, default_policy="calm")

    def goes_on(self, gateway):
        body = question(stream=True, messages=[{"role": "user", "content": "RST 900"}])
        text, errors, ends = read(gateway.ask(body)[2])
        self.assertEqual(errors + ends, 1)
        if errors:
            self.assertTrue(TEXT.startswith(text) and text, text)
        else:
            self.assertEqual(text, TEXT)
        return ends == 1

    def check(self, gateway, *options, **env):
        done = subprocess.run([os.environ["ISOCOST"], "check", "--probe", *options, gateway.config_path], text=True,
                              capture_output=True, timeout=60, env=os.environ | env)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn(KEY, done.stdout + done.stderr)
        return done.stderr

    def shown(self, gateway):
        return json.loads(gateway.get("/admin/endpoints")[1])["endpoints"][0]["prefill"]

    def test_what_the_command_found_the_running_gateway_uses_at_once_and_after_a_restart(self):
        with self.gateway() as gateway:
            self.assertFalse(self.goes_on(gateway))
            self.assertEqual(self.shown(gateway), {"goes_on": False, "configured": False, "probe": None})
            self.assertIn("set ISOCOST_ADMIN_KEY", self.check(gateway))
            self.assertFalse(self.goes_on(gateway))
            self.assertIn("remembers who goes on", self.check(gateway, ISOCOST_ADMIN_KEY=KEY))
            self.assertTrue(self.goes_on(gateway))
            shown = self.shown(gateway)
            self.assertEqual((shown["goes_on"], shown["configured"], shown["probe"]["goes_on"]), (True, False, True))
        with self.gateway() as gateway:
            self.assertTrue(self.goes_on(gateway))
            gateway.settings["models"]["m"]["endpoints"][0]["host_model"] = "other"
            gateway.write()
            gateway.hear("generation . is in use")
            self.assertFalse(self.goes_on(gateway), "of another model nothing is known")

    def test_without_a_gateway_the_directory_remembers_for_the_next_one(self):
        with self.gateway() as gateway:
            before = gateway
            text = gateway.config_path.read_text()
        with tempfile.TemporaryDirectory() as folder:
            before.config_path = os.path.join(folder, "isocost.yaml")
            with open(before.config_path, "w") as file:
                file.write(text)
            self.assertIn("remembered in " + self.state, self.check(before))
        with self.gateway() as gateway:
            self.assertTrue(self.goes_on(gateway))

    def test_what_the_gateway_itself_asks_it_remembers_too(self):
        with self.gateway() as gateway:
            status, _, text = gateway.ask("{}", path="/admin/endpoints/a/probe")
            self.assertEqual((status, json.loads(text)["endpoints"][0]["goes_on"]), (200, True))
            self.assertTrue(self.goes_on(gateway))
            self.assertTrue(os.path.exists(os.path.join(self.state, "prefills.json")))

    def test_only_an_operator_says_what_was_found_and_only_what_a_probe_would_say(self):
        with self.gateway() as gateway:
            self.assertEqual(gateway.ask("{}", path="/admin/prefills")[0], 400)
            self.assertEqual(gateway.ask("{}", path="/admin/prefills", headers={"Authorization": "Bearer x"})[0], 401)
            lie = {"version": 1, "prefills": [{"model": "m", "endpoint": "a", "asked": "somebody else", "goes_on": True, "at": 1}]}
            status, _, text = gateway.ask(lie, path="/admin/prefills")
            self.assertEqual((status, json.loads(text)), (200, {"remembered": 0, "unknown_here": 1}))
            self.assertFalse(self.goes_on(gateway))


if __name__ == "__main__":
    unittest.main()
