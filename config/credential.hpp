// Where a credential comes from: "${NAME}" or "${file:/path}". Never the text itself: configurations are
// copied, mailed and committed. No problem here ever shows a secret.
#pragma once

#include <optional>

#include "config/form.hpp"
#include "config/secret.hpp"

namespace config {

struct Credential {
  Secret secret;
  std::string source;  // "${NAME}"
};

struct CredentialForm {
  using Value = Credential;
  std::optional<Credential> read(const Node& node) const;
  JsonMembers schema() const;
};

}  // namespace config
