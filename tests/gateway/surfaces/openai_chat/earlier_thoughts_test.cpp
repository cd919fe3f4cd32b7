// What hosts of chats are sent of `reasoning_details` in the history.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/http/incoming.hpp"
#include "gateway/surface/upstream_body.hpp"
#include "gateway/surfaces/openai_chat/chat_request.hpp"

using namespace gateway;
namespace json = boost::json;

namespace {

std::string sent(const std::string& message, bool knows_details = false,
                 std::string_view member = usual_thoughts_member) {
  std::string body = R"({"model":"m","messages":[)" + message + R"(,{"role":"user","content":"?"}]})";
  give_slack(body);
  providers::JsonTokens tokens;
  const Inspected asked = inspect_chat(body, tokens, ChatShape::openai);
  REQUIRE(asked.has_value());
  const UpstreamBody upstream(*asked, body, "h", {.knows_details = knows_details, .thoughts_member = member});
  std::string text;
  for (const std::string_view piece : upstream.pieces()) text += piece;
  const json::value all = json::parse(text);
  return json::serialize(all.at("messages").at(0));
}

const std::string encrypted = R"({"type":"reasoning.encrypted","data":"x"})";
const std::string hm = R"({"type":"reasoning.text","text":"H\"m","signature":"s"})";
const std::string sum = R"({"type":"reasoning.summary","summary":"So"})";

std::string details(const std::string& items) {
  return R"("reasoning_details": [)" + items + "]";
}

}  // namespace

TEST_CASE("who speaks as OpenRouter does gets the details of earlier thinking as they came") {
  const std::string message = R"({"role":"assistant","content":"a",)" + details(hm + "," + encrypted) + "}";
  CHECK(sent(message, true) == json::serialize(json::parse(message)));
}

TEST_CASE("others get their texts as reasoning_content, and nothing that only its maker can read") {
  const std::string with_texts = R"({"role":"assistant","reasoning_content":"H\"mSo","content":"a"})";
  CHECK(sent(R"({"role":"assistant",)" + details(hm + " , " + sum + "," + encrypted) +
             R"(,"content":"a"})") == with_texts);
  CHECK(sent(R"({"role":"assistant","content":"a" , )" + details(encrypted) + " }") ==
        R"({"role":"assistant","content":"a"})");
  CHECK(sent("{" + details(encrypted) + R"(, "role":"assistant","content":"a"})") ==
        R"({"role":"assistant","content":"a"})");
  CHECK(sent("{ " + details("") + " }") == "{}");
}

TEST_CASE("where the thinking stands there as text already it is said once") {
  const std::string rest = R"({"role":"assistant","content":"a","reasoning":"H\"m"})";
  CHECK(sent(R"({"role":"assistant",)" + details(hm) + R"(,"content":"a","reasoning":"H\"m"})") == rest);
  CHECK(sent(R"({"role":"assistant","content":"a","reasoning":"H\"m",)" + details(hm) + "}") == rest);
}

TEST_CASE("who has another name for earlier thinking gets it by that") {
  CHECK(sent(R"({"role":"assistant",)" + details(hm) + R"(,"content":"a"})", false, "\"reasoning\":") ==
        R"({"role":"assistant","reasoning":"H\"m","content":"a"})");
}

TEST_CASE("who is told nothing of earlier thinking gets no member of it, whatever it is called") {
  const std::string a = R"("role":"assistant","content":"a")";
  const std::string rest = "{" + a + "}";
  const auto without = [](const std::string& message) { return sent(message, true, ""); };
  CHECK(without("{" + a + R"(, "reasoning_content" : "H,m" , )" + details(hm) + " }") == rest);
  CHECK(without(R"({"reasoning":null,"role":"assistant",)" + details(hm) + R"(,"content":"a"})") == rest);
  CHECK(without(R"({"reasoning":{"a":[1,2]},)" + a + R"(,"reasoning_content":"x"})") == rest);
  CHECK(without(R"({ "reasoning":"x", )" + details("") + " }") == "{}");
  CHECK(without(rest) == rest);
}
