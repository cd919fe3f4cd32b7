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
  enum class Place { outermost, in_event };

  // A response, or an event that holds one, or an item. No deeper: only the text limits its depth.
  bool response(JsonWalk& walk, DataEdits& edits, Place place = Place::outermost) {
    if (walk.type() != JsonType::object) return walk.skip();
    return walk.object([&](const JsonString& key) {
      if (key.is("response") && place == Place::outermost) return response(walk, edits, Place::in_event);
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
