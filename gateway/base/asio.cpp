// The one translation of Asio's and Beast's compiled parts.
#include <boost/asio/impl/src.hpp>
