#include "providers/simulated/simulated_answer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

#include "providers/http/http_fields.hpp"

namespace providers {
namespace {

using routing::Phase;
template <class T>
using Task = boost::asio::awaitable<T>;

// Between two comments while a stream has nothing to say yet, in real time.
constexpr std::chrono::seconds comment_interval{10};

std::optional<config::TimePoint> earlier(std::optional<config::TimePoint> a,
                                         std::optional<config::TimePoint> b) {
  if (a && b) return std::min(*a, *b);
  return a ? a : b;
}

After ended(std::atomic<std::uint64_t>& count, After after) {
  ++count;
  return after;
}

// What a stream has around its events. HTTP/1.0 knows no chunks: there the end of the connection is the end.
class Wrapping {
 public:
  explicit Wrapping(Arrival arrival)
      : chunked_(arrival.version >= 11), after_(chunked_ ? arrival.after : After::close) {}

  After after() const { return after_; }
  std::string head(const std::string& fields, std::string_view content_type) const {
    return reply_head(200, content_type, after_) + "cache-control: no-cache\r\nx-accel-buffering: no\r\n" +
           fields + (chunked_ ? "transfer-encoding: chunked\r\n\r\n" : "\r\n");
  }
  std::string events(const std::string& text) const {
    if (!chunked_) return text;
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
    return size.data() + text + "\r\n";
  }
  std::string_view end() const { return chunked_ ? "0\r\n\r\n" : ""; }

 private:
  bool chunked_;
  After after_;
};

// When a request with nothing to say yet should look again.
std::optional<config::TimePoint> next_look(SimulatedVisit& visit, const routing::HostProgress& progress) {
  return progress.phase == Phase::waiting ? visit.server().model.next_change_at() : progress.next;
}

}  // namespace

std::string reply_head(int status, std::string_view content_type, After after) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + ' ';
  head.append(reason_phrase(status)).append("\r\ncontent-type: ").append(content_type).append("\r\n");
  if (after == After::close) head += "connection: close\r\n";
  return head;
}

Task<After> send_reply(SimulatedConnection& connection, After after, int status, std::string fields,
                       std::string body) {
  std::string bytes = reply_head(status, "application/json", after);
  bytes.append(fields).append("content-length: ").append(std::to_string(body.size()));
  bytes.append("\r\n\r\n").append(body);
  const bool taken = co_await connection.write(std::move(bytes));
  co_return taken ? after : After::close;
}

Task<After> send_whole(SimulatedVisit& visit, Arrival arrival, const SimulatedReply& text) {
  SimulatedTally& tally = visit.server().tally;
  for (;;) {
    if (visit.client_left()) co_return ended(tally.aborted, After::close);
    const routing::HostProgress progress = visit.progress();
    if (progress.phase == Phase::broken) co_return ended(tally.broken, After::close);
    if (progress.phase == Phase::complete) break;
    // Others come and go, and with them the time at which this one ends: look again at each change.
    const auto end = progress.phase == Phase::streaming ? progress.end : progress.next;
    const auto look = earlier(end, visit.server().model.next_change_at());
    co_await visit.sleep_until(look);
  }
  tally.tokens += static_cast<std::uint64_t>(visit.answer().output.count);
  const After after = co_await send_reply(visit.connection(), arrival.after, 200,
                                          visit.server().limit_fields(), text.whole(visit.answer()));
  co_return ended(after == arrival.after ? tally.completed : tally.aborted, after);
}

Task<After> send_stream(SimulatedVisit& visit, Arrival arrival, const SimulatedReply& text) {
  SimulatedServer& server = visit.server();
  const Wrapping wrapping{arrival};
  const routing::Answer answer = visit.answer();
  const auto comment_every = server.clock->world(comment_interval);
  std::string unsent_head = wrapping.head(server.limit_fields(), text.content_type());
  std::int64_t sent = 0;
  auto comment_at = server.now() + comment_every;
  for (;;) {
    if (visit.client_left()) co_return ended(server.tally.aborted, After::close);
    const routing::HostProgress progress = visit.progress();
    const std::int64_t out = progress.output.count;
    std::string events;
    if (sent == 0 && out > 0) events = text.first_events(answer);
    events += text.token_events(sent, out, answer);
    if (out == 0 && server.now() >= comment_at) {
      events = text.waiting_event();
      comment_at = server.now() + comment_every;
    }
    if (progress.phase == Phase::complete) events += text.last_events(answer);
    if (!events.empty()) {
      std::string bytes = std::exchange(unsent_head, {}) + wrapping.events(events);
      if (progress.phase == Phase::complete) bytes += wrapping.end();
      server.tally.tokens += static_cast<std::uint64_t>(out - sent);
      sent = out;
      const bool taken = co_await visit.connection().write(std::move(bytes));
      if (!taken) co_return ended(server.tally.aborted, After::close);
    }
    if (progress.phase == Phase::complete) co_return ended(server.tally.completed, wrapping.after());
    if (progress.phase == Phase::broken) co_return ended(server.tally.broken, After::close);
    auto look = next_look(visit, progress);
    if (sent == 0) look = earlier(look, comment_at);
    co_await visit.sleep_until(look);
  }
}

}  // namespace providers
