#include "gateway/process/hand_over.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace gateway {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr const char* place = "successor";
constexpr std::string_view asks = "isocost hand-over 1", yours = "yours ", no = "no ", serves = "serving",
                           under_way = "runs ", tells_runs = " runs";
constexpr auto between_tellings = 100ms;
// Until who has connected has asked. Who was given all may take its time: years of a ledger may be summed up.
constexpr auto patience_for_words = 5s;
// What the old one writes to disk before it answers.
constexpr auto patience_for_answer = 60s;

// Without its end; empty where there was none.
std::string taken_line(asio::streambuf& said, std::size_t size) {
  const auto begin = asio::buffers_begin(said.data());
  std::string line(begin, begin + static_cast<std::ptrdiff_t>(size));
  said.consume(size);
  if (!line.empty()) line.pop_back();
  return line;
}

// "127.0.0.1", 8080.
std::pair<std::string, int> bound_at(int descriptor) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return {};
  char text[INET6_ADDRSTRLEN] = {};
  if (bound.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(bound);
    ::inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
    return {text, ntohs(six.sin6_port)};
  }
  const auto& four = reinterpret_cast<const sockaddr_in&>(bound);
  ::inet_ntop(AF_INET, &four.sin_addr, text, sizeof text);
  return {text, ntohs(four.sin_port)};
}

}  // namespace

HandOver::HandOver(asio::io_context& io, Owner owner)
    : io_(io), owner_(std::move(owner)), acceptor_(io), successor_(io), limit_(io), next_telling_(io) {}

std::optional<std::string> HandOver::wait_in(const std::string& directory) {
  OwnedDescriptor listening = listen_in(directory, place);
  if (listening.get() < 0) return "no successor can ask in " + directory + ": " + std::strerror(errno);
  boost::system::error_code error;
  acceptor_.assign(Local(), listening.get(), error);
  if (error) return "no successor can ask in " + directory + ": " + error.message();
  listening.release();
  accept();
  return std::nullopt;
}

void HandOver::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

void HandOver::accept() {
  acceptor_.async_accept([this](boost::system::error_code error, Local::socket socket) {
    if (error) return;
    const auto process = process_of_same_user(socket.native_handle());
    if (!process) {
      refuse(socket, "it belongs to another user");
    } else if (is_asked_) {
      refuse(socket, "it hands over to process " + std::to_string(process_) + " already");
    } else {
      successor_ = std::move(socket);
      process_ = *process;
      is_asked_ = true;
      hear();
    }
    accept();
  });
}

void HandOver::refuse(Local::socket& socket, const std::string& why) {
  (void)mail(socket.native_handle(), std::string(no) + why + "\n", {});
  boost::system::error_code ignored;
  socket.close(ignored);
}

void HandOver::hear() {
  limit_.expires_after(patience_for_words);
  limit_.async_wait([this](boost::system::error_code error) {
    boost::system::error_code ignored;
    if (!error) successor_.close(ignored);
  });
  said_.consume(said_.size());
  asio::async_read_until(successor_, said_, '\n', [this](boost::system::error_code error, std::size_t size) {
    limit_.cancel();
    if (!error && taken_line(said_, size) == asks) return answer();
    is_asked_ = false;
    refuse(successor_, "it does not understand what it is asked");
  });
}

void HandOver::answer() {
  auto given = owner_.give();
  if (const auto* why = std::get_if<std::string>(&given)) {
    is_asked_ = false;
    return refuse(successor_, *why);
  }
  const auto& sockets = std::get<HandedSockets>(given);
  std::vector<int> all = sockets.clients;
  if (sockets.administration) all.push_back(*sockets.administration);
  const std::string line = std::string(yours) + std::to_string(all.size()) + std::string(tells_runs) + "\n";
  for (std::size_t at = 0; at < all.size() || at == 0; at += most_mailed) {
    const auto part = std::span(all).subspan(at, std::min(most_mailed, all.size() - at));
    // Where it does not go out, nobody is there, and that is found out next.
    if (!mail(successor_.native_handle(), at == 0 ? std::string_view(line) : "more\n", part)) break;
  }
  tell_runs();
  await_serving();
}

void HandOver::await_serving() {
  asio::async_read_until(successor_, said_, '\n', [this](boost::system::error_code error, std::size_t size) {
    if (!error && taken_line(said_, size) == serves) {
      await_end();
      return owner_.given(process_);
    }
    end_telling();
    is_asked_ = false;
    owner_.given_back();
  });
}

// Whoever serves says nothing more.
void HandOver::await_end() {
  said_.consume(said_.size());
  asio::async_read_until(successor_, said_, '\n',
                         [this](boost::system::error_code, std::size_t) { end_telling(); });
}

void HandOver::end_telling() {
  next_telling_.cancel();
  boost::system::error_code ignored;
  successor_.close(ignored);
}

// One that does not read, as it is still being started, is told when it does.
void HandOver::tell_runs() {
  if (!is_telling_) {
    is_telling_ = true;
    telling_.assign(under_way).append(owner_.runs()) += '\n';
    asio::async_write(successor_, asio::buffer(telling_),
                      [this](boost::system::error_code, std::size_t) { is_telling_ = false; });
  }
  next_telling_.expires_after(between_tellings);
  next_telling_.async_wait([this](boost::system::error_code error) {
    if (!error && successor_.is_open()) tell_runs();
  });
}

std::optional<Predecessor> Predecessor::ask(const std::string& directory, std::string& why) {
  constexpr std::string_view whose = "the gateway that has it ";
  Predecessor before;
  const auto fail = [&](const std::string& words) {
    why = std::string(whose) + words;
    return std::nullopt;
  };
  before.socket_ = connect_in(directory, place);
  if (before.socket_.get() < 0) {
    return fail(std::string("hands nothing over: nobody listens at ") + directory + "/" + place + " (" +
                std::strerror(errno) +
                "), as where it does not serve yet, is being stopped, or shares limits");
  }
  const auto process = process_of_same_user(before.socket_.get());
  if (!process) return fail("hands nothing over: it belongs to another user");
  before.process_ = *process;
  if (!mail(before.socket_.get(), std::string(asks) + "\n", {}))
    return fail(std::string("cannot be asked to hand over: ") + std::strerror(errno));
  std::string fault;
  const auto line = await_mail(before.socket_.get(), patience_for_answer, before.received_, fault);
  if (!line) return fail("does not answer who asks it to hand over: it " + fault);
  if (line->starts_with(no)) return fail("does not hand over: " + line->substr(no.size()));
  std::size_t count = 0;
  const bool is_ours =
      line->starts_with(yours) &&
      std::from_chars(line->data() + yours.size(), line->data() + line->size(), count).ec == std::errc();
  if (!is_ours) return fail("does not answer as one that hands over");
  while (before.received_.size() < count) {
    if (await_mail(before.socket_.get(), patience_for_answer, before.received_, fault)) continue;
    return fail("gave " + std::to_string(before.received_.size()) + " of its " + std::to_string(count) +
                " sockets: it " + fault);
  }
  // An older one does not say it.
  if (!line->ends_with(tells_runs)) return before;
  const auto first = await_mail(before.socket_.get(), patience_for_answer, before.received_, fault);
  if (!first || !first->starts_with(under_way)) {
    return fail("does not say what it has under way: it " + (first ? "says something else" : fault));
  }
  before.runs_ = first->substr(under_way.size());
  return before;
}

std::vector<int> Predecessor::at(const std::string& address, int port) const {
  std::vector<int> found;
  for (const OwnedDescriptor& each : received_) {
    if (bound_at(each.get()) == std::pair(address, port)) found.push_back(each.get());
  }
  return found;
}

OwnedDescriptor Predecessor::say_serving() {
  (void)mail(socket_.get(), std::string(serves) + "\n", {});
  received_.clear();
  return std::move(socket_);
}

RunsElsewhere::RunsElsewhere(asio::io_context& io, OwnedDescriptor from, Take take)
    : from_(io), take_(std::move(take)) {
  boost::system::error_code error;
  from_.assign(asio::local::stream_protocol(), from.get(), error);
  if (error) {
    take_(std::nullopt);
    return;
  }
  from.release();
  hear();
}

void RunsElsewhere::hear() {
  asio::async_read_until(from_, said_, '\n', [this](boost::system::error_code error, std::size_t size) {
    if (error == asio::error::operation_aborted) return;
    const std::string line = error ? std::string() : taken_line(said_, size);
    if (line.starts_with(under_way)) {
      take_(std::string_view(line).substr(under_way.size()));
      return hear();
    }
    boost::system::error_code ignored;
    from_.close(ignored);
    take_(std::nullopt);
  });
}

}  // namespace gateway
