#include "providers/credentials/temporary_keys.hpp"

#include <algorithm>
#include <array>

#include "config/values/timestamp.hpp"
#include "providers/json/json_walk.hpp"

namespace providers {
namespace {

struct Said {
  std::string id, secret, session, expiration, message;

  std::string* member(std::string_view name) {
    if (name == "AccessKeyId") return &id;
    if (name == "SecretAccessKey") return &secret;
    if (name == "SessionToken" || name == "Token") return &session;
    if (name == "Expiration") return &expiration;
    return name == "Message" || name == "message" ? &message : nullptr;
  }
};

// Whatever they stand in.
bool read_json(JsonWalk& walk, Said& said) {
  return walk.object([&](const JsonString& key) {
    if (walk.type() == JsonType::object) return read_json(walk, said);
    std::string* const member = said.member(key.raw);
    if (!member) return walk.skip();
    if (walk.type() == JsonType::number) {
      const auto number = walk.number();
      if (number) *member = std::string(number->text);
      return number.has_value();
    }
    if (walk.type() != JsonType::string) return walk.skip();
    const auto text = walk.string();
    if (text) *member = text->text();
    return text.has_value();
  });
}

void read_xml(std::string_view body, Said& said) {
  constexpr std::array<std::string_view, 5> names{"AccessKeyId", "SecretAccessKey", "SessionToken",
                                                  "Expiration", "Message"};
  for (const std::string_view name : names) {
    const std::string begin = "<" + std::string(name) + ">", end = "</" + std::string(name) + ">";
    const std::size_t from = body.find(begin);
    const std::size_t to = from == std::string_view::npos ? from : body.find(end, from);
    if (to == std::string_view::npos) continue;
    *said.member(name) = std::string(body.substr(from + begin.size(), to - from - begin.size()));
  }
}

std::optional<config::WallTime> moment_of(const std::string& text) {
  if (const auto moment = config::parse_timestamp(text)) return moment;
  const double seconds = JsonNumber{text}.real();
  if (text.empty() || text.find_first_not_of("0123456789.eE+") != std::string::npos || seconds > 1e11) {
    return std::nullopt;
  }
  return config::WallTime(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

}  // namespace

GivenToken read_temporary_keys(std::string_view body, config::WallTime now, JsonTokens& tokens) {
  Said said;
  const std::size_t begin = body.find_first_not_of(" \t\r\n");
  if (begin != std::string_view::npos && body[begin] == '<') {
    read_xml(body, said);
  } else {
    JsonWalk walk(tokens, body);
    const bool is_read =
        walk.ok() && walk.type() == JsonType::object && read_json(walk, said) && walk.finish();
    if (!is_read) said = {};
  }
  GivenToken given;
  const auto fits = [](const std::string& text) {
    return text.size() <= 7'000 && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
  };
  const auto until = moment_of(said.expiration);
  const bool are_keys = !said.id.empty() && !said.secret.empty() && !said.session.empty() && fits(said.id) &&
                        fits(said.secret) && fits(said.session);
  if (!are_keys || !until) {
    given.why_not = said.message.empty() ? "what came are no temporary keys" : said.message;
  } else if (*until <= now) {
    given.why_not = "the keys that came have expired";
  } else {
    given.token = said.id + "\n" + said.secret + "\n" + said.session;
    given.life = std::min(std::chrono::duration_cast<config::Duration>(*until - now),
                          config::Duration(std::chrono::hours(24)));
  }
  return given;
}

config::AwsAccess with_keys(const config::AwsAccess& access, std::string_view keys) {
  const auto line = [&keys] {
    const std::size_t end = std::min(keys.find('\n'), keys.size());
    const std::string_view text = keys.substr(0, end);
    keys.remove_prefix(std::min(end + 1, keys.size()));
    return config::Secret(std::string(text));
  };
  config::AwsAccess with = access;
  with.access_key_id = line();
  with.secret_access_key = line();
  with.session_token = line();
  return with;
}

}  // namespace providers
