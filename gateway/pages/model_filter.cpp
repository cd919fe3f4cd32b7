#include <algorithm>
#include <cmath>
#include <limits>

#include "gateway/pages/endpoint_item.hpp"
#include "gateway/pages/model_item.hpp"
#include "gateway/pages/model_query.hpp"

namespace gateway {

using routing::Catalogue;
using routing::Endpoint;
using routing::PublicModel;

namespace {

char small(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool holds(std::string_view text, std::string_view part) {
  const auto is_same_letter = [](char a, char b) { return small(a) == small(b); };
  return part.empty() ||
         std::search(text.begin(), text.end(), part.begin(), part.end(), is_same_letter) != text.end();
}

bool is_same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, small, small);
}

bool has(const boost::json::array& names, std::string_view name) {
  return std::ranges::any_of(names, [&](const boost::json::value& each) { return each.as_string() == name; });
}

bool is_hosted_by(const std::vector<const Endpoint*>& hosts, const std::vector<std::string>& names) {
  if (names.empty()) return true;
  return std::ranges::any_of(hosts, [&](const Endpoint* host) {
    return std::ranges::any_of(names, [&](const std::string& name) {
      return is_same(name, host->provider->name.text) || is_same(name, host->provider->display_name);
    });
  });
}

bool is_within(double value, const std::optional<double>& least, const std::optional<double>& most) {
  return (!least || value >= *least) && (!most || value <= *most);
}

bool costs(const ModelFilter& filter, const std::vector<const Endpoint*>& hosts) {
  const bool any =
      filter.least_price || filter.most_price || filter.least_output_price || filter.most_output_price;
  const Endpoint* cheapest = cheapest_of(hosts);
  if (!any || !cheapest) return !any;
  const config::Prices& prices = cheapest->settings->prices;
  return is_within(prices.input.price.dollars(), filter.least_price, filter.most_price) &&
         is_within(prices.output.price.dollars(), filter.least_output_price, filter.most_output_price);
}

bool has_room(const ModelFilter& filter, const std::vector<const Endpoint*>& hosts) {
  return !filter.least_context || std::ranges::any_of(hosts, [&](const Endpoint* host) {
    return host->settings->context.count >= *filter.least_context;
  });
}

bool is_of_age(const ModelFilter& filter, const PublicModel& model, std::int64_t now) {
  if (!filter.least_age && !filter.most_age) return true;
  if (!model.model || model.model->created == 0) return false;  // nobody knows
  const std::int64_t days = (now - model.model->created) / 86'400;
  return (!filter.least_age || days >= *filter.least_age) && (!filter.most_age || days <= *filter.most_age);
}

bool keeps_nothing(const Endpoint* host) {
  return host->provider->data_policy.zero_data_retention.value_or(false);
}

bool may_be_distilled(const Endpoint* host) {
  return std::ranges::find(host->settings->tags, "distillable") != host->settings->tags.end();
}

bool is_of_author(const ModelFilter& filter, const PublicModel& model) {
  return filter.authors.empty() || std::ranges::any_of(filter.authors, [&](const std::string& each) {
           return is_same(each, author(model));
         });
}

// NaN where nothing is known.
double best(const PublicModel& model, const routing::Snapshot* snapshot,
            const routing::Percentiles routing::Measured::*figure, bool more_is_better) {
  double found = std::numeric_limits<double>::quiet_NaN();
  if (!snapshot || !snapshot->half_hour) return found;
  for (const routing::Candidate& candidate : model.candidates) {
    const double value = ((*snapshot->half_hour)[candidate.endpoint].*figure).p50;
    const bool is_better = std::isnan(found) || (more_is_better ? value > found : value < found);
    if (!std::isnan(value) && is_better) found = value;
  }
  return found;
}

}  // namespace

bool fits(const ModelFilter& filter, const Catalogue& catalogue, const PublicModel& model, std::int64_t now) {
  const auto hosts = hosts_of(catalogue, model);
  const std::string_view description = model.model ? std::string_view(model.model->description) : "";
  if (!holds(model.name.text, filter.text) && !holds(display_name(model), filter.text) &&
      !holds(description, filter.text)) {
    return false;
  }
  const boost::json::array parameters = supported_parameters(features_of(hosts));
  const boost::json::object architecture = architecture_of(hosts);
  const auto is_one_of = [&](std::string_view list) {
    return [&, list](const std::string& name) { return has(architecture.at(list).as_array(), name); };
  };
  const bool gives = filter.outputs.empty() || filter.outputs.front() == "all" ||
                     std::ranges::any_of(filter.outputs, is_one_of("output_modalities"));
  return gives && std::ranges::all_of(filter.inputs, is_one_of("input_modalities")) &&
         std::ranges::all_of(filter.parameters,
                             [&](const std::string& name) { return has(parameters, name); }) &&
         is_of_author(filter, model) && is_hosted_by(hosts, filter.providers) && costs(filter, hosts) &&
         has_room(filter, hosts) && is_of_age(filter, model, now) &&
         filter.zero_retention.value_or(std::ranges::any_of(hosts, keeps_nothing)) ==
             std::ranges::any_of(hosts, keeps_nothing) &&
         filter.distillable.value_or(std::ranges::any_of(hosts, may_be_distilled)) ==
             std::ranges::any_of(hosts, may_be_distilled);
}

void put_in_order(std::vector<const PublicModel*>& models, ModelOrder order, const Catalogue& catalogue,
                  const routing::Snapshot* snapshot) {
  if (order == ModelOrder::listed) return;
  // The less, the earlier; what is not known comes last.
  const auto rank = [&](const PublicModel* model) {
    const auto hosts = hosts_of(catalogue, *model);
    const Endpoint* cheapest = cheapest_of(hosts);
    double value = std::numeric_limits<double>::quiet_NaN();
    switch (order) {
      case ModelOrder::cheapest:
      case ModelOrder::dearest:
        if (cheapest) value = cheapest->settings->prices.input.price.dollars();
        if (order == ModelOrder::dearest) value = -value;
        break;
      case ModelOrder::roomiest:
        for (const Endpoint* host : hosts) {
          value = std::fmin(value, -static_cast<double>(host->settings->context.count));
        }
        break;
      case ModelOrder::newest:
        if (model->model) value = -static_cast<double>(model->model->created);
        break;
      case ModelOrder::fastest:
        value = -best(*model, snapshot, &routing::Measured::throughput, true);
        break;
      case ModelOrder::soonest:
        value = best(*model, snapshot, &routing::Measured::ttft, false);
        break;
      case ModelOrder::listed:
        break;
    }
    return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
  };
  std::vector<std::pair<double, const PublicModel*>> ranked;
  for (const PublicModel* model : models) ranked.emplace_back(rank(model), model);
  std::ranges::stable_sort(ranked, {}, [](const auto& each) { return each.first; });
  std::ranges::transform(ranked, models.begin(), [](const auto& each) { return each.second; });
}

}  // namespace gateway
