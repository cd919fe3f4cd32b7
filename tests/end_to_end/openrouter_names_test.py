"""Suffixes, presets, routes and lists of models, as OpenRouter's clients write them; who answers, and who is never asked."""
import json
import unittest

import behaviours
from gateway import EndToEnd, endpoint

FREE = {"input": "0 $/Mtok", "output": "0 $/Mtok"}
HELLO = [{"role": "user", "content": "Say hello."}]


def told(word):
    async def behave(exchange):
        await exchange.reply(200, behaviours.answer({"content": word}))
    return behave


class OpenrouterNames(EndToEnd):
    behaviours = {name: told(name) for name in ["free", "paid", "other", "forbidden"]}
    models = {
        "author/mixed": [endpoint("a", "free", price=FREE), endpoint("a", "paid"), endpoint("b", "forbidden", price=FREE)],
        "author/paid": [("a", "paid"), endpoint("b", "forbidden", price=FREE)],
        "author/other": [("a", "other")],
    }
    gateway_settings = {
        "routes": {"openrouter/auto": [{"model": "author/other"}]},
        "presets": {"brief": {"model": "author/other", "policy": "cheapest", "system": "Be brief.", "temperature": 0.5,
                              "max_tokens": 7},
                    "bare": {"policy": "fastest"}},
    }

    @classmethod
    def prepare(cls, settings):
        # What nobody may use, whatever is asked for.
        settings["always"] = {"allow": "provider != \"b-forbidden\""}

    def tearDown(self):
        super().tearDown()
        self.assertEqual(self.host.asked("forbidden"), [], "a forbidden host was asked")

    def ask(self, model, path="/api/v1/chat/completions", messages=HELLO, **more):
        return self.gateway.ask({"model": model, "messages": messages} | more, path=path)

    def refused(self, response, status, code):
        got, _, text = response
        self.assertEqual(got, status, text)
        error = json.loads(text)["error"]
        self.assertEqual(error["code"], status)
        self.assertEqual(error["metadata"]["isocost_code"], code)
        return error

    def test_free_is_for_hosts_that_cost_nothing(self):
        for _ in range(5):
            self.assertEqual(self.answer_of(self.ask("author/mixed:free")), "free")
        error = self.refused(self.ask("author/paid:free"), 404, "no_eligible_endpoint")
        self.assertIn("max_price", error["message"])

    def test_who_says_two_efforts_is_asked_which_it_is_to_be(self):
        self.refused(self.ask("author/other", reasoning={"effort": "low"}, reasoning_effort="high"), 400, "invalid_value")
        self.refused(self.ask("author/other", reasoning={"effort": "low", "max_tokens": 2000}), 400, "invalid_value")

    def test_messages_have_fallbacks_of_their_own_and_the_id_of_the_generation(self):
        status, headers, text = self.ask("author/nobody", path="/api/v1/messages", max_tokens=9,
                                         fallbacks=[{"model": "author/other"}])
        self.assertEqual(status, 200, text)
        self.assertEqual(json.loads(text)["content"][0]["text"], "other")
        self.assertTrue(headers["x-generation-id"].startswith("gen-"))
        self.assertTrue(headers["request-id"])
        self.assertNotIn("x-isocost-dropped", headers)
        status, _, text = self.ask("author/other", path="/api/v1/messages", max_tokens=9, fallbacks=[{"model": 1}])
        self.assertEqual((status, json.loads(text)["error"]["type"]), (400, "invalid_request_error"))

    def test_policies_by_suffix(self):
        for suffix in ["nitro", "floor", "exacto", "balanced"]:
            status, headers, text = self.ask(f"author/other:{suffix}")
            self.assertEqual(status, 200, text)
            policy = {"nitro": "fastest", "floor": "cheapest", "exacto": "balanced"}.get(suffix, suffix)
            self.assertEqual(headers["x-isocost-policy"], policy)

    def test_what_is_told_of_a_model_is_told_of_its_name_with_a_suffix(self):
        for path in ["model/{}", "models/{}/endpoints", "parameters/{}"]:
            plain = self.gateway.get("/api/v1/" + path.format("author/other"))
            self.assertEqual(plain[0], 200)
            for suffix in ["nitro", "free", "exacto"]:
                self.assertEqual(self.gateway.get("/api/v1/" + path.format("author/other:" + suffix)), plain)
            self.assertEqual(self.gateway.get("/api/v1/" + path.format("author/other:whatever"))[0], 404)

    def test_suffixes_that_nothing_stands_for_say_why(self):
        for suffix in ["online", "thinking", "extended"]:
            self.refused(self.ask(f"author/other:{suffix}"), 400, "unsupported_suffix")
        self.refused(self.ask("author/other:whatever"), 400, "policy_not_found")

    def test_a_route_may_be_called_as_openrouters_router(self):
        self.assertEqual(self.answer_of(self.ask("openrouter/auto")), "other")

    def test_unknown_names_are_passed_over_while_one_is_known(self):
        self.assertEqual(self.answer_of(self.ask("no/such", models=["nor/this", "author/other"])), "other")
        self.assertEqual(self.answer_of(self.ask("author/other", models=["no/such"])), "other")
        error = self.refused(self.ask("no/such", models=["nor/this"]), 400, "model_not_found")
        self.assertEqual(error["availability"], {"code": "model_not_found", "retryable": False,
                                                 "requested_models": ["no/such", "nor/this"]})
        self.assertEqual(self.answer_of(self.ask("author/paid:free", models=["author/mixed:free"])), "free")
        self.refused(self.ask("author/other", models=["author/mixed:free"]), 400, "invalid_value")

    def test_presets(self):
        for asked in [{"model": "@preset/brief"}, {"model": "author/other@preset/brief"},
                      {"model": "author/other", "preset": "brief"}]:
            status, headers, text = self.ask(**asked)
            self.assertEqual(status, 200, text)
            self.assertEqual(headers["x-isocost-policy"], "cheapest")
            sent = self.host.asked("other")[-1].body
            self.assertEqual(sent["messages"], [{"role": "system", "content": "Be brief."}] + HELLO)
            self.assertEqual((sent["temperature"], sent["max_tokens"]), (0.5, 7))
            self.assertNotIn("preset", sent)
        self.ask("author/other@preset/brief", temperature=1, path="/v1/chat/completions")
        self.assertEqual(self.host.asked("other")[-1].body["temperature"], 1)
        self.refused(self.ask("author/other", preset="none"), 400, "preset_not_found")
        self.refused(self.ask("@preset/bare"), 400, "missing_member")

    def test_what_nothing_runs_beside_a_model_is_refused(self):
        self.assertEqual(self.answer_of(self.ask("author/other", plugins=[], transforms=[], usage={"include": True})), "other")
        self.assertEqual(self.answer_of(self.ask("author/other", plugins=[{"id": "web", "enabled": False}])), "other")
        self.refused(self.ask("author/other", plugins=[{"id": "web"}]), 400, "unsupported_plugin")
        self.refused(self.ask("author/other", transforms=["middle-out"]), 400, "unsupported_transform")

    def test_reasoning_is_told_in_one_word(self):
        self.ask("author/other", reasoning={"effort": "high", "exclude": True}, include_reasoning=True)
        status, _, text = self.ask("author/other", reasoning={"effort": "none"})
        self.assertEqual(status, 200, text)
        sent = self.host.asked("other")[-1].body
        self.assertEqual(sent["reasoning_effort"], "none")
        self.assertNotIn("reasoning", sent)

    def test_a_forbidden_host_is_never_asked(self):
        for model in ["author/mixed:free", "author/mixed:floor", "author/mixed:nitro", "author/mixed:exacto", "author/mixed"]:
            for _ in range(3):
                self.assertIn(self.answer_of(self.ask(model)), ["free", "paid"])
        self.refused(self.ask("author/paid", provider={"only": ["b-forbidden"]}), 404, "no_eligible_endpoint")

    def test_anthropics_clients_get_their_own_errors_with_a_type_more(self):
        body = {"model": "no/such", "max_tokens": 5, "messages": HELLO}
        status, headers, text = self.gateway.ask(body, {"anthropic-version": "2023-06-01"}, path="/api/v1/messages")
        error = json.loads(text)["error"]
        self.assertEqual((status, error["type"], error["error_type"]), (404, "not_found_error", "not_found"))
        self.assertIn("request-id", headers)
        status, _, text = self.gateway.ask(body | {"model": "author/other"}, path="/api/v1/messages")
        self.assertEqual(json.loads(text)["content"][0]["text"], "other")

    def test_the_openai_way_is_as_it_was(self):
        status, headers, text = self.ask("author/other", path="/v1/chat/completions")
        body = json.loads(text)
        self.assertEqual(status, 200)
        self.assertTrue(body["id"].startswith("req_"))
        self.assertNotIn("provider", body)
        self.assertNotIn("x-generation-id", headers)
        self.assertEqual(headers["x-isocost-host-model"], "other")
        status, _, text = self.ask("no/such", path="/v1/chat/completions")
        self.assertEqual((status, json.loads(text)["error"]["code"]), (404, "model_not_found"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
