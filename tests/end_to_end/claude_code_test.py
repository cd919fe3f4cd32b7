"""Claude Code, as it comes and with an empty HOME, through the gateway: it says hi and writes a file with its own tool,
where the host speaks Anthropic's Messages, chat or Responses, goes on when a host fails in whatever way (agent_faults), and
takes what the hosts say that come with isocost. CLAUDE is its program. Large, and so part of the nightly tests alone."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import agent_faults
import anthropic_host
import behaviours
import responses_host
from behaviours import finish_stream, piece
from gateway import KEY, Gateway, cheap_then_dear, endpoint
from scripted_host import ScriptedHost

NOTE = "written by a tool\n"
FEATURES = ["tools", "json_object", "json_schema", "images", "files", "reasoning", "prefill"]


def arguments(exchange):
    """Of the tool, in the folder that the request names."""
    folder = exchange.raw_body.decode().split("WORKS-IN:")[1].split(":")[0]
    text = json.dumps({"file_path": folder + "/note.txt", "content": NOTE})
    return [text[i:i + 9] for i in range(0, len(text), 9)]


def wants_tool(exchange):
    return b"WORKS-IN:" in exchange.raw_body and bool(exchange.body.get("tools"))


async def claude(exchange):
    asked = exchange.body
    last = asked["messages"][-1]["content"]
    has_result = isinstance(last, list) and any(part.get("type") == "tool_result" for part in last)
    if wants_tool(exchange) and not has_result:
        call = {"type": "tool_use", "id": "toolu_1", "name": "Write", "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": part} for part in arguments(exchange)]
        return await anthropic_host.stream(exchange, [(call, deltas)], "tool_use")
    text = "Done." if has_result else "Hello, world"
    if not asked.get("stream"):
        return await exchange.reply(200, anthropic_host.message([{"type": "text", "text": text}], "end_turn"))
    await anthropic_host.stream(exchange, [({"type": "text", "text": ""}, anthropic_host.texts(text))], "end_turn")


async def chat(exchange):
    has_result = any(message["role"] == "tool" for message in exchange.body["messages"])
    if not wants_tool(exchange) or has_result:
        if not exchange.body.get("stream"):
            return await exchange.reply(200, behaviours.answer({"content": "Hello, world"}))
        await exchange.begin_stream()
        await exchange.event(piece({"content": "Done." if has_result else "Hello, world"}))
        return await finish_stream(exchange)
    await exchange.begin_stream()
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "Write", "arguments": ""}}
    await exchange.event(piece({"tool_calls": [call]}))
    for part in arguments(exchange):
        await exchange.event(piece({"tool_calls": [{"index": 0, "function": {"arguments": part}}]}))
    await finish_stream(exchange, "tool_calls")


async def responds(exchange):
    asked = exchange.body
    has_result = any(item.get("type") == "function_call_output" for item in asked["input"])
    text = "Done." if has_result else "Hello, world"
    if not asked.get("stream"):
        return await exchange.reply(200, responses_host.response(asked, [responses_host.message(text)]))
    events = responses_host.Events(exchange, asked | {"tools": [], "tool_choice": "auto"})
    await events.begin()
    if wants_tool(exchange) and not has_result:
        await events.call("Write", *arguments(exchange))
    else:
        await events.message(text)
    await events.end()


BEHAVIOURS = {"claude": claude, "chat": chat, "responses": responds, "busy": behaviours.rate_limited("1"),
              "fails": behaviours.failing(500), "breaks": behaviours.error_first, "hangs-up": behaviours.fin_at_once}
BEHAVIOURS |= agent_faults.scripts(chat)


class ClaudeCode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(ScriptedHost(BEHAVIOURS))
        os.environ["ANTHROPIC_KEY_OF_THE_TESTS"] = "sk-ant-of-the-tests"
        url = f"http://127.0.0.1:{cls.host.ports[0]}/v1"
        more = {"features": FEATURES, "max_output": "64 ktok", "context": "1 Mtok", "thinking": "budget"}
        speaks = {"claude": "messages", "responses": "responses"}
        alone = ("claude", "chat", "responses", "busy", "fails", "breaks", "hangs-up")
        one = {name: endpoint("of-" + name, name, speaks=[speaks.get(name, "chat")], **more) for name in alone}
        models = {name: [one[name]] for name in ("claude", "chat", "responses")}
        for name in ("busy", "fails", "breaks", "hangs-up"):
            cheap, dear = cheap_then_dear(("of-" + name, name), ("of-claude", "claude"))
            models[name + "-or-claude"] = [one[name] | {"price": cheap["price"]}, one["claude"] | {"price": dear["price"]}]
        cls.gateway = Gateway({}, models)
        cls.gateway.settings["providers"] = {"of-" + name: {"base_url": url} for name in alone}
        cls.gateway.settings["providers"]["of-claude"] |= {"dialect": "anthropic",
                                                           "credential": "${ANTHROPIC_KEY_OF_THE_TESTS}"}
        cls.faulty = agent_faults.add(cls.gateway.settings, cls.host.ports[0], one["chat"])
        cls.gateway = cls.enterClassContext(cls.gateway)

    def run_claude(self, model, task, base_url=None):
        home = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (home / "work").mkdir()
        # What it is told to write comes from the hosts above.
        ran = subprocess.run([os.environ["CLAUDE"], "-p", task.replace("{}", str(home / "work")), "--model", model,
                              "--permission-mode", "acceptEdits", "--allowedTools", "Write"],
                             cwd=home / "work", timeout=120, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True,
                             env={"HOME": str(home), "PATH": os.environ["PATH"], "ANTHROPIC_API_KEY": KEY,
                                  "ANTHROPIC_BASE_URL": (base_url or self.gateway.base_url).removesuffix("/v1"),
                                  "ANTHROPIC_SMALL_FAST_MODEL": model, "ANTHROPIC_DEFAULT_HAIKU_MODEL": model,
                                  "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1"})
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        return ran.stdout.strip(), home / "work"

    def test_it_says_hi(self):
        for model in ("claude", "chat", "responses", "busy-or-claude", "fails-or-claude", "breaks-or-claude",
                      "hangs-up-or-claude"):
            with self.subTest(model=model):
                self.assertEqual(self.run_claude(model, "Say hi.")[0], "Hello, world")

    def test_it_says_hi_whatever_a_host_does(self):
        for model in self.faulty:
            with self.subTest(model=model):
                self.assertEqual(self.run_claude(model, "Say hi.")[0], "Hello, world")

    def test_it_takes_what_simulated_hosts_say(self):
        with agent_faults.demo() as base_url:
            self.assertGreater(len(self.run_claude(agent_faults.DEMO_MODEL, "Say hi.", base_url)[0]), 20)

    def test_it_writes_a_file(self):
        for model in ("claude", "chat", "responses", "busy-or-claude"):
            with self.subTest(model=model):
                said, folder = self.run_claude(model, "Write a note. WORKS-IN:{}:")
                self.assertEqual(said, "Done.")
                self.assertEqual((folder / "note.txt").read_text(), NOTE)


if __name__ == "__main__":
    unittest.main()
