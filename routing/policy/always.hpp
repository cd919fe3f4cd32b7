// What holds under every policy, whoever chose it: the rules of the whole configuration, of a team and of a
// key, joined for each who asks. Immutable; shared by all threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "routing/language/vocabulary.hpp"
#include "routing/policy/piece.hpp"

namespace routing {

class AlwaysRules {
 public:
  // All that holds for some of those who ask.
  struct Joined {
    std::shared_ptr<const Always> rules{};  // null: nothing
    std::uint64_t hash = 0;                 // of the meaning; 0: nothing
    std::string path;                       // the setting that adds the last of them: "teams.search.always"
  };

  // Holds nothing for anybody.
  AlwaysRules() : joined_(1) {}
  AlwaysRules(const config::Settings& settings, const Vocabulary& vocabulary, config::Problems& problems);

  // The first is what holds for everybody.
  const std::vector<Joined>& all() const { return joined_; }
  // The place in `all` of what holds for a key, by its name; for one that is not known here, by its team, so
  // that neither a removed key nor one of an older configuration gets out of it. Does not allocate.
  std::size_t of(const config::KeySettings* key) const;

 private:
  std::vector<Joined> joined_;
  std::map<std::string, std::size_t> by_key_, by_team_;  // of those for whom more holds than for everybody
};

// The rules of one `always`, in their order.
Pieces always_pieces(const config::AlwaysSettings& always, const std::string& path,
                     const Vocabulary& vocabulary, config::Problems& problems);

}  // namespace routing
