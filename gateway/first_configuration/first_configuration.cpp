#include "gateway/first_configuration/first_configuration.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "gateway/catalogue_import/names.hpp"
#include "gateway/first_configuration/catalogue_cut.hpp"
#include "gateway/text/json_string.hpp"

namespace gateway {
namespace {

using config::EngineKind;

// Other names that people have for the same key.
constexpr std::array<std::array<std::string_view, 2>, 4> other_names{
    {{"GEMINI_API_KEY", "GOOGLE_API_KEY"},
     {"HF_TOKEN", "HUGGINGFACE_API_KEY"},
     {"TOGETHER_API_KEY", "TOGETHERAI_API_KEY"},
     {"DASHSCOPE_API_KEY", "ALIBABA_API_KEY"}}};

// Whose models have names of one's own there: what they are nobody can know ahead.
struct Cloud {
  std::string_view variable;
  std::string_view note;
};
constexpr std::array clouds{
    Cloud{"AZURE_OPENAI_API_KEY",
          "AZURE_OPENAI_API_KEY is set: name your resource and deployments, as deploy/hosts.md shows"},
    Cloud{"AZURE_API_KEY",
          "AZURE_API_KEY is set: name your resource and deployments, as deploy/hosts.md shows"},
    Cloud{"GOOGLE_APPLICATION_CREDENTIALS",
          "GOOGLE_APPLICATION_CREDENTIALS is set: name your project and place at Vertex, as deploy/hosts.md "
          "shows"},
    Cloud{"AWS_BEARER_TOKEN_BEDROCK",
          "AWS_BEARER_TOKEN_BEDROCK is set: name your region and the models you have access to, as "
          "deploy/hosts.md shows"},
    Cloud{"AWS_ACCESS_KEY_ID",
          "AWS_ACCESS_KEY_ID is set: name your region and the models you have access to, as deploy/hosts.md "
          "shows"}};

constexpr std::string_view no_policy =
    "    # What it does with prompts is not known, and counts as the worst: say retains_prompts, "
    "trains_on_prompts and\n"
    "    # zero_data_retention as your contract does.\n";

constexpr std::string_view its_policy =
    "    # That is what it does with prompts without a contract: say otherwise where yours does, and "
    "zero_data_retention\n"
    "    # where nothing is kept.\n";

std::string_view word_of(EngineKind kind) {
  constexpr std::array<std::string_view, 5> words{"vllm", "sglang", "llamacpp", "ollama", "tgi"};
  return words[static_cast<std::size_t>(kind)];
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  if (const std::size_t at = text.find(what); at != std::string::npos) text.replace(at, what.size(), by);
  return text;
}

// A public name: a colon would begin the name of a policy.
std::string plain_name(std::string_view id) {
  std::string name;
  for (const char c : id) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '.' || c == '_' || c == '-' || c == '/';
    name += is_plain ? c : '-';
  }
  return name;
}

// Of the same weights as elsewhere only where they are served as they are: what is quantized here is another
// model.
std::string model_name(const FoundEngine& engine, const std::string& id) {
  const bool is_whole =
      engine.kind == EngineKind::vllm || engine.kind == EngineKind::sglang || engine.kind == EngineKind::tgi;
  const std::string known = public_name(common_name({}, id));
  return is_whole && !known.empty() ? plain_name(known) : plain_name(id);
}

// One line, as names in a configuration are.
bool can_be_written(std::string_view id) {
  constexpr std::size_t longest = 200;
  return !id.empty() && id.size() <= longest &&
         std::ranges::none_of(id, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

std::string address_of(const config::BaseUrl& url) {
  const bool is_v6 = url.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

class Writer {
 public:
  Writer(std::string_view catalogue, std::string_view today) : shipped_(cut(catalogue)), today_(today) {}

  void add_hosts(const std::function<bool(const std::string&)>& has_variable) {
    for (CutProvider& provider : shipped_.providers) {
      std::string variable = provider.variable;
      for (const auto& [usual, other] : other_names) {
        const std::string also(other);
        if (variable == usual && !has_variable(variable) && has_variable(also)) variable = also;
      }
      if (variable.empty() || !has_variable(variable)) continue;
      providers_[provider.name] =
          replaced(provider.text, "${" + provider.variable + "}", "${" + variable + "}");
      const bool is_told = provider.text.find("    trains_on_prompts: ") != std::string::npos;
      providers_[provider.name] += is_told ? its_policy : no_policy;
      names_.push_back(provider.name);
      written_.variables.push_back(variable);
    }
    for (const CutModel& model : shipped_.models) {
      std::string endpoints;
      for (const CutEndpoint& endpoint : model.endpoints) {
        if (providers_.contains(endpoint.provider)) endpoints += endpoint.text;
      }
      if (!endpoints.empty()) models_[model.name] = {model.text, endpoints};
    }
    add_notes(has_variable);
  }

  // Keys of hosts of which nothing could be written.
  void add_notes(const std::function<bool(const std::string&)>& has_variable) {
    const auto is_noted = [](std::string_view variable) {
      return std::ranges::find(clouds, variable, &Cloud::variable) != clouds.end();
    };
    for (const KnownHost& host : known_hosts()) {
      const std::string variable(host.variable);
      const bool is_shipped = std::ranges::any_of(
          shipped_.providers, [&](const CutProvider& each) { return each.variable == variable; });
      if (is_shipped || is_noted(variable) || !has_variable(variable)) continue;
      written_.notes.push_back(variable + " is set: what is shipped knows no model of " +
                               std::string(host.display_name) + "; it is at " + std::string(host.base_url) +
                               ", write the models that you use as deploy/hosts.md shows");
    }
    for (const Cloud& cloud : clouds) {
      if (has_variable(std::string(cloud.variable))) written_.notes.emplace_back(cloud.note);
    }
  }

  void add(const FoundEngine& engine) {
    const std::string address = address_of(engine.url);
    if (engine.wants_key) {
      written_.notes.push_back("what answers at " + address + " asks for a key: it is left out");
      return;
    }
    const std::string name = name_for(engine);
    const bool is_open = engine.url.scheme == config::BaseUrl::Scheme::http && !is_here(engine.url.host);
    std::string text =
        "    # Answered on " + std::string(today_) + ".\n    base_url: " +
        json_string((engine.url.scheme == config::BaseUrl::Scheme::http ? "http://" : "https://") + address +
                    engine.url.path) +
        "\n";
    if (engine.kind) text += "    engine: {kind: " + std::string(word_of(*engine.kind)) + "}\n";
    if (is_open) text += "    allow_plaintext: true  # within your own network\n";
    text +=
        "    # Your own machine: nobody else has the prompts, unless you say so.\n    retains_prompts: "
        "false\n"
        "    trains_on_prompts: false\n";
    std::size_t written = 0;
    for (const FoundModel& model : engine.models) written += add(engine, name, model) ? 1 : 0;
    if (written == 0) {
      written_.notes.push_back("no model at " + address + " says its context: it is left out");
      return;
    }
    providers_[name] = text;
    names_.push_back(name);
    written_.engines.push_back(address);
    if (address == "127.0.0.1:8080") is_8080_taken_ = true;
  }

  FirstConfiguration write() && {
    if (models_.empty()) return std::move(written_);
    std::string& text = written_.text;
    text = "# Written by `isocost init` on " + std::string(today_) +
           ". Yours from here on: `isocost check FILE` says what is wrong with\n"
           "# it, `isocost check --probe FILE` asks each endpoint once, `isocost serve --config FILE` "
           "serves.\n#\n";
    text += shipped_.says;
    for (const std::string& note : written_.notes) text += "#\n# " + note + ".\n";
    text +=
        is_8080_taken_ ? "\nlisten: 127.0.0.1:8081  # 8080 has an engine\n" : "\nlisten: 127.0.0.1:8080\n";
    text +=
        "# Without a key only this machine is served. `isocost keys create --name NAME` makes "
        "one.\n\nproviders:\n";
    for (const std::string& name : names_) text += "  " + name + ":\n" + providers_[name];
    text += "\nmodels:\n";
    for (const auto& [name, model] : models_) {
      text += "  " + name + ":\n" + model.says + "    endpoints:\n" + model.endpoints;
    }
    return std::move(written_);
  }

 private:
  struct Model {
    std::string says, endpoints;
  };

  static bool is_here(std::string_view host) {
    return host.starts_with("127.") || host == "localhost" || host == "::1";
  }

  std::string name_for(const FoundEngine& engine) const {
    std::string name = engine.kind ? std::string(word_of(*engine.kind)) : "engine";
    if (!providers_.contains(name)) return name;
    name += "-" + std::to_string(engine.url.port);
    while (providers_.contains(name)) name += "-more";
    return name;
  }

  bool add(const FoundEngine& engine, const std::string& provider, const FoundModel& model) {
    if (!can_be_written(model.id)) {
      written_.notes.push_back("a model at " + address_of(engine.url) +
                               " has a name that no configuration can hold");
      return false;
    }
    if (!model.context && engine.kind != EngineKind::ollama) {
      written_.notes.push_back(json_string(model.id) + " at " + address_of(engine.url) +
                               " does not say its context: add it with yours");
      return false;
    }
    // Ollama cuts longer prompts without a word: what it gives unless it is told otherwise.
    constexpr std::int64_t usual_of_ollama = 4096;
    std::string text;
    if (!model.context) {
      text +=
          "      # Ollama's usual context; longer prompts it cuts without a word. Say yours if you set\n"
          "      # OLLAMA_CONTEXT_LENGTH.\n";
    }
    text += "      - provider: " + provider + "\n        host_model: " + json_string(model.id) +
            "\n        context: " + std::to_string(model.context.value_or(usual_of_ollama)) + " tok\n";
    text +=
        "        # A token here costs nothing beside what the machine does; to weigh that, say instead of "
        "`price`:\n"
        "        # machine: {hour: 2.50 $/h, input: 20 ktok/s, output: 2500 tok/s}\n"
        "        price: {input: 0 $/Mtok, output: 0 $/Mtok}\n";
    models_[model_name(engine, model.id)].endpoints += text;
    return true;
  }

  CutCatalogue shipped_;
  const std::string_view today_;
  std::map<std::string, std::string> providers_;
  std::vector<std::string> names_;  // in the order in which they are written
  std::map<std::string, Model> models_;
  bool is_8080_taken_ = false;
  FirstConfiguration written_;
};

}  // namespace

FirstConfiguration first_configuration(std::string_view catalogue,
                                       const std::function<bool(const std::string&)>& has_variable,
                                       const std::vector<FoundEngine>& engines, std::string_view today) {
  Writer writer(catalogue, today);
  writer.add_hosts(has_variable);
  for (const FoundEngine& engine : engines) writer.add(engine);
  return std::move(writer).write();
}

}  // namespace gateway
