// The extensions of one chunk, byte by byte, by the grammar of RFC 9112, section 7.1.1:
// *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] ). What they say means nothing here; but what
// is none must not pass, since another reader may end the line elsewhere. Belongs to one message.
#pragma once

namespace providers {

class ChunkExtension {
 public:
  // Begins with the first byte behind the size. False: the byte cannot stand here.
  bool take(char byte);
  // Whether the line may end here.
  bool is_whole() const {
    return at_ == At::nowhere || at_ == At::name || at_ == At::value || at_ == At::behind;
  }
  void begin_again() { at_ = At::nowhere; }

 private:
  enum class At {
    nowhere,
    before_semicolon,
    before_name,
    name,
    before_equals,
    before_value,
    value,
    quoted,
    escaped,
    behind
  };

  bool between(char byte);

  At at_ = At::nowhere;
};

}  // namespace providers
