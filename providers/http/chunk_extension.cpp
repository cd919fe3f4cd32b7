#include "providers/http/chunk_extension.hpp"

#include "providers/http/http_fields.hpp"

namespace providers {
namespace {

bool is_space(char byte) {
  return byte == ' ' || byte == '\t';
}

bool is_token_byte(char byte) {
  return is_token_text({&byte, 1});
}

// What may stand within quotes, or behind a backslash there.
bool is_quotable(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  return byte == '\t' || (code >= 0x20 && code != 0x7f);
}

}  // namespace

// Behind a name or a value, or before any: white space, or the semicolon of the next one.
bool ChunkExtension::between(char byte) {
  if (byte == ';') return at_ = At::before_name, true;
  return at_ = At::before_semicolon, is_space(byte);
}

bool ChunkExtension::take(char byte) {
  switch (at_) {
    case At::nowhere:
    case At::before_semicolon:
    case At::behind:
      return between(byte);
    case At::before_name:
      if (is_space(byte)) return true;
      return at_ = At::name, is_token_byte(byte);
    case At::name:
      if (is_token_byte(byte)) return true;
      [[fallthrough]];
    case At::before_equals:
      if (byte == '=') return at_ = At::before_value, true;
      if (byte == ';') return at_ = At::before_name, true;
      return at_ = At::before_equals, is_space(byte);
    case At::before_value:
      if (is_space(byte)) return true;
      if (byte == '"') return at_ = At::quoted, true;
      return at_ = At::value, is_token_byte(byte);
    case At::value:
      return is_token_byte(byte) || between(byte);
    case At::quoted:
      if (byte == '"') return at_ = At::behind, true;
      if (byte == '\\') return at_ = At::escaped, true;
      return is_quotable(byte);
    case At::escaped:
      return at_ = At::quoted, is_quotable(byte);
  }
  return false;
}

}  // namespace providers
