#include "config/files/load_fleet.hpp"

#include <algorithm>
#include <unordered_map>

#include "config/forms/fleet_form.hpp"
#include "config/forms/settings_form.hpp"
#include "config/values/address.hpp"
#include "config/values/masked.hpp"

namespace config {
namespace {

void check_models(const Node& root, const Fleet& fleet) {
  const Node hosts = root["hosts"], models = root["models"];
  std::vector<std::string> names;
  std::unordered_map<std::string_view, std::string_view> meanings;
  for (const SimulatedModel& model : fleet.models) {
    names.push_back(model.name.text);
    meanings.emplace(model.name.text, model.name.text);
  }
  for (const SimulatedModel& model : fleet.models) {
    const Node node = models[model.name.text];
    const Node aliases = node["aliases"];
    for (std::size_t i = 0; i < model.aliases.size(); ++i) {
      const auto [known, fresh] = meanings.emplace(model.aliases[i].text, model.name.text);
      if (fresh || model.aliases[i].text.empty()) continue;
      aliases.item(i).error(
          "the name " + in_quotes(known->first) + " already stands for the model " + in_quotes(known->second),
          "choose another name");
    }
  }
  for (const SimulatedHost& host : fleet.hosts) {
    const Node node = hosts[host.name.text];
    const bool known = std::ranges::find(names, host.model.text) != names.end();
    if (!known && !host.model.text.empty()) {
      node["model"].error("there is no model " + in_quotes(host.model.text), suggest(host.model.text, names));
    }
    const Node also = node["also"];
    for (std::size_t i = 0; i < host.also.size(); ++i) {
      const std::string& name = host.also[i].text;
      if (name.empty()) continue;
      const Node place = also.item(i);
      const auto before = host.also.begin() + static_cast<std::ptrdiff_t>(i);
      if (std::ranges::find(names, name) == names.end()) {
        place.error("there is no model " + in_quotes(name), suggest(name, names));
      } else if (name == host.model.text || std::find(host.also.begin(), before, host.also[i]) != before) {
        place.error("the host has the model " + in_quotes(name) + " already", "name it once");
      }
    }
  }
}

// Hosts without a port of their own count on from the base port, which may run into those that have one.
void check_ports(const Node& root, const Fleet& fleet) {
  const Node hosts = root["hosts"];
  std::unordered_map<unsigned, std::string_view> taken;
  for (std::size_t i = 0; i < fleet.hosts.size(); ++i) {
    const SimulatedHost& host = fleet.hosts[i];
    const unsigned counted = fleet.base_port == 0 ? 0 : fleet.base_port + static_cast<unsigned>(i);
    const unsigned port = host.port ? *host.port : counted;
    if (port == 0) continue;
    const Node node = hosts[host.name.text];
    const auto [known, fresh] = taken.emplace(port, host.name.text);
    if (!fresh) {
      node["port"].error("port " + std::to_string(port) + " is already that of " + in_quotes(known->second),
                         "give one of them another `port`, or 0 for a free one");
    } else if (port > 65535) {
      node["port"].error("counting from `base_port`, this host has no port left", "lower `base_port`");
    }
  }
}

void check_fleet(const Node& root, const Fleet& fleet) {
  if (fleet.hosts.empty() && root.has("hosts")) root["hosts"].error("a fleet has at least one host");
  if (!is_loopback(fleet.listen)) {
    root["listen"].warning(
        "simulated hosts are for this machine; others can reach " + in_quotes(fleet.listen),
        "listen on `127.0.0.1`");
  }
  check_models(root, fleet);
  check_ports(root, fleet);
}

}  // namespace

LoadedFleet load_fleet(std::string_view yaml, const std::string& file, const Sources& sources) {
  const FileText text(file, yaml);
  Report report(text);
  std::optional<Fleet> fleet;
  if (const std::optional<Tree> tree = parse_tree(text, report)) {
    const Node root(*tree, report, sources);
    fleet = Mapping<Fleet>{fleet_fields}.read(root);
    if (fleet) check_fleet(root, *fleet);
  }
  if (report.failed()) fleet.reset();
  return {.fleet = std::move(fleet), .problems = report.take()};
}

LoadedFleet load_fleet_file(const std::string& path, const Sources& sources) {
  std::optional<std::string> text = sources.file ? sources.file(path) : std::nullopt;
  if (text) return load_fleet(*text, path, sources);
  return {.fleet = std::nullopt, .problems = {unreadable(path)}};
}

}  // namespace config
