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

// true, false, or where a server is that only machines of one cloud reach.
struct MachineServerForm {
  using Value = std::optional<BaseUrl>;
  BaseUrl usual;  // where it is when `true` is all that is said
  std::optional<Value> read(const Node& node) const;
  JsonMembers schema() const;
};

// A certificate to show. Who means a switch for TLS is told what is one.
struct ShownForm : Mapping<ClientCertificate> {
  std::optional<ClientCertificate> read(const Node& node) const;
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
const Fields<ClientCertificate>& client_certificate_fields();

// Keys in a list: of those that are not there nothing is kept, and the limits stay with the others.
void check_key_list(const Node& node, ProviderSettings& provider);
// Of the clouds' ways to say who asks.
void check_cloud_access(const Node& node, ProviderSettings& provider);
// What cannot work at the address of a cloud that is known, and what follows from that address.
void check_cloud_place(const Node& node, ProviderSettings& provider);
// What no handshake could use is refused while the last good configuration still serves.
void check_tls(const Node& node, const ProviderSettings& provider);

// In which words a host is told to think, where nothing says it.
void check_reasoning_switch(const Node& node, ProviderSettings& provider);
// Whether it is told what was thought before, and as what, where nothing says it.
void check_earlier_thinking(const Node& node, ProviderSettings& provider);
void check_inference_geo(const Node& node, const ProviderSettings& provider);

// A variable of the environment that is set, and not empty.
std::optional<Secret> of_environment(const Node& node, const char* name);

// The rules between them, and what the environment says where the file does not.
void check_access(const Node& node, ProviderSettings& provider);

}  // namespace config
