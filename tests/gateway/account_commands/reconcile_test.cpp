#include "gateway/account_commands/reconcile.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

using gateway::BilledLine;
using gateway::read_invoice;
using gateway::reconcile;
using gateway::Reconciliation;
using Lines = std::vector<BilledLine>;

namespace {

Lines lines_of(std::string_view text, const gateway::InvoiceColumns& columns = {}) {
  const auto read = read_invoice(text, columns);
  const auto* lines = std::get_if<Lines>(&read);
  CHECK_MESSAGE(lines, (lines ? "" : std::get<std::string>(read)));
  return lines ? *lines : Lines();
}
std::string fault_of(std::string_view text, const gateway::InvoiceColumns& columns = {}) {
  const auto read = read_invoice(text, columns);
  const auto* fault = std::get_if<std::string>(&read);
  return fault ? *fault : "";
}

const Lines ours{{"2026-11-27", "openai/gpt-4o", 10},
                 {"2026-11-28", "openai/gpt-4o", 4},
                 {"2026-11-28", "deepseek/deepseek-r1", 1.5}};

}  // namespace

TEST_CASE("columns are found under the names that providers use") {
  const Lines openrouter =
      lines_of("created_at,model,tokens,cost\n2026-11-28T10:00:00Z,openai/gpt-4o,12,0.5\n");
  REQUIRE(openrouter.size() == 1);
  CHECK(openrouter[0].day == "2026-11-28");
  CHECK(openrouter[0].model == "openai/gpt-4o");
  CHECK(openrouter[0].dollars == 0.5);
  const Lines quoted = lines_of(
      "\xEF\xBB\xBF\"Usage Date (UTC)\",\"Model\",\"Cost (USD)\"\r\n2026-11-28,\"a, "
      "\"\"b\"\"\",\"$1,234.50\"\r\n\r\n");
  REQUIRE(quoted.size() == 1);
  CHECK(quoted[0].model == "a, \"b\"");
  CHECK(quoted[0].dollars == 1'234.5);
  const Lines openai =
      lines_of("start_time,end_time,amount_value,line_item\n1795824000,1795910400,3,gpt-4o\n");
  CHECK(openai.at(0).day == "2026-11-28");
  const Lines named =
      lines_of("when,what,much\n2026-11-28,m,2\n", {.day = "when", .model = "what", .cost = "much"});
  CHECK(named.at(0).model == "m");
}

TEST_CASE("what cannot be read is said with its line") {
  CHECK(fault_of("a,b\n1,2\n") == "no column says the day; name it with --day-column");
  CHECK(fault_of("date,b\n2026-11-28,2\n") == "no column says what was billed; name it with --cost-column");
  CHECK(fault_of("date,cost\n2026-11-28,1\n28.11.2026,2\n") ==
        "line 3: `28.11.2026` is no day such as 2026-11-28");
  CHECK(fault_of("date,cost\n2026-11-28,nan\n") == "line 2: `nan` is no amount of dollars");
  CHECK(fault_of("date,cost\n2026-11-28,1e300\n") == "line 2: `1e300` is no amount of dollars");
  CHECK(fault_of("date,cost\n2026-13-01,1\n") == "line 2: `2026-13-01` is no day such as 2026-11-28");
  CHECK(fault_of("date,cost\n") == "there is no line in it");
  CHECK(fault_of("") == "no column says the day; name it with --day-column");
}

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
