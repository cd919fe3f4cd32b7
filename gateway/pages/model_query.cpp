#include "gateway/pages/model_query.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <functional>

#include "gateway/http/query.hpp"

namespace gateway {
namespace {

class QueryReader {
 public:
  explicit QueryReader(std::string_view query) : query_(query) {}

  std::variant<ModelQuery, QueryFault> read();

 private:
  void window();
  void filter();
  void order();
  void no_answer_to(std::string_view name, std::string_view why);

  std::string text(std::string_view name) { return query_value(query_, name).value_or(""); }
  std::vector<std::string> list(std::string_view name);
  template <class Number>
  std::optional<Number> number(std::string_view name);
  std::optional<bool> yes_or_no(std::string_view name);
  void fault(std::string_view name, std::string message);

  std::string_view query_;
  ModelQuery asked_;
  std::optional<QueryFault> fault_{};
};

void QueryReader::fault(std::string_view name, std::string message) {
  if (!fault_) fault_ = QueryFault{std::string(name), std::string(name) + ": " + std::move(message)};
}

// "tools,temperature"
std::vector<std::string> QueryReader::list(std::string_view name) {
  std::vector<std::string> result;
  const std::string all = text(name);
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find(',', at), all.size());
    if (end > at) result.push_back(all.substr(at, end - at));
    at = end + 1;
  }
  return result;
}

template <class Number>
std::optional<Number> QueryReader::number(std::string_view name) {
  const std::string said = text(name);
  if (said.empty() || said == "null") return std::nullopt;
  Number value{};
  const char* const end = said.data() + said.size();
  if (std::from_chars(said.data(), end, value).ptr == end && value >= 0) return value;
  fault(name, "found \"" + said + "\"; allowed is a number that is not negative.");
  return std::nullopt;
}

std::optional<bool> QueryReader::yes_or_no(std::string_view name) {
  const std::string said = text(name);
  if (said == "true" || said == "1") return true;
  if (said == "false" || said == "0") return false;
  if (!said.empty()) fault(name, "found \"" + said + "\"; allowed are true and false.");
  return std::nullopt;
}

void QueryReader::window() {
  ModelWindow& window = asked_.window;
  window.after = text("after_id");
  window.before = text("before_id");
  window.offset = number<std::size_t>("offset").value_or(0);
  window.limit = std::max<std::size_t>(number<std::size_t>("limit").value_or(SIZE_MAX), 1);
}

void QueryReader::filter() {
  ModelFilter& filter = asked_.filter;
  filter.text = text("q");
  filter.parameters = list("supported_parameters");
  filter.inputs = list("input_modalities");
  filter.outputs = list("output_modalities");
  filter.authors = list("model_authors");
  filter.providers = list("providers");
  filter.least_price = number<double>("min_price");
  filter.most_price = number<double>("max_price");
  filter.least_output_price = number<double>("min_output_price");
  filter.most_output_price = number<double>("max_output_price");
  filter.least_context = number<std::int64_t>("context");
  filter.least_age = number<std::int64_t>("min_age_days");
  filter.most_age = number<std::int64_t>("max_age_days");
  filter.zero_retention = yes_or_no("zdr");
  filter.distillable = yes_or_no("distillable");
}

void QueryReader::order() {
  constexpr std::array<std::pair<std::string_view, ModelOrder>, 6> orders{
      {{"pricing-low-to-high", ModelOrder::cheapest},
       {"pricing-high-to-low", ModelOrder::dearest},
       {"context-high-to-low", ModelOrder::roomiest},
       {"newest", ModelOrder::newest},
       {"throughput-high-to-low", ModelOrder::fastest},
       {"latency-low-to-high", ModelOrder::soonest}}};
  const std::string said = text("sort");
  if (said.empty()) return;
  for (const auto& [name, order] : orders) {
    if (name == said) return void(asked_.order = order);
  }
  fault("sort",
        "found \"" + said +
            "\"; allowed are pricing-low-to-high, pricing-high-to-low, context-high-to-low, newest, "
            "throughput-high-to-low and latency-low-to-high. How popular models are is not known here.");
}

void QueryReader::no_answer_to(std::string_view name, std::string_view why) {
  if (!text(name).empty()) fault(name, std::string(why));
}

std::variant<ModelQuery, QueryFault> QueryReader::read() {
  window();
  filter();
  order();
  for (const std::string_view name :
       {"min_intelligence_index", "max_intelligence_index", "min_coding_index", "max_coding_index",
        "min_agentic_index", "max_agentic_index", "min_tool_success_rate", "max_tool_success_rate"}) {
    no_answer_to(name, "isocost knows no benchmarks of models, so it cannot filter by them.");
  }
  no_answer_to("category", "isocost knows no categories of models, so it cannot filter by them.");
  no_answer_to("arch", "isocost knows no architectures of models, so it cannot filter by them.");
  no_answer_to("region", "isocost has no regions of its own; `providers` filters by who hosts a model.");
  no_answer_to("use_rss", "isocost has no feeds.");
  if (fault_) return *std::move(fault_);
  return std::move(asked_);
}

}  // namespace

std::variant<ModelQuery, QueryFault> read_model_query(std::string_view query) {
  return QueryReader(query).read();
}

}  // namespace gateway
