#include "gateway/net/client_tls_options.hpp"

#include "config/table.hpp"
#include "gateway/net/tls_options_older.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace meerkat::net {

using namespace config;

namespace {

known_table server_name_table(release since) {
    return {
        known("enabled", boolean(), true,
              "Tells the server which name is meant, and checks that its certificate is for that name.")
            .since(since),
        known("host", non_empty_text(), std::nullopt, "The name; if unset, the host connected to.")
            .since(since),
        known(
            "protocol", one_of_words({"default", "https"}), "default",
            "How wildcards in the certificate are taken: \"https\" takes them as browsers do, where host is "
            "written too.")
            .since(since),
    };
}

void add_older(known_table& t) {
    t.add(older("verify_peer", boolean(), "4.0.0"_r, "5.0.1"_r, verify_peer_to_verify_mode(),
                "Whether the server's certificate is checked."))
        .add(older("dhfile", non_empty_text(), "4.0.0"_r, "5.0.1"_r,
                   dropped("the server chooses the parameters of the key exchange"),
                   "Diffie-Hellman parameters, which only servers have a use for."));
    t.modernize(modernize_client_tls);
}

}  // namespace

known_table client_tls_table(release since) {
    const auto from = [since](release own) { return std::max(since, own); };
    known_table t{
        known("verify_mode", one_of_words({"peer", "selfsigned_peer", "none"}), "peer",
              "How the server's certificate is checked: against known authorities, the same with self-signed "
              "ones let through, or not at all.")
            .since(from("5.1.0"_r)),
        known("certfile", existing_file(), std::nullopt,
              "A certificate of our own to show, followed by intermediate ones (PEM).")
            .since(since),
        known("keyfile", existing_file(), std::nullopt, "The private key of certfile (PEM).").since(since),
        known("password", text(), std::nullopt, "The passphrase of keyfile.").since(since).secret(),
        known("cacertfile", existing_file(), std::nullopt,
              "Authorities to check the server's certificate against; if unset, those of the system.")
            .since(since),
        known("ciphers", text(), std::nullopt, "The ciphers offered, as OpenSSL writes them; if unset, all.")
            .since(since),
        known("versions", list(text()), std::nullopt,
              "The versions of TLS offered, such as \"tlsv1.3\"; if unset, 1.2 and 1.3.")
            .since(since),
        known("disconnect_on_failure", boolean(), true,
              "Ends the handshake at a bad certificate, instead of leaving the judgement to what follows.")
            .since(from("6.4.0"_r)),
        known("crl_files", list(existing_file()), std::vector<std::string>(),
              "Lists of revoked certificates.")
            .since(from("6.4.0"_r)),
        // COMPAT(files up to 5.0.1, for good): there a boolean stood under this key.
        known_section("server_name_indication", server_name_table(from("5.1.0"_r)),
                      "The name asked for in the handshake (SNI).")
            .since(since),
    };
    if (since < "5.1.0"_r) add_older(t);
    return t;
}

void modernize_client_tls(rewriter& r, node& tls) {
    modernize_ciphers(r, tls);
    node* const name = tls.find("server_name_indication");
    if (name && name->boolean()) {
        const bool enabled = *name->boolean();
        const place where = name->where();
        const rewriter::step here(r, "server_name_indication");
        r.warn(where, "old_form", "this is an older form of server_name_indication.enabled",
               std::string("write server_name_indication.enabled = ") + (enabled ? "true" : "false"));
        *name = node(node_table{{"enabled", where, node(enabled, where)}}, where);
    }
    const place where = tls.where();
    if (r.read_as() >= "5.1.0"_r || tls.find("verify_mode")) return;
    r.warn(where, "old_default",
           "verify_mode is not written: in files of " + to_string(r.read_as()) +
               " this means that the server's certificate is not checked",
           "write verify_mode = \"peer\" to have it checked, or \"none\"");
    r.put_missing(tls, "verify_mode", node(std::string("none"), where));
}

}  // namespace meerkat::net
