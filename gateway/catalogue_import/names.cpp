#include "gateway/catalogue_import/names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "config/values/ascii.hpp"

namespace gateway {
namespace {

// How the makers' models begin.
constexpr std::array<std::pair<std::string_view, std::string_view>, 22> makers{{
    {"chatgpt", "openai"},      {"claude", "anthropic"},
    {"codestral", "mistralai"}, {"command", "cohere"},
    {"deepseek", "deepseek"},   {"devstral", "mistralai"},
    {"ernie", "baidu"},         {"gemini", "google"},
    {"gemma", "google"},        {"glm", "z-ai"},
    {"gpt", "openai"},          {"grok", "x-ai"},
    {"kimi", "moonshotai"},     {"llama", "meta-llama"},
    {"magistral", "mistralai"}, {"meta-llama", "meta-llama"},
    {"minimax", "minimax"},     {"mistral", "mistralai"},
    {"mixtral", "mistralai"},   {"phi", "microsoft"},
    {"qwen", "qwen"},           {"qwq", "qwen"},
}};

// The same names, as some write them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> spellings{{
    {"meta-llama-", "llama-"},
    {"llama-v", "llama-"},
    {"llama3", "llama-3"},
    {"llama4", "llama-4"},
    {"deepseek-chat-v", "deepseek-v"},
    {"qwen-3-", "qwen3-"},
    {"zai-glm-", "glm-"},
    {"z-ai-glm-", "glm-"},
}};

using config::is_digit;
// Fireworks: "deepseek-v3p1" is deepseek-v3.1.
std::string with_points(std::string name) {
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    if (name[i] == 'p' && is_digit(name[i - 1]) && is_digit(name[i + 1])) name[i] = '.';
  }
  return name;
}

// Bedrock: "us.deepseek.r1-v1:0" is deepseek-r1, "qwen.qwen3-32b-v1:0" is qwen3-32b.
std::string without_bedrock(std::string name) {
  for (const std::string_view region : {"us.", "global."}) {
    if (name.starts_with(region)) name.erase(0, region.size());
  }
  if (const std::size_t colon = name.find(':'); colon != std::string::npos) {
    std::size_t end = colon;
    while (end > 0 && is_digit(name[end - 1])) --end;
    if (end > 0 && name[end - 1] == 'v') --end;
    if (end > 0 && name[end - 1] == '-') --end;
    name.erase(end);
  }
  const std::size_t point = name.find('.');
  if (point == std::string::npos || is_digit(name[point - 1])) return name;
  const std::string maker = name.substr(0, point);
  name.erase(0, point + 1);
  if (name.starts_with("claude-") && name.ends_with("-v1")) name.resize(name.size() - 3);
  return maker == "deepseek" ? "deepseek-" + name : name;
}

constexpr std::array<std::string_view, 4> marks{":free", "-maas", "-tee", ":thinking"};

}  // namespace

std::string common_name(std::string_view host, std::string_view host_model) {
  std::string_view name = host_model.substr(host_model.rfind('/') + 1);
  for (const std::string_view mark : marks) {
    if (name.ends_with(mark)) name.remove_suffix(mark.size());
  }
  std::string common(name);
  std::ranges::transform(common, common.begin(), [](unsigned char c) { return std::tolower(c); });
  if (host == "fireworks") common = with_points(std::move(common));
  if (host == "bedrock") common = without_bedrock(std::move(common));
  for (const auto& [begin, instead] : spellings) {
    if (common.starts_with(begin)) common.replace(0, begin.size(), instead);
  }
  return common;
}

std::string without_points(std::string name) {
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    if (name[i] == '.' && is_digit(name[i - 1]) && is_digit(name[i + 1])) name[i] = '-';
  }
  return name;
}

std::string configured_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    name += is_plain ? c : low != c ? low : '-';
  }
  return name;
}

namespace {

// Of a part of a name, such as "45"; -1 where it is none.
int version_number(std::string_view part) {
  const bool is_one = !part.empty() && part.size() <= 2 && std::ranges::all_of(part, is_digit);
  return !is_one ? -1 : part.size() == 1 ? part[0] - '0' : (part[0] - '0') * 10 + part[1] - '0';
}

}  // namespace

// claude-NAME-MAJOR[-MINOR][-DAY]
Snapshot snapshot_of(std::string name) {
  name = without_points(std::move(name));
  std::vector<std::string> parts(1);
  for (const char c : name) c == '-' ? void(parts.emplace_back()) : parts.back().push_back(c);
  const bool has_day = parts.back().size() == 8 && std::ranges::all_of(parts.back(), is_digit);
  const std::string day = has_day ? parts.back() : std::string();
  if (has_day) parts.pop_back();
  const bool is_long_enough = parts.size() == 3 || parts.size() == 4;
  const int major = is_long_enough ? version_number(parts[2]) : -1;
  const int minor = parts.size() == 4 ? version_number(parts[3]) : 0;
  const bool is_named_so = is_long_enough && parts[0] == "claude" && version_number(parts[1]) < 0;
  if (!is_named_so || major < 4 || minor < 0) return {.version = std::move(name)};
  std::string version = "claude-" + parts[1] + "-" + parts[2] + (minor > 0 ? "-" + parts[3] : "");
  const bool has_pinned_without = std::pair(major, minor) >= std::pair(4, 6);
  return {.version = std::move(version), .day = day, .is_pinned = has_day != has_pinned_without};
}

std::string public_name(std::string_view common) {
  for (const auto& [begin, maker] : makers) {
    if (common.starts_with(begin)) return std::string(maker) + "/" + std::string(common);
  }
  return std::string(common);
}

}  // namespace gateway
