#include "gateway/pages/model_query.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/pages/models_page.hpp"
#include "gateway/pages/provider_pages.hpp"
#include "tests/support/three_hosts.hpp"

using namespace gateway;

namespace json = boost::json;

namespace {

config::Settings settings() {
  config::Settings settings = tests::three_hosts();
  settings.providers[1].data_policy.zero_data_retention = true;
  settings.models[0].endpoints[0].tags = {"distillable"};
  settings.models[1].description = "A small one";
  return settings;
}

const auto catalogue = tests::catalogue_of(settings());

// The models that the query leaves, or its fault.
std::string listed(std::string_view query, const routing::Snapshot* snapshot = nullptr) {
  auto read = read_model_query(query);
  if (const auto* fault = std::get_if<QueryFault>(&read)) return "fault: " + fault->parameter;
  auto& asked = std::get<ModelQuery>(read);
  asked.now = 1737331200 + 10 * 86'400;  // ten days after DeepSeek R1
  const json::value page = json::parse(models_page(*catalogue, nullptr, asked, snapshot));
  std::string names;
  for (const json::value& each : page.at("data").as_array()) {
    names.append(names.empty() ? "" : " ").append(each.at("id").as_string());
  }
  CHECK(json::parse(model_count_page(*catalogue, nullptr, asked)).at("data").at("count") ==
        page.at("total_count"));
  return names;
}

}  // namespace

TEST_CASE("the list of models is filtered as OpenRouter's clients ask") {
  struct Row {
    std::string_view query, names;
  };
  for (const Row& row : std::vector<Row>{{"", "deepseek/deepseek-r1 meta/llama any"},
                                         {"q=R1", "deepseek/deepseek-r1"},
                                         {"q=a+small", "meta/llama"},
                                         {"q=a%20SMALL", "meta/llama"},
                                         {"supported_parameters=tools", "deepseek/deepseek-r1 any"},
                                         {"supported_parameters=tools,logprobs", ""},
                                         {"model_authors=Meta", "meta/llama"},
                                         {"providers=azure", "deepseek/deepseek-r1 any"},
                                         {"providers=nobody,Azure", "deepseek/deepseek-r1 any"},
                                         {"max_price=0.2", "meta/llama any"},
                                         {"min_price=0.2&max_price=", "deepseek/deepseek-r1"},
                                         {"min_output_price=2&max_output_price=3", "deepseek/deepseek-r1"},
                                         {"context=100000", "deepseek/deepseek-r1 any"},
                                         {"input_modalities=text", "deepseek/deepseek-r1 meta/llama any"},
                                         {"input_modalities=text,image", ""},
                                         {"output_modalities=embeddings", ""},
                                         {"output_modalities=text", "deepseek/deepseek-r1 meta/llama any"},
                                         {"output_modalities=all", "deepseek/deepseek-r1 meta/llama any"},
                                         {"min_age_days=10", "deepseek/deepseek-r1"},
                                         {"max_age_days=9", ""},
                                         {"zdr=true", "deepseek/deepseek-r1 any"},
                                         {"distillable=false", "meta/llama"},
                                         {"sort=pricing-high-to-low", "deepseek/deepseek-r1 meta/llama any"},
                                         {"sort=pricing-low-to-high", "meta/llama any deepseek/deepseek-r1"},
                                         {"sort=context-high-to-low", "deepseek/deepseek-r1 any meta/llama"},
                                         {"sort=newest", "deepseek/deepseek-r1 meta/llama any"},
                                         {"limit=1", "deepseek/deepseek-r1"},
                                         {"limit=1&offset=1", "meta/llama"},
                                         {"offset=3", ""},
                                         {"offset=null&limit=500", "deepseek/deepseek-r1 meta/llama any"},
                                         {"whatever=x", "deepseek/deepseek-r1 meta/llama any"}}) {
    CAPTURE(row.query);
    CHECK(listed(row.query) == row.names);
  }
}

TEST_CASE("what cannot be filtered by is refused, not passed over") {
  for (const std::string_view name :
       {"category", "min_coding_index", "max_tool_success_rate", "arch", "region", "use_rss"}) {
    CHECK(listed(std::string(name) + "=x") == "fault: " + std::string(name));
  }
  CHECK(listed("sort=top-weekly") == "fault: sort");
  CHECK(listed("zdr=maybe") == "fault: zdr");
  CHECK(listed("max_price=cheap") == "fault: max_price");
  CHECK(listed("limit=-1") == "fault: limit");
}

TEST_CASE("models are put in order by what was measured in the last half hour, the unknown ones last") {
  routing::Snapshot snapshot = tests::snapshot_of(catalogue);
  std::vector<routing::Measured> half_hour(snapshot.endpoints.size());
  half_hour[3].throughput.p50 = 90;
  half_hour[3].ttft.p50 = 2;
  half_hour[1].throughput.p50 = 20;
  half_hour[1].ttft.p50 = 0.3;
  snapshot.half_hour = std::make_shared<const std::vector<routing::Measured>>(half_hour);
  CHECK(listed("sort=throughput-high-to-low&q=/", &snapshot) == "meta/llama deepseek/deepseek-r1");
  CHECK(listed("sort=latency-low-to-high&q=/", &snapshot) == "deepseek/deepseek-r1 meta/llama");
  CHECK(listed("sort=latency-low-to-high&q=/") == "deepseek/deepseek-r1 meta/llama");
}

TEST_CASE("a list that goes on says where") {
  const ModelQuery first{.window = {.limit = 2}};
  CHECK(json::parse(models_page(*catalogue, nullptr, first)).at("links").at("next") ==
        "/api/v1/models?offset=2&limit=2");
  const ModelQuery filtered{
      .window = {.limit = 1}, .path = "/api/v1/embeddings/models", .rest = "sort=newest"};
  CHECK(json::parse(models_page(*catalogue, nullptr, filtered)).at("links").at("next") ==
        "/api/v1/embeddings/models?sort=newest&offset=1&limit=1");
  const ModelQuery last{.window = {.limit = 2, .offset = 2}};
  CHECK(json::parse(models_page(*catalogue, nullptr, last)).at("links").at("next").is_null());
}

TEST_CASE("one model alone, and what its hosts take") {
  CHECK(json::parse(*model_data_page(*catalogue, "meta/llama", nullptr)).at("data").at("id") == "meta/llama");
  const auto parameters = [&](std::string_view provider) {
    const json::value page =
        json::parse(*model_parameters_page(*catalogue, "deepseek-r1", provider, nullptr));
    const json::array& names = page.at("data").at("supported_parameters").as_array();
    return std::ranges::find(names, json::value("tools")) != names.end();
  };
  CHECK(parameters(""));
  CHECK(parameters("azure"));
  CHECK(!parameters("deepseek"));
  CHECK(!model_data_page(*catalogue, "none", nullptr));
}

TEST_CASE("providers and endpoints without retention are those of models that the key may use") {
  const json::value page = json::parse(providers_page(*catalogue, nullptr));
  REQUIRE(page.at("data").as_array().size() == 3);
  const json::value& deepseek = page.at("data").at(0);
  CHECK(deepseek.at("name") == "DeepSeek");
  CHECK(deepseek.at("slug") == "deepseek");
  CHECK(deepseek.at("headquarters") == "CN");
  CHECK(deepseek.at("privacy_policy_url").is_null());
  config::KeySettings key;
  key.models = {{"meta/llama"}};
  CHECK(json::parse(providers_page(*catalogue, &key)).at("data").as_array().size() == 1);
  const auto snapshot = tests::snapshot_of(catalogue);
  const json::value kept = json::parse(zero_retention_page(*catalogue, snapshot, nullptr));
  REQUIRE(kept.at("data").as_array().size() == 1);
  CHECK(kept.at("data").at(0).at("tag") == "azure");
  CHECK(kept.at("data").at(0).at("supports_tool_choice").at("required") == true);
  CHECK(json::parse(zero_retention_page(*catalogue, snapshot, &key)).at("data").as_array().empty());
}
