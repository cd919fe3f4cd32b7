// What the client has of an answer, as far as another attempt could go on with it: plain text of a chat, and
// nothing else. Belongs to one request; attempts that are beside each other may share it, since only the one
// that has the client tells it anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/continuation/joint.hpp"
#include "gateway/request/inference.hpp"
#include "gateway/surface/cost_shown.hpp"
#include "providers/dialect/prefill_form.hpp"
#include "routing/terms/outcome.hpp"

namespace gateway {

class Continuation {
 public:
  // Whether an answer to this may be gone on with at all.
  static bool is_for(const InferenceRequest& request);

  // An attempt begins. What an earlier one had not handed over is forgotten.
  void begin();
  // One that goes on with what the client has. `attempts`: those before it.
  void go_on(const InferenceRequest& request, const routing::Attempts& attempts);
  bool is_going_on() const { return joint_.has_value(); }

  // A piece of plain text, as it stands in JSON; it goes to the client next.
  void hears(std::string_view raw) {
    waiting_ += raw;
    ++waiting_pieces_;
  }
  // Something that nobody can go on with: thoughts, calls of tools, what is no text.
  void hears_else() { is_plain_ = false; }
  // The client has what was heard.
  void handed_over() {
    said_ += waiting_;
    pieces_ += waiting_pieces_;
    waiting_.clear();
    waiting_pieces_ = 0;
  }
  // Whether another attempt can go on with what the client has. Makes the conversation where there is none.
  bool can_go_on(InferenceRequest& request, providers::JsonTokens& tokens) const;
  // Whether what the request was read from must stay.
  bool needs_request() const { return is_plain_; }

  // Of an attempt that goes on.
  Joint& joint() { return *joint_; }
  // What the model is given to go on from, as it stands in JSON; empty: nothing.
  std::string_view given() const { return given_; }
  // In the client's own body. Views are into this, which must outlive their use.
  std::vector<BodyEdit> edits(const ClientBody& asked, providers::PrefillForm form);
  // What is left of the answer's bound, where there is one and something is given to go on from.
  std::optional<config::Tokens> most_left() const { return most_left_; }
  // What the attempts before it used and cost, of what the client has.
  routing::Usage with_earlier(routing::Usage usage) const;
  CostShown with_earlier(CostShown cost) const;
  std::size_t hops() const { return hops_; }
  // The client is told where the seam is, once.
  bool tells_seam() { return !std::exchange(is_seam_told_, true); }

 private:
  // Of the answer's bound, behind `plain` text of it; nothing without a bound.
  std::optional<std::int64_t> left_behind(std::string_view plain, const InferenceRequest& request) const;

  std::string said_;     // that the client has, as it stands in JSON
  std::string waiting_;  // that is on its way
  std::int64_t pieces_ = 0, waiting_pieces_ = 0;
  bool is_plain_ = true;

  std::string plain_;  // what it had when the attempt began
  std::string given_, message_;
  std::optional<Joint> joint_{};
  std::optional<config::Tokens> most_left_{};
  routing::Usage used_{};
  config::Money cost_{};
  std::size_t hops_ = 0;
  bool is_seam_told_ = false;
};

}  // namespace gateway
