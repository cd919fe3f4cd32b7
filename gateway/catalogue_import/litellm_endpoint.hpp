// One endpoint as it is written: what its deployment says of it, what lists say, and what had to be assumed.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/catalogue_import/litellm_host.hpp"
#include "gateway/catalogue_import/row.hpp"

namespace gateway {

struct WrittenEndpoint {
  std::string text;  // YAML, without its provider
  std::vector<std::string> notes;
  bool has_price = true;
  std::string why;  // empty, or why it cannot be written
};

WrittenEndpoint litellm_endpoint(const LitellmDeployment& deployment, const LitellmHost& host,
                                 const std::vector<CatalogueRow>& prices);

}  // namespace gateway
