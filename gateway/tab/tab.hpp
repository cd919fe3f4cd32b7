// What one request owes: set aside at its quotas before anything is planned for it, settled once, whatever
// way it ends, and entered into the ledger before its client has the last byte. Where there are neither
// quotas nor a ledger it does nothing. Belongs to its request.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "gateway/accounts/books.hpp"
#include "gateway/ledger/entry.hpp"
#include "gateway/observe/record.hpp"
#include "gateway/request/inference.hpp"
#include "gateway/request/interruption.hpp"
#include "gateway/surface/error_reply.hpp"
#include "gateway/tab/worst.hpp"

namespace gateway {

class Reply;

class Tab {
 public:
  // All must outlive it. `till` is null where nothing is counted.
  Tab(DecidingServices& services, Till* till, InferenceRequest& request, Record& record);
  ~Tab();
  Tab(const Tab&) = delete;
  Tab& operator=(const Tab&) = delete;

  // Sets aside what the request may come to. Let::wait: others under way are in the way, and wait() is next.
  // `error` says why it is not let in.
  Let open(Reply& reply, std::optional<ErrorReply>& error);
  // In the order in which requests came, as long as they may wait in line.
  providers::Task<void> wait(Reply& reply, Interruption& interruption, std::optional<ErrorReply>& error);

  // Instead of all that: lowers the request's bound to what its quotas would bear now, and sets nothing
  // aside. What it is lowered to, if it is; and what is in its way, as its client would be told.
  struct Pretended {
    std::optional<std::int64_t> capped{};
    std::string kept_out{};
  };
  Pretended pretend();
  // A host is asked, which is expected to answer with so many tokens.
  void sends(std::size_t attempt, const routing::Endpoint& endpoint, double expected_output);
  // Whether the quotas bear an attempt there: the first, or one beside or after it. `error` says why not.
  bool may_ask(const routing::Endpoint& endpoint, std::optional<ErrorReply>& error);
  // The end: `last` is how the attempt that answers stands, or null where none does.
  void close(const routing::Attempt* last, EntryEnd end, int status);
  bool is_closed() const { return is_closed_; }
  // Whether money is set aside for it.
  bool bounds_money() const { return is_open_ && reservation_.bounds_money; }

 private:
  Asked asked() const;
  void let_in(Reply& reply);
  std::optional<std::int64_t> cap();
  std::optional<std::int64_t> most_borne() const;
  bool remember(std::optional<ErrorReply>& error);
  void write_entry_of(EntryView& entry, EntryEnd end, int status, config::TimePoint now);

  DecidingServices& services_;
  InferenceRequest& request_;
  Record& record_;
  Till* const till_;
  Worst worst_{};
  Reservation reservation_{};
  std::uint32_t place_;
  std::array<float, 16> expected_{};  // tokens of each attempt's answer
  std::int64_t expected_nanos_ = 0;
  bool is_open_ = false, is_closed_ = false;
};

}  // namespace gateway
