#include "providers/http/event_stream.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/event_frames.hpp"

using providers::EventStreamReader;
using State = EventStreamReader::State;

namespace {

std::string read(std::string_view bytes, std::size_t step) {
  EventStreamReader reader;
  std::string seen;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    reader.feed(bytes.substr(at, step));
    while (const auto frame = reader.next()) {
      seen.append(frame->message_type).append(" ").append(frame->event_type).append(frame->exception_type);
      seen.append(" ").append(frame->error_code).append(frame->error_message).append(frame->payload);
      seen += "\n";
    }
  }
  if (reader.state() == State::bad_checksum) seen += "bad checksum";
  if (reader.state() == State::bad_frame) seen += "bad frame";
  return seen;
}

}  // namespace

TEST_CASE("a frame of Amazon's own codec is read, and made the same") {
  const std::string golden = support::golden_frame();
  CHECK(golden.size() == 148);
  const std::string payload = R"({"contentBlockIndex":0,"delta":{"text":"Hi"}})";
  CHECK(read(golden, golden.size()) == "event contentBlockDelta " + payload + "\n");
  CHECK(support::event_frame("contentBlockDelta", payload) == golden);
}

TEST_CASE("where frames are cut changes nothing") {
  const std::string bytes = support::golden_frame() + support::event_frame("messageStop", "{}") +
                            support::exception_frame("throttlingException", R"({"message":"slow"})");
  const std::string whole = read(bytes, bytes.size());
  CHECK(std::count(whole.begin(), whole.end(), '\n') == 3);
  for (std::size_t step = 1; step < bytes.size(); ++step) CHECK(read(bytes, step) == whole);
}

TEST_CASE("headers of types that nobody asked for are passed over") {
  const auto named = [](std::string_view name, char type, const std::string& value) {
    return std::string(1, static_cast<char>(name.size())).append(name).append(1, type) + value;
  };
  const std::string headers =
      named("t", 0, "") + named("f", 1, "") + named("b", 2, "x") + named("s", 3, "xx") +
      named("i", 4, "xxxx") + named("l", 5, "xxxxxxxx") + named("y", 6, std::string("\0\3abc", 5)) +
      named("w", 8, "xxxxxxxx") + named("u", 9, "xxxxxxxxxxxxxxxx") +
      support::text_header(":message-type", "error") + support::text_header(":error-code", "500") +
      support::text_header(":error-message", "broken");
  CHECK(read(support::frame_of(headers, ""), 1'000) == "error  500broken\n");
  CHECK(read(support::frame_of(named("?", 10, "x"), ""), 1'000) == "bad frame");
  CHECK(read(support::frame_of(named("cut", 5, "xxx"), ""), 1'000) == "bad frame");
}

TEST_CASE("no bit of a frame can be wrong and pass") {
  const std::string golden = support::golden_frame();
  for (std::size_t bit = 0; bit < golden.size() * 8; ++bit) {
    std::string wrong = golden;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << bit % 8));
    CHECK(read(wrong, wrong.size()) == "bad checksum");
  }
}

TEST_CASE("a frame beyond all bounds is none, though its checksum is right") {
  for (const auto& [size, headers] :
       {std::pair(0x7fffffffu, 0u), {15u, 0u}, {16u, 1u}, {1u << 20, 1u << 19}}) {
    std::string prelude = support::big_endian(size) + support::big_endian(headers);
    prelude += support::big_endian(providers::crc32_of(prelude));
    CHECK(read(prelude, prelude.size()) == "bad frame");
  }
}
