// Ends a fuzz run at a property that does not hold, in every build type.
#pragma once

#include <cstdio>
#include <cstdlib>

#define EXPECT_THAT(property)                                                     \
  do {                                                                            \
    if (!(property)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #property); \
      std::abort();                                                               \
    }                                                                             \
  } while (false)
