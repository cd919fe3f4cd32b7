# The target isocost_static: the same objects as isocost, with all libraries linked in and glibc too. One file for any Linux of its
# processor. Of what Debian has shared libraries alone, ISOCOST_ARCHIVES holds archives (deploy/build/static_libraries.sh).
# Names are asked by glibc's own parts for files and DNS, which are within it since 2.34: gateway/process/self_contained.hpp.
set(ISOCOST_ARCHIVES ${PROJECT_SOURCE_DIR}/build/archives CACHE PATH "Where static_libraries.sh put what Debian has no archives of")
set(archives "")
# Who needs another one stands before it.
foreach(name jemalloc yaml-cpp simdjson boost_json boost_container prometheus-cpp-core xxhash sqlite3 pq pgcommon pgport ssl crypto
        z zstd nghttp2)
  find_library(ARCHIVE_${name} lib${name}.a PATHS ${ISOCOST_ARCHIVES} NO_DEFAULT_PATH)
  find_library(ARCHIVE_${name} lib${name}.a REQUIRED)
  list(APPEND archives ${ARCHIVE_${name}})
endforeach()

add_executable(isocost_static ${PROJECT_SOURCE_DIR}/gateway/main.cpp)
foreach(property COMPILE_OPTIONS COMPILE_DEFINITIONS INCLUDE_DIRECTORIES)
  set_property(TARGET isocost_static PROPERTY ${property} $<TARGET_PROPERTY:isocost,${property}>)
endforeach()
target_compile_definitions(isocost_static PRIVATE ISOCOST_STATIC)
add_dependencies(isocost_static gateway providers routing config)
target_link_libraries(isocost_static PRIVATE $<TARGET_FILE:gateway> $<TARGET_FILE:providers> $<TARGET_FILE:routing>
  $<TARGET_FILE:config> ${archives})
set_target_properties(isocost_static PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/static OUTPUT_NAME isocost)
# That glibc warns of looking up names is answered above.
target_link_options(isocost_static PRIVATE -static-pie)
# 37,000 places that move with the program's address, in 10 kB instead of 870 kB that each start reads. glibc 2.36, ld of x86-64.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_link_options(isocost_static PRIVATE -Wl,-z,pack-relative-relocs)
endif()
