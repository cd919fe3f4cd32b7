#include "gateway/generation/key_ring.hpp"

#include <doctest/doctest.h>
#include <openssl/sha.h>

using gateway::KeptKey;
using gateway::KeyRing;

namespace {

config::KeySettings key(const std::string& name, const std::string& presented,
                        const std::string& certificate) {
  config::KeySettings made;
  made.name = {name};
  if (!presented.empty()) {
    SHA256(reinterpret_cast<const unsigned char*>(presented.data()), presented.size(), made.sha256.data());
  }
  made.certificate = certificate;
  return made;
}

}  // namespace

TEST_CASE(
    "a client's certificate is its key where it presents none, and only "
    "there") {
  config::Settings settings;
  settings.keys = {key("app", "", "app.internal"), key("both", "sk-both", "both.internal")};
  const KeyRing keys(settings);
  CHECK_FALSE(keys.open_to_all());

  KeptKey kept;
  CHECK(kept.find(keys, 1, "") == nullptr);
  kept.shown({"stranger", "app.internal", "both.internal"});
  CHECK(kept.find(keys, 1, "") == &settings.keys[0]);
  CHECK(kept.find(keys, 1, "sk-both") == &settings.keys[1]);
  CHECK(kept.find(keys, 1, "sk-wrong") == nullptr);
  CHECK(kept.find(keys, 2, "") == &settings.keys[0]);

  KeptKey stranger;
  stranger.shown({"stranger"});
  CHECK(stranger.find(keys, 1, "") == nullptr);
}

TEST_CASE(
    "a key that is known by its certificate alone is nobody's who "
    "presents something") {
  config::Settings settings;
  settings.keys = {key("app", "", "app.internal")};
  const KeyRing keys(settings);
  CHECK_FALSE(keys.open_to_all());
  CHECK(keys.find("") == nullptr);
  CHECK(keys.find(std::string(32, '\0')) == nullptr);
}
