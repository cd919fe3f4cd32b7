"""What one API can say and another cannot: it is said in other words, the host is left out, or the client is told.
Hosts that speak five APIs are asked in four, and what they were sent is looked at."""
import asyncio
import json
import os
import time
import unittest

from behaviours import answer, finish_stream, piece
from gateway import Gateway, endpoint, question
from scripted_host import ScriptedHost

PDF = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}
PICTURE = {"mimeType": "image/png", "data": "iVBORw0KGgo="}
SUNNY = [{"type": "text", "text": "sunny"}]
EVERYTHING = ["tools", "json_object", "json_schema", "images", "files", "audio", "reasoning", "prefill", "logprobs"]
USER = {"role": "user", "content": "Hello"}
CALLED = [USER, {"role": "assistant", "content": None, "tool_calls": [
    {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "c1", "content": "sunny"}]


def called_tool(exchange):
    """Calls the first tool that it is offered, in chat, streamed or whole, after some thought."""
    name = exchange.body["tools"][0]["function"]["name"]
    call = {"index": 0, "id": "c9", "type": "function", "function": {"name": name, "arguments": "{}"}}
    return {"content": None, "reasoning_content": "Let me see.", "tool_calls": [call]}


async def answers(exchange):
    """A little, in the API it is asked in; chat as the test says."""
    path, model = exchange.path, exchange.host.chat_answers
    if path.endswith("/chat/completions") and model == "calls":
        if not exchange.body.get("stream"):
            return await exchange.reply(200, answer(called_tool(exchange), finish="tool_calls"))
        await exchange.begin_stream()
        await exchange.event(piece({"content": "Now."}))
        await asyncio.sleep(0.2)  # so that the request is let go before the call comes
        await exchange.event(piece(called_tool(exchange)))
        return await finish_stream(exchange, "tool_calls")
    if path.endswith("/chat/completions"):
        return await exchange.reply(200, model.pop(0) if model else answer({"content": "ok"}))
    if path.endswith("/messages"):
        return await exchange.reply(200, {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
            "stop_sequence": None, "content": [{"type": "text", "text": "ok"}],
            "usage": {"input_tokens": 1, "output_tokens": 1}})
    if path.endswith("/responses"):
        text = {"type": "output_text", "text": "ok", "annotations": []}
        return await exchange.reply(200, {
            "id": "resp_1", "object": "response", "status": "completed", "model": "m", "output": [
                {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": [text]}],
            "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}})
    if path.endswith("/converse"):
        return await exchange.reply(200, {
            "output": {"message": {"role": "assistant", "content": [{"text": "ok"}]}}, "stopReason": "end_turn",
            "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}, "metrics": {"latencyMs": 1}})
    parts = [{"text": "ok"}] + ([{"inlineData": PICTURE}] if model == "draws" else [])
    return await exchange.reply(200, {
        "candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}})


class AnyHost(ScriptedHost):
    chat_answers = []

    def model_of(self, exchange):
        return "answers"


class Unsaid(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(AnyHost({"answers": answers}))
        os.environ["KEY_OF_THE_TESTS"] = "sk-of-the-tests-0123"
        url = f"http://127.0.0.1:{cls.host.ports[0]}"
        key = {"credential": "${KEY_OF_THE_TESTS}"}
        providers = {"chat": {"base_url": url + "/v1"}, "responses": {"base_url": url + "/v1"},
                     "messages": {"base_url": url + "/v1", "dialect": "anthropic"} | key,
                     "gemini": {"base_url": url + "/v1beta", "dialect": "google"} | key,
                     "converse": {"base_url": url, "dialect": "bedrock"} | key,
                     "silent": {"base_url": url + "/v1", "earlier_thinking": "none"},
                     "vllm": {"base_url": url + "/v1", "earlier_thinking": "reasoning"}}
        models = {name: {"endpoints": [endpoint(name, "h", features=EVERYTHING, max_output="64 ktok", **(
            {"speaks": ["responses"]} if name == "responses" else {}))]} for name in providers}
        cheap = {"input": "0.01 $/Mtok", "output": "0.01 $/Mtok"}
        models["two"] = {"endpoints": [endpoint("chat", "first", price=cheap), endpoint("chat", "second", variant="b")]}
        gateway = Gateway({}, {})
        gateway.settings |= {"providers": providers, "models": models}
        cls.gateway = cls.enterClassContext(gateway)

    def tearDown(self):
        self.assertTrue(self.gateway.alive(), "the gateway is gone")

    def ask(self, path, body):
        """What the host was sent, and what the client was told was left out; or the sentence of a refusal."""
        before = len(self.host.exchanges)
        status, headers, text = self.gateway.ask(body, path=path)
        if status != 200:
            self.assertEqual(status, 400, text)
            return None, json.loads(text)["error"]["message"]
        self.assertEqual(len(self.host.exchanges), before + 1)
        return self.host.exchanges[-1].body, headers.get("x-isocost-dropped", "")

    def chat(self, model, **more):
        return self.ask("/v1/chat/completions", question(model, **more))

    def messages(self, model, content, **more):
        return self.ask("/v1/messages", {"model": model, "max_tokens": 50,
                                         "messages": [{"role": "user", "content": content}]} | more)

    def responses(self, model, **more):
        return self.ask("/v1/responses", {"model": model, "input": "Hello"} | more)

    def google(self, of, **more):
        return self.ask(f"/v1beta/models/{of}:generateContent", {"contents": [{"parts": [{"text": "Hello"}]}]} | more)

    def assert_left_out(self, answer, name):
        sent, said = answer
        self.assertIsNone(sent)
        self.assertIn(f"can be told `{name}`", said)

    def test_who_wants_the_web_searched_as_it_usually_is_gets_no_answer_without(self):
        for model in ("messages", "responses", "gemini", "converse"):
            self.assert_left_out(self.chat(model, web_search_options={}), "web_search_options")
        self.assertEqual(self.chat("chat", web_search_options={})[0]["web_search_options"], {})

    def test_who_wants_an_answer_looked_over_gets_none_that_was_not(self):
        wanted = {"moderation": {"model": "omni"}}
        self.assert_left_out(self.chat("messages", **wanted), "moderation")
        self.assert_left_out(self.responses("chat", **wanted), "moderation")
        self.assertEqual(self.responses("responses", **wanted)[0]["moderation"], {"model": "omni"})

    def test_who_wants_a_cache_warmed_and_no_answer_pays_for_none(self):
        warm = {"prompt_cache_options": {"mode": "explicit", "prewarm": True}}
        self.assert_left_out(self.responses("chat", **warm), "prompt_cache_options.prewarm")
        self.assert_left_out(self.chat("messages", **warm), "prompt_cache_options.prewarm")
        self.assertEqual(self.responses("chat", prompt_cache_options={"mode": "implicit", "prewarm": False})[1], "")

    def test_what_both_of_openais_apis_say_reaches_hosts_of_either_and_others_are_told_of(self):
        shared = {"prompt_cache_key": "k", "prompt_cache_retention": "24h", "safety_identifier": "s",
                  "service_tier": "flex", "prompt_cache_options": {"mode": "explicit"}}
        for sent, dropped in (self.chat("responses", **shared), self.responses("chat", **shared)):
            self.assertEqual({name: sent.get(name) for name in shared}, shared)
            self.assertEqual(dropped, "")
        self.assertEqual(self.chat("responses", verbosity="low")[0]["text"], {"verbosity": "low"})
        self.assertEqual(self.responses("chat", text={"verbosity": "low"})[0]["verbosity"], "low")
        for model, told in (("messages", set(shared) - {"safety_identifier"}), ("gemini", set(shared)),
                            ("converse", set(shared))):
            self.assertEqual(set(self.chat(model, **shared)[1].split(", ")), told)
            self.assertEqual(set(self.responses(model, **shared)[1].split(", ")), told)
            self.assertEqual(self.responses(model, text={"verbosity": "low"})[1], "text.verbosity")
        self.assertEqual(self.chat("messages", safety_identifier="s")[0]["metadata"], {"user_id": "s"})
        self.assertEqual(self.chat("messages", service_tier="auto", verbosity="medium")[1], "")

    def test_how_likely_tokens_were_is_told_where_hosts_and_clients_have_a_word_for_it(self):
        token = {"token": "ok", "logprob": -0.5, "bytes": [111, 107], "top_logprobs": []}
        reply = answer({"content": "ok"})
        reply["choices"][0]["logprobs"] = {"content": [token], "refusal": None}
        self.host.chat_answers.append(reply)
        status, _, text = self.gateway.ask({"model": "chat", "input": "Hello", "top_logprobs": 1,
                                            "include": ["message.output_text.logprobs"]}, path="/v1/responses")
        self.assertEqual(status, 200, text)
        sent = self.host.exchanges[-1].body
        self.assertEqual((sent["logprobs"], sent["top_logprobs"]), (True, 1))
        self.assertEqual(json.loads(text)["output"][0]["content"][0]["logprobs"], [token])
        sent, _ = self.chat("responses", logprobs=True, top_logprobs=2)
        self.assertEqual((sent["top_logprobs"], sent["include"][-1]), (2, "message.output_text.logprobs"))
        for model in ("messages", "gemini", "converse"):
            self.assert_left_out(self.chat(model, logprobs=True), "logprobs")
        self.assert_left_out(self.google("chat", generationConfig={"responseLogprobs": True}),
                             "generationConfig.responseLogprobs")

    def test_tools_that_take_a_text_work_in_both_of_openais_apis_at_every_host(self):
        patch = {"type": "custom", "custom": {"name": "patch", "description": "Changes", "format": {
            "type": "grammar", "grammar": {"syntax": "lark", "definition": "start: /a+/"}}}}
        sent, dropped = self.chat("responses", tools=[patch])
        self.assertEqual(sent["tools"], [{"type": "custom", "name": "patch", "description": "Changes", "format": {
            "type": "grammar", "syntax": "lark", "definition": "start: /a+/"}}])
        self.assertEqual(dropped, "")
        for model in ("messages", "gemini", "converse"):
            self.assertEqual(self.chat(model, tools=[patch])[1], "format")
        sent, _ = self.chat("messages", tools=[patch])
        self.assertIn("start: /a+/", sent["tools"][0]["description"])

    def test_googles_schemas_may_be_null_and_what_is_for_its_own_tools_is_told_of(self):
        schema = {"type": "OBJECT", "properties": {"a": {"type": "STRING", "nullable": True}}}
        sent, _ = self.google("chat", tools=[{"functionDeclarations": [{"name": "f", "parameters": schema}]}])
        self.assertEqual(sent["tools"][0]["function"]["parameters"]["properties"]["a"], {"type": ["string", "null"]})
        where = {"retrievalConfig": {"languageCode": "de"}}
        self.assertEqual(self.google("chat", toolConfig=where)[1], "toolConfig.retrievalConfig")

    def test_examples_of_what_a_tool_takes_are_told_of_where_they_are_lost(self):
        tool = {"name": "f", "input_schema": {"type": "object"}, "input_examples": [{}]}
        self.assertEqual(self.messages("chat", "Hello", tools=[tool, tool | {"name": "g"}])[1], "input_examples")
        self.assertEqual(self.messages("messages", "Hello", tools=[tool])[0]["tools"], [tool])

    def test_a_document_alone_has_words_beside_it_where_it_would_be_refused(self):
        paper = {"type": "document", "source": PDF}
        content = self.messages("converse", [paper])[0]["messages"][0]["content"]
        self.assertEqual([list(block) for block in content], [["document"], ["text"]])
        content = self.messages("converse", [paper, {"type": "text", "text": "Sum it up."}])[0]["messages"][0]["content"]
        self.assertEqual(len(content), 2)

    def test_who_says_nothing_is_told_so_where_hosts_would_refuse_it(self):
        for model in ("messages", "gemini", "converse"):
            self.assert_left_out(self.responses(model, input=""), "input")
            self.assert_left_out(self.chat(model, messages=[{"role": "user", "content": ""}]), "messages[0]")
            self.assertIsNotNone(self.responses(model, input="", instructions="Say hello.")[0])
        self.assertEqual(self.responses("chat", input="")[0]["messages"], [{"role": "user", "content": ""}])

    def test_what_stands_before_everything_else_is_text_or_is_not_sent_without(self):
        picture = {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}
        for model in ("chat", "responses", "messages", "converse"):
            self.assert_left_out(self.google(model, systemInstruction={"parts": [{"text": "A"}, picture]}),
                                 "systemInstruction.parts[1].inlineData")

    def test_a_tool_loop_keeps_what_was_thought_whatever_the_client_reads_of_it(self):
        self.host.chat_answers = "calls"
        self.addCleanup(setattr, self.host, "chat_answers", [])
        tool = {"name": "f", "input_schema": {"type": "object"}}
        for display in ("summarized", "omitted"):
            thinking = {"type": "adaptive", "display": display}
            asked = {"model": "chat", "max_tokens": 50, "thinking": thinking, "tools": [tool],
                     "messages": [{"role": "user", "content": "Hello"}]}
            status, _, text = self.gateway.ask(asked, path="/v1/messages")
            self.assertEqual(status, 200, text)
            content = json.loads(text)["content"]
            self.assertEqual(content[0]["thinking"], "Let me see." if display == "summarized" else "")
            result = {"type": "tool_result", "tool_use_id": content[1]["id"], "content": "sunny"}
            asked["messages"] += [{"role": "assistant", "content": content}, {"role": "user", "content": [result]}]
            sent, dropped = self.ask("/v1/messages", asked)
            self.assertEqual((sent["messages"][1]["reasoning_content"], dropped), ("Let me see.", ""))
            sent, dropped = self.ask("/v1/messages", asked | {"model": "messages"})
            self.assertEqual([block["type"] for block in sent["messages"][1]["content"]], ["tool_use"])

    def test_tools_with_names_that_hosts_do_not_take_are_called_by_the_clients_names(self):
        self.host.chat_answers = "calls"
        self.addCleanup(setattr, self.host, "chat_answers", [])
        for name in ("mcp.weather/now", "f" * 100):
            tool = {"name": name, "input_schema": {"type": "object"}}
            for stream in (False, True):
                status, _, text = self.gateway.ask(
                    {"model": "chat", "max_tokens": 50, "stream": stream, "tools": [tool],
                     "messages": [{"role": "user", "content": "Hello"}]}, path="/v1/messages")
                self.assertEqual(status, 200, text)
                sent = self.host.exchanges[-1].body["tools"][0]["function"]["name"]
                self.assertRegex(sent, r"^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$")
                self.assertIn(name, text.decode())
                self.assertNotIn(sent, text.decode())
        for model in ("messages", "responses", "gemini", "converse"):
            sent, _ = self.chat(model, tools=[{"type": "function", "function": {"name": "mcp.weather/now"}}])
            self.assertRegex(json.dumps(sent), r'"name": "mcp_weather_now_[0-9a-f]{16}"')

    def test_of_many_tools_every_host_is_offered_those_that_may_be_called(self):
        tools = [{"type": "function", "function": {"name": name}} for name in "fgh"]
        for mode in ("auto", "required"):
            choice = {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": [tools[0], tools[2]]}}
            for model in ("messages", "responses", "gemini", "converse"):
                sent, dropped = self.chat(model, tools=tools, tool_choice=choice)
                text = json.dumps(sent)
                self.assertIn('"name": "h"', text)
                self.assertNotIn('"name": "g"', text)
                self.assertEqual(dropped, "")
        self.assert_left_out(self.chat("messages", tools=tools, tool_choice={
            "type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [
                {"type": "function", "function": {"name": "z"}}]}}), "tool_choice")
        declared = [{"functionDeclarations": [{"name": name} for name in "fgh"]}]
        calling = {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f", "h"]}}
        for model in ("chat", "messages", "responses", "converse"):
            self.assertNotIn('"name": "g"', json.dumps(self.google(model, tools=declared, toolConfig=calling)[0]))

    def test_a_picture_that_is_answered_reaches_clients_that_have_a_place_for_it_and_goes_back(self):
        self.host.chat_answers = "draws"
        self.addCleanup(setattr, self.host, "chat_answers", [])

        def answered(path, body):
            status, _, text = self.gateway.ask({"model": "gemini"} | body, path=path)
            self.assertEqual(status, 200, text)
            return json.loads(text)

        message = answered("/v1/chat/completions", {"messages": [USER]})["choices"][0]["message"]
        self.assertEqual(message["images"][0]["image_url"]["url"], "data:image/png;base64," + PICTURE["data"])
        output = answered("/v1/responses", {"input": "Hello"})["output"]
        self.assertEqual([item["type"] for item in output], ["message", "image_generation_call"])
        self.assertEqual(output[1]["result"], PICTURE["data"])
        content = answered("/v1/messages", {"max_tokens": 50, "messages": [USER]})["content"]
        self.assertIn("[A picture", content[0]["text"])
        sent, dropped = self.chat("gemini", messages=[USER, message, USER])
        unsigned = {"inlineData": PICTURE, "thoughtSignature": "skip_thought_signature_validator"}
        self.assertEqual((sent["contents"][1]["parts"][1], dropped), (unsigned, ""))
        sent, dropped = self.responses("gemini", input=[USER, *output, USER])
        self.assertEqual((sent["contents"][1]["parts"][1], dropped), (unsigned, ""))
        for model in ("messages", "converse", "responses"):
            self.assertEqual(self.chat(model, messages=[USER, message, USER])[1], "images")

    def test_what_reaches_the_host_is_not_told_of_as_lost(self):
        details = [{"type": "reasoning.text", "text": "Hm", "signature": "c2ln", "format": "anthropic-claude-v1"}]
        history = [USER, {"role": "assistant", "content": "Hi", "reasoning_details": details}, USER]
        sent, dropped = self.chat("messages", messages=history)
        self.assertEqual(sent["messages"][1]["content"][0]["signature"], "c2ln")
        self.assertEqual(dropped, "")
        self.host.chat_answers = "calls"
        self.addCleanup(setattr, self.host, "chat_answers", [])
        body = {"contents": [{"parts": [{"text": "Hello"}]}], "tools": [{"functionDeclarations": [{"name": "f"}]}]}
        status, headers, text = self.gateway.ask(body, path="/v1beta/models/chat:streamGenerateContent?alt=sse")
        self.assertEqual(status, 200, text)
        self.assertNotIn("x-isocost-dropped", headers)

    def test_small_things_that_no_other_api_has_are_told_of(self):
        for model in ("responses", "messages", "gemini", "converse"):
            self.assertEqual(self.chat(model, messages=[USER | {"name": "Ann"}])[1], "name")
        described = {"type": "json_schema", "json_schema": {"name": "n", "description": "D", "schema": {"type": "object"}}}
        self.assertEqual(self.chat("messages", response_format=described)[1], "description")
        sent, dropped = self.chat("responses", response_format=described)
        self.assertEqual((sent["text"]["format"]["description"], dropped), ("D", ""))
        later = {"name": "f", "input_schema": {"type": "object"}, "defer_loading": True}
        self.assertEqual(self.messages("chat", "Hello", tools=[later])[1], "defer_loading")
        budget = {"task_budget": {"type": "tokens", "total": 9}}
        self.assertEqual(self.messages("chat", "Hello", output_config=budget)[1], "output_config.task_budget")
        declared = [{"functionDeclarations": [{"name": "f", "response": {"type": "STRING"}}]}]
        self.assertEqual(self.google("chat", tools=declared)[1], "response")

    def test_a_tool_that_failed_is_told_of_as_such_in_every_api(self):
        history = {"messages": [USER, {"role": "assistant", "content": [
            {"type": "tool_use", "id": "t1", "name": "weather", "input": {}}]}, {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "t1", "content": SUNNY, "is_error": True}]}]}
        sent, _ = self.messages("responses", "", **history)
        self.assertEqual(sent["input"][-1]["output"], "Error:\n\nsunny")
        history["messages"][-1]["content"][0]["content"] = SUNNY + [
            {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}}]
        sent, _ = self.messages("responses", "", **history)
        self.assertEqual(sent["input"][-1]["output"][0], {"type": "input_text", "text": "Error:"})
        self.assertEqual(sent["input"][-1]["output"][1]["text"], "sunny")

    def test_tools_that_were_called_and_are_not_offered_any_more_are_told_where_calls_need_them(self):
        sent, _ = self.chat("converse", messages=CALLED)
        tools = sent["toolConfig"]["tools"]
        self.assertEqual([tool["toolSpec"]["name"] for tool in tools], ["weather"])
        sent, _ = self.chat("messages", messages=CALLED)
        self.assertEqual([tool["name"] for tool in sent["tools"]], ["weather"])
        self.assertEqual(sent["tool_choice"], {"type": "none"})
        for model in ("responses", "gemini"):
            self.assertNotIn("tools", self.chat(model, messages=CALLED)[0])

    def test_that_no_tool_may_be_called_is_named_where_it_cannot_be_said(self):
        tools = [{"type": "function", "function": {"name": "weather"}}]
        sent, dropped = self.chat("converse", messages=CALLED, tools=tools, tool_choice="none")
        self.assertIn("toolConfig", sent)
        self.assertEqual(dropped, "tool_choice")

    def test_wishes_of_googles_clients_are_not_lost_in_silence(self):
        safety = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_LOW_AND_ABOVE"}]
        _, dropped = self.google("chat", safetySettings=safety, serviceTier="flex", labels={"a": "b"}, new=1)
        self.assertEqual(sorted(dropped.split(", ")), ["new", "safetySettings", "serviceTier"])
        self.assertEqual(self.google("chat", serviceTier="standard", store=False)[1], "")
        video = {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}, "videoMetadata": {"fps": 2}}
        _, dropped = self.google("chat", contents=[{"parts": [video, video]}])
        self.assertEqual(dropped, "videoMetadata")

    def test_googles_clients_may_name_their_model_again_and_count_a_whole_request(self):
        contents = [{"role": "user", "parts": [{"text": "Hello, \"model\": is a word"}]}]
        for body in ({"model": "models/gemini", "contents": contents}, {"contents": contents, "model": "gemini"},
                     {"contents": contents}):
            sent, said = self.ask("/v1beta/models/gemini:generateContent", body)
            self.assertEqual(sent, {"contents": contents}, said)
        whole = {"generateContentRequest": {"model": "models/chat", "contents": contents}}
        counts = [json.loads(self.gateway.ask(body, path="/v1beta/models/chat:countTokens")[2]).get("totalTokens")
                  for body in ({"contents": contents}, whole)]
        self.assertEqual(counts[0], counts[1])
        self.assertTrue(counts[0])
        _, said = self.ask("/v1beta/models/chat:generateContent", {"model": "models/gemini", "contents": contents})
        self.assertEqual(said, "`model` is another one than the path's")

    def test_files_that_lie_at_google_are_nobody_elses_to_read(self):
        for address in ("gs://a/b.pdf", "https://generativelanguage.googleapis.com/v1beta/files/abc"):
            part = {"fileData": {"fileUri": address, "mimeType": "application/pdf"}}
            for model in ("messages", "responses", "chat", "converse"):
                sent, _ = self.google(model, contents=[{"parts": [part]}])
                self.assertIsNone(sent, (address, model))
            self.assertEqual(self.google("gemini", contents=[{"parts": [part]}])[0]["contents"][0]["parts"], [part])
        slashed = json.dumps({"contents": [{"parts": [part]}]}).replace("/", "\\/")
        self.assertEqual(self.gateway.ask(slashed, path="/v1beta/models/messages:generateContent")[0], 400)
        part = {"fileData": {"fileUri": "https://a.example/b.pdf", "mimeType": "application/pdf"}}
        sent, _ = self.google("messages", contents=[{"parts": [part]}])
        self.assertEqual(sent["messages"][0]["content"][0]["source"]["url"], "https://a.example/b.pdf")

    def test_who_wants_sources_named_is_told_where_none_will_be(self):
        cited = {"type": "document", "source": PDF, "citations": {"enabled": True}}
        self.assertEqual(self.messages("chat", [cited, cited])[1], "citations")
        self.assertEqual(self.messages("messages", [cited])[1], "")
        self.assertEqual(self.messages("chat", [cited | {"citations": {"enabled": False}}])[1], "")

    def test_arguments_that_a_host_writes_as_an_object_are_the_text_that_clients_read(self):
        call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": {"city": "Z\"ürich"}}}
        tool = {"tools": [{"type": "function", "function": {"name": "weather"}}]}
        self.host.chat_answers.append(answer({"content": None, "tool_calls": [call]}, finish="tool_calls"))
        message = json.loads(self.gateway.ask(question("chat", **tool))[2])["choices"][0]["message"]
        self.assertEqual(json.loads(message["tool_calls"][0]["function"]["arguments"]), {"city": "Z\"ürich"})
        self.host.chat_answers.append(answer({"content": None, "tool_calls": [call]}, finish="tool_calls"))
        text = self.gateway.ask({"model": "chat", "max_tokens": 50, "messages": [USER]}, path="/v1/messages")[2]
        self.assertEqual(json.loads(text)["content"][0]["input"], {"city": "Z\"ürich"})

    def test_arguments_that_are_broken_are_shown_to_googles_clients(self):
        call = {"type": "function", "function": {"name": "weather", "arguments": "{\"city\":"}}
        self.host.chat_answers.append(answer({"content": None, "tool_calls": [call]}, finish="tool_calls"))
        text = self.gateway.ask({"contents": [{"parts": [{"text": "Hello"}]}]},
                                path="/v1beta/models/chat:generateContent")[2]
        made = json.loads(text)["candidates"][0]["content"]["parts"][0]["functionCall"]
        self.assertEqual(made, {"name": "weather", "args": {"invalid_arguments": "{\"city\":"}})

    def test_functions_as_chats_had_them_first_are_called_at_hosts_of_every_api(self):
        weather = {"name": "weather", "parameters": {"type": "object"}}
        called = [USER, {"role": "assistant", "content": None, "function_call": {"name": "weather", "arguments": "{}"}},
                  {"role": "function", "name": "weather", "content": "sunny"}]
        for model in ("messages", "responses", "gemini", "converse"):
            sent, said = self.chat(model, messages=called, functions=[weather], function_call={"name": "weather"})
            self.assertIsNotNone(sent, said)
            self.assertIn("sunny", json.dumps(sent))
        self.assertEqual(sent["toolConfig"]["toolChoice"], {"tool": {"name": "weather"}})
        self.assertEqual(self.chat("chat", messages=called, functions=[weather])[0]["functions"], [weather])
        _, said = self.chat("messages", messages=[USER, {"role": "function", "name": "weather", "content": "sunny"}])
        self.assertIn("messages[1].name", said)

    def test_pictures_are_asked_of_google_and_sound_of_chats_alone(self):
        sent, _ = self.chat("gemini", modalities=["image", "text"])
        self.assertEqual(sent["generationConfig"]["responseModalities"], ["TEXT", "IMAGE"])
        for model in ("messages", "responses", "converse"):
            self.assert_left_out(self.chat(model, modalities=["image"]), "modalities")
        heard = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}
        for model in ("messages", "responses", "gemini", "converse"):
            self.assert_left_out(self.chat(model, **heard), "modalities")
        sound = {"id": "audio_1", "data": "UklGRg==", "transcript": "ok", "expires_at": 1}
        for path in ("/v1/chat/completions", "/api/v1/chat/completions"):
            self.host.chat_answers.append(answer({"content": None, "audio": sound}))
            status, _, text = self.gateway.ask(question("chat", **heard), path=path)
            self.assertEqual(status, 200, text)
            self.assertEqual(json.loads(text)["choices"][0]["message"]["audio"], sound)

    def test_calls_that_stand_apart_are_what_a_chat_takes(self):
        def call(name):
            return {"type": "function_call", "call_id": name, "name": "weather", "arguments": "{}"}

        def result(name):
            return {"type": "function_call_output", "call_id": name, "output": "sunny"}

        items = [USER, call("a"), {"role": "assistant", "content": "And"}, call("b"), USER, result("a"), result("b")]
        sent, _ = self.responses("chat", input=items)
        self.assertEqual([message["role"] for message in sent["messages"]], ["user", "assistant", "tool", "tool", "user"])
        self.assertEqual([each["id"] for each in sent["messages"][1]["tool_calls"]], ["a", "b"])

    def test_more_marks_of_the_cache_than_models_of_anthropic_take_are_the_last_four(self):
        parts = [{"type": "text", "text": str(i), "cache_control": {"type": "ephemeral"}} for i in range(6)]
        for model, mark in (("messages", "cache_control"), ("converse", "cachePoint")):
            sent, dropped = self.chat(model, messages=[{"role": "user", "content": parts}])
            self.assertEqual(json.dumps(sent).count(mark), 4)
            self.assertEqual(dropped, "cache_control")

    def test_what_was_thought_is_left_out_where_a_host_takes_none_of_it(self):
        thought = {"role": "assistant", "content": "a", "reasoning": "hm", "reasoning_content": "hm",
                   "reasoning_details": [{"type": "reasoning.text", "text": "hm"}]}
        sent, dropped = self.chat("silent", messages=[USER, thought, USER])
        self.assertEqual(sent["messages"][1], {"role": "assistant", "content": "a"})
        self.assertEqual(dropped, "reasoning_details")
        sent, dropped = self.chat("silent")
        self.assertEqual(dropped, "")
        details = {name: value for name, value in thought.items() if name not in ("reasoning", "reasoning_content")}
        sent, _ = self.chat("vllm", messages=[USER, details, USER])
        self.assertEqual(sent["messages"][1], {"role": "assistant", "reasoning": "hm", "content": "a"})
        kept = [{"type": "thinking", "thinking": "hm", "signature": "isocost-unsigned"}, {"type": "text", "text": "a"}]
        history = [USER, {"role": "assistant", "content": kept}, USER]
        sent, _ = self.messages("vllm", "", messages=history)
        self.assertEqual(sent["messages"][1]["reasoning"], "hm")
        sent, dropped = self.messages("silent", "", messages=history)
        self.assertEqual((sent["messages"][1], dropped), ({"role": "assistant", "content": "a"}, "thinking blocks"))

    def test_an_answer_that_its_host_broke_off_is_asked_of_another_one(self):
        for word in ("insufficient_system_resource", "network_error", "abort"):
            self.host.chat_answers[:] = [answer({"content": "Hal"}, finish=word), answer({"content": "Hello"})]
            status, headers, text = self.gateway.ask(question("two"))
            self.assertEqual(json.loads(text)["choices"][0]["message"]["content"], "Hello", word)
            self.assertEqual(headers["x-isocost-attempts"], "2")

    def test_a_body_full_of_what_nobody_knows_costs_no_more_than_its_length(self):
        many = 100_000
        bodies = {
            "/v1/messages": {"model": "chat", "max_tokens": 9, "messages": [
                {"role": "user", "content": [{"type": "alien"}] * many}]},
            "/v1/responses": {"model": "chat", "input": [{"type": "alien"}] * many},
            "/v1/chat/completions": {"model": "messages", "messages": [
                {"role": "user", "content": [{"type": "alien"}] * many}]},
            "/v1beta/models/chat:generateContent": {"contents": [{"parts": [{"alien": {}}] * many}]}}
        for path, body in bodies.items():
            begun = time.monotonic()
            sent, said = self.ask(path, body)
            self.assertIsNone(sent)
            self.assertIn("[0]", said)
            self.assertLess(time.monotonic() - begun, 3, path)  # it was eight seconds
        paper = {"type": "document", "source": PDF, "title": "a"}
        begun = time.monotonic()
        sent, _ = self.messages("converse", [paper] * 100)
        self.assertEqual([part["document"]["name"] for part in sent["messages"][0]["content"][:3]], ["a", "a-2", "a-3"])
        self.assertLess(time.monotonic() - begun, 3)
        # Of hints no more are named than a head has room for.
        hosted = [{"type": "web_search"}] * many + [{"type": "function", "name": "weather"}]
        _, dropped = self.responses("chat", tools=hosted)
        self.assertLess(len(dropped), 1000)


if __name__ == "__main__":
    unittest.main()
