"""OpenAI's Python SDK speaking Responses through the gateway: to hosts that speak chat, Anthropic's Messages, and
Responses itself, whose requests and events are checked against the SDK's own types."""
import json
import os
import unittest

import anthropic
import openai
import pydantic
from openai.types.responses import Response, ResponseStreamEvent

import anthropic_host
import behaviours
import responses_host
from gateway import KEY, Gateway, endpoint
from scripted_host import ScriptedHost

EVENT = pydantic.TypeAdapter(ResponseStreamEvent)
WEATHER = {"type": "function", "name": "weather", "description": "Of a city", "strict": True, "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}}
PATCH = {"type": "custom", "name": "apply_patch", "description": "Changes a file."}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
USAGE = {"prompt_tokens": 30, "completion_tokens": 3, "total_tokens": 33,
         "prompt_tokens_details": {"cached_tokens": 7}, "completion_tokens_details": {"reasoning_tokens": 0}}


class City(pydantic.BaseModel):
    name: str
    people: int


async def chat(exchange, message, finish="stop", deltas=None):
    """A whole chat reply, or a stream of `deltas`."""
    assert exchange.path == "/v1/chat/completions", exchange.path
    shape = {"id": "c", "object": "chat.completion", "created": 1, "model": "of-the-host"}
    if not exchange.body.get("stream"):
        choice = {"index": 0, "message": {"role": "assistant"} | message, "finish_reason": finish}
        return await exchange.reply(200, shape | {"choices": [choice], "usage": USAGE})
    await exchange.begin_stream()
    chunk = shape | {"object": "chat.completion.chunk"}
    for delta in [{"role": "assistant", "content": ""}, *deltas]:
        await exchange.event(chunk | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    await exchange.event(chunk | {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    await exchange.event(chunk | {"choices": [], "usage": USAGE})
    await exchange.event("[DONE]")
    await exchange.end_stream()


async def chat_says(exchange):
    await chat(exchange, {"content": "Grüezi, world"}, deltas=[{"content": each} for each in ("Grü", "ezi, ", "world")])


async def chat_is_cut_short(exchange):
    await chat(exchange, {"content": "Grüe"}, "length", [{"content": "Grüe"}])


async def chat_thinks(exchange):
    deltas = [{"reasoning_content": "Let me "}, {"reasoning_content": "see."}, {"content": "42"}]
    await chat(exchange, {"content": "42", "reasoning_content": "Let me see."}, deltas=deltas)


async def chat_describes(exchange):
    assert exchange.body["response_format"]["type"] == "json_schema", exchange.body
    text = '{"name": "Zürich", "people": 400000}'
    await chat(exchange, {"content": text}, deltas=[{"content": text[:9]}, {"content": text[9:]}])


async def chat_calls(exchange):
    found = [each for each in exchange.body["messages"] if each["role"] == "tool"]
    if found:
        text = "It is " + found[0]["content"]
        return await chat(exchange, {"content": text}, deltas=[{"content": text}])
    tool = exchange.body["tools"][0]["function"]
    arguments = '{"input":"*** Begin\\n\\"ü\\""}' if "input" in tool["parameters"]["properties"] else '{"city":"Zürich"}'
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": tool["name"], "arguments": ""}}
    pieces = [{"tool_calls": [call]}] + [{"tool_calls": [{"index": 0, "function": {"arguments": arguments[i:i + 4]}}]}
                                         for i in range(0, len(arguments), 4)]
    whole = {"id": "call_1", "type": "function", "function": {"name": tool["name"], "arguments": arguments}}
    await chat(exchange, {"content": None, "tool_calls": [whole]}, "tool_calls", pieces)


async def chat_breaks_off(exchange):
    await exchange.begin_stream()
    await exchange.event({"id": "c", "choices": [{"index": 0, "delta": {"content": "Half a "}}]})
    await exchange.event({"error": {"message": "The model fell over.", "code": 500}})
    await exchange.end_stream()


async def chat_is_busy(exchange):
    await exchange.reply(429, {"error": {"message": "Slow down."}}, [("Retry-After", "1")])


BEHAVIOURS = {"says": chat_says, "cut-short": chat_is_cut_short, "thinks": chat_thinks, "describes": chat_describes,
              "calls": chat_calls, "breaks": chat_breaks_off, "endless": behaviours.endless, "busy": chat_is_busy,
              "claude-says": anthropic_host.says, "claude-thinks": anthropic_host.thinks,
              "claude-calls": anthropic_host.calls,
              "r-says": responses_host.says, "r-cut-short": responses_host.is_cut_short,
              "r-thinks": responses_host.thinks, "r-calls": responses_host.calls,
              "r-fails": responses_host.fails_at_once, "r-breaks": responses_host.fails_in_the_midst,
              "r-busy": responses_host.is_busy, "r-refuses": responses_host.refuses}
EVERYTHING = ["tools", "json_object", "json_schema", "images", "files", "reasoning"]
CHEAP = {"input": "1 $/Mtok", "output": "5 $/Mtok", "cache_read": "0.1 $/Mtok", "cache_write": "0.25 $/Mtok"}
DEAR = {"input": "90 $/Mtok", "output": "90 $/Mtok"}


def gateway_to(host):
    """Each model is one behaviour; "-or-" puts two in a row."""
    url = f"http://127.0.0.1:{host.ports[0]}/v1"
    os.environ["KEY_OF_THE_TESTS"] = "sk-of-the-tests"

    def at(behaviour, **more):
        provider = "claude" if behaviour.startswith("claude") else "native" if behaviour.startswith("r-") else "open"
        more = {"features": EVERYTHING, "price": CHEAP} | more
        if behaviour == "claude-thinks":
            more |= {"thinking": "budget", "max_output": "8 ktok"}
        return endpoint(provider, behaviour, **more)

    models = {name: [at(name)] for name in BEHAVIOURS}
    models["busy-or-says"] = [at("busy"), at("r-says", price=DEAR)]
    models["r-fails-or-says"] = [at("r-fails"), at("says", price=DEAR)]
    models["claude-or-native"] = [at("claude-thinks"), at("r-says", price=DEAR)]
    gateway = Gateway({"open": host.ports[0]}, models)
    gateway.settings["providers"] |= {
        "claude": {"base_url": url, "dialect": "anthropic", "credential": "${KEY_OF_THE_TESTS}"},
        "native": {"base_url": url, "speaks": ["responses"], "credential": "${KEY_OF_THE_TESTS}"}}
    return gateway


class ResponsesPython(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(ScriptedHost(BEHAVIOURS))
        cls.gateway = cls.enterClassContext(gateway_to(cls.host))

    def setUp(self):
        self.client = openai.OpenAI(api_key=KEY, base_url=self.gateway.base_url, timeout=20, max_retries=0)
        self.addCleanup(self.client.close)

    def ask(self, model, input="Say hello.", **more):
        return self.client.responses.create(model=model, input=input, **more)

    def raw_events(self, model, **more):
        """Every event as it came, each checked: its type's form, its `event:` line, its number."""
        body = {"model": model, "input": "Say hello.", "stream": True} | more
        status, headers, text = self.gateway.ask(body, path="/v1/responses")
        self.assertEqual(status, 200, text)
        self.assertEqual(headers["content-type"], "text/event-stream; charset=utf-8")
        events = []
        for block in text.decode().split("\n\n"):
            if not block:
                continue
            name, data = block.split("\n")
            event = json.loads(data.removeprefix("data: "))
            self.assertEqual(name, f"event: {event['type']}")
            self.assertEqual(event["sequence_number"], len(events))
            EVENT.validate_python(event)
            events.append(event)
        return events

    def test_an_answer_has_every_member_and_tells_its_usage_and_cost(self):
        for model in ("says", "claude-says", "r-says"):
            with self.subTest(model=model):
                raw = self.client.responses.with_raw_response.create(
                    model=model, input="Say hello.", instructions="Be brief.", metadata={"a": "b"}, temperature=0.5,
                    max_output_tokens=900, store=True)
                answer = raw.parse()
                Response.model_validate(json.loads(raw.text))
                self.assertEqual(answer.output_text, "Grüezi, world")
                self.assertEqual(answer.status, "completed")
                self.assertEqual(answer.model, model)
                self.assertRegex(answer.id, r"\Aresp_[0-9a-v]{24}\Z", "the gateway's own, no host's")
                self.assertEqual(answer.usage.input_tokens, 30)
                self.assertEqual(answer.usage.input_tokens_details.cached_tokens, 7)
                written = 0 if model == "says" else 4
                self.assertEqual(answer.usage.input_tokens_details.cache_write_tokens, written)
                self.assertEqual(answer.usage.output_tokens, 3)
                self.assertEqual(answer.usage.total_tokens, 33)
                cost = (23 * 1 + written * 0.25 + 7 * 0.1 + 3 * 5) / 1e6
                self.assertEqual(raw.headers["x-isocost-cost"], f"{cost:.9f}")
                if model != "r-says":
                    self.assertEqual(answer.instructions, "Be brief.")
                    self.assertEqual(answer.metadata, {"a": "b"})
                    self.assertEqual(answer.temperature, 0.5)
                    self.assertEqual(answer.max_output_tokens, 900)
                    self.assertIs(answer.store, False)
                    self.assertAlmostEqual(answer.usage.cost, cost)

    def test_what_is_said_reaches_each_host(self):
        self.ask("says", instructions="Be brief.", input=[
            {"role": "developer", "content": "Be kind."}, {"role": "user", "content": "Hi"},
            {"type": "message", "role": "assistant", "id": "msg_1", "status": "completed",
             "content": [{"type": "output_text", "text": "Hello", "annotations": []}]},
            {"role": "user", "content": [{"type": "input_text", "text": "Again"}]}], top_p=0.5, max_output_tokens=77)
        asked = self.host.asked("says")[-1].body
        self.assertEqual(asked["messages"], [
            {"role": "system", "content": "Be brief.\n\nBe kind."}, {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Again"}])
        self.assertEqual((asked["top_p"], asked["max_tokens"]), (0.5, 77))
        self.ask("r-says", store=True, include=[])
        asked = self.host.asked("r-says")[-1].body
        self.assertEqual(asked, {"model": "r-says", "input": "Say hello.", "store": False, "include": []})

    def test_a_stream_has_the_events_that_clients_need_in_their_order(self):
        for model in ("says", "claude-says", "r-says"):
            with self.subTest(model=model):
                events = self.raw_events(model)
                self.assertEqual([event["type"] for event in events], [
                    "response.created", "response.in_progress", "response.output_item.added",
                    "response.content_part.added", *["response.output_text.delta"] * 3, "response.output_text.done",
                    "response.content_part.done", "response.output_item.done", "response.completed"])
                self.assertEqual(len({e["response"]["id"] for e in events if "response" in e}), 1)
                self.assertEqual({e["response"]["model"] for e in events if "response" in e}, {model})
                final = events[-1]["response"]
                self.assertEqual(final["output"][0]["content"][0]["text"], "Grüezi, world")
                self.assertEqual(final["usage"]["input_tokens"], 30)
                self.assertGreater(final["usage"]["cost"], 0)
                with self.client.responses.stream(model=model, input="Say hello.") as stream:
                    seen = [event.type for event in stream]
                    self.assertEqual(stream.get_final_response().output_text, "Grüezi, world")
                self.assertIn("response.output_text.delta", seen)

    def test_an_answer_that_is_too_long_is_incomplete(self):
        for model in ("cut-short", "r-cut-short"):
            with self.subTest(model=model):
                whole = self.ask(model)
                self.assertEqual(whole.status, "incomplete")
                self.assertEqual(whole.incomplete_details.reason, "max_output_tokens")
                last = self.raw_events(model)[-1]
                self.assertEqual(last["type"], "response.incomplete")
                self.assertEqual(last["response"]["output"][0]["content"][0]["text"], "Grüe")

    def test_a_tool_is_called_and_told_of_in_both_ways(self):
        for model in ("calls", "claude-calls", "r-calls"):
            for streamed in (False, True):
                with self.subTest(model=model, streamed=streamed):
                    history = [{"role": "user", "content": "What is the weather?"}]
                    if streamed:
                        with self.client.responses.stream(model=model, input=history, tools=[WEATHER]) as stream:
                            for _ in stream:
                                pass
                            answer = stream.get_final_response()
                    else:
                        answer = self.ask(model, history, tools=[WEATHER], tool_choice="auto")
                    call = answer.output[0]
                    self.assertEqual((call.type, call.name), ("function_call", "weather"))
                    self.assertEqual(json.loads(call.arguments), {"city": "Zürich"})
                    history += [item.model_dump(exclude_none=True, exclude={"parsed_arguments"})
                                for item in answer.output]
                    history.append({"type": "function_call_output", "call_id": call.call_id, "output": "sunny"})
                    told = self.ask(model, history, tools=[WEATHER])
                    self.assertEqual(told.output_text, "It is sunny")

    def test_a_tool_that_takes_a_text_is_given_one(self):
        answer = self.ask("calls", tools=[PATCH])
        call = answer.output[0]
        self.assertEqual((call.type, call.name, call.input), ("custom_tool_call", "apply_patch", '*** Begin\n"ü"'))
        events = self.raw_events("calls", tools=[PATCH])
        done = [event for event in events if event["type"] == "response.custom_tool_call_input.done"]
        self.assertEqual(done[0]["input"], '*** Begin\n"ü"')
        history = [{"role": "user", "content": "Do."}, call.model_dump(exclude_none=True),
                   {"type": "custom_tool_call_output", "call_id": call.call_id, "output": "done"}]
        self.assertEqual(self.ask("calls", history, tools=[PATCH]).output_text, "It is done")
        sent = self.host.asked("calls")[-1].body["messages"][1]["tool_calls"][0]["function"]
        self.assertEqual(json.loads(sent["arguments"]), {"input": '*** Begin\n"ü"'})

    def test_a_tool_of_a_group_is_called_by_its_own_name(self):
        group = {"type": "namespace", "name": "sky", "description": "Above", "tools": [
            {key: value for key, value in WEATHER.items()}]}
        events = self.raw_events("calls", tools=[group])
        call = events[-1]["response"]["output"][0]
        self.assertEqual((call["name"], call["namespace"]), ("weather", "sky"))
        self.assertEqual(self.host.asked("calls")[-1].body["tools"][0]["function"]["name"], "sky__weather")

    def test_structured_output_is_parsed(self):
        for streamed in (False, True):
            with self.subTest(streamed=streamed):
                if streamed:
                    with self.client.responses.stream(model="describes", input="Zürich?", text_format=City) as stream:
                        for _ in stream:
                            pass
                        answer = stream.get_final_response()
                else:
                    answer = self.client.responses.parse(model="describes", input="Zürich?", text_format=City)
                self.assertEqual(answer.output_parsed, City(name="Zürich", people=400000))
        asked = self.host.asked("describes")[-1].body["response_format"]["json_schema"]
        self.assertTrue(asked["strict"])
        self.assertEqual(asked["name"], "City")

    def test_thinking_is_shown_as_it_was_asked_for_and_can_be_sent_back(self):
        for model in ("thinks", "claude-thinks", "r-thinks"):
            with self.subTest(model=model):
                text = "Let me see. Yes." if model == "claude-thinks" else "Let me see."
                more = {"reasoning": {"effort": "low", "summary": "auto"}, "max_output_tokens": 4000}
                answer = self.ask(model, **more)
                thought = answer.output[0]
                self.assertEqual((thought.type, thought.summary[0].text), ("reasoning", text))
                self.assertEqual(answer.output_text, "42")
                history = [{"role": "user", "content": "6 by 7?"},
                           *[item.model_dump(exclude_none=True) for item in answer.output],
                           {"role": "user", "content": "Sure?"}]
                self.assertEqual(self.ask(model, history, **more).output_text, "42")
                events = self.raw_events(model, **more)
                types = [event["type"] for event in events]
                at = types.index("response.reasoning_summary_part.added")
                self.assertEqual(types[at + 1], "response.reasoning_summary_text.delta")
                self.assertLess(types.index("response.reasoning_summary_part.done"),
                                types.index("response.output_text.delta"))
        signed = self.host.asked("claude-thinks")[-2].body["messages"][1]["content"][0]
        self.assertEqual(signed, {"type": "thinking", "thinking": "Let me see. Yes.", "signature": "c2lnbmVk"})
        self.assertEqual(self.host.asked("r-thinks")[-2].body["input"][1]["encrypted_content"], "ZW5jcnlwdGVk")
        raw = self.raw_events("thinks", reasoning={"effort": "low"})
        self.assertEqual(raw[-1]["response"]["output"][0]["content"], [{"type": "reasoning_text", "text": "Let me see."}])

    def test_what_another_host_signed_is_not_sent_to_one_that_could_not_read_it(self):
        answer = self.ask("claude-or-native", reasoning={"effort": "low"}, max_output_tokens=4000)
        history = [{"role": "user", "content": "Hi"}, *[item.model_dump(exclude_none=True) for item in answer.output],
                   {"role": "user", "content": "Sure?"}]
        self.ask("r-says", history)
        kinds = [item.get("type", "message") for item in self.host.asked("r-says")[-1].body["input"]]
        self.assertEqual(kinds, ["message", "message", "message"])

    def test_images_and_files_reach_the_hosts(self):
        parts = [{"type": "input_text", "text": "What is it?"},
                 {"type": "input_image", "image_url": f"data:image/png;base64,{PNG}", "detail": "low"},
                 {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}]
        for model in ("says", "claude-says", "r-says"):
            with self.subTest(model=model):
                self.ask(model, [{"role": "user", "content": parts}])
        sent = self.host.asked("says")[-1].body["messages"][0]["content"]
        self.assertEqual(sent[1], {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}",
                                                                     "detail": "low"}})
        self.assertEqual(sent[2]["file"]["filename"], "a.pdf")
        sent = self.host.asked("claude-says")[-1].body["messages"][0]["content"]
        self.assertEqual(sent[1]["source"]["data"], PNG)
        self.assertEqual(sent[2]["type"], "document")

    def test_what_would_need_a_memory_is_refused_with_what_to_do_instead(self):
        for name, more in (("previous_response_id", {"previous_response_id": "resp_1"}),
                           ("conversation", {"conversation": "conv_1"}),
                           ("background", {"background": True}),
                           ("input[0]", {"input": [{"type": "item_reference", "id": "msg_1"}]})):
            with self.subTest(name=name):
                with self.assertRaises(openai.BadRequestError) as refused:
                    self.ask("says", **more)
                self.assertEqual(refused.exception.param, name)
                self.assertEqual(refused.exception.code, "unsupported_value")

    def test_what_a_host_cannot_be_told_is_refused_or_named(self):
        search = {"type": "web_search"}
        with self.assertRaises(openai.BadRequestError) as refused:
            self.ask("says", tools=[search])
        self.assertEqual(refused.exception.param, "tools[0]")
        raw = self.client.responses.with_raw_response.create(model="calls", input="Hi", tools=[WEATHER, search])
        self.assertEqual(raw.headers["x-isocost-dropped"], "tools[1]")
        with self.assertRaises(openai.BadRequestError) as refused:
            self.ask("says", input=[{"type": "computer_call_output", "call_id": "c", "output": {"type": "x"}}])
        self.assertEqual(refused.exception.param, "input[0]")
        with self.assertRaises(openai.BadRequestError) as refused:
            self.ask("says", input=[{"type": "function_call_output", "call_id": "c", "output": "x"}])
        self.assertEqual(refused.exception.param, "input[0].call_id")
        with self.assertRaises(openai.BadRequestError) as refused:
            self.ask("r-refuses")
        self.assertEqual(refused.exception.param, "text.voice")
        self.ask("r-says", tools=[search])
        self.assertEqual(self.host.asked("r-says")[-1].body["tools"], [search])

    def test_a_stream_that_breaks_ends_with_an_error_that_is_raised(self):
        for model in ("breaks", "r-breaks"):
            with self.subTest(model=model):
                events = self.raw_events(model)
                self.assertEqual([event["type"] for event in events[-2:]], ["error", "response.failed"])
                failed = events[-1]["response"]
                self.assertEqual(failed["id"], events[0]["response"]["id"])
                self.assertEqual(failed["error"]["code"], "server_error" if model == "breaks" else "rate_limit_exceeded")
                with self.assertRaises(openai.APIError):
                    for _ in self.ask(model, stream=True):
                        pass

    def test_hosts_stand_in_for_each_other_whatever_they_speak(self):
        self.assertEqual(self.ask("busy-or-says").output_text, "Grüezi, world")
        for streamed in (False, True):
            with self.subTest(streamed=streamed):
                if streamed:
                    events = self.raw_events("r-fails-or-says")
                    self.assertEqual(events[-1]["type"], "response.completed")
        with self.assertRaises(openai.RateLimitError):
            self.ask("busy")

    def test_the_sdk_retries_and_the_client_can_leave(self):
        patient = self.client.with_options(max_retries=1)
        before = len(self.host.asked("busy"))
        with self.assertRaises(openai.RateLimitError):
            patient.responses.create(model="busy", input="Hi")
        self.assertGreaterEqual(len(self.host.asked("busy")) - before, 2)
        with self.ask("endless", stream=True) as stream:
            for number, _ in enumerate(stream):
                if number == 10:
                    break
        left = self.host.asked("endless")[-1]
        self.host.wait(lambda: left.eof_at)

    def test_a_prompt_is_counted_without_a_host(self):
        counted = self.client.responses.input_tokens.with_raw_response.count(model="says", input="Say hello. " * 100)
        self.assertEqual(counted.headers["x-isocost-estimate"], "true")
        self.assertGreater(counted.parse().input_tokens, 200)
        self.assertEqual(counted.parse().object, "response.input_tokens")
        self.assertGreater(self.client.responses.input_tokens.count(input="Hello").input_tokens, 1)

    def test_the_other_prefix_serves_the_same_and_nothing_is_stored(self):
        other = self.client.with_options(base_url=self.gateway.base_url.replace("/v1", "/api/v1"))
        answer = other.responses.create(model="says", input="Hi")
        self.assertEqual(answer.output_text, "Grüezi, world")
        with self.assertRaises(openai.NotFoundError):
            self.client.responses.retrieve(answer.id)

    def test_chat_clients_get_the_answers_of_hosts_that_speak_responses(self):
        messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
        raw = self.client.chat.completions.with_raw_response.create(model="r-says", messages=messages, max_tokens=50)
        answer = raw.parse()
        self.assertEqual(answer.choices[0].message.content, "Grüezi, world")
        self.assertEqual(answer.choices[0].finish_reason, "stop")
        self.assertEqual(answer.usage.prompt_tokens_details.cached_tokens, 7)
        self.assertEqual(raw.headers["x-isocost-cost"], f"{(23 * 1 + 4 * 0.25 + 7 * 0.1 + 3 * 5) / 1e6:.9f}")
        self.assertEqual(self.host.asked("r-says")[-1].body["instructions"], "Be brief.")
        with self.client.chat.completions.stream(model="r-says", messages=messages,
                                                 stream_options={"include_usage": True}) as stream:
            final = stream.get_final_completion()
        self.assertEqual(final.choices[0].message.content, "Grüezi, world")
        self.assertEqual(final.usage.completion_tokens, 3)
        tool = {"type": "function", "function": {key: WEATHER[key] for key in ("name", "parameters")}}
        for streamed in (False, True):
            if streamed:
                with self.client.chat.completions.stream(model="r-calls", messages=messages, tools=[tool]) as stream:
                    choice = stream.get_final_completion().choices[0]
            else:
                choice = self.client.chat.completions.create(model="r-calls", messages=messages, tools=[tool]).choices[0]
            self.assertEqual(choice.finish_reason, "tool_calls")
            call = choice.message.tool_calls[0]
            self.assertEqual(json.loads(call.function.arguments), {"city": "Zürich"})
            back = messages + [choice.message.model_dump(exclude_none=True),
                               {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
            told = self.client.chat.completions.create(model="r-calls", messages=back, tools=[tool])
            self.assertEqual(told.choices[0].message.content, "It is sunny")
        cut = self.client.chat.completions.create(model="r-cut-short", messages=messages)
        self.assertEqual(cut.choices[0].finish_reason, "length")

    def test_chat_clients_see_what_was_thought_and_can_send_it_back(self):
        messages = [{"role": "user", "content": "6 by 7?"}]
        answer = self.client.chat.completions.create(model="r-thinks", messages=messages, reasoning_effort="low")
        message = answer.choices[0].message
        self.assertEqual((message.content, message.reasoning_content), ("42", "Let me see."))
        back = messages + [message.model_dump(exclude_none=True), {"role": "user", "content": "Sure?"}]
        self.client.chat.completions.create(model="r-thinks", messages=back, reasoning_effort="low")
        sent = self.host.asked("r-thinks")[-1].body["input"][1]
        self.assertEqual((sent["type"], sent["id"], sent["encrypted_content"]), ("reasoning", "rs_host", "ZW5jcnlwdGVk"))
        chunks = list(self.client.chat.completions.create(model="r-thinks", messages=messages, reasoning_effort="low",
                                                          stream=True))
        thought = "".join(getattr(c.choices[0].delta, "reasoning_content", None) or "" for c in chunks if c.choices)
        self.assertEqual(thought, "Let me see.")

    def test_anthropics_clients_get_the_answers_of_hosts_that_speak_responses(self):
        client = anthropic.Anthropic(api_key=KEY, base_url=self.gateway.base_url.removesuffix("/v1"), max_retries=0)
        self.addCleanup(client.close)
        asked = {"max_tokens": 900, "messages": [{"role": "user", "content": "Hi"}]}
        answer = client.messages.create(model="r-says", system="Be brief.", **asked)
        self.assertEqual(answer.content[0].text, "Grüezi, world")
        self.assertEqual((answer.usage.input_tokens, answer.usage.cache_read_input_tokens), (19, 7))
        self.assertEqual(self.host.asked("r-says")[-1].body["instructions"], "Be brief.")
        with client.messages.stream(model="r-says", **asked) as stream:
            self.assertEqual("".join(stream.text_stream), "Grüezi, world")
        tool = {"name": "weather", "input_schema": WEATHER["parameters"]}
        with client.messages.stream(model="r-calls", tools=[tool], **asked) as stream:
            answer = stream.get_final_message()
        self.assertEqual(answer.stop_reason, "tool_use")
        call = answer.content[0]
        self.assertEqual(call.input, {"city": "Zürich"})
        told = client.messages.create(model="r-calls", tools=[tool], max_tokens=900, messages=[
            {"role": "user", "content": "Weather?"}, {"role": "assistant", "content": answer.content},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}]}])
        self.assertEqual(told.content[0].text, "It is sunny")


if __name__ == "__main__":
    unittest.main()
