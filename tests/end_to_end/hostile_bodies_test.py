"""Bodies that are wrong in every place of every API: each is refused in the API's own words, at its place, or answered;
none is the gateway's own failure."""
import copy
import json
import unittest

import behaviours
from gateway import EndToEnd, endpoint

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

CHAT = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Look"},
                                     {"type": "image_url", "image_url": {"url": "data:image/png;base64," + PNG}}]},
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "7"}],
    "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": SCHEMA}}],
    "tool_choice": {"type": "function", "function": {"name": "f"}}, "max_tokens": 50, "temperature": 0.5,
    "stop": ["END"], "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}},
    "reasoning": {"effort": "low"}, "stream_options": {"include_usage": True}, "metadata": {"a": "b"},
    "provider": {"order": ["a"], "max_price": {"prompt": 1}}, "models": [], "n": 1, "user": "u"}
MESSAGES = {
    "max_tokens": 50, "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image", "source": {
            "type": "base64", "media_type": "image/png", "data": PNG}}]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm", "signature": "c2ln"},
                                          {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": [
            {"type": "text", "text": "7"}], "is_error": False}]}],
    "tools": [{"name": "f", "description": "d", "input_schema": SCHEMA}], "tool_choice": {"type": "auto"},
    "thinking": {"type": "enabled", "budget_tokens": 1024}, "stop_sequences": ["END"], "temperature": 1,
    "metadata": {"user_id": "u"}}
RESPONSES = {
    "instructions": "Be brief.", "input": [
        {"type": "message", "role": "user", "content": [
            {"type": "input_text", "text": "Look"},
            {"type": "input_image", "image_url": "data:image/png;base64," + PNG, "detail": "auto"}]},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm"}],
         "encrypted_content": "gAAA"},
        {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{\"a\":1}"},
        {"type": "function_call_output", "call_id": "c1", "output": "7"}],
    "tools": [{"type": "function", "name": "f", "parameters": SCHEMA, "strict": True}],
    "tool_choice": {"type": "function", "name": "f"}, "max_output_tokens": 50, "reasoning": {"effort": "low"},
    "text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA}}, "store": False,
    "include": ["reasoning.encrypted_content"], "metadata": {"a": "b"}}
GEMINI = {
    "systemInstruction": {"parts": [{"text": "Be brief."}]}, "contents": [
        {"role": "user", "parts": [{"text": "Look"}, {"inlineData": {"mimeType": "image/png", "data": PNG}}]},
        {"role": "model", "parts": [{"functionCall": {"id": "c1", "name": "f", "args": {"a": 1}}}]},
        {"role": "user", "parts": [{"functionResponse": {"id": "c1", "name": "f", "response": {"r": 7}}}]}],
    "tools": [{"functionDeclarations": [{"name": "f", "description": "d", "parameters": SCHEMA}]}],
    "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}},
    "generationConfig": {"temperature": 0.5, "maxOutputTokens": 50, "stopSequences": ["END"],
                         "thinkingConfig": {"thinkingBudget": 5, "includeThoughts": True},
                         "responseMimeType": "application/json", "responseSchema": SCHEMA}}
COMPLETIONS = {"prompt": ["a", "b"], "max_tokens": 5, "logprobs": 1, "stop": "END", "n": 1, "best_of": 1}
EMBEDDINGS = {"input": ["a", "b"], "encoding_format": "float", "dimensions": 8}

WRONG = [None, True, 7, -1, 1.5, "", "x", [], {}, [[]], [None], {"type": "alien"}, [{"role": "alien"}]]


def places(value, path=()):
    """Where anything stands in a body."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, path + (key,))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from places(inner, path + (i,))


def changed(body, path, new):
    if not path:
        return new
    result = copy.deepcopy(body)
    at = result
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = new
    return result


async def loose(exchange):
    """Answers in the words of whichever API it is asked in, and looks at nothing but how many texts want vectors."""
    if exchange.path.endswith("/messages"):
        return await exchange.reply(200, {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
            "content": [{"type": "text", "text": "ok"}], "usage": {"input_tokens": 1, "output_tokens": 1}})
    if exchange.path.endswith("/responses"):
        text = {"type": "output_text", "text": "ok", "annotations": []}
        return await exchange.reply(200, {
            "id": "resp_1", "object": "response", "status": "completed", "model": "m", "output": [
                {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": [text]}],
            "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}})
    if exchange.path.endswith("/embeddings"):
        given = exchange.body["input"]
        count = len(given) if isinstance(given, list) and not isinstance(given[0], int) else 1
        return await exchange.reply(200, {"object": "list", "data": [
            {"object": "embedding", "index": i, "embedding": [1]} for i in range(count)],
            "usage": {"prompt_tokens": 1, "total_tokens": 1}})
    if exchange.path.endswith("/chat/completions"):
        return await exchange.reply(200, behaviours.answer({"content": "ok"}))
    return await exchange.reply(200, {"id": "c", "object": "text_completion", "choices": [
        {"index": 0, "text": "ok", "finish_reason": "stop"}], "usage": behaviours.USAGE})


def loose_endpoint(*speaks):
    every = ["tools", "json_object", "json_schema", "images", "audio", "files", "reasoning", "logprobs", "prefill"]
    return [endpoint("a", "loose", speaks=list(speaks), features=every)]


class HostileBodies(EndToEnd):
    behaviours = {"loose": loose}
    models = {name: loose_endpoint(name) for name in ("chat", "messages", "responses", "completions", "embeddings")}

    def check(self, path, body, shape):
        status, headers, text = self.gateway.ask(body, path=path)
        said = (path, body if isinstance(body, (str, bytes)) else json.dumps(body)[:2000], status, text[:300])
        self.assertIn(status, (200, 400, 403, 404, 413), said)
        if status != 200:
            error = json.loads(text)
            self.assertTrue(shape(error), said)

    def spoil(self, path, body, shape, model):
        for place in places(body):
            for new in WRONG:
                hostile = changed(body, place, new)
                if isinstance(hostile, dict) and model:
                    hostile = {"model": model} | hostile
                self.check(path, hostile, shape)
        for text in ("", "{", "[1", "nul", "{\"a\":1,}", "\ufeff{}", "{\"model\":\"chat\",\"model\":\"chat\"}",
                     "[" * 100_000, "{\"messages\":" * 5000, "{\"model\":\"\\ud800\"}",
                     json.dumps({"model": model or "chat"} | body)[:-1] + ",\"x\":1e999999}",
                     b"{\"model\":\"\xff\"}", b"\x00" * 100):
            self.check(path, text if isinstance(text, bytes) else text.encode(), shape)

    @staticmethod
    def openai(error):
        return error["error"]["message"] and "param" in error["error"] and error["error"]["type"]

    @staticmethod
    def anthropic(error):
        return error["type"] == "error" and error["error"]["type"] and error["error"]["message"]

    @staticmethod
    def google(error):
        return error["error"]["code"] and error["error"]["status"] and error["error"]["message"]

    def test_chat(self):
        for model in ("chat", "messages", "responses"):
            self.spoil("/v1/chat/completions", CHAT, self.openai, model)

    def test_messages(self):
        for model in ("chat", "messages", "responses"):
            self.spoil("/v1/messages", MESSAGES, self.anthropic, model)
        self.spoil("/v1/messages/count_tokens", MESSAGES, self.anthropic, "chat")

    def test_responses(self):
        for model in ("chat", "messages", "responses"):
            self.spoil("/v1/responses", RESPONSES, self.openai, model)
        self.spoil("/v1/responses/input_tokens", RESPONSES, self.openai, "chat")

    def test_gemini(self):
        for model in ("chat", "messages", "responses"):
            self.spoil(f"/v1beta/models/{model}:generateContent", GEMINI, self.google, None)
        self.spoil("/v1beta/models/chat:countTokens", GEMINI, self.google, None)

    def test_completions_and_embeddings(self):
        self.spoil("/v1/completions", COMPLETIONS, self.openai, "completions")
        self.spoil("/v1/embeddings", EMBEDDINGS, self.openai, "embeddings")

    def tearDown(self):
        super().tearDown()
        self.assertEqual(self.gateway.metric("isocost_escaped_exceptions_total"), 0)


if __name__ == "__main__":
    unittest.main()
