#include "gateway/surfaces/openai_responses/responses_request.hpp"

#include <doctest/doctest.h>

#include <string>

#include "gateway/surface/upstream_body.hpp"

using namespace gateway;

namespace {

Inspected inspect(const std::string& body) {
  providers::JsonTokens tokens;
  return inspect_responses(body, tokens);
}

ClientBody read(const std::string& body) {
  Inspected inspected = inspect(body);
  REQUIRE_MESSAGE(inspected.has_value(), body);
  return std::move(inspected.value());
}

BodyFault fault(const std::string& members) {
  Inspected inspected = inspect(R"({"model":"m",)" + members + "}");
  REQUIRE_MESSAGE(!inspected.has_value(), members);
  return inspected.error();
}

// As a host of the same API is sent it.
std::string sent(const std::string& body) {
  const ClientBody request = read(body);
  const UpstreamBody upstream(request, body, "h");
  std::string text;
  for (const std::string_view piece : upstream.pieces()) text += piece;
  return text;
}

bool needs(const ClientBody& request, config::Feature feature) {
  return request.needs.test(static_cast<std::size_t>(feature));
}

const std::string kept = R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"E"})";
const std::string bare =
    R"({"type":"reasoning","id":"rs_2","summary":[{"type":"summary_text","text":"Hm"}]})";
const std::string ours =
    R"({"type":"reasoning","id":"rs_3","summary":[],"encrypted_content":"isocost.signed.1|f|s|t"})";
const std::string thought_aloud =
    R"({"type":"reasoning","id":"rs_4","summary":[],"content":[{"type":"reasoning_text","text":"x"}]})";
const std::string hi = R"({"role":"user","content":"Hi"})";

}  // namespace

TEST_CASE("what routing must know of a call is found") {
  const ClientBody request = read(
      R"({"model":"m","input":"Hello","stream":true,"max_output_tokens":9,"user":"u","tools":[{"type":"function"}],)"
      R"("text":{"format":{"type":"json_schema"}},"reasoning":{"effort":"low"},"top_logprobs":2})");
  CHECK(request.model == "m");
  CHECK(request.stream);
  CHECK(request.wants_usage);
  CHECK(request.streams_tell_usage);
  CHECK(request.max_output->count == 9);
  CHECK(request.user == "u");
  CHECK(needs(request, config::Feature::tools));
  CHECK(needs(request, config::Feature::json_schema));
  CHECK(needs(request, config::Feature::reasoning));
  CHECK(needs(request, config::Feature::logprobs));
  CHECK_FALSE(needs(request, config::Feature::images));
  const ClientBody media = read(
      R"({"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AA"},)"
      R"({"type":"input_file","file_id":"f"},{"type":"input_audio","input_audio":{}}]}]})");
  CHECK(needs(media, config::Feature::images));
  CHECK(media.pictures == 1);
  CHECK(needs(media, config::Feature::files));
  CHECK(needs(media, config::Feature::audio));
  CHECK(media.prompt.count > 3'000);
  CHECK_FALSE(
      needs(read(R"({"model":"m","input":"a","reasoning":{"effort":"none"}})"), config::Feature::reasoning));
}

TEST_CASE("a search tool of the Responses is one that its host may make, as often as it likes") {
  CHECK(read(R"({"model":"m","input":"Hi","tools":[{"type":"web_search_preview"}]})").searches == 5);
  CHECK(read(R"({"model":"m","input":"Hi","tools":[{"type":"function","name":"web_search"}]})").searches ==
        0);
}

TEST_CASE("the prompt is instructions and items, each of which hosts may have cached") {
  const std::string body = R"({"model":"m","input":[)" + hi + "," + hi + R"(],"instructions":"Be brief."})";
  const ClientBody request = read(body);
  REQUIRE(request.messages.size() == 3);
  CHECK(request.messages[0].of(body) == "\"Be brief.\"");
  CHECK(request.messages[1].of(body) == hi);
  CHECK(request.prefix_tokens.size() == 3);
  CHECK(request.prefix_tokens.back() == static_cast<std::uint32_t>(request.prompt.count));
  const std::string text = R"({"model":"m","input":"Hello"})";
  CHECK(read(text).messages.front().of(text) == "\"Hello\"");
}

TEST_CASE("what would need a memory is refused with what to do instead") {
  CHECK(fault(R"("input":"a","previous_response_id":7)").param == "previous_response_id");
  const BodyFault conversation = fault(R"("input":"a","conversation":{"id":"c"})");
  CHECK(conversation.param == "conversation");
  CHECK(conversation.code == "unsupported_value");
  CHECK(conversation.message.find("all of the history must be sent") != std::string::npos);
  CHECK(fault(R"("input":"a","background":true)").param == "background");
  CHECK(fault(R"("input":[{"type":"item_reference","id":"msg_1"}])").param == "input[0]");
  CHECK(fault(R"("input":[{"id":"msg_1"}])").param == "input[0]");
  read(R"({"model":"m","input":"a","previous_response_id":null,"conversation":null,"background":false})");
}

TEST_CASE("wrong types are named at their place") {
  CHECK(fault(R"("input":7)").param == "input");
  CHECK(fault(R"("input":[7])").param == "input[0]");
  CHECK(fault(R"("input":[{"role":"user","content":[7]}])").param == "input[0].content[0]");
  CHECK(fault(R"("input":[{"role":"user","content":[{"type":"input_text","text":7}]}])").param ==
        "input[0].content[0].text");
  CHECK(fault(R"("input":[])").param == "input");
  CHECK(fault(R"("user":"a")").code == "missing_member");
  CHECK(fault(R"("input":"a","instructions":[])").param == "instructions");
  CHECK(fault(R"("input":"a","max_output_tokens":-1)").param == "max_output_tokens");
  CHECK(fault(R"("input":"a","store":"no")").param == "store");
  read(R"({"model":"m","instructions":"Say hello."})");
}

TEST_CASE("a host of the same API is sent the client's bytes, and asked to store nothing") {
  CHECK(sent(R"({"model":"m","input":"a","stream":true,"sparkle":[1.0]})") ==
        R"({"store":false,"model":"h","input":"a","stream":true,"sparkle":[1.0]})");
  CHECK(sent(R"({"model":"m","store":true,"input":"a"})") == R"({"model":"h","store":false,"input":"a"})");
  CHECK(sent(R"({"model":"m","store":null,"input":"a"})") == R"({"model":"h","store":false,"input":"a"})");
  CHECK(sent(R"({"model":"m","store":false,"input":"a","provider":{}})") ==
        R"({"model":"h","store":false,"input":"a"})");
}

TEST_CASE("reasoning that only its id stands for, or that another API signed, is left out") {
  const auto items = [](const std::string& list) {
    const std::string body = sent(R"({"model":"m","store":false,"input":[)" + list + "]}");
    const std::size_t begin = body.find('[') + 1;
    return body.substr(begin, body.size() - begin - 2);
  };
  CHECK(items(kept + "," + hi) == kept + "," + hi);
  CHECK(items(thought_aloud + "," + hi) == thought_aloud + "," + hi);
  CHECK(items(hi + "," + bare + "," + hi) == hi + "," + hi);
  CHECK(items(hi + ", " + bare + " ,\n" + ours + " , " + hi) == hi + ", " + hi);
  CHECK(items(hi + " , " + ours) == hi);
  CHECK(items(bare + "," + hi + "," + ours) == hi);
  CHECK(items(bare + "," + ours).empty());
}

TEST_CASE(
    "a picture that another API's host made has an id that OpenAI does not know, and is left out there") {
  const auto items = [](const std::string& id) {
    const std::string picture =
        R"({"type":"image_generation_call","id":")" + id + R"(","result":"iVBORw0="})";
    const std::string body = sent(R"({"model":"m","store":false,"input":[)" + hi + "," + picture + "]}");
    return body.find("image_generation_call") != std::string::npos;
  };
  CHECK(items("ig_0123456789abcdef"));
  CHECK_FALSE(items("ig_isocost_abc1"));
}

TEST_CASE("a count needs neither a model nor an input") {
  providers::JsonTokens tokens;
  CHECK(inspect_responses_count("{}", tokens)->prompt.count > 0);
  CHECK(inspect_responses_count(R"({"input":"0123456789"})", tokens)->prompt.count >= 3);
  CHECK_FALSE(inspect_responses_count("[]", tokens).has_value());
}

TEST_CASE("how much is to be thought is found") {
  const auto effort = [](const std::string& members) {
    return read(R"({"model":"m","input":"Hi")" + members + "}").effort;
  };
  CHECK(effort("") == routing::Effort::unsaid);
  CHECK(effort(R"(,"reasoning":{"effort":"low"})") == routing::Effort::low);
  CHECK(effort(R"(,"reasoning":{"effort":"none"})") == routing::Effort::off);
}
