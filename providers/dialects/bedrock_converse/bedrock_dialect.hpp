// What all of Bedrock's own APIs have in common: the model in the path, and the errors. Pure.
#pragma once

#include <string>

#include "providers/dialect/dialect.hpp"
#include "providers/dialect/path_segment.hpp"
#include "providers/dialects/bedrock_converse/errors.hpp"

namespace providers {

class BedrockDialect : public Dialect {
 public:
  std::string_view target(const HostModel& model, routing::Delivery delivery,
                          std::string& scratch) const final {
    scratch = "/model/";
    append_segment(scratch, model.name);
    scratch += delivery == routing::Delivery::streamed ? streamed_call() : whole_call();
    return scratch;
  }
  std::string_view accept() const final { return "application/json, application/vnd.amazon.eventstream"; }
  ReportedError error_in(std::string_view body, JsonTokens& tokens) const final {
    return read_bedrock_error(body, tokens);
  }
  ReadFault fault_of(int status, const ReportedError& error) const final {
    return fault_of_bedrock(status, error);
  }

 private:
  virtual std::string_view whole_call() const = 0;
  virtual std::string_view streamed_call() const = 0;
};

}  // namespace providers
