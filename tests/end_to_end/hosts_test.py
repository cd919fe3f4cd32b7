"""Real clients through the gateway, to hosts that speak Google's, Amazon's and Microsoft's APIs, each checked by its
maker's own SDK where there is one; and how they are told who asks."""
import asyncio
import datetime
import http.server
import json
import os
import pathlib
import tempfile
import threading
import time
import unittest
import urllib.parse

import aiohttp
import anthropic
import google.auth.jwt
import openai
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google import genai
from google.genai import types

import bedrock_host
import gemini_host
from gateway import KEY, Gateway, endpoint, question
from path_host import PathHost

SAY_HELLO = [{"role": "user", "content": "Say hello."}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"type": "function", "function": {"name": "weather", "description": "Of a city", "parameters": PARAMETERS}}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
PICTURE = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, {
    "type": "image_url", "image_url": {"url": "data:image/png;base64," + PNG}}]}]
EVERYTHING = ["tools", "json_object", "json_schema", "images", "reasoning"]
PRICE = {"input": "1 $/Mtok", "output": "5 $/Mtok", "cache_read": "0.1 $/Mtok", "cache_write": "0.25 $/Mtok",
         "cache_write_1h": "2 $/Mtok"}

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = RSA_KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                            serialization.NoEncryption()).decode()
PUBLIC = RSA_KEY.public_key().public_bytes(serialization.Encoding.PEM,
                                           serialization.PublicFormat.SubjectPublicKeyInfo).decode()


async def chats(exchange):
    if exchange.body.get("stream"):
        await exchange.begin_stream()
        await exchange.event({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "h", "choices": [
            {"index": 0, "delta": {"role": "assistant", "content": exchange.path}, "finish_reason": "stop"}]})
        await exchange.event("[DONE]")
        return await exchange.end_stream()
    await exchange.reply(200, {"id": "c", "object": "chat.completion", "created": 1, "model": "h", "choices": [
        {"index": 0, "message": {"role": "assistant", "content": exchange.path}, "finish_reason": "stop"}]})


def spent(bad):
    """A host at which one key has no money left."""
    async def answers(exchange):
        if exchange.headers["authorization"] == "Bearer " + bad:
            return await exchange.reply(402, {"error": {"message": "Insufficient balance"}})
        await chats(exchange)
    return answers


async def raw_predicts(exchange):
    asked = exchange.body
    assert asked["anthropic_version"] == "vertex-2023-10-16" and "model" not in asked, asked
    assert exchange.path.endswith("/publishers/anthropic/models/raw:rawPredict"), exchange.path
    await exchange.reply(200, {"id": "msg_1", "type": "message", "role": "assistant", "model": "c",
                               "content": [{"type": "text", "text": "Grüezi"}], "stop_reason": "end_turn",
                               "stop_sequence": None, "usage": {"input_tokens": 9, "output_tokens": 2}})


class Tokens:
    """Who gives access tokens, each another one."""
    def __init__(self):
        self.life, self.given, self.fails, self.delay = 3600, 0, False, 0.2

    async def __call__(self, exchange):
        form = {name: values[0] for name, values in urllib.parse.parse_qs(exchange.raw_body.decode()).items()}
        assert exchange.headers["content-type"] == "application/x-www-form-urlencoded", exchange.headers
        if form["grant_type"] == "client_credentials":
            assert form["client_secret"] == "secret/of-the+tests", form
            assert exchange.path == "/directory/oauth2/v2.0/token", exchange.path
        else:
            claims = google.auth.jwt.decode(form["assertion"], certs=PUBLIC)
            assert claims["iss"] == "tests@isocost.example" and claims["exp"] - claims["iat"] == 3600, claims
            assert claims["aud"].endswith("/token"), claims
        if self.fails:
            return await exchange.reply(400, {"error": "invalid_grant", "error_description": "Account disabled"})
        await asyncio.sleep(self.delay)
        self.given += 1
        await exchange.reply(200, {"access_token": f"token-{self.given}", "expires_in": self.life,
                                   "token_type": "Bearer"})


TOKENS = Tokens()
AZURES = {"chats": chats, "one-spent": spent("sk-key-without-money"), "raw": raw_predicts, "token": TOKENS}


def account(port, **more):
    return {"type": "service_account", "client_email": "tests@isocost.example", "private_key_id": "k1",
            "private_key": PEM, "token_uri": f"http://127.0.0.1:{port}/token"} | more


def log_of(gateway, part='"said"'):
    """What the gateway's log says, once the part is there: it is written beside the requests."""
    for _ in range(100):
        if part in (text := gateway.log_path.read_text()):
            break
        time.sleep(0.05)
    return text


class Hosts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.google = cls.enterClassContext(PathHost(gemini_host.BEHAVIOURS | {"token": TOKENS}))
        cls.amazon = cls.enterClassContext(PathHost(bedrock_host.BEHAVIOURS))
        cls.other = cls.enterClassContext(PathHost(AZURES))
        google, amazon, other = cls.google.ports[0], cls.amazon.ports[0], cls.other.ports[0]
        os.environ |= {"KEY_OF_GOOGLE": "AIza-key-of-the-tests", "AWS_ACCESS_KEY_ID": bedrock_host.KEY_ID,
                       "AWS_SECRET_ACCESS_KEY": bedrock_host.SECRET, "KEY_OF_BEDROCK": "bedrock-api-key-of-the-tests",
                       "KEY_OF_AZURE": "azure-key-of-the-tests", "KEY_1": "sk-key-without-money",
                       "KEY_2": "sk-key-with-money", "ACCOUNT": json.dumps(account(google))}
        vertex = f"http://127.0.0.1:{google}/v1/projects/p/locations/global/publishers/google"
        signed = {"base_url": f"http://127.0.0.1:{amazon}", "dialect": "bedrock", "aws": {"region": "us-east-1"}}
        providers = {
            "gemini": {"base_url": f"http://127.0.0.1:{google}/v1beta", "dialect": "google",
                       "credential": "${KEY_OF_GOOGLE}"},
            "vertex": {"base_url": vertex, "dialect": "google", "google": {"service_account": "${ACCOUNT}"}},
            "vertex-claude": {"base_url": f"http://127.0.0.1:{other}/v1/projects/p/locations/eu/publishers/anthropic",
                              "dialect": "google", "speaks": ["vertex_messages"], "credential": "${KEY_OF_GOOGLE}"},
            "bedrock": signed,
            "bedrock-busy": signed, "bedrock-broken": signed, "bedrock-late": signed,
            "bedrock-claude": signed | {"speaks": ["bedrock_messages"]},
            "bedrock-bearer": {"base_url": f"http://127.0.0.1:{amazon}", "dialect": "bedrock",
                               "credential": "${KEY_OF_BEDROCK}"},
            "azure": {"base_url": f"http://127.0.0.1:{other}/openai", "dialect": "azure", "api_version": "2024-10-21",
                      "credential": "${KEY_OF_AZURE}", "headers": {"x-of-the-tests": "yes"}, "query": {"a b": "c/d"}},
            "azure-v1": {"base_url": f"http://127.0.0.1:{other}/openai/v1", "dialect": "azure",
                         "credential": "${KEY_OF_AZURE}"},
            "two-keys": {"base_url": f"http://127.0.0.1:{other}/v1", "credential": ["${KEY_1}", "${KEY_2}"]},
            "open": {"base_url": f"http://127.0.0.1:{other}/v1"},
        }

        def at(provider, host_model, **more):
            return endpoint(provider, host_model, features=EVERYTHING, price=PRICE, thinking="budget",
                            max_output="8 ktok", **more)

        dear = endpoint("open", "chats", price={"input": "90 $/Mtok", "output": "90 $/Mtok"})
        models = {f"gemini-{name}": [at("gemini", name)] for name in gemini_host.BEHAVIOURS}
        models |= {f"bedrock-{name}": [at("bedrock", name)] for name in bedrock_host.BEHAVIOURS}
        models |= {
            "gemini-3": [endpoint("gemini", "calls", features=EVERYTHING, price=PRICE)],
            "gemini-limited": [at("gemini", "limited"), dear], "gemini-malformed": [at("gemini", "malformed"), dear],
            "bedrock-limited": [at("bedrock-busy", "limited"), dear],
            "bedrock-corrupt": [at("bedrock-broken", "corrupt"), dear],
            "bedrock-expired": [at("bedrock-late", "expired")], "claude": [at("bedrock-claude", "invokes")],
            "claude-vertex": [at("vertex-claude", "raw")],
            "bearer": [at("bedrock-bearer", "says")], "vertex": [at("vertex", "says")],
            "azure": [endpoint("azure", "chats")], "azure-v1": [endpoint("azure-v1", "chats")],
            "two-keys": [endpoint("two-keys", "one-spent")],
        }
        gateway = Gateway({}, models, workers=2)
        gateway.settings["providers"] = providers
        cls.gateway = cls.enterClassContext(gateway)

    def setUp(self):
        self.client = openai.OpenAI(api_key=KEY, base_url=self.gateway.base_url, timeout=20, max_retries=0)
        self.addCleanup(self.client.close)

    def chat(self, model, messages=None, **more):
        return self.client.chat.completions.create(model=model, messages=messages or SAY_HELLO, **more)

    def stream(self, model, **more):
        chunks = list(self.chat(model, stream=True, stream_options={"include_usage": True}, **more))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        finishes = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
        return text, finishes[-1], chunks[-1].usage

    def test_a_hosts_answer_is_a_chat_completion_with_all_its_usage_and_its_cost(self):
        # Google counts what was cached in the prompt, and what was thought beside the answer; Amazon counts the
        # cache beside the prompt, and tells what is written for an hour.
        expected = {"gemini-says": ((30, 10, 10), (30 - 10) * 1 + 10 * 0.1 + 10 * 5),
                    "bedrock-says": ((25, 7, 5), 18 * 1 + 7 * 0.1 + 3 * 0.25 + 2 * 2 + 5 * 5)}
        for model, (counts, cost) in expected.items():
            with self.subTest(model=model):
                raw = self.client.chat.completions.with_raw_response.create(model=model, messages=SAY_HELLO)
                answer = raw.parse()
                self.assertEqual(answer.choices[0].message.content, "Grüezi, world")
                self.assertEqual(answer.choices[0].finish_reason, "stop")
                usage = answer.usage
                self.assertEqual((usage.prompt_tokens, usage.prompt_tokens_details.cached_tokens,
                                  usage.completion_tokens), counts)
                self.assertEqual(raw.headers["x-isocost-cost"], f"{cost / 1e6:.9f}")
                text, finish, usage = self.stream(model)
                self.assertEqual((text, finish, usage.prompt_tokens), ("Grüezi, world", "stop", counts[0]))
                self.assertEqual(self.stream(model.replace("says", "cut"))[0], "Grüezi, world")
        asked = self.google.asked("says")[-1]
        self.assertEqual(asked.headers["x-goog-api-key"], "AIza-key-of-the-tests")
        self.assertNotIn("authorization", asked.headers)

    def test_a_tool_is_called_and_told_of_in_both_ways(self):
        for model in ("gemini-calls", "gemini-3", "bedrock-calls"):
            for streamed in (False, True):
                with self.subTest(model=model, streamed=streamed):
                    if streamed:
                        with self.client.chat.completions.stream(model=model, messages=SAY_HELLO, tools=[WEATHER]) as s:
                            answer = s.get_final_completion()
                    else:
                        answer = self.chat(model, tools=[WEATHER])
                    choice = answer.choices[0]
                    self.assertEqual(choice.finish_reason, "tool_calls")
                    call = choice.message.tool_calls[0]
                    self.assertEqual(json.loads(call.function.arguments), {"city": "Zürich"})
                    back = SAY_HELLO + [choice.message.model_dump(exclude_none=True),
                                        {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
                    told = self.chat(model, messages=back, tools=[WEATHER]).choices[0].message.content
                    self.assertTrue(told.startswith("It is sunny"), told)
                    # The whole message tells the signature, and it goes back with the call.
                    if model.startswith("gemini") and not streamed:
                        self.assertEqual(told, f"It is sunny ({gemini_host.SIGNATURE})")
        # A client that keeps no thinking, and a model that wants a signature.
        call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
        back = SAY_HELLO + [{"role": "assistant", "content": None, "tool_calls": [call]},
                            {"role": "tool", "tool_call_id": "call_1", "content": "sunny"}]
        told = self.chat("gemini-3", messages=back, tools=[WEATHER]).choices[0].message.content
        self.assertEqual(told, "It is sunny (skip_thought_signature_validator)")

    def test_thinking_is_asked_for_and_shown(self):
        for model in ("gemini-thinks", "bedrock-thinks"):
            with self.subTest(model=model):
                message = self.chat(model, reasoning_effort="low", max_tokens=8000).choices[0].message
                self.assertEqual((message.content, message.reasoning), ("42", "Let me see. Yes."))
                self.assertEqual(self.stream(model, reasoning_effort="low", max_tokens=8000)[0], "42")

    def test_pictures_are_sent_and_addresses_of_pictures_are_refused_before_anybody_is_asked(self):
        self.assertEqual(self.chat("gemini-sees", PICTURE).choices[0].message.content, "image/png")
        self.assertEqual(self.chat("bedrock-sees", PICTURE).choices[0].message.content, "png")
        by_address = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a.b/c.png"}}]}]
        for model in ("gemini-sees", "bedrock-sees"):
            with self.assertRaises(openai.BadRequestError) as raised:
                self.chat(model, by_address)
            self.assertIn("image_url", str(raised.exception))

    def test_other_surfaces_reach_them(self):
        root = self.gateway.base_url.removesuffix("/v1")
        claude = anthropic.Anthropic(api_key=KEY, base_url=root, max_retries=0)
        gemini = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=root))
        for model in ("gemini-says", "bedrock-says"):
            with self.subTest(model=model):
                message = claude.messages.create(model=model, max_tokens=100, messages=SAY_HELLO)
                self.assertEqual(message.content[0].text, "Grüezi, world")
                with claude.messages.stream(model=model, max_tokens=100, messages=SAY_HELLO) as stream:
                    self.assertEqual(stream.get_final_text(), "Grüezi, world")
                response = self.client.responses.create(model=model, input="Say hello.")
                self.assertEqual(response.output_text, "Grüezi, world")
                self.assertEqual(gemini.models.generate_content(model=model, contents="Hi").text, "Grüezi, world")
                pieces = gemini.models.generate_content_stream(model=model, contents="Hi")
                self.assertEqual("".join(each.text or "" for each in pieces), "Grüezi, world")
        # Google's own client at Google's own host: the signature comes back on its call.
        tool = types.Tool(function_declarations=[types.FunctionDeclaration(name="weather", parameters_json_schema=
                                                                           PARAMETERS)])
        config = types.GenerateContentConfig(tools=[tool], automatic_function_calling={"disable": True})
        said = [types.Content(role="user", parts=[types.Part(text="Hi")])]
        answer = gemini.models.generate_content(model="gemini-3", contents=said, config=config)
        self.assertEqual(answer.function_calls[0].args, {"city": "Zürich"})
        result = types.Part.from_function_response(name="weather", response={"output": "sunny"})
        said += [answer.candidates[0].content, types.Content(role="user", parts=[result])]
        told = gemini.models.generate_content(model="gemini-3", contents=said, config=config).text
        self.assertEqual(told, f"It is sunny ({gemini_host.SIGNATURE})")

    def test_what_a_host_refuses_another_takes_and_what_a_prompt_is_blocked_for_is_told(self):
        for model in ("gemini-limited", "gemini-malformed", "bedrock-limited", "bedrock-corrupt"):
            for streamed in (False, True):
                if "corrupt" in model and not streamed:
                    continue
                with self.subTest(model=model, streamed=streamed):
                    if not streamed:
                        self.assertIn("/chat/", self.chat(model).choices[0].message.content)
                        continue
                    status, _, text = self.gateway.ask(question(model, stream=True))
                    self.assertEqual((status, b"/chat/" in text), (200, True), text)
        for streamed in (False, True):
            status, _, text = self.gateway.ask(question("gemini-blocks", stream=streamed))
            self.assertEqual(status, 400, text)
            self.assertIn("SAFETY", text.decode())
            self.assertEqual(json.loads(text)["error"]["code"], "content_filter")
        self.assertEqual(self.chat("gemini-says").choices[0].message.content, "Grüezi, world")

    def test_a_stream_that_breaks_ends_with_one_error(self):
        status, _, text = self.gateway.ask(question("bedrock-breaks", stream=True))
        self.assertEqual(status, 200)
        self.assertIn(b"Hel", text)
        self.assertEqual(text.count(b'"error":{'), 1, text)

    def test_requests_are_signed_as_amazons_own_sdk_signs_them(self):
        for streamed in (False, True):
            self.gateway.ask(question("bedrock-says", stream=streamed))
            asked = self.amazon.asked("says")[-1]
            self.assertEqual(asked.headers["authorization"], bedrock_host.signature_of(asked))
        self.assertEqual(self.chat("bearer").choices[0].message.content, "Grüezi, world")
        self.assertEqual(self.amazon.asked("says")[-1].headers["authorization"],
                         "Bearer bedrock-api-key-of-the-tests")

    def test_a_clock_that_is_wrong_is_told_as_such(self):
        status, _, text = self.gateway.ask(question("bedrock-expired"))
        self.assertGreaterEqual(status, 400)
        self.assertNotIn("clock", text.decode(), "it is no client's business")
        self.assertRegex(log_of(self.gateway, "clock"), r"this machine's clock is \d+ s ahead of the host's")

    def test_claude_is_reached_where_others_serve_it(self):
        self.assertEqual(self.chat("claude").choices[0].message.content, "Grüezi")
        self.assertEqual(self.stream("claude")[:2], ("Grüezi", "stop"))
        self.assertEqual(self.chat("claude-vertex").choices[0].message.content, "Grüezi")

    def test_calls_of_messages_are_passed_on_to_who_serves_claude(self):
        claude = anthropic.Anthropic(api_key=KEY, base_url=self.gateway.base_url.removesuffix("/v1"), max_retries=0)
        for model in ("claude", "claude-vertex"):
            with self.subTest(model=model):
                raw = claude.messages.with_raw_response.create(
                    model=model, max_tokens=100, messages=SAY_HELLO, extra_body={"top_k": 5},
                    extra_headers={"anthropic-beta": "interleaved-thinking-2025-05-14,claude-code-20250219"})
                self.assertEqual((raw.parse().content[0].text, raw.parse().model), ("Grüezi", model))
                self.assertNotIn("x-isocost-dropped", raw.headers)
        with claude.messages.stream(model="claude", max_tokens=100, messages=SAY_HELLO) as stream:
            self.assertEqual(stream.get_final_text(), "Grüezi")
            self.assertEqual(stream.get_final_message().stop_reason, "end_turn")
        sent = self.amazon.asked("invokes")
        self.assertEqual(sent[-2].body["anthropic_beta"], ["interleaved-thinking-2025-05-14"])
        self.assertEqual(sent[-2].body["top_k"], 5)
        self.assertEqual(set(sent[-1].body), {"anthropic_version", "max_tokens", "messages"})
        self.assertEqual(sent[-1].headers["authorization"], bedrock_host.signature_of(sent[-1]))
        # A beta that only Anthropic knows, and what stands in the body for it: as a conversation, without them.
        tool = {"name": "weather", "input_schema": PARAMETERS, "from_the_future": True}
        message = claude.messages.create(model="claude", max_tokens=100, messages=SAY_HELLO, tools=[tool],
                                         extra_headers={"anthropic-beta": "from-the-future-2027-01-01"})
        self.assertEqual(message.content[0].text, "Grüezi")
        self.assertNotIn("from_the_future", self.amazon.asked("invokes")[-1].body["tools"][0])
        vertex = self.other.asked("raw")[-1]
        self.assertEqual(vertex.headers["anthropic-beta"], "interleaved-thinking-2025-05-14")
        self.assertNotIn("anthropic-version", vertex.headers)

    def test_googles_client_at_googles_host_has_its_bytes_passed_on(self):
        root = self.gateway.base_url.removesuffix("/v1")
        gemini = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=root))
        config = types.GenerateContentConfig(
            temperature=0.5, max_output_tokens=100, thinking_config=types.ThinkingConfig(include_thoughts=True))
        answer = gemini.models.generate_content(model="gemini-thinks", contents="?", config=config)
        self.assertEqual([bool(part.thought) for part in answer.candidates[0].content.parts], [True, True, False])
        # The signature on the text, for which a conversation has no place.
        self.assertTrue(answer.candidates[0].content.parts[-1].thought_signature)
        self.assertEqual((answer.model_version, answer.usage_metadata.thoughts_token_count), ("gemini-thinks", 6))
        sent = self.google.asked("thinks")[-1].body
        # The SDK's own spelling, which Google takes like the other one.
        self.assertEqual(sent["generationConfig"], {"temperature": 0.5, "maxOutputTokens": 100,
                                                    "thinkingConfig": {"include_thoughts": True}})
        self.assertNotIn("model", sent)
        # Names as they are written in Python.
        status, _, text = self.gateway.ask(
            {"contents": [{"role": "user", "parts": [{"text": "?"}]}],
             "generationConfig": {"thinking_config": {"include_thoughts": True}}},
            path="/v1beta/models/gemini-says:generateContent")
        self.assertEqual((status, json.loads(text)["modelVersion"]), (200, "gemini-says"), text)
        blocked = gemini.models.generate_content(model="gemini-blocks", contents="?")
        self.assertEqual(blocked.prompt_feedback.block_reason, types.BlockedReason.SAFETY)
        chunks = list(gemini.models.generate_content_stream(model="gemini-cut", contents="?"))
        self.assertEqual("".join(chunk.text or "" for chunk in chunks), "Grüezi, world")

    def test_azure_has_the_deployment_in_the_path(self):
        answer = self.chat("azure").choices[0].message.content
        self.assertEqual(answer, "/openai/deployments/chats/chat/completions?api-version=2024-10-21&a%20b=c%2Fd")
        asked = self.other.asked("chats")[-1]
        self.assertEqual(asked.headers["api-key"], "azure-key-of-the-tests")
        self.assertEqual(asked.headers["x-of-the-tests"], "yes")
        self.assertNotIn("authorization", asked.headers)
        self.assertEqual(self.chat("azure-v1").choices[0].message.content, "/openai/v1/chat/completions")

    def test_a_key_without_money_does_not_take_its_provider_away(self):
        for _ in range(6):
            self.assertEqual(self.chat("two-keys").choices[0].message.content, "/v1/chat/completions")
        keys = [each.headers["authorization"] for each in self.other.asked("one-spent")]
        self.assertEqual(keys.count("Bearer sk-key-without-money"), 1, "it rests once it was refused")
        self.assertEqual(len(keys), 7)


class AccessTokens(unittest.TestCase):
    """A gateway of its own for each test: what it holds of tokens is the test's."""

    def begin(self, **more):
        TOKENS.life, TOKENS.given, TOKENS.fails = 3600, 0, False
        host = self.enterContext(PathHost(gemini_host.BEHAVIOURS | AZURES))
        port = host.ports[0]
        os.environ["ACCOUNT"] = json.dumps(account(port, **more))
        os.environ["ENTRA_SECRET"] = "secret/of-the+tests"
        gateway = Gateway({"open": port}, {
            "vertex": [endpoint("vertex", "says", price={"input": "0 $/Mtok", "output": "0 $/Mtok"}),
                       endpoint("open", "chats", price={"input": "900 $/Mtok", "output": "900 $/Mtok"})],
            "only-vertex": [endpoint("vertex", "says")],
            "entra": [endpoint("entra", "chats")]}, workers=2)
        gateway.settings["providers"] |= {
            "vertex": {"base_url": f"http://127.0.0.1:{port}/v1", "dialect": "google",
                       "google": {"service_account": "${ACCOUNT}"}, "limits": {"connect_timeout": "10 s"}},
            "entra": {"base_url": f"http://127.0.0.1:{port}/openai/v1", "dialect": "azure", "entra": {
                "tenant": "directory", "client_id": "application", "client_secret": "${ENTRA_SECRET}",
                "authority": f"http://127.0.0.1:{port}"}}}
        return host, self.enterContext(gateway)

    async def ask_many(self, gateway, count, model="only-vertex"):
        limit = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=limit, headers={"Authorization": "Bearer " + KEY}) as session:
            async def ask():
                async with session.post(gateway.base_url + "/chat/completions", json=question(model)) as reply:
                    await reply.read()
                    return reply.status
            return await asyncio.gather(*(ask() for _ in range(count)))

    def test_a_thousand_requests_wait_for_one_token_and_none_for_the_next(self):
        host, gateway = self.begin()
        TOKENS.life = 20
        statuses = asyncio.run(self.ask_many(gateway, 1000))
        self.assertEqual(statuses.count(200), 1000, gateway.log_path.read_text()[-2000:])
        self.assertEqual(TOKENS.given, 1)
        # From four fifths of its life on the next one is fetched, once, while the old one still serves.
        time.sleep(16.2)
        statuses = asyncio.run(self.ask_many(gateway, 300))
        self.assertEqual(statuses.count(200), 300)
        host.wait(lambda: TOKENS.given == 2)
        used = {each.headers["authorization"] for each in host.asked("says")}
        self.assertLessEqual(used, {"Bearer token-1", "Bearer token-2"})

    def test_who_gives_no_tokens_is_named_and_other_hosts_go_on(self):
        _, gateway = self.begin()
        TOKENS.fails = True
        status, _, text = gateway.ask(question("only-vertex"))
        self.assertGreaterEqual(status, 400)
        self.assertNotIn(b"PRIVATE KEY", text)
        self.assertIn("Account disabled", log_of(gateway))
        status, _, text = gateway.ask(question("vertex"))
        self.assertEqual(status, 200, text)

    def test_a_private_key_that_is_none_is_named_and_other_hosts_go_on(self):
        _, gateway = self.begin(private_key="-----BEGIN PRIVATE KEY-----\nbm9uZQ==\n-----END PRIVATE KEY-----\n")
        text = gateway.ask(question("only-vertex"))[2].decode()
        self.assertIn("the private key of the service account cannot be read", log_of(gateway))
        self.assertNotIn("bm9uZQ", log_of(gateway) + text)
        self.assertEqual(gateway.ask(question("vertex"))[0], 200)

    def test_an_application_of_entras_gets_a_token(self):
        host, gateway = self.begin()
        self.assertEqual(gateway.ask(question("entra"))[0], 200)
        self.assertEqual(host.asked("chats")[-1].headers["authorization"], "Bearer token-1")


class Cloud(http.server.ThreadingHTTPServer):
    """What only a cloud's machines reach, and who gives keys and tokens for those of workloads. Each answers who asks as
    its maker's documents say, and nobody else."""
    daemon_threads = True

    def __init__(self, token_file):
        self.token_file, self.asked, self.delay, self.life = token_file, [], 0.2, 3600
        super().__init__(("127.0.0.1", 0), CloudAnswers)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def keys(self, token="Token", **more):
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.life)
        return {"AccessKeyId": bedrock_host.KEY_ID, "SecretAccessKey": bedrock_host.SECRET,
                token: "session-token-of-the-tests", "Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ")} | more

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class CloudAnswers(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self):
        cloud, path = self.server, self.path.partition("?")[0]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = {name: values[0] for name, values in urllib.parse.parse_qs(body).items()}
        query = {name: values[0] for name, values in urllib.parse.parse_qs(self.path.partition("?")[2]).items()}
        workload = cloud.token_file.read_text().strip()
        status, text = 403, json.dumps({"error": "forbidden", "error_description": self.path})
        kind = None
        if (self.command, path) == ("PUT", "/latest/api/token") and "X-aws-ec2-metadata-token-ttl-seconds" in self.headers:
            kind, text = "session", "session-1\n"
        elif path.startswith("/latest/meta-data/iam/") and self.headers.get("X-aws-ec2-metadata-token") == "session-1":
            role = path.removeprefix("/latest/meta-data/iam/security-credentials/")
            kind, text = ("instance", json.dumps(cloud.keys(Code="Success"))) if role else ("role", "role-of-the-tests")
        elif path.startswith("/computeMetadata/v1/instance/") and self.headers.get("Metadata-Flavor") == "Google":
            kind, text = "google", json.dumps({"access_token": "of-google", "expires_in": 3599, "token_type": "Bearer"})
        elif path == "/metadata/identity/oauth2/token" and self.headers.get("Metadata") == "true":
            assert query["api-version"] == "2018-02-01" and query["client_id"] == "which", query
            assert query["resource"] == "https://cognitiveservices.azure.com", query
            kind, text = "azure", json.dumps({"access_token": "of-azure", "expires_in": "86399", "token_type": "Bearer"})
        elif path == "/directory/oauth2/v2.0/token" and form.get("client_assertion") == workload:
            assert form["client_assertion_type"].endswith("client-assertion-type:jwt-bearer"), form
            kind, text = "workload", json.dumps({"access_token": "of-a-workload", "expires_in": 3599})
        elif form.get("Action") == "AssumeRoleWithWebIdentity" and form["WebIdentityToken"] == workload:
            assert form["RoleArn"] == "arn:aws:iam::123456789012:role/tests" and form["RoleSessionName"], form
            keys = "".join(f"<{name}>{value}</{name}>" for name, value in cloud.keys("SessionToken").items())
            kind, text = "sts", ("<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
                                 f"{keys}</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>")
        if kind:
            status = 200
            time.sleep(cloud.delay)
        cloud.asked.append(kind or self.path)
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PUT = do_POST = answer


class Identities(unittest.TestCase):
    """Hosts that are told who asks by what a machine or a workload is given."""
    def begin(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.token_file = folder / "token"
        self.token_file.write_text("token.of.a-workload\n")
        self.cloud = self.enterContext(Cloud(self.token_file))
        self.amazon = self.enterContext(PathHost(bedrock_host.BEHAVIOURS))
        self.other = self.enterContext(PathHost(gemini_host.BEHAVIOURS | AZURES))
        server, other = f"http://127.0.0.1:{self.cloud.port}", self.other.ports[0]
        amazon = {"base_url": f"http://127.0.0.1:{self.amazon.ports[0]}", "dialect": "bedrock"}
        azure = {"base_url": f"http://127.0.0.1:{other}/openai/v1", "dialect": "azure"}
        google = {"base_url": f"http://127.0.0.1:{other}/v1/projects/p/locations/l/publishers/google", "dialect": "google"}
        file = str(self.token_file)
        providers = {
            "instance": amazon | {"aws": {"region": "us-east-1", "source": "instance_role", "issuer": server}},
            "pod": amazon | {"aws": {"region": "us-east-1", "source": "web_identity", "issuer": server,
                                     "role_arn": "arn:aws:iam::123456789012:role/tests", "token_file": file}},
            "machine": google | {"google": {"metadata_server": server}},
            "managed": azure | {"entra": {"managed_identity": server, "client_id": "which"}},
            "workload": azure | {"entra": {"tenant": "directory", "client_id": "app", "authority": server,
                                           "token_file": file}},
        }
        models = {name: [endpoint(name, "chats" if "base_url" in each and each["dialect"] == "azure" else "says")]
                  for name, each in providers.items()}
        gateway = Gateway({}, models, workers=2)
        gateway.settings["providers"] = providers
        return self.enterContext(gateway)

    def test_each_is_asked_as_its_maker_says_once_and_only_when_a_request_needs_it(self):
        gateway = self.begin()
        self.assertEqual(self.cloud.asked, [])

        async def ask_many(model):
            async with aiohttp.ClientSession() as session:
                async def one():
                    async with session.post(gateway.base_url + "/chat/completions", json=question(model),
                                            headers={"Authorization": "Bearer " + KEY}) as reply:
                        return reply.status, await reply.text()
                return await asyncio.gather(*(one() for _ in range(40)))

        for model, asked in {"instance": ["session", "role", "instance"], "pod": ["sts"], "machine": ["google"],
                             "managed": ["azure"], "workload": ["workload"]}.items():
            with self.subTest(model):
                self.cloud.asked.clear()
                answers = asyncio.run(ask_many(model))
                self.assertEqual({status for status, _ in answers}, {200}, answers[0])
                self.assertEqual(self.cloud.asked, asked)
        for asked in self.amazon.asked("says"):
            token = asked.headers["x-amz-security-token"]
            self.assertEqual(token, "session-token-of-the-tests")
            self.assertEqual(asked.headers["authorization"], bedrock_host.signature_of(asked, token=token))
        self.assertEqual({each.headers["authorization"] for each in self.other.asked("says")}, {"Bearer of-google"})
        self.assertEqual({each.headers["authorization"] for each in self.other.asked("chats")},
                         {"Bearer of-azure", "Bearer of-a-workload"})

    def test_keys_that_are_none_are_named_and_nothing_secret_is_told(self):
        gateway = self.begin()
        self.cloud.life = -10
        self.token_file.write_text("another.token\n")
        status, _, text = gateway.ask(question("instance"))
        self.assertGreaterEqual(status, 500)
        self.assertIn("the keys that came have expired", log_of(gateway, "expired"))
        self.token_file.unlink()
        self.assertGreaterEqual(gateway.ask(question("workload"))[0], 500)
        self.assertIn("holds no token", log_of(gateway, "holds no token"))
        self.assertNotIn(bedrock_host.SECRET, text.decode() + log_of(gateway))


class Proxied(unittest.TestCase):
    def test_connections_are_passed_on_by_a_proxy_that_is_told_who_asks(self):
        asked = []

        async def serve(ready, done, target):
            async def connected(reader, writer):
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                asked.append(head)
                host, port = head.split(" ")[1].split(":")
                if target["refuses"]:
                    writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                    return writer.close()
                there_reader, there_writer = await asyncio.open_connection(host, int(port))
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")

                async def pass_on(source, sink):
                    while data := await source.read(65536):
                        sink.write(data)
                    sink.close()
                await asyncio.gather(pass_on(reader, there_writer), pass_on(there_reader, writer))
            server = await asyncio.start_server(connected, "127.0.0.1", 0)
            target["port"] = server.sockets[0].getsockname()[1]
            ready.set()
            while not done.is_set():
                await asyncio.sleep(0.05)

        ready, done, target = threading.Event(), threading.Event(), {"refuses": False}
        thread = threading.Thread(target=lambda: asyncio.run(serve(ready, done, target)), daemon=True)
        thread.start()
        ready.wait(10)
        self.addCleanup(done.set)
        host = self.enterContext(PathHost(AZURES))
        os.environ["PROXY_OF_THE_TESTS"] = f"http://user:pass-word@127.0.0.1:{target['port']}"
        gateway = Gateway({"far": host.ports[0]}, {"m": [endpoint("far", "chats")]})
        gateway.settings["providers"]["far"] |= {"proxy": "${PROXY_OF_THE_TESTS}"}
        gateway.settings["providers"]["far"]["limits"]["max_idle_connections"] = 0
        gateway = self.enterContext(gateway)
        self.assertEqual(gateway.ask(question())[0], 200)
        self.assertTrue(asked[0].startswith(f"CONNECT 127.0.0.1:{host.ports[0]} HTTP/1.1\r\n"), asked)
        self.assertIn("Proxy-Authorization: Basic dXNlcjpwYXNzLXdvcmQ=\r\n", asked[0])
        target["refuses"] = True
        status, _, text = gateway.ask(question())
        self.assertGreaterEqual(status, 500)
        self.assertIn("refused to pass the connection on: status 407", log_of(gateway))
        self.assertNotIn("pass-word", text.decode() + log_of(gateway))


if __name__ == "__main__":
    unittest.main()
