"""Simulated hosts in OpenAI's, Google's, Amazon's and Microsoft's ways of asking: as the makers' own SDKs see them, and behind the
gateway for clients of OpenAI's chat."""
import json
import os
import unittest

import botocore.config
import botocore.exceptions
import botocore.session
import openai
from google import genai
from google.genai import errors, types

from gateway import KEY, Gateway, endpoint
from outages import simulated_hosts

SCHEMA = {"type": "object", "required": ["city", "days"], "additionalProperties": False,
          "properties": {"city": {"type": "string", "enum": ["Rome", "Bern"]}, "days": {"type": "integer", "minimum": 1, "maximum": 5}}}
FEATURES = ["tools", "json_object", "json_schema", "images", "reasoning"]
WEATHER = "How is the weather?"


def fleet(**host):
    return {"seed": 7, "time_scale": 0, "models": {"m": {"answers": {"median": "60 tok", "log_sd": 0.3}}},
            "hosts": {"h0": {"model": "m", "prices": {"input": "1 $/Mtok", "output": "3 $/Mtok"}, "reasoning_share": 0.25,
                             "features": FEATURES} | host}}


class Makers(unittest.TestCase):
    """Without a gateway: what the hosts say must be what the makers' SDKs understand."""

    def url(self, **host):
        ports, _ = self.enterContext(simulated_hosts(fleet(**host)))
        return f"http://127.0.0.1:{ports['h0']}"

    def google(self, **host):
        client = genai.Client(api_key="any", http_options={"base_url": self.url(path="/v1beta", **host),
                                                           "api_version": "v1beta"})
        self.addCleanup(client.close)
        return client.models

    def amazon(self, **host):
        session = botocore.session.get_session()
        client = session.create_client(
            "bedrock-runtime", region_name="us-east-1", endpoint_url=self.url(**host), aws_access_key_id="AKIDEXAMPLE0123456789",
            aws_secret_access_key="secret", config=botocore.config.Config(retries={"max_attempts": 0}))
        self.addCleanup(client.close)
        return client

    def test_googles_sdk_reads_answers_whole_and_streamed(self):
        models = self.google()
        whole = models.generate_content(model="m", contents="Hi")
        self.assertTrue(whole.text)
        self.assertEqual(whole.candidates[0].finish_reason, types.FinishReason.STOP)
        used = whole.usage_metadata
        self.assertEqual(used.total_token_count,
                         used.prompt_token_count + used.candidates_token_count + used.thoughts_token_count)
        pieces = list(models.generate_content_stream(model="m", contents="Hi"))
        self.assertGreater(len(pieces), 5)
        self.assertTrue("".join(piece.text or "" for piece in pieces))
        self.assertEqual(pieces[-1].candidates[0].finish_reason, types.FinishReason.STOP)
        self.assertTrue(pieces[-1].usage_metadata.total_token_count)

    def test_googles_sdk_reads_calls_schemas_thoughts_and_limits(self):
        models = self.google()
        tool = types.Tool(function_declarations=[types.FunctionDeclaration(
            name="get_weather", parameters_json_schema=SCHEMA)])
        call = models.generate_content(model="m", contents=WEATHER, config=types.GenerateContentConfig(tools=[tool]))
        self.assertEqual(set(call.function_calls[0].args), {"city", "days"})
        form = types.GenerateContentConfig(response_mime_type="application/json", response_json_schema=SCHEMA)
        self.assertIn(json.loads(models.generate_content(model="m", contents="Hi", config=form).text)["city"], ("Rome", "Bern"))
        thinks = types.GenerateContentConfig(thinking_config=types.ThinkingConfig(include_thoughts=True))
        parts = models.generate_content(model="m", contents="Hi", config=thinks).candidates[0].content.parts
        self.assertEqual([bool(part.thought) for part in parts], [True, False])
        short = models.generate_content(model="m", contents="Hi", config=types.GenerateContentConfig(max_output_tokens=3))
        self.assertEqual(short.candidates[0].finish_reason, types.FinishReason.MAX_TOKENS)

    def test_googles_sdk_reads_errors(self):
        with self.assertRaises(errors.ClientError) as unknown:
            self.google().generate_content(model="other", contents="Hi")
        self.assertEqual((unknown.exception.code, unknown.exception.status), (404, "NOT_FOUND"))
        limited = self.google(rate_limits={"requests_per_minute": 1})
        limited.generate_content(model="m", contents="Hi")
        with self.assertRaises(errors.ClientError) as much:
            limited.generate_content(model="m", contents="Hi")
        self.assertEqual((much.exception.code, much.exception.status), (429, "RESOURCE_EXHAUSTED"))
        self.assertRegex(json.dumps(much.exception.details), r'"retryDelay": "\d+\.\d{3}s"')

    def test_amazons_sdk_reads_converse_whole_and_in_frames(self):
        client = self.amazon()
        ask = {"modelId": "m", "messages": [{"role": "user", "content": [{"text": "Hi"}]}]}
        whole = client.converse(**ask)
        self.assertEqual(whole["stopReason"], "end_turn")
        self.assertEqual(["reasoningContent" in block for block in whole["output"]["message"]["content"]], [True, False])
        events = list(client.converse_stream(**ask)["stream"])
        kinds = [next(iter(event)) for event in events]
        self.assertEqual((kinds[0], kinds[-2:]), ("messageStart", ["messageStop", "metadata"]))
        deltas = [event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event]
        self.assertTrue("".join(delta.get("text", "") for delta in deltas))
        self.assertEqual(events[-1]["metadata"]["usage"]["totalTokens"], sum(
            events[-1]["metadata"]["usage"][name] for name in ("inputTokens", "outputTokens", "cacheReadInputTokens")))

    def test_amazons_sdk_reads_calls_and_errors(self):
        client = self.amazon()
        ask = {"modelId": "m", "messages": [{"role": "user", "content": [{"text": WEATHER}]}],
               "toolConfig": {"tools": [{"toolSpec": {"name": "get_weather", "inputSchema": {"json": SCHEMA}}}]}}
        whole = client.converse(**ask)
        self.assertEqual(whole["stopReason"], "tool_use")
        self.assertEqual(set(whole["output"]["message"]["content"][-1]["toolUse"]["input"]), {"city", "days"})
        pieces = [event["contentBlockDelta"]["delta"]["toolUse"]["input"] for event in client.converse_stream(**ask)["stream"]
                  if "toolUse" in event.get("contentBlockDelta", {}).get("delta", {})]
        self.assertEqual(set(json.loads("".join(pieces))), {"city", "days"})
        with self.assertRaises(botocore.exceptions.ClientError) as unknown:
            client.converse(**ask | {"modelId": "other"})
        self.assertEqual(unknown.exception.response["Error"]["Code"], "ValidationException")
        limited = self.amazon(rate_limits={"requests_per_minute": 1})
        limited.converse(**ask)
        with self.assertRaises(botocore.exceptions.ClientError) as much:
            limited.converse(**ask)
        self.assertEqual(much.exception.response["Error"]["Code"], "ThrottlingException")

    def test_claude_at_amazon_comes_in_frames(self):
        body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "messages": [{"role": "user", "content": "Hi"}]}
        client = self.amazon()
        whole = json.loads(client.invoke_model(modelId="m", body=json.dumps(body))["body"].read())
        self.assertEqual(whole["type"], "message")
        stream = client.invoke_model_with_response_stream(modelId="m", body=json.dumps(body))["body"]
        kinds = [json.loads(event["chunk"]["bytes"])["type"] for event in stream]
        self.assertEqual((kinds[0], kinds[-1]), ("message_start", "message_stop"))

    def test_microsofts_paths(self):
        url = self.url(path="/openai")
        client = openai.AzureOpenAI(api_key="any", azure_endpoint=url, api_version="2024-10-21", max_retries=0)
        self.addCleanup(client.close)
        self.assertTrue(client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hi"}]).choices)
        with self.assertRaises(openai.NotFoundError):
            client.chat.completions.create(model="other", messages=[{"role": "user", "content": "Hi"}])
        plain = openai.OpenAI(api_key="any", base_url=url, max_retries=0)  # without a version there are no deployments
        self.addCleanup(plain.close)
        with self.assertRaises(openai.NotFoundError):
            plain.post("/deployments/m/chat/completions", body={"messages": []}, cast_to=object)

    def openai(self, **host):
        client = openai.OpenAI(api_key="any", base_url=self.url(**host) + "/v1", max_retries=0)
        self.addCleanup(client.close)
        return client

    def test_openais_sdk_reads_responses_whole_and_streamed(self):
        client = self.openai()
        tool = {"type": "function", "name": "get_weather", "parameters": SCHEMA, "strict": True}
        for summary in (None, "auto"):
            asked = {"model": "m", "input": "Hi", "reasoning": {"summary": summary}}
            whole = client.responses.create(**asked)
            self.assertEqual((whole.status, [item.type for item in whole.output]), ("completed", ["reasoning", "message"]))
            self.assertTrue(whole.output_text)
            self.assertEqual(bool(whole.output[0].summary), summary is not None)
            self.assertGreater(whole.usage.output_tokens_details.reasoning_tokens, 0)
            with client.responses.stream(**asked) as stream:
                events = list(stream)
                self.assertEqual(stream.get_final_response().output_text,
                                 "".join(event.delta for event in events if event.type == "response.output_text.delta"))
            self.assertEqual([event.sequence_number for event in events if hasattr(event, "sequence_number")],
                             sorted({event.sequence_number for event in events if hasattr(event, "sequence_number")}))
        short = client.responses.create(model="m", input="Hi", max_output_tokens=3)
        self.assertEqual((short.status, short.incomplete_details.reason), ("incomplete", "max_output_tokens"))
        calls = client.responses.create(model="m", input=WEATHER, tools=[tool])
        self.assertEqual(set(json.loads(calls.output[-1].arguments)), {"city", "days"})
        told = client.responses.create(model="m", tools=[tool], input=[
            {"role": "user", "content": WEATHER}, calls.output[-1].model_dump(exclude_none=True),
            {"type": "function_call_output", "call_id": calls.output[-1].call_id, "output": "sunny"}])
        self.assertTrue(told.output_text)
        form = {"format": {"type": "json_schema", "name": "x", "schema": SCHEMA}}
        self.assertEqual(set(json.loads(client.responses.create(model="m", input="Hi", text=form).output_text)), {"city", "days"})
        with self.assertRaises(openai.NotFoundError):
            client.responses.create(model="other", input="Hi")

    def test_openais_sdk_reads_completions_and_embeddings(self):
        client = self.openai()
        whole = client.completions.create(model="m", prompt="Once upon a time", max_tokens=40)
        pieces = list(client.completions.create(model="m", prompt="Once upon a time", max_tokens=40, stream=True,
                                                stream_options={"include_usage": True}))
        self.assertTrue(whole.choices[0].text)
        self.assertTrue("".join(piece.choices[0].text for piece in pieces if piece.choices))
        self.assertGreater(pieces[-1].usage.completion_tokens, 0)
        texts = ["one", "two", "one"]
        in_base64 = client.embeddings.create(model="m", input=texts, dimensions=8)  # as the SDK asks where nothing is said
        numbers = client.embeddings.create(model="m", input=texts, dimensions=8, encoding_format="float")
        self.assertEqual([len(each.embedding) for each in in_base64.data], [8, 8, 8])
        self.assertEqual(numbers.data[0].embedding, numbers.data[2].embedding)
        self.assertNotEqual(numbers.data[0].embedding, numbers.data[1].embedding)
        for one, other in zip(in_base64.data[0].embedding, numbers.data[0].embedding):
            self.assertAlmostEqual(one, other, places=5)
        self.assertGreater(numbers.usage.prompt_tokens, 0)

    def test_a_key_is_asked_for_in_each_makers_way(self):
        os.environ["KEY_OF_THE_HOST"], os.environ["ID_OF_THE_HOST"] = "the-key-of-the-host", "AKIDEXAMPLE0123456789"
        models = self.google(key="${KEY_OF_THE_HOST}")
        with self.assertRaises(errors.ClientError) as refused:
            models.generate_content(model="m", contents="Hi")
        self.assertEqual(refused.exception.code, 401)
        client = self.amazon(key="${ID_OF_THE_HOST}")  # of a signature, whose it is
        self.assertTrue(client.converse(modelId="m", messages=[{"role": "user", "content": [{"text": "Hi"}]}]))


class Behind(unittest.TestCase):
    """The same hosts behind the gateway, which is asked in OpenAI's chat."""
    kinds = {"gemini": {"dialect": "google"}, "converse": {"dialect": "bedrock"}, "azure": {"dialect": "azure", "api_version": "2024-10-21"},
             "azure-v1": {"dialect": "azure"}, "vertex": {"dialect": "google", "speaks": ["vertex_messages"]},
             "invoke": {"dialect": "bedrock", "speaks": ["bedrock_messages"]}, "responses": {"dialect": "openai", "speaks": ["responses"]}}

    @classmethod
    def setUpClass(cls):
        ports, _ = cls.enterClassContext(simulated_hosts(fleet()))
        os.environ["KEY_OF_THE_TESTS"] = "key-of-the-tests"
        root = f"http://127.0.0.1:{ports['h0']}"
        gateway = Gateway({}, {kind: [endpoint(kind, "m", features=FEATURES, max_output="64 ktok", thinking="budget")]
                               for kind in cls.kinds})
        gateway.settings["providers"] = {
            kind: {"base_url": root if each["dialect"] == "bedrock" else root + "/v1", "credential": "${KEY_OF_THE_TESTS}"} | each
            for kind, each in cls.kinds.items()}
        cls.gateway = cls.enterClassContext(gateway)

    def setUp(self):
        self.client = openai.OpenAI(api_key=KEY, base_url=self.gateway.base_url, timeout=20, max_retries=0)
        self.addCleanup(self.client.close)

    def each(self):
        for kind in self.kinds:
            with self.subTest(kind):
                yield kind

    def test_answers_whole_and_streamed_with_their_usage(self):
        ask = [{"role": "user", "content": "Hi"}]
        for kind in self.each():
            whole = self.client.chat.completions.create(model=kind, messages=ask, max_tokens=4000)
            self.assertTrue(whole.choices[0].message.content)
            self.assertEqual(whole.choices[0].finish_reason, "stop")
            self.assertGreater(whole.usage.completion_tokens, 5)
            pieces = list(self.client.chat.completions.create(model=kind, messages=ask, max_tokens=4000, stream=True,
                                                              stream_options={"include_usage": True}))
            self.assertTrue("".join(p.choices[0].delta.content or "" for p in pieces if p.choices))
            self.assertEqual([p.choices[0].finish_reason for p in pieces if p.choices and p.choices[0].finish_reason], ["stop"])
            self.assertGreater(pieces[-1].usage.completion_tokens, 5)

    def test_tools_are_called_and_their_results_answered(self):
        tool = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}
        ask = [{"role": "user", "content": WEATHER}]
        for kind in self.each():
            for streamed in (False, True):
                asked = {"model": kind, "messages": ask, "tools": [tool], "max_tokens": 4000}
                if streamed:
                    with self.client.chat.completions.stream(**asked) as stream:
                        answer = stream.get_final_completion()
                else:
                    answer = self.client.chat.completions.create(**asked)
                self.assertEqual(answer.choices[0].finish_reason, "tool_calls")
                call = answer.choices[0].message.tool_calls[0]
                self.assertEqual(set(json.loads(call.function.arguments)), {"city", "days"})
            back = ask + [{"role": "assistant", "tool_calls": [call.model_dump(include={"id", "type", "function"})]},
                          {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
            told = self.client.chat.completions.create(model=kind, messages=back, tools=[tool], max_tokens=4000)
            self.assertTrue(told.choices[0].message.content)

    def test_a_bound_ends_an_answer_and_images_are_taken(self):
        image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
        ask = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, image]}]
        for kind in self.each():
            short = self.client.chat.completions.create(model=kind, messages=ask, max_tokens=3)
            self.assertEqual(short.choices[0].finish_reason, "length")
            self.assertGreater(short.usage.prompt_tokens, 700)


if __name__ == "__main__":
    unittest.main()
