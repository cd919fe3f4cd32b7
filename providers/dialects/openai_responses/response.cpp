#include "providers/dialects/openai_responses/response.hpp"

#include <array>
#include <utility>

#include "providers/conversation/answer.hpp"
#include "providers/dialect/told_count.hpp"
#include "providers/dialects/openai_responses/usage.hpp"

namespace providers {
namespace {

// All others of the codes are of images that cannot be read.
constexpr std::array<std::pair<std::string_view, int>, 6> statuses{{
    {"server_error", 500},
    {"rate_limit_exceeded", 429},
    {"insufficient_quota", 429},
    {"vector_store_timeout", 504},
    {"invalid_prompt", 400},
    {"context_length_exceeded", 400},
}};

bool take_placed(JsonWalk& walk, Text& text, ByteRange& place) {
  if (walk.type() != JsonType::string) return walk.skip();
  const std::size_t begin = walk.position();
  if (!take_text(walk, text)) return false;
  place = {begin, walk.end()};
  return true;
}

bool take_parts(JsonWalk& walk, std::string_view all, ResponsesItem& item, std::vector<Text>& texts) {
  if (walk.type() != JsonType::array) return walk.skip();
  return walk.array([&] {
    if (walk.type() != JsonType::object) return walk.skip();
    Text text, refusal;
    std::string_view logprobs;
    const bool is_read = walk.object([&](const JsonString& key) {
      if (key.is("text")) return take_text(walk, text);
      if (key.is("logprobs")) return take_array(walk, all, logprobs);
      if (key.is("annotations") && walk.type() == JsonType::array) {
        return walk.array([&] {
          std::string citation;
          if (!read_page_citation(walk, all, citation)) return false;
          if (!citation.empty()) item.citations.push_back(std::move(citation));
          return true;
        });
      }
      return key.is("refusal") ? take_text(walk, refusal) : walk.skip();
    });
    if (!text.raw.empty()) {
      texts.push_back(text);
      if (&texts == &item.texts) item.logprobs.push_back(logprobs);
    }
    if (!refusal.raw.empty()) item.refusals.push_back(refusal);
    return is_read;
  });
}

}  // namespace

void complete_responses_error(ReportedError& error) {
  if (error.status != 0) return;
  for (const auto& [code, status] : statuses) {
    if (code == error.code || code == error.type) error.status = status;
  }
  if (error.status == 0 && error.code.find("image") != std::string::npos) error.status = 400;
}

ReportedError read_responses_error_value(JsonWalk& walk) {
  ReportedError error = read_error_value(walk);
  complete_responses_error(error);
  return error;
}

bool read_page_citation(JsonWalk& walk, std::string_view text, std::string& citation) {
  if (walk.type() != JsonType::object) return walk.skip();
  Text type;
  std::string members;
  const bool is_read = walk.object([&](const JsonString& key) {
    if (key.is("type")) return take_text(walk, type);
    std::string_view value;
    if (!take_range(walk, text, value)) return false;
    members.append(members.empty() ? "\"" : ",\"").append(key.raw).append("\":").append(value);
    return true;
  });
  if (type.is(page_citation)) citation = "{" + members + "}";
  return is_read;
}

bool read_responses_item(JsonWalk& walk, std::string_view text, ResponsesItem& item) {
  if (walk.type() != JsonType::object) return walk.skip();
  return walk.object([&](const JsonString& key) {
    if (key.is("type")) return take_text(walk, item.type);
    if (key.is("id")) return take_text(walk, item.id);
    if (key.is("call_id")) return take_text(walk, item.call_id);
    if (key.is("name")) return take_text(walk, item.name);
    if (key.is("arguments") || key.is("input")) return take_text(walk, item.arguments);
    if (key.is("encrypted_content")) return take_text(walk, item.encrypted);
    if (key.is("content")) return take_parts(walk, text, item, item.texts);
    if (key.is("summary")) return take_parts(walk, text, item, item.summaries);
    return walk.skip();
  });
}

bool read_responses_object(JsonWalk& walk, std::string_view text, ResponsesObject& object) {
  std::optional<config::ServiceTier> tier;
  const bool is_read = walk.object([&](const JsonString& key) {
    if (key.is("id")) return take_placed(walk, object.id, object.id_value);
    if (key.is("model")) return take_placed(walk, object.model, object.model_value);
    if (key.is("previous_response_id") && walk.type() == JsonType::string) {
      Text previous;
      return take_placed(walk, previous, object.previous_value);
    }
    if (key.is("created_at")) {
      const std::size_t begin = walk.position();
      if (!walk.skip()) return false;
      object.created_value = {begin, walk.end()};
      return true;
    }
    if (key.is("status")) return take_text(walk, object.status);
    if (key.is("incomplete_details") && walk.type() == JsonType::object) {
      return walk.object([&](const JsonString& inner) {
        return inner.is("reason") ? take_text(walk, object.incomplete_reason) : walk.skip();
      });
    }
    if (key.is("error") && walk.type() != JsonType::null) {
      object.error = read_responses_error_value(walk);
      return walk.ok();
    }
    if (key.is("usage")) {
      const std::size_t begin = walk.position();
      const bool is_null = walk.type() == JsonType::null;
      object.usage = read_responses_usage(walk);
      if (!is_null) object.usage_value = {begin, walk.end()};
      return walk.ok();
    }
    if (key.is("service_tier")) return take_service_tier(walk, tier);
    if (!key.is("output") || walk.type() != JsonType::array) return walk.skip();
    const std::size_t begin = walk.position();
    if (!walk.array([&] { return object.has_output = true, walk.skip(); })) return false;
    object.output = text.substr(begin, walk.end() - begin);
    return true;
  });
  if (object.usage.usage && tier) object.usage.usage->tier = tier;
  return is_read;
}

}  // namespace providers
