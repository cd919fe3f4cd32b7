#include "gateway/surface/error_reply.hpp"

#include <doctest/doctest.h>
#include <boost/json.hpp>

#include <string>
#include <vector>

#include "gateway/text/scrub.hpp"

#include "gateway/surface/stream_events.hpp"
#include "providers/dialects/openai_chat/chat_events.hpp"

using namespace gateway;
using routing::Failure;
using routing::FailureKind;
using namespace std::chrono_literals;

TEST_CASE("a failure is told the client in its terms, never a provider's verdict on us") {
  struct Row {
    FailureKind kind;
    int provider_status;
    int status;
    std::string_view code;
    ShouldRetry should_retry = ShouldRetry::unsaid;
  };
  const std::vector<Row> rows = {
      {FailureKind::resolve, 0, 502, "provider_unreachable"},
      {FailureKind::connect, 0, 502, "provider_unreachable"},
      {FailureKind::tls, 0, 502, "upstream_tls"},
      {FailureKind::reset_before_reply, 0, 502, "provider_disconnected"},
      {FailureKind::first_token_timeout, 0, 504, "first_token_timeout"},
      {FailureKind::bad_reply, 200, 502, "upstream_protocol_error"},
      {FailureKind::empty_reply, 200, 502, "empty_reply"},
      {FailureKind::error_in_reply, 200, 502, "provider_error"},
      {FailureKind::broken_stream, 200, 502, "stream_incomplete"},
      {FailureKind::stalled_stream, 200, 504, "stream_incomplete"},
      {FailureKind::rate_limited, 429, 429, "provider_rate_limited"},
      {FailureKind::overloaded, 529, 503, "provider_overloaded"},
      {FailureKind::server_error, 500, 502, "provider_error"},
      {FailureKind::rejected, 400, 400, "rejected_by_provider", ShouldRetry::no},
      {FailureKind::rejected, 422, 422, "rejected_by_provider", ShouldRetry::no},
      {FailureKind::rejected, 0, 400, "rejected_by_provider", ShouldRetry::no},
      {FailureKind::too_long, 400, 400, "context_length_exceeded", ShouldRetry::no},
      {FailureKind::credential, 401, 502, "provider_auth_error", ShouldRetry::no},
      {FailureKind::credential, 402, 502, "provider_payment_error", ShouldRetry::no},
      {FailureKind::credential, 429, 502, "provider_payment_error", ShouldRetry::no},
      {FailureKind::credential, 403, 502, "provider_auth_error", ShouldRetry::no},
      {FailureKind::missing_model, 404, 502, "provider_model_missing", ShouldRetry::no},
      {FailureKind::local, 0, 503, "gateway_out_of_connections", ShouldRetry::yes},
      {FailureKind::deadline, 0, 504, "deadline_exceeded"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    const ErrorReply reply = of_failure({row.kind, {}, row.provider_status, 7s}, {.message = "said"});
    CHECK(reply.status == row.status);
    CHECK(reply.code == row.code);
    CHECK_FALSE(reply.message.empty());
    CHECK_FALSE(reply.type.empty());
    CHECK(reply.should_retry == row.should_retry);
    // A provider's words are shown where they are about the request.
    CHECK((reply.message.find("said") != std::string::npos) ==
          (row.kind == FailureKind::rejected || row.kind == FailureKind::too_long));
  }
  CHECK(of_failure({FailureKind::rate_limited, {}, 429, 7s}).retry_after == config::Duration(7s));
}

TEST_CASE("an error's body is OpenAI's envelope whatever its texts hold") {
  ErrorReply error = of_body_fault({"invalid_type", "messages[0]", "say \"no\"\n\x01"});
  const auto body = boost::json::parse(envelope(error)).at("error").as_object();
  CHECK(body.at("message").as_string() == "say \"no\"\n\x01");
  CHECK(body.at("type").as_string() == "invalid_request_error");
  CHECK(body.at("param").as_string() == "messages[0]");
  CHECK(body.at("code").as_string() == "invalid_type");
  CHECK_FALSE(body.contains("metadata"));

  error.param.clear();
  error.metadata = {{"endpoint", "a/b"}};
  const auto other = boost::json::parse(envelope(error)).at("error").as_object();
  CHECK(other.at("param").is_null());
  CHECK(other.at("metadata").at("endpoint").as_string() == "a/b");
}

TEST_CASE("a refused request says so once and for all") {
  const ErrorReply error = of_refusal({413, "body_too_large", "body: too large"});
  CHECK(error.status == 413);
  CHECK(error.type == "invalid_request_error");
  CHECK(error.should_retry == ShouldRetry::no);
}

TEST_CASE("a stream that broke ends with one event that clients take for an error") {
  const std::string event = error_event(of_failure({FailureKind::broken_stream, {}, 200, {}}),
                                        {"gen-1", 7, "m"}, StreamShape::chat);
  CHECK(event.starts_with("data: "));
  CHECK(event.ends_with("}\n\n"));
  CHECK(event.find("[DONE]") == std::string::npos);
  const auto chunk = boost::json::parse(event.substr(6)).as_object();
  CHECK(chunk.at("id").as_string() == "gen-1");
  CHECK(chunk.at("object").as_string() == "chat.completion.chunk");
  CHECK(chunk.at("created").as_int64() == 7);
  CHECK(chunk.at("model").as_string() == "m");
  CHECK(chunk.at("error").at("code").as_int64() == 502);
  CHECK(chunk.at("error").at("metadata").at("error_type").as_string() == "stream_incomplete");
  const auto& choice = chunk.at("choices").as_array().at(0).as_object();
  CHECK(choice.at("finish_reason").as_string() == "error");
  CHECK(choice.at("delta").at("content").as_string() == "");

  providers::JsonTokens tokens;
  providers::SseReader reader;
  reader.feed(event);
  CHECK(providers::classify(*reader.next(), tokens).kind == providers::PassedEvent::Kind::error);
}

TEST_CASE("secrets do not pass the scrubber") {
  const config::Secret configured("correct horse battery");
  const config::Secret tiny("the");
  HostSecrets secrets;
  secrets.credentials = {&configured, &tiny};
  const auto clean = [&](const std::string& text) { return scrubbed(text, secrets); };
  CHECK(clean("the key correct horse battery is bad") == "the key [redacted] is bad");
  CHECK(clean("Incorrect API key provided: sk-proj-abc123***xyz.") ==
        "Incorrect API key provided: [redacted]");
  CHECK(clean("gsk_0123456789, AIzaSyA01234567 and hf_abcdefghij") ==
        "[redacted], [redacted] and [redacted]");
  CHECK(clean("Authorization: Bearer abc.def\"") == "Authorization: [redacted]\"");
  CHECK(clean("authorization: bEaReR x") == "authorization: [redacted]");
  CHECK(clean("task-list of disk-usage sk-1") == "task-list of disk-usage sk-1");
  CHECK(clean("a\r\nb\x7f") == "a  b ");
  CHECK(clean("caf\xc3\xa9 \xff\xc3 \xed\xa0\x80") == "caf\xc3\xa9 ?? ???");
}

TEST_CASE("addresses do not pass the scrubber, and what only looks like one does") {
  HostSecrets secrets;
  secrets.hosts = {"gpu-pool", "inference.acme.zone"};
  const auto clean = [&](const std::string& text) { return scrubbed(text, secrets); };
  for (const char* address :
       {"https://api.example.com/v1/chat?key=1", "http://user:pw@internal", "HTTP://[::1]:8000/x", "wss://x",
        "api.acme.com", "node-3.cluster.local:8443", "a.b.svc.cluster.local/v1/chat", "10.0.0.7",
        "10.0.0.7:8000/v1", "[fe80::1]:443", "user:pw@internal:8443/x", "ops@acme.com", "localhost:11434",
        "localhost", "gpu-pool:8000", "inference.acme.zone", "Inference.Acme.Zone:1", "host='gpu-7'"}) {
    CAPTURE(address);
    CHECK(clean(std::string("call to ") + address + " failed") == "call to [address] failed");
    CHECK(clean(std::string("see (") + address + ").") == "see ([address]).");
  }
  for (const char* text : {"messages.0.content: must be a string", "response_format.json_schema.name, e.g. x",
                           "gpt-4.1-mini, v1.2", "at most 3.5 tokens", "a gpu-pool of hosts",
                           "no such file: model.gguf", "list[0] and [1:2]", "a: b @c", "10:30:00",
                           "tools.function is wrong.In this case", "stop.int: Input should be an integer"}) {
    CHECK(clean(text) == text);
  }
}

TEST_CASE("a long text is cut between characters and never within a secret") {
  const config::Secret secret("correct horse battery");
  HostSecrets secrets;
  secrets.credentials = {&secret};
  std::string text;
  while (text.size() < max_scrubbed - 5) text += "\xc3\xa9";
  const std::string clean = scrubbed(text + "correct horse battery", secrets);
  CHECK(clean.size() <= max_scrubbed);
  CHECK(clean.find("corr") == std::string::npos);
  CHECK(scrubbed(std::string(max_scrubbed - 1, 'a') + "\xc3\xa9", {}).size() == max_scrubbed - 1);
}
