#include "config/forms/leaf.hpp"
#include "config/forms/settings_form.hpp"

namespace config {
namespace {

using S = PresetSettings;

// A member that goes into the body of a chat which does not have it.
template <class Form>
Field<S> member(const std::string& key, Form form, std::string meaning) {
  const auto put = [key, form](S& preset, typename Form::Value value) {
    preset.defaults.emplace_back(key, form.show(value));
  };
  return field<S>(key, put, form, std::move(meaning));
}

struct WordOf {
  using Value = std::string;
  std::vector<std::string> words;
  std::optional<std::string> read(const Node& node) const {
    const auto index = read_word(node, words);
    return index ? std::optional(words[*index]) : std::nullopt;
  }
  JsonMembers schema() const { return {{"enum", json_strings(words)}}; }
  std::string show(const std::string& word) const { return json_string(word); }
};

}  // namespace

const Fields<PresetSettings>& preset_fields() {
  constexpr int most = 1'000'000'000;
  const WordOf efforts{{"none", "minimal", "low", "medium", "high", "xhigh", "max"}};
  const auto say = [](S& preset, SourceText system) { preset.system = std::move(system.text); };
  static const Fields<S> fields = {
      .meaning = "a preset",
      .list = {
          field<S>("model", &S::model, NameForm<ModelName>{{.wanted = "the name of a model or route"}},
                   "The model of calls that name no other."),
          field<S>("policy", &S::policy, NameForm<PolicyName>{{.wanted = "the name of a policy"}},
                   "The policy of calls that choose none."),
          field<S>("system", say, SourceForm{"a text for the model"},
                   "What the model is told before everything that the call says."),
          member("temperature", RealForm{0, 2}, "Where the call does not say it."),
          member("top_p", RealForm{0, 1}, "Where the call does not say it."),
          member("top_k", WholeForm{0, most}, "Where the call does not say it."),
          member("min_p", RealForm{0, 1}, "Where the call does not say it."),
          member("frequency_penalty", RealForm{-2, 2}, "Where the call does not say it."),
          member("presence_penalty", RealForm{-2, 2}, "Where the call does not say it."),
          member("repetition_penalty", RealForm{0, 2}, "Where the call does not say it."),
          member("seed", WholeForm{0, most}, "Where the call does not say it."),
          member("max_tokens", WholeForm{1, most}, "The most output tokens, where the call does not say it."),
          member("reasoning_effort", efforts, "How much the model thinks, where the call does not say it."),
      }};
  return fields;
}

}  // namespace config
