#include "gateway/surfaces/openai_completions/openai_completions.hpp"

#include <doctest/doctest.h>

using namespace gateway;

namespace {

Inspected inspected(const std::string& body) {
  providers::JsonTokens tokens;
  return openai_completions_surface().inspect(body, tokens);
}

}  // namespace

TEST_CASE("what routing must know of a completion is read out of its body") {
  const Inspected read = inspected(
      R"({"model":"m","prompt":"Once upon a time","suffix":"The end","max_tokens":70,"n":2,"stream":true,)"
      R"("stream_options":{"include_usage":true},"logprobs":3,"models":["o"],"user":"u"})");
  REQUIRE(read.has_value());
  CHECK(read->model == "m");
  CHECK(read->stream);
  CHECK(read->wants_usage);
  CHECK(read->max_output == config::Tokens{70});
  CHECK(read->choices == 2);
  CHECK(read->prompt.count == 6);  // 23 bytes
  CHECK(read->needs.test(static_cast<std::size_t>(config::Feature::logprobs)));
  CHECK(read->models == std::vector<std::string>{"o"});
  CHECK(read->user == "u");
}

TEST_CASE("a completion that does not say how long it may be is a short one, as at OpenAI") {
  CHECK(inspected(R"({"model":"m","prompt":"x"})")->max_output == config::Tokens{16});
}

TEST_CASE("a prompt is a text, texts, tokens or lists of tokens, and each text has its own answers") {
  struct Row {
    std::string prompt;
    std::int64_t tokens;
    int choices;
  };
  for (const Row& row :
       {Row{R"("12345678")", 2, 2}, Row{R"(["1234","12345678"])", 3, 4}, Row{"[1,2,3]", 3, 2},
        Row{"[[1,2],[3],[4]]", 4, 6}, Row{R"("\u00e9\u00e9")", 1, 2}}) {
    CAPTURE(row.prompt);
    const Inspected read = inspected(R"({"model":"m","n":2,"prompt":)" + row.prompt + "}");
    REQUIRE(read.has_value());
    CHECK(read->prompt.count == row.tokens);
    CHECK(read->choices == row.choices);
  }
}

TEST_CASE(
    "every answer that a host makes of a completion counts, also those that are not given, however many "
    "prompts") {
  CHECK(inspected(R"({"model":"m","prompt":"x","best_of":10})")->made == 10);
  CHECK(inspected(R"({"model":"m","prompt":"x","best_of":10})")->choices == 1);  // that come
  CHECK(inspected(R"({"model":"m","prompt":["x","y"],"n":2,"best_of":5})")->made == 10);
  CHECK(inspected(R"({"model":"m","prompt":"x","n":3,"best_of":1})")->made == 3);
  std::string prompts = R"(["x")";
  for (int i = 1; i < 1'000; ++i) prompts += R"(,"x")";
  CHECK(inspected(R"({"model":"m","n":2,"prompt":)" + prompts + "]}")->made == 2'000);
}

TEST_CASE("a prompt that is none is refused with its place") {
  struct Row {
    std::string prompt, param;
  };
  for (const Row& row : {Row{"[]", "prompt"}, Row{"{}", "prompt"}, Row{"null", "prompt"}, Row{"7", "prompt"},
                         Row{R"(["a",1])", "prompt[1]"}, Row{"[1,-2]", "prompt[1]"},
                         Row{"[1.5]", "prompt[0]"}, Row{"[[1],[null]]", "prompt[1][0]"}}) {
    CAPTURE(row.prompt);
    const Inspected read = inspected(R"({"model":"m","prompt":)" + row.prompt + "}");
    REQUIRE(read.has_error());
    CHECK(read.error().param == row.param);
  }
  CHECK(inspected(R"({"model":"m"})").error().param == "prompt");
}

TEST_CASE("what ends a broken stream of completions has their shape") {
  ErrorReply error = plain_error(502, "upstream_error", "stream_incomplete", "It broke.");
  const std::string event = openai_completions_surface().error_event(error, {"gen-1", 7, "m"});
  CHECK(event ==
        R"(data: {"id":"gen-1","object":"text_completion","created":7,"model":"m","error":{"code":502,)"
        R"("message":"It broke.","type":"upstream_error","metadata":{"error_type":"stream_incomplete"}},)"
        R"("choices":[{"index":0,"text":"","finish_reason":"error"}]})"
        "\n\n");
}
