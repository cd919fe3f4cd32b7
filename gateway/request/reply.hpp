// The reply to one request while it is made: what the client is told beside the host's bytes, and whether it
// has begun, since from then on no other endpoint can take over. Comments alone commit it to its status and
// head, and to nothing else. Belongs to one request.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/client.hpp"
#include "gateway/observe/record.hpp"
#include "gateway/request/echo.hpp"
#include "gateway/surface/surface.hpp"
#include "providers/loop/timer.hpp"

namespace gateway {

// How this request was served, for the header fields of its reply.
struct Served {
  std::string_view endpoint;
  std::string_view policy;
  std::string_view model;         // public name of the model whose host it is
  std::string_view decision;      // short form
  std::string_view host_model{};  // what that host calls it
  std::string_view provider{};    // whose host it is, for people
  std::size_t attempts = 0;
  std::optional<config::Money> cost{};  // known only for a whole reply
  std::string_view hedge{};             // "won" or "lost", where a second request was made beside a slow one
  std::string dropped{};                // parameters that the host could not be told: "top_k, seed"
};

// For people.
std::string_view shown_provider(const routing::Endpoint& endpoint);

class Reply {
 public:
  // `id` is the request's; all must outlive the reply.
  Reply(Client& client, providers::Timer& timer, const Surface& surface, std::string_view id)
      : client_(client), timer_(timer), surface_(surface), id_(id) {}

  // Whether the client was sent a part of an answer, or an error.
  bool begun() const { return first_byte_.has_value(); }
  // Whether its head is out: what comes now is part of a stream.
  bool committed() const { return committed_; }
  int status() const { return status_; }
  std::optional<config::TimePoint> first_byte() const { return first_byte_; }

  // What the reply tells of the decision, whichever form it takes; the last one counts.
  void tell(Echo echo) { echo_ = std::move(echo); }
  // More fields of its head, each "name: value\r\n", already checked.
  void add_fields(std::string_view fields) { more_fields_ += fields; }
  // What the client was told of a stream so far, where its API numbers it.
  void note_events(std::int64_t count) { events_ = count; }
  // Whether the client got all of it, an error or an answer.
  bool delivered() const { return delivered_; }
  // Whether its last words are out, or were tried: there is no second end, whatever fails afterwards.
  bool is_over() const { return is_over_; }

  providers::Task<void> whole(const Served& served, std::string_view body);
  // Begins with the first pieces, or goes on with more. False when the client is gone.
  providers::Task<bool> stream(const Served& served, providers::Pieces& pieces);
  // A comment, like ": still here", or an event that says no more, in a stream. Begins it where nothing was
  // sent yet, with what is known of how the request will be served. At a time when nothing else is being
  // sent; never waits.
  void remark(const Served& known, std::string_view comment);
  // The last pieces, the mark of the end, and the end.
  providers::Task<void> end_stream(const Served& served, providers::Pieces& pieces);
  // An error response, or, once a stream is committed, one error event and the end. `served` names the last
  // attempt; empty where there was none. Nothing where it is over already.
  providers::Task<void> fail(const ErrorReply& error, const Served& served, const StreamIdentity& stream);

 private:
  std::string reply_fields(const Served& served) const;
  std::string stream_fields(const Served& served) const;
  void note_first_byte(int status) {
    committed_ = true;
    status_ = status;
    first_byte_ = timer_.now();
  }

  Client& client_;
  providers::Timer& timer_;
  const Surface& surface_;
  std::string_view id_;
  Echo echo_;
  std::string more_fields_;
  std::int64_t events_ = 0;
  int status_ = 0;
  bool committed_ = false;
  bool delivered_ = false;
  bool is_over_ = false;
  std::optional<config::TimePoint> first_byte_{};
};

// The fields of a reply that no host had a part in, for the clients of `surface`.
std::string error_fields(const Surface& surface, std::string_view id, const ErrorReply& error);

}  // namespace gateway
