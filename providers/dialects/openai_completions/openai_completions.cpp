#include "providers/dialects/openai_completions/openai_completions.hpp"

#include "providers/dialects/openai_chat/native.hpp"

namespace providers {
namespace {

class OpenAiCompletions final : public Dialect {
 public:
  config::Format format() const override { return config::Format::completions; }
  std::string_view target(const HostModel&, routing::Delivery, std::string&) const override {
    return "/completions";
  }
  const NativeReplies* native() const override { return &openai_completion_replies(); }
};

}  // namespace

const Dialect& openai_completions_dialect() {
  static const OpenAiCompletions dialect;
  return dialect;
}

}  // namespace providers
