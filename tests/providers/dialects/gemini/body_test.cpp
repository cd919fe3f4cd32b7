#include "providers/dialects/gemini/body.hpp"

#include <doctest/doctest.h>

#include "providers/dialects/gemini/gemini.hpp"

using namespace providers;

namespace {

using Thinking = HostModel::Thinking;

const HostModel older{"gemini-2.5", 8'192, Thinking::budget, true, true};
const HostModel newer{"gemini-3", 64'000, Thinking::adaptive, true, true};

Text text(std::string_view raw) {
  return {raw, true};
}
Turn turn(Turn::Role role, std::vector<Part> parts) {
  return {role, std::move(parts)};
}
Part said(std::string_view raw) {
  return {TextPart{text(raw)}};
}
Conversation asked(std::string_view raw) {
  Conversation conversation;
  conversation.turns.push_back(turn(Turn::Role::user, {said(raw)}));
  return conversation;
}
std::string body(const Conversation& conversation, const HostModel& model = older) {
  return write_gemini_body(conversation, model).body;
}
Conversation after_a_call(const Text& signature) {
  Conversation conversation = asked("Hi");
  std::vector<Part> parts;
  if (!signature.raw.empty()) {
    parts.push_back({ThinkingPart{.signature = signature, .format = {"google-gemini-v1", false}}});
  }
  parts.push_back({ToolCallPart{.id = text("c1"), .name = text("w"), .arguments = R"({"a":1})"}});
  parts.push_back(
      {ToolCallPart{.id = text("c2"), .name = text("w"), .arguments = "oops", .is_broken = true}});
  conversation.turns.push_back(turn(Turn::Role::assistant, parts));
  ToolResultPart found{.call_id = text("c1"), .content = {said("sunny")}};
  ToolResultPart failed{.call_id = text("c2"), .content = {said("no")}, .is_error = true};
  conversation.turns.push_back(turn(Turn::Role::user, {{found}, {failed}}));
  return conversation;
}

}  // namespace

TEST_CASE("a conversation is put in Google's words") {
  Conversation conversation = asked("Hi \\u00fc");
  conversation.system.push_back(said("Be kind"));
  conversation.max_output = 100'000;
  conversation.sampling.temperature = JsonNumber{"0.5"};
  conversation.sampling.stop = {text("a"), text("b"), text("c"), text("d"), text("e"), text("f")};
  const WrittenRequest written = write_gemini_body(conversation, older);
  CHECK(written.body ==
        R"({"systemInstruction":{"parts":[{"text":"Be kind"}]},"contents":[{"role":"user","parts":)"
        R"([{"text":"Hi \u00fc"}]}],"generationConfig":{"maxOutputTokens":8192,"temperature":0.5,)"
        R"("stopSequences":["a","b","c","d","e"]}})");
  CHECK(written.dropped == std::vector<std::string_view>{"stop"});
}

TEST_CASE("the system alone is what is asked, and a later word of it is the user's") {
  Conversation alone;
  alone.system.push_back(said("Say hi"));
  CHECK(body(alone).starts_with(R"({"contents":[{"role":"user","parts":[{"text":"Say hi"}]}])"));
  Conversation later = asked("Hi");
  later.turns.push_back(turn(Turn::Role::system, {said("Be brief")}));
  CHECK(body(later).find(R"([{"text":"Hi"},{"text":"<system>\nBe brief\n</system>"}])") != std::string::npos);
}

TEST_CASE("a call goes back with its signature, or, to who wants one, with the word for none") {
  const std::string kept = body(after_a_call(text("c2ln")), newer);
  CHECK(kept.find(R"({"functionCall":{"id":"c1","name":"w","args":{"a":1}},"thoughtSignature":"c2ln"},)"
                  R"({"functionCall":{"id":"c2","name":"w","args":{"invalid_arguments":"oops"}}})") !=
        std::string::npos);
  CHECK(kept.find(R"({"functionResponse":{"id":"c1","name":"w","response":{"output":"sunny"}}},)"
                  R"({"functionResponse":{"id":"c2","name":"w","response":{"error":"no"}}})") !=
        std::string::npos);
  CHECK(body(after_a_call({}), newer).find(R"("thoughtSignature":"skip_thought_signature_validator")") !=
        std::string::npos);
  CHECK(body(after_a_call({}), older).find("thoughtSignature") == std::string::npos);
}

TEST_CASE("a picture of an earlier answer goes back with the word for no signature, to who wants one") {
  const Part picture{MediaPart{.kind = MediaPart::Kind::image,
                               .source = MediaPart::Source::base64,
                               .content = text("iVBORw0="),
                               .media_type = {"image/png", false}}};
  Conversation conversation;
  conversation.turns.push_back(turn(Turn::Role::user, {picture}));
  conversation.turns.push_back(turn(Turn::Role::assistant, {picture}));
  const std::string data = R"({"inlineData":{"mimeType":"image/png","data":"iVBORw0="})";
  const std::string before =
      R"("contents":[{"role":"user","parts":[)" + data + R"(}]},{"role":"model","parts":[)" + data;
  CHECK(body(conversation, newer)
            .find(before + R"(,"thoughtSignature":"skip_thought_signature_validator"}]}])") !=
        std::string::npos);
  CHECK(body(conversation, older).find(before + "}]}]") != std::string::npos);
}

TEST_CASE("a signature goes back to the endpoint that gave it, and to no other") {
  HostModel host = newer;
  host.owner = 0xab;
  const auto sent = [&](const Text& signature) { return write_gemini_body(after_a_call(signature), host); };
  const WrittenRequest own = sent(text("c2ln.iso-00000000000000ab"));
  CHECK(own.body.find(R"("thoughtSignature":"c2ln"})") != std::string::npos);
  CHECK(own.dropped.empty());
  const WrittenRequest of_another = sent(text("c2ln.iso-00000000000000ac"));
  CHECK(of_another.body.find("c2ln") == std::string::npos);
  CHECK(of_another.body.find(R"("thoughtSignature":"skip_thought_signature_validator")") !=
        std::string::npos);
  CHECK(of_another.dropped == std::vector<std::string_view>{"reasoning_details"});
  CHECK(sent(text("c2ln")).body.find(R"("thoughtSignature":"c2ln"})") != std::string::npos);
}

TEST_CASE("thinking of others is left out, and that is told") {
  Conversation conversation = asked("Hi");
  conversation.turns.push_back(
      turn(Turn::Role::assistant,
           {{ThinkingPart{
                .text = text("Hm"), .signature = text("c2ln"), .format = {"anthropic-claude-v1", false}}},
            said("Yes")}));
  conversation.turns.push_back(turn(Turn::Role::user, {said("Why?")}));
  const WrittenRequest written = write_gemini_body(conversation, newer);
  CHECK(written.body.find("Hm") == std::string::npos);
  CHECK(written.dropped == std::vector<std::string_view>{"reasoning_details"});
}

TEST_CASE("how much is thought is told by a budget, or by a level") {
  using Effort = ThinkingWish::Effort;
  const auto thinking = [](const ThinkingWish& wish, const HostModel& model) {
    Conversation conversation = asked("Hi");
    conversation.thinking = wish;
    const std::string all = body(conversation, model);
    const std::size_t at = all.find("\"thinkingConfig\":");
    return at == std::string::npos ? std::string() : all.substr(at + 17, all.find('}', at) - at - 16);
  };
  CHECK(thinking({}, older).empty());
  CHECK(thinking({.effort = Effort::low}, older) == R"({"includeThoughts":true,"thinkingBudget":1024})");
  CHECK(thinking({.budget = 999'999}, older) == R"({"includeThoughts":true,"thinkingBudget":24576})");
  CHECK(thinking({.effort = Effort::off}, older) == R"({"thinkingBudget":0})");
  CHECK(thinking({.effort = Effort::high, .is_hidden = true}, newer) ==
        R"({"includeThoughts":false,"thinkingLevel":"HIGH"})");
  CHECK(thinking({.effort = Effort::off}, newer).empty());
  CHECK(!carried_by_gemini(newer).has(Matter::no_thinking));
  CHECK(carried_by_gemini(older).has(Matter::no_thinking));
}

TEST_CASE("tools and the choice among them") {
  Conversation conversation = asked("Hi");
  conversation.tools.push_back(
      {.name = text("w"), .description = text("Of"), .schema = R"({"type":"object"})"});
  CHECK(body(conversation)
            .find(R"("tools":[{"functionDeclarations":[{"name":"w","description":"Of",)"
                  R"("parametersJsonSchema":{"type":"object"}}]}])") != std::string::npos);
  const auto config = [&](ToolChoice choice) {
    conversation.tool_choice = choice;
    const std::string all = body(conversation);
    const std::size_t at = all.find("\"functionCallingConfig\":");
    return at == std::string::npos ? std::string() : all.substr(at + 24, all.find('}', at) - at - 23);
  };
  CHECK(config({}).empty());
  CHECK(config({.kind = ToolChoice::Kind::any}) == R"({"mode":"ANY"})");
  CHECK(config({.kind = ToolChoice::Kind::none}) == R"({"mode":"NONE"})");
  CHECK(config({.kind = ToolChoice::Kind::named, .name = text("w")}) ==
        R"({"mode":"ANY","allowedFunctionNames":["w"]})");
  conversation.tools.back().is_strict = true;
  CHECK(config({.kind = ToolChoice::Kind::automatic}) == R"({"mode":"VALIDATED"})");
}

TEST_CASE("a model's name is one segment of the path, whatever is in it") {
  std::string scratch;
  const HostModel odd{"a/b c:1"};
  CHECK(gemini_dialect().target(odd, routing::Delivery::whole, scratch) ==
        "/models/a%2Fb%20c%3A1:generateContent");
  CHECK(gemini_dialect().target(odd, routing::Delivery::streamed, scratch) ==
        "/models/a%2Fb%20c%3A1:streamGenerateContent?alt=sse");
}

TEST_CASE("pictures are asked for, alone or beside a text") {
  Conversation conversation = asked("Hi");
  conversation.form.has_pictures = true;
  CHECK(body(conversation).find(R"("responseModalities":["TEXT","IMAGE"])") != std::string::npos);
  conversation.form.has_text = false;
  CHECK(body(conversation).find(R"("responseModalities":["IMAGE"])") != std::string::npos);
  CHECK(matters_of(conversation).has(Matter::pictures));
  CHECK(carried_by_gemini(older).has(Matter::pictures));
}
