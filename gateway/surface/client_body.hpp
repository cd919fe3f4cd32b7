// What isocost must know of the body of a client's call, whichever API it is of, and where it stands in the
// text so that it can be edited without being written again. The whole text is validated; nothing of it is
// changed. Views and ranges are of the text that was inspected. Values; belong to their request.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "config/values/settings.hpp"
#include "gateway/surface/body_fault.hpp"
#include "providers/json/json_text.hpp"
#include "routing/policy/preferences.hpp"
#include "routing/terms/cache_marks.hpp"

namespace gateway {

// Puts `text` in place of a range of the client's bytes.
struct BodyEdit {
  providers::ByteRange range;
  std::string_view text;
};

// A bound of the answer's tokens as it stands in the body.
struct OutputBound {
  std::string_view name;  // of the member; static
  providers::ByteRange value;
  std::int64_t tokens = 0;
};

// An answer that a host has stored, from which the request goes on.
struct Referred {
  providers::ByteRange value;  // the quotes included
  providers::JsonString id{};  // as the client knows it
  std::string native{};        // as its host does, a JSON string; once it is known
};

// An item of the prompt that only one endpoint can read.
struct OwnedItem {
  std::size_t item = 0;         // of ClientBody::items
  providers::ByteRange mark{};  // that says whose it is
  std::uint64_t owner = 0;      // by Endpoint::name_hash
};

// A member of the body's object.
struct MemberPlace {
  std::size_t before = 0;  // where the one before it ends; of the first, behind the brace
  std::size_t begin = 0;   // of its key
  std::size_t end = 0;     // the next one's key, or the closing brace
};

// How much is to be thought, where the client says it in the words of OpenAI's chat or of OpenRouter.
struct AskedThinking {
  std::string_view effort{};  // static: "none", "low"; empty: it is not said
  std::optional<std::int64_t> budget{};
  std::vector<MemberPlace> members;  // that say it
  // Members in the words of single hosts that are sent as they came; static.
  std::vector<std::string_view> host_words{};

  bool is_said() const { return !effort.empty() || budget; }
};

// How a text of earlier thinking is put into a body, unless its host has another name for it.
inline constexpr std::string_view usual_thoughts_member = "\"reasoning_content\":";

struct ClientBody {
  std::string model;
  bool stream = false;
  bool wants_usage = false;      // stream_options.include_usage, as the client asked
  bool hides_reasoning = false;  // OpenRouter's: what is thought is not shown
  bool echo_decision = false;    // debug: true, or an object with a true member
  routing::CacheMarks cache_marks = routing::CacheMarks::none;
  std::optional<config::Tokens> max_output{};  // of each answer
  std::vector<OutputBound> output_bounds;
  std::optional<std::int64_t> thinking_budget{};     // tokens, which an answer's bound must be above
  routing::Effort effort = routing::Effort::unsaid;  // how much is to be thought, in whichever words
  bool keeps_think_tags = false;                     // of its host's answers, whatever the model's setting is
  int choices = 1;                                   // answers that are wanted
  int made = 0;                                      // answers that are made and billed for them; 0: no more
  config::Features needs;
  bool host_runs_tools = false;  // as Demand's
  config::ServiceTier tier = config::ServiceTier::standard;
  config::Tokens prompt{};  // estimated
  int pictures = 0;         // in the prompt
  int searches = 0;         // in the web that its host may make for it; 0: it is offered none
  std::string user;
  std::string preset;               // OpenRouter's: a name that stands for a model, a policy and defaults
  std::vector<std::string> models;  // fallbacks in order
  std::unique_ptr<routing::ProviderPreferences> provider{};  // null: none are said; few requests say any
  // Of the prompt, what hosts may have cached; empty: none of it is looked for.
  std::vector<providers::ByteRange> messages;
  providers::ByteRange tools;                // empty: none
  providers::ByteRange output_schema{};      // that the answer is asked to follow; empty: none
  std::vector<std::uint32_t> prefix_tokens;  // estimated, up to the end of each message

  // For UpstreamBody.
  providers::ByteRange object;       // the braces included
  providers::ByteRange model_value;  // the quotes included; empty where only `models` names one
  std::optional<providers::ByteRange> stream_options{};       // its value: an object, or null
  bool stream_options_empty = false;                          // {}, or null
  std::optional<providers::ByteRange> include_usage_value{};  // where the client wrote it
  bool streams_tell_usage = false;                            // of the API itself: nobody need ask for it
  std::vector<MemberPlace> routing_members;                   // that only isocost and OpenRouter know
  // Where hosts are told them in the target; all zeros: not there.
  MemberPlace model_member{}, stream_member{};
  // The object that a bound of the answer's tokens stands in, where that is not the body's own.
  std::string_view bounds_in{};          // the member's name, static; empty: it is the body's
  providers::ByteRange bounds_object{};  // its value; empty: it is not there
  bool is_bounds_object_empty = false;
  // Whether it says what only the API's own maker takes, and not those who serve its models, too.
  bool is_for_maker = false;
  std::string inference_geo;  // Anthropic's; empty: it is not said
  AskedThinking thinking{};
  std::vector<std::string_view> untold{};  // of the client's members those that no host is told; static
  // What else a host of the same API must not be sent as it stands, and what then stands there: static texts.
  std::vector<BodyEdit> edits;
  // The same, for those that do not store answers for clients of ours.
  std::vector<BodyEdit> stateless_edits{};
  // The same, for those that know no `reasoning_details`: only OpenRouter and who speaks like it do.
  std::vector<BodyEdit> details_edits{};
  // Instead of those, for hosts that are told nothing of earlier thinking.
  std::vector<BodyEdit> thought_edits{};
  // Where some have an owner: all items of the prompt, and those among them that nobody can read.
  std::vector<providers::ByteRange> items{};
  std::vector<std::size_t> unusable_items{};
  std::vector<OwnedItem> owned_items{};
  bool may_be_stored = false;  // the answer, as far as the client is asked
  std::optional<Referred> referred{};
  std::vector<providers::ByteRange>
      inputs{};               // of which each is answered by itself, where they may be parted
  bool wants_base64 = false;  // of vectors, in place of numbers
};

using Inspected = boost::system::result<ClientBody, BodyFault>;

}  // namespace gateway
