#include "gateway/surface/json_edits.hpp"

#include <algorithm>
#include <utility>

namespace gateway {

void JsonEdits::of(std::string_view text) {
  text_ = text;
  own_.clear();
  edits_.clear();
}

void JsonEdits::replace(const providers::ByteRange& place, std::string_view replacement) {
  edits_.push_back({place.begin, place.end, own_.size(), replacement.size()});
  own_.append(replacement);
}

void JsonEdits::write(std::string& out) {
  // What is put in at a place comes before what is taken out there, and in the order in which it was noted.
  std::ranges::stable_sort(edits_, {}, [](const Edit& each) { return std::pair(each.begin, each.end); });
  std::size_t copied = 0;
  for (const Edit& each : edits_) {
    out.append(text_.substr(copied, each.begin - copied)).append(own_, each.own, each.size);
    copied = each.end;
  }
  out.append(text_.substr(copied));
}

void EditedObject::begin(std::size_t key) {
  // The comma behind one that went before the first that stays.
  if (last_end_ != 0 && !any_stays_) edits_.replace({last_end_, key}, {});
  key_begin_ = key;
  value_begin_ = walk_.position();
}

void EditedObject::end(Member becomes) {
  if (becomes == Member::goes) edits_.replace({any_stays_ ? last_end_ : key_begin_, walk_.end()}, {});
  any_stays_ = any_stays_ || becomes == Member::stays;
  last_end_ = walk_.end();
}

void EditedObject::add(std::string_view key, std::string_view value) {
  const std::size_t brace = walk_.end() - 1;
  edits_.insert(brace, any_stays_ ? ",\"" : "\"");
  edits_.insert(brace, key);
  edits_.insert(brace, "\":");
  edits_.insert(brace, value);
  any_stays_ = true;
}

}  // namespace gateway
