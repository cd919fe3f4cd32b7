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

TEST_CASE("a secret does not pass in the words of an address or of another scheme either") {
  const config::Secret slashed("correct/horse+battery=");
  HostSecrets secrets;
  secrets.credentials = {&slashed};
  const auto clean = [&](const std::string& text) { return scrubbed(text, secrets); };
  CHECK(clean("bad token=correct%2Fhorse%2Bbattery%3D&a=1") == "bad token=[redacted]&a=1");
  CHECK(clean("bad token=correct%2fhorse+battery%3d") == "bad token=[redacted]");
  CHECK(clean("Proxy-Authorization: Basic dXNlcjpwYXNz, sent") == "Proxy-Authorization: [redacted], sent");
  CHECK(clean("100%25 of correct%2Fhorse") == "100%25 of correct%2Fhorse");
  CHECK(clean("authorization: basic OnBhc3M6d29yZA==") == "authorization: [redacted]");
  for (const char* text : {"a basic idea, and 5%", "HTTP Basic Authentication failed",
                           "basic 10000000 tokens", "basic 2024-10-21", "the basic HTTP/1.1 request"})
    CHECK(clean(text) == text);
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

TEST_CASE("an error's type follows from its status, and only one that passes is to be tried again") {
  const auto type = [](int status) { return std::string(of_refusal({status, "code", "words"}).type); };
  CHECK(type(400) == "invalid_request_error");
  CHECK(type(401) == "authentication_error");
  CHECK(type(402) == "insufficient_quota");
  CHECK(type(403) == "permission_error");
  CHECK(type(429) == "rate_limit_error");
  CHECK(type(499) == "invalid_request_error");
  CHECK(type(500) == "server_error");
  CHECK(type(503) == "server_error");
  CHECK_FALSE(of_refusal({500, "code", "words"}).retry_after);
  const ErrorReply busy = of_refusal({503, "code", "words"});
  CHECK(busy.should_retry == ShouldRetry::yes);
  CHECK(busy.retry_after == config::Duration(1s));
  CHECK(of_body_fault({"c", "p", "m"}).should_retry == ShouldRetry::no);
  CHECK(gateway_stopping().status == 503);
  CHECK(gateway_stopping().should_retry == ShouldRetry::yes);
}

TEST_CASE("a rejection keeps the host's status where that is about the request, and tells all that it said") {
  const HostWords said{
      .message = "words", .code = "their_code", .param = "their.param", .failed_generation = "<f>"};
  for (const auto& [theirs, ours] : {std::pair(399, 400), {400, 400}, {408, 408}, {499, 499}, {500, 400}}) {
    const auto& shown = theirs;  // Clang 14 captures no structured binding
    CAPTURE(shown);
    CHECK(of_failure({FailureKind::rejected, {}, theirs, {}}, said).status == ours);
  }
  const ErrorReply reply = of_failure({FailureKind::rejected, {}, 400, {}}, said);
  CHECK(reply.type == "invalid_request_error");
  CHECK(reply.message == "the provider rejected the request: words");
  const auto body = boost::json::parse(envelope(reply)).at("error").as_object();
  CHECK(body.at("code").as_string() == "their_code");
  CHECK(body.at("param").as_string() == "their.param");
  CHECK(body.at("failed_generation").as_string() == "<f>");
  CHECK(of_failure({FailureKind::rejected, {}, 403, {}}, said).type == "permission_error");
  CHECK(of_failure({FailureKind::rejected, {}, 400, {}}).message == "the provider rejected the request");

  const ErrorReply too_long = of_failure({FailureKind::too_long, {}, 400, {}});
  CHECK(too_long.param == "messages");
  CHECK(of_failure({FailureKind::too_long, {}, 400, {}}, said).param == "their.param");
  CHECK(of_failure({FailureKind::rejected, {}, 400, {}}).param == "");
}

TEST_CASE("a host's code for a model it lacks is shown, and for anything else not") {
  const HostWords model{.code = "model_not_found"}, other{.code = "no_such_thing"};
  CHECK(of_failure({FailureKind::missing_model, {}, 404, {}}, model).host_code == "model_not_found");
  CHECK(of_failure({FailureKind::missing_model, {}, 404, {}}, other).host_code == "");
  CHECK(of_failure({FailureKind::server_error, {}, 500, {}}, model).host_code == "");
}

TEST_CASE("who has no room itself says when to come again, in a second or as long as is said") {
  CHECK(of_failure({FailureKind::local, {}, 0, {}}).retry_after == config::Duration(1s));
  CHECK(of_failure({FailureKind::local, {}, 0, 7s}).retry_after == config::Duration(7s));
  CHECK_FALSE(of_failure({FailureKind::connect, {}, 0, {}}).retry_after);
  CHECK(of_failure({FailureKind::credential, {}, 401, {}}).message !=
        of_failure({FailureKind::credential, {}, 402, {}}).message);
}

TEST_CASE("after several attempts that ended at a limit of rate it is told whether all of them did") {
  const auto failures = [](std::vector<FailureKind> kinds) {
    routing::Attempts attempts;
    for (const FailureKind kind : kinds)
      attempts.push_back({.failure = Failure{.kind = kind, .status = 429}});
    return of_failures(attempts, {}).message;
  };
  const FailureKind rate = FailureKind::rate_limited, broken = FailureKind::server_error;
  CHECK(failures({rate}) == "the provider that was asked is limiting its rate");
  CHECK(failures({rate, rate}) == "all 2 attempts met a provider's limit of rate");
  CHECK(failures({broken, rate, rate}) == "of 3 attempts all failed, the last at a provider's limit of rate");
  CHECK(failures({rate, broken}) == "the provider failed");
}

TEST_CASE("a request that is too large for a limit of rate is told so, and not to come again") {
  const Failure failure{.kind = FailureKind::rate_limited, .status = 413};
  const HostWords said{.message = "Limit 6000, Requested 9000", .code = "rate_limit_exceeded"};
  for (const std::size_t attempts : {1, 2}) {
    const ErrorReply reply = of_failures(routing::Attempts(attempts, {.failure = failure}), said);
    CHECK(reply.status == 413);
    CHECK(reply.host_code == "rate_limit_exceeded");
    CHECK(reply.message == "the provider rejected the request: Limit 6000, Requested 9000");
    CHECK(reply.should_retry == ShouldRetry::no);
    CHECK(!reply.retry_after);
  }
}

TEST_CASE("a stream's error tells the member at fault and what the model wrote, where there is any") {
  ErrorReply error = plain_error(400, "invalid_request_error", "code", "words");
  const auto told = [&] {
    return boost::json::parse(error_event(error, {"i", 7, "m"}, StreamShape::chat).substr(6))
        .at("error")
        .as_object();
  };
  CHECK_FALSE(told().contains("param"));
  CHECK_FALSE(told().contains("failed_generation"));
  CHECK_FALSE(boost::json::parse(envelope(error)).at("error").as_object().contains("failed_generation"));
  error.param = "messages";
  error.failed_generation = "<f>";
  error.metadata = {{"endpoint", "a/b"}};
  error.host_code = "theirs";
  CHECK(told().at("param").as_string() == "messages");
  CHECK(told().at("failed_generation").as_string() == "<f>");
  CHECK(told().at("metadata").at("endpoint").as_string() == "a/b");
  CHECK(told().at("metadata").at("error_type").as_string() == "theirs");
  CHECK(told().at("type").as_string() == "invalid_request_error");
}
