// Relays one host's event stream to the client as it comes, holding back until the host shows that it
// answers, and notes what routing learns from. Belongs to one attempt.
#pragma once

#include <optional>
#include <string>

#include "gateway/request/attempt.hpp"
#include "gateway/request/watchdog.hpp"
#include "providers/http/sse.hpp"
#include "providers/openai/relay.hpp"

namespace gateway {

class StreamRelay {
 public:
  StreamRelay(Services& services, InferenceRequest& request, const Served& served,
              routing::TrialPermit& trial, Reply& reply, Watchdog& watchdog, Tried& tried)
      : services_(services),
        request_(request),
        served_(served),
        trial_(trial),
        reply_(reply),
        watchdog_(watchdog),
        tried_(tried) {}

  // Until the stream's end, or the first failure, which `tried` then holds.
  providers::Task<void> run(providers::Exchange& exchange);

 private:
  enum class Step { go_on, finished, failed };
  enum class EndedBy { done_mark, end_of_bytes };

  Step take(const providers::SseEvent& event);
  void note(const providers::ChatEvent& chat, config::TimePoint now);
  void queue(const providers::SseEvent& event, const providers::ChatEvent& chat);
  std::string own_cost(const providers::ChatEvent& chat) const;
  void pass_on_comment(std::string_view comment);
  void tell_usage();
  providers::Task<bool> flush();
  // Whether each choice that was asked for, and each that was seen, came to its end.
  bool every_choice_finished() const;
  bool is_complete_but_for_its_end() const;
  Step at_end(EndedBy by);
  routing::Progress progress() const;
  void fail(routing::FailureKind kind);

  Services& services_;
  InferenceRequest& request_;
  const Served& served_;
  routing::TrialPermit& trial_;
  Reply& reply_;
  Watchdog& watchdog_;
  Tried& tried_;

  providers::SseReader events_{providers::SseReader::Comments::given};
  providers::Pieces ready_;  // to be written; views into the piece at hand
  std::string held_;         // events before the first decisive one, and rewritten ones
  std::string scratch_;
  bool decided_ = false;     // the host has shown that it answers
  bool told_usage_ = false;  // the client has usage from the host
  providers::Choices seen_;
  providers::Choices finished_;  // those with a finish_reason
  std::optional<config::TimePoint> last_delta_{};
};

}  // namespace gateway
