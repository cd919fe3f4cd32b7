// One of the tools that a client offers to a model, as far as it is read: its type, and whether its host runs
// searches in the web for it. A value; views are of the text that was read.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/surface/body_values.hpp"
#include "gateway/surface/body_walk.hpp"
#include "routing/terms/cache_marks.hpp"

namespace gateway {

struct OfferedTool {
  std::optional<providers::JsonString> type{};
  bool searches = false;
  std::optional<std::int64_t> most{};  // times that it may be used

  // Reads one of its members, in bodies of whichever API.
  bool member(BodyWalk& walk, const providers::JsonString& key, routing::CacheMarks& marks) {
    if (key.is("cache_control")) return note_cache_marks(walk, marks);
    if (key.is("type") && walk.json.type() == providers::JsonType::string) {
      type = walk.json.string();
      searches |= type && is_search(*type);
      return type.has_value();
    }
    if (key.is("max_uses") && walk.json.type() == providers::JsonType::number) {
      const auto number = walk.json.number();
      if (number) most = number->whole();
      return number.has_value();
    }
    if (is_googles_search(key)) searches |= walk.json.type() == providers::JsonType::object;
    return walk.json.skip();
  }

  // That its host may make: a stated number where its client bounds them not.
  int most_searches() const {
    constexpr std::int64_t usual = 5, any = 1'000;
    if (!searches) return 0;
    return static_cast<int>(most.value_or(0) > 0 ? std::min(*most, any) : usual);
  }

 private:
  // "web_search_20250305", "web_search_preview", "openrouter:web_search".
  static bool is_search(const providers::JsonString& type) {
    constexpr std::string_view word = "web_search";
    if (type.escaped) return type.text().find(word) != std::string::npos;
    return type.raw.find(word) != std::string_view::npos;
  }
  // Google's tools have no type, and stand under their names.
  static bool is_googles_search(const providers::JsonString& key) {
    constexpr std::array<std::string_view, 6> names{"googleSearch",          "google_search",
                                                    "googleSearchRetrieval", "google_search_retrieval",
                                                    "enterpriseWebSearch",   "enterprise_web_search"};
    return std::ranges::any_of(names, [&](std::string_view name) { return key.is(name); });
  }
};

}  // namespace gateway
