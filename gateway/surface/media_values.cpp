#include "gateway/surface/media_values.hpp"

namespace gateway {

using providers::MediaPart;
using providers::Text;

bool read_json(BodyWalk& walk, std::string_view body, std::string_view& json) {
  const std::size_t begin = walk.json.position();
  if (!walk.json.skip()) return false;
  json = body.substr(begin, walk.json.end() - begin);
  return true;
}

bool take_address(BodyWalk& walk, const Path& path, const Text& url, MediaPart& media) {
  constexpr std::string_view scheme = "data:";
  constexpr std::string_view encoding = ";base64";
  if (!url.raw.starts_with(scheme)) {
    media.source = MediaPart::Source::url;
    media.content = url;
    return true;
  }
  const std::size_t comma = url.raw.find(',');
  const std::string_view head = url.raw.substr(0, comma);
  if (comma == std::string_view::npos || !head.ends_with(encoding)) {
    return walk.wrong("invalid_value", path, "a data address that is not base64",
                      "data:TYPE/SUBTYPE;base64,DATA or an address of the web");
  }
  media.source = MediaPart::Source::base64;
  media.content = {url.raw.substr(comma + 1), url.escaped};
  const std::string_view type = head.substr(scheme.size(), head.size() - scheme.size() - encoding.size());
  media.media_type = {type.substr(0, type.find(';')), url.escaped};
  return true;
}

void guess_type(MediaPart& file) {
  const bool is_pdf = file.content.raw.ends_with(".pdf") || file.name.raw.ends_with(".pdf");
  if (file.media_type.raw.empty() && is_pdf) file.media_type = {"application/pdf", false};
}

}  // namespace gateway
