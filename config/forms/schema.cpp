#include "config/forms/schema.hpp"

#include "config/forms/fleet_form.hpp"
#include "config/forms/settings_form.hpp"

namespace config {
namespace {

template <class T>
std::string schema_of(const Fields<T>& (*fields)()) {
  JsonMembers members = Mapping<T>{fields}.schema();
  members.insert(members.begin(), {{"$schema", json_string("http://json-schema.org/draft-07/schema#")},
                                   {"title", json_string(fields().meaning)}});
  return json_indented(json_object(members));
}

}  // namespace

std::string json_schema() {
  return schema_of(settings_fields);
}
std::string fleet_json_schema() {
  return schema_of(fleet_fields);
}

}  // namespace config
