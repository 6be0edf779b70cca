// What one chat message of 223 bytes costs on its way through the XML layer, step by step.

#include "xmpp/address/jid.hpp"
#include "xmpp/xml/element_parser.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/scanner.hpp"
#include "xmpp/xml/writer.hpp"

#include <benchmark/benchmark.h>

using namespace meerkat;
using namespace meerkat::xml;

namespace {

constexpr std::string_view header =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' "
    "version='1.0'>";

constexpr std::string_view message =
    "<message xmlns='jabber:client' to='romeo@localhost/orchard' from='juliet@localhost/balcony' type='chat' "
    "id='d1f8c3a'><body>Wherefore art thou, my dear?</body>"
    "<active xmlns='http://jabber.org/protocol/chatstates'/></message>";
static_assert(message.size() == 223);

void scan(benchmark::State& state) {
    scanner scan(framing::message, {});
    open_elements open;
    for (auto _ : state) benchmark::DoNotOptimize(scan.scan(message, open));
}
BENCHMARK(scan);

void parse(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(parse_element(message));
}
BENCHMARK(parse);

void read(benchmark::State& state) {
    reader from(framing::message, {});
    for (auto _ : state) {
        std::string_view input = message;
        benchmark::DoNotOptimize(from.next(input));
    }
}
BENCHMARK(read);

void read_torn(benchmark::State& state) {
    reader from(framing::message, {});
    for (auto _ : state) {
        std::string_view first = message.substr(0, 100);
        std::string_view second = message.substr(100);
        from.next(first);
        benchmark::DoNotOptimize(from.next(second));
    }
}
BENCHMARK(read_torn);

void read_header(benchmark::State& state) {
    reader from(framing::stream, {});
    for (auto _ : state) {
        std::string_view input = header;
        benchmark::DoNotOptimize(from.next(input));
        from.restart();
    }
}
BENCHMARK(read_header);

void write(benchmark::State& state) {
    const document made = std::move(parse_element(message).element);
    std::string out;
    for (auto _ : state) {
        out.clear();
        write(out, made.root(), ns::client);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(write);

void copy(benchmark::State& state) {
    const document made = std::move(parse_element(message).element);
    for (auto _ : state) benchmark::DoNotOptimize(made.copy());
}
BENCHMARK(copy);

void address(benchmark::State& state) {
    arena memory;
    for (auto _ : state) benchmark::DoNotOptimize(parse_jid("juliet@localhost/balcony", memory));
}
BENCHMARK(address);

}  // namespace
