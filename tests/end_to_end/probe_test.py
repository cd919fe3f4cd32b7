"""`isocost check --probe` against hosts that have each defect, over their own APIs."""
import http.server
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time
import unittest

from gateway import closed_port, endpoint

SECRET = "sk-probe-0123456789abcdef"


class Host:
    """`models` maps a name to what it does; `contexts` says what the list of models says of them."""

    def __init__(self, models, contexts=None, lists=True):
        self.models, self.contexts, self.lists = models, contexts or {}, lists
        self.bodies, self.gets = [], []
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                host.gets.append(self.path)
                if not host.lists:
                    return self.reply(404, {"error": {"message": "no such page"}})
                self.reply(200, {"object": "list", "data": [
                    {"id": name, "object": "model", "owned_by": "test"} |
                    ({"max_model_len": host.contexts[name]} if name in host.contexts else {}) for name in host.models]})

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                host.bodies.append((self.path, dict(self.headers), body))
                answer = host.models.get(body.get("model", self.path.split("/")[-1].split(":")[0]), missing)
                self.reply(*answer(body, self.headers))

            def log_message(self, *_):
                pass

            def reply(self, status, body):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def error(status, message, kind="invalid_request_error", code=None):
    return status, {"error": {"message": message, "type": kind, "param": None, "code": code}}


def missing(body, _):
    return error(404, f"The model `{body.get('model')}` does not exist", code="model_not_found")


def says(text):
    return lambda body, headers: (200, {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": body["model"],
        "choices": [{"index": 0, "finish_reason": "length", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 20, "completion_tokens": 1, "total_tokens": 21}})


ok = says("Hello")


def refuses_key(body, headers):
    return error(401, f"Incorrect API key provided: {headers['Authorization'][7:]}", code="invalid_api_key")


def no_money(body, _):
    return error(402, "Insufficient Balance")


def no_tools(body, headers):
    return error(400, "tools is not supported by this model") if "tools" in body else ok(body, headers)


def has_image(body):
    return any(isinstance(each["content"], list) and any(part["type"] == "image_url" for part in each["content"])
               for each in body["messages"])


def no_images(body, headers):
    return error(400, "image input is not supported") if has_image(body) else ok(body, headers)


def no_schema(body, headers):
    if body.get("response_format", {}).get("type") == "json_schema":
        return error(400, "response_format json_schema is unavailable", code="unsupported_value")
    return ok(body, headers)


def goes_on(body, headers):
    return says(" 5 6 7 8 9" if body["messages"][-1]["role"] == "assistant" else "Hello")(body, headers)


def counts_on(body, headers):
    return says("5 6 7 8 9")(body, headers)


def begins_anew(body, headers):
    return says("1 2 3 4 5" if body["messages"][-1]["role"] == "assistant" else "Hello")(body, headers)


def no_prefill(body, headers):
    if body["messages"][-1]["role"] == "assistant":
        return error(400, "the last message must be from the user")
    return ok(body, headers)


def busy(body, _):
    return error(429, "slow down", "rate_limit_error")


def broken(body, _):
    return 500, {"error": {"message": "internal error"}}


def hangs(body, headers):
    time.sleep(5)
    return ok(body, headers)


def claude(body, headers):
    assert headers["x-api-key"] == SECRET and body["max_tokens"] == 1, body
    return 200, {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"],
                 "content": [{"type": "text", "text": "Hi"}], "stop_reason": "max_tokens", "stop_sequence": None,
                 "usage": {"input_tokens": 12, "output_tokens": 1}}


def gemini(body, headers):
    assert headers["x-goog-api-key"] == SECRET, dict(headers)
    return 200, {"candidates": [{"content": {"role": "model", "parts": [{"text": "Hi"}]}, "finishReason": "MAX_TOKENS",
                                 "index": 0}],
                 "usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": 1, "totalTokenCount": 13},
                 "modelVersion": "gemini"}


class Probe(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def probe(self, hosts, models, *options, status=0, always=None, policies=None, **providers):
        settings = {
            "state": str(self.folder / "state"),
            "providers": {name: {"base_url": f"http://127.0.0.1:{getattr(host, 'port', host)}/v1",
                                 "credential": "${PROBE_KEY}"} | providers.get(name, {})
                          for name, host in hosts.items()},
            "models": {name: {"endpoints": [each]} for name, each in models.items()}}
        if always:
            settings["always"] = always
        if policies:
            settings["policies"] = policies
        file = self.folder / "isocost.yaml"
        file.write_text(json.dumps(settings))
        done = subprocess.run([os.environ["ISOCOST"], "check", "--probe", *options, file], capture_output=True, text=True,
                              timeout=60, env=os.environ | {"PROBE_KEY": SECRET})
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertNotIn(SECRET, done.stdout + done.stderr)
        return done

    def test_who_is_forbidden_is_not_contacted(self):
        here, there = self.enterContext(Host({"m": ok})), self.enterContext(Host({"n": ok}))
        found = self.found({"a": here, "b": there}, {"m": endpoint("a", "m", features=[]), "n": endpoint("b", "n", features=[])},
                           status=None, always={"allow": "jurisdiction == DE"}, a={"jurisdiction": "DE"})
        self.assertEqual(found["n"], ["forbidden"])
        self.assertEqual((there.bodies, there.gets), ([], []))
        self.assertEqual(len(here.bodies), 1)

    def found(self, hosts, models, status=2, options=(), **providers):
        """What was found of each model, in one word each."""
        done = self.done = self.probe(hosts, models, "--json", *options, status=status, **providers)
        self.page = json.loads(done.stdout)
        return {each["model"]: [finding["what"] for finding in each["findings"]] for each in self.page["endpoints"]}

    def result(self, model):
        return next(each for each in self.page["endpoints"] if each["model"] == model)

    def one(self, behaviour, claimed=(), status=2, **more):
        host = self.enterContext(Host({"m": behaviour}))
        return self.found({"a": host}, {"m": endpoint("a", "m", features=list(claimed), **more)}, status)["m"]

    def test_what_is_as_configured_is_said_to_be_and_costs_one_call(self):
        host = self.enterContext(Host({"m": ok}, {"m": 128000}))
        each = endpoint("a", "m", features=["tools", "json_schema", "images"])
        self.assertEqual(self.found({"a": host}, {"m": each}, status=0), {"m": []})
        self.assertEqual(self.result("m")["result"], "as_configured")
        self.assertEqual(len(host.bodies), 1)
        _, headers, body = host.bodies[0]
        self.assertEqual(body["max_tokens"], 1)
        self.assertEqual(headers["Authorization"], "Bearer " + SECRET)
        self.assertTrue(body["tools"] and body["response_format"] and has_image(body))
        # 20 tokens at 0.55 $/Mtok and 1 at 2.19.
        self.assertAlmostEqual(self.page["dollars"], 20 * 0.55e-6 + 2.19e-6, places=8)
        self.assertGreater(self.result("m")["seconds"], 0)

    def test_each_defect_has_a_word(self):
        for behaviour, claimed, word in [
                (refuses_key, [], "key_refused"), (no_money, [], "no_money"), (missing, [], "model_missing"),
                (no_tools, ["tools", "json_schema"], "feature_refused"), (no_schema, ["json_schema"], "feature_refused"),
                (no_images, ["images", "tools"], "feature_refused"), (no_prefill, ["prefill"], "feature_refused"),
                (begins_anew, ["prefill"], "prefill_not_honoured"), (broken, [], "refused")]:
            with self.subTest(behaviour.__name__):
                self.assertEqual(self.one(behaviour, claimed), [word])
                self.assertEqual(self.result("m")["result"], "differs")

    def test_the_refused_feature_is_named_and_the_others_are_cleared(self):
        self.one(no_tools, ["tools", "json_schema", "images"])
        detail, = [finding["detail"] for finding in self.result("m")["findings"]]
        self.assertIn("`tools`", detail)
        self.assertIn("tools is not supported by this model", detail)

    def test_prefill_that_is_honoured_is_no_finding(self):
        self.assertEqual(self.one(goes_on, ["prefill"], status=0), [])

    def kept(self):
        file = self.folder / "state" / "prefills.json"
        return {each["model"]: each["goes_on"] for each in json.loads(file.read_text())["prefills"]} if file.exists() else {}

    def test_who_is_not_said_to_go_on_is_asked_where_a_policy_goes_on_with_streams_and_that_is_remembered(self):
        host = self.enterContext(Host({"yes": goes_on, "no": begins_anew, "never": no_prefill, "turn": counts_on}))
        hosts, models = {"a": host}, {name: endpoint("a", name, features=[]) for name in host.models}
        self.assertEqual(self.found(hosts, models, status=0), dict.fromkeys(models, []))
        self.assertEqual((len(host.bodies), self.kept()), (4, {}))
        self.assertEqual({each["goes_on"] for each in self.page["endpoints"]}, {None})
        self.found(hosts, models, status=0, policies={"calm": {"continue": {"hops": 2}}})
        self.assertEqual(len(host.bodies), 12)
        self.assertEqual(self.kept(), {"yes": True, "no": False, "never": False, "turn": False})
        self.assertEqual(self.result("yes")["goes_on"], True)
        self.assertIn(f"remembered in {self.folder / 'state'}", self.done.stderr)
        self.assertIn("of 4 endpoints, 0 go on", self.done.stderr)
        again = self.probe(hosts, models, status=0, policies={"calm": {"continue": {"hops": 2}}})
        self.assertIn("and 1 by what an earlier probe showed", again.stderr)
        self.assertIn("goes on with a begun answer (`prefill`): a (yes)", again.stdout)

    def test_the_begun_answer_is_told_as_serving_tells_it(self):
        host = self.enterContext(Host({"m": goes_on}))
        self.assertEqual(self.found({"a": host}, {"m": endpoint("a", "m", features=["prefill"])}, status=0,
                                    a={"engine": {"kind": "vllm"}}), {"m": []})
        body = host.bodies[-1][2]
        self.assertEqual((body["continue_final_message"], body["add_generation_prompt"]), (True, False))
        self.assertEqual(body["messages"][-1], {"role": "assistant", "content": "1 2 3 4"})

    def test_a_host_that_is_busy_shows_nothing(self):
        calls = []

        def busy_later(body, headers):
            calls.append(body)
            return ok(body, headers) if len(calls) == 1 else busy(body, headers)

        self.assertEqual(self.one(busy_later, ["prefill"], status=0), [])
        self.assertEqual(self.kept(), {})

    def test_a_context_that_is_smaller_than_configured_is_told(self):
        host = self.enterContext(Host({"m": ok, "n": ok}, {"m": 32768, "n": 131072}))
        found = self.found({"a": host}, {"m": endpoint("a", "m"), "n": endpoint("a", "n")})
        self.assertEqual(found, {"m": ["context_smaller"], "n": []})
        self.assertIn("32768", self.result("m")["findings"][0]["detail"])

    def test_who_does_not_answer_is_unreachable_and_keeps_nobody(self):
        host = self.enterContext(Host({"m": ok, "slow": hangs}, lists=False))
        began = time.monotonic()
        found = self.found({"a": host, "gone": closed_port()},
                           {"m": endpoint("a", "m"), "slow": endpoint("a", "slow"), "gone": endpoint("gone", "m")},
                           options=["--timeout", "1"])
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(found, {"m": [], "slow": ["unreachable"], "gone": ["unreachable"]})
        self.assertEqual(self.result("gone")["result"], "unreachable")

    def test_who_is_busy_is_not_held_to_differ(self):
        self.assertEqual(self.one(busy, status=0), ["busy"])
        self.assertEqual(self.result("m")["result"], "not_tested")

    def test_other_apis_are_asked_in_their_own_words(self):
        host = self.enterContext(Host({"claude": claude, "gemini": gemini}, lists=False))
        found = self.found({"a": host, "g": host}, {"c": endpoint("a", "claude", features=[]),
                                                    "g": endpoint("g", "gemini", features=[])},
                           status=0, a={"dialect": "anthropic"}, g={"dialect": "google"})
        self.assertEqual(found, {"c": [], "g": []})
        self.assertEqual({path for path, _, _ in host.bodies}, {"/v1/messages", "/v1/models/gemini:generateContent"})

    def test_the_cost_is_told_before_and_bounded(self):
        host = self.enterContext(Host({"m": ok}))
        dear = endpoint("a", "m", features=[], price={"input": "90 $/Mtok", "output": "90 $/Mtok"})
        done = self.probe({"a": host}, {"m": dear}, "--most", "0.01", status=1)
        self.assertIn("at most $0.09", done.stderr)
        self.assertEqual(host.bodies, [])
        self.assertIn("all of it cost", self.probe({"a": host}, {"m": dear}).stdout)

    def test_people_read_a_table(self):
        host = self.enterContext(Host({"m": ok, "n": no_tools}))
        done = self.probe({"a": host}, {"m": endpoint("a", "m", features=[]), "n": endpoint("a", "n")}, status=2)
        self.assertRegex(done.stdout, r"a +m +as configured")
        self.assertRegex(done.stdout, r"a +n +differs")
        self.assertIn("a (n): `features` has `tools`, and it is refused", done.stdout)

    def test_a_configuration_that_is_not_good_asks_nobody(self):
        host = self.enterContext(Host({"m": ok}))
        self.probe({"a": host}, {"m": endpoint("b", "m")}, status=1)
        self.assertEqual(host.bodies, [])


if __name__ == "__main__":
    unittest.main()
