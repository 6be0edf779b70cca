#include "gateway/base/encoding.hpp"

#include "gateway/base/digest.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;

TEST_CASE("base64 agrees with the examples of RFC 4648") {
    const std::pair<std::string_view, std::string_view> examples[] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, coded] : examples) {
        REQUIRE(to_base64(plain) == coded);
        REQUIRE(from_base64(coded) == std::string(plain));
    }
}

TEST_CASE("base64 with wrong padding, foreign characters or stray bits is refused") {
    for (const std::string_view bad :
         {"Zg", "Zg=", "Zg===", "=", "====", "Zm9v Zg==", "Z!==", "Zh==", "Zm9=", "Zg==Zg=="})
        REQUIRE_FALSE(from_base64(bad));
}

TEST_CASE("every byte survives base64 and hexadecimal") {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    for (std::size_t size = 0; size <= all.size(); ++size) {
        REQUIRE(from_base64(to_base64(all.substr(0, size))) == all.substr(0, size));
        REQUIRE(from_hex(to_hex(all.substr(0, size))) == all.substr(0, size));
    }
}

TEST_CASE("UTF-8 is accepted exactly as RFC 3629 defines it") {
    for (const std::string_view good : {"", "abc", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                                        "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
        REQUIRE(is_utf8(good));
    for (const std::string_view bad :
         {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xef\xbf",
          "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xfe"})
        REQUIRE_FALSE(is_utf8(bad));
}

TEST_CASE("PBKDF2 agrees with RFC 6070") {
    REQUIRE(to_hex(pbkdf2(hash_function::sha1, "password", "salt", 4096)) ==
            "4b007901b765489abead49d926f721d065a429c1");
}

TEST_CASE("comparison in constant time knows equal from different") {
    REQUIRE(equal_in_constant_time("same", "same"));
    REQUIRE_FALSE(equal_in_constant_time("same", "sama"));
    REQUIRE_FALSE(equal_in_constant_time("same", "same "));
    REQUIRE(equal_in_constant_time("", ""));
}
