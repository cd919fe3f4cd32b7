// Records are written on one core and read on others: some forty lines of memory each, for every one of which
// the reader would wait. Those of the next records are asked for while one is read. Reads nothing that
// counts; from the thread that has the records.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gateway/observe/record.hpp"

namespace gateway {

inline void prefetch(const void* from, std::size_t bytes) {
  constexpr std::size_t line = 64;
  for (std::size_t at = 0; at < bytes; at += line) __builtin_prefetch(static_cast<const char*>(from) + at);
}

template <class T>
void prefetch(const std::vector<T>& all) {
  prefetch(all.data(), all.size() * sizeof(T));
}

// Before the record at `at` is read.
inline void read_ahead(std::span<const RecordPtr> records, std::size_t at) {
  if (at + 2 < records.size()) prefetch(records[at + 2].get(), sizeof(Record));
  if (at + 1 >= records.size()) return;
  const Record& next = *records[at + 1];
  prefetch(next.attempts);
  prefetch(next.foreseen);
  prefetch(next.decisions);
}

}  // namespace gateway
