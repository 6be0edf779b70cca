# One precompiled header for the whole tree, named by a path relative to the build folder, so that ccache takes the same
# object from any checkout: target_precompile_headers() writes absolute paths into every command.

file(SHA256 ${CMAKE_SOURCE_DIR}/gateway/base/precompiled.hpp meerkat_precompiled_sum)
string(SHA256 meerkat_precompiled_sum
    "${meerkat_precompiled_sum} ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} ${Boost_VERSION}")
string(SUBSTRING ${meerkat_precompiled_sum} 0 16 meerkat_precompiled_sum)

# What everything that includes Asio must agree on, the precompiled header first.
target_compile_definitions(meerkat_flags INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
    BOOST_ASIO_DISABLE_BOOST_DATE_TIME BOOST_BEAST_SEPARATE_COMPILATION
    MEERKAT_PRECOMPILED=0x${meerkat_precompiled_sum})  # another header is another command, so all is built anew

if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    set(meerkat_precompiled_object CMakeFiles/meerkat_precompiled.dir/gateway/base/precompiled.hpp.o)
    add_library(meerkat_precompiled OBJECT gateway/base/precompiled.hpp)
    target_link_libraries(meerkat_precompiled PRIVATE meerkat_flags Boost::headers)
    set_source_files_properties(gateway/base/precompiled.hpp PROPERTIES LANGUAGE CXX COMPILE_OPTIONS "-x;c++-header")
    # A custom target, because objects of libraries do not wait for one another.
    add_custom_target(meerkat_precompiled_ready DEPENDS $<TARGET_OBJECTS:meerkat_precompiled>)
    # It names its own checkout inside, so it is never taken from the cache; instead of its bytes, ccache looks at the sum.
    set_target_properties(meerkat_precompiled PROPERTIES CXX_COMPILER_LAUNCHER "")
    file(WRITE ${CMAKE_BINARY_DIR}/${meerkat_precompiled_object}.sum ${meerkat_precompiled_sum})
endif()

# use_precompiled(TARGET): after the target's own flags are set.
function(use_precompiled target)
    if(TARGET meerkat_precompiled)
        add_dependencies(${target} meerkat_precompiled_ready)
        target_compile_options(${target} PRIVATE
            "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -include-pch -Xclang ${meerkat_precompiled_object}>"
            -Winvalid-pch)
    endif()
endfunction()
