// The forms of how hosts are reached and told who asks. See form.hpp.
#pragma once

#include <optional>

#include "config/forms/form.hpp"
#include "config/values/settings.hpp"

namespace config {

struct BaseUrlForm {
  using Value = BaseUrl;
  std::optional<BaseUrl> read(const Node& node) const;
  JsonMembers schema() const {
    return {{"type", json_string("string")}, {"pattern", json_string(R"(^https?://[^@?#\s]+$)")}};
  }
};

// Texts by names that go into a head.
struct TextsForm {
  using Value = NamedTexts;
  enum class Of { headers, query };
  Of of;
  std::optional<NamedTexts> read(const Node& node) const;
  JsonMembers schema() const {
    return {{"type", json_string("object")},
            {"additionalProperties", json_object({{"type", json_string("string")}})}};
  }
};

// An address, a variable that holds one, or `none`.
struct ProxyForm {
  using Value = std::optional<ProxySettings>;
  std::optional<std::optional<ProxySettings>> read(const Node& node) const;
  JsonMembers schema() const { return {{"type", json_string("string")}}; }
};

const Fields<AwsAccess>& aws_fields();
const Fields<GoogleAccess>& google_fields();
const Fields<EntraAccess>& entra_fields();

// The rules between them, and what the environment says where the file does not.
void check_access(const Node& node, ProviderSettings& provider);

}  // namespace config
