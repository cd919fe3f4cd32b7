#include "gateway/surfaces/openai_responses/said_back.hpp"

#include <iterator>

namespace gateway {
namespace {

struct Member {
  std::string_view name;
  std::string_view unsaid;  // its value where the request does not say it; empty: it is left out
};
constexpr std::array<Member, 18> repeated{{
    {"instructions", "null"},
    {"max_output_tokens", "null"},
    {"max_tool_calls", "null"},
    {"metadata", "{}"},
    {"parallel_tool_calls", "true"},
    {"prompt_cache_key", ""},
    {"prompt_cache_retention", ""},
    {"reasoning", R"({"effort":null,"summary":null})"},
    {"safety_identifier", ""},
    {"service_tier", ""},
    {"temperature", "null"},
    {"text", R"({"format":{"type":"text"}})"},
    {"tool_choice", "\"auto\""},
    {"tools", "[]"},
    {"top_logprobs", "0"},
    {"top_p", "null"},
    {"truncation", "\"disabled\""},
    {"user", ""},
}};

}  // namespace

void SaidBack::keep(const providers::JsonString& key, std::string_view value) {
  for (std::size_t i = 0; i < repeated.size(); ++i) {
    if (key.is(repeated[i].name)) values_[i] = value;
  }
}

std::string SaidBack::members() const {
  std::string text = R"("background":false,"previous_response_id":null,"store":false)";
  for (std::size_t i = 0; i < repeated.size(); ++i) {
    const std::string_view value = values_[i].empty() ? repeated[i].unsaid : values_[i];
    if (value.empty()) continue;
    text.append(",\"").append(repeated[i].name).append("\":").append(value);
  }
  return text;
}

}  // namespace gateway
