// The tools that a request offers, as its body lists them: what is said of those that an answer calls. Tools
// of OpenAI's two APIs, of Anthropic's and of Google's differ in where these stand. Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "providers/conversation/tool.hpp"
#include "providers/json/json_walk.hpp"

namespace gateway {

// What a list of tools says of one of them.
struct Offered {
  bool is_known = false;
  std::string_view schema;  // empty: none
};

// A list of tools, walked once.
class OfferedTools {
 public:
  // By name.
  using Called = std::map<std::string, Offered, std::less<>>;

  OfferedTools(std::string_view tools, Called& called, providers::JsonTokens& tokens);
  // Of whose calls nothing is known.
  bool has_others() const { return has_others_; }

 private:
  struct One {
    providers::JsonString name{};
    std::string_view schema{};
    bool is_group = false;
  };

  bool tool();
  bool member(const providers::JsonString& key, One& one);

  const std::string_view text_;
  Called& called_;
  providers::JsonWalk walk_;
  bool has_others_ = false;
};

std::size_t bytes_of_tools(const std::vector<providers::Tool>& tools);
// As the readers of lists of tools know them.
std::string in_one_list(const std::vector<providers::Tool>& tools);

}  // namespace gateway
