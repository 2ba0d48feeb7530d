// SPDX-License-Identifier: Apache-2.0
// The code pages of Windows consoles outside of Unicode, as constant tables: what iconv(3) says they mean.
#pragma once

#include <stdint.h>

/// The UTF-16 code unit of a byte that stands alone; 0 for NUL, for a byte that means nothing alone, and for a page that is not known
/// (437, 850, 852, 857, 866, 932, 936, 949, 950 and 1252 are).
uint16_t wholeimage_code_page_single(int page, uint8_t byte);

/// Whether a byte begins a pair in this page.
int wholeimage_code_page_leads(int page, uint8_t byte);

/// The UTF-16 code unit of a pair of bytes; 0 if it means nothing.
uint16_t wholeimage_code_page_pair(int page, uint8_t lead, uint8_t trail);
