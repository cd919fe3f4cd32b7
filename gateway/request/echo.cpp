#include "gateway/request/echo.hpp"

namespace gateway {

std::string spliced(std::string_view object, std::string_view members) {
  const std::size_t brace = object.find('{');
  const std::size_t next = object.find_first_not_of(" \t\r\n", brace + 1);
  std::string result;
  result.reserve(object.size() + members.size() + 1);
  result.append(object.substr(0, brace + 1)).append(members);
  if (next != std::string_view::npos && object[next] != '}') result += ',';
  return result.append(object.substr(brace + 1));
}

}  // namespace gateway
