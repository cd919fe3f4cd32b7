// What writing an answer takes of memory while it comes: no more for the thousandth event than for the first
// ones.
#include <doctest/doctest.h>

#include <string>

#include "gateway/surfaces/anthropic_messages/message_answer.hpp"
#include "gateway/surfaces/gemini/gemini_answer.hpp"
#include "gateway/surfaces/openai_chat/chat_answer.hpp"
#include "gateway/surfaces/openai_responses/responses_answer.hpp"

using providers::AnswerEvent;

// As tests/support/allocations.hpp counts them, which another test of this program includes.
namespace support {
inline thread_local long allocations = 0;
}

namespace {

constexpr gateway::StreamIdentity identity{.id = "req_1", .created = 1'764'000'000, .model = "m"};

struct Taken {
  long first = 0, later = 0;  // by a hundred events
};

// `out` is emptied after each event, as whoever sends it does.
Taken allocations_of(gateway::StreamedAnswer& answer, std::string& out) {
  const AnswerEvent event{.kind = AnswerEvent::Kind::text, .text = {"Hello, and more", true}};
  const auto hundred = [&] {
    const long before = support::allocations;
    for (int i = 0; i < 100; ++i) {
      out.clear();
      answer.take(event);
      REQUIRE(out.find("Hello, and more") != std::string::npos);
    }
    return support::allocations - before;
  };
  hundred();
  Taken taken{.first = hundred()};
  for (int i = 0; i < 50; ++i) hundred();
  taken.later = hundred();
  return taken;
}

}  // namespace

TEST_CASE("an event of a stream that is written in another API takes no memory") {
  std::string out;
  gateway::ChatChunks chat(identity, true, gateway::ThinkingShown::yes, out);
  CHECK(allocations_of(chat, out).first == 0);
  CHECK(allocations_of(chat, out).later == 0);
  gateway::MessageEvents messages(identity, gateway::ThoughtShown::yes, out);
  CHECK(allocations_of(messages, out).first == 0);
  CHECK(allocations_of(messages, out).later == 0);
}

TEST_CASE(
    "where an API repeats things in each event, an event takes as much memory however long the stream is") {
  std::string out;
  gateway::GeminiEvents gemini(identity, gateway::ThoughtsShown::yes, gateway::GeminiFraming::events, out);
  const Taken taken = allocations_of(gemini, out);
  CHECK(taken.later <= taken.first);
  // The whole text is told again at its end: it grows, by doubling.
  const providers::Conversation asked;
  gateway::ResponsesStream responses(asked, identity, out);
  const Taken of_responses = allocations_of(responses, out);
  CHECK(of_responses.later <= of_responses.first + 2);
}
