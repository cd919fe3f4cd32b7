#include "routing/policy/filter.hpp"

namespace routing {

std::string_view field_of(Filter filter) {
  switch (filter) {
    case Filter::none:
      break;
    case Filter::only:
      return "only";
    case Filter::ignore:
      return "ignore";
    case Filter::order:
      return "order";
    case Filter::parameters:
      return "require_parameters";
    case Filter::data_collection:
      return "data_collection";
    case Filter::zdr:
      return "zdr";
    case Filter::distillable_text:
      return "enforce_distillable_text";
    case Filter::quantization:
      return "quantizations";
    case Filter::max_price:
      return "max_price";
  }
  return "";
}

std::string_view to_text(Filter filter) {
  switch (filter) {
    case Filter::only:
    case Filter::ignore:
    case Filter::order:
      return "allowed_providers";
    case Filter::parameters:
      return "require_parameters";
    case Filter::data_collection:
      return "data_policy:training";
    case Filter::zdr:
      return "data_policy:zdr";
    case Filter::distillable_text:
      return "enforce_distillable_text";
    case Filter::quantization:
      return "quantization";
    case Filter::max_price:
      return "max_price";
    case Filter::none:
      break;
  }
  return "none";
}

}  // namespace routing
