"""OpenAI's SDK through the gateway, to hosts that speak other APIs than chat: Anthropic's Messages, OpenAI's older
completions and its embeddings."""
import base64
import json
import os
import struct
import unittest

import openai
from google import genai
from google.genai import types

import anthropic_host
from gateway import KEY, Gateway, endpoint
from scripted_host import ScriptedHost

SAY_HELLO = [{"role": "user", "content": "Say hello."}]
WEATHER = {"type": "function", "function": {"name": "weather", "description": "Of a city", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


async def completes(exchange):
    assert exchange.path == "/v1/completions", exchange.path
    prompts = exchange.body["prompt"] if isinstance(exchange.body["prompt"], list) else [exchange.body["prompt"]]
    count = len(prompts) if not isinstance(prompts[0], int) else 1
    usage = {"prompt_tokens": 5, "completion_tokens": 2 * count, "total_tokens": 5 + 2 * count}

    def of(choices, **more):
        return {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "h", "choices": choices} | more

    def choice(index, text, finish):
        return {"index": index, "text": text, "logprobs": None, "finish_reason": finish}

    if not exchange.body.get("stream"):
        return await exchange.reply(200, of([choice(i, " there", "stop") for i in range(count)], usage=usage))
    await exchange.begin_stream()
    for i in range(count):
        await exchange.event(of([choice(i, " the", None)]))
        await exchange.event(of([choice(i, "re", "stop")]))
    await exchange.event(of([], usage=usage))
    await exchange.event("[DONE]")
    await exchange.end_stream()


async def embeds(exchange):
    assert exchange.path == "/v1/embeddings", exchange.path
    given = exchange.body["input"]
    count = len(given) if isinstance(given, list) and not isinstance(given[0], int) else 1
    vector = [0.5, -1.25] if exchange.body.get("dimensions") == 2 else [0.5, -1.25, 3.0]
    packed = base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    value = packed if exchange.body.get("encoding_format") == "base64" else vector
    await exchange.reply(200, {
        "object": "list", "model": "h", "usage": {"prompt_tokens": 4, "total_tokens": 4},
        "data": [{"object": "embedding", "index": i, "embedding": value} for i in range(count)]})


async def chats(exchange):
    await exchange.reply(200, {"id": "c", "object": "chat.completion", "created": 1, "model": "h", "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "from a chat host"}, "finish_reason": "stop"}]})


BEHAVIOURS = {"says": anthropic_host.says, "thinks": anthropic_host.thinks, "calls": anthropic_host.calls,
              "overloaded": anthropic_host.overloaded, "no-key": anthropic_host.no_key,
              "completes": completes, "embeds": embeds, "chats": chats}


class Apis(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(ScriptedHost(BEHAVIOURS))
        os.environ["ANTHROPIC_KEY_OF_THE_TESTS"] = "sk-ant-of-the-tests"
        url = f"http://127.0.0.1:{cls.host.ports[0]}/v1"
        claude = {"base_url": url, "dialect": "anthropic", "credential": "${ANTHROPIC_KEY_OF_THE_TESTS}"}
        everything = ["tools", "json_object", "json_schema", "images", "reasoning", "prefill"]
        cheap = {"input": "1 $/Mtok", "output": "5 $/Mtok", "cache_read": "0.1 $/Mtok", "cache_write": "0.25 $/Mtok"}
        dear = {"input": "90 $/Mtok", "output": "90 $/Mtok"}

        def at_claude(name, **more):
            return endpoint("claude", name, features=everything, price=cheap, **more)

        models = {
            "says": [at_claude("says")],
            "thinks": [at_claude("thinks", thinking="budget", max_output="8 ktok")],
            "calls": [at_claude("calls")],
            "overloaded": [endpoint("busy", "overloaded", price=cheap), endpoint("open", "chats", price=dear)],
            "no-key": [endpoint("locked", "no-key", price=cheap), endpoint("open", "chats", price=dear)],
            "text": [endpoint("open", "completes", speaks=["completions"])],
            "vectors": [endpoint("open", "embeds", speaks=["embeddings"], price=dear),
                        endpoint("other", "embeds", speaks=["embeddings"], price=cheap)],
        }
        gateway = Gateway({"open": cls.host.ports[0], "other": cls.host.ports[1]}, models)
        gateway.settings["providers"] |= {"claude": claude, "busy": claude, "locked": claude}
        cls.gateway = cls.enterClassContext(gateway)

    def setUp(self):
        self.client = openai.OpenAI(api_key=KEY, base_url=self.gateway.base_url, timeout=20, max_retries=0)
        self.addCleanup(self.client.close)

    def chat(self, model, messages=None, **more):
        return self.client.chat.completions.create(model=model, messages=messages or SAY_HELLO, **more)

    def test_a_message_is_a_chat_completion_with_all_its_usage_and_its_cost(self):
        raw = self.client.chat.completions.with_raw_response.create(model="says", messages=SAY_HELLO)
        answer = raw.parse()
        self.assertEqual(answer.choices[0].message.content, "Grüezi, world")
        self.assertEqual(answer.choices[0].finish_reason, "stop")
        self.assertEqual(answer.usage.prompt_tokens, 19 + 4 + 7)
        self.assertEqual(answer.usage.prompt_tokens_details.cached_tokens, 7)
        self.assertEqual(answer.usage.completion_tokens, 3)
        # 23 read at $1, 4 of them written at $0.25 more, 7 from the cache at $0.1, 3 of output at $5.
        self.assertEqual(raw.headers["x-isocost-cost"], f"{(23 * 1 + 4 * 0.25 + 7 * 0.1 + 3 * 5) / 1e6:.9f}")
        self.assertEqual(self.host.asked("says")[-1].headers["x-api-key"], "sk-ant-of-the-tests")

    def test_a_stream_of_messages_is_a_stream_of_chunks(self):
        chunks = list(self.chat("says", stream=True, stream_options={"include_usage": True}))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        self.assertEqual(text, "Grüezi, world")
        self.assertEqual(chunks[-1].usage.prompt_tokens, 30)
        self.assertEqual([c.choices[0].finish_reason for c in chunks if c.choices][-1], "stop")
        self.assertEqual(len({chunk.id for chunk in chunks}), 1)
        with self.client.chat.completions.stream(model="says", messages=SAY_HELLO) as stream:
            final = stream.get_final_completion()
        self.assertEqual(final.choices[0].message.content, "Grüezi, world")

    def test_a_tool_is_called_and_told_of_in_both_ways(self):
        for streamed in (False, True):
            with self.subTest(streamed=streamed):
                if streamed:
                    with self.client.chat.completions.stream(model="calls", messages=SAY_HELLO, tools=[WEATHER]) as s:
                        answer = s.get_final_completion()
                else:
                    answer = self.chat("calls", tools=[WEATHER])
                choice = answer.choices[0]
                self.assertEqual(choice.finish_reason, "tool_calls")
                call = choice.message.tool_calls[0]
                self.assertEqual(call.function.name, "weather")
                self.assertEqual(json.loads(call.function.arguments), {"city": "Zürich"})
                back = SAY_HELLO + [choice.message.model_dump(exclude_none=True),
                                    {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
                told = self.chat("calls", messages=back, tools=[WEATHER])
                self.assertEqual(told.choices[0].message.content, "It is sunny")

    def test_thinking_is_shown_and_can_be_sent_back(self):
        answer = self.chat("thinks", reasoning_effort="low", max_tokens=4000)
        message = answer.choices[0].message
        self.assertEqual(message.content, "42")
        self.assertEqual(message.reasoning_content, "Let me see. Yes.")
        back = SAY_HELLO + [message.model_dump(exclude_none=True), {"role": "user", "content": "Sure?"}]
        self.chat("thinks", messages=back, reasoning_effort="low", max_tokens=4000)
        turn = self.host.asked("thinks")[-1].body["messages"][1]
        self.assertEqual(turn["content"][0], {"type": "thinking", "thinking": "Let me see. Yes.",
                                              "signature": "c2lnbmVk"})
        chunks = list(self.chat("thinks", reasoning_effort="low", max_tokens=4000, stream=True))
        thought = "".join(getattr(c.choices[0].delta, "reasoning_content", None) or "" for c in chunks if c.choices)
        self.assertEqual(thought, "Let me see. Yes.")

    def test_an_image_and_a_system_prompt_reach_the_host(self):
        self.chat("says", messages=[
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "What is it?"},
                                         {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}]}])
        asked = self.host.asked("says")[-1].body
        image = [part for part in asked["messages"][0]["content"] if part["type"] == "image"][0]
        self.assertEqual(image["source"], {"type": "base64", "media_type": "image/png", "data": PNG})
        self.assertIn("Be brief.", json.dumps(asked["system"]))

    def test_what_the_host_cannot_be_told_is_refused_or_named(self):
        raw = self.client.chat.completions.with_raw_response.create(model="says", messages=SAY_HELLO,
                                                                    frequency_penalty=0.5)
        self.assertEqual(raw.headers["x-isocost-dropped"], "frequency_penalty")
        with self.assertRaises(openai.BadRequestError) as refused:
            self.chat("says", n=2)
        self.assertEqual(refused.exception.param, "n")

    def test_hosts_of_two_apis_stand_in_for_each_other(self):
        for model in ("overloaded", "no-key"):
            with self.subTest(model=model):
                self.assertEqual(self.chat(model).choices[0].message.content, "from a chat host")

    def test_completions_are_passed_on(self):
        whole = self.client.completions.create(model="text", prompt="Hello", max_tokens=9)
        self.assertEqual(whole.choices[0].text, " there")
        many = self.client.completions.create(model="text", prompt=["Hello", "You"], max_tokens=9)
        self.assertEqual([choice.text for choice in many.choices], [" there", " there"])
        chunks = list(self.client.completions.create(model="text", prompt=[1, 2, 3], stream=True))
        self.assertEqual("".join(chunk.choices[0].text for chunk in chunks), " there")
        self.assertEqual([chunk.usage for chunk in chunks], [None] * len(chunks))
        with self.assertRaises(openai.BadRequestError) as refused:
            self.client.completions.create(model="says", prompt="Hello")
        self.assertEqual(refused.exception.code, "unsupported_api")

    def test_embeddings_come_from_the_first_host_in_either_encoding(self):
        for more in ({}, {"encoding_format": "float"}, {"encoding_format": "base64", "dimensions": 3}):
            raw = self.client.embeddings.with_raw_response.create(model="vectors", input=["a", "b"], **more)
            found = raw.parse()
            self.assertEqual(raw.headers["x-isocost-endpoint"], "open")
            self.assertEqual(len(found.data), 2)
            if "dimensions" not in more:
                self.assertEqual(found.data[1].embedding, [0.5, -1.25, 3.0])
        small = self.client.embeddings.create(model="vectors", input=[1, 2, 3], dimensions=2)
        self.assertEqual(small.data[0].embedding, [0.5, -1.25])
        self.assertEqual(small.usage.prompt_tokens, 4)

    def test_googles_client_embeds_at_hosts_of_openais_embeddings(self):
        gemini = genai.Client(api_key=KEY, http_options=types.HttpOptions(
            base_url=self.gateway.base_url.removesuffix("/v1")))
        found = gemini.models.embed_content(model="vectors", contents=["a", "b"])
        self.assertEqual([each.values for each in found.embeddings], [[0.5, -1.25, 3.0]] * 2)
        config = types.EmbedContentConfig(output_dimensionality=2, task_type="RETRIEVAL_QUERY")
        small = gemini.models.embed_content(model="vectors", contents="a", config=config)
        self.assertEqual(small.embeddings[0].values, [0.5, -1.25])
        status, _, text = self.gateway.ask({"content": {"parts": [{"text": "a"}]}},
                                           path="/v1beta/models/vectors:embedContent")
        self.assertEqual((status, json.loads(text)["embedding"]["values"]), (200, [0.5, -1.25, 3.0]))
        status, _, text = self.gateway.ask({"requests": [{"content": {"parts": [{"inlineData": {}}]}}]},
                                           path="/v1beta/models/vectors:batchEmbedContents")
        self.assertEqual((status, json.loads(text)["error"]["status"]), (400, "INVALID_ARGUMENT"))
        self.assertIn("requests[0].content", json.loads(text)["error"]["message"])
        self.assertIn("embedContent", gemini.models.get(model="vectors").supported_actions)


if __name__ == "__main__":
    unittest.main()
