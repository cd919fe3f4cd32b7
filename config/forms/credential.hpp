// Where a credential comes from: "${NAME}" or "${file:/path}". Never the text itself: configurations are
// copied, mailed and committed. No problem here ever shows a secret.
#pragma once

#include <optional>

#include "config/forms/form.hpp"
#include "config/values/secret.hpp"

namespace config {

struct Credential {
  Secret secret;       // empty: the variable or file is not there
  std::string source;  // "${NAME}"
};

// Whether a variable or file that is not there is a problem already when it is read.
enum class Absence { refused, accepted };
// A key has no white space; a document is any text.
enum class Holds { key, document };

struct CredentialForm {
  using Value = Credential;
  Absence absence = Absence::refused;
  Holds holds = Holds::key;
  std::optional<Credential> read(const Node& node) const;
  JsonMembers schema() const;
};

// Reports a credential that could not be found; `node` is what was read.
void refuse_absent(const Node& node);

}  // namespace config
