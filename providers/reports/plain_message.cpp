#include "providers/reports/plain_message.hpp"

#include <algorithm>
#include <array>

namespace providers {
namespace {

constexpr std::size_t most_of_a_page = 300;
constexpr std::size_t most_of_json = 600;
constexpr int deepest = 12;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool begins(std::string_view text, std::string_view lower_case) {
  if (text.size() < lower_case.size()) return false;
  return std::equal(lower_case.begin(), lower_case.end(), text.begin(),
                    [](char want, char found) { return lower(found) == want; });
}

std::size_t find(std::string_view text, std::string_view lower_case, std::size_t from) {
  for (std::size_t at = from; at + lower_case.size() <= text.size(); ++at) {
    if (begins(text.substr(at), lower_case)) return at;
  }
  return std::string_view::npos;
}

// Cut between characters.
void cut(std::string& text, std::size_t most) {
  if (text.size() <= most) return;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  text.resize(most);
}

void add(std::string& all, std::string_view text, std::string_view between) {
  if (text.empty() || all.size() > most_of_json) return;
  if (!all.empty()) all += between;
  all += text;
}

// What is between the tags, white space drawn together.
std::string without_tags(std::string_view page) {
  std::string text;
  bool gap = false;
  for (std::size_t at = 0; at < page.size() && text.size() <= most_of_a_page;) {
    if (page[at] == '<') {
      const std::string_view rest = page.substr(at);
      const bool is_script = begins(rest, "<script"), is_style = begins(rest, "<style");
      const std::string_view closing = is_script ? "</script" : is_style ? "</style" : ">";
      const std::size_t end = find(page, closing, at);
      if (end == std::string_view::npos) break;
      at = closing == ">" ? end + 1 : end;
      gap = true;
      // Of the closing tag itself.
      if (closing != ">") at = std::min(page.size(), page.find('>', at)) + 1;
      continue;
    }
    if (is_space(page[at])) {
      gap = true;
    } else {
      if (gap && !text.empty()) text += ' ';
      gap = false;
      text += page[at];
    }
    ++at;
  }
  cut(text, most_of_a_page);
  return text;
}

bool is_page(std::string_view text) {
  return begins(text, "<!doctype") || begins(text, "<html") || begins(text, "<head") ||
         begins(text, "<body") || begins(text, "<?xml") ||
         (begins(text, "<") && find(text, "</", 0) != std::string_view::npos);
}

std::string text_of_page(std::string_view page) {
  const std::size_t title = find(page, "<title", 0);
  if (title != std::string_view::npos) {
    const std::size_t begin = page.find('>', title);
    const std::size_t end = begin == std::string_view::npos ? begin : find(page, "</title", begin);
    if (end != std::string_view::npos) {
      std::string text = without_tags(page.substr(begin + 1, end - begin - 1));
      if (!text.empty()) return text;
    }
  }
  return without_tags(page);
}

// Collects the texts of a value: those whose key promises a sentence, and all others for want of such.
class Gathering {
 public:
  explicit Gathering(JsonWalk& walk) : walk_(walk) {}

  bool take(std::string_view under, std::string& path, int depth) {
    switch (walk_.type()) {
      case JsonType::string: {
        const auto found = walk_.string();
        if (!found) return false;
        const std::string text = found->text();
        if (tells(under)) add(told, path.empty() ? text : path + ": " + text, "; ");
        add(others, text, ", ");
        return true;
      }
      case JsonType::object:
        return depth < deepest ? object(depth) : walk_.skip();
      case JsonType::array:
        return depth < deepest ? walk_.array([&] { return take(under, path, depth + 1); }) : walk_.skip();
      default:
        return walk_.skip();
    }
  }

  std::string told;
  std::string others;

 private:
  static bool tells(std::string_view key) {
    constexpr std::array<std::string_view, 9> keys = {"message", "msg",    "text",      "detail", "details",
                                                      "error",   "reason", "error_msg", "title"};
    return std::ranges::find(keys, key) != keys.end();
  }

  // A list of places, as FastAPI has it: ["body", "messages", 0, "role"].
  bool location(std::string& path) {
    if (walk_.type() != JsonType::array) return walk_.skip();
    return walk_.array([&] {
      if (walk_.type() == JsonType::string) {
        const auto part = walk_.string();
        if (part && !part->is("body")) add(path, part->text(), ".");
        return part.has_value();
      }
      if (walk_.type() != JsonType::number) return walk_.skip();
      const auto part = walk_.number();
      if (part) add(path, part->text, ".");
      return part.has_value();
    });
  }

  bool object(int depth) {
    std::string path;
    return walk_.object([&](const JsonString& key) {
      if (key.is("loc")) return location(path);
      // What the client itself wrote is no news to it, and may be long.
      if (key.is("input") || key.is("ctx") || key.is("url")) return walk_.skip();
      return take(key.text(), path, depth + 1);
    });
  }

  JsonWalk& walk_;
};

}  // namespace

bool take_plain(JsonWalk& walk, std::string& message) {
  if (walk.type() == JsonType::string) {
    const auto found = walk.string();
    if (found) message = found->text();
    return found.has_value();
  }
  if (walk.type() != JsonType::object && walk.type() != JsonType::array) return walk.skip();
  Gathering gathering(walk);
  std::string path;
  const bool read = gathering.take("message", path, 0);
  message = std::move(gathering.told.empty() ? gathering.others : gathering.told);
  cut(message, most_of_json);
  return read;
}

std::string plain_message(std::string_view text, JsonTokens& tokens) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  if (is_page(text)) return text_of_page(text);
  if (text.starts_with('{') || text.starts_with('[')) {
    JsonWalk walk(tokens, text);
    std::string message;
    if (walk.ok() && take_plain(walk, message) && walk.finish()) return message;
  }
  return std::string(text);
}

}  // namespace providers
