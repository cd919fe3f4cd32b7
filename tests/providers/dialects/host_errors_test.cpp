// Errors as the hosts of each family word them: who is to blame, and what the client is told it is.
#include <doctest/doctest.h>

#include "providers/dialects/dialects.hpp"
#include "providers/dialects/openai_chat/chat_events.hpp"

using namespace providers;
using routing::FailureKind;

namespace {

struct Row {
  const char* host;
  config::Format format;
  int status;
  const char* body;
  FailureKind kind;
  const char* cause;  // of one that is the request's
};

constexpr auto chat = config::Format::chat;
constexpr auto rejected = FailureKind::rejected;
constexpr auto credential = FailureKind::credential;
constexpr auto missing = FailureKind::missing_model;
constexpr auto limited = FailureKind::rate_limited;
constexpr auto overloaded = FailureKind::overloaded;
constexpr auto server = FailureKind::server_error;

}  // namespace

TEST_CASE("an error is whose fault it is, however its host words it") {
  const Row rows[] = {
      {"OpenAI", chat, 429,
       R"({"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}})", credential,
       ""},
      {"OpenAI", chat, 400, R"({"error":{"message":"long","code":"context_length_exceeded"}})", rejected,
       "context_length_exceeded"},
      {"DeepSeek", chat, 402,
       R"({"error":{"message":"Insufficient Balance","code":"invalid_request_error"}})", credential, ""},
      {"DeepSeek", chat, 503, R"({"error":{"message":"Service is too busy"}})", overloaded, ""},
      {"Azure", chat, 400,
       R"({"error":{"code":"content_filter","message":"filtered","innererror":{"code":"ResponsibleAIPolicyViolation"}}})",
       rejected, "content_filter"},
      {"Azure", chat, 404, R"({"error":{"code":"DeploymentNotFound","message":"no"}})", missing, ""},
      {"Azure", chat, 429, R"({"error":{"code":"429","message":"Requests have exceeded call rate limit"}})",
       limited, ""},
      {"Groq", chat, 400,
       R"({"error":{"message":"Failed","code":"tool_use_failed","failed_generation":"<f>"}})", rejected, ""},
      {"Mistral", chat, 422, R"({"object":"error","message":"wrong","type":"invalid_request_error"})",
       rejected, ""},
      {"OpenRouter", chat, 402, R"({"error":{"message":"Insufficient credits","code":402}})", credential, ""},
      {"Zhipu", chat, 429, R"({"error":{"code":"1113","message":"余额不足"}})", credential, ""},
      {"Zhipu", chat, 429, R"({"error":{"code":"1302","message":"并发"}})", limited, ""},
      {"Zhipu", chat, 400, R"({"error":{"code":"1301","message":"敏感"}})", rejected, "content_filter"},
      {"Alibaba", chat, 400, R"({"error":{"code":"data_inspection_failed","message":"no"}})", rejected,
       "content_filter"},
      {"Alibaba", chat, 400, R"({"error":{"code":"Arrearage","message":"Access denied"}})", credential, ""},
      {"Moonshot", chat, 429, R"({"error":{"type":"rate_limit_reached_error","message":"slow"}})", limited,
       ""},
      {"Moonshot", chat, 429, R"({"error":{"type":"exceeded_current_quota_error","message":"suspended"}})",
       credential, ""},
      {"Zhipu", chat, 400, R"({"error":{"code":"1211","message":"模型不存在"}})", missing, ""},
      {"Zhipu", chat, 400, R"({"error":{"code":"1261","message":"Prompt 超长"}})", rejected,
       "context_length_exceeded"},
      {"SiliconFlow", chat, 400, R"({"code":20012,"message":"Model does not exist.","data":null})", missing,
       ""},
      {"SiliconFlow", chat, 403, R"({"code":30001,"message":"balance is insufficient","data":null})",
       credential, ""},
      {"Volcano Ark", chat, 403, R"({"error":{"code":"AccountOverdueError","message":"overdue"}})",
       credential, ""},
      {"Fireworks", chat, 412, R"({"error":{"message":"Account x is suspended"}})", credential, ""},
      {"Groq", chat, 413, R"({"error":{"code":"rate_limit_exceeded","type":"tokens","message":"TPM"}})",
       limited, ""},
      {"Groq", chat, 498, R"({"error":{"code":"capacity_exceeded","message":"Flex capacity exceeded"}})",
       overloaded, ""},
      {"xAI", chat, 400,
       R"({"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***."})",
       credential, ""},
      {"Google", config::Format::gemini, 429,
       R"({"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED"}})", limited, ""},
      {"Google", config::Format::gemini, 400,
       R"({"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}})",
       credential, ""},
      {"Google", config::Format::gemini, 400,
       R"({"error":{"code":400,"message":"User location is not supported","status":"FAILED_PRECONDITION"}})",
       credential, ""},
      {"Google", config::Format::gemini, 400,
       R"({"error":{"code":400,"message":"The File x is not in an ACTIVE state and usage is not allowed.","status":"FAILED_PRECONDITION"}})",
       rejected, ""},
      {"Google", config::Format::gemini, 503,
       R"({"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}})", overloaded, ""},
      {"Anthropic", config::Format::messages, 529,
       R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})", overloaded, ""},
      {"Vertex", config::Format::vertex_messages, 429,
       R"({"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED"}})", limited, ""},
      {"Bedrock", config::Format::converse, 400, R"({"message":"The maximum tokens you requested exceeds"})",
       rejected, ""},
      {"Bedrock", config::Format::converse, 400,
       R"({"message":"Invocation of model ID a.b with on-demand throughput isn’t supported."})", missing, ""},
      {"Bedrock", config::Format::converse, 424, R"({"message":"broke"})", server, ""},
      {"Bedrock", config::Format::bedrock_messages, 429, R"({"message":"Too many tokens"})", limited, ""},
  };
  JsonTokens tokens;
  for (const Row& row : rows) {
    CAPTURE(row.host);
    CAPTURE(row.body);
    const Dialect& dialect = dialect_of(row.format);
    const ReadFault fault = dialect.fault_of(row.status, dialect.error_in(row.body, tokens));
    CHECK(fault.kind == row.kind);
    CHECK(fault.cause == row.cause);
  }
}

TEST_CASE("MiniMax's errors come with a 200 and are what they are all the same") {
  struct Code {
    int code;
    FailureKind kind;
  };
  JsonTokens tokens;
  for (const auto& [code, kind] : {Code{1001, FailureKind::error_in_reply},
                                   {1002, limited},
                                   {1004, credential},
                                   {1008, credential},
                                   {1026, rejected},
                                   {1039, limited},
                                   {2013, rejected},
                                   {9999, FailureKind::error_in_reply}}) {
    const auto& shown = code;  // Clang 14 captures no structured binding
    CAPTURE(shown);
    const std::string body = R"({"id":"1","choices":null,"base_resp":{"status_code":)" +
                             std::to_string(code) + R"(,"status_msg":"no"}})";
    const PassedReply reply = classify_whole(body, tokens);
    REQUIRE(reply.kind == PassedReply::Kind::error);
    CHECK(reply.error->message == "no");
    CHECK(fault_of_reply(200, *reply.error).kind == kind);
    const PassedEvent event = classify({.data = body, .name = {}, .raw = {}}, tokens);
    CHECK(event.kind == PassedEvent::Kind::error);
  }
  const std::string good =
      R"({"id":"1","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}],)"
      R"("base_resp":{"status_code":0,"status_msg":""}})";
  CHECK(classify_whole(good, tokens).kind == PassedReply::Kind::answer);
}
