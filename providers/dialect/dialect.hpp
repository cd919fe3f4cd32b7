// An API that hosts speak: where and how a request is sent, whose fault its errors are, and two faculties
// that it may have: replies that clients of the same API can be passed as they come, and putting a
// conversation into its words. One object per API, without state: shared by all threads. It never sees a
// credential.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/conversation/wishes.hpp"
#include "providers/dialect/betas.hpp"
#include "providers/dialect/host_model.hpp"
#include "providers/json/json_tokens.hpp"
#include "providers/reports/fault_of_reply.hpp"
#include "routing/terms/demand.hpp"

namespace providers {

class Interpreter;
class NativeReplies;

struct HeadField {
  std::string_view name;
  std::string_view value;
};

// What of a client's call, whose body is passed on, stands beside the body or is said otherwise by its host.
struct PassedWishes {
  std::string_view fields;  // of the head, as the client's API has them: lines, each with its end in front
  std::string_view betas;   // of Anthropic's API, with commas between them
  std::optional<ThinkingWish> thinking{};
  std::span<const std::string_view> host_words{};  // members that say it as single hosts have it
  bool says_geo = false;
};

// What a body that is passed on needs beside its own members.
struct PassedMembers {
  std::string members;                    // put in: each with a comma behind it
  std::optional<std::string> thinking{};  // the same, in place of the client's own
  std::string fields;                     // of the head; empty: the dialect's
  std::vector<std::string> left_out{};    // what else the host is not told, by name
  bool says_model = true;                 // in the body; else the target does
  bool says_stream = true;                // the same
};

class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual config::Format format() const = 0;
  // Whose clients' bodies it takes, and whose replies it gives.
  virtual config::Format native_format() const { return format(); }
  // Of a request in native_format(), whose body is the client's own.
  virtual PassedMembers passed(const PassedWishes& wishes, const HostModel& /*model*/) const {
    return {.members = {}, .fields = std::string(wishes.fields)};
  }

  // Whether a model thinks whatever a body that is passed on says of it.
  virtual bool thinks_anyway(const HostModel& /*model*/) const { return false; }
  // Whether its hosts keep answers that can be asked for again, and be gone on from, by their ids.
  virtual bool keeps_answers() const { return false; }
  // Of Anthropic's betas, with commas between them, those that hosts are not told, as a client is told of
  // them.
  virtual std::vector<std::string> untold_betas(std::string_view list, const HostModel& /*model*/) const {
    return betas_at(BetasAt::nobody, list).untold;
  }

  // What follows the path of the base URL; static, or in `scratch`.
  virtual std::string_view target(const HostModel& model, routing::Delivery delivery,
                                  std::string& scratch) const = 0;
  // Of every request, beside those of HTTP itself and the credential's.
  virtual std::span<const HeadField> fields() const { return {}; }
  virtual std::string_view content_type() const { return "application/json"; }
  // The replies that are wanted: whole ones, and the framing of streams.
  virtual std::string_view accept() const { return "application/json, text/event-stream"; }

  // The error in the body of a reply whose status says that it is one. Best effort, never fails.
  virtual ReportedError error_in(std::string_view body, JsonTokens& tokens) const {
    return read_error(body, tokens);
  }
  // As fault_of_reply().
  virtual ReadFault fault_of(int status, const ReportedError& error) const {
    return fault_of_reply(status, error);
  }

  // Null where clients do not speak it.
  virtual const NativeReplies* native() const { return nullptr; }
  // Null where no conversation can be put into it.
  virtual const Interpreter* interpreter() const { return nullptr; }
};

}  // namespace providers
