"""What the program says of itself: every command's help has a task, an example and an exit status, and examples are ones that the
program takes; --version in a line and in full."""
import os
import re
import shlex
import subprocess
import unittest

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


if __name__ == "__main__":
    unittest.main()
