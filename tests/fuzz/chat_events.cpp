// Whatever a host sends: usage is possible or flagged, and what is relayed is one event that reads the same,
// and errors are somebody's.
#include <string>
#include <string_view>

#include "providers/dialects/openai_chat/chat_events.hpp"
#include "providers/dialects/openai_chat/relay.hpp"
#include "providers/reports/fault_of_reply.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

void check(const providers::ReportedUsage& reported) {
  if (!reported.usage) return;
  const auto& usage = *reported.usage;
  EXPECT_THAT(usage.prompt.count >= 0 && usage.output.count >= 0 && usage.cached.count >= 0);
  EXPECT_THAT(usage.cached <= usage.prompt && usage.reasoning <= usage.output);
  EXPECT_THAT(usage.output.count <= 200'000'000);
}

void check_relayed(const providers::SseEvent& event, const providers::PassedEvent& chat,
                   providers::JsonTokens& tokens) {
  struct Way {
    providers::UsageShown shown;
    std::string_view cost;
  };
  for (const auto& [shown, cost] : {Way{providers::UsageShown::yes, {}},
                                    {providers::UsageShown::yes, "0.5"},
                                    {providers::UsageShown::no, {}}}) {
    std::string scratch;
    std::string text;
    const auto relayed = providers::relayed(event, chat, shown, scratch, cost);
    for (const auto piece : relayed.pieces()) text += piece;
    if (text.empty()) continue;
    providers::SseReader reader;
    reader.feed(text);
    const auto again = reader.next();
    EXPECT_THAT(again && again->form == providers::SseEvent::Form::normal && again->raw == text);
    const auto same = providers::classify(*again, tokens);
    EXPECT_THAT(same.kind == chat.kind);
    EXPECT_THAT(same.content.text == chat.content.text &&
                same.content.finish_reason == chat.content.finish_reason);
  }
}

void check(int status, const providers::ReportedError& error) {
  const auto fault = providers::fault_of_reply(status, error);
  EXPECT_THAT(fault.status == 0 || (fault.status >= 400 && fault.status <= 599));
  EXPECT_THAT(fault.cause.empty() || fault.kind == routing::FailureKind::rejected);
  EXPECT_THAT(!fault.is_doubtful || fault.kind == routing::FailureKind::credential ||
              fault.kind == routing::FailureKind::missing_model);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static providers::JsonTokens tokens;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  check(providers::classify_whole(bytes, tokens).usage);
  for (const int status : {200, 400, 403, 404, 500}) check(status, providers::read_error(bytes, tokens));
  // Both as a stream and as one event's data.
  providers::SseReader reader;
  reader.feed(bytes);
  while (const auto event = reader.next()) {
    const auto chat = providers::classify(*event, tokens);
    check(chat.usage);
    check_relayed(*event, chat, tokens);
  }
  const providers::SseEvent event{bytes, {}, {}, providers::SseEvent::Form::other};
  const auto chat = providers::classify(event, tokens);
  check(chat.usage);
  check_relayed(event, chat, tokens);
  return 0;
}
