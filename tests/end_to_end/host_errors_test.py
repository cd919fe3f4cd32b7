"""Errors as the hosts of each family word them (host_errors.tsv), through the gateway: whose fault each is taken for, what
the client sees where nobody else is left, whether another host is asked where there is one, and when to come again."""
import json
import os
import pathlib
import unittest

import openai

from gateway import KEY, Gateway, cheap_then_dear, endpoint
from path_host import PathHost

TABLE = [line.split("\t") for line in pathlib.Path(__file__).with_name("host_errors.tsv").read_text().splitlines()
         if not line.startswith("#")]
SEEN = {"limited": (429, "provider_rate_limited"), "full": (503, "provider_overloaded"),
        "unpaid": (502, "provider_payment_error"), "refused": (502, "provider_auth_error"), "broken": (502, "provider_error"),
        "large": (413, "rate_limit_exceeded")}


async def says(exchange):
    await exchange.reply(200, {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6}})


def errs(status, body, head=None):
    async def answer(exchange):
        await exchange.reply(int(status), body.encode(), list(json.loads(head or "{}").items()))
    return answer


class HostErrors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        os.environ["KEY_OF_THE_TESTS"] = "sk-key-of-the-hosts-0123456789"
        behaviours = {f"row-{i}": errs(row[2], *row[4:]) for i, row in enumerate(TABLE)}
        host = cls.enterClassContext(PathHost(behaviours | {"says": says}))
        address = f"http://127.0.0.1:{host.ports[0]}/v1"
        # A provider for each request, since what one was met with is remembered.
        providers, models = {"good": {"base_url": address}}, {}
        for i, row in enumerate(TABLE):
            for name in (f"alone-{i}", f"first-{i}"):
                providers[name] = {"base_url": address, "dialect": row[1], "credential": "${KEY_OF_THE_TESTS}"}
            models[f"alone-{i}"] = [endpoint(f"alone-{i}", f"row-{i}")]
            models[f"both-{i}"] = cheap_then_dear((f"first-{i}", f"row-{i}"), ("good", "says"))
        gateway = Gateway({}, models)
        gateway.settings["providers"] = providers
        cls.gateway = cls.enterClassContext(gateway)

    def setUp(self):
        self.client = openai.OpenAI(api_key=KEY, base_url=self.gateway.base_url, timeout=20, max_retries=0)
        self.addCleanup(self.client.close)

    def refusal(self, model):
        """What the client is refused with: status, code, the least of Retry-After; nothing where it got an answer."""
        try:
            self.client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Hello"}])
        except openai.APIStatusError as error:
            return error.status_code, error.code, int(error.response.headers.get("retry-after", "0"))
        return None

    def test_each_is_whose_fault_it_is(self):
        for i, (host, _, status, what, body, *_head) in enumerate(TABLE):
            with self.subTest(host=host, status=status, body=body):
                kind, *more = what.split()
                alone, both = self.refusal(f"alone-{i}"), self.refusal(f"both-{i}")
                if kind == "request":
                    # A host that refuses with a 200 is told as a 400.
                    expected = (400 if status == "200" else int(status), more[0])
                    self.assertEqual((alone[:2], both[:2]), (expected, expected))
                    continue
                self.assertIsNone(both, "the other host is asked")
                if kind == "missing":
                    self.assertEqual(alone[0], 502)
                    self.assertIn("model", alone[1])
                else:
                    self.assertEqual(alone[:2], SEEN[kind])
                self.assertGreaterEqual(alone[2], int(more[0]) if more else 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
