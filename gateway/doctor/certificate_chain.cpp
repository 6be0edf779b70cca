#include "gateway/doctor/certificate_chain.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <string_view>

namespace meerkat::doctor {

namespace {

namespace fs = std::filesystem;

struct store_deleter {
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};
struct store_context_deleter {
    void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};
struct stack_deleter {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using store_ptr = std::unique_ptr<X509_STORE, store_deleter>;

struct verdict {
    int error = X509_V_OK;
    int depth = 0;
    std::string culprit;  // the certificate at that depth
    std::string wanted;   // its issuer
};

// OpenSSL's folder may be there without a single authority in it: packages that keep the list are optional.
bool system_has_authorities() {
    const auto path = [](const char* variable, const char* otherwise) {
        const char* set = std::getenv(variable);
        return fs::path(set != nullptr ? set : otherwise);
    };
    std::error_code ignored;  // what cannot be looked at gives OpenSSL nothing either
    if (fs::exists(path(X509_get_default_cert_file_env(), X509_get_default_cert_file()), ignored))
        return true;
    const fs::directory_iterator folder(path(X509_get_default_cert_dir_env(), X509_get_default_cert_dir()),
                                        ignored);
    return !ignored && folder != fs::directory_iterator();
}

store_ptr open_store(const fs::path& authorities) {
    store_ptr store(X509_STORE_new());
    if (!store) return nullptr;
    const bool loaded = authorities.empty() ? X509_STORE_set_default_paths(store.get()) == 1
                                            : X509_STORE_load_file(store.get(), authorities.c_str()) == 1;
    return loaded ? std::move(store) : nullptr;
}

// The end of the first certificate's time is somebody else's business.
int skip_own_time(int verified, X509_STORE_CTX* context) {
    if (verified == 1 || X509_STORE_CTX_get_error_depth(context) != 0) return verified;
    const int error = X509_STORE_CTX_get_error(context);
    if (error != X509_V_ERR_CERT_HAS_EXPIRED && error != X509_V_ERR_CERT_NOT_YET_VALID) return verified;
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
}

verdict verify(const std::vector<certificate_ptr>& chain, X509_STORE* store,
               std::chrono::system_clock::time_point now) {
    verdict found;
    const std::unique_ptr<X509_STORE_CTX, store_context_deleter> context(X509_STORE_CTX_new());
    const std::unique_ptr<STACK_OF(X509), stack_deleter> between(sk_X509_new_null());
    for (std::size_t i = 1; between && i < chain.size(); ++i) sk_X509_push(between.get(), chain[i].get());
    if (!context || !between ||
        X509_STORE_CTX_init(context.get(), store, chain.front().get(), between.get()) != 1) {
        found.error = X509_V_ERR_OUT_OF_MEM;
        return found;
    }
    X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER);
    X509_STORE_CTX_set_time(context.get(), 0, std::chrono::system_clock::to_time_t(now));
    X509_STORE_CTX_set_verify_cb(context.get(), skip_own_time);
    if (X509_verify_cert(context.get()) == 1) return found;
    found.error = X509_STORE_CTX_get_error(context.get());
    found.depth = X509_STORE_CTX_get_error_depth(context.get());
    if (const X509* culprit = X509_STORE_CTX_get_current_cert(context.get())) {
        found.culprit = subject_of(culprit);
        found.wanted = issuer_of(culprit);
    }
    ERR_clear_error();
    return found;
}

finding judge(const verdict& v, const std::string& where) {
    const char* const from_authority =
        "get a certificate from an authority that clients know (Let's Encrypt costs nothing), or give this "
        "one to "
        "every client";
    switch (v.error) {
        case X509_V_OK:
            return fine("trusted", where, "leads to an authority that this machine trusts");
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return advice(
                "self_signed", where,
                "is self-signed: browsers and clients refuse it unless their users decide otherwise",
                from_authority);
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return advice(
                "private_authority", where,
                "comes from \"" + v.culprit + "\", an authority that this machine does not trust",
                "make sure that every client knows this authority, or get a certificate from one they know");
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return problem(
                "chain_incomplete", where,
                "the certificate of \"" + v.wanted + "\", who signed \"" + v.culprit +
                    "\", is missing: clients that do not have it refuse the connection",
                "put the intermediate certificates behind the server's own into certfile; Let's Encrypt "
                "calls that file fullchain.pem");
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return problem(
                "authority_expired", where, "the certificate of \"" + v.culprit + "\" above it has expired",
                "get the present intermediate certificates from the authority and put them into certfile");
        case X509_V_ERR_INVALID_PURPOSE:
            return problem("wrong_purpose", where,
                           "\"" + v.culprit +
                               "\" is not made for this use: its key usage does "
                               "not allow a TLS server or an authority",
                           "ask the authority for a certificate for servers (serverAuth)");
        default:
            break;
    }
    return problem("not_verified", where,
                   std::string("cannot be verified: ") + X509_verify_cert_error_string(v.error),
                   "get a new certificate with its chain from the authority");
}

// RFC 5246, 7.4.2: each certificate certifies the one before it. RFC 8446 lets clients be patient; not all
// are.
bool in_order(const std::vector<certificate_ptr>& chain) {
    for (std::size_t i = 1; i < chain.size(); ++i) {
        if (X509_check_issued(chain[i].get(), chain[i - 1].get()) != X509_V_OK) return false;
    }
    return true;
}

}  // namespace

findings examine_chain(const std::vector<certificate_ptr>& chain, const std::string& looked_at,
                       const fs::path& authorities, std::chrono::system_clock::time_point now) {
    findings all;
    if (!in_order(chain))
        all.push_back(
            advice("out_of_order", looked_at,
                   "its certificates do not follow each other: some clients refuse such a chain",
                   "in certfile put the server's own certificate first, and behind each the one of its "
                   "issuer; remove those that do not belong to it"));
    const store_ptr store = open_store(authorities);
    const verdict v = store ? verify(chain, store.get(), now) : verdict{};
    const bool known = store && (!authorities.empty() || system_has_authorities());
    if (!known && v.error != X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT) {
        all.push_back(advice("no_authorities", looked_at,
                             "cannot be verified: this machine has no list of trusted authorities",
                             "install it (apt-get install ca-certificates) and run the doctor again"));
        return all;
    }
    all.push_back(judge(v, looked_at));
    return all;
}

}  // namespace meerkat::doctor
