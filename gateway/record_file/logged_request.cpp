#include "gateway/record_file/logged_request.hpp"

#include <algorithm>

#include "gateway/record_file/byte_exchange.hpp"

namespace gateway {
namespace {

using namespace routing;

// Record files hold the numbers of enumerators: a new one comes last.
static_assert(static_cast<int>(FailureKind::client_left) == 17 &&
              static_cast<int>(FailureKind::outrun) == 20);

const auto each_value = [](auto& io, auto& value) { io(value); };

void exchange_demand(auto& io, auto& demand, RecordVersion version) {
  io(demand.model), io(demand.model_requested), io(demand.key);
  io.list(demand.fallbacks, each_value);
  io(demand.prompt.count);
  io.maybe(demand.max_output, [](auto& in, auto& tokens) { in(tokens.count); });
  io(demand.lowers_max_output), io(demand.answers);
  auto needs = demand.needs.to_ullong();
  io(needs);
  if constexpr (is_target<decltype(demand)>) demand.needs = config::Features(needs);
  // Where nothing is said of it, further on: then none of these was sent twice.
  if constexpr (is_target<decltype(demand)>)
    demand.host_runs_tools = demand.needs.test(static_cast<std::size_t>(config::Feature::tools));
  io.list(demand.unfit, each_value);
  if (version >= RecordVersion::six) io.list(demand.unfit_for, each_value);
  io(demand.delivery), io(demand.prefix_blocks), io(demand.blocks), io(demand.identity);
  exchange_count(io, demand.admitted), exchange_count(io, demand.deadline), exchange_count(io, demand.wall);
}

void exchange_decision(auto& io, auto& decision, RecordVersion version) {
  io(decision.snapshot), exchange_count(io, decision.now), io.word(decision.seed);
  io(decision.purse), io(decision.tried);
  io(decision.length.output), io(decision.length.reasoning), io(decision.length.log_output);
  io(decision.length.replies);
  io.list(decision.under_way, [](auto& in, auto& u) { in(u.endpoint), in(u.count), in(u.trials); });
  io.list(decision.withdrawn, each_value);
  io.list(decision.seen, [](auto& in, auto& s) { in(s.endpoint), in(s.blocks), in(s.tokens); });
  io.maybe(decision.chosen, [](auto& in, auto& endpoint) { in(endpoint); });
  io(decision.reason), io(decision.propensity);
  io(decision.expected_dollars), io(decision.explored_dollars);
  if (version < RecordVersion::six) return;
  const auto time = [](auto& in, auto& at) { exchange_count(in, at); };
  io(decision.relaxed), io.maybe(decision.earliest, time), io.maybe(decision.beside, time);
  io.flat(decision.seen_of), io(decision.not_kept);
}

// What money counted for it, and what was left of hosts' limits.
void exchange_means(auto& io, auto& decision) {
  io(decision.money);
  io.list(decision.allowances, [](auto& in, auto& allowance) {
    in(allowance.provider), in(allowance.left), exchange_count(in, allowance.wait);
  });
}

void exchange_usage(auto& io, auto& usage) {
  io(usage.prompt.count), io(usage.cached.count), io(usage.cache_written.count);
  io(usage.cache_written_1h.count);
  io(usage.output.count), io(usage.reasoning.count);
}

void exchange_attempt(auto& io, auto& attempt) {
  const auto length = [](auto& in, auto& duration) { exchange_count(in, duration); };
  io(attempt.endpoint), io(attempt.generation), io(attempt.reason), exchange_count(io, attempt.dispatched);
  io.maybe(attempt.first_delta, length), io.maybe(attempt.first_visible, length);
  io.maybe(attempt.finished, length), io.maybe(attempt.worst_gap, length);
  io(attempt.deltas), io(attempt.in_flight);
  io.maybe(attempt.usage, [](auto& in, auto& usage) { exchange_usage(in, usage); });
  io(attempt.cost.nanos);
  io.maybe(attempt.headroom, [](auto& in, auto& share) { in(share); });
  io.maybe(attempt.failure, [&](auto& in, auto& failure) {
    in(failure.kind), in(failure.progress), in(failure.status);
    in.maybe(failure.retry_after, length);
  });
}

// What of an attempt's usage prices depend on, beside its counts; mostly nothing.
void exchange_price_facts(auto& io, auto& attempt) {
  const auto facts = [](auto& in, auto& usage) {
    in.maybe(usage.tier, each_value);
    in(usage.audio_prompt.count), in(usage.cached_audio.count), in(usage.image_prompt.count);
    in(usage.audio_output.count), in(usage.image_output.count), in(usage.searches);
  };
  routing::Usage known = attempt.usage.value_or(routing::Usage());
  int has_any = known.tier || known.searches != 0 ||
                known.audio_prompt.count + known.image_prompt.count + known.audio_output.count +
                        known.image_output.count !=
                    0;
  io(has_any);
  if (has_any == 0) return;
  facts(io, known);
  if constexpr (is_target<decltype(attempt)>) {
    if (attempt.usage) attempt.usage = known;
  }
}

void exchange_geo(auto& io, auto& geo) {
  std::string word(geo.text());
  io(word);
  if constexpr (is_target<decltype(geo)>) geo = config::GeoWord(word);
}

// Where it was asked for, and where each attempt was served; mostly nothing.
void exchange_places(auto& io, auto& request) {
  exchange_geo(io, request.demand.geo);
  for (auto& attempt : request.attempts) {
    routing::Usage known = attempt.usage.value_or(routing::Usage());
    exchange_geo(io, known.geo);
    if constexpr (is_target<decltype(attempt)>) {
      if (attempt.usage) attempt.usage->geo = known.geo;
    }
  }
}

void exchange_preferences(auto& io, auto& wish) {
  io.list(wish.order, each_value), io(wish.fallbacks), io(wish.parameters), io(wish.data_collection);
  io(wish.zdr), io(wish.distillable_text);
  io.list(wish.only, each_value), io.list(wish.ignore, each_value), io.list(wish.quantizations, each_value);
  io(wish.sort), io(wish.partition);
  auto& price = wish.max_price;
  io.maybe(price.prompt, each_value), io.maybe(price.completion, each_value),
      io.maybe(price.request, each_value);
  io.maybe(price.image, each_value), io.maybe(price.audio, each_value);
  const auto cutoffs = [&](auto& of) {
    io.maybe(of.p50, each_value), io.maybe(of.p75, each_value), io.maybe(of.p90, each_value),
        io.maybe(of.p99, each_value);
  };
  cutoffs(wish.min_throughput), cutoffs(wish.max_latency);
}

void exchange_request(auto& io, auto& request, RecordVersion version) {
  exchange_demand(io, request.demand, version);
  io(request.policy), io.word(request.policy_hash);
  io.maybe(request.preferences, [](auto& in, auto& wish) { exchange_preferences(in, wish); });
  io.list(request.decisions, [&](auto& in, auto& decision) { exchange_decision(in, decision, version); });
  io.list(request.attempts, [](auto& in, auto& attempt) { exchange_attempt(in, attempt); });
  io(request.ending), io(request.status);
  exchange_count(io, request.until_first_byte), exchange_count(io, request.total);
  if (version < RecordVersion::six) return;
  io(request.id), io(request.path), io(request.error), io(request.rule_book);
  exchange_count(io, request.deciding), io(request.bytes_in), io(request.bytes_out);
  if (version < RecordVersion::newest || !io.goes_on()) return;
  io(request.demand.tier);
  for (auto& attempt : request.attempts) exchange_price_facts(io, attempt);
  bool has_limits = std::ranges::any_of(
      request.decisions, [](const auto& each) { return each.money != 1 || !each.allowances.empty(); });
  io(has_limits);
  if (has_limits) {
    for (auto& decision : request.decisions) exchange_means(io, decision);
  }
  io.maybe(request.hindsight,
           [](auto& in, auto& h) { in(h.best), in(h.others), in(h.chosen_cost), in(h.best_cost), in(h.sd); });
  const bool has_places =
      !request.demand.geo.empty() || std::ranges::any_of(request.attempts, [](const auto& attempt) {
        return attempt.usage && !attempt.usage->geo.empty();
      });
  const bool has_pictures = request.demand.pictures != 0;
  const bool has_marks = request.demand.cache_marks != routing::CacheMarks::none;
  const bool has_searches = request.demand.searches != 0;
  // Whether a host runs them is said where there are any, also by other words than a list of tools.
  const bool has_tools = has_searches || request.demand.host_runs_tools ||
                         request.demand.needs.test(static_cast<std::size_t>(config::Feature::tools));
  const bool has_told = !request.told.empty() || request.ran_on != 0 || request.retry_refused || has_tools;
  io.later(has_places || has_pictures || has_marks || has_told,
           [&](auto& in) { exchange_places(in, request); });
  io.later(has_pictures || has_marks || has_told, [&](auto& in) { in(request.demand.pictures); });
  io.later(has_marks || has_told, [&](auto& in) { in(request.demand.cache_marks); });
  io.later(has_told, [&](auto& in) { in(request.told), in(request.ran_on); });
  const auto flag = [](auto& in, auto& is_so) {
    int number = is_so ? 1 : 0;
    in(number);
    if constexpr (is_target<decltype(is_so)>) is_so = number != 0;
  };
  io.later(request.retry_refused || has_tools, [&](auto& in) { flag(in, request.retry_refused); });
  io.later(has_tools, [&](auto& in) { flag(in, request.demand.host_runs_tools); });
  io.later(has_searches, [&](auto& in) { in(request.demand.searches); });
}

void log_facts(const Record& record, LoggedRequest& request) {
  request.demand = routing::logged(record.demand);
  request.policy = record.policy;
  request.policy_hash = record.policy_hash;
  request.preferences.reset();
  if (record.preferences) request.preferences = record.preferences->preferences();
  request.ending = record.ending;
  request.status = record.status;
  request.until_first_byte = record.until_first_byte;
  request.total = record.total;
  request.id = record.id;
  request.path = record.path;
  request.error = record.error;
  request.deciding = record.deciding;
  request.bytes_in = record.bytes_in;
  request.bytes_out = record.bytes_out;
  request.hindsight = record.hindsight;
  request.told = record.told;
  request.ran_on = record.ran_on;
  request.retry_refused = record.retry_refused;
}

}  // namespace

config::WallTime ended(const LoggedRequest& request) {
  return request.demand.wall + std::chrono::duration_cast<config::WallTime::duration>(request.total);
}

bool is_replayable(const Record& record) {
  return record.demand.model && !record.decisions.empty();
}

LoggedRequest logged(const Record& record) {
  LoggedRequest request;
  request.decisions = record.decisions, request.attempts = record.attempts;
  log_facts(record, request);
  return request;
}

void log(Record& record, LoggedRequest& request) {
  log_facts(record, request);
  give_back(request, record);
}

void give_back(LoggedRequest& request, Record& record) {
  request.decisions.swap(record.decisions);
  request.attempts.swap(record.attempts);
}

void write(const LoggedRequest& request, ByteWriter& bytes, RecordVersion version) {
  Writing io(bytes);
  exchange_request(io, request, version);
}

std::string to_bytes(const LoggedRequest& request) {
  ByteWriter bytes;
  write(request, bytes);
  return bytes.take();
}

std::optional<LoggedRequest> logged_request(std::string_view bytes, RecordVersion version) {
  ByteReader reader(bytes);
  Reading io(reader);
  LoggedRequest request;
  exchange_request(io, request, version);
  if (reader.failed() || !reader.at_end()) return std::nullopt;
  return request;
}

}  // namespace gateway
