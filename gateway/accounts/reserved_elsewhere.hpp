// What is set aside for requests that run in a process which was here before this one and still serves: they
// count against the limits here as if they ran here. Belongs to one thread; the books may be used by all.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "gateway/accounts/books.hpp"

namespace gateway {

class ReservedElsewhere {
 public:
  explicit ReservedElsewhere(Books& books) : books_(books) {}

  // `of.most` is set aside for the request from now on, in the place of what was.
  void under_way(std::string_view id, const Asked& of, config::TimePoint now);
  // It has used `of.most`, whether it was told of before or not. Nothing: that is counted elsewhere.
  void ended(std::string_view id, const Asked& of, config::TimePoint now);
  std::size_t size() const { return open_.size(); }

 private:
  Books& books_;
  std::map<std::string, Reservation, std::less<>> open_;  // by the request's id
};

}  // namespace gateway
