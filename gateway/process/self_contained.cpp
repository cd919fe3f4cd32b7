#include "gateway/process/self_contained.hpp"

#include <nss.h>
#include <openssl/crypto.h>

#include <initializer_list>

namespace gateway {

void need_nothing_of_the_system() {
  // Both are part of glibc itself since 2.34.
  (void)::__nss_configure_lookup("hosts", "files dns");
  for (const char* each : {"passwd", "group", "services"}) (void)::__nss_configure_lookup(each, "files");
  // Whoever initialises it first decides; libpq would have it read one.
  (void)::OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
}

}  // namespace gateway
