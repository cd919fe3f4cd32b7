#include "providers/dialects/gemini/citations.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "providers/conversation/page_citation.hpp"
#include "providers/dialect/told_count.hpp"
#include "providers/json/json_walk.hpp"

namespace providers {
namespace {

// What is behind that is cited as the whole.
constexpr std::size_t most_text = 64UL << 10;
// So that pieces of an answer take no memory one by one.
constexpr std::size_t least_room = 4UL << 10;
constexpr std::size_t most_citations = 256;
constexpr std::size_t most_parts = 16;

bool take_index(JsonWalk& walk, std::size_t& index) {
  std::optional<std::int64_t> found;
  bool is_odd = false;
  if (!take_count(walk, found, is_odd)) return false;
  if (found) index = static_cast<std::size_t>(*found);
  return true;
}

std::size_t characters_before(std::string_view text, std::size_t byte) {
  return characters_in({text.substr(0, byte), false});
}

}  // namespace

void GeminiCitations::hears(const Text& text) {
  if (text_.size() > most_text) return;
  if (text_.empty()) {
    text_.reserve(least_room);
    parts_.reserve(most_parts);
  }
  if (parts_.size() < most_parts) parts_.push_back(text_.size());
  if (text.escaped) {
    text_ += text.text();
  } else {
    text_ += text.raw;
  }
}

void GeminiCitations::add(Cited cited) {
  const bool is_new = std::ranges::find(cited_, cited) == cited_.end();
  if (is_new && cited_.size() < most_citations) cited_.push_back(std::move(cited));
}

TextPlace GeminiCitations::all() const {
  return {0, characters_before(text_, text_.size())};
}

// Bytes count from the begin of a part, and mostly of the first, also where a stream has more: where the text
// that is said to be there shows, that is it.
TextPlace GeminiCitations::place_of(const Segment& segment) const {
  const std::string said = segment.text.text();
  std::optional<std::size_t> begin;
  std::size_t bytes = segment.end > segment.begin ? segment.end - segment.begin : 0;
  if (said.empty()) {
    if (bytes > 0 && segment.end <= text_.size()) begin = segment.begin;
  } else {
    bytes = said.size();
    for (const std::size_t part : parts_) {
      const std::size_t at = part + segment.begin;
      if (at > text_.size() || text_.compare(at, bytes, said) != 0) continue;
      begin = at;
      break;
    }
  }
  if (!begin) return all();
  const std::size_t first = characters_before(text_, *begin);
  return {first, first + characters_before(std::string_view(text_).substr(*begin), bytes)};
}

void GeminiCitations::take(std::string_view grounding, std::string_view recited, JsonTokens& tokens) {
  if (grounding.find("\"groundingChunks\"") != std::string_view::npos) grounding_ = grounding;
  if (recited.empty()) return;
  JsonWalk walk(tokens, recited);
  walk.object([&](const JsonString& key) {
    // Its name at Google's two doors.
    if (!(key.is("citationSources") || key.is("citations")) || walk.type() != JsonType::array) {
      return walk.skip();
    }
    return walk.array([&] {
      CitedPage page;
      Segment segment;
      if (walk.type() != JsonType::object) return walk.skip();
      const std::size_t begin = walk.position();
      const bool is_read = walk.object([&](const JsonString& inner) {
        if (inner.is("uri")) return take_text(walk, page.url);
        if (inner.is("title")) return take_text(walk, page.title);
        if (inner.is("startIndex")) return take_index(walk, segment.begin);
        return inner.is("endIndex") ? take_index(walk, segment.end) : walk.skip();
      });
      if (!is_read) return false;
      Recited found{page_citation_of(page), false, segment.begin, segment.end};
      found.is_page = !found.json.empty();
      if (!found.is_page) found.json = recited.substr(begin, walk.end() - begin);
      const bool is_new = std::ranges::find(recited_, found) == recited_.end();
      if (is_new && recited_.size() < most_citations) recited_.push_back(std::move(found));
      return true;
    });
  });
}

void GeminiCitations::read_grounding(JsonTokens& tokens) {
  struct Support {
    Segment segment;
    std::vector<std::size_t> chunks;
  };
  std::vector<Cited> chunks;
  std::vector<Support> supports;
  JsonWalk walk(tokens, grounding_);
  const auto chunk = [&] {
    if (chunks.size() == most_citations || walk.type() != JsonType::object) return walk.skip();
    CitedPage page;
    const std::size_t begin = walk.position();
    const bool is_read = walk.object([&](const JsonString& kind) {
      const bool is_known = kind.is("web") || kind.is("retrievedContext") || kind.is("maps");
      if (!is_known || walk.type() != JsonType::object) return walk.skip();
      return walk.object([&](const JsonString& key) {
        if (key.is("uri")) return take_text(walk, page.url);
        return key.is("title") ? take_text(walk, page.title) : walk.skip();
      });
    });
    if (!is_read) return false;
    std::string json = page_citation_of(page);
    const bool is_page = !json.empty();
    if (!is_page) json = grounding_.substr(begin, walk.end() - begin);
    chunks.push_back({std::move(json), is_page});
    return true;
  };
  const auto support = [&] {
    if (supports.size() == most_citations || walk.type() != JsonType::object) return walk.skip();
    Support& found = supports.emplace_back();
    return walk.object([&](const JsonString& key) {
      if (key.is("groundingChunkIndices") && walk.type() == JsonType::array) {
        return walk.array([&] {
          const bool is_more = found.chunks.size() < most_citations;
          return is_more ? take_index(walk, found.chunks.emplace_back()) : walk.skip();
        });
      }
      if (!key.is("segment") || walk.type() != JsonType::object) return walk.skip();
      return walk.object([&](const JsonString& inner) {
        if (inner.is("text")) return take_text(walk, found.segment.text);
        if (inner.is("startIndex")) return take_index(walk, found.segment.begin);
        return inner.is("endIndex") ? take_index(walk, found.segment.end) : walk.skip();
      });
    });
  };
  walk.object([&](const JsonString& key) {
    if (walk.type() != JsonType::array) return walk.skip();
    if (key.is("groundingChunks")) return walk.array(chunk);
    return key.is("groundingSupports") ? walk.array(support) : walk.skip();
  });
  for (const Support& each : supports) {
    const TextPlace place = place_of(each.segment);
    for (const std::size_t index : each.chunks) {
      if (index >= chunks.size()) continue;
      Cited cited = chunks[index];
      if (cited.is_page) cited.place = place;
      add(std::move(cited));
    }
  }
  // Of what no part of the answer is said to come from, all of it may.
  if (!supports.empty()) return;
  for (Cited& cited : chunks) {
    if (cited.is_page) cited.place = all();
    add(std::move(cited));
  }
}

void GeminiCitations::tell(JsonTokens& tokens, AnswerSink& sink) {
  if (!grounding_.empty()) read_grounding(tokens);
  grounding_.clear();
  for (Recited& each : recited_) {
    const TextPlace place = each.is_page ? place_of({{}, each.begin, each.end}) : TextPlace{};
    add({std::move(each.json), each.is_page, place});
  }
  recited_.clear();
  for (const Cited& cited : std::exchange(cited_, {})) {
    AnswerEvent event{.kind = AnswerEvent::Kind::citation, .json = cited.json};
    if (cited.is_page) {
      event.format = page_citation;
      event.place = cited.place;
    }
    sink.take(event);
  }
}

}  // namespace providers
