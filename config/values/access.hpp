// How hosts are reached and told who asks, beyond one key in a header field. Values.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/values/secret.hpp"

namespace config {

struct BaseUrl {
  enum class Scheme { http, https };
  Scheme scheme = Scheme::https;
  std::string host;  // no brackets around an IPv6 address
  std::uint16_t port = 443;
  std::string path;  // "/v1": no slash at its end; empty for none

  friend auto operator<=>(const BaseUrl&, const BaseUrl&) = default;
};

// Requests are signed for Amazon's services (SigV4).
struct AwsAccess {
  // Where the keys come from: named here, exchanged for the token of a workload, or given to this machine.
  enum class Source { keys, web_identity, instance_role };

  std::string region;               // "us-east-1"
  std::string service = "bedrock";  // as Amazon calls it in the signature; known of some hosts
  Secret access_key_id;
  Secret secret_access_key;
  Secret session_token;  // of temporary keys; empty: none
  Source source = Source::keys;
  std::string role;                 // whose keys a web identity is exchanged for: an ARN
  std::string token_file;           // of the web identity
  std::optional<BaseUrl> issuer{};  // who gives temporary keys; absent: whoever does so usually
  bool is_absent = false;           // nothing says the keys

  friend bool operator==(const AwsAccess&, const AwsAccess&) = default;
};

// A service account of Google's, whose key signs for access tokens, or this machine's own.
struct GoogleAccess {
  Secret file;  // of the account's key, as Google gives it: JSON
  std::string email;
  std::string key_id;
  Secret private_key;  // PEM
  BaseUrl token_url;
  std::optional<BaseUrl> metadata_server{};  // who gives the tokens of this machine's account; no key is used
  bool is_absent = false;

  friend bool operator==(const GoogleAccess&, const GoogleAccess&) = default;
};

// An application of Microsoft Entra's, whose secret or token of a workload is exchanged for access tokens, or
// this machine's own identity.
struct EntraAccess {
  std::string tenant;
  std::string client_id;
  Secret client_secret;
  std::string token_file;                     // of the workload, instead of the secret; empty: none
  std::optional<BaseUrl> managed_identity{};  // who gives the tokens of this machine's identity
  std::string scope = "https://cognitiveservices.azure.com/.default";
  BaseUrl authority{.host = "login.microsoftonline.com", .path = {}};

  friend bool operator==(const EntraAccess&, const EntraAccess&) = default;
};

// What a host is shown that wants to know whom it speaks to: files in PEM form.
struct ClientCertificate {
  std::string certificate;  // with those between it and the root
  std::string key;

  friend bool operator==(const ClientCertificate&, const ClientCertificate&) = default;
};

// Who passes connections on (CONNECT).
struct ProxySettings {
  BaseUrl url;           // http; no path
  Secret authorization;  // "user:password"; empty: none

  friend bool operator==(const ProxySettings&, const ProxySettings&) = default;
};

// A field or a part of a query of one's own. What is said there is mostly a token: nobody is shown it.
struct NamedText {
  std::string name;
  Secret text;
  Secret named;  // what of it stands in a variable or a file; empty: nothing

  friend bool operator==(const NamedText&, const NamedText&) = default;
};
using NamedTexts = std::vector<NamedText>;

struct AccessSettings {
  std::vector<Secret> more_keys;  // beside the provider's credential, each with limits of its own at the host
  std::vector<std::size_t> absent_keys;  // of the list that says them all: those that are not there
  std::optional<AwsAccess> aws{};
  std::optional<GoogleAccess> google{};
  std::optional<EntraAccess> entra{};
  std::optional<ProxySettings> proxy{};
  std::optional<ClientCertificate> tls{};
  NamedTexts headers;             // sent with every request
  NamedTexts query;               // put behind every target
  bool has_absent_texts = false;  // of both: a variable or file that one of them names is not there
  std::string api_version;        // Azure's; empty: it has none

  friend bool operator==(const AccessSettings&, const AccessSettings&) = default;
};

}  // namespace config
