// What a response repeats of its request, as it stood there, and what else each response has though the
// request did not say it: clients that check types want every member. Belongs to one request.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "providers/json/json_text.hpp"

namespace gateway {

class SaidBack {
 public:
  // One of the request's members, unless it is null.
  void keep(const providers::JsonString& key, std::string_view value);
  // Of a JSON object, without braces and a comma at either end. Stateless: `store` is false whatever was
  // said.
  std::string members() const;

 private:
  std::array<std::string_view, 18> values_{};
};

}  // namespace gateway
