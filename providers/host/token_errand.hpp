// Fetches access tokens over HTTP, for the loop that was told to. Belongs to one data loop; kept by whoever
// fetches until that is over.
#pragma once

#include <memory>
#include <string>

#include "providers/host/access.hpp"
#include "providers/host/http_provider.hpp"

namespace providers {

class TokenErrand : public std::enable_shared_from_this<TokenErrand> {
 public:
  // `io`, `timer` and `resolver` must outlive it.
  TokenErrand(std::shared_ptr<Access> access, boost::asio::io_context& io, Timer& timer, Resolver& resolver);

  // Begins to fetch one, and tells the access what came of it. Nobody has to wait.
  void begin();

 private:
  Task<void> fetch();
  // Empty where it was fetched, else why not.
  Task<std::string> ask();

  const std::shared_ptr<Access> access_;
  const config::ProviderSettings settings_;  // of who gives tokens
  boost::asio::io_context& io_;
  Timer& timer_;
  HttpProvider host_;
};

}  // namespace providers
