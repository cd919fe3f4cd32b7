#include "providers/http/sse.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace providers;
using namespace std::string_literals;

namespace {

struct Seen {
  std::string data;
  std::string name;
  std::string raw;

  friend bool operator==(const Seen&, const Seen&) = default;
};

// The bytes of each piece are at an address of their own and gone afterwards, as a socket's buffer would be.
std::vector<Seen> read_in(const std::vector<std::string_view>& pieces, SseReader& reader) {
  std::vector<Seen> seen;
  for (const auto piece : pieces) {
    const std::string copy(piece);
    reader.feed(copy);
    while (const auto event = reader.next()) {
      seen.push_back({std::string(event->data), std::string(event->name), std::string(event->raw)});
      const bool is_plain = event->form == SseEvent::Form::normal || event->form == SseEvent::Form::named;
      CHECK(is_plain == !event->raw.empty());
    }
  }
  return seen;
}

std::vector<Seen> read_in(const std::vector<std::string_view>& pieces) {
  SseReader reader;
  return read_in(pieces, reader);
}

std::vector<std::string> data_of(const std::string& text) {
  std::vector<std::string> data;
  for (const auto& seen : read_in({text})) data.push_back(seen.data);
  return data;
}

// Raw views depend on the cut only in that a normal event stays normal; data and names not at all.
const std::vector<std::string> transcripts = {
    "data: a\n\ndata: b\n\ndata: [DONE]\n\n",
    "data: a\r\n\r\ndata: b\r\n\r\n",
    "data: a\r\rdata: b\r\r",
    "\xef\xbb\xbf"
    "data: a\n\ndata: b\n\n",
    "\xef\xbb\xbf\n\ndata: a\n\n",
    "\xef\xbb\xbf\xef\xbb\xbf"
    "data: a\n\ndata: b\n\n",
    ": comment\n\ndata: a\n\n: OPENROUTER PROCESSING\n\n\n\ndata: b\n\n",
    "event: error\ndata: {\"error\":1}\n\ndata:b\n\n",
    "data: a\ndata: b\ndata\ndata:\ndata:  c\n\n",
    "id: 1\nretry: 10\nfoo: bar\nfoo\ndata: a\n\ndata: b\n\n",
    "data: a\r\n\ndata: b\n\r\ndata: c\r\r\n\r\ndata: d\n\r",
    "data\n\ndata:\n\ndata: \n\n",
    "data: a\n\ndata: cut off\n",
    "data: \xf0\x9f\x98\x80 \xff\n\ndata: nul \x01\n\n",
    "data : a\n\nDATA: b\n\n data: c\n\n",
    "\n\n\r\n\rdata: a\n\n\n\n\n",
};

}  // namespace

TEST_CASE("events are read by the rules of the standard") {
  using List = std::vector<std::string>;
  CHECK(data_of("data: a\n\ndata:b\n\n") == List{"a", "b"});
  CHECK(data_of("data:  a\n\n") == List{" a"});
  CHECK(data_of("data: a\ndata: b\n\n") == List{"a\nb"});
  CHECK(data_of("data\ndata\n\n") == List{"\n"});
  CHECK(data_of("data\n\n") == List{""});
  CHECK(data_of(": c\n\nevent: x\n\nid: 1\n\n") == List{});
  CHECK(data_of("data: a\n") == List{});
  CHECK(data_of("data: a\r\ndata: b\rdata: c\n\r") == List{"a\nb\nc"});
  CHECK(data_of("\xef\xbb\xbf"
                "data: a\n\n") == List{"a"});
  CHECK(data_of("\xef\xbb\xbf\xef\xbb\xbf"
                "data: a\n\ndata: b\n\n") == List{"b"});
  CHECK(data_of("data: a\n\n\xef\xbb\xbf"
                "data: b\n\n") == List{"a"});
  CHECK(data_of("data: a\0b\n\n"s) == List{"a\0b"s});
  CHECK(data_of("data: [DONE]\n\ndata: more\n\ndata: [DONE]\n\n") == List{"[DONE]", "more", "[DONE]"});
  CHECK(read_in({"event: error\ndata: x\n\ndata: y\n\n"}) ==
        std::vector<Seen>{{"x", "error", "event: error\ndata: x\n\n"}, {"y", "", "data: y\n\n"}});
}

TEST_CASE("a transcript cut at any byte, or at any three, gives the same events") {
  std::mt19937 draw(1);
  for (const auto& text : transcripts) {
    CAPTURE(text);
    const std::string_view all = text;
    const auto whole = read_in({all});
    for (std::size_t cut = 0; cut <= all.size(); ++cut) {
      CAPTURE(cut);
      CHECK(read_in({all.substr(0, cut), all.substr(cut)}) == whole);
    }
    for (int i = 0; i < 300; ++i) {
      std::vector<std::size_t> cuts{draw() % (all.size() + 1), draw() % (all.size() + 1),
                                    draw() % (all.size() + 1)};
      std::sort(cuts.begin(), cuts.end());
      CHECK(read_in({all.substr(0, cuts[0]), all.substr(cuts[0], cuts[1] - cuts[0]),
                     all.substr(cuts[1], cuts[2] - cuts[1]), all.substr(cuts[2])}) == whole);
    }
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < all.size(); ++i) bytes.push_back(all.substr(i, 1));
    CHECK(read_in(bytes) == whole);
  }
}

TEST_CASE("what is relayed of a transcript in normal form are its bytes") {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "data: {\"n\":" + std::to_string(i) + "}\n\n";
  const std::string_view all = text;
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    std::string relayed;
    for (const auto& seen : read_in({all.substr(0, cut), all.substr(cut)})) relayed += seen.raw;
    CHECK(relayed == text);
  }
}

TEST_CASE("an event with a name alone before its data is relayed as its bytes, too") {
  const std::string text = "event: a.b\ndata: {\"c\":1}\n\nevent: \ndata: d\n\nevent: e\nid: 1\ndata: f\n\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    SseReader reader;
    const auto seen =
        read_in({std::string_view(text).substr(0, cut), std::string_view(text).substr(cut)}, reader);
    REQUIRE(seen.size() == 3);
    CHECK(seen[0] == Seen{"{\"c\":1}", "a.b", "event: a.b\ndata: {\"c\":1}\n\n"});
    CHECK(seen[1] == Seen{"d", "", "event: \ndata: d\n\n"});
    CHECK(seen[2] == Seen{"f", "e", ""});
  }
}

TEST_CASE("normal events of one feed lie next to each other in it") {
  const std::string text = "data: a\n\ndata: b\n\ndata: c\n\n";
  SseReader reader;
  reader.feed(text);
  const char* expected = text.data();
  while (const auto event = reader.next()) {
    CHECK(event->raw.data() == expected);
    expected += event->raw.size();
  }
  CHECK(expected == text.data() + text.size());
}

TEST_CASE("an event that was cut stays until the next feed though another one was cut behind it") {
  SseReader reader;
  const std::string first = "data: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  reader.feed(first);
  CHECK_FALSE(reader.next());
  const std::string second = "a\n\ndata: b";
  reader.feed(second);
  const auto event = reader.next();
  CHECK_FALSE(reader.next());
  CHECK(event->data == std::string(33, 'a'));
  CHECK(event->raw == first + "a\n\n");
}

TEST_CASE("an unterminated event shows at the end of a stream") {
  SseReader reader;
  CHECK(reader.between_events());
  read_in({"data: a\n\ndata: b\n"}, reader);
  CHECK_FALSE(reader.between_events());
  read_in({"\n"}, reader);
  CHECK(reader.between_events());
}

TEST_CASE("an event of 32 MiB is read and a longer one ends the stream") {
  const std::string most(max_event - 8, 'a');
  SseReader good;
  CHECK(read_in({"data: " + most.substr(0, 1'000), most.substr(1'000) + "\n\n"}, good).size() == 1);
  CHECK(good.state() == SseReader::State::reading);

  for (const auto& end : {"aa\n\n", ""}) {
    SseReader reader;
    const std::string text = "data: " + most + (*end ? end : "aaaaa");
    CHECK(read_in({std::string_view(text).substr(0, 1'000), std::string_view(text).substr(1'000)}, reader)
              .empty());
    CHECK(reader.state() == SseReader::State::too_large);
    CHECK(read_in({"data: b\n\n"}, reader).empty());
  }
}

TEST_CASE("comments are given in their place where they are wanted, and nowhere else") {
  const std::string text = ": one\n\ndata: x\n\n:two\r\n: three\r\n\r\n: four\ndata: y\n\nid: 1\n\n:\n\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CAPTURE(cut);
    SseReader reader(SseReader::Comments::given);
    std::vector<std::string> seen;
    for (const std::string_view part :
         {std::string_view(text).substr(0, cut), std::string_view(text).substr(cut)}) {
      const std::string copy(part);
      reader.feed(copy);
      while (const auto event = reader.next()) {
        const bool is_comment = event->form == SseEvent::Form::comment;
        CHECK(event->data.empty() == is_comment);
        seen.emplace_back(is_comment ? event->raw : event->data);
      }
    }
    CHECK(seen == std::vector<std::string>{": one", "x", ": three", "y", ":"});
  }
  CHECK(read_in({text}).size() == 2);
}
