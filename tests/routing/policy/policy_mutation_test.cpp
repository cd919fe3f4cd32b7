#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "routing/policy/piece.hpp"
#include "routing/policy/policy_check.hpp"
#include "routing/policy/shipped.hpp"
#include "tests/support/small_market.hpp"

using namespace routing;

namespace {

// xorshift64 (Marsaglia 2003): the same mutations on every run.
class Mutations {
 public:
  std::string of(std::string text) {
    for (std::size_t i = next(3) + 1; i > 0; --i) text = once(std::move(text));
    return text;
  }
  std::size_t next(std::size_t below) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::size_t>(state_ % below);
  }

 private:
  std::string once(std::string text) {
    static const std::vector<std::string> words{" ",
                                                "(",
                                                ")",
                                                "[",
                                                "]",
                                                "+",
                                                "-",
                                                "*",
                                                "/",
                                                "^ -2",
                                                "<=",
                                                "==",
                                                " and ",
                                                " or ",
                                                "not ",
                                                " in ",
                                                "if ",
                                                " then ",
                                                "else ",
                                                "ttft.p90",
                                                "$",
                                                "/Mtok",
                                                "%",
                                                "1e15",
                                                "\"",
                                                "price",
                                                "zdr",
                                                "prompt",
                                                "min(",
                                                "header(\"x-a\")",
                                                "tok",
                                                "h",
                                                "supports",
                                                "regions",
                                                ",",
                                                "weighted(",
                                                "probability(",
                                                "EU",
                                                "\n",
                                                "\xff"};
    const std::size_t at = next(text.size() + 1);
    switch (next(4)) {
      case 0:
        return text.insert(at, words[next(words.size())]);
      case 1:
        return text.erase(at, next(6) + 1);
      case 2:
        return text.insert(at, text.substr(next(text.size() + 1), next(12)));
      default:
        if (at < text.size()) text[at] = static_cast<char>(next(256));
        return text;
    }
  }
  std::uint64_t state_ = 88172645463325252u;
};

// A problem of each text that does not compile; a finite number of each cost that does.
void must_be_sound(const std::string& text, Use use, const Vocabulary& vocabulary,
                   const support::SmallMarket& market) {
  config::Problems problems;
  const Pieces pieces =
      compile_text({.text = text, .place = {"p.yaml", 1, 1}}, "", use, vocabulary, problems);
  CHECK((!pieces.empty() || !problems.empty()));
  for (const Piece& piece : pieces) {
    for (const char* endpoint : {"maker", "shade"}) {
      const View view = market.view(endpoint);
      const bool holds = piece.root().type == Type::truth && piece.rule.expression.truth(view);
      CHECK((piece.root().type == Type::truth || !holds));
      if (use == Use::minimize) CHECK(std::isfinite(piece.rule.expression.number(view)));
    }
  }
}

}  // namespace

TEST_CASE("mutated policy texts are compiled or refused, never a crash or a hang") {
  const Vocabulary vocabulary(support::small_settings());
  const support::SmallMarket market;
  const struct {
    Use use;
    std::string text;
  } seeds[] = {
      {Use::allow, "jurisdiction in [US, EU] and not trains_on_prompts"},
      {Use::require, "context >= prompt + max_output and ttft.p90 <= 3 s"},
      {Use::require, "probability(ttft > 2 s) <= 5 % or supports(\"tools\")"},
      {Use::prefer, "quantization in [bf16, fp8] or \"fast\" in tags"},
      {Use::minimize, "price + 18 $/h * ttft + 6 $/h * max(generation, 2 s)"},
      {Use::minimize, "if stream then price ^ 2 / $1 else price * (1 - cache_hit)"},
      {Use::weight, "weighted(price ^ -2)"},
      {Use::when, "team == \"search\" and not stream or header(\"x-tier\") in [gold]"},
      {Use::rate, "18 $/h"},
  };
  Mutations mutations;
  for (const auto& [use, text] : seeds) {
    must_be_sound(text, use, vocabulary, market);
    for (int i = 0; i < 400; ++i) must_be_sound(mutations.of(text), use, vocabulary, market);
  }
}

TEST_CASE("mutated shipped policies are compiled and checked to the end") {
  Mutations mutations;
  std::size_t refused = 0;
  for (int round = 0; round < 40; ++round) {
    config::Settings settings = support::small_settings();
    for (config::PolicySettings policy : shipped_policies()) {
      policy.extends = config::SourceText{.text = policy.name.text, .place = {}};
      policy.name.text = mutations.of(policy.name.text + "-too");
      policy.place = {"p.yaml", 1, 1};
      if (policy.value_of_time) policy.value_of_time->text = mutations.of(policy.value_of_time->text);
      if (policy.choose) policy.choose->text = mutations.of(policy.choose->text);
      for (config::SourceText& tier : policy.prefer) tier.text = mutations.of(tier.text);
      settings.policies.push_back(std::move(policy));
    }
    config::Problems problems;
    const PolicySet set = compile(settings, problems);
    check_policies(set, Catalogue(settings, 1), {}, problems);
    CHECK(set.find("balanced") != nullptr);
    if (!problems.empty()) ++refused;
  }
  CHECK(refused > 0);
}
