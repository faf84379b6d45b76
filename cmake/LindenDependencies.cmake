# Every library comes from Debian; scripts/setup installs them.

find_package(Threads REQUIRED)
find_package(LLVM 22.1 REQUIRED CONFIG)
find_package(wabt REQUIRED CONFIG)
find_package(absl REQUIRED CONFIG)
find_package(CLI11 REQUIRED CONFIG)
find_package(nlohmann_json REQUIRED CONFIG)
find_package(Catch2 2 REQUIRED CONFIG)
find_package(benchmark CONFIG)
list(APPEND CMAKE_MODULE_PATH ${Catch2_DIR})

# Static abseil for executables: each shared library costs start-up time. The archives are not
# position-independent, so the compiler library takes the shared ones.
set(LINDEN_ABSL_SHARED)
get_property(imported_targets DIRECTORY PROPERTY IMPORTED_TARGETS)
foreach(target IN LISTS imported_targets)
  if(target MATCHES "^absl::")
    get_target_property(location ${target} IMPORTED_LOCATION_NONE)
    if(location)
      string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${location}")
      if(EXISTS "${archive}")
        list(APPEND LINDEN_ABSL_SHARED "${location}")
        set_target_properties(${target} PROPERTIES IMPORTED_LOCATION_NONE "${archive}")
      endif()
    endif()
  endif()
endforeach()

# LLVM headers as system headers: their warnings are not ours.
add_library(linden_llvm_headers INTERFACE)
target_include_directories(linden_llvm_headers SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
separate_arguments(LLVM_DEFINITIONS_LIST NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_definitions(linden_llvm_headers INTERFACE ${LLVM_DEFINITIONS_LIST})

# For the program: BLAKE3 and CPU features, from archives.
add_library(linden_llvm_support INTERFACE)
target_link_libraries(linden_llvm_support INTERFACE linden_llvm_headers LLVMTargetParser LLVMSupport)
# For the compiler library: all of it, shared.
add_library(linden_llvm INTERFACE)
target_link_libraries(linden_llvm INTERFACE linden_llvm_headers LLVM)
