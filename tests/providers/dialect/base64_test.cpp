#include "providers/dialect/base64.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace providers;

TEST_CASE("bytes and their base64 are each other's, whatever the bytes are") {
  CHECK(in_base64("") == "");
  CHECK(in_base64("f") == "Zg==");
  CHECK(in_base64("fo") == "Zm8=");
  CHECK(in_base64("foo") == "Zm9v");
  CHECK(in_base64("foob") == "Zm9vYg==");
  CHECK(in_base64(std::string("\0\xff\xfe\xfb", 4)) == "AP/++w==");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
    CHECK(from_base64(in_base64(all)) == all);
  }
}

TEST_CASE("padding may be missing, and another letter is no base64") {
  CHECK(from_base64("Zm8") == "fo");
  CHECK(from_base64("") == "");
  for (const char* wrong : {"Zm8-", "Zm 8", "=Zm8", "Z\xc3\xa4"}) CHECK_FALSE(from_base64(wrong));
}
