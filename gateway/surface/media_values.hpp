// Reads what media and JSON stand in a client's body, as OpenAI's APIs have them in common. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/surface/body_walk.hpp"
#include "providers/conversation/part.hpp"

namespace gateway {

// Any value as it stands in `body`.
bool read_json(BodyWalk& walk, std::string_view body, std::string_view& json);

// Puts "data:image/png;base64,AAAA" apart, and takes what is no such address as one of the web.
bool take_address(BodyWalk& walk, const Path& path, const providers::Text& url, providers::MediaPart& media);

// Of data as it stands in JSON: only the begin is looked at.
bool begins_as_base64(std::string_view raw);
// Of a picture that a host answered: nothing where no host could be sent it.
std::optional<providers::MediaPart> answered_picture(const providers::Text& url);

// What cannot be what it says is refused at its place: a picture of another type or from no place of the web,
// data that is no base64. Of long data only the begin is looked at. A type that is no type, and stands for
// one all the same, becomes that: hosts refuse "image/jpg".
bool check_media(BodyWalk& walk, const Path& path, providers::MediaPart& media);

// An address says nothing of a file's type, a name mostly does.
void guess_type(providers::MediaPart& file);

}  // namespace gateway
