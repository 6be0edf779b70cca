#pragma once
// A self-signed certificate with its key in temporary files, made anew for each test that needs one.

#include <string>

namespace meerkat::testing {

class test_certificate {
public:
    // `hash` is what the certificate is signed with: "SHA256", "SHA384", "SHA1".
    explicit test_certificate(const char* hash = "SHA256", const std::string& name = "localhost");
    ~test_certificate();
    test_certificate(const test_certificate&) = delete;
    test_certificate& operator=(const test_certificate&) = delete;

    const std::string& certfile() const { return certfile_; }
    const std::string& keyfile() const { return keyfile_; }

private:
    std::string folder_, certfile_, keyfile_;
};

}  // namespace meerkat::testing
