// A collector of OpenTelemetry, and one POST to it after the other, over HTTP or TLS as all other calls of
// the program go out. Blocks for as long as a post may take: for a thread of its own.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gateway/trace/otlp_settings.hpp"
#include "providers/host/http_provider.hpp"
#include "providers/loop/wheel.hpp"
#include "providers/net/names.hpp"
#include "providers/net/resolver.hpp"

namespace gateway {

struct Posted {
  int status = 0;                                     // 0: no answer
  std::optional<std::chrono::seconds> retry_after{};  // as the collector asked
  std::uint64_t rejected = 0;                         // spans or numbers that it did not want
  std::string problem{};                              // in words, where it was not taken
};

// How many a reply in JSON says were not taken.
std::uint64_t rejected_in(std::string_view reply);

class Collector {
 public:
  explicit Collector(const OtlpSettings& to);
  Posted post(const std::string& body);
  // What is posted ends at once, and so does what comes later. From any thread.
  void abort();

 private:
  providers::Task<Posted> posting(const std::string& body);

  const config::ProviderSettings settings_;
  const std::string fields_;
  const bool is_packed_;
  const std::chrono::milliseconds timeout_;
  std::atomic<bool> is_aborted_{false};
  boost::asio::io_context io_{1};
  providers::Wheel timer_{io_};
  providers::SystemNames names_;
  providers::Resolver resolver_{io_, timer_, names_};
  providers::HttpProvider host_{settings_, io_, timer_, resolver_};
  std::unique_ptr<providers::Exchange> exchange_;  // under way
};

}  // namespace gateway
