#include "providers/host/request_heads.hpp"

#include <doctest/doctest.h>

#include "providers/dialects/anthropic/anthropic.hpp"
#include "providers/dialects/bedrock_converse/bedrock_converse.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"

using namespace providers;

namespace {

config::ProviderSettings provider(config::Dialect dialect, std::string credential_header = {}) {
  config::ProviderSettings settings;
  settings.name = {"p"};
  settings.base_url = {
      .scheme = config::BaseUrl::Scheme::https, .host = "api.example", .port = 443, .path = "/v1"};
  settings.dialect = dialect;
  settings.credential = config::Secret("s3cret");
  settings.credential_header = std::move(credential_header);
  return settings;
}

bool has(std::string_view head, std::string_view line) {
  return head.find("\r\n" + std::string(line) + "\r\n") != std::string_view::npos;
}

}  // namespace

TEST_CASE("each API is asked at its own place, and the credential is where its owner looks for it") {
  const auto anthropic = provider(config::Dialect::anthropic);
  RequestHeads heads(anthropic);
  const auto messages = heads.head(anthropic_dialect(), "/messages");
  CHECK(messages->starts_with("POST /v1/messages HTTP/1.1\r\nHost: api.example\r\n"));
  CHECK(has(*messages, "x-api-key: s3cret"));
  CHECK(has(*messages, "anthropic-version: 2023-06-01"));
  CHECK(messages->find("Authorization") == std::string::npos);
  CHECK(messages->ends_with("Content-Length: "));
  // Its chat completions for others' clients.
  const auto chat = heads.head(openai_chat_dialect(), "/chat/completions");
  CHECK(chat->starts_with("POST /v1/chat/completions HTTP/1.1\r\n"));
  CHECK(has(*chat, "Authorization: Bearer s3cret"));
  CHECK(chat->find("anthropic-version") == std::string::npos);
  CHECK(heads.head(anthropic_dialect(), "/messages") == messages);  // built once
  // What a request brings itself is not said twice.
  const auto bare = heads.head(anthropic_dialect(), "/messages", RequestHeads::With::no_fields);
  CHECK(bare->find("anthropic-version") == std::string::npos);
  CHECK(has(*bare, "x-api-key: s3cret"));
}

TEST_CASE("a server of many APIs, and one with a header of its own, have one way for all") {
  const auto server = provider(config::Dialect::openai);
  CHECK(has(*RequestHeads(server).head(anthropic_dialect(), "/messages"), "Authorization: Bearer s3cret"));
  const auto azure = provider(config::Dialect::openai, "api-key");
  const auto head = RequestHeads(azure).head(openai_chat_dialect(), "/chat/completions");
  CHECK(has(*head, "api-key: s3cret"));
  CHECK(head->find("Bearer") == std::string::npos);
}

TEST_CASE("a host is asked for the framing of streams that its API has") {
  const auto settings = provider(config::Dialect::openai);
  RequestHeads heads(settings);
  CHECK(has(*heads.head(openai_chat_dialect(), "/chat/completions"),
            "Accept: application/json, text/event-stream"));
  CHECK(has(*heads.head(bedrock_converse_dialect(), "/model/m/converse"),
            "Accept: application/json, application/vnd.amazon.eventstream"));
}

TEST_CASE("a head stays as long as it is needed, however many others are asked for") {
  const auto settings = provider(config::Dialect::openai);
  RequestHeads heads(settings);
  const auto first = heads.head(openai_chat_dialect(), "/models/first:generate");
  for (int i = 0; i < 200; ++i) heads.head(openai_chat_dialect(), "/models/" + std::to_string(i));
  CHECK(first->starts_with("POST /v1/models/first:generate HTTP/1.1\r\n"));
  CHECK(*heads.head(openai_chat_dialect(), "/models/first:generate") == *first);
}

TEST_CASE("a rare request has its own method, and else the same head") {
  const auto settings = provider(config::Dialect::openai);
  const auto head = RequestHeads(settings).rare(openai_chat_dialect(), "DELETE", "/responses/resp_1");
  CHECK(head->starts_with("DELETE /v1/responses/resp_1 HTTP/1.1\r\n"));
  CHECK(has(*head, "Authorization: Bearer s3cret"));
  CHECK(head->ends_with("Content-Length: "));
}
