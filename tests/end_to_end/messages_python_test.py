"""Anthropic's SDK for Python, as it comes, against the gateway: to hosts that speak Messages, and to hosts that speak
OpenAI's chat."""
import base64
import time
import unittest

import anthropic
import pydantic

from gateway import KEY
from messages_hosts import started

SAY_HELLO = [{"role": "user", "content": "Say hello."}]
WEATHER = {"name": "weather", "description": "Of a city", "input_schema": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
PDF = base64.b64encode(b"%PDF-1.4 not much of one").decode()
BOTH = ("claude-says", "claude-chat-says")


class City(pydantic.BaseModel):
    city: str


class MessagesPython(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host, cls.gateway = started(cls)

    def setUp(self):
        self.client = self.client_with()
        self.addCleanup(self.client.close)

    def tearDown(self):
        self.assertTrue(self.gateway.alive(), "the gateway is gone")

    def client_with(self, **settings):
        url = self.gateway.base_url.removesuffix("/v1")
        return anthropic.Anthropic(**{"api_key": KEY, "base_url": url, "timeout": 20, "max_retries": 0} | settings)

    def ask(self, model, messages=None, **more):
        return self.client.messages.create(**{"model": model, "max_tokens": 2000,
                                              "messages": messages or SAY_HELLO} | more)

    def test_an_answer_arrives_whole_under_the_name_that_was_asked_for(self):
        for model, text in zip(BOTH, ("Grüezi, world", "Hello, world")):
            with self.subTest(model=model):
                raw = self.client.messages.with_raw_response.create(model=model, max_tokens=99, messages=SAY_HELLO)
                answer = raw.parse()
                self.assertEqual([block.text for block in answer.content], [text])
                self.assertEqual((answer.type, answer.role, answer.model), ("message", "assistant", model))
                self.assertEqual((answer.stop_reason, answer.stop_sequence), ("end_turn", None))
                self.assertTrue(answer.id.startswith("msg_"))
                self.assertEqual(answer.usage.output_tokens, 3)
                self.assertEqual(answer.usage.input_tokens, 19)
                self.assertTrue(raw.headers["request-id"])
                self.assertEqual(raw.headers["request-id"], raw.headers["x-request-id"])
                self.assertIn("x-isocost-cost", raw.headers)

    def test_a_native_host_gets_the_clients_version_and_betas_and_its_bytes(self):
        self.client.beta.messages.create(model="claude-says", max_tokens=7, messages=SAY_HELLO,
                                         betas=["context-1m-2025-08-07"], extra_body={"from_the_future": [1.50]})
        asked = self.host.asked("says")[-1]
        self.assertEqual(asked.headers["anthropic-version"], "2026-10-21")
        self.assertIn("context-1m-2025-08-07", asked.headers["anthropic-beta"])
        self.assertEqual(asked.headers["x-api-key"], "sk-ant-of-the-tests")
        self.assertNotIn(KEY, str(asked.headers) + asked.raw_body.decode())
        self.assertEqual(asked.body["from_the_future"], [1.5])
        self.assertNotIn("stream_options", asked.body)

    def test_a_stream_arrives_piece_by_piece(self):
        for model, text in zip(BOTH, ("Grüezi, world", "Hello, world")):
            with self.subTest(model=model):
                with self.client.messages.stream(model=model, max_tokens=99, messages=SAY_HELLO) as stream:
                    kinds = [event.type for event in stream]
                    final = stream.get_final_message()
                self.assertEqual(kinds[0], "message_start")
                self.assertEqual(kinds[-1], "message_stop")
                self.assertEqual(final.content[0].text, text)
                self.assertEqual(final.model, model)
                self.assertEqual(final.stop_reason, "end_turn")
                self.assertEqual((final.usage.input_tokens, final.usage.output_tokens), (19, 3))
        self.assertEqual(final.usage.cache_read_input_tokens, 0)
        with self.client.messages.stream(model="claude-says", max_tokens=99, messages=SAY_HELLO) as stream:
            usage = stream.get_final_message().usage
        self.assertEqual((usage.cache_read_input_tokens, usage.cache_creation_input_tokens), (7, 4))

    def test_tools_are_called_and_told_of_in_both_ways(self):
        for model in ("calls", "chat-calls"):
            for streamed in (False, True):
                with self.subTest(model=model, streamed=streamed):
                    asked = {"model": model, "max_tokens": 99, "messages": SAY_HELLO, "tools": [WEATHER],
                             "tool_choice": {"type": "auto"}}
                    if streamed:
                        with self.client.messages.stream(**asked) as stream:
                            answer = stream.get_final_message()
                    else:
                        answer = self.client.messages.create(**asked)
                    self.assertEqual(answer.stop_reason, "tool_use")
                    calls = [block for block in answer.content if block.type == "tool_use"]
                    self.assertEqual(calls[0].name, "weather")
                    self.assertEqual([call.input["city"] for call in calls],
                                     ["Zürich", "Genève"][:len(calls)])
                    self.assertEqual(len({call.id for call in calls}), len(calls))
                    self.assertTrue(all(set(call.id) <= set("abcdefghijklmnopqrstuvwxyz_0123456789") for call in calls))
                    back = SAY_HELLO + [{"role": "assistant", "content": answer.content}, {"role": "user", "content": [
                        {"type": "tool_result", "tool_use_id": call.id, "content": [{"type": "text", "text": "sunny"}]}
                        for call in calls]}]
                    told = self.ask(model, back, tools=[WEATHER])
                    self.assertEqual(told.content[0].text, "It is " + " and ".join(["sunny"] * len(calls)))

    def test_a_choice_among_tools_reaches_a_host_of_chats(self):
        self.ask("chat-calls", tools=[WEATHER], tool_choice={"type": "tool", "name": "weather",
                                                             "disable_parallel_tool_use": True})
        asked = self.host.asked("chat-calls")[-1].body
        self.assertEqual(asked["tool_choice"], {"type": "function", "function": {"name": "weather"}})
        self.assertIs(asked["parallel_tool_calls"], False)
        self.assertEqual(asked["tools"][0]["function"]["parameters"], WEATHER["input_schema"])

    def test_thinking_is_shown_where_it_was_asked_for_and_can_be_sent_back(self):
        wish = {"type": "enabled", "budget_tokens": 1024}
        for model, signature in (("thinks", "c2lnbmVk"), ("chat-thinks", "isocost-unsigned")):
            for streamed in (False, True):
                with self.subTest(model=model, streamed=streamed):
                    if streamed:
                        with self.client.messages.stream(model=model, max_tokens=2000, messages=SAY_HELLO,
                                                         thinking=wish) as stream:
                            answer = stream.get_final_message()
                    else:
                        answer = self.ask(model, thinking=wish)
                    thought, said = answer.content
                    self.assertEqual((thought.type, thought.thinking), ("thinking", "Let me see. Yes."))
                    self.assertEqual(thought.signature, signature)
                    self.assertEqual(said.text, "42")
                    back = SAY_HELLO + [{"role": "assistant", "content": answer.content},
                                        {"role": "user", "content": "Sure?"}]
                    self.ask(model, back, thinking=wish)
                    # Whoever signs nothing gets nothing signed, and the other way round.
                    self.ask("thinks", back, thinking=wish)
                    sent = self.host.asked("thinks")[-1].body["messages"][1]["content"]
                    self.assertEqual([block["type"] for block in sent],
                                     ["thinking", "text"] if model == "thinks" else ["text"])
        plain = self.ask("chat-thinks")
        self.assertEqual([block.type for block in plain.content], ["text"])

    def test_images_documents_and_a_system_prompt_reach_a_host_of_chats(self):
        image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
        self.ask("claude-chat-says", [
            {"role": "user", "content": [
                {"type": "text", "text": "What is it?"}, image,
                {"type": "document", "title": "Notes", "source": {"type": "text", "media_type": "text/plain",
                                                                  "data": "So it is written."}},
                {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "is_error": False,
                                          "content": [{"type": "text", "text": "seen"}, image]}]},
            {"role": "system", "content": "Be kind."}],
            system=[{"type": "text", "text": "x-anthropic-billing-header: cc_version=1"},
                    {"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
            stop_sequences=["END"], metadata={"user_id": "u-1"})
        asked = self.host.asked("chat-says")[-1].body
        system, first, call, result, shown, late = asked["messages"]
        self.assertEqual(system, {"role": "system", "content": "Be brief."})
        self.assertEqual([part["type"] for part in first["content"]], ["text", "image_url", "text", "text", "file"])
        self.assertEqual(first["content"][1]["image_url"]["url"], f"data:image/png;base64,{PNG}")
        self.assertEqual(first["content"][3]["text"], "So it is written.")
        self.assertTrue(first["content"][4]["file"]["file_data"].endswith(PDF))
        self.assertEqual(call["tool_calls"][0]["function"], {"name": "look", "arguments": "{}"})
        self.assertEqual(result, {"role": "tool", "tool_call_id": "toolu_1", "content": "seen"})
        self.assertEqual(shown["content"][0]["type"], "image_url")
        self.assertEqual(late, {"role": "system", "content": "Be kind."})
        self.assertEqual((asked["stop"], asked["user"]), (["END"], "u-1"))

    def test_what_a_host_of_chats_cannot_be_told_is_refused_or_named(self):
        raw = self.client.messages.with_raw_response.create(
            model="claude-chat-says", max_tokens=9, messages=SAY_HELLO,
            extra_body={"top_k": 5, "context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}})
        self.assertEqual(set(raw.headers["x-isocost-dropped"].split(", ")), {"top_k", "context_management"})
        with self.assertRaises(anthropic.BadRequestError) as refused:
            self.ask("claude-chat-says", tools=[{"type": "web_search_20250305", "name": "web_search"}])
        self.assertIn("tools[0]", str(refused.exception))

    def test_an_answer_of_a_schema_is_parsed(self):
        for model in ("json", "chat-json"):
            with self.subTest(model=model):
                parsed = self.client.messages.parse(model=model, max_tokens=99, messages=SAY_HELLO, output_format=City)
                self.assertEqual(parsed.parsed_output, City(city="Zürich"))

    def test_a_prompt_is_counted_without_a_host(self):
        before = len(self.host.exchanges)
        short = self.client.messages.count_tokens(model="claude-says", messages=SAY_HELLO)
        long = self.client.messages.with_raw_response.count_tokens(
            model="claude-says", messages=[{"role": "user", "content": "very long " * 400}], tools=[WEATHER],
            system="Be brief.")
        self.assertLess(short.input_tokens, 20)
        self.assertGreater(long.parse().input_tokens, 1000)
        self.assertEqual(long.headers["x-isocost-estimate"], "true")
        self.assertEqual(len(self.host.exchanges), before)
        with self.assertRaises(anthropic.NotFoundError):
            self.client.messages.count_tokens(model="nobody", messages=SAY_HELLO)

    def test_each_refusal_becomes_the_exception_that_programs_catch(self):
        def refused(kind, error_type, call):
            with self.assertRaises(kind) as caught:
                call()
            body = caught.exception.body
            self.assertEqual((body["type"], body["error"]["type"]), ("error", error_type), body)
            self.assertTrue(body["error"]["message"])
            self.assertEqual(body["request_id"], caught.exception.request_id)
            return caught.exception

        wrong = self.client_with(api_key="sk-wrong")
        refused(anthropic.AuthenticationError, "authentication_error",
                lambda: wrong.messages.create(model="claude-says", max_tokens=9, messages=SAY_HELLO))
        unknown = refused(anthropic.NotFoundError, "not_found_error", lambda: self.ask("claude-say"))
        self.assertIn("claude-says", str(unknown))
        refused(anthropic.NotFoundError, "not_found_error", lambda: self.client.models.retrieve("nobody"))
        refused(anthropic.BadRequestError, "invalid_request_error", lambda: self.ask("chat-bad-request"))
        refused(anthropic.BadRequestError, "invalid_request_error",
                lambda: self.ask("claude-chat-says", [{"role": "nobody", "content": "x"}]))
        long = refused(anthropic.BadRequestError, "invalid_request_error",
                       lambda: self.ask("small", [{"role": "user", "content": "very long " * 4000}]))
        self.assertIn("prompt is too long", str(long))
        refused(anthropic.RateLimitError, "rate_limit_error", lambda: self.ask("chat-busy"))
        refused(anthropic.APIStatusError, "overloaded_error", lambda: self.ask("busy"))
        refused(anthropic.NotFoundError, "not_found_error", lambda: self.client.messages.batches.list())

    def test_the_sdk_waits_as_told_and_then_succeeds(self):
        answer = self.client_with(max_retries=2).messages.create(model="busy-then-ok", max_tokens=9,
                                                                 messages=SAY_HELLO)
        self.assertEqual(answer.content[0].text, "Hello, world")

    def test_a_stream_that_breaks_raises_instead_of_ending_as_if_finished(self):
        for model in ("breaks", "chat-breaks"):
            with self.subTest(model=model):
                got = ""
                with self.assertRaises(anthropic.APIStatusError) as broken:
                    with self.client.messages.stream(model=model, max_tokens=99, messages=SAY_HELLO) as stream:
                        for text in stream.text_stream:
                            got += text
                self.assertEqual(got, "Hel")
                self.assertEqual(broken.exception.body["type"], "error")

    def test_leaving_in_the_middle_stops_the_host(self):
        with self.client.messages.stream(model="chat-endless", max_tokens=99, messages=SAY_HELLO) as stream:
            next(iter(stream.text_stream))
            exchange = self.host.asked("chat-endless")[-1]
            left = time.monotonic()
        self.host.wait(lambda: exchange.eof_at)
        self.assertLess(exchange.eof_at - left, 0.25)

    def test_who_waits_for_a_stream_is_pinged(self):
        status, headers, text = self.gateway.ask({"model": "chat-slow", "max_tokens": 9, "messages": SAY_HELLO,
                                                  "stream": True}, path="/v1/messages")
        self.assertEqual(status, 200)
        self.assertTrue(text.startswith(b'event: ping\ndata: {"type": "ping"}\n\nevent: message_start\n'), text[:200])
        self.assertTrue(headers["content-type"].startswith("text/event-stream"))
        self.assertIn("request-id", headers)
        with self.client.messages.stream(model="chat-slow", max_tokens=9, messages=SAY_HELLO) as stream:
            self.assertEqual(stream.get_final_text(), "Hello, world")

    def test_the_models_are_listed(self):
        page = self.client.models.list(limit=1000)
        models = {model.id: model for model in page}
        self.assertIn("claude-says", models)
        model = models["claude-says"]
        self.assertEqual((model.type, model.display_name), ("model", "claude-says"))
        self.assertTrue(model.created_at)
        self.assertEqual(self.client.models.retrieve("claude-says").id, "claude-says")
        few = self.client.models.list(limit=2)
        self.assertEqual(len(few.data), 2)
        self.assertTrue(few.has_more)
        self.assertEqual({each.id for each in few}, set(models))

    def test_what_clients_look_for_before_they_begin_is_answered(self):
        for method, path in (("HEAD", "/"), ("GET", "/"), ("HEAD", "/api/hello")):
            connection = self.gateway.connect()
            connection.request(method, path)
            reply = connection.getresponse()
            self.assertIn(reply.status, (200, 404))
            reply.read()
            connection.close()
        status, _, text = self.gateway.ask({"model": "claude-says", "max_tokens": 9, "messages": SAY_HELLO},
                                           {"Authorization": "", "x-api-key": KEY}, path="/api/v1/messages?beta=true")
        self.assertEqual(status, 200, text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
