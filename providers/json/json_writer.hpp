// Writes compact JSON behind what a text already holds. The commas come by themselves; that what is begun is
// ended, and that keys stand only in objects, is the caller's business. Pure.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/values/reserve_ahead.hpp"
#include "providers/json/json_text.hpp"

namespace providers {

class JsonWriter {
 public:
  // `out` must outlive the writer. Others may write into it as well, whole values of a container at a time.
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  // Not escaped: for names that stand in the source.
  JsonWriter& key(std::string_view name) {
    comma();
    out_.append(1, '"').append(name).append("\":");
    is_first_ = true;
    return *this;
  }

  // As it stands in the text it came from: nothing is decoded or escaped again.
  void string(const JsonString& text) {
    comma();
    make_room(text.raw.size());
    out_.append(1, '"').append(text.raw).append(1, '"');
  }
  // UTF-8 that is no JSON yet.
  void plain(std::string_view text) {
    comma();
    make_room(text.size());
    out_ += '"';
    append_escaped(out_, text);
    out_ += '"';
  }
  // A whole value.
  void raw(std::string_view json) {
    comma();
    make_room(json.size());
    out_.append(json);
  }
  void integer(std::int64_t value) {
    char digits[20];
    raw({digits,
         static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, value).ptr - digits)});
  }
  void boolean(bool value) { raw(value ? "true" : "false"); }

 private:
  void make_room(std::size_t bytes) {
    constexpr std::size_t signs = 16;  // around it, and what stands between two texts
    config::reserve_ahead(out_, out_.size() + bytes + signs);
  }
  void comma() {
    if (!is_first_) out_ += ',';
    is_first_ = false;
  }
  void open(char bracket) {
    comma();
    out_ += bracket;
    is_first_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    is_first_ = false;
  }

  std::string& out_;
  bool is_first_ = true;  // nothing stands before the next item in its container
};

}  // namespace providers
