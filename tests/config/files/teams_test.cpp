// Teams, roles and what always holds, as an operator writes them; and slips that are told with a way out.
#include <doctest/doctest.h>

#include "config/files/check.hpp"
#include "config/files/load.hpp"
#include "tests/support/given_sources.hpp"

using namespace config;

namespace {

const std::string hash(64, 'a');
const std::string rest =
    "providers: {p: {base_url: https://p.example/v1}}\n"
    "models: {m: {endpoints: [{provider: p, host_model: m, context: 64 ktok, price: {input: 1 $/Mtok, "
    "output: "
    "2 $/Mtok}}]}}\n";

Loaded loaded(const std::string& yaml) {
  return load(yaml, "f", test::given_sources());
}

std::string problems(const std::string& yaml) {
  std::string text;
  for (const Problem& problem : loaded(yaml).problems) text += to_text(problem) + "\n";
  return text;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string key(const std::string& more) {
  return "keys: [{name: app, sha256: " + hash + more + "}]\n";
}

}  // namespace

TEST_CASE("what always holds is read of all, of teams and of keys, and roles of keys") {
  const Loaded result = loaded(
      "always: {allow: zdr, require: [ttft.p90 <= 30 s]}\n"
      "teams: {search: {always: {allow: not trains_on_prompts}}, lab: {}}\n" +
      key(", team: search, role: operator, always: {require: price.output <= 9 $/Mtok}") + rest);
  REQUIRE(result.settings);
  CHECK(result.problems.empty());
  const Settings& settings = *result.settings;
  CHECK(settings.always.allow->text == "zdr");
  CHECK(settings.always.allow->place.line == 1);
  REQUIRE(settings.always.require.size() == 1);
  REQUIRE(settings.teams.size() == 2);
  CHECK(settings.teams[0].name.text == "search");
  CHECK(settings.teams[0].always.allow->text == "not trains_on_prompts");
  CHECK_FALSE(settings.teams[1].always.allow.has_value());
  CHECK(settings.keys[0].role == Role::operator_);
  CHECK(settings.keys[0].place.line == 3);
  REQUIRE(settings.keys[0].always.require.size() == 1);
  CHECK(loaded(key("") + rest).settings->keys[0].role == Role::none);
}

TEST_CASE("a key's team is one of the teams where there are any, and else any word") {
  CHECK(problems(key(", team: anything") + rest).empty());
  CHECK(problems("teams: {search: {}}\n" + key("") + rest).empty());
  const std::string said = problems("teams: {search: {}, lab: {}}\n" + key(", team: serch") + rest);
  CHECK(contains(said, "f:2:"));
  CHECK(contains(said, "error: keys[0].team: there is no team `serch`"));
  CHECK(contains(said, "did you mean `search`?"));
  CHECK(contains(problems("teams: {}\n" + key(", team: search") + rest), "there is no team `search`"));
}

TEST_CASE("an unknown role, and an unknown part of what always holds, are errors with what is allowed") {
  CHECK(contains(problems(key(", role: root") + rest), "keys[0].role: "));
  CHECK(contains(problems("always: {alow: zdr}\n" + rest), "did you mean `allow`?"));
}

TEST_CASE("a tab that indents is named where it is, with what to do") {
  const std::string said =
      problems("providers:\n  p:\n\tbase_url: https://p.example/v1\n" + rest.substr(rest.find("models")));
  CHECK(contains(said, "f:3:1: error: this line is indented with a tab"));
  CHECK(contains(said, "indent with spaces"));
  CHECK(problems("# a\tcomment\n" + rest).empty());
}

TEST_CASE("what other gateways configure is told what stands for it here") {
  const struct {
    std::string yaml, says;
  } cases[] = {
      {"https: {cert: a.pem}\n" + rest, "`tls: {certificate: FILE, key: FILE}`"},
      {"providers: {p: {base_url: https://p.example/v1, tls: true}}\n" + rest.substr(rest.find("models")),
       "TLS is spoken where `base_url` begins with https://"},
      {key(", rpm: 60") + rest, "`quota: {requests: {minute: 60}}` at the key"},
      {key(", tpm: 60") + rest, "`quota: {requests: {minute: 60}}` at the key"},
      {"providers: {p: {base_url: https://p.example/v1, rpm: 60}}\n" + rest.substr(rest.find("models")),
       "`limits: {requests: {minute: 60}}` at the provider"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.yaml);
    CHECK(contains(problems(each.yaml), each.says));
  }
}

TEST_CASE("a context of so few tokens that no host has it is a number of thousands without its unit") {
  const auto with = [](const std::string& from, const std::string& to) {
    std::string yaml = rest;
    return yaml.replace(yaml.find(from), from.size(), to);
  };
  const std::string said = problems(with("64 ktok", "64"));
  CHECK(contains(
      said,
      "warning: models.m.endpoints[0].context: `64` is a number of tokens, and fewer than any host has"));
  CHECK(contains(said, "did you mean `64 ktok`?"));
  CHECK(loaded(with("64 ktok", "64")).settings.has_value());
  CHECK(contains(problems(with("64 ktok", "64 ktok, max_output: 8")), "did you mean `8 ktok`?"));
  CHECK(problems(with("64 ktok", "1024, max_output: 256")).empty());
}

TEST_CASE("a check shows what always holds, and for whom") {
  const Loaded result = loaded(
      "always: {allow: zdr, require: [ttft.p90 <= 30 s]}\n"
      "teams: {search: {always: {allow: not trains_on_prompts}}, lab: {}}\n" +
      key(", always: {require: price.output <= 9 $/Mtok}") + rest);
  const Checked said = checked(result, "f");
  CHECK(said.exit_code == 0);
  CHECK(
      said.text.starts_with("for everybody always: `zdr`, `ttft.p90 <= 30 s`\n"
                            "for the team `search` always: `not trains_on_prompts`\n"
                            "for the key `app` always: `price.output <= 9 $/Mtok`\n"
                            "f: good: "));
}
