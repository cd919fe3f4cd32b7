#include "gateway/control/notifier.hpp"

#include <boost/json.hpp>
#include <chrono>

#include "config/values/timestamp.hpp"
#include "gateway/tab/quota_refusal.hpp"
#include "gateway/text/json_page.hpp"
#include "providers/loop/spawn.hpp"

namespace gateway {
namespace {

namespace json = boost::json;
using providers::Task;
using namespace std::chrono_literals;

constexpr config::Duration longest = 10s;
constexpr config::Duration first_pause = 1s;

class HookDialect final : public providers::Dialect {
 public:
  config::Format format() const override { return config::Format::chat; }
  std::string_view target(const providers::HostModel&, routing::Delivery, std::string&) const override {
    return "";
  }
};

config::ProviderSettings settings_of(const config::NotifySettings& whom) {
  config::ProviderSettings settings;
  settings.name.text = "notify";
  settings.base_url = *whom.webhook;
  settings.credential = whom.token;
  settings.limits.max_idle_connections = 0;
  return settings;
}

std::string body_of(const LimitState& limit) {
  const bool is_money = limit.measure == config::Measure::dollars;
  const auto amount = [&](std::int64_t value) -> json::value {
    if (is_money) return static_cast<double>(value) / 1e9;
    return value;
  };
  json::object page{
      {"event", "limit_nearly_used"},
      {"text", "isocost: " + limit_words(limit) + ": four fifths of it are used"},
      {"scope", scope_names[static_cast<std::size_t>(limit.scope)]},
      {"name", limit.name},
      {"measure", limit.measure ? json::value(config::measure_names[static_cast<std::size_t>(*limit.measure)])
                                : json::value("concurrent")},
      {"period", config::period_names[static_cast<std::size_t>(limit.period)]},
      {"limit", amount(limit.limit)},
      {"used", amount(limit.used)}};
  page["refills"] =
      limit.refills == config::WallTime::max()
          ? json::value(nullptr)
          : json::value(config::second_text(std::chrono::floor<std::chrono::seconds>(limit.refills)));
  return json_page(page);
}

}  // namespace

Notifier::Notifier(boost::asio::io_context& io, providers::Names& names, Say say)
    : io_(io), say_(std::move(say)), resolver_(io_, timer_, names) {}

void Notifier::tell(const config::NotifySettings& whom, const LimitState& limit) {
  if (!whom.webhook) return;
  if (waiting_.size() >= most_waiting) return say_("notify: too many wait for the webhook; one is dropped");
  waiting_.push_back({.whom = whom, .body = body_of(limit)});
  if (std::exchange(is_working_, true)) return;
  providers::spawn(io_, work(), [this](const std::exception_ptr&) { is_working_ = false; });
}

Task<void> Notifier::work() {
  while (!waiting_.empty()) {
    const Message message = std::move(waiting_.front());
    waiting_.pop_front();
    config::Duration pause = first_pause;
    std::string why;
    for (int i = 0; i < most_tries; ++i, pause *= 4) {
      if (i > 0) co_await pause_.until(timer_, timer_.now() + pause);
      why = co_await post(message);
      if (why.empty()) break;
    }
    if (!why.empty()) say_("notify: the webhook at " + message.whom.webhook->host + " was not told: " + why);
  }
}

Task<std::string> Notifier::post(const Message& message) {
  static const HookDialect dialect;
  const config::ProviderSettings settings = settings_of(message.whom);
  providers::HttpProvider host(settings, io_, timer_, resolver_);
  const std::unique_ptr<providers::Exchange> exchange = host.begin();
  providers::Limit late([&exchange] { exchange->abort(); });
  timer_.set(late, timer_.now() + longest);
  providers::OutgoingRequest request{
      .dialect = &dialect, .target = {}, .body = {message.body}, .traceparent = {}};
  const providers::Result<providers::HostReply> reply = co_await exchange->start(request);
  if (!reply) co_return "it cannot be reached";
  const bool is_taken = reply->status >= 200 && reply->status < 300;
  co_return is_taken ? std::string() : "it answered with status " + std::to_string(reply->status);
}

}  // namespace gateway
