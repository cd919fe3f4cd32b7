// A JSON document as text, with numbers as people write them (0.25 and not 2.5E-1). Pure.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

namespace gateway {

std::string json_page(const boost::json::value& document);
// A number, or null for what is not known (NaN) or cannot be said in JSON; rounded to six digits.
boost::json::value number_or_null(double value);

}  // namespace gateway
