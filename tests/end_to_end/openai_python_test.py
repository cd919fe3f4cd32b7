"""The OpenAI SDK for Python, as it comes, against the gateway."""
import time
import unittest

import openai

import behaviours
from behaviours import TEXT, TOOL_CALL
from gateway import KEY, EndToEnd, endpoint

WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}
SAY_HELLO = [{"role": "user", "content": "Say hello."}]


class OpenaiPython(EndToEnd):
    behaviours = {
        "ok": behaviours.ok, "tools": behaviours.tools, "endless": behaviours.endless,
        "busy": behaviours.rate_limited("7"), "busy-then-ok": behaviours.busy_then_ok,
        "bad-request": behaviours.failing(400), "broken": behaviours.failing(500),
        "bad-key": behaviours.failing(401), "breaks": behaviours.broken_after(["Hel"], behaviours.by_reset),
    }
    models = {name: [("a", name)] for name in behaviours} | {
        "author/small": [endpoint("a", "ok", context="1 ktok")]}

    def setUp(self):
        self.client = self.client_with(max_retries=0)
        self.addCleanup(self.client.close)

    def client_with(self, **settings):
        return openai.OpenAI(**{"api_key": KEY, "base_url": self.gateway.base_url, "timeout": 20} | settings)

    def chat(self, model="ok", **more):
        return self.client.chat.completions.create(model=model, messages=SAY_HELLO, **more)

    def test_an_answer_arrives_whole_and_says_who_gave_it(self):
        raw = self.client.chat.completions.with_raw_response.create(model="ok", messages=SAY_HELLO)
        answer = raw.parse()
        self.assertEqual(answer.choices[0].message.content, TEXT)
        self.assertEqual(answer.choices[0].finish_reason, "stop")
        self.assertEqual(answer.usage.total_tokens, 22)
        self.assertTrue(raw.headers["x-isocost-endpoint"].startswith("a"))
        self.assertEqual(raw.headers["x-isocost-attempts"], "1")
        self.assertIn("x-isocost-cost", raw.headers)
        self.assertTrue(raw.headers["x-request-id"])

    def test_a_stream_arrives_piece_by_piece_and_shows_no_usage_unasked(self):
        chunks = list(self.chat(stream=True))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        self.assertEqual(text, TEXT)
        self.assertEqual([chunk.usage for chunk in chunks], [None] * len(chunks))
        self.assertTrue(all(chunk.choices for chunk in chunks))
        asked = self.host.asked("ok")[-1].body
        self.assertTrue(asked["stream_options"]["include_usage"], "usage is always wanted from the host")

    def test_a_stream_shows_usage_when_asked(self):
        chunks = list(self.chat(stream=True, stream_options={"include_usage": True}))
        self.assertEqual(chunks[-1].usage.total_tokens, 22)
        self.assertEqual(chunks[-1].choices, [])

    def test_tool_calls_pass_through_both_ways(self):
        answer = self.chat("tools", tools=[WEATHER], tool_choice="auto")
        call = answer.choices[0].message.tool_calls[0]
        self.assertEqual((call.id, call.function.name), (TOOL_CALL["id"], "weather"))
        self.assertEqual(call.function.arguments, TOOL_CALL["function"]["arguments"])
        self.assertEqual(self.host.asked("tools")[-1].body["tools"], [WEATHER])

    def test_streamed_tool_calls_pass_through(self):
        deltas = [chunk.choices[0].delta for chunk in self.chat("tools", tools=[WEATHER], stream=True)
                  if chunk.choices]
        calls = [call for delta in deltas for call in delta.tool_calls or []]
        self.assertEqual(calls[0].function.name, "weather")
        arguments = "".join(call.function.arguments or "" for call in calls)
        self.assertEqual(arguments, TOOL_CALL["function"]["arguments"])

    def test_fields_nobody_knows_reach_the_host_as_they_were(self):
        self.chat(extra_body={"from_the_future": {"depth": [1.50, None, "é"]}}, temperature=0.30)
        asked = self.host.asked("ok")[-1]
        self.assertEqual(asked.body["from_the_future"], {"depth": [1.5, None, "é"]})
        self.assertEqual(asked.body["temperature"], 0.3)

    def test_the_hosts_never_see_the_clients_key(self):
        self.chat()
        asked = self.host.asked("ok")[-1]
        self.assertNotIn(KEY, str(asked.headers) + asked.raw_body.decode())

    def test_the_models_are_listed(self):
        self.assertIn("author/small", [model.id for model in self.client.models.list()])
        # The SDK sends the name as one segment, with its slash encoded.
        self.assertEqual(self.client.models.retrieve("author/small").id, "author/small")

    def test_the_other_prefix_serves_the_same(self):
        client = self.client_with(base_url=self.gateway.base_url.replace("/v1", "/api/v1"))
        answer = client.chat.completions.create(model="ok", messages=SAY_HELLO)
        self.assertEqual(answer.choices[0].message.content, TEXT)

    def test_each_refusal_becomes_the_exception_that_programs_catch(self):
        with self.assertRaises(openai.AuthenticationError):
            self.client_with(api_key="sk-wrong").chat.completions.create(model="ok", messages=SAY_HELLO)
        with self.assertRaises(openai.NotFoundError) as unknown:
            self.chat("author/smal")
        self.assertEqual(unknown.exception.code, "model_not_found")
        self.assertIn("author/small", str(unknown.exception))
        with self.assertRaises(openai.BadRequestError):
            self.chat("bad-request")
        with self.assertRaises(openai.BadRequestError) as too_long:
            self.client.chat.completions.create(
                model="author/small", messages=[{"role": "user", "content": "very long " * 4000}])
        self.assertIn("context", str(too_long.exception))
        with self.assertRaises(openai.RateLimitError) as busy:
            self.chat("busy")
        self.assertLessEqual(float(busy.exception.response.headers["retry-after"]), 60)
        with self.assertRaises(openai.InternalServerError):
            self.chat("broken")

    def test_a_fault_of_the_gateways_own_key_is_no_fault_of_the_client(self):
        with self.assertRaises(openai.InternalServerError) as failed:
            self.chat("bad-key")
        self.assertEqual(failed.exception.status_code, 502)
        self.assertEqual(failed.exception.code, "provider_auth_error")

    def test_the_sdk_waits_as_told_and_then_succeeds(self):
        answer = self.client_with(max_retries=2).chat.completions.create(model="busy-then-ok", messages=SAY_HELLO)
        self.assertEqual(answer.choices[0].message.content, TEXT)
        self.assertGreaterEqual(len(self.host.asked("busy-then-ok")), 2)

    def test_the_sdk_does_not_repeat_what_cannot_succeed(self):
        before = len(self.host.exchanges)
        with self.assertRaises(openai.NotFoundError):
            self.client_with(max_retries=5).chat.completions.create(model="no-such-model", messages=SAY_HELLO)
        self.assertEqual(len(self.host.exchanges), before)

    def test_a_stream_that_breaks_raises_instead_of_ending_as_if_finished(self):
        got = ""
        with self.assertRaises(openai.APIError):
            for chunk in self.chat("breaks", stream=True):
                got += chunk.choices[0].delta.content or "" if chunk.choices else ""
        self.assertEqual(got, "Hel")

    def test_leaving_in_the_middle_stops_the_host(self):
        delays = []
        for _ in range(20):
            stream = self.chat("endless", stream=True)
            next(iter(stream))
            exchange = self.host.asked("endless")[-1]
            left = time.monotonic()
            stream.close()
            self.host.wait(lambda: exchange.eof_at)
            delays.append(exchange.eof_at - left)
        delays.sort()
        self.assertLessEqual(delays[len(delays) // 2], 0.050, f"median; all: {delays}")
        self.assertLessEqual(delays[-1], 0.250, f"slowest; all: {delays}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
