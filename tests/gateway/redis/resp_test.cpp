#include "gateway/redis/resp.hpp"

#include <doctest/doctest.h>

#include "gateway/redis/redis_connection.hpp"

using gateway::read_redis_reply;
using gateway::RedisRead;
using gateway::RedisReply;

TEST_CASE("commands are lists of texts, of any bytes") {
  CHECK(gateway::redis_command({"SET", "a", ""}) == "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$0\r\n\r\n");
}

TEST_CASE("a reply is read when all of it is there, and not before") {
  const std::string bytes = "*5\r\n:-12\r\n$5\r\nhe\r\no\r\n+OK\r\n$-1\r\n*1\r\n-ERR no\r\n";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    RedisReply reply;
    std::size_t size = 0;
    CHECK(read_redis_reply(std::string_view(bytes).substr(0, i), reply, size) == RedisRead::more);
  }
  RedisReply reply;
  std::size_t size = 0;
  REQUIRE(read_redis_reply(bytes + "+next\r\n", reply, size) == RedisRead::whole);
  CHECK(size == bytes.size());
  REQUIRE(reply.items.size() == 5);
  CHECK(reply.items[0].integer == -12);
  CHECK(reply.items[1].text == "he\r\no");
  CHECK(reply.items[2].text == "OK");
  CHECK(reply.items[3].kind == RedisReply::Kind::nothing);
  CHECK(reply.items[4].items[0].is_error());
}

TEST_CASE("what is no reply is refused, however long or deep it says that it is") {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "*1\r\n";
  for (const std::string& bytes :
       {std::string("HTTP/1.1 400 Bad Request\r\n"), std::string("$99999999999\r\n"), std::string("*-7\r\n"),
        std::string(":1x\r\n"), std::string("\r\n"), std::string("$2\r\nabcd"), deep}) {
    CAPTURE(bytes);
    RedisReply reply;
    std::size_t size = 0;
    CHECK(read_redis_reply(bytes, reply, size) == RedisRead::wrong);
  }
}

TEST_CASE("an address says host, port and database") {
  const auto plain = gateway::redis_address("redis://cache.example.com");
  CHECK(plain.host == "cache.example.com");
  CHECK(plain.port == "6379");
  CHECK(plain.database == "0");
  const auto full = gateway::redis_address("redis://[::1]:7000/3");
  CHECK(full.host == "::1");
  CHECK(full.port == "7000");
  CHECK(full.database == "3");
}
