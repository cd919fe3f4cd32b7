#include <algorithm>

#include "config/values/settings.hpp"

namespace config {
namespace {

// "production", "2024-10-21": a word or a day that stands in the file itself. Hosts say such in errors that
// have nothing to do with it, and who takes it out of them hides what went wrong.
bool is_said_by_many(std::string_view text) {
  constexpr std::size_t longest_word = 16, day = 10;
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_of_day = [](char c) { return (c >= '0' && c <= '9') || c == '-'; };
  if (text.size() <= longest_word && std::ranges::all_of(text, is_small)) return true;
  const std::string_view rest = text.substr(std::min(day, text.size()));
  return text.size() >= day && text[4] == '-' && text[7] == '-' &&
         std::ranges::all_of(text.substr(0, day), is_of_day) && (rest.empty() || rest == "-preview");
}

}  // namespace

bool is_without_credential(const ProviderSettings& provider) {
  const AccessSettings& access = provider.access;
  if (access.aws) return access.aws->is_absent;
  if (access.google) return access.google->is_absent;
  if (access.entra) {
    const EntraAccess& entra = *access.entra;
    return !entra.managed_identity && entra.token_file.empty() && entra.client_secret.empty();
  }
  return provider.credential.empty();
}

std::vector<const Secret*> secrets_of(const ProviderSettings& provider) {
  const AccessSettings& access = provider.access;
  std::vector<const Secret*> secrets{&provider.credential};
  for (const Secret& each : access.more_keys) secrets.push_back(&each);
  if (access.aws) {
    secrets.insert(secrets.end(),
                   {&access.aws->access_key_id, &access.aws->secret_access_key, &access.aws->session_token});
  }
  if (access.google) secrets.insert(secrets.end(), {&access.google->file, &access.google->private_key});
  if (access.entra) secrets.push_back(&access.entra->client_secret);
  if (access.proxy) secrets.push_back(&access.proxy->authorization);
  for (const NamedTexts* texts : {&access.headers, &access.query}) {
    for (const NamedText& each : *texts) {
      if (!each.named.empty()) secrets.push_back(&each.named);
      if (each.named.empty() && !is_said_by_many(each.text.reveal())) secrets.push_back(&each.text);
    }
  }
  return secrets;
}

}  // namespace config
