// Where a text that broke off and its rest meet: nothing twice, nothing lost, and no other text behind it.
#include "gateway/continuation/joint.hpp"

#include <doctest/doctest.h>

#include <optional>

using gateway::Cut;
using gateway::cut_for_going_on;
using gateway::Joint;
using Fit = gateway::Joint::Fit;

namespace {

const std::string story =
    "The fox went over the hill, and the hare went under it; neither knew that the other had gone, or why.";

// All of what is passed on, however the rest is cut; nothing where it does not fit.
std::optional<std::string> joined(const std::string& said, const std::string& rest, std::size_t piece) {
  Joint joint(said, cut_for_going_on(said));
  std::string out = said;
  for (std::size_t at = 0; at < rest.size(); at += piece) {
    if (joint.take(rest.substr(at, piece), out) == Fit::not_at_all) return std::nullopt;
  }
  if (joint.end(out) != Fit::fits) return std::nullopt;
  return out;
}

std::string rest_of(const std::string& all, const std::string& said) {
  return all.substr(cut_for_going_on(said).given.size());
}

}  // namespace

TEST_CASE("a text is cut before its last word, and nothing of it is lost") {
  const Cut cut = cut_for_going_on("The fox went ov");
  CHECK(cut.given == "The fox went");
  CHECK(cut.repeated == " ov");
  CHECK(cut_for_going_on("The fox went ").given == "The fox went");
  CHECK(cut_for_going_on("The fox.\n\n  ").repeated == "\n\n  ");
  CHECK(cut_for_going_on("Th").given.empty());
  CHECK(cut_for_going_on("   word").given.empty());
  const std::string long_word(100, 'x');
  CHECK(cut_for_going_on("a " + long_word).given == "a " + long_word);
}

TEST_CASE("wherever a text breaks off and however its rest comes, the whole is the same") {
  for (std::size_t cut = 1; cut < story.size(); ++cut) {
    const std::string said = story.substr(0, cut);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
      CAPTURE(said);
      CAPTURE(piece);
      REQUIRE(joined(said, rest_of(story, said), piece) == story);
    }
  }
}

TEST_CASE("an answer that is begun anew is no rest of it") {
  for (std::size_t cut = 8; cut < story.size(); ++cut) {
    const std::string said = story.substr(0, cut);
    CAPTURE(said);
    CHECK(!joined(said, story, 5));
  }
}

TEST_CASE("what begins with the end of what was given loses that, and other words do not fit") {
  const std::string said = "The fox went over the hi";
  CHECK(joined(said, "over the hill.", 2) == "The fox went over the hill.");
  CHECK(joined(said, "hill.", 2) == "The fox went over the hill.");
  CHECK(!joined(said, " mountain.", 2));
  CHECK(!joined(said, "Certainly! Here is the rest: hill.", 7));
}

TEST_CASE(
    "what a host repeats is taken out where a text broke off between two words, too, and where it has no "
    "spaces") {
  const std::string said = "The fox went over the ";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
    CAPTURE(piece);
    CHECK(joined(said, "over the hill.", piece) == "The fox went over the hill.");
    CHECK(joined(said, "hill.", piece) == "The fox went over the hill.");
    CHECK(joined(said, " hill.", piece) == "The fox went over the hill.");
    CHECK(joined("It is over.\n\n", "over.\n\nThat is all.", piece) == "It is over.\n\nThat is all.");
    CHECK(joined(said, "over", piece) == "The fox went over the over");
    const std::string chinese = "敏捷的棕色狐狸跳过了那只懒狗，然后它跑进了树林里，再也没有回来过";
    CHECK(joined(chinese, "再也没有回来过。", piece) == chinese + "。");
    CHECK(joined(chinese, "。", piece) == chinese + "。");
    CHECK(joined(chinese, "来过年。", piece) == chinese + "来过年。");
  }
}

TEST_CASE("an answer may have been over where it broke off") {
  CHECK(joined("Done. ", "", 1) == "Done. ");
  CHECK(!joined("Done and du", "", 1));
}
