#include <array>
#include <optional>

#include "config/forms/leaf.hpp"
#include "config/forms/settings_form.hpp"
#include "config/values/counted_words.hpp"

namespace config {
namespace {

struct KeyHashForm {
  using Value = KeyHash;

  // Never quotes what it found: whoever writes the key itself here must not find it in a log.
  std::optional<KeyHash> read(const Node& node) const {
    KeyHash hash{};
    const std::string& text = node.text();
    bool good = node.kind() == Tree::Kind::text && text.size() == 2 * hash.size();
    for (std::size_t i = 0; good && i < text.size(); ++i) {
      const int digit = hex_digit(text[i]);
      good = digit >= 0;
      if (good) hash[i / 2] = static_cast<unsigned char>(hash[i / 2] * 16 + digit);
    }
    if (good && hash == nothing) {
      node.key_error("this is the SHA-256 of nothing, and an empty key is none",
                     R"(the variable was empty when it was made: printf %s "$KEY" | sha256sum)");
      return std::nullopt;
    }
    if (good) return hash;
    node.key_error("found " + std::to_string(text.size()) +
                       " characters; allowed is the SHA-256 of the whole key as 64 hexadecimal digits",
                   R"(print it with: printf %s "$KEY" | sha256sum)");
    return std::nullopt;
  }

  JsonMembers schema() const {
    return {{"type", json_string("string")}, {"pattern", json_string("^[0-9a-fA-F]{64}$")}};
  }

 private:
  // Of the empty text.
  static constexpr KeyHash nothing{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
                                   0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
                                   0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};

  static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  }
};

void check_key(const Node& node, KeySettings& key) {
  key.place = node.key_place();
  if (!node.has("sha256") && !node.has("certificate")) {
    node.error("`sha256` is missing: nobody could present this key",
               R"(print it with: printf %s "$KEY" | sha256sum)");
  }
  if (key.tags.size() > most_tags) {
    node["tags"].error("found " + std::to_string(key.tags.size()) + " tags; at most " +
                       std::to_string(most_tags) + " are allowed");
  }
}

}  // namespace

const Fields<KeySettings>& key_fields() {
  using S = KeySettings;
  const NameForm<ModelName> model{{.wanted = "the name of a model or route"}};
  const NameForm<PolicyName> policy{{.wanted = "the name of a policy"}};
  const WordForm<Role> role{{"none", "viewer", "operator", "admin"}};
  const WordForm<Priority> priority{{"interactive", "normal", "batch"}};
  static const Fields<S> fields = {
      .meaning = "a client key",
      .list =
          {
              field<S>("name", &S::name, NameForm<KeyName>{{.wanted = "a name for the key", .longest = 64}},
                       "How logs and metrics call this key. Never the key itself.", Need::required),
              field<S>(
                  "sha256", &S::sha256, KeyHashForm{},
                  "The SHA-256 of the whole key, as `printf %s \"$KEY\" | sha256sum` prints it. May be left "
                  "out where there is a `certificate`."),
              field<S>(
                  "certificate", &S::certificate,
                  TextForm{.wanted = "a name such as `app.example.internal`", .longest = 256},
                  "A name in a client certificate (a DNS name, URI or mail address it is for, or where it "
                  "has none of these, its subject's common name). Who shows one that `tls.client_ca` signed "
                  "needs no key."),
              field<S>(
                  "team", &S::team, TextForm{.wanted = "the name of a team", .longest = 64},
                  "Whom the key belongs to; policies know it as `team`. One of `teams` where there are any."),
              field<S>("models", &S::models, ListOf<NameForm<ModelName>>{model, "a list of models or routes"},
                       "The models and routes the key may use. Every one when left out."),
              field<S>("policies", &S::policies, ListOf<NameForm<PolicyName>>{policy, "a list of policies"},
                       "The policies the key may choose. Every one when left out."),
              field<S>(
                  "policy", &S::policy, policy,
                  "The policy of requests with this key that choose none, instead of the default policy."),
              field<S>("priority", &S::priority, priority,
                       "Whose requests are served first where not all can be at once: interactive before "
                       "normal before batch. A request may say a lower one in `x-isocost-priority`, and "
                       "any where this is left out; one that says none is normal."),
              field<S>("always", &S::always, Mapping<AlwaysSettings>{always_fields},
                       "What holds for this key under every policy, beside that of its team and of all."),
              field<S>("role", &S::role, role,
                       "What it may do beside inference. A viewer sees metrics, hosts and spend, an operator "
                       "reloads "
                       "and drains, too, and an admin makes keys, too."),
              field<S>("quota", &S::quota, Mapping<Quota>{quota_fields}, "What the key may use."),
              field<S>("user_quota", &S::user_quota, Mapping<Quota>{quota_fields},
                       "What each of its users may use, by the `user` that requests name. Those that name "
                       "none are bound "
                       "by the key's own `quota` alone."),
              field<S>("tags", &S::tags,
                       ListOf<TextForm>{{.wanted = "a tag", .longest = longest_tag}, "a list of tags"},
                       "Up to five words that its requests are counted under in `isocost spend --by tag`, "
                       "beside those "
                       "in their `x-isocost-tags`."),
              field<S>("expires", &S::expires, DateForm{}, "From when on it is refused."),
              field<S>("disabled", &S::is_disabled, FlagForm{}, "Whether it is refused."),
          },
      .check = check_key};
  return fields;
}

}  // namespace config
