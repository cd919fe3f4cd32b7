#include "config/forms/schema.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>

#include "config/files/load.hpp"
#include "config/files/load_fleet.hpp"
#include "config/yaml/report.hpp"
#include "config/yaml/tree.hpp"
#include "tests/support/given_sources.hpp"

using namespace config;

namespace {

std::string read(const std::string& path) {
  std::ifstream stream(SOURCE_DIR "/" + path, std::ios::binary);
  REQUIRE(stream);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// JSON is YAML, and a tree of texts is all that checking needs.
Tree parsed(const std::string& text) {
  const FileText file("text", text);
  Report report(file);
  std::optional<Tree> tree = parse_tree(file, report);
  REQUIRE(tree);
  return std::move(*tree);
}

// The part of JSON Schema that the schemas use, apart from the loader so that each can tell on the other.
class Validator {
 public:
  std::vector<std::string> faults;

  void check(const Tree& schema, const Tree& value, const std::string& path) {
    if (const Tree* choices = schema.find("anyOf")) return any_of(*choices, value, path);
    if (const Tree* words = schema.find("enum")) {
      bool known = false;
      for (const Tree& word : words->items) known = known || word.text == value.text;
      if (!known) fault(path, "is not in the enum");
      return;
    }
    const std::string& type = schema.find("type")->text;
    const bool fits = type == "object"    ? value.kind == Tree::Kind::mapping
                      : type == "array"   ? value.kind == Tree::Kind::list
                      : type == "integer" ? matches(value, "-?[0-9]+")
                      : type == "number"  ? matches(value, "-?[0-9]+(\\.[0-9]+)?")
                      : type == "boolean" ? matches(value, "true|false")
                                          : value.kind == Tree::Kind::text;
    if (!fits) return fault(path, "is not of type " + type);
    const Tree* pattern = schema.find("pattern");
    if (pattern && !std::regex_search(value.text, std::regex(pattern->text))) fault(path, "does not match");
    if (type == "array") {
      for (const Tree& item : value.items) check(*schema.find("items"), item, path + "[]");
    }
    if (type == "object") object(schema, value, path);
  }

 private:
  void fault(const std::string& path, const std::string& what) { faults.push_back(path + " " + what); }

  static bool matches(const Tree& value, const char* pattern) {
    return value.kind == Tree::Kind::text && std::regex_match(value.text, std::regex(pattern));
  }

  void any_of(const Tree& choices, const Tree& value, const std::string& path) {
    for (const Tree& choice : choices.items) {
      Validator inner;
      inner.check(choice, value, path);
      if (inner.faults.empty()) return;
    }
    fault(path, "fits none of the choices");
  }

  void object(const Tree& schema, const Tree& value, const std::string& path) {
    const Tree* properties = schema.find("properties");
    const Tree* others = schema.find("additionalProperties");
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const std::string inner = path + "." + value.keys[i].text;
      const Tree* known = properties ? properties->find(value.keys[i].text) : nullptr;
      if (!known && others->kind != Tree::Kind::mapping) {
        fault(inner, "is not a property");
      } else {
        check(known ? *known : *others, value.items[i], inner);
      }
    }
    const Tree* required = schema.find("required");
    if (!required) return;
    for (const Tree& key : required->items) {
      if (!value.find(key.text)) fault(path, "lacks " + key.text);
    }
  }
};

std::vector<std::string> faults(const std::string& schema, const std::string& yaml) {
  Validator validator;
  validator.check(parsed(schema), parsed(yaml), "");
  return validator.faults;
}

// A YAML flow text that has every key of the schema, with values that mostly make no sense.
std::string every_key(const Tree& schema) {
  if (const Tree* properties = schema.find("properties")) {
    std::string text = "{";
    for (std::size_t i = 0; i < properties->items.size(); ++i) {
      text += properties->keys[i].text + ": " + every_key(properties->items[i]) + ", ";
    }
    return text + "}";
  }
  if (const Tree* others = schema.find("additionalProperties")) return "{name: " + every_key(*others) + "}";
  if (const Tree* items = schema.find("items")) return "[" + every_key(*items) + "]";
  return "x";
}

// The file that an editor takes for the schema of the one at `path`.
std::string named_schema(const std::string& path, const std::string& text) {
  const std::string mark = "# yaml-language-server: $schema=";
  if (!text.starts_with(mark)) return "";
  const std::string name = text.substr(mark.size(), text.find('\n') - mark.size());
  return read(path.substr(0, path.rfind('/') + 1) + name);
}

void check_committed(const std::string& path, const std::string& generated) {
  if (std::getenv("ISOCOST_WRITE_SCHEMA"))
    std::ofstream(SOURCE_DIR "/" + path, std::ios::binary) << generated;
  INFO("write it anew with ISOCOST_WRITE_SCHEMA=1 build/dev/tests/config_tests");
  CHECK(read(path) == generated);
}

}  // namespace

TEST_CASE("the committed schemas are what the loader's tables say") {
  check_committed("deploy/isocost.schema.json", json_schema());
  check_committed("deploy/isocost-fleet.schema.json", fleet_json_schema());
}

TEST_CASE("the loader knows every key that the schema has") {
  const Tree schema = parsed(json_schema());
  const Tree& properties = *schema.find("properties");
  REQUIRE(properties.items.size() > 10);
  for (std::size_t i = 0; i < properties.items.size(); ++i) {
    // One at a time, because only the first hundred problems are kept.
    const std::string yaml = properties.keys[i].text + ": " + every_key(properties.items[i]);
    CAPTURE(yaml);
    const Loaded loaded = load(yaml, "all", test::given_sources());
    CHECK(loaded.problems.size() < 100);
    for (const Problem& problem : loaded.problems) {
      CAPTURE(to_text(problem));
      CHECK(problem.message.find("not known here") == std::string::npos);
    }
  }
}

TEST_CASE("a key that the schema does not have is not accepted, at any depth") {
  const char* const texts[] = {"{providers: {}, models: {}, extra: 1}",
                               "{providers: {a: {base_url: https://a.example, extra: 1}}, models: {}}",
                               "{providers: {}, models: {m: {endpoints: [{extra: 1}]}}}",
                               "{providers: {}, models: {}, log: {extra: 1}}"};
  for (const char* text : texts) {
    CAPTURE(text);
    CHECK(!load(text, "all", test::given_sources()).settings);
    CHECK(!faults(json_schema(), text).empty());
  }
}

TEST_CASE("every example fits the schema that its first line names, and loads without a problem") {
  const auto all = test::any_variable();
  for (const char* path : {"deploy/examples/reference.yaml", "deploy/examples/deepseek.yaml",
                           "tests/bench/one_host.yaml", "tests/bench/one_host_policy.yaml"}) {
    CAPTURE(path);
    const std::string text = read(path);
    CHECK(named_schema(path, text) == json_schema());
    CHECK(faults(json_schema(), text) == std::vector<std::string>{});
    const Loaded loaded = load(text, path, all);
    for (const Problem& problem : loaded.problems) CHECK(to_text(problem) == "");
    CHECK(loaded.settings.has_value());
  }
  const std::string path = "deploy/examples/fleet-deepseek-r1.yaml", fleet = read(path);
  CHECK(named_schema(path, fleet) == fleet_json_schema());
  CHECK(faults(fleet_json_schema(), fleet) == std::vector<std::string>{});
}

TEST_CASE("the schema refuses what the loader refuses") {
  const std::string base = "providers: {p: {base_url: https://p.example}}\nmodels: {}\n";
  CHECK(faults(json_schema(), base).empty());
  const char* const wrong[] = {"listen: 8080",
                               "workers: many",
                               "log: {requests: some}",
                               "limits: {deadline: 5}",
                               "keys: [{name: a, sha256: abc}]",
                               "rules: {}",
                               "policies: {p: {explore: 0.05}}"};
  for (const char* line : wrong) {
    CAPTURE(line);
    CHECK(!faults(json_schema(), base + line).empty());
    CHECK(!load(base + line, "wrong", test::given_sources()).settings);
  }
}
