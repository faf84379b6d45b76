# Compiler-wide choices: warnings, linker, ccache, sanitizers.

find_program(LINDEN_CCACHE ccache)
if(LINDEN_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${LINDEN_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LINDEN_CCACHE})
endif()

# Executables are position-dependent: relocating pointers at start-up costs as much as running `hello`.
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
set(is_library $<STREQUAL:$<TARGET_PROPERTY:TYPE>,MODULE_LIBRARY>)
add_compile_options(-Wall -Wextra $<$<NOT:${is_library}>:-fno-pie> $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
add_link_options($<$<NOT:${is_library}>:-no-pie>)
# The compiler library is looked for beside the executable.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

find_program(LINDEN_LLD NAMES ld.lld-22 ld.lld)
if(LINDEN_LLD)
  add_link_options(--ld-path=${LINDEN_LLD} -Wl,--gc-sections -Wl,--build-id=sha1)
endif()
add_compile_options(-ffunction-sections -fdata-sections)

if(LINDEN_SANITIZE)
  add_compile_options(-fsanitize=${LINDEN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${LINDEN_SANITIZE})
  if(LINDEN_SANITIZE MATCHES "address")
    # Fake stack frames would lie outside the guest's stack, where host functions expect their own.
    add_compile_options(-fsanitize-address-use-after-return=never)
  endif()
  if(LINDEN_SANITIZE MATCHES "undefined")
    # The vptr check needs RTTI, which LLVM's headers are used without; the function check would
    # read a prologue signature that generated code does not have.
    add_compile_options(-fno-sanitize=vptr,function)
    add_link_options(-fno-sanitize=vptr,function)
  endif()
endif()
