// What the words of an error are about. Pure.
#pragma once

#include <string_view>

namespace providers {

// What a machine-readable code or type says.
enum class Named {
  nothing,
  content,         // the request's content is not wanted
  feature,         // the host does not do what the request asks for
  context_length,  // the request is too long
  request,         // something else in the request
  something,       // the request, as nearly every type of error says
  authentication,
  payment,
  permission,
  model,
  rate,
  load,
  server,
};
Named named_by(std::string_view word);

// What a message for people is about: content, feature, request or nothing. Names of models and what stands
// in quotes do not count.
Named named_in(std::string_view message);

// What a message says by beginning as one host's own sentence does, where that host has no code for it.
Named named_by_sentence(std::string_view message);

}  // namespace providers
