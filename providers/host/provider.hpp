// A host that answers inference requests, and one exchange with it. Interfaces: the HTTP host, a test's
// script, later a hedge around two others. Belong to one data loop.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "providers/credentials/key_allowance.hpp"
#include "providers/dialect/dialect.hpp"
#include "providers/loop/task.hpp"
#include "providers/net/connection.hpp"
#include "providers/net/result.hpp"
#include "routing/terms/outcome.hpp"

namespace providers {

enum class ContentKind { json, event_stream, other };

// What the head of a host's reply says, as far as anybody needs it.
struct HostReply {
  int status = 0;
  ContentKind content = ContentKind::other;
  std::optional<config::Duration> retry_after{};
  std::optional<double> headroom{};  // share of the rate limit left
  RateLimits limits{};
  // Of a refusal, where the host says its time: how far this machine's clock is ahead of it.
  std::optional<config::Duration> clock_ahead{};
  // Of a refusal of Amazon's: who asks is known, and may not do this.
  bool is_known_and_refused = false;

  // That the clock is wrong, where it is by so much that credentials are refused for it; else empty.
  std::string clock_words() const;
};

// What is sent to a host. The target and the pieces of the body must stay until start() has returned.
struct OutgoingRequest {
  std::string_view method = "POST";
  const Dialect* dialect = nullptr;  // in which it is said; never null
  std::string_view target;           // behind the path of the base URL
  Pieces body{};
  std::string_view traceparent;  // checked; empty for none
  // In place of the dialect's own fields: lines, each with its line's end in front, checked; empty: the
  // dialect's.
  std::string_view fields{};
  KeyPermit* permit = nullptr;  // of the key that it is asked with; null: any
};

// One request and its reply. Dropping it before the reply's end closes the connection.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // Sends the request and waits for the head of the reply. `request` must outlive the returned task.
  virtual Task<Result<HostReply>> start(OutgoingRequest& request) = 0;
  // The next piece of the reply's body; empty at its complete end. Valid until the next call.
  virtual Task<Result<std::string_view>> next() = 0;
  // The same, where nothing need be waited for. Nothing: it is to be waited for by next().
  virtual std::optional<Result<std::string_view>> next_now() { return std::nullopt; }
  // Ends at once whatever is waited for, with a failure, and closes the connection. Idempotent. Call it last:
  // who waited may end the exchange before it returns.
  virtual void abort() = 0;
  // How far it got, for deciding whether another endpoint may be asked.
  virtual routing::Progress progress() const = 0;
  // Of a start() that failed with FailureKind::tls.
  virtual routing::TlsFault tls_fault() const = 0;
  // How often the request was written once more because its host had closed a kept connection meanwhile. What
  // the host did with what it got first is not known.
  virtual int repeats() const { return 0; }
  // Of a start() that failed, where there is more to say than how: words that may be shown; else empty.
  virtual std::string_view why() const { return {}; }
};

class Provider {
 public:
  virtual ~Provider() = default;
  virtual std::unique_ptr<Exchange> begin() = 0;
  // Requests are likely to come soon: what can be done ahead is done now, by itself. `self` is this one.
  virtual void keep_ready(std::shared_ptr<Provider> self) { (void)self; }
};

}  // namespace providers
