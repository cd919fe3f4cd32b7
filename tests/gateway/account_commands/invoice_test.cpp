#include "gateway/account_commands/invoice.hpp"

#include <doctest/doctest.h>

using gateway::BilledLine;
using gateway::Invoice;
using gateway::read_invoice;
using Lines = std::vector<BilledLine>;

namespace {

Invoice invoice_of(std::string_view text, const gateway::InvoiceColumns& columns = {}) {
  const auto read = read_invoice(text, columns);
  const auto* invoice = std::get_if<Invoice>(&read);
  CHECK_MESSAGE(invoice, (invoice ? "" : std::get<std::string>(read)));
  return invoice ? *invoice : Invoice();
}
Lines lines_of(std::string_view text, const gateway::InvoiceColumns& columns = {}) {
  return invoice_of(text, columns).lines;
}
std::string fault_of(std::string_view text, const gateway::InvoiceColumns& columns = {}) {
  const auto read = read_invoice(text, columns);
  const auto* fault = std::get_if<std::string>(&read);
  return fault ? *fault : "";
}

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
  CHECK(fault_of("a,b\n1,2\n") == "no column says the day; name it with --day-column; it has a, b");
  CHECK(fault_of("date,b\n2026-11-28,2\n") ==
        "no column says what was billed; name it with --cost-column; it has date, b");
  CHECK(fault_of("date,cost\n2026-11-28,1\n28.11.2026,2\n") ==
        "line 3: `28.11.2026` is no day such as 2026-11-28");
  CHECK(fault_of("date,cost\n2026-11-28,nan\n") == "line 2: `nan` is no amount of dollars");
  CHECK(fault_of("date,cost\n2026-11-28,1e300\n") == "line 2: `1e300` is no amount of dollars");
  CHECK(fault_of("date,cost\n2026-13-01,1\n") == "line 2: `2026-13-01` is no day such as 2026-11-28");
  CHECK(fault_of("date,cost\n") == "there is no line in it");
  CHECK(fault_of("") == "no column says the day; name it with --day-column");
}

TEST_CASE("exports of DeepSeek, OpenRouter and Anthropic are read as they are") {
  const Lines deepseek = lines_of(
      "user_id,utc_date,model,wallet_type,cost,currency\nu,2026-11-28,deepseek-chat,Paid,0.25,USD\n"
      "u,20261129,deepseek-chat,Paid,0.5,USD\n");
  REQUIRE(deepseek.size() == 2);
  CHECK(deepseek[0].dollars == 0.25);
  CHECK(deepseek[1].day == "2026-11-29");
  const Lines openrouter = lines_of(
      "generation_id,created_at,cost_total,tokens_prompt,model_permaslug\ngen-1,2026-11-28 "
      "06:08:42.123,0.02,9,deepseek/deepseek-r1\n");
  CHECK(openrouter.at(0).model == "deepseek/deepseek-r1");
  const Lines anthropic = lines_of(
      "usage_date_utc,model,workspace,token_type,cost_usd,list_price_usd\n2026-11-28,Claude Haiku "
      "4.5,Default,output,0.02,0.03\n");
  CHECK(anthropic.at(0).model == "Claude Haiku 4.5");
  CHECK(anthropic.at(0).dollars == 0.02);
}

TEST_CASE("what is billed in another currency is not taken for dollars, unless the column is named") {
  const std::string yuan = "utc_date,model,cost,currency\n2026-11-28,deepseek-chat,1.75,CNY\n";
  CHECK(fault_of(yuan).starts_with("line 2: `CNY` is not dollars, in which the ledger is"));
  CHECK(fault_of("start_time,amount_value,amount_currency\n1795824000,3,€\n").find("not dollars") !=
        std::string::npos);
  CHECK(lines_of("start_time,amount_value,amount_currency\n1795824000,3,usd\n").size() == 1);
  CHECK(lines_of(yuan, {.day = {}, .model = {}, .cost = "cost"}).at(0).dollars == 1.75);
}

TEST_CASE("tokens beside their price are no bill") {
  CHECK(fault_of("utc_date,model,type,price,amount\n2026-11-28,deepseek-chat,output_tokens,0.000006,1890\n")
            .starts_with("it has amounts and the price of each, not what was billed"));
}

TEST_CASE("a comma is no point: what could be either is not read") {
  CHECK(lines_of("date,cost\n2026-11-28,\"1,234,567.5\"\n").at(0).dollars == 1'234'567.5);
  for (const char* each : {"0,247", "12,34", "1,2345", "1,234.5,6", ",5", "1,"}) {
    CAPTURE(each);
    CHECK(fault_of("date,cost\n2026-11-28,\"" + std::string(each) + "\"\n") ==
          "line 2: `" + std::string(each) + "` is no amount of dollars");
  }
  CHECK(
      fault_of("utc_date;model;cost\n2026-11-28;a;0,5\n") ==
      "no column says the day; name it with --day-column; its cells stand apart by `;`: save it with commas "
      "between them");
}

TEST_CASE("moments are of the day of UTC, and days of another place are told of") {
  const auto day_of = [](std::string_view at) {
    return lines_of("created_at,cost\n" + std::string(at) + ",1\n").at(0).day;
  };
  CHECK(day_of("2026-11-28T01:30:00+08:00") == "2026-11-27");
  CHECK(day_of("2026-11-28T23:30:00-0800") == "2026-11-29");
  CHECK(day_of("2026-11-28T23:30:00.5Z") == "2026-11-28");
  CHECK(day_of("2026-11-28 23:30:00 UTC") == "2026-11-28");
  const Invoice beijing =
      invoice_of("start_time_iso,end_time_iso,model,cost,currency\n2026-11-28T00:00:00+08:00,x,a,1,USD\n");
  CHECK(beijing.lines.at(0).day == "2026-11-28");
  CHECK(beijing.note.find("midnight of +08:00") != std::string::npos);
  CHECK(invoice_of("start_time_iso,cost\n2026-11-28T00:00:00+00:00,1\n").note.empty());
}

TEST_CASE("lines of sums are left out, below those that they are of alone") {
  CHECK(lines_of("date,cost\n2026-11-28,1\nTotal,1\n,1\n").size() == 1);
  CHECK(fault_of("date,cost\nTotal,1\n") == "line 2: `Total` is no day such as 2026-11-28");
}
