#include "providers/credentials/token_request.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "providers/credentials/digest.hpp"
#include "providers/json/json_walk.hpp"
#include "providers/json/json_writer.hpp"

namespace providers {
namespace {

constexpr std::string_view scope = "https://www.googleapis.com/auth/cloud-platform";
constexpr std::int64_t life = 3'600;  // seconds

std::string address_of(const config::BaseUrl& url) {
  const bool is_https = url.scheme == config::BaseUrl::Scheme::https;
  std::string text = is_https ? "https://" : "http://";
  text += url.host;
  if (url.port != (is_https ? 443 : 80)) text += ":" + std::to_string(url.port);
  return text + url.path;
}

std::optional<std::string> rs256(std::string_view pem, std::string_view text) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  // A key under a password is none: nobody is asked for one.
  const auto no_password = [](char*, int, int, void*) { return 0; };
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(bytes.get(), nullptr, no_password, nullptr), EVP_PKEY_free);
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return std::nullopt;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* const data = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1) return std::nullopt;
  if (EVP_DigestSign(context.get(), nullptr, &size, data, text.size()) != 1) return std::nullopt;
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data,
                     text.size()) != 1) {
    return std::nullopt;
  }
  signature.resize(size);
  return signature;
}

std::string form_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-._~").find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', "0123456789ABCDEF"[byte >> 4], "0123456789ABCDEF"[byte & 15]});
  }
  return out;
}

}  // namespace

std::optional<std::string> signed_assertion(const config::GoogleAccess& account, config::WallTime now) {
  const std::int64_t issued =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  std::string header, claims;
  JsonWriter head(header);
  head.begin_object();
  head.key("alg").plain("RS256");
  head.key("typ").plain("JWT");
  if (!account.key_id.empty()) head.key("kid").plain(account.key_id);
  head.end_object();
  JsonWriter json(claims);
  json.begin_object();
  json.key("iss").plain(account.email);
  json.key("scope").plain(scope);
  json.key("aud").plain(address_of(account.token_url));
  json.key("iat").integer(issued);
  json.key("exp").integer(issued + life);
  json.end_object();
  std::string text = base64_of(header, Letters::url) + "." + base64_of(claims, Letters::url);
  const auto signature = rs256(account.private_key.reveal(), text);
  if (!signature) return std::nullopt;
  return text + "." + base64_of(*signature, Letters::url);
}

std::string assertion_form(std::string_view assertion) {
  return "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" +
         std::string(assertion);
}

std::string client_credentials_form(const config::EntraAccess& application) {
  return "grant_type=client_credentials&client_id=" + form_encoded(application.client_id) +
         "&client_secret=" + form_encoded(application.client_secret.reveal()) +
         "&scope=" + form_encoded(application.scope);
}

std::string workload_form(const config::EntraAccess& application, std::string_view token) {
  return "grant_type=client_credentials&client_id=" + form_encoded(application.client_id) +
         "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
         "&client_assertion=" +
         form_encoded(token) + "&scope=" + form_encoded(application.scope);
}

std::string web_identity_form(const config::AwsAccess& role, std::string_view token) {
  return "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=isocost&RoleArn=" +
         form_encoded(role.role) + "&WebIdentityToken=" + form_encoded(token);
}

// Scopes end in what says "all that is consented to"; a machine's server wants what they are of.
std::string managed_identity_target(const config::EntraAccess& identity) {
  std::string_view resource = identity.scope;
  constexpr std::string_view all = "/.default";
  if (resource.ends_with(all)) resource.remove_suffix(all.size());
  std::string target = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=";
  target += form_encoded(resource);
  if (!identity.client_id.empty()) target += "&client_id=" + form_encoded(identity.client_id);
  return target;
}

GivenToken read_token(std::string_view body, JsonTokens& tokens) {
  GivenToken given;
  std::string error, description;
  std::int64_t seconds = 0;
  JsonWalk walk(tokens, body);
  const auto text = [&](std::string& into) {
    const auto found = walk.string();
    if (found) into = found->text();
    return found.has_value();
  };
  const bool is_read = walk.ok() && walk.type() == JsonType::object &&
                       walk.object([&](const JsonString& key) {
                         const bool is_text = walk.type() == JsonType::string;
                         if (is_text && key.is("access_token")) return text(given.token);
                         if (is_text && key.is("error")) return text(error);
                         if (is_text && key.is("error_description")) return text(description);
                         // A text at Azure's machines.
                         if (is_text && key.is("expires_in")) {
                           const auto said = walk.string();
                           if (said) seconds = JsonNumber{said->raw}.whole().value_or(0);
                           return said.has_value();
                         }
                         if (key.is("expires_in") && walk.type() == JsonType::number) {
                           const auto number = walk.number();
                           if (number) seconds = number->whole().value_or(0);
                           return number.has_value();
                         }
                         return walk.skip();
                       }) &&
                       walk.finish();
  const auto fits = [](char c) { return c > ' ' && c < 0x7f; };
  const bool is_token =
      !given.token.empty() && given.token.size() <= 7'000 && std::ranges::all_of(given.token, fits);
  if (is_read && is_token && seconds > 0) {
    given.life = std::chrono::seconds(std::min<std::int64_t>(seconds, 24 * 3'600));
    return given;
  }
  given.token.clear();
  given.why_not = !error.empty() ? error + (description.empty() ? "" : ": " + description)
                                 : "what came is no access token";
  return given;
}

}  // namespace providers
