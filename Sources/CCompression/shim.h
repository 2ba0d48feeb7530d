// SPDX-License-Identifier: Apache-2.0
// The decompressors of initial RAM file systems. Which of them are linked in and how stands in Package.swift.
#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>
