#include "providers/net/resolver.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <mutex>

namespace providers {

namespace asio = boost::asio;

// Where answers come to, from threads that may outlive the resolver and its loop.
struct Resolver::Mailbox {
  std::mutex mutex;
  Resolver* resolver = nullptr;  // none once it is gone; only its own thread calls it
};

Resolver::Resolver(asio::io_context& io, Timer& timer, Names& names)
    : io_(io), timer_(timer), names_(names), mailbox_(std::make_shared<Mailbox>()) {
  mailbox_->resolver = this;
}

Resolver::~Resolver() {
  const std::lock_guard lock(mailbox_->mutex);
  mailbox_->resolver = nullptr;
}

void Resolver::ask(const std::string& host, Entry& entry) {
  entry.asking = true;
  if (asking_++ == 0) awaits_answers_.emplace(io_.get_executor());
  names_.ask(host, [mailbox = mailbox_, host](const Names::Found& found) {
    const std::lock_guard lock(mailbox->mutex);
    if (!mailbox->resolver) return;
    asio::post(mailbox->resolver->io_, [mailbox, host, found] {
      // Nobody else ends it: this is its own thread.
      if (mailbox->resolver) mailbox->resolver->answered(host, found);
    });
  });
}

void Resolver::answered(const std::string& host, const Names::Found& found) {
  if (--asking_ == 0) awaits_answers_.reset();
  Entry& entry = entries_[host];
  entry.asking = false;
  const config::TimePoint now = timer_.now();
  if (found) {
    entry.addresses = *found;
    entry.ask_again = now + fresh_for;
  } else {
    entry.failure = found.error();
    // What this machine had no room to ask says nothing of the name.
    entry.ask_again = found.error() == routing::FailureKind::local ? now : now + failed_for;
  }
  // Waking may start another wait on the same entry, and end others: each goes out of its list by itself.
  entry.waking.insert(entry.waking.end(), entry.waiting.begin(), entry.waiting.end());
  entry.waiting.clear();
  while (!entry.waking.empty()) {
    Sleep* const sleep = entry.waking.back();
    entry.waking.pop_back();
    sleep->wake();
  }
}

Task<Result<Resolver::Addresses>> Resolver::addresses(const std::string& host, std::uint16_t port,
                                                      config::TimePoint limit, Sleep& wait) {
  boost::system::error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) co_return Addresses{{address, port}};
  // Always this machine, asked of nobody: RFC 6761, section 6.3.
  if (host == "localhost") {
    co_return Addresses{{asio::ip::address_v4::loopback(), port}, {asio::ip::address_v6::loopback(), port}};
  }

  Entry& entry = entries_[host];
  if (!entry.asking && timer_.now() >= entry.ask_again) ask(host, entry);
  if (entry.addresses.empty() && entry.asking) {
    entry.waiting.push_back(&wait);
    co_await wait.until(timer_, limit);
    std::erase(entry.waiting, &wait);
    std::erase(entry.waking, &wait);
  }
  if (entry.addresses.empty()) co_return entry.failure;
  Addresses result;
  for (const asio::ip::address& each : entry.addresses) result.emplace_back(each, port);
  co_return result;
}

}  // namespace providers
