#include "gateway/redis/redis_connection.hpp"

#include <array>

#include "config/values/server_url.hpp"

namespace gateway {
namespace {

// Of one reply: nobody else's data make this process large.
constexpr std::size_t longest_reply = 32 << 20;

RedisSocket::Deadline within(std::chrono::milliseconds patience) {
  return std::chrono::steady_clock::now() + patience;
}

}  // namespace

RedisAddress redis_address(const std::string& url) {
  const config::MaybeServerUrl read = config::redis_url(url);
  const auto* parts = std::get_if<config::ServerUrl>(&read);
  if (!parts) throw RedisFault(std::get<config::BadServerUrl>(read).what);
  RedisAddress address{.host = parts->hosts[0].name,
                       .port = std::to_string(parts->hosts[0].port),
                       .database = parts->path,
                       .is_tls = parts->scheme == "rediss"};
  if (std::string file = parts->parameter("ca_file"); !file.empty()) address.ca_file = std::move(file);
  return address;
}

RedisConnection::RedisConnection(const RedisAddress& address, std::chrono::milliseconds patience)
    : patience_(patience), socket_(address, within(patience)) {}

RedisConnection::RedisConnection(const config::RedisSettings& settings, std::chrono::milliseconds patience)
    : RedisConnection(redis_address(settings.url), patience) {
  if (!settings.password.empty()) {
    std::vector<std::string> words{"AUTH"};
    if (!settings.user.empty()) words.push_back(settings.user);
    words.emplace_back(settings.password.reveal());
    const RedisReply reply = ask(words);
    // Some servers say the words of a command that they do not know, and these are secrets.
    if (reply.is_error()) throw RedisFault(reply.text.substr(0, reply.text.find(' ')) + " at log-in (AUTH)");
  }
  const std::string database = redis_address(settings.url).database;
  if (database != "0") must({"SELECT", database});
}

RedisReply RedisConnection::must(const std::vector<std::string>& words) {
  RedisReply reply = ask(words);
  if (reply.is_error()) throw RedisFault(reply.text);
  return reply;
}

RedisReply RedisConnection::ask(const std::vector<std::string>& words) {
  const RedisSocket::Deadline until = within(patience_);
  socket_.send(redis_command(words), until);
  std::array<char, 16 << 10> buffer;
  for (;;) {
    RedisReply reply;
    std::size_t size = 0;
    const RedisRead read = read_redis_reply(read_, reply, size);
    if (read == RedisRead::wrong) throw RedisFault("what answers there is no Redis");
    if (read == RedisRead::whole) {
      read_.erase(0, size);
      return reply;
    }
    if (read_.size() > longest_reply) throw RedisFault("its answer is too long");
    read_.append(buffer.data(), socket_.receive(buffer, until));
  }
}

}  // namespace gateway
