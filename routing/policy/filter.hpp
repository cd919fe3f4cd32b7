// Why a request's own preferences leave an endpoint out, and how that is called. Values.
#pragma once

#include <array>
#include <string_view>

namespace routing {

enum class Filter {
  none,
  only,
  ignore,
  order,  // not named there, and fallbacks are forbidden
  parameters,
  data_collection,
  zdr,
  distillable_text,
  quantization,
  max_price
};

// In the order they are tried.
inline constexpr std::array filters{
    Filter::only, Filter::ignore,           Filter::order,        Filter::parameters, Filter::data_collection,
    Filter::zdr,  Filter::distillable_text, Filter::quantization, Filter::max_price};

// The key of `provider` that it comes from: "max_price".
std::string_view field_of(Filter filter);
// As OpenRouter's `excluded_by` names them where it has a name.
std::string_view to_text(Filter filter);

}  // namespace routing
