"""Limits of a provider's keys: a host that enforces its own, and counts whom it had to refuse."""
import asyncio
import collections
import os
import signal
import time
import unittest

import httpx

import behaviours
from gateway import KEY, Gateway, cheap_then_dear, endpoint
from scripted_host import ScriptedHost


class Enforced:
    """A host's own limits for each key, in any 60 seconds and at the same time."""

    def __init__(self, requests=None, tokens=None, concurrent=None, answer=10, takes=0.02, tells=None):
        self.requests, self.tokens, self.concurrent = requests, tokens, concurrent
        self.answer, self.takes, self.tells = answer, takes, tells
        self.seen = collections.defaultdict(list)   # key → (time, tokens)
        self.under_way = collections.Counter()
        self.refused, self.answered = 0, collections.Counter()

    async def __call__(self, exchange):
        key = exchange.headers.get("authorization", "").removeprefix("Bearer ")
        now = time.monotonic()
        recent = [each for each in self.seen[key] if now - each[0] < 60]
        prompt = 12
        full = (self.requests is not None and len(recent) >= self.requests or
                self.tokens is not None and sum(t for _, t in recent) + prompt + self.answer > self.tokens or
                self.concurrent is not None and self.under_way[key] >= self.concurrent)
        if full:
            self.refused += 1
            return await exchange.reply(429, {"error": {"message": "Rate limit reached", "type": "rate_limit_error"}},
                                        headers=[("Retry-After", "1")])
        self.seen[key].append((now, prompt + self.answer))
        self.under_way[key] += 1
        try:
            await asyncio.sleep(self.takes)
        finally:
            self.under_way[key] -= 1
        self.answered[key] += 1
        headers = self.tells(self, key) if self.tells else []
        usage = {"prompt_tokens": prompt, "completion_tokens": self.answer, "total_tokens": prompt + self.answer}
        await exchange.reply(200, behaviours.answer({"content": "Hello"}, usage=usage), headers=headers)
        return True


def ask_many(gateway, count, model="m", at_once=40, **more):
    """The statuses of so many whole chats, and the heads of those that were refused."""
    async def run():
        limits = httpx.Limits(max_connections=at_once)
        async with httpx.AsyncClient(timeout=60, limits=limits) as client:
            async def one():
                return await client.post(f"http://127.0.0.1:{gateway.port}/v1/chat/completions",
                                         headers={"Authorization": f"Bearer {KEY}"},
                                         json={"model": model, "max_tokens": 10,
                                               "messages": [{"role": "user", "content": "Hi"}]} | more)
            return await asyncio.gather(*(one() for _ in range(count)))
    return asyncio.run(run())


class CredentialLimitsTest(unittest.TestCase):
    def served(self, of_host, hosts, models=None, keys=("first",), **more):
        """A gateway before one scripted host whose models `m` and `other` behave as given."""
        host = ScriptedHost(hosts)
        self.enterContext(host)
        for number, key in enumerate(keys):
            os.environ[f"TESTS_HOST_KEY_{number}"] = f"sk-host-key-{key}"
        gateway = Gateway({"a": host.ports[0], "b": host.ports[1]},
                          models or {"m": [endpoint("a", "m")]}, workers=2, **more)
        gateway.settings["providers"]["a"]["credential"] = [f"${{TESTS_HOST_KEY_{i}}}" for i in range(len(keys))]
        gateway.settings["providers"]["a"]["limits"] |= of_host
        self.enterContext(gateway)
        return gateway

    def metric(self, gateway, name, label=""):
        text = httpx.get(f"http://127.0.0.1:{gateway.port}/metrics", headers={"Authorization": f"Bearer {KEY}"}).text
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name) and label in line)

    def test_beyond_a_declared_limit_another_host_is_asked_and_nobody_is_refused(self):
        a, b = Enforced(requests=30), Enforced()
        gateway = self.served({"requests": {"minute": 30}}, {"m": a, "other": b},
                              {"m": cheap_then_dear(("a", "m"), ("b", "other"))})
        replies = ask_many(gateway, 150)
        self.assertEqual(collections.Counter(r.status_code for r in replies), {200: 150})
        self.assertEqual((a.refused, b.refused), (0, 0))
        self.assertLessEqual(sum(a.answered.values()), 30)
        self.assertGreaterEqual(sum(a.answered.values()), 25, "nearly all of what it takes is used")
        self.assertGreater(self.metric(gateway, "isocost_left_out_total", 'reason="credential_limit"'), 0)

    def test_of_several_keys_a_full_one_takes_only_itself_away(self):
        a = Enforced(requests=20)
        gateway = self.served({"requests": {"minute": 20}}, {"m": a}, keys=("one", "two", "three"),
                              limits={"queue_timeout": "1 s"})
        replies = ask_many(gateway, 60)
        self.assertEqual(collections.Counter(r.status_code for r in replies), {200: 60})
        self.assertEqual(a.refused, 0)
        self.assertEqual(sorted(a.answered.values()), [20, 20, 20])
        # All are full, and for longer than a request may wait.
        late = ask_many(gateway, 1)[0]
        self.assertEqual(late.status_code, 429)
        self.assertEqual(late.json()["error"]["code"], "credential_limits_used")
        self.assertTrue(30 <= int(late.headers["retry-after"]) <= 61, late.headers)
        self.assertEqual(a.refused, 0)

    def test_limits_of_single_keys(self):
        a = Enforced()
        gateway = self.served({"keys": [{"requests": {"minute": 5}}, {"requests": {"minute": 25}}]}, {"m": a},
                              keys=("small", "large"), limits={"queue_timeout": "0 s"})
        replies = ask_many(gateway, 50)
        self.assertEqual(collections.Counter(r.status_code for r in replies), {200: 30, 429: 20})
        self.assertEqual(a.answered, {"sk-host-key-small": 5, "sk-host-key-large": 25})

    def test_at_the_same_time_requests_wait_for_each_other(self):
        a = Enforced(concurrent=3)
        gateway = self.served({"concurrent": 3}, {"m": a}, limits={"queue_timeout": "30 s"})
        replies = ask_many(gateway, 60)
        self.assertEqual(collections.Counter(r.status_code for r in replies), {200: 60})
        self.assertEqual(a.refused, 0)

    def test_tokens_are_set_aside_and_settled_to_what_was_used(self):
        # What may be asked for is a hundred tokens, and what is used twenty-two.
        a, b = Enforced(tokens=2_200), Enforced()
        gateway = self.served({"tokens": {"minute": "2200 tok"}}, {"m": a, "other": b},
                              {"m": cheap_then_dear(("a", "m"), ("b", "other"))})
        for _ in range(8):
            replies = ask_many(gateway, 20, at_once=4, max_tokens=100)
            self.assertEqual(collections.Counter(r.status_code for r in replies), {200: 20})
        self.assertEqual(a.refused, 0)
        self.assertGreaterEqual(sum(a.answered.values()), 80, "what was set aside and not used is free again")
        self.assertLessEqual(sum(a.answered.values()), 100)

    def test_what_a_host_says_is_left_is_kept_to_without_being_declared(self):
        def tells(host, key):
            recent = [each for each in host.seen[key] if time.monotonic() - each[0] < 60]
            return [("x-ratelimit-limit-requests", "40"),
                    ("x-ratelimit-remaining-requests", str(40 - len(recent))),
                    ("x-ratelimit-reset-requests", "60s")]
        a, b = Enforced(requests=40, tells=tells), Enforced()
        gateway = self.served({}, {"m": a, "other": b}, {"m": cheap_then_dear(("a", "m"), ("b", "other"))})
        ask_many(gateway, 1)
        replies = ask_many(gateway, 120, at_once=8)
        self.assertEqual(collections.Counter(r.status_code for r in replies), {200: 120})
        self.assertLessEqual(a.refused, 1)
        self.assertGreaterEqual(sum(a.answered.values()), 30)

    def test_a_reload_keeps_what_was_used(self):
        a = Enforced()
        gateway = self.served({"requests": {"minute": 10}}, {"m": a}, limits={"queue_timeout": "0 s"})
        self.assertEqual([r.status_code for r in ask_many(gateway, 10)], [200] * 10)
        gateway.settings["providers"]["a"]["limits"]["requests"]["minute"] = 12
        gateway.write()
        gateway.process.send_signal(signal.SIGHUP)
        gateway.hear("generation 2|took|configuration")
        time.sleep(0.5)
        self.assertEqual(collections.Counter(r.status_code for r in ask_many(gateway, 10)), {200: 2, 429: 8})


if __name__ == "__main__":
    unittest.main()
