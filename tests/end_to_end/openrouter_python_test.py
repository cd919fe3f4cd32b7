"""OpenRouter's SDK for Python, pydantic-ai's model for OpenRouter and LiteLLM's class for it, as they come, against the
gateway."""
import asyncio
import json
import os
import unittest

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # or it asks the Internet for one

import litellm
import openai
import openrouter
import pydantic
from openrouter import errors
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.models.openrouter import OpenRouterModel, OpenRouterModelSettings
from pydantic_ai.providers.openrouter import OpenRouterProvider

import openrouter_hosts
from gateway import KEY
from openrouter_hosts import COST

SAY_HELLO = [{"role": "user", "content": "Say hello."}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "place", "schema": PARAMETERS}}


class Place(pydantic.BaseModel):
    city: str


class OpenRouterPython(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host, cls.gateway = openrouter_hosts.started(cls)
        cls.base_url = f"http://127.0.0.1:{cls.gateway.port}/api/v1"

    def tearDown(self):
        self.assertTrue(self.gateway.alive(), "the gateway is gone")


class Sdk(OpenRouterPython):
    def setUp(self):
        self.client = self.enterContext(openrouter.OpenRouter(
            api_key=KEY, server_url=self.base_url, timeout_ms=20_000, retry_config=None))

    def send(self, model="ok", **more):
        return self.client.chat.send(**({"model": f"test/{model}", "messages": SAY_HELLO} | more))

    def test_a_whole_answer_says_what_it_cost(self):
        for name in ["ok", "nulls", "costly"]:
            answer = self.send(name)
            self.assertTrue(answer.choices[0].message.content.startswith("Hello"))
            self.assertEqual(answer.choices[0].finish_reason, "stop")
            self.assertTrue(answer.id.startswith("gen-"))
            self.assertAlmostEqual(answer.usage.cost_details.upstream_inference_completions_cost, 15e-6, 12)
            self.assertEqual(answer.model, f"test/{name}")

    def test_a_stream_ends_with_its_usage(self):
        for name in ["ok", "nulls", "claude-says", "without-usage", "slow"]:
            chunks = list(self.send(name, stream=True))
            text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
            self.assertRegex(text, "^(Hello|Grüezi)")
            self.assertEqual(len([chunk for chunk in chunks if chunk.usage]), 1)
            self.assertGreater(chunks[-1].usage.cost, 0)

    def test_what_was_thought_is_where_it_is_looked_for(self):
        for name in ["thinks", "parts", "claude-thinks"]:
            more = {"reasoning": {"effort": "high"}, "max_tokens": 4000}
            message = self.send(name, **more).choices[0].message
            self.assertTrue(message.reasoning.startswith("Let me see."))
            self.assertEqual(message.reasoning_details[0].text, message.reasoning)
            chunks = [chunk for chunk in self.send(name, stream=True, **more) if chunk.choices]
            thought = "".join(chunk.choices[0].delta.reasoning or "" for chunk in chunks)
            self.assertEqual(thought, message.reasoning)

    def test_tools_are_called_and_their_results_are_understood(self):
        for name in ["tools", "terse", "claude-calls"]:
            answer = self.send(name, tools=[WEATHER], max_tokens=1000)
            self.assertEqual(answer.choices[0].finish_reason, "tool_calls")
            call = answer.choices[0].message.tool_calls[0]
            self.assertEqual(call.function.name, "weather")
            streamed = list(self.send(name, tools=[WEATHER], max_tokens=1000, stream=True))
            pieces = [piece for chunk in streamed if chunk.choices for piece in chunk.choices[0].delta.tool_calls or []]
            self.assertEqual(pieces[0].index, 0)
            if name != "terse":
                message = answer.choices[0].message.model_dump(by_alias=True, exclude_unset=True)
                told = self.send(name, tools=[WEATHER], max_tokens=1000, messages=SAY_HELLO + [message] + [
                    {"role": "tool", "tool_call_id": each.id, "content": "sunny"}
                    for each in answer.choices[0].message.tool_calls])
                self.assertTrue(told.choices[0].message.content)

    def test_structured_output(self):
        answer = self.send("json", response_format=SCHEMA)
        self.assertEqual(json.loads(answer.choices[0].message.content), {"city": "Zürich"})

    def test_each_refusal_is_of_the_class_that_programs_catch(self):
        with self.assertRaises(errors.BadRequestResponseError) as caught:
            self.send("no-such-model")
        self.assertEqual(caught.exception.data.error.code, 400)
        with self.assertRaises(errors.TooManyRequestsResponseError):
            self.send("busy")
        with self.assertRaises(errors.BadGatewayResponseError):
            self.send("broken")
        with self.assertRaises(errors.NotFoundResponseError):
            self.send(provider={"max_price": {"prompt": "0.001"}})
        with openrouter.OpenRouter(api_key="sk-wrong", server_url=self.base_url, retry_config=None) as wrong:
            with self.assertRaises(errors.UnauthorizedResponseError):
                wrong.chat.send(model="test/ok", messages=SAY_HELLO)

    def test_a_stream_that_breaks_says_so_in_its_last_chunk(self):
        last = list(self.send("breaks", stream=True))[-1]
        self.assertEqual((last.error.code, last.choices[0].finish_reason), (502, "error"))

    def test_models_endpoints_and_providers(self):
        listed = self.client.models.list().result.data
        self.assertIn("test/ok", [each.id for each in listed])
        self.assertEqual(self.client.models.count().data.count, len(listed))
        self.assertEqual(self.client.models.get(author="test", slug="ok").data.id, "test/ok")
        found = self.client.endpoints.list(author="test", slug="ok").data
        self.assertEqual(found.endpoints[0].provider_name, "The ok Company")
        self.assertIn("of-ok", [each.slug for each in self.client.providers.list().data])
        self.assertEqual([each.id for each in self.client.embeddings.list_models().result.data], ["test/embeds"])


class Frameworks(OpenRouterPython):
    async def with_agent(self, name, use, **settings):
        async with openai.AsyncOpenAI(api_key=KEY, base_url=self.base_url, max_retries=0) as client:
            model = OpenRouterModel(name if "/" in name else f"test/{name}", provider=OpenRouterProvider(openai_client=client))
            await use(Agent(model, **settings))

    def test_pydantic_ai_whole_and_streamed(self):
        async def use(agent):
            result = await agent.run("Say hello.")
            self.assertRegex(result.output, "^(Hello|Grüezi)")
            details = result.all_messages()[-1].provider_details
            self.assertRegex(details["downstream_provider"], "^The .* Company$")
            self.assertGreater(details["cost"], 0)
            async with agent.run_stream("Say hello.") as streamed:
                self.assertEqual(await streamed.get_output(), result.output)
        for name in ["ok", "nulls", "claude-says"]:
            asyncio.run(self.with_agent(name, use))

    def test_pydantic_ai_thinking(self):
        async def use(agent):
            result = await agent.run("Think.")
            self.assertEqual(result.output, "42")
            self.assertTrue(result.all_messages()[-1].thinking.startswith("Let me see."))
        settings = OpenRouterModelSettings(openrouter_reasoning={"effort": "high"}, max_tokens=4000)
        for name in ["thinks", "parts", "claude-thinks"]:
            asyncio.run(self.with_agent(name, use, model_settings=settings))

    def test_pydantic_ai_tools_and_structured_output(self):
        async def use(agent):
            asked = []

            @agent.tool_plain
            def weather(city: str, days: float = 1) -> str:
                asked.append(city)
                return "sunny"

            self.assertTrue((await agent.run("Weather?")).output)
            self.assertEqual(asked, ["Zürich"])

        async def place(agent):
            self.assertEqual((await agent.run("Where?")).output, Place(city="Zürich"))
        for name in ["tools", "claude-calls"]:
            asyncio.run(self.with_agent(name, use, model_settings={"max_tokens": 1000}))
        asyncio.run(self.with_agent("openai/gpt-4o", place, output_type=NativeOutput(Place)))

    def complete(self, name, **more):
        return litellm.completion(**({"model": f"openrouter/test/{name}", "messages": SAY_HELLO, "api_key": KEY,
                                      "api_base": self.base_url, "num_retries": 0, "timeout": 20} | more))

    def test_litellm_whole_and_streamed(self):
        for name in ["ok", "nulls", "claude-says"]:
            whole = self.complete(name)
            self.assertRegex(whole.choices[0].message.content, "^(Hello|Grüezi)")
            self.assertEqual(whole.choices[0].finish_reason, "stop")
            self.assertGreater(whole.usage.cost, 0)
            chunks = list(self.complete(name, stream=True, stream_options={"include_usage": True}))
            text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
            self.assertEqual(text, whole.choices[0].message.content)
        self.assertAlmostEqual(self.complete("ok").usage.cost, COST, 12)

    def test_litellm_thinking_and_tools(self):
        for name in ["thinks", "parts", "claude-thinks"]:
            message = self.complete(name, reasoning_effort="high", max_tokens=4000).choices[0].message
            self.assertTrue(message.reasoning_content.startswith("Let me see."), name)
        for name in ["tools", "terse", "claude-calls"]:
            answer = self.complete(name, tools=[WEATHER], max_tokens=1000)
            self.assertEqual(answer.choices[0].finish_reason, "tool_calls")
            self.assertEqual(answer.choices[0].message.tool_calls[0].function.name, "weather")

    def test_litellm_errors(self):
        with self.assertRaises(litellm.BadRequestError):
            self.complete("no-such-model")
        with self.assertRaises(litellm.RateLimitError):
            self.complete("busy")
        with self.assertRaises(litellm.AuthenticationError):
            self.complete("ok", api_key="sk-wrong")
        with self.assertRaisesRegex(Exception, "the provider's stream ended before its end"):
            list(self.complete("breaks", stream=True))


if __name__ == "__main__":
    unittest.main(verbosity=2)
