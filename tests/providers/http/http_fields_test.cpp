#include "providers/http/http_fields.hpp"

#include <doctest/doctest.h>

TEST_CASE("every status that the gateway answers with has its phrase") {
  for (const int status :
       {200, 201, 202, 204, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 408,
        409, 410, 413, 414, 415, 417, 421, 422, 429, 431, 500, 501, 502, 503, 504, 505}) {
    CAPTURE(status);
    CHECK(providers::reason_phrase(status) != "Status");
  }
  CHECK(providers::reason_phrase(201) == "Created");
  CHECK(providers::reason_phrase(299) == "Status");
}
