#include "providers/dialects/openai_embeddings/openai_embeddings.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "providers/dialect/native_replies.hpp"

using namespace providers;

namespace {

const NativeReplies& replies() {
  return *openai_embeddings_dialect().native();
}

std::string vectors(const std::string& data, const std::string& usage) {
  return R"({"object":"list","data":[)" + data + R"(],"model":"e","usage":)" + usage + "}";
}

std::optional<std::string> joined(const std::vector<std::string>& all, std::size_t per_reply,
                                  std::size_t total, VectorForm form = VectorForm::numbers) {
  JsonTokens tokens;
  return replies().joined_wholes(all, {.total = total, .per_reply = per_reply, .form = form}, tokens);
}

// What the one reply to `total` texts becomes.
std::optional<std::string> put_right(const std::string& data, std::size_t total, VectorForm form) {
  return joined({R"({"data":[)" + data + R"(],"usage":{"prompt_tokens":3,"own":1}})"}, total, total, form);
}

bool is_as_asked(const std::string& data, std::size_t total, VectorForm form) {
  JsonTokens tokens;
  const PassedReply reply = replies().whole(R"({"data":[)" + data + "]}", tokens);
  REQUIRE(reply.vectors);
  return AskedVectors{.total = total, .per_reply = total, .form = form}.are(*reply.vectors);
}

}  // namespace

TEST_CASE("a reply with vectors is an answer whose usage has no output") {
  JsonTokens tokens;
  const PassedReply reply = replies().whole(
      vectors(R"({"index":0,"embedding":[0.5]})", R"({"prompt_tokens":3,"total_tokens":3})"), tokens);
  CHECK(reply.kind == PassedReply::Kind::answer);
  REQUIRE(reply.usage.usage);
  CHECK(reply.usage.usage->prompt.count == 3);
  CHECK(reply.usage.usage->output.count == 0);
  CHECK(replies().whole(vectors("", "null"), tokens).kind == PassedReply::Kind::empty);
  CHECK(replies().whole(R"({"error":{"message":"no"}})", tokens).kind == PassedReply::Kind::error);
  CHECK(replies().whole("nothing", tokens).kind == PassedReply::Kind::bad);
}

TEST_CASE("of a reply that breaks off as JSON nothing is believed, not even the error before the fault") {
  JsonTokens tokens;
  const PassedReply reply =
      replies().whole(R"({"error":"m","usage":{"prompt_tokens":3},"data":vrue})", tokens);
  CHECK(reply.kind == PassedReply::Kind::bad);
  CHECK_FALSE(reply.error);
  CHECK_FALSE(reply.usage.usage);
}

TEST_CASE("vectors of several replies stand in the order of their inputs, numbered anew, and usages add up") {
  const auto all = joined(
      {vectors(R"({"index":1,"embedding":[2]},{"index":0,"embedding":[1]})",
               R"({"prompt_tokens":3,"total_tokens":3,"cost":0.5})"),
       vectors(R"({"index":0,"embedding":[3]})", R"({"prompt_tokens":4,"total_tokens":4,"cost":0.25})")},
      2, 3);
  REQUIRE(all);
  CHECK(
      *all ==
      R"({"object":"list","data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[2]},)"
      R"({"index":2,"embedding":[3]}],"model":"e","usage":{"prompt_tokens":7,"total_tokens":7,"cost":0.75}})");
}

TEST_CASE("replies of which a vector is missing, or there twice, are not joined") {
  const std::string usage = R"({"prompt_tokens":3,"total_tokens":3})";
  const std::string one = R"({"index":0,"embedding":[1]})";
  CHECK_FALSE(joined({vectors(one, usage), vectors(one, usage)}, 2, 3));
  CHECK_FALSE(joined({vectors(one + "," + one, usage)}, 2, 2));
  CHECK_FALSE(joined({vectors(one, usage) + "}"}, 1, 1));
  CHECK_FALSE(joined({vectors(R"({"index":5,"embedding":[1]})", usage)}, 1, 1));
}

TEST_CASE("where one of several replies tells no usage, none is told of them all") {
  const std::string one = R"({"index":0,"embedding":[1]})";
  const auto all =
      joined({vectors(one, R"({"prompt_tokens":3,"total_tokens":3})"), vectors(one, "null")}, 1, 2);
  REQUIRE(all);
  CHECK(all->find(R"("usage":null)") != std::string::npos);
}

TEST_CASE("a reply is as it was asked where each vector has its place, its number and its form") {
  const std::string a = R"({"index":0,"embedding":[1]})", b = R"({"index":1,"embedding":[2]})";
  const std::string text = R"({"index":0,"embedding":"AACAPw=="})";
  using enum VectorForm;
  CHECK(is_as_asked(a + "," + b, 2, numbers));
  CHECK(is_as_asked(text, 1, base64));
  CHECK_FALSE(is_as_asked(b + "," + a, 2, numbers));
  CHECK_FALSE(is_as_asked(a, 2, numbers));
  CHECK_FALSE(is_as_asked(a + "," + b, 1, numbers));
  CHECK_FALSE(is_as_asked(a + "," + a, 2, numbers));
  CHECK_FALSE(is_as_asked(R"({"embedding":[1]})", 1, numbers));
  CHECK_FALSE(is_as_asked(R"({"index":0})", 1, numbers));
  CHECK_FALSE(is_as_asked("1", 1, numbers));
  CHECK_FALSE(is_as_asked(text, 1, numbers));
  CHECK_FALSE(is_as_asked(a, 1, base64));
}

TEST_CASE("numbers become base64 of little floats, and base64 the shortest numbers") {
  using enum VectorForm;
  struct Row {
    std::string numbers, base64;
  };
  for (const Row& row : {Row{"[1]", "AACAPw=="}, Row{"[0.1,-2,1e-05]", "zczMPQAAAMCsxSc3"}, Row{"[]", ""}}) {
    CAPTURE(row.numbers);
    const std::string before = R"({"data":[{"object":"embedding","index":0,"embedding":)";
    const std::string behind = R"(}],"usage":{"prompt_tokens":3,"own":1}})";
    const std::string vector = R"({"object":"embedding","index":0,"embedding":)";
    CHECK(put_right(vector + row.numbers + "}", 1, base64) == before + "\"" + row.base64 + "\"" + behind);
    CHECK(put_right(vector + "\"" + row.base64 + "\"}", 1, numbers) == before + row.numbers + behind);
  }
  // What a float of 64 bits tells too exactly, with blanks, and an escape within the base64.
  CHECK(put_right(R"({"index":0,"embedding":[ 0.10000000149011612 , 1E0 ]})", 1, base64)
            ->find("zczMPQAAgD8=") != std::string::npos);
  CHECK(put_right(R"({"index":0,"embedding":"\u0041ACAPw=="})", 1, numbers)->find("[1]") !=
        std::string::npos);
}

TEST_CASE("what is no vector of floats is put into no other form") {
  for (const char* wrong : {R"([1,"2"])", "[[1]]", "[1e39]", "[-1e400]", "[null]", "{}", "null", "7"}) {
    CAPTURE(wrong);
    CHECK_FALSE(put_right(R"({"index":0,"embedding":)" + std::string(wrong) + "}", 1, VectorForm::base64));
  }
  // Too short, no base64, infinite, not a number.
  for (const char* wrong : {R"("AACA")", R"("....")", R"("AACAfw==")", R"("AADAfw==")", "{}", "null"}) {
    CAPTURE(wrong);
    CHECK_FALSE(put_right(R"({"index":0,"embedding":)" + std::string(wrong) + "}", 1, VectorForm::numbers));
  }
}

TEST_CASE("the vectors of one reply are ordered and numbered, and what it says beside them stays") {
  const auto all = put_right(R"({"index":1,"embedding":[2]} , {"index":0,"own":[],"embedding":[1]})", 2,
                             VectorForm::numbers);
  CHECK(all == R"({"data":[{"index":0,"own":[],"embedding":[1]},{"index":1,"embedding":[2]}],)"
               R"("usage":{"prompt_tokens":3,"own":1}})");
  CHECK(put_right(R"({"embedding":[1]},{"index":null,"embedding":[2]})", 2, VectorForm::numbers) ==
        R"({"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[2]}],)"
        R"("usage":{"prompt_tokens":3,"own":1}})");
}
