#include "gateway/account_commands/reconcile.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

using gateway::BilledLine;
using gateway::reconcile;
using gateway::Reconciliation;
using Lines = std::vector<BilledLine>;

namespace {

const Lines ours{{"2026-11-27", "openai/gpt-4o", 10},
                 {"2026-11-28", "openai/gpt-4o", 4},
                 {"2026-11-28", "deepseek/deepseek-r1", 1.5}};

}  // namespace

TEST_CASE(
    "the same models under other names are compared, and what differs by more than tolerated is found") {
  const Reconciliation same = reconcile(ours,
                                        {{"2026-11-27", "gpt-4o-2024-08-06", 6},
                                         {"2026-11-27", "gpt-4o-2024-08-06", 4.05},
                                         {"2026-11-28", "gpt-4o", 4},
                                         {"2026-11-28", "r1", 1.5}},
                                        {{"r1", "deepseek/deepseek-r1"}}, {});
  CHECK(same.agrees());
  CHECK(same.lines.size() == 3);
  CHECK(same.all.invoice == support::close(15.55));
  const Reconciliation other =
      reconcile(ours, {{"2026-11-27", "gpt-4o", 10}, {"2026-11-28", "gpt-4o", 5}}, {}, {});
  CHECK(!other.agrees());
  CHECK(other.lines[0].is_within);
  CHECK(other.lines[1].model == "deepseek/deepseek-r1");
  CHECK(!other.lines[1].is_within);
  CHECK(other.lines[2].difference() == support::close(1));
}

TEST_CASE("an invoice without models is compared by day") {
  const Reconciliation result = reconcile(ours, {{"2026-11-27", "", 10}, {"2026-11-28", "", 5.5}}, {}, {});
  CHECK(result.agrees());
  CHECK(result.lines.size() == 2);
}

TEST_CASE("a name that is written for people is the model in the same letters and digits") {
  const Lines claude{{"2026-11-28", "anthropic/claude-haiku-4-5", 2}};
  const Reconciliation result = reconcile(claude, {{"2026-11-28", "Claude Haiku 4.5", 2}}, {}, {});
  CHECK(result.agrees());
  CHECK(result.lines.size() == 1);
}

TEST_CASE("lines of OpenAI's for what a model read and wrote are one") {
  const Lines gpt{{"2026-11-28", "openai/gpt-4o", 3}, {"2026-11-28", "small", 1}};
  const Reconciliation result = reconcile(gpt,
                                          {{"2026-11-28", "gpt-4o-2024-08-06, input", 1},
                                           {"2026-11-28", "gpt-4o-2024-08-06, cached input", 0.5},
                                           {"2026-11-28", "gpt-4o-2024-08-06, output", 1.5},
                                           {"2026-11-28", "gpt-4o-mini, output", 1}},
                                          {{"gpt-4o-mini", "small"}}, {});
  CHECK(result.agrees());
  CHECK(result.lines.size() == 2);
}
