#include "gateway/account_commands/seal_command.hpp"

#include <openssl/crypto.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "config/values/sources.hpp"
#include "gateway/state/seal.hpp"
#include "gateway/state/seal_key.hpp"
#include "gateway/state/write_whole.hpp"

namespace gateway {
namespace {

constexpr std::size_t least_key = 32;          // characters, for who makes one up
constexpr std::size_t most_sealed = 64 << 10;  // what a configuration reads of a key's file

struct WantedSeal {
  std::string out{};  // empty: standard output
  bool new_key = false;
};

int refused(const std::string& why) {
  std::cerr << "isocost: " << why << "\n";
  return 1;
}

int make_key(const std::string& out) {
  const std::string key = new_seal_key();
  if (key.empty()) return refused("there is no randomness");
  if (out.empty()) {
    std::cout << key << "\n";
    return 0;
  }
  if (::access(out.c_str(), F_OK) == 0)
    return refused(out + " is there already, and what was sealed with a key is lost with it");
  if (const auto fault = write_whole(out, key + "\n")) return refused(*fault);
  return 0;
}

int seal(const WantedSeal& wanted) {
  if (wanted.new_key) return make_key(wanted.out);
  const std::string variable(config::sealing_variable);
  const char* said = std::getenv(variable.c_str());
  const std::string_view key = said ? said : "";
  if (key.empty())
    return refused("there is no key to seal with: set " + variable + "; `isocost seal --new-key` prints one");
  if (key.size() < least_key)
    return refused("the key in " + variable + " has " + std::to_string(key.size()) +
                   " characters, and at least " + std::to_string(least_key) +
                   " are wanted; `isocost seal --new-key` prints one");
  std::string text(std::istreambuf_iterator<char>(std::cin), {});
  const bool is_one_line = !text.empty() && text.find('\n') == text.size() - 1;
  if (is_one_line) text.pop_back();
  if (text.empty() || text.size() > most_sealed) {
    OPENSSL_cleanse(text.data(), text.size());
    return refused("what is to be sealed comes on standard input, up to 64 KiB: " +
                   std::string(text.empty() ? "nothing came" : "more came"));
  }
  const Seal with{config::Secret(std::string(key))};
  const std::string sealed = std::string(config::sealed_mark) + with.closed(text, config::sealed_mark) + "\n";
  OPENSSL_cleanse(text.data(), text.size());
  if (wanted.out.empty()) {
    std::cout << sealed;
    return 0;
  }
  if (const auto fault = write_whole(wanted.out, sealed)) return refused(*fault);
  std::cerr << "isocost: sealed: write `credential: ${file:PATH}` with the whole path of " << wanted.out
            << "\n";
  return 0;
}

}  // namespace

Command add_seal(CLI::App& app) {
  const auto wanted = std::make_shared<WantedSeal>();
  CLI::App* command =
      app.add_subcommand("seal", "Seal a host's key, so that its file may lie beside the configuration");
  command->add_option("--out", wanted->out, "The file; standard output when left out");
  command->add_flag("--new-key", wanted->new_key, "Make a key for ISOCOST_CREDENTIALS_KEY instead");
  command->footer(
      "What is to be sealed comes on standard input, the key of all sealed files in ISOCOST_CREDENTIALS_KEY, "
      "which the\n"
      "gateway needs, too (or the service manager's credential `isocost-credentials-key`).\n"
      "Example: isocost seal --out /etc/isocost/deepseek.sealed < deepseek.key\n"
      "Exit status: 0 sealed, 1 not.");
  return {command, [wanted] { return seal(*wanted); }};
}

}  // namespace gateway
