// Fetches access tokens over HTTP, for the loop that was told to. Belongs to one data loop; kept by whoever
// fetches until that is over.
#pragma once

#include <memory>
#include <string>

#include "providers/credentials/token_request.hpp"
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
  // Of who gives tokens.
  struct Call {
    std::string_view method = "POST";
    std::string target{};
    std::string fields{};  // lines, each with its line's end in front
    std::string form{};
  };
  struct Heard {
    int status = 0;
    std::string body{};
    std::string clock{};  // that ours is wrong; empty: it is not
    std::string why{};    // nothing was heard; empty: something was

    bool is_good() const { return why.empty() && status == 200 && !body.empty(); }
    std::string words() const { return why.empty() ? "status " + std::to_string(status) : why; }
  };

  // Each: empty where it was fetched, else why not.
  Task<std::string> ask();
  Task<std::string> ask_amazon(const config::AwsAccess& aws, config::TimePoint limit);
  std::string take(const Heard& heard, GivenToken given);
  Task<Heard> ask_for(const Call& call, config::TimePoint limit);

  const std::shared_ptr<Access> access_;
  const config::ProviderSettings settings_;  // of who gives tokens
  boost::asio::io_context& io_;
  Timer& timer_;
  HttpProvider host_;
};

}  // namespace providers
