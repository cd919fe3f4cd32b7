#include "gateway/http/http_client.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <optional>
#include <utility>

#include "gateway/text/line_writer.hpp"
#include "providers/http/http_fields.hpp"

namespace gateway {

using providers::Pieces;
using providers::Task;

std::string_view http_date(config::WallTime wall) {
  thread_local std::time_t made = 0;
  thread_local std::array<char, 32> text{};
  const std::time_t now = std::chrono::system_clock::to_time_t(wall);
  if (now != made) {
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    made = now;
  }
  return {text.data(), 29};
}

std::string HttpClient::head(const ReplyStart& start, std::optional<std::size_t> length) const {
  std::string text;
  LineWriter line(text);
  line.text("HTTP/1.1 ");
  line.integer(start.status);
  line.text(" ");
  line.text(providers::reason_phrase(start.status));
  line.text("\r\nDate: ");
  line.text(http_date(timer_.wall()));
  line.text("\r\nContent-Type: ");
  line.text(start.content_type);
  line.text("\r\n");
  if (length) {
    line.text("Content-Length: ");
    line.integer(static_cast<std::int64_t>(*length));
    line.text("\r\n");
  } else if (chunked()) {
    line.text("Transfer-Encoding: chunked\r\n");
  }
  line.text(start.fields);
  line.text(manner_.fields);
  if (manner_.after == AfterReply::close || (!length && !chunked())) {
    line.text("Connection: close\r\n");
  } else if (manner_.minor_version == 0) {
    line.text("Connection: keep-alive\r\n");
  }
  line.text("\r\n");
  line.hand_over();
  return text;
}

Task<bool> HttpClient::answer(ReplyStart start, std::string_view body) {
  const std::string text = head(start, body.size());
  if (manner_.body == BodyWanted::no) body = {};
  bytes_out_ += body.size();
  Pieces pieces{text, body};
  complete_ = connection_.write_now(pieces);
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
  bytes_out_ += pieces.bytes();
  const std::string text = head(start, std::nullopt);
  std::string frame;
  Pieces all = framed(text, pieces, frame);
  if (connection_.write_now(all)) co_return true;
  co_return co_await push(all);
}

Task<bool> HttpClient::write(Pieces& pieces) {
  bytes_out_ += pieces.bytes();
  const std::string owed = std::exchange(owed_, {});
  std::string frame;
  Pieces all = framed(owed, pieces, frame);
  if (connection_.write_now(all)) co_return true;
  co_return co_await push(all);
}

Task<bool> HttpClient::end(Pieces& pieces) {
  bytes_out_ += pieces.bytes();
  const std::string owed = std::exchange(owed_, {});
  std::string frame;
  Pieces all = framed(owed, pieces, frame);
  // In HTTP/1.0 the connection's end is the stream's.
  if (chunked()) all.add("0\r\n\r\n");
  bool written = connection_.write_now(all);
  if (!written) written = co_await push(all);
  complete_ = written && chunked();
  co_return written;
}

void HttpClient::begin_now(ReplyStart start, std::string_view text) {
  bytes_out_ += text.size();
  const std::string first = head(start, std::nullopt);
  std::string frame;
  Pieces all = framed(first, Pieces{text}, frame);
  push_or_owe(all);
}

void HttpClient::write_now(std::string_view text) {
  if (!owed_.empty()) return;
  bytes_out_ += text.size();
  std::string frame;
  Pieces all = framed({}, Pieces{text}, frame);
  push_or_owe(all);
}

void HttpClient::push_or_owe(Pieces& pieces) {
  if (connection_.write_now(pieces)) return;
  for (const std::string_view text : pieces.texts()) owed_.append(text);
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
