"""The pages of deploy/docs, by what they say: their files are written and their commands run, top to bottom, against the
real program in a folder of each page's own, with simulated hosts in the place of providers; and their links lead somewhere.

What the word after a block's language means:

    ```yaml isocost.yaml     a file; any language will do
    ```yaml file.yaml more   what is written behind it
    ```sh                    commands, all of which must succeed; what one block exports, the next has
    ```sh serves             a server in a terminal of its own: it runs until the page ends
    ```sh norun              what cannot be run here, such as an installation
    ```text                  behind commands: lines of what they print; … is for what is left out, and digits may differ
    ```python                a program that must succeed

`<!-- needs the setting NAME -->` leaves a page out where the schema has no such setting.

ISOCOST_WRITE_PAGES=1 brings what commands print in the pages up to date."""
import importlib.util
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import yaml

from gateway import free_port
from outages import simulated_hosts

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / "deploy" / "docs"
ISOCOST = pathlib.Path(os.environ["ISOCOST"]).resolve()
FENCE = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.M | re.S)


# What says a code in the sources, up to its semicolon, and the words there that are none.
SAYS_CODE = re.compile(r"""\b(?:plain_error|key_fault|fault|refused|ErrorReply|Refusal|BodyFault|NotTold)\b[^;]*;
    |\b(?:\w+_)?code\s*=[^;]*; |\breason\s*=[^;]*; |return\s*\{\s*\d{3},[^;]*; |\{FailureKind::[^}]*\} |"code",\s*"\w+"
    |\bwrong\((?:\w+\s*\?)?[^,]*,""", re.X)
NO_CODES = {"api_error", "authentication_error", "code", "insufficient_quota", "invalid_request_error", "max_tokens",
            "permission_error", "previous_response_id", "rate_limit_error", "response_id", "server_error"}
# Translations of codes into other APIs' words, and rooms that answer nobody.
OTHER_WORDS = re.compile(r"surfaces/openrouter|_errors\.cpp|/response_object|_answer\.cpp|_events\.cpp|observe/|metrics/|recall/|simulate/")


def error_codes():
    found = set()
    for file in (ROOT / "gateway").rglob("*.[ch]pp"):
        if OTHER_WORDS.search(str(file)):
            continue
        found.update(re.findall(r'"type":"[a-z_]+",.*"code":"([a-z_]+)"', file.read_text()))  # written out whole
        for each in SAYS_CODE.findall(file.read_text()):
            found.update(re.findall(r'"([a-z]+(?:_[a-z]+)+|draining|revoked)"', each))
    return found - NO_CODES


def anchors(text):
    """As GitHub names the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def simplified(line):
    """What may differ from run to run: numbers and the width of columns."""
    return re.sub(r"\s+", " ", re.sub(r"\d[\d.,]*k?", "0", line)).strip()


def first_difference(wanted, printed):
    """The first line that was not printed behind those before it, or nothing."""
    lines = iter([simplified(line) for line in printed.splitlines()])
    for line in wanted.splitlines():
        parts = [simplified(part) for part in line.split("…")]
        if any(parts) and not any(all(part in each for part in parts) for each in lines):
            return line
    return None


class Reader:
    """Does what a page says, in a folder of its own."""

    def __init__(self, test, page):
        self.test, self.page = test, page
        self.folder = pathlib.Path(test.enterContext(tempfile.TemporaryDirectory()))
        programs = self.folder / ".programs"
        programs.mkdir()
        (programs / "isocost").symlink_to(ISOCOST)
        (programs / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (programs / "python").chmod(0o755)
        (self.folder / "deploy").symlink_to(ROOT / "deploy")
        self.variables = {
            "PATH": f"{programs}:{os.environ['PATH']}:/usr/sbin:/sbin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8",
            "STATE_DIRECTORY": str(self.folder / "state")}
        self.ports, self.servers = {}, []

    def local(self, text):
        """With ports that are free here in the place of those that the page names."""
        def port(found):
            return found[1] + str(self.ports.setdefault(found[2], free_port()))
        return re.sub(r"((?:127\.0\.0\.1|localhost):)(\d+)", port, text)

    def write(self, name, text):
        name, _, more = name.partition(" ")
        file = self.folder / name
        if more:
            text = file.read_text() + text
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.among_simulated_hosts(self.local(text)) if name.endswith(".yaml") else self.local(text))

    def among_simulated_hosts(self, text):
        """A configuration whose hosts are simulated ones."""
        settings = yaml.safe_load(text)
        if not isinstance(settings, dict) or not isinstance(settings.get("providers"), dict):
            return text
        hosts = {}
        for model in settings["models"].values():
            for endpoint in model["endpoints"]:
                if (name := endpoint["provider"]) not in settings["providers"]:
                    continue
                other = hosts.setdefault(name, endpoint["host_model"])
                self.test.assertEqual(other, endpoint["host_model"], "a simulated host has one model")
        fleet = {"time_scale": 0, "models": {"m": {"answers": {"median": "60 tok"}}},
                 "hosts": {f"h{i}": {"model": "m", "host_model": model, "features": ["tools", "reasoning"],
                                     "prices": {"input": "1 $/Mtok", "output": "2 $/Mtok"}}
                           for i, model in enumerate(hosts.values())}}
        ports, _ = self.test.enterContext(simulated_hosts(fleet))
        for i, name in enumerate(hosts):
            text = text.replace(settings["providers"][name]["base_url"], f"http://127.0.0.1:{ports[f'h{i}']}/v1")
        return text

    def start(self, commands, said):
        words = ["bash", "-euc", f"exec {commands.strip()}"]
        log = self.folder / f".said{len(self.servers)}"
        with open(log, "wb") as file:
            server = subprocess.Popen(words, cwd=self.folder, env=self.variables, stdout=file, stderr=file)
        self.servers.append(server)
        until = time.monotonic() + 30
        while not re.search(said, log.read_text()):
            self.test.assertIsNone(server.poll(), log.read_text())
            self.test.assertLess(time.monotonic(), until, log.read_text())
            time.sleep(0.02)

    def run(self, commands):
        kept = self.folder / ".variables"
        script = f"{commands}\nenv -0 > {kept}\n"
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=self.folder, env=self.variables, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.test.assertEqual(done.returncode, 0, f"{self.page.name}:\n{commands}\n{done.stdout}")
        self.variables = dict(each.split("=", 1) for each in kept.read_text().split("\0") if each)
        return done.stdout

    def stop(self):
        for server in self.servers:
            server.send_signal(signal.SIGTERM)
        for server in self.servers:
            self.test.assertEqual(server.wait(20), 0)

    def blocks(self, text):
        """Does them all. Gives the page with what its commands print now."""
        printed, new, end = None, "", 0
        for found in FENCE.finditer(text):
            language, word, body = found[1], found[2] or "", found[3]
            where = f"{self.page.name}:{text[:found.start()].count(chr(10)) + 1}"
            new += text[end:found.start()]
            end = found.end()
            block = found[0]
            if language == "text" and printed is not None:
                if os.environ.get("ISOCOST_WRITE_PAGES") and "…" not in body:
                    for port, here in self.ports.items():
                        printed = printed.replace(str(here), port)
                    block = f"```text\n{printed.rstrip()}\n```"
                else:
                    self.test.assertIsNone(first_difference(body, printed), f"{where}: not printed in\n{printed}")
            elif language == "sh" and not word:
                printed = self.run(self.local(body))
            elif language == "sh" and word == "serves":
                self.start(self.local(body), r"listening on|Ctrl-C ends")
            elif language == "python":
                self.write(".program.py", body)
                printed = self.run("python .program.py")
            elif word and word != "norun":
                self.write(word, body)
            if language not in ("sh", "python"):
                printed = None
            new += block
        return new + text[end:]


class Pages(unittest.TestCase):
    def test_every_link_leads_somewhere(self):
        for page in [*PAGES.glob("*.md"), ROOT / "README.md"]:
            text = page.read_text()
            for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text)):
                if re.match(r"https?:", target):
                    continue
                path, _, anchor = target.partition("#")
                file = (page.parent / path).resolve() if path else page
                with self.subTest(page=page.name, target=target):
                    self.assertTrue(file.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(file.read_text()))

    def test_every_error_code_is_explained(self):
        used = error_codes()
        rows = [line for line in (PAGES / "errors.md").read_text().splitlines() if line.startswith("| `")]
        told = [code for line in rows for code in re.findall(r"`(\w+)`", line.split("|")[1])]
        self.assertEqual(sorted(told), sorted(set(told)), "a code stands twice")
        self.assertEqual(used - set(told), set(), "codes that errors.md does not explain")
        self.assertEqual(set(told) - used, set(), "codes that nothing gives any more")

    def test_pages_that_are_made_of_something_are_up_to_date(self):
        for name in ("settings", "on-call"):
            with self.subTest(name=name):
                module = importlib.util.spec_from_file_location("made", PAGES / f"{name}.py")
                made = importlib.util.module_from_spec(module)
                module.loader.exec_module(made)
                self.assertEqual((PAGES / f"{name}.md").read_text(), made.page(), f"run deploy/docs/{name}.py")

    def test_the_first_page_names_all_others(self):
        first = (PAGES / "README.md").read_text()
        for page in PAGES.glob("*.md"):
            if page.name != "README.md":
                self.assertIn(f"({page.name})", first)


def reads(page):
    def test(self):
        for setting in re.findall(r"<!-- needs the setting (\w+) -->", page.read_text()):
            known = json.loads((ROOT / "deploy" / "isocost.schema.json").read_text())["properties"]
            self.assertIn(setting, known, f"{page.name} needs a setting that there is not")
        reader = Reader(self, page)
        try:
            new = reader.blocks(page.read_text())
        finally:
            reader.stop()
        if os.environ.get("ISOCOST_WRITE_PAGES"):
            page.write_text(new)
    return test


for each in sorted(PAGES.glob("*.md")):
    setattr(Pages, "test_what_" + each.stem.replace("-", "_") + "_says_works", reads(each))

if __name__ == "__main__":
    unittest.main()
