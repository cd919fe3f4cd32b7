// One document over https, for the command line: lists of prices are public files. Not for serving.
#pragma once

#include <string>

namespace gateway {

// Follows a few redirects, to https only; the certificate is verified. Throws std::runtime_error that names
// the address and what is wrong. At most 256 MiB and a minute.
std::string download(const std::string& url);

// A file, what an https address gives, or - for the standard input.
std::string text_from(const std::string& from);

}  // namespace gateway
