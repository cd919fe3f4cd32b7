// Addresses of the servers that gateways share, in parts: "postgresql://user@db:5432/name?sslmode=require",
// "rediss://cache:6380/0". What is wrong is said, with what to write instead. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace config {

struct ServerUrl {
  struct Host {
    std::string name;  // without brackets; empty: as the client finds it
    std::uint16_t port = 0;
  };
  std::string scheme;  // "redis"
  std::string user;
  std::vector<Host> hosts;  // one at least
  std::string path;         // the database, without the slash
  std::vector<std::pair<std::string, std::string>> parameters;

  // Empty where there is none.
  std::string parameter(std::string_view name) const;
};
struct BadServerUrl {
  std::string what, instead;
  bool has_secret = false;  // the address is not to be shown
};
using MaybeServerUrl = std::variant<ServerUrl, BadServerUrl>;

// Where one of Redis or Valkey is: one host, a number as its database, and with TLS (`rediss`) a `ca_file`
// that is trusted beside the system's roots.
MaybeServerUrl redis_url(std::string_view text);
// Where PostgreSQL is, with the parameters of its own clients.
MaybeServerUrl postgres_url(std::string_view text);

}  // namespace config
