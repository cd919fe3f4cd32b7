// Requests in bytes, as many as are written together, and where one of an id is. Belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/record_file/bytes.hpp"
#include "gateway/record_file/compression.hpp"
#include "gateway/record_file/logged_request.hpp"

namespace gateway {

// One that grows.
class PacketWriter {
 public:
  void add(const LoggedRequest& request);
  // As a file keeps them; good until the next call.
  std::string_view packed() { return compressor_.packed(all_.written()); }
  std::int64_t requests() const { return static_cast<std::int64_t>(names_.size()); }
  std::int64_t first() const { return first_; }  // the oldest snapshot that any of them saw
  const std::vector<std::uint64_t>& names() const { return names_; }  // hashes of their ids
  bool is_full() const { return names_.size() >= most || all_.written().size() >= large; }
  void clear();

 private:
  static constexpr std::size_t most = 128, large = 128u << 10;
  ByteWriter all_, one_;
  Compressor compressor_{Compressor::Of::records};
  std::vector<std::uint64_t> names_;
  std::int64_t first_ = 0;
};

// One that is read, packed or, as up to version 7, not. The bytes must outlive it.
class PacketReader {
 public:
  explicit PacketReader(std::string_view stored) : rest_(unpacked(stored, unpacked_).value_or("")) {}
  PacketReader(const PacketReader&) = delete;
  PacketReader& operator=(const PacketReader&) = delete;
  // Nothing after the last; what is damaged is passed over.
  std::optional<LoggedRequest> next();
  std::int64_t read() const { return read_; }  // that were no damage

 private:
  std::string unpacked_;
  ByteReader rest_;
  std::int64_t read_ = 0;
};

// Where requests are, as a row of the table `name` holds it.
class NameEntries {
 public:
  static constexpr std::size_t most = 256;
  void add(std::uint64_t name, std::int64_t packet);
  const std::string& bytes() const { return bytes_; }
  bool is_full() const { return bytes_.size() >= most * size; }
  void clear() { bytes_.clear(); }

  static constexpr std::size_t size = 16;  // bytes of an entry
  // The packets of all entries of that name.
  static void find(std::string_view entries, std::uint64_t name, std::vector<std::int64_t>& packets);

 private:
  std::string bytes_;
};

}  // namespace gateway
