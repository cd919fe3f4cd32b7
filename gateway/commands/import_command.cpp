#include "gateway/commands/import_command.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "config/files/load.hpp"
#include "config/yaml/tree.hpp"
#include "gateway/catalogue_import/agree.hpp"
#include "gateway/catalogue_import/lists.hpp"
#include "gateway/catalogue_import/litellm_import.hpp"
#include "gateway/commands/download.hpp"
#include "gateway/commands/problems.hpp"
#include "gateway/keys/key_text.hpp"
#include "gateway/state/process_sources.hpp"
#include "gateway/text/table.hpp"

namespace gateway {
namespace {

constexpr int leaves_something_out = 2;

struct WantedImport {
  std::string from;
  std::string out = "isocost.yaml";
  std::vector<std::string> prices;
};

// Never over a file that is there: it may be somebody's work. It holds no key, only a key's SHA-256.
void write_new(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) {
    throw std::runtime_error(errno == EEXIST ? path + " is there already; name another file with --out"
                                             : path + " cannot be written: " + std::strerror(errno));
  }
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t size = ::write(file, rest.data(), rest.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(size));
  }
  if (::close(file) != 0 || !rest.empty()) {
    ::unlink(path.c_str());
    throw std::runtime_error(path + " cannot be written");
  }
}

int import_litellm(const WantedImport& wanted) {
  const std::string text = text_from(wanted.from);
  const config::FileText file(wanted.from, text);
  config::Report report(file);
  const auto tree = config::parse_tree(file, report);
  if (!tree || report.failed()) {
    print(report.take());
    return 1;
  }
  std::vector<CatalogueRow> rows;
  for (const std::string& list : wanted.prices) {
    CatalogueRows read = rows_of_list(text_from(list), list);
    for (CatalogueRow& row : read.rows) {
      if (disbelief(row).empty()) rows.push_back(std::move(row));
    }
  }
  const LitellmSources sources{.variable = process_sources().variable,
                               .sha256 = [](std::string_view key) { return hex(hash_of_key(key)); },
                               .prices = std::move(rows)};
  const LitellmImport made = imported_from_litellm(litellm_proxy(*tree), sources);
  if (!made.notes.empty()) std::cout << "to be looked at: " << made.notes.size() << "\n";
  for (const std::string& note : made.notes) std::cout << "  " << fitted(note, 400) << "\n";
  if (made.endpoints == 0) throw std::runtime_error("nothing of " + wanted.from + " could be carried over");
  write_new(wanted.out, made.text);
  std::cout << wanted.out << ": " << made.models << " models at " << made.endpoints
            << " endpoints. Read it, then: isocost check " << wanted.out << "\n";
  return made.notes.empty() ? 0 : leaves_something_out;
}

}  // namespace

Command add_import(CLI::App& app) {
  const auto wanted = std::make_shared<WantedImport>();
  CLI::App* import = app.add_subcommand("import", "Write a configuration out of another router's");
  import->require_subcommand(1);
  import->footer("Example: isocost import litellm config.yaml\nExit status: as each says.");
  CLI::App* litellm = import->add_subcommand("litellm", "Out of the configuration of a LiteLLM proxy");
  litellm->add_option("FILE", wanted->from, "Its config.yaml, or - for the standard input")->required();
  litellm->add_option("--out", wanted->out, "The file to write; one that is there is left alone")
      ->capture_default_str();
  litellm
      ->add_option(
          "--prices", wanted->prices,
          "List of prices, as of `isocost catalog`: a file or an https address; may be said several times")
      ->allow_extra_args(false);
  litellm->footer(
      "Keys are not copied: the new file names the variables that hold them.\n"
      "Example: isocost import litellm config.yaml --prices https://models.dev/api.json --out isocost.yaml\n"
      "Exit status: 0 written; 2 written, and something is to be looked at; 1 not written.");
  return {import, [wanted] { return import_litellm(*wanted); }};
}

}  // namespace gateway
