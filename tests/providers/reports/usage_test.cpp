#include "providers/reports/usage.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace providers;

namespace {

ReportedUsage read(const std::string& text) {
  static JsonTokens tokens;
  JsonWalk walk(tokens, text);
  return read_usage(walk);
}

// Ten tokens of prompt and five of output, and these members.
ReportedUsage with(const std::string& members) {
  return read(R"({"prompt_tokens":10,"completion_tokens":5,)" + members + "}");
}

}  // namespace

TEST_CASE("a count of up to a hundred million tokens is believed, and not one more") {
  const ReportedUsage most = read(R"({"prompt_tokens":100000000,"completion_tokens":100000000})");
  REQUIRE(most.usage);
  CHECK(most.usage->prompt.count == 100'000'000);
  CHECK(most.usage->output.count == 100'000'000);
  CHECK_FALSE(most.anomaly);
  for (const char* more : {R"({"prompt_tokens":100000001,"completion_tokens":5})",
                           R"({"prompt_tokens":10,"completion_tokens":100000001})"}) {
    CAPTURE(more);
    CHECK(read(more).anomaly);
    CHECK_FALSE(read(more).usage);
  }
}

TEST_CASE("a cost from nothing to ten thousand dollars is believed, and not one cent more") {
  CHECK(with(R"("cost":0)").usage->cost == 0.0);
  CHECK(with(R"("cost":10000)").usage->cost == 10'000.0);
  CHECK_FALSE(with(R"("cost":10000)").anomaly);
  CHECK(with(R"("cost":10000.01)").anomaly);
  CHECK_FALSE(with(R"("cost":10000.01)").usage->cost);
  CHECK_FALSE(with(R"("cost":null)").anomaly);
  CHECK_FALSE(with(R"("cost":null)").usage->cost);
}

TEST_CASE(
    "of the prompt all may have been cached or written, and what is said beyond it counts as the prompt") {
  const ReportedUsage all = with(R"("prompt_tokens_details":{"cached_tokens":10,"cache_write_tokens":10})");
  CHECK_FALSE(all.anomaly);
  CHECK(all.usage->cached.count == 10);
  CHECK(all.usage->cache_written.count == 10);

  const ReportedUsage read_more = with(R"("prompt_tokens_details":{"cached_tokens":11})");
  CHECK(read_more.anomaly);
  CHECK(read_more.usage->cached.count == 10);
  const ReportedUsage written_more = with(R"("prompt_tokens_details":{"cache_write_tokens":11})");
  CHECK(written_more.anomaly);
  CHECK(written_more.usage->cache_written.count == 10);
}

TEST_CASE("all of the output may have been reasoning, and what is said beyond it counts as the output") {
  CHECK_FALSE(with(R"("completion_tokens_details":{"reasoning_tokens":5})").anomaly);
  const ReportedUsage more = with(R"("completion_tokens_details":{"reasoning_tokens":6})");
  CHECK(more.anomaly);
  CHECK(more.usage->output.count == 5);
  CHECK(more.usage->reasoning.count == 5);
}

TEST_CASE("a total that fits neither way of counting leaves reasoning in the output") {
  const std::string odd = R"("total_tokens":99,"completion_tokens_details":{"reasoning_tokens":3})";
  CHECK(with(odd).usage->output.count == 5);
  // Without any reasoning there is nothing to add.
  CHECK(with(R"("total_tokens":99)").usage->output.count == 5);
}

TEST_CASE(
    "details that are no object are flagged, null is not, and members that nobody knows are passed over") {
  CHECK(with(R"("prompt_tokens_details":[])").anomaly);
  CHECK(with(R"("completion_tokens_details":"none")").anomaly);
  CHECK_FALSE(with(R"("completion_tokens_details":null)").anomaly);
  const ReportedUsage more =
      with(R"("prompt_tokens_details":{"video_tokens":{"x":[1]},"cached_tokens":4},)"
           R"("completion_tokens_details":{"audio_tokens":9,"reasoning_tokens":2},"cost_in":{"a":1})");
  CHECK_FALSE(more.anomaly);
  CHECK(more.usage->cached.count == 4);
  CHECK(more.usage->reasoning.count == 2);
}

TEST_CASE("no usage at all is no anomaly, and anything but an object is") {
  CHECK_FALSE(read("null").anomaly);
  CHECK_FALSE(read("null").usage);
  for (const char* wrong : {"7", "true", "\"10\"", "[10,5]"}) {
    CAPTURE(wrong);
    CHECK(read(wrong).anomaly);
    CHECK_FALSE(read(wrong).usage);
  }
}

TEST_CASE("where the cost stands is told, whatever it is, also of usage that is none") {
  for (const std::string value : {"0.25", "null", "\"free\"", "-1", "{\"a\":[1]}"}) {
    CAPTURE(value);
    for (const std::string begin :
         {R"({"prompt_tokens":10,"completion_tokens":5,"cost": )", R"({"cost": )"}) {
      const std::string text = begin + value + " }";
      const ReportedUsage usage = read(text);
      CHECK(usage.cost_value.of(text) == value);
      CHECK(usage.cost_said.has_value() == (value == "0.25"));
    }
  }
  CHECK(with(R"("x":1)").cost_value.empty());
  CHECK(read(R"({"cost":0.25})").anomaly);
}

TEST_CASE("a key of the buyer's own is one only where that is true") {
  const std::string upstream = R"("cost":1,"cost_details":{"y":[2],"upstream_inference_cost":2},)";
  CHECK(with(upstream + R"("is_byok":true)").usage->cost == 3.0);
  CHECK(with(upstream + R"("is_byok":false)").usage->cost == 1.0);
  CHECK(with(upstream + R"("is_byok":null)").usage->cost == 1.0);
  CHECK_FALSE(with(upstream + R"("is_byok":null)").anomaly);
  CHECK(with(upstream + R"("is_byok":"yes")").usage->cost == 1.0);
  CHECK(with(upstream + R"("is_byok":"yes")").anomaly);
  CHECK(with(R"("cost_details":3)").anomaly);
  CHECK_FALSE(with(R"("is_byok":true)").usage->cost);
}

TEST_CASE("usage without output tokens is whole where the total says that there are none") {
  CHECK(read(R"({"prompt_tokens":5,"total_tokens":5})").usage->output.count == 0);
  CHECK_FALSE(read(R"({"prompt_tokens":5,"total_tokens":5})").anomaly);
  CHECK_FALSE(read(R"({"prompt_tokens":5,"total_tokens":7})").usage);
  CHECK_FALSE(read(R"({"prompt_tokens":5})").usage);
}
