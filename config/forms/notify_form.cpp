// Who is told, what is counted, and what is looked into.
#include "config/forms/access_form.hpp"
#include "config/forms/credential.hpp"
#include "config/forms/leaf.hpp"
#include "config/forms/settings_form.hpp"
#include "config/values/address.hpp"

namespace config {
namespace {

// Addresses of webhooks are secrets as often as not: a variable or file may hold one.
struct WebhookForm {
  using Value = BaseUrl;

  std::optional<BaseUrl> read(const Node& node) const {
    if (node.kind() != Tree::Kind::text) {
      node.error("an address such as `https://example.com/hook` is wanted, or `${NAME}` of a variable");
      return std::nullopt;
    }
    std::string text = node.text();
    if (text.starts_with("${")) {
      const auto named = CredentialForm{Absence::refused}.read(node);
      if (!named) return std::nullopt;
      text = named->secret.reveal();
    }
    const std::size_t end = text.find('?');
    auto parsed = parse_base_url(text.substr(0, end));
    auto* const url = std::get_if<BaseUrl>(&parsed);
    if (!url) {
      node.key_error("this is no address such as `https://example.com/hook`");
      return std::nullopt;
    }
    if (end != std::string::npos) url->path += text.substr(end);
    if (url->scheme == BaseUrl::Scheme::http && !is_loopback(url->host)) {
      node.key_error("`http` sends what it tells in the open", "write `https`");
      return std::nullopt;
    }
    return std::move(*url);
  }
  JsonMembers schema() const { return {{"type", json_string("string")}}; }
};

}  // namespace

const Fields<NotifySettings>& notify_fields() {
  using S = NotifySettings;
  static const Fields<S> fields = {
      .meaning = "who is told of limits such as `{webhook: https://example.com/hook}`",
      .list =
          {
              field<S>(
                  "webhook", &S::webhook, WebhookForm{},
                  "Gets one POST of JSON when four fifths of a limit of a day, a week, a month or a total "
                  "are used: https, or ${NAME} of a variable that holds the address. Tried three times."),
              field<S>(
                  "token", [](S& s, Credential c) { s.token = std::move(c.secret); },
                  CredentialForm{Absence::refused},
                  "Sent to it as a Bearer token: ${NAME} for a variable, ${file:/path} for a file."),
          },
      .check = [](const Node& node, S&) {
        if (!node.has("webhook")) node.error("nobody is told without a `webhook`");
      }};
  return fields;
}

const Fields<MetricsSettings>& metrics_fields() {
  using S = MetricsSettings;
  static const Fields<S> fields = {
      .meaning = "what is counted, such as `{tenants: key}`",
      .list = {
          field<S>(
              "tenants", &S::tenants, WordForm<Tenants>{{"team", "key", "none"}},
              "By whom requests, tokens and dollars are counted: by team, by team and key, or by nobody. "
              "The first 320 have series of their own, all others are `other`."),
      }};
  return fields;
}

const Fields<TelemetrySettings>& telemetry_fields() {
  using S = TelemetrySettings;
  static const Fields<S> fields = {
      .meaning = "how traces are written, such as `{genai_names: v1.41}`",
      .list = {
          field<S>(
              "genai_names", &S::genai_names, WordForm<GenAiNames>{{"2026-10", "v1.41"}},
              "Which of OpenTelemetry's names for the use of models spans have: those of October 2026, or "
              "those of the conventions' version 1.41, which most dashboards and SDKs still read."),
      }};
  return fields;
}

const Fields<QualityWatch>& quality_fields() {
  using S = QualityWatch;
  using C = CanarySettings;
  static const Fields<C> canaries = {
      .meaning = "canaries such as `{a_day: 0.05 $}`",
      .list =
          {
              field<C>(
                  "a_day", &C::a_day, MoneyForm{},
                  "The most that canaries may cost at one endpoint in a day, of all gateways that share a "
                  "ledger in PostgreSQL; 0.05 $ when left out. None is asked that might go beyond it."),
              field<C>("every", &C::every,
                       DurationForm<std::chrono::milliseconds>{std::chrono::milliseconds(100),
                                                               std::chrono::hours(24 * 7)},
                       "Between two canaries to an endpoint, in the mean; their times are drawn."),
          },
      .check = [](const Node& node, C& c) {
        if (c.a_day.nanos <= 0)
          node["a_day"].error(
              "nothing can be asked for `a_day` of 0 $",
              "write what an endpoint's canaries may cost, such as `0.05 $`, or leave `canaries` out");
      }};
  static constexpr auto canary_fields = []() -> const Fields<C>& { return canaries; };
  static const Fields<S> fields = {
      .meaning = "how quality is watched, such as `{canaries: {a_day: 0.05 $}}`",
      .list = {
          field<S>("canaries", &S::canaries, Mapping<C>{canary_fields},
                   "Small questions to hosts that few requests go to, as of the gateway itself: whether they "
                   "count a text as before and answer it as before. They cost money, so that nobody is asked "
                   "when this is left out; `canaries: {}` asks with what is usual. Never asked: hosts that "
                   "`always` forbids, and those that were taken out of service."),
      }};
  return fields;
}

}  // namespace config
