"""`isocost import litellm` on configurations as LiteLLM's documentation and its own package have them: what it writes is
good, holds no key, overwrites nothing, and serves."""
import importlib.util
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest
import urllib.request

import openai
import yaml

import behaviours
from gateway import free_port
from scripted_host import ScriptedHost

ISOCOST = os.environ["ISOCOST"]
LITELLM = pathlib.Path(importlib.util.find_spec("litellm").origin).parent
PRICES = str(LITELLM / "model_prices_and_context_window_backup.json")
KEYS = {name: "sk-0123456789abcdef0123" for name in (
    "OPENAI_API_KEY", "AZURE_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "DEEPSEEK_API_KEY", "OPENROUTER_API_KEY",
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}

AZURE_AND_OPENAI = """
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-eu
      api_base: https://my-endpoint-europe.openai.azure.com/
      api_key: os.environ/AZURE_API_KEY
      api_version: "2024-10-21"
      rpm: 6
    model_info: {base_model: azure/gpt-4o}
  - model_name: gpt-4o
    litellm_params: {model: gpt-4o, api_key: os.environ/OPENAI_API_KEY, rpm: 480, tpm: 100000}
  - model_name: gpt-4o-mini
    litellm_params: {model: openai/gpt-4o-mini, api_key: sk-in-clear-0123456789abcdef}
router_settings:
  routing_strategy: usage-based-routing-v2
  model_group_alias: {gpt-4: gpt-4o}
  num_retries: 2
  timeout: 30
litellm_settings:
  fallbacks: [{gpt-4o: [gpt-4o-mini]}]
  callbacks: [langfuse]
general_settings: {master_key: sk-1234, database_url: "postgresql://user:secret-of-the-database@db/litellm"}
"""
CLAUDES = """
model_list:
  - model_name: claude-sonnet
    litellm_params: {model: anthropic/claude-sonnet-4-5, api_key: os.environ/ANTHROPIC_API_KEY}
  - model_name: claude-sonnet
    litellm_params: {model: bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0, aws_region_name: us-east-1}
  - model_name: gemini-flash
    litellm_params: {model: gemini/gemini-2.5-flash, api_key: os.environ/GEMINI_API_KEY}
  - model_name: deepseek-chat
    litellm_params: {model: deepseek/deepseek-chat, api_key: os.environ/DEEPSEEK_API_KEY}
  - model_name: "openai/*"
    litellm_params: {model: "openai/*", api_key: os.environ/OPENAI_API_KEY}
litellm_settings: {default_fallbacks: [claude-sonnet], num_retries: 3, request_timeout: 600, drop_params: true}
"""


def isocost(*words, folder, **variables):
    return subprocess.run([ISOCOST, *words], cwd=folder, capture_output=True, text=True, timeout=60,
                          env={"PATH": os.environ["PATH"], "HOME": str(folder)} | KEYS | variables)


class Import(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def imported(self, text, *more, **variables):
        (self.folder / "config.yaml").write_text(text)
        (self.folder / "isocost.yaml").unlink(missing_ok=True)
        done = isocost("import", "litellm", "config.yaml", *more, folder=self.folder, **variables)
        self.assertIn(done.returncode, (0, 2), done.stderr)
        checked = isocost("check", "isocost.yaml", folder=self.folder, **variables)
        written = (self.folder / "isocost.yaml").read_text()
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr + written)
        return done, written

    def explained(self, model):
        done = isocost("explain", "--config", "isocost.yaml", "--model", model, folder=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_azure_beside_openai_with_fallbacks_and_an_alias(self):
        done, written = self.imported(AZURE_AND_OPENAI, "--prices", PRICES)
        self.assertEqual(done.returncode, 2)
        self.assertNotIn("NOT ITS PRICE", written)
        self.assertIn("attempts: 3", written)
        for name in ("gpt-4o", "gpt-4", "gpt-4o-mini"):
            self.assertIn("goes to", self.explained(name))
        self.assertIn("azure-my-endpoint-europe", self.explained("gpt-4"))
        for secret in ("sk-in-clear", "sk-1234", "secret-of-the-database"):
            self.assertNotIn(secret, written + done.stdout + done.stderr)
        self.assertIn("usage-based-routing-v2", done.stdout)
        self.assertIn("general_settings.database_url", done.stdout)

    def test_claude_at_two_hosts_gemini_and_a_wildcard(self):
        done, written = self.imported(CLAUDES, "--prices", PRICES)
        self.assertIn("openai/* at openai/*: left out", done.stdout)
        self.assertIn("bedrock-us-east-1", self.explained("claude-sonnet"))
        self.assertIn("claude-sonnet", self.explained("deepseek-chat"))

    def test_the_key_and_the_names_that_clients_have_go_on(self):
        host = self.enterContext(ScriptedHost({"llama": behaviours.ok}, ports=1))
        port = free_port()
        _, written = self.imported(f"""
model_list:
  - model_name: my-llama
    litellm_params: {{model: hosted_vllm/llama, api_base: "http://127.0.0.1:{host.ports[0]}/v1", api_key: none}}
general_settings: {{master_key: os.environ/LITELLM_MASTER_KEY}}
""", LITELLM_MASTER_KEY="sk-of-the-proxy")
        (self.folder / "isocost.yaml").write_text(written.replace("127.0.0.1:4000", f"127.0.0.1:{port}"))
        server = subprocess.Popen([ISOCOST, "serve", "--config", "isocost.yaml"], cwd=self.folder,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  env={"PATH": os.environ["PATH"], "STATE_DIRECTORY": str(self.folder / "state")})
        try:
            for _ in range(200):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.05)
            client = openai.OpenAI(base_url=f"http://127.0.0.1:{port}", api_key="sk-of-the-proxy", max_retries=0)
            client.base_url = f"http://127.0.0.1:{port}/v1"
            answer = client.chat.completions.create(model="my-llama", messages=[{"role": "user", "content": "Hello"}])
            self.assertTrue(answer.choices[0].message.content)
        finally:
            server.terminate()
            self.assertEqual(server.wait(20), 0)

    def test_every_configuration_in_litellms_own_package(self):
        carried = 0
        for file in sorted((LITELLM / "proxy").rglob("*.yaml")):
            text = file.read_text()
            try:
                said = yaml.safe_load(text)
            except yaml.YAMLError:
                continue
            if not isinstance(said, dict) or "model_list" not in said:
                continue
            with self.subTest(file=file.name):
                (self.folder / "config.yaml").write_text(text)
                (self.folder / "isocost.yaml").unlink(missing_ok=True)
                done = isocost("import", "litellm", "config.yaml", "--prices", PRICES, folder=self.folder)
                if done.returncode == 1:
                    self.assertRegex(done.stderr, "could be carried over|error:")
                    continue
                carried += 1
                # Not all of their keys are set here; a whole configuration of missing ones is refused as one.
                names = re.findall(r"\$\{(\w+)\}", (self.folder / "isocost.yaml").read_text())
                checked = isocost("check", "isocost.yaml", folder=self.folder,
                                  **{name: "sk-0123456789abcdef0123" for name in names})
                self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertGreater(carried, 10)

    def test_what_is_there_is_not_overwritten_and_what_is_no_configuration_is_said(self):
        self.imported(CLAUDES)
        (self.folder / "isocost.yaml").write_text("mine")
        done = isocost("import", "litellm", "config.yaml", folder=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("is there already", done.stderr)
        self.assertEqual((self.folder / "isocost.yaml").read_text(), "mine")
        for text, said in (("", "nothing of config.yaml"), ("model_list: [", "error:"), ("model_list: {a: 1}", "nothing of")):
            (self.folder / "config.yaml").write_text(text)
            done = isocost("import", "litellm", "config.yaml", "--out", "other.yaml", folder=self.folder)
            self.assertEqual(done.returncode, 1, text)
            self.assertIn(said, done.stderr + done.stdout)
            self.assertFalse((self.folder / "other.yaml").exists())


if __name__ == "__main__":
    unittest.main()
