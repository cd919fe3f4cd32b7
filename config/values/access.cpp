#include "config/values/settings.hpp"

namespace config {

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
    for (const NamedText& each : *texts) secrets.push_back(each.named.empty() ? &each.text : &each.named);
  }
  return secrets;
}

}  // namespace config
