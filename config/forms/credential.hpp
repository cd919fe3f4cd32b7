// Where a credential comes from: "${NAME}" or "${file:/path}". Never the text itself: configurations are
// copied, mailed and committed. No problem here ever shows a secret.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/forms/form.hpp"
#include "config/values/secret.hpp"

namespace config {

struct Credential {
  Secret secret;       // empty: the variable or file is not there
  std::string source;  // "${NAME}"
};

// Whether a variable or file that is not there is a problem already when it is read.
enum class Absence { refused, accepted };
// A key has no white space and is not short; a text is one line; a document is any text.
enum class Holds { key, text, document };

struct CredentialForm {
  using Value = Credential;
  Absence absence = Absence::refused;
  Holds holds = Holds::key;
  std::optional<Credential> read(const Node& node) const;
  JsonMembers schema() const;
};

// Whether a text is "${...}", and so names something.
bool is_reference(std::string_view text);
// What `reference` names; it stands in the text of `node`, where problems are reported.
std::optional<Credential> named_credential(const Node& node, const std::string& reference, Absence absence,
                                           Holds holds);
// Reports a credential that could not be found; `node` is what was read.
void refuse_absent(const Node& node);
void refuse_absent(const Node& node, const std::string& reference);

}  // namespace config
