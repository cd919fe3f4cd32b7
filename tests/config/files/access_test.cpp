#include <doctest/doctest.h>

#include "config/files/load.hpp"
#include "tests/support/given_sources.hpp"

using namespace config;

namespace {

const std::string account =
    R"({"type":"service_account","project_id":"p","private_key_id":"k1","private_key":)"
    R"("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n","client_email":"a@p.example",)"
    R"("token_uri":"https://oauth2.googleapis.com/token"})";

Sources sources(std::map<std::string, std::string> more = {}) {
  std::map<std::string, std::string> variables = {{"KEY", "a-key-of-the-tests"},
                                                  {"OTHER_KEY", "another-key"},
                                                  {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
                                                  {"AWS_SECRET_ACCESS_KEY", "secret-access-key"},
                                                  {"ACCOUNT", account}};
  variables.merge(more);
  return test::sources_of(variables, {{"/account.json", {account}}});
}

Loaded load_provider(const std::string& members, const Sources& from) {
  return load("providers:\n  p: {" + members +
                  "}\nmodels:\n  m: {endpoints: [{provider: p, host_model: h, "
                  "context: 1000, price: {input: 1 $/Mtok, output: 1 $/Mtok}}]}\n",
              "f", from);
}

ProviderSettings provider(const std::string& members, const Sources& from = sources()) {
  Loaded loaded = load_provider(members, from);
  std::string all;
  for (const Problem& problem : loaded.problems) all += to_text(problem);
  INFO(all);
  REQUIRE(loaded.settings);
  return loaded.settings->providers.at(0);
}

std::string refused(const std::string& members, const Sources& from = sources()) {
  const Loaded loaded = load_provider(members, from);
  CHECK(!loaded.settings);
  std::string all;
  for (const Problem& problem : loaded.problems) all += to_text(problem) + "\n";
  return all;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// What is said of a provider that is taken all the same.
std::string warned(const std::string& members) {
  const Loaded loaded = load_provider(members, sources());
  CHECK(loaded.settings);
  std::string all;
  for (const Problem& problem : loaded.problems) all += to_text(problem) + "\n";
  return all;
}

const std::string amazon = "base_url: https://bedrock-runtime.us-east-1.amazonaws.com, dialect: bedrock, ";
const std::string google = "base_url: https://aiplatform.googleapis.com/v1, dialect: google, ";

}  // namespace

TEST_CASE("each maker's dialect speaks its maker's API where nothing else is said") {
  CHECK(provider("base_url: https://a.example, dialect: google").speaks == Formats(Format::gemini));
  CHECK(provider("base_url: https://a.example, dialect: bedrock").speaks == Formats(Format::converse));
  CHECK(provider("base_url: https://a.example, dialect: azure").speaks == Formats(Format::chat));
  CHECK(provider("base_url: https://a.example, dialect: google, speaks: [vertex_messages]").speaks ==
        Formats(Format::vertex_messages));
}

TEST_CASE("several keys are several credentials, and those that are not there are not counted") {
  const auto two = provider("base_url: https://a.example, credential: [\"${KEY}\", \"${OTHER_KEY}\"]");
  CHECK(two.credential.reveal() == "a-key-of-the-tests");
  REQUIRE(two.access.more_keys.size() == 1);
  CHECK(two.access.more_keys[0].reveal() == "another-key");
  const std::string absent = "base_url: https://a.example, credential: [\"${NOT_SET}\", \"${OTHER_KEY}\"]";
  const auto one = provider(absent + ", limits: {keys: [{requests: {minute: 1}}, {requests: {minute: 2}}]}");
  CHECK(one.credential.reveal() == "another-key");
  CHECK(one.access.more_keys.empty());
  // Each limit stays with its key.
  REQUIRE(one.limits.of_keys.size() == 1);
  CHECK(one.limits.of_keys[0] == provider("base_url: https://a.example, credential: \"${KEY}\", limits: "
                                          "{keys: [{requests: {minute: 2}}]}")
                                     .limits.of_keys[0]);
  CHECK(has(warned(absent), "`${NOT_SET}` is not there, and the host is asked with the other keys"));
  CHECK(has(refused(absent + ", limits: {keys: [{requests: {minute: 1}}, {requests: {minute: 2}}, "
                             "{requests: {minute: 3}}]}"),
            "there are limits for 3 keys, and `credential` has 2"));
  CHECK(has(warned("base_url: https://a.example, credential: [\"${KEY}\", \"${KEY}\"]"), "same key"));
  CHECK(has(refused("base_url: https://a.example, credential: [\"${NOT_SET}\"]"), "`NOT_SET` is not set"));
  CHECK(has(refused("base_url: https://a.example, credential: []"), "a credential, or a list of them"));
}

TEST_CASE("keys of Amazon's are those of the environment, or those that are named") {
  const auto usual = provider(amazon + "aws: {region: us-east-1}");
  REQUIRE(usual.access.aws);
  CHECK(usual.access.aws->service == "bedrock");
  CHECK(usual.access.aws->access_key_id.reveal() == "AKIDEXAMPLE");
  CHECK(usual.access.aws->session_token.empty());
  const auto named = provider(amazon +
                              "aws: {region: us-east-1, access_key_id: \"${KEY}\", "
                              "secret_access_key: \"${OTHER_KEY}\", session_token: \"${KEY}\"}");
  CHECK(named.access.aws->secret_access_key.reveal() == "another-key");
  CHECK(named.access.aws->session_token.reveal() == "a-key-of-the-tests");
  const Sources none = test::sources_of({}, {});
  CHECK(has(refused(amazon + "aws: {region: us-east-1}", none), "`AWS_ACCESS_KEY_ID`"));
}

TEST_CASE("an address of a cloud's that cannot work is told of before anybody asks there") {
  const std::string key = ", credential: \"${KEY}\"", vertex = "googleapis.com/v1/projects/p/locations/";
  struct Row {
    std::string members;
    const char* said;  // none where nothing is wrong
  };
  const std::string azure = "dialect: azure, base_url: https://a.openai.azure.com";
  const Row warnings[] = {
      {"dialect: bedrock, base_url: https://bedrock-runtime.us-esat-1.amazonaws.com" + key, "`us-east-1`"},
      {"dialect: bedrock, base_url: https://bedrock-runtime.us-esat-1.amazonaws.com, aws: {region: "
       "us-esat-1}",
       "no region of Amazon's"},
      {"dialect: bedrock, base_url: https://bedrock-runtime.eu-central-1.amazonaws.com" + key, nullptr},
      {"dialect: bedrock, base_url: https://bedrock-runtime.cn-north-1.amazonaws.com.cn" + key, nullptr},
      {"base_url: https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com" + key, nullptr},
      {"dialect: anthropic, base_url: https://aws-external-anthropic.us-east-1.api.aws/v1" + key,
       "workspace"},
      {"dialect: anthropic, base_url: https://aws-external-anthropic.us-east-1.api.aws/v1, headers: "
       "{Anthropic-Workspace-Id: w}" +
           key,
       nullptr},
      {"dialect: google, base_url: https://aiplatform." + vertex + "global/publishers/google" + key, nullptr},
      {"dialect: google, base_url: https://aiplatform." + vertex + "us-east5/publishers/google" + key,
       nullptr},
      {"dialect: google, base_url: https://europe-west4-aiplatform." + vertex + "us-east5/publishers/google" +
           key,
       "`us-east5-aiplatform.googleapis.com`"},
      {"dialect: google, base_url: https://aiplatform.eu.rep." + vertex + "us/publishers/google" + key,
       "`aiplatform.us.rep.googleapis.com`"},
      {"dialect: google, base_url: https://aiplatform.us-east5.rep." + vertex + "us-east5/publishers/google" +
           key,
       nullptr},
      {"dialect: google, base_url: https://aiplatform.us-east5.p.rep." + vertex +
           "us-east5/publishers/google" + key,
       nullptr},
      {"dialect: google, base_url: https://us-east5-aiplatform.mtls." + vertex +
           "us-east5/publishers/google" + key,
       nullptr},
      {"dialect: google, base_url: https://us-east5-aiplatform." + vertex + "us-east5/publishers/google" +
           key,
       nullptr},
      {"dialect: google, base_url: https://aiplatform.eu.rep." + vertex + "eu/publishers/google" + key,
       nullptr},
      {"dialect: google, base_url: https://generativelanguage.googleapis.com/v1beta",
       "nothing says who asks"},
      {"dialect: google, base_url: https://generativelanguage.googleapis.com/v1beta, query: {key: k}",
       nullptr},
      {"dialect: bedrock, base_url: https://bedrock-runtime.eu-central-1.amazonaws.com",
       "nothing says who asks"},
      {"base_url: https://mine.eu-central-1.elb.amazonaws.com/v1", nullptr},
      {"dialect: anthropic, base_url: https://api.anthropic.com/v1, headers: {x-api-key: k}", nullptr},
      {azure + "/openai, api_version: 2025-01-01-preview" + key, nullptr},
      {azure + "/openai/v1" + key, nullptr},
      {azure + "/openai" + key, "`api_version: 2024-10-21`"},
      {azure + key, "`/openai/v1`"},
      {azure + "/openai/v1, api_version: preview" + key, nullptr},
      {azure + "/openai/v1, api_version: latest" + key, nullptr},
      {azure + "/openai/v1, api_version: 2024-10-21" + key, "has no version `2024-10-21`"},
      {azure + "/openai, api_version: yesterday" + key, "a version such as"},
      {"dialect: azure, base_url: https://a.services.ai.azure.com/anthropic/v1" + key,
       "`dialect: anthropic`"},
      {"dialect: azure, base_url: https://a.cognitiveservices.azure.com/openai" + key,
       "`api_version: 2024-10-21`"},
      {"dialect: azure, base_url: https://azure.example/openai" + key, nullptr},
      {"dialect: azure, base_url: https://azure.example/openai/v1, api_version: mine" + key, nullptr},
  };
  for (const Row& row : warnings) {
    CAPTURE(row.members);
    const std::string said = warned(row.members);
    if (row.said) {
      CHECK(has(said, row.said));
    } else {
      CHECK(said == "");
    }
  }
}

TEST_CASE("a version of Azure's API that could end a line is refused") {
  const std::string azure =
      "dialect: azure, credential: \"${KEY}\", base_url: https://azure.example/openai, ";
  for (const char* version : {"\"2024-10-21 x\"", "\"2024-10-21&a=b\""}) {
    CHECK(has(refused(azure + "api_version: " + version), "a version such as"));
  }
}

TEST_CASE("what follows from a cloud's address need not be said") {
  const auto mantle = provider(
      "dialect: anthropic, base_url: https://bedrock-mantle.us-east-1.api.aws/anthropic/v1, aws: {region: "
      "us-east-1}");
  CHECK(mantle.access.aws->service == "bedrock-mantle");
  const auto said = provider(
      "dialect: anthropic, base_url: https://bedrock-mantle.us-east-1.api.aws/anthropic/v1, aws: {region: "
      "us-east-1, service: bedrock}");
  CHECK(said.access.aws->service == "bedrock");
  const auto at_vertex = [](const std::string& what) {
    return provider(
               "dialect: google, credential: \"${KEY}\", base_url: "
               "https://aiplatform.googleapis.com/v1/projects/p/locations/global/" +
               what)
        .speaks;
  };
  CHECK(at_vertex("publishers/google") == Formats(Format::gemini));
  CHECK(at_vertex("publishers/anthropic") == Formats(Format::vertex_messages));
  CHECK(at_vertex("endpoints/openapi") == Formats(Format::chat));
  CHECK(at_vertex("publishers/anthropic, speaks: [chat]") == Formats(Format::chat));
}

TEST_CASE("a region that is none, or not that of the base URL, is named") {
  for (const char* region : {"us-east-9", "eu-central-1"}) {
    CHECK(has(refused(amazon + "aws: {region: " + region + "}"), "another region"));
  }
  for (const char* region : {"virginia", "us_east_1", "us-east"}) {
    CHECK(has(refused(amazon + "aws: {region: " + region + "}"), "a region of Amazon's"));
  }
}

TEST_CASE("a service account is read from its file, and one that is none is named without its text") {
  for (const char* source : {"\"${file:/account.json}\"", "\"${ACCOUNT}\""}) {
    const auto read = provider(google + "google: {service_account: " + source + "}");
    REQUIRE(read.access.google);
    CHECK(read.access.google->email == "a@p.example");
    CHECK(read.access.google->key_id == "k1");
    CHECK(read.access.google->private_key.reveal().starts_with("-----BEGIN PRIVATE KEY-----\nc2Vj"));
    CHECK(read.access.google->token_url.host == "oauth2.googleapis.com");
  }
  struct Row {
    const char* text;
    const char* said;
  };
  const Row rows[] = {
      {"sk-no-json-at-all-c2VjcmV0", "no JSON object"},
      {"{\"type\":", "no JSON object"},
      {R"({"type":"authorized_user","client_secret":"c2VjcmV0"})", "not of a service account"},
      {R"({"type":"service_account","private_key":"-----BEGIN c2VjcmV0"})", "no `client_email`"},
      {R"({"type":"service_account","client_email":"a","private_key":"c2VjcmV0"})", "no `private_key`"},
      {R"({"type":"service_account","client_email":"a","private_key":"-----BEGIN c2VjcmV0","token_uri":"http://a.b/t"})",
       "not encrypted"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const std::string all =
        refused(google + "google: {service_account: \"${BAD}\"}", sources({{"BAD", row.text}}));
    CHECK(has(all, row.said));
    CHECK(!has(all, "c2VjcmV0"));
  }
  CHECK(has(refused(google + "google: {service_account: \"${NOT_SET}\"}"), "`NOT_SET` is not set"));
}

TEST_CASE("who asks is said in one way only, and what is optional may be absent in each") {
  CHECK(has(refused(amazon + "credential: \"${KEY}\", aws: {region: us-east-1}"), "more than one"));
  for (const char* way :
       {"aws: {region: us-east-1, access_key_id: \"${NO}\", secret_access_key: \"${NO}\"}",
        "google: {service_account: \"${NO}\"}", "entra: {tenant: t, client_id: c, client_secret: \"${NO}\"}",
        "aws: {region: us-east-1, source: web_identity}"}) {
    CAPTURE(way);
    const std::string all = refused("base_url: https://a.example, optional: true, " + std::string(way));
    CHECK(has(all, "none of the providers, all of them optional"));
  }
}

TEST_CASE("a proxy is the environment's for https, but for whom it is not meant") {
  const auto with = [](std::map<std::string, std::string> variables, const std::string& more = "") {
    return provider("base_url: https://api.deepseek.com/v1" + more, sources(std::move(variables)))
        .access.proxy;
  };
  const auto proxy = with({{"HTTPS_PROXY", "http://user:pass@proxy.corp:3128"}});
  REQUIRE(proxy);
  CHECK(proxy->url.host == "proxy.corp");
  CHECK(proxy->url.port == 3128);
  CHECK(proxy->authorization.reveal() == "user:pass");
  CHECK(with({{"https_proxy", "proxy.corp:3128"}})->url.port == 3128);
  for (const char* not_for : {"*", "deepseek.com", ".deepseek.com", "a.b, api.deepseek.com", "*.deepseek.com",
                              "DeepSeek.com", "api.deepseek.com:443"}) {
    CAPTURE(not_for);
    CHECK(!with({{"HTTPS_PROXY", "http://proxy:1"}, {"NO_PROXY", not_for}}));
  }
  for (const char* not_for : {"seek.com,b.c", "api.deepseek.com:8443", "10.0.0.0/8", "10.0.0.0/8x"}) {
    CAPTURE(not_for);
    CHECK(with({{"HTTPS_PROXY", "http://proxy:1"}, {"NO_PROXY", not_for}}));
  }
  for (const auto& [not_for, is_left_aside] : std::map<std::string, bool>{{"10.0.0.0/8", true},
                                                                          {"10.9.8.7/8", true},
                                                                          {"10.9.8.7/16", false},
                                                                          {"10.1.2.3", true},
                                                                          {"10.1.2.3:443", true},
                                                                          {"10.1.2.3:80", false},
                                                                          {"10.2.0.0/16", false},
                                                                          {"fd00::/8", false}}) {
    const auto& shown = not_for;  // Clang 14 captures no structured binding
    CAPTURE(shown);
    const auto inside = provider("base_url: https://10.1.2.3/v1",
                                 sources({{"HTTPS_PROXY", "http://proxy:1"}, {"NO_PROXY", not_for}}));
    CHECK(!inside.access.proxy == is_left_aside);
  }
  for (const auto& [not_for, is_left_aside] : std::map<std::string, bool>{{"fd00::1", true},
                                                                          {"[fd00::1]", true},
                                                                          {"[FD00::1]:443", true},
                                                                          {"[fd00::1]:80", false},
                                                                          {"[fd00::2]", false},
                                                                          {"fd00::2/8", true},
                                                                          {"[", false}}) {
    const auto& shown = not_for;  // Clang 14 captures no structured binding
    CAPTURE(shown);
    const auto inside = provider("base_url: \"https://[fd00::1]/v1\"",
                                 sources({{"HTTPS_PROXY", "http://proxy:1"}, {"NO_PROXY", not_for}}));
    CHECK(!inside.access.proxy == is_left_aside);
  }
  CHECK(!with({{"HTTPS_PROXY", "http://proxy:1"}}, ", proxy: none"));
  CHECK(with({{"HTTPS_PROXY", "http://proxy:1"}}, ", proxy: \"http://mine:2\"")->url.host == "mine");
  CHECK(!provider("base_url: http://127.0.0.1:1/v1", sources({{"HTTPS_PROXY", "http://proxy:1"}}))
             .access.proxy);
  const std::string bad = refused("base_url: https://a.example, proxy: \"http://user:hunter2@b:1\"");
  CHECK(has(bad, "a password does not stand in the file itself"));
  CHECK(!has(bad, "hunter2"));
}

TEST_CASE("fields that isocost says itself, and what could end a line, cannot be added") {
  const auto added = provider("base_url: https://a.example, headers: {x-a: \"1\"}, query: {b: \"2\"}");
  CHECK(added.access.headers == NamedTexts{{.name = "x-a", .text = Secret("1"), .named = {}}});
  CHECK(added.access.query == NamedTexts{{.name = "b", .text = Secret("2"), .named = {}}});
  for (const char* name : {"Host", "authorization", "Content-Length", "a b", "a:b"}) {
    CAPTURE(name);
    CHECK(has(refused("base_url: https://a.example, headers: {\"" + std::string(name) + "\": x}"),
              "no header field of this name"));
  }
}

TEST_CASE("a field or a query of one's own may be what a variable or a file holds, which nobody is shown") {
  const auto added = provider(
      "base_url: https://a.example, headers: {x-team: \"${KEY}\", x-gateway: \"Bearer ${OTHER_KEY}\"}, "
      "query: {token: \"${file:/account.key}\"}",
      test::sources_of({{"KEY", "a-key-of-the-tests"}, {"OTHER_KEY", "another-key"}},
                       {{"/account.key", {"key-in-a-file\n"}}}));
  REQUIRE(added.access.headers.size() == 2);
  CHECK(added.access.headers[0].text.reveal() == "a-key-of-the-tests");
  CHECK(added.access.headers[1].text.reveal() == "Bearer another-key");
  CHECK(added.access.query.at(0).text.reveal() == "key-in-a-file");
  std::vector<std::string_view> secrets;
  for (const Secret* each : secrets_of(added)) secrets.push_back(each->reveal());
  for (const char* each : {"a-key-of-the-tests", "another-key", "key-in-a-file"}) {
    CAPTURE(each);
    CHECK(std::ranges::find(secrets, each) != secrets.end());
  }
}

TEST_CASE("a word or a day that a field says in the file itself is no secret, and all else is") {
  const auto said = provider(
      "base_url: https://a.example, headers: {x-maker: anthropic, x-version: \"2023-06-01\", x-token: "
      "hunter2hunter2, x-long: correcthorsebatterystaple, x-named: \"${NAMED}\"}, query: {api-version: "
      "2024-10-21-preview, code: Production}",
      sources({{"NAMED", "production"}}));
  std::vector<std::string_view> secrets;
  for (const Secret* each : secrets_of(said)) {
    if (!each->empty()) secrets.push_back(each->reveal());
  }
  CHECK(secrets == std::vector<std::string_view>{"hunter2hunter2", "correcthorsebatterystaple", "production",
                                                 "Production"});
}

TEST_CASE("what a field holds need not look like a key") {
  const auto said = provider("base_url: https://a.example, headers: {x-region: \"${REGION}\", x-a: \"${A}\"}",
                             sources({{"REGION", "eu"}, {"A", "Bearer abc"}}));
  CHECK(said.access.headers.at(0).text.reveal() == "eu");
  CHECK(said.access.headers.at(1).text.reveal() == "Bearer abc");
  const std::string members = "base_url: https://a.example, headers: {x-a: \"${A}\"}";
  for (const char* wrong : {"", "a\nb", "a\x7f"}) {
    CAPTURE(wrong);
    CHECK(!load_provider(members, sources({{"A", wrong}})).settings);
  }
}

TEST_CASE("a field whose variable is not there is refused, or leaves out a provider that is optional") {
  const std::string members = "base_url: https://a.example, headers: {x-team: \"${NOWHERE}\"}";
  CHECK(has(refused(members), "the variable `NOWHERE` is not set"));
  CHECK(load_provider(members + ", optional: true", sources()).settings->providers.empty());
  CHECK(has(refused("base_url: https://a.example, query: {a: \"${KEY} b\"}"), "stands at the end"));
}

TEST_CASE("a machine's own identity is used where it is switched on, and of this machine alone") {
  const auto instance = provider(amazon + "aws: {region: us-east-1, source: instance_role}");
  REQUIRE(instance.access.aws->issuer);
  CHECK(instance.access.aws->issuer->host == "169.254.169.254");
  CHECK(instance.access.aws->issuer->scheme == BaseUrl::Scheme::http);
  CHECK(instance.access.aws->access_key_id.empty());
  const auto machine = provider(google + "google: {metadata_server: true}");
  CHECK(machine.access.google->metadata_server->host == "169.254.169.254");
  CHECK(!provider(google + "google: {metadata_server: false, service_account: \"${ACCOUNT}\"}")
             .access.google->metadata_server);
  const std::string azure = "base_url: https://a.openai.azure.com/openai/v1, dialect: azure, ";
  CHECK(provider(azure + "entra: {managed_identity: true}").access.entra->managed_identity);
  CHECK(provider(azure + "entra: {managed_identity: \"http://127.0.0.1:9\", client_id: c}")
            .access.entra->managed_identity->port == 9);
  CHECK(provider(google + "google: {metadata_server: \"http://169.254.170.2\"}")
            .access.google->metadata_server);
  // Nothing is assumed.
  CHECK(!provider(amazon + "aws: {region: us-east-1}").access.aws->issuer);
  struct Row {
    std::string members;
    const char* said;
  };
  const Row rows[] = {
      {google + "google: {}", "nothing says who asks"},
      {google + "google: {metadata_server: true, service_account: \"${ACCOUNT}\"}", "more than one"},
      {google + "google: {metadata_server: \"http://a.example\"}", "in the open"},
      {google + "google: {metadata_server: \"http://169.254.example.com\"}", "in the open"},
      {google + "google: {metadata_server: perhaps}", "metadata_server"},
      {azure + "entra: {managed_identity: true, client_secret: \"${KEY}\"}",
       "not used with `managed_identity`"},
      {azure + "entra: {tenant: t, client_id: c}", "nothing says who asks"},
      {azure + "entra: {client_secret: \"${KEY}\"}", "the key `tenant` is missing"},
      {azure + "entra: {tenant: t, client_id: c, token_file: here}", "a path from the root"},
      {amazon + "aws: {region: us-east-1, source: instance_role, access_key_id: \"${KEY}\"}",
       "is not used where keys are fetched"},
      {amazon + "aws: {region: us-east-1, role_arn: r}", "is not used where `source` is `keys`"},
      {amazon + "aws: {region: us-east-1, source: web_identity, issuer: \"http://sts.example\", role_arn: r, "
                "token_file: /t}",
       "in the open"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.members);
    CHECK(has(refused(row.members), row.said));
  }
}

TEST_CASE("a web identity is what a pod's environment says, or what is named") {
  const auto usual =
      provider(amazon + "aws: {region: us-east-1, source: web_identity}",
               sources({{"AWS_ROLE_ARN", "arn:r"}, {"AWS_WEB_IDENTITY_TOKEN_FILE", "/var/token"}}));
  CHECK(usual.access.aws->role == "arn:r");
  CHECK(usual.access.aws->token_file == "/var/token");
  CHECK(usual.access.aws->issuer->host == "sts.us-east-1.amazonaws.com");
  const auto named = provider(
      amazon + "aws: {region: us-east-1, source: web_identity, role_arn: \"arn:x\", token_file: /t}");
  CHECK(named.access.aws->role == "arn:x");
  CHECK(has(refused(amazon + "aws: {region: us-east-1, source: web_identity}"), "AWS_ROLE_ARN"));
}

TEST_CASE("what is shown to a host that asks for a certificate is read when the configuration is") {
  const Sources files = test::sources_of(
      {}, {{"/a.crt", {"-----BEGIN CERTIFICATE-----\n"}}, {"/a.key", {"-----BEGIN PRIVATE KEY-----\n"}}});
  const auto shown = provider("base_url: https://a.example, tls: {certificate: /a.crt, key: /a.key}", files);
  REQUIRE(shown.access.tls);
  CHECK(shown.access.tls->key == "/a.key");
  CHECK(has(refused("base_url: https://a.example, tls: {certificate: /a.crt}", files), "`key` is missing"));
  CHECK(has(refused("base_url: https://a.example, tls: {certificate: /a.key, key: /a.key}", files),
            "holds no certificate"));
  CHECK(has(refused("base_url: https://a.example, tls: {certificate: /a.crt, key: /no}", files),
            "cannot be read"));
  CHECK(has(refused("base_url: http://127.0.0.1:1, tls: {certificate: /a.crt, key: /a.key}", files),
            "no certificate is shown"));
}

TEST_CASE("whether a host is told what was thought before is known of many, and said of others") {
  const auto told = [](const std::string& members) { return provider(members).earlier_thinking; };
  CHECK(told("base_url: https://api.deepseek.com/v1") == EarlierThinking::reasoning_content);
  CHECK(told("base_url: https://api.groq.com/openai/v1") == EarlierThinking::none);
  CHECK(told("base_url: https://api.openai.com/v1") == EarlierThinking::none);
  CHECK(told("base_url: https://api.openai.com.example/v1") == EarlierThinking::reasoning_content);
  CHECK(told("base_url: https://mine.openai.azure.com/openai/v1, dialect: azure") == EarlierThinking::none);
  CHECK(told("base_url: https://api.groq.com/openai/v1, earlier_thinking: reasoning") ==
        EarlierThinking::reasoning);
  CHECK(has(refused("base_url: https://a.example/v1, earlier_thinking: thoughts"), "reasoning_content"));
}

TEST_CASE("in which words a host is told to think is known of many, and said of others") {
  const auto words = [](const std::string& members) { return provider(members).reasoning_switch; };
  CHECK(words("base_url: https://api.deepseek.com/v1") == ReasoningSwitch::thinking);
  CHECK(words("base_url: https://dashscope-intl.aliyuncs.com/compatible-mode/v1") ==
        ReasoningSwitch::enable_thinking);
  CHECK(words("base_url: https://api.z.ai/api/paas/v4") == ReasoningSwitch::thinking);
  CHECK(words("base_url: https://quiz.ai/v1") == ReasoningSwitch::as_it_came);
  CHECK(words("base_url: https://api.openai.com/v1") == ReasoningSwitch::as_it_came);
  CHECK(words("base_url: https://api.deepseek.com/v1, reasoning_switch: effort") == ReasoningSwitch::effort);
  const Loaded loaded = load_provider("base_url: https://api.deepseek.com/v1", sources());
  CHECK(loaded.settings->models[0].endpoints[0].reasoning_switch == ReasoningSwitch::thinking);
}

TEST_CASE(
    "a sealed file is opened with the key of all of them, whoever else may read it, and says why it is not") {
  const std::string key(40, 'k');
  const std::string sealed = std::string(sealed_mark) + "letters\n";
  const auto from = [&](std::map<std::string, std::string> variables, const std::string& text) {
    Sources made = test::sources_of(
        std::move(variables), {{"/a.sealed", {text, 0644}}, {"/run/isocost-credentials-key", {key + "\n"}}});
    made.open_sealed = [&](std::string_view letters, const std::string& with) {
      return letters == "letters" && with == key ? std::optional<std::string>("sk-of-the-host")
                                                 : std::nullopt;
    };
    return made;
  };
  const std::string members = "base_url: https://a.example, credential: \"${file:/a.sealed}\"";
  const std::string variable(sealing_variable);
  CHECK(provider(members, from({{variable, key}}, sealed)).credential.reveal() == "sk-of-the-host");
  CHECK(provider(members, from({{"CREDENTIALS_DIRECTORY", "/run"}}, sealed)).credential.reveal() ==
        "sk-of-the-host");
  CHECK(has(refused(members, from({}, sealed)), "is sealed, and there is no key to open it"));
  const std::string wrong = refused(members, from({{variable, std::string(40, 'x')}}, sealed));
  CHECK(has(wrong, "does not open it"));
  CHECK_FALSE(has(wrong, "xxxx"));
  const std::string changed = std::string(sealed_mark) + "lettert";
  CHECK(has(refused(members, from({{variable, key}}, changed)), "does not open it"));
  CHECK(has(refused(members, from({{variable, key}}, "sk-of-the-host")), "can be read by others"));
}

TEST_CASE("who caches what is marked alone is known of Claude and of some hosts, and said of others") {
  const auto writes = [](const std::string& members, const std::string& endpoint = "") {
    const Loaded loaded =
        load("providers:\n  p: {" + members + "}\nmodels:\n  m: {endpoints: [{provider: p, " + endpoint +
                 "context: 1000, price: {input: 1 $/Mtok, output: 1 $/Mtok}}]}\n",
             "f", sources());
    REQUIRE(loaded.settings);
    return loaded.settings->models[0].endpoints[0].cache_writes;
  };
  const std::string gpt = "host_model: gpt-5.6, ", claude = "host_model: anthropic/claude-sonnet-5, ";
  CHECK(writes("base_url: https://api.openai.com/v1", gpt) == CacheWrites::all);
  CHECK(writes("base_url: https://api.openai.com/v1, speaks: [responses]", gpt) == CacheWrites::all);
  CHECK(writes("base_url: https://openrouter.ai/api/v1", gpt) == CacheWrites::all);
  CHECK(writes("base_url: https://openrouter.ai/api/v1", claude) == CacheWrites::marked);
  CHECK(writes("base_url: https://a.example, dialect: anthropic", gpt) == CacheWrites::marked);
  CHECK(writes("base_url: https://dashscope-intl.aliyuncs.com/compatible-mode/v1", gpt) ==
        CacheWrites::marked);
  CHECK(writes("base_url: https://openrouter.ai/api/v1", claude + "cache_writes: all, ") == CacheWrites::all);
  CHECK(writes("base_url: https://a.example/v1", gpt + "cache_writes: marked, ") == CacheWrites::marked);
}

TEST_CASE("where Anthropic's models are to run is said to hosts of its own API") {
  CHECK(provider("base_url: https://a.example, dialect: anthropic, inference_geo: us").inference_geo == "us");
  CHECK(has(refused("base_url: https://a.example, inference_geo: us"), "only Anthropic's"));
  CHECK(has(refused("base_url: https://a.example, dialect: anthropic, inference_geo: 'u\"s'"), "a word"));
  const std::string anthropic = "base_url: https://a.example, dialect: anthropic, inference_geo: us";
  CHECK(has(refused(anthropic + ", speaks: [messages, chat]"), "only Anthropic's"));
  const auto at_endpoint = [&](const std::string& speaks) {
    return load("providers:\n  p: {" + anthropic +
                    "}\nmodels:\n  m: {endpoints: [{provider: p, host_model: h, speaks: " + speaks +
                    ", context: 1000, price: {input: 1 $/Mtok, output: 1 $/Mtok}}]}\n",
                "f", sources());
  };
  CHECK(at_endpoint("[messages]").settings);
  CHECK_FALSE(at_endpoint("[chat]").settings);
  CHECK_FALSE(at_endpoint("[messages, chat]").settings);
}
