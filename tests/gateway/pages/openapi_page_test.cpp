#include "gateway/pages/openapi_page.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <map>
#include <string>

#include "gateway/http/routes.hpp"

namespace json = boost::json;

TEST_CASE("every route is described, and nothing that there is not") {
  const json::value document = json::parse(gateway::openapi_page());
  CHECK(document.at("openapi") == "3.1.0");
  const json::object& paths = document.at("paths").as_object();
  std::size_t described = 0;
  for (const auto& [path, operations] : paths) described += operations.as_object().size();
  const auto routes = gateway::known_routes();
  CHECK(described == routes.size());
  for (const gateway::KnownRoute& route : routes) {
    CAPTURE(route.path);
    REQUIRE(paths.contains(route.path));
    REQUIRE(paths.at(route.path).as_object().contains(route.method));
    const json::object& operation = paths.at(route.path).at(route.method).as_object();
    CHECK_FALSE(operation.at("summary").as_string().empty());
    CHECK(operation.at("responses").as_object().contains("200"));
    const bool is_call = route.page == gateway::Page::inference || route.page == gateway::Page::counting ||
                         route.page == gateway::Page::explain || route.page == gateway::Page::login ||
                         route.page == gateway::Page::policy_check ||
                         route.page == gateway::Page::policy_trial ||
                         route.page == gateway::Page::policy_apply;
    CHECK(operation.contains("requestBody") == is_call);
    const bool has_parameter = route.path.find("{model}") != std::string_view::npos;
    const bool names_model =
        operation.contains("parameters") && operation.at("parameters").at(0).at("name") == "model";
    CHECK(names_model == has_parameter);
  }
}

TEST_CASE("no API is described as another one") {
  const json::value document = json::parse(gateway::openapi_page());
  std::map<std::string, config::Format> described;
  for (const gateway::KnownRoute& route : gateway::known_routes()) {
    if (route.page != gateway::Page::inference) continue;
    CAPTURE(route.path);
    const json::value& operation = document.at("paths").at(route.path).at(route.method);
    const std::string summary(operation.at("summary").as_string());
    CHECK(described.emplace(summary, route.format).first->second == route.format);
  }
}
