#include "providers/net/names.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#include "providers/loop/named_thread.hpp"

namespace providers {
namespace {

namespace ip = boost::asio::ip;
using routing::FailureKind;

// Without a descriptor the system cannot even read its files, and says that there is no such name.
bool has_room_to_ask() {
  const int probe = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (probe >= 0) ::close(probe);
  return probe >= 0 || (errno != EMFILE && errno != ENFILE && errno != ENOMEM);
}

Names::Found look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (error != 0) {
    return error == EAI_MEMORY || !has_room_to_ask() ? FailureKind::local : FailureKind::resolve;
  }
  std::vector<ip::address> addresses;
  for (const addrinfo* each = list; each; each = each->ai_next) {
    if (each->ai_family == AF_INET) {
      const auto* v4 = reinterpret_cast<const sockaddr_in*>(each->ai_addr);
      addresses.push_back(ip::address_v4(ntohl(v4->sin_addr.s_addr)));
    } else if (each->ai_family == AF_INET6) {
      const auto* v6 = reinterpret_cast<const sockaddr_in6*>(each->ai_addr);
      ip::address_v6::bytes_type bytes;
      std::memcpy(bytes.data(), &v6->sin6_addr, bytes.size());
      addresses.push_back(ip::address_v6(bytes, v6->sin6_scope_id));
    }
  }
  ::freeaddrinfo(list);
  if (addresses.empty()) return FailureKind::resolve;
  return addresses;
}

}  // namespace

struct SystemNames::Desk {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::string> queue;
  std::map<std::string, std::vector<Answer>> asked;  // queued or under way
  int threads = 0;
  std::size_t idle = 0;
  bool closed = false;
};

SystemNames::SystemNames() : desk_(std::make_shared<Desk>()) {}

SystemNames::~SystemNames() {
  const std::lock_guard lock(desk_->mutex);
  desk_->closed = true;
  desk_->asked.clear();
  desk_->changed.notify_all();
}

void SystemNames::ask(const std::string& host, Answer answer) {
  {
    const std::lock_guard lock(desk_->mutex);
    std::vector<Answer>& who = desk_->asked[host];
    who.push_back(std::move(answer));
    if (who.size() > 1) return;
    desk_->queue.push_back(host);
    if (desk_->idle >= desk_->queue.size() || desk_->threads == most_threads) {
      desk_->changed.notify_one();
      return;
    }
    try {
      named_thread("names", [desk = desk_] { work(desk); }).detach();
      ++desk_->threads;
      return;
    } catch (const std::system_error&) {
      if (desk_->threads > 0) return;  // they will get to it
    }
    desk_->queue.pop_back();
    answer = std::move(who.front());
    desk_->asked.erase(host);
  }
  answer(FailureKind::local);
}

void SystemNames::work(const std::shared_ptr<Desk>& desk) {
  std::unique_lock lock(desk->mutex);
  for (;;) {
    ++desk->idle;
    desk->changed.wait(lock, [&] { return desk->closed || !desk->queue.empty(); });
    --desk->idle;
    if (desk->closed) return;
    const std::string host = std::move(desk->queue.front());
    desk->queue.pop_front();
    lock.unlock();
    const Found found = look_up(host);
    lock.lock();
    std::vector<Answer> who;
    if (const auto asked = desk->asked.find(host); asked != desk->asked.end()) {
      who = std::move(asked->second);
      desk->asked.erase(asked);
    }
    lock.unlock();
    for (const Answer& answer : who) answer(found);
    who.clear();
    lock.lock();
  }
}

}  // namespace providers
