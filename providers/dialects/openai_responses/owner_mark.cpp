#include "providers/dialects/openai_responses/owner_mark.hpp"

#include "providers/conversation/owner_mark.hpp"
#include "providers/json/json_walk.hpp"

namespace providers {
namespace {

class OwnerMarking final : public Correction {
 public:
  explicit OwnerMarking(std::uint64_t owner) : mark_(owner_mark(owner)) {}

  void correct(std::string_view data, JsonTokens& tokens, PassedContent&, DataEdits& edits) override {
    if (data.find("\"encrypted_content\"") == std::string_view::npos) return;
    JsonWalk walk(tokens, data, JsonWalk::Depth::any);
    response(walk, edits);
  }

 private:
  // A response, or an event that holds one, or an item.
  bool response(JsonWalk& walk, DataEdits& edits) {
    if (walk.type() != JsonType::object) return walk.skip();
    return walk.object([&](const JsonString& key) {
      if (key.is("response")) return response(walk, edits);
      if (key.is("item")) return item(walk, edits);
      if (!key.is("output") || walk.type() != JsonType::array) return walk.skip();
      return walk.array([&] { return item(walk, edits); });
    });
  }

  bool item(JsonWalk& walk, DataEdits& edits) {
    if (walk.type() != JsonType::object) return walk.skip();
    return walk.object([&](const JsonString& key) {
      if (!key.is("encrypted_content") || walk.type() != JsonType::string) return walk.skip();
      const auto value = walk.string();
      if (!value) return false;
      if (!value->raw.empty()) edits.put({walk.end() - 1, walk.end() - 1}, mark_);
      return true;
    });
  }

  const std::string mark_;
};

}  // namespace

std::unique_ptr<Correction> owner_marking(std::uint64_t owner) {
  return std::make_unique<OwnerMarking>(owner);
}

}  // namespace providers
