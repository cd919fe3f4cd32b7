"""What clients of every API can rely on: thinking between tags, counted calls, bounds, packed bodies, browsers, stored
answers."""
import gzip
import json
import shutil
import subprocess
import unittest

import openai

import behaviours
from behaviours import answer, finish_stream, piece
from gateway import KEY, EndToEnd, endpoint, question

TAGGED = ["<th", "ink>\n", "Let me ", "see.</thi", "nk>\n\nHel", "lo <b>"]


async def tagged(exchange):
    if not exchange.body.get("stream"):
        return await exchange.reply(200, answer({"content": "".join(TAGGED)}))
    await exchange.begin_stream()
    await exchange.event(piece({"role": "assistant", "content": ""}))
    for text in TAGGED:
        await exchange.event(piece({"content": text}))
    await finish_stream(exchange, "eos")


async def counts_from_one(exchange):
    await exchange.begin_stream()
    for i, name in ((1, "f"), (2, "g")):
        first = {"index": i, "id": f"call_{name}", "type": "function", "function": {"name": name, "arguments": ""}}
        await exchange.event(piece({"tool_calls": [first]}))
        await exchange.event(piece({"tool_calls": [{"index": i, "function": {"arguments": "{}"}}]}))
    await finish_stream(exchange, "tool_use")


async def embeds(exchange):
    texts = exchange.body["input"]
    assert len(texts) <= 3, texts
    data = [{"object": "embedding", "index": i, "embedding": [float(text)]} for i, text in enumerate(texts)]
    await exchange.reply(200, {"object": "list", "data": data[::-1], "model": "e",
                               "usage": {"prompt_tokens": len(texts), "total_tokens": len(texts)}})


async def stored(exchange):
    """What a host says of an answer that it has stored."""
    if exchange.method == "GET" and exchange.path.endswith("/input_items?limit=1"):
        return await exchange.reply(200, {"object": "list", "data": [], "first_id": None, "last_id": None,
                                          "has_more": False})
    if exchange.method == "DELETE":
        return await exchange.reply(200, {"id": "resp_of_host", "object": "response", "deleted": True})
    if exchange.path.endswith("/cancel"):
        return await exchange.reply(400, {"error": {"message": "Cannot cancel a synchronous response."}})
    text = {"type": "output_text", "text": "first", "annotations": []}
    await exchange.reply(200, {
        "id": "resp_of_host", "object": "response", "created_at": 1, "status": "completed", "model": "theirs",
        "previous_response_id": None, "output": [
            {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [text]}],
        "usage": {"input_tokens": 3, "output_tokens": 1, "total_tokens": 4}})


async def remembers(exchange):
    asked = exchange.body
    before = asked.get("previous_response_id")
    said = "again" if before == "resp_of_host" else "first" if before is None else "lost"
    text = {"type": "output_text", "text": said, "annotations": []}
    await exchange.reply(200, {
        "id": "resp_of_host", "object": "response", "created_at": 1, "status": "completed", "model": "r",
        "previous_response_id": before, "store": asked.get("store", True), "output": [
            {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [text]}],
        "usage": {"input_tokens": 3, "output_tokens": 1, "total_tokens": 4}})


class Surfaces(EndToEnd):
    behaviours = {"ok": behaviours.ok, "tagged": tagged, "counts": counts_from_one, "embeds": embeds,
                  "remembers": remembers, "also": remembers, "": stored}
    models = {"m": [("a", "ok")], "tagged": [("a", "tagged")], "counts": [("a", "counts")],
              "small": [endpoint("a", "ok", max_output="1 ktok")],
              "e": [endpoint("a", "embeds", speaks=["embeddings"], max_inputs=3)],
              "r": [endpoint("a", "remembers", speaks=["responses"]),
                    endpoint("b", "also", speaks=["responses"],
                             price={"input": "0.01 $/Mtok", "output": "0.01 $/Mtok"})]}
    gateway_settings = {"cors": {"origins": ["https://app.example.com"]}, "seal_key": "${SEAL_KEY}"}

    @classmethod
    def setUpClass(cls):
        import os
        os.environ["SEAL_KEY"] = "of-the-end-to-end-tests"
        super().setUpClass()

    @classmethod
    def prepare(cls, settings):
        settings["providers"]["a-remembers"]["keeps_responses"] = True

    def setUp(self):
        self.client = openai.OpenAI(api_key=KEY, base_url=self.gateway.base_url, max_retries=0)
        self.addCleanup(self.client.close)

    def test_thinking_between_tags_is_reasoning(self):
        whole = self.client.chat.completions.create(model="tagged", messages=question()["messages"])
        self.assertEqual(whole.choices[0].message.content, "Hello <b>")
        self.assertEqual(whole.choices[0].message.reasoning_content, "Let me see.")
        text = thought = ""
        with self.client.chat.completions.create(model="tagged", messages=question()["messages"],
                                                 stream=True) as chunks:
            for chunk in chunks:
                delta = chunk.choices[0].delta
                text += delta.content or ""
                thought += getattr(delta, "reasoning_content", None) or ""
        self.assertEqual((text, thought), ("Hello <b>", "Let me see."))
        self.assertEqual(chunk.choices[0].finish_reason, "stop")
        self.assertEqual(chunk.choices[0].native_finish_reason, "eos")
        raw = self.client.chat.completions.create(model="tagged", messages=question()["messages"],
                                                  extra_body={"reasoning_format": "raw"})
        self.assertEqual(raw.choices[0].message.content, "".join(TAGGED))

    def test_calls_are_counted_from_0(self):
        with self.client.chat.completions.create(model="counts", messages=question()["messages"],
                                                 stream=True) as chunks:
            chunks = list(chunks)
        calls = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]
        self.assertEqual([call.index for call in calls], [0, 0, 1, 1])
        self.assertEqual(chunks[-1].choices[0].finish_reason, "tool_calls")
        self.assertEqual(len({(chunk.id, chunk.created) for chunk in chunks}), 1)

    def test_a_bound_is_lowered_to_what_the_host_gives_and_told(self):
        status, headers, text = self.gateway.ask(question("small", max_tokens=64000))
        self.assertEqual(status, 200, text)
        self.assertEqual(headers["x-isocost-dropped"], "max_tokens")
        self.assertEqual(self.host.asked("ok")[-1].body["max_tokens"], 1000)
        status, headers, text = self.gateway.ask(question("small", max_tokens=64000,
                                                          provider={"require_parameters": True}))
        self.assertEqual(status, 400, text)

    def test_embeddings_are_asked_in_batches(self):
        got = self.client.embeddings.create(model="e", input=[str(i) for i in range(8)], encoding_format="float")
        self.assertEqual([each.embedding for each in got.data], [[float(i)] for i in range(8)])
        self.assertEqual([each.index for each in got.data], list(range(8)))
        self.assertEqual(got.usage.prompt_tokens, 8)
        self.assertEqual(len(self.host.asked("embeds")), 3)
        # The SDK asks for base64 by itself, of which the host knows nothing.
        for texts in ("7",), [str(i) for i in range(8)]:
            got = self.client.embeddings.create(model="e", input=list(texts))
            self.assertEqual([each.embedding for each in got.data], [[float(text)] for text in texts])

    def test_packed_bodies(self):
        body = json.dumps(question()).encode()
        packed = {"gzip": gzip.compress(body)}
        if shutil.which("zstd"):
            packed["zstd"] = subprocess.run(["zstd", "-c"], input=body, capture_output=True, check=True).stdout
        for coding, data in packed.items():
            with self.subTest(coding):
                self.assertEqual(self.answer_of(self.gateway.ask(data, {"Content-Encoding": coding})),
                                 behaviours.TEXT)
        bomb = gzip.compress(b"0" * (200 << 20))
        self.error_of(self.gateway.ask(bomb, {"Content-Encoding": "gzip"}), 413, "body_too_large")
        self.error_of(self.gateway.ask(body, {"Content-Encoding": "gzip"}), 400, "bad_encoding")
        self.error_of(self.gateway.ask(body, {"Content-Encoding": "br"}), 415, "unsupported_encoding")

    def preflight(self, origin):
        connection = self.gateway.connect()
        connection.request("OPTIONS", "/v1/chat/completions", headers={
            "Origin": origin, "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type"})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response

    def test_browsers(self):
        allowed = self.preflight("https://app.example.com")
        self.assertEqual(allowed.status, 200)
        self.assertEqual(allowed.headers["Access-Control-Allow-Origin"], "https://app.example.com")
        self.assertEqual(allowed.headers["Access-Control-Allow-Headers"], "authorization,content-type")
        refused = self.preflight("https://evil.example.com")
        self.assertEqual(refused.status, 405)
        self.assertIsNone(refused.headers["Access-Control-Allow-Origin"])
        for key, status in ((KEY, 200), ("wrong", 401)):
            got, headers, _ = self.gateway.ask(question(), {"Origin": "https://app.example.com",
                                                            "Authorization": "Bearer " + key})
            self.assertEqual(got, status)
            self.assertEqual(headers["access-control-allow-origin"], "https://app.example.com")
            self.assertIn("x-isocost-cost", headers["access-control-expose-headers"])

    def test_what_there_is_is_described(self):
        status, text = self.gateway.get("/openapi.json")
        self.assertEqual(status, 200)
        document = json.loads(text)
        self.assertIn("post", document["paths"]["/v1/chat/completions"])
        self.assertIn("openapi.json", self.gateway.get("/")[1])

    def test_stored_answers_stay_with_their_host(self):
        one = self.client.responses.create(model="r", input="Hi", extra_body={"provider": {"only": ["a-remembers"]}})
        self.assertEqual(one.output_text, "first")
        self.assertNotEqual(one.id, "resp_of_host")
        two = self.client.responses.create(model="r", input="More", previous_response_id=one.id)
        self.assertEqual(two.output_text, "again")
        self.assertEqual(two.previous_response_id, one.id)
        self.assertEqual(self.host.asked("also"), [])
        with self.assertRaises(openai.NotFoundError) as lost:
            self.client.responses.create(model="r", input="More", previous_response_id="resp_of_host")
        self.assertEqual(lost.exception.param, "previous_response_id")

    def test_stored_answers_are_read_cancelled_and_deleted_by_their_owner(self):
        one = self.client.responses.create(model="r", input="Hi", extra_body={"provider": {"only": ["a-remembers"]}})
        got = self.client.responses.retrieve(one.id)
        self.assertEqual((got.id, got.model, got.output_text), (one.id, "r", "first"))
        self.assertEqual(self.client.responses.input_items.list(one.id, limit=1).data, [])
        with self.assertRaises(openai.BadRequestError) as whole:
            self.client.responses.cancel(one.id)
        self.assertIn("Cannot cancel", str(whole.exception))
        self.client.responses.delete(one.id)
        asked = [(each.method, each.path) for each in self.host.exchanges if not each.body]
        self.assertEqual(asked, [("GET", "/v1/responses/resp_of_host"),
                                 ("GET", "/v1/responses/resp_of_host/input_items?limit=1"),
                                 ("POST", "/v1/responses/resp_of_host/cancel"),
                                 ("DELETE", "/v1/responses/resp_of_host")])
        for strange in ("resp_of_host", one.id[:-2] + "xx"):
            with self.assertRaises(openai.NotFoundError):
                self.client.responses.retrieve(strange)


if __name__ == "__main__":
    unittest.main()
