# CMake toolchain file: cmake -DCMAKE_TOOLCHAIN_FILE="$(linden cc --print-toolchain-file)" ...
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR wasm32)

# The command lies beside the sysroot, unless LINDEN or PATH says otherwise.
find_program(LINDEN linden HINTS ENV LINDEN "${CMAKE_CURRENT_LIST_DIR}/.." REQUIRED)
set(CMAKE_C_COMPILER "${LINDEN}" cc "--sysroot=${CMAKE_CURRENT_LIST_DIR}")
foreach(tool AR RANLIB NM STRIP OBJCOPY OBJDUMP READELF)
  string(TOLOWER "${tool}" name)
  find_program(CMAKE_${tool} "llvm-${name}-22" REQUIRED)
endforeach()
set(CMAKE_CROSSCOMPILING_EMULATOR "${LINDEN}" run)

set(CMAKE_FIND_ROOT_PATH "${CMAKE_CURRENT_LIST_DIR}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
