#include "gateway/redis/resp.hpp"

#include <charconv>

namespace gateway {
namespace {

constexpr std::int64_t longest_text = 16 << 20, longest_list = 1 << 20;
constexpr int deepest = 8;

struct Reader {
  std::string_view bytes;
  std::size_t at = 0;

  RedisRead line(std::string_view& text) {
    const std::size_t end = bytes.find("\r\n", at);
    if (end == std::string_view::npos)
      return bytes.size() - at > 64 << 10 ? RedisRead::wrong : RedisRead::more;
    text = bytes.substr(at, end - at);
    at = end + 2;
    return RedisRead::whole;
  }

  RedisRead value(RedisReply& reply, int depth) {
    std::string_view head;
    if (const RedisRead read = line(head); read != RedisRead::whole) return read;
    if (head.empty() || depth > deepest) return RedisRead::wrong;
    const char kind = head[0];
    head.remove_prefix(1);
    if (kind == '+' || kind == '-') {
      reply = {.kind = kind == '+' ? RedisReply::Kind::text : RedisReply::Kind::error,
               .text = std::string(head)};
      return RedisRead::whole;
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(head.data(), head.data() + head.size(), number);
    if (error != std::errc() || end != head.data() + head.size()) return RedisRead::wrong;
    if (kind == ':') {
      reply = {.kind = RedisReply::Kind::integer, .integer = number};
      return RedisRead::whole;
    }
    if (kind != '$' && kind != '*') return RedisRead::wrong;
    reply = {};
    if (number == -1) return RedisRead::whole;
    if (number < 0 || number > (kind == '$' ? longest_text : longest_list)) return RedisRead::wrong;
    return kind == '$' ? text(reply, static_cast<std::size_t>(number)) : list(reply, number, depth);
  }

  RedisRead text(RedisReply& reply, std::size_t size) {
    if (bytes.size() - at < size + 2) return RedisRead::more;
    if (bytes.substr(at + size, 2) != "\r\n") return RedisRead::wrong;
    reply.kind = RedisReply::Kind::text;
    reply.text = std::string(bytes.substr(at, size));
    at += size + 2;
    return RedisRead::whole;
  }

  RedisRead list(RedisReply& reply, std::int64_t count, int depth) {
    reply.kind = RedisReply::Kind::list;
    for (std::int64_t i = 0; i < count; ++i) {
      RedisReply item;
      if (const RedisRead read = value(item, depth + 1); read != RedisRead::whole) return read;
      reply.items.push_back(std::move(item));
    }
    return RedisRead::whole;
  }
};

}  // namespace

std::string redis_command(const std::vector<std::string>& words) {
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& each : words)
    text.append("$").append(std::to_string(each.size())).append("\r\n").append(each).append("\r\n");
  return text;
}

RedisRead read_redis_reply(std::string_view bytes, RedisReply& reply, std::size_t& size) {
  Reader reader{.bytes = bytes};
  const RedisRead read = reader.value(reply, 0);
  size = reader.at;
  return read;
}

}  // namespace gateway
