// The texts that names of each domain can have, so that a misspelt one is found when a policy is loaded.
// A value; made once per load.
#pragma once

#include <string>
#include <vector>

#include "config/values/settings.hpp"
#include "routing/language/fact.hpp"

namespace routing {

class Vocabulary {
 public:
  // Knows the fixed domains only.
  Vocabulary() = default;
  explicit Vocabulary(const config::Settings& settings);

  bool knows(Domain domain, const std::string& text) const;
  // Known words of a domain, for suggestions; empty when any text will do.
  const std::vector<std::string>& words(Domain domain) const;
  // A fixed domain cannot grow with the configuration: a word outside it is an error, not a warning.
  static bool is_fixed(Domain domain);

 private:
  std::vector<std::string> providers_, models_, public_models_, endpoints_, tags_, teams_, keys_;
};

std::string_view to_text(config::Quantization quantization);
std::string_view to_text(config::Feature feature);
// `mon` is the first.
std::string_view weekday_name(std::size_t position);

}  // namespace routing
