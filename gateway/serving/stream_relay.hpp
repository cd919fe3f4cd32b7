// Relays one host's stream to the client as it comes, holding back until the host shows that it answers, and
// notes what routing learns from. What is in the stream, and in which words the client gets it, is for those
// derived from it. Belongs to one attempt.
#pragma once

#include <optional>
#include <string>

#include "gateway/answer/answer_check.hpp"
#include "gateway/serving/attempting.hpp"
#include "providers/dialect/passed.hpp"

namespace gateway {

// Of the answer that is over; `reply` as AnswerCheck has it.
routing::Conduct conduct_of(AnswerCheck& check, const Attempting& with, std::string_view reply);

// Of what the host says that it runs, as JSON has it; 0: it does not say.
std::uint64_t fingerprint_of(std::string_view value);

class StreamRelay {
 public:
  explicit StreamRelay(const Attempting& attempting)
      : with_(attempting), check_(attempting.request, attempting.dialect) {}
  virtual ~StreamRelay() = default;
  StreamRelay(const StreamRelay&) = delete;
  StreamRelay& operator=(const StreamRelay&) = delete;

  // Until the stream's end, or the first failure, which `tried` then holds.
  providers::Task<void> run(providers::Exchange& exchange);

 protected:
  enum class Step { go_on, finished, failed };
  enum class EndedBy { done_mark, end_of_bytes };

  // The next piece of the stream, which stays until all of it was taken.
  virtual void feed(std::string_view piece) = 0;
  // The next of what is in the pieces so far, put behind `ready_` or `held_`; nothing where a further piece
  // is needed.
  virtual std::optional<Step> take_next() = 0;
  // Nothing follows: puts what was held back for what might have behind `held_`. False: another attempt has
  // the client.
  virtual bool put_rest() { return true; }
  // No further piece could make sense of it.
  virtual bool is_broken() const { return false; }
  // What the client was told so far, where its API numbers it.
  virtual std::int64_t events() const { return 0; }
  // Puts the usage, where the client wants it and has none yet, behind `held_`.
  virtual void tell_usage();
  // Puts what stands before the mark of the end behind `held_`.
  virtual void put_last() {}

  // False: another attempt has the client, and this one is given up.
  [[nodiscard]] bool note(const providers::PassedContent& content);
  // `value` as JSON has it; empty: none.
  void note_fingerprint(std::string_view value);
  void note_usage(const routing::Usage& usage, bool is_odd);
  // What came until now is in the usage that was noted last.
  void note_told();
  Step at_end(EndedBy by);
  Step report(const providers::ReportedError& error);
  Step fail(routing::FailureKind kind);
  // What `usage` costs, as JSON has it.
  std::string cost_of(const routing::Usage& usage) const;

  const Attempting with_;
  providers::Pieces ready_;  // to be written; views into the piece at hand
  std::string held_;      // what stands before the first decisive event, and what is not the host's own bytes
  bool decided_ = false;  // the host has shown that it answers
  bool told_usage_ = false;  // the client has usage from the host
  AnswerCheck check_;

 private:
  providers::Task<bool> flush();
  // Whether each choice that was asked for, and each that was seen, came to its end.
  bool every_choice_finished() const;
  bool is_complete_but_for_its_end() const;
  void note_events();
  routing::Progress progress() const;

  providers::Choices seen_;
  providers::Choices finished_;  // those with a finish_reason
  std::optional<config::TimePoint> last_delta_{};
};

}  // namespace gateway
