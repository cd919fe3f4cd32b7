#include "gateway/surfaces/openrouter/finish_word.hpp"

#include "providers/dialect/finish_words.hpp"

namespace gateway {

std::string_view finish_word(std::string_view native) {
  return providers::is_broken_off(native) ? "error" : providers::word_of(providers::end_reason_of(native));
}

}  // namespace gateway
