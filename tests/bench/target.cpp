#include "bench/target.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <stdexcept>

namespace bench {

Target parse_target(std::string_view text) {
  const auto wrong = [&] {
    return std::invalid_argument("found \"" + std::string(text) + "\"; wanted NAME=http://IPV4:PORT/PATH");
  };
  constexpr std::string_view scheme = "=http://";
  const auto name_end = text.find(scheme);
  if (name_end == std::string_view::npos) throw wrong();
  const auto rest = text.substr(name_end + scheme.size());
  const auto path_at = rest.find('/');
  const auto host = rest.substr(0, path_at);
  const auto colon = host.find(':');
  if (path_at == std::string_view::npos || colon == std::string_view::npos) throw wrong();

  Target target{
      std::string(text.substr(0, name_end)), {}, std::string(host), std::string(rest.substr(path_at))};
  std::uint16_t port = 0;
  std::from_chars(host.data() + colon + 1, host.data() + host.size(), port);
  target.address.sin_family = AF_INET;
  target.address.sin_port = htons(port);
  const std::string address(host.substr(0, colon));
  if (port == 0 || ::inet_pton(AF_INET, address.c_str(), &target.address.sin_addr) != 1) throw wrong();
  return target;
}

std::string request(const Target& target, const Ask& ask, std::uint64_t serial) {
  std::string prompt = "Question " + std::to_string(serial) + ":";
  for (std::uint64_t word = serial * 2'654'435'761u;
       prompt.size() < static_cast<std::size_t>(ask.prompt_bytes);
       word = word * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u) {
    prompt.append(" tell me about ").append(std::to_string(word >> 40));
  }
  std::string body =
      R"({"model":")" + ask.model + R"(","messages":[{"role":"user","content":")" + prompt + R"("}])";
  if (ask.events > 0) {
    body += R"(,"stream":true,"max_tokens":)" + std::to_string(ask.events) + R"(,"interval_ms":)" +
            std::to_string(ask.interval_ms);
  } else {
    body += R"(,"max_tokens":256)";
  }
  body += '}';
  return "POST " + target.path + " HTTP/1.1\r\nHost: " + target.host + "\r\nAuthorization: Bearer " +
         ask.key + "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

}  // namespace bench
