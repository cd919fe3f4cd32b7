// One of those that are measured against each other, and the requests that go to it.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

struct Target {
  std::string name;
  sockaddr_in address{};
  std::string host;  // of the Host header
  std::string path;
};

// "isocost=http://127.0.0.1:8080/v1/chat/completions". Throws std::invalid_argument, with what was found.
Target parse_target(std::string_view text);

struct Ask {
  std::string key = "sk-test";
  std::string model = "m";
  int prompt_bytes = 1024;
  int events = 0;  // 0: not streamed
  int interval_ms = 20;
};

// A whole request. No two prompts are alike, so that nothing on the way can answer from memory.
std::string request(const Target& target, const Ask& ask, std::uint64_t serial);

}  // namespace bench
