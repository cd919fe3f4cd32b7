#include "providers/reports/error_words.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace providers;

TEST_CASE("a code is read in any spelling, with whatever stands between its words") {
  for (const char* code : {"invalid_api_key", "INVALID-API-KEY", "invalid.api.key", "Invalid API Key"}) {
    CAPTURE(code);
    CHECK(named_by(code) == Named::authentication);
  }
  CHECK(named_by("UNAUTHORIZED") == Named::authentication);
  CHECK(named_by("ACCESS_TOKEN_EXPIRED") == Named::authentication);
  CHECK(named_by("insufficient_balance") == Named::payment);
  CHECK(named_by("throttled") == Named::rate);
  CHECK(named_by("internal") == Named::server);
  CHECK(named_by("") == Named::nothing);
  CHECK(named_by("42") == Named::nothing);
}

TEST_CASE("of a code that says two things the plainer one counts") {
  CHECK(named_by("unsupported_country_region_territory") == Named::permission);
  CHECK(named_by("unsupported_model") == Named::model);
  CHECK(named_by("model_not_found") == Named::model);
  CHECK(named_by("image_not_found") == Named::request);
  CHECK(named_by("invalid_request_error: invalid_value") == Named::something);
}

TEST_CASE("a feature is named by a word that begins with it, and not by a part of another word") {
  const auto refuses = [](const std::string& what) { return named_in(what + " unsupported"); };
  for (const char* word : {"tool", "tools", "(tool", "{tool", "@tool@", "_tool", "Tool", "atool, tool"}) {
    CAPTURE(word);
    CHECK(refuses(word) == Named::feature);
  }
  for (const char* word : {"atool", "ztool", "my-tool", "ATOOL", "ZTOOL"}) {
    CAPTURE(word);
    CHECK(refuses(word) == Named::nothing);
  }
}

TEST_CASE("names and what stands in quotes are no words of an error") {
  const auto refuses = [](const std::string& what) { return named_in("unsupported: " + what); };
  for (const char* name :
       {"tool0", "tool9", "x/tool", "`tool`", "\"tool\"", "\"a tool b\"", "'tool'", "'a tool b'"}) {
    CAPTURE(name);
    CHECK(refuses(name) == Named::nothing);
    CHECK(refuses(std::string(name) + " or so") == Named::nothing);
    CHECK(refuses(std::string(name) + " tool") == Named::feature);
  }
  CHECK(named_in("'unsupported' tool") == Named::nothing);
  CHECK(named_in("`a`'unsupported' tool") == Named::nothing);
  // An apostrophe in a word is no quote, and one that does not close is none.
  CHECK(refuses("the host's tool and the client's") == Named::feature);
  CHECK(refuses("'tool") == Named::feature);
  CHECK(refuses("tool:") == Named::feature);
  CHECK(refuses("a3`tool") == Named::feature);
  CHECK(refuses("7\ttool") == Named::feature);
}

TEST_CASE("only the first two thousand characters of an error are read") {
  const std::string words = "tool unsupported";
  CHECK(named_in(std::string(2'048 - words.size(), ' ') + words) == Named::feature);
  CHECK(named_in(std::string(2'049 - words.size(), ' ') + words) == Named::nothing);
  CHECK(named_by(std::string(2'048 - 6, ' ') + "apikey") == Named::authentication);
  CHECK(named_by(std::string(2'049 - 6, ' ') + "apikey") == Named::nothing);
}

TEST_CASE("what is about us at the host is not about the request, whatever else is said") {
  CHECK(named_in("Your account was flagged") == Named::nothing);
  CHECK(named_in("blocked by moderation") == Named::content);
  CHECK(named_in("moderation: this account") == Named::content);
  CHECK(named_in("moderation: you are banned") == Named::nothing);
  CHECK(named_in("this topic is restricted in your country") == Named::content);
  CHECK(named_in("your country is restricted") == Named::nothing);
  CHECK(named_in("this topic is restricted") == Named::nothing);
}

TEST_CASE("a feature that is not given is one where no model is spoken of; an attachment must be missing") {
  CHECK(named_in("streaming is not enabled") == Named::feature);
  CHECK(named_in("streaming is not enabled for the model") == Named::nothing);
  CHECK(named_in("streaming is unsupported by the model") == Named::feature);
  CHECK(named_in("streaming") == Named::nothing);
  CHECK(named_in("image not found") == Named::request);
  CHECK(named_in("attachment: download failed") == Named::request);
  CHECK(named_in("image not found for the model") == Named::nothing);
  CHECK(named_in("not found") == Named::nothing);
  CHECK(named_in("image") == Named::nothing);
  CHECK(named_in("subimage not found") == Named::nothing);
}
