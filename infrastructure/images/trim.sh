#!/bin/sh
# Remove from an environment what no image runs: sh trim.sh /opt/venv. Needs binutils.
set -eu
cd "$1"/lib/python3*/site-packages
# Arrow's ways to other machines and engines; what reads and writes Parquet and IPC stays.
rm -rf pyarrow/libarrow_flight.* pyarrow/libarrow_python_flight.* pyarrow/_flight.* pyarrow/flight.* \
    pyarrow/libarrow_s3.* pyarrow/_s3fs.* pyarrow/_gcsfs.* pyarrow/_azurefs.* pyarrow/_hdfs.* \
    pyarrow/_substrait.* pyarrow/substrait.* pyarrow/_pyarrow_cpp_tests.*
# Three copies of each, where links were meant: the loader asks for the one that ends in the version.
rm -f pyarrow/libarrow_*.so pyarrow/libarrow_*.so.*.*.*
# What is compiled against or looked at by developers: headers, Cython, types, maps of scripts, tests.
rm -rf pyarrow/include pyarrow/src numpy/_core/include numpy/distutils numpy/f2py \
    sqlalchemy/testing alembic/testing pydeck/nbextension
find . -type f \( -name '*.pyx' -o -name '*.pxi' -o -name '*.pxd' -o -name '*.pyi' -o -name '*.a' \
    -o -name '*.c' -o -name '*.h' -o -name '*.map' \) -delete
find . -type d -name tests -prune -exec rm -rf {} +
# Debuggers' symbols. Not those of libraries that a wheel brought along in *.libs: their layout was
# changed after they were linked, and strip does not always leave such a file loadable.
find . -type f -name '*.so*' -not -path '*.libs/*' -exec strip --strip-unneeded {} +
