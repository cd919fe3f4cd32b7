#include "gateway/text/told_object.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <set>
#include <vector>

#include "gateway/text/in_quotes.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

// Of each object that is open, the members that came.
struct MemberWatch {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  using Fault = boost::system::error_code;

  bool on_object_begin(Fault&) { return open.emplace_back(), true; }
  bool on_object_end(std::size_t, Fault&) { return open.pop_back(), true; }
  bool on_key_part(json::string_view part, std::size_t, Fault&) { return key.append(part), true; }
  bool on_key(json::string_view part, std::size_t, Fault&) {
    key.append(part);
    if (!open.back().insert(key).second && !has_doubled) has_doubled = true, doubled = key;
    key.clear();
    return true;
  }
  bool on_document_begin(Fault&) { return true; }
  bool on_document_end(Fault&) { return true; }
  bool on_array_begin(Fault&) { return true; }
  bool on_array_end(std::size_t, Fault&) { return true; }
  bool on_string_part(json::string_view, std::size_t, Fault&) { return true; }
  bool on_string(json::string_view, std::size_t, Fault&) { return true; }
  bool on_number_part(json::string_view, Fault&) { return true; }
  bool on_int64(std::int64_t, json::string_view, Fault&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, Fault&) { return true; }
  bool on_double(double, json::string_view, Fault&) { return true; }
  bool on_bool(bool, Fault&) { return true; }
  bool on_null(Fault&) { return true; }
  bool on_comment_part(json::string_view, Fault&) { return true; }
  bool on_comment(json::string_view, Fault&) { return true; }

  std::vector<std::set<std::string>> open;
  std::string key;
  bool has_doubled = false;
  std::string doubled;  // the first one that came twice
};

}  // namespace

std::variant<json::object, NotTold> told_object(std::string_view text) {
  boost::system::error_code error;
  json::value read = json::parse({text.data(), text.size()}, error);
  if (error || !read.is_object()) return NotTold{"invalid_json", "The body is no JSON object."};
  json::basic_parser<MemberWatch> watch{json::parse_options()};
  watch.write_some(false, text.data(), text.size(), error);
  if (!watch.handler().has_doubled) return std::move(read.get_object());
  return NotTold{"duplicate_key", "The body says " + in_quotes(watch.handler().doubled) +
                                      " twice in one object; say it once."};
}

}  // namespace gateway
