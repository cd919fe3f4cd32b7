// The names that lists of prices have for the same hosts and the same models, and what a configuration needs
// to reach a host. Pure tables.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gateway {

struct KnownHost {
  std::string_view name;
  std::string_view display_name;
  std::string_view base_url;      // complete up to the resource
  std::string_view variable;      // of the environment, for its key
  std::string_view jurisdiction;  // headquarters; empty: unknown
  std::string_view speaks;        // empty: OpenAI's chat
  std::span<const std::string_view> aliases;
};

std::span<const KnownHost> known_hosts();
// Null where it is none of them.
const KnownHost* known_host(std::string_view name_or_alias);

// What the same weights are called everywhere: lower case, without the maker, the host's own path and the
// marks of tariffs. Dates stay: they are other weights.
// Of Bedrock's and Fireworks' own ways to write it, too.
std::string common_name(std::string_view host, std::string_view host_model);
// "deepseek/deepseek-r1" of "deepseek-r1"; the name alone where no maker is known by it.
std::string public_name(std::string_view common_name);

}  // namespace gateway
