#include "gateway/generation/listener_tls.hpp"

#include <chrono>

namespace gateway {
namespace {

using providers::TlsServer;

TlsServer::Files files_of(const config::ListenerTls& tls) {
  return {.certificate = tls.certificate,
          .key = tls.key,
          .client_ca = tls.client_ca,
          .is_certificate_required = tls.is_certificate_required,
          .offers_http2 = tls.http2};
}

}  // namespace

void check_listener_tls(const config::Settings& settings, config::WallTime now, config::Problems& problems) {
  if (!settings.tls) return;
  try {
    const TlsServer made(files_of(*settings.tls));
    const auto left = std::chrono::seconds(made.expires() - std::chrono::system_clock::to_time_t(now));
    if (left > std::chrono::days(14)) return;
    const auto days = std::chrono::duration_cast<std::chrono::days>(left).count();
    problems.push_back(
        {.severity = config::Severity::warning,
         .path = "tls.certificate",
         .message = left <= std::chrono::seconds(0)
                        ? "the certificate has ended: no client will take it"
                        : "the certificate ends in " + std::to_string(days) + (days == 1 ? " day" : " days"),
         .suggestion = "put a new one into the same files; it is taken up by itself",
         .excerpt = {}});
  } catch (const TlsServer::Fault& fault) {
    problems.push_back({.path = "tls." + fault.setting,
                        .message = fault.what(),
                        .suggestion = "it must be a file in PEM form that the gateway may read",
                        .excerpt = {}});
  }
}

std::shared_ptr<TlsServer> listener_tls(const config::Settings& settings,
                                        const std::shared_ptr<TlsServer>* running) {
  if (running && (!*running || !settings.tls)) return *running;
  if (!settings.tls) return nullptr;
  TlsServer::Files files = files_of(*settings.tls);
  if (running && (*running)->files() == files) return *running;
  try {
    return std::make_shared<TlsServer>(std::move(files));
  } catch (const TlsServer::Fault&) {
    if (running) return *running;
    throw;
  }
}

}  // namespace gateway
