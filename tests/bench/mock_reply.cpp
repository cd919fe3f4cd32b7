#include "bench/mock_reply.hpp"

#include <array>
#include <cstdio>
#include <string_view>

namespace bench {
namespace {

constexpr std::string_view answer =
    R"({"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"m","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"The first computers were people who computed tables by hand."},)"
    R"("finish_reason":"stop"}],"usage":{"prompt_tokens":19,"completion_tokens":48,"total_tokens":67}})";

std::string chunk(std::string_view text) {
  std::array<char, 24> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
  return std::string(size.data()).append(text).append("\r\n");
}

std::string event(std::string_view choices, std::string_view rest = "") {
  std::string text =
      R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[)";
  return chunk(text.append(choices).append("]").append(rest).append("}\n\n"));
}

}  // namespace

std::string whole_answer() {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(answer.size()) + "\r\n\r\n" + std::string(answer);
}

std::string stream_head() {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
}

std::string content_event(Nanoseconds time) {
  return event(R"({"index":0,"delta":{"content":")" + std::to_string(time) + R"("},"finish_reason":null})");
}

std::string stream_end() {
  return event(R"({"index":0,"delta":{},"finish_reason":"stop"})") +
         event("", R"(,"usage":{"prompt_tokens":19,"completion_tokens":64,"total_tokens":83})") +
         chunk("data: [DONE]\n\n") + "0\r\n\r\n";
}

}  // namespace bench
