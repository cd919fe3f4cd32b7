#include "gateway/serving/record_keeping.hpp"

#include <algorithm>
#include <limits>

#include "gateway/http/request_line.hpp"
#include "gateway/text/scrub.hpp"

namespace gateway {
namespace {

// What of the time until the first byte was not waiting for hosts or between attempts: known exactly where
// one attempt was all there was.
std::optional<config::Duration> added_by_us(const Record& record) {
  if (record.attempts.size() != 1 || record.attempts[0].failure) return std::nullopt;
  const routing::Attempt& attempt = record.attempts[0];
  const auto waited = record.streamed ? attempt.first_delta : attempt.finished;
  if (!waited || *waited > record.until_first_byte) return std::nullopt;
  return record.until_first_byte - *waited;
}

// Of what a client calls a model; more is no name.
constexpr std::size_t longest_name = 200;

// A sentence with a name or two in it; more is somebody's text.
constexpr std::size_t longest_sentence = 800;

// Whole characters of UTF-8.
std::string_view beginning(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

// Who a client's user is stands in the ledger alone, where it can be forgotten.
std::string without_user(std::string text, const std::string& user) {
  const std::string name = "`" + user + "`";
  for (std::size_t at = text.find(name); !user.empty() && at != std::string::npos; at = text.find(name, at))
    text.replace(at, name.size(), "(whose name is not kept)");
  return text;
}

// What a host says may quote the request: of that, what the gateway says of it.
std::string_view without_host(const ErrorReply& error, const Record& record) {
  const std::string_view text = error.message;
  const bool is_of_host = error.code == "rejected_by_provider" ||
                          (error.code == "context_length_exceeded" && !record.attempts.empty());
  return is_of_host ? text.substr(0, text.find(": ")) : text;
}

void keep_told(const ErrorReply& error, const std::string& user, Record& record) {
  const bool is_of_gateway = error.status == 402 || error.status == 403 || error.status == 404 ||
                             error.status == 429 || error.status == 503 || error.code == "model_not_found" ||
                             error.code == "policy_not_found" || error.code == "policy_conflict";
  if (record.decisions.empty() && !is_of_gateway) return;
  const std::string_view text = record.decisions.empty() ? error.message : without_host(error, record);
  record.told = beginning(without_user(std::string(text), user), longest_sentence);
}

}  // namespace

Foreseen foreseen(const routing::Decision& decision) {
  Foreseen result;
  double least = std::numeric_limits<double>::infinity();
  for (const routing::Verdict& verdict : decision.verdicts) {
    if (verdict.removal != routing::Removal::none) continue;
    least = std::min(least, verdict.cost.total());
    if (verdict.endpoint != decision.chosen) continue;
    result.cost = verdict.cost.total();
    result.dollars = verdict.prediction.price;
    result.first_delta = verdict.prediction.first_delta;
    result.ttft = verdict.prediction.ttft;
  }
  result.least_cost = least;
  return result;
}

LeftOut left_out(const routing::Decision& decision) {
  LeftOut result{.relaxed = static_cast<std::uint32_t>(decision.relaxed)};
  for (const routing::Verdict& verdict : decision.verdicts)
    ++result.by[static_cast<std::size_t>(verdict.removal)];
  const auto most = std::max_element(result.by.begin() + 1, result.by.end());
  if (*most == 0) return result;
  result.most_by = static_cast<routing::Removal>(most - result.by.begin());
  int ahead = 0;  // of the rule that has the majority, if one has
  for (const routing::Verdict& verdict : decision.verdicts) {
    if (verdict.removal != result.most_by) continue;
    if (ahead == 0) result.rule = verdict.rule;
    ahead += verdict.rule == result.rule ? 1 : -1;
  }
  return result;
}

void begin_record(Record& record, const InferenceRequest& request) {
  record.id = request.id;
  record.wall = request.demand.wall;
  record.path = request.surface->route();
  record.model = request.demand.model->name.text;
  if (request.demand.key) {
    record.key = request.demand.key->name.text;
    record.team = request.demand.key->team;
  }
  record.asked = request.demand.model_requested;
  record.policy = request.policy->name.text;
  record.policy_hash = request.policy->hash;
  if (!request.traceparent.empty()) record.traceparent = request.traceparent;
  record.preferences = request.policy->overlay;
  record.rules = request.own_policy;
  if (!record.rules) record.rules = {request.hosts->generation, request.policy};
  record.streamed = request.demand.delivery == routing::Delivery::streamed;
  record.prompt_estimate = request.demand.prompt;
  record.bytes_in = request.body.size();
  record.client_retry = request.client_retry;
  record.priority = request.demand.priority;
  record.catalogue = request.hosts->generation->catalogue;
}

void end_record(Record& record, InferenceRequest& request, const Reply& reply,
                const std::optional<ErrorReply>& error, config::TimePoint now) {
  const config::TimePoint admitted = request.demand.admitted;
  record.status = reply.status();
  record.total = now - admitted;
  record.until_first_byte = reply.first_byte().value_or(now) - admitted;
  record.added = added_by_us(record);
  if (!request.demand.fallbacks.empty() && !record.attempts.empty()) {
    const auto& endpoints = request.hosts->generation->catalogue->endpoints();
    record.model = endpoints[routing::deciding_one(record.attempts).endpoint].model->name.text;
  }
  if (error) {
    record.error = error->code;
    keep_told(*error, request.demand.user, record);
  }
  // A client that closes once it has everything did not leave.
  if (!reply.delivered()) {
    record.ending = Ending::client_left;
    record.error = "client_left";
    if (!record.decisions.empty()) record.told.clear();  // which nobody read
  } else if (!error) {
    record.ending = Ending::answered;
  } else {
    record.ending = reply.status() == 200 ? Ending::broken : Ending::refused;
  }
  record.demand = std::move(request.demand);
}

void refused_record(Record& record, const ErrorReply& error, std::string_view path, const Incoming& incoming,
                    const config::KeySettings* key, const providers::Timer& timer) {
  record.wall = timer.wall();
  record.path = path;
  record.method = text_of(incoming.method);
  if (key) {
    record.key = key->name.text;
    record.team = key->team;
  }
  // Somebody's key may stand where the name of a model or a policy is meant to.
  if (!error.models.empty()) record.asked = without_keys(error.models.front()).substr(0, longest_name);
  record.status = error.status;
  record.ending = Ending::refused;
  record.error = error.code;
  keep_told(error, {}, record);  // before the limits of any user are looked at
  // Names that there are not stand in the sentence, too.
  if (error.status == 404 || error.code == "policy_not_found") record.told = without_keys(record.told);
  record.bytes_in = incoming.body.size();
  record.until_first_byte = record.total = timer.now() - incoming.arrived;
  record.client_retry = incoming.client_retry;
}

}  // namespace gateway
