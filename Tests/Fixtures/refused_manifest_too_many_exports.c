/* 1025 exports where 1024 are allowed, in fewer bytes than the note's limit. */
#include "raw_manifest.h"

#define E1(n) "export=" n "\n"
#define E8(n) E1(n "0") E1(n "1") E1(n "2") E1(n "3") E1(n "4") E1(n "5") E1(n "6") E1(n "7")
#define E64(n) E8(n "0") E8(n "1") E8(n "2") E8(n "3") E8(n "4") E8(n "5") E8(n "6") E8(n "7")
#define E512(n) E64(n "0") E64(n "1") E64(n "2") E64(n "3") E64(n "4") E64(n "5") E64(n "6") E64(n "7")

RAW_MANIFEST("name = plugin\n"
             "version = 1.0.0\n" E512("a") E512("b") "export = answer\n");

SWB_EXPORT int32_t answer(void) { return 5; }
