// What hosts bill, against what isocost reckons from the same bodies and the same price lists: bills.py wrote
// both tables without a word of this code.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "config/files/load.hpp"
#include "config/values/timestamp.hpp"
#include "providers/dialect/dialect.hpp"
#include "providers/dialects/anthropic/native.hpp"
#include "providers/dialects/bedrock_converse/stream.hpp"
#include "providers/dialects/bedrock_converse/whole.hpp"
#include "providers/dialects/gemini/reply.hpp"
#include "providers/dialects/openai_chat/native.hpp"
#include "providers/dialects/openai_embeddings/openai_embeddings.hpp"
#include "providers/dialects/openai_responses/native.hpp"
#include "routing/terms/bill.hpp"
#include "tests/support/event_frames.hpp"
#include "tests/support/given_sources.hpp"

using namespace providers;

namespace {

struct Row {
  std::string dialect, list, at, asked, picos, nanos, bodies;
};

std::vector<Row> rows() {
  std::ifstream file(SOURCE_DIR "/tests/providers/dialects/bills.tsv");
  std::vector<Row> all;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    Row& row = all.emplace_back();
    for (std::string* field :
         {&row.dialect, &row.list, &row.at, &row.asked, &row.picos, &row.nanos, &row.bodies}) {
      std::getline(fields, *field, '\t');
    }
  }
  return all;
}

std::vector<std::string> parted(const std::string& bodies) {
  constexpr std::string_view between = " ~~ ";
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= bodies.size();) {
    const std::size_t end = std::min(bodies.find(between, from), bodies.size());
    // The parser reads beyond the end.
    parts.emplace_back().reserve(end - from + 64);
    parts.back() = bodies.substr(from, end - from);
    from = end + between.size();
  }
  return parts;
}

class Usages final : public AnswerSink {
 public:
  void take(const AnswerEvent& event) override {
    if (event.kind != AnswerEvent::Kind::usage) return;
    usage = event.usage;
    is_odd = event.usage_is_odd;
  }
  std::optional<routing::Usage> usage;
  bool is_odd = false;
};

const NativeReplies& native_of(const std::string& dialect) {
  if (dialect.starts_with("chat")) return openai_native_replies();
  if (dialect == "completions") return openai_completion_replies();
  if (dialect == "embeddings") return *openai_embeddings_dialect().native();
  if (dialect.starts_with("responses")) return responses_native_replies();
  return anthropic_native_replies();
}

ReportedUsage passed(const std::string& dialect, const std::vector<std::string>& bodies) {
  const NativeReplies& replies = native_of(dialect);
  JsonTokens tokens;
  if (!dialect.ends_with("_stream")) return replies.whole(bodies[0], tokens).usage;
  ReportedUsage usage;
  for (const std::string& body : bodies) {
    const PassedEvent event =
        replies.event({.data = body, .name = {}, .raw = {}, .form = SseEvent::Form::normal}, tokens);
    if (event.usage.usage) usage = usage.usage ? replies.joined(usage, event.usage) : event.usage;
  }
  return usage;
}

ReportedUsage told(const std::string& dialect, const std::vector<std::string>& bodies) {
  JsonTokens tokens;
  Usages usages;
  if (dialect == "gemini") {
    read_gemini_whole(bodies[0], tokens, usages);
  } else if (dialect == "converse") {
    read_converse_whole(bodies[0], "amazon-bedrock-v1", tokens, usages);
  } else if (dialect == "gemini_stream") {
    GeminiStream stream(tokens);
    for (const std::string& body : bodies) stream.feed("data: " + body + "\n\n", usages);
  } else {
    ConverseStream stream(tokens, "amazon-bedrock-v1");
    for (const std::string& body : bodies) stream.feed(support::event_frame("metadata", body), usages);
  }
  return {.usage = usages.usage, .anomaly = usages.is_odd};
}

bool is_told(const std::string& dialect) {
  return dialect.starts_with("gemini") || dialect.starts_with("converse");
}

// "132500000.000", in trillionths of a dollar.
std::string picos_of(const routing::ExactMoney& money) {
  std::string thousandths = std::to_string(money.femtos % 1'000);
  return std::to_string(money.nanos * 1'000 + money.femtos / 1'000) + "." +
         std::string(3 - thousandths.size(), '0') + thousandths;
}

}  // namespace

TEST_CASE(
    "a reply costs what its host bills, to the trillionth of a dollar, and to the billionth once rounded") {
  std::ifstream file(SOURCE_DIR "/tests/providers/dialects/bills.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  config::Loaded lists = config::load(text, "bills.yaml", test::given_sources());
  for (const config::Problem& problem : lists.problems) {
    if (problem.severity == config::Severity::error) FAIL_CHECK(config::to_text(problem));
  }
  REQUIRE(lists.settings);
  const routing::Catalogue catalogue(std::move(*lists.settings), 1);
  const std::vector<Row> all = rows();
  CHECK(all.size() >= 200);
  for (const Row& row : all) {
    CAPTURE(row.dialect);
    CAPTURE(row.list);
    CAPTURE(row.at);
    CAPTURE(row.bodies);
    const std::vector<std::string> bodies = parted(row.bodies);
    const ReportedUsage reported =
        is_told(row.dialect) ? told(row.dialect, bodies) : passed(row.dialect, bodies);
    REQUIRE(reported.usage);
    CHECK_FALSE(reported.anomaly);
    const auto at = config::parse_timestamp(row.at + ":00");
    REQUIRE(at);
    const routing::Sale sale{
        .at = *at, .tier = config::service_tier_of(row.asked).value_or(config::ServiceTier::standard)};
    const routing::PublicModel* model = catalogue.find(row.list);
    REQUIRE(model);
    const routing::Endpoint& endpoint = catalogue.endpoints()[model->candidates[0].endpoint];
    const routing::ExactBill exact = routing::exact_bill(endpoint, *reported.usage, sale);
    CHECK(picos_of(exact.prompt + exact.answer) == row.picos);
    CHECK(std::to_string(routing::bill(endpoint, *reported.usage, sale).nanos) == row.nanos);
  }
}
