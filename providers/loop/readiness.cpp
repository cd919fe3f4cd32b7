#include "providers/loop/readiness.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <cassert>
#include <cerrno>

namespace providers {

namespace asio = boost::asio;

Readiness::Readiness(asio::execution_context& loop)
    : service(loop), loop_(static_cast<asio::io_context&>(loop)), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw boost::system::system_error(errno, boost::system::system_category(), "epoll_create1");
  waited_for_.emplace(loop_.get_executor(), epoll_);
}

Readiness::~Readiness() = default;

bool Readiness::add(int socket, Party& party) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &party}};
  if (!waited_for_ || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) return false;
  parties_.push_back(party);
  return true;
}

void Readiness::remove(Party& party) {
  for (std::size_t i = next_; i < count_; ++i) {
    if (events_[i].data.ptr == &party) events_[i].data.ptr = nullptr;
  }
  static_cast<ListHook&>(party).unlink();
  party.soon_.unlink();
}

void Readiness::soon(Party& party) {
  if (!waited_for_) return;
  if (!party.soon_.is_linked()) soon_.push_back(party);
  if (!telling_) go_on_later();
}

void Readiness::begin_wait() {
  if (waits_++ == 0 && !telling_) arm();
}

void Readiness::end_wait() {
  assert(waits_ > 0);
  // Without this the io_context would have something to wait for that nobody wants.
  if (--waits_ == 0 && armed_ && waited_for_) waited_for_->cancel();
}

void Readiness::arm() {
  if (armed_ || !waited_for_) return;
  armed_ = true;
  waited_for_->async_wait(asio::posix::descriptor_base::wait_read, [this](boost::system::error_code) {
    armed_ = false;
    if (!telling_) tell();
  });
}

void Readiness::go_on_later() {
  telling_ = true;
  asio::post(loop_, [this] { tell(); });
}

void Readiness::tell() {
  // Who is told may throw: the rest is told nevertheless, later.
  struct Settled {
    Readiness& readiness;
    ~Settled() { readiness.settle(); }
  } const settled{*this};
  telling_ = true;
  if (next_ == count_) {
    const int fetched = ::epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), 0);
    next_ = 0;
    count_ = fetched < 0 ? 0 : static_cast<std::size_t>(fetched);
  }
  while (next_ < count_) {
    const epoll_event event = events_[next_++];
    if (event.data.ptr != nullptr) static_cast<Party*>(event.data.ptr)->ready(event.events);
  }
  // Whoever asks meanwhile is told after everything else on the loop had its turn.
  if (now_.empty()) now_.swap(soon_);
  while (!now_.empty()) {
    Party& party = now_.front();
    now_.pop_front();
    party.ready(0);
  }
}

void Readiness::settle() {
  telling_ = false;
  if (next_ < count_ || !now_.empty() || !soon_.empty()) {
    go_on_later();
  } else if (waits_ > 0) {
    arm();
  }
}

void Readiness::shutdown() {
  waited_for_.reset();  // closes the epoll
  count_ = next_ = 0;
  const auto abandon = [](auto& list) {
    while (!list.empty()) {
      Party& party = list.front();
      list.pop_front();
      party.abandoned();
    }
  };
  abandon(parties_);
  abandon(now_);
  abandon(soon_);
}

}  // namespace providers
