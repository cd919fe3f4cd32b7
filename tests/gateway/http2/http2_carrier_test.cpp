#include "gateway/http2/http2_carrier.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <map>

#include "providers/net/plain_connection.hpp"
#include "tests/support/loop.hpp"

using namespace std::chrono_literals;
using gateway::Http2Carrier;
using gateway::Http2StreamPtr;
using providers::Pieces;

namespace {

constexpr int data = 0, headers = 1, priority = 2, rst_stream = 3, settings = 4, ping = 6, goaway = 7,
              window_update = 8, continuation = 9;
constexpr int end_stream = 1, ack = 1, end_headers = 4;
constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

std::string number(std::uint32_t value, int bytes = 4) {
  std::string text;
  while (bytes-- > 0) text += static_cast<char>(value >> (8 * bytes));
  return text;
}
std::string frame(int type, int flags, std::uint32_t stream, std::string_view payload = {}) {
  return number(static_cast<std::uint32_t>(payload.size()), 3) + static_cast<char>(type) +
         static_cast<char>(flags) + number(stream) + std::string(payload);
}
// Of HPACK only literals that nobody remembers.
std::string packed(std::string_view name, std::string_view value) {
  std::string text(1, '\0');
  text += static_cast<char>(name.size());
  text += name;
  text += static_cast<char>(value.size());
  return text.append(value);
}
std::string head(std::string_view method = "POST", std::string_view more = {}) {
  return packed(":method", method) + packed(":scheme", "https") + packed(":path", "/p") +
         packed(":authority", "localhost") + std::string(more);
}
std::string get(std::uint32_t stream) {
  return frame(headers, end_headers | end_stream, stream, head("GET"));
}
std::string post(std::uint32_t stream, std::string_view more = {}) {
  return frame(headers, end_headers, stream, head("POST", more));
}
std::string setting(int which, std::uint32_t value) {
  return number(static_cast<std::uint32_t>(which), 2) + number(value);
}

struct Frame {
  int type = -1;
  int flags = 0;
  std::uint32_t stream = 0;
  std::string payload;
};

std::uint32_t number_at(std::string_view text, std::size_t at, std::size_t bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<std::uint8_t>(text[at + i]);
  return value;
}

// A client that says what a test writes, and the carrier at the other end. Streams are served by the test.
struct Line final : Http2Carrier::Server {
  support::Loop loop;
  std::unique_ptr<support::Peer> client;
  boost::intrusive_ptr<Http2Carrier> carrier;
  bool has_ended = false;
  std::vector<Http2StreamPtr> streams;
  bool refuses = false;
  int cuts = 0, stalls = 0, times_busy = 0, times_idle = 0;
  std::string unread;
  std::deque<Frame> frames;
  providers::ConnectionPtr near;
  nghttp2_hd_inflater* inflater = nullptr;

  explicit Line(std::string_view first_settings = {}) {
    support::SocketPair pair(loop);
    pair.near.set_option(boost::asio::socket_base::send_buffer_size(16 * 1024));
    near.reset(new providers::PlainConnection(std::move(pair.near)));
    client = std::make_unique<support::Peer>(loop, std::move(pair.far));
    carrier.reset(new Http2Carrier(
        loop.io, near, loop.timer,
        {.head_bytes = 32 * 1024, .first_head = 10s, .idle = 60s, .write_idle = 30s}, *this));
    loop.start(carrier->run(), has_ended);
    client->send(std::string(preface) + frame(settings, 0, 0, first_settings) + frame(settings, ack, 0));
    loop.settle();
    nghttp2_hd_inflate_new(&inflater);
  }
  ~Line() {
    client->close();
    loop.until([&] { return near->ended() || has_ended; });
    for (const Http2StreamPtr& stream : streams) stream->close();
    while (serving > 0) done();
    loop.until([&] { return has_ended; });
    nghttp2_hd_inflate_del(inflater);
  }

  bool serve(Http2StreamPtr stream) override {
    if (refuses) return false;
    ++serving;
    stream->start_reading();
    streams.push_back(std::move(stream));
    return true;
  }
  void busy() override { ++times_busy; }
  void idle() override { ++times_idle; }
  void cut_off() override { ++cuts; }
  void stalled() override { ++stalls; }
  int serving = 0;
  // A session ends.
  void done() {
    --serving;
    carrier->served();
  }
  void done(int which) {
    streams[static_cast<std::size_t>(which)]->close();
    done();
    loop.settle();
  }

  void send(std::string_view bytes) {
    client->send(bytes);
    // It has been read once its effects are there: the tests look for those.
    for (int i = 0; i < 3; ++i) loop.settle();
  }
  // Until the carrier has read all of it.
  void said(std::string_view bytes) {
    client->send(std::string(bytes) + frame(ping, 0, 0, "12345678"));
    loop.until([&] { return has_come(ping); });
    std::erase_if(frames, [](const Frame& each) { return each.type == ping; });
  }
  const std::string_view request(int which) { return streams.at(static_cast<std::size_t>(which))->unread(); }
  bool write(int which, std::string_view text) {
    Pieces pieces{text};
    return streams.at(static_cast<std::size_t>(which))->write_now(pieces);
  }

  void split() {
    unread += client->take();
    while (unread.size() >= 9) {
      const std::size_t size = number_at(unread, 0, 3);
      if (unread.size() < 9 + size) return;
      frames.push_back({unread[3], unread[4], number_at(unread, 5, 4), unread.substr(9, size)});
      unread.erase(0, 9 + size);
    }
  }
  // The next frame of this type; those before it are gone.
  Frame until(int type) {
    Frame found;
    loop.until([&] {
      client->got();
      split();
      while (!frames.empty() && found.type != type) {
        found = frames.front();
        frames.pop_front();
      }
      return found.type == type;
    });
    return found;
  }
  bool has_come(int type) {
    client->got();
    split();
    for (const Frame& each : frames) {
      if (each.type == type) return true;
    }
    return false;
  }
  std::map<std::string, std::string> fields_of(const Frame& from) {
    std::map<std::string, std::string> fields;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(from.payload.data());
    std::size_t left = from.payload.size();
    for (int flags = 0; !(flags & NGHTTP2_HD_INFLATE_FINAL);) {
      nghttp2_nv field;
      const auto size = nghttp2_hd_inflate_hd2(inflater, &field, &flags, bytes, left, 1);
      REQUIRE(size >= 0);
      bytes += size;
      left -= static_cast<std::size_t>(size);
      if (flags & NGHTTP2_HD_INFLATE_EMIT) {
        fields[{reinterpret_cast<char*>(field.name), field.namelen}] = {reinterpret_cast<char*>(field.value),
                                                                        field.valuelen};
      }
    }
    nghttp2_hd_inflate_end_headers(inflater);
    return fields;
  }
  // The text of DATA frames until there are so many bytes of it.
  std::string read_data(std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += until(data).payload;
    return text;
  }
  // The error that it was told when it was cut off.
  std::uint32_t error_at_end() {
    const Frame last = until(goaway);
    client->read_to_end();
    return number_at(last.payload, 4, 4);
  }
};

const std::string whole =
    "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
const std::string chunked_head = "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunk(std::string_view text) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", text.size());
  return size + std::string(text) + "\r\n";
}

struct Watcher final : providers::Connection::Watcher {
  bool left = false;
  void peer_left() override { left = true; }
};

}  // namespace

TEST_CASE("a request of a stream is read as HTTP/1.1, and what answers it goes to the client as frames") {
  Line line;
  line.said(get(1));
  REQUIRE(line.streams.size() == 1);
  CHECK(line.request(0) == "GET /p HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
  CHECK(line.write(0, whole));
  const Frame head = line.until(headers);
  CHECK(line.fields_of(head) == std::map<std::string, std::string>{
                                    {":status", "200"}, {"content-type", "a/b"}, {"content-length", "5"}});
  const Frame body = line.until(data);
  CHECK(body.payload == "hello");
  CHECK((body.flags & end_stream) == end_stream);
  line.done(0);
  CHECK(line.carrier->is_idle());
}

TEST_CASE("a body with a length comes as it is, and one without in chunks") {
  Line line;
  line.said(post(1, packed("content-length", "5")) + frame(data, end_stream, 1, "hello") + post(3) +
            frame(data, 0, 3, "hel") + frame(data, end_stream, 3, "lo"));
  CHECK(line.request(0).ends_with("\r\ncontent-length: 5\r\n\r\nhello"));
  CHECK(line.request(1).ends_with("\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"));
}

TEST_CASE("events go out as they are written, and the stream ends with the last chunk") {
  Line line;
  line.said(get(1));
  CHECK(line.write(0, chunked_head + chunk("one")));
  CHECK(line.until(data).payload == "one");
  CHECK(line.write(0, chunk("two")));
  const Frame second = line.until(data);
  CHECK(second.payload == "two");
  CHECK((second.flags & end_stream) == 0);
  CHECK(line.write(0, "0\r\n\r\n"));
  CHECK((line.until(data).flags & end_stream) == end_stream);
}

TEST_CASE("a reply to HEAD ends with its head, and so does one without a body") {
  Line line;
  line.said(frame(headers, end_headers | end_stream, 1, head("HEAD")) + get(3));
  CHECK(line.write(0, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n"));
  CHECK((line.until(headers).flags & end_stream) == end_stream);
  CHECK(line.write(1, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  CHECK((line.until(headers).flags & end_stream) == end_stream);
}

TEST_CASE("who waits to be told to go on with a body is told so") {
  Line line;
  line.said(post(1, packed("expect", "100-continue")));
  CHECK(line.write(0, "HTTP/1.1 100 Continue\r\n\r\n"));
  CHECK(line.write(0, whole));
  CHECK(line.fields_of(line.until(headers))[":status"] == "100");
  CHECK(line.fields_of(line.until(headers))[":status"] == "200");
}

TEST_CASE("a client that resets a stream has left that request, and no other one") {
  Line line;
  line.said(get(1) + get(3));
  Watcher first, second;
  for (int i : {0, 1}) {
    auto& stream = *line.streams[static_cast<std::size_t>(i)];
    stream.consume(stream.unread().size());
    stream.watch(i == 0 ? &first : &second);
  }
  line.said(frame(rst_stream, 0, 1, number(8)));
  CHECK(first.left);
  CHECK_FALSE(second.left);
  CHECK_FALSE(line.write(0, whole));
  CHECK(line.write(1, whole));
  CHECK(line.until(data).stream == 3);
  for (auto& stream : line.streams) stream->watch(nullptr);
}

TEST_CASE("that a client has said all of its request, or has all of its reply, is no leaving") {
  Line line;
  line.said(post(1, packed("content-length", "2")) + frame(data, end_stream, 1, "hi"));
  Watcher watcher;
  line.streams[0]->consume(line.request(0).size());
  line.streams[0]->watch(&watcher);
  CHECK(line.write(0, whole));
  CHECK((line.until(data).flags & end_stream) == end_stream);
  line.loop.settle();
  CHECK_FALSE(watcher.left);
  line.streams[0]->watch(nullptr);
}

TEST_CASE("a connection that is cut ends all of its requests") {
  Line line;
  line.said(get(1) + get(3));
  line.client->reset();
  line.loop.until([&] { return line.streams[0]->ended() && line.streams[1]->ended(); });
  CHECK_FALSE(line.has_ended);
  line.done(0);
  CHECK_FALSE(line.has_ended);
  line.done(1);
  line.loop.until([&] { return line.has_ended; });
}

TEST_CASE("a session that breaks off has the stream reset, and the others go on") {
  Line line;
  line.said(get(1) + get(3));
  CHECK(line.write(0, chunked_head + chunk("one")));
  line.done(0);
  CHECK(line.until(rst_stream).stream == 1);
  CHECK(line.write(1, whole));
  CHECK(line.until(data).payload == "hello");
}

TEST_CASE("who is answered before all of the request has come need not send the rest") {
  Line line;
  line.said(post(1) + frame(data, 0, 1, "some"));
  CHECK(line.write(0, whole));
  line.streams[0]->end_writing();
  const Frame reset = line.until(rst_stream);
  CHECK(reset.stream == 1);
  CHECK(number_at(reset.payload, 0, 4) == 0);
  line.loop.until([&] { return line.streams[0]->ended(); });
}

TEST_CASE("a reply waits for its client's window, and others pass it") {
  Line line(setting(4, 1000));  // SETTINGS_INITIAL_WINDOW_SIZE
  line.said(get(1) + get(3));
  const std::string long_text(100'000, 'x');
  CHECK_FALSE(line.write(0, chunked_head + chunk(long_text)));
  CHECK(line.read_data(1000).size() == 1000);
  CHECK(line.write(1, whole));
  CHECK(line.until(data).stream == 3);
  const std::string framed = chunk(long_text);
  const std::string_view rest = std::string_view(framed).substr(0, 1);
  CHECK_FALSE(line.write(0, rest));
  line.said(frame(window_update, 0, 1, number(70'000)));
  CHECK(line.has_come(data));
}

TEST_CASE("a client may send as much again as was read, and no more") {
  Line line;
  line.said(post(1));
  line.frames.clear();  // the window of the whole connection
  auto& stream = *line.streams[0];
  stream.consume(stream.unread().size());
  const std::string part(16 * 1024, 'b');
  for (int i = 0; i < 15; ++i) line.send(frame(data, 0, 1, part));
  line.said({});
  // A connection reads ahead some of it, but not enough for a new window of 256 KiB.
  CHECK_FALSE(line.has_come(window_update));
  while (!stream.unread().empty()) {
    stream.consume(stream.unread().size());
    stream.start_reading();
    line.loop.settle();
  }
  CHECK(line.until(window_update).payload.size() == 4);
}

TEST_CASE("what was sent for streams that are gone leaves the connection's window as it was") {
  Line line;
  const std::string part(16 * 1024, 'b');
  std::uint32_t given = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    const std::uint32_t stream = 2 * i + 1;
    line.said(post(stream) + frame(data, 0, stream, part) + frame(rst_stream, 0, stream, number(8)));
    for (; line.has_come(window_update); line.frames.pop_front()) {
      const Frame& first = line.frames.front();
      if (first.type == window_update && first.stream == 0) given += number_at(first.payload, 0, 4);
    }
  }
  CHECK(given > 100 * 16 * 1024);  // the first is the window's own size
}

TEST_CASE("a malformed head that nothing follows takes no time from the others") {
  Line line;
  line.said(get(1));
  line.said(post(3, packed("connection", "close")));
  line.loop.advance(1min);
  CHECK(line.write(0, whole));
  CHECK(line.until(data).payload == "hello");
}

TEST_CASE(
    "a reply that its client does not take is given up after its time, and so is a client that takes "
    "nothing") {
  Line line(setting(4, 0));
  line.said(get(1));
  CHECK(line.write(0, whole));
  line.done(0);
  CHECK_FALSE(line.carrier->is_idle());
  line.loop.advance(31s);
  CHECK(line.until(rst_stream).stream == 1);
  line.loop.settle();
  CHECK(line.carrier->is_idle());

  Line deaf(setting(4, 0x7fffffff));
  deaf.said(frame(window_update, 0, 0, number(0x70000000)) + get(1));
  const std::string long_text(60'000, 'x');
  CHECK(deaf.write(0, chunked_head + chunk(long_text)));
  for (int i = 0; i < 1000 && deaf.write(0, chunk(long_text)); ++i) {
  }
  deaf.loop.advance(31s);
  CHECK(deaf.stalls == 1);
  deaf.loop.until([&] { return deaf.streams[0]->ended(); });
}

TEST_CASE("a malformed request is reset, and the others go on") {
  Line line;
  line.said(post(1, packed("connection", "close")) + post(3, packed("x", "a\x01")) + get(5));
  CHECK(line.streams.size() == 1);
  CHECK(line.write(0, whole));
  CHECK(line.until(data).stream == 5);
}

TEST_CASE("a head that unpacks to much more than it may have is reset, and nobody looks at the rest") {
  Line line;
  // A field that the table keeps, and then a byte for each time that it is said again.
  const std::string kept = std::string(1, '\x40') + '\x01' + 'a' + '\x78' + std::string(120, 'v');
  for (const std::uint32_t stream : {1u, 3u}) {
    const std::string again = stream == 1 ? kept : std::string();
    line.send(
        frame(headers, end_headers | end_stream, stream, head("GET", again + std::string(2000, '\xbe'))));
    const Frame reset = line.until(rst_stream);
    CHECK(reset.stream == stream);
    CHECK(number_at(reset.payload, 0, 4) == NGHTTP2_INTERNAL_ERROR);
  }
  CHECK(line.streams.empty());
  line.send(frame(headers, end_headers | end_stream, 5, head("GET", "\xbe")));
  CHECK(line.streams.size() == 1);
  CHECK(line.request(0).find("a: vvv") != std::string::npos);
}

TEST_CASE("a request that cannot be served is refused in such a way that its client may ask again") {
  Line line;
  line.refuses = true;
  line.said(get(1));
  const Frame refused = [&] {
    line.send(get(3));
    return line.until(rst_stream);
  }();
  CHECK(number_at(refused.payload, 0, 4) == 7);  // REFUSED_STREAM
  CHECK(line.times_busy == line.times_idle);
}

TEST_CASE(
    "where a drain has begun who asks again is told to ask elsewhere, and the last reply ends the "
    "connection") {
  Line line;
  line.said(get(1));
  line.carrier->drain();
  line.said({});
  CHECK_FALSE(line.has_come(goaway));
  line.said(get(3) + get(5));
  CHECK(line.streams.size() == 1);
  CHECK(number_at(line.until(goaway).payload, 0, 4) == 1);
  CHECK_FALSE(line.client->ended());
  CHECK(line.write(0, chunked_head + chunk("one")));
  CHECK(line.until(data).payload == "one");
  CHECK(line.write(0, "0\r\n\r\n"));
  line.done(0);
  CHECK((line.until(data).flags & end_stream) == end_stream);
  line.client->read_to_end();

  Line quiet;
  quiet.said(get(1));
  quiet.carrier->drain();
  CHECK(quiet.write(0, whole));
  quiet.done(0);
  CHECK(quiet.until(data).payload == "hello");
  CHECK(quiet.error_at_end() == 0);
}

TEST_CASE("a connection without a request is ended by a drain, and after its idle time") {
  Line drained;
  drained.carrier->drain();
  CHECK(drained.error_at_end() == 0);

  Line line;
  line.said(get(1));
  CHECK(line.write(0, whole));
  line.until(data);
  line.done(0);
  line.loop.advance(59s);
  CHECK_FALSE(line.client->ended());
  line.loop.advance(2s);
  CHECK(line.error_at_end() == 0);

  Line never;
  never.loop.advance(11s);
  CHECK(never.error_at_end() == 0);
}

TEST_CASE("a request under way keeps its connection, and a head that does not end in time ends it") {
  Line line;
  line.said(get(1));
  line.loop.advance(1h);
  CHECK_FALSE(line.client->ended());
  line.send(frame(headers, 0, 3, head("GET")));
  line.loop.advance(11s);
  CHECK(line.error_at_end() == 0);
}

TEST_CASE("a part of a frame of a head is the beginning of a head") {
  Line line;
  line.said(get(1));
  line.send(get(3).substr(0, 12));
  line.loop.advance(11s);
  CHECK(line.error_at_end() == 0);
}

TEST_CASE("a client that asks for work that is no request is cut off") {
  std::string resets, gone;
  for (std::uint32_t i = 0; i < 400; ++i)
    resets += get(2 * i + 1) + frame(rst_stream, 0, 2 * i + 1, number(8));
  std::string pings, settings_flood, empty = post(1), priorities, windows,
                                     continuations = frame(headers, 0, 1, head());
  for (int i = 0; i < 5000; ++i) {
    pings += frame(ping, 0, 0, "12345678");
    settings_flood += frame(settings, 0, 0);
    empty += frame(data, 0, 1);
    priorities += frame(priority, 0, 2 * static_cast<std::uint32_t>(i) + 1, number(0) + "\x10");
    windows += frame(window_update, 0, 0, number(1));
    continuations += frame(continuation, 0, 1, packed("x", "y"));
  }
  for (const std::string* flood :
       {&resets, &pings, &settings_flood, &empty, &priorities, &windows, &continuations}) {
    Line line;
    bool is_cut = false;
    try {
      line.client->send(*flood);
    } catch (const boost::system::system_error&) {
      is_cut = true;  // while it was still sending
    }
    line.loop.until([&] { return is_cut || line.client->ended(); });
    CHECK(line.streams.size() <= 300);
    for (const Http2StreamPtr& stream : line.streams) stream->close();
    while (line.serving > 0) line.done();
    line.loop.until([&] { return line.has_ended; });
  }
}

TEST_CASE("a request that was reset before anybody began it costs nothing more") {
  Line line;
  line.said(get(1) + frame(rst_stream, 0, 1, number(8)) + get(3));
  CHECK(line.streams.size() == 1);
  CHECK(line.cuts == 0);
}

TEST_CASE("who does not speak HTTP/2 after all is left") {
  Line line;
  line.client->send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  line.client->read_to_end();
  CHECK(line.streams.empty());
}

TEST_CASE("a hundred and twenty-eight requests are under way at a time, and no more") {
  Line line;
  std::string many;
  for (std::uint32_t i = 0; i < 128; ++i) many += get(2 * i + 1);
  line.said(many);
  CHECK(line.streams.size() == 128);
  for (int i = 0; i < 128; ++i) CHECK(line.write(i, whole));
  for (int i = 0; i < 128; ++i) CHECK(line.until(data).payload == "hello");
}

namespace {

// A connection without a socket: the test says what comes, and nobody takes what is written.
struct Deaf final : providers::Connection {
  explicit Deaf(bool& is_gone) : gone(is_gone) {}
  ~Deaf() override { gone = true; }
  void come(std::string_view text) {
    std::copy(text.begin(), text.end(), room().begin());
    arrived({}, text.size());
  }
  bool write_now(Pieces&) override { return false; }
  providers::Task<bool> write(Pieces&) override {
    co_await never.wait();
    co_return false;
  }
  void close() override {}
  void end_writing() override {}
  void begin_read() override {}
  void cancel_read() override {}
  bool& gone;
  providers::Waiter never;
};

providers::Task<void> wait_for_ever(Http2StreamPtr stream) {
  struct Closing {
    ~Closing() { stream.close(); }
    gateway::Http2Stream& stream;
  } const closing{*stream};
  providers::Waiter never;
  co_await never.wait();
}

}  // namespace

TEST_CASE("a connection and its requests go with their loop, whatever is under way") {
  bool is_gone = false, has_ended = false;
  {
    support::Loop loop;
    struct Waiting final : Http2Carrier::Server {
      explicit Waiting(support::Loop& of) : loop(of) {}
      bool serve(Http2StreamPtr stream) override {
        ++serving;
        providers::spawn(loop.io, wait_for_ever(std::move(stream)), [](std::exception_ptr) {});
        return true;
      }
      void busy() override {}
      void idle() override {}
      void cut_off() override {}
      void stalled() override {}
      support::Loop& loop;
      int serving = 0;
    } server(loop);
    const boost::intrusive_ptr<Deaf> connection(new Deaf(is_gone));
    const boost::intrusive_ptr<Http2Carrier> carrier(new Http2Carrier(
        loop.io, connection, loop.timer,
        {.head_bytes = 32 * 1024, .first_head = 10s, .idle = 60s, .write_idle = 30s}, server));
    loop.start(carrier->run(), has_ended);
    connection->come(std::string(preface) + frame(settings, 0, 0) + get(1) + post(3));
    CHECK(server.serving == 2);
  }
  CHECK(is_gone);
  CHECK_FALSE(has_ended);
}
