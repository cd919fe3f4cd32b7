#include "gateway/surfaces/openai_chat/chat_parts.hpp"

#include <string>
#include <utility>

namespace gateway {
namespace {

using providers::Conversation;
using providers::JsonString;
using providers::JsonType;
using providers::MediaPart;
using providers::Part;
using providers::Text;
using providers::TextPart;

// Puts "data:image/png;base64,AAAA" apart, and takes what is no such address as one of the web.
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

class PartReader {
 public:
  PartReader(BodyWalk& walk, Conversation& conversation) : walk_(walk), conversation_(conversation) {}

  bool read(const Path& path, std::vector<Part>& parts) {
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (walk_.json.type() == JsonType::null) return walk_.json.null();
      if (key.is("text")) return text(at);
      if (key.is("refusal")) return text(at);
      if (key.is("image_url")) return image(at);
      if (key.is("input_audio")) return audio(at);
      if (key.is("file")) return file(at);
      if (key.is("cache_control")) return read_cache_control(walk_, at, part_.cache);
      return walk_.json.skip();
    });
    if (!is_read) return false;
    if (is_known_) {
      parts.push_back(std::move(part_));
    } else {
      conversation_.beyond.push_back({path.text(), providers::Weight::need});
    }
    return true;
  }

 private:
  bool text(const Path& path) {
    Text found;
    if (!read_text(walk_, path, found)) return false;
    return know(TextPart{found});
  }

  bool image(const Path& path) {
    MediaPart media{.kind = MediaPart::Kind::image};
    Text url;
    if (walk_.json.type() == JsonType::string) {
      if (!read_text(walk_, path, url)) return false;
    } else if (!walk_.object(path, [&](const JsonString& key, const Path& at) {
                 if (key.is("url")) return read_text(walk_, at, url);
                 if (key.is("detail")) return read_text(walk_, at, media.detail);
                 return walk_.json.skip();
               })) {
      return false;
    }
    return take_address(walk_, path, url, media) && know(media);
  }

  bool audio(const Path& path) {
    MediaPart media{.kind = MediaPart::Kind::audio};
    Text format;
    if (!walk_.object(path, [&](const JsonString& key, const Path& at) {
          if (key.is("data")) return read_text(walk_, at, media.content);
          if (key.is("format")) return read_text(walk_, at, format);
          return walk_.json.skip();
        })) {
      return false;
    }
    if (!format.raw.empty()) {
      media.media_type = {conversation_.own.keep("audio/" + std::string(format.raw)), format.escaped};
    }
    return know(media);
  }

  bool file(const Path& path) {
    MediaPart media{.kind = MediaPart::Kind::file};
    Text data;
    Text id;
    if (!walk_.object(path, [&](const JsonString& key, const Path& at) {
          if (key.is("file_data")) return read_text(walk_, at, data);
          if (key.is("file_id")) return read_text(walk_, at, id);
          if (key.is("filename")) return read_text(walk_, at, media.name);
          return walk_.json.skip();
        })) {
      return false;
    }
    if (data.raw.empty()) {
      media.source = MediaPart::Source::id;
      media.content = id;
      return know(media);
    }
    if (!take_address(walk_, path, data, media)) return false;
    // An address says nothing of the type, a name mostly does.
    const bool is_pdf = media.content.raw.ends_with(".pdf") || media.name.raw.ends_with(".pdf");
    if (media.media_type.raw.empty() && is_pdf) media.media_type = {"application/pdf", false};
    return know(media);
  }

  template <class What>
  bool know(What what) {
    part_.what = std::move(what);
    return is_known_ = true;
  }

  BodyWalk& walk_;
  Conversation& conversation_;
  Part part_;
  bool is_known_ = false;
};

}  // namespace

bool read_content(BodyWalk& walk, const Path& path, Conversation& conversation, std::vector<Part>& parts) {
  const auto plain = [&](const Path& at) {
    Text text;
    if (!read_text(walk, at, text)) return false;
    parts.push_back({TextPart{text}});
    return true;
  };
  if (walk.json.type() == JsonType::string) return plain(path);
  return walk.array(path, [&](const Path& at) {
    if (walk.json.type() == JsonType::string) return plain(at);
    return PartReader(walk, conversation).read(at, parts);
  });
}

}  // namespace gateway
