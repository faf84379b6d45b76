#define CATCH_CONFIG_MAIN
#include "microvisor/test_support.h"

#include <ucontext.h>

#include "microvisor/host_file.h"

namespace linden::microvisor::test {

namespace {

void handle_fault(int number, siginfo_t*, void* context) {
  auto* registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  uint64_t pc = static_cast<uint64_t>(registers[REG_RIP]);
  if (recover_user_copy_fault(&pc)) {
    registers[REG_RIP] = static_cast<greg_t>(pc);
    return;
  }
  signal(number, SIG_DFL);
}

}  // namespace

FaultHandler::FaultHandler() {
  struct sigaction action{};
  action.sa_sigaction = handle_fault;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, &previous_);
  sigaction(SIGBUS, &action, &previous_bus_);
}

FaultHandler::~FaultHandler() {
  sigaction(SIGSEGV, &previous_, nullptr);
  sigaction(SIGBUS, &previous_bus_, nullptr);
}

uint32_t WasiFixture::adopt(int host_fd, uint64_t rights) {
  auto file = HostFile::stream(host, HostFd(host, host_fd));
  auto fd = process->cage().fds().insert({std::move(file), false, {rights, rights}}, 3);
  REQUIRE(fd.ok());
  return static_cast<uint32_t>(fd.value());
}

}  // namespace linden::microvisor::test
