#include "routing/policy/always.hpp"

#include <utility>

#include "routing/language/bounds.hpp"
#include "routing/language/complaint.hpp"
#include "routing/terms/draws.hpp"

namespace routing {
namespace {

// The rules of one setting, and for whom they are.
struct Part {
  Pieces pieces;
  std::string path;
  std::string whose;
};

// Null parts are left out.
AlwaysRules::Joined joined(std::initializer_list<const Part*> parts, config::Problems& problems) {
  AlwaysRules::Joined result;
  Always rules;
  Together together;
  for (const Part* part : parts) {
    if (!part || part->pieces.empty()) continue;
    result.path = part->path;
    for (const Piece& piece : part->pieces) {
      rules.push_back({.rule = piece.rule, .whose = part->whose});
      result.hash = mixed(result.hash ^ hash_of(piece.written));
      const std::string other = together.add(*piece.tree, piece.node, piece.rule.text);
      if (other.empty()) continue;
      problems.push_back(about_whole({.text = piece.rule.text, .place = piece.rule.place}, part->path,
                                     in_quotes(piece.rule.text) + " and " + in_quotes(other) +
                                         " exclude each other: no endpoint can meet both",
                                     ""));
    }
  }
  if (!rules.empty()) result.rules = std::make_shared<const Always>(std::move(rules));
  return result;
}

}  // namespace

Pieces always_pieces(const config::AlwaysSettings& always, const std::string& path,
                     const Vocabulary& vocabulary, config::Problems& problems) {
  Pieces pieces;
  if (always.allow) pieces = compile_text(*always.allow, path + ".allow", Use::allow, vocabulary, problems);
  for (std::size_t i = 0; i < always.require.size(); ++i) {
    const std::string name = path + ".require[" + std::to_string(i) + "]";
    for (Piece& piece : compile_text(always.require[i], name, Use::require, vocabulary, problems)) {
      pieces.push_back(std::move(piece));
    }
  }
  return pieces;
}

AlwaysRules::AlwaysRules(const config::Settings& settings, const Vocabulary& vocabulary,
                         config::Problems& problems) {
  const auto part = [&](const config::AlwaysSettings& always, std::string path, std::string whose) {
    Pieces pieces = always_pieces(always, path, vocabulary, problems);
    return Part{.pieces = std::move(pieces), .path = std::move(path), .whose = std::move(whose)};
  };
  const Part everybody = part(settings.always, "always", "");
  joined_.push_back(joined({&everybody}, problems));
  std::map<std::string, Part> teams;
  for (const config::TeamSettings& team : settings.teams) {
    const std::string& name = team.name.text;
    Part own = part(team.always, "teams." + name + ".always", "the team " + in_quotes(name));
    if (own.pieces.empty()) continue;
    by_team_.emplace(name, joined_.size());
    joined_.push_back(joined({&everybody, &own}, problems));
    teams.emplace(name, std::move(own));
  }
  for (std::size_t i = 0; i < settings.keys.size(); ++i) {
    const config::KeySettings& key = settings.keys[i];
    const Part own =
        part(key.always, "keys[" + std::to_string(i) + "].always", "the key " + in_quotes(key.name.text));
    const auto team = teams.find(key.team);
    if (own.pieces.empty()) {
      if (team != teams.end()) by_key_.emplace(key.name.text, by_team_.at(key.team));
      continue;
    }
    by_key_.emplace(key.name.text, joined_.size());
    joined_.push_back(joined({&everybody, team == teams.end() ? nullptr : &team->second, &own}, problems));
  }
}

std::size_t AlwaysRules::of(const config::KeySettings* key) const {
  if (!key) return 0;
  const auto own = by_key_.find(key->name.text);
  if (own != by_key_.end()) return own->second;
  const auto team = by_team_.find(key->team);
  return team == by_team_.end() ? 0 : team->second;
}

}  // namespace routing
