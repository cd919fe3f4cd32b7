"""Codex, as it comes and with an empty HOME, through the gateway: it says hi and edits a file with its own tool, where
the host speaks chat, Anthropic's Messages or Responses, goes on when a host fails in whatever way (agent_faults), and
takes what the hosts say that come with isocost. CODEX is its program. Large, and so part of the nightly tests alone."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import agent_faults
import anthropic_host
import responses_host
import responses_python_test
from gateway import KEY, endpoint
from scripted_host import ScriptedHost

COMMAND = json.dumps({"cmd": "echo written by a tool > note.txt"})
PIECES = [COMMAND[i:i + 7] for i in range(0, len(COMMAND), 7)]


async def chat_edits(exchange):
    if any(message["role"] == "tool" for message in exchange.body["messages"]):
        return await responses_python_test.chat(exchange, {}, deltas=[{"content": "Done."}])
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "exec_command", "arguments": ""}}
    deltas = [{"tool_calls": [call]}]
    deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} for piece in PIECES]
    await responses_python_test.chat(exchange, {}, "tool_calls", deltas)


async def claude_edits(exchange):
    asked = anthropic_host.checked(exchange)
    if any(part.get("type") == "tool_result" for part in asked["messages"][-1]["content"]):
        blocks = [({"type": "text", "text": ""}, anthropic_host.texts("Done."))]
        return await anthropic_host.stream(exchange, blocks, "end_turn")
    call = {"type": "tool_use", "id": "toolu_1", "name": "exec_command", "input": {}}
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in PIECES]
    await anthropic_host.stream(exchange, [(call, deltas)], "tool_use")


async def native_edits(exchange):
    events = responses_host.Events(exchange, exchange.body)
    await events.begin()
    if any(item.get("type") == "function_call_output" for item in exchange.body["input"]):
        await events.message("Done.")
    else:
        await events.call("exec_command", *PIECES)
    await events.end()


BEHAVIOURS = responses_python_test.BEHAVIOURS | {"edits": chat_edits, "claude-edits": claude_edits,
                                                 "r-edits": native_edits}
BEHAVIOURS |= agent_faults.scripts(responses_python_test.chat_says)


class Codex(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(ScriptedHost(BEHAVIOURS))
        gateway = responses_python_test.gateway_to(cls.host)
        for provider, name in (("open", "edits"), ("claude", "claude-edits"), ("native", "r-edits")):
            gateway.settings["models"][name] = {"endpoints": [endpoint(provider, name)]}
        good = endpoint("open", "says", features=responses_python_test.EVERYTHING)
        cls.faulty = agent_faults.add(gateway.settings, cls.host.ports[0], good)
        cls.gateway = cls.enterClassContext(gateway)

    def run_codex(self, model, task, base_url=None):
        """What it says at its end, and the folder that it worked in."""
        home = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (home / ".codex").mkdir()
        (home / "work").mkdir()
        (home / ".codex" / "config.toml").write_text(f"""
model = "{model}"
model_provider = "isocost"
[model_providers.isocost]
name = "isocost"
base_url = "{base_url or self.gateway.base_url}"
env_key = "ISOCOST_KEY"
wire_api = "responses"
""")
        # What it is told to run comes from the host above.
        ran = subprocess.run([os.environ["CODEX"], "exec", "--skip-git-repo-check",
                              "--dangerously-bypass-approvals-and-sandbox", task], cwd=home / "work", timeout=120,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env={"HOME": str(home), "ISOCOST_KEY": KEY, "PATH": os.environ["PATH"]})
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran.stdout.strip(), home / "work"

    def test_it_says_hi(self):
        for model in ("says", "claude-says", "r-says", "busy-or-says", "r-fails-or-says"):
            with self.subTest(model=model):
                self.assertEqual(self.run_codex(model, "Say hi.")[0], "Grüezi, world")

    def test_it_says_hi_whatever_a_host_does(self):
        for model in self.faulty:
            with self.subTest(model=model):
                self.assertEqual(self.run_codex(model, "Say hi.")[0], "Grüezi, world")

    def test_it_takes_what_simulated_hosts_say(self):
        with agent_faults.demo() as base_url:
            self.assertGreater(len(self.run_codex(agent_faults.DEMO_MODEL, "Say hi.", base_url)[0]), 20)

    def test_it_edits_a_file(self):
        for model in ("edits", "claude-edits", "r-edits"):
            with self.subTest(model=model):
                said, folder = self.run_codex(model, "Write a note.")
                self.assertEqual(said, "Done.")
                self.assertEqual((folder / "note.txt").read_text(), "written by a tool\n")


if __name__ == "__main__":
    unittest.main()
