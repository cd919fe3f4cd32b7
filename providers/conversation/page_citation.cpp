#include "providers/conversation/page_citation.hpp"

#include <algorithm>

#include "providers/json/json_writer.hpp"

namespace providers {

std::string page_citation_of(const CitedPage& page) {
  const std::string url = page.url.text();
  std::string json;
  if (!url.starts_with("https://") && !url.starts_with("http://")) return json;
  JsonWriter writer(json);
  writer.begin_object();
  writer.key("url").string(page.url);
  // Its readers want one.
  writer.key("title").string(page.title.raw.empty() ? page.url : page.title);
  if (!page.content.raw.empty()) writer.key("content").string(page.content);
  writer.end_object();
  return json;
}

std::size_t characters_in(const Text& text) {
  const std::string_view raw = text.raw;
  auto count = static_cast<std::size_t>(std::ranges::count_if(
      raw, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
  if (!text.escaped) return count;
  std::size_t half_ends = std::string_view::npos;  // of a pair of surrogates, which are one character
  for (std::size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', at)) {
    const bool has_code = raw.substr(at).starts_with("\\u");
    const std::size_t end = std::min(raw.size(), at + (has_code ? 6 : 2));
    const char high = has_code && end - at == 6 ? static_cast<char>(raw[at + 2] | 0x20) : '0';
    const char low = has_code && end - at == 6 ? static_cast<char>(raw[at + 3] | 0x20) : '0';
    const bool is_first = high == 'd' && (low == '8' || low == '9' || low == 'a' || low == 'b');
    const bool is_second = high == 'd' && low >= 'c' && low <= 'f' && half_ends == at;
    count -= end - at - (is_second ? 0 : 1);
    half_ends = is_first ? end : std::string_view::npos;
    at = end;
  }
  return count;
}

std::string page_members(const AnswerEvent& citation, std::size_t begin) {
  std::string members(elements_of(citation.json));
  if (!citation.place) return members;
  const auto behind = [&](std::size_t at) { return std::to_string(at > begin ? at - begin : 0); };
  members.append(members.empty() ? "" : ",").append("\"start_index\":").append(behind(citation.place->begin));
  return members.append(",\"end_index\":").append(behind(citation.place->end));
}

}  // namespace providers
