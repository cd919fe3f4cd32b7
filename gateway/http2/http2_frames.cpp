#include "gateway/http2/http2_frames.hpp"

#include <array>
#include <exception>
#include <new>
#include <vector>

namespace gateway {

namespace {

// What a client may send ahead of who reads it: of one request, and of all of a connection.
constexpr std::int32_t stream_window = 256 * 1024;
constexpr std::int32_t connection_window = 1024 * 1024;
// How much is put together before it is sent. A full frame is a little more than a record of TLS holds, so of
// several the rest is a smaller part.
constexpr std::size_t enough_to_send = 64 * 1024;

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

// What nghttp2 calls. Nothing may be thrown through it, and no session goes on in here.
struct Http2Frames::Callbacks {
  static Listener& of(void* frames) { return static_cast<Http2Frames*>(frames)->listener_; }

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
      const std::int32_t id = frame->hd.stream_id;
      nghttp2_session_set_stream_user_data(session, id, &of(user).begun(id));
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
      of(user).spent(Toll::fault);
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    });
  }

  static int frame_came(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    return guarded([&] {
      Listener& listener = of(user);
      const bool ends_request = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
      switch (frame->hd.type) {
        case NGHTTP2_HEADERS:
          listener.head_over(frame->hd.stream_id);
          if (Http2Stream* stream = stream_of(session, frame->hd.stream_id)) {
            if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
              listener.asked(*stream, ends_request ? RequestText::Body::none : RequestText::Body::follows);
            } else if (ends_request) {
              stream->request_ended();
            }
          }
          break;
        case NGHTTP2_DATA: {
          if (frame->hd.length == frame->data.padlen && !ends_request) listener.spent(Toll::useless);
          Http2Stream* stream = ends_request ? stream_of(session, frame->hd.stream_id) : nullptr;
          if (stream) stream->request_ended();
          break;
        }
        case NGHTTP2_RST_STREAM:
          listener.spent(Toll::reset);
          break;
        case NGHTTP2_WINDOW_UPDATE:
          listener.spent(Toll::window);
          break;
        case NGHTTP2_GOAWAY:
          break;
        default:
          listener.spent(Toll::useless);
      }
      return 0;
    });
  }

  static int invalid_frame_came(nghttp2_session*, const nghttp2_frame*, int, void* user) {
    of(user).spent(Toll::fault);
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
    if (is_data) of(user).used_window();
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
      of(user).head_over(id);
      stream->over(error == NGHTTP2_NO_ERROR ? Http2Stream::End::complete : Http2Stream::End::broken);
      of(user).closed(id);
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

void Http2Frames::begin() {
  nghttp2_session* made = nullptr;
  if (nghttp2_session_server_new2(&made, Callbacks::all(), this, Callbacks::options()) != 0)
    throw std::bad_alloc();
  session_.reset(made);
  const std::array<nghttp2_settings_entry, 3> settings{
      {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, most_streams},
       {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<std::uint32_t>(stream_window)},
       {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(head_bytes_)}}};
  nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(made, NGHTTP2_FLAG_NONE, 0, connection_window);
}

bool Http2Frames::goes_on() const {
  return nghttp2_session_want_read(session_.get()) || nghttp2_session_want_write(session_.get());
}

Http2Frames::Taken Http2Frames::take(std::string_view bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const std::ptrdiff_t taken = nghttp2_session_mem_recv(session_.get(), data, bytes.size());
  if (taken == NGHTTP2_ERR_FLOODED) return Taken::flooded;
  return taken < 0 ? Taken::wrong : Taken::all;
}

bool Http2Frames::put_together(std::string& out) {
  out.clear();
  while (out.size() < enough_to_send) {
    const std::uint8_t* data = nullptr;
    const std::ptrdiff_t size = nghttp2_session_mem_send(session_.get(), &data);
    if (size < 0) return false;
    if (size == 0) break;
    out.append(text_of(data, static_cast<std::size_t>(size)));
  }
  return true;
}

void Http2Frames::pay(std::int32_t id, std::size_t bytes) {
  if (session_ && bytes > 0) nghttp2_session_consume(session_.get(), id, bytes);
}

void Http2Frames::pay_dropped(std::size_t bytes) {
  if (session_ && bytes > 0) nghttp2_session_consume_connection(session_.get(), bytes);
}

void Http2Frames::say_continue(std::int32_t id) {
  if (!session_) return;
  static constexpr std::string_view name = ":status", value = "100";
  const nghttp2_nv status{reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
                          reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(),
                          value.size(), NGHTTP2_NV_FLAG_NONE};
  nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, id, nullptr, &status, 1, nullptr);
}

void Http2Frames::say_reply(std::int32_t id, const providers::ReplyHead& head, ReplyBody body) {
  if (!session_) return;
  const ReplyFields fields(head);
  nghttp2_data_provider provider{};
  provider.source.ptr = stream_of(session_.get(), id);
  provider.read_callback = &Callbacks::read_reply;
  nghttp2_submit_response(session_.get(), id, fields.all().data(), fields.all().size(),
                          body == ReplyBody::follows ? &provider : nullptr);
}

void Http2Frames::resume(std::int32_t id) {
  if (session_) nghttp2_session_resume_data(session_.get(), id);
}

void Http2Frames::reset(std::int32_t id, std::uint32_t error) {
  if (session_) nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, error);
}

void Http2Frames::say_last(std::int32_t served) {
  if (session_)
    nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, served, NGHTTP2_NO_ERROR, nullptr, 0);
}

void Http2Frames::calm() {
  if (session_) nghttp2_session_terminate_session(session_.get(), NGHTTP2_ENHANCE_YOUR_CALM);
}

}  // namespace gateway
