// What a public list says of one model at one host, in the same shape whichever list it is. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/values/settings.hpp"

namespace gateway {

struct CatalogueRow {
  std::string provider{};    // by the name that all lists share here: "together"
  std::string host_model{};  // what the host calls it; empty: a list that does not say
  std::string model{};       // what the same weights are called everywhere: "deepseek-r1-0528"
  std::string weights{};     // equal where these are, however they are spelled; told when all lists are known
  std::string display_name{};
  std::string source{};         // the list
  std::string place{};          // in it: "deepseek.models.deepseek-chat"
  std::string date{};           // of what it says, as far as it says when: "2026-07-02"
  std::string base_url{};       // where it says one
  std::int64_t context = 0;     // tokens; 0: it does not say
  std::int64_t max_output = 0;  // tokens; 0: it does not say, or names the context
  // As lists say them: cache writes with the input price in them, where a configuration has what they cost
  // beside it.
  config::Prices prices{};
  std::vector<config::PriceRule> rules{};  // the first that holds counts
  config::Features features{};
  std::string quantization{};  // "fp8", as a configuration has it; empty: it does not say
  bool is_chat = true;         // answers text to text
  bool is_deprecated = false;
};

// A row, or a part of one, that is not believed, and why. For people.
struct CatalogueDoubt {
  std::string place{};  // "LiteLLM: vertex_ai/deepseek-r1"
  std::string what{};
};

struct CatalogueRows {
  std::vector<CatalogueRow> rows{};
  std::vector<CatalogueDoubt> doubts{};
  std::size_t unpriced = 0;  // models without a price by the token
};

}  // namespace gateway
