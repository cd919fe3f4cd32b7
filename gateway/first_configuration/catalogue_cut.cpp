#include "gateway/first_configuration/catalogue_cut.hpp"

namespace gateway {
namespace {

constexpr std::string_view of_endpoint = "      - provider: ";

// Of "  name:" the name; empty where the line begins no block.
std::string_view block_name(std::string_view line) {
  const bool is_one =
      line.size() > 3 && line.starts_with("  ") && line[2] != ' ' && line[2] != '#' && line.ends_with(':');
  return is_one ? line.substr(2, line.size() - 3) : std::string_view();
}

// Of "    credential: ${NAME}" the NAME.
std::string_view variable_in(std::string_view line) {
  const std::size_t begin = line.find("${"), end = line.find('}');
  const bool is_one = line.starts_with("    credential: ") && begin != std::string_view::npos && end > begin;
  return is_one ? line.substr(begin + 2, end - begin - 2) : std::string_view();
}

void add(std::string_view line, std::string& text) {
  text.append(line).append("\n");
}

class Cutter {
 public:
  void take(std::string_view line) {
    if (line == "providers:") {
      part_ = Part::providers;
    } else if (line == "models:") {
      part_ = Part::models;
    } else if (line.empty()) {
      return;
    } else if (part_ == Part::head) {
      if (line.starts_with('#')) add(line, result.says);
    } else if (part_ == Part::providers) {
      of_provider(line);
    } else {
      of_model(line);
    }
  }
  CutCatalogue result;

 private:
  enum class Part { head, providers, models };

  void of_provider(std::string_view line) {
    if (const std::string_view name = block_name(line); !name.empty()) {
      result.providers.push_back({.name = std::string(name), .variable = {}, .text = {}});
      return;
    }
    if (result.providers.empty()) return;
    CutProvider& provider = result.providers.back();
    if (const std::string_view variable = variable_in(line); !variable.empty()) provider.variable = variable;
    add(line, provider.text);
  }

  void of_model(std::string_view line) {
    if (const std::string_view name = block_name(line); !name.empty()) {
      result.models.push_back({.name = std::string(name), .text = {}, .endpoints = {}});
      comments_.clear();
      return;
    }
    if (result.models.empty() || line == "    endpoints:") return;
    CutModel& model = result.models.back();
    if (line.starts_with("      #")) {
      add(line, comments_);
    } else if (line.starts_with(of_endpoint)) {
      model.endpoints.push_back(
          {.provider = std::string(line.substr(of_endpoint.size())), .text = comments_});
      comments_.clear();
      add(line, model.endpoints.back().text);
    } else if (model.endpoints.empty()) {
      add(line, model.text);
    } else {
      add(line, model.endpoints.back().text);
    }
  }

  Part part_ = Part::head;
  std::string comments_;
};

}  // namespace

CutCatalogue cut(std::string_view catalogue) {
  Cutter cutter;
  while (!catalogue.empty()) {
    const std::size_t end = catalogue.find('\n');
    cutter.take(catalogue.substr(0, end));
    catalogue.remove_prefix(end == std::string_view::npos ? catalogue.size() : end + 1);
  }
  return std::move(cutter.result);
}

}  // namespace gateway
