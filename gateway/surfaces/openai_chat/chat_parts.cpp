#include "gateway/surfaces/openai_chat/chat_parts.hpp"

#include <string>
#include <utility>

#include "gateway/surface/body_values.hpp"
#include "gateway/surface/media_values.hpp"

namespace gateway {
namespace {

using providers::Conversation;
using providers::JsonString;
using providers::JsonType;
using providers::MediaPart;
using providers::Part;
using providers::Text;
using providers::TextPart;

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
      add_beyond(conversation_, path.text(), providers::Weight::need);
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
    guess_type(media);
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
