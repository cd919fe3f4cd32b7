#include "gateway/surface/media_values.hpp"

namespace gateway {

using providers::MediaPart;
using providers::Text;

namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=";

}  // namespace

// Some escape a slash, and some break lines.
bool begins_as_base64(std::string_view raw) {
  constexpr std::size_t most = 4'096;
  for (std::size_t i = 0; i < raw.size() && i < most; ++i) {
    if (raw[i] == '\\') {
      if (++i == raw.size() || std::string_view("/rn").find(raw[i]) == std::string_view::npos) return false;
    } else if (letters.find(raw[i]) == std::string_view::npos) {
      return false;
    }
  }
  return !raw.empty();
}

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
    return check_media(walk, path, media);
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
  return check_media(walk, path, media);
}

std::optional<MediaPart> answered_picture(const Text& url) {
  constexpr std::string_view scheme = "data:image/", escaped_scheme = "data:image\\/", encoding = ";base64";
  MediaPart media{.kind = MediaPart::Kind::image, .source = MediaPart::Source::url, .content = url};
  if (url.raw.starts_with("http")) return media;
  const std::size_t comma = url.raw.find(',');
  const std::string_view head = url.raw.substr(0, comma);
  const bool is_picture = head.starts_with(scheme) || (url.escaped && head.starts_with(escaped_scheme));
  if (comma == std::string_view::npos || !is_picture || !head.ends_with(encoding)) return std::nullopt;
  media.source = MediaPart::Source::base64;
  media.content.raw = url.raw.substr(comma + 1);
  const std::string_view type = head.substr(head.find(':') + 1);
  media.media_type = {type.substr(0, type.find(';')), url.escaped};
  if (!begins_as_base64(media.content.raw)) return std::nullopt;
  return media;
}

bool check_media(BodyWalk& walk, const Path& path, MediaPart& media) {
  if (media.media_type.is("image/jpg")) media.media_type = {"image/jpeg", false};
  const bool is_image = media.kind == MediaPart::Kind::image;
  const std::string_view content = media.content.raw, type = media.media_type.raw;
  if (media.source == MediaPart::Source::url) {
    const bool is_of_web = content.starts_with("http") || media.content.escaped;
    return !is_image || is_of_web ||
           walk.wrong("invalid_value", path, "no address of the web",
                      "https://HOST/PATH, or data:image/png;base64,DATA");
  }
  if (media.source != MediaPart::Source::base64) return true;
  if (is_image && !type.empty() && !type.starts_with("image")) {
    const std::string found = "a picture of the type `" + std::string(type.substr(0, 40)) + "`";
    return walk.wrong("invalid_value", path, found, "one of a type such as image/png");
  }
  return begins_as_base64(content) ||
         walk.wrong("invalid_value", path, content.empty() ? "no data" : "data that is no base64", "base64");
}

void guess_type(MediaPart& file) {
  const bool is_pdf = file.content.raw.ends_with(".pdf") || file.name.raw.ends_with(".pdf");
  if (file.media_type.raw.empty() && is_pdf) file.media_type = {"application/pdf", false};
}

}  // namespace gateway
