#include "gateway/control/administration.hpp"

#include <boost/json.hpp>
#include <chrono>

#include "gateway/http/query.hpp"
#include "gateway/pages/account_pages.hpp"
#include "gateway/pages/limits_page.hpp"
#include "gateway/pages/spend_page.hpp"
#include "gateway/postgres/connection.hpp"
#include "gateway/record_file/sqlite.hpp"
#include "gateway/text/in_quotes.hpp"
#include "gateway/text/json_page.hpp"
#include "gateway/text/told_object.hpp"

namespace gateway {
namespace {

namespace json = boost::json;
using providers::Task;
using Loop = Pages::Loop;
using What = KeyCall::What;

// {"user": "ann"}; empty where there is none.
std::string user_in(const json::object& body) {
  const json::value* user = body.if_contains("user");
  return user && user->is_string() ? std::string(user->get_string()) : std::string();
}

Administered fault(int status, std::string_view code, const std::string& message) {
  const KeyAnswer answer = key_fault(status, code, message);
  return {.status = answer.status, .body = answer.body};
}

Administered no_ledger() {
  return fault(501, "no_ledger",
               "What requests cost is not kept here: the ledger is not enabled, or has no state directory.");
}

// An infrastructure's fault is never the client's.
Administered unavailable(const std::exception& cause) {
  return fault(503, "ledger_unavailable", std::string("The ledger cannot be read now: ") + cause.what());
}

std::optional<What> what_of(const AdminCall& call) {
  const bool is_read = call.method == Method::get || call.method == Method::head;
  if (call.route == "/admin/keys")
    return is_read ? What::list : call.method == Method::post ? std::optional(What::create) : std::nullopt;
  if (call.route.ends_with("/rotate")) return What::rotate;
  if (call.route.ends_with("/revoke")) return What::revoke;
  if (call.route.ends_with("/change")) return What::change;
  return is_read                        ? std::optional(What::show)
         : call.method == Method::del   ? std::optional(What::revoke)
         : call.method == Method::patch ? std::optional(What::change)
                                        : std::nullopt;
}

// "req_abc" of "gen-abc", "chatcmpl-abc" or "msg_abc": by whichever API the reply was named.
std::string request_id_of(std::string_view id) {
  const std::size_t mark = id.find_last_of("-_");
  return "req_" + std::string(mark == std::string_view::npos ? id : id.substr(mark + 1));
}

}  // namespace

Task<Administered> Administration::keys_page(Loop& asker, AdminCall call) {
  const auto what = what_of(call);
  if (!what) co_return fault(405, "method_not_allowed", "This method is of no use here.");
  const KeyCall key_call{
      .what = *what, .whom = call.parameter, .body = call.body.empty() ? std::string("{}") : call.body};
  const KeyAnswer answer = co_await keys_.answer(asker, key_call, call.generation);
  co_return Administered{.status = answer.status, .body = answer.body};
}

// OpenRouter's /keys.
Task<Administered> Administration::provisioning(Loop& asker, AdminCall call) {
  KeyCall key_call{.what = What::list, .whom = call.parameter, .body = "{}"};
  const bool is_read = call.method == Method::get || call.method == Method::head;
  const bool is_one = !call.parameter.empty();
  if (is_one) key_call.what = is_read ? What::show : call.method == Method::del ? What::erase : What::change;
  if (!is_one && !is_read) key_call.what = What::create;
  if (key_call.what == What::create || key_call.what == What::change) {
    const auto said = told_object(call.body);
    if (const auto* no = std::get_if<NotTold>(&said)) co_return fault(400, no->code, no->text);
    std::string why;
    const auto key = key_of_openrouter(std::get<json::object>(said), why);
    if (!key) co_return fault(400, "invalid_value", why);
    key_call.body = json::serialize(*key);
  }
  const KeyAnswer answer = co_await keys_.answer(asker, key_call, call.generation);
  if (answer.status >= 400) co_return Administered{.status = answer.status, .body = answer.body};
  const json::value told = json::parse(answer.body);
  json::array keys{told};
  if (key_call.what == What::list) {
    std::optional<json::array> page = page_of_keys(told.at("data").as_array(), call.query);
    if (!page) co_return fault(400, "invalid_parameter", "`offset` is a whole number from 0 on.");
    keys = *std::move(page);
  }
  const auto usages = [wall = wall_](LedgerStore& file, const json::array& of) {
    std::vector<KeyUsage> all;
    for (const json::value& key : of)
      all.push_back(usage_of(file, std::string(key.at("name").as_string()), wall()));
    return all;
  };
  std::vector<KeyUsage> used(keys.size());
  if (ledger_) {
    try {
      const auto read = [keys, usages](LedgerStore& file) { return usages(file, keys); };
      used = co_await ledger_->ask(asker, read);
    } catch (const std::exception&) {
      // What was spent is left out while it cannot be read.
    }
  }
  json::array data;
  for (std::size_t i = 0; i < keys.size(); ++i) data.push_back(provisioned_key(keys[i].as_object(), used[i]));
  json::object page;
  if (key_call.what == What::erase)
    co_return Administered{.body = json_page(json::object{{"deleted", true}})};
  page["data"] = key_call.what == What::list ? json::value(data) : data.at(0);
  if (const json::value* text = told.as_object().if_contains("key")) page["key"] = *text;
  co_return Administered{.status = answer.status, .body = json_page(page)};
}

Task<Administered> Administration::spend(Loop& asker, AdminCall call) {
  if (!ledger_) co_return no_ledger();
  const auto read_query = spend_asked(call.query, now_seconds() / 86'400);
  if (const auto* why = std::get_if<std::string>(&read_query))
    co_return fault(400, "invalid_parameter", *why + ".");
  const auto asked = std::get<SpendAsked>(read_query);
  std::string wrong;
  try {
    const auto read = [asked](LedgerStore& file) { return spend_page(file, asked); };
    const std::string page = co_await ledger_->ask(asker, read);
    co_return Administered{
        .body = page,
        .content_type = asked.form == SpendForm::csv ? "text/csv; charset=utf-8" : "application/json"};
  } catch (const SqliteFault& cause) {
    co_return unavailable(cause);
  } catch (const PostgresFault& cause) {
    co_return unavailable(cause);
  } catch (const std::exception& cause) {
    wrong = cause.what();
  }
  co_return fault(400, "invalid_parameter", wrong + ".");
}

Task<Administered> Administration::forget(Loop& asker, AdminCall call) {
  if (!ledger_) co_return no_ledger();
  std::string whom = call.parameter;
  if (whom.empty()) {
    const auto said = told_object(call.body);
    if (const auto* no = std::get_if<NotTold>(&said)) co_return fault(400, no->code, no->text);
    whom = user_in(std::get<json::object>(said));
  }
  if (whom.empty())
    co_return fault(400, "missing_member", R"(The body names whom to forget: {"user": "ann"}.)");
  try {
    const auto work = [whom](LedgerStore& file) { return file.forget_user(whom); };
    const int count = co_await ledger_->change(asker, work);
    if (count == 0)
      co_return fault(404, "user_not_found", "Nothing is stored about " + in_quotes(whom) + ".");
    co_return Administered{.body = json_page(json::object{{"forgotten", whom}})};
  } catch (const std::exception& cause) {
    co_return unavailable(cause);
  }
}

Task<Administered> Administration::one_generation(Loop& asker, AdminCall call) {
  const std::string id = query_value(call.query, "id").value_or("");
  if (id.empty())
    co_return fault(400, "missing_parameter", "`id` is missing: that of a reply, or its x-request-id.");
  const std::string request = id.starts_with("req_") ? id : request_id_of(id);
  std::optional<std::string> only;
  if (call.has_key && call.role == config::Role::none) only = call.key;
  const auto read = [=](LedgerStore& file) {
    return file.find(request, only ? std::optional<std::string_view>(*only) : std::nullopt);
  };
  const auto found = co_await ledger_->ask(asker, read);
  if (!found)
    co_return fault(404, "generation_not_found", "There is no request " + in_quotes(id) + " of this key.");
  co_return Administered{.body = generation_page(*found, id)};
}

Task<Administered> Administration::account(Loop& asker, AdminCall call) {
  if (call.route == "/v1/generation/content")
    co_return fault(501, "not_supported", "isocost keeps no prompts and no answers.");
  if (!ledger_) co_return no_ledger();
  const config::WallTime now = wall_();
  try {
    if (call.route == "/v1/generation") co_return co_await one_generation(asker, std::move(call));
    if (call.route == "/v1/key") {
      const auto read = [key = call.key, now](LedgerStore& file) { return usage_of(file, key, now); };
      const KeyUsage usage = co_await ledger_->ask(asker, read);
      co_return Administered{.body = own_key_page(call.settings, usage)};
    }
    if (call.route == "/v1/credits") {
      const auto read = [](LedgerStore& file) {
        std::int64_t all = 0;
        for (const LedgerStore::Sum& sum : file.sums(Scope::everybody, config::WallTime{}))
          all += sum.charged;
        return all;
      };
      const std::int64_t used = co_await ledger_->ask(asker, read);
      co_return Administered{.body = credits_page(call.generation->catalogue->settings().quota, used)};
    }
    const std::int64_t today = now_seconds() / 86'400;
    std::int64_t from = today - 30, to = today - 1;
    if (const auto date = query_value(call.query, "date")) {
      const auto day = day_of(*date);
      if (!day) co_return fault(400, "invalid_parameter", "`date` is a day such as 2026-11-28.");
      from = to = *day;
    }
    LedgerStore::SpendOnly only;
    if (call.has_key && call.role == config::Role::none) only["key"] = {call.key};
    const auto read = [=](LedgerStore& file) {
      return file.spend({"day", "model", "endpoint"}, from, to, only);
    };
    const auto rows = co_await ledger_->ask(asker, read);
    co_return Administered{.body = activity_page(rows)};
  } catch (const std::exception& cause) {
    co_return unavailable(cause);
  }
}

Task<Administered> Administration::answer(Loop& asker, AdminCall call) {
  switch (call.page) {
    case Page::keys:
      co_return co_await keys_page(asker, std::move(call));
    case Page::provisioning:
      co_return co_await provisioning(asker, std::move(call));
    case Page::spend:
      co_return co_await spend(asker, std::move(call));
    case Page::limits:
      co_return Administered{
          .body = limits_page(books_.limits(config::Clock::now(), Books::Users::left_out), wall_())};
    case Page::users:
      co_return co_await forget(asker, std::move(call));
    default:
      co_return co_await account(asker, std::move(call));
  }
}

}  // namespace gateway
