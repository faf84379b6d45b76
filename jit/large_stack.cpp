#include "jit/large_stack.h"

#include <pthread.h>

namespace linden::jit {

void run_on_large_stack(size_t stack_size, const std::function<void()>& function) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, (stack_size + 65535) / 65536 * 65536);
  pthread_t thread;
  auto run = [](void* argument) -> void* {
    (*static_cast<const std::function<void()>*>(argument))();
    return nullptr;
  };
  const int error =
      pthread_create(&thread, &attributes, run, const_cast<std::function<void()>*>(&function));
  pthread_attr_destroy(&attributes);
  if (error != 0) return function();
  pthread_join(thread, nullptr);
}

}  // namespace linden::jit
