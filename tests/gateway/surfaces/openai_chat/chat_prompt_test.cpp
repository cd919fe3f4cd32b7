#include "gateway/surfaces/openai_chat/chat_prompt.hpp"

#include <doctest/doctest.h>

#include <string>

#include "gateway/surface/block_hash.hpp"

using namespace gateway;

namespace {

struct Read {
  bool good = false;
  ChatPrompt prompt;
  BodyFault fault;
  std::int64_t tokens(std::uint64_t tools_bytes = 0) const {
    return estimated_tokens(prompt, tools_bytes).count;
  }
};

Read read(const std::string& messages) {
  static providers::JsonTokens tokens;
  const std::string body = "[" + messages + "]";
  BodyWalk walk(tokens, body);
  Read result;
  const Path top;
  result.good = read_messages(walk, top.member("messages"), result.prompt);
  if (!result.good) result.fault = walk.fault();
  return result;
}

std::string user(const std::string& text) {
  return R"({"role":"user","content":")" + text + "\"}";
}

}  // namespace

TEST_CASE("a chat is three tokens, each message four, and each four bytes of text begun one") {
  CHECK(read("").tokens() == 3);
  CHECK(read(user("")).tokens() == 7);
  CHECK(read(user("a")).tokens() == 8);
  CHECK(read(user("abcd")).tokens() == 8);
  CHECK(read(user("abcde")).tokens() == 9);
  const Read two = read(user("abcd") + "," + user("efgh"));
  CHECK(two.tokens() == 3 + 8 + 2);
  CHECK(two.prompt.messages.size() == 2);
  CHECK(two.prompt.tokens_so_far == std::vector<std::uint32_t>{8, 13});
}

TEST_CASE("an attachment is a thousand tokens, whatever its size, and its type is none") {
  for (const std::string part :
       {R"({"type":"image_url","image_url":{"url":"data:xxxxxxxxxxxxxxxx"}})", R"({"image":"xxxxxxxx"})",
        R"({"input_audio":{"data":"UklG"}})", R"({"file":{"file_data":"xxxx"}})"}) {
    CAPTURE(part);
    CHECK(read(R"({"role":"user","content":[)" + part + "]}").tokens() == 1'007);
  }
  const Read two = read(R"({"role":"user","content":[{"image":"a"},{"image":"b"},{"text":"abcd"}]})");
  CHECK(two.tokens() == 2'008);
  CHECK(
      read(R"({"content":[{"type":"text","text":"abcd","cache_control":{"type":"ephemeral"}}]})").tokens() ==
      8);
  CHECK(read(R"({"content":["abcd",{"text":"efgh"}]})").tokens() == 9);
}

TEST_CASE("tools are spelled out: half as much again as their bytes say, and six hundred beside") {
  const Read none = read("");
  CHECK(none.tokens(0) == 3);
  CHECK(none.tokens(1) == 603);
  CHECK(none.tokens(4) == 604);
  CHECK(none.tokens(8) == 606);
  CHECK(none.tokens(400) == 753);
}

TEST_CASE("a member nobody knows counts by its bytes, up to sixteen thousand of them") {
  const auto with = [](std::size_t bytes) {
    return read(R"({"content":"","reasoning":")" + std::string(bytes - 2, 'a') + "\"}").tokens();
  };
  CHECK(with(10) == 7 + 3);
  CHECK(with(16 * 1024) == 7 + 4'096);
  CHECK(with(16 * 1024 + 4) == 7 + 4'096);
  // An escape of six bytes is two bytes of text, in a value of just so many bytes, too.
  const std::string spelled = "\"\\u00e9" + std::string(16 * 1024 - 8, 'a') + "\"";
  CHECK(read(R"({"content":"","reasoning":)" + spelled + "}").tokens() == 7 + 4'095);
  CHECK(with(100'000) == 7 + 4'096);
  CHECK(read(R"({"content":[{"type":"x","y":[1,2]}]})").tokens() == 7 + 2);
}

TEST_CASE("only the last message says whether the answer goes on with it") {
  CHECK(read(R"({"role":"assistant","content":"a"})").prompt.ends_with_assistant);
  CHECK_FALSE(read(R"({"role":"assistant"},{"role":"user"})").prompt.ends_with_assistant);
  CHECK_FALSE(read(R"({"role":"assistant"},{"content":null})").prompt.ends_with_assistant);
  CHECK(read(R"({"role":"user"},{"role":"assistant"})").prompt.ends_with_assistant);
}

TEST_CASE(
    "the tokens up to each of the last thousand messages are known, with the tools before all of them") {
  std::string messages = user("");
  for (int i = 1; i < 1'030; ++i) messages += "," + user("");
  const Read many = read(messages);
  const std::vector<std::uint32_t> tokens = prefix_tokens(many.prompt, 8);
  REQUIRE(tokens.size() == 1'024);
  CHECK(tokens.front() == 3 + 4 * 7 + 603);
  CHECK(tokens.back() == many.tokens(8));
  const std::string body = "[" + messages + "]";
  const auto blocks = prefix_blocks(body, many.prompt.messages, {});
  REQUIRE(blocks.size() == 1'024);
  const std::span first(many.prompt.messages.data(), 7);
  CHECK(prefix_blocks(body, first, {}).size() == 7);
  CHECK(prefix_blocks(body, std::span(many.prompt.messages.data(), 8), {}).back() != blocks.front());
  CHECK(prefix_blocks(body, std::span(many.prompt.messages.data(), 7), {}).back() == blocks.front());
}

TEST_CASE("tokens beyond what can be counted are as many as can be") {
  ChatPrompt prompt;
  prompt.tokens_so_far = {5, 4'294'967'290};
  CHECK(prefix_tokens(prompt, 8) == std::vector<std::uint32_t>{608, 4'294'967'295});
  CHECK(prefix_tokens(prompt, 0) == std::vector<std::uint32_t>{5, 4'294'967'290});
}
