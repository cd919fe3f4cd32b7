"""Google's SDK for Python, as it comes, against the gateway, to hosts that speak OpenAI's chat and Anthropic's Messages."""
import json
import unittest

from google import genai
from google.genai import errors, types

from gateway import KEY
from messages_hosts import started

BOTH = {"claude-says": "Grüezi, world", "claude-chat-says": "Hello, world"}


class GeminiPython(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host, cls.gateway = started(cls)
        cls.client = genai.Client(api_key=KEY, http_options=types.HttpOptions(
            base_url=cls.gateway.base_url.removesuffix("/v1")))

    def tearDown(self):
        self.assertTrue(self.gateway.alive(), "the gateway is gone")

    def test_an_answer_whole(self):
        for model, said in BOTH.items():
            with self.subTest(model):
                answer = self.client.models.generate_content(
                    model=model, contents="Say hello.",
                    config=types.GenerateContentConfig(system_instruction="Be brief.", max_output_tokens=50))
                self.assertEqual(answer.text, said)
                self.assertEqual(answer.candidates[0].finish_reason, types.FinishReason.STOP)
                self.assertGreater(answer.usage_metadata.prompt_token_count, 0)
                self.assertGreater(answer.usage_metadata.candidates_token_count, 0)
                self.assertEqual(answer.model_version, model)

    def test_an_answer_streamed(self):
        for model, said in BOTH.items():
            with self.subTest(model):
                chunks = list(self.client.models.generate_content_stream(model=model, contents="Say hello."))
                self.assertGreater(len(chunks), 2)
                self.assertEqual("".join(chunk.text or "" for chunk in chunks), said)
                self.assertEqual(chunks[-1].candidates[0].finish_reason, types.FinishReason.STOP)
                self.assertGreater(chunks[-1].usage_metadata.total_token_count, 0)

    def test_what_was_thought_is_shown_where_it_is_asked_for(self):
        for shown in (True, False):
            config = types.GenerateContentConfig(thinking_config=types.ThinkingConfig(include_thoughts=shown))
            for streams in (False, True):
                with self.subTest(shown=shown, streams=streams):
                    asked = {"model": "chat-thinks", "contents": "?", "config": config}
                    answers = (self.client.models.generate_content_stream(**asked) if streams
                               else [self.client.models.generate_content(**asked)])
                    parts = [part for answer in answers for part in answer.candidates[0].content.parts or []]
                    thought = "".join(part.text for part in parts if part.thought)
                    self.assertEqual(thought, "Let me see. Yes." if shown else "")
                    self.assertEqual("".join(part.text or "" for part in parts if not part.thought), "42")

    def test_tools_that_the_sdk_calls_by_itself(self):
        asked = []

        def weather(city: str) -> str:
            """The weather of a city."""
            asked.append(city)
            return "sunny in " + city

        answer = self.client.models.generate_content(
            model="chat-calls", contents="Weather?",
            config=types.GenerateContentConfig(tools=[weather]))
        self.assertEqual(asked, ["Zürich", "Genève"])
        self.assertIn("sunny in Zürich", answer.text)
        self.assertIn("sunny in Genève", answer.text)

    def test_tools_streamed(self):
        tool = types.Tool(function_declarations=[types.FunctionDeclaration(
            name="weather", parameters=types.Schema(type=types.Type.OBJECT, properties={
                "city": types.Schema(type=types.Type.STRING)}))])
        chunks = list(self.client.models.generate_content_stream(
            model="chat-calls", contents="Weather?", config=types.GenerateContentConfig(
                tools=[tool], automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True))))
        calls = [call for chunk in chunks for call in chunk.function_calls or []]
        self.assertEqual([call.args for call in calls], [{"city": "Zürich"}, {"city": "Genève"}])
        sent = self.host.asked("chat-calls")[-1].body["tools"][0]["function"]["parameters"]
        self.assertEqual(sent["properties"]["city"]["type"], "string")

    def test_tokens_are_counted(self):
        counted = self.client.models.count_tokens(model="claude-says", contents="How long is this?")
        self.assertGreater(counted.total_tokens, 3)

    def test_models_are_listed(self):
        listed = {model.name: model for model in self.client.models.list()}
        self.assertIn("generateContent", listed["models/claude-says"].supported_actions)
        self.assertEqual(self.client.models.get(model="claude-says").name, "models/claude-says")
        with self.assertRaises(errors.ClientError):
            self.client.models.get(model="nobody-has-it")

    def test_a_stream_without_events_is_one_array(self):
        for model in ("claude-says", "chat-breaks"):
            status, headers, text = self.gateway.ask({"contents": [{"parts": [{"text": "?"}]}]},
                                                     path=f"/v1beta/models/{model}:streamGenerateContent")
            self.assertEqual((status, headers["content-type"]), (200, "application/json; charset=utf-8"))
            parts = json.loads(text)
            self.assertGreater(len(parts), 1)
            self.assertEqual("error" in parts[-1], model == "chat-breaks")

    def test_errors_are_googles(self):
        with self.assertRaises(errors.ClientError) as missing:
            self.client.models.generate_content(model="nobody-has-it", contents="?")
        self.assertEqual(missing.exception.code, 404)
        self.assertEqual(missing.exception.status, "NOT_FOUND")
        with self.assertRaises(errors.ClientError) as wrong:
            self.client.models.generate_content(
                model="claude-says", contents="?",
                config=types.GenerateContentConfig(tools=[types.Tool(google_search=types.GoogleSearch())]))
        self.assertEqual(wrong.exception.code, 400)
        self.assertIn("tools[0].googleSearch", wrong.exception.message)
        stranger = genai.Client(api_key="wrong", http_options=types.HttpOptions(
            base_url=self.gateway.base_url.removesuffix("/v1")))
        with self.assertRaises(errors.ClientError) as unknown:
            stranger.models.generate_content(model="claude-says", contents="?")
        self.assertEqual(unknown.exception.code, 401)

    def test_a_stream_that_breaks_off_is_an_error(self):
        with self.assertRaises(Exception) as broken:
            list(self.client.models.generate_content_stream(model="chat-breaks", contents="?"))
        self.assertIsInstance(broken.exception, errors.APIError)


if __name__ == "__main__":
    unittest.main()
