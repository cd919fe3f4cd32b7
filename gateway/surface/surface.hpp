// An API that clients speak: how a call is read, and what its replies look like. One object per API, without
// state: shared by all threads.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "config/values/format.hpp"
#include "gateway/http/incoming.hpp"
#include "gateway/surface/client_body.hpp"
#include "gateway/surface/cost_shown.hpp"
#include "gateway/surface/error_reply.hpp"
#include "gateway/surface/reply_editor.hpp"
#include "providers/conversation/answer.hpp"
#include "providers/conversation/conversation.hpp"
#include "providers/json/json_tokens.hpp"

namespace gateway {

using Conversed = boost::system::result<providers::Conversation, BodyFault>;

// An answer in the client's words while it comes. Belongs to one reply.
class StreamedAnswer : public providers::AnswerSink {
 public:
  // What follows the answer's end, but for the mark of it: its usage, where the client wants it, with
  // `own_members`, like `,"cost":0.1`, behind the host's.
  virtual void finish(std::string_view own_members) = 0;
  // So far, where the API numbers them.
  virtual std::int64_t events() const { return 0; }
  // The client has the begin of the answer already, from elsewhere.
  virtual void goes_on() {}
  // What of the answer the API has no words for, by names with commas between them; static.
  virtual std::string_view left_out() const { return {}; }
};

// Where nothing of an answer is left out but what it says of whence it comes.
inline constexpr std::string_view citations_left_out = "citations";

// An answer in the client's words once all of it has come. Belongs to one reply.
class WholeAnswer : public providers::AnswerSink {
 public:
  virtual std::string body(const StreamIdentity& reply, std::string_view own_members) const = 0;
  // As of a StreamedAnswer.
  virtual std::string_view left_out() const { return {}; }
};

// How the calls of an API are put into a conversation, and answers into its words, for hosts of other APIs.
class Conversing {
 public:
  virtual ~Conversing() = default;
  // `body` must outlive the result, and `tokens` is scratch space. Faults are of what Surface::inspect leaves
  // to hosts.
  virtual Conversed conversation(std::string_view body, providers::JsonTokens& tokens) const = 0;
  // Whole events are put behind what is in `out`, which must outlive it; the rest need not.
  virtual std::unique_ptr<StreamedAnswer> streamed(const providers::Conversation& asked, bool wants_usage,
                                                   const StreamIdentity& stream, std::string& out) const = 0;
  virtual std::unique_ptr<WholeAnswer> whole(const providers::Conversation& asked) const = 0;
};

// How long a prompt is, where the API lets clients ask for that alone.
class Counting {
 public:
  virtual ~Counting() = default;
  // As Surface::inspect, of a body that asks for no answer.
  virtual Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const = 0;
  virtual std::string answer(config::Tokens tokens) const = 0;
};

// A parameter as OpenAI's chat and OpenRouter call it, and as another API does.
struct Renamed {
  std::string_view usual;
  std::string_view own;
};
constexpr std::string_view renamed(std::span<const Renamed> names, std::string_view usual) {
  for (const Renamed& each : names) {
    if (each.usual == usual) return each.own;
  }
  return usual;
}

// A member of a body.
struct SaidDefault {
  std::string_view member;
  std::string value;  // JSON
};

// What of a call stands in its target.
struct PathSaid {
  std::string model;
  std::string_view action;  // behind the model and a colon
  std::string_view query;
};

// A stream of parts that are no events: what follows each but the last, and the last, which says nothing.
struct PartFraming {
  std::string_view behind;
  std::string_view last;
};

class Surface {
 public:
  virtual ~Surface() = default;
  virtual config::Format format() const = 0;
  virtual std::string_view route() const = 0;  // as the route table has it

  // Puts into the body what this API has in its target, before anything reads the body. May refuse it.
  virtual std::optional<ErrorReply> complete(const PathSaid& /*said*/, std::string& /*body*/) const {
    return std::nullopt;
  }

  // `tokens` is scratch space. The result's ranges are of `body`.
  virtual Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const = 0;
  // How the data of a host's events stands in a stream whose clients read no events; null: they do.
  virtual const PartFraming* part_framing() const { return nullptr; }
  // Null where nothing but the API itself can say it.
  virtual const Conversing* conversing() const { return nullptr; }
  // The lines of header fields, each with its line's end in front, that a host of the same API is sent for a
  // client that says so; empty: those that the host's dialect has.
  virtual std::string host_fields(const ApiFields& /*said*/) const { return {}; }
  virtual const Counting* counting() const { return nullptr; }
  // What the API calls a parameter that OpenAI's chat and OpenRouter call `name`.
  virtual std::string_view parameter(std::string_view name) const { return name; }
  // What OpenAI's chat says with its member `name` and the JSON `value`, which are how presets have it;
  // nothing where the API has no word for it. `name` must outlive the result.
  virtual std::optional<SaidDefault> said_default(std::string_view /*name*/,
                                                  std::string_view /*value*/) const {
    return std::nullopt;
  }
  // The member that holds what is said before everything else; empty: the API has none.
  virtual std::string_view system_member() const { return {}; }
  // An entry of a list in that member, with `escaped`, the inside of a JSON string.
  virtual std::string system_entry(std::string_view escaped) const {
    return std::string(R"({"type":"text","text":")").append(escaped).append("\"}");
  }
  // The one name of an answer's bound that some hosts know; empty: all hosts know all names.
  virtual std::string_view newer_bound() const { return {}; }
  // Whether hosts write an answer, token by token. Where not, only prompts are paid for.
  virtual bool writes_answers() const { return true; }
  // Whether what a client has of a stream that broke can be put into a call that goes on with it.
  virtual bool can_go_on() const { return false; }
  // Whether an answer is as good from one endpoint as from another. Where it is not, a request goes to the
  // first endpoint of its model alone, unless they are declared to be equal.
  virtual bool is_interchangeable() const { return true; }

  // The status of the error that there is no model of the name.
  virtual int unknown_model_status() const { return 404; }
  // Of a request that failed, instead of a reply. `id` is the request's.
  virtual std::string error_body(const ErrorReply& error, std::string_view /*id*/) const {
    return envelope(error);
  }
  // The event that ends a stream which had begun. Nothing follows it, no mark of the end either.
  virtual std::string error_event(const ErrorReply& error, const StreamIdentity& stream) const = 0;
  // The event that tells the usage of a stream whose host sent none where clients look for it. What is only
  // an estimate says so.
  virtual std::string usage_event(const routing::Attempt& attempt, const StreamIdentity& stream) const = 0;
  // An event with nothing but `members` of our own, which clients that do not know them skip.
  virtual std::string note_event(std::string_view members, const StreamIdentity& stream) const = 0;
  // The same, where the API tells more of the cost.
  virtual std::string priced_usage_event(const routing::Attempt& attempt, const CostShown& /*cost*/,
                                         const StreamIdentity& stream) const {
    return usage_event(attempt, stream);
  }
  // Members of a usage, each with a comma in front, that tell what it costs.
  virtual std::string cost_members(const CostShown& cost) const;
  // Of a host's reply in the same API; null: it is passed on as it came, but for its names.
  virtual std::unique_ptr<ReplyEditor> editor(const StreamIdentity& /*reply*/,
                                              const ClientBody& /*asked*/) const {
    return nullptr;
  }
  // What tells who waits for a stream that somebody still works on it, without the empty line behind it.
  virtual std::string_view waiting_event() const { return ": isocost waiting"; }
  // The header fields, whole lines, in which the API's clients look for the id of the request with this one,
  // beside x-request-id; empty: none.
  virtual std::string id_fields(std::string_view /*id*/) const { return {}; }
  // The id of a reply, in the API's form, of the request with this id.
  virtual std::string reply_id(std::string_view id) const { return std::string(id); }
  // Where calls of the API differ in how they are answered: who answers such a call.
  virtual const Surface& of_call(std::string_view /*action*/, std::string_view /*query*/) const {
    return *this;
  }
  virtual std::string_view stream_type() const { return "text/event-stream; charset=utf-8"; }
  // What stands before everything in a stream.
  virtual std::string_view begin_mark() const { return {}; }
  virtual std::string_view end_mark() const { return "data: [DONE]\n\n"; }
};

}  // namespace gateway
