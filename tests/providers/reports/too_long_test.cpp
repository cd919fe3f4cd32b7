#include "providers/reports/too_long.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using providers::ReportedError;
using providers::too_long;

TEST_CASE(
    "a host that finds a prompt too long is understood in its own words, and the sizes it names are kept") {
  struct Row {
    std::string message;
    std::int64_t prompt = 0, total = 0, context = 0;  // 0: not named
    std::string code = "";
  };
  const std::vector<Row> rows = {
      {"This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
       9'000, 0, 8'192},
      {"This model's maximum context length is 65536 tokens. However, you requested 70000 tokens (62000 in "
       "the "
       "messages, 8000 in the completion).",
       62'000, 70'000, 65'536},
      {"This model's maximum context length is 4097 tokens, however you requested 5000 tokens.", 0, 5'000,
       4'097},
      {"'max_tokens' is too large: 4096. This model's maximum context length is 8192 tokens and your request "
       "has "
       "5000 input tokens (4096 > 8192 - 5000).",
       5'000, 0, 8'192},
      {"The input (9000 tokens) is longer than the model's context length (8192 tokens).", 9'000, 0, 8'192},
      {"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 4000 `inputs` "
       "tokens and "
       "500 `max_new_tokens`",
       4'000, 0, 4'097},
      {"prompt is too long: 210000 tokens > 200000 maximum", 210'000, 0, 200'000},
      {"The prompt is too long: 170,000, model maximum context length: 163,839", 170'000, 0, 163'839},
      {"This endpoint's maximum context length is 163840 tokens. However, you requested about 200000 tokens "
       "(190000 "
       "of text input, 10000 in the output).",
       190'000, 200'000, 163'840},
      {"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", 1'200'000,
       0, 1'048'576},
      {"Please reduce the length of the messages or completion.", 0, 0, 0, "context_length_exceeded"},
      {"Too much.", 0, 0, 0, "context_length_exceeded"},
      // What no context is near to is not believed.
      {"prompt is too long: 99999999999999999999 tokens > 200000 maximum", 0, 0, 200'000},
  };
  for (const Row& row : rows) {
    CAPTURE(row.message);
    const auto found = too_long(400, {.message = row.message, .code = row.code, .type = {}});
    REQUIRE(found);
    CHECK(found->prompt.value_or(config::Tokens{0}).count == row.prompt);
    CHECK(found->total.value_or(config::Tokens{0}).count == row.total);
    CHECK(found->context.value_or(config::Tokens{0}).count == row.context);
  }
}

TEST_CASE("an error about anything else is not one about the prompt's length") {
  for (const std::string message : {"", "Invalid value for temperature: 3",
                                    "max_tokens is too large: 100000. This model supports at most 16384.",
                                    "Request too large for model `m` on tokens per minute (TPM): Limit 6000, "
                                    "Requested 10000, please reduce your "
                                    "message size and try again."}) {
    CAPTURE(message);
    CHECK_FALSE(too_long(400, {.message = message, .code = {}, .type = {}}));
    CHECK_FALSE(too_long(413, {.message = message, .code = {}, .type = {}}));
  }
  const ReportedError coded{.message = "No", .code = "context_length_exceeded", .type = {}};
  CHECK(too_long(400, coded));
  for (const int status : {401, 404, 429, 500, 503}) CHECK_FALSE(too_long(status, coded));
}

TEST_CASE("a number is taken with the commas between its groups of three, and no further") {
  const auto prompt = [](const std::string& number) -> std::int64_t {
    const auto found =
        too_long(400, {.message = "prompt is too long: " + number + " tokens", .code = {}, .type = {}});
    REQUIRE(found);
    return found->prompt.value_or(config::Tokens{0}).count;
  };
  CHECK(prompt("1,234,567") == 1'234'567);
  CHECK(prompt("12,345") == 12'345);
  CHECK(prompt("1234,56") == 1'234);
  CHECK(prompt("1234,5678") == 1'234);
  CHECK(prompt("1234, 567") == 1'234);
  CHECK(prompt("909") == 909);
  CHECK(prompt("100,000,000") == 100'000'000);
  CHECK(prompt("100,000,001") == 0);
  CHECK(prompt("0") == 0);
  CHECK(prompt("1") == 1);
  const auto last = too_long(400, {.message = "prompt is too long: 9,000", .code = {}, .type = {}});
  CHECK(last->prompt == config::Tokens{9'000});
}

TEST_CASE("every phrase names the size that it is about, in whatever case, and the first of a kind counts") {
  const auto read = [](const std::string& message) {
    const auto found = too_long(400, {.message = message, .code = "context_length_exceeded", .type = {}});
    REQUIRE(found);
    return *found;
  };
  for (const char* words :
       {"7 in the messages", "7 in your prompt", "7 in the prompt", "7 of text input", "7 input tokens",
        "7 `inputs` tokens", "7 tokens from the input", "7 prompt tokens", "resulted in 7",
        "PROMPT is too LONG 7", "prompt contains 7", "prompt has 7", "the input (7", "input length 7",
        "prompt length 7", "input token count 7"}) {
    CAPTURE(words);
    CHECK(read(words).prompt == config::Tokens{7});
    CHECK_FALSE(read(words).context);
    CHECK_FALSE(read(words).total);
  }
  for (const char* words : {"7 maximum", "x > 7", "maximum context 7", "context length 7", "context window 7",
                            "must be <= 7", "number of tokens allowed 7"}) {
    CAPTURE(words);
    CHECK(read(words).context == config::Tokens{7});
    CHECK_FALSE(read(words).prompt);
  }
  CHECK(read("7 of the maximum").context == std::nullopt);
  CHECK(read("requested 7").total == config::Tokens{7});
  const auto twice =
      read("context length 5, context length 6, prompt has 3, prompt has 4, requested 1, requested 2");
  CHECK(twice.context == config::Tokens{5});
  CHECK(twice.prompt == config::Tokens{3});
  CHECK(twice.total == config::Tokens{1});
}

TEST_CASE(
    "a code or a type is enough, and so is each of the usual sentences, under the statuses of a refusal") {
  CHECK(too_long(400, {.message = "No", .code = "context_length_exceeded", .type = {}}));
  CHECK(too_long(400, {.message = "No", .code = {}, .type = "context_length_exceeded"}));
  CHECK(too_long(400, {.message = "No", .code = {}, .type = "exceed_context_size_error"}));
  for (const std::string words :
       {"Maximum context length", "the model's context length", "context window", "Prompt is too long",
        "Input is too long", "exceeds the available context size", "input token count",
        "`inputs` tokens + `max_new_tokens` must be <="}) {
    CAPTURE(words);
    for (const int status : {400, 413, 422})
      CHECK(too_long(status, {.message = words, .code = {}, .type = {}}));
  }
}
