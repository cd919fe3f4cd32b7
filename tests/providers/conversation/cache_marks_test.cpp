#include "providers/conversation/cache_marks.hpp"

#include <doctest/doctest.h>

using namespace providers;

TEST_CASE(
    "of more marks than a host takes the last stay, in the order in which it reads what they stand at") {
  Conversation conversation;
  const auto marked = [](std::string_view text) { return Part{TextPart{{text, false}}, CacheLife::hour}; };
  conversation.turns.push_back({Turn::Role::user, {marked("c"), Part{TextPart{{"d", false}}}, marked("e")}});
  conversation.system = {marked("b")};
  conversation.tools = {Tool{.name = {"a", false}, .cache = CacheLife::five_minutes}};
  conversation.cache = CacheLife::five_minutes;
  CHECK(cache_marks_in(conversation) == 5);
  keep_last_cache_marks(conversation, 5);
  CHECK(cache_marks_in(conversation) == 5);
  keep_last_cache_marks(conversation, 3);
  CHECK_FALSE(conversation.tools[0].cache);
  CHECK_FALSE(conversation.system[0].cache);
  CHECK(conversation.turns[0].parts[0].cache == CacheLife::hour);
  CHECK(conversation.turns[0].parts[2].cache == CacheLife::hour);
  CHECK(conversation.cache == CacheLife::five_minutes);
}

TEST_CASE("the mark of a blank text, which no host is told, takes the place of no other") {
  Conversation conversation;
  conversation.tools = {Tool{.name = {"a", false}, .cache = CacheLife::hour}};
  conversation.system = {Part{TextPart{{" \\n", true}}, CacheLife::hour},
                         Part{TextPart{{}}, CacheLife::hour}};
  CHECK(cache_marks_in(conversation) == 1);
  keep_last_cache_marks(conversation, 1);
  CHECK(conversation.tools[0].cache == CacheLife::hour);
}
