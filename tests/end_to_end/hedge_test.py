"""A second request beside a host that is slow to begin, with the whole binary."""
import asyncio
import json
import time
import unittest

import behaviours
from gateway import EndToEnd, cheap_then_dear, question


async def slow_when_told(exchange):
    """Answers at once, but for a question that says SLOW: then not before the other side has gone."""
    if "SLOW" not in json.dumps(exchange.body["messages"]):
        return await behaviours.ok(exchange)
    await exchange.begin_stream()
    leaves = asyncio.ensure_future(exchange.client_gone())
    await asyncio.wait([leaves], timeout=20)
    return False


class Hedge(EndToEnd):
    behaviours = {"slow": slow_when_told, "ok": behaviours.ok}
    models = {"m": cheap_then_dear(("a", "slow"), ("b", "ok"))}
    gateway_settings = {
        "policies": {"hedging": {"value_of_time": "36000 $/h", "hedge": {"budget": "100 %"}, "explore": "0 %"},
                     "never": {"value_of_time": "36000 $/h", "hedge": {"budget": "0 %"}, "explore": "0 %"}},
        "default_policy": "hedging"}

    def ask(self, text, **more):
        body = question(stream=True, messages=[{"role": "user", "content": text}], provider={"order": ["a-slow"]})
        return self.gateway.ask(body | more)

    def test_the_slow_host_is_outrun_and_left_at_once(self):
        for number in range(40):
            self.ask(f"quick {number}")
        status, headers, text = self.ask("SLOW")
        self.assertEqual(status, 200)
        self.assertIn(b"world", text)
        self.assertTrue(text.endswith(b"data: [DONE]\n\n"))
        self.assertEqual(headers["x-isocost-endpoint"], "b-ok")
        self.assertEqual(headers["x-isocost-attempts"], "2")
        self.assertEqual(headers["x-isocost-hedge"], "won")
        slow = [each for each in self.host.asked("slow") if b"SLOW" in each.raw_body][-1]
        self.host.wait(lambda: slow.eof_at)
        limit = time.monotonic() + 10  # records reach the metrics a moment after the answer
        while self.gateway.metric("isocost_hedges_total", outcome="won") < 1 and time.monotonic() < limit:
            time.sleep(0.05)
        self.assertEqual(self.gateway.metric("isocost_hedges_total", outcome="won"), 1)
        self.assertGreater(self.gateway.metric("isocost_side_spent_dollars_total", on="hedge"), 0)


if __name__ == "__main__":
    unittest.main()
