// Forms: what one value may look like. A form reads a node into a value and describes itself as JSON Schema,
// so that there is one truth about both. A mapping with fixed keys is a table of fields, each with its form.
//
// A form has: `Value`; `std::optional<Value> read(const Node&) const`, nothing after reporting a problem;
// `JsonMembers schema() const`; and may have `std::string show(const Value&) const`, the JSON text of a
// value. Immutable; usable from every thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/forms/json_members.hpp"
#include "config/yaml/node.hpp"

namespace config {

enum class Need { optional, required };

template <class T>
struct Field {
  std::string key;
  Need need = Need::optional;
  std::function<void(const Node&, T&)> read;
  std::function<std::string(const T& defaults)> schema;
};

// All keys of one kind of mapping.
template <class T>
struct Fields {
  std::string meaning;
  std::vector<Field<T>> list;
  // Rules between the fields, called with what could be read; may be empty.
  void (*check)(const Node& node, T& value) = nullptr;

  std::vector<std::string> keys() const {
    std::vector<std::string> keys;
    for (const Field<T>& field : list) keys.push_back(field.key);
    return keys;
  }
};

// `access` is a member pointer, a function from the owner to a reference to the member, or a function that
// puts the value into the owner.
template <class T, class Access, class Form>
Field<T> field(std::string key, Access access, Form form, std::string meaning, Need need = Need::optional) {
  auto read = [access, form](const Node& node, T& owner) {
    auto value = form.read(node);
    if (!value) return;
    if constexpr (std::is_invocable_v<Access, T&, typename Form::Value>) {
      access(owner, std::move(*value));
    } else {
      std::invoke(access, owner) = std::move(*value);
    }
  };
  auto schema = [=](const T& defaults) {
    JsonMembers members = form.schema();
    members.insert(members.begin(), {"description", json_string(meaning)});
    // A default is shown where the struct holds one that can be written down.
    if constexpr (requires(T & owner) { form.show(std::invoke(access, owner)); }) {
      T copy = defaults;
      if (need == Need::optional) members.emplace_back("default", form.show(std::invoke(access, copy)));
    }
    return json_object(members);
  };
  return {.key = std::move(key), .need = need, .read = std::move(read), .schema = std::move(schema)};
}

// A mapping with the keys of a table.
template <class T>
struct Mapping {
  using Value = T;
  const Fields<T>& (*fields)();

  std::optional<T> read(const Node& node) const {
    const Fields<T>& table = fields();
    if (!expect(node, Tree::Kind::mapping, "a mapping: " + table.meaning)) return std::nullopt;
    T value;
    for (std::size_t i = 0; i < node.size(); ++i) {
      const Field<T>* known = nullptr;
      for (const Field<T>& field : table.list) {
        if (field.key == node.key(i)) known = &field;
      }
      if (known) {
        known->read(node.child(i), value);
      } else {
        refuse_key(node, i, table.keys());
      }
    }
    for (const Field<T>& field : table.list) {
      if (field.need == Need::required && !node.has(field.key)) {
        node.error("the key `" + field.key + "` is missing", "");
      }
    }
    if (table.check) table.check(node, value);
    return value;
  }

  JsonMembers schema() const {
    JsonMembers properties;
    std::vector<std::string> required;
    const T defaults;
    for (const Field<T>& field : fields().list) {
      properties.emplace_back(field.key, field.schema(defaults));
      if (field.need == Need::required) required.push_back(field.key);
    }
    JsonMembers members = {{"type", json_string("object")},
                           {"additionalProperties", "false"},
                           {"properties", json_object(properties)}};
    if (!required.empty()) members.emplace_back("required", json_strings(required));
    return members;
  }
};

// A list of values of one form.
template <class Form>
struct ListOf {
  using Value = std::vector<typename Form::Value>;
  Form form;
  std::string wanted;  // "a list of aliases"

  std::optional<Value> read(const Node& node) const {
    if (!expect(node, Tree::Kind::list, wanted)) return std::nullopt;
    Value value;
    for (std::size_t i = 0; i < node.size(); ++i) {
      // One that cannot be read keeps its place, so that later problems count right.
      auto item = form.read(node.child(i));
      value.push_back(item ? std::move(*item) : typename Form::Value());
    }
    return value;
  }

  JsonMembers schema() const {
    return {{"type", json_string("array")}, {"items", json_object(form.schema())}};
  }
};

// A list, or one value that stands for a list of one.
template <class Form>
struct OneOrMore {
  using Value = std::vector<typename Form::Value>;
  ListOf<Form> list;

  std::optional<Value> read(const Node& node) const {
    if (node.kind() != Tree::Kind::text) return list.read(node);
    auto only = list.form.read(node);
    return only ? std::optional(Value{std::move(*only)}) : std::nullopt;
  }

  JsonMembers schema() const {
    return {{"anyOf", json_list({json_object(list.form.schema()), json_object(list.schema())})}};
  }
};

// A mapping from names the operator chooses; the values have a member `name`.
template <class Form>
struct Named {
  using Value = std::vector<typename Form::Value>;
  Form form;
  std::string wanted;                                        // "a mapping from provider names"
  bool (*is_name)(const Node& node, std::string_view name);  // reports a bad name

  std::optional<Value> read(const Node& node) const {
    if (!expect(node, Tree::Kind::mapping, wanted)) return std::nullopt;
    Value value;
    for (std::size_t i = 0; i < node.size(); ++i) {
      const Node child = node.child(i);
      if (!is_name(child, node.key(i))) continue;
      // One that cannot be read keeps its name, so that what refers to it is not reported too.
      auto read = form.read(child);
      typename Form::Value item = read ? std::move(*read) : typename Form::Value();
      item.name = decltype(item.name){node.key(i)};
      value.push_back(std::move(item));
    }
    return value;
  }

  JsonMembers schema() const {
    return {{"type", json_string("object")}, {"additionalProperties", json_object(form.schema())}};
  }
};

}  // namespace config
