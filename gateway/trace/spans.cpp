#include "gateway/trace/spans.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "gateway/observe/words.hpp"
#include "gateway/text/line_writer.hpp"
#include "routing/terms/draws.hpp"

namespace gateway {
namespace {

// Attributes of one span, or of a resource.
class Attributes {
 public:
  explicit Attributes(LineWriter& line) : line_(line) { line_.text(",\"attributes\":["); }
  ~Attributes() { line_.text("]"); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  void text(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    begin(key, "stringValue");
    line_.json_string(value);
    line_.text("}}");
  }
  // 64-bit integers are texts in OTLP's JSON.
  void integer(std::string_view key, std::int64_t value) {
    begin(key, "intValue");
    line_.text("\"");
    line_.integer(value);
    line_.text("\"}}");
  }
  void real(std::string_view key, double value, int decimals) {
    if (!std::isfinite(value) || std::abs(value) > 1e8) return;
    begin(key, "doubleValue");
    line_.fixed(std::llround(value * std::pow(10, decimals)), decimals);
    line_.text("}}");
  }
  void yes(std::string_view key) {
    begin(key, "boolValue");
    line_.text("true}}");
  }

 private:
  void begin(std::string_view key, std::string_view kind) {
    if (!is_first_) line_.text(",");
    is_first_ = false;
    line_.text("{\"key\":\"");
    line_.text(key);
    line_.text("\",\"value\":{\"");
    line_.text(kind);
    line_.text("\":");
  }
  LineWriter& line_;
  bool is_first_ = true;
};

std::int64_t nanos(config::WallTime time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

std::string_view operation(std::string_view path) {
  if (path.ends_with("/embeddings")) return "embeddings";
  if (path.ends_with("/completions") && !path.ends_with("/chat/completions")) return "text_completion";
  if (path.find("enerateContent") != std::string_view::npos) return "generate_content";
  return "chat";
}

// All else that is written here the conventions of both times call the same. Of a record with a catalogue.
std::string_view cache_write_name(const Record& record) {
  const config::GenAiNames names = record.catalogue->settings().telemetry.genai_names;
  return names == config::GenAiNames::of_1_41 ? "gen_ai.usage.cache_creation.input_tokens"
                                              : "gen_ai.usage.cache_write.input_tokens";
}

class Spans {
 public:
  Spans(const Record& record, std::string_view trace, std::string_view parent, LineWriter& line)
      : record_(record), trace_(trace), parent_(parent), line_(line), seed_(routing::hash_of(record.id)) {}

  void request() {
    const std::string name = std::string(record_.method) + " " + record_.path;
    head(span_id(seed_), parent_, name, 2, record_.wall, record_.wall + record_.total);
    {
      Attributes of(line_);
      of.text("http.request.method", record_.method);
      of.text("http.route", record_.path);
      if (record_.status != 0) of.integer("http.response.status_code", record_.status);
      of.text("isocost.request.id", record_.id);
      of.text("gen_ai.request.model", record_.asked.empty() ? record_.model : record_.asked);
      of.text("isocost.model", record_.model);
      of.text("isocost.policy", record_.policy);
      of.text("isocost.key", record_.key);
      of.text("isocost.ending", word(record_.ending));
      of.integer("isocost.attempts", static_cast<std::int64_t>(record_.attempts.size()));
      config::Money sum;
      for (const routing::Attempt& attempt : record_.attempts) sum = sum + attempt.cost;
      of.real("isocost.cost.dollars", sum.dollars(), 9);
      of.real("isocost.deciding.seconds", config::Seconds(record_.deciding).count(), 9);
      if (record_.hindsight) of.real("isocost.regret.dollars", record_.hindsight->regret(), 9);
      if (record_.left_out.most_by != routing::Removal::none)
        of.text("isocost.left_out.by", word(record_.left_out.most_by));
      if (record_.ending != Ending::answered) of.text("error.type", record_.error);
    }
    decisions();
    // What a client got wrong is no fault of the server.
    end(record_.status >= 500 || record_.ending == Ending::broken ? record_.error : std::string_view());
  }

  void attempt(std::size_t number) {
    const routing::Attempt& attempt = record_.attempts[number];
    const std::string_view failure =
        attempt.failure ? failure_of(record_.attempts, number, record_.ran_on) : std::string_view();
    const auto& endpoints = record_.catalogue->endpoints();
    const routing::Endpoint* endpoint =
        attempt.endpoint < endpoints.size() ? &endpoints[attempt.endpoint] : nullptr;
    const config::WallTime began = wall_of(attempt);
    const auto took = attempt.finished.value_or(config::Duration{});
    const std::string_view model = endpoint ? std::string_view(endpoint->settings->host_model) : "";
    head(attempt_span_id(seed_, number), view(span_id(seed_)),
         std::string(operation(record_.path)) + " " + std::string(model), 3, began,
         began + std::chrono::duration_cast<config::WallTime::duration>(took));
    {
      Attributes of(line_);
      of.text("gen_ai.operation.name", operation(record_.path));
      of.text("gen_ai.request.model", model);
      if (endpoint) {
        of.text("gen_ai.provider.name", endpoint->provider->name.text);
        of.text("isocost.provider", endpoint->provider->name.text);
        of.text("isocost.endpoint", endpoint->settings->name.text);
        of.text("server.address", endpoint->provider->base_url.host);
        of.integer("server.port", endpoint->provider->base_url.port);
      }
      of.text("isocost.attempt.role", role(number));
      of.text("isocost.decision.reason", word(attempt.reason));
      of.real("isocost.decision.propensity", attempt.propensity, 6);
      of.text("isocost.attempt.outcome", attempt.failure ? failure : "success");
      of.real("isocost.cost.dollars", attempt.cost.dollars(), 9);
      usage(attempt, of);
      if (number < record_.foreseen.size()) {
        of.real("isocost.expected.dollars", record_.foreseen[number].dollars, 9);
        of.real("isocost.expected.ttft.seconds", record_.foreseen[number].ttft, 6);
      }
      if (attempt.first_delta)
        of.real("gen_ai.response.time_to_first_chunk", config::Seconds(*attempt.first_delta).count(), 6);
      if (attempt.failure) {
        of.text("error.type", failure);
        if (attempt.failure->status != 0) of.integer("http.response.status_code", attempt.failure->status);
      }
    }
    if (attempt.reason == routing::Reason::hedge && number > 0) link(number);
    const bool is_outrun = attempt.failure && attempt.failure->kind == routing::FailureKind::outrun;
    end(is_outrun ? std::string_view() : failure);
  }

 private:
  static std::string_view view(const std::array<char, 16>& id) { return {id.data(), id.size()}; }

  std::string_view role(std::size_t number) const {
    const routing::Reason reason = record_.attempts[number].reason;
    if (reason == routing::Reason::hedge) return "hedge";
    if (reason == routing::Reason::continues) return "continue";
    return number == 0 ? "primary" : "retry";
  }

  config::WallTime wall_of(const routing::Attempt& attempt) const {
    return record_.wall + std::chrono::duration_cast<config::WallTime::duration>(attempt.dispatched -
                                                                                 record_.demand.admitted);
  }

  // Events of the request: where each attempt was sent and why, and that nobody was left.
  void decisions() {
    std::int64_t left_out = 0;
    for (std::size_t i = 1; i < record_.left_out.by.size(); ++i) left_out += record_.left_out.by[i];
    const std::size_t made = record_.catalogue ? record_.attempts.size() : 0;
    if (made == 0 && left_out == 0) return;
    line_.text(",\"events\":[");
    for (std::size_t number = 0; number < std::max<std::size_t>(1, made); ++number) {
      if (number > 0) line_.text(",");
      line_.text("{\"timeUnixNano\":\"");
      line_.integer(nanos(made == 0 ? record_.wall + record_.total : wall_of(record_.attempts[number])));
      line_.text("\",\"name\":\"isocost.decision\"");
      {
        Attributes of(line_);
        if (made > 0) decision(number, of);
        if (number == 0) {
          of.integer("isocost.decision.candidates", record_.left_out.by[0]);
          of.integer("isocost.decision.left_out", left_out);
          if (left_out > 0) of.text("isocost.decision.left_out_by", word(record_.left_out.most_by));
        }
      }
      line_.text("}");
    }
    line_.text("]");
  }

  void decision(std::size_t number, Attributes& of) const {
    const routing::Attempt& attempt = record_.attempts[number];
    const auto& endpoints = record_.catalogue->endpoints();
    if (attempt.endpoint < endpoints.size())
      of.text("isocost.endpoint", endpoints[attempt.endpoint].settings->name.text);
    of.text("isocost.decision.reason", word(attempt.reason));
    of.real("isocost.decision.propensity", attempt.propensity, 6);
    if (number >= record_.foreseen.size()) return;
    of.real("isocost.decision.cost.dollars", record_.foreseen[number].cost, 9);
    of.real("isocost.decision.least_cost.dollars", record_.foreseen[number].least_cost, 9);
  }

  void usage(const routing::Attempt& attempt, Attributes& of) const {
    if (attempt.usage_is_estimated) of.yes("isocost.usage.estimated");
    if (!attempt.usage) return;
    const routing::Usage& usage = *attempt.usage;
    of.integer("gen_ai.usage.input_tokens", usage.prompt.count);
    of.integer("gen_ai.usage.output_tokens", usage.output.count);
    if (usage.cached.count > 0) of.integer("gen_ai.usage.cache_read.input_tokens", usage.cached.count);
    if (usage.cache_written.count > 0) of.integer(cache_write_name(record_), usage.cache_written.count);
    if (usage.reasoning.count > 0) of.integer("gen_ai.usage.reasoning.output_tokens", usage.reasoning.count);
  }

  void head(const std::array<char, 16>& id, std::string_view parent, const std::string& name, int kind,
            config::WallTime from, config::WallTime to) {
    line_.text("{\"traceId\":\"");
    line_.text(trace_);
    line_.text("\",\"spanId\":\"");
    line_.text(view(id));
    if (!parent.empty()) {
      line_.text("\",\"parentSpanId\":\"");
      line_.text(parent);
    }
    line_.text("\",\"name\":");
    line_.json_string(name);
    line_.text(",\"kind\":");
    line_.integer(kind);
    line_.text(",\"startTimeUnixNano\":\"");
    line_.integer(nanos(from));
    line_.text("\",\"endTimeUnixNano\":\"");
    line_.integer(nanos(to));
    line_.text("\"");
  }

  // To the one that it is beside.
  void link(std::size_t number) {
    line_.text(",\"links\":[{\"traceId\":\"");
    line_.text(trace_);
    line_.text("\",\"spanId\":\"");
    const auto before = attempt_span_id(seed_, number - 1);
    line_.text(view(before));
    line_.text("\"}]");
  }

  void end(std::string_view fault) {
    if (fault.empty()) {
      line_.text("}");
      return;
    }
    line_.text(",\"status\":{\"code\":2,\"message\":");
    line_.json_string(fault);
    line_.text("}}");
  }

  const Record& record_;
  const std::string_view trace_, parent_;
  LineWriter& line_;
  const std::uint64_t seed_;
};

}  // namespace

std::size_t append_spans(const Record& record, const Sampling& sampling, std::string& out) {
  if (record.id.empty()) return 0;
  const auto parent = trace_parent(record.traceparent);
  const std::uint64_t seed = routing::hash_of(record.id);
  if (!is_exported(parent, sampling, seed)) return 0;
  const std::array<char, 32> own = trace_id(seed);
  const std::string_view trace = parent ? parent->trace : std::string_view(own.data(), own.size());
  if (!out.empty()) out += ',';
  LineWriter line(out);
  Spans spans(record, trace, parent ? parent->parent : std::string_view(), line);
  spans.request();
  const std::size_t attempts = record.catalogue ? record.attempts.size() : 0;
  for (std::size_t i = 0; i < attempts; ++i) {
    line.text(",");
    spans.attempt(i);
  }
  return 1 + attempts;
}

}  // namespace gateway
