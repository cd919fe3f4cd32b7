#include "providers/host/request_heads.hpp"

#include <stdexcept>

#include "providers/host/credential.hpp"
#include "providers/http/outgoing_field.hpp"

namespace providers {
namespace {

// A target may name the model: a host with more of them has the rare ones built anew.
constexpr std::size_t most_heads = 64;

std::string host_field(const config::BaseUrl& url) {
  const bool is_v6 = url.host.find(':') != std::string::npos;
  std::string text = is_v6 ? "[" + url.host + "]" : url.host;
  const std::uint16_t usual = url.scheme == config::BaseUrl::Scheme::https ? 443 : 80;
  if (url.port != usual) text += ":" + std::to_string(url.port);
  return text;
}

std::string built(const config::ProviderSettings& settings, config::Format format,
                  std::span<const HeadField> fields, std::string_view method, std::string_view target) {
  std::string head(method);
  head += ' ';
  Written written = append_target(head, settings.base_url.path + std::string(target));
  head += " HTTP/1.1\r\n";
  const auto field = [&](std::string_view name, std::string_view value) {
    if (append_field(head, name, value) == Written::refused) written = Written::refused;
  };
  field("Host", host_field(settings.base_url));
  const Credential credential = credential_for(settings, format);
  if (!credential.field.empty()) field(credential.field, credential.value);
  for (const HeadField& each : fields) field(each.name, each.value);
  field("Content-Type", "application/json");
  field("Accept", "application/json, text/event-stream");
  field("Accept-Encoding", "identity");
  field("User-Agent", "isocost");
  if (written == Written::refused) {
    throw std::invalid_argument("provider " + settings.name.text +
                                ": its base URL or credential has characters that no HTTP header may have");
  }
  return head + "Content-Length: ";
}

}  // namespace

RequestHeads::RequestHeads(const config::ProviderSettings& settings) : settings_(settings) {
  built(settings, config::Format::chat, {}, "POST", "/");
}

std::shared_ptr<const std::string> RequestHeads::head(const Dialect& dialect, std::string_view target,
                                                      With with) {
  for (const Head& head : heads_) {
    if (head.dialect == &dialect && head.target == target && head.with == with) return head.text;
  }
  const auto fields = with == With::dialects_fields ? dialect.fields() : std::span<const HeadField>();
  if (heads_.size() == most_heads) heads_.erase(heads_.begin());
  heads_.push_back(
      {&dialect, std::string(target), with,
       std::make_shared<const std::string>(built(settings_, dialect.format(), fields, "POST", target))});
  return heads_.back().text;
}

std::shared_ptr<const std::string> RequestHeads::rare(const Dialect& dialect, std::string_view method,
                                                      std::string_view target) const {
  return std::make_shared<const std::string>(
      built(settings_, dialect.format(), dialect.fields(), method, target));
}

}  // namespace providers
