#include "providers/dialects/anthropic/body.hpp"

#include <algorithm>

#include "providers/conversation/cache_marks.hpp"
#include "providers/dialect/told_output.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/anthropic/thinking.hpp"
#include "providers/dialects/anthropic/tools.hpp"
#include "providers/dialects/anthropic/turns.hpp"

namespace providers {
namespace {

constexpr std::size_t most_bytes_of_user = 256;
constexpr double least_top_p_of_thinking = 0.95;

std::int64_t max_tokens_of(const Conversation& conversation, const HostModel& model) {
  return told_output(conversation, model).value_or(model.max_output.value_or(anthropic_default_max_tokens));
}

// Temperature reaches from 0 to 1 here. With both it and top_p newer models refuse; the temperature is meant
// more often. Where thought is, both are fixed.
void write_sampling(JsonWriter& json, const Conversation& conversation, bool thinks,
                    WrittenRequest& written) {
  const Sampling& sampling = conversation.sampling;
  const auto drop = [&](Matter matter) { add_name(written.dropped, name_of(matter)); };
  const bool says_top_p = sampling.top_p && sampling.top_p->real() != 1;
  if (sampling.temperature) {
    const double value = sampling.temperature->real();
    if (thinks) {
      if (value != 1) drop(Matter::temperature);
    } else {
      json.key("temperature").raw(value > 1 ? "1" : value < 0 ? "0" : sampling.temperature->text);
      if (value > 1 || value < 0) drop(Matter::temperature);
    }
  }
  if (says_top_p) {
    const bool fits = thinks ? sampling.top_p->real() >= least_top_p_of_thinking : !sampling.temperature;
    if (fits) {
      json.key("top_p").raw(sampling.top_p->text);
    } else {
      drop(Matter::top_p);
    }
  }
  if (sampling.top_k && sampling.top_k->real() > 0) {
    if (thinks) {
      drop(Matter::top_k);
    } else {
      json.key("top_k").raw(sampling.top_k->text);
    }
  }
}

// Blank ones are refused; no stop at all is another request than fewer.
void write_stop(JsonWriter& json, const std::vector<Text>& stop, WrittenRequest& written) {
  const auto blank = std::count_if(stop.begin(), stop.end(), is_blank);
  if (blank > 0) add_name(written.dropped, "stop");
  if (static_cast<std::size_t>(blank) == stop.size()) return;
  json.key("stop_sequences").begin_array();
  for (const Text& each : stop) {
    if (!is_blank(each)) json.string(each);
  }
  json.end_array();
}

void write_output_config(JsonWriter& json, const Conversation& conversation, const HostModel& model,
                         std::string_view effort) {
  const bool has_schema = model.takes_schemas && conversation.form.kind == OutputForm::Kind::json_schema;
  if (!has_schema && effort.empty()) return;
  json.key("output_config").begin_object();
  if (!effort.empty()) json.key("effort").plain(effort);
  if (has_schema) {
    json.key("format").begin_object();
    json.key("type").plain("json_schema");
    json.key("schema").raw(conversation.form.schema);
    json.end_object();
  }
  json.end_object();
}

// There is one name for who asks: OpenAI's newer word for it says the same.
void write_user(JsonWriter& json, const Conversation& conversation, WrittenRequest& written) {
  const Text& safety_id = conversation.handling.safety_id;
  const bool is_named = !conversation.user.raw.empty();
  const Text& user = is_named ? conversation.user : safety_id;
  if (user.raw.empty()) return;
  if (is_named && !safety_id.raw.empty() && safety_id.raw != user.raw) {
    add_name(written.dropped, name_of(Matter::safety_identifier));
  }
  if (user.raw.size() > most_bytes_of_user) {
    return add_name(written.dropped, name_of(is_named ? Matter::user : Matter::safety_identifier));
  }
  json.key("metadata").begin_object();
  json.key("user_id").string(user);
  json.end_object();
}

}  // namespace

Matters carried_by_anthropic(const HostModel& model) {
  Matters matters = Matters::all();
  for (const Matter each :
       {Matter::image_detail, Matter::audio, Matter::other_file, Matter::file_id, Matter::json_object,
        Matter::seed, Matter::frequency_penalty, Matter::presence_penalty, Matter::logprobs, Matter::choices,
        Matter::metadata, Matter::assistant_first, Matter::answered_media, Matter::pictures}) {
    matters.remove(each);
  }
  for (const Matter each : openais_words) matters.remove(each);
  matters.remove(Matter::nothing_said).remove(Matter::schema_description);
  matters.add(Matter::safety_identifier);
  if (!model.takes_schemas) matters.remove(Matter::json_schema).remove(Matter::strict_tools);
  if (!model.takes_sampling) matters.remove(Matter::temperature).remove(Matter::top_p).remove(Matter::top_k);
  // A model that never thinks is not kept from it in vain.
  if (model.thinking == HostModel::Thinking::none) {
    matters.remove(Matter::thinking).remove(Matter::optional_thinking);
  }
  return matters;
}

WrittenRequest write_anthropic_body(const Conversation& conversation, const HostModel& model,
                                    routing::Delivery delivery, JsonTokens& tokens,
                                    const AnthropicBodyForm& form) {
  if (cache_marks_in(conversation) > most_cache_marks) {
    Conversation fewer = conversation;
    keep_last_cache_marks(fewer, most_cache_marks);
    WrittenRequest written = write_anthropic_body(fewer, model, delivery, tokens, form);
    add_name(written.dropped, name_of(Matter::cache_marks));
    return written;
  }
  WrittenRequest written;
  const AnthropicMessages messages = anthropic_messages(conversation);
  const std::int64_t max_tokens = max_tokens_of(conversation, model);
  const AnthropicThinking thinking = anthropic_thinking(conversation, messages.turns, model, max_tokens);
  if (messages.lose_thinking) add_name(written.dropped, name_of(Matter::earlier_thinking));
  if (thinking.is_lost) add_name(written.dropped, name_of(Matter::thinking));

  JsonWriter json(written.body);
  json.begin_object();
  if (form.version.empty()) {
    json.key("model").plain(model.name);
    if (!model.inference_geo.empty()) json.key("inference_geo").plain(model.inference_geo);
  } else {
    json.key("anthropic_version").plain(form.version);
  }
  if (!form.betas.empty()) {
    json.key("anthropic_beta").begin_array();
    for (const std::string_view beta : form.betas) json.plain(beta);
    json.end_array();
  }
  json.key("max_tokens").integer(max_tokens);
  const auto& system = conversation.system;
  if (!messages.are_system && std::any_of(system.begin(), system.end(), is_sent_to_anthropic)) {
    write_anthropic_system(json.key("system"), system);
  }
  write_anthropic_turns(json.key("messages"), messages.turns);
  write_anthropic_tools(json, conversation, model, tokens);
  write_anthropic_thinking(json, thinking);
  write_output_config(json, conversation, model, thinking.effort);
  if (model.takes_sampling) write_sampling(json, conversation, thinking.is_on(), written);
  write_stop(json, conversation.sampling.stop, written);
  write_user(json, conversation, written);
  write_cache_control(json, conversation.cache);
  if (delivery == routing::Delivery::streamed && form.says_stream) json.key("stream").boolean(true);
  json.end_object();
  return written;
}

}  // namespace providers
