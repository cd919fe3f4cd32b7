#include "providers/dialects/anthropic_elsewhere/native.hpp"

#include <doctest/doctest.h>

#include "providers/dialects/anthropic_elsewhere/anthropic_elsewhere.hpp"
#include "tests/support/event_frames.hpp"

using namespace providers;
using support::event_frame;
using support::exception_frame;

namespace {

// {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hi"}}
const std::string start =
    "eyJ0eXBlIjoiY29udGVudF9ibG9ja19zdGFydCIsImluZGV4IjowLCJjb250ZW50X2Jsb2NrIjp7InR5cGUiOiJ0ZXh0IiwidGV4dCI6"
    "IkhpIn19";
const std::string stop = "eyJ0eXBlIjoibWVzc2FnZV9zdG9wIn0=";  // {"type":"message_stop"}

std::string chunk(const std::string& bytes) {
  return event_frame("chunk", R"({"bytes":")" + bytes + R"(","p":"abc"})");
}

struct Unwrapped {
  std::string events;
  std::optional<ReportedError> error{};
  bool is_broken = false;
};

Unwrapped unwrapped(std::string_view bytes, std::size_t cut = std::string_view::npos) {
  JsonTokens tokens;
  const auto unframer = framed_native_replies().unframer(tokens);
  Unwrapped result;
  unframer->feed(bytes.substr(0, std::min(cut, bytes.size())), result.events);
  if (cut < bytes.size()) unframer->feed(bytes.substr(cut), result.events);
  result.error = unframer->error();
  result.is_broken = unframer->is_broken();
  return result;
}

}  // namespace

TEST_CASE("Bedrock's frames are the events that Anthropic would send, wherever they are cut") {
  const std::string events =
      "event: content_block_start\ndata: "
      R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hi"}})"
      "\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
  const std::string bytes = chunk(start) + event_frame("news", "{}") + chunk(stop);
  CHECK(unwrapped(bytes).events == events);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) CHECK(unwrapped(bytes, cut).events == events);
}

TEST_CASE("a frame that says what failed ends them, and one that holds no event breaks them") {
  const Unwrapped failed =
      unwrapped(chunk(start) + exception_frame("throttlingException", R"({"message":"no"})") + chunk(stop));
  REQUIRE(failed.error);
  CHECK(failed.error->message == "no");
  CHECK(failed.events.find("message_stop") == std::string::npos);
  CHECK(!failed.is_broken);
  CHECK(unwrapped(chunk("!!!")).is_broken);
  CHECK(unwrapped(event_frame("chunk", "{")).is_broken);
  std::string wrong = chunk(start);
  wrong[wrong.size() - 9] ^= 1;
  CHECK(unwrapped(wrong).is_broken);
}

TEST_CASE("betas that others than Anthropic do not know are told, but for those that only say who calls") {
  const PassedWishes wishes{
      .fields = "\r\nanthropic-version: 2023-06-01",
      .betas = "interleaved-thinking-2025-05-14, claude-code-20250219,,web-search-2025-03-05"};
  const HostModel model{.name = "m"};
  const PassedMembers vertex = vertex_messages_dialect().passed(wishes, model);
  CHECK(vertex.fields == "\r\nanthropic-beta: interleaved-thinking-2025-05-14,web-search-2025-03-05");
  CHECK(vertex.members == R"("anthropic_version":"vertex-2023-10-16",)");
  CHECK(!vertex.says_model);
  CHECK(vertex.says_stream);
  CHECK(vertex_messages_dialect().untold_betas(wishes.betas, model).empty());
  const PassedMembers bedrock = bedrock_messages_dialect().passed(wishes, model);
  CHECK(bedrock.fields.empty());
  CHECK(bedrock.members ==
        R"("anthropic_version":"bedrock-2023-05-31","anthropic_beta":["interleaved-thinking-2025-05-14"],)");
  CHECK(!bedrock.says_stream);
  CHECK(bedrock_messages_dialect().untold_betas(wishes.betas, model) ==
        std::vector<std::string>{"betas.web-search-2025-03-05"});
  CHECK(bedrock_messages_dialect().passed({}, model).members ==
        R"("anthropic_version":"bedrock-2023-05-31",)");
}
