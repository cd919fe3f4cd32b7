"""What the program says of itself: every command's help has a task, an example and an exit status, and examples are ones that the
program takes; --version in a line and in full."""
import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

from gateway import endpoint

ISOCOST = os.environ["ISOCOST"]


def said(*words):
    done = subprocess.run([ISOCOST, *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commands(*words):
    """Each as its words, those below others too."""
    below = re.search(r"^Subcommands:\n((?:  .*\n)+)", said(*words, "--help"), re.M)
    for line in below[1].splitlines() if below else []:
        if found := re.match(r"  (\S+)", line):
            yield (*words, found[1])
            yield from commands(*words, found[1])


class Help(unittest.TestCase):
    def test_every_command_has_a_task_an_example_and_an_exit_status(self):
        known = list(commands())
        self.assertGreater(len(known), 20)
        for words in known:
            with self.subTest(command=" ".join(words)):
                help_ = said(*words, "--help")
                self.assertRegex(help_, r"\A[A-Z].{9,}\nUsage: isocost")
                self.assertRegex(help_, r"\nExamples?: isocost " + words[0])
                self.assertRegex(help_, r"\nExit status: ")

    def test_examples_name_only_options_that_there_are(self):
        for words in commands():
            help_ = said(*words, "--help")
            for example in re.findall(r"(?:Examples?:|&&|^ +) *isocost ([^\n]*?)(?= &&|$)", help_, re.M):
                typed = shlex.split(example)
                depth = 2 if typed[:2] in [list(each) for each in commands()] else 1
                options = set(re.findall(r"--[a-z-]+", said(*typed[:depth], "--help")))
                with self.subTest(example=example):
                    self.assertEqual({each for each in typed if each.startswith("--")} - options, set())

    def test_the_version_is_a_line_or_all_that_a_report_of_a_fault_needs(self):
        self.assertRegex(said("--version"), r"\Aisocost \d+\.\d+\.\d+\n\Z")
        full = said("--version", "--verbose")
        self.assertEqual(full, said("--verbose", "--version"))
        self.assertRegex(full, r"\Aisocost \d+\.\d+\.\d+\ncommit +([0-9a-f]{40}|unknown: .*)\ncompiler +(GCC|Clang) \d+\.")
        for part in ("linked", "system     Linux", "allocator", "OpenSSL", "SQLite", "libpq", "nghttp2", "Boost", "simdjson", "yaml-cpp"):
            self.assertIn(part, full)

    def test_what_standard_output_does_not_take_was_not_done(self):
        state = self.enterContext(tempfile.TemporaryDirectory())
        config = pathlib.Path(state, "isocost.yaml")
        config.write_text(json.dumps({"listen": "127.0.0.1:8080", "providers": {"there": {"base_url": "http://127.0.0.1:1/v1"}},
                                      "models": {"m": {"endpoints": [endpoint("there", "m")]}}}))
        keys = [["keys", "create", "--name", "ci"], ["keys", "create", "--name", "json", "--json"], ["keys", "rotate", "ci"]]
        others = [["--help"], ["--version"], ["seal"], ["seal", "--new-key"], ["spend", "--csv"], ["keys", "list"],
                  ["explain", "--model", "m", "--config", config]]
        for words in keys + others:
            with self.subTest(command=words), open("/dev/full", "w") as full:
                done = subprocess.run([ISOCOST, *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, input="sk-1",
                                      env=os.environ | {"STATE_DIRECTORY": state, "ISOCOST_CREDENTIALS_KEY": "k" * 32})
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("standard output cannot be written", done.stderr)
                if words in keys:
                    self.assertIn("isocost keys rotate " + ("json" if "json" in words else "ci"), done.stderr)
                    self.assertNotIn("isocost_", done.stderr)

    def test_an_option_before_a_command_that_there_is_not_is_named(self):
        done = subprocess.run([ISOCOST, "--nonsense"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no option `--nonsense`", done.stderr)

    def test_a_switch_is_shown_as_it_is_typed(self):
        for words in commands():
            self.assertNotIn("{", "".join(re.findall(r"^ +(-\S+)", said(*words, "--help"), re.M)), words)


if __name__ == "__main__":
    unittest.main()
