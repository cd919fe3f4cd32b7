// One blocking GET, or POST of a small document, for the command line. Not for serving.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace gateway {

// Who answers over TLS: anybody, only where nothing secret is sent and the connection does not leave this
// machine.
enum class Answers { who_is_verified, anybody };

struct FetchRequest {
  // "http://127.0.0.1:8080"; of https the certificate is verified, unless `answers` says anybody.
  std::string url;
  std::string path;      // "/admin/endpoints"
  std::string token;     // sent as a Bearer token; empty: none
  std::string body{};    // JSON to send; empty: a GET
  std::string fields{};  // more header fields, each "name: value\r\n"
  std::chrono::milliseconds patience{3'000};
  Answers answers = Answers::who_is_verified;
};

struct Fetched {
  std::optional<std::string> body{};  // of an answer that is no error
  std::string refusal{};              // what the error of any other answer says; empty without one
  std::string problem{};              // otherwise a sentence that says what went wrong and what to do
};

Fetched fetch(const FetchRequest& request);

}  // namespace gateway
