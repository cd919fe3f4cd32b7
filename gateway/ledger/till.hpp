// Where the requests of one data loop pay: the books of all loops, the loop's own journal, and its requests
// that wait for others to end. Belongs to its loop, but for ring().
#pragma once

#include <boost/intrusive/list.hpp>
#include <functional>
#include <string>

#include "gateway/accounts/books.hpp"
#include "gateway/ledger/ledger.hpp"
#include "providers/loop/timer.hpp"

namespace gateway {

// A request that waits for room in its quotas.
struct InLine : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  Waiting waiting;
  providers::Sleep sleep;
};

class Till final : public Bell {
 public:
  // `post` runs something on the loop's thread; called from any. `ledger` may be null: nothing is kept.
  using Post = std::function<void(std::function<void()>)>;
  Till(Books& all, Ledger* keeper, std::size_t loop, providers::Timer& timer, Post post)
      : books(all),
        ledger(keeper),
        journal(keeper ? &keeper->journal(loop) : nullptr),
        timer_(timer),
        post_(std::move(post)) {}

  Books& books;
  Ledger* const ledger;
  Journal* const journal;
  std::string scratch{};  // used only between two waits

  // Who waits is woken once the books have called it, or let nobody in for so long.
  void add(InLine& place) {
    if (line_.empty()) timer_.set(regular_, timer_.now() + look_every);
    line_.push_back(place);
    ++size_;
  }
  void remove(InLine& place) {
    place.unlink();
    --size_;
  }
  std::size_t waiting() const { return size_; }

  void ring() override;

 private:
  static constexpr config::Duration look_every = std::chrono::milliseconds(25);

  void wake_called();
  // Of the timer: a window may have begun anew.
  void look();

  struct Regular final : providers::Alarm {
    explicit Regular(Till& of) : till(of) {}
    void ring() override { till.look(); }
    Till& till;
  };

  providers::Timer& timer_;
  Regular regular_{*this};
  Post post_;
  boost::intrusive::list<InLine, boost::intrusive::constant_time_size<false>> line_;
  std::size_t size_ = 0;
};

}  // namespace gateway
