# The compiler, its warnings, hardening and sanitizers: one place for the whole tree.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
    message(FATAL_ERROR
        "GCC ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines (temporaries alive across co_await are copied bitwise "
        "or destroyed twice), so the server would crash. Use Clang 17 or newer: apt-get install clang-19 lld-19, "
        "then cmake --preset release.")
elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 17)
    message(FATAL_ERROR
        "Clang ${CMAKE_CXX_COMPILER_VERSION} is too old for the coroutines and the C++20 library features used here. "
        "Use Clang 17 or newer: apt-get install clang-19 lld-19, then cmake --preset release.")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")

# ccache keeps its files outside the build tree, so a removed build folder costs little. The sloppiness is what ccache
# asks for with precompiled headers.
find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_PCH_EXTSUM=1 CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${CCACHE})
endif()

add_library(meerkat_flags INTERFACE)
target_compile_options(meerkat_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual -Werror
    -fstack-protector-strong -fPIE)
target_link_options(meerkat_flags INTERFACE -fuse-ld=lld -pie)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(meerkat_flags INTERFACE "SHELL:-Xclang -fno-pch-timestamp" -fpch-instantiate-templates)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(meerkat_flags INTERFACE -fcf-protection=full)
endif()

set(MEERKAT_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address,undefined or thread")
if(MEERKAT_SANITIZE)
    target_compile_options(meerkat_flags INTERFACE
        -O1 -g -fno-omit-frame-pointer -fsanitize=${MEERKAT_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(meerkat_flags INTERFACE -fsanitize=${MEERKAT_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(meerkat_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS)
    target_link_options(meerkat_flags INTERFACE -Wl,-z,relro,-z,now)
endif()
if(MEERKAT_FUZZ)
    target_compile_options(meerkat_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
