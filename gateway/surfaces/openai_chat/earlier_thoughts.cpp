#include "gateway/surfaces/openai_chat/earlier_thoughts.hpp"

namespace gateway {

using providers::JsonString;
using providers::JsonType;
using providers::JsonWalk;

void EarlierThoughts::member(const JsonString& key) {
  key_ = static_cast<std::size_t>(key.raw.data() - body_.data()) - 1;
  if (end_ > 0 && next_ == 0) next_ = key_;
  has_text_ |= key.is("reasoning_content") || key.is("reasoning");
  if (end_ == 0 && !key.is("reasoning_details")) has_members_ = true;
  if (key.is("reasoning_content") || key.is("reasoning") || key.is("reasoning_details")) {
    if (!run_) run_ = {key_, !stays_};
    return;
  }
  if (run_) left_out_.push_back({{run_->begin, key_}, {}});
  run_.reset();
  stays_ = true;
}

void EarlierThoughts::leave_out(std::size_t end, std::vector<BodyEdit>& edits) {
  edits.insert(edits.end(), left_out_.begin(), left_out_.end());
  if (!run_) return;
  // With the comma before it.
  const std::size_t begin = run_->is_first ? run_->begin : body_.rfind(',', run_->begin);
  edits.push_back({{begin, end - 1}, {}});
}

bool EarlierThoughts::details(JsonWalk& json) {
  begin_ = key_;
  is_first_ = !has_members_;
  const bool is_read = json.array([&] {
    if (json.type() != JsonType::object) return json.skip();
    return json.object([&](const JsonString& key) {
      const bool is_text = (key.is("text") || key.is("summary")) && json.type() == JsonType::string;
      const std::size_t begin = json.position();
      if (!json.skip()) return false;
      if (is_text && json.end() - begin > 2) texts_.push_back({begin, json.end()});
      return true;
    });
  });
  end_ = json.end();
  return is_read;
}

void EarlierThoughts::put_edits(std::size_t end, std::vector<BodyEdit>& edits) const {
  if (end_ == 0) return;
  if (!has_text_ && !texts_.empty()) return put_texts(begin_, end_, edits);
  if (next_ > 0) {
    edits.push_back({{begin_, next_}, {}});
    return;
  }
  // With the comma before it.
  const std::size_t comma = is_first_ ? begin_ : body_.rfind(',', begin_);
  edits.push_back({{comma, is_first_ ? end - 1 : end_}, {}});
}

// The texts stay where they are, as one string.
void EarlierThoughts::put_texts(std::size_t begin, std::size_t end, std::vector<BodyEdit>& edits) const {
  edits.push_back({{begin, texts_.front().begin}, usual_thoughts_member});
  for (std::size_t i = 0; i + 1 < texts_.size(); ++i) {
    edits.push_back({{texts_[i].end - 1, texts_[i + 1].begin + 1}, {}});
  }
  edits.push_back({{texts_.back().end, end}, {}});
}

}  // namespace gateway
