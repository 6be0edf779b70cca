# Third-party packages, all from Debian 12.

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL 3.0 REQUIRED)
find_package(EXPAT REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)

find_path(LIBIDN_INCLUDE_DIR stringprep.h REQUIRED)
find_library(LIBIDN_LIBRARY idn REQUIRED)
add_library(libidn INTERFACE IMPORTED)
set_target_properties(libidn PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES ${LIBIDN_INCLUDE_DIR} INTERFACE_LINK_LIBRARIES ${LIBIDN_LIBRARY})

# Debian's package has no CMake files of its own.
find_path(LIBRE2_INCLUDE_DIR re2/re2.h REQUIRED)
find_library(LIBRE2_LIBRARY re2 REQUIRED)
add_library(libre2 INTERFACE IMPORTED)
set_target_properties(libre2 PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES ${LIBRE2_INCLUDE_DIR} INTERFACE_LINK_LIBRARIES ${LIBRE2_LIBRARY})

find_path(CARES_INCLUDE_DIR ares.h REQUIRED)
find_library(CARES_LIBRARY cares REQUIRED)
add_library(c_ares INTERFACE IMPORTED)
set_target_properties(c_ares PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES ${CARES_INCLUDE_DIR} INTERFACE_LINK_LIBRARIES ${CARES_LIBRARY})
