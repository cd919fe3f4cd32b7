"""Canaries: everything secret carries a word of its own, everything that can go wrong is made to go wrong, and then no
output and no file of the gateway may hold such a word: log, standard error, metrics, pages, errors, answers, records,
ledger, market, explanations, dumps of memory."""
import base64
import hashlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import time
import unittest
from unittest import mock

import behaviours
from gateway import KEY, Gateway, closed_port, endpoint, question
from needs import ALL_REQUIRED
from raw_client import RawClient, chat
from scripted_host import ScriptedHost

CANARY = "c4n4ry"
# What stands for a secret: keys of clients and hosts, seals, credentials of clouds, parts of URLs and headers.
SECRETS = {name: f"sk-{CANARY}{name}{'x' * 24}" for name in
           ("host", "second", "header", "query", "client", "wrong", "seal", "aws", "proxy", "shell")}
PROMPT = "the prompt says tr4pd00r"  # not a secret of ours, but nothing to keep either


TOLD = []  # what hosts were told, head by head


def head_of(exchange):
    TOLD.append(exchange.path + " " + " ".join(f"{name}={value}" for name, value in exchange.headers.items()))
    return TOLD[-1]


def echo(status, **error):
    """A host whose error repeats who asked, as some do."""
    async def answer(exchange):
        said = head_of(exchange)
        await exchange.reply(status, {"error": {"message": f"Incorrect API key provided: {said}"} | error},
                             headers=[("x-debug-request", said.replace("\r", "").replace("\n", ""))])
    return answer


async def echo_in_a_stream(exchange):
    await exchange.begin_stream()
    await exchange.event(behaviours.piece({"content": "Hel"}))
    said = head_of(exchange)
    await exchange.event({"error": {"message": f"bad key {said}", "code": 401}})
    await exchange.end_stream()


async def nonsense(exchange):
    said = head_of(exchange)
    await exchange.send(f"HTTP/1.1 200 {said}\r\nContent-Length: 5000\r\n\r\n{said}".encode())
    return False


BEHAVIOURS = {"ok": behaviours.ok, "unauthorized": echo(401, code="invalid_api_key"), "unpaid": echo(402),
              "forbidden": echo(403), "missing": echo(404), "busy": echo(429), "broken": echo(500),
              "bad": echo(400, type="invalid_request_error", param="messages"), "streamed": echo_in_a_stream,
              "nonsense": nonsense}


class Canaries(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.state = self.folder / "state"
        variables = {"HOST_KEY": SECRETS["host"], "SECOND_KEY": SECRETS["second"], "HEADER": SECRETS["header"],
                     "QUERY": SECRETS["query"], "SEAL": SECRETS["seal"], "AWS_SECRET_ACCESS_KEY": SECRETS["aws"],
                     "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "UNUSED_SECRET": SECRETS["shell"]}
        self.enterContext(mock.patch.dict(os.environ, variables))
        self.host = self.enterContext(ScriptedHost(BEHAVIOURS, ports=1))

    def gateway(self):
        hosts = {name: self.host.ports[0] for name in BEHAVIOURS} | {"closed": closed_port(), "amazon": closed_port()}
        models = {name: [endpoint(name, name)] for name in BEHAVIOURS} | {
            "closed": [endpoint("closed", "ok")], "amazon": [endpoint("amazon", "anthropic.claude-v1")],
            "all": [endpoint(name, name) for name in BEHAVIOURS if name != "ok"]}
        gateway = Gateway(hosts, models, state=str(self.state), seal_key="${SEAL}", records={"enabled": True},
                          ledger={"enabled": True})
        for provider in gateway.settings["providers"].values():
            provider |= {"credential": ["${HOST_KEY}", "${SECOND_KEY}"],
                         "headers": {"x-team-token": "Bearer ${HEADER}"}, "query": {"token": "${QUERY}"}}
        amazon = gateway.settings["providers"]["amazon"]
        del amazon["credential"]
        amazon |= {"dialect": "bedrock", "aws": {"region": "us-east-1"}}
        gateway.settings["keys"].append({"name": "app", "sha256": hashlib.sha256(
            SECRETS["client"].encode()).hexdigest()})
        return gateway

    def outputs(self, gateway):
        """Everything that somebody else can read, by where it was."""
        seen = {}
        for path in ("/metrics", "/admin/endpoints", "/admin/configuration", "/admin/market", "/v1/models",
                     "/api/v1/models", "/admin/keys", "/admin/spend", "/openapi.json", "/api/v1/key"):
            seen[path] = gateway.get(path)[1]
        lines = [json.loads(line) for line in gateway.log_path.read_text().splitlines()]
        for line in lines:
            if line.get("id"):
                seen["request " + line["id"]] = gateway.get("/admin/requests/" + line["id"])[1]
        return seen

    def check(self, where, text):
        data = text if isinstance(text, bytes) else text.encode()
        for word in (CANARY.encode(), base64.b64encode(CANARY.encode())[:7]):
            at = data.find(word)
            self.assertEqual(at, -1, f"{where}: ...{data[max(0, at - 200):at + 60]!r}...")

    def test_no_output_and_no_file_holds_a_secret_whatever_goes_wrong(self):
        answers = {}
        with self.gateway() as gateway:
            for key in (KEY, SECRETS["client"], SECRETS["wrong"]):
                for model in [*BEHAVIOURS, "closed", "amazon", "all", "nothing"]:
                    for stream in (False, True):
                        for path in ("/v1/chat/completions", "/api/v1/chat/completions"):
                            body = question(model, stream=stream, user="somebody",
                                            messages=[{"role": "user", "content": PROMPT}])
                            status, headers, text = gateway.ask(body, {"Authorization": f"Bearer {key}"}, path)
                            self.assertEqual(status == 401 and key == SECRETS["wrong"], key == SECRETS["wrong"])
                            answers[f"{model} {stream} {path} {key[-5:]}"] = json.dumps(headers) + text.decode()
            for path in ("/v1/messages", "/v1/responses"):
                for model in ("unauthorized", "bad", "broken"):
                    body = {"model": model, "max_tokens": 5, "messages": [{"role": "user", "content": PROMPT}],
                            "input": PROMPT}
                    _, headers, text = gateway.ask(body, {"x-api-key": SECRETS["client"]}, path)
                    answers[f"{model} {path}"] = json.dumps(headers) + text.decode()
            # Secrets where they do not belong.
            for headers in ({"Authorization": f"Basic {SECRETS['client']}"}, {"x-isocost-policy": SECRETS["client"]},
                            {"x-request-id": SECRETS["client"]},
                            {"Cookie": f"isocost={SECRETS['client']}"}, {"x-goog-api-key": SECRETS["wrong"]},
                            {"Origin": f"https://{SECRETS['wrong']}.example"}):
                gateway.ask(question("ok"), headers)
            for model in (SECRETS["client"], f"ok:{SECRETS['client']}"):
                gateway.ask(question(model))
            with RawClient(gateway.port) as client:
                client.send_while_welcome(chat(headers=[f"Authorization: Bearer {SECRETS['client']}", "Bad Field: x"]))
            settings = dict(gateway.settings)
            gateway.write(json.dumps(settings | {"seal_key": SECRETS["seal"], "nonsense": 1}))
            gateway.process.send_signal(signal.SIGHUP)
            gateway.hear("was not reloaded")
            gateway.write()
            time.sleep(1.2)  # records and ledger are written once a second
            outputs = self.outputs(gateway)
            log = gateway.log_path.read_text()
            command = pathlib.Path(f"/proc/{gateway.process.pid}/cmdline").read_bytes()
        for name in ("host", "header", "query"):
            self.assertTrue(any(SECRETS[name] in head for head in TOLD), f"no host was told the {name}")
        for where, text in answers.items():
            self.check("the answer to " + where, text)
        for where, text in outputs.items():
            self.check(where, text)
        self.check("log", log)
        self.check("standard error", "".join(gateway.said))
        self.check("command line", command)
        self.assertGreater(len(log.splitlines()), 100)
        for file in self.state.rglob("*"):
            if file.is_file():
                self.check(str(file), file.read_bytes())
                self.assertNotIn(PROMPT.encode(), file.read_bytes(), file)
        self.assertNotIn(PROMPT, log)
        self.assertGreater(sum(1 for file in self.state.rglob("*") if file.is_file()), 3)

    def test_commands_print_no_secret(self):
        gateway = self.gateway()
        file = self.folder / "isocost.yaml"
        for text in (json.dumps(gateway.settings), json.dumps(gateway.settings | {"seal_key": SECRETS["seal"] + " \n"}),
                     json.dumps(gateway.settings).replace('"${HOST_KEY}"', json.dumps(SECRETS["host"])),
                     json.dumps(gateway.settings).replace('"sha256": "', f'"sha256": "{SECRETS["client"]}')):
            file.write_text(text)
            for command in (["check", file], ["explain", "--config", file], ["serve", "--config", file]):
                if command[0] == "serve" and text == json.dumps(gateway.settings):
                    continue
                done = subprocess.run([os.environ["ISOCOST"], *command], capture_output=True, timeout=30,
                                      preexec_fn=lambda: signal.alarm(5))
                self.check(" ".join(map(str, command)), done.stdout + done.stderr)

    def test_a_process_that_crashes_leaves_no_dump_of_its_memory(self):
        most = resource.getrlimit(resource.RLIMIT_CORE)[1]
        if most == 0:
            if ALL_REQUIRED:
                self.fail("no process may write a dump here, and ISOCOST_ALL_REQUIRED lets no test be left out")
            self.skipTest("no process may write a dump here")
        resource.setrlimit(resource.RLIMIT_CORE, (most, most))
        gateway = self.gateway()
        gateway.folder = self.folder  # where one would be written
        gateway.__enter__()
        gateway.ask(question("ok"))
        gateway.process.send_signal(signal.SIGABRT)
        _, status = os.waitpid(gateway.process.pid, 0)
        gateway.process.returncode = -os.WTERMSIG(status)
        gateway.forget()
        self.assertEqual(os.WTERMSIG(status), signal.SIGABRT)
        self.assertFalse(os.WCOREDUMP(status), "its memory was written to a file")


if __name__ == "__main__":
    unittest.main()
