#include "providers/host/http_exchange.hpp"

#include <algorithm>
#include <charconv>

#include "providers/host/rate_limits_of.hpp"
#include "providers/host/retry_hint.hpp"
#include "providers/http/keep_alive.hpp"
#include "providers/net/plain_connection.hpp"

namespace providers {
namespace {

using routing::FailureKind;

// Descriptors to give back when there are none left: some, so that the next request finds one, too.
constexpr std::size_t enough_room = 16;
// For other loops to do so.
constexpr config::Duration until_others_gave = std::chrono::milliseconds(50);

ContentKind content_kind(const ReplyHead& head) {
  if (head.is_event_stream()) return ContentKind::event_stream;
  const std::string_view type = head.content_type;
  if (type.starts_with("application/vnd.amazon.eventstream")) return ContentKind::event_stream;
  return type.substr(0, type.find(';')).find("json") != std::string_view::npos ? ContentKind::json
                                                                               : ContentKind::other;
}

// The texts of one request, in the order in which they are written.
class Letter {
 public:
  Letter(std::string_view head, const OutgoingRequest& request, std::string_view access) {
    const auto end = std::to_chars(digits_.data(), digits_.data() + digits_.size(), request.body.bytes());
    pieces.add(head);
    pieces.add({digits_.data(), end.ptr});
    if (!request.traceparent.empty()) {
      pieces.add("\r\ntraceparent: ");
      pieces.add(request.traceparent);
    }
    pieces.add(request.fields);
    pieces.add(access);
    pieces.add("\r\n\r\n");
    for (const std::string_view text : request.body.texts()) pieces.add(text);
  }
  Letter(const Letter&) = delete;
  Letter& operator=(const Letter&) = delete;

  Pieces pieces;

 private:
  std::array<char, 20> digits_;
};

}  // namespace

HttpExchange::~HttpExchange() {
  if (connection_) connection_->close();
}

void HttpExchange::abort() {
  if (std::exchange(aborted_, true)) return;
  if (dialing_) dialing_->abort();
  if (tunnelling_) {
    boost::system::error_code ignored;
    tunnelling_->close(ignored);
  }
  if (connection_) connection_->close();
  waiting_.wake();  // last: whoever waits goes on at once, and may end us
}

Task<Result<HostReply>> HttpExchange::start(OutgoingRequest& request) {
  if (aborted_) co_return FailureKind::connect;
  using With = RequestHeads::With;
  RequestHeads& heads = provider_.heads_;
  const auto head = request.method == "POST"
                        ? heads.head(*request.dialect, request.target,
                                     request.fields.empty() ? With::dialects_fields : With::no_fields)
                        : heads.rare(*request.dialect, request.method, request.target);
  if (provider_.access_) {
    const Result<void> entered = co_await enter(request);
    if (!entered) co_return entered.error();
  }
  connection_ = provider_.pool_.take();
  if (connection_) terms_ = provider_.pool_.terms();
  bool reused = connection_ && provider_.pool_.may_be_stale();
  for (;;) {
    if (!connection_) {
      const Result<void> connected = co_await connect();
      if (!connected) co_return connected.error();
    }
    // A host may answer, and hang up, before it has read all of the request: its answer counts, and a
    // failure to write shows as one to read. Reading ahead keeps that answer from a reset.
    connection_->start_reading();
    Letter letter(*head, request, fields_);
    progress_ = routing::Progress::request_sent;  // from here on a part may have reached the host
    sent_all_ = connection_->write_now(letter.pieces);
    if (!sent_all_) sent_all_ = co_await connection_->write(letter.pieces);

    std::size_t seen = 0;
    bool is_refused = false;
    for (;;) {
      if (connection_->unread().size() > seen) {
        if (const auto reply = understand_head(seen)) {
          if (*reply && request.permit) request.permit->arrived((*reply)->limits, provider_.timer_.now());
          if (!provider_.access_ || !*reply || !enters_again(**reply, request)) co_return *reply;
          is_refused = true;
          break;
        }
        seen = connection_->unread().size();
      }
      if (!co_await connection_->more()) break;
    }
    if (is_refused) {
      start_over();
      reused = false;
      const Result<void> entered = co_await enter(request);
      if (!entered) co_return entered.error();
      continue;
    }
    if (seen > 0) co_return FailureKind::bad_reply;
    if (!reused || aborted_) {
      if (provider_.tls_ && !aborted_) tls_fault_ = TlsClient::fault_after(*connection_);
      co_return tls_fault_ == routing::TlsFault::none ? FailureKind::reset_before_reply : FailureKind::tls;
    }

    // The host closed the kept connection as we took it. Once, on a fresh one.
    reused = false;
    ++repeats_;
    connection_->close();
    connection_.reset();
  }
}

Task<Result<void>> HttpExchange::connect() {
  const config::TimePoint limit = provider_.timer_.now() + provider_.settings_.limits.connect_timeout;
  terms_ = {};
  Result<void> connected = co_await connect_once(limit);
  const bool has_no_room = !connected && connected.error() == FailureKind::local;
  if (!has_no_room || aborted_) co_return connected;
  // What nobody uses makes room. Once: others need descriptors, too.
  if (provider_.spare_.give_back(enough_room) == 0) {
    provider_.spare_.ask_others(enough_room, Spare::Of::hosts);
    co_await waiting_.until(provider_.timer_, provider_.timer_.now() + until_others_gave);
    if (aborted_) co_return FailureKind::connect;
  }
  co_return co_await connect_once(limit);
}

Task<bool> HttpExchange::connect_ahead() {
  const config::TimePoint limit = provider_.timer_.now() + provider_.settings_.limits.connect_timeout;
  const Result<void> connected = co_await connect_once(limit);
  if (connected) provider_.pool_.put(std::exchange(connection_, nullptr), Pool::Was::made_ahead);
  co_return connected.has_value();
}

Task<Result<void>> HttpExchange::connect_once(config::TimePoint limit) {
  const std::optional<config::ProxySettings>& proxy = provider_.settings_.access.proxy;
  const config::BaseUrl& url = proxy ? proxy->url : provider_.settings_.base_url;
  const std::string& address = provider_.settings_.address;
  const std::string& host = address.empty() || proxy ? url.host : address;
  const auto addresses = co_await provider_.resolver_.addresses(host, url.port, limit, waiting_);
  if (!addresses) co_return addresses.error();
  if (aborted_) co_return FailureKind::connect;

  Dial dial(provider_.io_, provider_.timer_);
  const Dial::Addresses all = in_turn(*addresses);
  dialing_ = &dial;
  Result<Connection::Socket> socket = co_await dial.connect(all, limit);
  dialing_ = nullptr;
  if (!socket) {
    if (proxy) why_ = "the proxy " + url.host + " cannot be reached";
    co_return socket.error();
  }
  if (aborted_) co_return FailureKind::connect;
  if (proxy && !co_await pass_proxy(*socket, limit)) co_return FailureKind::connect;

  if (!provider_.tls_) {
    const boost::intrusive_ptr<PlainConnection> plain(new PlainConnection(*std::move(socket)));
    if (!plain->is_open()) co_return FailureKind::local;
    connection_ = plain;
    co_return Result<void>();
  }
  connection_ = provider_.tls_->wrap(*std::move(socket));
  if (!static_cast<SocketConnection&>(*connection_).is_open()) co_return FailureKind::local;
  Limit slow([connection = connection_] { connection->close(); });
  provider_.timer_.set(slow, provider_.timer_.now() + provider_.settings_.limits.tls_handshake_timeout);
  tls_fault_ = co_await TlsClient::handshake(*connection_);
  if (tls_fault_ != routing::TlsFault::none) co_return FailureKind::tls;
  co_return Result<void>();
}

std::optional<Result<HostReply>> HttpExchange::understand_head(std::size_t seen) {
  const ReplyHeadResult result = read_reply_head(connection_->unread(), seen);
  if (std::holds_alternative<Incomplete>(result)) return std::nullopt;
  if (std::holds_alternative<BadReply>(result)) return Result<HostReply>(FailureKind::bad_reply);

  const auto& head = std::get<ReplyHead>(result);
  HostReply reply{.status = head.status, .content = content_kind(head), .headroom = headroom(head.fields)};
  if (reply.headroom) reply.limits = rate_limits_of(head.fields, provider_.timer_.wall());
  // The date form of the field is rare; only then the wall clock matters.
  if (head.status >= 400) {
    reply.retry_after = retry_after(head.fields, provider_.timer_.wall());
    const auto date = head.fields.find("date");
    const auto told = date ? http_date(*date) : std::nullopt;
    if (told)
      reply.clock_ahead = std::chrono::duration_cast<config::Duration>(provider_.timer_.wall() - *told);
    const auto type = head.fields.find("x-amzn-errortype");
    reply.is_known_and_refused = type && type->starts_with("AccessDenied");
  }
  // We asked for identity: anything else could not be read.
  if (!head.content_encoding.empty() && !same_name(head.content_encoding, "identity")) {
    return Result<HostReply>(FailureKind::bad_reply);
  }
  body_.emplace(head.framing);
  keep_alive_ = head.keep_alive;
  heed(head.keep_alive_terms);
  connection_->consume(head.size);
  if (body_->done()) finish();
  return Result<HostReply>(reply);
}

std::optional<Result<std::string_view>> HttpExchange::next_now() {
  for (;;) {
    if (connection_ && held_ > 0) connection_->consume(std::exchange(held_, 0));
    if (body_->done()) {
      finish();
      return std::string_view();
    }
    const std::string_view unread = connection_->unread();
    if (unread.empty()) return std::nullopt;
    const BodyReader::Step step = body_->read(unread);
    if (step.state == BodyReader::State::broken) return Result<std::string_view>(FailureKind::bad_reply);
    held_ = step.consumed;
    if (!step.piece.empty()) return step.piece;
    if (step.consumed == 0 && step.state != BodyReader::State::done) return std::nullopt;
  }
}

Task<Result<std::string_view>> HttpExchange::next() {
  for (;;) {
    if (const auto there = next_now()) co_return *there;
    if (!co_await connection_->more()) {
      const bool complete = connection_->ended_cleanly() && body_->at_end() == BodyReader::State::done;
      if (aborted_ || !complete) co_return FailureKind::broken_stream;
      co_return std::string_view();
    }
  }
}

void HttpExchange::heed(std::string_view keep_alive) {
  std::optional<std::uint64_t>& more = terms_.more_requests;
  if (more && *more > 0) --*more;
  if (keep_alive.empty()) return;
  const KeepAlive said = read_keep_alive(keep_alive);
  if (said.timeout) terms_.timeout = *said.timeout;
  if (!said.max) return;
  // Some count all requests of the connection (Node), others those to come (Apache): the first word is taken
  // as the former, and later ones can only lessen what is left.
  const std::uint64_t first = *said.max > 0 ? *said.max - 1 : 0;
  more = more ? std::min(*more, *said.max) : first;
}

void HttpExchange::finish() {
  if (!connection_) return;
  // Behind a request that was not sent whole, the host would take the next one for the rest of it.
  if (keep_alive_ && sent_all_ && !aborted_) {
    provider_.pool_.put(std::move(connection_), Pool::Was::used, terms_);
  } else {
    connection_->close();
  }
  connection_.reset();
}

}  // namespace providers
