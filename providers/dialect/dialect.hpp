// An API that hosts speak: where and how a request is sent, whose fault its errors are, and two faculties
// that it may have: replies that clients of the same API can be passed as they come, and putting a
// conversation into its words. One object per API, without state: shared by all threads. It never sees a
// credential.
#pragma once

#include <span>
#include <string>
#include <string_view>

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

class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual config::Format format() const = 0;

  // What follows the path of the base URL; static, or in `scratch`.
  virtual std::string_view target(const HostModel& model, routing::Delivery delivery,
                                  std::string& scratch) const = 0;
  // Of every request, beside those of HTTP itself and the credential's.
  virtual std::span<const HeadField> fields() const { return {}; }
  virtual std::string_view content_type() const { return "application/json"; }

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
