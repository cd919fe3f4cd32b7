// What a TLS connection to a host is made with: whom to trust, and what to show.
#include "config/forms/access_form.hpp"
#include "config/forms/leaf.hpp"
#include "config/values/masked.hpp"

namespace config {
namespace {

void check_pem(const Node& node, const std::string& file, std::string_view holds, std::string_view begin) {
  if (file.empty() || !node.sources().file) return;
  const auto text = node.sources().file(file);
  if (!text) {
    node.error("the file " + in_quotes(file) + " cannot be read",
               "check that it exists and that the gateway may read it");
  } else if (text->find(begin) == std::string::npos) {
    node.error("the file " + in_quotes(file) + " holds no " + std::string(holds),
               "in PEM form it begins with `-----BEGIN `");
  }
}

}  // namespace

std::optional<ClientCertificate> ShownForm::read(const Node& node) const {
  if (node.kind() != Tree::Kind::text) return Mapping::read(node);
  node.error("`tls` is a mapping: the `certificate` and `key` that a host is shown",
             "TLS is spoken where `base_url` begins with https://");
  return std::nullopt;
}

const Fields<ClientCertificate>& client_certificate_fields() {
  using S = ClientCertificate;
  static const Fields<S> fields = {
      .meaning = "a certificate for hosts that ask for one",
      .list = {
          field<S>("certificate", &S::certificate,
                   TextForm{.wanted = "the path of a PEM file", .longest = 4096},
                   "The certificate, and behind it those between it and the root.", Need::required),
          field<S>("key", &S::key, TextForm{.wanted = "the path of a PEM file", .longest = 4096},
                   "Its private key, without a password.", Need::required),
      }};
  return fields;
}

void check_tls(const Node& node, const ProviderSettings& provider) {
  if (provider.ca_file) check_pem(node["ca_file"], *provider.ca_file, "certificate", "-----BEGIN ");
  const auto& tls = provider.access.tls;
  if (!tls) return;
  check_pem(node["tls"]["certificate"], tls->certificate, "certificate", "-----BEGIN CERTIFICATE-----");
  check_pem(node["tls"]["key"], tls->key, "private key", "PRIVATE KEY-----");
  if (provider.base_url.scheme == BaseUrl::Scheme::http && !provider.base_url.host.empty()) {
    node["tls"].error("over `http` no certificate is shown", "write `https` in `base_url`, or remove this");
  }
}

}  // namespace config
