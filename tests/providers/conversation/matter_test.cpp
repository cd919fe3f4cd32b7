#include "providers/conversation/matter.hpp"

#include <doctest/doctest.h>

#include "providers/dialect/unsaid.hpp"

using namespace providers;

namespace {

Conversation asked(const Part& part) {
  Conversation conversation;
  conversation.turns.push_back({Turn::Role::user, {part}});
  return conversation;
}

MediaPart media(MediaPart::Kind kind, MediaPart::Source source, std::string_view type = {}) {
  MediaPart part;
  part.kind = kind;
  part.source = source;
  part.media_type = {type, false};
  return part;
}

}  // namespace

TEST_CASE("a plain question needs nothing that any host lacks") {
  CHECK(matters_of(asked({TextPart{{"Hi", false}}})).none());
}

TEST_CASE("what is sent along is a matter by its kind and by where it lies") {
  using Kind = MediaPart::Kind;
  using Source = MediaPart::Source;
  struct Row {
    MediaPart part;
    Matter matter;
  };
  for (const Row& row : {Row{media(Kind::image, Source::base64, "image/png"), Matter::image_data},
                         Row{media(Kind::image, Source::url), Matter::image_url},
                         Row{media(Kind::audio, Source::base64, "audio/wav"), Matter::audio},
                         Row{media(Kind::file, Source::base64, "application/pdf"), Matter::pdf_data},
                         Row{media(Kind::file, Source::url, "application/pdf"), Matter::pdf_url},
                         Row{media(Kind::file, Source::base64, "text/csv"), Matter::other_file},
                         Row{media(Kind::file, Source::id), Matter::file_id}}) {
    CHECK(matters_of(asked({row.part})) == Matters().add(row.matter));
    ToolResultPart result;
    result.content.push_back({row.part});
    CHECK(matters_of(asked({result})) == Matters().add(row.matter));
  }
}

TEST_CASE("what a host does anyway is not said by saying it") {
  Conversation conversation = asked({TextPart{{"Hi", false}}});
  conversation.sampling.top_p = JsonNumber{"1.0"};
  conversation.sampling.presence_penalty = JsonNumber{"0"};
  conversation.sampling.top_k = JsonNumber{"0"};
  conversation.tool_choice.kind = ToolChoice::Kind::any;  // of no tools
  CHECK(matters_of(conversation).none());
  conversation.sampling.top_p = JsonNumber{"0.9"};
  CHECK(matters_of(conversation) == Matters().add(Matter::top_p));
}

TEST_CASE(
    "what a host cannot be told is a need that leaves it out, or a hint; each parameter is named once") {
  Conversation conversation = asked({TextPart{{"Hi", false}}});
  conversation.sampling.logprobs = 0;
  conversation.sampling.choices = 2;
  conversation.sampling.top_k = JsonNumber{"40"};
  conversation.thinking.effort = ThinkingWish::Effort::off;
  conversation.beyond.push_back({"logit_bias", Weight::need});
  conversation.beyond.push_back({"min_p", Weight::hint});
  conversation.beyond.push_back({"min_p", Weight::hint});
  const Unsaid none = unsaid(conversation, Matters());
  CHECK(none.needs == std::vector<std::string_view>{"logprobs", "n", "reasoning", "logit_bias"});
  CHECK(none.hints == std::vector<std::string_view>{"top_k", "min_p"});
  const Unsaid all = unsaid(conversation, Matters::all());
  CHECK(all.needs == std::vector<std::string_view>{"logit_bias"});
  CHECK(all.hints == std::vector<std::string_view>{"min_p"});
}

TEST_CASE("an assistant that has the last word is gone on with, one that has the first is told apart") {
  Conversation conversation;
  conversation.turns.push_back({Turn::Role::system, {}});
  conversation.turns.push_back({Turn::Role::assistant, {{TextPart{{"a", false}}}}});
  CHECK(matters_of(conversation) == Matters().add(Matter::prefill).add(Matter::assistant_first));
  conversation.turns.push_back({Turn::Role::user, {}});
  CHECK(matters_of(conversation) == Matters().add(Matter::assistant_first));
}

TEST_CASE("a conversation in which nobody says anything is told from others") {
  const auto says_nothing = [](std::vector<providers::Part> system, std::vector<providers::Part> parts) {
    providers::Conversation conversation;
    conversation.system = std::move(system);
    conversation.turns.push_back({providers::Turn::Role::user, std::move(parts)});
    return providers::matters_of(conversation).has(providers::Matter::nothing_said);
  };
  const providers::Part blank{providers::TextPart{{" \\n", true}}}, text{providers::TextPart{{"a", false}}};
  CHECK(says_nothing({}, {blank}));
  CHECK(says_nothing({blank}, {}));
  CHECK_FALSE(says_nothing({text}, {blank}));
  CHECK_FALSE(says_nothing({}, {blank, text}));
  CHECK_FALSE(says_nothing({}, {{providers::MediaPart{}}}));
  Conversation of_system;
  of_system.system = {blank};
  CHECK(matters_of(of_system) == Matters().add(Matter::nothing_said));
  of_system.system = {text};
  CHECK(matters_of(of_system).none());
}

TEST_CASE("pictures that are wanted are a need of their own") {
  Conversation conversation = asked({TextPart{{"Hi", false}}});
  conversation.form.has_pictures = true;
  CHECK(matters_of(conversation) == Matters().add(Matter::pictures));
  CHECK(name_of(Matter::pictures) == "modalities");
}

TEST_CASE("what an earlier answer showed is another matter than what the model is shown") {
  Conversation conversation = asked({TextPart{{"Hi", false}}});
  const MediaPart picture = media(MediaPart::Kind::image, MediaPart::Source::base64, "image/png");
  conversation.turns.push_back({Turn::Role::assistant, {Part{picture}}});
  conversation.turns.push_back({Turn::Role::user, {Part{TextPart{{"Bluer", false}}}}});
  CHECK(matters_of(conversation) == Matters().add(Matter::answered_media));
  CHECK(weight_of(Matter::answered_media) == Weight::hint);
}
