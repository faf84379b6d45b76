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

# LLVM headers as system headers: their warnings are not ours.
add_library(linden_llvm INTERFACE)
target_include_directories(linden_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
separate_arguments(LLVM_DEFINITIONS_LIST NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_definitions(linden_llvm INTERFACE ${LLVM_DEFINITIONS_LIST})
llvm_map_components_to_libnames(LINDEN_LLVM_LIBS
  core support passes codegen jitlink object targetparser debuginfodwarf
  ${LLVM_NATIVE_ARCH}codegen ${LLVM_NATIVE_ARCH}asmparser ${LLVM_NATIVE_ARCH}desc ${LLVM_NATIVE_ARCH}info
  ${LLVM_NATIVE_ARCH}disassembler)
target_link_libraries(linden_llvm INTERFACE ${LINDEN_LLVM_LIBS})
