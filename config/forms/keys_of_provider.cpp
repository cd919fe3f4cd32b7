// The keys of one provider, each with its place in a list and limits of its own.
#include <algorithm>
#include <string_view>
#include <vector>

#include "config/forms/access_form.hpp"
#include "config/values/masked.hpp"

namespace config {
namespace {

// A key that is not there has no limits either. Its place in the list was one that counts the others.
void leave_out_absent_keys(const Node& node, ProviderSettings& provider) {
  const Node list = node["credential"];
  auto& limits = provider.limits.of_keys;
  const std::vector<std::size_t>& absent = provider.access.absent_keys;
  for (auto at = absent.rbegin(); at != absent.rend(); ++at) {
    if (*at < limits.size()) limits.erase(limits.begin() + static_cast<std::ptrdiff_t>(*at));
    if (provider.credential.empty() || list.kind() != Tree::Kind::list) continue;
    list.child(*at).warning(
        in_quotes(list.child(*at).text()) + " is not there, and the host is asked with the other keys",
        "set it, or take it out of the list");
  }
}

void check_that_keys_differ(const Node& node, const ProviderSettings& provider) {
  std::vector<std::string_view> all{provider.credential.reveal()};
  for (const Secret& key : provider.access.more_keys) all.push_back(key.reveal());
  std::ranges::sort(all);
  if (std::ranges::adjacent_find(all) != all.end()) {
    node["credential"].warning("the same key stands here twice, and the host counts it once",
                               "take one of them out of the list");
  }
}

// Keys that are not there count.
void check_limits_of_keys(const Node& node, const ProviderSettings& provider) {
  const bool is_list = node.has("credential") && node["credential"].kind() == Tree::Kind::list;
  const std::size_t keys = is_list ? node["credential"].size() : 1;
  const std::size_t limits = provider.limits.of_keys.size();
  if (limits <= keys) return;
  node["limits"]["keys"].error("there are limits for " + std::to_string(limits) +
                                   " keys, and `credential` has " +
                                   (keys == 1 ? "one" : std::to_string(keys)),
                               "each key has one entry, in their order");
}

}  // namespace

void check_key_list(const Node& node, ProviderSettings& provider) {
  check_limits_of_keys(node, provider);
  leave_out_absent_keys(node, provider);
  check_that_keys_differ(node, provider);
}

}  // namespace config
