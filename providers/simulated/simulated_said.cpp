#include "providers/simulated/simulated_said.hpp"

#include <algorithm>
#include <cctype>

#include "providers/simulated/simulated_schema.hpp"
#include "routing/host_model/host_draws.hpp"

namespace providers {
namespace {

constexpr std::size_t least_of_a_word = 4;

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// "weather" of get_weather and of getWeather.
bool is_meant(const std::string& tool, const std::string& text) {
  const std::string said = lower(text);
  std::string word;
  const auto is_in_it = [&] {
    return word.size() >= least_of_a_word && said.find(lower(word)) != std::string::npos;
  };
  for (const char c : tool) {
    const bool is_letter = std::isalpha(static_cast<unsigned char>(c)) != 0;
    const bool begins_one = !is_letter || std::isupper(static_cast<unsigned char>(c)) != 0;
    if (begins_one && is_in_it()) return true;
    if (begins_one) word.clear();
    if (is_letter) word += c;
  }
  return is_in_it();
}

const SimulatedTool* called(const SimulatedRequest& request, std::uint64_t key) {
  const auto& tools = request.tools;
  if (tools.empty() || request.calls == SimulatedRequest::Calls::never) return nullptr;
  if (!request.tool.empty()) {
    const auto named = std::ranges::find(tools, request.tool, &SimulatedTool::name);
    return named == tools.end() ? nullptr : &*named;
  }
  if (request.calls == SimulatedRequest::Calls::always) return &tools[key % tools.size()];
  if (request.follows_result) return nullptr;
  const auto meant = std::ranges::find_if(
      tools, [&](const SimulatedTool& tool) { return is_meant(tool.name, request.last_text); });
  return meant == tools.end() ? nullptr : &*meant;
}

}  // namespace

SimulatedSaid said_to(const SimulatedRequest& request, std::uint64_t key) {
  if (const SimulatedTool* tool = called(request, key)) {
    return {.kind = SimulatedSaid::Kind::call, .text = instance_of(tool->schema, key), .tool = tool->name};
  }
  if (request.form.empty()) return {};
  return {.kind = SimulatedSaid::Kind::text, .text = instance_of(request.form, key), .tool = {}};
}

SimulatedSaid broken(SimulatedSaid said, std::uint64_t key) {
  if (said.kind == SimulatedSaid::Kind::words || said.text.empty()) return said;
  if (key % 2 == 0) {
    said.text.pop_back();
  } else {
    said.text = "[" + said.text + "]";
  }
  return said;
}

}  // namespace providers
