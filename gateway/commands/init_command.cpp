#include "gateway/commands/init_command.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iostream>
#include <memory>

#include "config/files/load.hpp"
#include "config/values/address.hpp"
#include "config/values/timestamp.hpp"
#include "gateway/commands/embedded_catalogue.hpp"
#include "gateway/commands/problems.hpp"
#include "gateway/first_configuration/first_configuration.hpp"
#include "gateway/generation/configuration.hpp"
#include "gateway/state/process_sources.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {
namespace {

struct WantedStart {
  std::string out = "isocost.yaml";
  std::vector<std::string> engines;
  bool leaves_nearby = false;
};

int not_made(const std::string& problem) {
  std::cerr << "isocost init: " << problem << "\n";
  return 1;
}

// A variable that holds next to nothing is as good as not set: people blank them out.
bool has_variable(const std::string& name) {
  constexpr std::size_t shortest_key = 8;
  const auto value = process_sources().variable(name);
  return value && value->size() >= shortest_key;
}

// Never over what is there. An empty text where it was written, else why not.
std::string written_new(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0 && errno == EEXIST) return path + " is there already: name another file with --out";
  if (file < 0) return path + " cannot be written: " + std::strerror(errno);
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t more = ::write(file, text.data() + written, text.size() - written);
    if (more < 0 && errno == EINTR) continue;
    if (more <= 0) break;
    written += static_cast<std::size_t>(more);
  }
  const bool is_closed = ::close(file) == 0;
  return written == text.size() && is_closed ? "" : path + " could not be written whole";
}

std::string list_of(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& each : all) text += (text.empty() ? "" : ", ") + each;
  return text;
}

int init(const WantedStart& wanted) {
  if (wanted.out != "-" && ::access(wanted.out.c_str(), F_OK) == 0)
    return not_made(wanted.out + " is there already: name another file with --out");
  std::vector<config::BaseUrl> places;
  if (!wanted.leaves_nearby) places = usual_engines();
  for (const std::string& text : wanted.engines) {
    const auto parsed = config::parse_base_url(text);
    if (const auto* fault = std::get_if<config::AddressFault>(&parsed))
      return not_made("--engine: " + fault->message + "; " + fault->suggestion);
    places.push_back(std::get<config::BaseUrl>(parsed));
    if (places.back().path.empty()) places.back().path = "/v1";
  }
  const std::vector<FoundEngine> engines = find_engines(places, std::chrono::seconds(1));
  const FirstConfiguration first =
      first_configuration(embedded_catalogue(), has_variable, engines,
                          config::day_text(std::chrono::floor<std::chrono::days>(providers::system_wall())));
  for (const std::string& note : first.notes) std::cerr << "isocost init: " << note << "\n";
  if (first.text.empty()) {
    return not_made(
        "no key of a known host is in the environment (OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, "
        "DEEPSEEK_API_KEY, OPENROUTER_API_KEY, …), and no engine answers at the usual ports of this machine; "
        "set "
        "a key, or name an engine with --engine http://HOST:PORT");
  }
  const config::Loaded loaded = with_policies(config::load(first.text, wanted.out, process_sources()));
  print(loaded.problems);
  if (!loaded.settings)
    return not_made("what would be written is no good configuration; nothing was written");
  if (wanted.out == "-") {
    std::cout << first.text;
  } else if (const std::string fault = written_new(wanted.out, first.text); !fault.empty()) {
    return not_made(fault);
  }
  std::size_t endpoints = 0;
  for (const config::ModelSettings& model : loaded.settings->models) endpoints += model.endpoints.size();
  std::cerr << "isocost init: " << loaded.settings->models.size() << " models at " << endpoints
            << " endpoints";
  if (!first.variables.empty()) std::cerr << "; keys: " << list_of(first.variables);
  if (!first.engines.empty()) std::cerr << "; engines: " << list_of(first.engines);
  std::cerr << "\n";
  if (wanted.out == "-") return 0;
  std::cerr << "isocost init: next: isocost check --probe " << wanted.out << ", isocost serve --config "
            << wanted.out << "\n";
  return 0;
}

}  // namespace

Command add_init(CLI::App& app) {
  const auto wanted = std::make_shared<WantedStart>();
  CLI::App* words = app.add_subcommand("init",
                                       "Write a first configuration: the hosts whose keys are in the "
                                       "environment, and engines on this machine");
  words
      ->add_option("--out", wanted->out, "File to write, never over one that is there; - for standard output")
      ->type_name("FILE")
      ->capture_default_str();
  words->add_option("--engine", wanted->engines, "Also look for an engine there")->type_name("URL");
  words->add_flag("--no-engines", wanted->leaves_nearby, "Look at none of the usual ports of this machine");
  words->footer(
      "Example: isocost init && isocost check --probe isocost.yaml\n"
      "No key's value is written, only the names of variables. No host is asked.\n"
      "Exit status: 0 written, 1 not.");
  return {words, [wanted] { return init(*wanted); }};
}

}  // namespace gateway
