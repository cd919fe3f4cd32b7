// A host that is asked whether it is as configured: its connections, and what it says of its models. Belongs
// to one loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/probe/host_listing.hpp"
#include "providers/host/http_provider.hpp"

namespace gateway {

struct ProbedHost {
  ProbedHost(const config::ProviderSettings& as_said, boost::asio::io_context& io, providers::Timer& timer,
             providers::Resolver& resolver);

  // Asks which models it has, and its engine for its context, where there is such a page.
  providers::Task<void> list(providers::Timer& timer, config::Duration limit);
  // The context that it says `model` has.
  std::optional<std::int64_t> context_of(const std::string& model) const;

  const config::ProviderSettings settings;
  providers::HttpProvider host;
  config::ProviderSettings root_settings;
  std::unique_ptr<providers::HttpProvider> root;  // of an engine of one's own
  std::optional<std::vector<ListedModel>> listed;
  std::string engine_page;  // where its engine says its context
};

}  // namespace gateway
