#include "gateway/surfaces/openai_responses/responses_parts.hpp"

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
    if (walk_.json.type() != JsonType::object) return walk_.wrong_type(path, "an object");
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("type")) return read_text(walk_, at, type_);
      if (key.is("text") || key.is("refusal")) return read_text(walk_, at, text_);
      if (key.is("image_url")) return read_text(walk_, at, address_);
      if (key.is("file_url")) return read_text(walk_, at, address_);
      if (key.is("file_data")) return read_text(walk_, at, data_);
      if (key.is("file_id")) return read_text(walk_, at, id_);
      if (key.is("filename")) return read_text(walk_, at, name_);
      if (key.is("detail")) return read_text(walk_, at, detail_);
      if (key.is("input_audio")) return audio(at);
      return walk_.json.skip();
    });
    return is_read && add(path, parts);
  }

 private:
  bool audio(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("data")) return read_text(walk_, at, data_);
      if (key.is("format")) return read_text(walk_, at, format_);
      return walk_.json.skip();
    });
  }

  bool add(const Path& path, std::vector<Part>& parts) {
    const bool is_text = type_.is("input_text") || type_.is("output_text") || type_.is("text") ||
                         type_.is("refusal") || type_.is("summary_text") || type_.is("reasoning_text");
    if (is_text) {
      parts.push_back({TextPart{text_}});
      return true;
    }
    if (type_.is("input_image")) return image(path, parts);
    if (type_.is("input_file")) return file(path, parts);
    if (type_.is("input_audio")) return sound(path, parts);
    add_beyond(conversation_, path.text(), providers::Weight::need);
    return true;
  }

  bool image(const Path& path, std::vector<Part>& parts) {
    MediaPart media{.kind = MediaPart::Kind::image, .detail = detail_};
    if (!address_.raw.empty()) {
      if (!take_address(walk_, path.member("image_url"), address_, media)) return false;
    } else if (!stored(path, "image_url", media)) {
      return false;
    }
    parts.push_back({media});
    return true;
  }

  bool file(const Path& path, std::vector<Part>& parts) {
    MediaPart media{.kind = MediaPart::Kind::file, .name = name_};
    if (!data_.raw.empty()) {
      if (!take_address(walk_, path.member("file_data"), data_, media)) return false;
      // Base64 alone is taken, too.
      if (media.source == MediaPart::Source::url) media.source = MediaPart::Source::base64;
    } else if (!address_.raw.empty()) {
      if (!take_address(walk_, path.member("file_url"), address_, media)) return false;
    } else if (!stored(path, "file_data", media)) {
      return false;
    }
    guess_type(media);
    parts.push_back({media});
    return true;
  }

  bool sound(const Path& path, std::vector<Part>& parts) {
    if (data_.raw.empty()) {
      return walk_.wrong("missing_member", path.member("input_audio").member("data"), "nothing", "base64");
    }
    MediaPart media{.kind = MediaPart::Kind::audio, .content = data_};
    if (!format_.raw.empty()) {
      media.media_type = {conversation_.own.keep("audio/" + std::string(format_.raw)), format_.escaped};
    }
    parts.push_back({media});
    return true;
  }

  bool stored(const Path& path, std::string_view member, MediaPart& media) {
    if (id_.raw.empty()) {
      return walk_.wrong("missing_member", path.member(member), "nothing", "where it is to be found");
    }
    media.source = MediaPart::Source::id;
    media.content = id_;
    return true;
  }

  BodyWalk& walk_;
  Conversation& conversation_;
  Text type_, text_, address_, data_, id_, name_, detail_, format_;
};

}  // namespace

bool read_item_content(BodyWalk& walk, const Path& path, Conversation& conversation,
                       std::vector<Part>& parts) {
  const auto plain = [&](const Path& at) {
    Text text;
    if (!read_text(walk, at, text)) return false;
    parts.push_back({TextPart{text}});
    return true;
  };
  if (walk.json.type() == JsonType::string) return plain(path);
  if (walk.json.type() != JsonType::array && walk.json.type() != JsonType::null) {
    return walk.wrong_type(path, "a string or an array of parts");
  }
  return walk.array(path, [&](const Path& at) {
    if (walk.json.type() == JsonType::string) return plain(at);
    return PartReader(walk, conversation).read(at, parts);
  });
}

}  // namespace gateway
