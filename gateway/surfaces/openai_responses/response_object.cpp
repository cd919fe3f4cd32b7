#include "gateway/surfaces/openai_responses/response_object.hpp"

#include <algorithm>
#include <cmath>

#include "gateway/text/line_writer.hpp"
#include "providers/json/json_text.hpp"

namespace gateway {
namespace {

std::string_view name_of(ResponseStatus status) {
  switch (status) {
    case ResponseStatus::in_progress:
      return "in_progress";
    case ResponseStatus::completed:
      return "completed";
    case ResponseStatus::incomplete:
      return "incomplete";
    case ResponseStatus::failed:
      return "failed";
  }
  return "failed";
}

// "req_abc" without what says that it is a request's.
std::string_view bare(std::string_view request_id) {
  const std::size_t bar = request_id.find('_');
  return bar == std::string_view::npos ? request_id : request_id.substr(bar + 1);
}

}  // namespace

std::string response_id(std::string_view request_id) {
  return std::string("resp_").append(bare(request_id));
}

std::string item_id(std::string_view prefix, std::string_view request_id, std::size_t index) {
  return std::string(prefix).append("_").append(bare(request_id)).append(std::to_string(index));
}

void append_response(std::string& out, const StreamIdentity& reply, std::string_view said_back,
                     const ResponseSeen& seen) {
  out.append("{\"id\":\"").append(response_id(reply.id)).append("\",\"object\":\"response\",\"created_at\":");
  out.append(std::to_string(reply.created)).append(",\"status\":\"").append(name_of(seen.status));
  out.append("\",\"completed_at\":null,\"model\":\"");
  providers::append_escaped(out, reply.model);
  out.append("\",\"error\":");
  if (seen.error) {
    out.append("{\"code\":\"").append(response_error_code(*seen.error)).append("\",\"message\":\"");
    providers::append_escaped(out, response_error_message(*seen.error));
    out.append("\"}");
  } else {
    out.append("null");
  }
  out.append(",\"incomplete_details\":");
  if (seen.status == ResponseStatus::incomplete) {
    out.append("{\"reason\":\"").append(seen.incomplete_reason).append("\"}");
  } else {
    out.append("null");
  }
  out.append(",\"output\":[").append(seen.output).append("],\"usage\":");
  if (seen.usage) {
    append_response_usage(out, *seen.usage, seen.usage_members);
  } else {
    out.append("null");
  }
  // Of older APIs: no call says them, and some clients want them.
  out.append(",\"frequency_penalty\":0,\"presence_penalty\":0,").append(said_back).append("}");
}

void append_response_usage(std::string& out, const routing::Usage& usage, std::string_view own_members) {
  LineWriter line(out);
  line.text("{\"input_tokens\":");
  line.integer(usage.prompt.count);
  line.text(",\"input_tokens_details\":{\"cached_tokens\":");
  line.integer(usage.cached.count);
  line.text(",\"cache_write_tokens\":");
  line.integer(usage.cache_written.count);
  line.text("},\"output_tokens\":");
  line.integer(usage.output.count);
  line.text(",\"output_tokens_details\":{\"reasoning_tokens\":");
  line.integer(usage.reasoning.count);
  line.text("},\"total_tokens\":");
  line.integer(usage.prompt.count + usage.output.count);
  line.text(own_members);
  line.text("}");
}

std::string_view response_error_code(const ErrorReply& error) {
  // Codex ends for good by these.
  if (error.code == "context_length_exceeded" || error.code == "insufficient_quota") return error.code;
  if (error.status == 429) return "rate_limit_exceeded";
  return error.status >= 500 ? "server_error" : "invalid_prompt";
}

std::string response_error_message(const ErrorReply& error) {
  if (error.status != 429 || !error.retry_after) return error.message;
  const auto seconds = static_cast<std::int64_t>(std::ceil(config::Seconds(*error.retry_after).count()));
  return error.message + ". Please try again in " + std::to_string(seconds) + "s.";
}

}  // namespace gateway
