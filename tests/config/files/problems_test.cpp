// What the loader says about every kind of mistake, and where.
#include <doctest/doctest.h>

#include <chrono>

#include "config/files/check.hpp"
#include "config/files/load.hpp"
#include "tests/support/given_sources.hpp"

using namespace config;

namespace {

// A good configuration that the cases add lines to or replace parts of.
const std::string good =
    "listen: 127.0.0.1:8080\n"                              // 1
    "providers:\n"                                          // 2
    "  deepseek:\n"                                         // 3
    "    base_url: https://api.deepseek.com/v1\n"           // 4
    "    credential: ${DEEPSEEK_API_KEY}\n"                 // 5
    "models:\n"                                             // 6
    "  r1:\n"                                               // 7
    "    aliases: [reasoner]\n"                             // 8
    "    endpoints:\n"                                      // 9
    "      - provider: deepseek\n"                          // 10
    "        host_model: deepseek-reasoner\n"               // 11
    "        context: 64 ktok\n"                            // 12
    "        max_output: 8192\n"                            // 13
    "        price: {input: 1 $/Mtok, output: 2 $/Mtok}\n"  // 14
    "policies:\n"                                           // 15
    "  mine: {attempts: 3}\n";                              // 16

struct Case {
  std::string from;  // replaced in the good one; empty: nothing is
  std::string to;    // and if `from` is empty, added at its end
  std::string begins;
  std::string holds = {};
};

Loaded loaded(const Case& c) {
  std::string yaml = good;
  if (c.from.empty()) {
    yaml += c.to;
  } else {
    const std::size_t at = yaml.find(c.from);
    REQUIRE(at != std::string::npos);
    yaml.replace(at, c.from.size(), c.to);
  }
  return load(yaml, "f", test::given_sources());
}

std::string all(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems) text += to_text(problem) + "\n";
  return text;
}

// Exactly one problem, which begins and holds as said, and prevents the settings exactly if it is an error.
void check_each(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const Loaded result = loaded(c);
    CAPTURE(c.to);
    CAPTURE(all(result.problems));
    REQUIRE(result.problems.size() == 1);
    const std::string text = to_text(result.problems[0]);
    CHECK(text.substr(0, c.begins.size()) == c.begins);
    CHECK(text.find(c.holds) != std::string::npos);
    CHECK(result.settings.has_value() == (result.problems[0].severity == Severity::warning));
  }
}

const std::string key_hash(64, 'a');

}  // namespace

TEST_CASE("the good configuration has no problems") {
  const Loaded result = load(good, "f", test::given_sources());
  CHECK(all(result.problems) == "");
  CHECK(result.settings.has_value());
}

TEST_CASE("a wrong value is refused at its place, with what is allowed") {
  check_each({
      {"127.0.0.1:8080", "8080", "f:1:9: error: listen: found `8080`; allowed is an address and a port",
       "write `127.0.0.1:8080`"},
      {"127.0.0.1:8080", ":8080", "f:1:9: error: listen", "write `127.0.0.1:8080`"},
      {"127.0.0.1:8080", "127.0.0.1:99999", "f:1:9: error: listen", "from 1 to 65535"},
      {"127.0.0.1:8080", "127.0.0.1", "f:1:9: error: listen", "add a port"},
      {"127.0.0.1:8080", "[a, b]", "f:1:1: error: listen: found a list"},
      {"127.0.0.1:8080", "", "f:1:1: error: listen: found nothing"},
      {"64 ktok", "64k", "f:12:18: error: models.r1.endpoints[0].context: found `64k`", "`64 ktok`"},
      {"64 ktok", "0", "f:12:18: error: models.r1.endpoints[0].context: found `0`", "at least one token"},
      {"1 $/Mtok", "1", "f:14:24: error: models.r1.endpoints[0].price.input: found `1`; allowed is a price",
       "write `1 $/Mtok`"},
      {"1 $/Mtok", "1 EUR/Mtok", "f:14:24: error: models.r1.endpoints[0].price.input"},
      {"attempts: 3", "attempts: 11", "f:16:20: error: policies.mine.attempts: found `11`", "from 1 to 10"},
      {"attempts: 3", "explore: 0.05", "f:16:19: error: policies.mine.explore", "write `5 %`"},
      {"attempts: 3", "deadline: 10", "f:16:20: error: policies.mine.deadline", "write `10 s`"},
      {"attempts: 3", "deadline: 1 ms", "f:16:20: error: policies.mine.deadline", "from 100 ms to 24 h"},
      {"attempts: 3", "allow: ''", "f:16:18: error: policies.mine.allow"},
      {"", "limits: {max_body_bytes: 5}", "f:17:26: error: limits.max_body_bytes: found `5`", "write `5 B`"},
      {"", "limits: {max_body_bytes: 5 B}", "f:17:26: error: limits.max_body_bytes",
       "from 1 KiB to 1024 MiB"},
      {"", "limits: {max_head_bytes: 64 KiB}", "f:17:26: error: limits.max_head_bytes: found `64 KiB`",
       "from 1 KiB to 32 KiB"},
      {"", "log: {requests: failure}", "f:17:17: error: log.requests: found `failure`",
       "did you mean `failures`?"},
      {"", "workers: many", "f:17:10: error: workers: found `many`; allowed is a whole number from 0 to 256"},
      {"", "workers: 1000", "f:17:10: error: workers"},
      {"    aliases: [reasoner]", "    created: 2025-02-30",
       "f:8:14: error: models.r1.created: found `2025-02-30`"},
      {"max_output: 8192", "quantization: fp7", "f:13:23: error: models.r1.endpoints[0].quantization"},
      {"max_output: 8192", "features: [toolz]", "f:13:20: error: models.r1.endpoints[0].features[0]",
       "did you mean `tools`?"},
      {"  deepseek:\n", "  deepseek:\n    jurisdiction: us\n",
       "f:4:19: error: providers.deepseek.jurisdiction", "write `US`"},
      {"  deepseek:\n", "  deepseek:\n    retains_prompts: maybe\n",
       "f:4:22: error: providers.deepseek.retains_prompts: found `maybe`; allowed is one of false, true, "
       "unknown"},
  });
}

TEST_CASE("keys that are unknown, twice there or missing are refused") {
  check_each({
      {"", "lisen: x", "f:17:1: error: lisen: the key `lisen` is not known here", "did you mean `listen`?"},
      {"", "zzz: x", "f:17:1: error: zzz: the key `zzz` is not known here",
       "allowed: version, listen, admin"},
      {"    aliases:", "    alias:", "f:8:5: error: models.r1.alias", "did you mean `aliases`?"},
      {"        max_output:", "        max_tokens:", "f:13:9: error: models.r1.endpoints[0].max_tokens",
       "did you mean `max_output`?"},
      {"attempts: 3", "attempts: 3, attempts: 4",
       "f:16:23: error: the key `attempts` stands here twice; the first is on line 16"},
      {"  deepseek:\n", "  deepseek:\n    <<: {}\n", "f:4:5: error: providers.deepseek.<<: merge keys"},
      {"        context: 64 ktok\n", "",
       "f:10:9: error: models.r1.endpoints[0]: the key `context` is missing"},
      {"    base_url: https://api.deepseek.com/v1\n", "",
       "f:3:3: error: providers.deepseek: the key `base_url` is missing"},
  });
}

TEST_CASE("an address that could not be meant is refused") {
  const std::string url = "https://api.deepseek.com/v1";
  const std::string at = "f:4:15: error: providers.deepseek.base_url: ";
  check_each({
      {url, "api.deepseek.com", at + "a base URL begins with `https://`"},
      {url, "ftp://a.example", at + "a base URL begins with `https://`"},
      {url, "http://api.deepseek.com", at + "`http` sends the key and every prompt in the open",
       "allow_plaintext"},
      {url, "https://a.example:0", at + "the URL's port is not a number"},
      {url, "https://a..example", at + "the URL's host `a..example` is no host name"},
      {url, "https://0x7f.1", at + "the URL's host", ""},
      {url, "https://1.2.3", at + "the URL's host"},
      {url, "https://a.example/a/../b", at + "the URL's path"},
      {url, url + "/chat/completions", at + "a base URL ends before the name of the call"},
      {url, "https://u:hunter2@a.example",
       "f:4:5: error: providers.deepseek.base_url: a base URL has no user"},
      {url, "https://a.example?key=hunter2",
       "f:4:5: error: providers.deepseek.base_url: a base URL has no query"},
      {url, url + "\n    allow_plaintext: true", "f:5:22: warning: providers.deepseek.allow_plaintext"},
  });
}

TEST_CASE("what refers to nothing is refused with the nearest name") {
  check_each({
      {"provider: deepseek", "provider: deepsek",
       "f:10:19: error: models.r1.endpoints[0].provider: there is no provider `deepsek`",
       "did you mean `deepseek`?"},
      {"", "routes: {fast: [{model: r2}]}", "f:17:25: error: routes.fast[0].model: there is no model `r2`",
       "`r1`"},
      {"", "routes: {fast: [{model: r1}, {model: r1}]}",
       "f:17:38: error: routes.fast[1].model: the route has the model"},
      {"", "routes: {fast: []}", "f:17:10: error: routes.fast: a route has at least one member"},
      {"", "routes: {r1: [{model: reasoner}]}",
       "f:17:10: error: routes.r1: the name `r1` already stands for the model `r1`"},
      {"", "  m2:\n    aliases: [reasoner]\n", "f:18:5"},
      {"", "rules: [{when: stream, policy: mien}]",
       "f:17:32: error: rules[0].policy: there is no policy `mien`", "did you mean `mine`?"},
      {"", "shadow: [balancd]", "f:17:10: error: shadow[0]: there is no policy `balancd`"},
      {"", "shadow: [batch, batch]", "f:17:17: error: shadow[1]: `batch` stands in the list twice"},
      {"", "shadow: [batch]\nrecords: {enabled: false}",
       "f:17:1: error: shadow: what a decision saw is needed for it"},
      {"", "default_policy: balancd", "f:17:17: error: default_policy: there is no policy `balancd`",
       "`balanced`"},
      {"  mine:", "  fastest:", "f:16:3: error: policies.fastest: `fastest` comes with isocost",
       "extends: fastest"},
      {"attempts: 3", "minimize: price, value_of_time: 1 $/h", "f:16:42: error: policies.mine.value_of_time"},
      {"", "keys: [{name: a, sha256: " + key_hash + ", models: [r3]}]", "f:17:101: error: keys[0].models[0]"},
      {"", "keys: [{name: a, sha256: " + key_hash + ", models: []}]",
       "f:17:92: error: keys[0].models: an empty list would let the key use all of them"},
      {"", "keys: [{name: a, sha256: " + key_hash + ", policies: []}]", "f:17:92: error: keys[0].policies"},
      {"", "keys: [{name: a, sha256: " + key_hash + ", policy: nope}]", "f:17:100: error: keys[0].policy"},
      {"", "keys: [{name: a, sha256: " + key_hash + ", policies: [mine], policy: batch}]",
       "f:17:118: error: keys[0].policy: the key's own `policies` do not contain `batch`"},
  });
}

TEST_CASE("a country is one of ISO 3166-1, and a group of countries is none") {
  const std::string from = "    credential:", at = "f:5:19: error: providers.deepseek.jurisdiction: found ";
  const auto said = [&](const std::string& country) {
    return Case{from, "    jurisdiction: " + country + "\n    credential:", at + "`" + country + "`"};
  };
  std::vector<Case> cases = {said("de"), said("UK"), said("ZZ"), said("EU"), said("Germany")};
  cases[0].holds = "write `DE`";
  cases[1].holds = "write `GB`";
  check_each(cases);
}

TEST_CASE("a file of certificates is one that can be read and holds some") {
  const std::string from = "    credential:", at = "f:5:14: error: providers.deepseek.ca_file: the file ";
  check_each({
      {from, "    ca_file: /nowhere.pem\n    credential:", at + "`/nowhere.pem` cannot be read"},
      {from, "    ca_file: /open\n    credential:", at + "`/open` holds no certificate"},
  });
}

TEST_CASE("numbers that contradict each other are refused, unusual ones remarked on") {
  check_each({
      {"8192", "64001", "f:13:21: error: models.r1.endpoints[0].max_output",
       "larger than the context of `64 ktok`"},
      {"2 $/Mtok}", "2 $/Mtok, cache_read: 1.5 $/Mtok}",
       "f:14:64: error: models.r1.endpoints[0].price.cache_read"},
      {"2 $/Mtok", "400 $/Mtok",
       "f:14:42: warning: models.r1.endpoints[0].price.output: `400 $/Mtok` is an unusual price"},
      {"2 $/Mtok", "0.5 $/Mtok", "f:14:42: warning: models.r1.endpoints[0].price.output: output costs less"},
      {"output: 2 $/Mtok}\n",
       "output: 2 $/Mtok}\n      - {provider: deepseek, host_model: b, context: 1 ktok, price: {input: 1 "
       "$/Mtok, "
       "output: 1 $/Mtok}}\n",
       "f:15:20: error: models.r1.endpoints[1].provider: the model has an endpoint `deepseek` already",
       "variant"},
      {"", "keys: [{name: a, sha256: " + key_hash + "}, {name: a, sha256: " + std::string(64, 'b') + "}]",
       "f:17:100: error: keys[1].name: another key is called `a`"},
      {"", "keys: [{name: a, sha256: " + key_hash + "}, {name: b, sha256: " + key_hash + "}]",
       "f:17:103: error: keys[1].sha256: this is the key `a` again"},
      {"", "admin: 127.0.0.1:8080", "f:17:8: error: admin: is the same address as `listen`"},
      {"", "admin: 0.0.0.0:9464", "f:17:8: warning: admin: whoever reaches"},
      {"", "limits: {max_body_bytes: 8 MiB, body_budget: 4 MiB}",
       "f:17:46: error: limits.body_budget: is less than `max_body_bytes`"},
      {"", "trusted_proxies: [proxy.example]", "f:17:19: error: trusted_proxies[0]: found `proxy.example`"},
  });
}

TEST_CASE("without a key the gateway listens to this machine alone") {
  check_each({{"127.0.0.1:8080", "0.0.0.0:8080",
               "f:1:9: error: listen: `0.0.0.0` can be reached from other machines"},
              {"127.0.0.1:8080", "'[::]:8080'", "f:1:10: error: listen"},
              {"127.0.0.1:8080", "gateway.example:80", "f:1:9: error: listen: found `gateway.example:80`",
               "write `0.0.0.0:80`"}});
  for (const char* address : {"127.0.0.9:80", "'[::1]:80'", "localhost:80"}) {
    CAPTURE(address);
    CHECK(loaded({.from = "127.0.0.1:8080", .to = address, .begins = {}}).settings.has_value());
  }
  CHECK(loaded({.from = "127.0.0.1:8080",
                .to = "0.0.0.0:8080\nkeys: [{name: a, sha256: " + key_hash + "}]",
                .begins = {}})
            .settings.has_value());
}

TEST_CASE("credentials come from elsewhere, are closed to others and never shown") {
  const std::string from = "${DEEPSEEK_API_KEY}", at = "f:5:5: error: providers.deepseek.credential: ";
  const std::vector<Case> cases = {
      {from, "hunter2hunter2", at + "a credential does not stand in the file itself", "write `${NAME}`"},
      {from, "sk-hunter2hunter2", at + "a credential does not stand"},
      {from, "${NAME}hunter2hunter2", at + "a credential does not stand"},
      {from, "Bearer ${NAME}", at + "a credential does not stand"},
      {from, "\n      hunter2hunter2", at + "a credential does not stand"},
      {from, "[hunter2hunter2]",
       "f:5:18: error: providers.deepseek.credential[0]: a credential does not stand in the file itself"},
      {from, "{hunter2hunter2: x}", at + "found a mapping; allowed is a credential, or a list of them"},
      {from, "${NOT_SET}", at + "the variable `NOT_SET` is not set", "optional: true"},
      {from, "${EMPTY}", at + "the variable `EMPTY` is empty"},
      {from, "${SHORT}", at + "the variable `SHORT` holds 3 characters, which is too short"},
      {from, "${SPACED}", at + "the variable `SPACED` holds spaces"},
      {from, "${file:relative}", at + "the file `relative` of this credential is not named from the root"},
      {from, "${file:/nowhere}", at + "the file `/nowhere` of this credential cannot be read"},
      {from, "${file:/open}", at + "the file `/open` of this credential can be read by others",
       "chmod 600 /open"},
      {"credential:", "credentail: hunter2hunter2 #", "f:5:5: error: providers.deepseek.credentail",
       "did you mean `credential`?"},
      {"credential:", "api_key: hunter2hunter2 #", "f:5:5: error: providers.deepseek.api_key",
       "did you mean `credential`?"},
      {"", "keys: [{name: a, sha256: hunter2hunter2}]",
       "f:17:18: error: keys[0].sha256: found 14 characters"},
      {"", "keys: [{name: a, sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}]",
       "f:17:18: error: keys[0].sha256: this is the SHA-256 of nothing"},
      {"", "keys: [{sha256: " + key_hash + ", name: [hunter2hunter2], x: 1}]",
       "f:17:83: error: keys[0].name: found a list"},
  };
  for (const Case& c : cases) {
    const Loaded result = loaded(c);
    const std::string text = all(result.problems);
    CAPTURE(text);
    REQUIRE(!result.problems.empty());
    CHECK(text.substr(0, c.begins.size()) == c.begins);
    CHECK(text.find(c.holds) != std::string::npos);
    if (c.to.find("name: [") == std::string::npos) CHECK(text.find("hunter2hunter2") == std::string::npos);
    CHECK(text.find("secret with") == std::string::npos);
    CHECK(!result.settings);
  }
  CHECK(loaded({.from = from, .to = "${file:/run/credentials/unit/key}", .begins = {}}).settings.has_value());
}

TEST_CASE("an optional provider without its credential is left out, with what only it serves") {
  const std::string yaml = R"(
providers:
  here: {base_url: https://a.example, credential: "${DEEPSEEK_API_KEY}"}
  gone: {base_url: https://b.example, credential: "${NOT_SET}", optional: true}
  last: {base_url: https://c.example, credential: "${DEEPSEEK_API_KEY}", optional: true}
models:
  only: {aliases: [o], endpoints: [{provider: gone, host_model: a, context: 1 ktok, price: {input: 1 $/Mtok, output: 1 $/Mtok}}]}
  both:
    endpoints:
      - {provider: gone, host_model: a, context: 1 ktok, price: {input: 1 $/Mtok, output: 1 $/Mtok}}
      - {provider: last, host_model: a, context: 1 ktok, price: {input: 1 $/Mtok, output: 1 $/Mtok}}
routes: {any: [{model: o}, {model: both}], none: [{model: only}]}
)";
  const Loaded result = load(yaml, "f", test::given_sources());
  CHECK(all(result.problems) == "");
  REQUIRE(result.settings);
  REQUIRE(result.settings->providers.size() == 2);
  REQUIRE(result.settings->models.size() == 1);
  REQUIRE(result.settings->models[0].endpoints.size() == 1);
  const EndpointSettings& endpoint = result.settings->models[0].endpoints[0];
  CHECK(result.settings->providers[endpoint.provider_index].name.text == "last");
  REQUIRE(result.settings->routes.size() == 1);
  CHECK(result.settings->routes[0].members.size() == 1);
}

TEST_CASE("YAML that would harm or mislead is refused") {
  check_each({{"", "x: [", "f:17:1: error: this is not YAML"},
              {"attempts: 3", "allow: jurisdiction in [EU]", "f:16:", "are quoted"},
              {"", "x: *nothing", "f:17:4: error: this is not YAML"},
              {"", "x: &a [*a]", "f:17:8: error: this alias stands inside the value it stands for"},
              {"", "x: !!binary abc", "f:17:4: error: found the tag"},
              {"", "---\nx: 1", "f:", "a second document"},
              {"", "? [a]\n: 1", "f:17:3: error: a key must be a word"},
              {"", "x: \xff", "f:17:4: error: found a byte that is not text"},
              {"", "x: \xed\xa0\x80", "f:17:4: error: found a byte that is not text"},
              {"", "x: \xc0\xaf", "f:17:4: error: found a byte that is not text"},
              {"", std::string("x: a\x04\nlisten: y"), "f:17:5: error: found a byte that is not text"},
              {"", "x: " + std::string(65, '[') + std::string(65, ']'),
               "f:17:67: error: values are nested deeper than 64"},
              {"", "x: " + std::string(6000, '['), "f:17:", "values are nested deeper than 64"},
              {"", "#" + std::string(4u << 20, 'x'), "f: error: the file has"}});
}

TEST_CASE("an alias bomb is stopped by what it would become") {
  std::string yaml = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    yaml += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int n = 0; n < 10; ++n) yaml += last + ", ";
    yaml += "]\n";
  }
  const Loaded result = load(yaml, "f", {});
  CHECK(all(result.problems).find("the file holds more than 250000 values") != std::string::npos);
}

TEST_CASE("aliases of harmless size are followed") {
  const Case c{.from = "        price: {input", .to = "        price: &p {input", .begins = {}};
  std::string yaml = good;
  yaml.replace(yaml.find(c.from), c.from.size(), c.to);
  yaml.insert(yaml.find("policies:"),
              "      - {provider: deepseek, variant: b, host_model: b, context: 1 ktok, price: *p}\n");
  const Loaded result = load(yaml, "f", test::given_sources());
  CHECK(all(result.problems) == "");
  REQUIRE(result.settings);
  CHECK(result.settings->models[0].endpoints.at(1).prices.output.price.nanos == 2'000'000'000);
}

TEST_CASE("all problems come at once, in the order of the file, and thousands are cut short") {
  const Loaded result = load("providers: {}\nmodels: {}\nworkers: x\nlisten: x\nlog: x\n", "f", {});
  REQUIRE(result.problems.size() == 3);
  CHECK(result.problems[0].place.line == 3);
  CHECK(result.problems[1].place.line == 4);
  CHECK(result.problems[2].place.line == 5);
  std::string many = "providers: {}\nmodels: {}\n";
  for (int i = 0; i < 5000; ++i) many += "k" + std::to_string(i) + ": 1\n";
  const Loaded cut = load(many, "f", {});
  REQUIRE(cut.problems.size() == 101);
  CHECK(cut.problems.back().message == "there are 4900 more problems");
}

TEST_CASE("an empty or missing file says what is missing") {
  CHECK(all(load("", "f", {}).problems).find("found nothing; allowed is a mapping") != std::string::npos);
  CHECK(all(load("{}", "f", {}).problems).find("the key `providers` is missing") != std::string::npos);
  CHECK(all(load_file("/nowhere", test::given_sources()).problems) ==
        "/nowhere: error: the file cannot be read\n  check that it exists and that you may read it\n");
}

TEST_CASE("check shows every problem and sums up") {
  const Checked fine = checked(load(good, "f", test::given_sources()), "f");
  CHECK(fine.exit_code == 0);
  CHECK(fine.text == "f: good: 1 model, 1 endpoint, 1 provider, 1 policy of your own, 0 keys\n");
  const Checked bad = checked(loaded({.from = "", .to = "lisen: x\nadmin: 0.0.0.0:1", .begins = {}}), "f");
  CHECK(bad.exit_code == 1);
  CHECK(bad.text ==
        "f:17:1: error: lisen: the key `lisen` is not known here\n"
        "  lisen ...\n"
        "  ^^^^^\n"
        "  did you mean `listen`?\n"
        "\n"
        "f:18:8: warning: admin: whoever reaches `0.0.0.0` reads the metrics and which hosts there are, and "
        "administers the gateway\n"
        "  admin: 0.0.0.0:1\n"
        "         ^^^^^^^^^\n"
        "  keep it on `127.0.0.1` or behind a firewall\n"
        "\n"
        "f: 1 error, 1 warning\n");
}

TEST_CASE("memory for bodies that is left out is enough for one") {
  const Loaded loaded =
      load("providers: {a: {base_url: https://a.example}}\nmodels: {}\nlimits: {max_body_bytes: 1 GiB}\n",
           "f", test::given_sources());
  REQUIRE(loaded.settings);
  CHECK(loaded.settings->limits.body_budget == std::size_t{1} << 30);
}
