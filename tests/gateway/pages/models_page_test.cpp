#include "gateway/pages/models_page.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "tests/support/three_hosts.hpp"

namespace json = boost::json;

namespace {

const auto catalogue = tests::catalogue_of(tests::three_hosts());

json::value parsed(const std::optional<std::string>& page) {
  REQUIRE(page.has_value());
  return json::parse(*page);
}

json::value find(const json::array& items, std::string_view member, std::string_view value) {
  for (const json::value& item : items) {
    if (item.at(member) == json::value(value)) return item;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("the list has what OpenAI's, Anthropic's and OpenRouter's clients read") {
  const json::value page = json::parse(gateway::models_page(*catalogue, nullptr));
  CHECK(page.at("object") == "list");
  CHECK(page.at("has_more") == false);
  CHECK(page.at("first_id") == "deepseek/deepseek-r1");
  CHECK(page.at("last_id") == "any");
  CHECK(page.at("total_count") == 3);
  const json::value& r1 = page.at("data").at(0);
  CHECK(r1.at("id") == "deepseek/deepseek-r1");
  CHECK(r1.at("object") == "model");
  CHECK(r1.at("type") == "model");
  CHECK(r1.at("created") == 1737331200);
  CHECK(r1.at("created_at") == "2025-01-20T00:00:00Z");
  CHECK(r1.at("owned_by") == "deepseek");
  CHECK(r1.at("display_name") == "DeepSeek R1");
  CHECK(r1.at("pricing").at("prompt") == "0.00000055");
  CHECK(r1.at("pricing").at("completion") == "0.00000219");
  CHECK(r1.at("pricing").at("input_cache_read") == "0.00000014");
  CHECK(r1.at("context_length") == 163'840);
  CHECK(r1.at("top_provider").at("context_length") == 163'840);
  CHECK(r1.at("links").at("details") == "/api/v1/models/deepseek/deepseek-r1/endpoints");
  CHECK(r1.at("max_input_tokens") == 163'840);
  CHECK(r1.at("lifecycle") == "active");
  CHECK(r1.at("aliases") == json::array{"deepseek-r1"});
  for (const char* required :
       {"canonical_slug", "name", "architecture", "per_request_limits", "supported_parameters",
        "default_parameters", "supported_voices", "description"}) {
    CHECK(r1.as_object().contains(required));
  }
}

TEST_CASE("a part of the list is shown to who asks for one, and whether there is more") {
  const auto shown = [](const gateway::ModelWindow& window) {
    const json::value page = json::parse(gateway::models_page(*catalogue, nullptr, {.window = window}));
    std::string text;
    for (const json::value& each : page.at("data").as_array())
      text.append(each.at("id").as_string()).append(" ");
    CHECK(page.at("total_count") == 3);
    return text + (page.at("has_more").as_bool() ? "more" : "all");
  };
  CHECK(shown({.limit = 2}) == "deepseek/deepseek-r1 meta/llama more");
  CHECK(shown({.limit = 3}) == "deepseek/deepseek-r1 meta/llama any all");
  CHECK(shown({.limit = 1, .after = "deepseek/deepseek-r1"}) == "meta/llama more");
  CHECK(shown({.after = "meta/llama"}) == "any all");
  CHECK(shown({.limit = 1, .before = "any"}) == "meta/llama more");
  CHECK(shown({.before = "meta/llama"}) == "deepseek/deepseek-r1 all");
}

TEST_CASE("a key sees only the models it may ask for") {
  config::KeySettings key;
  key.models = {{"meta/llama"}};
  const json::value page = json::parse(gateway::models_page(*catalogue, &key));
  REQUIRE(page.at("data").as_array().size() == 1);
  CHECK(page.at("data").at(0).at("id") == "meta/llama");
  CHECK(!gateway::model_page(*catalogue, "deepseek/deepseek-r1", &key));
  CHECK(!gateway::model_endpoints_page(*catalogue, tests::snapshot_of(catalogue), "deepseek-r1", &key));
  CHECK(gateway::model_page(*catalogue, "meta/llama", &key));
}

TEST_CASE("a key without any visible model gets an empty list") {
  config::KeySettings key;
  key.models = {{"nothing"}};
  const json::value page = json::parse(gateway::models_page(*catalogue, &key));
  CHECK(page.at("data").as_array().empty());
  CHECK(page.at("first_id").is_null());
}

TEST_CASE("one model is found by its name, by an alias and as a route, and not otherwise") {
  CHECK(parsed(gateway::model_page(*catalogue, "deepseek-r1", nullptr)).at("id") == "deepseek/deepseek-r1");
  CHECK(parsed(gateway::model_page(*catalogue, "any", nullptr)).at("hosts") == 4);
  CHECK(!gateway::model_page(*catalogue, "gpt-9", nullptr));
}

TEST_CASE("the endpoints of a model come with their declared facts and with live figures") {
  routing::Snapshot snapshot = tests::snapshot_of(catalogue);
  routing::Measured& measured = snapshot.endpoints[1].measured;
  measured.ttft = {.p50 = 0.42, .p75 = 0.5, .p90 = 0.9, .p95 = 1, .p99 = 1.5};
  measured.throughput = {.p50 = 45, .p75 = 40, .p90 = 30, .p95 = 25, .p99 = 20};
  measured.uptime = 0.9975;
  measured.uptime_five_minutes = 0.75;
  measured.uptime_day = 0.875;
  const json::value page =
      parsed(gateway::model_endpoints_page(*catalogue, snapshot, "deepseek-r1", nullptr));
  const json::value& data = page.at("data");
  CHECK(data.at("id") == "deepseek/deepseek-r1");
  REQUIRE(data.at("endpoints").as_array().size() == 3);
  const json::value azure = find(data.at("endpoints").as_array(), "tag", "azure");
  CHECK(azure.at("provider_name") == "Azure");
  CHECK(azure.at("latency_last_30m").at("p50") == 420);
  CHECK(azure.at("throughput_last_30m").at("p90") == 30);
  CHECK(azure.at("uptime_last_30m") == 99.75);
  CHECK(azure.at("uptime_last_5m") == 75);
  CHECK(azure.at("uptime_last_1d") == 87.5);
  CHECK(azure.at("status") == 0);
  CHECK(azure.at("supported_parameters").as_array().back() == "tool_choice");
  const json::value deepseek = find(data.at("endpoints").as_array(), "tag", "deepseek");
  CHECK(deepseek.at("quantization") == "fp8");
  CHECK(deepseek.at("max_completion_tokens") == 8'000);
  CHECK(deepseek.at("context_length") == 64'000);
  CHECK(deepseek.at("isocost").at("jurisdiction") == "CN");
  CHECK(deepseek.at("supports_implicit_caching") == true);
}

TEST_CASE("OpenRouter's windows show the last half hour, ours the last five minutes") {
  routing::Snapshot snapshot = tests::snapshot_of(catalogue);
  snapshot.endpoints[3].measured.ttft.p50 = 0.2;
  std::vector<routing::Measured> half_hour(snapshot.endpoints.size());
  half_hour[3].ttft.p50 = 0.5;
  snapshot.half_hour = std::make_shared<const std::vector<routing::Measured>>(half_hour);
  const json::value page = parsed(gateway::model_endpoints_page(*catalogue, snapshot, "meta/llama", nullptr));
  const json::value& endpoint = page.at("data").at("endpoints").at(0);
  CHECK(endpoint.at("latency_last_30m").at("p50") == 500);
  CHECK(endpoint.at("isocost").at("latency_ms").at("p50") == 200);
}

TEST_CASE("what was not measured is null and not a number") {
  const json::value page =
      parsed(gateway::model_endpoints_page(*catalogue, tests::snapshot_of(catalogue), "meta/llama", nullptr));
  const json::value& endpoint = page.at("data").at("endpoints").at(0);
  for (const char* unknown : {"latency_last_30m", "throughput_last_30m", "uptime_last_5m", "uptime_last_30m",
                              "uptime_last_1d", "max_completion_tokens"}) {
    CHECK(endpoint.at(unknown).is_null());
  }
}

TEST_CASE("no page shows a credential or what a host calls its models") {
  const auto snapshot = tests::snapshot_of(catalogue);
  for (const std::string& page : {gateway::models_page(*catalogue, nullptr),
                                  *gateway::model_endpoints_page(*catalogue, snapshot, "any", nullptr)}) {
    CHECK(page.find(tests::planted_secret) == std::string::npos);
    CHECK(page.find("PLANTED") == std::string::npos);
    CHECK(page.find("their-own-name") == std::string::npos);
  }
}
