#include "providers/host/access.hpp"

namespace providers {
namespace {

Access::Kind kind_of(const config::ProviderSettings& settings) {
  if (settings.access.aws) return Access::Kind::signatures;
  return settings.access.google || settings.access.entra ? Access::Kind::token : Access::Kind::keys;
}

}  // namespace

bool has_access(const config::ProviderSettings& settings) {
  const config::AccessSettings& access = settings.access;
  return access.aws || access.google || access.entra || !access.more_keys.empty();
}

std::shared_ptr<Access> Access::of(const config::ProviderSettings& settings) {
  return has_access(settings) ? std::make_shared<Access>(settings) : nullptr;
}

Access::Access(const config::ProviderSettings& settings)
    : keys(1 + settings.access.more_keys.size()), settings_(settings), kind_(kind_of(settings)) {}

bool Access::fetches() const {
  const auto& aws = settings_.access.aws;
  return kind_ == Kind::token || (aws && aws->source != config::AwsAccess::Source::keys);
}

Credential Access::key(std::size_t index, config::Format format) const {
  const config::Secret& secret = index == 0 ? settings_.credential : settings_.access.more_keys[index - 1];
  return credential_for(settings_, secret, format);
}

}  // namespace providers
