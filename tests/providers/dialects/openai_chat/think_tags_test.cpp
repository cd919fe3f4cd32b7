#include "providers/dialects/openai_chat/think_tags.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace providers;
using Meaning = config::ThinkTags;

namespace {

std::string told(Meaning meaning, const std::vector<std::string>& pieces) {
  ThinkTags tags(meaning);
  ThinkTags::Parted all;
  const auto add = [&](const ThinkTags::Parted& parted) {
    all.thinking += parted.thinking;
    all.text += parted.text;
  };
  for (const std::string& piece : pieces) add(tags.part(piece));
  add(tags.rest());
  return all.thinking + "|" + all.text;
}

// Where an escape is not cut in two.
bool is_cuttable(const std::string& text, std::size_t at) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = text[i] != '\\' ? 1 : text[i + 1] == 'u' ? 6 : 2;
    if (at > i && at < i + length) return false;
    i += length;
  }
  return true;
}

}  // namespace

TEST_CASE("what stands between tags at the begin of an answer is thinking, however it is cut and spelled") {
  struct Row {
    Meaning meaning;
    std::string text, expected;
  };
  const std::vector<Row> rows{
      {Meaning::reasoning, R"(<think>\nHm < 3 </b> \"so\"</think>\n\nHi)", R"(Hm < 3 </b> \"so\"|Hi)"},
      {Meaning::reasoning, R"(\n <think>a</think>b <think>c</think>)", "a|b <think>c</think>"},
      {Meaning::reasoning, R"(\u003cthink\u003eHm\u003c/think\u003eHi)", "Hm|Hi"},
      {Meaning::reasoning, R"(\u003Cthink>Hm<\/think\u003E Hi)", "Hm|Hi"},
      {Meaning::reasoning, R"(<think>\n\n</think>\n\nHi)", "|Hi"},
      {Meaning::reasoning, "<think>cut off", "cut off|"},
      {Meaning::reasoning, "<think>cut off </thi", "cut off </thi|"},
      {Meaning::reasoning, "<think><</</think>x", "<</|x"},
      {Meaning::reasoning, "<thing>x</think>", "|<thing>x</think>"},
      {Meaning::reasoning, "<thi", "|<thi"},
      {Meaning::reasoning, R"(\n\n)", R"(|\n\n)"},
      {Meaning::reasoning, "Hi <think>no</think>", "|Hi <think>no</think>"},
      {Meaning::reasoning, R"(\\<think>a</think>)", R"(|\\<think>a</think>)"},
      {Meaning::text, "<think>a</think>b", "|<think>a</think>b"},
      {Meaning::opened, R"(so it is\n</think>\n\nHi)", R"(so it is\n|Hi)"},
      {Meaning::opened, "<think>so</think>Hi", "so|Hi"},
      {Meaning::opened, "<thing>x</think>Hi", "<thing>x|Hi"},
      {Meaning::opened, "<thi", "<thi|"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(told(row.meaning, {row.text}) == row.expected);
    std::vector<std::string> singly;
    std::size_t begin = 0;
    for (std::size_t cut = 1; cut <= row.text.size(); ++cut) {
      if (!is_cuttable(row.text, cut)) continue;
      CAPTURE(cut);
      CHECK(told(row.meaning, {row.text.substr(0, cut), row.text.substr(cut)}) == row.expected);
      singly.push_back(row.text.substr(begin, cut - begin));
      begin = cut;
    }
    CHECK(told(row.meaning, singly) == row.expected);
  }
}

TEST_CASE("a host that tells thinking apart itself needs no tag to end it") {
  ThinkTags tags(Meaning::opened);
  tags.host_parts();
  CHECK(tags.part("Hi").text == "Hi");
}
