#include "gateway/slow_pages/market_page.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <charconv>

#include "gateway/explain/decision_page.hpp"
#include "gateway/http/query.hpp"
#include "gateway/request/explanation.hpp"
#include "gateway/request/understand.hpp"
#include "gateway/surfaces/surfaces.hpp"
#include "gateway/text/json_page.hpp"
#include "providers/loop/wheel.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

std::int64_t number_of(const std::string& query, std::string_view name, std::int64_t otherwise) {
  const std::string text = query_value(query, name).value_or("");
  std::int64_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string call_of(const std::string& query) {
  json::object call{{"model", query_value(query, "model").value_or("")},
                    {"stream", true},
                    {"messages", json::array{json::object{{"role", "user"}, {"content", "-"}}}}};
  const std::int64_t most = number_of(query, "max_output", 0);
  if (most > 0) call["max_tokens"] = most;
  return json::serialize(call);
}

}  // namespace

Pages::Told market_page(std::shared_ptr<const Generation> generation,
                        std::shared_ptr<const routing::Snapshot> snapshot,
                        std::shared_ptr<const OutOfService> out_of_service, const std::string& query) {
  boost::asio::io_context io{1};
  providers::Wheel timer(io);
  DecidingServices services{.timer = timer, .dice = Dice(1)};
  auto hosts = std::make_shared<Hosts>();
  hosts->generation = std::move(generation);
  services.hosts = hosts;
  services.snapshot = std::move(snapshot);
  services.out_of_service = std::move(out_of_service);
  Incoming incoming;
  incoming.body = call_of(query);
  give_slack(incoming.body);
  incoming.policy_header = query_value(query, "policy").value_or("");
  incoming.arrived = timer.now();
  auto understood = understand(*surface_of(config::Format::chat), incoming, nullptr, services);
  if (const auto* error = std::get_if<ErrorReply>(&understood))
    return {.status = 400, .text = error->message};
  auto& request = std::get<InferenceRequest>(understood);
  request.demand.prompt = {std::clamp<std::int64_t>(number_of(query, "prompt", 1'000), 1, 100'000'000)};
  const Explanation said = explained(services, request, std::nullopt);
  json::object page = json::parse(said.page).as_object();
  json::array policies;
  for (const std::string& name : hosts->generation->policies.names()) policies.emplace_back(name);
  page["policies"] = std::move(policies);
  json::object& policy = page["policy"].as_object();
  policy["value_of_ttft"] = number_or_null(request.policy->value_of_ttft);
  policy["value_of_generation"] = number_or_null(request.policy->value_of_generation);
  return {.text = json_page(page)};
}

}  // namespace gateway
