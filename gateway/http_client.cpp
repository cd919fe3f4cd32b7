#include "gateway/http_client.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <optional>

#include "providers/http_fields.hpp"

namespace gateway {

using providers::Pieces;
using providers::Task;

std::string_view http_date() {
  thread_local std::time_t made = 0;
  thread_local std::array<char, 32> text{};
  const std::time_t now = std::time(nullptr);
  if (now != made) {
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    made = now;
  }
  return {text.data(), 29};
}

std::string HttpClient::head(const ReplyStart& start, std::optional<std::size_t> length) const {
  std::array<char, 20> digits;
  const auto number = [&](std::size_t value) {
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    return std::string_view(digits.data(), end.ptr);
  };
  using namespace std::string_view_literals;
  std::string text;
  text.reserve(192 + start.fields.size());
  text.append("HTTP/1.1 "sv).append(number(static_cast<std::size_t>(start.status)));
  text.append(" "sv).append(providers::reason_phrase(start.status));
  text.append("\r\nDate: "sv).append(http_date());
  text.append("\r\nContent-Type: "sv).append(start.content_type).append("\r\n"sv);
  if (length) {
    text.append("Content-Length: "sv).append(number(*length)).append("\r\n"sv);
  } else if (chunked()) {
    text.append("Transfer-Encoding: chunked\r\n"sv);
  }
  text.append(start.fields);
  if (manner_.after == AfterReply::close || (!length && !chunked())) {
    text.append("Connection: close\r\n"sv);
  } else if (manner_.minor_version == 0) {
    text.append("Connection: keep-alive\r\n"sv);
  }
  return text.append("\r\n"sv);
}

Task<bool> HttpClient::answer(ReplyStart start, std::string_view body) {
  const std::string text = head(start, body.size());
  Pieces pieces{text, manner_.body == BodyWanted::yes ? body : std::string_view()};
  complete_ = pushed_now(pieces);
  if (!complete_) complete_ = co_await push(pieces);
  co_return complete_;
}

Pieces HttpClient::framed(std::string_view head, const Pieces& pieces, std::string& frame) const {
  // A chunk without bytes would be the last one.
  if (!chunked() || pieces.empty()) {
    Pieces plain{head};
    for (const std::string_view text : pieces.texts()) plain.add(text);
    return plain;
  }
  std::array<char, 18> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + 16, pieces.bytes(), 16);
  frame.assign(digits.data(), end.ptr).append("\r\n");
  Pieces result{head, frame};
  for (const std::string_view text : pieces.texts()) result.add(text);
  result.add("\r\n");
  return result;
}

Task<bool> HttpClient::begin(ReplyStart start, Pieces& pieces) {
  const std::string text = head(start, std::nullopt);
  std::string frame;
  Pieces all = framed(text, pieces, frame);
  if (pushed_now(all)) co_return true;
  co_return co_await push(all);
}

Task<bool> HttpClient::write(Pieces& pieces) {
  std::string frame;
  Pieces all = framed({}, pieces, frame);
  if (pushed_now(all)) co_return true;
  co_return co_await push(all);
}

Task<bool> HttpClient::end(Pieces& pieces) {
  std::string frame;
  Pieces all = framed({}, pieces, frame);
  // In HTTP/1.0 the connection's end is the stream's.
  if (chunked()) all.add("0\r\n\r\n");
  bool written = pushed_now(all);
  if (!written) written = co_await push(all);
  complete_ = written && chunked();
  co_return written;
}

bool HttpClient::pushed_now(Pieces& pieces) {
  bytes_out_ += pieces.bytes();
  return connection_.write_now(pieces);
}

Task<bool> HttpClient::push(Pieces& pieces) {
  const std::size_t bytes = pieces.bytes();
  // The client's pace from here on. A large reply may take longer than the idle limit, at 8 KiB/s or more.
  providers::Limit too_slow([this] {
    stalled_ = true;
    connection_.close();
  });
  timer_.set(too_slow, timer_.now() + write_idle_ + std::chrono::seconds(bytes / 8192));
  co_return co_await connection_.write(pieces);
}

}  // namespace gateway
