"""Frameworks that speak Anthropic's Messages, as they come: LangChain, pydantic-ai and Vercel's AI SDK, to a simulated
host in both of its APIs."""
import asyncio
import os
import pathlib
import subprocess
import unittest
import warnings

import pydantic
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from gateway import KEY
from simulated_gateway import started

ASK = "How is the weather?"


class Place(pydantic.BaseModel):
    city: str
    days: int


@tool
def get_weather(city: str) -> str:
    """Of a city"""
    return "sunny in " + city


class MessagesFrameworks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = started(cls)
        cls.url = cls.gateway.base_url.removesuffix("/v1")

    def each(self):
        for model in ("chats", "messages"):
            with self.subTest(model=model):
                yield model

    def test_langchain(self):
        for name in self.each():
            model = ChatAnthropic(model=name, base_url=self.url, api_key=KEY, max_tokens=4000, max_retries=0)
            answer = model.invoke("Say hello.")
            self.assertTrue(isinstance(answer.content, str) and answer.content)
            self.assertGreater(answer.usage_metadata["output_tokens"], 0)
            self.assertTrue("".join(piece.text for piece in model.stream("Say hello.")))
            calls = model.bind_tools([get_weather])
            asked = [HumanMessage(ASK)]
            call = calls.invoke(asked)
            self.assertEqual((call.tool_calls[0]["name"], set(call.tool_calls[0]["args"])), ("get_weather", {"city"}))
            told = calls.invoke(asked + [call, ToolMessage("sunny", tool_call_id=call.tool_calls[0]["id"])])
            self.assertTrue(told.content and not told.tool_calls)
            for method in ("function_calling", "json_schema"):
                self.assertIsInstance(model.with_structured_output(Place, method=method).invoke(ASK), Place)

    def test_pydantic_ai(self):
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its connections to the end of the process
        for name in self.each():
            model = AnthropicModel(name, provider=AnthropicProvider(api_key=KEY, base_url=self.url))
            found = []
            agent = Agent(model)

            @agent.tool_plain
            def get_weather(city: str) -> str:
                """Of a city"""
                found.append(city)
                return "sunny in " + city

            self.assertTrue(agent.run_sync(ASK).output)

            async def streamed():
                async with agent.run_stream(ASK) as stream:
                    return await stream.get_output()

            self.assertTrue(asyncio.run(streamed()))
            self.assertEqual(len(found), 2)
            self.assertIsInstance(Agent(model, output_type=Place).run_sync("Which city?").output, Place)

    def test_vercels_ai_sdk(self):
        script = pathlib.Path(__file__).with_name("messages_ai_sdk.js")
        ran = subprocess.run(["node", script], timeout=120, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             env=os.environ | {"BASE_URL": self.gateway.base_url, "KEY": KEY})
        print(ran.stdout)
        self.assertEqual(ran.returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
