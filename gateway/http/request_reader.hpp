// Reads one request from a client's connection: head through the gate, then its body, each within its limit.
// A body that did not come with the head waits until whoever asked has judged the head.
// Belongs to one data loop.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/values/address.hpp"
#include "gateway/http/body_budget.hpp"
#include "gateway/http/content_coding.hpp"
#include "gateway/http/http_client.hpp"
#include "gateway/http/http_gate.hpp"
#include "gateway/http/incoming.hpp"
#include "providers/loop/timer.hpp"
#include "providers/net/connection.hpp"

namespace gateway {

// The client closed between two requests, or let too long pass without one.
struct ConnectionOver {};

struct ReadRequest {
  Incoming incoming;
  HttpClient::Manner manner;
};

// The code of the refusal of a body whose client ended before it did.
inline constexpr std::string_view left_in_body_code = "incomplete_body";

// The request is the reader's own: it stays until the next one is asked for.
using RequestRead = std::variant<ConnectionOver, ReadRequest*, Refusal>;

// The header fields to keep of a request, in lower case, asked for when it comes: policies may have changed.
using WantedHeaders = std::function<std::span<const std::string>()>;

class RequestReader final : private providers::Alarm {
 public:
  // All must outlive the reader.
  RequestReader(providers::Connection& connection, providers::Timer& timer,
                const config::ServingLimits& limits, WantedHeaders wanted = {}, BodyBudget* bodies = nullptr)
      : connection_(connection),
        timer_(timer),
        limits_(limits),
        wanted_(std::move(wanted)),
        share_(bodies, limits.body_budget) {
    gate_limits_.header_block = limits.max_head_bytes;
    gate_limits_.body = limits.max_body_bytes;
    wait_for(Phase::header, limits.header_timeout);
  }

  // Where its client came in.
  void reached_at(const config::ListenAddress& address) {
    gate_limits_.loopback_only = config::is_loopback(address.host);
  }

  // The next request, whole or without its body. What the last one's body took is given back.
  providers::Task<RequestRead> next();
  // Whether the body is still to be read: rest() does that, after what is to be said before it.
  bool body_to_come() const { return to_come_.has_value(); }
  providers::Task<RequestRead> rest();
  // Keeps what a proxy says of its client.
  void behind_proxy() { behind_proxy_ = true; }
  // How much of the request's body has come.
  std::size_t received() const { return received_; }
  // What the next request may take its time for, from now on.
  void keep_alive() { wait_for(Phase::idle, limits_.keep_alive); }
  enum class Phase { idle, header, body, serving };
  // What was being waited for when its limit passed.
  std::optional<Phase> late() const { return late_; }
  // Whether no part of a request has come: closing the connection costs nobody anything.
  bool between_requests() const {
    return phase_ == Phase::idle || (phase_ == Phase::header && connection_.unread().empty());
  }

 private:
  struct Head {
    providers::Framing framing;
    bool expect_continue = false;
    ContentCoding coding = ContentCoding::identity;
  };

  void wait_for(Phase phase, config::Duration limit);
  void ring() override;
  RequestRead too_late();
  // What it finds is in `request_`.
  std::variant<HeadIncomplete, Head, Refusal> take_head(std::size_t seen);
  // True when all of the body had come with the head, as it mostly does.
  bool take_body(const providers::Framing& framing, std::string& body);
  // Makes the body what it stands for.
  std::optional<Refusal> unpack(ContentCoding coding, std::string& body);
  providers::Task<std::optional<Refusal>> read_body(const providers::Framing& framing, std::string& body);
  providers::Task<std::optional<Refusal>> read_length(std::uint64_t length, std::string& body);
  providers::Task<std::optional<Refusal>> read_chunks(std::string& body);

  providers::Connection& connection_;
  providers::Timer& timer_;
  const config::ServingLimits& limits_;
  WantedHeaders wanted_;
  GateLimits gate_limits_;
  BodyShare share_;
  bool behind_proxy_ = false;
  std::optional<Head> to_come_{};  // of a request whose body has not been read
  ReadRequest request_;            // one after the other, so that the memory of their texts is used again
  Phase phase_ = Phase::header;
  std::size_t received_ = 0;         // of the body
  std::size_t received_before_ = 0;  // when the limit was last set
  std::optional<Phase> late_{};
};

// Reads and drops what a refused client still sends, for a short while, so that its answer arrives instead
// of a reset.
providers::Task<void> linger(providers::Connection& connection, providers::Timer& timer);

}  // namespace gateway
