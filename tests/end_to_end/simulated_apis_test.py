"""The simulated hosts, as the demo has them, through the gateway: Anthropic's and OpenAI's SDKs call tools, get JSON of
a schema, several choices, thinking, and what each token was likely, whichever API the host is asked in."""
import json
import unittest

import anthropic
import openai

from gateway import KEY
from simulated_gateway import started

SCHEMA = {"type": "object", "required": ["city", "days"], "additionalProperties": False,
          "properties": {"city": {"enum": ["Rome", "Bern"]}, "days": {"type": "integer", "minimum": 1, "maximum": 5}}}
ASK = [{"role": "user", "content": "How is the weather?"}]


class SimulatedApis(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = started(cls)

    def setUp(self):
        self.anthropic = anthropic.Anthropic(api_key=KEY, base_url=self.gateway.base_url.removesuffix("/v1"),
                                             timeout=20, max_retries=0)
        self.openai = openai.OpenAI(api_key=KEY, base_url=self.gateway.base_url, timeout=20, max_retries=0)
        self.addCleanup(self.anthropic.close)
        self.addCleanup(self.openai.close)

    def check(self, arguments):
        self.assertEqual(set(arguments), {"city", "days"})
        self.assertIn(arguments["city"], SCHEMA["properties"]["city"]["enum"])
        self.assertIn(arguments["days"], range(1, 6))

    def test_anthropics_sdk_calls_a_tool_and_gets_an_answer_to_what_it_found(self):
        tool = {"name": "get_weather", "input_schema": SCHEMA}
        for model in ("chats", "messages"):
            for streamed in (False, True):
                with self.subTest(model=model, streamed=streamed):
                    asked = {"model": model, "max_tokens": 4000, "messages": ASK, "tools": [tool]}
                    if streamed:
                        with self.anthropic.messages.stream(**asked) as stream:
                            answer = stream.get_final_message()
                    else:
                        answer = self.anthropic.messages.create(**asked)
                    self.assertEqual(answer.stop_reason, "tool_use")
                    call = answer.content[-1]
                    self.check(call.input)
                    back = ASK + [{"role": "assistant", "content": answer.content}, {"role": "user", "content": [
                        {"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}]}]
                    told = self.anthropic.messages.create(**asked | {"messages": back})
                    self.assertEqual((told.stop_reason, told.content[-1].type), ("end_turn", "text"))
                    self.assertTrue(told.content[-1].text)

    def test_openais_sdk_calls_a_tool(self):
        tool = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}
        for model in ("chats", "messages"):
            with self.subTest(model=model):
                answer = self.openai.chat.completions.create(model=model, messages=ASK, tools=[tool])
                self.assertEqual(answer.choices[0].finish_reason, "tool_calls")
                self.check(json.loads(answer.choices[0].message.tool_calls[0].function.arguments))
                with self.openai.chat.completions.stream(model=model, messages=ASK, tools=[tool]) as stream:
                    streamed = stream.get_final_completion()
                self.check(json.loads(streamed.choices[0].message.tool_calls[0].function.arguments))

    def test_an_answer_follows_a_schema(self):
        for model in ("chats", "messages"):
            with self.subTest(model=model):
                form = {"type": "json_schema", "schema": SCHEMA}
                answer = self.anthropic.messages.create(model=model, max_tokens=4000, messages=ASK,
                                                        output_config={"format": form})
                self.check(json.loads(answer.content[-1].text))
                form = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}
                chat = self.openai.chat.completions.create(model=model, messages=ASK, response_format=form)
                self.check(json.loads(chat.choices[0].message.content))

    def test_thinking_is_shown_to_who_asks(self):
        for model in ("chats", "messages"):
            with self.subTest(model=model):
                wish = {"type": "enabled", "budget_tokens": 1024}
                with self.anthropic.messages.stream(model=model, max_tokens=4000, messages=ASK, thinking=wish) as s:
                    answer = s.get_final_message()
                self.assertEqual([block.type for block in answer.content], ["thinking", "text"])
                self.assertTrue(answer.content[0].thinking and answer.content[0].signature)
                plain = self.anthropic.messages.create(model=model, max_tokens=4000, messages=ASK)
                self.assertEqual([block.type for block in plain.content], ["text"])

    def test_several_choices_and_what_each_token_was_likely(self):
        answer = self.openai.chat.completions.create(model="chats", messages=ASK, n=3, logprobs=True, top_logprobs=2)
        self.assertEqual(len({choice.message.content for choice in answer.choices}), 3)
        for choice in answer.choices:
            tokens = choice.logprobs.content
            self.assertEqual("".join(token.token for token in tokens), choice.message.content)
            self.assertTrue(all(token.logprob <= 0 and len(token.top_logprobs) == 2 for token in tokens))


if __name__ == "__main__":
    unittest.main(verbosity=2)
