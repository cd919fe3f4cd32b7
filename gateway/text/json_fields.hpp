// Members of a gateway's page as they are shown. None is trusted to be there, or of its type: what is not is
// NaN, "-" or empty. Pure.
#pragma once

#include <boost/json.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include "gateway/text/table.hpp"

namespace gateway {

inline double shown_number(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::numeric_limits<double>::quiet_NaN();
  return value->to_number<double>();
}

inline std::string shown_text(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return "-";
  return fitted({value->get_string().data(), value->get_string().size()}, 80);
}

// What is not known sorts last, whatever the order.
inline double known_or(double value, double otherwise) {
  return std::isfinite(value) ? value : otherwise;
}

inline const boost::json::object& shown_object(const boost::json::object& object, std::string_view name) {
  static const boost::json::object empty;
  const boost::json::value* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? value->get_object() : empty;
}

}  // namespace gateway
