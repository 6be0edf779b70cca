// The one translation of Beast's compiled parts: it is the oracle of tests and fuzz targets, nothing else.
#include <boost/beast/src.hpp>
