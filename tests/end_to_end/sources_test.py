"""Where an answer comes from: hosts of every API tell of the pages that they cite, and clients of the others read it
with their own SDKs, whole and streamed, and send it back."""
import json
import os
import unittest

import anthropic
import openai

from gateway import KEY, Gateway, endpoint, question
from scripted_host import ScriptedHost

PAGE = {"type": "web_search_result_location", "url": "https://a.example", "title": "A", "cited_text": "so",
        "encrypted_index": "Eo8B"}
DOCUMENT = {"type": "char_location", "cited_text": "so", "document_index": 0, "document_title": None,
            "start_char_index": 0, "end_char_index": 2}
TEXT = ["Grüß: ", "it is so", "."]  # the second is what is cited
PLACE = (6, 14)
USAGE = {"input_tokens": 1, "output_tokens": 1}


def grounding():
    before, cited = (len(piece.encode()) for piece in TEXT[:2])
    return {"groundingChunks": [{"web": {"uri": "https://a.example", "title": "A"}}], "groundingSupports": [
        {"segment": {"startIndex": before, "endIndex": before + cited, "text": TEXT[1]}, "groundingChunkIndices": [0]}]}


async def messages(exchange):
    cites = [[], [PAGE, DOCUMENT] if exchange.body["model"] == "documents" else [PAGE], []]
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
               "stop_sequence": None, "usage": USAGE,
               "content": [{"type": "text", "text": text, "citations": cited} for text, cited in zip(TEXT, cites)]}
    if not exchange.body.get("stream"):
        return await exchange.reply(200, message)
    await exchange.begin_stream()
    await exchange.event({"type": "message_start", "message": message | {"content": [], "stop_reason": None}})
    for i, (text, cited) in enumerate(zip(TEXT, cites)):
        at = {"index": i}
        await exchange.event({"type": "content_block_start", "content_block": {"type": "text", "text": ""}} | at)
        for citation in cited:
            await exchange.event({"type": "content_block_delta",
                                  "delta": {"type": "citations_delta", "citation": citation}} | at)
        await exchange.event({"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}} | at)
        await exchange.event({"type": "content_block_stop"} | at)
    await exchange.event({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                          "usage": {"output_tokens": 1}})
    await exchange.event({"type": "message_stop"})
    await exchange.end_stream()


async def gemini(exchange):
    def reply(texts, **more):
        return {"candidates": [{"content": {"role": "model", "parts": [{"text": text} for text in texts]}, "index": 0} | more],
                "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}}

    if "stream" not in exchange.path:
        return await exchange.reply(200, reply(TEXT, finishReason="STOP", groundingMetadata=grounding()))
    await exchange.begin_stream()
    for text in TEXT:
        await exchange.event(reply([text]))
    await exchange.event(reply([""], finishReason="STOP", groundingMetadata=grounding()))
    await exchange.end_stream()


async def chat(exchange):
    cited = {"type": "url_citation", "url_citation": {"url": "https://a.example", "title": "A", "start_index": PLACE[0],
                                                      "end_index": PLACE[1]}}
    message = {"role": "assistant", "content": "".join(TEXT), "annotations": [cited]}
    await exchange.reply(200, {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [
        {"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}})


async def answers(exchange):
    if exchange.path.endswith("/messages"):
        return await messages(exchange)
    await (chat if exchange.path.endswith("/chat/completions") else gemini)(exchange)


class AnyHost(ScriptedHost):
    def model_of(self, exchange):
        return "answers"


class Sources(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(AnyHost({"answers": answers}))
        os.environ["KEY_OF_THE_TESTS"] = "sk-of-the-tests-0123"
        url = f"http://127.0.0.1:{cls.host.ports[0]}"
        key = {"credential": "${KEY_OF_THE_TESTS}"}
        providers = {"messages": {"base_url": url + "/v1", "dialect": "anthropic"} | key, "chat": {"base_url": url + "/v1"},
                     "gemini": {"base_url": url + "/v1beta", "dialect": "google"} | key}
        hosted = {"messages": "messages", "documents": "messages", "gemini": "gemini", "chat": "chat"}
        gateway = Gateway({}, {})
        gateway.settings |= {"providers": providers, "models": {
            model: {"endpoints": [endpoint(provider, model)]} for model, provider in hosted.items()}}
        cls.gateway = cls.enterClassContext(gateway)
        cls.openai = openai.OpenAI(api_key=KEY, base_url=cls.gateway.base_url, max_retries=0)
        cls.anthropic = anthropic.Anthropic(api_key=KEY, base_url=f"http://127.0.0.1:{cls.gateway.port}", max_retries=0)

    def assert_cited(self, citations):
        self.assertEqual([(each.url, each.title, each.start_index, each.end_index) for each in citations],
                         [("https://a.example", "A", *PLACE)])
        self.assertEqual("".join(TEXT)[slice(*PLACE)], TEXT[1])

    def test_chats_read_the_pages_that_hosts_of_other_apis_cite_and_send_them_back(self):
        for model in ("messages", "gemini"):
            asked = {"model": model, "messages": [{"role": "user", "content": "Is it so?"}]}
            message = self.openai.chat.completions.create(**asked).choices[0].message
            self.assertEqual(message.content, "".join(TEXT))
            self.assert_cited([each.url_citation for each in message.annotations])
            streamed = [chunk.choices[0].delta for chunk in self.openai.chat.completions.create(**asked, stream=True)
                        if chunk.choices]
            annotations = [each for delta in streamed for each in delta.model_dump().get("annotations") or []]
            self.assertEqual(annotations, [each.model_dump() for each in message.annotations])
            asked["messages"] += [message.model_dump(), {"role": "user", "content": "Sure?"}]
            self.openai.chat.completions.create(**asked)

    def test_responses_have_them_in_the_text_that_they_stand_in(self):
        for model in ("messages", "gemini"):
            response = self.openai.responses.create(model=model, input="Is it so?")
            self.assertEqual(response.output_text, "".join(TEXT))
            self.assert_cited(response.output[0].content[0].annotations)
            with self.openai.responses.stream(model=model, input="Is it so?") as stream:
                told = [event.annotation for event in stream if event.type == "response.output_text.annotation.added"]
                final = stream.get_final_response()
            self.assert_cited(final.output[0].content[0].annotations)
            self.assertEqual(len(told), 1)
            history = [{"role": "user", "content": "Is it so?"}, *response.model_dump(exclude_none=True)["output"],
                       {"role": "user", "content": "Sure?"}]
            self.openai.responses.create(model=model, input=history)

    def test_googles_clients_have_them_as_sources(self):
        for model in ("messages", "chat"):
            text = self.gateway.ask({"contents": [{"parts": [{"text": "Is it so?"}]}]},
                                    path=f"/v1beta/models/{model}:generateContent")[2]
            self.assertEqual(json.loads(text)["candidates"][0]["groundingMetadata"],
                             {"groundingChunks": [{"web": {"uri": "https://a.example", "title": "A"}}]})

    def test_who_has_no_place_for_them_is_told(self):
        asked = {"model": "gemini", "max_tokens": 50, "messages": [{"role": "user", "content": "Is it so?"}]}
        reply = self.anthropic.messages.with_raw_response.create(**asked)
        self.assertEqual(reply.headers["x-isocost-dropped"], "citations")
        self.assertEqual("".join(block.text for block in reply.parse().content), "".join(TEXT))
        with self.anthropic.messages.stream(**asked) as stream:
            usage = [event.usage for event in stream if event.type == "message_delta"][0]
        self.assertEqual(usage.model_extra["isocost"]["left_out"], "citations")
        # Of documents nobody else has a word.
        status, headers, _ = self.gateway.ask(question("documents"))
        self.assertEqual((status, headers["x-isocost-dropped"]), (200, "citations"))
        _, headers, _ = self.gateway.ask(question("messages"))
        self.assertNotIn("x-isocost-dropped", headers)


if __name__ == "__main__":
    unittest.main()
