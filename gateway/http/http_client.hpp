// A client of the gateway as HTTP/1.1 sees it: writes replies to its connection. Belongs to one data loop;
// lives as long as one request.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/http/client.hpp"
#include "providers/loop/timer.hpp"
#include "providers/net/connection.hpp"

namespace gateway {

enum class AfterReply { keep_alive, close };
enum class BodyWanted { yes, no };  // no: HEAD

class HttpClient final : public Client {
 public:
  struct Manner {
    AfterReply after = AfterReply::keep_alive;
    BodyWanted body = BodyWanted::yes;
    int minor_version = 1;  // HTTP/1.0 knows no chunks: its streams end with the connection
    std::string fields{};   // of every reply, each "name: value\r\n"
  };

  // `connection` and `timer` must outlive the client.
  HttpClient(providers::Connection& connection, providers::Timer& timer, config::Duration write_idle,
             Manner manner)
      : connection_(connection), timer_(timer), write_idle_(write_idle), manner_(manner) {}

  providers::Task<bool> answer(ReplyStart start, std::string_view body) override;
  providers::Task<bool> begin(ReplyStart start, providers::Pieces& pieces) override;
  providers::Task<bool> write(providers::Pieces& pieces) override;
  providers::Task<bool> end(providers::Pieces& pieces) override;
  void begin_now(ReplyStart start, std::string_view text) override;
  void write_now(std::string_view text) override;

  // Whether the whole answer was written.
  bool complete() const { return complete_; }
  // Whether the connection can serve another request.
  bool reusable() const { return complete_ && manner_.after == AfterReply::keep_alive; }
  // Of the body: without the head and the frames of the chunked coding.
  std::uint64_t bytes_out() const { return bytes_out_; }
  // The write limit cut the connection.
  bool stalled() const { return stalled_; }

 private:
  bool chunked() const { return manner_.minor_version == 1; }
  std::string head(const ReplyStart& start, std::optional<std::size_t> length) const;
  // Pieces within a frame of the chunked coding; `frame` is scratch for its size line.
  providers::Pieces framed(std::string_view head, const providers::Pieces& pieces, std::string& frame) const;
  // What the socket did not take at once, at the client's pace.
  providers::Task<bool> push(providers::Pieces& pieces);
  // What is not taken at once becomes `owed_`.
  void push_or_owe(providers::Pieces& pieces);

  providers::Connection& connection_;
  providers::Timer& timer_;
  const config::Duration write_idle_;
  const Manner manner_;
  std::string owed_;  // goes out before anything else
  std::uint64_t bytes_out_ = 0;
  bool complete_ = false;
  bool stalled_ = false;
};

// The IMF-fixdate of now, made at most once a second. Belongs to the calling thread.
std::string_view http_date(config::WallTime now);

}  // namespace gateway
