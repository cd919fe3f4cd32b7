// Bodies that clients send compressed, made what they stand for. What unpacks to more than may come is
// refused as soon as it does. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/http/http_gate.hpp"

namespace gateway {

enum class ContentCoding { identity, gzip, zstd };

// By the field's value; nothing where it is another one, or more than one.
std::optional<ContentCoding> content_coding_of(std::string_view value);

// That there is no memory for what comes.
Refusal no_room_for_body();

// Whether memory for so many bytes of the result may be taken.
using Grow = std::function<bool(std::size_t bytes)>;

// At most `most` bytes. Memory follows what is unpacked.
std::variant<std::string, Refusal> unpacked(ContentCoding coding, std::string_view body, std::size_t most,
                                            const Grow& grow);

}  // namespace gateway
