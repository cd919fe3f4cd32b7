// One model as the lists of models have it: the members of OpenAI's, Anthropic's and OpenRouter's items.
// Pure.
#pragma once

#include <boost/json.hpp>
#include <string_view>
#include <vector>

#include "routing/terms/catalogue.hpp"

namespace gateway {

boost::json::object model_item(const routing::Catalogue& catalogue, const routing::PublicModel& model);
std::vector<const routing::Endpoint*> hosts_of(const routing::Catalogue& catalogue,
                                               const routing::PublicModel& model);
// "deepseek" of "deepseek/deepseek-r1".
std::string_view author(const routing::PublicModel& model);
// By three prompt tokens to one of output; null where there is none.
const routing::Endpoint* cheapest_of(const std::vector<const routing::Endpoint*>& hosts);
// What goes in and comes out.
boost::json::object architecture_of(const std::vector<const routing::Endpoint*>& hosts);
std::string_view display_name(const routing::PublicModel& model);
// What at least one of the hosts can do.
config::Features features_of(const std::vector<const routing::Endpoint*>& hosts);

}  // namespace gateway
