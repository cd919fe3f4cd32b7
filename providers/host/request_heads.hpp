// The heads of requests to one provider, up to the value of Content-Length. Each is built once, from the
// settings and the dialect alone: of a client's head no field reaches a host but those by which an API is
// told which of its versions is spoken. Belongs to one data loop.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/values/settings.hpp"
#include "providers/dialect/dialect.hpp"

namespace providers {

// "api.deepseek.com:8443": the port where it is not the usual one.
std::string host_field(const config::BaseUrl& url);
// As the request line has it: behind the path of the base URL, and with what is put behind every one.
std::string whole_target(const config::ProviderSettings& settings, std::string_view target);

class RequestHeads {
 public:
  // Throws std::invalid_argument where the base URL or the credential has characters that no header may have.
  // `settings` must outlive it.
  explicit RequestHeads(const config::ProviderSettings& settings);

  // no_fields: the request brings fields of its own.
  enum class With { dialects_fields, no_fields };
  std::shared_ptr<const std::string> head(const Dialect& dialect, std::string_view target,
                                          With with = With::dialects_fields);
  // Of a rare request by another method, which is built anew each time.
  std::shared_ptr<const std::string> rare(const Dialect& dialect, std::string_view method,
                                          std::string_view target) const;

 private:
  struct Head {
    const Dialect* dialect;
    std::string target;
    With with;
    std::shared_ptr<const std::string> text;
  };

  const config::ProviderSettings& settings_;
  std::vector<Head> heads_;  // the newest ones
};

}  // namespace providers
