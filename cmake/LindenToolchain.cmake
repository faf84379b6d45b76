# Compiler-wide choices: warnings, linker, ccache, sanitizers.

find_program(LINDEN_CCACHE ccache)
if(LINDEN_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${LINDEN_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LINDEN_CCACHE})
endif()

# LLVM is linked statically and position-dependent: a cached program starts in milliseconds, and
# relocating a hundred thousand LLVM pointers at start-up would cost more than running `hello`.
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
add_compile_options(-Wall -Wextra -fno-pie -fno-plt $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
add_link_options(-no-pie)

find_program(LINDEN_LLD NAMES ld.lld-22 ld.lld)
if(LINDEN_LLD)
  add_link_options(--ld-path=${LINDEN_LLD} -Wl,--gc-sections -Wl,--build-id=sha1)
endif()
add_compile_options(-ffunction-sections -fdata-sections)

if(LINDEN_SANITIZE)
  add_compile_options(-fsanitize=${LINDEN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${LINDEN_SANITIZE})
  if(LINDEN_SANITIZE MATCHES "undefined")
    # The vptr check needs RTTI, which LLVM's headers are used without; the function check would
    # read a prologue signature that generated code does not have.
    add_compile_options(-fno-sanitize=vptr,function)
    add_link_options(-fno-sanitize=vptr,function)
  endif()
endif()
