// The parameters of a request's query, as clients' libraries write them. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

// The first of the name, with its percent signs and its plus signs read.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

// All of the name, likewise.
std::vector<std::string> query_values(std::string_view query, std::string_view name);

// The query as it came, but for the parameters of these names.
std::string query_without(std::string_view query, std::span<const std::string_view> names);

}  // namespace gateway
