#include "gateway/http2/http2_carrier.hpp"

#include <boost/asio/post.hpp>
#include <exception>
#include <new>
#include <utility>

#include "gateway/http/request_reader.hpp"
#include "providers/loop/spawn.hpp"

namespace gateway {

using providers::Pieces;
using providers::Task;

namespace {

// Of a client's updates of its windows, so many for each frame that uses them.
constexpr double updates_per_frame = 4;

}  // namespace

Http2Carrier::Http2Carrier(boost::asio::io_context& loop, providers::ConnectionPtr connection,
                           providers::Timer& timer, const Limits& limits, Server& server)
    : loop_(loop),
      connection_(std::move(connection)),
      timer_(timer),
      limits_(limits),
      server_(server),
      frames_(*this, limits.head_bytes) {}

Http2Carrier::~Http2Carrier() = default;

Task<void> Http2Carrier::run() {
  const Http2CarrierPtr alive(this);
  // This task may be dropped in the middle, and before those of the streams, which then close them.
  struct LettingGo {
    ~LettingGo() { carrier.let_go(); }
    Http2Carrier& carrier;
  } const letting_go{*this};
  frames_.begin();
  timer_.set(late_, now() + limits_.first_head);
  providers::spawn(loop_, write_rest(), [alive](std::exception_ptr) {
    alive->has_writer_ended_ = true;
    alive->connection_->close();
    alive->all_ended_.wake();
  });
  flush();
  try {
    while (!is_done()) {
      if (const std::string_view bytes = connection_->unread(); !bytes.empty()) {
        if (!is_over_) feed(bytes);
        connection_->consume(bytes.size());
        turn();
        continue;
      }
      if (connection_->ended()) break;
      co_await connection_->more();
    }
  } catch (const std::bad_alloc&) {
    is_cut_off_ = true;
  }
  late_.cancel();
  const bool is_orderly = !is_cut_off_ && !connection_->ended();
  end_streams();
  if (is_orderly) co_await linger(*connection_, timer_);
  connection_->close();
  rest_.wake();
  while (serving_ > 0 || !has_writer_ended_) co_await all_ended_.wait();
}

void Http2Carrier::feed(std::string_view bytes) {
  is_feeding_ = true;
  const Http2Frames::Taken taken = frames_.take(bytes);
  is_feeding_ = false;
  if (taken == Http2Frames::Taken::flooded) return cut_off();
  if (taken == Http2Frames::Taken::wrong) {
    is_cut_off_ = is_over_ = true;
    return;
  }
  watch_head();
}

// Of a head that has begun, from its first byte on: those that follow are no later. Once it is whole, what
// was waited for before is waited for again.
void Http2Carrier::watch_head() {
  if ((head_under_way_ != 0) == is_head_limited_) return;
  is_head_limited_ = !is_head_limited_;
  if (is_head_limited_ || is_idle_) {
    timer_.set(late_, now() + (is_head_limited_ ? limits_.first_head : limits_.idle));
  } else {
    late_.cancel();
  }
}

bool Http2Carrier::is_done() const {
  if (is_cut_off_) return true;
  // What is on its way still goes out, within its limit of time.
  if (!unsent_.empty()) return false;
  return is_over_ || !frames_.goes_on();
}

Http2Stream& Http2Carrier::begun(std::int32_t id) {
  const Http2StreamPtr stream(new Http2Stream(*this, id, limits_.head_bytes));
  streams_.emplace(id, stream);
  head_under_way_ = id;
  return *stream;
}

void Http2Carrier::head_over(std::int32_t id) {
  if (head_under_way_ == id) head_under_way_ = 0;
}

void Http2Carrier::asked(Http2Stream& stream, RequestText::Body body) {
  if (stream.is_malformed()) {
    spent(Http2Frames::Toll::fault);
    reset(stream.id(), NGHTTP2_PROTOCOL_ERROR);
    return;
  }
  stream.head_ended(body);
  newcomers_.emplace_back(&stream);
}

void Http2Carrier::closed(std::int32_t id) {
  streams_.erase(id);
}

void Http2Carrier::spent(Http2Frames::Toll toll) {
  if (!allowances_[static_cast<std::size_t>(toll)].take(now())) cut_off();
}

void Http2Carrier::used_window() {
  allowances_[static_cast<std::size_t>(Http2Frames::Toll::window)].earn(updates_per_frame);
}

void Http2Carrier::cut_off() {
  if (std::exchange(is_cut_off_, true)) return;
  server_.cut_off();
  frames_.calm();
}

void Http2Carrier::begin_newcomers() {
  for (const Http2StreamPtr& stream : std::exchange(newcomers_, {})) {
    // Who is gone before it was begun costs nothing more.
    if (stream->has_ended() || is_cut_off_) continue;
    if (is_draining_) {
      say_last_word();
      continue;
    }
    ++serving_;
    look_whether_idle();
    // Those that were reset may still be ending: together they are no more than twice as many.
    const bool has_room = serving_ <= static_cast<int>(2 * Http2Frames::most_streams);
    last_served_ = stream->id();
    if (has_room && server_.serve(stream)) continue;
    --serving_;
    reset(stream->id(), NGHTTP2_REFUSED_STREAM);
  }
}

void Http2Carrier::turn() {
  if (is_turning_) return;
  const Http2CarrierPtr alive(this);
  {
    struct Turning {
      explicit Turning(bool& flag) : is(flag) { is = true; }
      ~Turning() { is = false; }
      bool& is;
    } const turning(is_turning_);
    do {
      begin_newcomers();
      for (const Http2StreamPtr& stream : std::exchange(due_, {})) {
        stream->is_due = false;
        stream->turn();
      }
      flush();
    } while (!due_.empty() || !newcomers_.empty());
  }
  look_whether_idle();
}

void Http2Carrier::soon(Http2Stream& stream) {
  if (std::exchange(stream.is_due, true)) return;
  due_.emplace_back(&stream);
  if (is_feeding_ || is_turning_ || std::exchange(turn_is_coming_, true)) return;
  boost::asio::post(loop_, [alive = Http2CarrierPtr(this)] {
    alive->turn_is_coming_ = false;
    alive->turn();
  });
}

void Http2Carrier::served() {
  --serving_;
  look_whether_idle();
  if (is_over_ || !frames_.is_open()) all_ended_.wake();
}

void Http2Carrier::look_whether_idle() {
  if (!frames_.is_open() || (serving_ == 0 && streams_.empty()) == is_idle_) return;
  is_idle_ = !is_idle_;
  if (!is_idle_) {
    if (head_under_way_ == 0) late_.cancel();
    return server_.busy();
  }
  server_.idle();
  timer_.set(late_, now() + limits_.idle);
  if (is_draining_) leave();
}

void Http2Carrier::say_last_word() {
  if (!frames_.is_open() || std::exchange(said_last_word_, true)) return;
  frames_.say_last(last_served_);
  flush();
}

void Http2Carrier::drain() {
  is_draining_ = true;
  if (is_idle_) leave();
}

void Http2Carrier::leave() {
  is_draining_ = true;
  // Behind a head that does not end nothing else can come.
  const bool may_go = is_idle_ || head_under_way_ != 0;
  say_last_word();
  if (!frames_.is_open() || !may_go || std::exchange(is_over_, true)) return;
  connection_->interrupt();
}

void Http2Carrier::let_go() {
  is_over_ = true;
  frames_.end();
  for (auto& [id, stream] : std::exchange(streams_, {})) stream->over(Http2Stream::End::broken);
  newcomers_.clear();
}

void Http2Carrier::end_streams() {
  let_go();
  turn();
}

void Http2Carrier::reset(std::int32_t id, std::uint32_t error) {
  if (!frames_.is_open()) return;
  frames_.reset(id, error);
  send_soon();
}

void Http2Carrier::flush() {
  // One for all connections of a thread, so that those that are quiet hold none.
  thread_local std::string out;
  if (is_feeding_) return;
  while (frames_.is_open() && unsent_.empty()) {
    if (!frames_.put_together(out)) {
      is_cut_off_ = is_over_ = true;
      connection_->interrupt();
    }
    if (out.empty()) break;
    Pieces pieces{out};
    if (connection_->write_now(pieces)) continue;
    if (pieces.empty()) break;
    unsent_ = pieces.texts().front();
    rest_.wake();
  }
  // The last frame of a stream may be the connection's last.
  if (!is_turning_) look_whether_idle();
}

Task<void> Http2Carrier::write_rest() {
  while (!is_over_ || !unsent_.empty()) {
    if (unsent_.empty()) {
      co_await rest_.wait();
      continue;
    }
    providers::Limit too_slow([this] {
      server_.stalled();
      connection_->close();
    });
    limit(too_slow);
    Pieces pieces{unsent_};
    if (!co_await connection_->write(pieces)) co_return;
    unsent_ = std::string();
    turn();
    if (is_over_) connection_->interrupt();
  }
}

}  // namespace gateway
