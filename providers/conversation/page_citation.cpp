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
  if (text.escaped) {
    const std::string plain = text.text();
    return characters_in({plain, false});
  }
  return static_cast<std::size_t>(std::ranges::count_if(
      text.raw, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

std::string page_members(const AnswerEvent& citation, std::size_t begin) {
  std::string members(elements_of(citation.json));
  if (!citation.place) return members;
  const auto behind = [&](std::size_t at) { return std::to_string(at > begin ? at - begin : 0); };
  members.append(members.empty() ? "" : ",").append("\"start_index\":").append(behind(citation.place->begin));
  return members.append(",\"end_index\":").append(behind(citation.place->end));
}

}  // namespace providers
