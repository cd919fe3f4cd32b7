#include "providers/json/json_tokens.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <new>

namespace providers {
namespace {

constexpr std::size_t least_capacity = 16 * 1024;
constexpr std::size_t most_kept = 1024 * 1024;  // four bytes of index for each

}  // namespace

struct JsonTokens::Finder {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
};

JsonTokens::JsonTokens() : finder_(std::make_unique<Finder>()) {}
JsonTokens::~JsonTokens() = default;
JsonTokens::JsonTokens(JsonTokens&&) noexcept = default;
JsonTokens& JsonTokens::operator=(JsonTokens&&) noexcept = default;

// Only the first stage of simdjson is used, which is chosen for the CPU at run time. Its On-Demand front end
// is not: compiled for any x86-64 it falls back to byte-wise code, and it does not validate what it skips.
JsonTokens::Found JsonTokens::find(std::string_view text) {
  offsets_ = {};
  auto& stage = finder_->stage;
  if (!stage || stage->capacity() < text.size()) {
    const std::size_t capacity = std::max(least_capacity, std::bit_ceil(text.size()));
    stage.reset();
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, stage)) {
      throw std::bad_alloc();
    }
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  switch (stage->stage1(bytes, text.size(), simdjson::stage1_mode::regular)) {
    case simdjson::SUCCESS:
      offsets_ = {stage->structural_indexes.get(), stage->n_structural_indexes + 1};
      return Found::tokens;
    case simdjson::UTF8_ERROR:
      return Found::bad_utf8;
    case simdjson::UNCLOSED_STRING:
      return Found::unclosed_string;
    case simdjson::UNESCAPED_CHARS:
      return Found::control_character;
    default:
      return Found::nothing;
  }
}

void JsonTokens::shrink() {
  if (!finder_->stage || finder_->stage->capacity() <= most_kept) return;
  finder_->stage.reset();
  offsets_ = {};
}

}  // namespace providers
