#include "providers/host/http_provider.hpp"

#include <stdexcept>

#include "providers/host/http_exchange.hpp"
#include "providers/http/outgoing_field.hpp"

namespace providers {
namespace {

std::string host_field(const config::BaseUrl& url) {
  const bool is_v6 = url.host.find(':') != std::string::npos;
  std::string text = is_v6 ? "[" + url.host + "]" : url.host;
  const std::uint16_t usual = url.scheme == config::BaseUrl::Scheme::https ? 443 : 80;
  if (url.port != usual) text += ":" + std::to_string(url.port);
  return text;
}

// Built once: nothing of a client's head ever reaches a host.
std::string request_head(const config::ProviderSettings& settings) {
  std::string head = "POST ";
  Written written = append_target(head, settings.base_url.path + "/chat/completions");
  head += " HTTP/1.1\r\n";
  const auto field = [&](std::string_view name, std::string_view value) {
    if (append_field(head, name, value) == Written::refused) written = Written::refused;
  };
  field("Host", host_field(settings.base_url));
  if (!settings.credential.empty()) {
    field("Authorization", "Bearer " + std::string(settings.credential.reveal()));
  }
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

HttpProvider::HttpProvider(const config::ProviderSettings& settings, boost::asio::io_context& io,
                           Timer& timer, Resolver& resolver)
    : settings_(settings),
      io_(io),
      timer_(timer),
      resolver_(resolver),
      spare_(boost::asio::use_service<Spare>(io)),
      pool_(timer, static_cast<std::size_t>(settings.limits.max_idle_connections),
            settings.limits.keep_alive),
      head_(request_head(settings)) {
  spare_.add(*this, Spare::Of::hosts);
  if (settings.base_url.scheme == config::BaseUrl::Scheme::https) {
    tls_.emplace(settings.base_url.host, settings.ca_file);
  }
}

std::unique_ptr<Exchange> HttpProvider::begin() {
  return std::make_unique<HttpExchange>(*this);
}

}  // namespace providers
