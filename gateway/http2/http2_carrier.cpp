#include "gateway/http2/http2_carrier.hpp"

#include <algorithm>
#include <array>
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

// What a client may send ahead of who reads it: of one request, and of all of a connection.
constexpr std::int32_t stream_window = 256 * 1024;
constexpr std::int32_t connection_window = 1024 * 1024;
// How much is put together before it is sent. A full frame is a little more than a record of TLS holds, so of
// several the rest is a smaller part.
constexpr std::size_t enough_to_send = 64 * 1024;

// Of a client's updates of its windows, so many for each frame that uses them.
constexpr double updates_per_frame = 4;

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

Http2Stream* stream_of(nghttp2_session* session, std::int32_t id) {
  return static_cast<Http2Stream*>(nghttp2_session_get_stream_user_data(session, id));
}

bool is_of_connection(std::string_view name) {
  return providers::same_name(name, "connection") || providers::same_name(name, "keep-alive") ||
         providers::same_name(name, "transfer-encoding");
}

// What says the same in many replies is worth a place in the table of both sides.
bool is_often_the_same(std::string_view name) {
  return name == "content-type" || name == "date" || name.starts_with("access-control-");
}

// Fields for nghttp2, which copies them. Their names are lower case there.
class ReplyFields {
 public:
  ReplyFields(const providers::ReplyHead& head) : status_(std::to_string(head.status)) {
    std::size_t bytes = 0;
    for (const providers::Field& field : head.fields) bytes += field.name.size();
    names_.reserve(bytes);
    values_.reserve(head.fields.size() + 1);
    add(":status", status_, NGHTTP2_NV_FLAG_NONE);
    for (const providers::Field& field : head.fields) {
      if (is_of_connection(field.name)) continue;
      const std::size_t at = names_.size();
      for (const char each : field.name)
        names_ += 'A' <= each && each <= 'Z' ? static_cast<char>(each + 32) : each;
      const std::string_view name = std::string_view(names_).substr(at);
      add(name, field.value, is_often_the_same(name) ? NGHTTP2_NV_FLAG_NONE : NGHTTP2_NV_FLAG_NO_INDEX);
    }
  }
  const std::vector<nghttp2_nv>& all() const { return values_; }

 private:
  void add(std::string_view name, std::string_view value, int flags) {
    auto* bytes_of_name = reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data()));
    auto* bytes_of_value = reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data()));
    values_.push_back(
        {bytes_of_name, bytes_of_value, name.size(), value.size(), static_cast<std::uint8_t>(flags)});
  }

  const std::string status_;
  std::string names_;
  std::vector<nghttp2_nv> values_;
};

}  // namespace

// What nghttp2 calls. Nothing may be thrown through it, and no session goes on in here: that waits for
// turn().
struct Http2Carrier::Callbacks {
  static Http2Carrier& of(void* carrier) { return *static_cast<Http2Carrier*>(carrier); }

  template <class Function>
  static int guarded(Function function) {
    try {
      return function();
    } catch (const std::exception&) {
      return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
  }

  static int begin_headers(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    return guarded([&] {
      Http2Carrier& self = of(user);
      const std::int32_t id = frame->hd.stream_id;
      const Http2StreamPtr stream(new Http2Stream(self, id, self.limits_.head_bytes));
      self.streams_.emplace(id, stream);
      nghttp2_session_set_stream_user_data(session, id, stream.get());
      self.head_under_way_ = id;
      return 0;
    });
  }

  static int header(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t,
                    void* user) {
    return guarded([&]() -> int {
      Http2Stream* stream = stream_of(session, frame->hd.stream_id);
      if (!stream || stream->add_field(text_of(name, name_size), text_of(value, value_size))) return 0;
      // The stream is reset, and of the rest only the table of names is kept up.
      of(user).judge(of(user).faults_);
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    });
  }

  static int frame_came(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    return guarded([&] {
      Http2Carrier& self = of(user);
      const bool ends_request = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
      switch (frame->hd.type) {
        case NGHTTP2_HEADERS:
          self.head_is_over(frame->hd.stream_id);
          if (Http2Stream* stream = stream_of(session, frame->hd.stream_id))
            self.headers_came(*stream, frame->headers.cat, ends_request);
          break;
        case NGHTTP2_DATA: {
          if (frame->hd.length == frame->data.padlen && !ends_request) self.judge(self.useless_);
          Http2Stream* stream = ends_request ? stream_of(session, frame->hd.stream_id) : nullptr;
          if (stream) stream->request_ended();
          break;
        }
        case NGHTTP2_RST_STREAM:
          self.judge(self.resets_);
          break;
        case NGHTTP2_WINDOW_UPDATE:
          self.judge(self.windows_);
          break;
        case NGHTTP2_GOAWAY:
          break;
        default:
          self.judge(self.useless_);
      }
      return 0;
    });
  }

  static int invalid_frame_came(nghttp2_session*, const nghttp2_frame*, int, void* user) {
    of(user).judge(of(user).faults_);
    return 0;
  }

  static int data_came(nghttp2_session* session, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                       std::size_t size, void*) {
    return guarded([&] {
      Http2Stream* stream = stream_of(session, id);
      if (stream) {
        stream->add_body(text_of(data, size));
      } else {
        nghttp2_session_consume(session, id, size);
      }
      return 0;
    });
  }

  static int frame_sent(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    const bool is_data = frame->hd.type == NGHTTP2_DATA;
    if (is_data) of(user).windows_.earn(updates_per_frame);
    if ((!is_data && frame->hd.type != NGHTTP2_HEADERS) || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
      return 0;
    // Who has the whole reply need not send the rest of its request.
    const Http2Stream* stream = stream_of(session, frame->hd.stream_id);
    if (stream && !stream->has_ended_request())
      nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream->id(), NGHTTP2_NO_ERROR);
    return 0;
  }

  static int stream_closed(nghttp2_session* session, std::int32_t id, std::uint32_t error, void* user) {
    return guarded([&] {
      Http2Stream* stream = stream_of(session, id);
      if (!stream) return 0;
      const Http2StreamPtr alive(stream);
      of(user).head_is_over(id);
      stream->over(error == NGHTTP2_NO_ERROR ? Http2Stream::End::complete : Http2Stream::End::broken);
      of(user).streams_.erase(id);
      return 0;
    });
  }

  static ssize_t read_reply(nghttp2_session*, std::int32_t, std::uint8_t* room, std::size_t size,
                            std::uint32_t* flags, nghttp2_data_source* source, void*) {
    const auto filled = static_cast<Http2Stream*>(source->ptr)->fill({room, size});
    if (filled.is_last) *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (filled.bytes == 0 && !filled.is_last) return NGHTTP2_ERR_DEFERRED;
    return static_cast<ssize_t>(filled.bytes);
  }

  static nghttp2_session_callbacks* all() {
    static nghttp2_session_callbacks* const made = [] {
      nghttp2_session_callbacks* all = nullptr;
      if (nghttp2_session_callbacks_new(&all) != 0) throw std::bad_alloc();
      nghttp2_session_callbacks_set_on_begin_headers_callback(all, &begin_headers);
      nghttp2_session_callbacks_set_on_header_callback(all, &header);
      nghttp2_session_callbacks_set_on_frame_recv_callback(all, &frame_came);
      nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(all, &invalid_frame_came);
      nghttp2_session_callbacks_set_on_data_chunk_recv_callback(all, &data_came);
      nghttp2_session_callbacks_set_on_frame_send_callback(all, &frame_sent);
      nghttp2_session_callbacks_set_on_stream_close_callback(all, &stream_closed);
      return all;
    }();
    return made;
  }
  static nghttp2_option* options() {
    static nghttp2_option* const made = [] {
      nghttp2_option* options = nullptr;
      if (nghttp2_option_new(&options) != 0) throw std::bad_alloc();
      // A client's window grows by what was read, not by what has come.
      nghttp2_option_set_no_auto_window_update(options, 1);
      nghttp2_option_set_no_closed_streams(options, 1);
      return options;
    }();
    return made;
  }
};

Http2Carrier::Http2Carrier(boost::asio::io_context& loop, providers::ConnectionPtr connection,
                           providers::Timer& timer, const Limits& limits, Server& server)
    : loop_(loop), connection_(std::move(connection)), timer_(timer), limits_(limits), server_(server) {}

Http2Carrier::~Http2Carrier() = default;

void Http2Carrier::begin() {
  nghttp2_session* made = nullptr;
  if (nghttp2_session_server_new2(&made, Callbacks::all(), this, Callbacks::options()) != 0)
    throw std::bad_alloc();
  session_.reset(made);
  const std::array<nghttp2_settings_entry, 3> settings{
      {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, most_streams},
       {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<std::uint32_t>(stream_window)},
       {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(limits_.head_bytes)}}};
  nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(made, NGHTTP2_FLAG_NONE, 0, connection_window);
  timer_.set(late_, now() + limits_.first_head);
}

Task<void> Http2Carrier::run() {
  const Http2CarrierPtr alive(this);
  // This task may be dropped in the middle, and before those of the streams, which then close them.
  struct LettingGo {
    ~LettingGo() { carrier.let_go(); }
    Http2Carrier& carrier;
  } const letting_go{*this};
  begin();
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
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const std::ptrdiff_t taken = nghttp2_session_mem_recv(session_.get(), data, bytes.size());
  is_feeding_ = false;
  if (taken == NGHTTP2_ERR_FLOODED) return cut_off();
  if (taken < 0) {
    is_cut_off_ = is_over_ = true;  // a client that speaks something else, or there is no memory
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
  return is_over_ ||
         !(nghttp2_session_want_read(session_.get()) || nghttp2_session_want_write(session_.get()));
}

void Http2Carrier::headers_came(Http2Stream& stream, int category, bool ends_request) {
  if (category != NGHTTP2_HCAT_REQUEST) {
    if (ends_request) stream.request_ended();
    return;
  }
  if (stream.is_malformed()) {
    judge(faults_);
    reset(stream.id(), NGHTTP2_PROTOCOL_ERROR);
    return;
  }
  stream.head_ended(ends_request ? RequestText::Body::none : RequestText::Body::follows);
  newcomers_.emplace_back(&stream);
}

void Http2Carrier::judge(Allowance& allowance) {
  if (!allowance.take(now())) cut_off();
}

void Http2Carrier::cut_off() {
  if (std::exchange(is_cut_off_, true)) return;
  server_.cut_off();
  nghttp2_session_terminate_session(session_.get(), NGHTTP2_ENHANCE_YOUR_CALM);
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
    const bool has_room = serving_ <= static_cast<int>(2 * most_streams);
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
  if (is_over_ || !session_) all_ended_.wake();
}

void Http2Carrier::look_whether_idle() {
  if (!session_ || (serving_ == 0 && streams_.empty()) == is_idle_) return;
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
  if (!session_ || std::exchange(said_last_word_, true)) return;
  nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, last_served_, NGHTTP2_NO_ERROR, nullptr, 0);
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
  if (!session_ || !may_go || std::exchange(is_over_, true)) return;
  connection_->interrupt();
}

void Http2Carrier::let_go() {
  is_over_ = true;
  session_.reset();
  for (auto& [id, stream] : std::exchange(streams_, {})) stream->over(Http2Stream::End::broken);
  newcomers_.clear();
}

void Http2Carrier::end_streams() {
  let_go();
  turn();
}

// For the streams.

void Http2Carrier::pay(std::int32_t id, std::size_t bytes) {
  if (session_ && bytes > 0) nghttp2_session_consume(session_.get(), id, bytes);
}

void Http2Carrier::pay_dropped(std::size_t bytes) {
  if (session_ && bytes > 0) nghttp2_session_consume_connection(session_.get(), bytes);
}

void Http2Carrier::submit_continue(std::int32_t id) {
  if (!session_) return;
  static constexpr std::string_view name = ":status", value = "100";
  const nghttp2_nv status{reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
                          reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(),
                          value.size(), NGHTTP2_NV_FLAG_NONE};
  nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, id, nullptr, &status, 1, nullptr);
}

void Http2Carrier::submit_reply(std::int32_t id, const providers::ReplyHead& head, ReplyBody body) {
  if (!session_) return;
  const ReplyFields fields(head);
  nghttp2_data_provider provider{};
  provider.source.ptr = stream_of(session_.get(), id);
  provider.read_callback = &Callbacks::read_reply;
  nghttp2_submit_response(session_.get(), id, fields.all().data(), fields.all().size(),
                          body == ReplyBody::follows ? &provider : nullptr);
}

void Http2Carrier::resume(std::int32_t id) {
  if (session_) nghttp2_session_resume_data(session_.get(), id);
}

void Http2Carrier::reset(std::int32_t id, std::uint32_t error) {
  if (!session_) return;
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, error);
  send_soon();
}

// What nghttp2 has to send, as much as is worth a call.
void Http2Carrier::put_together(std::string& out) {
  out.clear();
  while (out.size() < enough_to_send) {
    const std::uint8_t* data = nullptr;
    const std::ptrdiff_t size = nghttp2_session_mem_send(session_.get(), &data);
    if (size < 0) {  // there is no memory: of what comes behind nothing would be right
      is_cut_off_ = is_over_ = true;
      connection_->interrupt();
    }
    if (size <= 0) return;
    out.append(text_of(data, static_cast<std::size_t>(size)));
  }
}

void Http2Carrier::flush() {
  // One for all connections of a thread, so that those that are quiet hold none.
  thread_local std::string out;
  if (is_feeding_) return;
  while (session_ && unsent_.empty()) {
    put_together(out);
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
