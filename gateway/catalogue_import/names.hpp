// The names that lists of prices have for the same hosts and the same models, and what a configuration needs
// to reach a host. Pure tables.
#pragma once

#include <optional>
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
// Whether closing the connection ends the bill there; nothing where the source does not say.
inline constexpr std::string_view source_of_billing = "OpenRouter's documentation 2026-08-22";
std::optional<bool> cancel_stops_billing(std::string_view host);
// What a host does with prompts unless a contract says otherwise, in the words of its own documentation.
// Where that says it depends (on the plan, on the model, on a switch), the worse of both stands here, or
// nothing at all.
struct KnownDataPolicy {
  std::string_view host;
  bool retains_prompts = true;
  bool trains_on_prompts = true;
  std::string_view source;  // the page, the day on which it was read, and what it says
};
// Null of hosts of whom it is not known.
const KnownDataPolicy* data_policy_of(std::string_view host);
// Null where it is none of them.
const KnownHost* known_host(std::string_view name_or_alias);

// Whether the prompt's tokens hold its pictures there, so that a price of a picture that lists have beside
// one by the token is the same money told in another way: at Google's APIs, under any name for them.
bool has_pictures_as_tokens(std::string_view list_name);

// What the same weights are called everywhere: lower case, without the maker, the host's own path and the
// marks of tariffs; of Bedrock's and Fireworks' own ways to write it, too. Dates stay: whether they are other
// weights is known when all lists are (`CatalogueRow::weights`).
std::string common_name(std::string_view host, std::string_view host_model);
// "glm-5-2" of "glm-5.2": hosts that take no points write hyphens between digits, and mean the same.
std::string without_points(std::string common_name);
// Letters, digits and few others: what a name may be in a configuration.
std::string configured_name(std::string_view text);
// Of Claude's names from version 4 on (claude-opus-4, claude-opus-4-5, each with a day or without), without
// points, the version and the day of its snapshot. Any other name is its own version.
struct Snapshot {
  std::string
      version{};      // "claude-opus-4-5" of "claude-opus-4-5-20251101", "claude-opus-4" of "claude-opus-4-0"
  std::string day{};  // "20251101"
  // Whether Anthropic never moves it to other weights: before version 4.6 names with their day, later ones
  // without, says its documentation.
  bool is_pinned = false;
};
Snapshot snapshot_of(std::string common_name);
// "deepseek/deepseek-r1" of "deepseek-r1"; the name alone where no maker is known by it.
std::string public_name(std::string_view common_name);

}  // namespace gateway
