"""The console in a real browser: each page by what a person does on it, at three widths and in both themes; nothing from
another origin, nothing against the content security policy, no error, and names that are code shown as names."""
import collections
import hashlib
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request

from playwright.sync_api import expect, sync_playwright

import behaviours
from gateway import KEY, EndToEnd, Gateway, endpoint, question

HOSTILE = "<img src=x onerror=alert(1)>"
SHOTS = os.environ.get("CONSOLE_SHOTS")  # a folder for pictures that a person looks at


def priced(provider, host_model, dollars, **more):
    return endpoint(provider, host_model, price={"input": f"{dollars} $/Mtok", "output": f"{dollars} $/Mtok"}, **more)


class Watched:
    """A browser page, and everything on it that should not be."""

    def __init__(self, browser, url, width=1280, scheme="light"):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.url, self.wrong, self.bytes = url, [], collections.Counter()
        self.page.on("console", lambda said: said.type in ("error", "warning") and self.wrong.append(said.text))
        self.page.on("pageerror", lambda fault: self.wrong.append(str(fault)))
        self.accepts = False  # whether a question of the page is answered with yes; else there should be none
        self.page.on("dialog", lambda dialog: dialog.accept() if self.accepts else (self.wrong.append("a dialog: " + dialog.message), dialog.dismiss()))
        self.page.on("request", lambda made: made.url.startswith((url, "data:")) or self.wrong.append(made.url))
        self.page.add_init_script("addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.violatedDirective, e.blockedURI))")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def show(self, place):
        self.page.goto(self.url + "/ui/#/" + place)

    def log_in(self):
        self.page.goto(self.url + "/ui/")
        self.page.get_by_label("Key").fill(KEY)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page.get_by_role("heading", name="Market", level=1)).to_be_visible()


class Console(EndToEnd):
    behaviours = {"ok": behaviours.ok, "slow": behaviours.late(0.3, behaviours.ok), "down": behaviours.failing(500), "fails": behaviours.failing(500)}
    models = {"m": [priced("a", "ok", 3), priced("b", "slow", 1), priced("b", "down", 0.1), priced("a", "tiny", 1, context="1 tok")],
              "gone": [priced("a", "down", 0.1), priced("b", "fails", 0.2)],
              "fails": [priced("a", "fails", 0.1), priced("b", "ok", 3), priced("a", "tiny", 1, context="1 tok")]}

    @classmethod
    def prepare(cls, settings):
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        settings["records"] = {"file": str(folder / "records.db")}
        settings["policies"] = {"thrifty": {"value_of_time": "1 $/h"}}
        settings["shadow"] = ["thrifty"]
        settings["keys"][0]["role"] = "admin"
        settings["keys"].append({"name": "onlooker", "role": "viewer", "sha256": hashlib.sha256(b"sk-onlooker").hexdigest()})

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tool = cls.enterClassContext(sync_playwright())
        cls.browser = tool.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=["--no-sandbox"])
        cls.addClassCleanup(cls.browser.close)
        cls.url = f"http://127.0.0.1:{cls.gateway.port}"

    def open(self, **more):
        return Watched(self.browser, self.url, **more)

    def clean(self, watched):
        # A browser says every status from 400 on as an error; one that a test asks for is none.
        self.assertEqual([each for each in watched.wrong if "status of 40" not in each], [])

    def picture(self, watched, name):
        if SHOTS:
            watched.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)

    def test_a_request_that_failed_over_is_found_and_explained(self):
        with self.open() as watched:
            watched.log_in()
            watched.show("live")
            watched.page.get_by_label("failed over").check()
            row = watched.page.locator("button.row").first
            watched.page.wait_for_timeout(1200)  # the stream has begun
            self.gateway.ask(question(model="fails"))
            row.click()
            expect(watched.page.get_by_role("heading", name="Journey")).to_be_visible()
            story = watched.page.get_by_role("region", name="Attempts")
            expect(story).to_contain_text("an error of its own, 500")
            expect(watched.page.get_by_role("region", name="Candidates").first).to_contain_text("$")
            expect(watched.page.get_by_role("region", name="Left out").first).to_contain_text("context")
            self.assertRegex(watched.page.url, "#/live/req_[0-9a-v]+")
            self.picture(watched, "live_request")
            self.clean(watched)

    def test_a_request_that_ended_before_the_page_was_opened_is_found_by_its_id(self):
        _, headers, _ = self.gateway.ask(question())
        _, refused, _ = self.gateway.ask(question(model="mm"))
        with self.open() as watched:
            watched.log_in()
            watched.show("live")
            expect(watched.page.get_by_role("button", name="Open this request")).to_be_hidden()
            watched.page.get_by_label("Model, host, key or id").fill(headers["x-request-id"])
            watched.page.get_by_role("button", name="Open this request").click()
            expect(watched.page.get_by_role("region", name="Attempts")).to_contain_text("answered")
            watched.page.get_by_label("Model, host, key or id").fill(refused["x-request-id"])
            watched.page.get_by_label("Model, host, key or id").press("Enter")
            expect(watched.page.get_by_role("alert")).to_contain_text("Did you mean `m`")
            expect(watched.page.get_by_text("refused before any host was looked at")).to_be_visible()
            self.picture(watched, "live_refused")
            self.clean(watched)

    def test_what_a_client_was_told_after_all_hosts_failed_stands_beside_the_decisions(self):
        status, headers, text = self.gateway.ask(question("gone"))
        self.assertEqual(status, 502, text)
        said = json.loads(text)["error"]["message"]
        with self.open(width=360) as watched:
            watched.log_in()
            watched.show("live/" + headers["x-request-id"])
            expect(watched.page.get_by_role("alert")).to_have_text("The client was told: " + said)
            expect(watched.page.get_by_role("region", name="Attempts")).to_contain_text("an error of its own, 500")
            expect(watched.page.get_by_role("heading", name="Decision 1 of")).to_be_visible()
            lane = watched.page.locator(".lane").first.bounding_box()
            self.assertGreater(lane["width"], 200)  # on a telephone, too
            self.picture(watched, "live_gone")
            self.clean(watched)

    def test_a_request_that_was_opened_is_closed_again_and_the_list_has_its_room_back(self):
        with self.open() as watched:
            watched.log_in()
            watched.show("live")
            watched.page.wait_for_timeout(1200)  # the stream has begun
            self.gateway.ask(question())
            row = watched.page.locator("button.row").first
            row.click()
            expect(watched.page.get_by_role("heading", name="Journey")).to_be_visible()
            row.click()
            expect(watched.page.get_by_role("heading", name="Journey")).to_have_count(0)
            self.assertTrue(watched.page.url.endswith("#/live"), watched.page.url)
            self.clean(watched)

    def test_amounts_and_times_are_short_however_small_they_are(self):
        with self.open() as watched:
            watched.log_in()
            words = watched.page.evaluate("""async () => { const { money, percent, time } = await import("/ui/format.js");
                return [money(1.4e-7), money(0.000520), money(-12.345), time(0.0482), time(0), time(48.21), percent(7.1e-12), percent(0), percent(0.123)]; }""")
            self.assertEqual(words, ["$0.00000014", "$0.000520", "−$12.3", "48.2 µs", "0 ms", "48.2 ms", "< 0.01 %", "0 %", "12.3 %"])

    def test_the_market_places_every_host_and_draws_the_line(self):
        for number in range(8):
            self.gateway.ask(question(messages=[{"role": "user", "content": f"Hello {number}"}]))
        with self.open() as watched:
            watched.log_in()
            watched.show("market?model=m&prompt=2000")
            expect(watched.page.locator("path.iso:not(.other)")).to_have_count(1, timeout=10000)
            self.assertGreaterEqual(watched.page.locator("circle.dot").count(), 2)
            expect(watched.page.locator("circle.dot.chosen")).to_have_count(1)
            expect(watched.page.get_by_role("region", name="Hosts left out")).to_contain_text("its context is")
            before = watched.page.get_by_role("region", name="Hosts that could be chosen").inner_text()
            watched.page.get_by_role("slider").first.fill("4.5")
            expect(watched.page.get_by_role("region", name="Hosts that could be chosen")).not_to_have_text(before)
            watched.page.get_by_label("Policy").select_option("thrifty")
            expect(watched.page.get_by_text("Policy thrifty")).to_be_visible()
            self.assertIn("policy=thrifty", watched.page.url)
            self.clean(watched)

    def test_hosts_and_configuration_show_what_is_there_and_no_secret(self):
        with self.open() as watched:
            watched.log_in()
            watched.show("hosts")
            expect(watched.page.get_by_role("region", name="Hosts")).to_contain_text("a-ok", timeout=10000)
            watched.page.get_by_role("link", name="b-slow").click()
            expect(watched.page.get_by_role("heading", name="b-slow of m")).to_be_visible()
            watched.show("configuration")
            text = watched.page.get_by_role("region", name="Text of the configuration, secrets masked")
            expect(text).to_contain_text("thrifty")
            expect(text).not_to_contain_text(self.gateway.settings["keys"][0]["sha256"][:12])
            watched.page.get_by_role("button", name="Reload").click()
            expect(watched.page.get_by_text("is in use.")).to_be_visible()
            self.clean(watched)

    def test_the_slow_host_is_found_and_drained_and_comes_back(self):
        for number in range(10):
            self.gateway.ask(question(messages=[{"role": "user", "content": f"Hello {number}"}], provider={"order": ["b-slow"], "allow_fallbacks": False}, stream=True))
            self.gateway.ask(question(messages=[{"role": "user", "content": f"Hello {number}"}], provider={"order": ["a-ok"], "allow_fallbacks": False}, stream=True))
        with self.open() as watched:
            watched.log_in()
            watched.show("hosts")
            rows = watched.page.get_by_role("region", name="Hosts").locator("tbody tr")
            expect(rows.filter(has_text="b-slow")).to_contain_text("s", timeout=10000)
            # The one with the longest median is the first once they are sorted by it.
            watched.page.get_by_role("button", name="TTFT", exact=True).click()
            expect(rows.first).to_contain_text("b-slow")
            self.assertIn("by=TTFT", watched.page.url)
            watched.page.get_by_role("button", name="TTFT", exact=True).click()
            expect(watched.page.get_by_role("columnheader", name="TTFT", exact=True)).to_have_attribute("aria-sort", "ascending")
            # What was clicked keeps the keyboard, and the table goes on with the news.
            asked = rows.filter(has_text="a-ok").first.locator("td").last
            seen = asked.inner_text()
            self.gateway.ask(question(provider={"order": ["a-ok"], "allow_fallbacks": False}))
            expect(asked).not_to_have_text(seen, timeout=15000)
            expect(watched.page.get_by_role("button", name="TTFT", exact=True)).to_be_focused()
            slowest = max(json.loads(self.gateway.get("/admin/endpoints")[1])["endpoints"], key=lambda host: host["ttft_p50_ms"] or 0)
            self.assertEqual(slowest["endpoint"], "b-slow")
            watched.page.get_by_role("link", name="b-slow").click()
            watched.page.get_by_role("button", name="Drain").click()
            expect(watched.page.get_by_text("no new request goes there")).to_be_visible()
            self.picture(watched, "host_drained")
            only = question(provider={"order": ["b-slow"], "allow_fallbacks": False})
            for _ in range(5):
                status, _, text = self.gateway.ask(only)
                self.assertGreaterEqual(status, 400, text)
                self.assertNotEqual(self.gateway.ask(question())[1].get("x-isocost-endpoint"), "b-slow")
            self.assertEqual(self.gateway.metric("isocost_endpoint_state", endpoint="b-slow", state="drained"), 1)
            watched.show("configuration")
            expect(watched.page.get_by_role("region", name="Changes")).to_contain_text("POST /admin/endpoints/{name}/drain")
            # A reload leaves it where it is.
            watched.page.get_by_role("button", name="Reload").click()
            expect(watched.page.get_by_text("is in use.")).to_be_visible()
            self.assertGreaterEqual(self.gateway.ask(only)[0], 400)
            watched.show("hosts/b-slow")
            watched.page.get_by_role("button", name="Resume").click()
            expect(watched.page.get_by_text("is back in service")).to_be_visible()
            self.assertEqual(self.gateway.ask(only)[0], 200)
            self.clean(watched)
        lines = [json.loads(line) for line in (self.gateway.state_path / "changes.log").read_text().splitlines()]
        self.assertIn(("tests", "b-slow", 200), {(line["who"], line.get("whom"), line["status"]) for line in lines})

    def test_who_only_looks_changes_nothing(self):
        with self.open() as watched:
            watched.page.goto(self.url + "/ui/")
            watched.page.get_by_label("Key").fill("sk-onlooker")
            watched.page.get_by_role("button", name="Log in").click()
            expect(watched.page.get_by_role("heading", name="Market", level=1)).to_be_visible()
            watched.show("hosts/b-slow")
            watched.page.get_by_role("button", name="Drain").click(timeout=10000)
            expect(watched.page.get_by_text("takes a key with")).to_be_visible()
            watched.show("keys")
            expect(watched.page.get_by_role("alert")).to_contain_text("takes a key with")
            watched.show("spend")
            expect(watched.page.get_by_role("heading", name="Budgets")).to_be_visible()
            self.clean(watched)
        self.assertEqual(self.gateway.ask(question(provider={"order": ["b-slow"], "allow_fallbacks": False}))[0], 200)

    def test_a_key_with_a_budget_is_made_used_limited_and_revoked(self):
        with self.open() as watched:
            page = watched.page
            watched.log_in()
            watched.show("keys")
            expect(page.get_by_role("region", name="Keys")).to_contain_text("tests")
            page.get_by_label("Name").fill("team-app")
            page.get_by_label("Budget in $").last.fill("0.5")
            page.get_by_role("button", name="Make").click()
            text = page.get_by_label("The new key")
            expect(text).to_be_visible()
            key = text.input_value()
            self.assertTrue(key)
            self.picture(watched, "key_made")
            mine = {"Authorization": "Bearer " + key}
            status, headers, body = self.gateway.ask(question(), mine)
            self.assertEqual(status, 200, body)
            watched.show("live")
            watched.show("keys/team-app")
            expect(page.get_by_label("The new key")).to_have_count(0)  # once, and never again
            self.assertNotIn(key, page.content())
            card = page.get_by_role("region", name="team-app").or_(page.locator("section[aria-label='team-app']"))
            expect(card).to_contain_text("$0.5/day")
            expect(page.get_by_role("region", name="What binds it")).to_contain_text("of $0.5")
            # What it used is on the page of spending, against its budget.
            deadline = time.monotonic() + 10
            while "team-app" not in self.gateway.get("/admin/spend?by=key")[1] and time.monotonic() < deadline:
                time.sleep(0.1)
            watched.show("spend?by=key")
            expect(page.get_by_role("region", name="Spend by key")).to_contain_text("team-app")
            expect(page.get_by_role("region", name="Budgets")).to_contain_text("key team-app")
            self.picture(watched, "spend")
            # And with a policy beside it, of one key alone.
            page.get_by_label("and by").select_option("policy")
            both = page.get_by_role("region", name="Spend by key and policy")
            expect(both).to_contain_text("team-app")
            both.get_by_role("link", name="team-app").click()
            expect(page.get_by_role("link", name="Not only key team-app")).to_be_visible()
            expect(both.locator("tbody tr")).to_have_count(1)
            page.get_by_role("link", name="Not only key team-app").click()
            expect(page.get_by_role("link", name="Not only key team-app")).to_have_count(0)
            watched.show("keys/team-app")
            page.locator("section[aria-label='team-app']").get_by_label("Budget in $").fill("0.000000001")
            page.get_by_role("button", name="Set limits").click()
            expect(card).not_to_contain_text("$0.5/day")
            self.assertEqual(self.gateway.ask(question(), mine)[0], 402)
            self.clean(watched)
        with self.open() as watched:
            watched.log_in()
            watched.show("keys/team-app")
            watched.accepts = True
            watched.page.get_by_role("button", name="Revoke").click()
            expect(watched.page.get_by_text("It was revoked, which is for good.")).to_be_visible()
        self.assertEqual(self.gateway.ask(question(), mine)[0], 401)

    def test_a_wrong_rule_is_said_at_its_place_mended_and_tried(self):
        for _ in range(12):
            self.gateway.ask(question())
        with self.open() as watched:
            watched.log_in()
            watched.show("policies")
            editor = watched.page.get_by_label("Policies, as they stand in the configuration")
            expect(editor).not_to_be_empty()
            editor.fill("policies:\n  mine:\n    require: ttft.p90 <= 3 $\n")
            problem = watched.page.locator("ol.problems li").first
            expect(problem).to_contain_text("line 3")
            # Names are completed where a rule stands, with their units.
            editor.fill("policies:\n  mine:\n    require: ")
            editor.press_sequentially("ttft.p9")
            name = watched.page.get_by_role("group", name="Names that fit").get_by_role("button").first
            expect(name).to_contain_text("ttft.p90")
            self.picture(watched, "policies_names")
            name.click()
            expect(editor).to_have_value("policies:\n  mine:\n    require: ttft.p90")
            editor.press_sequentially(" <= 5 s\n")
            expect(watched.page.get_by_role("group", name="Names that fit").get_by_role("button")).to_have_count(0)
            editor.fill("policies:\n  mine:\n    value_of_time: 20 $/h\n")
            expect(watched.page.get_by_role("heading", name="No problems")).to_be_visible()
            watched.page.get_by_role("button", name="Try on recorded requests").click()
            expect(watched.page.get_by_text("Replaying")).to_have_count(0, timeout=20000)
            expect(watched.page.get_by_role("region", name="Measures").or_(watched.page.get_by_text("Too few")).first).to_be_visible()
            # Of so few nothing is drawn; of many, where the policy lies among the ends of what could be had.
            expect(watched.page.get_by_text(re.compile("^Too few"))).to_be_visible(timeout=20000)
            around = lambda mean: {"mean": mean, "low": mean * 0.9, "high": mean * 1.1}
            costs = {"mine": (0.002, 1.5), "cheapest": (0.001, 2), "fastest": (0.004, 1)}

            def replayed(route):
                cost, time_taken = costs[route.request.url.rsplit("=", 1)[1]]
                route.fulfill(json={"requests": 500, "warnings": [], "shares": [], "measures": [
                    {"measure": "cost", "unit": "$ per 1000 requests", "factor_to_unit": 1000, "logged": around(0.003), "robust": around(cost)},
                    {"measure": "whole answer", "unit": "s", "factor_to_unit": 1, "logged": around(1.4), "robust": around(time_taken)}]})
            watched.page.route("**/admin/policies/try?*", replayed)
            watched.page.get_by_role("button", name="Try on recorded requests").click()
            plot = watched.page.get_by_role("img", name=re.compile("^Dollars against seconds: .*fastest"))
            expect(plot).to_be_visible(timeout=20000)
            for name in ("as it was", "mine", "cheapest", "fastest"):
                expect(plot).to_contain_text(name)
            self.picture(watched, "policies")
            self.clean(watched)

    def test_a_policy_is_written_into_the_configuration_and_taken_into_use(self):
        as_json = self.gateway.config_path.read_text()
        self.addCleanup(lambda: (self.gateway.write(as_json), self.gateway.ask({}, path="/admin/reload")))
        lines = [f"{name}: {json.dumps(value)}" for name, value in self.gateway.settings.items() if name != "policies"]
        self.gateway.write("# Ours.\n" + "\n".join(lines) + "\npolicies:\n  thrifty: {value_of_time: 1 $/h}\n")
        self.assertEqual(self.gateway.ask({}, path="/admin/reload")[0], 200)
        with self.open() as watched:
            watched.log_in()
            watched.show("policies")
            page, editor = watched.page, watched.page.get_by_label("Policies, as they stand in the configuration")
            expect(editor).to_have_value(re.compile("thrifty"))
            expect(page.get_by_role("button", name="Apply")).to_have_count(0)
            text = editor.input_value()
            editor.fill(text + "  mine: {value_of_time: 3 $}\n")
            expect(page.locator("ol.problems li").first).to_be_visible()
            expect(page.get_by_role("button", name="Apply")).to_be_disabled()
            editor.fill(text + "  mine: {value_of_time: 3 $/h}\n")
            expect(page.get_by_role("button", name="Apply")).to_be_enabled()
            expect(page.locator("pre.source .good")).to_have_text(re.compile(r"\+   mine: "))
            expect(page.get_by_role("link", name="Download")).to_have_attribute("download", "policies.yaml")
            self.picture(watched, "policies_apply")
            page.get_by_role("button", name="Apply").click()
            expect(page.get_by_text("of the configuration is in use")).to_be_visible()
            expect(page.get_by_role("button", name="Apply")).to_have_count(0)
            written = self.gateway.config_path.read_text()
            self.assertTrue(written.startswith("# Ours.\n"), written)
            self.assertIn("\n  mine: {value_of_time: 3 $/h}\n", written)
            self.assertEqual(self.gateway.ask(question(model="m:mine"))[0], 200)
            self.assertIn("/admin/policies/apply", self.gateway.get("/admin/changes")[1])
            # Somebody else changes the file meanwhile.
            self.gateway.write(written.replace("3 $/h", "4 $/h"))
            editor.fill(text)
            page.get_by_role("button", name="Apply").click()
            expect(page.get_by_text("have changed since they were shown here")).to_be_visible()
            self.assertIn("4 $/h", self.gateway.config_path.read_text())
            self.clean(watched)
        sent = json.dumps({"was": "", "text": ""})
        self.assertEqual(self.gateway.ask(sent, {"Authorization": "Bearer sk-onlooker"}, "/admin/policies/apply")[0], 403)

    def test_hours_of_the_day_and_prices_are_shown_out_of_the_records(self):
        for number in range(6):
            self.gateway.ask(question(messages=[{"role": "user", "content": f"Hello {number}"}], stream=True))
        self.until_told("/admin/market/history?model=m", lambda page: any(each["ttft_p50_ms"][-1] for each in page["endpoints"]))
        said = json.loads(self.gateway.get("/admin/market/history?model=m")[1])
        hosts = {each["endpoint"]: each for each in said["endpoints"]}
        self.assertEqual(set(hosts), {"a-ok", "b-slow", "b-down", "a-tiny"})
        self.assertEqual([(each["input"], each["output"]) for each in hosts["a-ok"]["prices"]], [(3, 3)])
        # A week of it, as the gateway would say it, which takes a week to be measured.
        noon = 1_795_000_000 // 86_400 * 86_400
        week = {"model": "m", "moments": [noon + 1800 * at for at in range(336)], "endpoints": [
            {"endpoint": "a-ok", "ttft_p50_ms": [300 + 250 * (at % 48) for at in range(336)], "prices": [{"from": noon, "input": 3, "output": 3}, {"from": noon + 86_400, "input": 2, "output": 3}]},
            {"endpoint": HOSTILE, "ttft_p50_ms": [None if at % 48 < 20 else 40 for at in range(336)], "prices": [{"from": noon, "input": 1, "output": 1}]}]}
        with self.open() as watched:
            watched.log_in()
            watched.show("market?model=m")
            table = watched.page.get_by_role("region", name="Hosts over days")
            expect(table).to_contain_text("a-ok", timeout=15000)
            expect(table).to_contain_text("$3 / $3")
            watched.page.route("**/admin/market/history?*", lambda route: route.fulfill(json=week))
            watched.page.reload()
            expect(table).to_contain_text("$2 / $3 since", timeout=15000)
            expect(table).to_contain_text(HOSTILE)
            expect(watched.page.locator("rect.cell")).to_have_count(48)
            expect(watched.page.locator("rect.cell.none")).to_have_count(10)
            self.picture(watched, "market_history")
            self.clean(watched)

    def test_how_a_host_failed_and_what_it_cost_over_time_is_beside_its_state(self):
        for number in range(4):
            self.gateway.ask(question(messages=[{"role": "user", "content": f"Hello {number}"}], provider={"order": ["b-down", "a-ok"]}))
        said = self.until_told("/admin/market/history?model=m&ends=true", lambda page: "b-down" in page["ends"]["endpoints"])
        down = said["ends"]["endpoints"]["b-down"]
        self.assertEqual([len(numbers) for numbers in (down["attempts"], *down["failed"].values())], [24] * (1 + len(down["failed"])))
        self.assertEqual(sum(down["attempts"]), sum(sum(numbers) for numbers in down["failed"].values()))
        self.assertTrue(said["ends"]["complete"])
        self.assertNotIn("ends", json.loads(self.gateway.get("/admin/market/history?model=m")[1]))
        noon = 1_795_000_000 // 86_400 * 86_400
        hours = [at % 5 for at in range(24)]
        past = {"model": "m", "moments": [noon + 1800 * at for at in range(336)], "endpoints": [
            {"endpoint": "a-ok", "ttft_p50_ms": [None] * 336, "prices": [{"from": noon, "input": 3, "output": 3}, {"from": noon + 86_400, "input": 2, "output": 3}]}],
            "ends": {"from": noon + 6 * 86_400, "hours": 24, "complete": False, "endpoints": {
                "a-ok": {"attempts": [40] * 24, "failed": {kind: hours for kind in ("rate_limited", "stalled_stream", "host_error", "connect", "tls", "bad_reply", HOSTILE)}}}}}
        with self.open() as watched:
            watched.log_in()
            watched.show("hosts/b-down")
            expect(watched.page.get_by_role("region", name="Failures by kind")).to_contain_text("100 %", timeout=15000)
            expect(watched.page.get_by_text("the first that is recorded, without rules")).to_be_visible()
            watched.page.route("**/admin/market/history?*", lambda route: route.fulfill(json=past))
            watched.show("hosts/a-ok")
            watched.page.reload()
            table = watched.page.get_by_role("region", name="Failures by kind")
            expect(table).to_contain_text("others", timeout=15000)
            expect(table.locator("tbody tr")).to_have_count(6)
            expect(watched.page.get_by_text("only the newest are counted")).to_be_visible()
            expect(watched.page.get_by_role("region", name="Prices")).to_contain_text("$2 / $3 per Mtok")
            self.picture(watched, "host_past")
            self.clean(watched)

    def test_what_the_same_tokens_would_have_cost_elsewhere_is_beside_what_was_paid(self):
        for number in range(6):
            self.gateway.ask(question(messages=[{"role": "user", "content": f"Hello {number}"}], provider={"only": ["a-ok", "b-slow"]}))
        page = self.until_told("/admin/spend/elsewhere", lambda page: any(each["model"] == "m" for each in page["models"]))
        said = next(each for each in page["models"] if each["model"] == "m")
        at_one = {each["way"]: each for each in said["at_one"]}
        # a-ok is three times as dear as b-slow, for the same tokens.
        self.assertLessEqual(said["cheapest"]["dollars"], said["cheapest"]["paid"] * 1.000001)
        both = min(at_one["a-ok"]["requests"], at_one["b-slow"]["requests"])
        self.assertGreater(both, 0)
        self.assertGreater(at_one["a-ok"]["dollars"] / at_one["a-ok"]["requests"], at_one["b-slow"]["dollars"] / at_one["b-slow"]["requests"])
        self.assertLessEqual(said["fastest"]["expected_seconds"], said["cheapest"]["expected_seconds"] * 1.000001)
        with self.open() as watched:
            watched.log_in()
            watched.show("spend")
            table = watched.page.get_by_role("region", name="Elsewhere: m")
            expect(table).to_contain_text("The cheapest for each", timeout=15000)
            expect(table).to_contain_text("Only b-slow")
            self.picture(watched, "spend_elsewhere")
            self.clean(watched)

    def until_told(self, path, wanted):
        """The page once it is as it is wanted: records take some tenths of a second to be written."""
        limit = time.monotonic() + 20
        while True:
            status, text = self.gateway.get(path)
            page = json.loads(text)
            if status == 200 and wanted(page):
                return page
            self.assertLess(time.monotonic(), limit, text)
            time.sleep(0.1)

    def test_names_that_are_code_are_shown_and_not_run(self):
        # Names in the configuration cannot be code; what a client asks for can.
        with self.open() as watched:
            watched.log_in()
            watched.show("live")
            time.sleep(1.2)
            self.gateway.ask(question(model=HOSTILE))
            self.gateway.ask(question(model="\u202e<script>alert(2)</script>\u0007"))
            expect(watched.page.locator("button.row").filter(has_text=HOSTILE).first).to_be_visible(timeout=10000)
            expect(watched.page.locator("button.row").filter(has_text="<script>alert(2)</script>").first).to_be_visible()
            for place in ("market?model=" + urllib.request.quote(HOSTILE), "hosts", "configuration", "live/" + urllib.request.quote(HOSTILE), "hosts/" + urllib.request.quote(HOSTILE)):
                watched.show(place)
                watched.page.wait_for_timeout(600)
            self.assertEqual(watched.page.locator("main img").count(), 0)
            self.clean(watched)

    def test_who_has_no_log_in_sees_nothing(self):
        with self.open() as watched:
            watched.page.goto(self.url + "/ui/")
            expect(watched.page.get_by_role("heading", name="Log in")).to_be_visible()
            watched.page.get_by_label("Key").fill("sk-wrong")
            watched.page.get_by_role("button", name="Log in").click()
            expect(watched.page.get_by_role("alert")).to_contain_text("not one of this gateway's keys")
            self.clean(watched)
        for path in ("/admin/events", "/admin/requests/req_1", "/admin/configuration", "/admin/market?model=m"):
            for headers in ({}, {"Cookie": "isocost_login=74657374.99999999999.00"}, {"Cookie": "isocost_login=.."}):
                self.assertEqual(self.status(path, headers), 401, (path, headers))
        # Nor does a page of another site. The name that the machine is called by is its operator's.
        self.assertEqual(self.status("/admin/market?model=m", {"Host": "rebound.example.com"}), 401)
        self.assertEqual(self.status("/ui/login", {"Origin": "http://other.example.com"}, b'{"key":"x"}'), 403)

    def status(self, path, headers, body=None):
        connection = self.gateway.connect()
        connection.request("POST" if body else "GET", path, body, headers)
        return connection.getresponse().status

    def test_a_cookie_opens_and_says_so_to_no_script(self):
        connection = self.gateway.connect()
        connection.request("POST", "/ui/login", json.dumps({"key": KEY}), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        cookie = reply.getheader("Set-Cookie")
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=Strict", cookie)
        self.assertNotIn(KEY, cookie)
        self.assertEqual(self.status("/admin/configuration", {"Cookie": cookie.split(";")[0]}), 200)
        self.assertEqual(self.status("/v1/models", {"Cookie": cookie.split(";")[0]}), 401)
        self.assertEqual(self.status("/admin/reload", {"Cookie": cookie.split(";")[0], "Origin": "http://other.example.com"}, b"{}"), 403)

    def test_all_of_it_is_small(self):
        total = 0
        for name in ("", "main.js", "api.js", "dom.js", "format.js", "login.js", "demo.js", "market.js", "live.js", "journey.js", "hosts.js", "past.js", "history.js", "elsewhere.js",
                     "shadows.js", "policies.js", "configuration.js", "spend.js", "keys.js", "console.css", "icon.svg", "d3.js"):
            connection = self.gateway.connect()
            connection.request("GET", "/ui/" + name)
            reply = connection.getresponse()
            total += len(reply.read())
            self.assertEqual(reply.status, 200, name)
            self.assertIn("default-src 'none'", reply.getheader("Content-Security-Policy"))
        self.assertLess(total, 200_000)

    def test_a_reader_that_never_reads_is_cut_and_holds_nobody_up(self):
        with socket.create_connection(("127.0.0.1", self.gateway.port)) as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.sendall(f"GET /admin/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode())
            for _ in range(10):
                began = time.monotonic()
                self.assertEqual(self.gateway.ask(question())[0], 200)
                self.assertLess(time.monotonic() - began, 5)

    def test_every_page_fits_every_width_in_both_themes(self):
        for number in range(6):
            self.gateway.ask(question(messages=[{"role": "user", "content": f"Hello {number}"}]))
        for scheme in ("light", "dark"):
            for width in (360, 1024, 1920):
                with self.open(width=width, scheme=scheme) as watched:
                    watched.log_in()
                    for place in ("market?model=m", "live", "hosts", "spend", "keys/tests", "policies", "configuration"):
                        watched.show(place)
                        watched.page.wait_for_timeout(1500 if place.startswith("market") else 500)
                        too_wide = watched.page.evaluate("document.documentElement.scrollWidth - innerWidth")
                        self.assertLessEqual(too_wide, 0, (place, width))
                        self.picture(watched, f"{place.split('?')[0].split('/')[0]}_{width}_{scheme}")
                    self.clean(watched)


    def test_nothing_serious_is_found_by_axe_on_any_page(self):
        axe = next(pathlib.Path(place) / "axe-core" / "axe.min.js" for place in os.environ["NODE_PATH"].split(":") if (pathlib.Path(place) / "axe-core").is_dir()).read_text()
        for number in range(6):
            self.gateway.ask(question(messages=[{"role": "user", "content": f"Hello {number}"}], stream=True))
        _, headers, _ = self.gateway.ask(question("fails"))
        for scheme in ("light", "dark"):
            with self.open(scheme=scheme) as watched:
                watched.page.goto(self.url + "/ui/")
                self.judged(watched, axe, "log-in")
                watched.log_in()
                for place in ("market?model=m", "live", "live/" + headers["x-request-id"], "hosts", "hosts/b-slow", "spend", "keys", "keys/tests", "policies", "configuration"):
                    watched.show(place)
                    watched.page.wait_for_timeout(1500 if place.startswith("market") else 700)
                    self.judged(watched, axe, place)

    def test_a_thousand_hosts_stay_smooth(self):
        price = lambda number: {"input": f"{0.1 + number % 97 / 50:.3f} $/Mtok", "output": f"{0.2 + number % 89 / 20:.3f} $/Mtok"}
        names = [f"h{number:04}" for number in range(1_000)]
        many = Gateway({name: self.host.ports[0] for name in names}, {"m": [endpoint(name, "ok", price=price(number)) for number, name in enumerate(names)]})
        with many, Watched(self.browser, f"http://127.0.0.1:{many.port}") as watched:
            for _ in range(20):
                self.assertEqual(many.ask(question(stream=True))[0], 200)
            watched.log_in()
            for place, region in (("market?model=m", "Hosts that could be chosen"), ("hosts", "Hosts"), ("live", "Requests, the newest first")):
                watched.show(place)
                expect(watched.page.get_by_role("region", name=region, exact=True)).to_be_visible(timeout=15000)
                frames = watched.page.evaluate("""() => new Promise((done) => {
                    const at = [], frame = (now) => { at.push(now); now - at[0] < 4000 ? requestAnimationFrame(frame) : done(1000 * (at.length - 1) / (now - at[0])); };
                    requestAnimationFrame(frame); })""")
                self.assertGreaterEqual(frames, 30, place)
            watched.show("hosts")
            watched.page.get_by_label("Host, model or state").fill("h0999")
            expect(watched.page.get_by_role("link", name="h0999")).to_be_visible()
            self.clean(watched)

    def judged(self, watched, axe, place):
        watched.page.evaluate(axe)
        found = watched.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        serious = [(each["id"], each["impact"], [node["html"][:160] for node in each["nodes"]][:3]) for each in found if each["impact"] in ("serious", "critical")]
        self.assertEqual(serious, [], place)

    def test_a_host_is_probed_disabled_and_enabled(self):
        only = question(provider={"order": ["b-slow"], "allow_fallbacks": False})
        with self.open() as watched:
            watched.log_in()
            watched.show("hosts/b-slow")
            watched.page.get_by_role("button", name="Probe now").click()
            expect(watched.page.get_by_text("calls for")).to_be_visible(timeout=20000)
            watched.page.get_by_role("button", name="Disable").click()
            expect(watched.page.get_by_text("disabled until it is enabled")).to_be_visible()
            self.picture(watched, "host_disabled")
            self.assertGreaterEqual(self.gateway.ask(only)[0], 400)
            watched.page.get_by_role("button", name="Enable").click()
            expect(watched.page.get_by_text("is back in service")).to_be_visible()
            self.assertEqual(self.gateway.ask(only)[0], 200)
            self.clean(watched)
        self.assertIn("/admin/endpoints/{name}/probe", (self.gateway.state_path / "changes.log").read_text())

    def test_policies_in_shadow_are_shown_and_a_better_one_is_written_into_the_text(self):
        for number in range(6):
            self.gateway.ask(question(messages=[{"role": "user", "content": f"Hello {number}"}], stream=True))
        better = {"policy": "balanced", "shadow": "thrifty", "model": "m", "verdict": "better", "judged": 400, "forbidden": 0, "unserved": 0, "unmeasured": 0, "moved": 0.25,
                  "cost": {"mean": -0.001, "low": -0.002, "high": -0.0005}, "billed": {"mean": -0.001, "low": -0.002, "high": -0.0005}, "seconds": {"mean": 0.1, "low": 0, "high": 0.2}}
        unseen = better | {"model": "unseen", "verdict": "too_few", "judged": 0}
        few = better | {"model": "seldom", "verdict": "too_few", "judged": 5}
        unknown = better | {"model": "unknown", "verdict": "unmeasured", "unmeasured": 100}
        forbidden = better | {"model": HOSTILE, "verdict": "forbidden", "forbidden": 3}
        with self.open() as watched:
            watched.log_in()
            watched.show("policies")
            shadows = watched.page.get_by_role("heading", name="In shadow")
            expect(shadows).to_be_visible()
            # What takes a hundred seconds of requests to be known, as the gateway would say it.
            said = json.loads(self.gateway.get("/admin/policies")[1])
            self.assertEqual(said["shadow"], ["thrifty"])
            watched.page.route("**/admin/policies", lambda route: route.fulfill(json=said | {"shadows": [few, unseen, unknown, forbidden, better]}))
            watched.page.reload()
            expect(watched.page.get_by_text("saves $1 in 1,000 requests")).to_be_visible()
            # What can be acted upon comes first, and what nothing is known of not at all.
            models = watched.page.get_by_role("region", name="Policies in shadow").locator("tbody tr td:nth-child(3)")
            expect(models).to_have_text(["m", HOSTILE, "unknown", "seldom"])
            expect(watched.page.get_by_text("not known: 100 of 500 would go to hosts of which no reply is known yet")).to_be_visible()
            expect(watched.page.get_by_text("never: 3 would go to hosts that are forbidden now")).to_be_visible()
            self.picture(watched, "policies_shadow")
            watched.page.get_by_role("textbox").fill("policies:\n  thrifty: {value_of_time: 1 $/h}\nrules:\n- when: stream\n  policy: balanced\n")
            watched.page.get_by_role("button", name="Write thrifty in place of balanced").click()
            expect(watched.page.get_by_role("textbox")).to_have_value(re.compile(r"- when: stream\n  policy: thrifty\n$"))
            expect(watched.page.get_by_role("heading", name="No problems")).to_be_visible()
            self.clean(watched)


class Demo(unittest.TestCase):
    """What somebody sees who has configured nothing."""

    def test_the_page_moves_the_market_and_leaves_itself_connections(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        process = subprocess.Popen([os.environ["ISOCOST"], "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   text=True, env=os.environ | {"STATE_DIRECTORY": folder})
        self.addCleanup(lambda: (process.terminate(), process.wait(20), process.stderr.close()))
        url = next(found[0] for line in process.stderr if (found := re.search(r"http://127\.0\.0\.1:\d+$", line.strip())))
        tool = self.enterContext(sync_playwright())
        browser = tool.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=["--no-sandbox"])
        self.addCleanup(browser.close)
        with Watched(browser, url) as watched:
            asked = []
            watched.page.route("**/v1/chat/completions", lambda route: asked.append(route))  # hosts that take long
            watched.show("market")
            expect(watched.page.get_by_role("heading", name="Market", level=1)).to_be_visible()
            watched.page.wait_for_timeout(5000)
            self.assertEqual(len(asked), 2)
            watched.show("policies")
            expect(watched.page.get_by_role("heading", name="Policies", level=1)).to_be_visible()
            asked.pop(0).fulfill(status=200, body="data: [DONE]\n\n")
            watched.page.wait_for_timeout(2000)
            self.assertEqual(len(asked), 2)  # one ended, and another one was asked
            for each in asked:
                each.abort()
            self.assertEqual([each for each in watched.wrong if "chat/completions" not in each and "ERR_FAILED" not in each], [])


if __name__ == "__main__":
    unittest.main()
