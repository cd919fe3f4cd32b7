#include "config/forms/service_account.hpp"

#include "config/values/address.hpp"
#include "config/yaml/tree.hpp"

namespace config {

std::optional<std::string> read_service_account(GoogleAccess& account) {
  const std::string text(account.file.reveal());
  // JSON is YAML enough for this.
  const FileText file("service account", text);
  Report report(file);
  const auto tree = parse_tree(file, report);
  if (!tree || report.failed() || tree->kind != Tree::Kind::mapping) {
    return "the file of the service account is no JSON object";
  }
  const auto member = [&](std::string_view name) -> std::string {
    const Tree* const found = tree->find(name);
    return found && found->kind == Tree::Kind::text ? found->text : std::string();
  };
  if (member("type") != "service_account") {
    return "the file is not of a service account: its `type` is another";
  }
  account.email = member("client_email");
  account.key_id = member("private_key_id");
  account.private_key = Secret(member("private_key"));
  if (account.email.empty()) return "the file of the service account has no `client_email`";
  if (account.private_key.reveal().find("-----BEGIN") == std::string_view::npos) {
    return "the file of the service account has no `private_key` in PEM form";
  }
  const std::string token_uri = member("token_uri");
  auto url = parse_base_url(token_uri.empty() ? "https://oauth2.googleapis.com/token" : token_uri);
  if (!std::holds_alternative<BaseUrl>(url)) {
    return "the `token_uri` in the file of the service account is no address";
  }
  account.token_url = std::get<BaseUrl>(std::move(url));
  const bool is_open = account.token_url.scheme == BaseUrl::Scheme::http;
  if (is_open && !is_loopback(account.token_url.host)) {
    return "the `token_uri` in the file of the service account is not encrypted";
  }
  return std::nullopt;
}

}  // namespace config
