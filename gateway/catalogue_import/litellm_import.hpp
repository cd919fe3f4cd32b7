// A configuration out of a LiteLLM proxy's, with comments where something was assumed, and what could not be
// carried over. No key is copied. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/catalogue_import/agree.hpp"
#include "gateway/catalogue_import/litellm_host.hpp"
#include "gateway/catalogue_import/litellm_proxy.hpp"

namespace gateway {

struct LitellmSources {
  Variable variable;                                        // addresses and the master key alone
  std::function<std::string(std::string_view key)> sha256;  // in hexadecimal digits
  std::vector<CatalogueRow> prices{};  // out of public lists; none: as far as the file says
};

struct LitellmImport {
  std::string text;  // YAML
  std::size_t models = 0;
  std::size_t endpoints = 0;
  std::vector<std::string> notes;  // "gpt-4o at azure/…: …", for people
};

LitellmImport imported_from_litellm(const LitellmProxy& proxy, const LitellmSources& sources);

}  // namespace gateway
