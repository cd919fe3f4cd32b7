// One small page of a host, for those who look at hosts and do not serve by them. Belongs to one loop.
#pragma once

#include <optional>
#include <string>

#include "providers/host/http_provider.hpp"

namespace providers {

struct HostPage {
  int status = 0;                                 // 0: no reply came
  std::string body{};                             // as much of it as was wanted
  std::optional<routing::FailureKind> failure{};  // why no reply came, or its body did not
  routing::TlsFault tls = routing::TlsFault::none;
  std::string why{};  // where there is more to say
};

struct PageWanted {
  std::string target;  // behind the path of the base URL
  config::Duration limit = std::chrono::seconds(1);
  std::size_t most_bytes = 1 << 20;
};

// `host` and `timer` must outlive the task.
Task<HostPage> host_page(HttpProvider& host, Timer& timer, PageWanted wanted);

}  // namespace providers
