"""Who may spend what, and what was spent: budgets under a race, after kills and across restarts, by the real clients of
the APIs and by the program's own commands."""
import asyncio
import contextlib
import ctypes
import csv
import hashlib
import io
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

import anthropic
import httpx
import openai
import openrouter

import behaviours
from gateway import endpoint, free_port
from scripted_host import ScriptedHost

ADMIN = "sk-administrator-of-the-tests"
PRICE = {"input": "0 $/Mtok", "output": "100 $/Mtok"}  # a thousand tokens of an answer are 0.1 $
MOST = 1_000
WORST = 100_000_000  # nano-dollars
ANSWERS_BEFORE_A_KILL = 30  # at the least


def sha256(key):
    return hashlib.sha256(key.encode()).hexdigest()


def uses(share):
    """A host whose answers take that share of the longest one that anybody asks for here."""
    async def behaviour(exchange):
        await asyncio.sleep(0.02)
        tokens = min(MOST // share, exchange.body.get("max_tokens", MOST))
        usage = {"prompt_tokens": 5, "completion_tokens": tokens, "total_tokens": tokens + 5}
        if not exchange.body.get("stream"):
            return await exchange.reply(200, behaviours.answer({"content": "Hello"}, usage=usage))
        await exchange.begin_stream()
        for word in ["Hel", "lo"]:
            await exchange.event(behaviours.piece({"content": word}))
            await asyncio.sleep(0.01)
        await behaviours.finish_stream(exchange, usage=usage)
        return True
    return behaviour


class Gateway:
    """One that is started, killed and started again on the same state directory."""

    def __init__(self, host, keys, **more):
        self.folder = tempfile.TemporaryDirectory()
        self.state = pathlib.Path(self.folder.name) / "state"
        self.config = pathlib.Path(self.folder.name) / "isocost.yaml"
        self.port = free_port()
        self.environment = {}  # of the gateway alone
        self.settings = {
            "listen": f"127.0.0.1:{self.port}", "workers": 2, "state": str(self.state),
            "keys": [{"name": "admin", "sha256": sha256(ADMIN), "role": "admin"}] +
                    [{"name": name, "sha256": sha256(name), "team": "tests"} | rest for name, rest in keys.items()],
            "providers": {"a": {"base_url": f"http://127.0.0.1:{host.ports[0]}/v1"}},
            "models": {name: {"endpoints": [endpoint("a", name, price=PRICE, speaks=["chat", "completions"])]}
                       for name in ["all", "half"]},
            "default_policy": "cheapest",
        } | more
        self.write()

    def write(self):
        self.config.write_text(json.dumps(self.settings))

    def start(self):
        self.process = subprocess.Popen([os.environ["ISOCOST"], "serve", "--config", self.config],
                                        stdout=subprocess.DEVNULL, stderr=open(self.folder.name + "/said", "a"),
                                        env=os.environ | self.environment)
        for _ in range(600):
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/readyz")
                return self
            except httpx.HTTPError:
                assert self.process.poll() is None, self.said()
                time.sleep(0.02)
        raise AssertionError("the gateway never began to listen")

    def said(self):
        return pathlib.Path(self.folder.name + "/said").read_text()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, self.said()

    def get(self, path, key=ADMIN):
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {key}"})

    def run(self, *words, key=ADMIN):
        return subprocess.run([os.environ["ISOCOST"], *words], capture_output=True, text=True, timeout=60,
                              env=os.environ | {"ISOCOST_ADMIN_KEY": key})

    def spend(self, *words):
        done = self.run("spend", "--config", str(self.config), "--json", *words)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["data"]

    def entries(self):
        """What the ledger holds, read from beside."""
        with sqlite3.connect(f"file:{self.state}/ledger.sqlite?mode=ro", uri=True) as file:
            hashes = {first + i: int.from_bytes(block[8 * i:8 * i + 8], "little", signed=True)
                      for first, block in file.execute("SELECT first, hashes FROM ids") for i in range(len(block) // 8)}
            names = {number: text.decode() for number, text in file.execute("SELECT id, text FROM name")}
            return [(hashes[first + i], names[entry["key"]], entry["cost"], entry["charged"])
                    for first, packet in file.execute("SELECT first, entries FROM packet")
                    for i, entry in enumerate(unpacked(packet))]


zstd = ctypes.CDLL("libzstd.so.1")  # which the gateway itself needs


def hash_of(request_id):
    """By which the ledger finds a request: FNV-1a, as a signed number."""
    value = 0xcbf29ce484222325
    for byte in request_id.encode():
        value = (value ^ byte) * 0x100000001b3 & (1 << 64) - 1
    return value - (value >> 63 << 64)


def unpacked(packet):
    """The entries of a packet, a zero byte and a frame of zstd: seven numbers and a text each; numbers by seven bits a
    byte, the sign in the lowest bit."""
    assert packet[0] == 0
    zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
    plain = ctypes.create_string_buffer(zstd.ZSTD_getFrameContentSize(packet[1:], ctypes.c_size_t(len(packet) - 1)))
    size = zstd.ZSTD_decompress(plain, ctypes.c_size_t(len(plain)), packet[1:], ctypes.c_size_t(len(packet) - 1))
    assert size == len(plain)
    packet = plain.raw
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = packet[at]
            at += 1
            value |= (byte & 0x7f) << shift
            if byte < 0x80:
                return value
            shift += 7

    while at < len(packet):
        entry = {name: (each >> 1) ^ -(each & 1) for name, each in
                 [(name, number()) for name in ("at", "team", "key", "user", "tokens", "cost", "charged")]}
        size = number()
        at += size
        yield entry


async def ask(port, key, model, stream=False, max_tokens=MOST):
    """Status, head and body of one call on a connection of its own; nothing of one that broke off."""
    body = json.dumps({"model": model, "stream": stream, "max_tokens": max_tokens,
                       "messages": [{"role": "user", "content": "Say hello."}]}).encode()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                     b"Content-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s"
                     % (key.encode(), len(body), body))
        reply = await reader.read()
        writer.close()
    except OSError:
        return None
    head, _, text = reply.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    if stream and not text.rstrip().endswith(b"0"):
        return None
    if not stream and len(text) != int(fields.get("content-length", -1)):
        return None
    return int(lines[0].split()[1]), fields, text


async def load_and_kill(gateway, draw, answered):
    """Many at once with the keys `one` and `two`, and a kill while they ask, not before enough of them have answers, however
    busy this machine is. Notes whose answers were whole, and what they cost."""
    before, is_over = len(answered), False

    async def client(key):
        while not is_over:
            model = draw.choice(["all", "half"])
            reply = await ask(gateway.port, key, model, stream=draw.random() < 0.5)
            if reply and reply[0] == 200:
                answered[reply[1]["x-request-id"]] = (key, WORST if model == "all" else WORST // 2)

    clients = [asyncio.create_task(client(draw.choice(["one", "two"]))) for _ in range(30)]
    await asyncio.sleep(0.4 + draw.random() * 0.6)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(60):
            while len(answered) - before <= ANSWERS_BEFORE_A_KILL:
                await asyncio.sleep(0.01 + draw.random() * 0.05)
    gateway.kill()
    is_over = True
    await asyncio.gather(*clients)


class Killed:
    """What is true after every kill, wherever the ledger is."""

    def kill_often(self, gateway, kills, seed):
        """The answers that clients got whole."""
        draw, answered, starts = random.Random(seed), {}, []

        def start():
            begun = time.monotonic()
            gateway.start()
            starts.append(time.monotonic() - begun)
        for _ in range(kills):
            start()
            asyncio.run(load_and_kill(gateway, draw, answered))
        start()
        self.assertGreater(len(answered), ANSWERS_BEFORE_A_KILL * kills)
        self.assertIn("under way when the last gateway here was killed", gateway.said())
        print(f"{kills} kills, {len(answered)} whole answers; starts took {sum(starts) / len(starts):.2f} s, "
              f"at most {max(starts):.2f} s")
        return answered

    def check_entries(self, gateway, answered, entries):
        """`entries`: of each request its hash, its key and what it was charged."""
        charged = {"one": 0, "two": 0}
        by_hash = {}
        for number, key, amount in entries:
            self.assertNotIn(number, by_hash, "a request has two entries")
            self.assertLessEqual(amount, WORST)
            by_hash[number] = (key, amount)
            charged[key] += amount
        for request_id, expected in answered.items():
            self.assertEqual(by_hash.get(hash_of(request_id)), expected, request_id)
        for row in gateway.spend("--by", "key"):
            self.assertEqual(row["charged_nanos"], charged[row["key"]])
        self.assertEqual(sum(row["charged_nanos"] for row in gateway.spend("--by", "team,day")), sum(charged.values()))
        # Nothing is set aside any more for those who were killed.
        text = gateway.get("/metrics").text
        self.assertIn("\nisocost_reserved_requests 0\n", text)
        self.assertIn("\nisocost_reserved_dollars 0\n", text)
        lost = len(entries) - len(answered)
        print(f"{len(entries)} entries, of which {lost} are of answers that no client got whole")
        return charged


class Budgets(unittest.TestCase):
    ROUNDS = int(os.environ.get("ISOCOST_ROUNDS", 3))
    AT_ONCE = 1_000

    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(ScriptedHost({"all": uses(1), "half": uses(2)}))
        budget = {"quota": {"dollars": {"total": "1 $"}}}
        keys = {f"{model}-{n}": budget for model in ["all", "half"] for n in range(cls.ROUNDS)}
        keys["cut"] = {"quota": {"dollars": {"total": "0.15 $"}}}
        keys["slow"] = {"quota": {"requests": {"hour": 2}, "tokens": {"hour": "1 Mtok"}}}
        keys["spent"] = {"quota": {"dollars": {"day": "0 $"}}}
        cls.gateway = Gateway(cls.host, keys, limits={"max_connections_per_ip": 0}).start()
        cls.addClassCleanup(cls.gateway.stop)

    def race(self, model):
        for n in range(self.ROUNDS):
            async def all_at_once():
                return await asyncio.gather(*(ask(self.gateway.port, f"{model}-{n}", model) for _ in range(self.AT_ONCE)))
            replies = asyncio.run(all_at_once())
            yield n, [reply[0] for reply in replies if reply]

    def test_of_many_at_once_that_cost_the_most_a_budget_for_ten_answers_ten(self):
        for n, statuses in self.race("all"):
            self.assertEqual(len(statuses), self.AT_ONCE)
            self.assertEqual(statuses.count(200), 10)
            self.assertEqual(set(statuses), {200, 402})

    def test_where_they_cost_half_it_answers_twice_as_many(self):
        for n, statuses in self.race("half"):
            self.assertEqual(len(statuses), self.AT_ONCE)
            self.assertEqual(statuses.count(200), 20)
            self.assertEqual(set(statuses), {200, 402})
            key = self.gateway.get("/api/v1/key", f"half-{n}").json()["data"]
            self.assertEqual((key["limit"], key["limit_remaining"], key["usage"]), (1, 0, 1))

    def test_an_answer_is_made_as_short_as_the_budget_bears(self):
        reply = asyncio.run(ask(self.gateway.port, "cut", "all"))
        self.assertEqual(reply[0], 200)
        self.assertNotIn("x-isocost-capped", reply[1])
        # An explanation is of the request as it would be made, and takes nothing of what is left.
        for _ in range(3):
            explained = httpx.post(f"http://127.0.0.1:{self.gateway.port}/v1/route/explain", headers={"Authorization": "Bearer cut"},
                                   json={"model": "all", "max_tokens": MOST, "messages": [{"role": "user", "content": "Say hello."}]})
            self.assertEqual((explained.status_code, explained.headers["x-isocost-capped"]), (200, "500"))
        status, fields, body = asyncio.run(ask(self.gateway.port, "cut", "all"))
        self.assertEqual((status, fields["x-isocost-capped"]), (200, "500"))
        self.assertEqual(json.loads(body)["usage"]["completion_tokens"], 500)
        self.assertEqual(asyncio.run(ask(self.gateway.port, "cut", "all"))[0], 402)

    def test_clients_of_every_api_are_told_that_there_is_no_money(self):
        base = f"http://127.0.0.1:{self.gateway.port}"
        client = openai.OpenAI(api_key="spent", base_url=base + "/v1", max_retries=2)
        said = r"[Tt]he key `spent` may spend \$0.00 a day; \$0.00 is left.* It refills at \d{4}-\d\d-\d\dT00:00:00Z"
        messages = [{"role": "user", "content": "Say hello."}]
        calls = [lambda: client.chat.completions.create(model="all", messages=messages),
                 lambda: client.chat.completions.create(model="all", messages=messages, stream=True),
                 lambda: client.completions.create(model="all", prompt="Say"),
                 lambda: client.responses.create(model="all", input="Say hello.")]
        for call in calls:
            with self.assertRaisesRegex(openai.APIStatusError, said) as caught:
                call()
            self.assertEqual(caught.exception.status_code, 402)
            self.assertEqual(caught.exception.code, "budget_exceeded")
        other = anthropic.Anthropic(api_key="spent", base_url=base, max_retries=0)
        with self.assertRaisesRegex(anthropic.APIStatusError, said) as caught:
            other.messages.create(model="all", max_tokens=10, messages=messages)
        self.assertEqual(caught.exception.status_code, 402)
        reply = httpx.post(base + "/v1beta/models/all:generateContent", headers={"x-goog-api-key": "spent"},
                           json={"contents": [{"parts": [{"text": "Say hello."}]}]})
        self.assertEqual(reply.status_code, 402)
        self.assertRegex(reply.text, said)
        with openrouter.OpenRouter(api_key="spent", server_url=base + "/api/v1", retry_config=None) as third:
            with self.assertRaisesRegex(openrouter.errors.OpenRouterError, said) as caught:
                third.chat.send(model="all", messages=messages)
            self.assertEqual(caught.exception.status_code, 402)

    def test_a_limit_of_requests_says_what_is_left_and_when_it_refills(self):
        client = openai.OpenAI(api_key="slow", base_url=f"http://127.0.0.1:{self.gateway.port}/v1", max_retries=0)

        def call():
            return client.chat.completions.with_raw_response.create(
                model="all", max_tokens=10, messages=[{"role": "user", "content": "Say hello."}])
        for left in ["1", "0"]:
            fields = call().headers
            self.assertEqual((fields["x-ratelimit-limit-requests"], fields["x-ratelimit-remaining-requests"]),
                             ("2", left))
            self.assertRegex(fields["x-ratelimit-reset-requests"], r"^(\d+m)?\d+s$")
        with self.assertRaisesRegex(openai.RateLimitError, "may use 2 requests an hour; 0 requests are left") as caught:
            call()
        fields = caught.exception.response.headers
        self.assertEqual(fields["x-ratelimit-remaining-requests"], "0")
        self.assertTrue(0 < int(fields["retry-after"]) <= 3600)


class Kills(Killed, unittest.TestCase):
    def test_a_kill_under_load_loses_no_answer_and_charges_none_twice(self):
        host = self.enterContext(ScriptedHost({"all": uses(1), "half": uses(2)}))
        limit = {"quota": {"dollars": {"total": "100000 $"}}}
        gateway = Gateway(host, {"one": limit, "two": limit}, limits={"max_connections_per_ip": 0})
        answered = self.kill_often(gateway, int(os.environ.get("ISOCOST_KILLS", 10)), 7)
        self.addCleanup(gateway.stop)
        entries = gateway.entries()
        for _, _, cost, amount in entries:
            self.assertEqual(cost, amount)
        charged = self.check_entries(gateway, answered, [(entry[0], entry[1], entry[3]) for entry in entries])
        for key, amount in charged.items():
            said = gateway.get("/api/v1/key", key).json()["data"]
            self.assertAlmostEqual(said["usage"] * 1e9, amount, delta=1)
            self.assertAlmostEqual(said["limit_remaining"] * 1e9, 100_000_000_000_000 - amount, delta=1)
        for request_id, (key, cost) in random.Random(1).sample(sorted(answered.items()), 200):
            entry = gateway.get(f"/api/v1/generation?id={request_id}", key).json()["data"]
            self.assertEqual(round(entry["usage"] * 1e9), cost)
            self.assertEqual(entry["isocost"]["end"], "answered")


class Disks(unittest.TestCase):
    def test_a_disk_that_takes_nothing_holds_up_nobody_until_the_journal_is_full(self):
        host = self.enterContext(ScriptedHost({"all": uses(1), "half": uses(2)}))
        gateway = Gateway(host, {"bounded": {"quota": {"dollars": {"total": "100000 $"}}}, "free": {}}, workers=1,
                          limits={"max_connections_per_ip": 0}, ledger={"journal": "1 MiB"}).start()
        self.addCleanup(gateway.stop)

        async def many(key, count):
            most = asyncio.Semaphore(50)

            async def one():
                async with most:
                    return await ask(gateway.port, key, "all")
            return await asyncio.gather(*(one() for _ in range(count)))

        self.assertEqual({reply[0] for reply in asyncio.run(many("bounded", 5))}, {200})
        before = len(gateway.entries()) or 5
        disk = sqlite3.connect(gateway.state / "ledger.sqlite", isolation_level=None)
        disk.execute("BEGIN EXCLUSIVE")
        answered = 5
        for _ in range(80):
            replies = asyncio.run(many("bounded", 250))
            self.assertLessEqual({reply[0] for reply in replies}, {200, 503})
            answered += sum(reply[0] == 200 for reply in replies)
            refused = asyncio.run(ask(gateway.port, "bounded", "all"))
            answered += refused[0] == 200
            if refused[0] == 503:
                break
        self.assertEqual(refused[0], 503)
        self.assertEqual(json.loads(refused[2])["error"]["code"], "ledger_unavailable")
        self.assertIn("retry-after", refused[1])
        self.assertEqual({reply[0] for reply in asyncio.run(many("free", 20))}, {200})
        self.assertIn("what requests cost is kept in the journals until it works", gateway.said())
        disk.execute("ROLLBACK")
        until = time.monotonic() + 10
        while asyncio.run(ask(gateway.port, "bounded", "all"))[0] != 200:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.1)
        answered += 1
        rows = {row["key"]: row for row in gateway.spend("--by", "key")}
        self.assertEqual(rows["bounded"]["requests"], answered)
        self.assertEqual(rows["bounded"]["charged_nanos"], answered * WORST)
        self.assertGreater(before, 0)


class Keys(unittest.TestCase):
    def setUp(self):
        self.host = self.enterContext(ScriptedHost({"all": uses(1), "half": uses(2)}))
        self.gateway = Gateway(self.host, {})
        self.gateway.start()

    def tearDown(self):
        if self.gateway.process.poll() is None:
            self.gateway.stop()

    def keys(self, *words, key=ADMIN):
        return self.gateway.run("keys", words[0], "--config", str(self.gateway.config), *words[1:], key=key)

    def status(self, key):
        return asyncio.run(ask(self.gateway.port, key, "all"))[0]

    def soon(self, key, status):
        until = time.monotonic() + 1
        while self.status(key) != status:
            self.assertLess(time.monotonic(), until)

    def within_a_second(self, key, status):
        until = time.monotonic() + 1
        while self.status(key) != status:
            self.assertLess(time.monotonic(), until)
        for _ in range(8):  # on each worker
            self.assertEqual(self.status(key), status)

    def test_a_key_is_made_limited_rotated_and_revoked_while_the_gateway_runs(self):
        made = self.keys("create", "--name", "ci", "--team", "search", "--limit", "dollars/day=0.25")
        self.assertEqual(made.returncode, 0, made.stderr)
        first = made.stdout.strip()
        self.assertRegex(first, r"^isocost_[0-9A-Za-z]{49}$")
        self.soon(first, 200)
        self.soon(first, 402)
        self.assertEqual(self.keys("limit", "ci", "dollars/day=none", "requests/hour=100").returncode, 0)
        self.within_a_second(first, 200)
        second = self.keys("rotate", "ci").stdout.strip()
        self.within_a_second(first, 401)
        self.within_a_second(second, 200)
        listed = self.keys("list").stdout
        self.assertIn("requests/hour=100", listed)
        self.assertNotIn(second, listed)
        self.gateway.stop()
        self.gateway.start()
        self.assertEqual(self.status(second), 200)
        self.assertEqual(self.keys("revoke", "ci").returncode, 0)
        self.within_a_second(second, 401)
        stored = (self.gateway.state / "keys.sqlite").read_bytes()
        self.assertNotIn(second.encode(), stored)

    def test_only_an_administrator_gives_access(self):
        made = self.keys("create", "--name", "app").stdout.strip()
        refused = self.keys("list", key=made)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("takes a key with `role: admin`", refused.stderr)
        viewer = self.keys("create", "--name", "viewer", "--role", "viewer").stdout.strip()
        self.assertEqual(self.gateway.get("/admin/spend", viewer).status_code, 200)
        self.assertEqual(self.gateway.get("/admin/spend", made).status_code, 403)
        self.assertEqual(self.gateway.get("/admin/keys", viewer).status_code, 403)

    def test_bad_words_are_answered_with_a_sentence(self):
        for words, said in [(["create", "--name", "x", "--limit", "dollars/day=nan"], "is no limit"),
                            (["create", "--name", "x", "--team", "t", "--models", "nothing"], "no model or route"),
                            (["create", "--name", "admin"], "Another key is called"),
                            (["revoke", "nobody"], "There is no key"),
                            (["limit", "admin", "dollars/day=1"], "stands in the configuration"),
                            (["change", "admin"], "nothing is said that is to be changed"),
                            (["change", "admin", "--disabled", "perhaps"], "--disabled"),
                            (["create", "--name", "x", "--expires", "2020-01-01"], "is over")]:
            done = self.keys(*words)
            self.assertEqual(done.returncode, 1)
            self.assertIn(said, done.stderr)

    def test_the_key_that_a_command_is_given_goes_before_the_environments(self):
        for words in [["list"], ["show", "admin"], ["create", "--name", "x"], ["revoke", "admin"]]:
            done = self.keys(*words, "--key", "nobody's")
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("is not one of this gateway's", done.stderr)

    def test_what_was_said_of_a_key_is_shown_and_taken_away_again(self):
        made = self.keys("create", "--name", "ci", "--team", "search", "--policy", "cheapest", "--expires", "2099-01-31", "--tags",
                         "a,b", "--user-limit", "dollars/day=.7")
        key = made.stdout.strip()
        listed = self.keys("list").stdout
        self.assertIn("until 2099-01-31", listed)
        self.assertIn("each user: dollars/day=0.7\n", listed)
        self.keys("change", "ci", "--policy", "none", "--expires", "none", "--tags", "none", "--team", "none", "--disabled", "true")
        now = json.loads(self.keys("show", "ci", "--json").stdout)
        self.assertEqual([now[each] for each in ("policy", "expires", "tags", "team", "disabled")], [None, None, [], None, True])
        self.within_a_second(key, 401)
        self.assertEqual(self.keys("change", "ci", "--disabled", "false").returncode, 0)
        self.within_a_second(key, 200)

    def test_who_looks_where_nothing_is_kept_is_told_so_and_makes_nothing(self):
        nowhere = pathlib.Path(self.gateway.folder.name) / "nowhere"
        for words in [["spend"], ["keys", "list"], ["keys", "show", "ci"]]:
            done = self.gateway.run(*words, "--state", str(nowhere))
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"there is no state directory {nowhere}", done.stderr)
        self.assertFalse(nowhere.exists())
        nowhere.mkdir()
        for words, name in [(["spend"], "ledger.sqlite"), (["keys", "list"], "keys.sqlite")]:
            (nowhere / name).write_text("not a database")
            done = self.gateway.run(*words, "--state", str(nowhere))
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"{nowhere}: file is not a database", done.stderr)

    def test_nothing_is_left_of_a_user_that_is_forgotten(self):
        client = openai.OpenAI(api_key="one", base_url=f"http://127.0.0.1:{self.gateway.port}/v1", max_retries=0)
        self.gateway.stop()
        self.gateway.settings["keys"].append({"name": "one", "sha256": sha256("one"), "user_quota": {"requests": {"day": 1}}})
        self.gateway.write()
        self.gateway.start()
        client.chat.completions.create(model="all", user="ann-of-nowhere", messages=[{"role": "user", "content": "Say hello."}])
        with self.assertRaisesRegex(openai.RateLimitError, "ann-of-nowhere"):  # a refusal is kept, too
            client.chat.completions.create(model="all", user="ann-of-nowhere", messages=[{"role": "user", "content": "Say hello."}])
        self.assertEqual([row["user"] for row in self.gateway.spend("--by", "user")], ["ann-of-nowhere"])
        done = self.gateway.run("spend", "--config", str(self.gateway.config), "--forget-user", "ann-of-nowhere")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("ann-of-nowhere", str(self.gateway.spend("--by", "user")))
        for odd in ["a//b/../c", "..", "back\\slash", "x" * 300, '"', "ü?#"]:
            client.chat.completions.create(model="all", user=odd, messages=[{"role": "user", "content": "Say hello."}])
            done = self.gateway.run("spend", "--config", str(self.gateway.config), "--forget-user", odd)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(all(row["user"].startswith("(forgotten ") for row in self.gateway.spend("--by", "user")))
        self.assertEqual(self.gateway.run("spend", "--forget-user", "").returncode, 1)
        self.gateway.stop()
        for file in self.gateway.state.iterdir():
            if file.is_file():
                self.assertFalse(b"ann-of-nowhere" in file.read_bytes(), file.name)  # files are long

    def test_without_a_gateway_the_store_is_opened(self):
        self.gateway.stop()
        made = self.keys("create", "--name", "early")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.gateway.start()
        self.assertEqual(self.status(made.stdout.strip()), 200)

    def test_a_second_gateway_on_the_same_directory_is_refused_in_words(self):
        other = pathlib.Path(self.gateway.folder.name) / "other.yaml"
        other.write_text(json.dumps(self.gateway.settings | {"listen": f"127.0.0.1:{free_port()}"}))
        done = self.gateway.run("serve", "--config", str(other))
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"is in use by another isocost (process {self.gateway.process.pid})", done.stderr)
        self.assertIn("`state` in the configuration", done.stderr)

    def test_openrouters_client_manages_keys(self):
        base = f"http://127.0.0.1:{self.gateway.port}/api/v1"
        with openrouter.OpenRouter(api_key=ADMIN, server_url=base, retry_config=None) as client:
            made = client.api_keys.create(name="for ann", limit=0.1, limit_reset="daily")
            self.assertEqual((made.data.name, made.data.limit), ("for ann", 0.1))
            self.soon(made.key, 200)
            self.assertEqual(self.status(made.key), 402)
            self.assertIn("for ann", [each.name for each in client.api_keys.list().data])
            self.assertEqual(client.api_keys.get(hash=made.data.hash).data.usage, 0.1)
            changed = client.api_keys.update(hash=made.data.hash, limit=0.5, limit_reset="daily")
            self.assertEqual(changed.data.limit, 0.5)
            self.soon(made.key, 200)
            own = openrouter.OpenRouter(api_key=made.key, server_url=base, retry_config=None)
            current = own.api_keys.get_current_key_metadata()
            own.__exit__(None, None, None)
            self.assertEqual((current.data.label, current.data.limit), ("for ann", 0.5))
            self.assertEqual(client.credits.get_credits().data.total_usage, current.data.usage)
            client.api_keys.delete(hash=made.data.hash)
            self.within_a_second(made.key, 401)


class Pictures(unittest.TestCase):
    """Two hosts of the same tokens: `a` takes a cent for each picture, `b` has dearer tokens and takes nothing."""

    def setUp(self):
        async def sees(exchange):
            await exchange.reply(200, behaviours.answer({"content": "A cat."}, usage={
                "prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}))
        host = self.enterContext(ScriptedHost({"eye": sees}))
        self.gateway = Gateway(host, {"poor": {"quota": {"dollars": {"total": "$0.05"}}}, "rich": {}})
        settings = self.gateway.settings
        settings["providers"]["b"] = settings["providers"]["a"]
        settings["models"] = {"eye": {"endpoints": [
            endpoint("a", "eye", price={"input": "1 $/Mtok", "output": "1 $/Mtok", "image": "$0.01"}, features=["images"]),
            endpoint("b", "eye", price={"input": "4 $/Mtok", "output": "4 $/Mtok"}, features=["images"])]}}
        self.gateway.write()
        self.gateway.start()
        self.addCleanup(self.gateway.stop)

    def ask(self, pictures, key="rich", **more):
        parts = [{"type": "text", "text": "What is it?"}] + [
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}} for _ in range(pictures)]
        return httpx.post(f"http://127.0.0.1:{self.gateway.port}/v1/chat/completions", headers={"Authorization": f"Bearer {key}"},
                          json={"model": "eye", "max_tokens": 200, "messages": [{"role": "user", "content": parts}]} | more)

    def test_pictures_are_planned_set_aside_billed_and_shown_by_the_piece(self):
        self.assertEqual(self.ask(0).headers["x-isocost-endpoint"], "a")
        seen = self.ask(2)
        self.assertEqual(seen.headers["x-isocost-endpoint"], "b")  # for a cent each the dearer tokens are cheaper
        paid = self.ask(2, provider={"only": ["a"]})
        self.assertEqual(paid.headers["x-isocost-endpoint"], "a")
        page = self.gateway.get("/api/v1/generation?id=" + paid.headers["x-request-id"]).json()["data"]
        self.assertAlmostEqual(page["total_cost"], 0.0011 + 0.02, places=9)
        explained = self.gateway.run("explain", "--url", f"http://127.0.0.1:{self.gateway.port}", "--key", ADMIN,
                                     "--request", paid.headers["x-request-id"])
        self.assertIn("pictures at a: 2 for $0.010 each", explained.stdout, explained.stderr)
        told = self.gateway.get("/api/v1/models/eye/endpoints").json()["data"]["endpoints"]
        self.assertEqual({each["tag"]: each["pricing"].get("image") for each in told}, {"a": "0.01", "b": None})

    def test_a_budget_bears_only_so_many_pictures(self):
        self.assertEqual(self.ask(3, "poor", provider={"only": ["a"]}).status_code, 200)
        refused = self.ask(4, "poor", provider={"only": ["a"]})
        self.assertEqual((refused.status_code, refused.json()["error"]["code"]), (402, "budget_exceeded"))

    def test_a_ceiling_for_pictures_leaves_out_who_takes_more(self):
        self.assertEqual(self.ask(0, provider={"max_price": {"image": 0.009}}).headers["x-isocost-endpoint"], "b")


class Spend(unittest.TestCase):
    def test_what_was_spent_is_told_by_everything_it_can_be_summed_by(self):
        host = self.enterContext(ScriptedHost({"all": uses(1), "half": uses(2)}))
        gateway = Gateway(host, {"one": {"tags": ["ci"]}, "two": {}}).start()
        base = f"http://127.0.0.1:{gateway.port}"
        # A tag of the key that the request says again counts once.
        for key, model, user, tags in [("one", "all", "ann", "night, batch"), ("one", "half", "bob", "ci, night, batch"),
                                       ("two", "half", "ann", "night, batch")]:
            client = openai.OpenAI(api_key=key, base_url=base + "/v1", max_retries=0)
            client.chat.completions.create(model=model, user=user, max_tokens=MOST,
                                           messages=[{"role": "user", "content": "Say hello."}],
                                           extra_headers={"x-isocost-tags": tags})

        def cents(by):
            return {row[by]: round(row["cost_nanos"] / 1e7) for row in gateway.spend("--by", by)}
        self.assertEqual(cents("key"), {"one": 15, "two": 5})
        self.assertEqual(cents("team"), {"tests": 20})
        self.assertEqual(cents("user"), {"ann": 15, "bob": 5})
        self.assertEqual(cents("model"), {"all": 10, "half": 10})
        self.assertEqual(cents("tag"), {"night": 20, "batch": 20, "ci": 15})
        self.assertEqual(list(cents("day").values()), [20])
        self.assertEqual(cents("endpoint"), {"a": 20})
        self.assertEqual((cents("provider"), cents("policy")), ({"a": 20}, {"cheapest": 20}))

        def pairs(by, *only):
            names = by.split(",")
            return {tuple(row[name] for name in names): round(row["cost_nanos"] / 1e7)
                    for row in gateway.spend("--by", by, *only)}
        self.assertEqual(pairs("user,model"), {("ann", "all"): 10, ("ann", "half"): 5, ("bob", "half"): 5})
        self.assertEqual(pairs("tag,user", "--key-name", "one", "--tag", "ci"), {("ci", "ann"): 10, ("ci", "bob"): 5})
        self.assertEqual(pairs("team,user", "--user", "ann", "--model", "half"), {("tests", "ann"): 5})
        self.assertEqual(pairs("key", "--key-name", "one", "--key-name", "two", "--policy", "cheapest"), {("one",): 15, ("two",): 5})
        self.assertEqual(pairs("key", "--team", "nobody's"), {})
        self.assertEqual(set(pairs("month,key")), {(time.strftime("%Y-%m", time.gmtime()), key) for key in ["one", "two"]})
        self.assertEqual(gateway.get("/admin/spend?by=user&key=two").json()["data"][0]["user"], "ann")
        told = gateway.get("/admin/spend?by=user&from=2026-11-28&to=2026-11-27").json()["error"]["message"]
        self.assertEqual(told, "`from` is later than `to`.")
        table = list(csv.DictReader(io.StringIO(gateway.run(
            "spend", "--config", str(gateway.config), "--by", "key,model", "--csv").stdout)))
        self.assertEqual(sum(float(row["cost"]) for row in table), 0.2)
        self.assertIn("one", gateway.run("spend", "--config", str(gateway.config), "--by", "key").stdout)
        with openrouter.OpenRouter(api_key=ADMIN, server_url=base + "/api/v1", retry_config=None) as client:
            today = time.strftime("%Y-%m-%d", time.gmtime())
            rows = client.analytics.get_user_activity(request={"date_": today}).data
            self.assertEqual(sum(row.requests for row in rows), 3)
            self.assertAlmostEqual(sum(row.usage for row in rows), 0.2)
            answer = client.chat.send(model="half", max_tokens=100, messages=[{"role": "user", "content": "Hi"}])
            told = client.generations.get_generation(id=answer.id).data
            self.assertAlmostEqual(told.total_cost, 0.01)
            self.assertEqual((told.model, told.provider_name, told.tokens_completion), ("half", "a", 100))
            with self.assertRaises(openrouter.errors.NotFoundResponseError) as caught:
                client.generations.get_generation(id="gen-of-nobody")
            self.assertEqual(caught.exception.data.error.code, 404)
        done = gateway.run("spend", "--config", str(gateway.config), "--by", "colour")
        self.assertIn("is nothing to sum by", done.stderr)
        self.assertEqual(gateway.run("spend", "--config", str(gateway.config), "--forget-user", "ann").returncode, 0)
        self.assertNotIn("ann", cents("user"))
        gateway.stop()
        self.assertEqual(cents("key")["one"], 15)  # from the directory itself
        self.assertEqual(pairs("team,model", "--user", "bob"), {("tests", "half"): 5})


if __name__ == "__main__":
    unittest.main()
