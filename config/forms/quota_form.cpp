#include <algorithm>
#include <array>
#include <chrono>
#include <span>

#include "config/forms/credential.hpp"
#include "config/forms/leaf.hpp"
#include "config/forms/settings_form.hpp"
#include "config/values/masked.hpp"
#include "config/values/server_url.hpp"

namespace config {
namespace {

// Where a server is reached; what it asks for as proof stands elsewhere.
struct ServerUrlForm {
  using Value = std::string;
  MaybeServerUrl (*read_url)(std::string_view);
  std::string wanted;

  std::optional<std::string> read(const Node& node) const {
    const auto text = text_of(node, wanted);
    if (!text) return std::nullopt;
    const MaybeServerUrl url = read_url(*text);
    const auto* bad = std::get_if<BadServerUrl>(&url);
    if (!bad) return std::string(*text);
    // At the key: what stands behind it may hold a password, and is not shown.
    if (bad->has_secret) {
      node.key_error(bad->what, bad->instead);
    } else {
      node.error(bad->what, bad->instead);
    }
    return std::nullopt;
  }
  JsonMembers schema() const { return {{"type", json_string("string")}}; }
};

constexpr std::array<std::string_view, period_count> calendar_windows{
    "In a minute.", "In an hour.", "In a day.", "In a week, from Monday on.", "In a month.", "Ever."};

// Those that hosts have.
constexpr std::array<std::string_view, 3> rolling_windows{"In any 60 seconds.", "In any 60 minutes.",
                                                          "In any 24 hours."};

// A window that a wider one has less for is never used up.
void check_windows(const Node& node, PerPeriod& most) {
  for (std::size_t i = 0; i < period_count; ++i) {
    const std::string name(period_names[i]);
    if (!most[i] || !node.has(name)) continue;
    for (std::size_t wider = i + 1; wider < period_count; ++wider) {
      if (!most[wider] || *most[wider] >= *most[i]) continue;
      const std::string other(period_names[wider]);
      node[name].warning("is never reached: `" + other + "` allows less, " + in_quotes(node[other].text()));
      break;
    }
  }
}

template <class Form, class Count>
Fields<PerPeriod> windows_of(std::string meaning, Form form, Count count,
                             std::span<const std::string_view> windows = calendar_windows) {
  Fields<PerPeriod> fields{.meaning = std::move(meaning), .list = {}, .check = check_windows};
  for (std::size_t i = 0; i < windows.size(); ++i) {
    fields.list.push_back(field<PerPeriod>(
        std::string(period_names[i]),
        [i, count](PerPeriod& most, typename Form::Value value) { most[i] = count(value); }, form,
        std::string(windows[i])));
  }
  return fields;
}

const Fields<PerPeriod>& request_windows() {
  static const Fields<PerPeriod> fields =
      windows_of("requests such as `{minute: 60}`", WholeForm{0, 2'000'000'000},
                 [](int count) -> std::int64_t { return count; });
  return fields;
}

const Fields<PerPeriod>& token_windows() {
  static const Fields<PerPeriod> fields = windows_of("tokens such as `{minute: 100 ktok}`", TokensForm{},
                                                     [](Tokens tokens) { return tokens.count; });
  return fields;
}

const Fields<PerPeriod>& rolling_requests() {
  static const Fields<PerPeriod> fields = windows_of(
      "requests such as `{minute: 500, day: 10000}`", WholeForm{1, 2'000'000'000},
      [](int count) -> std::int64_t { return count; }, rolling_windows);
  return fields;
}

const Fields<PerPeriod>& rolling_tokens() {
  static const Fields<PerPeriod> fields = windows_of(
      "tokens such as `{minute: 100 ktok}`", TokensForm{}, [](Tokens tokens) { return tokens.count; },
      rolling_windows);
  return fields;
}

const Fields<PerPeriod>& dollar_windows() {
  static const Fields<PerPeriod> fields =
      windows_of("money such as `{day: 10 $}`", MoneyForm{}, [](Money money) { return money.nanos; });
  return fields;
}

template <Measure measure>
PerPeriod& windows_in(Quota& quota) {
  return quota.of(measure);
}

}  // namespace

const Fields<Quota>& quota_fields() {
  using S = Quota;
  static const Fields<S> fields = {
      .meaning = "a quota such as `{dollars: {day: 10 $}, requests: {minute: 60}}`",
      .list = {
          field<S>("requests", &windows_in<Measure::requests>, Mapping<PerPeriod>{request_windows},
                   "The most requests in a window."),
          field<S>("tokens", &windows_in<Measure::tokens>, Mapping<PerPeriod>{token_windows},
                   "The most tokens of prompts and answers in a window."),
          field<S>("dollars", &windows_in<Measure::dollars>, Mapping<PerPeriod>{dollar_windows},
                   "The most money in a window. What a request may cost at worst is set aside before it "
                   "goes out."),
          field<S>("concurrent", &S::concurrent, WholeForm{1, 10'000'000}, "Requests at the same time."),
          field<S>("tokens_per_request", &S::tokens_per_request, TokensForm{},
                   "The most tokens of one request, prompt and answer together."),
      }};
  return fields;
}

const Fields<KeyLimits>& key_limit_fields() {
  using S = KeyLimits;
  static const Fields<S> fields = {
      .meaning = "what the host lets a key do, such as `{requests: {minute: 500}}`",
      .list = {
          field<S>("requests", &S::requests, Mapping<PerPeriod>{rolling_requests},
                   "The most requests that the host takes of one key. A key that has had them is left alone, "
                   "and another key or host is asked."),
          field<S>("tokens", &S::tokens, Mapping<PerPeriod>{rolling_tokens},
                   "The most tokens of prompts and answers that the host takes of one key."),
          field<S>("concurrent", &S::concurrent, WholeForm{1, 1'000'000},
                   "The most requests at the same time that the host takes of one key."),
      }};
  return fields;
}

const Fields<LedgerSettings>& ledger_fields() {
  using S = LedgerSettings;
  using std::chrono::hours;
  static const Fields<S> fields = {
      .meaning = "the ledger",
      .list = {
          field<S>("enabled", &S::enabled, FlagForm{}, "Whether what requests cost is kept."),
          field<S>(
              "url", &S::url,
              ServerUrlForm{postgres_url, "an address such as `postgresql://isocost@db.example.com/isocost`"},
              "The PostgreSQL database that holds the ledger and the keys that are made while gateways "
              "run, for all gateways that name it. The state directory when left out."),
          field<S>(
              "password", [](S& s, Credential c) { s.password = std::move(c.secret); },
              CredentialForm{Absence::refused},
              "What PostgreSQL asks for. When left out, as its own clients find it: PGPASSWORD, PGPASSFILE, "
              "~/.pgpass, or `passfile` in the address."),
          field<S>("required", &S::required, FlagForm{},
                   "Whether nobody is served while it cannot be written. Otherwise those with a budget in "
                   "dollars are not, and the others are, uncounted."),
          field<S>("keep", &S::keep, DurationForm<hours>{hours(24 * 32), hours(24 * 3660)},
                   "How long single requests and the sums of hours are kept. The sums of days stay."),
          field<S>("journal", &S::journal, BytesForm{1u << 20, std::size_t{1} << 32},
                   "For each worker, what may wait while the disk does not take it."),
          field<S>("charged", &S::charged, WordForm<Charged>{{"everything", "answer"}},
                   "What counts against quotas of a request that took several attempts: all that hosts bill, "
                   "or the attempt that the client got its answer from."),
      }};
  return fields;
}

const Fields<RedisSettings>& redis_fields() {
  using S = RedisSettings;
  static const Fields<S> fields = {
      .meaning = "a server of Redis or Valkey",
      .list = {
          field<S>("url", &S::url,
                   ServerUrlForm{redis_url, "an address such as `redis://cache.example.com:6379/0`"},
                   "Where it is; with `rediss://` over TLS, with the server's certificate verified: by the "
                   "system's roots and those in `?ca_file=PATH`, where that is given."),
          field<S>("user", &S::user, TextForm{.wanted = "a name", .longest = 200},
                   "Who asks. The default user when left out."),
          field<S>(
              "password", [](S& s, Credential c) { s.password = std::move(c.secret); },
              CredentialForm{Absence::refused}, "What it asks for. Nothing when left out."),
          field<S>("share_measurements", &S::shares_measurements, FlagForm{},
                   "Whether gateways tell each other there what they measure of hosts, and how many requests "
                   "they have under way. Otherwise each learns from its own requests alone; quotas, and what "
                   "policies with a `budget` have spent, are shared all the same."),
      }};
  return fields;
}

}  // namespace config
