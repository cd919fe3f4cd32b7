#include "gateway/catalogue_import/litellm_endpoint.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "gateway/catalogue_import/agree.hpp"
#include "gateway/catalogue_import/names.hpp"
#include "gateway/catalogue_import/price_lines.hpp"
#include "gateway/text/json_string.hpp"

namespace gateway {
namespace {

using config::Feature;

constexpr std::string_view indent = "        ";

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<config::PricePerMillionTokens> price(const LitellmDeployment& deployment,
                                                   std::string_view name) {
  const auto dollars = number(deployment.fact(name));
  if (!dollars || *dollars < 0 || *dollars > 0.1) return std::nullopt;
  return config::PricePerMillionTokens{config::Money{std::llround(*dollars * 1e15)}};
}

const CatalogueRow* row_of(const LitellmDeployment& deployment, const LitellmHost& host,
                           const std::vector<CatalogueRow>& prices) {
  const std::string base(deployment.fact("base_model"));
  const auto with = [&](const std::string& key) {
    const auto found = std::ranges::find_if(prices, [&](const CatalogueRow& row) {
      return key_of(row.provider, row.host_model) == key || key_of(row.place, "") == key + "/";
    });
    return found == prices.end() ? nullptr : &*found;
  };
  for (const std::string& key : {key_of(base, "").substr(0, base.size()), key_of(host.list_name, base),
                                 key_of(host.list_name, host.host_model)}) {
    if (const CatalogueRow* row = key.ends_with('/') || key.empty() ? nullptr : with(key)) return row;
  }
  return nullptr;
}

std::string mode_of(const LitellmDeployment& deployment) {
  const std::string_view said = deployment.fact("mode");
  if (!said.empty()) return std::string(said);
  return deployment.host_model.find("embed") != std::string::npos ? "embedding" : "chat";
}

// What the file says that the model can do, else what a list says, else what LiteLLM lets through to all.
std::string features(const LitellmDeployment& deployment, const CatalogueRow* row) {
  constexpr std::array<std::pair<std::string_view, Feature>, 7> said{
      {{"supports_function_calling", Feature::tools},
       {"supports_response_schema", Feature::json_schema},
       {"supports_vision", Feature::images},
       {"supports_audio_input", Feature::audio},
       {"supports_pdf_input", Feature::files},
       {"supports_reasoning", Feature::reasoning},
       {"supports_assistant_prefill", Feature::prefill}}};
  config::Features found;
  bool is_said = false;
  for (const auto& [name, feature] : said) {
    const std::string_view text = deployment.fact(name);
    is_said |= !text.empty();
    found[static_cast<std::size_t>(feature)] = text == "true" || text == "True";
  }
  if (!is_said && row) found = row->features;
  found[static_cast<std::size_t>(Feature::json_object)] =
      found[static_cast<std::size_t>(Feature::json_object)] ||
      found[static_cast<std::size_t>(Feature::json_schema)];
  if (!is_said && !row)
    return "features: [tools, json_object, json_schema, images, reasoning]   # assumed: take out what it "
           "cannot do\n";
  std::string words;
  for (std::size_t i = 0; i < config::feature_count; ++i) {
    if (found[i]) words.append(words.empty() ? "" : ", ").append(config::feature_names[i]);
  }
  return words.empty() ? "" : "features: [" + words + "]\n";
}

void add_price(const LitellmDeployment& deployment, const LitellmHost& host, const CatalogueRow* row,
               bool is_embedding, WrittenEndpoint& written) {
  const auto input = price(deployment, "input_cost_per_token");
  const auto output = price(deployment, "output_cost_per_token");
  config::Prices prices;
  std::string from;
  if (input || output) {
    prices.input = input.value_or(config::PricePerMillionTokens{});
    prices.output = output.value_or(config::PricePerMillionTokens{});
    prices.cache_read = price(deployment, "cache_read_input_token_cost");
    prices.cache_write = price(deployment, "cache_creation_input_token_cost");
  } else if (row) {
    prices = row->prices;
    from = "   # " + row->source;
  } else if (!host.is_own) {
    written.has_price = false;
    const config::PricePerMillionTokens dear{config::Money{100'000'000'000}};
    prices.input = dear;
    if (!is_embedding) prices.output = dear;
    from =
        "   # NOT ITS PRICE: unknown, and so dear that budgets hold and others are asked first. Write the "
        "true one";
  } else {
    from = "   # a machine of your own";
  }
  written.text.append(indent) += "price: " + price_map(prices) + from + "\n";
  if (row && !input && !output) write_price_rules(*row, std::string(indent), written.text);
}

// As the host counts it: prompt and answer together.
void add_sizes(const LitellmDeployment& deployment, const CatalogueRow* row, bool is_embedding,
               WrittenEndpoint& written) {
  const auto tokens = [&](std::string_view name) {
    const auto said = number(deployment.info.contains(name) ? deployment.fact(name) : std::string_view());
    return said && *said >= 1 && *said < 1e9 ? static_cast<std::int64_t>(*said) : 0;
  };
  std::int64_t context = tokens("max_input_tokens"), most = tokens("max_output_tokens");
  if (context == 0) context = tokens("max_tokens");
  if (context == 0 && row) context = row->context;
  if (most == 0 && row) most = row->max_output;
  const bool is_known = context > 0;
  if (!is_known) context = is_embedding ? 8'000 : 128'000;
  written.text.append(indent) +=
      "context: " + std::to_string(context) + " tok" + (is_known ? "" : "   # assumed") + "\n";
  if (most > 0 && most < context && !is_embedding)
    written.text.append(indent) += "max_output: " + std::to_string(most) + " tok\n";
}

void note_params(const LitellmDeployment& deployment, WrittenEndpoint& written) {
  constexpr std::array<std::string_view, 24> read{"model",
                                                  "api_base",
                                                  "base_url",
                                                  "api_key",
                                                  "api_version",
                                                  "model_name",
                                                  "custom_llm_provider",
                                                  "aws_region_name",
                                                  "aws_access_key_id",
                                                  "aws_secret_access_key",
                                                  "vertex_project",
                                                  "vertex_location",
                                                  "vertex_credentials",
                                                  "input_cost_per_token",
                                                  "output_cost_per_token",
                                                  "cache_read_input_token_cost",
                                                  "cache_creation_input_token_cost",
                                                  "timeout",
                                                  "stream_timeout",
                                                  "max_parallel_requests",
                                                  "mode",
                                                  "base_model",
                                                  "rpm",
                                                  "tpm"};
  for (const auto& [name, value] : deployment.params) {
    if (std::ranges::find(read, name) == read.end())
      written.notes.push_back("`" + name + "` is not carried over");
  }
  for (const std::string& name : deployment.not_carried) {
    written.notes.push_back("`" + name + "` is not carried over");
  }
  std::string rates;
  for (const std::string_view name : {"rpm", "tpm"}) {
    if (const auto rate = number(deployment.param(name)); rate && *rate >= 0)
      rates.append(rates.empty() ? "" : ", ").append(name) += " " + std::to_string(std::llround(*rate));
  }
  if (rates.empty()) return;
  written.text +=
      "      # LiteLLM had " + rates + ": isocost learns a host's limits of rate from its answers\n";
}

}  // namespace

WrittenEndpoint litellm_endpoint(const LitellmDeployment& deployment, const LitellmHost& host,
                                 const std::vector<CatalogueRow>& prices) {
  WrittenEndpoint written;
  const std::string mode = mode_of(deployment);
  constexpr std::array<std::string_view, 4> modes{"chat", "completion", "embedding", "responses"};
  if (std::ranges::find(modes, mode) == modes.end()) {
    written.why = "isocost does not serve its mode, `" + mode + "`";
    return written;
  }
  const bool is_embedding = mode == "embedding";
  const CatalogueRow* row = row_of(deployment, host, prices);
  note_params(deployment, written);
  written.text.append(indent) += "host_model: ";
  append_json_string(host.host_model, written.text);
  written.text += "\n";
  std::vector<std::string> speaks = host.speaks;
  if (is_embedding) speaks = {"embeddings"};
  if (mode == "completion" && speaks.empty()) speaks = {"completions"};
  if (mode == "responses") speaks = {"responses"};
  if (!speaks.empty()) written.text.append(indent) += "speaks: [" + speaks.front() + "]\n";
  add_sizes(deployment, row, is_embedding, written);
  add_price(deployment, host, row, is_embedding, written);
  if (!is_embedding) {
    const std::string words = features(deployment, row);
    if (!words.empty()) written.text.append(indent) += words;
  }
  return written;
}

}  // namespace gateway
