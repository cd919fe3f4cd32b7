#include "gateway/console/applied_policies.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <map>

#include "config/yaml/tree.hpp"
#include "gateway/console/configuration_page.hpp"
#include "gateway/state/write_whole.hpp"
#include "gateway/text/told_object.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

bool holds_policies(std::string_view section) {
  const auto& names = policy_sections();
  return std::ranges::find(names, section) != names.end();
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), end + 1));
  return line;
}

std::string said_in(const json::object& said, std::string_view name) {
  const json::value* value = said.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string errors_of(const config::Problems& problems) {
  std::string text = "The configuration would have errors, and stays as it is:";
  for (const config::Problem& problem : problems) {
    if (problem.severity == config::Severity::error) text += "\n" + config::to_text(problem);
  }
  return text;
}

bool are_alike(const config::Tree& a, const config::Tree& b) {
  return a.kind == b.kind && a.text == b.text &&
         std::ranges::equal(a.keys, b.keys, {}, &config::Tree::Key::text, &config::Tree::Key::text) &&
         std::ranges::equal(a.items, b.items, are_alike);
}

// What a configuration says beside its policies, by section; nothing where it cannot be read.
std::optional<std::map<std::string, config::Tree>> rest_of(const std::string& yaml) {
  const config::FileText text("", yaml);
  config::Report report(text);
  const auto tree = config::parse_tree(text, report);
  if (!tree || report.failed()) return std::nullopt;
  std::map<std::string, config::Tree> rest;
  for (std::size_t i = 0; i < tree->keys.size(); ++i) {
    if (!holds_policies(tree->keys[i].text)) rest.emplace(tree->keys[i].text, tree->items[i]);
  }
  return rest;
}

// Lines alone do not show it: indented ones belong to the section before, and an open quote takes in what
// follows.
bool leaves_the_rest(const std::string& before, const std::string& after) {
  const auto without = with_policies(before, "");
  const auto said = rest_of(without.value_or(before)), now = rest_of(after);
  return said && now && std::ranges::equal(*said, *now, [](const auto& a, const auto& b) {
           return a.first == b.first && are_alike(a.second, b.second);
         });
}

// A link stays one: what it names is written.
std::string named_by(const std::string& file) {
  std::error_code fault;
  const auto real = std::filesystem::canonical(file, fault);
  return fault ? file : real.string();
}

std::optional<std::string> write_with_its_mode(const std::string& file, const std::string& text) {
  struct stat before {};
  const std::string real = named_by(file);
  const bool is_known = ::stat(real.c_str(), &before) == 0;
  auto fault = write_whole(real, text);
  if (!fault && is_known) ::chmod(real.c_str(), before.st_mode & 07777);
  return fault;
}

}  // namespace

std::optional<std::string> with_policies(std::string_view yaml, std::string_view policies) {
  for (std::string_view left = policies; !left.empty();) {
    const std::string_view line = next_line(left);
    const auto section = section_begun_by(line);
    if ((section && !holds_policies(*section)) || line.starts_with("---")) return std::nullopt;
  }
  std::string text, added(policies);
  if (!added.empty() && added.back() != '\n') added += '\n';
  bool inside = false, is_there = false, has_lines = false;
  for (std::string_view left = yaml; !left.empty();) {
    const bool is_last = left.find('\n') == std::string_view::npos;
    const std::string_view line = next_line(left);
    if (const auto section = section_begun_by(line)) {
      if (line[0] == '{' || line[0] == '[') return std::nullopt;
      has_lines = true;
      inside = holds_policies(*section);
      if (inside && !is_there) text += added;
      is_there = is_there || inside;
    }
    if (inside) continue;
    text.append(line);
    if (!is_last) text += '\n';
  }
  if (!has_lines) return std::nullopt;
  if (is_there) return text;
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text + added;
}

AppliedPolicies apply_policies(const std::string& file, const std::string& body,
                               const std::function<config::Loaded(const std::string& yaml)>& check) {
  const auto read = told_object(body);
  if (const auto* no = std::get_if<NotTold>(&read)) return {.status = 400, .text = no->text};
  const json::object& said = std::get<json::object>(read);
  if (!said.contains("text"))
    return {.status = 400, .text = "this takes {\"was\": ..., \"text\": ...}, the policies before and now"};
  if (file.empty())
    return {.status = 409,
            .text = "this gateway was started without a configuration file to write them into"};
  const auto is_more = [] {
    return AppliedPolicies{
        .status = 409,
        .text =
            "only policies, rules, default_policy and shadow can be written here, one below the "
            "other, into a file in which sections stand in lines of their own"};
  };
  const std::string before = text_of_file(file);
  if (sections_of(before, policy_sections()) != said_in(said, "was"))
    return {.status = 409,
            .text = "the policies in `" + file +
                    "` have changed since they were shown here; copy what "
                    "you wrote, open this page anew, and look at both"};
  const auto whole = with_policies(before, said_in(said, "text"));
  if (!whole) return is_more();
  const config::Loaded loaded = check(*whole);
  if (!loaded.settings) return {.status = 400, .text = errors_of(loaded.problems)};
  if (!leaves_the_rest(before, *whole)) return is_more();
  if (const auto fault = write_with_its_mode(file, *whole))
    return {.status = 409,
            .text = "the configuration cannot be written here: " + *fault +
                    "; download the text and put it where the file comes from"};
  return {.before = before, .after = *whole};
}

bool put_back(const std::string& file, const AppliedPolicies& applied) {
  return text_of_file(file) == applied.after && !write_with_its_mode(file, applied.before);
}

}  // namespace gateway
