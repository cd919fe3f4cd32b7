// One HTTP request of a client, read whole and past the gate. Owns what it holds: nothing in it points into
// the connection's buffer. Belongs to its request.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/values/settings.hpp"
#include "config/values/units.hpp"
#include "gateway/http/body_budget.hpp"
#include "gateway/http/http_gate.hpp"

namespace gateway {

// What a client says of its API beside the body: Anthropic's do.
struct ApiFields {
  std::string version;      // anthropic-version
  std::string betas;        // anthropic-beta, all of them, joined by commas
  bool is_googles = false;  // its key came as Google's clients send theirs
};

// The JSON parser reads this far beyond the end of a text.
inline constexpr std::size_t body_slack = 64;
inline void give_slack(std::string& body) {
  body.reserve(body.size() + body_slack);
}

struct Incoming {
  Method method = Method::get;
  std::string path;
  std::string query;
  std::string body;                 // with slack behind it for the JSON parser
  BodyShare* body_share = nullptr;  // what the body has of the memory for all; null: nobody counts
  std::string credential;
  std::string cookies;  // all Cookie fields, joined by commas; kept for the pages of administration alone
  std::string policy_header;    // x-isocost-policy
  std::string tags_header;      // x-isocost-tags
  std::string metadata_header;  // x-openrouter-metadata
  std::string traceparent;
  ApiFields api;
  std::string forwarded_for;  // all X-Forwarded-For, joined by commas; kept where a trusted proxy sent them
  std::string client;         // the address that asks
  std::string host;           // that it is addressed to, port included
  std::string origin;         // of the page that a browser sends it for
  bool is_preflight = false;  // a browser asks whether the page may call
  std::optional<config::Priority> priority{};                // x-isocost-priority
  std::string unknown_priority{};                            // what it says instead of one
  std::string preflight_headers;                             // that the page wants to send
  std::vector<std::pair<std::string, std::string>> headers;  // those that policies read, names in lower case
  int client_retry = 0;                                      // x-stainless-retry-count
  config::TimePoint arrived{};                               // when it was read whole
  std::optional<config::WallTime> as_of{};  // of a call that is only explained: when it is to be
};

}  // namespace gateway
