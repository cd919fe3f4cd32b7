"""`isocost init`: a first configuration out of the environment's keys and of engines that answer."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from engines import Engine
from gateway import Gateway, free_port, question

KEYS = {"OPENAI_API_KEY": "sk-openai-0123456789", "ANTHROPIC_API_KEY": "sk-ant-0123456789", "GOOGLE_API_KEY": "AIza0123456789",
        "DEEPSEEK_API_KEY": "sk-deepseek-0123456789", "OPENROUTER_API_KEY": "sk-or-0123456789",
        "GROQ_API_KEY": "gsk_0123456789", "MISTRAL_API_KEY": "mistral-0123456789", "XAI_API_KEY": "xai-0123456789",
        "TOGETHER_API_KEY": "together-0123456789", "FIREWORKS_API_KEY": "fw_0123456789"}


class Init(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.folder / "isocost.yaml"

    def run_it(self, *words, keys=(), status=0):
        clean = {name: value for name, value in os.environ.items() if not re.search("API_KEY|TOKEN|AWS_|AZURE_", name)}
        self.environment = clean | {name: KEYS.get(name, "value-0123456789") for name in keys}
        done = subprocess.run([os.environ["ISOCOST"], *map(str, words)], capture_output=True, text=True, timeout=60,
                              env=self.environment)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def init(self, *more, keys=(), status=0):
        return self.run_it("init", "--no-engines", "--out", self.file, *more, keys=keys, status=status)

    def check(self, keys):
        return self.run_it("check", self.file, keys=keys).stdout

    def test_the_hosts_of_each_key_are_in_it_and_no_key_is(self):
        self.init(keys=KEYS)
        text = self.file.read_text()
        for name, value in KEYS.items():
            self.assertNotIn(value, text)
            self.assertIn("${" + name + "}", text)
        good = re.search(r"good: (\d+) models, (\d+) endpoints, 10 providers", self.check(KEYS))
        self.assertTrue(good, self.check(KEYS))
        self.assertGreater(int(good[2]), 100)

    def test_each_endpoint_and_each_data_policy_names_its_source_and_none_is_made_up(self):
        self.init(keys=["DEEPSEEK_API_KEY", "TOGETHER_API_KEY"])
        lines = self.file.read_text().splitlines()
        for number, line in enumerate(lines):
            if line.startswith("      - provider: "):
                self.assertRegex(lines[number - 1], r"^      # ")
        deepseek, together = (re.search(rf"(?ms)^  {name}:\n(.*?)(?=^  \S|^\S)", self.file.read_text())[1]
                              for name in ("deepseek", "together"))
        self.assertRegex(together, r"# \S*together\.ai\S*, read \d{4}-\d\d-\d\d: .+\n"
                                   r"    retains_prompts: true\n    trains_on_prompts: false\n")
        self.assertNotRegex(deepseek, r"(?m)^ +(trains_on_prompts|retains_prompts):")
        self.assertIn("counts as the worst", deepseek)
        self.assertNotIn("counts as the worst", together)
        self.assertNotRegex(self.file.read_text(), r"(?m)^ +zero_data_retention:")

    def test_only_hosts_whose_key_is_there_are_asked_for(self):
        self.init(keys=["GROQ_API_KEY"])
        self.assertEqual(re.findall(r"\$\{(\w+)\}", self.file.read_text()), ["GROQ_API_KEY"])

    def test_a_file_that_is_there_is_never_written_over(self):
        self.file.write_text("mine")
        self.assertIn("is there already", self.init(keys=["GROQ_API_KEY"], status=1).stderr)
        self.assertEqual(self.file.read_text(), "mine")

    def test_without_anything_nothing_is_written_and_it_says_what_to_do(self):
        self.assertIn("OPENAI_API_KEY", self.init(status=1).stderr)
        self.assertFalse(self.file.exists())
        self.assertIn("AZURE_OPENAI_API_KEY is set", self.init(keys=["AZURE_OPENAI_API_KEY"], status=1).stderr)

    def test_a_key_of_a_host_whose_models_are_in_no_list_is_told_of(self):
        for name, at in {"PARASAIL_API_KEY": "api.parasail.io", "QIANFAN_API_KEY": "qianfan.baidubce.com", "INFINI_API_KEY":
                         "cloud.infini-ai.com", "ARK_API_KEY": "volces.com", "PERPLEXITY_API_KEY": "api.perplexity.ai"}.items():
            told = self.init(keys=[name], status=1).stderr
            self.assertIn(name + " is set", told)
            self.assertIn(at, told)

    def test_an_engine_that_answers_is_in_it_and_is_served(self):
        with Engine("127.0.0.1", 0) as engine:
            done = self.init("--engine", f"http://127.0.0.1:{engine.port}")
            self.assertIn(f"engines: 127.0.0.1:{engine.port}", done.stderr)
            text = self.file.read_text()
            self.assertIn("engine: {kind: vllm}", text)
            self.assertIn("context: 32768 tok", text)
            self.assertIn("good: 1 model, 1 endpoint", self.check([]))
            with Served(self.file, free_port()) as served:
                name = re.search(r"\nmodels:\n  (\S+):\n", text)[1]
                status, _, answer = served.ask(question(name))
                self.assertEqual(status, 200, answer)

    def test_an_engine_of_the_same_weights_joins_their_hosts(self):
        with Engine("127.0.0.1", 0, model="openai/gpt-oss-120b") as engine:
            self.init("--engine", f"http://127.0.0.1:{engine.port}/v1", keys=["GROQ_API_KEY"])
            models = self.file.read_text().split("\nmodels:\n")[1]
            block = re.search(r"(?ms)^  openai/gpt-oss-120b:\n(.*?)(?=^  \S|\Z)", models)[1]
            self.assertEqual(re.findall("- provider: (.*)", block), ["groq", "vllm"])
            self.check(["GROQ_API_KEY"])

    def test_nothing_that_answers_is_no_engine(self):
        with Engine("127.0.0.1", 0) as engine:
            engine.hangs = True
            self.init("--engine", f"http://127.0.0.1:{engine.port}", status=1)

    def test_it_can_be_read_before_it_is_written(self):
        done = self.run_it("init", "--no-engines", "--out", "-", keys=["XAI_API_KEY"])
        self.assertIn("${XAI_API_KEY}", done.stdout)


class Served(Gateway):
    """A gateway with a file as somebody wrote it, but for the address that it listens on."""

    def __init__(self, file, port):
        super().__init__({}, {})
        self._text = file.read_text().replace("listen: 127.0.0.1:8080", f"listen: 127.0.0.1:{port}")

    def write(self, text=None):
        super().write(text or self._text)


if __name__ == "__main__":
    unittest.main()
